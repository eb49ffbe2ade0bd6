package pacer_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"wasl/internal/pacer"
	"wasl/internal/wa"
)

const (
	rest       = 1010 * time.Millisecond
	quarantine = 61 * time.Second
	timeout    = 30 * time.Second
)

func limits(permits int) pacer.Limits {
	return pacer.Limits{
		Permits: permits, Rest: rest, Quarantine: quarantine,
		Pair: pacer.Pair{Every: 6 * time.Second, Burst: 5},
	}
}

// road is the way to Meta and back: every journey takes as long as it likes.
type road struct {
	name      string
	there     func(*rand.Rand) time.Duration
	back      func(*rand.Rand) time.Duration
	lost      float64       // share of requests whose answer never comes
	crash     time.Duration // mean time between crashes, 0 for none
	contacts  int           // how many people are written to; few make pairs busy
	inbound   float64       // messages received per second
	efficient bool          // nothing but the road slows it: the mean rate is promised
}

func evenly(from, to time.Duration) func(*rand.Rand) time.Duration {
	return func(r *rand.Rand) time.Duration { return from + time.Duration(r.Int64N(int64(to-from)+1)) }
}

// withTail now and then takes much longer.
func withTail(d func(*rand.Rand) time.Duration, share float64, tail time.Duration) func(*rand.Rand) time.Duration {
	return func(r *rand.Rand) time.Duration {
		if r.Float64() < share {
			return d(r) + tail
		}
		return d(r)
	}
}

var roads = []road{
	{name: "no road at all", there: evenly(0, 0), back: evenly(0, 0), contacts: 10_000, efficient: true},
	{name: "a steady 100 ms", there: evenly(50e6, 50e6), back: evenly(50e6, 50e6), contacts: 10_000, efficient: true},
	{name: "5 to 305 ms each way", there: evenly(5e6, 305e6), back: evenly(5e6, 305e6), contacts: 10_000, efficient: true},
	{name: "with a tail of 3 s", there: withTail(evenly(5e6, 305e6), .01, 3e9), back: withTail(evenly(5e6, 305e6), .01, 3e9), contacts: 10_000, efficient: true},
	{name: "with a tail of 10 s", there: withTail(evenly(1e6, 200e6), .02, 10e9), back: evenly(1e6, 20e6), contacts: 10_000, efficient: true},
	{name: "answers get lost", there: withTail(evenly(5e6, 305e6), .01, 20e9), back: evenly(5e6, 305e6), lost: .01, contacts: 10_000},
	{name: "crashes", there: withTail(evenly(5e6, 305e6), .01, 20e9), back: evenly(5e6, 305e6), lost: .005, crash: 30 * time.Second, contacts: 10_000},
	{name: "customers write", there: evenly(5e6, 305e6), back: evenly(5e6, 305e6), inbound: 6, contacts: 10_000},
	{name: "crashes, busy pairs, customers", there: evenly(5e6, 305e6), back: evenly(5e6, 305e6), lost: .005, crash: 20 * time.Second, inbound: 3, contacts: 120},
}

// TestI20Door sends ten thousand messages over each road and counts at Meta's
// door: no second may see more arrivals than there are permits, whatever the
// journeys and wherever the house crashes.
func TestI20Door(t *testing.T) {
	for _, permits := range []int{5, 20} {
		for _, r := range roads {
			t.Run(fmt.Sprintf("%d permits, %s", permits, r.name), func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(4) {
					d := drive(r, permits, 10_000, seed)
					if k, at := d.most(time.Second); k > permits {
						t.Fatalf("seed %d: %d arrivals within the second from %v", seed, k, at)
					}
					// I21, from what a burst of 5 and one per 6 s allow.
					if k := d.mostOfPair(6 * time.Second); k > 6 {
						t.Fatalf("seed %d: %d messages to one contact within 6 s", seed, k)
					}
					if k := d.mostOfPair(time.Minute); k > 15 {
						t.Fatalf("seed %d: %d messages to one contact within a minute", seed, k)
					}
					got, best := d.rate(), float64(permits)/(rest+d.meanTrip()).Seconds()
					if r.efficient && got < .95*best {
						t.Errorf("seed %d: %.2f messages/s, want 95 %% of %.2f", seed, got, best)
					}
					if seed == 0 {
						t.Logf("%.2f messages/s, best possible %.2f, %d crashes", got, best, d.crashes)
					}
				}
			})
		}
	}
}

// send is one attempt as the disk knows it, and when it came to Meta's door.
type send struct {
	pacer.Permit
	arrived, answered time.Time
	lost              bool
	ticket            pacer.Ticket
	told              bool // the present owner was told the answer
}

// journey is a run over a road.
type journey struct {
	road
	rng     *rand.Rand
	now     time.Time
	pacer   *pacer.Pacer
	permits int
	sends   []*send
	flying  []*send // of the present owner
	crashAt time.Time
	crashes int
	inAt    time.Time
}

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func drive(r road, permits, n int, seed uint64) *journey {
	d := &journey{road: r, rng: rand.New(rand.NewPCG(seed, uint64(permits))), now: start, permits: permits}
	d.pacer = pacer.New(limits(permits))
	d.crashAt, d.inAt = d.next(r.crash), start.Add(time.Hour*1e4)
	if r.inbound > 0 {
		d.inAt = start
	}
	for i := range n {
		pair := wa.ConversationID(fmt.Sprint(i))
		if r.contacts < n {
			pair = wa.ConversationID(fmt.Sprint(d.rng.IntN(r.contacts)))
		}
		d.waitFor(pair)
		d.leave(pair)
	}
	return d
}

func (d *journey) next(mean time.Duration) time.Time {
	if mean == 0 {
		return d.now.Add(1e4 * time.Hour)
	}
	return d.now.Add(time.Duration(float64(mean) * d.rng.ExpFloat64()))
}

// waitFor lets time pass, one event after another, until the pair may be
// written to.
func (d *journey) waitFor(pair wa.ConversationID) {
	for {
		wait := max(d.pacer.Wait(d.now), d.pacer.WaitPair(d.now, pair))
		if wait == 0 {
			return
		}
		next := d.crashAt
		if wait != pacer.UntilAnswer && d.now.Add(wait).Before(next) {
			next = d.now.Add(wait)
		}
		for _, s := range d.flying {
			if s.answered.Before(next) {
				next = s.answered
			}
		}
		if d.inAt.Before(next) {
			next = d.inAt
		}
		d.now = next
		d.happen()
	}
}

// happen does what is due now.
func (d *journey) happen() {
	if !d.inAt.After(d.now) {
		d.pacer.Received(d.now, 1)
		d.inAt = d.next(time.Duration(float64(time.Second) / d.inbound))
	}
	d.flying = slices.DeleteFunc(d.flying, func(s *send) bool {
		if s.answered.After(d.now) {
			return false
		}
		s.told = true
		if s.lost {
			d.pacer.Lost(s.ticket, s.answered)
		} else {
			d.pacer.Answered(s.ticket, s.answered)
			s.Free = s.answered.Add(rest)
		}
		return true
	})
	if !d.crashAt.After(d.now) {
		d.crash()
	}
}

// crash forgets everything but what is on disk. What is on the road stays on
// the road.
func (d *journey) crash() {
	d.crashes++
	var rows []pacer.Permit
	for _, s := range d.sends[max(0, len(d.sends)-2000):] {
		rows = append(rows, s.Permit)
	}
	d.flying = nil
	d.pacer = pacer.New(limits(d.permits))
	d.pacer.Restore(d.now, rows, timeout+quarantine)
	d.crashAt = d.next(d.road.crash)
}

func (d *journey) leave(pair wa.ConversationID) {
	s := &send{ticket: d.pacer.Start(d.now, pair)}
	s.Pair, s.Started, s.Free = pair, d.now, d.now.Add(timeout+quarantine)
	s.arrived = d.now.Add(d.there(d.rng))
	s.answered = s.arrived.Add(d.back(d.rng))
	if s.lost = d.rng.Float64() < d.road.lost; s.lost {
		s.answered = d.now.Add(timeout)
		// Nobody knows when it arrives, except that it is before the quarantine ends.
		s.arrived = d.now.Add(time.Duration(d.rng.Int64N(int64(timeout + quarantine - time.Second))))
	}
	d.sends = append(d.sends, s)
	d.flying = append(d.flying, s)
}

// most is the greatest number of arrivals within (t, t+within].
func (d *journey) most(within time.Duration) (int, time.Time) {
	var arrivals []time.Time
	for _, s := range d.sends {
		arrivals = append(arrivals, s.arrived)
	}
	return crowd(arrivals, within)
}

func (d *journey) mostOfPair(within time.Duration) int {
	byPair := map[wa.ConversationID][]time.Time{}
	for _, s := range d.sends {
		byPair[s.Pair] = append(byPair[s.Pair], s.Started)
	}
	most := 0
	for _, times := range byPair {
		k, _ := crowd(times, within)
		most = max(most, k)
	}
	return most
}

func crowd(times []time.Time, within time.Duration) (most int, at time.Time) {
	slices.SortFunc(times, time.Time.Compare)
	first := 0
	for i, t := range times {
		for t.Sub(times[first]) >= within {
			first++
		}
		if k := i - first + 1; k > most {
			most, at = k, times[first]
		}
	}
	return most, at
}

func (d *journey) rate() float64 {
	last := slices.MaxFunc(d.sends, func(a, b *send) int { return cmp.Compare(a.Started.UnixNano(), b.Started.UnixNano()) })
	return float64(len(d.sends)) / last.Started.Sub(start).Seconds()
}

func (d *journey) meanTrip() time.Duration {
	var sum time.Duration
	for _, s := range d.sends {
		sum += s.answered.Sub(s.Started)
	}
	return sum / time.Duration(len(d.sends))
}
