package metaemu

import (
	"time"

	"wasl/metaemu/wire"
)

// update is one change on its way into a webhook.
type update struct {
	entry string    // WABA id, or a portfolio id for PARTNER_ADDED
	time  time.Time // told only by account fields; zero otherwise
	field string
	value []byte
	// before24 is the value for apps whose webhooks are older than v24; nil: the
	// same.
	before24 []byte
}

type batchKey struct{ app, url string }

// batch collects updates for one callback while joining is on.
type batch struct {
	updates []update
	size    int
}

// Meta's own limits of one webhook: updates and bytes (§5.2).
const (
	maxBatch     = 1000
	maxBatchSize = 3 << 20
)

// emit tells every app that is subscribed to the number's WABA and to the field.
// Messages go to the number's override, else to the WABA's, else to the app's
// callback; everything else to the app's callback (§5.3).
func (e *Emulator) emit(n *number, field string, value []byte, at time.Time) {
	e.tell(n, update{entry: n.Number.WABA, field: field, value: value}, at)
}

// emitAccount tells about the account rather than the number. Such updates carry
// a time, and come also when the number is not live.
func (e *Emulator) emitAccount(n *number, entry string, value []byte, at time.Time) {
	e.tell(n, update{entry: entry, time: at, field: "account_update", value: value}, at)
}

func (e *Emulator) tell(n *number, u update, at time.Time) {
	told := false
	for _, s := range n.waba.subs {
		a := e.apps[s.app]
		if a == nil || !a.fields[u.field] {
			continue
		}
		url := a.Callback
		if u.field == "messages" || e.habits.WideOverride && (u.field == "history" || u.field == "smb_message_echoes") {
			url = or(n.override, or(s.override, url))
		}
		if url == "" {
			continue
		}
		told = true
		e.enqueue(batchKey{a.ID, url}, u.forVersion(e.sending.versions[a.ID]), at)
	}
	if !told {
		e.book.Untold++
	}
}

// forVersion is the update as webhooks of a Graph version tell it; 0 is the
// newest.
func (u update) forVersion(v int) update {
	if u.before24 != nil && v != 0 && v < 24 {
		u.value = u.before24
	}
	u.before24 = nil
	return u
}

// tellApp tells one app by its own callback, subscribed to the WABA or not.
func (e *Emulator) tellApp(a *app, u update, at time.Time) {
	if a == nil || a.Callback == "" || !a.fields[u.field] {
		e.book.Untold++
		return
	}
	e.enqueue(batchKey{a.ID, a.Callback}, u, at)
}

// enqueue puts an update on its way, joined with others if that is on.
func (e *Emulator) enqueue(k batchKey, u update, at time.Time) {
	if e.faults.BatchSize <= 1 {
		e.dispatchWebhook(k, []update{u}, at)
		return
	}
	b := e.batches[k]
	if b == nil {
		b = &batch{}
		e.batches[k] = b
		wait := time.Duration(e.faults.BatchWait)
		orDuration(&wait, 250*time.Millisecond)
		e.plan(e.clock.Now(), wait, "batch.full", batchDeed{k, b})
	}
	b.updates = append(b.updates, u)
	b.size += len(u.value)
	if len(b.updates) >= e.faults.BatchSize || b.size > maxBatchSize/2 {
		e.flush(k, b, at)
	}
}

func (e *Emulator) flush(k batchKey, b *batch, at time.Time) {
	if e.batches[k] != b {
		return // It was full and went earlier.
	}
	delete(e.batches, k)
	e.dispatchWebhook(k, b.updates, at)
}

// dispatchWebhook makes the delivery of one webhook, and its duplicate, and
// sends them when the faults allow.
func (e *Emulator) dispatchWebhook(k batchKey, updates []update, at time.Time) {
	body := envelope(updates)
	hold := time.Duration(e.faults.Delay)
	if e.chance(e.faults.Reorder) {
		within := time.Duration(e.faults.ReorderWithin)
		orDuration(&within, 5*time.Second)
		hold += e.draw(Delay{0, within})
	}
	e.send(k, updates, body, at, hold)
	if e.chance(e.faults.Duplicates) {
		e.send(k, updates, body, at, hold+e.draw(Delay{0, 3 * time.Second}))
	}
}

func (e *Emulator) send(k batchKey, updates []update, body []byte, at time.Time, hold time.Duration) {
	fields := make([]string, len(updates))
	for i, u := range updates {
		fields[i] = u.field
	}
	d := &delivery{secret: e.apps[k.app].Secret, epoch: e.epoch}
	d.Delivery = Delivery{App: k.app, URL: k.url, At: at, Fields: fields, Body: string(body), State: "pending"}
	e.book.addDelivery(d)
	if d.State == "dropped" {
		return
	}
	if hold == 0 {
		e.makeReady(d)
		return
	}
	e.plan(at, hold, "delivery.ready", d)
}

// envelope joins updates: neighbours of the same entry share it.
func envelope(updates []update) []byte {
	var entries, changes [][]byte
	for i, u := range updates {
		var c wire.Object
		changes = append(changes, c.Raw("value", u.value).Str("field", u.field).Bytes())
		if i+1 < len(updates) && updates[i+1].entry == u.entry && updates[i+1].time.Equal(u.time) {
			continue
		}
		var entry wire.Object
		entry.Str("id", u.entry)
		if !u.time.IsZero() {
			entry.Int("time", u.time.Unix())
		}
		entries = append(entries, entry.List("changes", changes...).Bytes())
		changes = nil
	}
	var o wire.Object
	return o.Str("object", "whatsapp_business_account").List("entry", entries...).Bytes()
}
