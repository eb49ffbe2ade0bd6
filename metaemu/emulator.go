package metaemu

import (
	"container/heap"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Emulator is Meta, played by a judge who keeps his own books. Make one with
// New, serve its Handler and keep Run running: without Run nothing is delivered
// and no status ever comes. It is safe for concurrent use.
type Emulator struct {
	cfg    Config
	clock  Clock
	client *http.Client
	log    *slog.Logger
	// surface is what can be asked over Graph; it never changes.
	surface surface
	// deeds is what can be planned by name; it never changes.
	deeds map[string]deed

	// links are what stands at the links of sends, with a lock of their own.
	links linkCache

	// mu guards everything below. It is never held while sleeping or during
	// input or output.
	mu sync.Mutex
	world

	queue    eventQueue
	eventSeq uint64
	running  bool
	ready    []*delivery // due now, waiting for a free worker
	inFlight int
	road     map[*delivery]struct{} // those that are with a worker
	// wake ends the sleep of Run; wakeAt is when that sleep ends by itself.
	wake   context.CancelFunc
	wakeAt time.Time
	// closed ends the streams of screens when Run ends.
	closed    chan struct{}
	closeOnce sync.Once
	listeners map[*listener]struct{}
}

// world is all that Reset forgets.
type world struct {
	rng        *rand.Rand
	dice       *rand.PCG // what rng draws from
	idSeq      uint64
	apps       map[string]*app
	portfolios map[string]*portfolio
	wabas      map[string]*waba
	numbers    map[string]*number
	customers  map[string]*customer
	byDigits   map[string]*customer // customers by phone number
	byUserID   map[string]*customer // customers by BSUID, of every portfolio
	tokens     map[string]*token
	codes      map[string]*grant
	messages   map[string]*message // by WAMID
	order      []string            // numbers in the order of their creation
	faults     Faults
	habits     Habits
	signups    map[string]*Signup
	batches    map[batchKey]*batch
	book       book
	purse      purse
	memory     memory
	media      mediaWorld
	templates  templateWorld
	account    accountWorld
	sending    sendWorld
	epoch      epoch // events of an earlier world do nothing
}

// epoch numbers the worlds of one emulator.
type epoch uint64

// New makes an emulator with an empty world: no app, no number, no customer.
func New(cfg Config) *Emulator {
	cfg = cfg.withDefaults()
	e := &Emulator{
		cfg: cfg, clock: cfg.Clock, client: cfg.HTTPClient, log: cfg.Log, surface: newSurface(), deeds: deedsByName(),
		closed: make(chan struct{}), listeners: map[*listener]struct{}{}, road: map[*delivery]struct{}{},
	}
	e.world = e.newWorld(0)
	return e
}

func (e *Emulator) newWorld(turn epoch) world {
	dice := rand.NewPCG(e.cfg.Seed, 0x6d657461)
	return world{
		rng:        rand.New(dice), // #nosec G404 -- chance for tests, not for secrets
		dice:       dice,
		apps:       map[string]*app{},
		portfolios: map[string]*portfolio{},
		wabas:      map[string]*waba{},
		numbers:    map[string]*number{},
		customers:  map[string]*customer{},
		byDigits:   map[string]*customer{},
		byUserID:   map[string]*customer{},
		tokens:     map[string]*token{},
		codes:      map[string]*grant{},
		messages:   map[string]*message{},
		batches:    map[batchKey]*batch{},
		book:       newBook(e.cfg),
		purse:      newPurse(),
		signups:    map[string]*Signup{},
		media:      newMediaWorld(),
		templates:  newTemplateWorld(),
		account:    newAccountWorld(),
		sending:    newSendWorld(),
		epoch:      turn,
	}
}

// Reset forgets everything: every app, number, customer, message, book, fault
// and what was still to come. The clock stays where it is.
func (e *Emulator) Reset() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.world = e.newWorld(e.epoch + 1)
	e.queue, e.ready = nil, nil
	e.announce("reset")
}

// Now is the time on the emulator's clock.
func (e *Emulator) Now() time.Time { return e.clock.Now() }

// Advance moves the emulator's clock forward. It answers an error if the clock
// it was given cannot be moved.
func (e *Emulator) Advance(d time.Duration) error {
	a, ok := e.clock.(Advancer)
	if !ok {
		return errors.New("this clock cannot be moved: the program that started the emulator gave it a clock without Advance")
	}
	a.Advance(d)
	e.enter()
	defer e.mu.Unlock()
	e.poke()
	e.announce("clock")
	return nil
}

// ErrRunning is what a second Run of the same emulator answers.
var ErrRunning = errors.New("the emulator is running already")

// Run carries out what is due — webhooks, their retries, statuses, traffic —
// until ctx ends, then waits for what is on the road and answers nil. What happens
// by itself happens in order of time, so that the same seed gives the same
// story.
func (e *Emulator) Run(ctx context.Context) error {
	e.mu.Lock()
	if e.running {
		e.mu.Unlock()
		return ErrRunning
	}
	e.running = true
	e.mu.Unlock()

	var road sync.WaitGroup
	defer func() {
		e.closeOnce.Do(func() { close(e.closed) })
		road.Wait()
		e.mu.Lock()
		e.running = false
		e.mu.Unlock()
	}()
	for ctx.Err() == nil {
		nap, cancel := context.WithCancel(ctx)
		e.mu.Lock()
		pause := e.runDue()
		start := e.takeReady()
		e.wake, e.wakeAt = cancel, e.clock.Now().Add(pause)
		e.mu.Unlock()
		for _, d := range start {
			road.Go(func() { e.try(ctx, d) })
		}
		if pause > 0 {
			// The error says only that somebody woke us or that ctx is over.
			_ = e.clock.Sleep(nap, pause)
		}
		cancel()
	}
	return nil
}

// enter takes the lock and first lets everything happen that is due, so that
// who asks or acts from outside finds the world as it is now, and the order of
// what happens at one moment does not depend on which goroutine wakes first.
func (e *Emulator) enter() {
	e.mu.Lock()
	for e.runDue() == 0 {
		// More was due than runDue does at once.
	}
}

// dueAtOnce bounds how many events run before others get the lock.
const dueAtOnce = 256

// runDue runs the events that are due and answers how long until the next one.
func (e *Emulator) runDue() time.Duration {
	now := e.clock.Now()
	for range dueAtOnce {
		if len(e.queue) == 0 {
			return time.Hour
		}
		if wait := e.queue[0].at.Sub(now); wait > 0 {
			return wait
		}
		ev := heap.Pop(&e.queue).(event)
		if ev.epoch == e.epoch {
			e.carryOut(ev)
		}
	}
	return 0
}

// schedule puts an event into the queue; what it does runs with mu held and is
// told the time it was meant for, which is what it should write into what it
// reports.
func (e *Emulator) schedule(ev event) {
	e.eventSeq++
	ev.seq, ev.epoch = e.eventSeq, e.epoch
	heap.Push(&e.queue, ev)
	if e.wake != nil && ev.at.Before(e.wakeAt) {
		e.poke()
	}
}

func (e *Emulator) carryOut(ev event) {
	e.deeds[ev.deed].do(e, ev.args, ev.at)
}

// poke ends the nap of Run.
func (e *Emulator) poke() {
	if e.wake != nil {
		e.wake()
		e.wake = nil
	}
}

// draw is a moment within a delay.
func (e *Emulator) draw(d Delay) time.Duration {
	if d.Max <= d.Min {
		return d.Min
	}
	return d.Min + time.Duration(e.rng.Int64N(int64(d.Max-d.Min)+1))
}

// chance is true in a share of cases, 0 to 1. It draws only if there is
// something to decide, so that a switch that is off does not change the story.
func (e *Emulator) chance(share float64) bool {
	return share > 0 && e.rng.Float64() < share
}

type event struct {
	at    time.Time
	seq   uint64
	epoch epoch
	deed  string
	args  any
}

// eventQueue is a heap by time, and by the order of scheduling within a time.
type eventQueue []event

func (q eventQueue) Len() int { return len(q) }
func (q eventQueue) Less(i, j int) bool {
	if !q[i].at.Equal(q[j].at) {
		return q[i].at.Before(q[j].at)
	}
	return q[i].seq < q[j].seq
}
func (q eventQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *eventQueue) Push(x any)   { *q = append(*q, x.(event)) }
func (q *eventQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = event{}
	*q = old[:len(old)-1]
	return last
}
