package metaemu_test

import (
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// cloudOnly is a number without a phone.
func cloudOnly() metaemu.NumberSpec {
	no := false
	return metaemu.NumberSpec{Coexistence: &no, VerifiedName: "Alder & Rye"}
}

// on asks something of the number.
func (w *world) on(method, edge string, body any) (int, obj) {
	w.t.Helper()
	return w.graph(method, "/v25.0/"+w.number.ID+edge, w.number.Token, body)
}

// field is one field of the number's node.
func (w *world) field(name string) any {
	w.t.Helper()
	_, out := w.on("GET", "?fields="+name, nil)
	return out[name]
}

// values are the values of the webhooks of one field.
func (h *receiver) values(t *testing.T, field string) (list []obj) {
	t.Helper()
	for _, c := range h.changes(t) {
		if c.Field == field {
			if c.Time == 0 {
				t.Errorf("%s came without a time", field)
			}
			list = append(list, c.Value)
		}
	}
	return list
}

// TestNumberNodeFields: every field of §7.1 as it is at the beginning, and as
// Meta's view of the number makes it.
func TestNumberNodeFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{Digits: "201000000009", VerifiedName: "Acme Clinic"})
		want := obj{
			"id": w.number.ID, "verified_name": "Acme Clinic", "display_phone_number": "+20 100 000 0009", "quality_rating": "GREEN",
			"code_verification_status": "VERIFIED", "platform_type": "CLOUD_API", "throughput": obj{"level": "STANDARD"}, "status": "CONNECTED",
			"name_status": "APPROVED", "is_on_biz_app": true, "account_mode": "LIVE", "is_official_business_account": false,
			"last_onboarded_time": "2000-01-01T00:00:00+0000", "webhook_configuration": obj{"application": "http://hook/in"},
			"whatsapp_business_manager_messaging_limit": "TIER_2K", "messaging_limit_tier": "TIER_2K", "new_name_status": "NONE",
			"search_visibility": "VISIBLE",
		}
		names := append(keysOf(want), "new_display_name", "username", "conversational_automation")
		_, got := w.on("GET", "?fields="+strings.Join(names, ","), nil)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("at the beginning (-want +got):\n%s", diff)
		}
		standing := obj{
			"quality_rating": "YELLOW", "status": "FLAGGED", "name_status": "EXPIRED", "code_verification_status": "EXPIRED",
			"account_mode": "SANDBOX", "is_official_business_account": true,
		}
		if status, out := w.graph("PUT", "/_emulator/numbers/"+w.number.ID+"/standing", "", standing); status != 200 {
			t.Fatalf("standing: HTTP %d %v", status, out)
		}
		for name, v := range standing {
			if got := w.field(name); got != v {
				t.Errorf("%s = %v, want %v", name, got, v)
			}
		}
		for name := range standing {
			if status, _ := w.graph("PUT", "/_emulator/numbers/"+w.number.ID+"/standing", "", obj{name: "SPLENDID"}); status != 400 {
				t.Errorf("%s SPLENDID: HTTP %d, want it refused", name, status)
			}
		}
		if err := w.e.PhoneDisconnect(w.number.ID, ""); err != nil {
			t.Fatal(err)
		}
		for name, v := range map[string]any{"status": "DISCONNECTED", "platform_type": "NOT_APPLICABLE"} {
			if got := w.field(name); got != v {
				t.Errorf("disconnected: %s = %v, want %v", name, got, v)
			}
		}
	})
}

func keysOf(o obj) (list []string) {
	for k := range o {
		list = append(list, k)
	}
	return list
}

// TestThroughputLevel: HIGH from 1,000 messages per second on.
func TestThroughputLevel(t *testing.T) {
	for mps, want := range map[int]string{80: "STANDARD", 999: "STANDARD", 1000: "HIGH"} {
		spec := cloudOnly()
		spec.MPS = mps
		w := newWorld(t, metaemu.Config{}, spec)
		if got := w.field("throughput").(obj)["level"]; got != want {
			t.Errorf("%d per second: %v, want %s", mps, got, want)
		}
	}
}

// TestNameReview: a new name waits until Meta decides, which is told (§5.7).
func TestNameReview(t *testing.T) {
	for _, c := range []struct {
		decision, reason, status, name string
	}{
		{"APPROVED", "", "APPROVED", "Birch"},
		{"REJECTED", "NAME_NOT_CONSISTENT", "DECLINED", "Alder & Rye"},
		{"DEFERRED", "", "PENDING_REVIEW", "Alder & Rye"},
		{"PENDING", "", "PENDING_REVIEW", "Alder & Rye"},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, metaemu.Config{}, cloudOnly())
			review := func(body obj) int {
				status, _ := w.graph("POST", "/_emulator/numbers/"+w.number.ID+"/name-review", "", body)
				return status
			}
			if review(obj{"decision": "APPROVED"}) != 400 {
				t.Error("a name was approved that nobody has asked for")
			}
			if status, out := w.on("POST", "?new_display_name=Birch", nil); status != 200 || out["success"] != true {
				t.Fatalf("new_display_name: HTTP %d %v", status, out)
			}
			if got := w.field("new_name_status"); got != "PENDING_REVIEW" || w.field("new_display_name") != "Birch" || w.field("verified_name") != "Alder & Rye" {
				t.Errorf("while it waits: %v", got)
			}
			if review(obj{"decision": "MAYBE"}) != 400 || review(obj{"decision": c.decision, "rejection_reason": "because"}) != 400 {
				t.Error("a decision was taken that Meta does not have")
			}
			if review(obj{"decision": c.decision, "rejection_reason": c.reason}) != 200 {
				t.Fatalf("%s was refused", c.decision)
			}
			if got := []any{w.field("new_name_status"), w.field("verified_name")}; got[0] != c.status || got[1] != c.name {
				t.Errorf("%s: %v, want %s and %s", c.decision, got, c.status, c.name)
			}
			time.Sleep(time.Second)
			want := obj{"display_phone_number": w.number.Digits, "decision": c.decision, "requested_verified_name": "Birch", "rejection_reason": nil}
			if c.reason != "" {
				want["rejection_reason"] = c.reason
			}
			if diff := cmp.Diff([]obj{want}, w.hook.values(t, "phone_number_name_update")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.decision, diff)
			}
		})
	}
}

// TestNumberVariants: what POST on the number takes and refuses, by JSON and by
// query, one or several at once.
func TestNumberVariants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, cloudOnly())
		for _, c := range []struct {
			query string
			body  any
			code  int
		}{
			{"", obj{"pin": "123456"}, 0},
			{"", obj{"pin": "12345"}, 100},
			{"", obj{"pin": "12345x"}, 100},
			{"", obj{"search_visibility": "HIDDEN"}, 0},
			{"", obj{"search_visibility": "SOMETIMES"}, 100},
			{"", obj{"new_display_name": "A"}, 100},
			{"", obj{"new_display_name": strings.Repeat("س", 75)}, 0},
			{"", obj{"new_display_name": strings.Repeat("س", 76)}, 100},
			{"?new_display_name=" + url.QueryEscape("Rye & Alder"), nil, 0},
			{"", obj{"new_display_name": "Oak", "search_visibility": "VISIBLE"}, 0},
			{"", obj{}, 100},
		} {
			if status, out := w.on("POST", c.query, c.body); code(out) != c.code {
				t.Errorf("%s %v: HTTP %d %v, want code %d", c.query, c.body, status, out, c.code)
			}
		}
		if got := w.field("new_display_name"); got != "Oak" || w.field("search_visibility") != "VISIBLE" {
			t.Errorf("several at once: %v", got)
		}
		security := func(event, requester string) int {
			status, _ := w.graph("POST", "/_emulator/numbers/"+w.number.ID+"/security", "", obj{"event": event, "requester": requester})
			return status
		}
		if security("PIN_RESET_REQUEST", "61500000001") != 200 || security("PIN_REQUEST_SUCCESS", "") != 200 || security("PIN_CHANGED", "") != 400 {
			t.Error("the events of security")
		}
		time.Sleep(time.Second)
		want := []obj{
			{"display_phone_number": w.number.Digits, "event": "PIN_CHANGED"},
			{"display_phone_number": w.number.Digits, "event": "PIN_RESET_REQUEST", "requester": "61500000001"},
			{"display_phone_number": w.number.Digits, "event": "PIN_REQUEST_SUCCESS"},
		}
		if diff := cmp.Diff(want, w.hook.values(t, "security")); diff != "" {
			t.Errorf("security (-want +got):\n%s", diff)
		}
		if status, out := w.on("POST", "/register", obj{"messaging_product": "whatsapp", "pin": "654321"}); status != 200 {
			t.Errorf("any PIN after a reset: HTTP %d %v", status, out)
		}
	})
}

// TestNumbersInOrder: phone_numbers sorted as asked for (§7.1).
func TestNumbersInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{OnboardedAgo: "2h"})
		old := must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: w.number.WABA, OnboardedAgo: "3d"}))
		young := must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: w.number.WABA, OnboardedAgo: "1h"}))
		for sort, want := range map[string][]string{
			"":                                   {w.number.ID, old.ID, young.ID},
			"['last_onboarded_time_ascending']":  {old.ID, w.number.ID, young.ID},
			`["last_onboarded_time_descending"]`: {young.ID, w.number.ID, old.ID},
			"last_onboarded_time.asc":            {old.ID, w.number.ID, young.ID},
			"creation_time.desc":                 {young.ID, old.ID, w.number.ID},
			"shoe_size":                          nil,
			"['a','b']":                          nil,
		} {
			_, out := w.graph("GET", "/v25.0/"+w.number.WABA+"/phone_numbers?fields=id&sort="+url.QueryEscape(sort), w.number.Token, nil)
			var got []string
			list, _ := out["data"].([]any)
			for _, d := range list {
				got = append(got, d.(obj)["id"].(string))
			}
			if diff := cmp.Diff(want, got); diff != "" || want == nil && code(out) != 100 {
				t.Errorf("%s: code %d (-want +got):\n%s", sort, code(out), diff)
			}
		}
	})
}

// TestRegistration: a number without a phone is verified, registered and
// deregistered over Graph (§7.2).
func TestRegistration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, cloudOnly())
		w.writes("hello")
		register := func(pin string) (int, obj) {
			return w.on("POST", "/register", obj{"messaging_product": "whatsapp", "pin": pin, "data_localization_region": "DE"})
		}
		for _, c := range []struct {
			name string
			body obj
		}{
			{"no product", obj{"pin": "123456"}},
			{"five digits", obj{"messaging_product": "whatsapp", "pin": "12345"}},
			{"no such region", obj{"messaging_product": "whatsapp", "pin": "123456", "data_localization_region": "XX"}},
		} {
			if status, out := w.on("POST", "/register", c.body); status != 400 || code(out) != 100 {
				t.Errorf("%s: HTTP %d %v", c.name, status, out)
			}
		}
		if status, out := register("123456"); status != 200 {
			t.Fatalf("register: HTTP %d %v", status, out)
		}
		if _, out := register("654321"); code(out) != 133005 {
			t.Errorf("another PIN: %v, want 133005", out)
		}
		if status, out := w.on("POST", "/deregister", nil); status != 200 || w.field("status") != "DISCONNECTED" {
			t.Errorf("deregister: HTTP %d %v, then %v", status, out, w.field("status"))
		}
		if _, out := w.text(w.mona.Digits, "x"); code(out) != 133010 {
			t.Errorf("sending then: code %d, want 133010", code(out))
		}
		if status, out := w.on("POST", "/deregister", nil); status != 400 || code(out) != 100 || out["error"].(obj)["error_subcode"] != 2207051.0 {
			t.Errorf("again: HTTP %d %v", status, out)
		}
		if status, out := register("123456"); status != 200 || w.field("status") != "CONNECTED" {
			t.Errorf("registering again: HTTP %d %v", status, out)
		}
		w.writes("still there?")
		if status, out := w.text(w.mona.Digits, "x"); status != 200 {
			t.Errorf("sending again: HTTP %d %v", status, out)
		}
	})
}

// TestRegistrationLimit: ten times within 72 hours (§6.1).
func TestRegistrationLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, cloudOnly())
		register := func() int {
			_, out := w.on("POST", "/register", obj{"messaging_product": "whatsapp", "pin": "123456"})
			return code(out)
		}
		for i := range 10 {
			if c := register(); c != 0 {
				t.Fatalf("registration %d: code %d", i+1, c)
			}
			time.Sleep(time.Hour)
		}
		if c := register(); c != 133016 {
			t.Errorf("registration 11: code %d, want 133016", c)
		}
		if _, out := w.on("POST", "/deregister", nil); code(out) != 133016 {
			t.Errorf("deregistration 11: code %d, want 133016", code(out))
		}
		time.Sleep(62*time.Hour - time.Second)
		if c := register(); c != 133016 {
			t.Errorf("a second before 72 hours: code %d, want 133016", c)
		}
		time.Sleep(time.Second)
		if c := register(); c != 0 {
			t.Errorf("72 hours after the first: code %d, want it registered", c)
		}
	})
}

// TestNewNumber: a number is added, verified and registered, and then sends (§7.2).
func TestNewNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		add := func(body obj) (int, obj) {
			return w.graph("POST", "/v25.0/"+w.number.WABA+"/phone_numbers", w.number.Token, body)
		}
		for name, body := range map[string]obj{
			"no calling code": {"phone_number": "1000000777", "verified_name": "Acme"},
			"no number":       {"cc": "20", "phone_number": "x", "verified_name": "Acme"},
			"no name":         {"cc": "20", "phone_number": "1000000777"},
			"somebody's":      {"cc": "20", "phone_number": w.mona.Digits[2:], "verified_name": "Acme"},
			"another WABA's":  {"cc": "20", "phone_number": "1000000777", "verified_name": "Acme", "migrate_phone_number": true},
		} {
			if status, out := add(body); status != 400 || code(out) != 100 {
				t.Errorf("%s: HTTP %d %v, want 400 and 100", name, status, out)
			}
		}
		status, out := add(obj{"cc": "20", "phone_number": "100 000 0777", "verified_name": "Acme"})
		id, _ := out["id"].(string)
		if status != 200 || id == "" {
			t.Fatalf("HTTP %d %v", status, out)
		}
		w.number.ID, w.number.Coexistence = id, false
		_, out = w.on("GET", "?fields=status,code_verification_status,verified_name,display_phone_number,last_onboarded_time,platform_type,is_on_biz_app", nil)
		want := obj{
			"id": id, "status": "PENDING", "code_verification_status": "NOT_VERIFIED", "verified_name": "Acme",
			"display_phone_number": "+20 100 000 0777", "platform_type": "NOT_APPLICABLE", "is_on_biz_app": false,
		}
		if diff := cmp.Diff(want, out); diff != "" {
			t.Errorf("a new number (-want +got):\n%s", diff)
		}
		register := obj{"messaging_product": "whatsapp", "pin": "123456"}
		if _, out := w.on("POST", "/register", register); code(out) != 133006 {
			t.Errorf("registered before it is verified: %v, want 133006", out)
		}
		w.on("POST", "/request_code", obj{"code_method": "VOICE", "language": "ar"})
		sent := must[string](t)(w.e.VerificationCode(id))
		if _, out := w.on("POST", "/verify_code", obj{"code": sent}); out["success"] != true {
			t.Errorf("verified: %v", out)
		}
		if _, out := w.on("POST", "/register", register); out["success"] != true || w.field("status") != "CONNECTED" || w.field("last_onboarded_time") == nil {
			t.Errorf("registered: %v", out)
		}
		w.writes("hello")
		if status, out := w.text(w.mona.Digits, "x"); status != 200 {
			t.Errorf("sending: HTTP %d %v", status, out)
		}
	})
}

// TestVerification: a code is sent, works once and for ten minutes; a number that
// is not verified cannot be registered.
func TestVerification(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, cloudOnly())
		if err := w.e.SetStanding(w.number.ID, metaemu.Standing{CodeStatus: "EXPIRED"}); err != nil {
			t.Fatal(err)
		}
		if _, out := w.on("POST", "/register", obj{"messaging_product": "whatsapp", "pin": "123456"}); code(out) != 133006 {
			t.Errorf("registering: %v, want 133006", out)
		}
		for _, q := range []string{"?code_method=PIGEON&language=en_US", "?code_method=SMS", "?code_method=SMS&language=English"} {
			if _, out := w.on("POST", "/request_code"+q, nil); code(out) != 100 {
				t.Errorf("%s: %v, want 100", q, out)
			}
		}
		if _, err := w.e.VerificationCode(w.number.ID); err == nil {
			t.Error("a code waits before one is asked for")
		}
		sent := func() string {
			t.Helper()
			if status, out := w.on("POST", "/request_code?code_method=SMS&language=en_US", nil); status != 200 {
				t.Fatalf("request_code: HTTP %d %v", status, out)
			}
			_, out := w.graph("GET", "/_emulator/numbers/"+w.number.ID+"/code", "", nil)
			return out["code"].(string)
		}
		late := sent()
		time.Sleep(10 * time.Minute)
		fresh := map[bool]string{true: "000000", false: "111111"}
		for _, c := range []struct {
			name, code string
			status     int
		}{{"too late", late, 422}, {"no code", "x", 400}, {"a wrong one", fresh[late == "111111"], 422}} {
			if status, out := w.on("POST", "/verify_code?code="+c.code, nil); status != c.status || code(out) != 100 {
				t.Errorf("%s: HTTP %d %v, want %d and 100", c.name, status, out, c.status)
			}
		}
		now := sent()
		time.Sleep(10*time.Minute - time.Second)
		if status, out := w.on("POST", "/verify_code", obj{"code": now[:3] + "-" + now[3:]}); status != 200 || w.field("code_verification_status") != "VERIFIED" {
			t.Errorf("verify_code: HTTP %d %v", status, out)
		}
		if status, _ := w.on("POST", "/verify_code", obj{"code": now}); status != 422 {
			t.Errorf("the same code again: HTTP %d, want 422", status)
		}
	})
}

// TestPhonesRegisterThemselves: a Coexistence number is refused all of it with the
// sentences of Meta's pages, and nothing changes (coexistence-protocol §2.8).
func TestPhonesRegisterThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		for _, c := range []struct {
			edge, says string
			body       any
			status     int
		}{
			{"/register", "(#100) Phone number is already registered or in invalid state for registration", obj{"messaging_product": "whatsapp", "pin": "123456"}, 422},
			{"/deregister", "Deregister endpoint is not available for API solution for SMB businesses.", nil, 400},
			{"/request_code?code_method=SMS&language=en_US", "(#100) Phone number is not eligible for verification at this time", nil, 422},
			{"/verify_code?code=123456", "(#100) Phone number is not eligible for verification at this time", nil, 422},
		} {
			status, out := w.on("POST", c.edge, c.body)
			if status != c.status || code(out) != 100 || message(out) != c.says {
				t.Errorf("%s: HTTP %d %v, want %d and %q", c.edge, status, out, c.status, c.says)
			}
		}
		w.writes("hello")
		if status, out := w.text(w.mona.Digits, "x"); status != 200 {
			t.Errorf("afterwards: HTTP %d %v", status, out)
		}
	})
}
