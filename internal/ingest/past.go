package ingest

import (
	"context"
	"errors"
	"time"

	"wasl/internal/clock"
	"wasl/internal/wa"
)

// Sizes of the history lane. A live message waits for one slice at most, about a
// fiftieth of a second, since whoever has something more urgent to write comes
// before the next slice.
const (
	historySlice = 512         // messages of the past in one short transaction
	historyStint = time.Second // for one Business, before the next has its turn
)

// A fragment is a piece of the history that is read and understood.
type fragment struct {
	s      Slice
	ev     wa.Event
	broken string // why it cannot be applied
	ok     bool   // there is one
	err    error
}

// HistoryRound gives every Business of which history waits its turn.
func (r *Reader) HistoryRound(ctx context.Context) (int, error) {
	bs, err := r.Store.HistoryWaits(ctx)
	if err != nil {
		return 0, err
	}
	done := 0
	for _, b := range bs {
		n, err := r.historyTurn(ctx, b)
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// historyTurn applies fragments of one Business, slice by slice, until its time
// is up or none waits. While one is written the next is read and understood: two
// fragments are in memory, never more. It returns how many slices it was.
func (r *Reader) historyTurn(ctx context.Context, b wa.BusinessID) (slices int, err error) {
	ends := clock.Now().Add(historyStint)
	f := r.fragment(ctx, b, "")
	for f.err == nil && f.ok {
		ahead := make(chan fragment, 1)
		go func() { ahead <- r.fragment(ctx, b, f.s.Inbound) }()
		n, whole, err := r.tell(ctx, f, ends)
		slices += n
		next := <-ahead
		if err != nil || !whole || !clock.Now().Before(ends) {
			return slices, err
		}
		f = next
	}
	return slices, f.err
}

// fragment reads and understands the next one.
func (r *Reader) fragment(ctx context.Context, b wa.BusinessID, after string) (f fragment) {
	var body []byte
	f.s, body, f.ok, f.err = r.Store.NextHistory(ctx, b, after)
	if f.err != nil || !f.ok {
		return f
	}
	n := r.Normalize(body)
	if f.s.Part >= len(n.Events) {
		f.broken = "its delivery has no such part"
		return f
	}
	f.ev = n.Events[f.s.Part]
	return f
}

// tell applies one fragment, or as much of it as there is time for. What cannot
// be applied is set aside; whole says that nothing is left of it to do.
func (r *Reader) tell(ctx context.Context, f fragment, ends time.Time) (slices int, whole bool, err error) {
	if f.broken != "" {
		return 1, true, r.Store.ParkHistory(ctx, f.s, f.broken)
	}
	for !whole && (slices == 0 || clock.Now().Before(ends)) {
		var next Slice
		next, whole, err = r.Store.ApplyHistory(ctx, clock.Now(), f.s, f.ev, historySlice)
		slices++
		switch {
		case err == nil:
			f.s = next
		case errors.Is(err, ErrMoved):
			return slices, false, nil
		case errors.Is(err, ErrUnavailable) || ctx.Err() != nil:
			return slices, false, err
		default:
			r.Log.Error("history cannot be applied and is set aside", "business", f.s.Business, "fragment", f.s.Inbound, "err", err)
			return slices, true, r.Store.ParkHistory(ctx, f.s, class(err))
		}
	}
	return slices, whole, nil
}
