package realtime

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

// ErrLost says that a place in the journal is not there: older than what is
// kept, or ahead of the newest entry.
var ErrLost = errors.New("this place in the journal is not there")

// Journal is where entries are read.
type Journal interface {
	// Entries returns up to limit entries after a place, in order.
	Entries(ctx context.Context, b wa.BusinessID, after wa.Seq, limit int) ([]wa.Entry, error)
	// Newest returns the places of the newest and of the oldest entry that are
	// kept; both 0 in an empty journal.
	Newest(ctx context.Context, b wa.BusinessID) (newest, oldest wa.Seq, err error)
	// Listen returns a channel that receives when topic may have news.
	Listen(topic string) (<-chan struct{}, func())
}

// Topic is woken when a Business's journal has grown.
func Topic(b wa.BusinessID) string { return "journal:" + string(b) }

const (
	batch = 200             // entries read at once
	poll  = 1 * time.Second // wakes are hints; this is the truth
)

// Hub tails the journals of Businesses that have subscribers. It is safe for
// concurrent use; its mutex guards the map and the subscriber lists in it.
type Hub struct {
	journal Journal
	log     *slog.Logger

	mu    sync.Mutex
	tails map[wa.BusinessID]*tail
}

// tail is one Business's tailer and those who look.
type tail struct {
	stop context.CancelFunc
	done chan struct{}
	subs map[*Subscription]struct{}
}

// NewHub returns a Hub that nobody looks at yet.
func NewHub(j Journal, log *slog.Logger) *Hub {
	return &Hub{journal: j, log: log, tails: map[wa.BusinessID]*tail{}}
}

// Subscribe opens a place in a Business's journal right after an entry. The
// caller closes it. [ErrLost] if that place is not there.
func (h *Hub) Subscribe(ctx context.Context, b wa.BusinessID, after wa.Seq) (*Subscription, error) {
	s := &Subscription{hub: h, business: b, at: after, ready: make(chan struct{}, 1)}
	h.join(b, s)
	// Joined first and asked then: whatever is written in between is offered.
	newest, oldest, err := h.journal.Newest(ctx, b)
	if err == nil && (after > newest || after+1 < oldest || after < 0) {
		err = ErrLost
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("subscribe: %w", err)
	}
	s.know(newest)
	return s, nil
}

// join adds a subscription and starts the tailer if it is the first.
func (h *Hub) join(b wa.BusinessID, s *Subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.tails[b]
	if t == nil {
		ctx, stop := context.WithCancel(context.Background())
		t = &tail{stop: stop, done: make(chan struct{}), subs: map[*Subscription]struct{}{}}
		h.tails[b] = t
		// The last subscription to close stops it and waits for it.
		go func() {
			defer close(t.done)
			h.run(ctx, b, t)
		}()
	}
	t.subs[s] = struct{}{}
}

// leave removes a subscription, and with the last one the tailer.
func (h *Hub) leave(b wa.BusinessID, s *Subscription) {
	h.mu.Lock()
	t := h.tails[b]
	last := false
	if t != nil {
		delete(t.subs, s)
		if last = len(t.subs) == 0; last {
			delete(h.tails, b)
		}
	}
	h.mu.Unlock()
	if last {
		t.stop()
		<-t.done
	}
}

// run offers entries as they are written. It begins at the newest: whoever is
// behind that reads for itself.
func (h *Hub) run(ctx context.Context, b wa.BusinessID, t *tail) {
	wake, end := h.journal.Listen(Topic(b))
	defer end()
	at := wa.Seq(-1)
	for {
		var err error
		if at, err = h.advance(ctx, b, t, at); err != nil && ctx.Err() == nil {
			h.log.Warn("journal not read for the stream, asking again", "business", b, "err", err)
		}
		timer := clock.NewTimer(poll)
		select {
		case <-wake:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
		timer.Stop()
	}
}

// advance offers everything after at, and returns the new place.
func (h *Hub) advance(ctx context.Context, b wa.BusinessID, t *tail, at wa.Seq) (wa.Seq, error) {
	if at < 0 {
		newest, _, err := h.journal.Newest(ctx, b)
		if err != nil {
			return at, err
		}
		at = newest
		h.offer(t, nil, newest)
	}
	for {
		entries, err := h.journal.Entries(ctx, b, at, batch)
		if err != nil || len(entries) == 0 {
			return at, err
		}
		at = entries[len(entries)-1].Seq
		h.offer(t, entries, at)
	}
}

func (h *Hub) offer(t *tail, entries []wa.Entry, newest wa.Seq) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range t.subs {
		s.offer(entries, newest)
	}
}
