package metaemu_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

func TestTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		other, err := w.e.CreateWABA(metaemu.WABASpec{Name: "another"})
		if err != nil {
			t.Fatal(err)
		}
		rows := []struct {
			name, token, path string
			http, code        int
		}{
			{"no token", "", "/v25.0/" + w.number.ID, 401, 104},
			{"a token nobody issued", "EAAnonsense", "/v25.0/" + w.number.ID, 401, 190},
			{"a token of another account", other.Token, "/v25.0/" + w.number.ID, 403, 200},
			{"a wrong app token", w.number.App + "|wrong", "/v25.0/" + w.number.App + "/subscriptions", 401, 190},
			{"an id nobody has", w.number.Token, "/v25.0/123456", 400, 100},
			{"an old version", w.number.Token, "/v20.0/" + w.number.ID, 400, 2635},
			{"a version that has not come", w.number.Token, "/v27.0/" + w.number.ID, 400, 2635},
			{"the oldest version", w.number.Token, "/v21.0/" + w.number.ID, 200, 0},
			{"the newest version", w.number.Token, "/v26.0/" + w.number.ID, 200, 0},
			{"what is not on this floor", w.number.Token, "/v25.0/" + w.number.ID + "/teapots", 400, 100},
		}
		for _, r := range rows {
			status, out := w.graph("GET", r.path, r.token, nil)
			if status != r.http || code(out) != r.code {
				t.Errorf("%s: HTTP %d code %d, want %d and %d", r.name, status, code(out), r.http, r.code)
			}
		}
	})
}

func TestSendValidation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// One number answers all rows; its rate is not what is tested here.
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{MPS: 1000})
		w.writes("hello")
		to := w.mona.Digits
		long := func(n int) string { return strings.Repeat("س", n) }
		rows := []struct {
			name string
			body obj
			code int
		}{
			{"text", obj{"to": "+" + to, "type": "text", "text": obj{"body": "x"}}, 0},
			{"text by default", obj{"to": to, "text": obj{"body": "x"}}, 0},
			{"4096 characters", obj{"to": to, "type": "text", "text": obj{"body": long(4096)}}, 0},
			{"4097 characters", obj{"to": to, "type": "text", "text": obj{"body": long(4097)}}, 100},
			{"empty text", obj{"to": to, "type": "text", "text": obj{"body": ""}}, 100},
			{"no text object", obj{"to": to, "type": "text"}, 131008},
			{"nobody to send to", obj{"type": "text", "text": obj{"body": "x"}}, 100},
			{"no phone number", obj{"to": "mona", "type": "text", "text": obj{"body": "x"}}, 131009},
			{"to itself", obj{"to": w.number.Digits, "type": "text", "text": obj{"body": "x"}}, 131021},
			{"unknown type", obj{"to": to, "type": "hologram", "hologram": obj{}}, 131051},
			{"a group", obj{"to": to, "recipient_type": "group", "type": "text", "text": obj{"body": "x"}}, 100},
			{"opaque of 512", obj{"to": to, "type": "text", "text": obj{"body": "x"}, "biz_opaque_callback_data": long(512)}, 0},
			{"opaque of 513", obj{"to": to, "type": "text", "text": obj{"body": "x"}, "biz_opaque_callback_data": long(513)}, 100},
			{"image by link", obj{"to": to, "type": "image", "image": obj{"link": "https://x.example/a.jpg"}}, 0},
			{"image by both", obj{"to": to, "type": "image", "image": obj{"link": "https://x.example/a.jpg", "id": "1"}}, 100},
			{"image by neither", obj{"to": to, "type": "image", "image": obj{}}, 131008},
			{"audio with caption", obj{"to": to, "type": "audio", "audio": obj{"id": "1", "caption": "x"}}, 100},
			{"location in words", obj{"to": to, "type": "location", "location": obj{"latitude": "30.1", "longitude": 31.2}}, 0},
			{"location nowhere", obj{"to": to, "type": "location", "location": obj{"latitude": "north", "longitude": 31.2}}, 131009},
			{"contact without name", obj{"to": to, "type": "contacts", "contacts": []obj{{"name": obj{}}}}, 100},
			{"a button too many", obj{"to": to, "type": "interactive", "interactive": buttons(4)}, 131009},
			{"three buttons", obj{"to": to, "type": "interactive", "interactive": buttons(3)}, 0},
			{"a template nobody made", obj{"to": to, "type": "template", "template": obj{"name": "x", "language": obj{"code": "ar"}}}, 132001},
			{"reaction without emoji", obj{"to": to, "type": "reaction", "reaction": obj{"message_id": "wamid.x"}}, 100},
			{"somebody else's user id", obj{"recipient": "EG.123", "type": "text", "text": obj{"body": "x"}}, 131009},
			{"read of nothing", obj{"status": "read", "message_id": "wamid.x"}, 131009},
		}
		for _, r := range rows {
			time.Sleep(10 * time.Second) // The pair rate is not what is tested here.
			status, out := w.send(r.body)
			if code(out) != r.code || (status == http.StatusOK) != (r.code == 0) {
				t.Errorf("%s: HTTP %d code %d, want code %d (%v)", r.name, status, code(out), r.code, out)
			}
		}
		status, out := w.graph("POST", "/v25.0/"+w.number.ID+"/messages", w.number.Token, obj{"to": to, "text": obj{"body": "x"}})
		if status != 400 || code(out) != 100 {
			t.Errorf("without messaging_product: HTTP %d code %d, want 400 and 100", status, code(out))
		}
		status, out = w.graph("POST", "/v25.0/"+w.number.ID+"/messages", w.number.Token, "{not json")
		if status != 400 || code(out) != 100 {
			t.Errorf("no JSON: HTTP %d code %d, want 400 and 100", status, code(out))
		}
		arrivals := w.e.Arrivals()
		if len(arrivals) != len(rows)+2 {
			t.Errorf("the book has %d arrivals, want all %d", len(arrivals), len(rows)+2)
		}
	})
}

func buttons(n int) obj {
	var list []obj
	for i := range n {
		list = append(list, obj{"type": "reply", "reply": obj{"id": string(rune('a' + i)), "title": string(rune('A' + i))}})
	}
	return obj{"type": "button", "body": obj{"text": "choose"}, "action": obj{"buttons": list}}
}

func TestWindow(t *testing.T) {
	rows := []struct {
		name  string
		after time.Duration
		open  bool
	}{
		{"a second before a day", 24*time.Hour - time.Second, true},
		{"a second after a day", 24*time.Hour + time.Second, false},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, metaemu.Config{WindowErrorAtOnce: true}, metaemu.NumberSpec{})
				w.writes("hello")
				time.Sleep(r.after)
				status, out := w.text(w.mona.Digits, "answer")
				if open := status == http.StatusOK; open != r.open {
					t.Errorf("HTTP %d code %d: open = %v, want %v", status, code(out), open, r.open)
				}
				if !r.open && code(out) != 131047 {
					t.Errorf("code = %d, want 131047", code(out))
				}
			})
		})
	}
}

func TestWindowOpensOnlyForLiveMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		unlinked := false
		w := newWorld(t, metaemu.Config{WindowErrorAtOnce: true}, metaemu.NumberSpec{Linked: &unlinked})
		closed := func(why string) {
			t.Helper()
			if _, out := w.text(w.mona.Digits, "x"); code(out) != 131047 {
				t.Errorf("%s: code = %d, want 131047", why, code(out))
			}
		}
		w.writes("before onboarding")
		time.Sleep(time.Minute)
		if _, err := w.e.PhoneLink(w.number.ID, true); err != nil {
			t.Fatal(err)
		}
		closed("a message before onboarding")
		if _, err := w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Text: "from the phone"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		closed("an echo")
		id := w.writes("now")
		if status, out := w.text(w.mona.Digits, "x"); status != http.StatusOK {
			t.Errorf("after a live message: HTTP %d %v, want 200", status, out)
		}
		time.Sleep(25 * time.Hour)
		if err := w.e.CustomerReact(w.mona.ID, id, "👍"); err != nil {
			t.Fatal(err)
		}
		closed("a reaction")
	})
}

func TestOutsideWindowFailsLaterByDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		status, out := w.send(obj{"to": w.mona.Digits, "type": "text", "text": obj{"body": "x"}, "biz_opaque_callback_data": "v1.a.b"})
		if status != http.StatusOK {
			t.Fatalf("HTTP %d, want 200: %v", status, out)
		}
		time.Sleep(time.Minute)
		got := w.hook.items(t, "messages", "statuses")
		if len(got) != 1 {
			t.Fatalf("%d statuses, want one: %v", len(got), got)
		}
		er := got[0]["errors"].([]any)[0].(map[string]any)
		if got[0]["status"] != "failed" || er["code"].(float64) != 131047 || got[0]["id"] != wamidOf(out) || got[0]["biz_opaque_callback_data"] != "v1.a.b" {
			t.Errorf("status = %v, want failed 131047 of %s with the opaque id", got[0], wamidOf(out))
		}
	})
}

func TestNothingIsSentWhileDisconnected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		w.writes("hello")
		if err := w.e.PhoneDisconnect(w.number.ID, ""); err != nil {
			t.Fatal(err)
		}
		if status, out := w.text(w.mona.Digits, "x"); status != 400 || code(out) != 133010 {
			t.Errorf("HTTP %d code %d, want 400 and 133010", status, code(out))
		}
	})
}
