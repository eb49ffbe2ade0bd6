package metaemu

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"wasl/metaemu/wire"
)

// Window is how long free-form messages may follow a customer's message.
const Window = 24 * time.Hour

// postMessage is POST /{number}/messages. Every call is written into the book
// of arrivals with its answer, whatever becomes of it.
func (e *Emulator) postMessage(c *call) answer {
	var q sendRequest
	parsed := json.Unmarshal(c.body, &q)
	sum := sha256.Sum256(c.body)
	arrival := Arrival{At: c.arrived, Number: c.node, To: or(q.To, q.Recipient), Opaque: q.Opaque, Type: q.Type, SHA256: hex.EncodeToString(sum[:])}
	if q.Status != "" {
		arrival.Type = "status:" + q.Status
	}
	a, m, f := e.judge(c, &q, parsed)
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
		return answer{}, nil, &failure{http: 400, code: 100, title: "Invalid parameter", details: "The body is not valid JSON for a message: " + parsed.Error()}
	}
	if f := q.validate(); f != nil {
		return answer{}, nil, f
	}
	if n.Stage != StageLive {
		return answer{}, nil, fail(133010, "The account is not registered: the number is not connected to the Cloud API.")
	}
	if receipt {
		return e.readReceipt(n, q)
	}
	a, m, f := e.accept(c, n, q)
	a.slow = slow
	if m != nil && a.http == http.StatusOK && !a.lost {
		e.faultAfter(&a)
	}
	return a, m, f
}

// recipient finds whom a message is for. A number that nobody created is
// a customer who never writes.
func (e *Emulator) recipient(n *number, q *sendRequest) (cu *customer, byUserID bool, f *failure) {
	if q.To == "" {
		cu := e.byUserID[q.Recipient]
		if !userIDShape.MatchString(q.Recipient) || cu == nil || cu.userIDs[n.Portfolio] != q.Recipient {
			return nil, false, fail(131009, "recipient is not a business-scoped user id of this portfolio.")
		}
		return cu, true, nil
	}
	digits, ok := digitsOf(q.To)
	if !ok {
		return nil, false, fail(131009, "Parameter 'to' must be a phone number with its country code.")
	}
	if digits == n.Digits {
		return nil, false, fail(131021, "Recipient phone number cannot be the sender's.")
	}
	if cu := e.byDigits[digits]; cu != nil {
		return cu, false, nil
	}
	cu, err := e.newCustomer(CustomerSpec{Digits: digits})
	if err != nil {
		return nil, false, fail(131026, err.Error())
	}
	return cu, false, nil
}

// accept takes a message that is well formed, or refuses it for what it would
// do: sentinel, pair rate, window.
func (e *Emulator) accept(c *call, n *number, q *sendRequest) (answer, *message, *failure) {
	cu, byUserID, f := e.recipient(n, q)
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
	fate, atOnce := e.fateOf(m, q)
	if fate == nil {
		fate, atOnce = e.mediaFate(n, q)
	}
	if fate == nil && trouble && known[code].async {
		fate = fail(code, "Asked for by the recipient's last six digits.")
	}
	if fate != nil && atOnce {
		return answer{}, nil, fate
	}
	m.price = e.priceOf(m, q)
	e.keep(m)
	if m.typ == "reaction" && fate == nil {
		e.messages[q.Reaction.MessageID].reactFromBusiness(*q.Reaction.Emoji)
	}
	e.follow(m, fate)
	if e.habits.APIEchoes && fate == nil {
		e.echo(ch, m.wamid, m.typ, m.content, m.replyTo, m.at)
	}
	a := answer{http: http.StatusOK, body: e.accepted(q, m)}
	switch {
	case trouble && code == SentinelLost:
		a.lost = true
	case trouble && code == SentinelAccepted500:
		a = e.refuse(fail(131000, "Asked for by the recipient's last six digits; the message was accepted."))
	}
	return a, m, nil
}

// compose is the message as the chat will hold it.
func (e *Emulator) compose(ch *chat, q *sendRequest, at time.Time, byUserID bool) *message {
	peer := ch.customer.Digits
	if byUserID {
		peer = q.Recipient
	}
	m := &message{
		chat: ch, wamid: e.wamid(peer, true), origin: "api", at: at, typ: q.Type,
		opaque: q.Opaque, byUserID: byUserID, status: "accepted", content: q.contentBytes(),
	}
	if q.Context != nil {
		m.replyTo = q.Context.MessageID
	}
	m.text = q.summary()
	return m
}

// fateOf is why an accepted message will fail, or nil; atOnce refuses the call
// instead of accepting it.
func (e *Emulator) fateOf(m *message, q *sendRequest) (f *failure, atOnce bool) {
	if m.typ == "template" {
		return e.templateFate(m.chat.number, q)
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

// accepted is the answer of §2.1.
func (e *Emulator) accepted(q *sendRequest, m *message) []byte {
	var contact, msg, o wire.Object
	contact.Str("input", or(q.To, q.Recipient))
	if m.byUserID {
		contact.Str("user_id", q.Recipient)
	} else {
		contact.Str("wa_id", m.chat.customer.Digits)
	}
	msg.Str("id", m.wamid)
	if m.typ == "template" {
		msg.Str("message_status", "accepted")
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
