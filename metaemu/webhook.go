package metaemu

import (
	"fmt"
	"slices"
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
	// routes are all callbacks that are told, if there are several.
	routes []batchKey
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

// updateFrame is at most what surrounds the value of an update in a webhook.
const updateFrame = 160

// emit tells every app that is subscribed to the number's WABA and to the field.
// Messages go to the number's override, else to the WABA's, else to the app's
// callback; everything else to the app's callback (§5.3).
func (e *Emulator) emit(n *number, field string, value []byte, at time.Time) {
	e.claim(n, value, at)
	e.tell(n, update{entry: n.Number.WABA, field: field, value: value}, at)
}

// emitAccount tells about the account rather than the number. Such updates carry
// a time, and come also when the number is not live.
func (e *Emulator) emitAccount(n *number, entry string, value []byte, at time.Time) {
	e.tell(n, update{entry: entry, time: at, field: "account_update", value: value}, at)
}

func (e *Emulator) tell(n *number, u update, at time.Time) {
	var routes []batchKey
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
		routes = append(routes, batchKey{a.ID, url})
	}
	if len(routes) == 0 {
		e.book.Untold++
	}
	if len(routes) > 1 {
		u.routes = routes
	}
	for _, k := range routes {
		e.enqueueSometime(k, e.respelled(u.forVersion(e.sending.versions[k.app])), at)
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
	e.enqueue(batchKey{a.ID, a.Callback}, e.respelled(u), at)
}

// SubscribeApp subscribes a further app to a WABA, as after an Embedded Signup of
// its own, and answers its token. Every app that is subscribed gets the webhooks.
func (e *Emulator) SubscribeApp(wabaID, appID string) (token string, err error) {
	e.enter()
	defer e.mu.Unlock()
	w, a := e.wabas[wabaID], e.apps[appID]
	if w == nil || a == nil {
		return "", fmt.Errorf("there is no WABA %q or no app %q: GET /_emulator/state lists them", wabaID, appID)
	}
	if !slices.ContainsFunc(w.subs, func(s subscription) bool { return s.app == appID }) {
		w.subs = append(w.subs, subscription{app: appID})
	}
	return e.issueToken(TokenSpec{App: a.ID, WABAs: []string{w.ID}})
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
	size := len(u.value) + updateFrame
	if len(b.updates) > 0 && b.size+size > maxBatchSize {
		e.flush(k, b, at)
		e.enqueue(k, u, at)
		return
	}
	b.updates = append(b.updates, u)
	b.size += size
	if len(b.updates) >= e.faults.BatchSize {
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
	if e.chance(e.faults.UnknownField) {
		updates = append(slices.Clip(updates), update{entry: updates[0].entry, field: "something_new", value: []byte(`{"what":["nobody","knows"]}`)})
	}
	body := e.grown(envelope(updates))
	hold := time.Duration(e.faults.Delay)
	if e.chance(e.faults.Reorder) {
		within := time.Duration(e.faults.ReorderWithin)
		orDuration(&within, 5*time.Second)
		hold += e.draw(Delay{0, within})
	}
	e.badCopies(k, updates, body, at, hold)
	e.send(k, updates, body, at, hold)
	if e.chance(e.faults.Duplicates) {
		copies, within := e.faults.Copies, time.Duration(e.faults.CopiesWithin)
		orInt(&copies, 1)
		orDuration(&within, 3*time.Second)
		for range copies {
			e.send(k, updates, body, at, hold+e.draw(Delay{0, within}))
		}
	}
}

func (e *Emulator) send(k batchKey, updates []update, body []byte, at time.Time, hold time.Duration) {
	e.sendOff(e.deliveryOf(k, updates, body, at), at, hold)
}

func (e *Emulator) deliveryOf(k batchKey, updates []update, body []byte, at time.Time) *delivery {
	fields := make([]string, len(updates))
	for i, u := range updates {
		fields[i] = u.field
	}
	d := &delivery{secret: e.apps[k.app].Secret, epoch: e.epoch}
	d.Delivery = Delivery{App: k.app, URL: k.url, At: at, Fields: fields, Body: string(body), State: "pending"}
	for _, u := range updates {
		for _, other := range u.routes {
			if other != k && !slices.Contains(d.others, other) {
				d.others = append(d.others, other)
			}
		}
	}
	return d
}

func (e *Emulator) sendOff(d *delivery, at time.Time, hold time.Duration) {
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
