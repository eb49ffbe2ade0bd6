package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/clock"
	"wasl/internal/ingest"
	"wasl/internal/wa"
)

// shelf is a store of deliveries; applying fails for those in poison, and for
// all while trouble lasts.
type shelf struct {
	ingest.Store
	mu      sync.Mutex
	waiting []ingest.Delivery
	poison  map[wa.DeliveryID]bool
	trouble int
	applied []wa.DeliveryID
	aside   map[wa.DeliveryID]string
	wake    chan struct{}
	asked   []time.Time
}

func (s *shelf) Kept(_ context.Context, after wa.DeliveryID, limit int) ([]ingest.Delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, clock.Now())
	var out []ingest.Delivery
	for _, d := range s.waiting {
		if d.ID > after && len(out) < limit {
			out = append(out, d)
		}
	}
	return out, nil
}

func (s *shelf) done(id wa.DeliveryID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, d := range s.waiting {
		if d.ID == id {
			s.waiting = append(s.waiting[:i:i], s.waiting[i+1:]...)
			return
		}
	}
}

func (s *shelf) Apply(_ context.Context, _ time.Time, ps []ingest.Parsed) ([]wa.BusinessID, error) {
	if s.trouble > 0 {
		s.trouble--
		return nil, fmt.Errorf("apply: %w", ingest.ErrUnavailable)
	}
	for _, p := range ps {
		if s.poison[p.ID] {
			return nil, errors.New("a constraint nobody thought of")
		}
	}
	for _, p := range ps {
		s.applied = append(s.applied, p.ID)
		s.done(p.ID)
	}
	return nil, nil
}

func (s *shelf) SetAside(_ context.Context, id wa.DeliveryID, reason string) error {
	s.aside[id] = reason
	s.done(id)
	return nil
}

func (s *shelf) Listen(string) (<-chan struct{}, func()) { return s.wake, func() {} }

func newShelf(n int) *shelf {
	s := &shelf{poison: map[wa.DeliveryID]bool{}, aside: map[wa.DeliveryID]string{}, wake: make(chan struct{}, 1)}
	for i := range n {
		s.waiting = append(s.waiting, delivery(i))
	}
	return s
}

func reader(s *shelf) *ingest.Reader {
	return &ingest.Reader{Store: s, Log: slog.New(slog.DiscardHandler), Normalize: func(body []byte) ingest.Normalized {
		if strings.HasPrefix(string(body), "broken") {
			return ingest.Normalized{Broken: "it is broken"}
		}
		return ingest.Normalized{}
	}}
}

// TestOneBadDeliveryHoldsUpNoOther: what cannot be read and what cannot be
// applied is set aside with its reason; the rest is applied in its order.
func TestOneBadDeliveryHoldsUpNoOther(t *testing.T) {
	s := newShelf(6)
	s.waiting[1].Body = []byte("broken")
	s.poison[delivery(3).ID] = true
	n, err := reader(s).Round(t.Context())
	if n != 6 || err != nil {
		t.Fatalf("Round = %d, %v; want 6 and no error", n, err)
	}
	if got := fmt.Sprint(s.applied); got != "[dlv_0000 dlv_0002 dlv_0004 dlv_0005]" {
		t.Errorf("applied %s", got)
	}
	if len(s.aside) != 2 || s.aside["dlv_0001"] != "it is broken" || !strings.Contains(s.aside["dlv_0003"], "cannot be applied") {
		t.Errorf("set aside %q", s.aside)
	}
}

// TestReadingAheadLosesNothing: a backlog of many batches is applied once each
// and in its order, through trouble in the middle, a delivery nobody can apply,
// and one that appears behind what was read already.
func TestReadingAheadLosesNothing(t *testing.T) {
	const n = 19 * 512
	s := newShelf(n)
	s.waiting = s.waiting[1:] // its commit is late
	s.poison[delivery(700).ID] = true
	s.trouble = 1
	r := reader(s)
	var want []wa.DeliveryID
	for i := 1; i < n; i++ {
		if i != 700 {
			want = append(want, delivery(i).ID)
		}
	}
	troubles, rounds := 0, 0
	for {
		done, err := r.Round(t.Context())
		if err != nil {
			troubles++
			if troubles > 2 {
				t.Fatal(err)
			}
			continue
		}
		if rounds++; rounds == 3 {
			s.mu.Lock()
			s.waiting = append([]ingest.Delivery{delivery(0)}, s.waiting...)
			s.trouble = 1
			s.mu.Unlock()
		}
		if done == 0 {
			break
		}
	}
	if troubles != 2 {
		t.Errorf("%d rounds failed, want 2", troubles)
	}
	late := slices.Index(s.applied, delivery(0).ID)
	if late < 0 {
		t.Fatal("the late one was never applied")
	}
	if got := slices.Delete(slices.Clone(s.applied), late, late+1); !slices.Equal(got, want) {
		t.Errorf("applied %d in another order, or not all; want %d", len(got), len(want))
	}
	if len(s.aside) != 1 {
		t.Errorf("set aside %q, want one", s.aside)
	}
}

// TestTroubleOfTheStorageSetsNothingAside: it is waited out, longer each time.
func TestTroubleOfTheStorageSetsNothingAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(3)
		s.trouble = 4
		ctx, cancel := context.WithCancel(t.Context())
		start := clock.Now()
		done := make(chan error)
		go func() { done <- reader(s).Run(ctx) }()
		_ = clock.Sleep(ctx, 16*time.Second)
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
		if len(s.aside) != 0 || len(s.applied) != 3 {
			t.Errorf("applied %d, set aside %d; want 3 and 0", len(s.applied), len(s.aside))
		}
		var at []time.Duration
		for _, x := range s.asked[:5] {
			at = append(at, x.Sub(start))
		}
		if got := fmt.Sprint(at); got != "[0s 1s 3s 7s 15s]" {
			t.Errorf("tried at %s, want [0s 1s 3s 7s 15s]", got)
		}
	})
}

// TestAWakeIsAHint: it is followed at once, and without one the reader looks by
// itself after five seconds.
func TestAWakeIsAHint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(0)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- reader(s).Run(ctx) }()
		_ = clock.Sleep(ctx, 2*time.Second)
		s.waiting = append(s.waiting, delivery(1))
		s.wake <- struct{}{}
		synctest.Wait()
		if len(s.applied) != 1 {
			t.Error("a wake was not followed at once")
		}
		s.waiting = append(s.waiting, delivery(2))
		_ = clock.Sleep(ctx, 5*time.Second+time.Millisecond)
		if len(s.applied) != 2 {
			t.Error("without a wake nobody looked for five seconds")
		}
		cancel()
		<-done
	})
}
