package scenario

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/wa"
	"wasl/metaemu"
)

// moving is a number that lives on its phone only.
func moving(t *testing.T, spec metaemu.NumberSpec) *spine {
	unlinked := false
	spec.Linked, spec.Digits = &unlinked, "966500000001"
	return newHouse(t, spec)
}

// popup goes through Embedded Signup as the owner does, and returns what the
// browser was given.
func (s *spine) popup(share bool) coexist.Signup {
	s.t.Helper()
	g := must(s.emu.StartSignup(metaemu.SignupSpec{App: s.app.ID, ConfigID: "1", Feature: "whatsapp_business_app_onboarding", Version: "v3"}))(s.t)
	g = must(s.emu.SignupAccount(g.ID, s.number.Portfolio))(s.t)
	g = must(s.emu.SignupNumber(g.ID, s.number.Digits))(s.t)
	if err := s.emu.PhoneConfirmSignup(s.number.ID, g.Challenge, share); err != nil {
		s.t.Fatal(err)
	}
	end := must(s.emu.SignupFinish(g.ID))(s.t)
	told := coexist.Signup{Code: end.Code, Mode: coexist.ModeCoexistence}
	for _, m := range end.Messages {
		var event struct {
			Data struct {
				WABA wa.WABAID `json:"waba_id"`
			} `json:"data"`
		}
		if err := json.Unmarshal([]byte(m), &event); err != nil {
			s.t.Fatal(err)
		}
		told.WABAID = event.Data.WABA
	}
	return told
}

func (s *spine) begin(told coexist.Signup) coexist.Onboarding {
	s.t.Helper()
	return must(s.mover.Begin(s.t.Context(), s.business, "per_owner", told))(s.t)
}

// sync is the state of one of the number's syncs.
func (s *spine) sync(n wa.NumberID, k coexist.SyncKind) coexist.Sync {
	s.t.Helper()
	for _, x := range must(s.db.Syncs(s.t.Context(), s.business, n))(s.t) {
		if x.Kind == k {
			return x
		}
	}
	s.t.Fatalf("%s has no sync of %s", n, k)
	return coexist.Sync{}
}

// asked counts the requests for syncs that reached Meta, by what they say.
func (s *spine) asked() map[string]int {
	n := map[string]int{}
	for _, x := range s.calls.to("smb_app_data") {
		var order struct {
			Type string `json:"sync_type"`
		}
		if err := json.Unmarshal(x.Request, &order); err != nil {
			s.t.Fatal(err)
		}
		n[order.Type]++
	}
	return n
}

// TestMoveIn: from the end of the popup to the past in the inbox, by itself. The
// event names only the account (L1), the number is not registered (L2), each
// sync is asked for once (L3), its end is not the first 100 %.
func TestMoveIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := moving(t, metaemu.NumberSpec{History: []byte("300"), Contacts: []metaemu.ContactSpec{{Digits: "966500000077", Name: "ندى"}}})
		told := s.popup(true)
		if told.WABAID == "" || told.PhoneNumberID != "" {
			t.Fatalf("the event said %+v; this story is about one with the account alone", told)
		}
		o := s.begin(told)
		if o.Step != coexist.Onboard || o.Number == "" {
			t.Fatalf("onboarding = %+v, want it done at once", o)
		}
		if n, err := s.db.NumberByID(t.Context(), s.business, o.Number); err != nil || n.Stage != "live" || n.Mode != "coexistence" || string(n.PhoneNumberID) != s.number.ID {
			t.Errorf("number = %+v, %v", n, err)
		}
		s.pass(2 * time.Second)
		if k := s.sync(o.Number, coexist.History); k.RequestID == "" || k.Ended() {
			t.Errorf("history = %+v, want it accepted and under way", k)
		}
		s.pass(12 * time.Hour)
		for _, k := range coexist.SyncKinds {
			if got := s.sync(o.Number, k); got.State != coexist.Complete {
				t.Errorf("%s = %+v, want it complete", k, got)
			}
		}
		if got := s.asked(); got["history"] != 1 || got["smb_app_state_sync"] != 1 || len(got) != 2 {
			t.Errorf("asked for %v, want each sync once", got)
		}
		list := must(s.db.Conversations(t.Context(), s.business, desk.Filter{Limit: 100, Now: time.Now()}))(t)
		if len(list) == 0 {
			t.Error("no conversations: want the threads of the history")
		}
		for _, c := range list {
			if c.Unread > 0 || !c.Window.OpenedAt.IsZero() || c.HeldBy(time.Now()) != "nobody" {
				t.Fatalf("history woke somebody: %+v", c)
			}
		}
		if n := len(s.calls.to("register")) + len(s.calls.to("deregister")); n > 0 {
			t.Errorf("%d calls to register or deregister, which the phone would not survive (L2)", n)
		}
	})
}

// knobs turns some of the emulator's.
func (s *spine) knobs(knobs string) {
	s.t.Helper()
	var turned map[string]json.RawMessage
	if err := json.Unmarshal([]byte(knobs), &turned); err != nil {
		s.t.Fatal(err)
	}
	if err := s.emu.TurnKnobs(turned); err != nil {
		s.t.Fatal(err)
	}
}

// subscribe sets the webhook fields of the app, as its developer does.
func (s *spine) subscribe(fields ...string) {
	s.t.Helper()
	q := url.Values{
		"object": {"whatsapp_business_account"}, "callback_url": {"http://wasl.test/webhooks/meta"}, "verify_token": {"v"},
		"fields": {strings.Join(fields, ",")}, "access_token": {s.app.ID + "|" + s.app.Secret},
	}
	r := httptest.NewRequest(http.MethodPost, "http://graph.test/v25.0/"+s.app.ID+"/subscriptions?"+q.Encode(), nil)
	w := httptest.NewRecorder()
	s.emu.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		s.t.Fatalf("subscribe: HTTP %d %s", w.Code, w.Body)
	}
}

// post calls Meta past the house, as somebody else does.
func (s *spine) post(path, token string) int {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://graph.test"+path, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	s.emu.Handler().ServeHTTP(w, r)
	return w.Code
}

// TestSyncStories: what may become of the past, each as the owner is told it.
func TestSyncStories(t *testing.T) {
	for _, tt := range []struct {
		name  string
		share bool
		run   func(s *spine) coexist.Onboarding
		want  coexist.SyncState
		asked int
	}{
		{"L4 declined on the phone", false, func(s *spine) coexist.Onboarding {
			o := s.begin(s.popup(false))
			s.pass(time.Hour)
			return o
		}, coexist.Declined, 1},
		{"L4 accepted and silent", true, func(s *spine) coexist.Onboarding {
			s.knobs(`{"silent_sync":true}`)
			o := s.begin(s.popup(true))
			s.pass(time.Hour + time.Minute)
			return o
		}, coexist.Silent, 1},
		{"L3 silence is no reason to ask again", true, func(s *spine) coexist.Onboarding {
			s.knobs(`{"silent_sync":true}`)
			o := s.begin(s.popup(true))
			s.pass(26 * time.Hour)
			return o
		}, coexist.Silent, 1},
		{"L5 the day is over", true, func(s *spine) coexist.Onboarding {
			s.knobs(`{"sync_window_error":2593108}`)
			o := s.begin(s.popup(true))
			s.pass(time.Hour)
			return o
		}, coexist.TooLate, 1},
		{"L5 the day is over, in another spelling", true, func(s *spine) coexist.Onboarding {
			s.knobs(`{"sync_window_error":135000}`)
			o := s.begin(s.popup(true))
			s.pass(time.Hour)
			return o
		}, coexist.TooLate, 1},
		{"L3 the answer is lost, and what comes proves it", true, func(s *spine) coexist.Onboarding {
			s.knobs(`{"lost_answers":1,"calls":"smb_app_data"}`)
			o := s.begin(s.popup(true))
			s.pass(9 * time.Minute)
			s.knobs(`{"lost_answers":0}`)
			s.pass(12 * time.Hour)
			return o
		}, coexist.Complete, 1},
		{"L3 the answer is lost, and nothing comes: asked once more, and told that it was taken", true, func(s *spine) coexist.Onboarding {
			s.knobs(`{"lost_answers":1,"calls":"smb_app_data","silent_sync":true}`)
			o := s.begin(s.popup(true))
			s.pass(9 * time.Minute)
			s.knobs(`{"lost_answers":0}`)
			s.pass(2 * time.Minute)
			return o
		}, coexist.Accepted, 2},
		{"L3 Meta is down for an hour", true, func(s *spine) coexist.Onboarding {
			s.knobs(`{"error_before":1,"calls":"smb_app_data"}`)
			o := s.begin(s.popup(true))
			s.pass(time.Hour)
			s.knobs(`{"error_before":0}`)
			s.pass(12 * time.Hour)
			return o
		}, coexist.Complete, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := moving(t, metaemu.NumberSpec{History: []byte("40")})
				o := tt.run(s)
				if o.Step != coexist.Onboard {
					t.Fatalf("onboarding = %+v", o)
				}
				if got := s.sync(o.Number, coexist.History); got.State != tt.want {
					t.Errorf("history = %+v, want %s", got, tt.want)
				}
				if got := s.asked()["history"]; tt.asked > 0 && got != tt.asked || got == 0 {
					t.Errorf("history was asked for %d times, want %d", got, tt.asked)
				}
			})
		})
	}
}

// TestOnboardingStories: the ways in that do not go straight.
func TestOnboardingStories(t *testing.T) {
	story := func(name string, spec metaemu.NumberSpec, run func(t *testing.T, s *spine)) {
		t.Run(name, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { run(t, moving(t, spec)) }) })
	}
	now := func(s *spine, o coexist.Onboarding) coexist.Onboarding {
		return must(s.db.Onboarding(s.t.Context(), s.business, o.ID))(s.t)
	}
	story("L1 the event is lost", metaemu.NumberSpec{}, func(t *testing.T, s *spine) {
		s.knobs(`{"signup_event_lost":true}`)
		told := s.popup(true)
		if told.WABAID != "" {
			t.Fatalf("the browser was told %+v", told)
		}
		if o := s.begin(told); o.Step != coexist.Onboard || string(o.WABAID) != s.number.WABA {
			t.Errorf("onboarding = %+v, want the account found by its token", o)
		}
	})
	story("L1 never the first of several", metaemu.NumberSpec{}, func(t *testing.T, s *spine) {
		not := false
		for _, digits := range []string{"966500000002", "966500000003"} {
			must(s.emu.CreateNumber(metaemu.NumberSpec{WABA: s.number.WABA, Digits: digits, Coexistence: &not}))(t)
		}
		o := s.begin(s.popup(true))
		if o.Step != coexist.Onboard || string(o.PhoneNumberID) != s.number.ID {
			t.Errorf("onboarding = %+v, want the number of the phone", o)
		}
	})
	story("L1 a person chooses where two would do", metaemu.NumberSpec{}, func(t *testing.T, s *spine) {
		other := must(s.emu.CreateNumber(metaemu.NumberSpec{WABA: s.number.WABA, Digits: "966500000002"}))(t)
		o := s.begin(s.popup(true))
		if o.Step != coexist.Choosing || len(o.Among) != 2 {
			t.Fatalf("onboarding = %+v, want a choice of two", o)
		}
		if _, err := s.mover.Choose(t.Context(), s.business, o.ID, "12345"); err == nil {
			t.Error("a number that is not offered was taken")
		}
		o = must(s.mover.Choose(t.Context(), s.business, o.ID, wa.PhoneNumberID(other.ID)))(t)
		if o.Step != coexist.Onboard || string(o.PhoneNumberID) != other.ID {
			t.Errorf("onboarding = %+v, want the one that was chosen", o)
		}
		again := coexist.Onboarding{
			Business: s.business, ID: "onb_again", Mode: coexist.ModeCoexistence, Step: coexist.Listing, BegunAt: time.Now(), WABAID: o.WABAID, NextAt: time.Now(),
		}
		if err := s.db.BeginOnboarding(t.Context(), again, coexist.Secret{Token: s.number.Token}); err != nil {
			t.Fatal(err)
		}
		s.pass(6 * time.Minute)
		if got := now(s, again); got.Step != coexist.Onboard || string(got.PhoneNumberID) != s.number.ID {
			t.Errorf("the second = %+v: only one is not here yet", got)
		}
	})
	story("the code is old", metaemu.NumberSpec{}, func(t *testing.T, s *spine) {
		told := s.popup(true)
		s.pass(31 * time.Second)
		if o := s.begin(told); o.Step != coexist.GivenUp || o.Reason != coexist.CodeRefused || o.Code != 100 {
			t.Errorf("onboarding = %+v, want it to say that the code was refused", o)
		}
	})
	story("the program stops while the code is exchanged", metaemu.NumberSpec{}, func(t *testing.T, s *spine) {
		o := coexist.Onboarding{
			Business: s.business, ID: "onb_x", Mode: coexist.ModeCoexistence, Step: coexist.Exchanging, BegunAt: time.Now(), NextAt: time.Now().Add(time.Minute),
		}
		if err := s.db.BeginOnboarding(t.Context(), o, coexist.Secret{}); err != nil {
			t.Fatal(err)
		}
		s.pass(6 * time.Minute)
		if got := now(s, o); got.Step != coexist.GivenUp || got.Reason != coexist.CodeLost {
			t.Errorf("onboarding = %+v, want that the code is lost", got)
		}
		if _, err := s.mover.Retry(t.Context(), s.business, o.ID, ""); err == nil {
			t.Error("it was tried again without a token")
		}
	})
	story("the program stops at any step", metaemu.NumberSpec{}, func(t *testing.T, s *spine) {
		told := s.popup(true)
		token := must(s.mover.Graph.Exchange(t.Context(), told.Code))(t)
		for i, step := range []coexist.Step{coexist.FindingWABA, coexist.Listing, coexist.Subscribing, coexist.Asserting, coexist.Admitting} {
			o := coexist.Onboarding{
				Business: s.business, ID: "onb_" + string(rune('a'+i)), Mode: coexist.ModeCoexistence, Step: step, BegunAt: time.Now(),
				WABAID: told.WABAID, PhoneNumberID: wa.PhoneNumberID(s.number.ID), NextAt: time.Now().Add(time.Minute),
			}
			if err := s.db.BeginOnboarding(t.Context(), o, coexist.Secret{Token: token}); err != nil {
				t.Fatal(err)
			}
			s.pass(6 * time.Minute)
			if got := now(s, o); got.Step != coexist.Onboard {
				t.Errorf("from %s: %+v, want it done by whoever finds it", step, got)
			}
		}
		if got := s.asked(); got["history"] != 1 {
			t.Errorf("asked for %v: however often it is onboarded, the phone is asked once", got)
		}
	})
	story("L10 L30 fields are missing, and then there", metaemu.NumberSpec{}, func(t *testing.T, s *spine) {
		some := []string{"messages", "account_update"}
		s.subscribe(some...)
		o := s.begin(s.popup(true))
		if o.Step != coexist.Asserting || o.Reason != coexist.WaitsForFields || len(o.Missing) != 3 {
			t.Fatalf("onboarding = %+v, want it to wait for three fields", o)
		}
		s.pass(10 * time.Minute)
		if len(s.asked()) > 0 {
			t.Error("a sync was asked for whose webhooks would be lost")
		}
		s.subscribe(append(some, "history", "smb_app_state_sync", "smb_message_echoes")...)
		s.pass(6 * time.Minute)
		if got := now(s, o); got.Step != coexist.Onboard {
			t.Errorf("onboarding = %+v, want it to have gone on by itself", got)
		}
	})
	story("what comes before the number is in is not lost", metaemu.NumberSpec{}, func(t *testing.T, s *spine) {
		s.subscribe("messages", "account_update", "smb_message_echoes")
		o := s.begin(s.popup(true))
		must(s.emu.CustomerSend(s.customer.ID, s.number.ID, metaemu.Content{Text: "anybody there?"}))(t)
		must(s.emu.PhoneSend(s.number.ID, s.customer.ID, metaemu.Content{Text: "yes"}))(t)
		s.pass(time.Minute)
		if all := s.messages(); len(all) > 0 {
			t.Fatalf("%d messages of a number that is not here", len(all))
		}
		s.subscribe("messages", "account_update", "smb_message_echoes", "history", "smb_app_state_sync")
		s.pass(6 * time.Minute)
		if got := now(s, o); got.Step != coexist.Onboard {
			t.Fatalf("onboarding = %+v", got)
		}
		all := s.messages()
		if len(all) != 2 || all[0].Provenance != wa.Live || all[1].Origin != wa.FromPhone {
			t.Errorf("messages = %+v, want both, live", all)
		}
		if c, _ := s.thread(); c.Window.OpenedAt.IsZero() {
			t.Error("the customer's message opened no window")
		}
	})
	story("a number comes back after the owner disconnected it", metaemu.NumberSpec{History: []byte("40")}, func(t *testing.T, s *spine) {
		first := s.begin(s.popup(true))
		s.pass(12 * time.Hour)
		if err := s.emu.PhoneDisconnect(s.number.ID, ""); err != nil {
			t.Fatal(err)
		}
		s.pass(time.Hour)
		if n := must(s.db.NumberByID(t.Context(), s.business, first.Number))(t); n.Stage != "disconnected" {
			t.Fatalf("stage = %s", n.Stage)
		}
		again := s.begin(s.popup(true))
		if again.Number != first.Number {
			t.Errorf("number = %s, was %s", again.Number, first.Number)
		}
		s.pass(12 * time.Hour)
		if got := s.asked()["history"]; got != 2 {
			t.Errorf("history was asked for %d times, want once per onboarding", got)
		}
	})
	story("L2 the phone's number is never registered", metaemu.NumberSpec{}, func(t *testing.T, s *spine) {
		told := s.popup(true)
		token := must(s.mover.Graph.Exchange(t.Context(), told.Code))(t)
		if err := s.mover.Graph.Register(t.Context(), token, wa.PhoneNumberID(s.number.ID), "123456"); err == nil {
			t.Error("it was registered")
		}
		if n := len(s.calls.to("register")); n > 0 {
			t.Errorf("%d calls to register reached Meta", n)
		}
	})
}
