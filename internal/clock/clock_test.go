package clock_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/clock"
)

func TestNowIsUTCAndMonotonic(t *testing.T) {
	now := clock.Now()
	if got := now.Format("-07:00 MST"); got != "+00:00 UTC" {
		t.Errorf("zone of Now() = %s, want +00:00 UTC", got)
	}
	if !strings.Contains(now.String(), " m=") {
		t.Errorf("Now() = %v has no monotonic reading", now)
	}
}

func TestSleepTakesTheBubblesTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := clock.Now()
		if err := clock.Sleep(t.Context(), 36*time.Hour); err != nil {
			t.Fatal(err)
		}
		<-clock.After(time.Minute)
		if err := clock.Wait(t.Context(), clock.Now().Add(6*time.Second)); err != nil {
			t.Fatal(err)
		}
		if got, want := clock.Now().Sub(start), 36*time.Hour+66*time.Second; got != want {
			t.Errorf("slept %v, want %v", got, want)
		}
	})
}

func TestSleepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := clock.Now()
		if err := clock.Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Sleep = %v, want %v", err, context.DeadlineExceeded)
		}
		if got := clock.Now().Sub(start); got != time.Second {
			t.Errorf("slept %v, want 1s", got)
		}
		if err := clock.Sleep(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Sleep(ended, 0) = %v, want %v", err, context.DeadlineExceeded)
		}
	})
}

func TestStoppedTimerStaysSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		timer := clock.NewTimer(time.Second)
		if !timer.Stop() {
			t.Error("Stop of a running timer = false, want true")
		}
		time.Sleep(2 * time.Second)
		select {
		case <-timer.C:
			t.Error("a stopped timer fired")
		default:
		}
	})
}

func TestMicros(t *testing.T) {
	at := time.Date(2026, 11, 22, 10, 30, 0, 123_456_789, time.FixedZone("", 3*3600))
	got := clock.FromMicros(clock.Micros(at))
	if want := at.Truncate(time.Microsecond); !got.Equal(want) || got.Location() != time.UTC {
		t.Errorf("FromMicros(Micros(%v)) = %v, want %v in UTC", at, got, want)
	}
	if us := clock.Micros(time.Time{}); us != 0 {
		t.Errorf("Micros(zero) = %d, want 0", us)
	}
	if !clock.FromMicros(0).IsZero() {
		t.Errorf("FromMicros(0) = %v, want the zero time", clock.FromMicros(0))
	}
}

func TestAdvanceNeedsEnable(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Advance without Enable did not panic")
		}
	}()
	clock.Advance(time.Second)
}
