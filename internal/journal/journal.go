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
	tailers  = 16 // of one reaction at work at once; a Business with nothing to read has none
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
// owns. Each pair of Business and reaction is followed by itself, while there is
// something to read: a reaction that is slow, or waits to try again, holds up
// neither another reaction nor its own work for another Business.
type Feeder struct {
	Store     Store
	Reactions []Reaction
	Log       *slog.Logger

	slots map[string]chan struct{} // by reaction, for those at work

	mu     sync.Mutex       // guards active
	active map[pairing]bool // true if it was woken again meanwhile
}

// pairing is a Business and the name of a reaction.
type pairing struct {
	business wa.BusinessID
	reaction string
}

// Run feeds until ctx is done.
func (f *Feeder) Run(ctx context.Context) error {
	f.active, f.slots = map[pairing]bool{}, map[string]chan struct{}{}
	for _, r := range f.Reactions {
		f.slots[r.Name()] = make(chan struct{}, tailers)
	}
	wake, stop := f.Store.Listen(TopicReact)
	defer stop()
	var work sync.WaitGroup
	defer work.Wait()
	for ctx.Err() == nil {
		due, err := f.Store.Due(ctx)
		if err != nil && ctx.Err() == nil {
			f.Log.Error("reactions wait for the storage", "err", err)
		}
		for _, b := range due {
			if idle := f.idle(b); len(idle) > 0 {
				f.business(ctx, b, idle, &work)
			}
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

// idle returns the reactions that are not following a Business's journal, and
// marks them as following it; the others are told to look once more.
func (f *Feeder) idle(b wa.BusinessID) []Reaction {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []Reaction
	for _, r := range f.Reactions {
		p := pairing{b, r.Name()}
		if _, busy := f.active[p]; busy {
			f.active[p] = true
			continue
		}
		f.active[p] = false
		out = append(out, r)
	}
	return out
}

// leave ends the following of a journal, unless it was woken meanwhile; in any
// case if even. Last reports whether no reaction follows this journal any more.
func (f *Feeder) leave(b wa.BusinessID, r Reaction, even bool) (gone, last bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := pairing{b, r.Name()}
	if f.active[p] && !even {
		f.active[p] = false
		return false, false
	}
	delete(f.active, p)
	for _, other := range f.Reactions {
		if _, busy := f.active[pairing{b, other.Name()}]; busy {
			return true, false
		}
	}
	return true, true
}

// business lets reactions follow a journal, each by itself, if it is ours.
func (f *Feeder) business(ctx context.Context, b wa.BusinessID, reactions []Reaction, work *sync.WaitGroup) {
	epoch, ok, err := f.Store.Claim(ctx, b)
	if err != nil && ctx.Err() == nil {
		f.Log.Error("business not claimed", "business", b, "err", err)
	}
	for _, r := range reactions {
		if err != nil || !ok {
			f.leave(b, r, true)
			continue
		}
		work.Go(func() { f.follow(ctx, b, r, epoch) })
	}
}

// follow feeds a reaction until it has read the journal whole. The last one to
// have done so says that the Business is not due any more.
func (f *Feeder) follow(ctx context.Context, b wa.BusinessID, r Reaction, epoch int64) {
	t := tailer{store: f.Store, log: f.Log, slot: f.slots[r.Name()], business: b, reaction: r, epoch: epoch}
	for {
		err := t.read(ctx)
		if err != nil && ctx.Err() == nil {
			f.Log.Error("reaction stopped", "business", b, "reaction", r.Name(), "err", err)
		}
		gone, last := f.leave(b, r, err != nil || ctx.Err() != nil)
		if !gone {
			continue
		}
		if last && err == nil && ctx.Err() == nil {
			f.done(ctx, b)
		}
		return
	}
}

func (f *Feeder) done(ctx context.Context, b wa.BusinessID) {
	names := make([]string, len(f.Reactions))
	for i, r := range f.Reactions {
		names[i] = r.Name()
	}
	if err := f.Store.Done(ctx, b, names); err != nil && ctx.Err() == nil {
		f.Log.Error("business stays due", "business", b, "err", err)
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
