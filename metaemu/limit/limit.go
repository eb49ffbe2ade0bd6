// Package limit is the arithmetic of Meta's rates: how many messages one number
// may see in a second, and how many one pair of number and customer may
// exchange. It is pure; the time is an argument.
package limit

import "time"

// Second remembers when things arrived and counts those of the last second.
// Its zero value is ready. It keeps no more than a second of memory.
type Second struct {
	at   []time.Time
	head int
}

// Add notes one arrival. Times must not go backwards.
func (s *Second) Add(now time.Time) {
	s.trim(now)
	s.at = append(s.at, now)
}

// Count is how many arrivals lie in the second that ends now: later than one
// second ago, up to and including now.
func (s *Second) Count(now time.Time) int {
	s.trim(now)
	return len(s.at) - s.head
}

func (s *Second) trim(now time.Time) {
	old := now.Add(-time.Second)
	for s.head < len(s.at) && !s.at[s.head].After(old) {
		s.head++
	}
	if s.head > 64 && s.head*2 > len(s.at) {
		n := copy(s.at, s.at[s.head:])
		s.at, s.head = s.at[:n], 0
	}
}

// Pair is the rate of one number towards one customer: one message per Every on
// the long run, and up to Burst at once, borrowed from the future. Its zero
// value has borrowed nothing.
type Pair struct {
	// paid is when everything sent so far would have been sent at the even rate.
	paid time.Time
}

// Take answers whether a message may be sent now and, if so, counts it.
func (p *Pair) Take(now time.Time, every time.Duration, burst int) bool {
	if p.paid.Before(now) {
		p.paid = now
	}
	if p.paid.Sub(now) > time.Duration(burst-1)*every {
		return false
	}
	p.paid = p.paid.Add(every)
	return true
}

// Wait is how long Take would refuse.
func (p *Pair) Wait(now time.Time, every time.Duration, burst int) time.Duration {
	return max(0, p.paid.Sub(now)-time.Duration(burst-1)*every)
}
