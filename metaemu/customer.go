package metaemu

import (
	"fmt"
	"time"

	"wasl/metaemu/media"
	"wasl/metaemu/wire"
)

// CustomerSend lets a customer write to a number. It answers the WAMID.
func (e *Emulator) CustomerSend(customerID, numberID string, c Content) (string, error) {
	e.enter()
	defer e.mu.Unlock()
	t, err := e.talkWith(customerID, numberID)
	if err != nil {
		return "", err
	}
	m, err := e.customerSend(t, c, e.clock.Now())
	if err != nil {
		return "", err
	}
	return m.wamid, nil
}

func (e *Emulator) customerSend(t *chat, c Content, at time.Time) (*message, error) {
	if isMedia(c.Type) && c.Bytes > media.MaxUpload {
		return e.oversized(t, c.Type, at), nil
	}
	content, text, err := e.contentOf(c)
	if err != nil {
		return nil, err
	}
	ctx, err := contextOf(t, c)
	if err != nil {
		return nil, err
	}
	m := &message{
		chat: t, wamid: e.wamid(t.customer.Digits, false), in: true, origin: "customer", at: at, typ: or(c.Type, "text"),
		content: content, text: text, replyTo: c.ReplyTo, status: "delivered",
	}
	silentSince := t.lastAt
	e.keep(m)
	t.unreadPhone++
	e.autoReply(t, at, silentSince)
	var referral []byte
	if len(c.Referral) > 0 && string(c.Referral) != "null" {
		referral = compact(c.Referral)
	}
	e.hear(t, said{wamid: m.wamid, typ: m.typ, content: content, context: ctx, at: at, referral: referral, origin: c.Origin})
	return m, nil
}

// said is one element of messages[] in the making.
type said struct {
	wamid, typ string
	content    []byte // nil: no object under the type
	context    []byte
	errors     [][]byte
	at         time.Time
	anonymous  bool   // system messages carry no contacts
	referral   []byte // the ad or post the customer came from
	origin     string // of contacts
}

// opensWindow answers whether a message opens the 24-hour window. Whether
// a reaction does is an open question; the strict answer is no.
func (s said) opensWindow() bool {
	switch s.typ {
	case "reaction", "edit", "revoke", "system":
		return false
	}
	return true
}

// hear tells the number what a customer said. While the number is not live, the
// phone alone gets it.
func (e *Emulator) hear(t *chat, s said) {
	n, cu := t.number, t.customer
	if n.Stage != StageLive || (s.typ == "edit" || s.typ == "revoke") && !e.rule(customerEdits, s.at) {
		return
	}
	n.in.Add(e.clock.Now())
	s = e.odd(s)
	if s.opensWindow() && !s.at.Before(n.Onboarded) && s.at.After(t.lastIn) {
		t.lastIn = s.at
	}
	from := e.phoneFor(n, cu, s.at)
	if e.chance(e.habits.NoPhone) {
		from = ""
	}
	if from != "" {
		e.meet(n, cu, s.at)
	}
	v := valueOf(n)
	if !s.anonymous {
		v.List("contacts", e.contactOf(n, cu, true, from))
	}
	if s.referral != nil {
		t.came(s.at)
	}
	e.emit(n, "messages", v.List("messages", e.messageOf(n, cu, s, from)).Bytes(), s.at)
}

// messageOf is the element of messages[].
func (e *Emulator) messageOf(n *number, cu *customer, s said, from string) []byte {
	var m wire.Object
	m.Opt("from", from).Str("from_user_id", e.userIDOf(cu, n.Portfolio)).Opt("from_parent_user_id", e.parentOf(cu, n.Portfolio)).
		Str("id", s.wamid).Str("timestamp", unix(s.at))
	if s.context != nil {
		m.Raw("context", s.context)
	}
	if e.sending.numbers[n.ID].IdentityCheck {
		m.Obj("identity", e.identityObject(cu, n.Onboarded))
	}
	m.Str("type", s.typ)
	if s.errors != nil {
		m.List("errors", s.errors...)
	}
	if s.referral != nil {
		m.Raw("referral", s.referral)
	}
	if s.content != nil {
		m.Raw(s.typ, s.content)
	}
	return m.Opt("origin", s.origin).Bytes()
}

// CustomerEdit changes what a customer wrote up to 15 minutes ago.
func (e *Emulator) CustomerEdit(customerID, wamid, text string) error {
	return e.onOwnMessage(customerID, wamid, func(m *message, at time.Time) error {
		if err := editable(m, text, at); err != nil {
			return err
		}
		content := m.edit(text)
		if !m.chat.number.Coexistence {
			return e.unsupported(m.chat, "edit", 131051, at)
		}
		e.hear(m.chat, said{wamid: e.wamid(m.chat.customer.Digits, false), typ: "edit", content: editObject(m, content), at: at})
		return nil
	})
}

// CustomerRevoke deletes what a customer wrote up to two days ago, for everyone.
func (e *Emulator) CustomerRevoke(customerID, wamid string) error {
	return e.onOwnMessage(customerID, wamid, func(m *message, at time.Time) error {
		if err := revocable(m, at); err != nil {
			return err
		}
		m.revoked = true
		if !m.chat.number.Coexistence {
			return e.unsupported(m.chat, "revoke", 131051, at)
		}
		e.hear(m.chat, said{wamid: e.wamid(m.chat.customer.Digits, false), typ: "revoke", content: revokeObject(m), at: at})
		return nil
	})
}

// CustomerReact puts an emoji on a message of the chat, or takes it away if it
// is empty.
func (e *Emulator) CustomerReact(customerID, wamid, emoji string) error {
	e.enter()
	defer e.mu.Unlock()
	m := e.messages[wamid]
	if m == nil || m.chat.customer.ID != customerID {
		return noMessage(customerID, wamid)
	}
	if m.in {
		m.ownReaction = emoji
	} else {
		m.reaction = emoji
	}
	e.announceChat(m.chat)
	e.hear(m.chat, said{wamid: e.wamid(m.chat.customer.Digits, false), typ: "reaction", content: reactionObject(m, emoji), at: e.clock.Now()})
	return nil
}

// CustomerRead lets a customer open a chat: everything that was sent is read.
func (e *Emulator) CustomerRead(customerID, numberID string) error {
	e.enter()
	defer e.mu.Unlock()
	t, err := e.talkWith(customerID, numberID)
	if err != nil {
		return err
	}
	at := e.clock.Now()
	for _, m := range t.messages {
		if !m.in && (m.status == "sent" || m.status == "delivered") {
			e.advance(m, "read", at)
		}
	}
	e.announceChat(t)
	return nil
}

// CustomerUnsupported lets a customer send something the API cannot show. Code
// is 131051 (an unknown type, named by kind, such as "poll_creation") or 131060
// (not available, look at the phone); 0 means 131051.
func (e *Emulator) CustomerUnsupported(customerID, numberID, kind string, code int) error {
	e.enter()
	defer e.mu.Unlock()
	t, err := e.talkWith(customerID, numberID)
	if err != nil {
		return err
	}
	if code == 0 {
		code = 131051
	}
	return e.unsupported(t, or(kind, "poll_creation"), code, e.clock.Now())
}

func (e *Emulator) unsupported(t *chat, kind string, code int, at time.Time) error {
	title, details := "Message type unknown", "Message type is currently not supported."
	switch code {
	case 131051:
	case 131060:
		title, details = "This message is unavailable", "This message is currently unavailable. Open the phone to see it."
	default:
		return fmt.Errorf("code is 131051 (unknown type) or 131060 (not available), not %d", code)
	}
	var er, data, kindOf wire.Object
	er.Int("code", int64(code)).Str("title", title).Str("message", title).Obj("error_data", data.Str("details", details))
	m := &message{
		chat: t, wamid: e.wamid(t.customer.Digits, false), in: true, origin: "customer", at: at, typ: "unsupported",
		content: kindOf.Str("type", kind).Opt("raw_type", rawType(kind)).Bytes(), text: "[" + kind + "]", status: "delivered",
	}
	e.keep(m)
	t.unreadPhone++
	e.hear(t, said{wamid: m.wamid, typ: m.typ, content: m.content, errors: [][]byte{er.Bytes()}, at: at})
	return nil
}

// rawType stands beside an unknown kind in what implementers saw (September 2026).
func rawType(kind string) string {
	if kind == "unknown" {
		return kind
	}
	return ""
}

func (e *Emulator) onOwnMessage(customerID, wamid string, do func(m *message, at time.Time) error) error {
	e.enter()
	defer e.mu.Unlock()
	m := e.messages[wamid]
	if m == nil || !m.in || m.chat.customer.ID != customerID {
		return noMessage(customerID, wamid)
	}
	if m.revoked {
		return fmt.Errorf("this message is deleted already")
	}
	if err := do(m, e.clock.Now()); err != nil {
		return err
	}
	e.announceChat(m.chat)
	return nil
}

func noMessage(customerID, wamid string) error {
	return fmt.Errorf("customer %s has no such message %q: GET /_emulator/customers/%s lists them", customerID, wamid, customerID)
}

func (e *Emulator) customerOf(id string) (*customer, error) {
	if c := e.customers[id]; c != nil {
		return c, nil
	}
	if digits, ok := digitsOf(id); ok && e.byDigits[digits] != nil {
		return e.byDigits[digits], nil
	}
	return nil, fmt.Errorf("there is no customer %q: GET /_emulator/customers lists them", id)
}

// talkWith finds the chat of a customer with a number, which may be left away
// if there is only one.
func (e *Emulator) talkWith(customerID, numberID string) (*chat, error) {
	c, err := e.customerOf(customerID)
	if err != nil {
		return nil, err
	}
	if numberID == "" && len(e.order) == 1 {
		numberID = e.order[0]
	}
	n := e.numberOf(numberID)
	if n == nil {
		return nil, fmt.Errorf("there is no number %q: name one in \"number\"; GET /_emulator/state lists them", numberID)
	}
	return e.talk(n, c), nil
}
