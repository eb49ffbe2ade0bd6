// Package clock is now, and waiting for later. It is the only package of the
// house that reads the time.
//
// Time is never injected: pure code takes a time.Time, engines call [Now],
// [Sleep] and [After]. Inside a testing/synctest bubble these are the bubble's
// time, because nothing here touches a channel or a timer made outside of it.
// In the demo the clock can be moved ([Enable], [Advance]): Meta, the phone and
// Wasl jump ahead together, and whoever was asleep until then wakes up.
//
// Times are UTC, and keep their monotonic reading, so that the difference of
// two of them is how long it took, even if somebody sets the computer's clock
// in between. Go drops that reading when a time is converted to UTC. Hence the
// process itself runs in UTC: importing this package sets time.Local.
package clock

import (
	"context"
	"time"
)

func init() { time.Local = time.UTC }

// Now returns the current time, in UTC.
func Now() time.Time { return process.now() }

// Sleep returns nil after d, or the context's error if it ends first. With a d
// of zero or less it returns at once: nil unless the context has ended.
func Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	t := NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Wait sleeps until the clock shows at least the given time.
func Wait(ctx context.Context, until time.Time) error {
	return Sleep(ctx, until.Sub(Now()))
}

// After returns a channel that receives the time once, after d. Where the wait
// may be given up early, [NewTimer] does not leave a timer behind.
func After(d time.Duration) <-chan time.Time { return NewTimer(d).C }

// A Timer sends the time on C once, unless it is stopped before.
type Timer struct {
	C    <-chan time.Time
	stop func() bool
}

// NewTimer returns a timer that fires after d.
func NewTimer(d time.Duration) *Timer { return process.timer(d) }

// Stop prevents the timer from firing and reports whether it did so. It does
// not close C.
func (t *Timer) Stop() bool { return t.stop() }

// Micros returns t as it is stored: microseconds since 1970, UTC, rounded down.
// The zero time is stored as 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// FromMicros is the inverse of [Micros]: 0 is the zero time.
func FromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
