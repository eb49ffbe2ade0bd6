package metaemu_test

import (
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

func (w *world) market(body obj) (int, map[string]any) {
	w.t.Helper()
	body["messaging_product"] = "whatsapp"
	return w.graph("POST", "/v25.0/"+w.number.ID+"/marketing_messages", w.number.Token, body)
}

func TestMarketingMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := offerWorld(t)
		offer := func() obj { return templateSend(w.mona.Digits, "offer") }
		status, out := w.market(offer())
		if status != 200 || out["messages"].([]any)[0].(map[string]any)["message_status"] != "accepted" {
			t.Fatalf("HTTP %d %v, want 200 with a status", status, out)
		}
		if s, _ := w.ends(wamidOf(out)); s != "delivered" {
			t.Errorf("status = %q, want delivered", s)
		}
		for _, s := range w.hook.items(t, "messages", "statuses") {
			if p, ok := s["pricing"].(map[string]any); ok && p["category"] != "marketing_lite" {
				t.Errorf("pricing = %v, want marketing_lite", p)
			}
		}
		if bill := w.e.Invoice(); len(bill) != 1 || bill[0].Category != "marketing_lite" || bill[0].Amount == nil {
			t.Errorf("invoice = %+v, want one marketing_lite with an amount", bill)
		}
		rows := []struct {
			name  string
			rules metaemu.SendRules
			body  obj
			code  int
		}{
			{"a text", metaemu.SendRules{}, obj{"to": w.mona.Digits, "type": "text", "text": obj{"body": "x"}}, 100},
			{"a utility template", metaemu.SendRules{}, templateSend(w.mona.Digits, "ready"), 134100},
			{"as some providers say", metaemu.SendRules{MarketingAPI: "no"}, offer(), 131055},
			{"while templates are synced", metaemu.SendRules{MarketingError: 134101}, offer(), 134101},
			{"a template nobody made", metaemu.SendRules{}, templateSend(w.mona.Digits, "nothing"), 132001},
		}
		for _, r := range rows {
			w.do(w.e.SetSendRules(r.rules))
			if status, out := w.market(r.body); status == 200 || code(out) != r.code {
				t.Errorf("%s: HTTP %d code %d, want code %d", r.name, status, code(out), r.code)
			}
		}
		w.do(w.e.SetSendRules(metaemu.SendRules{}))
		w.do(w.e.SetWABARules(w.number.WABA, metaemu.WABARules{NoMarketing: true}))
		w.mustRefuse("marketing by messages", offer(), 131063)
		w.mustArrive("utility by messages", templateSend(w.mona.Digits, "ready"))
		if status, out := w.market(offer()); status != 200 {
			t.Errorf("marketing by its own way: HTTP %d %v, want 200", status, out)
		}
		w.do(w.e.SetWABARules(w.number.WABA, metaemu.WABARules{MaxPrice: []string{"offer"}}))
		w.mustRefuse("a maximum price by messages", offer(), 131061)
		if n := len(w.e.Arrivals()); n != 10 {
			t.Errorf("the book has %d arrivals, want all 10", n)
		}
	})
}

func TestDirectSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := offerWorld(t)
		send := func() obj {
			return obj{"to": w.mona.Digits, "type": "text", "text": obj{"body": "ready"}, "category": "utility"}
		}
		w.mustRefuse("not allow-listed", send(), 100)
		w.do(w.e.SetWABARules(w.number.WABA, metaemu.WABARules{DirectSend: true}))
		w.mustArrive("outside the window", send())
		if bill := w.e.Invoice(); len(bill) != 1 || bill[0].Category != "utility" {
			t.Errorf("invoice = %+v, want one utility", bill)
		}
	})
}

// TestNotOnCoexistence: groups and calls are not for numbers that are in the app.
func TestNotOnCoexistence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		w.writes("hello")
		ask := func() obj {
			return obj{"to": w.mona.Digits, "type": "interactive", "interactive": obj{
				"type": "call_permission_request", "body": obj{"text": "x"}, "action": obj{"name": "call_permission_request"},
			}}
		}
		w.mustRefuse("a group", obj{"to": "G1", "recipient_type": "group", "text": obj{"body": "x"}}, 100)
		w.mustRefuse("may we call", ask(), 100)
		for _, name := range []string{"calls", "groups"} {
			if status, out := w.graph("POST", "/v25.0/"+w.number.ID+"/"+name, w.number.Token, obj{}); status != 400 || code(out) != 100 {
				t.Errorf("%s: HTTP %d code %d, want 400 and 100", name, status, code(out))
			}
		}
		w.do(w.e.SetSendRules(metaemu.SendRules{Calling: "yes"}))
		_, out := w.send(ask())
		time.Sleep(10 * time.Second)
		must[string](t)(w.e.CustomerReply(w.mona.ID, wamidOf(out), metaemu.Reply{Accept: true, For: metaemu.Span(24 * time.Hour)}))
		time.Sleep(time.Second)
		all := w.hook.items(t, "messages", "messages")
		reply := all[len(all)-1]["interactive"].(map[string]any)["call_permission_reply"].(map[string]any)
		if reply["response"] != "accept" || reply["is_permanent"] != false || reply["expiration_timestamp"] == nil {
			t.Errorf("permission = %v, want it given for a day", reply)
		}
	})
}
