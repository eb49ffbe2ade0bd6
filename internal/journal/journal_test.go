package journal_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/internal/journal"
	"wasl/internal/wa"
)

const s = time.Second

// upTo is 1, 2, …, n.
func upTo(n int) []wa.Seq {
	out := make([]wa.Seq, n)
	for i := range out {
		out[i] = wa.Seq(i + 1)
	}
	return out
}

func (s *shelf) snapshot() (moves, parked []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.moves), slices.Clone(s.parked)
}

// TestToldInOrderOneMoveABatch: everything is told once, in order, and the
// cursor moves once for every 200 entries.
func TestToldInOrderOneMoveABatch(t *testing.T) {
	shelf, bot := newShelf(), &ear{name: "bot"}
	shelf.write("a", 450)
	feed(t, shelf, []*ear{bot}, func(*journal.Feeder) {})
	seqs, _ := bot.of("a")
	if diff := cmp.Diff(upTo(450), seqs); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	moves, _ := shelf.snapshot()
	if diff := cmp.Diff([]string{"a/bot to 200", "a/bot to 400", "a/bot to 450"}, moves); diff != "" {
		t.Errorf("moves (-want +got):\n%s", diff)
	}
	if shelf.isDue("a") {
		t.Error("the journal is read whole and still due")
	}
}

// TestToldAgainAfterACrash: a life that ends in the middle of a batch, without
// the time to move its cursor, leaves the whole batch to the next.
func TestToldAgainAfterACrash(t *testing.T) {
	shelf := newShelf()
	shelf.write("a", 10)
	first := &ear{name: "bot", react: func(ctx context.Context, e wa.Entry, _ int) error {
		if e.Seq < 7 {
			return nil
		}
		<-ctx.Done()
		return ctx.Err()
	}}
	shelf.lost = true // what is killed moves nothing any more
	feed(t, shelf, []*ear{first}, func(*journal.Feeder) {})
	shelf.lost = false
	second := &ear{name: "bot"}
	feed(t, shelf, []*ear{second}, func(*journal.Feeder) {})
	seqs, _ := second.of("a")
	if diff := cmp.Diff(upTo(10), seqs); diff != "" {
		t.Errorf("the second life was told (-want +got):\n%s", diff)
	}
}

// TestStopKeepsItsPlace: a life that is asked to end moves its cursor to where
// it has come.
func TestStopKeepsItsPlace(t *testing.T) {
	shelf := newShelf()
	shelf.write("a", 10)
	bot := &ear{name: "bot", react: func(ctx context.Context, e wa.Entry, _ int) error {
		if e.Seq < 7 {
			return nil
		}
		<-ctx.Done()
		return ctx.Err()
	}}
	feed(t, shelf, []*ear{bot}, func(*journal.Feeder) {})
	moves, _ := shelf.snapshot()
	if diff := cmp.Diff([]string{"a/bot to 6"}, moves); diff != "" {
		t.Errorf("moves (-want +got):\n%s", diff)
	}
}

// TestBackOff: a passing error is tried again after 1, 2, 4, … at most 60 s; one
// that does not pass in eight tries is parked, and the next entry follows.
func TestBackOff(t *testing.T) {
	var all, some []time.Duration
	for _, at := range []int{0, 1, 3, 7, 15, 31, 63, 123} {
		all = append(all, time.Duration(at)*s)
	}
	some = all[:4]
	tests := []struct {
		name   string
		fails  int // tries of entry 2
		err    error
		want   []time.Duration
		parked []string
	}{
		{"one that passes at the fourth try", 3, errors.New("away"), some, nil},
		{"one that passes at the last try", 7, errors.New("away"), all, nil},
		{"one that does not pass", 8, errors.New("away"), all, []string{"a/bot 2 after 8: away"}},
		{"one that cannot be mended", 1, fmt.Errorf("%w: no such template", journal.ErrPermanent), all[:1], []string{"a/bot 2 after 1: permanent: no such template"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			shelf := newShelf()
			shelf.write("a", 3)
			bot := &ear{name: "bot", react: func(_ context.Context, e wa.Entry, nth int) error {
				if e.Seq == 2 && nth <= tt.fails {
					return tt.err
				}
				return nil
			}}
			feed(t, shelf, []*ear{bot}, func(*journal.Feeder) { time.Sleep(10 * time.Minute) })
			var at []time.Duration
			for _, x := range bot.told {
				if x.seq == 2 {
					at = append(at, x.at)
				}
			}
			if diff := cmp.Diff(tt.want, at); diff != "" {
				t.Errorf("entry 2 was told at (-want +got):\n%s", diff)
			}
			moves, parked := shelf.snapshot()
			if diff := cmp.Diff(tt.parked, parked); diff != "" {
				t.Errorf("parked (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"a/bot to 3"}, moves); diff != "" {
				t.Errorf("moves (-want +got):\n%s", diff)
			}
			if last := bot.told[len(bot.told)-1]; last.seq != 3 || last.at != tt.want[len(tt.want)-1] {
				t.Errorf("entry 3 was told at %v, want at once after entry 2 (%v)", last.at, tt.want[len(tt.want)-1])
			}
		})
	}
}

// TestSlowHoldsUpNoOther: while a reaction is busy with one entry of one
// Business, the others go on, for that Business too, and also with what is
// written meanwhile.
func TestSlowHoldsUpNoOther(t *testing.T) {
	shelf := newShelf()
	crm := &ear{name: "crm", react: func(ctx context.Context, e wa.Entry, _ int) error {
		if e.Business != "a" {
			return nil
		}
		time.Sleep(time.Hour)
		return nil
	}}
	bot := &ear{name: "bot"}
	shelf.write("a", 2)
	shelf.write("b", 2)
	feed(t, shelf, []*ear{crm, bot}, func(*journal.Feeder) {
		time.Sleep(10 * s)
		shelf.write("a", 1)
		shelf.write("b", 1)
		shelf.call()
		synctest.Wait()
		for _, b := range []wa.BusinessID{"a", "b"} {
			seqs, at := bot.of(b)
			if diff := cmp.Diff(upTo(3), seqs); diff != "" {
				t.Errorf("bot was told of %s (-want +got):\n%s", b, diff)
			}
			if diff := cmp.Diff([]time.Duration{0, 0, 10 * s}, at); diff != "" {
				t.Errorf("bot was told of %s at (-want +got):\n%s", b, diff)
			}
		}
		if seqs, _ := crm.of("b"); len(seqs) != 3 {
			t.Errorf("crm was told %v of b, want all of it", seqs)
		}
		if !shelf.isDue("a") || shelf.isDue("b") {
			t.Errorf("due: a %v, b %v; want a, of which crm has not read all, and not b", shelf.isDue("a"), shelf.isDue("b"))
		}
		time.Sleep(4 * time.Hour)
		if seqs, _ := crm.of("a"); !slices.Equal(seqs, upTo(3)) || shelf.isDue("a") {
			t.Errorf("in the end crm was told %v of a, due %v; want all of it, and not due", seqs, shelf.isDue("a"))
		}
	})
}

// TestWaitingTakesNoPlace: more Businesses wait to try again than may be at work
// at once, and one more is told without delay.
func TestWaitingTakesNoPlace(t *testing.T) {
	shelf := newShelf()
	crm := &ear{name: "crm", react: func(_ context.Context, e wa.Entry, _ int) error {
		if e.Business == "z" {
			return nil
		}
		return errors.New("away")
	}}
	for i := range 40 {
		shelf.write(wa.BusinessID(fmt.Sprintf("b%02d", i)), 1)
	}
	feed(t, shelf, []*ear{crm}, func(*journal.Feeder) {
		time.Sleep(20 * s)
		shelf.write("z", 1)
		shelf.call()
		synctest.Wait()
		if _, at := crm.of("z"); !slices.Equal(at, []time.Duration{20 * s}) {
			t.Errorf("z was told at %v, want 20 s", at)
		}
	})
	_, parked := shelf.snapshot()
	if len(parked) != 0 {
		t.Errorf("%d entries were parked after 20 s", len(parked))
	}
}

// TestWakeAndPoll: who is woken looks at once; without a wake, within 5 s.
func TestWakeAndPoll(t *testing.T) {
	shelf, bot := newShelf(), &ear{name: "bot"}
	feed(t, shelf, []*ear{bot}, func(*journal.Feeder) {
		time.Sleep(2 * s)
		shelf.write("a", 1)
		shelf.call()
		synctest.Wait()
		time.Sleep(1 * s) // the timer began anew at the wake
		shelf.write("a", 1)
		time.Sleep(10 * s)
	})
	_, at := bot.of("a")
	if diff := cmp.Diff([]time.Duration{2 * s, 7 * s}, at); diff != "" {
		t.Errorf("told at (-want +got):\n%s", diff)
	}
}

// TestOwnershipLost: a node that does not own a Business tells nothing of it,
// and one that loses it moves nothing more and stops after its batch.
func TestOwnershipLost(t *testing.T) {
	shelf, bot := newShelf(), &ear{name: "bot"}
	shelf.foreign["theirs"] = true
	shelf.write("theirs", 3)
	shelf.write("ours", 450)
	bot.react = func(_ context.Context, e wa.Entry, _ int) error {
		if e.Seq == 250 {
			shelf.mu.Lock()
			defer shelf.mu.Unlock()
			shelf.lost, shelf.foreign["ours"] = true, true
		}
		return nil
	}
	feed(t, shelf, []*ear{bot}, func(*journal.Feeder) { time.Sleep(time.Minute) })
	if seqs, _ := bot.of("theirs"); len(seqs) != 0 {
		t.Errorf("told %v of a Business that another node owns", seqs)
	}
	if seqs, _ := bot.of("ours"); !slices.Equal(seqs, upTo(400)) {
		t.Errorf("told up to %d, want up to 400: the batch in which ownership was lost, and no further", len(seqs))
	}
	moves, _ := shelf.snapshot()
	if diff := cmp.Diff([]string{"ours/bot to 200"}, moves); diff != "" {
		t.Errorf("moves (-want +got):\n%s", diff)
	}
	if !shelf.isDue("ours") {
		t.Error("the Business is not due any more, although nobody has read all of it")
	}
}

// TestRetry: a parked entry is told again when a person asks, and is parked no
// more once it is taken.
func TestRetry(t *testing.T) {
	shelf, mended := newShelf(), false
	bot := &ear{name: "bot"}
	bot.react = func(_ context.Context, e wa.Entry, _ int) error {
		if e.Seq == 2 && !mended {
			return journal.ErrPermanent
		}
		return nil
	}
	shelf.write("a", 3)
	feed(t, shelf, []*ear{bot}, func(f *journal.Feeder) {
		if err := f.Retry(t.Context(), "a", "bot", 2); !errors.Is(err, journal.ErrPermanent) {
			t.Errorf("Retry = %v, want the reaction's error", err)
		}
		if _, parked := shelf.snapshot(); len(parked) != 1 {
			t.Errorf("parked = %v, want the entry still", parked)
		}
		mended = true
		if err := f.Retry(t.Context(), "a", "bot", 2); err != nil {
			t.Errorf("Retry = %v, want nil", err)
		}
		for _, wrong := range []struct {
			reaction string
			seq      wa.Seq
		}{{"nobody", 2}, {"bot", 4}} {
			if err := f.Retry(t.Context(), "a", wrong.reaction, wrong.seq); err == nil {
				t.Errorf("Retry of %s %d = nil, want an error", wrong.reaction, wrong.seq)
			}
		}
	})
	if _, parked := shelf.snapshot(); len(parked) != 0 {
		t.Errorf("parked = %v, want nothing", parked)
	}
}
