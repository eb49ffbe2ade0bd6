package store_test

import (
	"testing"

	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

// TestNewsOfOneNumber: an owner who disconnects one phone of an account leaves
// the others connected; news that names no number, or one that is not here, is
// about them all.
func TestNewsOfOneNumber(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		b := d.Number("b")
		d.Exec("UPDATE number SET waba_id = 'waba-a', digits = '966550000088' WHERE id = $1", string(b))
		d.Exec("UPDATE number SET digits = '966550000077' WHERE id = $1", string(d.number))
		stages := func() string {
			return d.one("SELECT stage FROM number WHERE business_id = $1 ORDER BY digits", string(d.Business))
		}
		news := func(phone string, second int) wa.AccountChanged {
			return wa.AccountChanged{Place: wa.Place{WABAID: "waba-a"}, Event: "PARTNER_REMOVED", Phone: phone, At: at(second), Raw: []byte("{}")}
		}
		d.tell(news("966550000088", 200))
		if got := stages(); got != "live disconnected" {
			t.Errorf("after news of the second: %s, want live disconnected", got)
		}
		d.tell(news("15550142077", 400))
		if got := stages(); got != "disconnected disconnected" {
			t.Errorf("after news of a number unknown here: %s, want disconnected disconnected", got)
		}
	})
}

// TestWhyANumberIsAway: what Meta tells of a disconnection is kept with the
// stage it led to, whichever of two reasons of one second comes first, and is gone
// with the reconnect.
func TestWhyANumberIsAway(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		for _, changeFirst := range []bool{true, false} {
			d := newTeller(t, open)
			d.Exec("UPDATE number SET waba_id = 'waba-a'")
			news := func(event, reason, by string, second int) wa.AccountChanged {
				return wa.AccountChanged{Place: wa.Place{WABAID: "waba-a"}, Event: event, Reason: reason, InitiatedBy: by, At: at(second), Raw: []byte("{}" + event + reason)}
			}
			both := []wa.AccountChanged{news("PARTNER_REMOVED", "CHANGE_NUMBER", "USER", 200), news("PARTNER_REMOVED", "ACCOUNT_DISCONNECTED", "SYSTEM", 200)}
			if !changeFirst {
				both[0], both[1] = both[1], both[0]
			}
			d.tell(both[0])
			d.tell(both[1])
			why := func() string {
				return d.one("SELECT stage || ' ' || stage_by || ' ' || stage_reason || ' ' || stage_agent FROM number WHERE business_id = $1", string(d.Business))
			}
			if got, want := why(), "disconnected PARTNER_REMOVED CHANGE_NUMBER USER"; got != want {
				t.Errorf("change first %t: %q, want %q", changeFirst, got, want)
			}
			d.tell(news("ACCOUNT_RECONNECTED", "", "", 900))
			if got, want := why(), "live ACCOUNT_RECONNECTED  "; got != want {
				t.Errorf("after the reconnect: %q, want %q", got, want)
			}
		}
	})
}

// TestPastAgain: the same piece of the past is news once in each onboarding,
// and its messages are there once.
func TestPastAgain(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		piece := wa.HistoryChunk{Place: d.place, Phase: 1, Order: 1, Progress: 100, Messages: []wa.HistoryMessage{{
			With: phone("447700900183"), WAMID: "w-old", At: at(-86400), Content: text("hi"), Status: wa.Arrived,
		}}}
		d.past(piece, 10)
		d.past(piece, 10)
		if n := countOf(d.kinds(), wa.HistoryChunkKind); n != 1 {
			t.Errorf("told twice in one onboarding it is news %d times, want 1", n)
		}
		d.Exec("UPDATE number SET onboarded_at = onboarded_at + 1000000 WHERE id = $1", string(d.number))
		d.past(piece, 10)
		if n := countOf(d.kinds(), wa.HistoryChunkKind); n != 2 {
			t.Errorf("told in two onboardings it is news %d times, want 2", n)
		}
		if got := d.one("SELECT COUNT(*) FROM message"); got != "1" {
			t.Errorf("%s messages, want 1", got)
		}
	})
}
