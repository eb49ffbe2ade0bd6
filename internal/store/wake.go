package store

import "sync"

// wakes tells those who wait for something that there may be some. A wake is a
// hint: whoever is woken looks, and whoever is not woken looks by itself after a
// while. Its mutex guards the map.
type wakes struct {
	mu sync.Mutex
	on map[string][]chan struct{}
}

// Wake tells everybody who listens on topic, without waiting for anybody.
func (db *DB) Wake(topic string) {
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
			if x == c {
				db.wakes.on[topic] = append(list[:i:i], list[i+1:]...)
				return
			}
		}
	}
}
