package outbox

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"wasl/internal/clock"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

// Sender sends what waits. Set its fields, then call Run once. Its methods are
// safe for concurrent use.
type Sender struct {
	Queue Queue
	API   API
	Facts platform.Book
	Log   *slog.Logger

	// Claim says whether this process sends for a Business, and under which
	// epoch; nil if it is the only one.
	Claim func(context.Context, wa.BusinessID) (epoch int64, mine bool, err error)
	// Wakes tells that some Number has become due in the store; nil if nobody
	// tells. Polling finds it anyway.
	Wakes <-chan struct{}
	// Poll is how often to look by itself; 0 means 5 s.
	Poll time.Duration
	// Jitter is chance between 0 and 1; nil is the machine's.
	Jitter func() float64

	mu      sync.Mutex // guards runners, serving and lookAt
	runners map[place]*runner
	serving context.Context // nil before Run and after
	lookAt  time.Time       // when dispatch looks again by itself
	nudge   chan struct{}   // it should look sooner
	road    sync.WaitGroup  // of runners
}

type place struct {
	business wa.BusinessID
	number   wa.NumberID
}

// duePage is how many Numbers are asked for at once.
const duePage = 256

// Run sends until ctx ends, then waits for what is on the road: up to the
// time a request may take, and the time it takes to write down what became of
// it. Nothing is cut off, because what is cut off is in doubt.
func (s *Sender) Run(ctx context.Context) error {
	s.mu.Lock()
	s.serving, s.runners, s.nudge = ctx, map[place]*runner{}, make(chan struct{}, 1)
	s.mu.Unlock()
	defer s.road.Wait()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.serving = nil
	}()
	for ctx.Err() == nil {
		t := clock.NewTimer(s.look(ctx))
		select {
		case <-t.C:
		case <-s.nudge:
		case <-s.Wakes:
		case <-ctx.Done():
		}
		t.Stop()
	}
	return nil
}

// look dispatches, and remembers until when that is good.
func (s *Sender) look(ctx context.Context) time.Duration {
	s.mu.Lock()
	s.lookAt = clock.Now().Add(1000 * time.Hour) // whatever comes while we look is sooner
	s.mu.Unlock()
	pause := s.dispatch(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lookAt = clock.Now().Add(pause)
	return pause
}

// dueAt tells that a Number which nobody serves any more is due at a time; zero
// if never.
func (s *Sender) dueAt(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.IsZero() || !at.Before(s.lookAt) {
		return
	}
	select {
	case s.nudge <- struct{}{}:
	default:
	}
}

// dispatch wakes every Number that is due, and returns how long until it is
// worth looking again.
func (s *Sender) dispatch(ctx context.Context) time.Duration {
	poll := s.Poll
	if poll == 0 {
		poll = 5 * time.Second
	}
	var after Work
	for {
		now := clock.Now()
		list, next, err := s.Queue.DueNumbers(ctx, now, after, duePage)
		if err != nil {
			if ctx.Err() == nil {
				s.log().Error("cannot see what is due to be sent", "err", err)
			}
			return poll
		}
		for _, w := range list {
			s.Wake(w.Business, w.Number)
		}
		if len(list) == duePage {
			after = list[len(list)-1]
			continue
		}
		if !next.IsZero() {
			poll = min(poll, max(next.Sub(now), time.Millisecond))
		}
		return poll
	}
}

// Wake tells the sender that a Number has something to send. It does not wait
// for anything.
func (s *Sender) Wake(b wa.BusinessID, n wa.NumberID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.serving == nil || s.serving.Err() != nil {
		return
	}
	p := place{b, n}
	if r := s.runners[p]; r != nil {
		r.poke()
		return
	}
	r := newRunner(s, p)
	s.runners[p] = r
	ctx := s.serving
	s.road.Go(func() { r.run(ctx) })
}

// Received tells the pacer of a Number that n messages came in: Meta's limit
// counts both directions. A Number that sends nothing has no pacer and needs
// none.
func (s *Sender) Received(b wa.BusinessID, n wa.NumberID, count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.runners[place{b, n}]; r != nil {
		r.hear(clock.Now(), count)
	}
}

// leave ends a runner, unless it was woken meanwhile.
func (s *Sender) leave(r *runner, even bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !even && len(r.wake) > 0 {
		return false
	}
	delete(s.runners, r.place)
	return true
}

func (s *Sender) claim(ctx context.Context, b wa.BusinessID) (int64, error) {
	if s.Claim == nil {
		return 0, nil
	}
	epoch, mine, err := s.Claim(ctx, b)
	if err == nil && !mine {
		err = ErrNotOwner
	}
	return epoch, err
}

func (s *Sender) log() *slog.Logger {
	if s.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return s.Log
}

func (s *Sender) jitter() float64 {
	if s.Jitter != nil {
		return s.Jitter()
	}
	return rand.Float64() // #nosec G404 -- spreads retries, decides nothing secret
}
