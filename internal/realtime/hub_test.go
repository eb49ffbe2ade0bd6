package realtime_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/realtime"
	"wasl/internal/wa"
)

const b = wa.BusinessID("biz_1")

// journal is a journal in memory. Its mutex guards everything.
type journal struct {
	mu        sync.Mutex
	entries   []wa.Entry
	oldest    wa.Seq // what is before it was pruned
	listeners map[chan struct{}]bool
	deaf      bool // wakes are lost
	reads     int
}

func newJournal(entries int) *journal {
	j := &journal{oldest: 1, listeners: map[chan struct{}]bool{}}
	j.append(entries)
	return j
}

func (j *journal) append(n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for range n {
		j.entries = append(j.entries, wa.Entry{Business: b, Seq: wa.Seq(len(j.entries) + 1), Kind: wa.MessageReceived})
	}
	for c := range j.listeners {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (j *journal) Entries(_ context.Context, _ wa.BusinessID, after wa.Seq, limit int) ([]wa.Entry, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.reads++
	from := max(int(after), int(j.oldest)-1)
	if from >= len(j.entries) {
		return nil, nil
	}
	return append([]wa.Entry(nil), j.entries[from:min(from+limit, len(j.entries))]...), nil
}

func (j *journal) Newest(context.Context, wa.BusinessID) (newest, oldest wa.Seq, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) == 0 {
		return 0, 0, nil
	}
	return wa.Seq(len(j.entries)), j.oldest, nil
}

func (j *journal) Listen(topic string) (<-chan struct{}, func()) {
	if topic != "journal:biz_1" {
		panic("listens on " + topic)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	c := make(chan struct{}, 1)
	if !j.deaf {
		j.listeners[c] = true
	}
	return c, func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		delete(j.listeners, c)
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// follow takes until last was taken, resting in between, and checks that each entry
// comes once and in order.
func follow(t *testing.T, s *realtime.Subscription, after, last wa.Seq, rest func() time.Duration) error {
	want := after + 1
	for want <= last {
		entries, err := s.Take(t.Context())
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.Seq != want {
				return fmt.Errorf("got entry %d, want %d", e.Seq, want)
			}
			want++
		}
		if len(entries) == 0 {
			<-s.Ready()
		}
		time.Sleep(rest())
	}
	return nil
}

// TestNothingLostOrDoubled: many listeners, fast and slow, joining and leaving while
// entries are written in bursts, each see every entry once.
func TestNothingLostOrDoubled(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			j := newJournal(random.IntN(300))
			j.deaf = seed%4 == 0
			h := realtime.NewHub(j, quiet())
			const last = 5000
			var wg sync.WaitGroup
			for i := range 12 {
				after := wa.Seq(random.IntN(len(j.entries) + 1))
				slow := time.Duration(i*i) * time.Millisecond
				wg.Go(func() {
					for at := after; at < last; {
						s, err := h.Subscribe(t.Context(), b, at)
						if err != nil {
							t.Error(err)
							return
						}
						to := min(at+700, last) // then the connection breaks
						if err := follow(t, s, at, to, func() time.Duration { return slow }); err != nil {
							t.Errorf("seed %d, listener %d: %v", seed, i, err)
							s.Close()
							return
						}
						at = s.At()
						s.Close()
					}
				})
			}
			for n := len(j.entries); n < last; {
				burst := min(1+random.IntN(1500), last-n)
				j.append(burst)
				n += burst
				time.Sleep(time.Duration(random.IntN(2000)) * time.Millisecond)
			}
			wg.Wait()
		})
	}
}

// TestAtOnceByWakeAndSoonWithout: a wake is told at once, a lost one costs a second.
func TestAtOnceByWakeAndSoonWithout(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			j := newJournal(3)
			j.deaf = deaf
			s, err := realtime.NewHub(j, quiet()).Subscribe(t.Context(), b, 3)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			synctest.Wait()
			time.Sleep(100 * time.Millisecond)
			began := time.Now()
			j.append(1)
			if err := follow(t, s, 3, 4, func() time.Duration { return 0 }); err != nil {
				t.Fatal(err)
			}
			want := time.Duration(0)
			if deaf {
				want = 900 * time.Millisecond
			}
			if took := time.Since(began); took != want {
				t.Errorf("deaf %v: took %v, want %v", deaf, took, want)
			}
		})
	}
}

func TestLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJournal(10)
		j.oldest = 5
		h := realtime.NewHub(j, quiet())
		for after, lost := range map[wa.Seq]bool{-1: true, 0: true, 3: true, 4: false, 10: false, 11: true} {
			s, err := h.Subscribe(t.Context(), b, after)
			if errors.Is(err, realtime.ErrLost) != lost {
				t.Errorf("Subscribe after %d: %v, want lost %v", after, err, lost)
			}
			if err == nil {
				s.Close()
			}
		}
		s, err := h.Subscribe(t.Context(), b, 4)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		j.mu.Lock()
		j.oldest = 8
		j.mu.Unlock()
		if _, err := s.Take(t.Context()); !errors.Is(err, realtime.ErrLost) {
			t.Errorf("what follows was pruned: %v, want ErrLost", err)
		}
	})
}

// TestEmptyJournal begins at 0, before anything was ever written.
func TestEmptyJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJournal(0)
		s, err := realtime.NewHub(j, quiet()).Subscribe(t.Context(), b, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		j.append(2)
		if err := follow(t, s, 0, 2, func() time.Duration { return 0 }); err != nil {
			t.Error(err)
		}
	})
}

// TestOneTailerForMany: a hundred listeners cost the journal as much as one, and
// nobody listening costs nothing.
func TestOneTailerForMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJournal(0)
		h := realtime.NewHub(j, quiet())
		var subs []*realtime.Subscription
		for range 100 {
			s, err := h.Subscribe(t.Context(), b, 0)
			if err != nil {
				t.Fatal(err)
			}
			subs = append(subs, s)
		}
		synctest.Wait()
		j.reads = 0
		for i := range wa.Seq(10) {
			j.append(1)
			synctest.Wait()
			for _, s := range subs {
				if entries, err := s.Take(t.Context()); err != nil || len(entries) != 1 || entries[0].Seq != i+1 {
					t.Fatalf("Take = %v, %v, want entry %d", entries, err, i+1)
				}
			}
		}
		if j.reads > 20 {
			t.Errorf("the journal was read %d times for 10 entries, want at most 20", j.reads)
		}
		for _, s := range subs {
			s.Close()
			s.Close()
		}
		j.reads = 0
		time.Sleep(time.Minute)
		if j.reads != 0 || len(j.listeners) != 0 {
			t.Errorf("with nobody there the journal was read %d times, and %d listen", j.reads, len(j.listeners))
		}
	})
}
