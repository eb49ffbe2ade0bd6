package metaemu

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wasl/metaemu/form"
)

// State is an overview of the emulator's world.
type State struct {
	Now         time.Time        `json:"now"`
	Advanceable bool             `json:"advanceable"`
	Running     bool             `json:"running"`
	Apps        []App            `json:"apps"`
	Portfolios  []Portfolio      `json:"portfolios"`
	WABAs       []WABA           `json:"wabas"`
	Numbers     []Number         `json:"numbers"`
	Customers   int              `json:"customers"`
	Counters    Counters         `json:"counters"`
	Breaches    map[string]int64 `json:"breaches_by_rule"`
	Faults      Faults           `json:"faults"`
	// Lives is how each number stands, by its id.
	Lives map[string]Life `json:"lives"`
}

// State answers an overview.
func (e *Emulator) State() State {
	e.enter()
	defer e.mu.Unlock()
	_, can := e.clock.(Advancer)
	s := State{
		Now: e.clock.Now(), Advanceable: can, Running: e.running, Customers: len(e.customers),
		Apps: []App{}, Portfolios: []Portfolio{}, WABAs: []WABA{}, Numbers: []Number{},
		Counters: e.book.Counters, Breaches: map[string]int64{}, Faults: e.faults,
		Lives: map[string]Life{},
	}
	for _, id := range sortedKeys(e.apps) {
		s.Apps = append(s.Apps, e.apps[id].App)
	}
	for _, id := range sortedKeys(e.portfolios) {
		s.Portfolios = append(s.Portfolios, e.portfolios[id].Portfolio)
	}
	for _, id := range sortedKeys(e.wabas) {
		s.WABAs = append(s.WABAs, e.wabas[id].WABA)
	}
	for _, id := range e.order {
		s.Numbers = append(s.Numbers, e.numbers[id].Number)
		s.Lives[id] = e.life(e.numbers[id])
	}
	for rule, n := range e.book.breachByRule {
		s.Breaches[rule] = n
	}
	return s
}

// MessageView is a message as a screen shows it.
type MessageView struct {
	WAMID string    `json:"wamid"`
	From  string    `json:"from"`   // business or customer
	Via   string    `json:"origin"` // customer, phone or api
	At    time.Time `json:"at"`
	Type  string    `json:"type"`
	Text  string    `json:"text"`
	// Content is the object under the key named by Type.
	Content json.RawMessage `json:"content"`
	Status  string          `json:"status"`
	Error   int             `json:"error,omitempty"`
	ReplyTo string          `json:"reply_to,omitempty"`
	// Reaction is the business's emoji, CustomerReaction the customer's.
	Reaction         string `json:"business_reaction,omitempty"`
	CustomerReaction string `json:"customer_reaction,omitempty"`
	Edits            int    `json:"edits"`
	Revoked          bool   `json:"revoked"`
	// Template is a message of a template as its receiver sees it.
	Template *form.Filled `json:"template,omitempty"`
}

func (m *message) view() MessageView {
	v := MessageView{
		WAMID: m.wamid, From: "business", Via: m.origin, At: m.at, Type: m.typ, Text: m.text, Content: m.content,
		Status: m.status, Error: m.errCode, ReplyTo: m.replyTo, Reaction: m.ownReaction, CustomerReaction: m.reaction,
		Edits: m.edits, Revoked: m.revoked,
	}
	if m.form != nil && !m.form.template.loose {
		v.Template = &m.form.filled
	}
	if m.in {
		v.From, v.Reaction, v.CustomerReaction = "customer", m.reaction, m.ownReaction
	}
	if m.revoked {
		v.Text, v.Content = "", json.RawMessage("null")
	}
	return v
}

// ChatView is one chat of a phone or of a customer.
type ChatView struct {
	Number   string    `json:"number"`
	Customer string    `json:"customer"`
	Name     string    `json:"name"`
	Digits   string    `json:"digits"`
	Unread   int       `json:"unread"`
	LastAt   time.Time `json:"last_at,omitzero"`
	// WindowUntil is when free-form messages through the API end; zero if closed.
	WindowUntil time.Time `json:"window_until,omitzero"`
	Typing      bool      `json:"typing"`
	// Disappearing is whether the chat's messages vanish by themselves.
	Disappearing bool          `json:"disappearing"`
	Messages     []MessageView `json:"messages"`
}

// PhoneView is what the business phone shows.
type PhoneView struct {
	Number   Number        `json:"number"`
	Now      time.Time     `json:"now"`
	Alive    time.Time     `json:"last_activity"`
	Contacts []ContactSpec `json:"contacts"`
	Chats    []ChatView    `json:"chats"`
	// Behind is by how much the phone's own database lags.
	Behind     Span            `json:"behind"`
	Devices    []Device        `json:"devices"`
	Groups     []Group         `json:"groups"`
	Calls      []Call          `json:"calls"`
	Broadcasts []BroadcastList `json:"broadcast_lists"`
	Settings   AppSettings     `json:"settings"`
	Facts      AppFacts        `json:"facts"`
	// Signup is an app that asks to connect this number; the owner confirms with
	// its challenge.
	Signup *Signup `json:"signup"`
}

// showApp adds what is on the phone besides chats and contacts.
func (v *PhoneView) showApp(n *number) {
	v.Behind, v.Settings = Span(n.behind(v.Now)), n.settings
	v.Facts = n.facts
	v.Devices, v.Groups = []Device{}, []Group{}
	for _, d := range n.devices {
		v.Devices = append(v.Devices, *d)
	}
	for _, g := range n.groups {
		v.Groups = append(v.Groups, Group{ID: g.ID, Name: g.Name, Messages: slices.Clone(g.Messages)})
	}
	v.Calls = append([]Call{}, n.calls...)
	v.Broadcasts = append([]BroadcastList{}, n.broadcasts...)
}

// Phone answers what the phone of a number shows: its chats, the latest first,
// each with its last so many messages; only the chat with one customer if one is
// named.
func (e *Emulator) Phone(numberID, customerID string, messages int) (PhoneView, error) {
	e.enter()
	defer e.mu.Unlock()
	n, err := e.phoneOf(numberID)
	if err != nil {
		return PhoneView{}, err
	}
	v := PhoneView{Number: n.Number, Now: e.clock.Now(), Alive: n.phoneAlive, Contacts: []ContactSpec{}, Chats: []ChatView{}}
	v.showApp(n)
	if g := e.signupOf(n); g != nil {
		shown := *g
		shown.Challenge = "" // it stands on the popup's screen, not on the phone's
		v.Signup = &shown
	}
	names := map[string]string{}
	for _, pc := range n.book {
		v.Contacts = append(v.Contacts, ContactSpec{Digits: pc.digits, Name: pc.name})
		names[pc.digits] = pc.name
	}
	var only *customer
	if customerID != "" {
		if only, err = e.customerOf(customerID); err != nil {
			return PhoneView{}, err
		}
	}
	for _, t := range n.chats {
		if len(t.messages) == 0 || only != nil && t.customer != only {
			continue
		}
		cv := t.view(messages, v.Now, func(m *message) bool { return !m.unseen })
		cv.Name, cv.Unread = or(names[t.customer.Digits], t.customer.Name), t.unreadPhone
		v.Chats = append(v.Chats, cv)
	}
	slices.SortStableFunc(v.Chats, func(a, b ChatView) int { return b.LastAt.Compare(a.LastAt) })
	return v, nil
}

func (t *chat) view(messages int, now time.Time, shown func(*message) bool) ChatView {
	cv := ChatView{
		Number: t.number.ID, Customer: t.customer.ID, Name: t.customer.Name, Digits: t.customer.Digits, LastAt: t.lastAt,
		Typing: now.Before(t.typingUntil), Disappearing: t.disappearing, Messages: []MessageView{},
	}
	if t.open(now) {
		cv.WindowUntil = t.lastIn.Add(Window)
	}
	for _, m := range slices.Backward(t.messages) {
		if len(cv.Messages) == messages {
			break
		}
		if m.typ != "reaction" && shown(m) {
			cv.Messages = append(cv.Messages, m.view())
		}
	}
	slices.Reverse(cv.Messages)
	return cv
}

// CustomerView is a customer and what they see.
type CustomerView struct {
	Customer
	UserIDs map[string]string `json:"user_ids"` // by portfolio
	Chats   []ChatView        `json:"chats"`
}

// Customers answers the customers whose name or number contains q, by name, at
// most limit of them (0: all), with the last so many messages of each chat.
func (e *Emulator) Customers(q string, limit, messages int) []CustomerView {
	e.enter()
	defer e.mu.Unlock()
	list := []*customer{}
	q = strings.ToLower(q)
	for _, c := range e.customers {
		if strings.Contains(strings.ToLower(c.Name), q) || strings.Contains(c.Digits, q) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *customer) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Digits, b.Digits))
	})
	if limit > 0 && len(list) > limit {
		list = list[:limit]
	}
	views := make([]CustomerView, len(list))
	for i, c := range list {
		views[i] = e.customerView(c, messages)
	}
	return views
}

// Customer answers one customer, by id or digits.
func (e *Emulator) Customer(id string, messages int) (CustomerView, error) {
	e.enter()
	defer e.mu.Unlock()
	c, err := e.customerOf(id)
	if err != nil {
		return CustomerView{}, err
	}
	return e.customerView(c, messages), nil
}

func (e *Emulator) customerView(c *customer, messages int) CustomerView {
	v := CustomerView{Customer: c.Customer, UserIDs: map[string]string{}, Chats: []ChatView{}}
	for p, id := range c.userIDs {
		v.UserIDs[p] = id
	}
	now := e.clock.Now()
	for _, id := range e.order {
		t := e.numbers[id].talks[c.ID]
		if t == nil {
			continue
		}
		cv := t.view(messages, now, func(m *message) bool { return m.in || m.status == "delivered" || m.status == "read" })
		cv.Name, cv.Digits = t.number.VerifiedName, t.number.Digits
		for _, m := range cv.Messages {
			if m.From == "business" && m.Status == "delivered" {
				cv.Unread++
			}
		}
		v.Chats = append(v.Chats, cv)
	}
	return v
}
