package store_test

import (
	"fmt"
	"slices"
	"testing"

	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

// TestMergeKeepsEverythingOfBoth: two contacts that turn out to be one person
// become one, with all either had; what is on its way to them goes on.
func TestMergeKeepsEverythingOfBoth(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		second := d.Number("b")
		there := wa.Place{PhoneNumberID: "pn-b", WABAID: "waba-b"}
		bsuid := wa.Party{BSUID: "GB.1", Username: "imogen"}
		d.tell(d.received("w1", phone("447700900183"), 10), d.received("w2", bsuid, 20))
		elsewhere := d.received("w3", bsuid, 30)
		elsewhere.Place = there
		d.tell(elsewhere, wa.Reacted{Place: d.place, By: wa.Customer, Party: phone("447700900183"), WAMID: "r1", Target: "w0", Emoji: "👍", At: at(15), Content: wa.Content{Type: "reaction", JSON: []byte("{}")}})
		gone := d.one("SELECT contact_id FROM identity WHERE natural_key = 'phone:447700900183'")
		con := d.one("SELECT id FROM conversation WHERE contact_id = $1", gone)
		d.Exec(`INSERT INTO outbox_item (business_id, id, number_id, conversation_id, contact_id, kind, lane, state, order_at, due_at, origin)
			VALUES ($1, 'itm', $2, $3, $4, 'message', 'person', 'queued', 1, 1, 'agent')`, string(d.Business), string(d.number), con, gone)

		smallest := d.one("SELECT contact_id FROM identity WHERE natural_key = 'bsuid:GB.1'")

		both := wa.Party{Phone: "447700900183", WaID: "447700900183", BSUID: "GB.1", Name: "Imogen"}
		d.tell(d.received("w4", both, 40))

		if got := d.one("SELECT COUNT(*), MIN(name), MIN(username), MIN(phone) FROM contact"); got != "1|Imogen|imogen|447700900183" {
			t.Errorf("contacts|name|username|phone = %s", got)
		}
		if got := d.one("SELECT natural_key FROM identity ORDER BY natural_key"); got != "bsuid:GB.1 phone:447700900183" {
			t.Errorf("identities = %s", got)
		}
		left := d.one("SELECT id FROM contact")
		if left != smallest {
			t.Errorf("%s is left, want %s, which had the smallest natural key", left, smallest)
		}
		for _, table := range []string{"identity", "conversation", "message", "outbox_item", "reaction"} {
			if got := d.one("SELECT DISTINCT contact_id FROM " + table); got != left {
				t.Errorf("%s belongs to %s, want %s alone", table, got, left)
			}
		}
		want := fmt.Sprintf("%s|%d %s|%d", d.number, at(40).UnixMicro(), second, at(30).UnixMicro())
		if got := d.one("SELECT number_id, opened_at FROM conversation ORDER BY opened_at DESC"); got != want {
			t.Errorf("conversations (number|opened) = %s, want %s", got, want)
		}
		if got := d.one(`SELECT COUNT(*) FROM message m JOIN conversation c ON c.id = m.conversation_id AND c.number_id = m.number_id`); got != "5" {
			t.Errorf("%s messages stand in a conversation of theirs, want all 5", got)
		}
		if got := d.one("SELECT COUNT(*) FROM outbox_item i JOIN conversation c ON c.id = i.conversation_id"); got != "1" {
			t.Error("what was to be sent has lost its conversation")
		}
		if n := countOf(d.kinds(), wa.ContactMerged); n != 1 {
			t.Errorf("told of %d merges, want 1: %v", n, d.kinds())
		}
	})
}

func countOf(kinds []wa.Kind, k wa.Kind) (n int) {
	for _, x := range kinds {
		if x == k {
			n++
		}
	}
	return n
}

// TestMergeByHistoryIsTold: the history may be what shows that two are one.
func TestMergeByHistoryIsTold(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		d.tell(d.received("w1", phone("447700900183"), 10), d.received("w2", wa.Party{BSUID: "GB.1"}, 20))
		d.past(wa.HistoryChunk{Place: d.place, Phase: 1, Messages: []wa.HistoryMessage{
			{With: wa.Party{Phone: "447700900183", WaID: "447700900183", BSUID: "GB.1"}, WAMID: "h1", At: at(-9), Content: text("old"), Status: wa.Arrived},
		}}, 100)
		if got := d.one("SELECT COUNT(*) FROM contact"); got != "1" {
			t.Errorf("%s contacts, want 1", got)
		}
		if n := countOf(d.kinds(), wa.ContactMerged); n != 1 {
			t.Errorf("told of %d merges, want 1: %v", n, d.kinds())
		}
	})
}

// TestMergeTakesTheLatestOfTheBook: that a name was taken out of the address book
// counts as much as that one was put in, whichever of the two knew it (L21).
func TestMergeTakesTheLatestOfTheBook(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		for i, removedOn := range []wa.Party{phone("447700900183"), {BSUID: "GB.1"}} {
			d := newTeller(t, open)
			addedOn := []wa.Party{{BSUID: "GB.1"}, phone("447700900183")}[i]
			d.tell(
				wa.ContactChanged{Place: d.place, Party: addedOn, FullName: "Imogen Hale", At: at(1)},
				wa.ContactChanged{Place: d.place, Party: removedOn, Removed: true, At: at(2)},
				d.received("w", wa.Party{Phone: "447700900183", WaID: "447700900183", BSUID: "GB.1"}, 3),
			)
			if got := d.one("SELECT COUNT(*), MIN(book_name), MIN(book_at) FROM contact"); got != fmt.Sprintf("1||%d", at(2).UnixMicro()) {
				t.Errorf("contacts|book|at = %s, want the name gone", got)
			}
		}
	})
}

func TestL21RemovalDeletesNoConversation(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		d.tell(d.received("w", phone("447700900183"), 1), wa.ContactChanged{Place: d.place, Party: phone("447700900183"), Removed: true, At: at(2)})
		if got := d.one("SELECT (SELECT COUNT(*) FROM contact), (SELECT COUNT(*) FROM conversation), (SELECT COUNT(*) FROM message)"); got != "1|1|1" {
			t.Errorf("contacts|conversations|messages = %s, want all left", got)
		}
	})
}

// TestNumberChangeIsWhatIsWrittenTo: after a change of number the new one is the
// contact's phone, also if it sorts before the old one.
func TestNumberChangeIsWhatIsWrittenTo(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		for _, next := range []string{"447700900001", "447700900999"} {
			d := newTeller(t, open)
			evs := []wa.Event{
				d.received("w", phone("447700900183"), 1),
				wa.SystemNoticed{Place: d.place, Party: phone("447700900183"), Now: phone(next), WAMID: "s", At: at(2), Kind: "user_changed_number", Content: wa.Content{Type: "system", JSON: []byte("{}")}},
			}
			if next == "447700900001" {
				slices.Reverse(evs)
			}
			d.tell(evs...)
			if got := d.one("SELECT phone FROM contact"); got != next {
				t.Errorf("phone = %s, want %s", got, next)
			}
		}
	})
}
