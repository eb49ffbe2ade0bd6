package scenario

import (
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/coexist"
	"wasl/internal/platform"
	"wasl/internal/wa"
	"wasl/metaemu"
)

// hourly are the facts with hours for days: fourteen days of polling are a minute
// of a test's life.
func hourly() platform.Book {
	f := platform.Known()
	on := platform.Day(time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC))
	set := func(n platform.Name, scope string, hours int64) {
		f = f.With(platform.Fact{Name: n, Scope: scope, Value: hours * int64(time.Hour/time.Millisecond), From: on, Source: "test"})
	}
	set(platform.PhoneSilence, "", 13)
	set(platform.PhoneSilence, "meta", 14)
	for i, h := range []int64{7, 10, 12, 13} {
		set(platform.PhoneReminder, fmt.Sprint(i+1), h)
	}
	return f
}

// reminded lists the reminders the journal tells of a number, by the hour after
// its onboarding.
func (s *spine) reminded(n wa.NumberID, since time.Time) (days []string) {
	s.t.Helper()
	for _, e := range must(s.db.Entries(s.t.Context(), s.business, 0, 10_000))(s.t) {
		if e.Kind == wa.NumberChangedKind && e.Number == n && e.Facts.Event == coexist.PhoneSilent {
			days = append(days, fmt.Sprintf("%d in hour %d", e.Facts.Count, int(e.At.Sub(since)/time.Hour)))
		}
	}
	return days
}

// TestForgottenPhone: nobody opens the app. The owner is reminded at the right
// times, once each; echoes from a linked computer put nothing off, and connecting
// again begins anew.
func TestForgottenPhone(t *testing.T) {
	for _, computer := range []bool{false, true} {
		t.Run(fmt.Sprint("a computer writes: ", computer), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := moving(t, metaemu.NumberSpec{})
				o := s.begin(s.popup(true))
				begun := time.Now()
				device := must(s.emu.PhoneLinkDevice(s.number.ID, "web"))(t)
				watch := &coexist.Watch{Watched: s.db, Facts: hourly(), Log: slog.New(slog.DiscardHandler)}
				for range 60 {
					if computer {
						must(s.emu.PhoneSend(s.number.ID, s.customer.ID, metaemu.Content{Text: "from the desk", Device: device.ID}))(t)
					}
					s.pass(15 * time.Minute)
					if err := watch.Round(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				want := []string{"1 in hour 7", "2 in hour 10", "3 in hour 12", "4 in hour 13"}
				if got := s.reminded(o.Number, begun); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("reminded: %v, want %v", got, want)
				}
				n := must(s.db.NumberByID(t.Context(), s.business, o.Number))(t)
				if computer && (n.AliveGrade != coexist.Weak || !n.SureAt.Equal(n.CameAt)) {
					t.Errorf("number = %+v, want its echoes weak", n)
				}
				if err := s.emu.PhoneDisconnect(s.number.ID, ""); err != nil {
					t.Fatal(err)
				}
				s.pass(time.Minute)
				s.begin(s.popup(true))
				s.pass(time.Minute)
				n = must(s.db.NumberByID(t.Context(), s.business, o.Number))(t)
				l := coexist.LifeOf(coexist.Signs{Sure: n.SureAt, Came: n.CameAt}, time.Now(), hourly().On(time.Now()))
				if n.Stage != "live" || l.Condition != coexist.Well {
					t.Errorf("connected again: %s, %+v", n.Stage, l)
				}
			})
		})
	}
}

// TestOwnerConfirms: a tap of the owner, or a change of the address book, ends the
// silence; the next one is counted from there.
func TestOwnerConfirms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := moving(t, metaemu.NumberSpec{})
		o := s.begin(s.popup(true))
		begun := time.Now()
		watch := &coexist.Watch{Watched: s.db, Facts: hourly(), Log: slog.New(slog.DiscardHandler)}
		hours := func(n int) {
			t.Helper()
			for range 4 * n {
				s.pass(15 * time.Minute)
				if err := watch.Round(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		hours(8)
		if err := s.db.Confirm(t.Context(), s.business, o.Number, "per_owner", time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := s.db.Confirm(t.Context(), "biz_other", o.Number, "per_x", time.Now()); err == nil {
			t.Error("another business confirmed the phone")
		}
		hours(3)
		if err := s.emu.PhoneContact(s.number.ID, metaemu.ContactSpec{Digits: "966500000077", Name: "ندى"}, false); err != nil {
			t.Fatal(err)
		}
		hours(8)
		want := []string{"1 in hour 7", "1 in hour 18"}
		if got := s.reminded(o.Number, begun); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("reminded: %v, want %v", got, want)
		}
	})
}
