package metaemu

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"wasl/metaemu/wire"
)

// rank orders the states of a message; a later report never takes it back.
var rank = map[string]int{"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "played": 4, "failed": 5}

// follow schedules what becomes of an accepted message: failed, or sent, then
// delivered unless the customer is offline, then read if the customer reads at
// once.
func (e *Emulator) follow(m *message, fate *failure) {
	if fate == nil {
		m.chat.answered(m.at)
	}
	e.plan(m.at, m.held()+e.draw(e.cfg.Status.Sent), "message.sent", fateDeed{m, fate})
}

// sent is the first that becomes of an accepted message.
func (e *Emulator) sent(m *message, fate *failure, at time.Time) {
	if fate == nil && m.price != nil {
		e.settlePrice(m, at)
		fate = e.unpaid(m)
	}
	if fate != nil {
		e.failed(m, fate, at)
		return
	}
	e.advance(m, "sent", at)
	if !m.chat.customer.Offline {
		e.toPhone(m, at)
	}
}

// failed ends a message, be it long after it was sent. Nothing is charged.
func (e *Emulator) failed(m *message, fate *failure, at time.Time) {
	m.status, m.errCode, m.price = "failed", fate.code, nil
	e.report(m, "failed", at, fate)
	e.announceChat(m.chat)
}

// FailMessage lets a message fail that was accepted or sent and has not reached
// the customer, with a code that comes by a status such as 131026; 0 is that.
func (e *Emulator) FailMessage(wamid string, code int) error {
	if code == 0 {
		code = 131026
	}
	if !known[code].async {
		return fmt.Errorf("code %d does not come by a status: write one that does, such as 131026, 130472 or 131053", code)
	}
	e.enter()
	defer e.mu.Unlock()
	m := e.messages[wamid]
	if m == nil || m.in || m.origin != "api" {
		return fmt.Errorf("there is no message %q sent by the API", wamid)
	}
	if m.status != "accepted" && m.status != "sent" {
		return fmt.Errorf("this message is %s and can no longer fail", m.status)
	}
	e.failed(m, fail(code, "Asked for in the emulator."), e.clock.Now())
	return nil
}

// keptFor is how long an undelivered message waits for its customer
// (cloud-api-protocol §2.1); a template says so itself. What is older is dropped
// without a word.
const keptFor = 30 * 24 * time.Hour

// lifetimeOf is how long a send may wait for its customer.
func (e *Emulator) lifetimeOf(n *number, q *sendRequest) time.Duration {
	if q.Type != "template" {
		return keptFor
	}
	if life := e.templateLife(n, q); life > 0 {
		return life
	}
	return keptFor
}

// expired drops a message that has waited too long.
func (m *message) expired(at time.Time) bool {
	if m.lifetime > 0 && m.status == "sent" && at.Sub(m.at) > m.lifetime {
		m.gone = true
	}
	return m.gone
}

// toPhone schedules the delivery to the customer's phone.
func (e *Emulator) toPhone(m *message, at time.Time) {
	readsAtOnce := m.chat.customer.ReadsAtOnce
	skip := readsAtOnce && e.chance(e.faults.SkipDelivered)
	e.plan(at, e.draw(e.cfg.Status.Delivered), "message.delivered", arrivalDeed{m, skip, readsAtOnce})
}

// arrived is a message that reaches the customer's phone.
func (e *Emulator) arrived(a arrivalDeed, at time.Time) {
	m := a.message
	switch {
	case m.expired(at) || m.chat.customer.Offline:
	case a.skip:
		e.advance(m, "read", at)
	default:
		e.advance(m, "delivered", at)
		if a.reads {
			e.plan(at, e.draw(e.cfg.Status.Read), "message.read", m)
		}
	}
}

// advance moves a message on, if that is on, and reports it. A reaction is
// only ever reported as sent (§2.2).
func (e *Emulator) advance(m *message, status string, at time.Time) {
	if rank[status] <= rank[m.status] || m.status == "failed" {
		return
	}
	before := m.status
	m.status = status
	e.announceChat(m.chat)
	if (m.origin == "api" || m.origin == "phone" && e.habits.PhoneStatuses) && (m.typ != "reaction" || status == "sent") {
		e.report(m, status, at, nil)
	}
	e.countStep(m, before, at)
	if status != "sent" {
		e.charge(m, at)
	}
}

// report emits a statuses webhook. The pricing object comes with sent and with
// the first of delivered and read; the conversation only inside a free entry
// point, except for apps whose webhooks are of v23 or older.
func (e *Emulator) report(m *message, status string, at time.Time, why *failure) {
	n := m.chat.number
	m.course.passed(status, at)
	if n.Stage == StageDisconnected || e.chance(e.faults.DropStatuses) {
		return
	}
	now := e.statusValue(m, status, at, why, m.conversation(status))
	old := []byte(nil)
	if m.price != nil && m.price.kind != "" && m.price.kind != freeEntry && why == nil {
		old = e.statusValue(m, status, at, why, m.ownConversation(status, at))
	}
	e.tell(n, update{entry: n.Number.WABA, field: "messages", value: now, before24: old}, at)
}

func (e *Emulator) statusValue(m *message, status string, at time.Time, why *failure, talk *wire.Object) []byte {
	n, cu := m.chat.number, m.chat.customer
	userID, parent := e.userIDOf(cu, n.Portfolio), e.parentOf(cu, n.Portfolio)
	digits := e.spelling(cu.Digits)
	if m.byUserID {
		digits = e.phoneFor(n, cu, at)
	}
	var s wire.Object
	s.Str("id", m.wamid).Str("status", status).Str("timestamp", unix(at)).Opt("recipient_id", digits)
	if status != "failed" || m.byUserID {
		s.Str("recipient_user_id", userID).Opt(or(e.sending.rules.ParentKey, "parent_recipient_user_id"), parent)
	}
	s.Opt("recipient_identity_key_hash", m.identityHash).Opt("biz_opaque_callback_data", m.opaque)
	if talk != nil {
		s.Obj("conversation", talk)
	}
	if m.price != nil && m.price.kind != "" && !m.charged {
		s.Obj("pricing", m.price.object())
	}
	if why != nil {
		s.List("errors", why.inStatus())
	}
	v := valueOf(n)
	if status != "failed" {
		v.List("contacts", e.statusContact(m, digits, userID, parent, status))
	}
	return v.List("statuses", s.Bytes()).Bytes()
}

// ownConversation is the conversation of one message, as webhooks up to v23 tell
// it (§5.6): it ends with the window a message is in, or a day after it was sent.
func (m *message) ownConversation(status string, at time.Time) *wire.Object {
	var o, origin wire.Object
	sum := sha256.Sum256([]byte(m.wamid))
	o.Str("id", hex.EncodeToString(sum[:16]))
	if status == "sent" {
		o.Str("expiration_timestamp", unix(at.Add(Window)))
	}
	return o.Obj("origin", origin.Str("type", m.price.category))
}

// statusContact is the contact beside a status: no name, and no username on
// sent.
func (e *Emulator) statusContact(m *message, digits, userID, parent, status string) []byte {
	var o, profile wire.Object
	if u := m.chat.customer.Username; u != "" && status != "sent" {
		o.Obj("profile", profile.Str("username", "@"+u))
	}
	return o.Opt("wa_id", digits).Str("user_id", userID).Opt("parent_user_id", parent).Bytes()
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// valueOf begins the value of every webhook about one number.
func valueOf(n *number) *wire.Object {
	var meta wire.Object
	meta.Str("display_phone_number", n.Digits).Str("phone_number_id", n.ID)
	return new(wire.Object).Str("messaging_product", "whatsapp").Obj("metadata", &meta)
}
