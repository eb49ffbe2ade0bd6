package metaemu

import (
	"fmt"

	"wasl/metaemu/wire"
)

// TellError tells a number's apps an error that belongs to no message:
// value.errors[] of the field messages (§5.5). A code of 0 is 130429.
func (e *Emulator) TellError(numberID string, code int, details string) error {
	if code == 0 {
		code = 130429
	}
	k, isKnown := known[code]
	if !isKnown {
		return fmt.Errorf("code %d is none of Meta's table: write one such as 130429 or 131000", code)
	}
	e.enter()
	defer e.mu.Unlock()
	n := e.numberOf(numberID)
	if n == nil {
		return fmt.Errorf("there is no number %q: GET /_emulator/numbers lists them", numberID)
	}
	e.emit(n, "messages", valueOf(n).List("errors", fail(code, or(details, k.title)).inStatus()).Bytes(), e.clock.Now())
	return nil
}

// CustomerPlay lets a customer play a voice note, which reads it first.
func (e *Emulator) CustomerPlay(customerID, wamid string) error {
	e.enter()
	defer e.mu.Unlock()
	m := e.messages[wamid]
	if m == nil || m.in || m.chat.customer.ID != customerID {
		return noMessage(customerID, wamid)
	}
	if !m.voice() {
		return fmt.Errorf("only a voice note is played: this is of type %s", m.typ)
	}
	if m.status != "delivered" && m.status != "read" {
		return fmt.Errorf("this message is %s: the customer cannot play it now", m.status)
	}
	at := e.clock.Now()
	e.advance(m, "read", at)
	e.advance(m, "played", at)
	return nil
}

// CustomerCompanion lets a customer write from a companion that is not supported,
// such as WhatsApp for Windows: no webhook or one with 131060, as SendRules says.
// Both see the message on their phones.
func (e *Emulator) CustomerCompanion(customerID, numberID, text string) error {
	e.enter()
	defer e.mu.Unlock()
	t, err := e.talkWith(customerID, numberID)
	if err != nil {
		return err
	}
	at := e.clock.Now()
	if !t.number.Coexistence || !e.sending.rules.SilentCompanions {
		return e.unsupported(t, "media_placeholder", 131060, at)
	}
	if text == "" {
		return fmt.Errorf("text is missing: write what the message says")
	}
	var o wire.Object
	e.keep(&message{
		chat: t, wamid: e.wamid(t.customer.Digits, false), in: true, origin: "customer", at: at, typ: "text",
		content: o.Str("body", text).Bytes(), text: text, status: "delivered",
	})
	t.unreadPhone++
	return nil
}
