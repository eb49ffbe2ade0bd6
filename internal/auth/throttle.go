package auth

import (
	"net/netip"
	"sync"
	"time"
)

// Throttle slows down guessing. Failures are counted per account and per
// address; after a few free ones each doubles the wait, up to a bound, and what
// comes too early is refused without looking at the password.
//
// The bound of an account is 60 s, so that at most about 65 guesses an hour are
// looked at, from however many addresses (reliability T17: at most 100). An owner is not
// locked out by somebody else's guesses: an address from which the account was
// signed in to before has a count of its own, and waits for nobody.
//
// Counts live in memory and are gone after a restart; a restart takes longer
// than it gives guesses. Throttle is safe for concurrent use; its mutex
// guards the maps.
type Throttle struct {
	mu       sync.Mutex
	counts   map[string]*count
	familiar map[string]time.Time // account and address, last signed in at
	swept    time.Time
}

// count is how often something failed lately.
type count struct {
	failures int
	last     time.Time
	next     time.Time // before this nothing is tried
}

// limit is how failures of one kind are answered.
type limit struct {
	free int           // failures without a wait
	most time.Duration // the longest wait
}

var (
	accountLimit  = limit{free: 5, most: time.Minute}
	addressLimit  = limit{free: 20, most: 5 * time.Minute}
	familiarLimit = limit{free: 5, most: time.Minute}
)

const (
	forgetFailures = time.Hour           // a count that rests so long begins anew
	keepFamiliar   = 30 * 24 * time.Hour // an address that is not used so long is a stranger
	mostCounts     = 200_000             // memory bound, about 20 MB
)

// guess is one attempt that was let through; its counts are given back if it
// succeeds.
type guess struct {
	account, pair string
	keys          []string
}

// admit lets an attempt through and counts it as failed until [Throttle.succeed]
// takes that back, so that many at once cannot all slip through. If it is too early,
// ok is false and wait says how long.
func (t *Throttle) admit(account, address string, now time.Time) (g guess, wait time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sweep(now)
	address = network(address)
	g = guess{account: account, pair: account + "\x00" + address}
	limits := map[string]limit{"account\x00" + account: accountLimit, "address\x00" + address: addressLimit}
	if _, known := t.familiar[g.pair]; known {
		limits = map[string]limit{"pair\x00" + g.pair: familiarLimit}
	}
	for key := range limits {
		if c := t.counts[key]; c != nil && now.Before(c.next) {
			wait = max(wait, c.next.Sub(now))
		}
	}
	if wait > 0 {
		return guess{}, wait, false
	}
	for key, l := range limits {
		t.fail(key, l, now)
		g.keys = append(g.keys, key)
	}
	return g, 0, true
}

func (t *Throttle) fail(key string, l limit, now time.Time) {
	if t.counts == nil {
		t.counts = map[string]*count{}
	}
	c := t.counts[key]
	if c == nil || now.Sub(c.last) > forgetFailures {
		c = &count{}
		t.counts[key] = c
	}
	c.failures++
	c.last = now
	if over := c.failures - l.free; over > 0 {
		c.next = now.Add(min(l.most, time.Second<<min(over-1, 16)))
	}
}

// succeed takes back what admit counted, and remembers the address.
func (t *Throttle) succeed(g guess, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, key := range g.keys {
		if c := t.counts[key]; c != nil {
			c.failures--
			c.next = time.Time{}
		}
	}
	delete(t.counts, "pair\x00"+g.pair)
	if t.familiar == nil {
		t.familiar = map[string]time.Time{}
	}
	if len(t.familiar) < mostCounts {
		t.familiar[g.pair] = now
	}
}

// sweep forgets what has rested, once a minute; and everything but the familiar
// if there is too much of it all the same.
func (t *Throttle) sweep(now time.Time) {
	if now.Sub(t.swept) < time.Minute {
		return
	}
	t.swept = now
	for key, c := range t.counts {
		if now.Sub(c.last) > forgetFailures {
			delete(t.counts, key)
		}
	}
	for pair, at := range t.familiar {
		if now.Sub(at) > keepFamiliar {
			delete(t.familiar, pair)
		}
	}
	if len(t.counts) > mostCounts {
		t.counts = nil
	}
}

// network is what counts as one address: an IPv6 customer has a whole /64.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Unmap().Is4() {
		return address
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}
