package metaemu

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// listener is one open screen: what has changed since it was last told.
type listener struct {
	wake  chan struct{} // holds at most one
	dirty map[Change]struct{}
}

// Change tells a screen what to fetch again. Kind is reset, clock, faults,
// numbers, customers, books or chat; a chat names its number and customer.
type Change struct {
	Kind     string `json:"kind"`
	Number   string `json:"number,omitempty"`
	Customer string `json:"customer,omitempty"`
}

// watched answers whether any screen is open; without one there is nothing to
// announce.
func (e *Emulator) watched() bool { return len(e.listeners) > 0 }

func (e *Emulator) announce(kind string) { e.tellScreens(Change{Kind: kind}) }

func (e *Emulator) announceChat(t *chat) {
	if e.watched() {
		e.tellScreens(Change{Kind: "chat", Number: t.number.ID, Customer: t.customer.ID})
	}
}

// tellScreens notes a change for every screen. A screen that is slow loses
// nothing: it is told once what changed often.
func (e *Emulator) tellScreens(c Change) {
	for l := range e.listeners {
		l.dirty[c] = struct{}{}
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// streamPause is how long changes are collected before they are sent, and
// streamBeat how often a quiet stream shows that it is alive.
const (
	streamPause = 80 * time.Millisecond
	streamBeat  = 20 * time.Second
)

// serveStream sends changes to a screen as server-sent events until it leaves
// or the emulator ends.
func (e *Emulator) serveStream(w http.ResponseWriter, r *http.Request) {
	l := &listener{wake: make(chan struct{}, 1), dirty: map[Change]struct{}{}}
	e.mu.Lock()
	e.listeners[l] = struct{}{}
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		delete(e.listeners, l)
		e.mu.Unlock()
	}()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	if _, err := fmt.Fprint(w, "retry: 1000\n\nevent: hello\ndata: {}\n\n"); err != nil || out.Flush() != nil {
		return
	}
	beat := time.NewTimer(streamBeat)
	defer beat.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-e.closed:
			return
		case <-beat.C:
			if _, err := fmt.Fprint(w, ": still here\n\n"); err != nil {
				return
			}
		case <-l.wake:
			if !e.pauseStream(r) || e.sendChanges(w, l) != nil {
				return
			}
		}
		if out.Flush() != nil {
			return
		}
		beat.Reset(streamBeat)
	}
}

func (e *Emulator) pauseStream(r *http.Request) bool {
	t := time.NewTimer(streamPause)
	defer t.Stop()
	select {
	case <-r.Context().Done():
		return false
	case <-e.closed:
		return false
	case <-t.C:
		return true
	}
}

func (e *Emulator) sendChanges(w http.ResponseWriter, l *listener) error {
	e.mu.Lock()
	changes := make([]Change, 0, len(l.dirty))
	for c := range l.dirty {
		changes = append(changes, c)
	}
	clear(l.dirty)
	e.mu.Unlock()
	if len(changes) == 0 {
		return nil
	}
	b, err := json.Marshal(changes)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "event: changes\ndata: %s\n\n", b)
	return err
}
