package memnet

import (
	"sync"
	"time"
)

// deadline is a point in time that can be moved while somebody waits for it.
// It follows net.Pipe: a channel that a timer closes.
type deadline struct {
	mu    sync.Mutex // guards what follows
	timer *time.Timer
	done  chan struct{} // closed when the time has come
}

func (d *deadline) init() { d.done = make(chan struct{}) }

// reached returns a channel that is closed at the deadline. Whoever waits on it
// while the deadline is moved ahead may wake early, and asks again.
func (d *deadline) reached() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.done
}

func (d *deadline) passed() bool {
	select {
	case <-d.reached():
		return true
	default:
		return false
	}
}

// set moves the deadline; the zero time means never.
func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	select {
	case <-d.done:
		d.done = make(chan struct{}) // the old deadline had passed
	default:
	}
	if t.IsZero() {
		return
	}
	wait := time.Until(t)
	if wait <= 0 {
		close(d.done)
		return
	}
	done := d.done
	var timer *time.Timer
	timer = time.AfterFunc(wait, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.timer == timer { // not moved meanwhile
			close(done)
		}
	})
	d.timer = timer
}
