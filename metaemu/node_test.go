package metaemu_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

func TestNumberNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{Digits: "15550142077", VerifiedName: "Alder & Rye"})
		node := "/v25.0/" + w.number.ID
		_, got := w.graph("GET", node+"?fields=is_on_biz_app,platform_type,no_such_field", w.number.Token, nil)
		if diff := cmp.Diff(obj{"id": w.number.ID, "is_on_biz_app": true, "platform_type": "CLOUD_API"}, got); diff != "" {
			t.Errorf("fields asked for (-want +got):\n%s", diff)
		}
		_, got = w.graph("GET", node, w.number.Token, nil)
		if got["display_phone_number"] != "+1 555-014-2077" || got["verified_name"] != "Alder & Rye" || got["is_on_biz_app"] != nil {
			t.Errorf("fields by default = %v", got)
		}
		_, got = w.graph("GET", "/v25.0/"+w.number.WABA+"/phone_numbers?fields=status", w.number.Token, nil)
		if diff := cmp.Diff([]any{obj{"id": w.number.ID, "status": "CONNECTED"}}, got["data"]); diff != "" {
			t.Errorf("numbers of the account (-want +got):\n%s", diff)
		}
		_, got = w.graph("GET", "/v25.0/"+w.number.WABA+"/subscribed_apps", w.number.Token, nil)
		app := got["data"].([]any)[0].(map[string]any)["whatsapp_business_api_data"].(map[string]any)
		if app["id"] != w.number.App {
			t.Errorf("subscribed app = %v, want %s", app, w.number.App)
		}
		if err := w.e.PhoneDisconnect(w.number.ID, ""); err != nil {
			t.Fatal(err)
		}
		_, got = w.graph("GET", node+"?fields=status,platform_type", w.number.Token, nil)
		if got["status"] != "DISCONNECTED" || got["platform_type"] == "CLOUD_API" {
			t.Errorf("after disconnecting: %v", got)
		}
	})
}

func TestAppSecretProof(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		a, err := w.e.CreateApp(metaemu.AppSpec{RequireProof: true})
		if err != nil {
			t.Fatal(err)
		}
		acc, err := w.e.CreateWABA(metaemu.WABASpec{App: a.ID})
		if err != nil {
			t.Fatal(err)
		}
		mac := hmac.New(sha256.New, []byte(a.Secret))
		mac.Write([]byte(acc.Token))
		right := hex.EncodeToString(mac.Sum(nil))
		for proof, want := range map[string]int{"": 400, "0123": 400, strings.ToUpper(right): 400, right: 200} {
			status, out := w.graph("GET", "/v25.0/"+acc.ID+"?appsecret_proof="+proof, acc.Token, nil)
			if status != want || want == 400 && code(out) != 100 {
				t.Errorf("proof %q: HTTP %d %v, want %d", proof, status, out, want)
			}
		}
		says := map[string]string{
			"":       "API calls from the server require an appsecret_proof argument",
			"0123":   "Invalid appsecret_proof provided in the API argument",
			"in all": "",
		}
		for proof, want := range says {
			if proof == "in all" {
				proof = right
			}
			for kind, body := range map[string]string{
				"application/json":                  `{"appsecret_proof":"` + proof + `"}`,
				"application/x-www-form-urlencoded": "appsecret_proof=" + proof,
			} {
				_, out := w.asks("POST", "/v25.0/"+acc.ID+"/subscribed_apps", body, "Authorization", "Bearer "+acc.Token, "Content-Type", kind)
				if message(out) != want {
					t.Errorf("proof %q as %s: %v, want %q", proof, kind, out, want)
				}
			}
		}
	})
}

func TestTemplates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		acc, err := w.e.CreateWABA(metaemu.WABASpec{Templates: []metaemu.Template{{Name: "order_ready", Language: "ar", Category: "UTILITY"}}})
		if err != nil {
			t.Fatal(err)
		}
		n, err := w.e.CreateNumber(metaemu.NumberSpec{WABA: acc.ID})
		if err != nil {
			t.Fatal(err)
		}
		send := func(lang string) (int, map[string]any) {
			return w.graph("POST", "/v25.0/"+n.ID+"/messages", acc.Token, obj{
				"messaging_product": "whatsapp", "to": w.mona.Digits, "type": "template",
				"template": obj{"name": "order_ready", "language": obj{"code": lang}},
			})
		}
		if status, out := send("en"); status != 404 || code(out) != 132001 {
			t.Errorf("another language: HTTP %d code %d, want 404 and 132001", status, code(out))
		}
		status, out := send("ar")
		if status != 200 || out["messages"].([]any)[0].(map[string]any)["message_status"] != "accepted" {
			t.Fatalf("HTTP %d %v, want it accepted although no window is open", status, out)
		}
		time.Sleep(time.Minute)
		p := w.hook.items(t, "messages", "statuses")[0]["pricing"].(map[string]any)
		if p["category"] != "utility" || p["type"] != "regular" {
			t.Errorf("pricing = %v, want regular utility", p)
		}
	})
}

func TestServiceMessagesAreFreeUpToAThousand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The rule began on 1 Oct 2026; a bubble begins in 2000.
		w := newWorld(t, metaemu.Config{PairEvery: time.Millisecond}, metaemu.NumberSpec{MPS: 10_000})
		if err := w.e.Advance(time.Until(time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC))); err != nil {
			t.Fatal(err)
		}
		if _, err := w.e.PhoneLink(w.number.ID, true); err != nil {
			t.Fatal(err)
		}
		w.writes("hello")
		for range 1002 {
			time.Sleep(10 * time.Millisecond)
			if status, out := w.text(w.mona.Digits, "x"); status != 200 {
				t.Fatalf("HTTP %d %v", status, out)
			}
		}
		time.Sleep(time.Minute)
		got := map[string]int{}
		for _, l := range w.e.Invoice() {
			got[l.Month+" "+l.Category+" "+l.Type] = l.Volume
		}
		want := map[string]int{"2026-11 service free_customer_service": 1000, "2026-11 service regular": 2}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("invoice (-want +got):\n%s", diff)
		}
	})
}

func TestArrivalIsNotedAtTheDoor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{Latency: metaemu.Latency{
			To:   metaemu.Delay{Min: 100 * time.Millisecond, Max: 100 * time.Millisecond},
			Back: metaemu.Delay{Min: 50 * time.Millisecond, Max: 50 * time.Millisecond},
		}}, metaemu.NumberSpec{})
		w.writes("hello")
		began := time.Now()
		w.text(w.mona.Digits, "x")
		if d := time.Since(began); d != 150*time.Millisecond {
			t.Errorf("answered after %v, want 150ms", d)
		}
		if d := w.e.Arrivals()[0].At.Sub(began); d != 100*time.Millisecond {
			t.Errorf("arrived after %v, want 100ms", d)
		}
	})
}

func TestOtherPagesMayNotPlayMeta(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		req, _ := http.NewRequestWithContext(t.Context(), "POST", "http://graph/_emulator/reset", strings.NewReader("{}"))
		req.Header.Set("Origin", "https://evil.example")
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		res, err := w.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode != http.StatusForbidden || len(w.e.State().Numbers) != 1 {
			t.Errorf("HTTP %d and %d numbers left, want 403 and one", res.StatusCode, len(w.e.State().Numbers))
		}
	})
}
