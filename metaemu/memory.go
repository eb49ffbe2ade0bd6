package metaemu

import (
	"maps"
	"slices"
)

// memory is what bounds the chats and customers of a world, see "What is
// forgotten" in doc.go.
type memory struct {
	// kept are the messages of all chats in the order they came, forgotten ones
	// among them until they are swept.
	kept      []*message
	forgotten int // of kept
	// strangers are the customers whom a send made, oldest first.
	strangers []*customer
}

// remember adds a message to its chat, and forgets the oldest of the chat and
// of all chats beyond what is kept.
func (e *Emulator) remember(m *message) {
	t, mem := m.chat, &e.memory
	t.messages = append(t.messages, m)
	e.messages[m.wamid] = m
	e.countClick(m)
	mem.kept = append(mem.kept, m)
	for len(t.messages) > e.cfg.KeepMessages {
		e.forgetOldest(t)
	}
	for len(mem.kept)-mem.forgotten > e.cfg.KeepAllMessages {
		if oldest := mem.kept[0]; !oldest.forgotten {
			e.forgetOldest(oldest.chat) // In its chat it is the oldest too.
		}
		mem.kept[0] = nil
		mem.kept = mem.kept[1:]
		mem.forgotten--
	}
	if mem.forgotten > len(mem.kept)/2+100 {
		mem.kept = slices.DeleteFunc(mem.kept, func(m *message) bool { return m.forgotten })
		mem.forgotten = 0
	}
}

func (e *Emulator) forgetOldest(t *chat) {
	m := t.messages[0]
	t.messages[0] = nil
	t.messages = t.messages[1:]
	e.forgetMessage(m)
}

func (e *Emulator) forgetMessage(m *message) {
	m.forgotten = true
	e.memory.forgotten++
	delete(e.messages, m.wamid)
}

// newStranger makes a customer of a number that nobody has created. When there
// are too many of them, the oldest who have never written are forgotten.
func (e *Emulator) newStranger(digits string) (*customer, error) {
	c, err := e.newCustomer(CustomerSpec{Digits: digits})
	if err != nil {
		return nil, err
	}
	mem := &e.memory
	mem.strangers = append(mem.strangers, c)
	if len(mem.strangers) > e.cfg.KeepStrangers+e.cfg.KeepStrangers/10 {
		e.forgetStrangers(len(mem.strangers) - e.cfg.KeepStrangers)
	}
	return c, nil
}

// forgetStrangers forgets many at once, because every book has to be gone
// through. Who has written is no stranger any longer and stays.
func (e *Emulator) forgetStrangers(count int) {
	mem := &e.memory
	old := map[string]bool{} // by id
	for _, c := range mem.strangers[:count] {
		if e.hasWritten(c) {
			continue
		}
		old[c.ID] = true
		delete(e.customers, c.ID)
		if e.byDigits[c.Digits] == c {
			delete(e.byDigits, c.Digits)
		}
		for _, id := range c.userIDs {
			delete(e.byUserID, id)
		}
		e.dropParents(c)
	}
	mem.strangers = slices.Clone(mem.strangers[count:])
	for _, n := range e.numbers {
		n.chats = slices.DeleteFunc(n.chats, func(t *chat) bool {
			if !old[t.customer.ID] {
				return false
			}
			for _, m := range t.messages {
				e.forgetMessage(m)
			}
			delete(n.talks, t.customer.ID)
			return true
		})
	}
	e.sending.forget(old)
}

func (e *Emulator) hasWritten(c *customer) bool {
	for _, n := range e.numbers {
		t := n.talks[c.ID]
		if t != nil && (!t.lastIn.IsZero() || slices.ContainsFunc(t.messages, func(m *message) bool { return m.in })) {
			return true
		}
	}
	return false
}

// forget drops what is known of customers.
func (s *sendWorld) forget(old map[string]bool) {
	forgetPairs(s.stopped, old)
	forgetPairs(s.shut, old)
	forgetPairs(s.met, old)
	forgetPairs(s.known, old)
	forgetKeys(s.offers, old)
	forgetKeys(s.capped, old)
	forgetKeys(s.identity, old)
	forgetKeys(s.changedAt, old)
	for _, r := range s.reached {
		forgetKeys(r.last, old)
	}
}

func forgetKeys[V any](m map[string]V, old map[string]bool) {
	maps.DeleteFunc(m, func(id string, _ V) bool { return old[id] })
}

// forgetPairs drops pairs of a number or portfolio and a customer.
func forgetPairs[V any](m map[[2]string]V, old map[string]bool) {
	maps.DeleteFunc(m, func(k [2]string, _ V) bool { return old[k[1]] })
}
