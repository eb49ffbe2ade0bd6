package metaemu_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

func interactive(typ string, action any) obj {
	o := obj{"type": typ, "body": obj{"text": "x"}, "action": action}
	if typ == "product_list" {
		o["header"] = obj{"type": "text", "text": "x"}
	}
	return o
}

// TestRepliesToWhatWasAsked: a customer can only press what is there, and the
// webhook tells what was pressed and which message it was in.
func TestRepliesToWhatWasAsked(t *testing.T) {
	list := interactive("list", obj{"button": "Show", "sections": []obj{{"rows": []obj{{"id": "b1", "title": "Olaya", "description": "Till 22"}}}}})
	flow := interactive("flow", obj{"name": "flow", "parameters": obj{"flow_message_version": "3", "flow_id": "1", "flow_cta": "Go", "flow_token": "T"}})
	address := interactive("address_message", obj{"name": "address_message", "parameters": obj{"country": "IN"}})
	products := interactive("product_list", obj{"catalog_id": "77", "sections": []obj{{"title": "x", "product_items": []obj{{"product_retailer_id": "sku-1"}}}}})
	rows := []struct {
		name  string
		ask   obj
		reply metaemu.Reply
		typ   string
		says  string // in the JSON under the type, or in the reason of a refusal
		fails bool
	}{
		{"a button", buttons(2), metaemu.Reply{Choice: "a"}, "interactive", "map[button_reply:map[id:a title:A] type:button_reply]", false},
		{"a button by its title", buttons(2), metaemu.Reply{Choice: "B"}, "interactive", "id:b", false},
		{"a button that is not there", buttons(2), metaemu.Reply{Choice: "C"}, "", "A, B", true},
		{"a row", list, metaemu.Reply{Choice: "b1"}, "interactive", "map[list_reply:map[description:Till 22 id:b1 title:Olaya] type:list_reply]", false},
		{"a row that is not there", list, metaemu.Reply{Choice: "b2"}, "", "Olaya", true},
		{"a flow", flow, metaemu.Reply{Response: []byte(`{"day":"Monday"}`)}, "interactive", `{"day":"Monday","flow_token":"T"}`, false},
		{"an address", address, metaemu.Reply{Response: []byte(`{"values":{}}`)}, "interactive", "name:address_message", false},
		{"a place", interactive("location_request_message", obj{"name": "send_location"}), metaemu.Reply{Latitude: 30.5, Longitude: 31}, "location", "latitude:30.5", false},
		{"an order", products, metaemu.Reply{Items: []metaemu.OrderItem{{Product: "sku-1", Quantity: 2, Price: 9.5, Currency: "EGP"}}}, "order", "quantity:2", false},
		{"an order of what is not shown", products, metaemu.Reply{Items: []metaemu.OrderItem{{Product: "sku-9"}}}, "", "sku-1", true},
		{"who I am", interactive("request_contact_info", obj{"name": "request_contact_info"}), metaemu.Reply{}, "contacts", "201000000019", false},
		{"a link", interactive("cta_url", obj{"name": "cta_url", "parameters": obj{"display_text": "x", "url": "https://x.example/"}}), metaemu.Reply{}, "", "not answered", true},
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		w.writes("hello")
		for _, r := range rows {
			status, out := w.send(obj{"to": w.mona.Digits, "type": "interactive", "interactive": r.ask})
			if status != 200 {
				t.Fatalf("%s: HTTP %d %v", r.name, status, out)
			}
			time.Sleep(10 * time.Second)
			_, err := w.e.CustomerReply(w.mona.ID, wamidOf(out), r.reply)
			if r.fails {
				refused(t, r.name, err, r.says)
				continue
			}
			w.do(err)
			m := w.lastMessage()
			got := strings.ReplaceAll(strings.TrimSpace(fmt.Sprint(m[r.typ])), "e+00", "")
			if m["type"] != r.typ || !strings.Contains(got, r.says) || m["context"].(map[string]any)["id"] != wamidOf(out) {
				t.Errorf("%s: %v, want %s with %s in answer to %s", r.name, m, r.typ, r.says, wamidOf(out))
			}
			if r.typ == "contacts" && m["origin"] != "contact_request" {
				t.Errorf("origin = %v, want contact_request", m["origin"])
			}
		}
	})
}

func TestTemplateButton(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := offerWorld(t)
		send := templateSend(w.mona.Digits, "ready")
		send["template"].(obj)["components"] = []obj{
			{"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": []obj{{"type": "payload", "payload": "late:A-99"}}},
		}
		_, out := w.send(send)
		time.Sleep(10 * time.Second)
		_, err := w.e.CustomerReply(w.mona.ID, wamidOf(out), metaemu.Reply{Choice: "early"})
		refused(t, "another payload", err, "late:A-99")
		must[string](t)(w.e.CustomerReply(w.mona.ID, wamidOf(out), metaemu.Reply{Choice: "late:A-99", Text: "Later"}))
		if got := fmt.Sprint(w.lastMessage()["button"]); got != "map[payload:late:A-99 text:Later]" {
			t.Errorf("button = %s", got)
		}
	})
}

// TestWhatCustomersSay is the rest of what a message may carry.
func TestWhatCustomersSay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		rows := []struct {
			content metaemu.Content
			context string
		}{
			{metaemu.Content{Text: "x", Forwarded: "once"}, "map[forwarded:true]"},
			{metaemu.Content{Text: "x", Forwarded: "often"}, "map[frequently_forwarded:true]"},
			{
				metaemu.Content{Text: "x", Product: &metaemu.ReferredProduct{Catalog: "7", Product: "sku"}},
				"map[from:" + w.number.Digits + " referred_product:map[catalog_id:7 product_retailer_id:sku]]",
			},
		}
		for _, r := range rows {
			if got := fmt.Sprint(w.says(w.mona, r.content)["context"]); got != r.context {
				t.Errorf("context = %s, want %s", got, r.context)
			}
		}
		_, err := w.e.CustomerSend(w.mona.ID, w.number.ID, metaemu.Content{Text: "x", Forwarded: "thrice"})
		refused(t, "forwarded thrice", err, "once, often")

		before := len(w.hook.items(t, "messages", "messages"))
		w.do(w.e.CustomerCompanion(w.mona.ID, w.number.ID, "from my desk"))
		if code := w.lastMessage()["errors"].([]any)[0].(map[string]any)["code"].(float64); code != 131060 {
			t.Errorf("a companion: %v, want 131060", code)
		}
		w.do(w.e.SetSendRules(metaemu.SendRules{SilentCompanions: true}))
		w.do(w.e.CustomerCompanion(w.mona.ID, w.number.ID, "from my desk"))
		w.do(w.e.TellError(w.number.ID, 0, "too fast"))
		time.Sleep(time.Second)
		if n := len(w.hook.items(t, "messages", "messages")); n != before+1 {
			t.Errorf("%d messages told of two companions, want one", n-before)
		}
		if errs := w.hook.items(t, "messages", "errors"); len(errs) != 1 || errs[0]["code"].(float64) != 130429 {
			t.Errorf("errors = %v, want one 130429", errs)
		}
	})
}

func TestVoiceNotesArePlayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, metaemu.NumberSpec{})
		w.writes("hello")
		_, out := w.send(obj{"to": w.mona.Digits, "type": "audio", "audio": obj{"link": "https://x.example/a.ogg", "voice": true}})
		time.Sleep(10 * time.Second)
		w.do(w.e.CustomerPlay(w.mona.ID, wamidOf(out)))
		var got []string
		time.Sleep(time.Second)
		for _, s := range w.hook.items(t, "messages", "statuses") {
			got = append(got, s["status"].(string))
		}
		if s := strings.Join(got, " "); s != "sent delivered read played" {
			t.Errorf("statuses = %s, want sent delivered read played", s)
		}
		_, out = w.text(w.mona.Digits, "x")
		time.Sleep(10 * time.Second)
		refused(t, "a text", w.e.CustomerPlay(w.mona.ID, wamidOf(out)), "only a voice note")
	})
}

// TestConversationOfOldWebhooks: an app whose webhooks are of v23 gets one, beside
// an app whose are not.
func TestConversationOfOldWebhooks(t *testing.T) {
	for version, want := range map[int]bool{0: false, 23: true, 24: false} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
			w.do(w.e.SetWebhookVersion(w.number.App, version))
			w.writes("hello")
			_, out := w.text(w.mona.Digits, "x")
			w.ends(wamidOf(out))
			for _, s := range w.hook.items(t, "messages", "statuses") {
				c, has := s["conversation"].(map[string]any)
				if has != want || has && fmt.Sprint(c["origin"]) != "map[type:service]" {
					t.Errorf("v%d: conversation = %v, want one: %v", version, s["conversation"], want)
				}
				if has && (c["expiration_timestamp"] != nil) != (s["status"] == "sent") {
					t.Errorf("%s: conversation = %v, want an end with sent only", s["status"], c)
				}
			}
		})
	}
}

// TestRulesOverHTTP: a PUT changes what it names and keeps the rest.
func TestRulesOverHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		for _, r := range []struct {
			method, path string
			body         any
			status       int
			key          string
			want         any
		}{
			{"PUT", "sending", obj{"marketing_cap": 2}, 200, "marketing_cap", 2.0},
			{"PUT", "sending", obj{"marketing_api": "no"}, 200, "marketing_cap", 2.0},
			{"PUT", "sending", obj{"marketing_api": "maybe"}, 400, "", nil},
			{"GET", "sending", nil, 200, "marketing_api", "no"},
			{"PUT", "portfolios/" + w.number.Portfolio + "/rules", obj{"limit": "TIER_10K"}, 200, "limit", "TIER_10K"},
			{"PUT", "portfolios/" + w.number.Portfolio + "/rules", obj{"limit": "TIER_3"}, 400, "", nil},
			{"PUT", "wabas/" + w.number.WABA + "/rules", obj{"locked": true}, 200, "locked", true},
			{"PUT", "numbers/" + w.number.ID + "/rules", obj{"spam": true}, 200, "spam", true},
			{"GET", "numbers/" + w.number.ID + "/rules", nil, 200, "spam", true},
			{"POST", "numbers/" + w.number.ID + "/error", obj{"code": 131000}, 200, "ok", true},
			{"POST", "apps/" + w.number.App + "/webhook-version", obj{"version": 23}, 200, "ok", true},
			{"POST", "numbers/" + w.number.ID + "/upgrade-throughput", obj{}, 400, "", nil},
			{"POST", "messages/wamid.x/fail", obj{}, 400, "", nil},
			{"POST", "customers/" + w.mona.ID + "/stop-marketing", obj{}, 200, "ok", true},
			{"POST", "customers/" + w.mona.ID + "/first-contact", obj{}, 200, "ok", true},
			{"POST", "customers/" + w.mona.ID + "/change-user-id", obj{}, 200, "ok", true},
			{"POST", "customers/" + w.mona.ID + "/dance", obj{}, 404, "", nil},
		} {
			status, out := w.graph(r.method, "/_emulator/"+r.path, "", r.body)
			if status != r.status || r.key != "" && out[r.key] != r.want {
				t.Errorf("%s %s %v: HTTP %d %v, want %d and %s %v", r.method, r.path, r.body, status, out, r.status, r.key, r.want)
			}
		}
	})
}
