package metaemu_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// names are the names of a page of templates, with the languages.
func names(out obj) (list []string) {
	data, _ := out["data"].([]any)
	for _, d := range data {
		t := d.(map[string]any)
		list = append(list, fmt.Sprint(t["name"], "/", t["language"]))
	}
	return list
}

// TestTemplateLists: every filter, the fields, the pages and the summary.
func TestTemplateLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		w.makes(templateOf("order_ready", "ar", "UTILITY"))
		w.makes(templateOf("order_ready", "en_US", "UTILITY"))
		sale := templateOf("sale", "ar", "MARKETING")
		sale["components"].([]obj)[0]["text"] = "Great Prices, {{1}}, all week"
		saleID := w.makes(sale)
		w.makes(templateOf("bad_rejected", "ar", "UTILITY"))
		w.makes(templateOf("later_pending", "ar", "UTILITY"))
		time.Sleep(3 * time.Minute)
		if err := w.e.TemplateQuality(saleID, "green"); err != nil {
			t.Fatal(err)
		}
		all := []string{"order_ready/ar", "order_ready/en_US", "sale/ar", "bad_rejected/ar", "later_pending/ar"}
		for query, want := range map[string][]string{
			"":                                 all,
			"name=order_ready":                 all[:2],
			"name=order":                       nil,
			"language=en_US":                   all[1:2],
			"status=APPROVED":                  all[:3],
			"status=REJECTED,PENDING":          all[3:],
			`status=["rejected"]`:              all[3:4],
			"category=MARKETING":               all[2:3],
			"quality_score=GREEN":              all[2:3],
			"content=great prices":             all[2:3],
			"name_or_content=SALE":             all[2:3],
			"name_or_content=it is ready":      {all[0], all[1], all[3], all[4]},
			"name=order_ready&language=ar":     all[:1],
			"source=AUTO_GENERATED":            nil,
			"status=PAUSED":                    nil,
			"limit=2":                          all[:2],
			"name=order_ready&status=REJECTED": nil,
		} {
			values, err := url.ParseQuery(strings.ReplaceAll(query, " ", "+"))
			if err != nil {
				t.Fatal(err)
			}
			status, out := w.templates("GET", "?"+values.Encode(), nil)
			if got := names(out); status != 200 || !slices.Equal(got, want) {
				t.Errorf("%q: HTTP %d %v, want %v", query, status, got, want)
			}
		}
		var walked []string
		next := "?limit=2"
		for next != "" {
			_, out := w.templates("GET", next, nil)
			walked = append(walked, names(out)...)
			p, _ := out["paging"].(obj)
			next = ""
			if _, more := p["next"]; more {
				next = "?limit=2&after=" + p["cursors"].(map[string]any)["after"].(string)
			}
		}
		if !slices.Equal(walked, all) {
			t.Errorf("page by page: %v, want %v", walked, all)
		}
		_, out := w.templates("GET", "?summary=total_count,message_template_limit&name=order_ready", nil)
		if s, _ := out["summary"].(obj); s["total_count"] != 2.0 || s["message_template_count"] != 5.0 || s["message_template_limit"] != 250.0 {
			t.Errorf("summary = %v, want 2 of 5 of 250", s)
		}
		_, out = w.templates("GET", "?fields=status,quality_score&name=sale", nil)
		got, _ := json.Marshal(out["data"])
		if !strings.Contains(string(got), `"score":"GREEN"`) || strings.Contains(string(got), "name") || !strings.Contains(string(got), saleID) {
			t.Errorf("two fields: %s", got)
		}
		_, out = w.graph("GET", "/v25.0/"+saleID, w.number.Token, nil)
		for _, f := range []string{"name", "parameter_format", "components", "language", "status", "category", "id"} {
			if out[f] == nil {
				t.Errorf("a template without fields tells no %s: %v", f, out)
			}
		}
		if out["parameter_format"] != "POSITIONAL" || out["quality_score"] != nil {
			t.Errorf("a template without fields = %v", out)
		}
	})
}

// TestTemplateDeletes: by name in all languages, by id, by ids; the name of one that
// had been approved is barred for 30 days, that of another is free at once.
func TestTemplateDeletes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		ar, en := w.makes(templateOf("order_ready", "ar", "UTILITY")), w.makes(templateOf("order_ready", "en_US", "UTILITY"))
		rejected := w.makes(templateOf("bad_rejected", "ar", "UTILITY"))
		a, b := w.makes(templateOf("a", "ar", "UTILITY")), w.makes(templateOf("b", "ar", "UTILITY"))
		time.Sleep(3 * time.Minute)
		refused := func(what, rest string) {
			t.Helper()
			if status, out := w.templates("DELETE", rest, nil); status != 400 || code(out) != 100 {
				t.Errorf("%s: HTTP %d %v, want it refused", what, status, out)
			}
		}
		done := func(rest string) {
			t.Helper()
			if status, out := w.templates("DELETE", rest, nil); status != 200 || out["success"] != true {
				t.Fatalf("delete %s: HTTP %d %v", rest, status, out)
			}
		}
		again := func(name, language string) int {
			_, out := w.templates("POST", "", templateOf(name, language, "UTILITY"))
			return subcode(out)
		}
		refused("nothing named", "")
		refused("an unknown name", "?name=nobody")
		refused("an id without the name", "?hsm_id="+ar)
		refused("an id with another name", "?hsm_id="+ar+"&name=a")
		refused("an unknown id", `?hsm_ids=["1"]`)
		refused("a hundred and one", "?hsm_ids="+strings.TrimSuffix(strings.Repeat(a+",", 101), ","))
		done("?hsm_id=" + ar + "&name=order_ready")
		if status, _ := w.graph("GET", "/v25.0/"+ar, w.number.Token, nil); status != 400 {
			t.Errorf("the deleted one: HTTP %d, want 400", status)
		}
		if got := again("order_ready", "ar"); got != 2388023 {
			t.Errorf("the deleted language again: subcode %d, want 2388023", got)
		}
		if got := again("order_ready", "fr"); got != 0 {
			t.Errorf("another language of the name: subcode %d, want it taken", got)
		}
		done("?name=order_ready")
		if w.e.Templates(w.number.WABA)[0].ID != rejected {
			t.Errorf("left: %+v, want both languages gone, %s too", w.e.Templates(w.number.WABA), en)
		}
		if got := again("order_ready", "de"); got != 2388023 {
			t.Errorf("a new language of the deleted name: subcode %d, want 2388023", got)
		}
		done(`?hsm_ids=["` + a + `","` + b + `"]`)
		done("?name=bad_rejected")
		if got := again("bad_rejected", "ar"); got != 0 {
			t.Errorf("one that was never approved again: subcode %d, want it taken", got)
		}
		time.Sleep(30*24*time.Hour - time.Hour)
		if got := again("a", "ar"); got != 2388023 {
			t.Errorf("before the end of 30 days: subcode %d, want 2388023", got)
		}
		time.Sleep(2 * time.Hour)
		if got := again("a", "ar"); got != 0 {
			t.Errorf("after 30 days: subcode %d, want it taken", got)
		}
		deleted := 0
		for _, line := range w.news() {
			if strings.HasPrefix(line, "status DELETED") {
				deleted++
			}
		}
		if deleted != 6 {
			t.Errorf("%d deletions told, want 6: %v", deleted, w.news())
		}
	})
}

// TestTemplateDeletedInFlight waits as long as one of its messages is on its way.
func TestTemplateDeletedInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		id := w.approved("order_ready", "UTILITY")
		yes, no := true, false
		if err := w.e.ChangeCustomer(w.mona.ID, metaemu.CustomerChange{Offline: &yes}); err != nil {
			t.Fatal(err)
		}
		w.sends("order_ready")
		time.Sleep(time.Minute)
		w.templates("DELETE", "?name=order_ready", nil)
		if got := w.fieldOf(id, "status"); got != "PENDING_DELETION" {
			t.Errorf("with a message on its way it is %v", got)
		}
		if c, _ := w.sends("order_ready"); c != 132001 {
			t.Errorf("sent while it is being deleted: code %d, want 132001", c)
		}
		if _, out := w.templates("POST", "", templateOf("order_ready", "ar", "UTILITY")); subcode(out) != 2388023 {
			t.Errorf("made again: %v, want subcode 2388023", out)
		}
		time.Sleep(24 * time.Hour)
		if err := w.e.ChangeCustomer(w.mona.ID, metaemu.CustomerChange{Offline: &no}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if !slices.ContainsFunc(w.hook.items(t, "messages", "statuses"), func(s obj) bool { return s["status"] == "delivered" }) {
			t.Error("the message on its way was not delivered")
		}
		time.Sleep(30 * 24 * time.Hour)
		if status, _ := w.graph("GET", "/v25.0/"+id, w.number.Token, nil); status != 400 {
			t.Errorf("after 30 days: HTTP %d, want it gone", status)
		}
		if got := w.news(); !slices.Equal(got, []string{"status APPROVED NONE", "status PENDING_DELETION NONE", "status DELETED NONE"}) {
			t.Errorf("news = %v", got)
		}
	})
}

// TestTemplateLimits: so many in an account, a hundred creations in an hour.
func TestTemplateLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		for i := range 100 {
			w.makes(templateOf(fmt.Sprintf("t%d", i), "ar", "UTILITY"))
		}
		_, out := w.templates("POST", "", templateOf("more", "ar", "UTILITY"))
		if e, _ := out["error"].(obj); subcode(out) != 2388019 || e["is_transient"] != true {
			t.Errorf("the hundred and first in an hour: %v, want subcode 2388019 that may pass", out)
		}
		time.Sleep(time.Hour)
		w.makes(templateOf("more", "ar", "UTILITY"))
		if err := w.e.SetTemplateLimit(w.number.WABA, 102); err != nil {
			t.Fatal(err)
		}
		w.makes(templateOf("last", "ar", "UTILITY"))
		if _, out := w.templates("POST", "", templateOf("beyond", "ar", "UTILITY")); subcode(out) != 2388019 {
			t.Errorf("beyond the limit: %v, want subcode 2388019", out)
		}
		if err := w.e.SetTemplateLimit("nobody", 5); err == nil {
			t.Error("a limit for an account that is not there was taken")
		}
	})
}

// TestTemplateArchive: put aside, taken back, and gone after 28 days; who is idle
// for a year is put aside.
func TestTemplateArchive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		id := w.approved("order_ready", "UTILITY")
		move := func(where string) obj {
			_, out := w.templates("POST", "/"+where, obj{"hsm_ids": []string{id, "17"}})
			return out
		}
		out := move("archive")
		if failed, _ := out["failed_templates"].(obj); fmt.Sprint(out["archived_templates"]) != "["+id+"]" || failed["17"] == nil || w.fieldOf(id, "status") != "ARCHIVED" {
			t.Errorf("archive = %v, then %v", out, w.fieldOf(id, "status"))
		}
		if c, _ := w.sends("order_ready"); c != 132001 {
			t.Errorf("sent from the archive: code %d, want 132001", c)
		}
		if out := move("unarchive"); fmt.Sprint(out["unarchived_templates"]) != "["+id+"]" || w.fieldOf(id, "status") != "APPROVED" {
			t.Errorf("unarchive = %v, then %v", out, w.fieldOf(id, "status"))
		}
		time.Sleep(400 * 24 * time.Hour)
		if status, _ := w.graph("GET", "/v25.0/"+id, w.number.Token, nil); status != 400 {
			t.Errorf("idle for a year and archived for 28 days: HTTP %d, want it gone", status)
		}
		want := []string{"status APPROVED NONE", "status ARCHIVED NONE", "status UNARCHIVED NONE", "status ARCHIVED NONE", "status DELETED NONE"}
		if got := w.news(); !slices.Equal(got, want) {
			t.Errorf("news = %v, want %v", got, want)
		}
	})
}

// TestTemplatesOfCodes: upserted in many languages at once, and previewed.
func TestTemplatesOfCodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		body := obj{"name": "code", "languages": []string{"ar", "en_US"}, "category": "AUTHENTICATION", "components": []obj{
			{"type": "BODY", "add_security_recommendation": true}, {"type": "FOOTER", "code_expiration_minutes": 10}, {"type": "BUTTONS", "buttons": []obj{{"type": "OTP", "otp_type": "COPY_CODE"}}},
		}}
		upsert := func() []any {
			t.Helper()
			status, out := w.graph("POST", "/v25.0/"+w.number.WABA+"/upsert_message_templates", w.number.Token, body)
			if status != 200 {
				t.Fatalf("upsert: HTTP %d %v", status, out)
			}
			return out["data"].([]any)
		}
		first := upsert()
		time.Sleep(3 * time.Minute)
		second := upsert()
		for i := range first {
			a, b := first[i].(map[string]any), second[i].(map[string]any)
			if a["id"] != b["id"] || a["status"] != "PENDING" || b["language"] != body["languages"].([]string)[i] {
				t.Errorf("upsert %v and then %v, want the same template", a, b)
			}
		}
		time.Sleep(3 * time.Minute)
		status, out := w.send(obj{"to": w.mona.Digits, "type": "template", "template": obj{"name": "code", "language": obj{"code": "ar"}, "components": []obj{
			{"type": "body", "parameters": []obj{{"type": "text", "text": "123456"}}}, {"type": "button", "sub_type": "url", "index": "0", "parameters": []obj{{"type": "text", "text": "123456"}}},
		}}})
		if status != 200 {
			t.Errorf("send: HTTP %d %v", status, out)
		}
		delete(body, "languages")
		if _, out := w.graph("POST", "/v25.0/"+w.number.WABA+"/upsert_message_templates", w.number.Token, body); code(out) != 100 {
			t.Errorf("upsert without languages: %v, want code 100", out)
		}
		preview := "/v25.0/" + w.number.WABA + "/message_template_previews?category=AUTHENTICATION&languages=en_US,ar&add_security_recommendation=true&button_types=OTP"
		_, out = w.graph("GET", preview+"&code_expiration_minutes=5", w.number.Token, nil)
		for i, language := range []string{"en_US", "ar"} {
			p := out["data"].([]any)[i].(map[string]any)
			if p["language"] != language || !strings.Contains(p["body"].(string), "{{1}}") || !strings.Contains(p["footer"].(string), "5") || len(p["buttons"].([]any)) != 1 {
				t.Errorf("preview = %v", p)
			}
		}
		if _, out := w.graph("GET", preview+"&code_expiration_minutes=91", w.number.Token, nil); code(out) != 100 {
			t.Errorf("91 minutes: %v, want code 100", out)
		}
	})
}

// TestTemplatesOfTheLibrary are found by what they are about, and approved at once.
func TestTemplatesOfTheLibrary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		_, out := w.graph("GET", "/v25.0/message_template_library?search=payment&topic=PAYMENTS&language=en_US", w.number.Token, nil)
		if list, _ := out["data"].([]any); len(list) != 1 || list[0].(map[string]any)["name"] != "payment_received_1" {
			t.Fatalf("library = %v", out)
		}
		body := obj{"name": "paid", "language": "en_US", "category": "UTILITY", "library_template_name": "payment_received_1"}
		status, out := w.templates("POST", "", body)
		if status != 200 || out["status"] != "APPROVED" {
			t.Fatalf("create: HTTP %d %v, want it approved", status, out)
		}
		if got := w.fieldOf(out["id"].(string), "library_template_name"); got != "payment_received_1" {
			t.Errorf("library_template_name = %v", got)
		}
		body["name"], body["library_template_name"] = "other", "nothing_1"
		if _, out := w.templates("POST", "", body); code(out) != 100 {
			t.Errorf("a library template that is not there: %v, want code 100", out)
		}
	})
}

// TestTemplatesMigrate: the approved ones of one account are copied to another, once.
func TestTemplatesMigrate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		id := w.approved("order_ready", "UTILITY")
		w.makes(templateOf("later_pending", "ar", "UTILITY"))
		source := w.number.WABA
		acc, err := w.e.CreateWABA(metaemu.WABASpec{})
		if err != nil {
			t.Fatal(err)
		}
		token, err := w.e.IssueToken(metaemu.TokenSpec{WABAs: []string{source, acc.ID}})
		if err != nil {
			t.Fatal(err)
		}
		migrate := func(token string) obj {
			_, out := w.graph("POST", "/v25.0/"+acc.ID+"/migrate_message_templates?source_waba_id="+source+"&page_number=0&count=10", token, nil)
			return out
		}
		if out := migrate(acc.Token); code(out) == 0 {
			t.Errorf("with a token that does not reach the source: %v, want it refused", out)
		}
		if out := migrate(token); fmt.Sprint(out["migrated_templates"]) != "["+id+"]" {
			t.Errorf("migrate = %v, want the approved one", out)
		}
		if failed, _ := migrate(token)["failed_templates"].(obj); failed[id] == nil {
			t.Errorf("migrate again fails %v, want the one that is there", failed)
		}
		list := w.e.Templates(acc.ID)
		if len(list) != 1 || list[0].Name != "order_ready" || list[0].Status != "APPROVED" || list[0].ID == id {
			t.Errorf("templates there: %+v", list)
		}
	})
}

// TestTemplateLifetimes: a message that waits longer than its template says is
// dropped without a word.
func TestTemplateLifetimes(t *testing.T) {
	for _, c := range []struct {
		name    string
		ttl     any
		waits   time.Duration
		arrives bool
	}{
		{"within its lifetime", 60, 50 * time.Second, true},
		{"beyond its lifetime", 60, 70 * time.Second, false},
		{"thirty days by -1", -1, 29 * 24 * time.Hour, true},
		{"the category's own", nil, 29 * 24 * time.Hour, true},
		{"beyond the category's own", nil, 31 * 24 * time.Hour, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := reviewed(t)
			body := templateOf("order_ready", "ar", "UTILITY")
			if c.ttl != nil {
				body["message_send_ttl_seconds"] = c.ttl
			}
			w.makes(body)
			time.Sleep(3 * time.Minute)
			yes, no := true, false
			if err := w.e.ChangeCustomer(w.mona.ID, metaemu.CustomerChange{Offline: &yes}); err != nil {
				t.Fatal(err)
			}
			w.sends("order_ready")
			time.Sleep(c.waits)
			if err := w.e.ChangeCustomer(w.mona.ID, metaemu.CustomerChange{Offline: &no}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			var got []string
			for _, s := range w.hook.items(t, "messages", "statuses") {
				got = append(got, s["status"].(string))
			}
			want := []string{"sent"}
			if c.arrives {
				want = append(want, "delivered")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		})
	}
}
