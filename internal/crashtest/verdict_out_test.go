package crashtest

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"wasl/metaemu"
)

// sent is what came of the sending.
type sent struct {
	attempts, arrivals, doubt, most int
}

// tried is a row of the table of attempts.
type tried struct {
	id, item, outcome, evidence, wamid, sum string
	started                                 time.Time
	arrivals                                []metaemu.Arrival
}

// message is a message of the API's clients as the platform has it.
type written struct {
	id, status, wamid, text string
	tries                   []*tried
}

// outgoing checks everything about sending.
func (v *verdict) outgoing() sent {
	attempts := v.attempts()
	arrivals := v.world.emu.Arrivals()
	v.arrived(attempts, arrivals)
	messages := v.messages(attempts)
	v.promised(messages)
	s := sent{attempts: len(attempts), arrivals: len(arrivals), most: densest(arrivals)}
	for _, m := range messages {
		if v.rests(m) {
			s.doubt++
		}
	}
	// I20: Meta's own books, over all lives together.
	for _, b := range v.world.emu.HardBreaches() {
		v.complain("I20", "%s at %v: %s", b.Rule, b.At.Format(time.StampMilli), b.Sentence)
	}
	if s.most > v.world.number.MPS {
		v.complain("I20", "%d arrivals within a second, at most %d are allowed", s.most, v.world.number.MPS)
	}
	return s
}

// attempts reads every try. At most one of an item may be open, and at rest none.
func (v *verdict) attempts() map[string]*tried {
	all := map[string]*tried{}
	rows, err := v.db.Query("SELECT id, item_id, COALESCE(outcome, ''), evidence, wamid, body_sha256, started_at FROM attempt")
	if err != nil {
		v.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var a tried
		var sum []byte
		var started int64
		if err := rows.Scan(&a.id, &a.item, &a.outcome, &a.evidence, &a.wamid, &sum, &started); err != nil {
			v.t.Fatal(err)
		}
		a.sum, a.started = hex.EncodeToString(sum), time.UnixMicro(started)
		all[a.id] = &a
		if a.outcome == "" {
			v.complain("I6", "the attempt %s is still open", a.id)
		}
	}
	if err := rows.Err(); err != nil {
		v.t.Fatal(err)
	}
	return all
}

// arrived: whatever reached Meta was an attempt on disk before, with these very
// bytes, and each attempt came at most once (I14).
func (v *verdict) arrived(attempts map[string]*tried, arrivals []metaemu.Arrival) {
	for _, a := range arrivals {
		parts := strings.Split(a.Opaque, ".")
		if len(parts) != 3 || attempts[parts[1]] == nil {
			v.complain("I14", "a message arrived that no attempt on disk sent: %q", a.Opaque)
			continue
		}
		at := attempts[parts[1]]
		at.arrivals = append(at.arrivals, a)
		if a.At.Before(at.started) {
			v.complain("I14", "the attempt %s arrived at %v, before it was begun at %v", at.id, a.At, at.started)
		}
		if a.SHA256 != at.sum {
			v.complain("I14", "the attempt %s arrived with other bytes than were put on disk", at.id)
		}
		if len(at.arrivals) > 1 {
			v.complain("I14", "the attempt %s was posted %d times", at.id, len(at.arrivals))
		}
	}
}

// messages reads what the API's clients sent.
func (v *verdict) messages(attempts map[string]*tried) map[string]*written {
	all := map[string]*written{}
	v.rows(`SELECT m.id, m.status, COALESCE(m.wamid, ''), b.text FROM message m
		JOIN message_body b ON b.business_id = m.business_id AND b.message_id = m.id WHERE m.origin = 'api'`, 4, func(r []string) {
		all[r[0]] = &written{id: r[0], status: r[1], wamid: r[2], text: r[3]}
	})
	for _, a := range attempts {
		if m := all[a.item]; m != nil {
			m.tries = append(m.tries, a)
		} else {
			v.complain("I5", "the attempt %s is for %s, which is no message", a.id, a.item)
		}
	}
	return all
}

// promised: every request that was answered 202 has its message, under the id
// it was told, and no request has two (I5).
func (v *verdict) promised(messages map[string]*written) {
	said := map[string][]*written{}
	for _, m := range messages {
		said[m.text] = append(said[m.text], m)
	}
	asked := map[string]bool{}
	for _, a := range v.oracle.sends {
		asked[a.text] = true
		if a.id != "" && messages[a.id] == nil {
			v.complain("I5", "%s was answered 202 with %s, which is not there", a.key, a.id)
		}
		if got := said[a.text]; len(got) > 1 || a.id != "" && len(got) == 1 && got[0].id != a.id {
			v.complain("I5", "%s was answered %q and has become %d messages", a.key, a.id, len(got))
		}
		if a.status != 202 && a.status != 0 && a.status != 409 && a.status != 503 {
			v.complain("I5", "%s was answered %d", a.key, a.status)
		}
	}
	for text, list := range said {
		if !asked[text] {
			v.complain("I5", "%d messages nobody asked for", len(list))
		}
	}
}

// rests: a message is at rest in a state that its attempts explain, and arrived
// at most once (I6, I11, I12). It reports whether the message is in doubt.
func (v *verdict) rests(m *written) (doubt bool) {
	accepted := 0
	var wamid string
	arrived := 0
	for _, a := range m.tries {
		for _, x := range a.arrivals {
			arrived++
			if x.WAMID != "" {
				accepted++
				wamid = x.WAMID
			}
			if x.Code != 0 && a.outcome != "again" && a.outcome != "in_doubt" {
				v.complain("I6", "the attempt %s was refused with %d and is %s", a.id, x.Code, a.outcome)
			}
		}
	}
	if accepted > 1 {
		v.complain("I12", "%s was accepted %d times by Meta", m.id, accepted)
	}
	if arrived > 1 && slices.ContainsFunc(m.tries[:], func(a *tried) bool { return len(a.arrivals) > 0 && a.outcome == "in_doubt" }) {
		v.complain("I12", "%s arrived %d times, and one of them is in doubt", m.id, arrived)
	}
	switch m.status {
	case "delivered", "read", "sent", "accepted":
		if accepted != 1 || m.wamid != wamid {
			v.complain("I9", "%s is %s as %q; Meta accepted it %d times, as %q", m.id, m.status, m.wamid, accepted, wamid)
		}
		if m.status != "delivered" && m.status != "read" {
			v.complain("I6", "%s is still %s although Meta said all it has to say", m.id, m.status)
		}
	case "in_doubt", "needs_person": // the second is what the first becomes in a long run
		doubt = true
		v.doubted(m, accepted)
	default:
		v.complain("I6", "%s rests as %q after %d attempts", m.id, m.status, len(m.tries))
	}
	return doubt
}

// doubted: only what was on the road when a life ended may be in doubt, and not
// if Meta has told us that it arrived.
func (v *verdict) doubted(m *written, accepted int) {
	if accepted > 0 {
		v.complain("I15", "%s is in doubt, and Meta has accepted it and said so", m.id)
	}
	for _, a := range m.tries {
		if a.outcome != "in_doubt" {
			continue
		}
		cut := slices.ContainsFunc(v.oracle.lives, func(l life) bool {
			return !l.to.IsZero() && a.started.After(l.from) && a.started.Before(l.to) && l.to.Sub(a.started) < 31*time.Second
		})
		if a.evidence != "crash" || !cut {
			v.complain("I6", "%s is in doubt by %q, and was not on the road at a kill", m.id, a.evidence)
		}
	}
}

// densest is the most arrivals in any second: (t, t+1 s].
func densest(arrivals []metaemu.Arrival) int {
	most, from := 0, 0
	for to, a := range arrivals {
		for !a.At.Before(arrivals[from].At.Add(time.Second)) {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}
