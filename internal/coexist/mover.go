package coexist

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"wasl/internal/clock"
	"wasl/internal/id"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

// Mover brings numbers in: it carries onboardings from step to step, asks for
// the syncs and watches over them. What it does is written down before and
// after, so that any node may go on where another stopped. It is safe for
// concurrent use.
type Mover struct {
	Graph Graph
	Moves Moves
	Facts platform.Book
	Log   *slog.Logger
	// Wake tells that something has become due; nil: found out by looking.
	Wake <-chan struct{}
}

// How often due work is looked for without being told: when something is due,
// but not more often than every second, and at the latest after five minutes,
// since another process may have made some.
const (
	lookSoonest = time.Second
	lookLatest  = 5 * time.Minute
)

// Run carries on what is due until ctx is done.
func (m *Mover) Run(ctx context.Context) error {
	for {
		next, err := m.Round(ctx)
		if err != nil && ctx.Err() == nil {
			m.Log.Error("onboardings and syncs not moved", "err", err)
		}
		pause := lookLatest
		if !next.IsZero() {
			pause = max(lookSoonest, min(lookLatest, next.Sub(clock.Now())))
		}
		timer := clock.NewTimer(pause)
		select {
		case <-m.Wake:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		timer.Stop()
	}
}

// Round moves everything once that is due now, and returns when something is due
// next, zero if nothing is.
func (m *Mover) Round(ctx context.Context) (next time.Time, err error) {
	list, _, err := m.Moves.Moving(ctx, clock.Now())
	if err != nil {
		return next, err
	}
	for _, b := range list {
		err = errors.Join(err, m.business(ctx, b))
	}
	_, next, look := m.Moves.Moving(ctx, clock.Now())
	return next, errors.Join(err, look)
}

func (m *Mover) business(ctx context.Context, b wa.BusinessID) error {
	onboardings, err := m.Moves.DueOnboardings(ctx, b, clock.Now())
	if err != nil {
		return err
	}
	for _, o := range onboardings {
		if _, err := m.carry(ctx, o); err != nil && !errors.Is(err, ErrMoved) {
			return fmt.Errorf("onboarding %s: %w", o.ID, err)
		}
	}
	syncs, err := m.Moves.DueSyncs(ctx, b, clock.Now())
	if err != nil {
		return err
	}
	for _, s := range syncs {
		if err := m.sync(ctx, s); err != nil {
			return fmt.Errorf("sync of %s: %w", s.Number, err)
		}
	}
	return m.Moves.Rest(ctx, b, clock.Now())
}

// Begin starts an onboarding with what Embedded Signup told the browser. The code
// is exchanged before it returns, since it lives half a minute; the rest goes
// on by itself, as far as it can at once.
func (m *Mover) Begin(ctx context.Context, b wa.BusinessID, by wa.PersonID, s Signup) (Onboarding, error) {
	now := clock.Now()
	o := Onboarding{
		Business: b, ID: id.New("onb"), Mode: s.Mode, Step: Exchanging, By: by, BegunAt: now, WABAID: s.WABAID, Hint: s.PhoneNumberID,
		NextAt: now.Add(2 * m.Facts.On(now).Span(platform.SignupCodeAge)),
	}
	secret := Secret{PIN: s.PIN}
	if err := m.Moves.BeginOnboarding(ctx, o, secret); err != nil {
		return Onboarding{}, err
	}
	token, err := m.Graph.Exchange(ctx, s.Code)
	// The code is spent: what it gave is written down even if the caller is gone.
	ctx = context.WithoutCancel(ctx)
	if err != nil {
		return m.write(ctx, fail(o, CodeRefused, err), nil)
	}
	secret.Token = token
	if o, err = m.write(ctx, o.to(FindingWABA, clock.Now()), &secret); err != nil {
		return o, err
	}
	return m.carry(ctx, o)
}

// Choose says which of several numbers was meant.
func (m *Mover) Choose(ctx context.Context, b wa.BusinessID, onboarding string, n wa.PhoneNumberID) (Onboarding, error) {
	o, err := m.Moves.Onboarding(ctx, b, onboarding)
	if err != nil {
		return o, err
	}
	for _, c := range o.Among {
		if o.Step == Choosing && c.ID == n {
			o.PhoneNumberID, o.Hint = n, n
			if o, err = m.write(ctx, o.to(Listing, clock.Now()), nil); err != nil {
				return o, err
			}
			return m.carry(ctx, o)
		}
	}
	return o, ErrNoChoice
}

// ErrNoChoice is that a number is not among those an onboarding may take.
var ErrNoChoice = errors.New("no such number to choose")

// Retry tries an onboarding again that has failed or waits. One whose code is lost
// has to be begun anew: nothing has happened to the number.
func (m *Mover) Retry(ctx context.Context, b wa.BusinessID, onboarding, pin string) (Onboarding, error) {
	o, err := m.Moves.Onboarding(ctx, b, onboarding)
	if err != nil {
		return o, err
	}
	secret, err := m.Moves.OnboardingSecret(ctx, b, onboarding)
	if err != nil {
		return o, err
	}
	// The code that Meta did not take is not tried again: ten tries are all there are.
	noPIN := pin == "" && (o.Reason == WrongPIN || o.Reason == WaitsForPIN)
	if o.Step == Onboard || secret.Token == "" || noPIN {
		return o, ErrNoRetry
	}
	if o.Step == GivenUp {
		o = o.to(FindingWABA, clock.Now())
	}
	o.NextAt, o.Tries = clock.Now(), 0
	if pin != "" {
		secret.PIN = pin
	}
	if o, err = m.write(ctx, o, &secret); err != nil {
		return o, err
	}
	return m.carry(ctx, o)
}

// ErrNoRetry is that an onboarding has ended, or has to be begun anew.
var ErrNoRetry = errors.New("nothing to try again")

// carry moves an onboarding as far as it goes now.
func (m *Mover) carry(ctx context.Context, o Onboarding) (Onboarding, error) {
	for !o.NextAt.IsZero() && !clock.Now().Before(o.NextAt) {
		next, err := m.step(ctx, o)
		if err != nil {
			return o, err
		}
		o = next
	}
	return o, nil
}

func (m *Mover) sync(ctx context.Context, s Sync) error {
	now := clock.Now()
	rules := SyncRulesOn(m.Facts.On(now), s.Kind)
	var ask bool
	s, ok, err := m.Moves.MoveSync(ctx, s.Business, s.Number, s.Kind, now, func(s Sync) (Sync, bool) {
		next := s.Elapsed(now, rules)
		next, ask = next.Ask(now, rules)
		return next, next != s
	})
	if err != nil || !ok || !ask {
		return err
	}
	n, token, err := m.Moves.Address(ctx, s.Business, s.Number)
	if err != nil {
		return err
	}
	a := m.Graph.AskSync(ctx, token, n, s.Kind)
	now = clock.Now()
	_, _, err = m.Moves.MoveSync(context.WithoutCancel(ctx), s.Business, s.Number, s.Kind, now, func(s Sync) (Sync, bool) {
		next := s.Answered(a, now, rules)
		return next, next != s
	})
	return err
}

// AskAgain makes a sync due that waits for a person or has failed.
func (m *Mover) AskAgain(ctx context.Context, b wa.BusinessID, n wa.NumberID, k SyncKind) (Sync, error) {
	now := clock.Now()
	rules := SyncRulesOn(m.Facts.On(now), k)
	var may bool
	s, ok, err := m.Moves.MoveSync(ctx, b, n, k, now, func(s Sync) (Sync, bool) {
		s, may = s.Again(now, rules)
		return s, may
	})
	if err == nil && (!ok || !may) {
		return s, ErrNoRetry
	}
	return s, err
}
