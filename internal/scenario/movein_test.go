package scenario

import (
	"encoding/json"
	"errors"
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

// asked counts the requests for syncs that reached Meta, by kind.
func (s *spine) asked() map[string]int {
	n := map[string]int{}
	for _, r := range s.emu.SyncRequests(s.number.ID) {
		n[r.Type]++
	}
	return n
}

// TestMoveIn: from the end of the popup to the past in the inbox, by itself. The
// event names only the account (L1), the number is not registered (L2), each
// sync is asked for once (L3), its end is not the first 100 %.
func TestMoveIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := moving(t, metaemu.NumberSpec{Contacts: 40, History: metaemu.HistorySpec{Threads: 12, Messages: 300, Days: 170}})
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
		if len(list) != 12 {
			t.Errorf("%d conversations, want the 12 threads", len(list))
		}
		for _, c := range list {
			if c.Unread > 0 || !c.Window.OpenedAt.IsZero() || c.HeldBy(time.Now()) != "" {
				t.Errorf("history woke somebody: %+v", c)
			}
		}
		for _, a := range s.emu.GraphCalls(s.number.ID) {
			if strings.Contains(a, "register") {
				t.Errorf("%s was called on a number of the phone app (L2)", a)
			}
		}
	})
}
