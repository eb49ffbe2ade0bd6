package content

import (
	"encoding/json"
	"slices"

	"wasl/internal/fault"
	"wasl/internal/platform"
)

// kind is what one kind of interactive message allows and needs
// (cloud-api-protocol §2.4).
type kind struct {
	headers              []string // kinds of header it may have
	mustHeader, mustBody bool
	noFooter             bool
	name                 string // what action.name says, if it must say something
	action               func(at)
}

var anyHeader = []string{"text", "image", "video", "document"}

// kinds are the kinds that can be sent. Asking for a call and offering one are left
// out: they belong to the Calling API, which a number on a phone does not have
// (coexistence-protocol §2.8).
var kinds = map[string]kind{
	"button":                   {headers: anyHeader, mustBody: true, action: buttons},
	"list":                     {headers: anyHeader[:1], mustBody: true, action: rows},
	"cta_url":                  {headers: anyHeader, mustBody: true, name: "cta_url", action: linkButton},
	"flow":                     {headers: anyHeader[:1], mustBody: true, name: "flow", action: flow},
	"product":                  {action: product},
	"product_list":             {headers: anyHeader[:1], mustHeader: true, mustBody: true, action: products},
	"catalog_message":          {mustBody: true, name: "catalog_message", action: catalog},
	"location_request_message": {mustBody: true, noFooter: true, name: "send_location", action: func(at) {}},
	"address_message":          {headers: anyHeader, mustBody: true, name: "address_message", action: address},
	"request_contact_info":     {mustBody: true, name: "request_contact_info", action: func(at) {}},
	"carousel":                 {mustBody: true, noFooter: true, action: cards},
}

func interactive(top at, m *Message) {
	i := top.must("interactive")
	typ := i.need("type")
	k, ok := kinds[typ]
	if !ok {
		if top.c.bad == nil {
			top.c.bad = fault.Of(fault.CodeContentTypeNotSupportedYet).Saying("interactive.type: messages of the kind %q cannot be sent.", cut(typ))
		}
		return
	}
	top.c.kind = typ
	if b, ok := i.object("body"); ok {
		m.Text = b.need("text")
	} else if k.mustBody {
		i.fail("body.text", "is missing")
	}
	i.header(k)
	if f, ok := i.object("footer"); ok {
		if k.noFooter {
			i.fail("footer", "messages of this kind have none")
		}
		f.need("text")
	}
	action := i.must("action")
	if k.name != "" {
		if name := action.need("name"); name != k.name {
			action.fail("name", "has to be %q", k.name)
		}
	}
	k.action(action)
}

// header wants what the kind allows, and the file that a picture needs.
func (o at) header(k kind) {
	h, ok := o.object("header")
	if !ok {
		if k.mustHeader {
			o.fail("header", "is missing")
		}
		return
	}
	typ := h.need("type")
	switch {
	case len(k.headers) == 0:
		o.fail("header", "messages of this kind have none")
	case !slices.Contains(k.headers, typ):
		h.fail("type", "one of %v, not %q", k.headers, cut(typ))
	case typ == "text":
		h.need("text")
	default:
		source(h.must(typ))
	}
}

// buttons are answers to choose from, each with an id and a title of its own.
func buttons(a at) {
	ids, titles := map[string]bool{}, map[string]bool{}
	for _, b := range a.list("buttons") {
		b.oneOf("type", "reply", "quick_reply")
		key := "reply"
		if b.m[key] == nil && b.m["quick_reply"] != nil {
			key = "quick_reply" // a card's may be written so
		}
		r := b.must(key)
		r.scope = a.scope + ".buttons.reply"
		r.once("id", ids)
		r.once("title", titles)
	}
}

// once is a text that must be there and be no other's.
func (o at) once(key string, seen map[string]bool) {
	s := o.need(key)
	if seen[s] {
		o.fail(key, "%q is there twice", cut(s))
	}
	seen[s] = true
}

// rows are the choices of a list, in sections.
func rows(a at) {
	a.need("button")
	all, ids := 0, map[string]bool{}
	sections := a.list("sections")
	for _, s := range sections {
		s.title(len(sections))
		for _, r := range s.list("rows") {
			all++
			r.once("id", ids)
			r.need("title")
			r.may("description")
		}
	}
	a.total("sections.rows", all)
}

// title of a section is needed where there are several.
func (o at) title(sections int) {
	if o.may("title") == "" && sections > 1 {
		o.fail("title", "is missing: there are several sections")
	}
}

// total holds a limit that counts over all sections.
func (o at) total(key string, n int) {
	if most, limited := o.limit(platform.ContentCount, key); limited && n > most {
		o.fail(key, "at most %d over all sections, not %d", most, n)
	}
}

func linkButton(a at) {
	p := a.must("parameters")
	p.need("display_text")
	if u := p.need("url"); u != "" && !web(u) {
		p.fail("url", "no web address: it begins with https:// or http://")
	}
}

func flow(a at) {
	p := a.must("parameters")
	if v := p.need("flow_message_version"); v != "" && v != "3" {
		p.fail("flow_message_version", "has to be \"3\"")
	}
	switch id, name := p.may("flow_id"), p.may("flow_name"); {
	case id == "" && name == "":
		p.fail("flow_id", "either flow_id or flow_name is needed")
	case id != "" && name != "":
		p.fail("flow_id", "only one of flow_id and flow_name")
	}
	p.need("flow_cta")
	p.oneOf("mode", "draft", "published")
	action := p.oneOf("flow_action", "navigate", "data_exchange")
	payload, ok := p.object("flow_action_payload")
	if !ok {
		return
	}
	if action == "data_exchange" {
		p.fail("flow_action_payload", "only for flow_action navigate")
	}
	payload.need("screen")
	if data, ok := payload.object("data"); ok && len(data.m) == 0 {
		payload.fail("data", "has to hold something, or to be left out")
	}
}

func product(a at) {
	a.need("catalog_id")
	a.need("product_retailer_id")
}

func products(a at) {
	a.need("catalog_id")
	all := 0
	sections := a.list("sections")
	for _, s := range sections {
		s.title(len(sections))
		for _, p := range s.list("product_items") {
			all++
			p.need("product_retailer_id")
		}
	}
	a.total("sections.product_items", all)
}

func catalog(a at) {
	if p, ok := a.object("parameters"); ok {
		p.may("thumbnail_product_retailer_id")
	}
}

func address(a at) {
	p := a.must("parameters")
	country := p.need("country")
	if f, ok := p.c.facts.Fact(platform.AddressCountries); ok && country != "" && !slices.Contains(f.List, country) {
		p.fail("country", "one of %v, not %q", f.List, cut(country))
	}
	p.object("values")
	p.object("validation_errors")
	for _, s := range p.objects("saved_addresses") {
		s.need("id")
		s.object("value")
	}
}

// cards of a carousel are all of one make: the same type, the same kind of
// picture, the same catalogue.
func cards(a at) {
	list := a.list("cards")
	if len(list) == 1 {
		a.fail("cards", "at least 2, not 1")
	}
	seen := map[string]bool{}
	same := map[string]string{}
	alike := func(c at, key, value string) {
		if first, ok := same[key]; ok && first != value {
			c.fail(key, "has to be the same on every card")
		} else if !ok {
			same[key] = value
		}
	}
	for _, c := range list {
		index, ok := c.m["card_index"].(json.Number)
		n, err := index.Int64()
		most, _ := a.limit(platform.ContentCount, "cards")
		switch {
		case !ok || err != nil || n < 0 || n >= int64(most):
			c.fail("card_index", "a number from 0 to %d", most-1)
		case seen[index.String()]:
			c.fail("card_index", "%s is there twice", index)
		}
		seen[index.String()] = true
		alike(c, "type", c.need("type"))
		c.card(alike)
	}
}

func (o at) card(alike func(c at, key, value string)) {
	action := o.must("action")
	action.scope = "interactive.action" // a card's button has the limits of any other
	switch typ := o.oneOf("type", "product", "cta_url", "quick_reply"); typ {
	case "product":
		product(action)
		alike(o, "action.catalog_id", action.may("catalog_id"))
		return
	case "cta_url":
		action.may("name")
		linkButton(action)
	case "quick_reply":
		buttons(action)
	}
	h := o.must("header")
	typ := h.oneOf("type", "image", "video")
	alike(o, "header.type", typ)
	if typ == "" {
		h.fail("type", "is missing")
		return
	}
	source(h.must(typ))
	if b, ok := o.object("body"); ok {
		b.need("text")
	}
}
