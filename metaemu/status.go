package metaemu

import (
	"strconv"
	"time"

	"wasl/metaemu/wire"
)

// rank orders the states of a message; a later report never takes it back.
var rank = map[string]int{"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "failed": 4}

// follow schedules what becomes of an accepted message: failed, or sent, then
// delivered unless the customer is offline, then read if the customer reads at
// once.
func (e *Emulator) follow(m *message, fate *failure) {
	if fate == nil {
		m.chat.answered(m.at)
	}
	e.plan(m.at, e.draw(e.cfg.Status.Sent), "message.sent", fateDeed{m, fate})
}

// sent is the first that becomes of an accepted message.
func (e *Emulator) sent(m *message, fate *failure, at time.Time) {
	if fate != nil {
		m.status, m.errCode = "failed", fate.code
		e.report(m, "failed", at, fate)
		e.announceChat(m.chat)
		return
	}
	if m.price != nil {
		e.settlePrice(m, at)
	}
	e.advance(m, "sent", at)
	if !m.chat.customer.Offline {
		e.toPhone(m, at)
	}
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
	case m.gone || m.chat.customer.Offline:
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
	m.status = status
	e.announceChat(m.chat)
	if (m.origin == "api" || m.origin == "phone" && e.habits.PhoneStatuses) && (m.typ != "reaction" || status == "sent") {
		e.report(m, status, at, nil)
	}
	if status != "sent" {
		e.charge(m, at)
	}
}

// report emits a statuses webhook. The pricing object comes with sent and with
// the first of delivered and read.
func (e *Emulator) report(m *message, status string, at time.Time, why *failure) {
	n, cu := m.chat.number, m.chat.customer
	if n.Stage == StageDisconnected || e.chance(e.faults.DropStatuses) {
		return
	}
	userID := e.userIDOf(cu, n.Portfolio)
	digits := cu.Digits
	if m.byUserID && cu.HidesPhone {
		digits = ""
	}
	var s wire.Object
	s.Str("id", m.wamid).Str("status", status).Str("timestamp", unix(at)).Opt("recipient_id", digits)
	if status != "failed" || m.byUserID {
		s.Str("recipient_user_id", userID)
	}
	s.Opt("biz_opaque_callback_data", m.opaque)
	if m.price != nil && m.price.kind != "" && !m.charged {
		s.Obj("pricing", m.price.object())
	}
	if c := m.conversation(status); c != nil {
		s.Obj("conversation", c)
	}
	if why != nil {
		s.List("errors", why.inStatus())
	}
	v := valueOf(n)
	if status != "failed" {
		v.List("contacts", e.statusContact(m, digits, userID, status))
	}
	v.List("statuses", s.Bytes())
	e.emit(n, "messages", v.Bytes(), at)
}

// statusContact is the contact beside a status: no name, and no username on
// sent.
func (e *Emulator) statusContact(m *message, digits, userID, status string) []byte {
	var o, profile wire.Object
	if u := m.chat.customer.Username; u != "" && status != "sent" {
		o.Obj("profile", profile.Str("username", "@"+u))
	}
	return o.Opt("wa_id", digits).Str("user_id", userID).Bytes()
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

// valueOf begins the value of every webhook about one number.
func valueOf(n *number) *wire.Object {
	var meta wire.Object
	meta.Str("display_phone_number", n.Digits).Str("phone_number_id", n.ID)
	return new(wire.Object).Str("messaging_product", "whatsapp").Obj("metadata", &meta)
}
