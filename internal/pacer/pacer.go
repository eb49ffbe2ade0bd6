// Package pacer computes when a Number may send next.
//
// It is arithmetic, not a queue: it never sleeps and never reads a clock. The
// caller asks how long to wait, waits, and says when a request starts and how
// it ended.
//
// # The Number
//
// Meta counts arrivals, we know departures, and the journey between varies. A
// token bucket therefore overshoots: 20 a second with a burst of 20 gives 39 in
// one second. Instead, a send takes one of as many permits as Meta allows per
// second, from before the first byte until a second after the answer. Let k
// messages arrive within (t, t+1 s], and take the one that started last, at
// s ≤ t+1. Each of the others arrived after t ≥ s−1, before its own answer, so
// at s it is on the road or was answered less than a second ago: it holds a
// permit. Hence k is at most the number of permits, whatever the journeys.
//
// A request that was not answered may still be on the road. Its permit is gone
// until its deadline and a quarantine have passed, which by itself slows a
// Number whose road is broken.
//
// Permits survive a crash because they are rebuilt from the attempts on disk,
// each with its own bound ([Pacer.Restore]). What the Number receives counts at
// Meta too; the inbound messages of the last second therefore lower the number
// of permits, never below one.
//
// # The pair
//
// To one contact the limit is slow and the journey does not matter, so the
// generic cell rate algorithm will do: one instant per pair, from which both
// the rate and the burst follow.
package pacer

import (
	"maps"
	"math"
	"slices"
	"time"

	"wasl/internal/wa"
)

// UntilAnswer is the wait that only an answer ends.
const UntilAnswer = time.Duration(math.MaxInt64)

// Limits are those of one Number.
type Limits struct {
	Permits    int           // messages per second, both ways
	Rest       time.Duration // how long a permit stays taken after the answer: a second, and a little for clocks that run apart
	Quarantine time.Duration // and after the deadline of a request without one
	Pair       Pair
}

// Pair allows Burst sends to one contact at once and one more each Every.
type Pair struct {
	Every time.Duration
	Burst int
}

// A Permit is one send as the attempts on disk remember it.
type Permit struct {
	Pair    wa.ConversationID
	Started time.Time
	Free    time.Time // when the permit returns
}

// A Ticket is a permit in use, from [Pacer.Start].
type Ticket struct {
	n        uint64
	pair     wa.ConversationID
	before   time.Time // the pair's instant before this send
	lastSend time.Time // the Number's
}

// A Pacer holds one Number to its limits. It is not safe for concurrent use;
// its Number's sender owns it.
type Pacer struct {
	limits Limits
	last   time.Time // when the last send started

	tickets  uint64
	flying   map[uint64]struct{} // requests on the road
	resting  []time.Time         // when the other taken permits return, in order
	received []time.Time         // when recent inbound messages stop counting, in order

	pairs map[wa.ConversationID]time.Time // theoretical arrival times; past ones are as good as none

	cool    time.Time // nothing is sent before
	probing bool      // after cooling, one at a time until one is accepted
	pairOff map[wa.ConversationID]time.Time

	forgetAt int // how many pairs are known when it is time to forget some
}

// New returns a Pacer that has sent nothing yet.
func New(l Limits) *Pacer {
	return &Pacer{
		limits: l, flying: map[uint64]struct{}{},
		pairs: map[wa.ConversationID]time.Time{}, pairOff: map[wa.ConversationID]time.Time{},
	}
}

// SetLimits changes the limits from now on. Permits in use are kept.
func (p *Pacer) SetLimits(l Limits) { p.limits = l }

// Wait returns how long after now the Number may send, to whomever:
// [UntilAnswer] if every permit is on the road. It reserves nothing.
func (p *Pacer) Wait(now time.Time) time.Duration {
	p.wake(now)
	wait := max(0, p.last.Add(p.spacing()).Sub(now), p.cool.Sub(now))
	return max(wait, p.permitWait(now))
}

// WaitPair returns how long after now the pair may be written to, whatever the
// Number may do.
func (p *Pacer) WaitPair(now time.Time, to wa.ConversationID) time.Duration {
	burst := time.Duration(p.limits.Pair.Burst-1) * p.limits.Pair.Every
	return max(0, p.pairs[to].Add(-burst).Sub(now), p.pairOff[to].Sub(now))
}

// permitWait is when a permit returns that leaves one to spare.
func (p *Pacer) permitWait(now time.Time) time.Duration {
	if p.probing && len(p.flying) > 0 {
		return UntilAnswer
	}
	taken := len(p.flying) + len(p.resting)
	wait := time.Duration(0)
	// Inbound messages leave their second by themselves, and permits return:
	// whichever makes room first.
	in, rest := p.received, p.resting
	for {
		room := max(1, p.limits.Permits-len(in))
		if taken < room {
			return wait
		}
		switch {
		case len(rest) > 0 && (len(in) == 0 || !in[0].Before(rest[0])):
			wait, rest, taken = rest[0].Sub(now), rest[1:], taken-1
		case len(in) > 0:
			wait, in = in[0].Sub(now), in[1:]
		default:
			return UntilAnswer
		}
	}
}

// spacing is the least time between two sends: no bursts within the second.
func (p *Pacer) spacing() time.Duration {
	return time.Second / time.Duration(max(1, p.limits.Permits))
}

// Start takes a permit for a message that leaves at now.
func (p *Pacer) Start(now time.Time, to wa.ConversationID) Ticket {
	p.tickets++
	t := Ticket{n: p.tickets, pair: to, before: p.pairs[to], lastSend: p.last}
	p.last = now
	p.flying[t.n] = struct{}{}
	p.pairs[to] = later(t.before, now).Add(p.limits.Pair.Every)
	p.forgetPairs(now)
	return t
}

// Unused returns a permit whose message did not leave after all.
func (p *Pacer) Unused(t Ticket) {
	if _, ok := p.flying[t.n]; !ok {
		return
	}
	delete(p.flying, t.n)
	p.last = t.lastSend
	p.pairs[t.pair] = t.before
}

// Answered returns a permit whose request was answered at the given time, or
// certainly never left; it rests from then on.
func (p *Pacer) Answered(t Ticket, at time.Time) {
	p.end(t, at.Add(p.limits.Rest))
}

// Lost returns a permit whose request was not answered by its deadline. It may
// arrive yet, so the permit goes into quarantine.
func (p *Pacer) Lost(t Ticket, deadline time.Time) {
	p.end(t, deadline.Add(p.limits.Quarantine))
}

func (p *Pacer) end(t Ticket, free time.Time) {
	if _, ok := p.flying[t.n]; !ok {
		return
	}
	delete(p.flying, t.n)
	p.rest(free)
}

func (p *Pacer) rest(free time.Time) {
	i, _ := slices.BinarySearchFunc(p.resting, free, time.Time.Compare)
	p.resting = slices.Insert(p.resting, i, free)
}

// Received records that the Number received n messages at the given time.
func (p *Pacer) Received(at time.Time, n int) {
	end := at.Add(p.limits.Rest)
	i, _ := slices.BinarySearchFunc(p.received, end, time.Time.Compare)
	// More than there are permits changes nothing: one is always left.
	for range min(n, p.limits.Permits) {
		p.received = slices.Insert(p.received, i, end)
	}
}

// CoolNumber lets nothing leave before until, and afterwards one message at a
// time until [Pacer.Warm]: Meta said that the Number is too fast.
func (p *Pacer) CoolNumber(until time.Time) {
	p.cool = later(p.cool, until)
	p.probing = true
}

// CoolPair lets nothing leave to the pair before until.
func (p *Pacer) CoolPair(to wa.ConversationID, until time.Time) {
	p.pairOff[to] = later(p.pairOff[to], until)
}

// Warm ends probing: a message was accepted again.
func (p *Pacer) Warm() { p.probing = false }

// Restore takes over the permits an earlier owner left, each until its own
// bound. None is believed to last longer than the longest there can be, so that
// a clock set back does not silence the Number.
func (p *Pacer) Restore(now time.Time, permits []Permit, longest time.Duration) {
	slices.SortFunc(permits, func(a, b Permit) int { return a.Started.Compare(b.Started) })
	for _, x := range permits {
		if x.Started.After(now) {
			x.Started = now
		}
		if x.Free.After(now.Add(longest)) {
			x.Free = now.Add(longest)
		}
		p.last = later(p.last, x.Started)
		p.pairs[x.Pair] = later(p.pairs[x.Pair], x.Started).Add(p.limits.Pair.Every)
		if x.Free.After(now) {
			p.rest(x.Free)
		}
	}
	p.forgetPairs(now)
}

// Taken is how many permits are in use at now, on the road or resting.
func (p *Pacer) Taken(now time.Time) int {
	p.wake(now)
	return len(p.flying) + len(p.resting)
}

func (p *Pacer) wake(now time.Time) {
	p.resting = dropUntil(p.resting, now)
	p.received = dropUntil(p.received, now)
}

// dropUntil drops what ended at or before now from an ordered list.
func dropUntil(list []time.Time, now time.Time) []time.Time {
	i := 0
	for i < len(list) && !list[i].After(now) {
		i++
	}
	return list[i:]
}

// forgetPairs keeps the maps from growing with every contact ever written to.
// It looks only when enough was added to be worth it.
func (p *Pacer) forgetPairs(now time.Time) {
	if len(p.pairs)+len(p.pairOff) < p.forgetAt {
		return
	}
	past := func(_ wa.ConversationID, t time.Time) bool { return !t.After(now) }
	maps.DeleteFunc(p.pairs, past)
	maps.DeleteFunc(p.pairOff, past)
	p.forgetAt = 2*(len(p.pairs)+len(p.pairOff)) + 64
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
