package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/internal/id"
	"wasl/internal/ingest"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

// at is so many seconds after noon, when the Numbers of these tests joined.
func at(s int) time.Time { return storetest.Noon.Add(time.Duration(s) * time.Second) }

// A teller is a store with one Business and Number, to which events are told.
type teller struct {
	storetest.Seed
	t      *testing.T
	number wa.NumberID
	place  wa.Place
	told   int
}

func newTeller(t *testing.T, open storetest.Open) *teller {
	t.Helper()
	s := open(t).Plant(t, "Bakery")
	return &teller{Seed: s, t: t, number: s.Number("a"), place: wa.Place{PhoneNumberID: "pn-a", WABAID: "waba-a"}}
}

// tell keeps and applies one delivery that says the events.
func (d *teller) tell(evs ...wa.Event) {
	d.t.Helper()
	del := ingest.Delivery{ID: wa.DeliveryID(id.New("dlv")), ReceivedAt: at(d.told), App: "app", Body: []byte("{}")}
	d.told++
	if err := d.DB.Keep(d.t.Context(), []ingest.Delivery{del}); err != nil {
		d.t.Fatalf("keep: %v", err)
	}
	if _, err := d.DB.Apply(d.t.Context(), at(1000), []ingest.Parsed{{Delivery: del, Normalized: ingest.Normalized{Events: evs}}}); err != nil {
		d.t.Fatalf("apply: %v", err)
	}
}

// past applies a chunk of history, so many messages a transaction.
func (d *teller) past(ev wa.Event, slice int) {
	d.t.Helper()
	d.tell(ev)
	for {
		s, _, ok, err := d.DB.NextHistory(d.t.Context(), d.Business, "")
		if err != nil {
			d.t.Fatalf("next history: %v", err)
		}
		if !ok {
			return
		}
		if _, _, err := d.DB.ApplyHistory(d.t.Context(), at(1000), s, ev, slice); err != nil {
			d.t.Fatalf("apply history: %v", err)
		}
	}
}

func (d *teller) one(query string, args ...any) string {
	d.t.Helper()
	var cells []any
	rows, err := d.Raw.QueryContext(d.t.Context(), query, args...)
	if err != nil {
		d.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	cols, _ := rows.Columns()
	var out []string
	for rows.Next() {
		cells = make([]any, len(cols))
		for i := range cells {
			cells[i] = new(string)
		}
		if err := rows.Scan(cells...); err != nil {
			d.t.Fatalf("%s: %v", query, err)
		}
		parts := make([]string, len(cells))
		for i, c := range cells {
			parts[i] = *c.(*string)
		}
		out = append(out, strings.Join(parts, "|"))
	}
	if err := rows.Err(); err != nil {
		d.t.Fatalf("%s: %v", query, err)
	}
	return strings.Join(out, " ")
}

func (d *teller) kinds() []wa.Kind {
	d.t.Helper()
	es, err := d.DB.Entries(d.t.Context(), d.Business, 1, 1000) // after the Number's own
	if err != nil {
		d.t.Fatalf("entries: %v", err)
	}
	var out []wa.Kind
	for _, e := range es {
		out = append(out, e.Kind)
	}
	return out
}

func text(s string) wa.Content {
	return wa.Content{Type: "text", JSON: fmt.Appendf(nil, `{"type":"text","text":{"body":%q}}`, s), Text: s}
}

func phone(p string) wa.Party { return wa.Party{Phone: p, WaID: p} }

func (d *teller) received(w string, from wa.Party, s int) wa.Received {
	return wa.Received{Place: d.place, From: from, WAMID: wa.WAMID(w), At: at(s), Content: text(w)}
}

func (d *teller) echoed(w string, to wa.Party, s int) wa.Echoed {
	return wa.Echoed{Place: d.place, To: to, WAMID: wa.WAMID(w), At: at(s), Content: text(w)}
}

func TestL16EchoOpensNoWindowAndClearsWhatWaits(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		d.tell(d.echoed("w1", phone("447700900183"), 10))
		if got := d.one("SELECT opened_at, seen_at FROM conversation"); got != fmt.Sprintf("0|%d", at(10).UnixMicro()) {
			t.Errorf("opened|seen = %s, want no window and seen up to the echo", got)
		}
		d.tell(d.received("w2", phone("447700900183"), 20), d.echoed("w3", phone("447700900183"), 30))
		if got, want := d.one("SELECT opened_at, seen_at FROM conversation"), fmt.Sprintf("%d|%d", at(20).UnixMicro(), at(30).UnixMicro()); got != want {
			t.Errorf("opened|seen = %s, want %s", got, want)
		}
	})
}

func TestL18QuotedContextOnEchoesIsStored(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		e := d.echoed("w1", phone("447700900183"), 10)
		e.ReplyTo = "wamid.asked"
		d.tell(e)
		if got := d.one("SELECT reply_to FROM message"); got != "wamid.asked" {
			t.Errorf("reply to %q, want wamid.asked", got)
		}
	})
}

func TestL14EchoOfOurOwnSendIsNoHuman(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		c := d.Contact("Imogen", "447700900183")
		con := d.Conversation(d.number, c)
		d.Say(storetest.Said{In: con, Number: d.number, Contact: c, At: at(5), WAMID: "w1", Direction: wa.Out, Origin: wa.FromBot, Status: wa.Accepted, Text: "from the bot"})
		d.tell(d.echoed("w1", phone("447700900183"), 6))
		if got := d.one("SELECT handler, (SELECT origin FROM message) FROM conversation"); got != "|bot" {
			t.Errorf("handler|origin = %s, want nobody holding what the bot said", got)
		}
		if len(d.kinds()) != 0 {
			t.Errorf("journal %v, want nothing told", d.kinds())
		}
	})
}

func TestL23NothingBeforeTheOnboardingOpensAWindow(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		d.tell(d.received("w1", phone("447700900183"), -1))
		d.past(wa.HistoryChunk{Place: d.place, Messages: []wa.HistoryMessage{
			{With: phone("447700900184"), WAMID: "h1", At: at(-5), Content: text("old"), Status: wa.Arrived},
			{With: phone("447700900184"), WAMID: "h2", At: at(5), Content: text("as old as the onboarding"), Status: wa.Arrived},
		}}, 100)
		if got := d.one("SELECT opened_at FROM conversation"); got != "0 0" {
			t.Errorf("windows opened at %s, want none", got)
		}
		d.tell(d.received("w2", phone("447700900183"), 0))
		if got := d.one("SELECT MAX(opened_at) FROM conversation"); got != fmt.Sprint(at(0).UnixMicro()) {
			t.Errorf("window opened at %s, want at the onboarding's second", got)
		}
	})
}

func TestOnlyWordsOpenAWindow(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		who := phone("447700900183")
		d.tell(
			wa.Reacted{Place: d.place, By: wa.Customer, Party: who, WAMID: "r", Target: "x", Emoji: "👍", At: at(1), Content: wa.Content{Type: "reaction", JSON: []byte("{}")}},
			wa.SystemNoticed{Place: d.place, Party: who, WAMID: "s", At: at(2), Kind: "customer_identity_changed", Content: wa.Content{Type: "system", JSON: []byte("{}")}},
			wa.Edited{Place: d.place, By: wa.Customer, Party: who, WAMID: "e", Original: "x", At: at(3), Content: text("other")},
			wa.StatusReported{Place: d.place, WAMID: "x", Status: wa.Read, Wire: "read", At: at(4), Recipient: who, Raw: []byte("{}")},
		)
		if got := d.one("SELECT opened_at FROM conversation"); got != "0" {
			t.Errorf("window opened at %s, want none", got)
		}
		d.tell(wa.Unsupported{Place: d.place, From: who, WAMID: "u", At: at(5), Code: 131060, Content: wa.Content{Type: "unsupported", JSON: []byte("{}")}})
		if got := d.one("SELECT opened_at FROM conversation"); got != fmt.Sprint(at(5).UnixMicro()) {
			t.Errorf("window opened at %s, want with what the customer wrote and Meta does not show", got)
		}
	})
}

// TestI15DeliveredIsNotUndone: every order of the same reports shows the same.
func TestI15DeliveredIsNotUndone(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		words := []struct {
			wire   string
			status wa.Status
			code   int
		}{{"sent", wa.Sent, 0}, {"failed", wa.Failed, 131026}, {"delivered", wa.Delivered, 0}, {"read", wa.Read, 0}}
		d := newTeller(t, open)
		n := 0
		// Every subset of the words in every order.
		var try func(told []int)
		try = func(told []int) {
			n++
			w := fmt.Sprintf("w%d", n)
			d.tell(d.echoed(w, phone("447700900183"), 1))
			want, code := wa.Sent, 0
			for _, i := range told {
				d.tell(wa.StatusReported{Place: d.place, WAMID: wa.WAMID(w), Status: words[i].status, Wire: words[i].wire, At: at(10 + i), Code: words[i].code, Raw: []byte("{}")})
				if i > slices.Index([]string{"sent", "failed", "delivered", "read"}, string(want)) {
					want, code = words[i].status, words[i].code
				}
			}
			if got := d.one("SELECT status, code FROM message WHERE wamid = $1", w); got != fmt.Sprintf("%s|%d", want, code) {
				t.Errorf("told %v: %s, want %s|%d", told, got, want, code)
			}
			for i := range words {
				if !slices.Contains(told, i) {
					try(append(slices.Clone(told), i))
				}
			}
		}
		try(nil)
	})
}

// TestConflictIsVisible: another content under a known WAMID changes nothing and
// can be found (decision 14).
func TestConflictIsVisible(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		d.tell(d.received("w", phone("447700900183"), 1))
		other := d.received("w", phone("447700900183"), 1)
		other.Content = text("something else")
		d.tell(other, d.received("w2", phone("447700900183"), 2))
		if got := d.one("SELECT text FROM message_body ORDER BY text"); got != "w w2" {
			t.Errorf("texts %s, want the first and the good one beside the conflict", got)
		}
		list, err := d.DB.Deliveries(t.Context(), "parked", "", 10)
		if err != nil || len(list) != 1 || len(list[0].Fragments) != 1 || list[0].Fragments[0].Reason != "same_wamid_other_content" {
			t.Errorf("parked deliveries %+v, %v; want the conflict", list, err)
		}
	})
}

// TestConflictOfAnEditOrAReactionIsVisible: the same rule holds for what is said
// of a message, in one batch and in two; a repetition is none.
func TestConflictOfAnEditOrAReactionIsVisible(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		who := phone("447700900183")
		edit := func(words string) wa.Event {
			return wa.Edited{Place: d.place, By: wa.Customer, Party: who, WAMID: "e", Original: "w", At: at(3), Content: text(words)}
		}
		react := func(emoji string) wa.Event {
			return wa.Reacted{
				Place: d.place, By: wa.Customer, Party: who, WAMID: "r", Target: "w", Emoji: emoji, At: at(4),
				Content: wa.Content{Type: "reaction", JSON: fmt.Appendf(nil, `{"type":"reaction","reaction":{"message_id":"w","emoji":%q}}`, emoji)},
			}
		}
		d.tell(d.received("w", who, 1), edit("one"), react("👍"), edit("one"), react("👍"), edit("two"), react("😮"))
		d.tell(edit("one"), react("👍"), edit("two"), react("😮"))
		if got := d.one("SELECT text FROM message_version"); got != "one" {
			t.Errorf("versions %q, want the first", got)
		}
		if got := d.one("SELECT emoji FROM reaction"); got != "👍" {
			t.Errorf("reactions %q, want the first", got)
		}
		list, err := d.DB.Deliveries(t.Context(), "parked", "", 10)
		if err != nil || len(list) != 2 || len(list[0].Fragments) != 2 || len(list[1].Fragments) != 2 {
			t.Errorf("parked deliveries %+v, %v; want both, each with the edit and the reaction", list, err)
		}
	})
}

// TestL15TwoReportsOfOneSecond: two reports that differ in their error, or in
// what they tell of the price, are two; the same one in another spelling is not.
func TestL15TwoReportsOfOneSecond(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		report := func(wire string, code int, raw string) wa.Event {
			return wa.StatusReported{Place: d.place, WAMID: "w", Status: wa.Status(wire), Wire: wire, At: at(5), Code: code, Title: fmt.Sprint("title ", code), Raw: []byte(raw)}
		}
		told := []wa.Event{
			report("failed", 131049, `{"errors":[{"code":131049}]}`), report("failed", 131026, `{"errors":[{"code":131026}]}`),
			report("sent", 0, `{"id":"w","status":"sent"}`), report("sent", 0, `{"id":"w","status":"sent","pricing":{"billable":true}}`),
			report("sent", 0, `{ "status": "sent", "id": "w" }`),
		}
		d.tell(told...)
		d.tell(told[3], told[1])
		d.tell(d.echoed("w", phone("447700900183"), 1))
		if got := d.one("SELECT COUNT(*) FROM status_report"); got != "4" {
			t.Errorf("%s reports, want 4", got)
		}
		if got := d.one("SELECT status, code, code_title FROM message"); got != "failed|131026|title 131026" {
			t.Errorf("message %s, want it failed with the smallest code, whichever came first", got)
		}
	})
}

// TestApplyConcurrently: nodes that meet the same new person
// at once all come through, and there is one contact.
func TestApplyConcurrently(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		errs := make(chan error, 8)
		for i := range 8 {
			go func() {
				del := ingest.Delivery{ID: wa.DeliveryID(id.New("dlv")), Body: []byte("{}")}
				err := d.DB.Keep(ctx, []ingest.Delivery{del})
				if err == nil {
					_, err = d.DB.Apply(ctx, at(1), []ingest.Parsed{{Delivery: del, Normalized: ingest.Normalized{Events: []wa.Event{
						d.received("same", phone("447700900183"), 1), d.received(fmt.Sprint("own", i), phone("447700900183"), 2),
					}}}})
				}
				errs <- err
			}()
		}
		for range 8 {
			if err := <-errs; err != nil {
				t.Errorf("apply: %v", err)
			}
		}
		if got := d.one("SELECT (SELECT COUNT(*) FROM contact), (SELECT COUNT(*) FROM conversation), (SELECT COUNT(*) FROM message)"); got != "1|1|9" {
			t.Errorf("contacts|conversations|messages = %s, want 1|1|9", got)
		}
		if got := d.one("SELECT COUNT(*), MAX(seq), (SELECT last FROM journal_counter) FROM journal"); got != "11|11|11" {
			t.Errorf("entries|last|counter = %s, want 11 without a gap", got)
		}
	})
}
