package scenario

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/coexist"
	"wasl/internal/platform"
	"wasl/internal/store"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

// TestTellMeWhenMyCountryOpens: whoever was refused is told on the day the rule
// changes, once, whatever restarts in between; where it is offered already there is
// nothing to wait for.
func TestTellMeWhenMyCountryOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(storetest.Noon))
		path := filepath.Join(quickDir(t), "wasl.db") // No house around it: the days pass at once.
		if err := os.WriteFile(path, emptyStore(), 0o600); err != nil {
			t.Fatal(err)
		}
		db := must(store.Open(t.Context(), store.Options{URL: path, Sealer: storetest.Sealer()}))(t)
		defer db.Close()
		now := time.Now()
		business := must(db.CreateBusiness(t.Context(), "Lagos", now))(t)
		shut := platform.Known().With(platform.Fact{
			Name: platform.Unsupported, List: []string{"NG"}, From: platform.Day(now.AddDate(0, 0, -1)), Source: "test",
		})
		opens := shut.With(platform.Fact{
			Name: platform.Unsupported, List: []string{}, From: platform.Day(now.AddDate(0, 0, 3)), Source: "Meta, on that day",
		})
		lookout := &coexist.Lookout{Openings: db, Facts: shut, Log: slog.New(slog.DiscardHandler)}
		ask := func(number string) error {
			_, err := lookout.Ask(t.Context(), business, "psn_1", number)
			return err
		}
		if err := ask("+966512345678"); !errors.Is(err, coexist.ErrOpenAlready) {
			t.Errorf("where it is offered: %v, want that there is nothing to wait for", err)
		}
		if err := ask("hello"); !errors.Is(err, coexist.ErrNoCountry) {
			t.Errorf("no number: %v", err)
		}
		for range 2 {
			if err := ask("+2348000000004"); err != nil {
				t.Fatal(err)
			}
		}
		told := func() (at []time.Time) {
			for _, e := range must(db.Entries(t.Context(), business, 0, 10_000))(t) {
				if e.Kind == wa.EligibilityOpened {
					at = append(at, e.At)
				}
			}
			return at
		}
		// The program is updated on the second day: the new facts name the day.
		for _, life := range []struct {
			facts platform.Book
			days  int
		}{{shut, 1}, {opens, 1}, {opens, 4}} {
			ctx, end := context.WithCancel(t.Context())
			lookout := &coexist.Lookout{Openings: db, Facts: life.facts, Log: slog.New(slog.DiscardHandler)}
			go lookout.Run(ctx)
			time.Sleep(time.Duration(life.days) * 24 * time.Hour)
			end()
			synctest.Wait()
		}
		at := told()
		if len(at) != 1 || platform.Day(at[0]) != platform.Day(now.AddDate(0, 0, 3)) {
			t.Errorf("told at %v, want once, on the third day", at)
		}
		list := must(lookout.List(t.Context(), business))(t)
		if len(list) != 1 || list[0].Source != "Meta, on that day" || list[0].OpenedAt.IsZero() {
			t.Errorf("list = %+v", list)
		}
	})
}
