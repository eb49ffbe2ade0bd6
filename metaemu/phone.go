package metaemu

import (
	"fmt"
	"time"

	"wasl/metaemu/wire"
)

// Content is something said from a phone or by a customer: text, or an object
// of a type in the shape of §5.5. An empty type means text.
type Content struct {
	Type string `json:"type"`
	Text string `json:"text"`
	// Object is the value under the key named by Type; absent, one is invented
	// from Text (a caption, a place, an emoji).
	Object  jsonObject `json:"object"`
	ReplyTo string     `json:"reply_to"`
	// Referral is the ad or the page's button a customer came by, as it stands in
	// the webhook. Answered within a day it makes three days free (§8.1).
	Referral jsonObject `json:"referral"`
	// Forwarded is "once" for what a customer forwards, "often" for what many have
	// forwarded. Product is the catalogue entry a customer asks about. Origin is
	// where contacts come from: contact_request or other.
	Forwarded string           `json:"forwarded"`
	Product   *ReferredProduct `json:"referred_product"`
	Origin    string           `json:"origin"`
	// Device is the companion it is said from; empty is the phone itself.
	Device string `json:"device"`
	// Bytes is how large the file of a customer is said to be: above 100 MB the
	// number is told that it cannot be had (131052). No such file is needed.
	Bytes int64 `json:"bytes"`
	// ViewOnce and Live are what the app no longer offers on the platform.
	ViewOnce bool `json:"view_once"`
	Live     bool `json:"live_location"`
}

// PhoneSend sends a message from the business phone to a customer and echoes it.
// It answers the WAMID.
func (e *Emulator) PhoneSend(numberID, customerID string, c Content) (string, error) {
	e.enter()
	defer e.mu.Unlock()
	t, err := e.talkOf(numberID, customerID)
	if err != nil {
		return "", err
	}
	m, err := e.phoneSend(t, c, e.clock.Now())
	if err != nil {
		return "", err
	}
	return m.wamid, nil
}

func (e *Emulator) phoneSend(t *chat, c Content, at time.Time) (*message, error) {
	if err := t.number.switchedOff(c); err != nil {
		return nil, err
	}
	d, err := t.number.device(c.Device)
	if err != nil {
		return nil, err
	}
	m, err := e.compositeOf(t, c, at)
	if err != nil {
		return nil, err
	}
	t.unreadPhone = 0
	e.usedApp(t.number, d, at)
	e.leave(t, m, at)
	return m, nil
}

// compositeOf is a message of the app in the making.
func (e *Emulator) compositeOf(t *chat, c Content, at time.Time) (*message, error) {
	content, text, err := e.contentOf(c)
	if err != nil {
		return nil, err
	}
	return &message{
		chat: t, wamid: e.wamid(t.customer.Digits, true), origin: "phone", at: at, typ: or(c.Type, "text"),
		content: content, text: text, replyTo: c.ReplyTo, status: "accepted",
	}, nil
}

// leave sends a message of the app on its way and echoes it.
func (e *Emulator) leave(t *chat, m *message, at time.Time) {
	e.keep(m)
	if e.sending.rules.AppFillsBook {
		e.meet(t.number, t.customer, at)
	}
	e.follow(m, nil)
	e.echo(t, m.wamid, m.typ, m.content, m.replyTo, at)
}

// PhoneEdit changes a message the phone sent, and echoes the change.
func (e *Emulator) PhoneEdit(numberID, wamid, text string) error {
	return e.onPhoneMessage(numberID, wamid, func(m *message, at time.Time) error {
		if m.in || m.origin != "phone" {
			return fmt.Errorf("only messages sent from this phone can be edited")
		}
		if err := e.phoneMayChange(at); err != nil {
			return err
		}
		if err := editable(m, text, at); err != nil {
			return err
		}
		content := m.edit(text)
		e.echo(m.chat, e.wamid(m.chat.customer.Digits, true), "edit", editObject(m, content), "", at)
		return nil
	})
}

// phoneMayChange refuses edits and deletions while Meta's rule forbids them.
func (e *Emulator) phoneMayChange(at time.Time) error {
	if e.rule(phoneEdits, at) {
		return nil
	}
	return fmt.Errorf("the app of a number on the Business Platform cannot edit or delete for everyone on %s: that came on 4 February 2026", at.Format(time.DateOnly))
}

// PhoneRevoke deletes a message the phone sent, for everyone, and echoes it.
func (e *Emulator) PhoneRevoke(numberID, wamid string) error {
	return e.onPhoneMessage(numberID, wamid, func(m *message, at time.Time) error {
		if m.in || m.origin != "phone" {
			return fmt.Errorf("only messages sent from this phone can be deleted for everyone")
		}
		if err := e.phoneMayChange(at); err != nil {
			return err
		}
		if err := revocable(m, at); err != nil {
			return err
		}
		m.revoked = true
		e.echo(m.chat, e.wamid(m.chat.customer.Digits, true), "revoke", revokeObject(m), "", at)
		return nil
	})
}

// PhoneReact puts an emoji on a message of the chat, or takes it away if it is
// empty, and echoes it.
func (e *Emulator) PhoneReact(numberID, wamid, emoji string) error {
	return e.onPhoneMessage(numberID, wamid, func(m *message, at time.Time) error {
		m.reactFromBusiness(emoji)
		e.echo(m.chat, e.wamid(m.chat.customer.Digits, true), "reaction", reactionObject(m, emoji), "", at)
		return nil
	})
}

func (m *message) reactFromBusiness(emoji string) {
	if m.in {
		m.reaction = emoji
		return
	}
	m.ownReaction = emoji
}

// PhoneOpen opens the app, and a chat in it if a customer is named: what the
// customer wrote is read. No webhook tells about it; only the phone's life does.
func (e *Emulator) PhoneOpen(numberID, customerID string) error {
	e.enter()
	defer e.mu.Unlock()
	n, err := e.phoneOf(numberID)
	if err != nil {
		return err
	}
	e.signOfLife(n, e.clock.Now())
	if customerID == "" {
		return nil
	}
	t, err := e.talkOf(numberID, customerID)
	if err != nil {
		return err
	}
	t.unreadPhone = 0
	for _, m := range t.messages {
		if m.in {
			m.status = "read"
		}
	}
	e.announceChat(t)
	return nil
}

// onPhoneMessage finds a message of a number and acts on it from its phone.
func (e *Emulator) onPhoneMessage(numberID, wamid string, do func(m *message, at time.Time) error) error {
	e.enter()
	defer e.mu.Unlock()
	n, err := e.phoneOf(numberID)
	if err != nil {
		return err
	}
	m := e.messages[wamid]
	if m == nil || m.chat.number != n {
		return fmt.Errorf("this phone has no message %q: GET /_emulator/numbers/%s/phone lists them", wamid, numberID)
	}
	if m.revoked {
		return fmt.Errorf("this message is deleted already")
	}
	at := e.clock.Now()
	if err := do(m, at); err != nil {
		return err
	}
	e.signOfLife(n, at)
	e.announceChat(m.chat)
	return nil
}

// phoneOf finds a number that lives on a phone.
func (e *Emulator) phoneOf(numberID string) (*number, error) {
	n := e.numberOf(numberID)
	if n == nil {
		return nil, fmt.Errorf("there is no number %q: GET /_emulator/state lists them", numberID)
	}
	if !n.Coexistence {
		return nil, fmt.Errorf("number %s has no phone: it was created with coexistence false", numberID)
	}
	return n, nil
}

// numberOf finds a number by its id or its digits.
func (e *Emulator) numberOf(id string) *number {
	if n := e.numbers[id]; n != nil {
		return n
	}
	digits, _ := digitsOf(id)
	for _, other := range e.order {
		if e.numbers[other].Digits == digits {
			return e.numbers[other]
		}
	}
	return nil
}

func (e *Emulator) talkOf(numberID, customerID string) (*chat, error) {
	n, err := e.phoneOf(numberID)
	if err != nil {
		return nil, err
	}
	c, err := e.customerOf(customerID)
	if err != nil {
		return nil, err
	}
	return e.talk(n, c), nil
}

// echo tells about a message from the phone (§4.6): from, to, its own id. There
// is no author and no name in it.
func (e *Emulator) echo(t *chat, wamid, typ string, content []byte, replyTo string, at time.Time) {
	n, cu := t.number, t.customer
	if n.Stage != StageLive || (typ == "edit" || typ == "revoke") && !e.rule(editEchoes, at) {
		return
	}
	userID := e.userIDOf(cu, n.Portfolio)
	to := e.phoneFor(n, cu, at)
	var m wire.Object
	m.Str("from", n.Digits).Opt("to", to).Str("to_user_id", userID).Str("id", wamid).Str("timestamp", unix(at)).Str("type", typ).Raw(typ, content)
	if replyTo != "" {
		var q wire.Object
		m.Obj("context", q.Str("id", replyTo))
	}
	v := valueOf(n).List("contacts", e.contactOf(n, cu, e.habits.NamedEchoes, to)).List("message_echoes", m.Bytes())
	if late := n.behind(at); late > 0 {
		e.plan(at, late, "phone.echo", valueDeed{n, v.Bytes()})
		return
	}
	e.emit(n, "smb_message_echoes", v.Bytes(), at)
}

// contactOf is the contacts element of a webhook; the name is told only with what
// the customer wrote.
func (e *Emulator) contactOf(n *number, c *customer, named bool, digits string) []byte {
	var o, p wire.Object
	if named {
		p.Opt("name", c.Name)
	}
	if c.Username != "" {
		p.Str("username", "@"+c.Username)
	}
	if b := p.Bytes(); len(b) > 2 {
		o.Raw("profile", b)
	}
	o.Opt("wa_id", digits).Str("user_id", e.userIDOf(c, n.Portfolio)).Opt("parent_user_id", e.parentOf(c, n.Portfolio))
	if named && e.sending.numbers[n.ID].IdentityCheck {
		o.Str("identity_key_hash", e.identityHash(c))
	}
	return o.Bytes()
}

// editWithin and revokeWithin are how long WhatsApp lets people change their
// minds (§4.7).
const (
	editWithin   = 15 * time.Minute
	revokeWithin = 48 * time.Hour
)

func editable(m *message, text string, at time.Time) error {
	switch {
	case text == "":
		return fmt.Errorf("text is missing: write what the message should say")
	case m.typ != "text" && m.typ != "image" && m.typ != "video" && m.typ != "document":
		return fmt.Errorf("a message of type %s cannot be edited", m.typ)
	case at.Sub(m.at) > editWithin:
		return fmt.Errorf("this message is older than 15 minutes and can no longer be edited")
	}
	return nil
}

func revocable(m *message, at time.Time) error {
	if at.Sub(m.at) > revokeWithin {
		return fmt.Errorf("this message is older than two days and can no longer be deleted for everyone")
	}
	return nil
}

// edit gives a message a new text, or its media a new caption, and answers the
// content.
func (m *message) edit(text string) []byte {
	m.edits++
	if m.typ == "text" {
		var o wire.Object
		m.content = o.Str("body", text).Bytes()
		m.text = text
		return m.content
	}
	m.content = withCaption(m.content, text)
	m.text = summaryOf(m.typ, m.content)
	return m.content
}

// editObject is the value under "edit". "M0" is what Meta's own sample has for
// the context.
func editObject(m *message, content []byte) []byte {
	var o, inner, ctx wire.Object
	inner.Obj("context", ctx.Str("id", "M0")).Str("type", m.typ).Raw(m.typ, content)
	return o.Str("original_message_id", m.wamid).Obj("message", &inner).Bytes()
}

func revokeObject(m *message) []byte {
	var o wire.Object
	return o.Str("original_message_id", m.wamid).Bytes()
}

// reactionObject leaves emoji away when it is taken back (§5.5).
func reactionObject(m *message, emoji string) []byte {
	var o wire.Object
	return o.Str("message_id", m.wamid).Opt("emoji", emoji).Bytes()
}
