package store_test

import (
	"fmt"
	"testing"

	"wasl/internal/id"
	"wasl/internal/ingest"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

// TestKeptIsBounded: a batch is bounded in number and in bytes, and goes on where
// it left off, oldest first.
func TestKeptIsBounded(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		var ids []wa.DeliveryID
		for range 7 {
			del := ingest.Delivery{ID: wa.DeliveryID(id.New("dlv")), App: "app", Body: make([]byte, 4<<20)}
			ids = append(ids, del.ID)
			if err := d.DB.Keep(t.Context(), []ingest.Delivery{del}); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for {
			ds, err := d.DB.Kept(t.Context(), "", 512)
			if err != nil {
				t.Fatal(err)
			}
			if len(ds) == 0 {
				break
			}
			got = append(got, fmt.Sprint(len(ds)))
			for _, x := range ds {
				if x.ID != ids[0] || len(x.Body) != 4<<20 {
					t.Fatalf("got %s, want %s whole", x.ID, ids[0])
				}
				ids = ids[1:]
				if err := d.DB.SetAside(t.Context(), x.ID, "seen"); err != nil {
					t.Fatal(err)
				}
			}
		}
		if fmt.Sprint(got) != "[4 3]" {
			t.Errorf("batches of %v, want 4 and 3: sixteen megabytes at once", got)
		}
		if ds, err := d.DB.Kept(t.Context(), "", 512); len(ds) != 0 || err != nil {
			t.Errorf("kept = %d, %v", len(ds), err)
		}
	})
}

// TestKeepIsAllOrNothing: if one of a group cannot be kept none is.
func TestKeepIsAllOrNothing(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		one := ingest.Delivery{ID: "dlv_1", App: "app", Body: []byte("{}")}
		if err := d.DB.Keep(t.Context(), []ingest.Delivery{one}); err != nil {
			t.Fatal(err)
		}
		two := one
		two.ID = "dlv_2"
		if err := d.DB.Keep(t.Context(), []ingest.Delivery{two, one}); err == nil {
			t.Error("a delivery was kept twice")
		}
		if got := d.one("SELECT id FROM delivery"); got != "dlv_1" {
			t.Errorf("deliveries = %s, want the first alone", got)
		}
	})
}

// TestWhatBelongsToNobodyWaitsToBeReplayed: a number that is added later gets
// what came before it.
func TestWhatBelongsToNobodyWaitsToBeReplayed(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		late := d.received("w", phone("447700900183"), 5)
		late.Place = wa.Place{PhoneNumberID: "pn-late", WABAID: "waba-late"}
		d.tell(late)
		if got := d.one("SELECT state, parked FROM delivery"); got != "parked|1" {
			t.Fatalf("delivery = %s, want it set aside", got)
		}
		d.Number("late")
		if n, err := d.DB.Replay(t.Context()); n != 1 || err != nil {
			t.Fatalf("Replay = %d, %v; want 1", n, err)
		}
		ds, err := d.DB.Kept(t.Context(), "", 10)
		if err != nil || len(ds) != 1 {
			t.Fatalf("kept = %d, %v; want it again", len(ds), err)
		}
		if _, err := d.DB.Apply(t.Context(), at(9), []ingest.Parsed{{Delivery: ds[0], Normalized: ingest.Normalized{Events: []wa.Event{late}}}}); err != nil {
			t.Fatal(err)
		}
		if got := d.one("SELECT (SELECT COUNT(*) FROM message), state, parked FROM delivery"); got != "1|split|0" {
			t.Errorf("messages|state|parked = %s, want 1|split|0", got)
		}
	})
}

// TestL15TheSameDeliveryTwiceInOneBatch: album images and retries arrive side by
// side.
func TestL15TheSameDeliveryTwiceInOneBatch(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		d := newTeller(t, open)
		m := d.received("w", phone("447700900183"), 5)
		d.tell(m, m, d.received("w2", phone("447700900183"), 5), m)
		if got := d.one("SELECT items, applied, duplicates, parked FROM delivery"); got != "4|2|2|0" {
			t.Errorf("items|applied|duplicates|parked = %s, want 4|2|2|0", got)
		}
		if got := d.one("SELECT COUNT(*) FROM message"); got != "2" {
			t.Errorf("%s messages, want 2", got)
		}
	})
}
