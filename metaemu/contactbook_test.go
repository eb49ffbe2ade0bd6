package metaemu_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

// lia is a customer with a username.
func (w *world) lia() metaemu.Customer {
	w.t.Helper()
	return must[metaemu.Customer](w.t)(w.e.CreateCustomer(metaemu.CustomerSpec{Name: "Lia", Username: "lia.moreno", Digits: "201000000077"}))
}

// says lets a customer write, and answers the message as the webhook tells it.
func (w *world) says(c metaemu.Customer, content metaemu.Content) obj {
	w.t.Helper()
	if content.Type == "" && content.Text == "" {
		content.Text = "hello"
	}
	must[string](w.t)(w.e.CustomerSend(c.ID, w.number.ID, content))
	return w.lastMessage()
}

func (w *world) lastMessage() obj {
	w.t.Helper()
	time.Sleep(time.Second)
	all := w.hook.items(w.t, "messages", "messages")
	return all[len(all)-1]
}

// TestWhenAPhoneNumberIsLeftOut follows the rule of coexistence-protocol §5.
func TestWhenAPhoneNumberIsLeftOut(t *testing.T) {
	rows := []struct {
		name    string
		noBook  bool
		knows   bool
		writeTo bool // the business writes to the phone number first
		wait    time.Duration
		told    bool
	}{
		{"nobody knows anybody", false, false, false, 0, false},
		{"the business is a contact", false, true, false, 0, true},
		{"the business wrote to the number", true, false, true, 29 * 24 * time.Hour, true},
		{"that was 31 days ago", true, false, true, 31 * 24 * time.Hour, false},
		{"but the contact book has it", false, false, true, 31 * 24 * time.Hour, true},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, metaemu.Config{InactivityAfter: 1000 * time.Hour}, metaemu.NumberSpec{})
				w.do(w.e.SetPortfolioRules(w.number.Portfolio, metaemu.PortfolioRules{NoContactBook: r.noBook}))
				lia := w.lia()
				w.do(w.e.ChangeCustomer(lia.ID, metaemu.CustomerChange{KnowsBusiness: &r.knows}))
				if r.writeTo {
					w.text(lia.Digits, "x")
				}
				time.Sleep(r.wait)
				m := w.says(lia, metaemu.Content{})
				if _, told := m["from"]; told != r.told || m["from_user_id"] == nil {
					t.Errorf("message = %v, want the number told: %v", m, r.told)
				}
			})
		})
	}
}

// TestParentUserIDs: portfolios that are linked share one, in every webhook, and
// a new phone number ends it.
func TestParentUserIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		w.do(w.e.SetPortfolioRules(w.number.Portfolio, metaemu.PortfolioRules{Linked: "group"}))
		lia := w.lia()
		parent, _ := w.says(lia, metaemu.Content{})["from_parent_user_id"].(string)
		if !strings.HasPrefix(parent, "EG.ENT.") {
			t.Fatalf("parent = %q, want EG.ENT.…", parent)
		}
		_, out := w.send(obj{"recipient": parent, "text": obj{"body": "x"}})
		contact := out["contacts"].([]any)[0].(map[string]any)
		if contact["user_id"] != parent || contact["wa_id"] != nil {
			t.Errorf("answer = %v, want the parent id and no number", out)
		}
		time.Sleep(time.Minute)
		for _, s := range w.hook.items(t, "messages", "statuses") {
			if s["parent_recipient_user_id"] != parent || s["recipient_id"] != nil {
				t.Errorf("status = %v, want the parent id and no number", s)
			}
		}
		w.do(w.e.CustomerChangeNumber(lia.ID, ""))
		system := w.lastMessage()["system"].(map[string]any)
		if system["type"] != "user_changed_user_id" || system["previous_parent_user_id"] != parent || system["parent_user_id"] == parent {
			t.Errorf("system = %v, want a new parent id and the old one", system)
		}
		if status, _ := w.send(obj{"recipient": parent, "text": obj{"body": "x"}}); status == 200 {
			t.Error("the old parent id still reaches somebody")
		}
	})
}

func TestCodesAreNotForUserIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := offerWorld(t)
		id := w.says(w.lia(), metaemu.Content{})["from_user_id"]
		send := func(name string) obj {
			return obj{"recipient": id, "type": "template", "template": obj{"name": name, "language": obj{"code": "ar"}}}
		}
		w.mustRefuse("a code", send("code"), 131062)
		w.mustArrive("another template", send("ready"))
	})
}

// TestIdentityCheck: the hash is told where it was asked for, a change of it too,
// and a send with the old one fails.
func TestIdentityCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		if m := w.says(w.mona, metaemu.Content{}); m["identity"] != nil {
			t.Errorf("identity = %v, want none before it is asked for", m["identity"])
		}
		w.do(w.e.SetNumberRules(w.number.ID, metaemu.NumberRules{IdentityCheck: true}))
		hash := w.says(w.mona, metaemu.Content{})["identity"].(map[string]any)["hash"]
		send := func() obj {
			return obj{"to": w.mona.Digits, "text": obj{"body": "x"}, "recipient_identity_key_hash": hash}
		}
		w.mustArrive("the right hash", send())
		w.do(w.e.CustomerChangeIdentity(w.mona.ID))
		system := w.lastMessage()["system"].(map[string]any)
		if system["type"] != "customer_identity_changed" || system["identity"].(map[string]any)["hash"] == hash {
			t.Errorf("system = %v, want another hash", system)
		}
		w.mustFail("the old hash", send(), 137000)
	})
}

func TestSpellings(t *testing.T) {
	rows := []struct{ customer, to, waID string }{
		{"5511987654321", "+55 11 8765-4321", "551187654321"},
		{"525512345678", "+52 1 55 1234 5678", "5215512345678"},
		{"541112345678", "+54 9 11 1234 5678", "5491112345678"},
		{"201000000088", "+20 100 000 0088", "201000000088"},
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{Country: "IN", Digits: "919812345678"})
		w.do(w.e.SetSendRules(metaemu.SendRules{RewriteWaID: true, PrependCountry: true}))
		for _, r := range rows {
			c := must[metaemu.Customer](t)(w.e.CreateCustomer(metaemu.CustomerSpec{Digits: r.customer}))
			if from := w.says(c, metaemu.Content{})["from"]; from != r.waID {
				t.Errorf("%s writes as %v, want %s", r.customer, from, r.waID)
			}
			_, out := w.text(r.to, "x")
			contacts, _ := out["contacts"].([]any)
			if len(contacts) != 1 || contacts[0].(map[string]any)["wa_id"] != r.waID {
				t.Errorf("to %s: %v, want wa_id %s", r.to, out, r.waID)
			}
		}
		_, out := w.text("1 (631) 555-8151", "x")
		if got := out["contacts"].([]any)[0].(map[string]any)["wa_id"]; got != "9116315558151" {
			t.Errorf("a number without plus reached %v, want 9116315558151", got)
		}
	})
}
