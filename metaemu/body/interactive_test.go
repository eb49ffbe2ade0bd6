package body_test

import (
	"fmt"
	"testing"

	"wasl/metaemu/body"
)

// act is an interactive message of a type with an action.
func act(typ string, action any) obj {
	return obj{"type": typ, "body": obj{"text": "x"}, "action": action}
}

func replyButtons(n int) obj {
	var list []obj
	for i := range n {
		list = append(list, obj{"type": "reply", "reply": obj{"id": fmt.Sprint("i", i), "title": fmt.Sprint("t", i)}})
	}
	return act("button", obj{"buttons": list})
}

func oneButton(id, title string) obj {
	return act("button", obj{"buttons": []obj{{"type": "reply", "reply": obj{"id": id, "title": title}}}})
}

// rows makes one section per number, with so many rows.
func sections(sizes ...int) []obj {
	var list []obj
	id := 0
	for i, n := range sizes {
		rows := []obj{}
		for range n {
			id++
			rows = append(rows, obj{"id": fmt.Sprint(id), "title": "x"})
		}
		list = append(list, obj{"title": fmt.Sprint("s", i), "rows": rows})
	}
	return list
}

func list(button string, s []obj) obj { return act("list", obj{"button": button, "sections": s}) }

func oneRow(section, id, title, description string) obj {
	return list("x", []obj{{"title": section, "rows": []obj{{"id": id, "title": title, "description": description}}}})
}

func products(sizes ...int) obj {
	var s []obj
	for i, n := range sizes {
		items := []obj{}
		for j := range n {
			items = append(items, obj{"product_retailer_id": fmt.Sprint(i, "-", j)})
		}
		s = append(s, obj{"title": fmt.Sprint("s", i), "product_items": items})
	}
	return with(act("product_list", obj{"catalog_id": "7", "sections": s}), "header", obj{"type": "text", "text": "x"})
}

func link(text, url string) obj {
	return act("cta_url", obj{"name": "cta_url", "parameters": obj{"display_text": text, "url": url}})
}

func flow(change func(obj)) obj {
	p := obj{"flow_message_version": "3", "flow_id": "1", "flow_cta": "Go"}
	change(p)
	return act("flow", obj{"name": "flow", "parameters": p})
}

func cards(n int, change func(i int, card obj)) obj {
	list := []obj{}
	for i := range n {
		c := obj{
			"card_index": i, "type": "cta_url", "header": obj{"type": "image", "image": obj{"link": "https://x.example/a.jpg"}},
			"action": obj{"name": "cta_url", "parameters": obj{"display_text": "Book", "url": "https://x.example/"}},
		}
		if change != nil {
			change(i, c)
		}
		list = append(list, c)
	}
	return act("carousel", obj{"cards": list})
}

func product(i int, c obj) {
	clear(c)
	c["card_index"], c["type"], c["action"] = i, "product", obj{"product_retailer_id": fmt.Sprint(i), "catalog_id": "7"}
}

// TestLimits tries every limit at its edge and one above.
func TestLimits(t *testing.T) {
	inter := func(i obj) obj { return to("interactive", i) }
	part := func(i obj, key string, v any) obj { return inter(with(i, key, v)) }
	tries := map[string]struct {
		of   func(n int) obj
		code int
	}{
		"biz_opaque_callback_data":                                 {func(n int) obj { return with(to("text", obj{"body": "x"}), "biz_opaque_callback_data", long(n)) }, 100},
		"text['body']":                                             {func(n int) obj { return to("text", obj{"body": long(n)}) }, 100},
		"caption":                                                  {func(n int) obj { return to("image", obj{"id": "1", "caption": long(n)}) }, 100},
		"contacts":                                                 {func(n int) obj { return to("contacts", contacts(n)) }, 131009},
		"interactive['header']['text']":                            {func(n int) obj { return part(replyButtons(1), "header", obj{"type": "text", "text": long(n)}) }, 131009},
		"interactive['body']['text']":                              {func(n int) obj { return part(replyButtons(1), "body", obj{"text": long(n)}) }, 131009},
		"interactive['body']['text'] of a list":                    {func(n int) obj { return part(list("x", sections(1)), "body", obj{"text": long(n)}) }, 131009},
		"interactive['footer']['text']":                            {func(n int) obj { return part(replyButtons(1), "footer", obj{"text": long(n)}) }, 131009},
		"interactive['action']['buttons']":                         {func(n int) obj { return inter(replyButtons(n)) }, 131009},
		"interactive['action']['buttons']['reply']['id']":          {func(n int) obj { return inter(oneButton(long(n), "x")) }, 131009},
		"interactive['action']['buttons']['reply']['title']":       {func(n int) obj { return inter(oneButton("x", long(n))) }, 131009},
		"interactive['action']['button']":                          {func(n int) obj { return inter(list(long(n), sections(1))) }, 131009},
		"interactive['action']['sections']":                        {func(n int) obj { return inter(products(ones(n)...)) }, 131009},
		"interactive['action']['sections']['title']":               {func(n int) obj { return inter(oneRow(long(n), "x", "x", "")) }, 131009},
		"rows of all sections":                                     {func(n int) obj { return inter(list("x", sections(1, n-1))) }, 131009},
		"interactive['action']['sections']['rows']['id']":          {func(n int) obj { return inter(oneRow("", long(n), "x", "")) }, 131009},
		"interactive['action']['sections']['rows']['title']":       {func(n int) obj { return inter(oneRow("", "x", long(n), "")) }, 131009},
		"interactive['action']['sections']['rows']['description']": {func(n int) obj { return inter(oneRow("", "x", "x", long(n))) }, 131009},
		"products of all sections":                                 {func(n int) obj { return inter(products(1, n-1)) }, 131009},
		"interactive['action']['parameters']['display_text']":      {func(n int) obj { return inter(link(long(n), "https://x.example/")) }, 131009},
		"interactive['action']['parameters']['flow_cta']":          {func(n int) obj { return inter(flow(func(p obj) { p["flow_cta"] = long(n) })) }, 131009},
		"interactive['action']['parameters']['ttl_minutes']": {func(n int) obj {
			return inter(act("voice_call", obj{"name": "voice_call", "parameters": obj{"ttl_minutes": n}}))
		}, 131009},
		"interactive['action']['cards']":                 {func(n int) obj { return inter(cards(n, nil)) }, 131009},
		"interactive['action']['cards']['body']['text']": {func(n int) obj { return inter(cards(2, func(_ int, c obj) { c["body"] = obj{"text": long(n)} })) }, 131009},
		"template['name']":                               {func(n int) obj { return to("template", obj{"name": long(n), "language": obj{"code": "ar"}}) }, 131009},
	}
	for _, l := range body.Limits() {
		try, ok := tries[l.Of]
		if !ok {
			t.Errorf("limit of %s is not tried", l.Of)
			continue
		}
		if l.Source == "" || l.Read == "" {
			t.Errorf("limit of %s has no source or date", l.Of)
		}
		if f := check(t, try.of(l.Max)); f != nil {
			t.Errorf("%s of %d: %d %q, want it accepted", l.Of, l.Max, f.Code, f.Sentence)
		}
		if f := check(t, try.of(l.Max+1)); f == nil || f.Code != try.code {
			t.Errorf("%s of %d: %v, want code %d", l.Of, l.Max+1, f, try.code)
		}
	}
}

func ones(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = 1
	}
	return list
}

func TestInteractiveTypes(t *testing.T) {
	inter := func(name string, i obj, code int) row { return row{name, to("interactive", i), code} }
	picture := obj{"type": "image", "image": obj{"link": "https://x.example/a.jpg"}}
	text := obj{"type": "text", "text": "x"}
	address := func(p obj) obj { return act("address_message", obj{"name": "address_message", "parameters": p}) }
	named := func(typ, name string) obj { return act(typ, obj{"name": name}) }
	run(t, []row{
		{"no interactive object", with(to("interactive", obj{}), "interactive", nil), 131008},
		inter("no type", obj{"action": obj{}}, 100),
		inter("an unknown type", act("dance", obj{}), 131009),
		inter("no action", obj{"type": "button", "body": obj{"text": "x"}}, 100),
		inter("no body", with(replyButtons(1), "body", nil), 100),
		inter("buttons", replyButtons(3), 0),
		inter("buttons under a picture", with(replyButtons(1), "header", picture), 0),
		inter("a header of no kind", with(replyButtons(1), "header", obj{}), 100),
		inter("a picture that is nowhere", with(replyButtons(1), "header", obj{"type": "image"}), 100),
		inter("no buttons", act("button", obj{}), 100),
		inter("an empty list of buttons", act("button", obj{"buttons": []obj{}}), 131009),
		inter("two buttons alike", act("button", obj{"buttons": []obj{
			{"type": "reply", "reply": obj{"id": "1", "title": "x"}}, {"type": "reply", "reply": obj{"id": "2", "title": "x"}},
		}}), 131009),
		inter("a list", list("x", sections(5, 5)), 0),
		inter("a list under a picture", with(list("x", sections(1)), "header", picture), 131009),
		inter("a list without button", list("", sections(1)), 100),
		inter("a list without rows", list("x", []obj{{"title": "x"}}), 100),
		inter("two sections, one without title", list("x", []obj{{"title": "x", "rows": []obj{{"id": "1", "title": "x"}}}, {"rows": []obj{{"id": "2", "title": "x"}}}}), 100),
		inter("rows alike", list("x", []obj{{"rows": []obj{{"id": "1", "title": "x"}, {"id": "1", "title": "y"}}}}), 131009),
		inter("a link", link("Book", "https://x.example/"), 0),
		inter("a link to nowhere", link("Book", "x.example"), 131009),
		inter("a link of another name", act("cta_url", obj{"name": "url", "parameters": obj{"display_text": "x", "url": "https://x.example/"}}), 131009),
		inter("a link without parameters", act("cta_url", obj{"name": "cta_url"}), 100),
		inter("a flow", flow(func(obj) {}), 0),
		inter("a flow by name", flow(func(p obj) { delete(p, "flow_id"); p["flow_name"] = "x" }), 0),
		inter("a flow by both", flow(func(p obj) { p["flow_name"] = "x" }), 131009),
		inter("a flow by neither", flow(func(p obj) { delete(p, "flow_id") }), 100),
		inter("a flow of version 2", flow(func(p obj) { p["flow_message_version"] = "2" }), 131009),
		inter("a flow without button", flow(func(p obj) { delete(p, "flow_cta") }), 100),
		inter("a draft of a flow", flow(func(p obj) { p["mode"] = "draft" }), 0),
		inter("a flow in another mode", flow(func(p obj) { p["mode"] = "x" }), 131009),
		inter("a flow to a screen", flow(func(p obj) { p["flow_action_payload"] = obj{"screen": "A", "data": obj{"a": 1}} }), 0),
		inter("a flow with empty data", flow(func(p obj) { p["flow_action_payload"] = obj{"screen": "A", "data": obj{}} }), 131009),
		inter("a product", obj{"type": "product", "action": obj{"catalog_id": "7", "product_retailer_id": "1"}}, 0),
		inter("a product with a header", obj{"type": "product", "header": text, "action": obj{"catalog_id": "7", "product_retailer_id": "1"}}, 131009),
		inter("a product of no catalogue", obj{"type": "product", "action": obj{"product_retailer_id": "1"}}, 100),
		inter("products", products(10, 20), 0),
		inter("products without header", with(products(1), "header", nil), 100),
		inter("a catalogue", act("catalog_message", obj{"name": "catalog_message", "parameters": obj{"thumbnail_product_retailer_id": "1"}}), 0),
		inter("a catalogue without parameters", named("catalog_message", "catalog_message"), 0),
		inter("where are you", named("location_request_message", "send_location"), 0),
		inter("where are you, with a footer", with(named("location_request_message", "send_location"), "footer", obj{"text": "x"}), 131009),
		inter("where are you, under a header", with(named("location_request_message", "send_location"), "header", text), 131009),
		inter("an address in India", address(obj{"country": "IN"}), 0),
		inter("an address in Egypt", address(obj{"country": "EG"}), 131009),
		inter("an address nowhere", address(obj{}), 100),
		inter("a saved address without id", address(obj{"country": "IN", "saved_addresses": []obj{{"value": obj{}}}}), 100),
		inter("may we call", named("call_permission_request", "call_permission_request"), 0),
		inter("may we call, of no name", act("call_permission_request", obj{}), 100),
		inter("who are you", named("request_contact_info", "request_contact_info"), 0),
		inter("call us", named("voice_call", "voice_call"), 0),
	})
}

func TestCarousels(t *testing.T) {
	inter := func(name string, i obj, code int) row { return row{name, to("interactive", i), code} }
	quick := func(i int, c obj) {
		c["type"], c["action"] = "quick_reply", obj{"buttons": []obj{{"type": "quick_reply", "quick_reply": obj{"id": fmt.Sprint(i), "title": "x"}}}}
	}
	run(t, []row{
		inter("links", cards(2, nil), 0),
		inter("quick replies", cards(2, quick), 0),
		inter("products", cards(3, product), 0),
		inter("products of two catalogues", cards(2, func(i int, c obj) { product(i, c); c["action"].(obj)["catalog_id"] = fmt.Sprint(i) }), 131009),
		inter("two kinds", cards(2, func(i int, c obj) {
			if i == 1 {
				product(i, c)
			}
		}), 131009),
		inter("a film among pictures", cards(2, func(i int, c obj) {
			if i == 1 {
				c["header"] = obj{"type": "video", "video": obj{"id": "1"}}
			}
		}), 131009),
		inter("a card without picture", cards(2, func(_ int, c obj) { delete(c, "header") }), 100),
		inter("a card of text", cards(2, func(_ int, c obj) { c["header"] = obj{"type": "text", "text": "x"} }), 131009),
		inter("a card of no kind", cards(2, func(_ int, c obj) { delete(c, "type") }), 100),
		inter("a card of an unknown kind", cards(2, func(_ int, c obj) { c["type"] = "x" }), 131009),
		inter("a card without index", cards(2, func(_ int, c obj) { delete(c, "card_index") }), 100),
		inter("an index twice", cards(2, func(_ int, c obj) { c["card_index"] = 0 }), 131009),
		inter("an index of ten", cards(2, func(i int, c obj) { c["card_index"] = 10 - i }), 131009),
		inter("a card that does nothing", cards(2, func(_ int, c obj) { delete(c, "action") }), 100),
		inter("no cards", act("carousel", obj{}), 100),
		inter("one card", cards(1, nil), 131009),
		inter("a footer", with(cards(2, nil), "footer", obj{"text": "x"}), 131009),
		inter("a header", with(cards(2, nil), "header", obj{"type": "text", "text": "x"}), 131009),
	})
}
