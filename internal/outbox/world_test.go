package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/clock"
	"wasl/internal/outbox"
	"wasl/internal/platform"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

// world is a sender on a real store, and Meta played by a few lines. It lives
// in a bubble, so that durations are exact.
type world struct {
	storetest.Seed
	t      *testing.T
	meta   *meta
	box    *outbox.Box
	sender *outbox.Sender
	number wa.NumberID
	talks  map[string]wa.ConversationID
	began  time.Time
	stop   func()
	crash  func()
}

// meta takes messages and answers after a while.
type meta struct {
	mu     sync.Mutex // guards arrivals
	began  time.Time
	trip   time.Duration
	answer func(n int, e outbox.Envelope) outbox.Answer // n counts arrivals from 1; nil accepts
	seen   []arrival
}

type arrival struct {
	at time.Duration
	e  outbox.Envelope
}

func (a arrival) String() string { return fmt.Sprintf("%v %s", a.at, textOf(a.e)) }

func textOf(e outbox.Envelope) string {
	var c struct{ Text struct{ Body string } }
	_ = json.Unmarshal(e.Content, &c)
	if e.Kind == wa.SendRead {
		return "read " + string(e.Target)
	}
	return c.Text.Body
}

func (m *meta) Body(e outbox.Envelope) ([]byte, error) { return json.Marshal(e) }

func (m *meta) Post(ctx context.Context, p outbox.Post) outbox.Answer {
	var e outbox.Envelope
	if err := json.Unmarshal(p.Body, &e); err != nil {
		panic(err)
	}
	m.mu.Lock()
	m.seen = append(m.seen, arrival{clock.Now().Sub(m.began), e})
	n := len(m.seen)
	m.mu.Unlock()
	a := outbox.Answer{Outcome: outbox.Accepted, Answered: true, HTTP: 200, WAMID: wa.WAMID(fmt.Sprint("wamid.", n))}
	if m.answer != nil {
		a = m.answer(n, e)
	}
	wait := m.trip
	if !a.Answered {
		wait = p.Deadline.Sub(clock.Now())
	}
	_ = clock.Sleep(ctx, wait)
	return a
}

func (m *meta) arrivals() []arrival {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.seen)
}

// inWorld runs a test in a bubble with a Number of mps messages per second and a
// road of trip.
func inWorld(t *testing.T, mps int, trip time.Duration, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(storetest.Noon))
		o := storetest.SQLite(t)
		w := &world{Seed: o.Plant(t, "Shop"), t: t, meta: &meta{trip: trip}, talks: map[string]wa.ConversationID{}}
		w.number = w.Seed.Number("shop")
		w.Exec("UPDATE number SET mps = $2 WHERE business_id = $1", string(w.Business), mps)
		for i, name := range []string{"ana", "ben", "cid", "dia"} {
			w.talks[name] = w.Conversation(w.number, w.Contact(name, fmt.Sprintf("96650000000%d", i)))
		}
		w.hear()
		w.live()
		defer func() { w.stop() }()
		test(t, w)
	})
}

// mortal is a store as it is seen by a process that may have died: from then on
// it can neither read nor write.
type mortal struct {
	outbox.Queue
	dead atomic.Bool
}

var errDead = errors.New("this process is dead")

func (m *mortal) err() error {
	if m.dead.Load() {
		return errDead
	}
	return nil
}

func (m *mortal) DueNumbers(ctx context.Context, now time.Time, after outbox.Work, limit int) ([]outbox.Work, time.Time, error) {
	if err := m.err(); err != nil {
		return nil, time.Time{}, err
	}
	return m.Queue.DueNumbers(ctx, now, after, limit)
}

func (m *mortal) Waiting(ctx context.Context, l outbox.Look) ([]outbox.Item, error) {
	if err := m.err(); err != nil {
		return nil, err
	}
	return m.Queue.Waiting(ctx, l)
}

func (m *mortal) Begin(ctx context.Context, it outbox.Item, a outbox.Beginning) (outbox.Begun, error) {
	if err := m.err(); err != nil {
		return outbox.Begun{}, err
	}
	return m.Queue.Begin(ctx, it, a)
}

func (m *mortal) Conclude(ctx context.Context, c outbox.Conclusion) (outbox.Concluded, error) {
	if err := m.err(); err != nil {
		return outbox.Concluded{}, err
	}
	return m.Queue.Conclude(ctx, c)
}

func (m *mortal) RestNumber(ctx context.Context, b wa.BusinessID, n wa.NumberID, now, notBefore time.Time) (time.Time, error) {
	if err := m.err(); err != nil {
		return time.Time{}, err
	}
	return m.Queue.RestNumber(ctx, b, n, now, notBefore)
}

// alarm is a log in which nobody living may write an error.
type alarm struct {
	t *testing.T
	q *mortal
}

func (a *alarm) Enabled(context.Context, slog.Level) bool { return true }
func (a *alarm) WithAttrs([]slog.Attr) slog.Handler       { return a }
func (a *alarm) WithGroup(string) slog.Handler            { return a }

func (a *alarm) Handle(_ context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError && !a.q.dead.Load() {
		r.Attrs(func(x slog.Attr) bool {
			r.Message += " " + x.String()
			return true
		})
		a.t.Errorf("logged: %s", r.Message)
	}
	return nil
}

// hear lets every customer write, now.
func (w *world) hear() {
	w.Exec("UPDATE conversation SET opened_at = $2 WHERE business_id = $1", string(w.Business), clock.Now().UnixMicro())
}

// live begins a life of the sender, and the test's clock.
func (w *world) live() {
	w.began = clock.Now()
	w.meta.began = w.began
	queue := &mortal{Queue: w.DB}
	s := &outbox.Sender{Queue: queue, API: w.meta, Facts: platform.Known(), Poll: time.Hour, Jitter: func() float64 { return 0 }, Log: slog.New(&alarm{w.t, queue})}
	w.sender = s
	wakes, hush := w.DB.Listen("send")
	s.Wakes = wakes
	w.box = &outbox.Box{Intake: w.DB, Facts: platform.Known(), Wake: s.Wake}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	synctest.Wait()
	var once sync.Once
	w.crash = func() {
		synctest.Wait()
		queue.dead.Store(true)
		stop := w.stop
		w.t.Cleanup(stop)
	}
	w.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				w.t.Errorf("Run: %v", err)
			}
			hush()
		})
	}
}

// say submits a text by an origin, in its own lane.
func (w *world) say(o wa.Origin, to, text string) outbox.Receipt {
	w.t.Helper()
	r, err := w.try(o, to, text)
	if err != nil {
		w.t.Fatalf("submit %q: %v", text, err)
	}
	return r
}

func (w *world) try(o wa.Origin, to, text string) (outbox.Receipt, error) {
	lanes := map[wa.Origin]wa.Lane{wa.FromAgent: wa.PersonLane, wa.FromBot: wa.BotLane, wa.FromAPI: wa.ServiceLane, wa.FromCampaign: wa.CampaignLane}
	return w.box.Submit(context.Background(), wa.Draft{
		Business: w.Business, Conversation: w.talks[to], Kind: wa.SendMessage, Origin: o, Lane: lanes[o],
		Content: wa.Content{JSON: fmt.Appendf(nil, `{"type":"text","text":{"body":%q}}`, text)},
	})
}

func (w *world) status(r outbox.Receipt) wa.Status {
	w.t.Helper()
	synctest.Wait()
	var s wa.Status
	if err := w.Raw.QueryRow("SELECT status FROM message WHERE business_id = $1 AND id = $2", string(w.Business), string(r.Message)).Scan(&s); err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) wantStatus(r outbox.Receipt, want wa.Status) {
	w.t.Helper()
	if got := w.status(r); got != want {
		w.t.Errorf("after %v the status is %s, want %s", clock.Now().Sub(w.began), got, want)
	}
}

// wantArrivals compares what came to Meta, and exactly when.
func (w *world) wantArrivals(want ...string) {
	w.t.Helper()
	synctest.Wait()
	var got []string
	for _, a := range w.meta.arrivals() {
		got = append(got, a.String())
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("arrivals\n got %q\nwant %q", got, want)
	}
}

// write plants a message of a customer.
func (w *world) write(who string, wamid wa.WAMID) {
	var contact wa.ContactID
	if err := w.Raw.QueryRow("SELECT contact_id FROM conversation WHERE business_id = $1 AND id = $2", string(w.Business), string(w.talks[who])).Scan(&contact); err != nil {
		w.t.Fatal(err)
	}
	w.Say(storetest.Said{In: w.talks[who], Number: w.number, Contact: contact, At: clock.Now(), WAMID: wamid, Text: "hello"})
}
