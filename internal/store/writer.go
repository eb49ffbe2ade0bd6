package store

import (
	"context"
	"sync"
)

// urgency orders those who wait to write.
type urgency int

const (
	acknowledging urgency = iota // a webhook waits for its answer
	live                         // people wait to see it
	background                   // history, indexing, housekeeping
)

// turnstile lets one writer through at a time, the most urgent first and
// first come first served within an urgency. Its mutex guards the queues.
type turnstile struct {
	mu     sync.Mutex
	taken  bool
	queues [background + 1][]chan struct{}
}

// enter waits for its turn, or for ctx.
func (t *turnstile) enter(ctx context.Context, u urgency) error {
	t.mu.Lock()
	if !t.taken {
		t.taken = true
		t.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	t.queues[u] = append(t.queues[u], turn)
	t.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	if t.forget(u, turn) {
		return ctx.Err()
	}
	// Its turn came at the same moment: pass it on.
	t.leave()
	return ctx.Err()
}

func (t *turnstile) forget(u urgency, turn chan struct{}) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, c := range t.queues[u] {
		if c == turn {
			t.queues[u] = append(t.queues[u][:i], t.queues[u][i+1:]...)
			return true
		}
	}
	return false
}

// leave lets the next one in.
func (t *turnstile) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for u := range t.queues {
		if q := t.queues[u]; len(q) > 0 {
			t.queues[u] = q[1:]
			close(q[0])
			return
		}
	}
	t.taken = false
}
