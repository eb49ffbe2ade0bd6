package metaemu

import (
	"fmt"
	"regexp"
	"time"
)

// Breach is one limit broken, with the sentence that names the rule and its
// source.
type Breach struct {
	At     time.Time `json:"at"`
	Number string    `json:"number"`
	// Rule is outbound, combined, pair, window, messaging_limit, opt_out,
	// marketing_retry or allow_list.
	Rule string `json:"rule"`
	// Hard breaches are the client's own fault and must not happen. The others
	// are answered and counted: what customers write is not the client's to pace.
	Hard     bool   `json:"hard"`
	Sentence string `json:"sentence"`
	// Source is where the rule is written: what the sentence has in brackets.
	Source string `json:"source"`
}

// sources finds in a sentence where its rule is written.
var sources = regexp.MustCompile(`\(((?:cloud-api|coexistence)-protocol[^)]*)\)`)

// pace notes the arrival of a message and refuses it above the number's rate.
// Every arrival counts, also one that is refused: the limit is about what
// reaches Meta's door. Read receipts are no messages and do not count.
func (e *Emulator) pace(n *number, now time.Time) *failure {
	n.out.Add(now)
	out, in := n.out.Count(now), n.in.Count(now)
	switch {
	case out > n.MPS:
		e.breach(Breach{
			At: now, Number: n.ID, Rule: "outbound", Hard: true,
			Sentence: fmt.Sprintf("arrival %d within one second where %d are allowed: "+
				"throughput per number (coexistence-protocol §6.1: 20 messages/s fixed with Coexistence; cloud-api-protocol §6.1: 80 without)", out, n.MPS),
		})
	case out+in > n.MPS:
		e.breach(Breach{
			At: now, Number: n.ID, Rule: "combined",
			Sentence: fmt.Sprintf("%d out and %d in within one second where %d together are allowed: "+
				"throughput counts both directions (coexistence-protocol §6.1)", out, in, n.MPS),
		})
	default:
		return nil
	}
	f := fail(130429, "Cloud API message throughput has been reached.")
	f.http, f.subcode = e.cfg.ThrottleHTTP, 2494055
	return f
}

// takePair counts a message against the rate of one number and one customer.
func (e *Emulator) takePair(t *chat, now time.Time) *failure {
	if t.pair.Take(now, e.cfg.PairEvery, e.cfg.PairBurst) {
		return nil
	}
	e.breach(Breach{
		At: now, Number: t.number.ID, Rule: "pair", Hard: true,
		Sentence: fmt.Sprintf("a message to one customer above 1 per %v with %d at once, %v too early: "+
			"pair rate (cloud-api-protocol §6.1)", e.cfg.PairEvery, e.cfg.PairBurst, t.pair.Wait(now, e.cfg.PairEvery, e.cfg.PairBurst)),
	})
	f := fail(131056, "Too many messages sent from this phone number to the same customer in a short time.")
	f.http = e.cfg.ThrottleHTTP
	return f
}

func (e *Emulator) breach(b Breach) {
	if found := sources.FindStringSubmatch(b.Sentence); found != nil {
		b.Source = found[1]
	}
	e.book.addBreach(b)
	if e.watched() {
		e.announce("books")
	}
}
