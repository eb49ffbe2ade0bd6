package metaemu

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// ReferredProduct is an entry of a catalogue that a customer asks about.
type ReferredProduct struct {
	Catalog string `json:"catalog_id"`
	Product string `json:"product_retailer_id"`
}

// contextOf is the context of what a customer says: what it answers, that it was
// forwarded, which product it is about (§5.5).
func contextOf(t *chat, c Content) ([]byte, error) {
	var o wire.Object
	switch c.Forwarded {
	case "":
	case "once":
		return o.Bool("forwarded", true).Bytes(), nil
	case "often":
		return o.Bool("frequently_forwarded", true).Bytes(), nil
	default:
		return nil, fmt.Errorf("forwarded is once, often or empty, not %q", c.Forwarded)
	}
	if c.ReplyTo == "" && c.Product == nil {
		return nil, nil
	}
	o.Str("from", t.number.Digits).Opt("id", c.ReplyTo)
	if c.Product != nil {
		var p wire.Object
		o.Obj("referred_product", p.Str("catalog_id", c.Product.Catalog).Str("product_retailer_id", c.Product.Product))
	}
	return o.Bytes(), nil
}

// Reply is what a customer does with a message that asks for something.
type Reply struct {
	// Choice is the id or the title of a button or of a row of a list, and the
	// payload or text of a template's button.
	Choice string `json:"choice"`
	// Response is what a customer filled in: of a flow or an address, as an object.
	Response jsonObject `json:"response"`
	// Accept answers a request to call, Permanent for good, or For a while.
	Accept    bool `json:"accept"`
	Permanent bool `json:"permanent"`
	For       Span `json:"for"`
	// Items is what is ordered from a catalogue or a product message.
	Items []OrderItem `json:"items"`
	// Latitude and Longitude answer a question for the place.
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	// Text is a remark to an order.
	Text string `json:"text"`
}

// OrderItem is one line of an order.
type OrderItem struct {
	Product  string  `json:"product_retailer_id"`
	Quantity int     `json:"quantity"`
	Price    float64 `json:"item_price"`
	Currency string  `json:"currency"`
}

// CustomerReply answers a message that asks for something, in the only way the
// app offers: a button that is there, a row that is listed, a form that was sent.
// It answers the WAMID.
func (e *Emulator) CustomerReply(customerID, wamid string, r Reply) (string, error) {
	e.enter()
	defer e.mu.Unlock()
	m := e.messages[wamid]
	if m == nil || m.in || m.chat.customer.ID != customerID {
		return "", noMessage(customerID, wamid)
	}
	at := e.clock.Now()
	if m.status != "delivered" && m.status != "read" && m.status != "played" {
		return "", fmt.Errorf("this message is %s: the customer does not have it", m.status)
	}
	c, err := e.answerTo(m, r, at)
	if err != nil {
		return "", err
	}
	c.ReplyTo = wamid
	said, err := e.customerSend(m.chat, c, at)
	if err != nil {
		return "", err
	}
	return said.wamid, nil
}

// asked is what a message offers.
type asked struct {
	Type   string `json:"type"`
	Action struct {
		Buttons []offer `json:"buttons"`
		Catalog string  `json:"catalog_id"`
		Product string  `json:"product_retailer_id"`
		Params  struct {
			Token string `json:"flow_token"`
		} `json:"parameters"`
		Sections []struct {
			Rows []struct {
				ID, Title, Description string
			} `json:"rows"`
			Products []struct {
				ID string `json:"product_retailer_id"`
			} `json:"product_items"`
		} `json:"sections"`
		Cards []struct {
			Action struct {
				Buttons []offer `json:"buttons"`
				Catalog string  `json:"catalog_id"`
				Product string  `json:"product_retailer_id"`
			} `json:"action"`
		} `json:"cards"`
	} `json:"action"`
}

type offer struct {
	Reply *option `json:"reply"`
	Quick *option `json:"quick_reply"`
}

type option struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

func (e *Emulator) answerTo(m *message, r Reply, at time.Time) (Content, error) {
	if m.typ == "template" {
		return templateReply(m, r)
	}
	var q asked
	if m.typ != "interactive" || json.Unmarshal(m.content, &q) != nil {
		return Content{}, fmt.Errorf("a message of type %s asks for nothing: answer it with send and reply_to", m.typ)
	}
	switch q.Type {
	case "button", "carousel":
		if q.Type == "carousel" && len(r.Items) > 0 {
			return orderOf(q, r)
		}
		return buttonReply(q, r)
	case "list":
		return listReply(q, r)
	case "flow", "address_message":
		return formReply(q, r)
	case "location_request_message":
		var o wire.Object
		return Content{Type: "location", Object: o.Float("latitude", r.Latitude).Float("longitude", r.Longitude).Bytes()}, nil
	case "request_contact_info":
		var card, name, phone wire.Object
		cu := m.chat.customer
		name.Str("formatted_name", cu.Name).Str("first_name", cu.Name)
		phone.Str("phone", "+"+cu.Digits).Str("wa_id", cu.Digits).Str("type", "CELL")
		card.Obj("name", &name).List("phones", phone.Bytes())
		e.meet(m.chat.number, cu, at) // Who gives a number away is known by it.
		return Content{Type: "contacts", Object: fmt.Appendf(nil, "[%s]", card.Bytes()), Origin: "contact_request"}, nil
	case "call_permission_request":
		return permissionReply(r, at), nil
	case "product", "product_list", "catalog_message":
		return orderOf(q, r)
	}
	return Content{}, fmt.Errorf("an interactive message of type %s is not answered by a message", q.Type)
}

func buttonReply(q asked, r Reply) (Content, error) {
	list := q.Action.Buttons
	for _, c := range q.Action.Cards {
		list = append(list, c.Action.Buttons...)
	}
	var titles []string
	for _, b := range list {
		if b.Reply == nil {
			b.Reply = b.Quick
		}
		if b.Reply == nil {
			continue
		}
		if b.Reply.ID == r.Choice || b.Reply.Title == r.Choice {
			var o, reply wire.Object
			reply.Str("id", b.Reply.ID).Str("title", b.Reply.Title)
			return Content{Type: "interactive", Object: o.Str("type", "button_reply").Obj("button_reply", &reply).Bytes()}, nil
		}
		titles = append(titles, b.Reply.Title)
	}
	return Content{}, noChoice(r.Choice, titles)
}

func noChoice(choice string, there []string) error {
	return fmt.Errorf("there is no choice %q: write the id or the title of one of %s", choice, strings.Join(there, ", "))
}

func listReply(q asked, r Reply) (Content, error) {
	var titles []string
	for _, s := range q.Action.Sections {
		for _, row := range s.Rows {
			if row.ID == r.Choice || row.Title == r.Choice {
				var o, reply wire.Object
				reply.Str("id", row.ID).Str("title", row.Title).Opt("description", row.Description)
				return Content{Type: "interactive", Object: o.Str("type", "list_reply").Obj("list_reply", &reply).Bytes()}, nil
			}
			titles = append(titles, row.Title)
		}
	}
	return Content{}, noChoice(r.Choice, titles)
}

// formReply is what a flow or an address form sends back: JSON in a string, with
// the token of the flow, which is "unused" where none was given (§2.4).
func formReply(q asked, r Reply) (Content, error) {
	response := map[string]json.RawMessage{}
	if len(r.Response) > 0 && json.Unmarshal(r.Response, &response) != nil {
		return Content{}, fmt.Errorf("response is what was filled in: a JSON object")
	}
	name := "address_message"
	if q.Type == "flow" {
		name = "flow"
		response["flow_token"], _ = json.Marshal(or(q.Action.Params.Token, "unused")) // A string is always JSON.
	}
	text, err := json.Marshal(response)
	if err != nil {
		return Content{}, err
	}
	var o, reply wire.Object
	reply.Str("name", name).Str("body", "Sent").Str("response_json", string(text))
	return Content{Type: "interactive", Object: o.Str("type", "nfm_reply").Obj("nfm_reply", &reply).Bytes()}, nil
}

func permissionReply(r Reply, at time.Time) Content {
	var o, reply wire.Object
	if r.Accept {
		reply.Str("response", "accept").Bool("is_permanent", r.Permanent)
		if !r.Permanent && r.For > 0 {
			reply.Int("expiration_timestamp", at.Add(time.Duration(r.For)).Unix())
		}
	} else {
		reply.Str("response", "reject")
	}
	reply.Str("response_source", "user_action")
	return Content{Type: "interactive", Object: o.Str("type", "call_permission_reply").Obj("call_permission_reply", &reply).Bytes()}
}

// orderOf is a basket of what a message shows.
func orderOf(q asked, r Reply) (Content, error) {
	catalog, shown := q.Action.Catalog, []string{}
	if q.Action.Product != "" {
		shown = append(shown, q.Action.Product)
	}
	for _, s := range q.Action.Sections {
		for _, p := range s.Products {
			shown = append(shown, p.ID)
		}
	}
	for _, c := range q.Action.Cards {
		catalog = or(catalog, c.Action.Catalog)
		if c.Action.Product != "" {
			shown = append(shown, c.Action.Product)
		}
	}
	if len(r.Items) == 0 {
		return Content{}, fmt.Errorf("items is missing: write what is ordered")
	}
	var items [][]byte
	for _, it := range r.Items {
		if q.Type != "catalog_message" && !slices.Contains(shown, it.Product) {
			return Content{}, noChoice(it.Product, shown)
		}
		var o wire.Object
		o.Str("product_retailer_id", it.Product).Int("quantity", int64(max(1, it.Quantity))).Float("item_price", it.Price).Str("currency", or(it.Currency, "USD"))
		items = append(items, o.Bytes())
	}
	var o wire.Object
	return Content{Type: "order", Object: o.Str("catalog_id", or(catalog, "0")).Str("text", r.Text).List("product_items", items...).Bytes()}, nil
}

// templateReply is the press of a template's quick reply: Choice is its payload,
// which Meta makes the button's text where the sender gave none, and Text the
// button's text if it is another (§5.5).
func templateReply(m *message, r Reply) (Content, error) {
	if r.Choice == "" {
		return Content{}, fmt.Errorf("choice is missing: write the payload or the text of the button")
	}
	payloads := m.quickReplies()
	if len(payloads) > 0 && !slices.Contains(payloads, r.Choice) {
		return Content{}, noChoice(r.Choice, payloads)
	}
	var o wire.Object
	return Content{Type: "button", Object: o.Str("payload", r.Choice).Str("text", or(r.Text, m.labelOf(r.Choice))).Bytes()}, nil
}

// quickReplies are the payloads of the quick replies of a template.
func (m *message) quickReplies() (list []string) {
	if m.form == nil || m.form.template.loose {
		return sentPayloads(m.content)
	}
	for _, b := range m.form.filled.Replies() {
		list = append(list, b.Payload)
	}
	return list
}

// labelOf is the text of the quick reply with a payload.
func (m *message) labelOf(payload string) string {
	if m.form != nil {
		for _, b := range m.form.filled.Replies() {
			if b.Payload == payload {
				return b.Text
			}
		}
	}
	return payload
}

// sentPayloads are those that a template's quick replies were sent with.
func sentPayloads(content []byte) (list []string) {
	var t struct {
		Components []struct {
			Type       string `json:"type"`
			SubType    string `json:"sub_type"`
			Parameters []struct {
				Payload string `json:"payload"`
			} `json:"parameters"`
		} `json:"components"`
	}
	if json.Unmarshal(content, &t) != nil {
		return nil // Components nobody could read have no payloads.
	}
	for _, c := range t.Components {
		if strings.EqualFold(c.Type, "button") && strings.EqualFold(c.SubType, "quick_reply") && len(c.Parameters) > 0 {
			list = append(list, c.Parameters[0].Payload)
		}
	}
	return list
}
