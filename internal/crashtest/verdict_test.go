package crashtest

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// verdict holds what the database says against what the oracle knows. Every
// method checks one promise.
type verdict struct {
	*trial
	db      *sql.DB
	numbers map[string]place // by Meta's id
	bad     map[string]int   // complaints by kind; the first few are printed

	kept     map[digest]int
	events   map[string]*event // distinct ones, by their own key
	items    int
	parked   int // as the rows say
	doubled  int
	applied  int
	strange  int // events of a number that nobody has
	conflict int
}

type place struct{ business, number string }

// event is one thing that Meta said, however often it came.
type event struct {
	kind, number string         // Meta's id of the Number
	key          []string       // what names it in its table
	texts        map[string]int // how often with which words
	person       string         // digits
}

// judge opens the database after the last life and checks every promise.
func (tr *trial) judge() {
	tr.t.Helper()
	v := &verdict{trial: tr, db: tr.open(), numbers: map[string]place{}, bad: map[string]int{}, kept: map[digest]int{}, events: map[string]*event{}}
	defer v.db.Close()
	v.rows("SELECT business_id, id, phone_number_id FROM number", 3, func(r []string) { v.numbers[r[2]] = place{r[0], r[1]} })
	v.deliveries()
	v.conservation()
	v.tables()
	v.journal()
	v.doubles()
	out := v.outgoing()
	o := tr.oracle
	tr.t.Logf("deliveries: %d posts answered 200, %d not; %d kept. events: %d in all, %d applied, %d duplicates, %d parked (%d of strangers, %d conflicts)",
		o.acks, o.silent, sum(v.kept), v.items, v.applied, v.doubled, v.parked, v.strange, v.conflict)
	tr.t.Logf("sends: %d asked, %d accepted, %d attempts, %d arrivals at Meta (at most %d in one second), %d left in doubt, %d soft breaches",
		len(o.sends), o.accepted(), out.attempts, out.arrivals, out.most, out.doubt, tr.world.emu.Counters().SoftBreaches)
	if v.items == 0 || o.acks == 0 || out.arrivals == 0 || v.parked == 0 || v.doubled == 0 {
		tr.t.Error("the load had too little of something to prove anything")
	}
}

// complain reports a broken promise, the first few of each kind.
func (v *verdict) complain(kind, format string, args ...any) {
	v.t.Helper()
	if v.bad[kind]++; v.bad[kind] <= 5 {
		v.t.Errorf(kind+": "+format, args...)
	} else if v.bad[kind] == 6 {
		v.t.Errorf("%s: and more of the same", kind)
	}
}

// rows reads a query's rows as strings.
func (v *verdict) rows(query string, columns int, row func(r []string)) {
	v.t.Helper()
	rows, err := v.db.Query(query)
	if err != nil {
		v.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		raw := make([]sql.RawBytes, columns)
		into := make([]any, columns)
		for i := range raw {
			into[i] = &raw[i]
		}
		if err := rows.Scan(into...); err != nil {
			v.t.Fatalf("%s: %v", query, err)
		}
		r := make([]string, columns)
		for i := range raw {
			r[i] = string(raw[i])
		}
		row(r)
	}
	if err := rows.Err(); err != nil {
		v.t.Fatalf("%s: %v", query, err)
	}
}

// deliveries: no acknowledged delivery is missing, none was invented, and each
// tells what became of its items (I1, I2).
func (v *verdict) deliveries() {
	rows, err := v.db.Query("SELECT id, sha256, body, state, items, applied, duplicates, parked, reason FROM delivery JOIN delivery_body ON delivery_id = id")
	if err != nil {
		v.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, state, reason string
		var sum, body []byte
		var items, applied, doubled, parked int
		if err := rows.Scan(&id, &sum, &body, &state, &items, &applied, &doubled, &parked, &reason); err != nil {
			v.t.Fatal(err)
		}
		if sha256.Sum256(body) != digest(sum) {
			v.complain("I1", "delivery %s does not have the body of its digest", id)
		}
		v.kept[digest(sum)]++
		if !v.oracle.posted[digest(sum)] {
			v.complain("I1", "delivery %s was never sent", id)
		}
		found := v.read(body)
		if state == "kept" || reason != "" {
			v.complain("I2", "delivery %s is %s %q", id, state, reason)
		}
		if items != found || items != applied+doubled+parked {
			v.complain("I3", "delivery %s has %d events and says %d: %d applied, %d duplicates, %d parked", id, found, items, applied, doubled, parked)
		}
		v.items, v.applied, v.doubled, v.parked = v.items+items, v.applied+applied, v.doubled+doubled, v.parked+parked
	}
	if err := rows.Err(); err != nil {
		v.t.Fatal(err)
	}
	for sum, n := range v.oracle.acked {
		if v.kept[sum] < n {
			v.complain("I1", "delivery %s was answered 200 %d times and is there %d times", hex.EncodeToString(sum[:6]), n, v.kept[sum])
		}
	}
	for status, n := range v.oracle.odd {
		v.complain("I4", "%d deliveries were answered %d, want 200 or 503", n, status)
	}
}

// conservation: what the deliveries say together is what was in them (I3).
func (v *verdict) conservation() {
	distinct, again, parked := 0, 0, v.strange
	texts := map[string]string{}
	v.rows(`SELECT n.phone_number_id, m.wamid, b.text FROM message m JOIN number n ON n.business_id = m.business_id AND n.id = m.number_id
		JOIN message_body b ON b.business_id = m.business_id AND b.message_id = m.id WHERE m.wamid IS NOT NULL`, 3, func(r []string) {
		texts[r[0]+" "+r[1]] = r[2]
	})
	for _, e := range v.events {
		distinct++
		all := sum(e.texts)
		if len(e.texts) == 1 {
			again += all - 1
			continue
		}
		// The same WAMID with different words: the first that came stays.
		stands := texts[e.number+" "+e.key[0]]
		if e.texts[stands] == 0 {
			v.complain("I3", "%v says %q, which nobody said", e.key, stands)
			continue
		}
		again += e.texts[stands] - 1
		parked += all - e.texts[stands]
		v.conflict += all - e.texts[stands]
	}
	if v.applied != distinct || v.doubled != again || v.parked != parked {
		v.complain("I3", "%d applied, %d duplicates, %d parked; in the deliveries are %d, %d and %d", v.applied, v.doubled, v.parked, distinct, again, parked)
	}
}

// tables: each kind of event is in its table, each once, and nothing else is
// (I9). Messages that we sent ourselves are there under the WAMIDs that Meta gave.
func (v *verdict) tables() {
	for _, k := range []struct {
		kinds, query string
		columns      int
	}{
		{"message echo reaction", "SELECT number_id, wamid FROM message WHERE wamid IS NOT NULL AND origin <> 'api'", 2},
		{"status", "SELECT number_id, wamid, wire, at FROM status_report", 4},
		{"edit", "SELECT number_id, wamid, edit_wamid FROM message_version", 3},
		{"revoke", "SELECT number_id, wamid, revoke_wamid FROM revocation", 3},
	} {
		want := map[string]bool{}
		for _, e := range v.events {
			if slices.Contains(strings.Fields(k.kinds), e.kind) {
				want[v.numbers[e.number].number+" "+strings.Join(e.key, " ")] = true
			}
		}
		v.rows(k.query, k.columns, func(r []string) {
			row := strings.Join(r, " ")
			if !want[row] {
				v.complain("I9", "%s: %s is there and was never said, or is there twice", k.kinds, row)
			}
			delete(want, row)
		})
		for row := range want {
			v.complain("I9", "%s: %s was said and is not there", k.kinds, row)
		}
	}
	unknown := 0
	for _, e := range v.events {
		if e.kind == "unknown" {
			unknown++
		}
	}
	if n, _ := number(v.db, "SELECT COUNT(*) FROM notice WHERE kind = 'unknown.kept' OR kind = 'unknown'"); int(n) != unknown {
		v.complain("I9", "%d notices of what we have no word for, want %d", n, unknown)
	}
}

// journal: the positions of every Business are 1, 2, 3, … to the end; every
// message is in it once; and every reaction has read it whole.
func (v *verdict) journal() {
	ends := map[string]string{}
	v.rows("SELECT business_id, COUNT(*), MIN(seq), MAX(seq) FROM journal GROUP BY business_id", 4, func(r []string) {
		ends[r[0]] = r[3]
		if r[2] != "1" || r[1] != r[3] {
			v.complain("journal", "%s has %s entries from %s to %s", r[0], r[1], r[2], r[3])
		}
	})
	v.rows("SELECT business_id, last FROM journal_counter", 2, func(r []string) {
		if ends[r[0]] != r[1] {
			v.complain("journal", "%s ends at %s and its counter is %s", r[0], ends[r[0]], r[1])
		}
	})
	cursors := 0
	v.rows("SELECT business_id, reaction, seq FROM cursor", 3, func(r []string) {
		cursors++
		if ends[r[0]] != r[2] {
			v.complain("journal", "%s has read %s to %s of %s", r[1], r[0], r[2], ends[r[0]])
		}
	})
	v.rows("SELECT reaction, seq, reason FROM parked_entry", 3, func(r []string) { v.complain("journal", "parked: %v", r) })
	if len(ends) != 2 || cursors < 2 {
		v.complain("journal", "%d journals and %d cursors, want 2 of each", len(ends), cursors)
	}
	told := map[string]int{}
	v.rows("SELECT business_id, kind, number_id, facts FROM journal WHERE kind IN ('message.received', 'message.echoed', 'message.reacted')", 4, func(r []string) {
		var facts struct {
			WAMID string `json:"wamid"`
		}
		if err := json.Unmarshal([]byte(r[3]), &facts); err != nil {
			v.complain("journal", "facts: %v", err)
		}
		told[r[2]+" "+facts.WAMID]++
	})
	for _, e := range v.events {
		if n := told[v.numbers[e.number].number+" "+e.key[len(e.key)-1]]; slices.Contains([]string{"message", "echo", "reaction"}, e.kind) && n != 1 {
			v.complain("journal", "the %s %v is journalled %d times", e.kind, e.key, n)
		}
	}
}

// doubles: one row for a message, one conversation for a pair, one contact for
// a person (I10).
func (v *verdict) doubles() {
	for _, query := range []string{
		"SELECT number_id, wamid, COUNT(*) FROM message WHERE wamid IS NOT NULL GROUP BY business_id, number_id, wamid HAVING COUNT(*) > 1",
		"SELECT number_id, contact_id, COUNT(*) FROM conversation GROUP BY business_id, number_id, contact_id HAVING COUNT(*) > 1",
		"SELECT phone, business_id, COUNT(*) FROM contact WHERE phone <> '' GROUP BY business_id, phone HAVING COUNT(*) > 1",
	} {
		v.rows(query, 3, func(r []string) { v.complain("I10", "%v is there %s times", r[:2], r[2]) })
	}
	persons := map[string]map[string]bool{}
	for _, e := range v.events {
		b := v.numbers[e.number].business
		if persons[b] == nil {
			persons[b] = map[string]bool{}
		}
		if e.person != "" {
			persons[b][e.person] = true
		}
	}
	v.rows("SELECT business_id, COUNT(*) FROM contact GROUP BY business_id", 2, func(r []string) {
		if want := len(persons[r[0]]); r[1] != fmt.Sprint(want) {
			v.complain("I10", "%s has %s contacts, and %d people wrote", r[0], r[1], want)
		}
	})
}

func sum[K comparable](m map[K]int) int {
	n := 0
	for c := range maps.Values(m) {
		n += c
	}
	return n
}
