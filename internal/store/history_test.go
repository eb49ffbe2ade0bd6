package store_test

import (
	"fmt"
	"testing"

	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

func chunk(d *teller, n int) wa.HistoryChunk {
	ev := wa.HistoryChunk{Place: d.place, Phase: 1, Order: 3, Progress: 40}
	for i := range n {
		ev.Messages = append(ev.Messages, wa.HistoryMessage{
			With: phone(fmt.Sprintf("4477009%05d", i%7)), WAMID: wa.WAMID(fmt.Sprintf("h%03d", i)), At: at(-1000 + i),
			Content: text(fmt.Sprint("old ", i)), Status: wa.Arrived,
		})
	}
	return ev
}

// TestL33HistoryIsAppliedInShortTransactions: each takes up to so many messages
// and says how far it is; a live message comes in between; the journal is told
// once.
func TestL33HistoryIsAppliedInShortTransactions(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		ev := chunk(d, 250)
		d.tell(ev)
		for i, want := range []string{"100|waiting", "200|waiting", "250|done"} {
			s, _, ok, err := d.DB.NextHistory(t.Context(), d.Business, "")
			if err != nil || !ok || s.Done != i*100 {
				t.Fatalf("next history = %+v, %t, %v; want it from message %d on", s, ok, err, i*100)
			}
			if _, _, err := d.DB.ApplyHistory(t.Context(), at(5), s, ev, 100); err != nil {
				t.Fatal(err)
			}
			if got := d.one("SELECT done, state FROM inbound"); got != want {
				t.Errorf("after slice %d the fragment is %s, want %s", i, got, want)
			}
			d.tell(d.received(fmt.Sprint("live", i), phone("447700900000"), i))
		}
		if _, _, ok, err := d.DB.NextHistory(t.Context(), d.Business, ""); ok || err != nil {
			t.Errorf("history still waits (%v)", err)
		}
		if bs, err := d.DB.HistoryWaits(t.Context()); len(bs) != 0 || err != nil {
			t.Errorf("history is due for %v (%v)", bs, err)
		}
		if got := d.one("SELECT provenance, COUNT(*) FROM message GROUP BY provenance ORDER BY 1"); got != "history|250 live|3" {
			t.Errorf("messages = %s", got)
		}
		if got := fmt.Sprint(d.kinds()); got != "[message.received message.received history.chunk message.received]" {
			t.Errorf("journal %s, want one entry for the chunk", got)
		}
	})
}

// TestL32HistoryWakesNobody: no unread, no window, no entry a message, nobody
// holds the conversation.
func TestL32HistoryWakesNobody(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		ev := chunk(d, 20)
		for i := range ev.Messages {
			if i%2 == 1 {
				ev.Messages[i].FromMe, ev.Messages[i].Status = true, wa.Sent
			}
		}
		d.past(ev, 7)
		if got := d.one("SELECT COUNT(*) FROM conversation WHERE opened_at <> 0 OR handler <> ''"); got != "0" {
			t.Errorf("%s conversations opened or held", got)
		}
		if got := fmt.Sprint(d.kinds()); got != "[history.chunk]" {
			t.Errorf("journal %s, want the chunk alone", got)
		}
	})
}

// TestHistoryToldTwiceIsToldOnce, also when it is another delivery.
func TestHistoryToldTwiceIsToldOnce(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		d.past(chunk(d, 5), 2)
		d.past(chunk(d, 5), 100)
		file := wa.HistoryMedia{Place: d.place, Messages: []wa.HistoryMessage{{With: phone("447700900000"), WAMID: "f", At: at(-1), Content: wa.Content{Type: "image", JSON: []byte("{}")}, Status: wa.Arrived}}}
		d.past(file, 10)
		d.past(file, 10)
		if got := fmt.Sprint(d.kinds()); got != "[history.chunk history.media]" {
			t.Errorf("journal %s, want each once", got)
		}
		if got := d.one("SELECT COUNT(*) FROM message"); got != "6" {
			t.Errorf("%s messages, want 6", got)
		}
	})
}

// TestThreadPlacesWhatAFileToldWrongly: the last message of a conversation is
// looked up again when the thread puts it elsewhere than its file did.
func TestThreadPlacesWhatAFileToldWrongly(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		who := phone("447700900183")
		d.past(wa.HistoryChunk{Place: d.place, Phase: 1, Messages: []wa.HistoryMessage{{With: who, WAMID: "h1", At: at(-50), Content: text("between"), Status: wa.Arrived}}}, 9)
		d.past(wa.HistoryMedia{Place: d.place, Messages: []wa.HistoryMessage{{With: who, WAMID: "f", At: at(-10), Content: wa.Content{Type: "image", JSON: []byte(`{"type":"image"}`), Text: "loaf"}, Status: wa.Arrived}}}, 9)
		if got := d.one("SELECT m.wamid FROM conversation c JOIN message m ON m.id = c.last_message"); got != "f" {
			t.Fatalf("last message = %s, want f", got)
		}
		d.past(wa.HistoryChunk{Place: d.place, Phase: 1, Order: 2, Messages: []wa.HistoryMessage{
			{With: who, FromMe: true, WAMID: "f", At: at(-90), Content: wa.Content{Type: "media_placeholder", JSON: []byte("{}")}, Status: wa.Read},
		}}, 9)
		want := fmt.Sprintf("h1|%d", at(-50).UnixMicro())
		if got := d.one("SELECT m.wamid, c.last_at FROM conversation c JOIN message m ON m.id = c.last_message"); got != want {
			t.Errorf("last message = %s, want %s", got, want)
		}
		if got := d.one("SELECT m.type, m.direction, m.status, b.text FROM message m JOIN message_body b ON b.message_id = m.id WHERE m.wamid = 'f'"); got != "image|out|read|loaf" {
			t.Errorf("the file's message is %s, want image|out|read|loaf", got)
		}
	})
}
