package store

import (
	"maps"
	"slices"
	"sync"
)

// wakes tells those who wait for something that there may be some. A wake is a
// hint: whoever is woken looks, and whoever is not woken looks by itself after a
// while. Its mutex guards the maps.
type wakes struct {
	mu     sync.Mutex
	on     map[string][]chan struct{}
	unsent map[string]bool // topics other processes were not told of; nil if there are none
	more   chan struct{}
}

// share begins to note wakes for other processes.
func (w *wakes) share() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unsent = map[string]bool{}
	w.more = make(chan struct{}, 1)
}

// take returns the topics woken since it was last called.
func (w *wakes) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	topics := slices.Sorted(maps.Keys(w.unsent))
	clear(w.unsent)
	return topics
}

// Wake tells everybody who listens on topic, here and in other processes,
// without waiting for anybody.
func (db *DB) Wake(topic string) {
	db.wakeHere(topic)
	db.wakeElsewhere(topic)
}

// wakeElsewhere tells other processes alone: this one knows already.
func (db *DB) wakeElsewhere(topic string) {
	db.wakes.mu.Lock()
	defer db.wakes.mu.Unlock()
	if db.wakes.unsent == nil {
		return
	}
	db.wakes.unsent[topic] = true
	select {
	case db.wakes.more <- struct{}{}:
	default:
	}
}

func (db *DB) wakeHere(topic string) {
	db.wakes.mu.Lock()
	defer db.wakes.mu.Unlock()
	for _, c := range db.wakes.on[topic] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Listen returns a channel that receives after [DB.Wake] of topic, coalesced,
// and a function that ends it.
func (db *DB) Listen(topic string) (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	db.wakes.mu.Lock()
	defer db.wakes.mu.Unlock()
	if db.wakes.on == nil {
		db.wakes.on = map[string][]chan struct{}{}
	}
	db.wakes.on[topic] = append(db.wakes.on[topic], c)
	return c, func() {
		db.wakes.mu.Lock()
		defer db.wakes.mu.Unlock()
		list := db.wakes.on[topic]
		for i, x := range list {
			if x != c {
				continue
			}
			db.wakes.on[topic] = append(list[:i:i], list[i+1:]...)
			if len(db.wakes.on[topic]) == 0 {
				delete(db.wakes.on, topic)
			}
			return
		}
	}
}
