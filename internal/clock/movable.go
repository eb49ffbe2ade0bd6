package clock

import (
	"sync"
	"sync/atomic"
	"time"
)

// Enable makes the clock movable. It is called once, at the start of the
// process, before anything sleeps: a timer made earlier does not notice a move.
func Enable() { process.movable.Store(true) }

// Advance moves the clock ahead by d and wakes every sleeper whose time has
// come. Going back is not possible: d must not be negative. It panics if the
// clock was not made movable, since half of the process would not follow.
func Advance(d time.Duration) { process.advance(d) }

// process is the clock of this process.
var process source

// source is a clock. Its zero value shows the computer's time (or the
// bubble's) and cannot be moved.
type source struct {
	movable atomic.Bool
	offset  atomic.Int64 // a time.Duration; written with mu held

	mu       sync.Mutex // guards sleepers and their timers
	sleepers map[*sleeper]struct{}
}

// sleeper is a timer that follows a movable clock.
type sleeper struct {
	due   time.Time
	c     chan time.Time
	timer *time.Timer
}

// now keeps the monotonic reading: Add moves both readings of a time.
func (s *source) now() time.Time {
	return time.Now().Add(time.Duration(s.offset.Load()))
}

func (s *source) timer(d time.Duration) *Timer {
	if !s.movable.Load() {
		t := time.NewTimer(d)
		return &Timer{C: t.C, stop: t.Stop}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sl := &sleeper{due: s.now().Add(d), c: make(chan time.Time, 1)}
	sl.timer = time.AfterFunc(d, func() { s.ring(sl) })
	if s.sleepers == nil {
		s.sleepers = map[*sleeper]struct{}{}
	}
	s.sleepers[sl] = struct{}{}
	return &Timer{C: sl.c, stop: func() bool { return s.stop(sl) }}
}

func (s *source) stop(sl *sleeper) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, waiting := s.sleepers[sl]
	delete(s.sleepers, sl)
	sl.timer.Stop()
	return waiting
}

// ring fires a sleeper unless it has fired or was stopped.
func (s *source) ring(sl *sleeper) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fire(sl)
}

// fire requires mu. The channel has room for the one value it ever gets.
func (s *source) fire(sl *sleeper) {
	if _, waiting := s.sleepers[sl]; !waiting {
		return
	}
	delete(s.sleepers, sl)
	sl.timer.Stop()
	sl.c <- s.now()
}

func (s *source) advance(d time.Duration) {
	if !s.movable.Load() {
		panic("clock: Advance without Enable")
	}
	if d < 0 {
		panic("clock: Advance goes ahead only")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offset.Add(int64(d))
	now := s.now()
	for sl := range s.sleepers {
		if wait := sl.due.Sub(now); wait > 0 {
			sl.timer.Reset(wait)
		} else {
			s.fire(sl)
		}
	}
}
