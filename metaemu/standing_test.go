package metaemu_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

func TestStateTellsHowLongANumberStaysConnected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		start := time.Now()
		life := w.e.State().Lives[w.number.ID]
		if want := start.Add(14 * 24 * time.Hour); !life.EndsAt.Equal(want) || life.EndedBy != "" {
			t.Errorf("a new number ends at %v by %q, want %v and no reason", life.EndsAt, life.EndedBy, want)
		}
		if !life.SyncUntil.Equal(start.Add(24*time.Hour)) || len(life.Synced) != 0 || life.PairBurst != 45 {
			t.Errorf("a new number's life = %+v, want a day for the syncs, none asked for, 45 at once", life)
		}
		time.Sleep(13 * 24 * time.Hour)
		if err := w.e.PhoneOpen(w.number.ID, ""); err != nil {
			t.Fatal(err)
		}
		if got, want := w.e.State().Lives[w.number.ID].EndsAt, time.Now().Add(14*24*time.Hour); !got.Equal(want) {
			t.Errorf("after the app was opened it ends at %v, want %v", got, want)
		}
		time.Sleep(14*24*time.Hour + time.Minute)
		if life = w.e.State().Lives[w.number.ID]; life.EndedBy != "PRIMARY_INACTIVITY" || !life.EndsAt.IsZero() {
			t.Errorf("after 14 silent days: %+v, want PRIMARY_INACTIVITY and no end ahead", life)
		}
		if _, err := w.e.PhoneLink(w.number.ID, true); err != nil {
			t.Fatal(err)
		}
		if err := w.e.PhoneDisconnect(w.number.ID, ""); err != nil {
			t.Fatal(err)
		}
		if got := w.e.State().Lives[w.number.ID].EndedBy; got != "button" {
			t.Errorf("after the owner's button it ended by %q, want button", got)
		}
	})
}

func TestSentinelsAreListedOnce(t *testing.T) {
	list := metaemu.Sentinels()
	if len(list) < 30 || !slices.IsSortedFunc(list, func(a, b metaemu.SentinelNumber) int { return a.Code - b.Code }) {
		t.Fatalf("%d sentinels, want 30 and more by code", len(list))
	}
	for _, s := range list {
		if code, ok := metaemu.Sentinel("20100" + s.Digits); !ok || code != s.Code {
			t.Errorf("a number ending in %s asks for %d, %v; the list says %d", s.Digits, code, ok, s.Code)
		}
	}
}
