package clock

import (
	"testing"
	"testing/synctest"
	"time"
)

// The tests of the movable clock make sources of their own: the process has
// one clock, and making it movable cannot be undone.

func TestAdvanceWakesWhoseTimeHasCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s source
		s.movable.Store(true)
		start := s.now()
		day, month := s.timer(24*time.Hour), s.timer(30*24*time.Hour)

		s.advance(13 * 24 * time.Hour)
		select {
		case at := <-day.C:
			if got, want := at.Sub(start), 13*24*time.Hour; got != want {
				t.Errorf("the day's sleeper woke at %v, want %v", got, want)
			}
		default:
			t.Error("the day's sleeper still sleeps after 13 days")
		}
		select {
		case <-month.C:
			t.Error("the month's sleeper woke after 13 days")
		default:
		}

		real := time.Now()
		<-month.C
		if got, want := time.Since(real), 17*24*time.Hour; got != want {
			t.Errorf("the month's sleeper slept on for %v, want %v", got, want)
		}
		if got, want := s.now().Sub(start), 30*24*time.Hour; got != want {
			t.Errorf("clock shows %v later, want %v", got, want)
		}
		if len(s.sleepers) != 0 {
			t.Errorf("%d sleepers are left, want 0", len(s.sleepers))
		}
	})
}

func TestStopOfAMovableTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s source
		s.movable.Store(true)
		timer := s.timer(time.Hour)
		if !timer.Stop() || timer.Stop() {
			t.Error("Stop, Stop: want true, then false")
		}
		s.advance(2 * time.Hour)
		select {
		case <-timer.C:
			t.Error("a stopped timer fired")
		default:
		}
	})
}

func TestMovedTimeIsMonotonic(t *testing.T) {
	var s source
	s.movable.Store(true)
	before := s.now()
	s.advance(time.Hour)
	// Round(0) would strip the reading; Sub uses it when both times have one.
	if got := s.now().Sub(before); got < time.Hour || got > time.Hour+time.Minute {
		t.Errorf("moved by %v, want an hour", got)
	}
}

func TestManySleepersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s source
		s.movable.Store(true)
		woke := make(chan time.Duration, 200)
		for i := range 200 {
			go func() {
				timer := s.timer(time.Duration(i+1) * time.Minute)
				<-timer.C
				woke <- time.Duration(i+1) * time.Minute
			}()
		}
		synctest.Wait()
		s.advance(100 * time.Minute)
		synctest.Wait()
		if len(woke) != 100 {
			t.Errorf("%d sleepers woke, want 100", len(woke))
		}
		time.Sleep(100 * time.Minute)
		synctest.Wait()
		if len(woke) != 200 {
			t.Errorf("%d sleepers woke in the end, want 200", len(woke))
		}
	})
}
