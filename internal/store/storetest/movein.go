package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/wa"
)

var _ = add("moving in", moveInPart)

func moveInPart(t *testing.T, open Open) {
	t.Run("an onboarding is carried by one at a time", onboardingMoves(open))
	t.Run("its token is sealed and goes", onboardingSecret(open))
	t.Run("a number comes in with its syncs at once", admits(open))
	t.Run("a number that comes back is the one it was", comesBack(open))
	t.Run("nothing of another business", foreignOnboarding(open))
}

func begun(s Seed, id string) coexist.Onboarding {
	o := coexist.Onboarding{
		Business: s.Business, ID: id, Mode: coexist.ModeCoexistence, Step: coexist.FindingWABA, BegunAt: Noon, WABAID: "waba-new", NextAt: Noon,
	}
	if err := s.DB.BeginOnboarding(s.t.Context(), o, coexist.Secret{Token: "a secret", PIN: "123456"}); err != nil {
		s.t.Fatalf("begin: %v", err)
	}
	return o
}

func onboardingMoves(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		ctx := t.Context()
		o := begun(s, "onb_1")
		if due, _, err := s.DB.Moving(ctx, Noon.Add(-time.Second)); err != nil || len(due) != 0 {
			t.Errorf("before it is due: %v, %v", due, err)
		}
		if due, _, err := s.DB.Moving(ctx, Noon); err != nil || !slices.Equal(due, []wa.BusinessID{s.Business}) {
			t.Errorf("when it is due: %v, %v", due, err)
		}
		o.Step, o.Among, o.Missing = coexist.Choosing, []coexist.Candidate{{ID: "5", Display: "+1", OnBizApp: true}}, []string{"history"}
		o.Code, o.Title, o.Reason, o.Tries, o.NextAt = 4, "limit", coexist.WaitsForChoice, 3, time.Time{}
		if err := s.DB.AdvanceOnboarding(ctx, o, nil, Noon); err != nil {
			t.Fatal(err)
		}
		if err := s.DB.AdvanceOnboarding(ctx, o, nil, Noon); !errors.Is(err, coexist.ErrMoved) {
			t.Errorf("moved twice from one version: %v, want ErrMoved", err)
		}
		o.Version++
		got, err := s.DB.Onboarding(ctx, s.Business, o.ID)
		if diff := cmp.Diff(o, got); err != nil || diff != "" {
			t.Errorf("read back: %v\n%s", err, diff)
		}
		list, err := s.DB.Onboardings(ctx, s.Business)
		if err != nil || len(list) != 1 {
			t.Errorf("list: %v, %v", list, err)
		}
		if err := s.DB.Rest(ctx, s.Business, Noon); err != nil {
			t.Fatal(err)
		}
		if due, _, err := s.DB.Moving(ctx, Noon.Add(time.Hour)); err != nil || len(due) != 0 {
			t.Errorf("while a person chooses: %v, %v; nothing is due", due, err)
		}
	}
}

func onboardingSecret(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		o := begun(s, "onb_1")
		got, err := s.DB.OnboardingSecret(t.Context(), s.Business, o.ID)
		if err != nil || got.Token != "a secret" || got.PIN != "123456" {
			t.Errorf("secret = %+v, %v", got, err)
		}
		if err := s.DB.AdvanceOnboarding(t.Context(), o, &coexist.Secret{Token: "another"}, Noon); err != nil {
			t.Fatal(err)
		}
		if got, err := s.DB.OnboardingSecret(t.Context(), s.Business, o.ID); err != nil || got.Token != "another" {
			t.Errorf("replaced: %+v, %v", got, err)
		}
	}
}

func admit(s Seed, o coexist.Onboarding, pnid wa.PhoneNumberID, began time.Time) wa.NumberID {
	s.t.Helper()
	c := coexist.Candidate{ID: pnid, Display: "+20 100 000 0009", Name: "Shop", OnBizApp: true, PlatformType: "CLOUD_API"}
	n, err := s.DB.Admit(s.t.Context(), o, c, coexist.Secret{Token: "a token"}, began, Noon)
	if err != nil {
		s.t.Fatalf("admit: %v", err)
	}
	return n
}

func admits(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		ctx := t.Context()
		o := begun(s, "onb_1")
		n := admit(s, o, "pn-new", Noon.Add(-time.Minute))
		got, err := s.DB.Onboarding(ctx, s.Business, o.ID)
		if err != nil || got.Step != coexist.Onboard || got.Number != n || !got.NextAt.IsZero() {
			t.Errorf("onboarding = %+v, %v", got, err)
		}
		if secret, err := s.DB.OnboardingSecret(ctx, s.Business, o.ID); err != nil || secret != (coexist.Secret{}) {
			t.Errorf("the onboarding keeps %+v, %v: the number has the token now", secret, err)
		}
		if id, token, err := s.DB.Address(ctx, s.Business, n); err != nil || id != "pn-new" || token != "a token" {
			t.Errorf("Address = %s, %s, %v", id, token, err)
		}
		syncs, err := s.DB.DueSyncs(ctx, s.Business, Noon)
		if err != nil || len(syncs) != 2 || syncs[0].Kind != coexist.Contacts || syncs[1].Kind != coexist.History ||
			!syncs[0].Began.Equal(Noon.Add(-time.Minute)) || syncs[0].State != coexist.NotRequested {
			t.Fatalf("syncs = %+v, %v: want contacts, then history", syncs, err)
		}
		want := syncs[1]
		want.State, want.AskedAt, want.AcceptedAt, want.HeardAt = coexist.Arriving, Noon, Noon.Add(1), Noon.Add(2*time.Second)
		want.AcceptedAt = Noon.Add(time.Second)
		want.RequestID, want.Tries, want.Progress, want.Phase, want.Code, want.Title = "r", 2, 40, 1, 4, "x"
		want.NextAt = Noon.Add(time.Hour)
		_, ok, err := s.DB.MoveSync(ctx, s.Business, n, coexist.History, Noon, func(coexist.Sync) (coexist.Sync, bool) { return want, true })
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		all, err := s.DB.Syncs(ctx, s.Business, n)
		if diff := cmp.Diff([]coexist.Sync{syncs[0], want}, all); err != nil || diff != "" {
			t.Errorf("read back: %v\n%s", err, diff)
		}
		if _, ok, err := s.DB.MoveSync(ctx, s.Business, "num_none", coexist.History, Noon, nil); ok || err != nil {
			t.Errorf("of a number that has none: %v, %v", ok, err)
		}
		if err := s.DB.Rest(ctx, s.Business, Noon); err != nil {
			t.Fatal(err)
		}
		if due, _, err := s.DB.Moving(ctx, Noon); err != nil || len(due) != 1 {
			t.Errorf("contacts wait to be asked for: %v, %v", due, err)
		}
	}
}

func comesBack(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		ctx := t.Context()
		first := admit(s, begun(s, "onb_1"), "pn-old", Noon)
		c := s.Conversation(first, s.Contact("Ana", "201000000001"))
		again := admit(s, begun(s, "onb_2"), "pn-new", Noon.Add(48*time.Hour))
		if again != first {
			t.Fatalf("number = %s, want %s: its conversations are there", again, first)
		}
		list, err := s.DB.Conversations(ctx, s.Business, desk.Filter{Number: again, Limit: 10, Now: Noon})
		if err != nil || len(list) != 1 || list[0].ID != c {
			t.Errorf("conversations = %v, %v", list, err)
		}
		for _, id := range []wa.PhoneNumberID{"pn-old", "pn-new"} {
			if _, n, ok, err := s.DB.FindNumber(ctx, id); err != nil || !ok || n != first {
				t.Errorf("%s leads to %s, %v, %v: late news of the old id counts too", id, n, ok, err)
			}
		}
		syncs, err := s.DB.Syncs(ctx, s.Business, first)
		if err != nil || len(syncs) != 2 || !syncs[0].Began.Equal(Noon.Add(48*time.Hour)) {
			t.Errorf("syncs = %+v, %v: want those of the new onboarding", syncs, err)
		}
	}
}

func foreignOnboarding(open Open) func(*testing.T) {
	return func(t *testing.T) {
		w := open(t)
		one, two := w.Plant(t, "one"), w.Plant(t, "two")
		ctx := context.WithoutCancel(t.Context())
		o := begun(one, "onb_1")
		n := admit(one, o, "pn-new", Noon)
		if _, err := two.DB.Onboarding(ctx, two.Business, o.ID); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("another's onboarding: %v, want not found", err)
		}
		if _, err := two.DB.OnboardingSecret(ctx, two.Business, o.ID); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("another's secret: %v, want not found", err)
		}
		if syncs, err := two.DB.Syncs(ctx, two.Business, n); err != nil || len(syncs) != 0 {
			t.Errorf("another's syncs: %v, %v", syncs, err)
		}
		foreign := begun(two, "onb_2")
		_, err := two.DB.Admit(ctx, foreign, coexist.Candidate{ID: "pn-new", Display: "+20 100 000 0009", OnBizApp: true}, coexist.Secret{Token: "t"}, Noon, Noon)
		if !errors.Is(err, coexist.ErrTaken) {
			t.Errorf("admit a number of another: %v, want ErrTaken", err)
		}
	}
}
