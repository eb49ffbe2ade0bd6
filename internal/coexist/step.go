package coexist

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"wasl/internal/clock"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

// to is the onboarding at its next step, due at once.
func (o Onboarding) to(s Step, now time.Time) Onboarding {
	o.Step, o.NextAt, o.Tries = s, now, 0
	o.Code, o.Title, o.Reason = 0, "", ""
	return o
}

// waits is the onboarding at the same step, to be tried again after a while.
func (o Onboarding) waits(reason string, now time.Time) Onboarding {
	o.Reason, o.Tries = reason, o.Tries+1
	o.NextAt = now.Add(min(2*time.Second<<min(o.Tries-1, 10), 5*time.Minute))
	return o
}

func fail(o Onboarding, reason string, err error) Onboarding {
	o.Step, o.Reason, o.NextAt = GivenUp, reason, time.Time{}
	var r *Refusal
	if errors.As(err, &r) {
		o.Code, o.Title = r.Code, r.Title
	}
	return o
}

// longest is how long an onboarding may take: the syncs could not be asked for
// any more.
func (m *Mover) longest(now time.Time) time.Duration {
	return m.Facts.On(now).Span(platform.SyncWindow)
}

// step tries the one thing an onboarding stands at, and writes down what came of
// it.
func (m *Mover) step(ctx context.Context, o Onboarding) (Onboarding, error) {
	now := clock.Now()
	if now.Sub(o.BegunAt) > m.longest(now) {
		return m.write(ctx, fail(o, TookTooLong, nil), nil)
	}
	if o.Step == Exchanging {
		// Nobody exchanges the code any more: it has died meanwhile.
		return m.write(ctx, fail(o, CodeLost, nil), nil)
	}
	secret, err := m.Moves.OnboardingSecret(ctx, o.Business, o.ID)
	if err != nil {
		return o, err
	}
	if o.Step == Admitting {
		return m.admit(ctx, o, secret)
	}
	next, err := m.try(ctx, o, secret)
	var r *Refusal
	switch {
	case err == nil:
	case errors.As(err, &r) && !r.Transient:
		next = fail(o, Refused, err)
	default:
		next = o.waits(WaitsForMeta, now)
		if r != nil {
			next.Code, next.Title = r.Code, r.Title
		}
	}
	return m.write(ctx, next, nil)
}

// lease is how long an onboarding belongs to whoever moved it last and goes on
// at once. If that one is gone, somebody else goes on then.
const lease = time.Minute

// write keeps an onboarding that has moved. What is due at once is done by whoever
// writes it, and looks due to others only when the lease is over.
func (m *Mover) write(ctx context.Context, o Onboarding, s *Secret) (Onboarding, error) {
	now, kept := clock.Now(), o
	if !kept.NextAt.IsZero() && !kept.NextAt.After(now) {
		kept.NextAt = now.Add(lease)
	}
	if err := m.Moves.AdvanceOnboarding(ctx, kept, s, now); err != nil {
		return o, err
	}
	o.Version++
	return o, nil
}

func (m *Mover) try(ctx context.Context, o Onboarding, secret Secret) (Onboarding, error) {
	now := clock.Now()
	switch o.Step {
	case FindingWABA:
		list, err := m.Graph.Reaches(ctx, secret.Token)
		if err != nil && o.WABAID == "" {
			return o, err
		}
		w, ok := WABAOf(Signup{WABAID: o.WABAID}, list)
		if !ok {
			return o.waits(WaitsForShare, now), nil
		}
		o.WABAID = w
		return o.to(Listing, now), nil
	case Listing:
		return m.list(ctx, o, secret)
	case Subscribing:
		if err := m.Graph.Subscribe(ctx, secret.Token, o.WABAID); err != nil {
			return o, err
		}
		return o.to(Asserting, now), nil
	case Asserting:
		have, err := m.Graph.Fields(ctx)
		if err != nil {
			return o, err
		}
		o.Missing = Missing(m.Facts.On(now).List(platform.WebhookFields, o.Mode), have)
		switch {
		case len(o.Missing) > 0:
			return o.waits(WaitsForFields, now), nil
		case o.Mode == ModeCloud:
			return o.to(Registering, now), nil
		}
		return o.to(Admitting, now), nil
	case Registering:
		return m.register(ctx, o, secret)
	case Exchanging, Choosing, Admitting, Onboard, GivenUp:
	}
	o.NextAt = time.Time{}
	return o, nil
}

// wrongPIN is Meta's code for a two-step code that is not the number's
// (cloud-api-protocol §6.1).
const wrongPIN = 133005

// register makes a number the API's alone. What the house itself shares with a
// phone is not even looked at (L2, pitfall 18).
func (m *Mover) register(ctx context.Context, o Onboarding, secret Secret) (Onboarding, error) {
	now := clock.Now()
	kept, err := m.Moves.NumberKept(ctx, o.Business, o.PhoneNumberID)
	if err != nil {
		return o, err
	}
	pin := cmp.Or(secret.PIN, kept.PIN)
	switch {
	case o.Mode != ModeCloud || kept.Mode == ModeCoexistence && kept.Stage != Disconnected:
		return fail(o, OnPhone, nil), nil
	case pin == "":
		return o.waitsForPIN(WaitsForPIN, now), nil
	}
	err = m.Graph.Register(ctx, secret.Token, o.PhoneNumberID, pin)
	var r *Refusal
	switch {
	case err == nil:
		return o.to(Admitting, now), nil
	case errors.Is(err, ErrOnPhone):
		return fail(o, OnPhone, nil), nil
	case errors.As(err, &r) && r.Code == wrongPIN:
		o = o.waitsForPIN(WrongPIN, now)
		o.Code, o.Title = r.Code, r.Title
		return o, nil
	}
	return o, err
}

// waitsForPIN is the onboarding until a person has entered the code.
func (o Onboarding) waitsForPIN(reason string, now time.Time) Onboarding {
	o = o.waits(reason, now)
	o.NextAt = time.Time{}
	return o
}

func (m *Mover) list(ctx context.Context, o Onboarding, secret Secret) (Onboarding, error) {
	now := clock.Now()
	list, err := m.Graph.Numbers(ctx, secret.Token, o.WABAID)
	if err != nil {
		return o, err
	}
	for i := range list {
		_, stage, err := m.Moves.Known(ctx, o.Business, list[i].ID)
		list[i].Ours = err == nil && stage == Live
	}
	c := Choose(o.Mode, o.Hint, list)
	switch {
	case c.OK:
		o.PhoneNumberID, o.Among = c.Number.ID, nil
		return o.to(Subscribing, now), nil
	case len(c.Among) == 0:
		return o.waits(WaitsForNumber, now), nil
	}
	o = o.to(Choosing, time.Time{})
	o.Reason, o.Among = WaitsForChoice, c.Among
	return o, nil
}

// admit looks once more and takes the number in.
func (m *Mover) admit(ctx context.Context, o Onboarding, secret Secret) (Onboarding, error) {
	now := clock.Now()
	list, err := m.Graph.Numbers(ctx, secret.Token, o.WABAID)
	if err != nil {
		return m.write(ctx, o.waits(WaitsForMeta, now), nil)
	}
	i := slices.IndexFunc(list, func(c Candidate) bool { return c.ID == o.PhoneNumberID })
	if i < 0 || list[i].OnBizApp != (o.Mode == ModeCoexistence) {
		return m.write(ctx, o.to(Listing, now).waits(WaitsForNumber, now), nil)
	}
	began := o.BegunAt
	if t := list[i].Onboarded; !t.IsZero() && t.Before(now) && t.After(began.Add(-time.Hour)) {
		began = t
	}
	number, err := m.Moves.Admit(ctx, o, list[i], secret, began, now)
	if errors.Is(err, ErrTaken) {
		return m.write(ctx, fail(o, NumberTaken, nil), nil)
	}
	if err != nil {
		return o, err
	}
	o.Number, o.Step, o.NextAt = number, Onboard, time.Time{}
	o.Version++
	return o, nil
}

// Arrivals is the reaction by which a sync learns that something of it has
// arrived.
type Arrivals struct {
	Moves Moves
	Facts platform.Book
}

// Name implements journal.Reaction.
func (Arrivals) Name() string { return "syncs" }

// React implements journal.Reaction.
func (r Arrivals) React(ctx context.Context, e wa.Entry) error {
	k, a := History, Arrival{At: e.At, Phase: -1}
	switch e.Kind {
	case wa.HistoryChunkKind:
		a.Phase, a.Progress = e.Facts.Phase, e.Facts.Progress
	case wa.HistoryMediaKind:
	case wa.HistoryDeclinedKind:
		a.Declined, a.Code = true, e.Facts.Code
	case wa.ContactChangedKind:
		k = Contacts
	default:
		return nil
	}
	if e.Number == "" {
		return nil
	}
	rules := SyncRulesOn(r.Facts.On(e.At), k)
	_, _, err := r.Moves.MoveSync(ctx, e.Business, e.Number, k, e.At, func(s Sync) (Sync, bool) {
		if e.At.Before(s.Began) || k == Contacts && !s.listens(e.At) {
			return s, false
		}
		next := s.Heard(a, rules)
		return next, next != s
	})
	return err
}

// listens tells a sync of contacts from a change the owner made later: nothing in
// the webhook does. It listens from the request on, and takes down at most every
// few seconds that it hears.
func (s Sync) listens(at time.Time) bool {
	switch s.State {
	case NotRequested, Complete, Declined, TooLate, Failed:
		return false
	case Arriving:
		return at.Sub(s.HeardAt) >= 5*time.Second
	case Requesting, Accepted, Quiet, AlreadyUsed, Silent:
	}
	return true
}
