package metaemu_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

// lived is what a scripted life came to.
type lived struct {
	hash     string // of every webhook, in order, byte for byte
	imported int    // different WAMIDs of the history
	echoes   int
	received int
	statuses map[string]int
	life     []string // what account_update told, with reasons
	breaches int
}

// TestCoexistenceLife: signup, 180 days of history in 50,000 messages, 30 days of
// traffic, a phone that is forgotten, and the way back, twice with the same seed
// and once with another.
func TestCoexistenceLife(t *testing.T) {
	first := liveOnce(t, 7)
	if first.imported != 50_000 {
		t.Errorf("%d messages were imported, want 50,000", first.imported)
	}
	if want := []string{"PARTNER_ADDED", "PARTNER_REMOVED PRIMARY_INACTIVITY", "PARTNER_ADDED"}; fmt.Sprint(first.life) != fmt.Sprint(want) {
		t.Errorf("life = %v, want %v", first.life, want)
	}
	if want := lifeDays * lifeCustomers * 2; first.received != want+1 {
		t.Errorf("%d messages of customers came, want %d and one after the way back", first.received, want+1)
	}
	if want := lifeDays*lifeCustomers + 1; first.echoes != want {
		t.Errorf("%d echoes came, want %d", first.echoes, want)
	}
	if want := lifeDays*lifeCustomers + 1; first.statuses["sent"] != want || first.statuses["delivered"] != want || first.statuses["failed"] != 0 {
		t.Errorf("statuses = %v, want %d sent and delivered, none failed", first.statuses, want)
	}
	if first.breaches != 0 {
		t.Errorf("%d limits were broken, want none", first.breaches)
	}
	if again := liveOnce(t, 7); again.hash != first.hash {
		t.Errorf("the same seed told another story: %s, then %s", first.hash, again.hash)
	}
	if other := liveOnce(t, 8); other.hash == first.hash {
		t.Error("another seed told the same story, to the byte")
	}
}

const (
	lifeDays      = 30
	lifeCustomers = 20
)

// liveOnce lives the life in virtual time. Webhooks are carried by one worker,
// so that their order is the emulator's own.
func liveOnce(t *testing.T, seed uint64) (l lived) {
	synctest.Test(t, func(t *testing.T) {
		w := atSignup(t, "2026-03-02", metaemu.NumberSpec{})
		w.e.Reset()
		w.moveIn(seed)
		w.sync("smb_app_state_sync")
		w.sync("history")
		w.month()
		time.Sleep(15 * 24 * time.Hour) // the phone lies in a drawer
		if status, out := w.text(w.mona.Digits, "is anybody there?"); code(out) != 133010 {
			t.Errorf("a send after the disconnection: HTTP %d %v, want 133010", status, out)
		}
		w.onboardBySignup()
		w.writes("you are back")
		if _, err := w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Text: "we are"}); err != nil {
			t.Fatal(err)
		}
		if status, out := w.text(w.mona.Digits, "on both sides"); status != 200 {
			t.Errorf("a send after the way back: HTTP %d %v", status, out)
		}
		time.Sleep(time.Hour)
		l = w.lived()
	})
	return l
}

// moveIn makes the world of this life and takes its number through Embedded
// Signup.
func (w *world) moveIn(seed uint64) {
	w.t.Helper()
	unlinked := false
	if _, err := w.e.CreateApp(metaemu.AppSpec{Secret: "s3cret", Callback: "http://hook/in", VerifyToken: "v"}); err != nil {
		w.t.Fatal(err)
	}
	w.number = must[metaemu.Number](w.t)(w.e.CreateNumber(metaemu.NumberSpec{
		Digits: fmt.Sprintf("9665000000%02d", seed), Linked: &unlinked, History: json.RawMessage("50000"),
		Contacts: []metaemu.ContactSpec{{Digits: "201000000019", Name: "Mona Adel"}},
	}))
	w.mona = must[metaemu.Customer](w.t)(w.e.CreateCustomer(metaemu.CustomerSpec{Name: "منى", Digits: "201000000019"}))
	w.onboardBySignup()
}

func (w *world) onboardBySignup() {
	w.t.Helper()
	s := w.signup(coexistence)
	s = must[metaemu.Signup](w.t)(w.e.SignupNumber(s.ID, w.number.Digits))
	if err := w.e.PhoneConfirmSignup(w.number.ID, s.Challenge, true); err != nil {
		w.t.Fatal(err)
	}
	end := must[metaemu.SignupEnd](w.t)(w.e.SignupFinish(s.ID))
	_, out := w.graph("GET", "/v25.0/oauth/access_token?client_id="+w.number.App+"&client_secret=s3cret&code="+end.Code, "", nil)
	w.number.Token, _ = out["access_token"].(string)
	if status, out := w.graph("POST", "/v25.0/"+w.number.WABA+"/subscribed_apps", w.number.Token, nil); status != 200 {
		w.t.Fatalf("subscribe: HTTP %d %v", status, out)
	}
}

// month is 30 days in which every customer writes twice a day, the phone answers
// one and the API the other.
func (w *world) month() {
	w.t.Helper()
	people := []metaemu.Customer{w.mona}
	for i := len(people); i < lifeCustomers; i++ {
		people = append(people, must[metaemu.Customer](w.t)(w.e.CreateCustomer(metaemu.CustomerSpec{Name: fmt.Sprint("Customer ", i)})))
	}
	for range lifeDays {
		for _, c := range people {
			for _, answer := range []func() error{
				func() error {
					_, err := w.e.PhoneSend(w.number.ID, c.ID, metaemu.Content{Text: "by hand"})
					return err
				},
				func() error {
					if status, out := w.text(c.Digits, "by machine"); status != 200 {
						return fmt.Errorf("HTTP %d %v", status, out)
					}
					return nil
				},
			} {
				if _, err := w.e.CustomerSend(c.ID, w.number.ID, metaemu.Content{Text: "a question"}); err != nil {
					w.t.Fatal(err)
				}
				time.Sleep(time.Minute)
				if err := answer(); err != nil {
					w.t.Fatal(err)
				}
			}
		}
		time.Sleep(24*time.Hour - 2*time.Minute*lifeCustomers)
	}
}

// lived reads what the webhooks have told.
func (w *world) lived() lived {
	l := lived{statuses: map[string]int{}, breaches: len(w.e.Breaches())}
	sum := sha256.New()
	for _, c := range w.hook.calls() {
		sum.Write(c.body)
	}
	l.hash = hex.EncodeToString(sum.Sum(nil))
	ids := map[any]bool{}
	for _, c := range w.hook.changes(w.t) {
		for _, h := range list(c.Value["history"]) {
			for _, th := range list(h["threads"]) {
				for _, m := range list(th["messages"]) {
					ids[m["id"]] = true
				}
			}
		}
		if c.Field == "messages" {
			l.received += len(list(c.Value["messages"]))
		}
		if c.Field == "smb_message_echoes" {
			l.echoes += len(list(c.Value["message_echoes"]))
		}
		for _, s := range list(c.Value["statuses"]) {
			l.statuses[s["status"].(string)]++
		}
		if c.Field == "account_update" {
			event, _ := c.Value["event"].(string)
			if info, ok := c.Value["disconnection_info"].(map[string]any); ok {
				event += " " + info["reason"].(string)
			}
			l.life = append(l.life, event)
		}
	}
	l.imported = len(ids)
	return l
}

// list is a JSON list of objects; anything else is empty.
func list(v any) (out []obj) {
	elems, _ := v.([]any)
	for _, el := range elems {
		out = append(out, el.(map[string]any))
	}
	return out
}
