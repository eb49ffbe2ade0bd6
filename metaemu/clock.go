package metaemu

import (
	"context"
	"sync"
	"time"
)

// Clock is the time the emulator lives in. Sleep answers nil when d has passed
// on this clock and ctx.Err() when ctx ended first. Both are safe for
// concurrent use.
type Clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
}

// Advancer is a Clock that can be moved forward. Moving it wakes everybody whose
// sleep has become over.
type Advancer interface {
	Advance(d time.Duration)
}

// WallClock is the machine's time plus an offset that can only grow. It never
// runs backwards: while the machine's time is set back, it stands. Its zero
// value is ready: the machine's time. Inside a testing/synctest bubble it is the
// bubble's time plus the offset.
type WallClock struct {
	mu     sync.Mutex
	offset time.Duration
	last   time.Time     // the latest answer of Now
	moved  chan struct{} // closed and replaced by Advance; made on first use
}

// Now is the time on this clock, in UTC.
func (c *WallClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now().Add(c.offset).UTC(); now.After(c.last) {
		c.last = now
	}
	return c.last
}

// Sleep waits until d has passed on this clock or ctx has ended.
func (c *WallClock) Sleep(ctx context.Context, d time.Duration) error {
	until := c.Now().Add(d)
	for {
		c.mu.Lock()
		if c.moved == nil {
			c.moved = make(chan struct{})
		}
		moved := c.moved
		left := until.Sub(time.Now().Add(c.offset))
		c.mu.Unlock()
		if left <= 0 {
			return ctx.Err()
		}
		t := time.NewTimer(left)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		case <-moved:
			t.Stop()
		}
	}
}

// Advance moves the clock d forward and wakes every sleeper to look again. A
// negative d is ignored: time does not run backwards here.
func (c *WallClock) Advance(d time.Duration) {
	if d <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
	if c.moved != nil {
		close(c.moved)
		c.moved = nil
	}
}
