package store

import (
	"database/sql"
	"fmt"

	"wasl/internal/clock"
	"wasl/internal/id"
	"wasl/internal/takeover"
	"wasl/internal/wa"
)

// convRow is a row of conversation in memory.
type convRow struct {
	id                                    wa.ConversationID
	number                                wa.NumberID
	contact                               wa.ContactID
	openedAt, seenAt, lastAt              int64
	lastMessage                           wa.MessageID
	lastOrder                             string
	handler, handlerReason                string
	handlerAt, handlerUntil, handlerEpoch int64
	assignee                              string
	createdAt                             int64
	isNew, dirty                          bool
	recount                               bool // its last message may be another one now
}

const convColumns = `id, number_id, contact_id, opened_at, seen_at, last_at, last_message, last_order,
	handler, handler_at, handler_until, handler_reason, handler_epoch, assignee, created_at`

func scanConv(r *sql.Rows) (*convRow, error) {
	c := &convRow{}
	return c, r.Scan(&c.id, &c.number, &c.contact, &c.openedAt, &c.seenAt, &c.lastAt, &c.lastMessage, &c.lastOrder,
		&c.handler, &c.handlerAt, &c.handlerUntil, &c.handlerReason, &c.handlerEpoch, &c.assignee, &c.createdAt)
}

func (c *convRow) row(b wa.BusinessID) []any {
	return []any{
		string(b), string(c.id), string(c.number), string(c.contact), c.openedAt, c.seenAt, c.lastAt, string(c.lastMessage), c.lastOrder,
		c.handler, c.handlerAt, c.handlerUntil, c.handlerReason, c.handlerEpoch, c.assignee, c.createdAt,
	}
}

// conversation finds or makes the conversation of a contact with a Number.
func (a *applier) conversation(n wa.NumberID, c *contactRow) *convRow {
	k := pairKey{c.id, n}
	cv := a.convs[k]
	if cv == nil {
		cv = &convRow{id: wa.ConversationID(id.New("con")), number: n, contact: c.id, createdAt: clock.Micros(a.now), isNew: true}
		a.convs[k] = cv
	}
	return cv
}

// raise sets a field to v if v is greater.
func (c *convRow) raise(field *int64, v int64) {
	if v > *field {
		*field = v
		c.dirty = true
	}
}

// orderKey is a message's place in its thread, greater for later: by time,
// incoming before outgoing within a second, then by WAMID. It is the one order
// of messages, in API and screen.
func orderKey(at int64, d wa.Direction, wamid wa.WAMID, msg wa.MessageID) string {
	tie := string(wamid)
	if tie == "" {
		tie = string(msg)
	}
	return fmt.Sprintf("%020d|%s|%s", at, d, tie)
}

// touch makes m the conversation's last message if nothing comes after it.
func (c *convRow) touch(m *msgRow) {
	k := orderKey(m.at, m.direction, m.wamid, m.id)
	if k <= c.lastOrder {
		return
	}
	c.lastOrder, c.lastMessage, c.dirty = k, m.id, true
	if m.at > c.lastAt {
		c.lastAt = m.at
	}
}

// moved notes that m, which is one of its messages, has another place in the
// thread than before.
func (c *convRow) moved(m *msgRow) {
	switch {
	case m.conversation != c.id:
	case c.lastMessage == m.id && orderKey(m.at, m.direction, m.wamid, m.id) < c.lastOrder:
		c.recount = true
	default:
		c.touch(m)
	}
}

// holder is who holds the conversation.
func (c *convRow) holder() takeover.Holder {
	return takeover.Holder{By: takeover.By(c.handler), At: clock.FromMicros(c.handlerAt), Until: clock.FromMicros(c.handlerUntil), Reason: c.handlerReason, Epoch: c.handlerEpoch}
}

// hold writes down who holds the conversation from now on.
func (c *convRow) hold(h takeover.Holder) {
	c.handler, c.handlerAt, c.handlerUntil = string(h.By), clock.Micros(h.At), clock.Micros(h.Until)
	c.handlerReason, c.handlerEpoch, c.dirty = h.Reason, h.Epoch, true
}

// join takes over what another conversation with the same person knew.
func (c *convRow) join(o *convRow) {
	c.raise(&c.openedAt, o.openedAt)
	c.raise(&c.seenAt, o.seenAt)
	if o.lastOrder > c.lastOrder {
		c.lastOrder, c.lastMessage = o.lastOrder, o.lastMessage
	}
	c.raise(&c.lastAt, o.lastAt)
	if o.handlerUntil > c.handlerUntil {
		c.handler, c.handlerAt, c.handlerUntil, c.handlerReason = o.handler, o.handlerAt, o.handlerUntil, o.handlerReason
	}
	c.recount = c.recount || o.recount
	c.handlerEpoch += o.handlerEpoch + 1
	if c.assignee == "" {
		c.assignee = o.assignee
	}
	c.dirty = true
}
