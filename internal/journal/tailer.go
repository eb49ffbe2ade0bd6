package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"wasl/internal/clock"
	"wasl/internal/wa"
)

// tailer feeds one reaction with the journal of one Business. It is owned by its
// goroutine. It has a slot while it works, and none while it waits to try again.
type tailer struct {
	store    Store
	log      *slog.Logger
	slot     chan struct{}
	business wa.BusinessID
	reaction Reaction
	epoch    int64
}

// read reads on from the cursor to the journal's end.
func (t tailer) read(ctx context.Context) error {
	if err := t.enter(ctx); err != nil {
		return err
	}
	defer t.rest()
	seq, err := t.store.Cursor(ctx, t.business, t.reaction.Name())
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		entries, err := t.store.Entries(ctx, t.business, seq, batch)
		if err != nil || len(entries) == 0 {
			return err
		}
		told, err := t.tell(ctx, entries)
		if told > seq {
			if err := t.store.Advance(context.WithoutCancel(ctx), t.business, t.reaction.Name(), told, t.epoch); err != nil {
				return err
			}
			seq = told
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tell tells the reaction entries in order and returns the position up to which
// it has been told.
func (t tailer) tell(ctx context.Context, entries []wa.Entry) (wa.Seq, error) {
	told := entries[0].Seq - 1
	for _, e := range entries {
		if err := t.insist(ctx, e); err != nil {
			return told, err
		}
		told = e.Seq
	}
	return told, nil
}

// insist tells one entry, again and again with growing pauses, and parks it if
// that does not help.
func (t tailer) insist(ctx context.Context, e wa.Entry) error {
	pause := time.Second
	for try := 1; ; try++ {
		err := t.reaction.React(ctx, e)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, ErrPermanent) || try == Tries {
			t.log.Error("entry parked", "business", e.Business, "reaction", t.reaction.Name(), "seq", int64(e.Seq), "tries", try, "err", err)
			return t.store.Park(ctx, e.Business, t.reaction.Name(), e.Seq, reason(err), try, clock.Now())
		}
		if err := t.pause(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, maxPause)
	}
}

// pause sleeps without its slot. It has one again when it returns, whatever it
// returns.
func (t tailer) pause(ctx context.Context, d time.Duration) error {
	t.rest()
	err := clock.Sleep(ctx, d)
	t.slot <- struct{}{}
	return err
}

// enter waits for a slot.
func (t tailer) enter(ctx context.Context) error {
	select {
	case t.slot <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// rest gives the slot back.
func (t tailer) rest() { <-t.slot }

// reason is an error as it is shown to an operator, cut to what a row holds.
func reason(err error) string { return fmt.Sprintf("%.200s", err.Error()) }
