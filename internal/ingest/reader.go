package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"wasl/internal/clock"
	"wasl/internal/wa"
)

// ErrUnavailable says that the storage could not be written or read: nothing is
// wrong with what was to be stored, and it is tried again.
var ErrUnavailable = errors.New("storage is not available")

// Sizes and times of the reader.
const (
	batch = 1024            // deliveries a transaction
	poll  = 5 * time.Second // the truth behind the wakes
)

// A Reader understands kept deliveries and applies them.
type Reader struct {
	Store     Store
	Normalize func(body []byte) Normalized
	// Heard is told how many live messages a Number has just received, because
	// Meta's speed limit counts both directions; nil if nobody wants to know.
	Heard func(n wa.PhoneNumberID, count int)
	Log   *slog.Logger

	ahead   chan bundle // nil, or the batch that is being read
	strides int         // batches read ahead in a row
}

// fresh is how old a message may be to count against this second's speed.
const fresh = 2 * time.Second

// Run applies deliveries as they are kept, until ctx is done. Storage trouble
// is waited out; a delivery that cannot be applied is set aside, so that it
// does not hold up the rest.
func (r *Reader) Run(ctx context.Context) error {
	defer r.forget()
	return r.loop(ctx, TopicKept, r.Round)
}

// RunHistory applies waiting history, a slice at a time, until ctx is done.
func (r *Reader) RunHistory(ctx context.Context) error {
	return r.loop(ctx, TopicHistory, r.HistoryRound)
}

// loop does rounds while there is something to do, then waits for a wake.
func (r *Reader) loop(ctx context.Context, topic string, round func(context.Context) (int, error)) error {
	wake, stop := r.Store.Listen(topic)
	defer stop()
	trouble := time.Duration(0)
	for ctx.Err() == nil {
		n, err := round(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			trouble = min(30*time.Second, max(time.Second, 2*trouble))
			r.Log.Error("applying waits for the storage", "what", topic, "for", trouble, "err", err)
			if clock.Sleep(ctx, trouble) != nil {
				return nil
			}
			continue
		case n > 0:
			trouble = 0
			continue
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

// Round applies one batch of kept deliveries and returns how many it was. While
// there is more than one batch, the next is read and understood as this one is
// written. One goroutine at a time may do rounds.
func (r *Reader) Round(ctx context.Context) (int, error) {
	read, err := r.next(ctx)
	if err != nil || len(read.ds) == 0 {
		return 0, err
	}
	if len(read.ds) == batch && r.strides < maxStrides {
		r.strides++
		ahead := make(chan bundle, 1)
		go func() { ahead <- r.read(ctx, read.ds[batch-1].ID) }()
		r.ahead = ahead
	}
	n, err := r.write(ctx, read)
	if err != nil {
		r.forget() // what could not be written comes first again
	}
	return n, err
}

// forget waits for what is being read ahead and drops it.
func (r *Reader) forget() {
	if r.ahead != nil {
		<-r.ahead
		r.ahead = nil
	}
}

// maxStrides is how many batches are read ahead in a row before the reader
// looks again from the beginning: a delivery's id is older than its commit, so
// that one may appear behind what was read already.
const maxStrides = 16

// A bundle is a batch that is read and understood.
type bundle struct {
	ds   []Delivery
	said []Normalized
	err  error
}

func (r *Reader) next(ctx context.Context) (bundle, error) {
	if r.ahead != nil {
		b := <-r.ahead
		r.ahead = nil
		if b.err != nil || len(b.ds) > 0 {
			return b, b.err
		}
	}
	r.strides = 0
	b := r.read(ctx, "")
	return b, b.err
}

func (r *Reader) read(ctx context.Context, after wa.DeliveryID) bundle {
	ds, err := r.Store.Kept(ctx, after, batch)
	if err != nil || len(ds) == 0 {
		return bundle{err: err}
	}
	return bundle{ds: ds, said: r.understand(ds)}
}

// write applies what was read, and sets aside what cannot be.
func (r *Reader) write(ctx context.Context, b bundle) (int, error) {
	ds := b.ds
	ps := make([]Parsed, 0, len(ds))
	for i, d := range ds {
		n := b.said[i]
		if n.Broken == "" {
			ps = append(ps, Parsed{Delivery: d, Normalized: n})
			continue
		}
		r.Log.Error("delivery cannot be read and is set aside", "delivery", d.ID, "reason", n.Broken)
		if err := r.Store.SetAside(ctx, d.ID, n.Broken); err != nil {
			return 0, err
		}
	}
	return len(ds), r.apply(ctx, ps)
}

// understand normalises a batch on all processors: it is the part of the work
// that needs no database.
func (r *Reader) understand(ds []Delivery) []Normalized {
	said := make([]Normalized, len(ds))
	var work sync.WaitGroup
	share := max(16, (len(ds)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	for from := 0; from < len(ds); from += share {
		work.Go(func() {
			for i := from; i < min(from+share, len(ds)); i++ {
				said[i] = r.Normalize(ds[i].Body)
			}
		})
	}
	work.Wait()
	return said
}

// apply applies a batch, or, if that fails for another reason than the storage,
// each delivery by itself, setting aside the one that is to blame.
func (r *Reader) apply(ctx context.Context, ps []Parsed) error {
	if len(ps) == 0 {
		return nil
	}
	r.tellPacer(ps)
	_, err := r.Store.Apply(ctx, clock.Now(), ps)
	if err == nil || errors.Is(err, ErrUnavailable) || ctx.Err() != nil {
		return err
	}
	if len(ps) > 1 {
		for i := range ps {
			if err := r.apply(ctx, ps[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	r.Log.Error("delivery cannot be applied and is set aside", "delivery", ps[0].ID, "err", err)
	return r.Store.SetAside(ctx, ps[0].ID, "it cannot be applied: "+class(err))
}

// tellPacer counts what has just come in, before it is applied: the pacer would
// like to know at once.
func (r *Reader) tellPacer(ps []Parsed) {
	if r.Heard == nil {
		return
	}
	now, counts := clock.Now(), map[wa.PhoneNumberID]int{}
	for _, p := range ps {
		for _, ev := range p.Events {
			if e, ok := ev.(wa.Received); ok && now.Sub(e.At) < fresh {
				counts[e.Place.PhoneNumberID]++
			}
		}
	}
	for n, count := range counts {
		r.Heard(n, count)
	}
}

// class is the outermost part of an error chain, which is ours and holds no
// content of a message.
func class(err error) string { return fmt.Sprintf("%.60s", err.Error()) }
