package body

import (
	"encoding/json"
	"unicode/utf8"
)

// parametersOf reads action['parameters'] into v.
func parametersOf(a *actionOfAny, v any) *Fault {
	if absent(a.Parameters) {
		return required("interactive['action']['parameters']")
	}
	if err := json.Unmarshal(a.Parameters, v); err != nil {
		return wrongType("interactive.action.parameters", err)
	}
	return nil
}

const parameters = "interactive['action']['parameters']"

// linkButton is the action of cta_url, alone or on a card.
type linkButton struct {
	Text string `json:"display_text"`
	URL  string `json:"url"`
}

func checkLinkButton(a *actionOfAny) *Fault {
	var p linkButton
	if f := parametersOf(a, &p); f != nil {
		return f
	}
	switch {
	case p.Text == "":
		return required(parameters + "['display_text']")
	case p.URL == "":
		return required(parameters + "['url']")
	case !webAddress(p.URL):
		return invalid("Param " + parameters + "['url'] is not a valid URL.")
	}
	return within(131009, displayText, p.Text)
}

func checkFlow(a *actionOfAny) *Fault {
	var p struct {
		Version string `json:"flow_message_version"`
		ID      string `json:"flow_id"`
		Name    string `json:"flow_name"`
		CTA     string `json:"flow_cta"`
		Mode    string `json:"mode"`
		Action  string `json:"flow_action"`
		Payload *struct {
			Screen string          `json:"screen"`
			Data   json.RawMessage `json:"data"`
		} `json:"flow_action_payload"`
	}
	if f := parametersOf(a, &p); f != nil {
		return f
	}
	switch {
	case p.Version == "":
		return required(parameters + "['flow_message_version']")
	case p.Version != "3":
		return invalid("Param " + parameters + "['flow_message_version'] must be \"3\".")
	case p.ID == "" && p.Name == "":
		return required(parameters + "['flow_id']")
	case p.ID != "" && p.Name != "":
		return invalid("Param " + parameters + " takes one of flow_id and flow_name, not both.")
	case p.CTA == "":
		return required(parameters + "['flow_cta']")
	case p.Mode != "" && p.Mode != "draft" && p.Mode != "published":
		return invalid("Param " + parameters + "['mode'] must be one of {DRAFT, PUBLISHED} - got \"" + p.Mode + "\".")
	case p.Action != "" && p.Action != "navigate" && p.Action != "data_exchange":
		return invalid("Param " + parameters + "['flow_action'] must be one of {NAVIGATE, DATA_EXCHANGE} - got \"" + p.Action + "\".")
	case p.Payload != nil && p.Action == "data_exchange":
		return invalid("Param " + parameters + "['flow_action_payload'] is only for flow_action navigate.")
	case p.Payload != nil && p.Payload.Screen == "":
		return required(parameters + "['flow_action_payload']['screen']")
	case p.Payload != nil && string(p.Payload.Data) == "{}":
		return invalid("Param " + parameters + "['flow_action_payload']['data'] must not be empty.")
	}
	return within(131009, flowCTA, p.CTA)
}

func checkProduct(a *actionOfAny) *Fault {
	switch {
	case a.Catalog == "":
		return required("interactive['action']['catalog_id']")
	case a.Product == "":
		return required("interactive['action']['product_retailer_id']")
	}
	return nil
}

func checkProducts(a *actionOfAny) *Fault {
	switch {
	case a.Catalog == "":
		return required("interactive['action']['catalog_id']")
	case a.Sections == nil:
		return required(sectionCount.Of)
	}
	if f := sectionCount.holds(131009, sectionCount.Of, len(a.Sections)); f != nil {
		return f
	}
	products := 0
	for _, s := range a.Sections {
		if f := checkSectionTitle(s.Title, len(a.Sections)); f != nil {
			return f
		}
		if len(s.Products) == 0 {
			return required("interactive['action']['sections']['product_items']")
		}
		for _, p := range s.Products {
			if p.ID == "" {
				return required("interactive['action']['sections']['product_items']['product_retailer_id']")
			}
		}
		products += len(s.Products)
	}
	return productCount.holds(131009, "interactive['action']['sections']['product_items']", products)
}

// checkCatalog needs no parameters, but reads them if they are there.
func checkCatalog(a *actionOfAny) *Fault {
	if absent(a.Parameters) {
		return nil
	}
	var p struct {
		Thumbnail string `json:"thumbnail_product_retailer_id"`
	}
	return parametersOf(a, &p)
}

// addressCountries are those where address messages exist: India, and Singapore
// by older pages (§2.4).
var addressCountries = map[string]bool{"IN": true, "SG": true}

func checkAddress(a *actionOfAny) *Fault {
	var p struct {
		Country string                     `json:"country"`
		Values  map[string]json.RawMessage `json:"values"`
		Errors  map[string]json.RawMessage `json:"validation_errors"`
		Saved   []struct {
			ID    string                     `json:"id"`
			Value map[string]json.RawMessage `json:"value"`
		} `json:"saved_addresses"`
	}
	if f := parametersOf(a, &p); f != nil {
		return f
	}
	if p.Country == "" {
		return required(parameters + "['country']")
	}
	if !addressCountries[p.Country] {
		return invalid("Param " + parameters + "['country'] must be one of {IN, SG} - got \"" + p.Country + "\".")
	}
	for _, s := range p.Saved {
		if s.ID == "" {
			return required(parameters + "['saved_addresses']['id']")
		}
	}
	return nil
}

func checkVoiceCall(a *actionOfAny) *Fault {
	if absent(a.Parameters) {
		return nil
	}
	var p struct {
		Text    string `json:"display_text"`
		Minutes *int   `json:"ttl_minutes"`
		Payload string `json:"payload"`
	}
	if f := parametersOf(a, &p); f != nil {
		return f
	}
	if p.Minutes != nil {
		if f := callMinutes.holds(131009, callMinutes.Of, *p.Minutes); f != nil {
			return f
		}
	}
	if p.Text == "" {
		return nil
	}
	return within(131009, displayText, p.Text)
}

// card is one card of a carousel: with a picture and a button, or a product.
type card struct {
	Index  *int         `json:"card_index"`
	Type   string       `json:"type"`
	Header *header      `json:"header"`
	Body   *textObject  `json:"body"`
	Action *actionOfAny `json:"action"`
}

const cards = "interactive['action']['cards']"

func checkCards(a *actionOfAny) *Fault {
	if a.Cards == nil {
		return required(cards)
	}
	if f := cardCount.holds(131009, cards, len(a.Cards)); f != nil {
		return f
	}
	first := a.Cards[0]
	seen := map[int]bool{}
	for _, c := range a.Cards {
		switch {
		case c.Index == nil:
			return required(cards + "['card_index']")
		case *c.Index < 0 || *c.Index > cardCount.Max-1:
			return invalid("Param " + cards + "['card_index'] must be between 0 and " + itoa(cardCount.Max-1) + ".")
		case seen[*c.Index]:
			return invalid("Param " + cards + "['card_index'] must be unique.")
		case c.Action == nil:
			return required(cards + "['action']")
		case c.Type != first.Type:
			return invalid("Param " + cards + "['type'] must be the same in all cards.")
		}
		seen[*c.Index] = true
		if f := checkCard(c, first); f != nil {
			return f
		}
	}
	return nil
}

func checkCard(c, first card) *Fault {
	switch c.Type {
	case "product":
		if f := checkProduct(c.Action); f != nil {
			return f
		}
		if first.Action != nil && c.Action.Catalog != first.Action.Catalog {
			return invalid("Param " + cards + "['action']['catalog_id'] must be the same in all cards.")
		}
		return nil
	case "cta_url":
		return firstFault(checkCardFace(c, first), checkLinkButton(c.Action))
	case "quick_reply":
		return firstFault(checkCardFace(c, first), checkButtons(c.Action))
	case "":
		return required(cards + "['type']")
	}
	return invalid("Param " + cards + "['type'] must be one of {CTA_URL, QUICK_REPLY, PRODUCT} - got \"" + c.Type + "\".")
}

// checkCardFace wants a picture or a film of the same kind in all cards.
func checkCardFace(c, first card) *Fault {
	switch {
	case c.Header == nil:
		return required(cards + "['header']")
	case c.Header.Type != "image" && c.Header.Type != "video":
		return invalid("Param " + cards + "['header']['type'] must be one of {IMAGE, VIDEO} - got \"" + c.Header.Type + "\".")
	case first.Header != nil && c.Header.Type != first.Header.Type:
		return invalid("Param " + cards + "['header']['type'] must be the same in all cards.")
	}
	if f := headerMedia(cards+"['header']", c.Header); f != nil {
		return f
	}
	if c.Body == nil {
		return nil
	}
	return cardText.holds(131009, cardText.Of, utf8.RuneCountInString(c.Body.Text))
}
