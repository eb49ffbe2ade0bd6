package crashtest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

type obj = map[string]any

// target is a Number as webhooks name it.
type target struct {
	waba, id, display string
}

// writer invents what Meta might deliver. Its mutex guards the rest.
type writer struct {
	mu      sync.Mutex
	rng     *rand.Rand
	numbers []target
	count   int
	said    []said   // customers' messages, to be edited, revoked, reacted to, reported on
	bodies  [][]byte // the newest bodies, to be delivered again
	changes []change // the newest changes, to come again in another delivery
}

type said struct {
	at            target
	wamid, person string
	out           bool // from the phone
}

type change struct {
	waba, field string
	value       obj
}

const (
	people     = 60  // who write, per Number
	remembered = 400 // of each kind
)

// body is the next delivery: a single update mostly, now and then many, and now
// and then one that came before.
func (w *writer) body() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.rng.IntN(100)
	if p < 8 && len(w.bodies) > 0 {
		return w.bodies[w.rng.IntN(len(w.bodies))]
	}
	n := 1
	if p >= 92 {
		n = 2 + w.rng.IntN(30)
	}
	changes := make([]change, n)
	for i := range changes {
		changes[i] = w.change()
	}
	body := envelope(changes)
	w.bodies = remember(w.rng, w.bodies, body)
	return body
}

// change is the next update.
func (w *writer) change() change {
	if w.rng.IntN(100) < 8 && len(w.changes) > 0 {
		return w.changes[w.rng.IntN(len(w.changes))]
	}
	c := w.fresh()
	w.changes = remember(w.rng, w.changes, c)
	return c
}

// fresh is an update that has not come before.
func (w *writer) fresh() change {
	w.count++
	at := w.numbers[w.rng.IntN(len(w.numbers))]
	person := fmt.Sprintf("96655%s%05d", at.id[len(at.id)-2:], w.rng.IntN(people))
	id := fmt.Sprintf("wamid.CRASH%08d", w.count)
	text := fmt.Sprintf("text %d", w.count)
	p := w.rng.IntN(100)
	switch {
	case p < 55 || len(w.said) == 0:
		w.said = remember(w.rng, w.said, said{at: at, wamid: id, person: person})
		return at.message(person, message(id, "text", obj{"body": text}))
	case p < 70:
		w.said = remember(w.rng, w.said, said{at: at, wamid: id, person: person, out: true})
		return at.echo(person, message(id, "text", obj{"body": text}))
	}
	s := w.said[w.rng.IntN(len(w.said))]
	switch {
	case p < 85:
		status := []string{"sent", "delivered", "read"}[w.rng.IntN(3)]
		return s.at.status(s.wamid, status, s.person, time.Now().Unix()-int64(w.count%50))
	case p < 89:
		return s.at.message(s.person, message(id, "reaction", obj{"message_id": s.wamid, "emoji": "👍"}))
	case p < 92:
		return s.at.message(s.person, message(id, "edit", obj{
			"original_message_id": s.wamid, "message": obj{"type": "text", "text": obj{"body": text}},
		}))
	case p < 94:
		return s.at.message(s.person, message(id, "revoke", obj{"original_message_id": s.wamid}))
	case p < 96 && !s.out: // the same WAMID with other words
		return s.at.message(s.person, message(s.wamid, "text", obj{"body": text}))
	case p < 98:
		return change{waba: at.waba, field: "a_field_of_tomorrow", value: obj{"metadata": at.metadata(), "nonce": w.count}}
	}
	stranger := target{waba: "404", id: "4040404040", display: "966500000404"}
	return stranger.message(person, message(id, "text", obj{"body": text}))
}

// remember keeps the newest values, and some older ones.
func remember[T any](rng *rand.Rand, list []T, v T) []T {
	if len(list) < remembered {
		return append(list, v)
	}
	list[rng.IntN(len(list))] = v
	return list
}

func message(id, typ string, content obj) obj {
	return obj{"id": id, "timestamp": fmt.Sprint(time.Now().Unix()), "type": typ, typ: content}
}

func (t target) metadata() obj {
	return obj{"display_phone_number": t.display, "phone_number_id": t.id}
}

func (t target) value(more obj) obj {
	more["messaging_product"], more["metadata"] = "whatsapp", t.metadata()
	return more
}

func (t target) message(person string, m obj) change {
	m["from"] = person
	return change{t.waba, "messages", t.value(obj{
		"contacts": []obj{{"profile": obj{"name": "Person " + person[len(person)-5:]}, "wa_id": person}}, "messages": []obj{m},
	})}
}

func (t target) echo(person string, m obj) change {
	m["from"], m["to"] = t.display, person
	return change{t.waba, "smb_message_echoes", t.value(obj{"message_echoes": []obj{m}})}
}

func (t target) status(wamid, status, person string, at int64) change {
	return change{t.waba, "messages", t.value(obj{"statuses": []obj{{
		"id": wamid, "status": status, "timestamp": fmt.Sprint(at), "recipient_id": person,
	}}})}
}

// envelope makes one delivery of changes, each in an entry of its own.
func envelope(changes []change) []byte {
	entries := make([]obj, len(changes))
	for i, c := range changes {
		entries[i] = obj{"id": c.waba, "changes": []obj{{"field": c.field, "value": c.value}}}
	}
	raw, err := json.Marshal(obj{"object": "whatsapp_business_account", "entry": entries})
	if err != nil {
		panic(err) // these are maps of strings and numbers
	}
	return raw
}
