package metaemu

import (
	"slices"
	"time"
)

// Arrival is one POST …/messages as it reached Meta's door, and its answer.
type Arrival struct {
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	Number string    `json:"number"`
	To     string    `json:"to"`
	Opaque string    `json:"biz_opaque_callback_data"`
	Type   string    `json:"type"`
	SHA256 string    `json:"sha256"`
	HTTP   int       `json:"http"`
	Code   int       `json:"code"`  // Graph error code, 0 if none
	WAMID  string    `json:"wamid"` // set if the message was accepted
	// Lost: the message was accepted and its answer never left.
	Lost bool `json:"lost"`
}

// Counters go on when the books forget.
type Counters struct {
	Arrivals     int64 `json:"arrivals"`
	Accepted     int64 `json:"accepted"`
	HardBreaches int64 `json:"hard_breaches"`
	SoftBreaches int64 `json:"soft_breaches"`
	Deliveries   int64 `json:"deliveries"`
	Delivered    int64 `json:"delivered"`
	Pending      int64 `json:"pending"`
	Tries        int64 `json:"tries"`
	Failed       int64 `json:"failed_tries"`
	GaveUp       int64 `json:"gave_up"`
	Refused      int64 `json:"refused"`
	Dropped      int64 `json:"dropped"`
	// Untold counts updates that nobody was subscribed to.
	Untold int64 `json:"untold"`
}

// book is what the emulator remembers of its own doings. It keeps the newest so
// many of each kind.
type book struct {
	Counters
	arrivals     ring[Arrival]
	breaches     ring[Breach]
	deliveries   ring[*delivery]
	bodies       []*delivery // in the order they ended, those whose body is kept
	bodyBytes    int
	pendingBytes int // of bodies that are still to be delivered
	keepBodies   int
	breachByRule map[string]int64
}

func newBook(c Config) book {
	return book{
		arrivals: ring[Arrival]{max: c.KeepArrivals}, breaches: ring[Breach]{max: c.KeepBreaches},
		deliveries: ring[*delivery]{max: c.KeepDeliveries}, keepBodies: c.KeepBodies, breachByRule: map[string]int64{},
	}
}

func (b *book) addArrival(a Arrival) {
	b.Arrivals++
	a.Seq = b.Arrivals
	if a.WAMID != "" {
		b.Accepted++
	}
	b.arrivals.add(a)
}

func (b *book) addBreach(x Breach) {
	if x.Hard {
		b.HardBreaches++
	} else {
		b.SoftBreaches++
	}
	b.breachByRule[x.Rule]++
	b.breaches.add(x)
}

func (b *book) addDelivery(d *delivery) {
	b.Deliveries++
	d.ID = b.Deliveries
	b.deliveries.add(d)
	if b.Pending >= maxPending || b.pendingBytes+len(d.Body) > maxPendingBytes {
		b.Dropped++
		d.State, d.Body = "dropped", ""
		return
	}
	b.Pending++
	b.pendingBytes += len(d.Body)
}

// finish ends a delivery, and drops the oldest bodies until the rest fits. One
// that is still to be tried keeps its own, however long others wait.
func (b *book) finish(d *delivery, state string) {
	d.State, d.others = state, nil
	b.Pending--
	b.pendingBytes -= len(d.Body)
	b.bodyBytes += len(d.Body)
	b.bodies = append(b.bodies, d)
	for b.bodyBytes > b.keepBodies && len(b.bodies) > 0 {
		b.bodyBytes -= len(b.bodies[0].Body)
		b.bodies[0].Body = ""
		b.bodies = b.bodies[1:]
	}
}

// ring keeps the newest max values.
type ring[T any] struct {
	max  int
	vals []T
	head int // the oldest, once full
}

func (r *ring[T]) add(v T) {
	if len(r.vals) < r.max {
		r.vals = append(r.vals, v)
		return
	}
	r.vals[r.head] = v
	r.head = (r.head + 1) % r.max
}

// where is the newest values that are wanted, at most limit of them (0: all),
// oldest first.
func (r *ring[T]) where(limit int, wanted func(T) bool) []T {
	list := []T{}
	for i := range r.vals {
		v := r.vals[(r.head+len(r.vals)-1-i)%len(r.vals)]
		if !wanted(v) {
			continue
		}
		if list = append(list, v); len(list) == limit {
			break
		}
	}
	slices.Reverse(list)
	return list
}

// all yields the values, oldest first.
func (r *ring[T]) all(yield func(T) bool) {
	for i := range r.vals {
		if !yield(r.vals[(r.head+i)%len(r.vals)]) {
			return
		}
	}
}

// Arrivals is the book of arrivals, oldest first.
func (e *Emulator) Arrivals() []Arrival {
	e.enter()
	defer e.mu.Unlock()
	return slices.Collect(e.book.arrivals.all)
}

// Breaches is every limit broken, oldest first.
func (e *Emulator) Breaches() []Breach {
	e.enter()
	defer e.mu.Unlock()
	return slices.Collect(e.book.breaches.all)
}

// HardBreaches is those that are the client's own fault. It must be empty.
func (e *Emulator) HardBreaches() []Breach {
	return slices.DeleteFunc(e.Breaches(), func(b Breach) bool { return !b.Hard })
}

// Deliveries is the book of webhooks, oldest first.
func (e *Emulator) Deliveries() []Delivery {
	e.enter()
	defer e.mu.Unlock()
	var list []Delivery
	for d := range e.book.deliveries.all {
		list = append(list, d.copied())
	}
	return list
}

func (d *delivery) copied() Delivery {
	c := d.Delivery
	c.Tries = slices.Clone(c.Tries)
	return c
}

// Counters are the sums of all books.
func (e *Emulator) Counters() Counters {
	e.enter()
	defer e.mu.Unlock()
	return e.book.Counters
}
