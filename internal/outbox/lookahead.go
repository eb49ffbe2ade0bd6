package outbox

import (
	"context"
	"maps"
	"slices"
	"time"

	"wasl/internal/pacer"
	"wasl/internal/wa"
)

// lookahead is what a runner has seen of its queue: the first items of each
// lane. Rows are re-read when somebody says that there are others, so what
// stands here may be out of date; Begin has the last word.
type lookahead struct {
	lanes [4][]Item
	more  [4]bool   // the lane goes on beyond what was read
	past  bool      // some contacts' later items were passed over
	at    time.Time // when it was read
	stale bool
}

const (
	// lookAhead is how many items of a lane are read at once. It is more than a
	// Number can send in the time of a pair's rest.
	lookAhead = 64
	// lookFurthest bounds how far a runner looks past contacts who must wait.
	lookFurthest = 1024
	// lookAnew is how long what was read is good for if nobody says otherwise.
	lookAnew = time.Second
)

func (l *lookahead) drop(it Item) {
	for i := range l.lanes {
		l.lanes[i] = slices.DeleteFunc(l.lanes[i], func(x Item) bool { return x.ID == it.ID })
	}
}

// choose returns the item that should go next, or how long to wait until one
// may: people's lane first; within a lane in order, but a contact who must wait
// holds up nobody else, and later messages to one contact never overtake
// earlier ones.
func (r *runner) choose(ctx context.Context, now time.Time) (*Item, time.Duration, error) {
	if r.ahead.stale || now.Sub(r.ahead.at) >= lookAnew {
		if err := r.look(ctx, now); err != nil {
			return nil, 0, err
		}
	}
	blocked := map[wa.ConversationID]bool{}
	soonest := pacer.UntilAnswer
	for lane := range r.ahead.lanes {
		for from := 0; ; {
			it, wait := r.first(now, r.ahead.lanes[lane][from:], blocked)
			soonest = min(soonest, wait)
			if it != nil {
				return it, 0, nil
			}
			from = len(r.ahead.lanes[lane])
			if !r.ahead.more[lane] || from >= lookFurthest {
				break
			}
			if err := r.further(ctx, now, lane, blocked); err != nil {
				return nil, 0, err
			}
		}
	}
	return nil, soonest, nil
}

// first returns the first item whose contact may be written to now, or how long
// until one of them may.
func (r *runner) first(now time.Time, items []Item, blocked map[wa.ConversationID]bool) (*Item, time.Duration) {
	soonest := pacer.UntilAnswer
	for i := range items {
		it := &items[i]
		if blocked[it.Conversation] {
			continue
		}
		wait := max(it.Due.Sub(now), r.pacer.WaitPair(now, it.Conversation))
		if wait <= 0 && !r.busy[it.Conversation] {
			return it, 0
		}
		blocked[it.Conversation] = true
		if !r.busy[it.Conversation] {
			soonest = min(soonest, wait)
		}
	}
	return nil, soonest
}

// look reads the beginning of every lane anew.
func (r *runner) look(ctx context.Context, now time.Time) error {
	for i, lane := range wa.Lanes {
		items, err := r.s.Queue.Waiting(ctx, Look{Business: r.business, Number: r.place.number, Lane: lane, Now: now, Limit: lookAhead})
		if err != nil {
			return err
		}
		r.ahead.lanes[i], r.ahead.more[i] = items, len(items) == lookAhead
	}
	r.ahead.at, r.ahead.stale, r.ahead.past = now, false, false
	return nil
}

// further reads on in a lane, past the contacts who must wait.
func (r *runner) further(ctx context.Context, now time.Time, lane int, blocked map[wa.ConversationID]bool) error {
	skip := slices.Sorted(maps.Keys(blocked))
	items, err := r.s.Queue.Waiting(ctx, Look{Business: r.business, Number: r.place.number, Lane: wa.Lanes[lane], Now: now, Skip: skip, Limit: lookAhead})
	if err != nil {
		return err
	}
	r.ahead.lanes[lane] = append(r.ahead.lanes[lane], items...)
	r.ahead.more[lane] = len(items) == lookAhead
	r.ahead.past = true
	return nil
}
