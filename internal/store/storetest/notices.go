package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/internal/auth"
	"wasl/internal/coexist"
	"wasl/internal/notify"
	"wasl/internal/wa"
)

var _ = add("notices", noticesPart)

func noticesPart(t *testing.T, open Open) {
	t.Run("told once, with its deliveries and its entry", tellsOnce(open))
	t.Run("a later reminder takes the place of earlier ones", supersedes(open))
	t.Run("an attempt is written down before it leaves", attempts(open))
	t.Run("who is told, and where", audience(open))
	t.Run("read by one is unread by another", reads(open))
	t.Run("a page after a page", noticePages(open))
	t.Run("nothing of another business", foreignNotices(open))
}

// reminder is a notice of a silent phone.
func reminder(s Seed, n wa.NumberID, seq, level int) notify.Notice {
	return notify.Notice{
		Business: s.Business, ID: fmt.Sprint("ntc_", seq), Kind: notify.PhoneSilent, Number: n, Level: level, Reason: "due",
		At: Noon.Add(time.Duration(seq) * time.Hour), Until: Noon.Add(100 * time.Hour),
	}
}

func tell(s Seed, n notify.Notice, deliveries ...notify.Delivery) {
	s.t.Helper()
	if err := s.DB.Tell(s.t.Context(), n, deliveries, n.At); err != nil {
		s.t.Fatal(err)
	}
}

func mail(to string) notify.Delivery {
	return notify.Delivery{Channel: notify.Mail, Recipient: to, Locale: notify.Arabic, State: notify.Due}
}

// letters are those of a channel that are due.
func letters(s Seed, c notify.Channel, now time.Time) []notify.Letter {
	s.t.Helper()
	list, err := s.DB.Letters(s.t.Context(), s.Business, c, now)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func listed(s Seed, reader string) []notify.Listed {
	s.t.Helper()
	list, err := s.DB.Notices(s.t.Context(), s.Business, reader, notify.Mark{}, 50)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func tellsOnce(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		number := s.Number("riyadh")
		n := reminder(s, number, 1, 2)
		hook := notify.Delivery{Channel: notify.Hook, Recipient: "https://x.test", Locale: notify.English, State: notify.Due}
		tell(s, n, mail("a@x.test"), hook)
		tell(s, n, mail("a@x.test"), mail("later@x.test"))
		list := listed(s, "per_1")
		want := []notify.Listed{{
			Notice:     n,
			Place:      notify.Place{Business: "one", Zone: "UTC", Number: "+966 50 111 2222", Stage: coexist.Live, Signs: coexist.Signs{Came: Noon}},
			Deliveries: []notify.Delivery{hook, mail("a@x.test")},
		}}
		if diff := cmp.Diff(want, list); diff != "" {
			t.Errorf("listed: %s", diff)
		}
		entries, err := s.DB.Entries(t.Context(), s.Business, 0, 100)
		told := slices.DeleteFunc(entries, func(e wa.Entry) bool { return e.Kind != wa.NoticeTold })
		if err != nil || len(told) != 1 || told[0].Number != number || told[0].Facts.Event != "phone_silent" || told[0].Facts.Count != 2 {
			t.Errorf("journal = %+v, %v, want one entry of the notice", told, err)
		}
		for _, c := range notify.Channels {
			got, _, err := s.DB.Calling(t.Context(), c, n.At)
			if err != nil || (len(got) == 1) != (c != notify.Template) {
				t.Errorf("calling by %s: %v, %v", c, got, err)
			}
		}
		l := letters(s, notify.Mail, n.At)
		if len(l) != 1 || l[0].Recipient != "a@x.test" || l[0].Locale != notify.Arabic || l[0].Notice != n || l[0].Place != want[0].Place {
			t.Errorf("letters = %+v", l)
		}
	}
}

func supersedes(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		number, other := s.Number("riyadh"), s.Number("jeddah")
		tell(s, reminder(s, number, 1, 1), mail("a@x.test"))
		tell(s, reminder(s, other, 2, 1), mail("a@x.test"))
		gone := reminder(s, number, 3, 0)
		gone.Kind = notify.Disconnected
		tell(s, gone, mail("a@x.test"))
		tell(s, reminder(s, number, 4, 2), mail("a@x.test"))
		var due []string
		for _, l := range letters(s, notify.Mail, Noon.Add(9*time.Hour)) {
			due = append(due, l.ID)
		}
		if want := []string{"ntc_2", "ntc_3", "ntc_4"}; !slices.Equal(due, want) {
			t.Errorf("due: %v, want %v", due, want)
		}
		for _, x := range listed(s, "") {
			if x.ID == "ntc_1" && (x.Deliveries[0].State != notify.Withdrawn || x.Deliveries[0].Reason != "superseded" || x.Deliveries[0].SettledAt.IsZero()) {
				t.Errorf("the earlier one: %+v, want it withdrawn", x.Deliveries[0])
			}
		}
	}
}

func attempts(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		ctx, now := t.Context(), Noon.Add(time.Hour)
		tell(s, reminder(s, s.Number("riyadh"), 1, 1), mail("a@x.test"))
		l := letters(s, notify.Mail, now)[0]
		if ok, err := s.DB.Attempt(ctx, l, now.Add(time.Hour)); err != nil || !ok {
			t.Fatal(ok, err)
		}
		if ok, err := s.DB.Attempt(ctx, l, now.Add(time.Hour)); err != nil || ok {
			t.Errorf("begun twice from one state: %v, %v", ok, err)
		}
		if err := s.DB.Settle(ctx, l, notify.Outcome{State: notify.Failed}, now); err != nil || listed(s, "")[0].Deliveries[0].State != notify.Due {
			t.Errorf("settled by who knew of no attempt: %v", err)
		}
		if got := letters(s, notify.Mail, now); len(got) != 0 {
			t.Errorf("while it is on its way: %+v", got)
		}
		if err := s.DB.Called(ctx, s.Business, notify.Mail); err != nil {
			t.Fatal(err)
		}
		if got, next, err := s.DB.Calling(ctx, notify.Mail, now); err != nil || len(got) != 0 || !next.Equal(now.Add(time.Hour)) {
			t.Errorf("calling: %v, %v, %v, want when the attempt is looked at again", got, next, err)
		}
		again := letters(s, notify.Mail, now.Add(time.Hour))
		if len(again) != 1 || again[0].Attempts != 1 || again[0].Unanswered != 1 {
			t.Fatalf("an attempt of which nothing is known: %+v", again)
		}
		l.Attempts, l.Unanswered = 1, 0
		if err := s.DB.Settle(ctx, l, notify.Outcome{State: notify.Due, Next: now.Add(5 * time.Minute), Reason: "refused_for_now"}, now); err != nil {
			t.Fatal(err)
		}
		if got := letters(s, notify.Mail, now.Add(5*time.Minute)); len(got) != 1 || got[0].Unanswered != 0 || got[0].Delivery.Reason != "refused_for_now" {
			t.Errorf("to be tried again: %+v", got)
		}
		if err := s.DB.Settle(ctx, l, notify.Outcome{State: notify.Sent}, now.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if err := s.DB.Settle(ctx, l, notify.Outcome{State: notify.Failed, Reason: "late"}, now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		want := notify.Delivery{
			Channel: notify.Mail, Recipient: "a@x.test", Locale: notify.Arabic, State: notify.Sent, Attempts: 1, SettledAt: now.Add(time.Minute),
		}
		if diff := cmp.Diff(want, listed(s, "")[0].Deliveries[0]); diff != "" {
			t.Errorf("settled: %s", diff)
		}
		if err := s.DB.Called(ctx, s.Business, notify.Mail); err != nil {
			t.Fatal(err)
		}
		if got, next, err := s.DB.Calling(ctx, notify.Mail, now.Add(99*time.Hour)); err != nil || len(got) != 0 || !next.IsZero() {
			t.Errorf("when all is settled: %v, %v, %v", got, next, err)
		}
	}
}

func audience(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		ctx := t.Context()
		owner := s.Person("owner@x.test", auth.Owner)
		s.Person("admin@x.test", auth.Admin)
		s.Person("agent@x.test", auth.Agent)
		if err := s.DB.DisablePerson(ctx, s.Business, s.Person("gone@x.test", auth.Admin), Noon); err != nil {
			t.Fatal(err)
		}
		if err := s.DB.PutLocale(ctx, s.Business, owner, notify.Arabic); err != nil {
			t.Fatal(err)
		}
		if l, err := s.DB.LocaleOf(ctx, s.Business, owner); err != nil || l != notify.Arabic {
			t.Errorf("language = %s, %v", l, err)
		}
		people, settings, err := s.DB.Audience(ctx, s.Business)
		if diff := cmp.Diff([]notify.Recipient{{Email: "owner@x.test", Locale: "ar"}, {Email: "admin@x.test", Locale: "en"}}, people); err != nil || diff != "" {
			t.Errorf("people: %v %s", err, diff)
		}
		if !settings.Mail || len(settings.Private) != 0 {
			t.Errorf("settings of who said nothing: %+v, want mail", settings)
		}
		number, sender := s.Number("riyadh"), s.Number("jeddah")
		private := notify.Private{Number: number, Phone: "966500000009", Template: "phone_silent", Language: "ar", Sender: sender}
		for range 2 {
			if err := s.DB.PutNoticeSettings(ctx, s.Business, notify.Settings{Private: []notify.Private{private}}); err != nil {
				t.Fatal(err)
			}
		}
		_, settings, err = s.DB.Audience(ctx, s.Business)
		if diff := cmp.Diff(notify.Settings{Private: []notify.Private{private}}, settings); err != nil || diff != "" {
			t.Errorf("settings: %v %s", err, diff)
		}
		tell(s, reminder(s, number, 1, 1), notify.Delivery{Channel: notify.Template, Recipient: private.Phone, Locale: notify.Arabic})
		if got := letters(s, notify.Template, Noon.Add(time.Hour)); len(got) != 1 || got[0].Private != private {
			t.Errorf("the letter of a template: %+v", got)
		}
	}
}

func reads(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		number := s.Number("riyadh")
		tell(s, reminder(s, number, 1, 1))
		tell(s, reminder(s, number, 2, 2))
		for range 2 {
			if err := s.DB.ReadNotice(t.Context(), s.Business, "per_1", "ntc_1", Noon); err != nil {
				t.Fatal(err)
			}
		}
		state := func(reader string) (out string) {
			for _, x := range listed(s, reader) {
				out += fmt.Sprint(x.ID, " ", x.Read, "; ")
			}
			return out
		}
		if got := state("per_1"); got != "ntc_2 false; ntc_1 true; " {
			t.Errorf("one read: %s", got)
		}
		if got := state("per_2"); got != "ntc_2 false; ntc_1 false; " {
			t.Errorf("somebody else: %s", got)
		}
		if err := s.DB.ReadNotice(t.Context(), s.Business, "per_1", "", Noon); err != nil {
			t.Fatal(err)
		}
		if got := state("per_1"); got != "ntc_2 true; ntc_1 true; " {
			t.Errorf("all read: %s", got)
		}
		if err := s.DB.ReadNotice(t.Context(), s.Business, "per_1", "ntc_9", Noon); !errors.Is(err, notify.ErrNotFound) {
			t.Errorf("one there is not: %v", err)
		}
	}
}

func noticePages(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		number := s.Number("riyadh")
		for seq := 1; seq <= 5; seq++ {
			n := reminder(s, number, seq, 1)
			n.At = Noon.Add(time.Duration(seq/2) * time.Hour) // two of the same time
			tell(s, n)
		}
		var got []string
		var mark notify.Mark
		for {
			page, err := s.DB.Notices(t.Context(), s.Business, "", mark, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, x := range page {
				got = append(got, x.ID)
				mark = notify.Mark{At: x.At, ID: x.ID}
			}
		}
		if want := []string{"ntc_5", "ntc_4", "ntc_3", "ntc_2", "ntc_1"}; !slices.Equal(got, want) {
			t.Errorf("pages: %v, want %v", got, want)
		}
	}
}

func foreignNotices(open Open) func(*testing.T) {
	return func(t *testing.T) {
		one := open(t).Plant(t, "one")
		two := one.Plant(t, "two")
		ctx := t.Context()
		number := one.Number("riyadh")
		person := one.Person("owner@x.test", auth.Owner)
		tell(one, reminder(one, number, 1, 1), mail("a@x.test"))
		if got := listed(two, "per_1"); len(got) != 0 {
			t.Errorf("another business lists %+v", got)
		}
		if got := letters(two, notify.Mail, Noon.Add(time.Hour)); len(got) != 0 {
			t.Errorf("another business delivers %+v", got)
		}
		if err := two.DB.ReadNotice(ctx, two.Business, "per_1", "ntc_1", Noon); !errors.Is(err, notify.ErrNotFound) {
			t.Errorf("another business reads: %v", err)
		}
		theirs := notify.Settings{Private: []notify.Private{{Number: number, Sender: number, Phone: "966500000009", Template: "t", Language: "ar"}}}
		if err := two.DB.PutNoticeSettings(ctx, two.Business, theirs); !errors.Is(err, notify.ErrNotFound) {
			t.Errorf("another business's number in one's settings: %v", err)
		}
		if _, err := two.DB.LocaleOf(ctx, two.Business, person); !errors.Is(err, notify.ErrNotFound) {
			t.Errorf("another business's person: %v", err)
		}
		if people, _, err := two.DB.Audience(ctx, two.Business); err != nil || len(people) != 0 {
			t.Errorf("another business's audience: %v, %v", people, err)
		}
	}
}
