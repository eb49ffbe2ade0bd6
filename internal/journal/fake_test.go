package journal_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/journal"
	"wasl/internal/wa"
)

// shelf is a store small enough to read. Its mutex guards everything.
type shelf struct {
	mu      sync.Mutex
	entries map[wa.BusinessID][]wa.Entry
	due     map[wa.BusinessID]bool
	cursors map[string]wa.Seq // by Business and reaction
	moves   []string          // of cursors, in order
	parked  []string
	foreign map[wa.BusinessID]bool // owned by another node
	lost    bool                   // ownership ends before the next cursor move
	wake    chan struct{}
}

func newShelf() *shelf {
	return &shelf{
		entries: map[wa.BusinessID][]wa.Entry{}, due: map[wa.BusinessID]bool{}, cursors: map[string]wa.Seq{},
		foreign: map[wa.BusinessID]bool{},
	}
}

// write adds n entries to a journal, and tells nobody.
func (s *shelf) write(b wa.BusinessID, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.entries[b] = append(s.entries[b], wa.Entry{Business: b, Seq: wa.Seq(len(s.entries[b]) + 1)})
	}
	s.due[b] = true
}

func (s *shelf) call() {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *shelf) Due(context.Context) ([]wa.BusinessID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []wa.BusinessID
	for b := range s.due {
		out = append(out, b)
	}
	slices.Sort(out)
	return out, nil
}

func (s *shelf) Claim(_ context.Context, b wa.BusinessID) (int64, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return 1, !s.foreign[b], nil
}

func (s *shelf) Entries(_ context.Context, b wa.BusinessID, after wa.Seq, limit int) ([]wa.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := s.entries[b][after:]
	return slices.Clone(rest[:min(limit, len(rest))]), nil
}

func (s *shelf) Cursor(_ context.Context, b wa.BusinessID, reaction string) (wa.Seq, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cursors[string(b)+"/"+reaction], nil
}

var errNotOwner = errors.New("another node owns it")

func (s *shelf) Advance(_ context.Context, b wa.BusinessID, reaction string, to wa.Seq, epoch int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost || epoch != 1 {
		return errNotOwner
	}
	s.cursors[string(b)+"/"+reaction] = to
	s.moves = append(s.moves, fmt.Sprintf("%s/%s to %d", b, reaction, to))
	return nil
}

func (s *shelf) Park(_ context.Context, b wa.BusinessID, reaction string, seq wa.Seq, reason string, tries int, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parked = append(s.parked, fmt.Sprintf("%s/%s %d after %d: %s", b, reaction, seq, tries, reason))
	return nil
}

func (s *shelf) Unpark(_ context.Context, b wa.BusinessID, reaction string, seq wa.Seq) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	prefix := fmt.Sprintf("%s/%s %d ", b, reaction, seq)
	s.parked = slices.DeleteFunc(s.parked, func(p string) bool { return len(p) >= len(prefix) && p[:len(prefix)] == prefix })
	return nil
}

func (s *shelf) Done(_ context.Context, b wa.BusinessID, reactions []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range reactions {
		if int(s.cursors[string(b)+"/"+r]) < len(s.entries[b]) {
			return nil
		}
	}
	delete(s.due, b)
	return nil
}

// Listen makes its channel when it is called, inside the bubble: to wait for one
// from outside would stop the bubble's clock.
func (s *shelf) Listen(string) (<-chan struct{}, func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wake = make(chan struct{}, 1)
	return s.wake, func() {}
}

func (s *shelf) isDue(b wa.BusinessID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.due[b]
}

// ear is a reaction that notes when it was told what. React may be set.
type ear struct {
	name  string
	react func(ctx context.Context, e wa.Entry, nth int) error
	began time.Time

	mu   sync.Mutex // guards told
	told []telling
}

type telling struct {
	business wa.BusinessID
	seq      wa.Seq
	at       time.Duration // since the test began
}

func (r *ear) Name() string { return r.name }

func (r *ear) React(ctx context.Context, e wa.Entry) error {
	r.mu.Lock()
	nth := 1
	for _, t := range r.told {
		if t.business == e.Business && t.seq == e.Seq {
			nth++
		}
	}
	r.told = append(r.told, telling{e.Business, e.Seq, time.Since(r.began)})
	r.mu.Unlock()
	if r.react == nil {
		return nil
	}
	return r.react(ctx, e, nth)
}

// of returns what it was told of a Business.
func (r *ear) of(b wa.BusinessID) (seqs []wa.Seq, at []time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.told {
		if t.business == b {
			seqs, at = append(seqs, t.seq), append(at, t.at)
		}
	}
	return seqs, at
}

// feed runs a feeder in a bubble until story returns.
func feed(t *testing.T, s *shelf, ears []*ear, story func(f *journal.Feeder)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		stop := begin(t, s, ears, story)
		stop()
	})
}

// begin starts a feeder and returns what ends it.
func begin(t *testing.T, s *shelf, ears []*ear, story func(f *journal.Feeder)) (stop func()) {
	f := &journal.Feeder{Store: s, Log: slog.New(slog.DiscardHandler)}
	for _, r := range ears {
		r.began = time.Now()
		f.Reactions = append(f.Reactions, r)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- f.Run(ctx) }()
	synctest.Wait()
	story(f)
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	}
}
