package metaemu_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// exact makes statuses come at known moments.
var exact = metaemu.StatusDelays{
	Sent:      metaemu.Delay{Min: time.Second, Max: time.Second},
	Delivered: metaemu.Delay{Min: 2 * time.Second, Max: 2 * time.Second},
	Read:      metaemu.Delay{Min: 3 * time.Second, Max: 3 * time.Second},
}

func TestWebhookIsSignedOverItsExactBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		w.writes("سلام 👍 a/b")
		time.Sleep(time.Second)
		calls := w.hook.calls()
		if len(calls) != 1 {
			t.Fatalf("%d webhooks, want one", len(calls))
		}
		mac := hmac.New(sha256.New, []byte("s3cret"))
		mac.Write(calls[0].body)
		if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); calls[0].signature != want {
			t.Errorf("signature = %s, want %s", calls[0].signature, want)
		}
		if want := []byte(`"text":{"body":"\u0633\u0644\u0627\u0645 \ud83d\udc4d a\/b"}`); !bytes.Contains(calls[0].body, want) {
			t.Errorf("body does not carry %s:\n%s", want, calls[0].body)
		}
		if i := bytes.IndexFunc(calls[0].body, func(r rune) bool { return r > 127 }); i >= 0 {
			t.Errorf("byte %d of the body is outside ASCII", i)
		}
		for _, d := range w.e.Deliveries() {
			if d.Body != string(calls[0].body) || d.State != "delivered" || len(d.Tries) != 1 || d.Tries[0].HTTP != 200 {
				t.Errorf("book has %+v, want this webhook delivered by one try", d)
			}
		}
	})
}

func TestRetrySchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		// 202 is a success for others; for Meta only 200 counts.
		w.hook.answer = func(n int) int {
			if n <= 8 {
				return 202
			}
			return 200
		}
		began := time.Now()
		w.writes("hello")
		time.Sleep(30 * time.Hour)
		var got []time.Duration
		for _, c := range w.hook.calls() {
			got = append(got, c.at.Sub(began))
		}
		m, h := time.Minute, time.Hour
		want := []time.Duration{0, 10 * time.Second}
		for _, gap := range []time.Duration{m, 5 * m, 30 * m, 2 * h, 6 * h, 6 * h, 6 * h} {
			want = append(want, want[len(want)-1]+gap)
		}
		if !slices.Equal(got, want) {
			t.Errorf("tries at %v, want %v", got, want)
		}
		if d := w.e.Deliveries()[0]; d.State != "delivered" || len(d.Tries) != 9 {
			t.Errorf("book: %s after %d tries, want delivered after 9", d.State, len(d.Tries))
		}
	})
}

func TestWebhookIsGivenUpAfterSevenDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		w.hook.answer = func(int) int { return 500 }
		began := time.Now()
		w.writes("hello")
		time.Sleep(8 * 24 * time.Hour)
		calls := w.hook.calls()
		last := calls[len(calls)-1].at.Sub(began)
		if last > 7*24*time.Hour || last < 7*24*time.Hour-6*time.Hour {
			t.Errorf("last try after %v, want within the last six hours of seven days", last)
		}
		if d := w.e.Deliveries()[0]; d.State != "gave_up" {
			t.Errorf("state = %s, want gave_up", d.State)
		}
	})
}

func TestStatuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{Status: exact}, metaemu.NumberSpec{})
		yes := true
		if err := w.e.ChangeCustomer(w.mona.ID, metaemu.CustomerChange{ReadsAtOnce: &yes}); err != nil {
			t.Fatal(err)
		}
		w.writes("hello")
		began := time.Now().Unix()
		_, out := w.send(obj{"to": w.mona.Digits, "text": obj{"body": "x"}, "biz_opaque_callback_data": "v1.x.y"})
		time.Sleep(time.Minute)
		got := w.hook.items(t, "messages", "statuses")
		if len(got) != 3 {
			t.Fatalf("%d statuses, want three: %v", len(got), got)
		}
		for i, want := range []struct {
			status string
			at     int64
			priced bool
		}{{"sent", 1, true}, {"delivered", 3, true}, {"read", 6, false}} {
			s := got[i]
			_, priced := s["pricing"]
			if s["status"] != want.status || s["timestamp"] != unixText(began+want.at) || priced != want.priced {
				t.Errorf("status %d = %v, want %s %d s later, priced %v", i, s, want.status, want.at, want.priced)
			}
			if s["id"] != wamidOf(out) || s["recipient_id"] != w.mona.Digits || s["biz_opaque_callback_data"] != "v1.x.y" || s["recipient_user_id"] == nil {
				t.Errorf("status %d lacks what identifies it: %v", i, s)
			}
		}
		want := []metaemu.InvoiceLine{{Number: w.number.ID, Month: time.Now().UTC().Format("2006-01"), Market: "Egypt", Country: "EG", Category: "service", Type: "free_customer_service", Volume: 1, Currency: "USD", Rate: new(int64), Amount: new(int64)}}
		if lines := w.e.Invoice(); !cmp.Equal(lines, want) {
			t.Errorf("invoice = %v, want %v", lines, want)
		}
	})
}

func TestOfflineCustomersGetTheirMessagesLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{Status: exact}, metaemu.NumberSpec{})
		w.writes("hello")
		off, on := true, false
		if err := w.e.ChangeCustomer(w.mona.ID, metaemu.CustomerChange{Offline: &off}); err != nil {
			t.Fatal(err)
		}
		w.text(w.mona.Digits, "x")
		time.Sleep(time.Hour)
		if got := w.hook.items(t, "messages", "statuses"); len(got) != 1 || got[0]["status"] != "sent" {
			t.Fatalf("while offline: %v, want sent alone", got)
		}
		if v, _ := w.e.Customer(w.mona.ID, 10); len(v.Chats[0].Messages) != 1 {
			t.Errorf("the customer sees %d messages while offline, want their own alone", len(v.Chats[0].Messages))
		}
		if err := w.e.ChangeCustomer(w.mona.ID, metaemu.CustomerChange{Offline: &on}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if err := w.e.CustomerRead(w.mona.ID, ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		got := w.hook.items(t, "messages", "statuses")
		if len(got) != 3 || got[1]["status"] != "delivered" || got[2]["status"] != "read" {
			t.Errorf("statuses = %v, want sent, delivered, read", got)
		}
	})
}

func TestHandshakeAndSubscriptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		app := "/v25.0/" + w.number.App + "/subscriptions"
		appToken := w.number.App + "|" + w.number.AppSecret
		form := "object=whatsapp_business_account&callback_url=http%3A%2F%2Fhook%2Fnew&verify_token="
		if status, out := w.graph("POST", app, appToken, form+"wrong"); status != 422 || code(out) != 100 {
			t.Errorf("wrong verify token: HTTP %d code %d, want 422 and 100", status, code(out))
		}
		if status, out := w.graph("POST", app, w.number.Token, form+"v"); status < 400 {
			t.Errorf("business token: HTTP %d %v, want a refusal", status, out)
		}
		if status, out := w.graph("POST", app, appToken, form+"v&fields=messages"); status != 200 || out["success"] != true {
			t.Fatalf("HTTP %d %v, want success", status, out)
		}
		if _, err := w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Text: "an echo"}); err != nil {
			t.Fatal(err)
		}
		w.writes("hello")
		time.Sleep(time.Second)
		if got := w.e.Deliveries(); len(got) != 1 || got[0].URL != "http://hook/new" || got[0].Fields[0] != "messages" {
			t.Errorf("deliveries = %+v, want the message alone at the new callback", got)
		}
		subs := "/v25.0/" + w.number.WABA + "/subscribed_apps"
		if status, _ := w.graph("POST", subs, w.number.Token, obj{"override_callback_uri": "http://hook/over", "verify_token": "v"}); status != 200 {
			t.Errorf("override: HTTP %d, want 200", status)
		}
		w.writes("again")
		if status, _ := w.graph("DELETE", subs, w.number.Token, nil); status != 200 {
			t.Errorf("unsubscribe: HTTP %d, want 200", status)
		}
		w.writes("to nobody")
		time.Sleep(time.Second)
		if got := w.e.Deliveries(); len(got) != 2 || got[1].URL != "http://hook/over" {
			t.Errorf("deliveries = %+v, want one more, at the override", got)
		}
	})
}
