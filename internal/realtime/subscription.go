package realtime

import (
	"context"
	"fmt"
	"sync"

	"wasl/internal/wa"
)

// mostPending is how many offered entries wait for one browser. Beyond it the
// offer is dropped and the browser reads for itself.
const mostPending = 1000

// Subscription is one browser's place in the event stream. Take and Close are for its
// one owner; its mutex guards what the tailer offers.
type Subscription struct {
	hub      *Hub
	business wa.BusinessID
	at       wa.Seq // the last entry taken
	ready    chan struct{}

	mu      sync.Mutex
	pending []wa.Entry // offered, in order, without gaps
	newest  wa.Seq     // the newest entry known to exist
}

// Ready receives when there may be something to take.
func (s *Subscription) Ready() <-chan struct{} { return s.ready }

// At is the last entry taken.
func (s *Subscription) At() wa.Seq { return s.at }

// Take returns the entries that follow, in order, each once; none if there are
// none yet. There may be more: take until there is nothing. [ErrLost] if what follows
// is no longer kept.
func (s *Subscription) Take(ctx context.Context) ([]wa.Entry, error) {
	entries, behind := s.offered()
	if len(entries) == 0 && behind {
		var err error
		entries, err = s.hub.journal.Entries(ctx, s.business, s.at, batch)
		if err != nil {
			return nil, fmt.Errorf("read on: %w", err)
		}
	}
	if len(entries) == 0 {
		return nil, nil
	}
	if entries[0].Seq != s.at+1 {
		return nil, fmt.Errorf("after %d comes %d: %w", s.at, entries[0].Seq, ErrLost)
	}
	s.at = entries[len(entries)-1].Seq
	return entries, nil
}

// offered takes what was offered, if it follows on what was taken; behind says
// that there is more in the journal.
func (s *Subscription) offered() (entries []wa.Entry, behind bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pending := s.pending
	for len(pending) > 0 && pending[0].Seq <= s.at {
		pending = pending[1:]
	}
	if len(pending) > 0 && pending[0].Seq == s.at+1 {
		s.pending = nil
		return pending, true
	}
	// What lies after a gap stays, for when the gap is read.
	s.pending = pending
	return nil, s.newest > s.at
}

func (s *Subscription) offer(entries []wa.Entry, newest wa.Seq) {
	s.mu.Lock()
	if len(s.pending)+len(entries) > mostPending {
		s.pending = nil
	} else {
		s.pending = append(s.pending, entries...)
	}
	s.newest = max(s.newest, newest)
	s.mu.Unlock()
	s.signal()
}

// know notes that an entry exists.
func (s *Subscription) know(newest wa.Seq) { s.offer(nil, newest) }

func (s *Subscription) signal() {
	select {
	case s.ready <- struct{}{}:
	default:
	}
}

// Close gives the place up.
func (s *Subscription) Close() { s.hub.leave(s.business, s) }
