package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/platform"
	"wasl/internal/wa"
	"wasl/metaemu"
)

const lagos = "2348000000004"

// popupAlone goes through Embedded Signup without the branch for the app.
func (s *spine) popupAlone(digits string) coexist.Signup {
	s.t.Helper()
	g := must(s.emu.StartSignup(metaemu.SignupSpec{App: s.app.ID, ConfigID: "1", Version: "v3"}))(s.t)
	g = must(s.emu.SignupAccount(g.ID, s.number.Portfolio))(s.t)
	g = must(s.emu.SignupNumber(g.ID, digits))(s.t)
	if g.Error != nil {
		s.t.Fatalf("the popup refuses %s: %+v", digits, g.Error)
	}
	g = must(s.emu.SignupVerify(g.ID, g.Challenge))(s.t)
	end := must(s.emu.SignupFinish(g.ID))(s.t)
	var event struct {
		Data struct {
			WABA   wa.WABAID        `json:"waba_id"`
			Number wa.PhoneNumberID `json:"phone_number_id"`
		} `json:"data"`
	}
	if err := json.Unmarshal([]byte(end.Messages[0]), &event); err != nil {
		s.t.Fatal(err)
	}
	return coexist.Signup{Code: end.Code, Mode: coexist.ModeCloud, WABAID: event.Data.WABA, PhoneNumberID: event.Data.Number}
}

// TestCloudMode: a business of a country where Coexistence is not offered runs on
// Wasl all the same. Its number is verified by a code and registered, nothing is
// synced, no phone is waited for, it has a speed of its own, and it sends and
// receives.
func TestCloudMode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := moving(t, metaemu.NumberSpec{})
		day := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
		e := coexist.Check(platform.Known(), coexist.Prospect{Number: "+" + lagos}, day)
		if e.Offered || e.Country != "NG" || len(e.Instead) == 0 || e.Instead[0] != coexist.ModeCloud {
			t.Fatalf("in January 2026 Nigeria is %+v, want the API alone instead", e)
		}
		o := s.begin(s.popupAlone(lagos))
		if o.Step != coexist.Registering || o.Reason != coexist.WaitsForPIN {
			t.Fatalf("onboarding = %+v, want it to ask for the two-step code", o)
		}
		if _, err := s.mover.Retry(t.Context(), s.business, o.ID, ""); !errors.Is(err, coexist.ErrNoRetry) {
			t.Errorf("without a code: %v, want nothing to try", err)
		}
		o = must(s.mover.Retry(t.Context(), s.business, o.ID, "123456"))(t)
		if o.Step != coexist.Onboard || o.Number == "" {
			t.Fatalf("onboarding = %+v", o)
		}
		n := must(s.db.NumberByID(t.Context(), s.business, o.Number))(t)
		if n.Mode != coexist.ModeCloud || n.Stage != "live" || n.Country != "NG" || n.Digits != lagos {
			t.Errorf("number = %+v", n)
		}
		s.sendsAndReceives(n)
		s.ownSpeed(n)
		s.pass(20 * time.Hour) // the limit of a phone's silence in hours instead of days
		watch := &coexist.Watch{Watched: s.db, Facts: hourly(), Log: slog.New(slog.DiscardHandler)}
		if err := watch.Round(t.Context()); err != nil {
			t.Error(err)
		}
		if got := s.reminded(n.ID, n.CameAt); len(got) > 0 {
			t.Errorf("reminded %v of a phone that it does not have", got)
		}
		if n = must(s.db.NumberByID(t.Context(), s.business, n.ID))(t); n.Stage != "live" {
			t.Errorf("after a long silence it is %s", n.Stage)
		}
		if syncs := must(s.db.Syncs(t.Context(), s.business, n.ID))(t); len(syncs)+len(s.asked()) > 0 {
			t.Errorf("syncs = %v, want none of a number without a phone", syncs)
		}
		if r, d := len(s.calls.to("register")), len(s.calls.to("deregister")); r != 1 || d != 0 {
			t.Errorf("registered %d times and deregistered %d times, want once and never", r, d)
		}
		if b := s.emu.HardBreaches(); len(b) > 0 {
			t.Errorf("breaches: %+v", b)
		}
	})
}

// sendsAndReceives has a customer write and somebody answer.
func (s *spine) sendsAndReceives(n desk.Number) {
	s.t.Helper()
	must(s.emu.CustomerSend(s.customer.ID, string(n.PhoneNumberID), metaemu.Content{Text: "hello"}))(s.t)
	s.pass(3 * time.Second)
	con, got := s.thread()
	if con.Number != n.ID || len(got) != 1 {
		s.t.Fatalf("thread of %s with %d messages, want one of %s", con.Number, len(got), n.ID)
	}
	must(s.box.Submit(s.t.Context(), s.draft(con)))(s.t)
	s.pass(30 * time.Second)
	_, got = s.thread()
	if len(got) != 2 || got[1].Status != wa.Read {
		s.t.Errorf("the answer = %+v, want it read", got)
	}
}

// ownSpeed proves that the rule of its mode holds, not that of a shared number.
func (s *spine) ownSpeed(n desk.Number) {
	s.t.Helper()
	const many = 200
	for i := range many {
		// Zeros at the end ask the emulator for no trouble.
		c := must(s.emu.CreateCustomer(metaemu.CustomerSpec{Name: fmt.Sprint("C", i), Digits: fmt.Sprintf("234810%03d0000", i)}))(s.t)
		must(s.emu.CustomerSend(c.ID, string(n.PhoneNumberID), metaemu.Content{Text: "me too"}))(s.t)
	}
	s.pass(time.Minute)
	list := must(s.db.Conversations(s.t.Context(), s.business, desk.Filter{Limit: many + 1, Now: time.Now()}))(s.t)
	if len(list) != many+1 {
		s.t.Fatalf("%d conversations, want %d", len(list), many+1)
	}
	before := len(s.calls.to("messages"))
	for _, con := range list {
		must(s.box.Submit(s.t.Context(), s.draft(con)))(s.t)
	}
	s.pass(5 * time.Second)
	if got := len(s.calls.to("messages")) - before; got < many {
		s.t.Errorf("%d sent in five seconds, want all %d: at the speed of a shared number it would be 100", got, many)
	}
}

// TestCloudModeCodes: what becomes of two-step codes.
func TestCloudModeCodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := moving(t, metaemu.NumberSpec{})
		told := s.popupAlone(lagos)
		told.PIN = "123456"
		o := s.begin(told)
		if o.Step != coexist.Onboard {
			t.Fatalf("onboarding = %+v", o)
		}
		kept := must(s.db.NumberKept(t.Context(), s.business, o.PhoneNumberID))(t)
		if kept.PIN != "123456" || kept.Mode != coexist.ModeCloud {
			t.Errorf("kept = %+v, want the code", kept)
		}
		s.leaves(o)
		// It comes back: the code is known, and nobody is asked again.
		if again := s.begin(s.popupAlone(lagos)); again.Step != coexist.Onboard || again.Number != o.Number {
			t.Errorf("again = %+v, want the same number by the code that was kept", again)
		}
		s.leaves(o)
		told = s.popupAlone(lagos)
		told.PIN = "999999"
		wrong := s.begin(told)
		if wrong.Step != coexist.Registering || wrong.Reason != coexist.WrongPIN || wrong.Code != 133005 {
			t.Fatalf("with a wrong code: %+v, want it asked for again", wrong)
		}
		before := len(s.calls.to("register"))
		if _, err := s.mover.Retry(t.Context(), s.business, wrong.ID, ""); !errors.Is(err, coexist.ErrNoRetry) {
			t.Errorf("the wrong code again: %v, want it refused", err)
		}
		s.pass(2 * time.Hour)
		if got := len(s.calls.to("register")); got != before {
			t.Errorf("the wrong code was tried %d times more: ten are all there are", got-before)
		}
		if right := must(s.mover.Retry(t.Context(), s.business, wrong.ID, "123456"))(t); right.Step != coexist.Onboard {
			t.Errorf("with the right code: %+v", right)
		}
	})
}

// leaves takes the number off the platform, as an administrator does at Meta.
func (s *spine) leaves(o coexist.Onboarding) {
	s.t.Helper()
	if status := s.post("/v25.0/"+string(o.PhoneNumberID)+"/deregister", s.number.Token); status != 200 {
		s.t.Fatalf("deregister: HTTP %d", status)
	}
}

// TestL2Pitfall18NoWayToRegister: a number that lives on a phone is registered by no path:
// not when a person asks for it in cloud mode, not when Meta's list leaves out that
// it is in the app, not when an onboarding is found at that step after a crash,
// and not when it is tried again.
func TestL2Pitfall18NoWayToRegister(t *testing.T) {
	for _, way := range []struct {
		name string
		try  func(ctx context.Context, s *spine) coexist.Onboarding
	}{
		{"asked for in cloud mode, named by the browser", func(_ context.Context, s *spine) coexist.Onboarding {
			told := s.popup(true)
			told.Mode, told.PIN, told.PhoneNumberID = coexist.ModeCloud, "123456", wa.PhoneNumberID(s.number.ID)
			return s.begin(told)
		}},
		{"found at that step after a crash", func(ctx context.Context, s *spine) coexist.Onboarding { return s.atRegistering(ctx, "onb_x") }},
		{"tried again by a person", func(ctx context.Context, s *spine) coexist.Onboarding {
			o := s.atRegistering(ctx, "onb_x")
			again, _ := s.mover.Retry(ctx, s.business, o.ID, "654321") // refused or not, nothing may reach Meta
			return again
		}},
		{"known here as one on a phone", func(ctx context.Context, s *spine) coexist.Onboarding {
			s.begin(s.popup(true))
			return s.atRegistering(ctx, "onb_x")
		}},
		{"asked of Meta's door itself", func(ctx context.Context, s *spine) coexist.Onboarding {
			if err := s.mover.Graph.Register(ctx, s.number.Token, wa.PhoneNumberID(s.number.ID), "123456"); !errors.Is(err, coexist.ErrOnPhone) {
				s.t.Errorf("the door says %v, want that it is on a phone", err)
			}
			return coexist.Onboarding{}
		}},
	} {
		t.Run(way.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := moving(t, metaemu.NumberSpec{})
				o := way.try(t.Context(), s)
				s.pass(25 * time.Hour)
				if o.Step == coexist.Onboard {
					t.Errorf("onboarding = %+v, want that it did not come in", o)
				}
				if n := len(s.calls.to("register")) + len(s.calls.to("deregister")); n > 0 {
					t.Errorf("%d calls to register or deregister reached Meta", n)
				}
			})
		})
	}
}

// atRegistering is an onboarding that stands at the step before a registration,
// with everything that it would need.
func (s *spine) atRegistering(ctx context.Context, id string) coexist.Onboarding {
	s.t.Helper()
	o := coexist.Onboarding{
		Business: s.business, ID: id, Mode: coexist.ModeCloud, Step: coexist.Registering, BegunAt: time.Now(), NextAt: time.Now(),
		WABAID: wa.WABAID(s.number.WABA), PhoneNumberID: wa.PhoneNumberID(s.number.ID),
	}
	if err := s.db.BeginOnboarding(ctx, o, coexist.Secret{Token: s.number.Token, PIN: "123456"}); err != nil {
		s.t.Fatal(err)
	}
	s.pass(10 * time.Minute)
	o = must(s.db.Onboarding(ctx, s.business, id))(s.t)
	if o.Step != coexist.GivenUp || o.Reason != coexist.OnPhone {
		s.t.Errorf("onboarding = %+v, want it given up because the number is on a phone", o)
	}
	return o
}
