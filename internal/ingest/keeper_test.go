package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/clock"
	"wasl/internal/ingest"
	"wasl/internal/wa"
)

// disk is a store whose every commit takes a time; it remembers the groups.
type disk struct {
	mu     sync.Mutex
	takes  time.Duration
	groups [][]wa.DeliveryID
	open   int
	fail   func(group int) error
}

func (d *disk) Keep(ctx context.Context, ds []ingest.Delivery) error {
	d.mu.Lock()
	d.open++
	if d.open > 1 {
		panic("two commits at once")
	}
	var ids []wa.DeliveryID
	for _, x := range ds {
		ids = append(ids, x.ID)
	}
	d.groups = append(d.groups, ids)
	n, takes := len(d.groups), d.takes
	d.mu.Unlock()
	err := clock.Sleep(ctx, takes)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open--
	if err == nil && d.fail != nil {
		err = d.fail(n)
	}
	return err
}

func delivery(i int) ingest.Delivery {
	return ingest.Delivery{ID: wa.DeliveryID(fmt.Sprintf("dlv_%04d", i)), Body: []byte("x")}
}

// TestGroupCommitWithoutATimer: the first caller commits at once and alone;
// everybody who comes during that commit shares the next one.
func TestGroupCommitWithoutATimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{takes: 10 * time.Millisecond}
		k := &ingest.Keeper{Store: d}
		start := clock.Now()
		var wg sync.WaitGroup
		took := make([]time.Duration, 101)
		for i := range 101 {
			wg.Go(func() {
				if i > 0 {
					_ = clock.Sleep(t.Context(), time.Millisecond+time.Duration(i)*50*time.Microsecond)
				}
				if err := k.Keep(t.Context(), delivery(i)); err != nil {
					t.Errorf("caller %d: %v", i, err)
				}
				took[i] = clock.Now().Sub(start)
			})
		}
		wg.Wait()
		if len(d.groups) != 2 || len(d.groups[0]) != 1 || len(d.groups[1]) != 100 {
			t.Fatalf("%d commits of %d, want 2, of 1 and 100", len(d.groups), sizes(d.groups))
		}
		if took[0] != 10*time.Millisecond || took[100] != 20*time.Millisecond {
			t.Errorf("the first waited %v and the last until %v, want 10ms and 20ms", took[0], took[100])
		}
	})
}

func sizes(groups [][]wa.DeliveryID) []int {
	out := make([]int, len(groups))
	for i, g := range groups {
		out[i] = len(g)
	}
	return out
}

// TestIdleKeeperWaitsForNobody: one caller at a time, each has its own commit.
func TestIdleKeeperWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{takes: time.Millisecond}
		k := &ingest.Keeper{Store: d}
		start := clock.Now()
		for i := range 5 {
			if err := k.Keep(t.Context(), delivery(i)); err != nil {
				t.Fatal(err)
			}
		}
		if got := clock.Now().Sub(start); got != 5*time.Millisecond || len(d.groups) != 5 {
			t.Errorf("%d commits in %v, want 5 in 5ms", len(d.groups), got)
		}
	})
}

// TestAGroupHasABound: a flood is no one transaction, and keeps its order.
func TestAGroupHasABound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{takes: time.Millisecond}
		k := &ingest.Keeper{Store: d}
		var wg sync.WaitGroup
		for i := range 1500 {
			wg.Go(func() {
				_ = clock.Sleep(t.Context(), time.Duration(i)) // in the order of their numbers
				if err := k.Keep(t.Context(), delivery(i)); err != nil {
					t.Errorf("caller %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if got := fmt.Sprint(sizes(d.groups)); got != "[1 512 512 475]" {
			t.Errorf("groups of %s, want [1 512 512 475]", got)
		}
		n := 0
		for _, g := range d.groups {
			for _, id := range g {
				if want := delivery(n).ID; id != want {
					t.Fatalf("place %d is %s, want %s", n, id, want)
				}
				n++
			}
		}
	})
}

// TestAGroupHasABoundInBytes: 3 MB deliveries do not add up without end, and one
// that is larger than the bound goes alone.
func TestAGroupHasABoundInBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{takes: time.Millisecond}
		k := &ingest.Keeper{Store: d}
		big := make([]byte, 3<<20)
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				_ = clock.Sleep(t.Context(), time.Duration(i))
				x := delivery(i)
				x.Body = big
				if i == 11 {
					x.Body = make([]byte, 17<<20)
				}
				if err := k.Keep(t.Context(), x); err != nil {
					t.Errorf("caller %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if got := fmt.Sprint(sizes(d.groups)); got != "[1 5 5 1]" {
			t.Errorf("groups of %s, want [1 5 5 1]", got)
		}
	})
}

// TestAnErrorIsEverybodysOfTheGroup, and nobody else's.
func TestAnErrorIsEverybodysOfTheGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("disk full")
		d := &disk{takes: time.Millisecond, fail: func(group int) error {
			if group == 2 {
				return full
			}
			return nil
		}}
		k := &ingest.Keeper{Store: d}
		var wg sync.WaitGroup
		errs := make([]error, 21)
		for i := range 21 {
			wg.Go(func() {
				wait := time.Duration(i) * time.Microsecond
				if i > 10 {
					wait += time.Millisecond // during the second commit
				}
				_ = clock.Sleep(t.Context(), wait)
				errs[i] = k.Keep(t.Context(), delivery(i))
			})
		}
		wg.Wait()
		for i, err := range errs {
			if second := i >= 1 && i <= 10; errors.Is(err, full) != second {
				t.Errorf("caller %d: %v; want an error only for the second group", i, err)
			}
		}
	})
}

// TestStorageTooSlow: whoever's time ends is told so, be it the leader of a
// commit that hangs or one who waits; the keeper goes on afterwards.
func TestStorageTooSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{takes: time.Minute}
		k := &ingest.Keeper{Store: d}
		start := clock.Now()
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				if err := k.Keep(ctx, delivery(i)); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("caller %d: %v, want its deadline", i, err)
				}
				if got := clock.Now().Sub(start); got != 5*time.Second {
					t.Errorf("caller %d waited %v, want 5s", i, got)
				}
			})
		}
		wg.Wait()
		d.mu.Lock()
		d.takes = time.Millisecond
		d.mu.Unlock()
		if err := k.Keep(t.Context(), delivery(99)); err != nil {
			t.Errorf("afterwards: %v", err)
		}
		if got := clock.Now().Sub(start); got != time.Minute+time.Millisecond {
			t.Errorf("afterwards it was kept at %v, want right after the slow commit", got)
		}
		if last := d.groups[len(d.groups)-1]; len(last) != 1 {
			t.Errorf("the last commit kept %v, want what is still waited for and nothing else", last)
		}
	})
}

// TestNobodyIsLeftHanging: callers come and give up at all moments, also at the
// very one at which the lead is handed to them. Everybody gets an answer, an
// answer of nil was kept, and nothing is kept twice.
func TestNobodyIsLeftHanging(t *testing.T) {
	for seed := range 40 {
		synctest.Test(t, func(t *testing.T) {
			d := &disk{takes: 3 * time.Millisecond, fail: func(group int) error {
				if group%5 == 4 {
					return errors.New("now and then it fails")
				}
				return nil
			}}
			k := &ingest.Keeper{Store: d}
			var wg sync.WaitGroup
			errs := make([]error, 60)
			for i := range errs {
				wg.Go(func() {
					_ = clock.Sleep(t.Context(), time.Duration(i*7919*(seed+1)%30)*time.Millisecond)
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i*104729*(seed+1)%8+1)*time.Millisecond)
					defer cancel()
					errs[i] = k.Keep(ctx, delivery(i))
				})
			}
			wg.Wait()
			synctest.Wait()
			if err := k.Keep(t.Context(), delivery(1000)); err != nil && err.Error() != "now and then it fails" {
				t.Errorf("afterwards: %v", err)
			}
			kept := map[wa.DeliveryID]int{}
			for n, g := range d.groups {
				for _, id := range g {
					if (n+1)%5 != 4 {
						kept[id]++
					}
				}
			}
			for i, err := range errs {
				if n := kept[delivery(i).ID]; n > 1 || err == nil && n != 1 {
					t.Errorf("seed %d, caller %d was told %v and kept %d times", seed, i, err, n)
				}
			}
		})
	}
}
