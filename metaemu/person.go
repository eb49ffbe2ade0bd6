package metaemu

import (
	"fmt"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// CustomerChangeNumber gives a customer another phone number. The BSUID changes
// with it, and every number they have a chat with gets a system message.
func (e *Emulator) CustomerChangeNumber(customerID, digits string) error {
	e.enter()
	defer e.mu.Unlock()
	cu, err := e.customerOf(customerID)
	if err != nil {
		return err
	}
	fresh, err := e.freshDigits(digits, "US", "customer")
	if err != nil {
		return err
	}
	e.newIdentity(cu, fresh)
	return nil
}

// CustomerChangeUserID gives a customer new user ids at the same phone number.
func (e *Emulator) CustomerChangeUserID(customerID string) error {
	e.enter()
	defer e.mu.Unlock()
	cu, err := e.customerOf(customerID)
	if err != nil {
		return err
	}
	e.newIdentity(cu, cu.Digits)
	return nil
}

// newIdentity gives a customer new user ids, and perhaps new digits, and tells
// every number they have a chat with. A number the business knew is told by its
// old and new digits; otherwise only the user ids are.
func (e *Emulator) newIdentity(cu *customer, fresh string) {
	at := e.clock.Now()
	old, oldIDs, parents, told := cu.Digits, cu.userIDs, e.dropParents(cu), map[string]string{}
	for _, id := range e.order {
		told[id] = e.phoneFor(e.numbers[id], cu, at)
	}
	delete(e.byDigits, old)
	for _, id := range oldIDs {
		delete(e.byUserID, id)
	}
	cu.Digits, cu.userIDs = fresh, map[string]string{}
	e.byDigits[fresh] = cu
	if old != fresh {
		e.forgetPhone(cu)
	}
	for _, id := range e.order {
		n := e.numbers[id]
		t := n.talks[cu.ID]
		if t == nil {
			continue
		}
		if told[id] != "" && old != fresh {
			e.meet(n, cu, at) // Both numbers are told.
		}
		e.systemMessage(t, told[id], oldIDs[n.Portfolio], e.changedNumber(n, cu, change{told[id], oldIDs[n.Portfolio], parents[n.Portfolio]}), at)
		if e.habits.UserIDField {
			e.emit(n, "user_id_update", e.userIDUpdate(n, cu, e.userIDOf(cu, n.Portfolio), oldIDs[n.Portfolio], at), at)
		}
	}
	e.announce("customers")
}

// change is who a customer was before.
type change struct{ digits, userID, parent string }

// changedNumber is the value under "system". Of a customer who hides the number
// only the user ids are told.
func (e *Emulator) changedNumber(n *number, cu *customer, old change) []byte {
	var o wire.Object
	kind := "user_changed_number"
	if old.digits == "" || old.digits == e.spelling(cu.Digits) {
		kind = "user_changed_user_id"
		o.Str("body", "User "+cu.Name+" changed their user id")
	} else {
		o.Str("body", "User "+cu.Name+" changed from "+old.digits+" to "+e.spelling(cu.Digits)).Str("wa_id", e.spelling(cu.Digits))
	}
	o.Str("user_id", e.userIDOf(cu, n.Portfolio)).Opt("parent_user_id", e.parentOf(cu, n.Portfolio))
	return o.Opt("previous_user_id", old.userID).Opt("previous_parent_user_id", old.parent).Str("type", kind).Bytes()
}

// systemMessage is from the identity that the customer had before, without
// contacts (§4.7).
func (e *Emulator) systemMessage(t *chat, from, fromUserID string, content []byte, at time.Time) {
	n := t.number
	if n.Stage != StageLive {
		return
	}
	var m wire.Object
	m.Opt("from", from).Opt("from_user_id", fromUserID).Str("id", e.wamid(t.customer.Digits, false)).
		Str("timestamp", unix(at)).Str("type", "system").Raw("system", content)
	e.emit(n, "messages", valueOf(n).List("messages", m.Bytes()).Bytes(), at)
}

// CustomerChange is what a person can do about themselves; nil leaves it.
type CustomerChange struct {
	Name       *string `json:"name"`
	Username   *string `json:"username"`
	HidesPhone *bool   `json:"hides_phone"`
	// KnowsBusiness: see Customer.
	KnowsBusiness *bool `json:"knows_business"`
	ReadsAtOnce   *bool `json:"reads_at_once"`
	Offline       *bool `json:"offline"`
}

// ChangeCustomer changes a customer. One who comes online gets what was waiting.
func (e *Emulator) ChangeCustomer(customerID string, ch CustomerChange) error {
	e.enter()
	defer e.mu.Unlock()
	cu, err := e.customerOf(customerID)
	if err != nil {
		return err
	}
	if ch.Name != nil {
		cu.Name = *ch.Name
	}
	if ch.Username != nil {
		cu.Username = strings.TrimPrefix(*ch.Username, "@")
	}
	if ch.HidesPhone != nil {
		cu.HidesPhone = *ch.HidesPhone
	}
	if ch.KnowsBusiness != nil {
		cu.KnowsBusiness = *ch.KnowsBusiness
	}
	if ch.ReadsAtOnce != nil {
		cu.ReadsAtOnce = *ch.ReadsAtOnce
	}
	if ch.Offline != nil && *ch.Offline != cu.Offline {
		cu.Offline = *ch.Offline
		if !cu.Offline {
			e.catchUp(cu)
		}
	}
	e.announce("customers")
	return nil
}

func (e *Emulator) catchUp(cu *customer) {
	at := e.clock.Now()
	for _, id := range e.order {
		t := e.numbers[id].talks[cu.ID]
		if t == nil {
			continue
		}
		for _, m := range t.messages {
			if !m.in && m.status == "sent" && !m.expired(at) {
				e.toPhone(m, at)
			}
		}
	}
}

// CustomerChangeIdentity gives a customer new keys, as a new phone does. Numbers
// with the identity check are told (§5.5, customer_identity_changed).
func (e *Emulator) CustomerChangeIdentity(customerID string) error {
	e.enter()
	defer e.mu.Unlock()
	cu, err := e.customerOf(customerID)
	if err != nil {
		return err
	}
	at := e.clock.Now()
	e.sending.identity[cu.ID]++
	e.sending.changedAt[cu.ID] = at
	for _, id := range e.order {
		n := e.numbers[id]
		t := n.talks[cu.ID]
		if t == nil || !e.sending.numbers[id].IdentityCheck {
			continue
		}
		var o wire.Object
		o.Str("body", "The identity of "+cu.Name+" has changed").Obj("identity", e.identityObject(cu, at)).
			Str("user_id", e.userIDOf(cu, n.Portfolio)).Str("type", "customer_identity_changed")
		e.systemMessage(t, e.phoneFor(n, cu, at), e.userIDOf(cu, n.Portfolio), o.Bytes(), at)
	}
	return nil
}

// CustomerMarketing lets a customer stop a number's marketing or take it again;
// user_preferences tells (§5.7).
func (e *Emulator) CustomerMarketing(customerID, numberID string, wanted bool) error {
	e.enter()
	defer e.mu.Unlock()
	t, err := e.talkWith(customerID, numberID)
	if err != nil {
		return err
	}
	n, cu, at := t.number, t.customer, e.clock.Now()
	k := [2]string{n.ID, cu.ID}
	if e.sending.stopped[k] != wanted {
		return fmt.Errorf("marketing of this number is %s already", map[bool]string{true: "wanted", false: "stopped"}[wanted])
	}
	value, detail := "resume", "User requested to resume marketing messages"
	if delete(e.sending.stopped, k); !wanted {
		e.sending.stopped[k] = true
		value, detail = "stop", "User requested to stop marketing messages"
	}
	if n.Stage != StageLive {
		return nil
	}
	digits := e.phoneFor(n, cu, at)
	var o wire.Object
	o.Opt("wa_id", digits).Str("user_id", e.userIDOf(cu, n.Portfolio)).Str("detail", detail).Str("category", "marketing_messages").
		Str("value", value).Int("timestamp", at.Unix())
	e.emit(n, "user_preferences", valueOf(n).List("contacts", e.contactOf(n, cu, true, digits)).List("user_preferences", o.Bytes()).Bytes(), at)
	return nil
}

// CustomerBlock lets a customer block a number, or take that back: what
// the number sends meanwhile fails with 131026. No webhook tells.
func (e *Emulator) CustomerBlock(customerID, numberID string, blocked bool) error {
	e.enter()
	defer e.mu.Unlock()
	t, err := e.talkWith(customerID, numberID)
	if err != nil {
		return err
	}
	k := [2]string{t.number.ID, t.customer.ID}
	if delete(e.sending.shut, k); blocked {
		e.sending.shut[k] = true
	}
	return nil
}
