package metaemu_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
	"wasl/metaemu/wire"
)

// alone starts a world with an open window, forgets its first webhooks, turns
// knobs and lets check look.
func alone(t *testing.T, knobs string, check func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{Seed: 3, DeliveryWorkers: 1}, metaemu.NumberSpec{})
		w.writes("open")
		time.Sleep(time.Minute)
		w.hook.mu.Lock()
		w.hook.got = nil
		w.hook.mu.Unlock()
		w.turn(knobs)
		check(t, w)
	})
}

func (w *world) turn(knobs string) {
	w.t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(knobs), &m); err != nil {
		w.t.Fatal(err)
	}
	if err := w.e.TurnKnobs(m); err != nil {
		w.t.Fatal(err)
	}
}

// heard lets Mona write once and answers the webhooks of the next minute.
func (w *world) heard() []hookCall {
	w.t.Helper()
	w.writes("hello")
	time.Sleep(time.Minute)
	return w.hook.calls()
}

// sentCode sends and answers HTTP status and code, such as "429 80007".
func (w *world) sentCode() string {
	w.t.Helper()
	status, out := w.text(w.mona.Digits, "x")
	return fmt.Sprint(status, " ", code(out))
}

func TestTroubleWithAnswers(t *testing.T) {
	rows := []struct {
		name, knobs string
		check       func(t *testing.T, w *world)
	}{
		{"the next two calls are refused", `{"throttle_next":2,"throttle_code":80007,"throttle_http":400}`, func(t *testing.T, w *world) {
			if got := []string{w.sentCode(), w.sentCode(), w.sentCode()}; !slices.Equal(got, []string{"400 80007", "400 80007", "200 0"}) {
				t.Errorf("answers = %v, want two refusals and then none", got)
			}
		}},
		{"a storm until a time", fmt.Sprintf(`{"throttle_until":%q,"throttle_code":131056}`, time.Date(2000, 1, 1, 0, 11, 0, 0, time.UTC).Format(time.RFC3339)), func(t *testing.T, w *world) {
			first := w.sentCode()
			time.Sleep(10 * time.Minute)
			if second := w.sentCode(); first != "429 131056" || second != "200 0" {
				t.Errorf("answers = %s during and %s after, want 429 131056 and 200", first, second)
			}
		}},
		{"a call hangs", `{"hung_answers":1,"hung_for":"45s"}`, func(t *testing.T, w *world) {
			began := time.Now()
			_, _, err := w.try("POST", "/v25.0/"+w.number.ID+"/messages", w.number.Token,
				obj{"messaging_product": "whatsapp", "to": w.mona.Digits, "text": obj{"body": "x"}})
			if d := time.Since(began); err == nil || d != 45*time.Second || w.e.Counters().Accepted != 1 {
				t.Errorf("error %v after %v, accepted %d, want a cut after 45s and 1 accepted", err, d, w.e.Counters().Accepted)
			}
		}},
		{"a question about the number is slow, a send is not", `{"slow_answers":1,"slow_by":"9s","calls":"GET"}`, func(t *testing.T, w *world) {
			began := time.Now()
			w.text(w.mona.Digits, "x")
			send := time.Since(began)
			began = time.Now()
			w.graph("GET", "/v25.0/"+w.number.ID, w.number.Token, nil)
			if ask := time.Since(began); send != 0 || ask != 9*time.Second {
				t.Errorf("the send took %v and the question %v, want 0 and 9s", send, ask)
			}
		}},
		{"everything but messages has 500", `{"error_before":1,"calls":"waba"}`, func(t *testing.T, w *world) {
			status, _ := w.graph("GET", "/v25.0/"+w.number.WABA, w.number.Token, nil)
			if got := w.sentCode(); status != 500 || got != "200 0" {
				t.Errorf("HTTP %d about the WABA and %s for a send, want 500 and 200", status, got)
			}
		}},
		{"statuses come before the answer", `{"early_statuses":1}`, func(t *testing.T, w *world) {
			status, _ := w.text(w.mona.Digits, "x")
			if got := len(w.hook.items(t, "messages", "statuses")); status != 200 || got != 2 {
				t.Errorf("HTTP %d, %d statuses before it, want 200 and two", status, got)
			}
		}},
		{"statuses come late", `{"late_statuses":1,"late_by":"2h"}`, func(t *testing.T, w *world) {
			w.text(w.mona.Digits, "x")
			time.Sleep(time.Hour)
			early := len(w.hook.items(t, "messages", "statuses"))
			time.Sleep(2 * time.Hour)
			if late := len(w.hook.items(t, "messages", "statuses")); early != 0 || late != 2 {
				t.Errorf("%d statuses after an hour and %d after three, want 0 and 2", early, late)
			}
		}},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) { alone(t, r.knobs, r.check) })
	}
}

func TestTroubleWithWebhooks(t *testing.T) {
	signed := func(c hookCall) bool { return c.signature == wire.Sign("s3cret", c.body) }
	message := func(w *world) obj { return w.hook.items(w.t, "messages", "messages")[0] }
	rows := []struct {
		name, knobs string
		check       func(t *testing.T, w *world)
	}{
		{"a webhook comes five times", `{"duplicates":1,"copies":4,"copies_within":"30s"}`, func(t *testing.T, w *world) {
			if got := len(w.heard()); got != 5 {
				t.Errorf("%d webhooks, want 5", got)
			}
		}},
		{"a giant of Meta's limit", `{"giant":1}`, func(t *testing.T, w *world) {
			c := w.heard()
			if len(c) != 1 || len(c[0].body) != 3<<20 || !signed(c[0]) || message(w)["text"] == nil {
				t.Errorf("%d webhooks, %d bytes, want one of 3 MiB, signed, that says the same", len(c), len(c[0].body))
			}
		}},
		{"a giant above the limit", `{"giant":1,"giant_bytes":5000000}`, func(t *testing.T, w *world) {
			if c := w.heard(); len(c[0].body) != 5_000_000 {
				t.Errorf("%d bytes, want 5,000,000", len(c[0].body))
			}
		}},
		{"a broken copy comes first, once", `{"malformed":1}`, func(t *testing.T, w *world) {
			w.hook.mu.Lock()
			w.hook.answer = func(n int) int { return map[bool]int{true: 400, false: 200}[n == 1] }
			w.hook.mu.Unlock()
			c := w.heard()
			if len(c) != 2 || json.Valid(c[0].body) || !signed(c[0]) || !json.Valid(c[1].body) {
				t.Fatalf("%d webhooks, want a broken one, properly signed, and a whole one", len(c))
			}
			if d := w.e.Deliveries(); d[len(d)-2].State != "refused" || d[len(d)-2].Spoilt != "malformed" {
				t.Errorf("book = %+v, want the broken copy refused", d[len(d)-2])
			}
		}},
		{"a forged copy comes first", `{"wrong_signature":1}`, func(t *testing.T, w *world) {
			c := w.heard()
			if len(c) != 2 || signed(c[0]) || !signed(c[1]) || !bytes.Equal(c[0].body, c[1].body) {
				t.Errorf("%d webhooks, want a forged one and the genuine one", len(c))
			}
		}},
		{"no entry at all", `{"empty_entries":1}`, func(t *testing.T, w *world) {
			if c := w.heard(); len(c) != 2 || string(c[0].body) != `{"object":"whatsapp_business_account","entry":[]}` || !signed(c[0]) {
				t.Errorf("%d webhooks, first %s, want one without entries first", len(c), c[0].body)
			}
		}},
		{"an unknown field beside", `{"unknown_field":1}`, func(t *testing.T, w *world) {
			w.heard()
			ch := w.hook.changes(t)
			if len(ch) != 2 || ch[0].Field != "messages" || ch[1].Field != "something_new" {
				t.Errorf("changes = %+v, want messages and something_new", ch)
			}
		}},
		{"members nobody documented", `{"extra_fields":1}`, func(t *testing.T, w *world) {
			w.heard()
			if v := w.hook.changes(t)[0].Value; v["something_new"] == nil || v["messages"] == nil {
				t.Errorf("value = %v, want an unknown member and the message", v)
			}
		}},
		{"a type nobody knows", `{"unknown_types":1}`, func(t *testing.T, w *world) {
			w.heard()
			if m := message(w); m["type"] != "hologram" || m["hologram"] == nil {
				t.Errorf("message = %v, want an unknown type and its object", m)
			}
		}},
		{"clocks in the past", `{"clock_skew":"-48h"}`, func(t *testing.T, w *world) {
			now := time.Now().Unix()
			w.heard()
			if m := message(w); m["timestamp"] != fmt.Sprint(now-48*3600) {
				t.Errorf("timestamp = %v, want 48 hours before %d", m["timestamp"], now)
			}
		}},
		{"milliseconds", `{"milli_times":true}`, func(t *testing.T, w *world) {
			now := time.Now().Unix()
			w.heard()
			if m := message(w); m["timestamp"] != fmt.Sprint(now*1000) {
				t.Errorf("timestamp = %v, want %d", m["timestamp"], now*1000)
			}
		}},
		{"numbers instead of strings", `{"number_times":true}`, func(t *testing.T, w *world) {
			now := time.Now().Unix()
			w.heard()
			if m := message(w); m["timestamp"] != float64(now) {
				t.Errorf("timestamp = %v (%[1]T), want the number %d", m["timestamp"], now)
			}
		}},
		{"the connection is reset", `{"reset_webhooks":1}`, func(t *testing.T, w *world) {
			w.writes("hello")
			time.Sleep(5 * time.Second)
			w.turn(`{"reset_webhooks":0}`)
			time.Sleep(time.Minute)
			whole := 0
			for _, c := range w.hook.calls() {
				if json.Valid(c.body) {
					whole++
				}
			}
			if d := w.e.Deliveries(); whole != 1 || !strings.Contains(d[len(d)-1].Tries[0].Error, "reset") || d[len(d)-1].State != "delivered" {
				t.Errorf("%d whole webhooks, book %+v, want one after a reset", whole, d[len(d)-1])
			}
		}},
		{"an answer is not heard", `{"deaf_webhooks":1}`, func(t *testing.T, w *world) {
			w.writes("hello")
			time.Sleep(5 * time.Second)
			w.turn(`{"deaf_webhooks":0}`)
			time.Sleep(time.Minute)
			if c := w.hook.calls(); len(c) != 2 || !bytes.Equal(c[0].body, c[1].body) {
				t.Errorf("%d webhooks, want the same twice", len(c))
			}
		}},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) { alone(t, r.knobs, r.check) })
	}
}

// TestTimesInsideTextStay: what a customer writes is not respelled.
func TestTimesInsideTextStay(t *testing.T) {
	alone(t, `{"clock_skew":"1h"}`, func(t *testing.T, w *world) {
		const text = `"timestamp":"123","sha256":"aa"`
		w.writes(text)
		time.Sleep(time.Minute)
		if m := w.hook.items(t, "messages", "messages")[0]; m["text"].(map[string]any)["body"] != text {
			t.Errorf("message = %v, want the text as written", m)
		}
	})
}

// TestMediaIsSpeltAsAsked: the hash in base64 and an address, each by its habit.
func TestMediaIsSpeltAsAsked(t *testing.T) {
	picture := func(t *testing.T, w *world) obj {
		if _, err := w.e.CustomerSend(w.mona.ID, "", metaemu.Content{Type: "image", Text: "p"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		return w.hook.items(t, "messages", "messages")[0]["image"].(map[string]any)
	}
	alone(t, `{}`, func(t *testing.T, w *world) {
		if m := picture(t, w); len(m["sha256"].(string)) != 64 || m["url"] != nil {
			t.Errorf("image = %v, want a hash in hexadecimal digits and no address", m)
		}
	})
	alone(t, `{"base64_sha":true}`, func(t *testing.T, w *world) {
		if m := picture(t, w); len(m["sha256"].(string)) != 44 {
			t.Errorf("image = %v, want a hash in base64", m)
		}
	})
	alone(t, `{"media_url":true}`, func(t *testing.T, w *world) {
		if m := picture(t, w); !strings.Contains(fmt.Sprint(m["url"]), fmt.Sprint("mid=", m["id"])) {
			t.Errorf("image = %v, want an address", m)
		}
	})
}

// TestRetriesGoToAllApps: what fails at one app comes again at the others, unless
// the habit says otherwise; what the others answer changes nothing.
func TestRetriesGoToAllApps(t *testing.T) {
	for knobs, want := range map[string]int{`{}`: 4, `{"retry_same_app":true}`: 3} {
		alone(t, knobs, func(t *testing.T, w *world) {
			other, err := w.e.CreateApp(metaemu.AppSpec{Secret: "0ther", Callback: "http://hook/other", VerifyToken: "v"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.e.SubscribeApp(w.number.WABA, other.ID); err != nil {
				t.Fatal(err)
			}
			w.hook.mu.Lock()
			w.hook.answer = func(n int) int { return map[bool]int{true: 500, false: 200}[n == 1] }
			w.hook.mu.Unlock()
			c := w.heard()
			if len(c) != want {
				t.Errorf("with %s %d webhooks, want %d", knobs, len(c), want)
			}
			byOther := 0
			for _, call := range c {
				if call.signature == wire.Sign("0ther", call.body) {
					byOther++
				}
			}
			if byOther != want-2 {
				t.Errorf("with %s %d webhooks signed for the other app, want %d", knobs, byOther, want-2)
			}
		})
	}
}

func TestKnobsAreDescribed(t *testing.T) {
	e := metaemu.New(metaemu.Config{})
	seen := map[string]bool{}
	for _, k := range e.Knobs() {
		if k.Name == "" || k.En == "" || k.Ar == "" || k.Source == "" || string(k.Now) != string(k.Default) || seen[k.Name] {
			t.Errorf("knob %+v is not described in full, or twice, or does not begin at its default", k)
		}
		seen[k.Name] = true
	}
	if words := metaemu.KnobWords(); len(words) != len(seen) {
		for _, name := range words {
			if !seen[name] {
				t.Errorf("%q is described and no knob", name)
			}
		}
	}
}

func TestKnobsTurnTogetherOrNotAtAll(t *testing.T) {
	e := metaemu.New(metaemu.Config{})
	err := e.TurnKnobs(map[string]json.RawMessage{"duplicates": []byte("0.5"), "overlap": []byte("7")})
	if err == nil || e.Faults().Duplicates != 0 {
		t.Errorf("TurnKnobs = %v, duplicates %v, want an error and nothing turned", err, e.Faults().Duplicates)
	}
	if err := e.TurnKnobs(map[string]json.RawMessage{"tea": []byte("1")}); err == nil || !strings.Contains(err.Error(), "tea") {
		t.Errorf("TurnKnobs = %v, want that there is no knob tea", err)
	}
	for _, f := range []metaemu.Faults{{Copies: 1000}, {ThrottleNext: -1}, {ThrottleCode: 7}, {ThrottleHTTP: 200}, {WebhookFaults: metaemu.WebhookFaults{Giant: 2}}} {
		if err := e.SetFaults(f); err == nil {
			t.Errorf("SetFaults(%+v) was accepted", f)
		}
	}
}

func TestPresets(t *testing.T) {
	e := metaemu.New(metaemu.Config{})
	for _, p := range metaemu.Presets() {
		if err := e.UsePreset(p.Name); err != nil || p.En == "" || p.Ar == "" {
			t.Errorf("preset %+v: %v", p, err)
		}
		for _, k := range e.Knobs() {
			if want, set := p.Knobs[k.Name]; set && string(k.Now) != string(want) && !strings.Contains(string(k.Now), "m0s") {
				t.Errorf("preset %s: %s = %s, want %s", p.Name, k.Name, k.Now, want)
			}
		}
	}
	if err := e.UsePreset("calm"); err != nil || e.Faults() != (metaemu.Faults{}) {
		t.Errorf("calm: %v, %+v", err, e.Faults())
	}
}

// TestSentinelsDoAsListed: every ending does what the list says of it.
func TestSentinelsDoAsListed(t *testing.T) {
	for _, s := range metaemu.Sentinels() {
		if s.En == "" || s.Ar == "" {
			t.Errorf("%+v says nothing", s)
		}
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, metaemu.NumberSpec{})
			c, err := w.e.CreateCustomer(metaemu.CustomerSpec{Digits: s.Example})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.e.CustomerSend(c.ID, w.number.ID, metaemu.Content{Text: "hi"}); err != nil {
				t.Fatal(err)
			}
			status, out, lost := w.try("POST", "/v25.0/"+w.number.ID+"/messages", w.number.Token,
				obj{"messaging_product": "whatsapp", "to": c.Digits, "text": obj{"body": "x"}})
			time.Sleep(time.Minute)
			last := ""
			for _, st := range w.hook.items(t, "messages", "statuses") {
				last = fmt.Sprint(st["status"])
			}
			wantLast := map[string]string{"refused": "", "failed": "failed", "answer_lost": "delivered", "answer_500": "delivered"}[s.Outcome]
			if status != s.HTTP || (lost != nil) != (s.Outcome == "answer_lost") || last != wantLast {
				t.Errorf("%s: HTTP %d, code %d, lost %v, last status %q, want as in %+v", s.Digits, status, code(out), lost, last, s)
			}
		})
	}
}
