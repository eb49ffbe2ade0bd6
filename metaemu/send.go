package metaemu

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"wasl/metaemu/wire"
)

// Window is how long free-form messages may follow a customer's message.
const Window = 24 * time.Hour

// postMessage is POST /{number}/messages and marketing_messages. Every call is written into the book
// of arrivals with its answer, whatever becomes of it.
func (e *Emulator) postMessage(c *call) answer {
	q, parsed := readRequest(c.body)
	sum := sha256.Sum256(c.body)
	arrival := Arrival{At: c.arrived, Number: c.node, To: or(q.To, q.Recipient), Opaque: q.Opaque, Type: q.Type, SHA256: hex.EncodeToString(sum[:])}
	if q.Status != "" {
		arrival.Type = "status:" + q.Status
	}
	a, m, f := e.judge(c, q, parsed)
	if f != nil {
		a = e.refuse(f)
		arrival.Code = f.code
	}
	if m != nil {
		arrival.WAMID = m.wamid
	}
	arrival.HTTP, arrival.Lost = a.http, a.lost
	if e.book.addArrival(arrival); e.watched() {
		e.announce("books")
	}
	return a
}

// judge decides on one send: access, faults, rates, form, stage, sentinels,
// pair, and only then acceptance. A nil message and failure is a read receipt.
func (e *Emulator) judge(c *call, q *sendRequest, parsed error) (answer, *message, *failure) {
	t, f := e.holder(c)
	if f != nil {
		return answer{}, nil, f
	}
	n := e.numbers[c.node]
	if n == nil {
		return answer{}, nil, notFound(c.method, c.node)
	}
	if f := mayUse(t, n.Number.WABA); f != nil {
		return answer{}, nil, f
	}
	receipt := parsed == nil && q.Status != ""
	if !receipt {
		if f := e.pace(n, c.arrived); f != nil {
			return answer{}, nil, f
		}
	}
	slow := e.slowness()
	if f := e.faultBefore(); f != nil {
		return answer{}, nil, f
	}
	if parsed != nil {
		return answer{}, nil, faultOf(parsed)
	}
	if f := q.formOf(c); f != nil {
		return answer{}, nil, f
	}
	if n.Stage != StageLive {
		return answer{}, nil, fail(133010, "The account is not registered: the number is not connected to the Cloud API.")
	}
	if receipt {
		return e.readReceipt(n, q)
	}
	if f := e.standing(c, n, q); f != nil {
		return answer{}, nil, f
	}
	a, m, f := e.accept(c, n, q)
	a.slow = slow
	if m != nil && a.http == http.StatusOK && !a.lost {
		e.faultAfter(&a)
	}
	return a, m, f
}

// standing is why a number may not send now, or not in this way.
func (e *Emulator) standing(c *call, n *number, q *sendRequest) *failure {
	switch {
	case e.sending.wabas[n.waba.ID].Locked:
		return fail(131031, "Business account has been locked.")
	case c.arrived.Before(e.sending.upkeep[n.ID]):
		return fail(131057, "Business account is in maintenance mode: its throughput is being upgraded.")
	}
	return e.unavailable(c, n, q)
}

// recipient finds whom a message is for. A number that nobody created is
// a customer who never writes.
func (e *Emulator) recipient(n *number, q *sendRequest) (cu *customer, byUserID bool, f *failure) {
	if q.To == "" {
		cu := e.byRecipient(n, q.Recipient)
		if cu == nil {
			return nil, false, fail(131009, "recipient is not a business-scoped user id of this portfolio.")
		}
		return cu, true, nil
	}
	digits, ok := e.dialled(n, q.To)
	if !ok {
		return nil, false, fail(131009, "Parameter 'to' must be a phone number with its country code.")
	}
	if digits == n.Digits {
		return nil, false, fail(131021, "Recipient phone number cannot be the sender's.")
	}
	if cu := e.byDigits[digits]; cu != nil {
		return cu, false, nil
	}
	cu, err := e.newStranger(digits)
	if err != nil {
		return nil, false, fail(131026, err.Error())
	}
	return cu, false, nil
}

// accept takes a message that is well formed, or refuses it for what it would
// do: sentinel, pair rate, window, limits.
func (e *Emulator) accept(c *call, n *number, q *sendRequest) (answer, *message, *failure) {
	cu, byUserID, f := e.recipient(n, q)
	if f == nil {
		f = e.allowedRecipient(n, cu)
	}
	if f != nil {
		return answer{}, nil, f
	}
	code, trouble := Sentinel(cu.Digits)
	if trouble && code == SentinelRefused503 {
		return answer{}, nil, &failure{http: http.StatusServiceUnavailable, code: 2, title: "Service temporarily unavailable"}
	}
	if k, isCode := known[code]; trouble && isCode && !k.async {
		return answer{}, nil, fail(code, "Asked for by the recipient's last six digits.")
	}
	ch := e.talk(n, cu)
	if f := e.takePair(ch, c.arrived); f != nil {
		return answer{}, nil, f
	}
	m := e.compose(ch, q, c.arrived, byUserID)
	if f := e.blocked(n, cu); f != nil {
		return answer{}, nil, f
	}
	fate, atOnce := e.fates(c, m, q)
	if fate == nil && trouble && known[code].async {
		fate = fail(code, "Asked for by the recipient's last six digits.")
	}
	if fate != nil && atOnce {
		return answer{}, nil, fate
	}
	e.depart(m, q, fate)
	a := answer{http: http.StatusOK, body: e.accepted(c, q, m)}
	switch {
	case trouble && code == SentinelLost:
		a.lost = true
	case trouble && code == SentinelAccepted500:
		a = e.refuse(fail(131000, "Asked for by the recipient's last six digits; the message was accepted."))
	}
	return a, m, nil
}

// fates is why a message fails, or nil; atOnce refuses the call instead of
// accepting it. Only what nothing else stops is counted against limits.
func (e *Emulator) fates(c *call, m *message, q *sendRequest) (f *failure, atOnce bool) {
	n := m.chat.number
	if f, atOnce = e.fateOf(m, q); f != nil {
		return f, atOnce
	}
	if f, atOnce = e.mediaFate(c, n, q); f != nil {
		return f, atOnce
	}
	m.price = e.priceSend(c, m, q)
	if f = e.wayFate(c, m, q); f != nil {
		return f, true
	}
	if f = e.takeQuota(m); f != nil {
		return f, true
	}
	return e.accountFate(m, q), false
}

// depart keeps an accepted message and sends it on its way.
func (e *Emulator) depart(m *message, q *sendRequest, fate *failure) {
	e.keep(m)
	if !m.byUserID {
		e.meet(m.chat.number, m.chat.customer, m.at)
	}
	if m.typ == "reaction" && fate == nil {
		e.messages[q.Reaction.MessageID].reactFromBusiness(*q.Reaction.Emoji)
	}
	m.chat.typingUntil = m.at // An answer ends the dots.
	e.follow(m, fate)
	if e.habits.APIEchoes && fate == nil {
		e.echo(m.chat, m.wamid, m.typ, m.content, m.replyTo, m.at)
	}
}

// compose is the message as the chat will hold it.
func (e *Emulator) compose(ch *chat, q *sendRequest, at time.Time, byUserID bool) *message {
	peer := ch.customer.Digits
	if byUserID {
		peer = q.Recipient
	}
	m := &message{
		chat: ch, wamid: e.wamid(peer, true), origin: "api", at: at, typ: q.Type,
		opaque: q.Opaque, byUserID: byUserID, status: "accepted", content: q.contentBytes(), identityHash: q.IdentityHash,
		lifetime: e.lifetimeOf(ch.number, q),
	}
	if q.Context != nil {
		m.replyTo = e.quotable(ch, q.Context.MessageID, at)
	}
	m.text = q.summary()
	e.fill(m, q)
	return m
}

// quoteWithin is how old a quoted message may be; of an older one, and of one
// that is gone, the bubble is left away (§2.1).
const quoteWithin = 30 * 24 * time.Hour

func (e *Emulator) quotable(ch *chat, wamid string, at time.Time) string {
	if old := e.messages[wamid]; old != nil && (old.chat != ch || old.revoked || at.Sub(old.at) > quoteWithin) {
		return ""
	}
	return wamid
}

// fateOf is why an accepted message will fail, or nil; atOnce refuses the call
// instead of accepting it.
func (e *Emulator) fateOf(m *message, q *sendRequest) (f *failure, atOnce bool) {
	if m.typ == "template" {
		return e.templateFate(m.chat.number, q)
	}
	if q.Category != "" {
		return nil, false // Direct Send is a template in disguise.
	}
	if !m.chat.open(m.at) {
		e.breach(Breach{
			At: m.at, Number: m.chat.number.ID, Rule: "window",
			Sentence: "a free-form message was sent outside the 24-hour window: Meta answers 131047 (cloud-api-protocol §2.7)",
		})
		return fail(131047, "Message failed to send because more than 24 hours have passed since the customer last replied to this number."), e.cfg.WindowErrorAtOnce
	}
	if m.typ == "reaction" {
		target := e.messages[q.Reaction.MessageID]
		if target == nil || target.chat != m.chat || target.typ == "reaction" || target.revoked || m.at.Sub(target.at) > 30*24*time.Hour {
			return fail(131009, "The message to react to is unknown, deleted, older than 30 days or a reaction itself."), false
		}
	}
	return nil, false
}

// open answers whether free-form messages may be sent: less than 24 hours since
// the customer's last live message to the onboarded number.
func (t *chat) open(now time.Time) bool {
	return !t.lastIn.IsZero() && now.Sub(t.lastIn) < Window
}

// accepted is the answer of §2.1; that of marketing_messages always has a status
// (§2.9).
func (e *Emulator) accepted(c *call, q *sendRequest, m *message) []byte {
	var contact, msg, o wire.Object
	contact.Str("input", or(q.To, q.Recipient))
	if m.byUserID {
		contact.Str("user_id", q.Recipient)
	} else {
		contact.Str("wa_id", e.spelling(m.chat.customer.Digits))
	}
	msg.Str("id", m.wamid)
	if m.typ == "template" || c.edge == "marketing_messages" {
		msg.Str("message_status", m.messageStatus())
	}
	return o.Str("messaging_product", "whatsapp").List("contacts", contact.Bytes()).List("messages", msg.Bytes()).Bytes()
}

// readReceipt marks a customer's message and those before it as read, and may
// show a typing indicator for 25 s.
func (e *Emulator) readReceipt(n *number, q *sendRequest) (answer, *message, *failure) {
	m := e.messages[q.MessageID]
	now := e.clock.Now()
	if m == nil || !m.in || m.chat.number != n || now.Sub(m.at) > 30*24*time.Hour {
		return answer{}, nil, fail(131009, "Parameter 'message_id' is not a message this number received within 30 days.")
	}
	for _, other := range m.chat.messages {
		if other.in && !other.at.After(m.at) {
			other.status = "read"
		}
	}
	if len(q.Typing) > 0 && string(q.Typing) != "null" {
		m.chat.typingUntil = now.Add(25 * time.Second)
	}
	e.announceChat(m.chat)
	return success, nil, nil
}
