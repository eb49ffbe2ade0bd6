package storetest

import (
	"errors"
	"testing"
	"time"

	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

var _ = add("openings", func(t *testing.T, open Open) {
	t.Run("a wish comes true once, with its journal entry", openingOnce(open))
})

func openingOnce(open Open) func(*testing.T) {
	return func(t *testing.T) {
		w := open(t)
		one, two := w.Plant(t, "one"), w.Plant(t, "two")
		ctx := t.Context()
		wish := coexist.Opening{Business: one.Business, ID: "opn_1", Country: "NG", Number: "+2348000000004", By: "psn_1", AskedAt: Noon}
		kept, err := one.DB.AskOpening(ctx, wish)
		if err != nil || kept != wish {
			t.Fatalf("asked: %+v, %v", kept, err)
		}
		again := wish
		again.ID, again.AskedAt = "opn_2", Noon.Add(time.Hour)
		if kept, err = one.DB.AskOpening(ctx, again); err != nil || kept != wish {
			t.Errorf("asked twice: %+v, %v; want the first", kept, err)
		}
		if list, err := two.DB.OpeningsOf(ctx, two.Business); err != nil || len(list) != 0 {
			t.Errorf("another business sees %v, %v", list, err)
		}
		if err := two.DB.DropOpening(ctx, two.Business, "opn_1"); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("another business drops it: %v, want not found", err)
		}
		wish.OpenedAt, wish.From, wish.Source = Noon.Add(48*time.Hour), platform.Day(Noon.Add(24*time.Hour)), "Meta"
		for i, want := range []bool{true, false} {
			if fresh, err := one.DB.Opened(ctx, wish); err != nil || fresh != want {
				t.Errorf("opened, time %d: fresh %v, %v; want %v", i+1, fresh, err, want)
			}
		}
		entries, err := one.DB.Entries(ctx, one.Business, 0, 100)
		told := 0
		for _, e := range entries {
			if e.Kind == wa.EligibilityOpened {
				told++
				if e.Facts.Field != "NG" || !e.Facts.HappenedAt.Equal(wish.From.Start()) || e.Facts.By != "psn_1" {
					t.Errorf("entry = %+v", e.Facts)
				}
			}
		}
		if err != nil || told != 1 {
			t.Errorf("told %d times, %v; want once", told, err)
		}
		if list, err := one.DB.OpeningsOf(ctx, one.Business); err != nil || len(list) != 1 || list[0] != wish {
			t.Errorf("read back: %+v, %v", list, err)
		}
		if err := one.DB.DropOpening(ctx, one.Business, "opn_1"); err != nil {
			t.Error(err)
		}
		if list, err := one.DB.OpeningsOf(ctx, one.Business); err != nil || len(list) != 0 {
			t.Errorf("after it was dropped: %v, %v", list, err)
		}
	}
}
