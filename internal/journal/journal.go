// Package journal feeds reactions: what follows from what happened.
//
// A Business's journal is the one order of everything that happened to it, with
// gap-free positions, written in the transaction that changed the state. Nobody
// calls the bot, the ledger or a hook; each is a [Reaction] that reads on from
// its own cursor, at its own speed.
//
// A reaction is told every entry at least once, in order, and must be keyed by
// its position: the cursor moves after a batch, and a crash repeats the batch.
// A passing error is retried with growing pauses and holds up that reaction for
// that Business only. An error marked [ErrPermanent], or one that does not pass
// in [Tries] tries, parks the entry where people can see it, and the reaction
// moves on: one bad entry must not stop the bot for everybody.
package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"wasl/internal/clock"
	"wasl/internal/wa"
)

// ErrPermanent marks an error that trying again cannot mend.
var ErrPermanent = errors.New("permanent")

// Sizes and times of feeding.
const (
	Tries    = 8
	batch    = 200
	poll     = 5 * time.Second // the truth behind the wakes
	maxPause = time.Minute
	tailers  = 16 // at work at once; a Business with nothing to read has none
)

// TopicReact is woken when some journal has grown.
const TopicReact = "react"

// A Reaction follows from entries.
type Reaction interface {
	// Name is the reaction's name for good: its cursor bears it.
	Name() string
	// React does what follows from e. It may be told e again.
	React(ctx context.Context, e wa.Entry) error
}

// Store is what feeding needs kept.
type Store interface {
	// Due returns Businesses whose journals have grown since they were read by
	// everybody.
	Due(ctx context.Context) ([]wa.BusinessID, error)
	// Claim returns the epoch under which this node owns the Business; ok is
	// false if another node does.
	Claim(ctx context.Context, b wa.BusinessID) (epoch int64, ok bool, err error)
	// Entries returns up to limit entries after a position, in order.
	Entries(ctx context.Context, b wa.BusinessID, after wa.Seq, limit int) ([]wa.Entry, error)
	// Cursor returns how far a reaction has read.
	Cursor(ctx context.Context, b wa.BusinessID, reaction string) (wa.Seq, error)
	// Advance moves a cursor forward, if the Business is still owned under epoch.
	Advance(ctx context.Context, b wa.BusinessID, reaction string, to wa.Seq, epoch int64) error
	// Park sets an entry aside, visibly.
	Park(ctx context.Context, b wa.BusinessID, reaction string, seq wa.Seq, reason string, tries int, now time.Time) error
	// Unpark forgets that an entry was set aside.
	Unpark(ctx context.Context, b wa.BusinessID, reaction string, seq wa.Seq) error
	// Done forgets that a Business is due, if every one of reactions has read its
	// whole journal.
	Done(ctx context.Context, b wa.BusinessID, reactions []string) error
	// Listen returns a channel that receives when topic may have news.
	Listen(topic string) (<-chan struct{}, func())
}

// A Feeder feeds every reaction with the journals of the Businesses this node
// owns.
type Feeder struct {
	Store     Store
	Reactions []Reaction
	Log       *slog.Logger

	mu     sync.Mutex // guards active
	active map[wa.BusinessID]bool
}

// Run feeds until ctx is done.
func (f *Feeder) Run(ctx context.Context) error {
	f.active = map[wa.BusinessID]bool{}
	wake, stop := f.Store.Listen(TopicReact)
	defer stop()
	var work sync.WaitGroup
	defer work.Wait()
	slots := make(chan struct{}, tailers)
	for ctx.Err() == nil {
		due, err := f.Store.Due(ctx)
		if err != nil && ctx.Err() == nil {
			f.Log.Error("reactions wait for the storage", "err", err)
		}
		for _, b := range due {
			if !f.begin(b) {
				continue
			}
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return nil
			}
			work.Go(func() {
				defer func() { <-slots; f.end(b) }()
				f.business(ctx, b)
			})
		}
		t := clock.NewTimer(poll)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-t.C:
		}
		t.Stop()
	}
	return nil
}

func (f *Feeder) begin(b wa.BusinessID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.active[b] {
		return false
	}
	f.active[b] = true
	return true
}

func (f *Feeder) end(b wa.BusinessID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.active, b)
}

// business feeds every reaction with one journal until all have read it whole.
// The reactions go side by side: a slow one holds up no other.
func (f *Feeder) business(ctx context.Context, b wa.BusinessID) {
	epoch, ok, err := f.Store.Claim(ctx, b)
	if err != nil || !ok {
		if err != nil && ctx.Err() == nil {
			f.Log.Error("business not claimed", "business", b, "err", err)
		}
		return
	}
	var work sync.WaitGroup
	names := make([]string, len(f.Reactions))
	for i, r := range f.Reactions {
		names[i] = r.Name()
		work.Go(func() {
			if err := f.tail(ctx, b, r, epoch); err != nil && ctx.Err() == nil {
				f.Log.Error("reaction stopped", "business", b, "reaction", r.Name(), "err", err)
			}
		})
	}
	work.Wait()
	if err := f.Store.Done(ctx, b, names); err != nil && ctx.Err() == nil {
		f.Log.Error("business stays due", "business", b, "err", err)
	}
}

// tail reads on from the cursor to the journal's end.
func (f *Feeder) tail(ctx context.Context, b wa.BusinessID, r Reaction, epoch int64) error {
	seq, err := f.Store.Cursor(ctx, b, r.Name())
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		entries, err := f.Store.Entries(ctx, b, seq, batch)
		if err != nil || len(entries) == 0 {
			return err
		}
		told, err := f.tell(ctx, r, entries)
		if told > seq {
			if err := f.Store.Advance(ctx, b, r.Name(), told, epoch); err != nil {
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

// tell tells a reaction entries in order and returns the position up to which
// it has been told.
func (f *Feeder) tell(ctx context.Context, r Reaction, entries []wa.Entry) (wa.Seq, error) {
	told := entries[0].Seq - 1
	for _, e := range entries {
		if err := f.insist(ctx, r, e); err != nil {
			return told, err
		}
		told = e.Seq
	}
	return told, nil
}

// insist tells one entry, again and again with growing pauses, and parks it if
// that does not help.
func (f *Feeder) insist(ctx context.Context, r Reaction, e wa.Entry) error {
	pause := time.Second
	for try := 1; ; try++ {
		err := r.React(ctx, e)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, ErrPermanent) || try == Tries {
			f.Log.Error("entry parked", "business", e.Business, "reaction", r.Name(), "seq", int64(e.Seq), "tries", try, "err", err)
			return f.Store.Park(ctx, e.Business, r.Name(), e.Seq, reason(err), try, clock.Now())
		}
		if err := clock.Sleep(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, maxPause)
	}
}

// Retry tells a reaction a parked entry once more, and forgets that it was
// parked if it takes it.
func (f *Feeder) Retry(ctx context.Context, b wa.BusinessID, reaction string, seq wa.Seq) error {
	for _, r := range f.Reactions {
		if r.Name() != reaction {
			continue
		}
		entries, err := f.Store.Entries(ctx, b, seq-1, 1)
		if err != nil {
			return err
		}
		if len(entries) == 0 || entries[0].Seq != seq {
			return fmt.Errorf("no entry %d in this journal", seq)
		}
		if err := r.React(ctx, entries[0]); err != nil {
			return fmt.Errorf("told again: %w", err)
		}
		return f.Store.Unpark(ctx, b, reaction, seq)
	}
	return fmt.Errorf("no reaction %q", reaction)
}

// reason is an error as it is shown to an operator, cut to what a row holds.
func reason(err error) string { return fmt.Sprintf("%.200s", err.Error()) }
