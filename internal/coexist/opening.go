package coexist

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"wasl/internal/clock"
	"wasl/internal/id"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

// Opening is the wish to be told when Coexistence is offered where a number
// belongs.
type Opening struct {
	Business wa.BusinessID
	ID       string // "opn_…"
	Country  string
	Number   string // as it was checked, E.164
	By       wa.PersonID
	AskedAt  time.Time
	OpenedAt time.Time // when it was found open; zero before
	From     platform.Date
	Source   string // of the rule by which it is open
}

// Openings keeps the wishes.
type Openings interface {
	Businesses(ctx context.Context) ([]wa.BusinessID, error)
	// AskOpening writes a wish down; of a number that has one already it returns that.
	AskOpening(ctx context.Context, o Opening) (Opening, error)
	// OpeningsOf are the wishes of a Business, the newest first.
	OpeningsOf(ctx context.Context, b wa.BusinessID) ([]Opening, error)
	// DropOpening forgets a wish; where there is none it says so with desk.ErrNotFound.
	DropOpening(ctx context.Context, b wa.BusinessID, id string) error
	// Opened writes down that a wish has come true, once, with its journal entry.
	Opened(ctx context.Context, o Opening) (fresh bool, err error)
}

// Why there is nothing to wait for.
var (
	ErrNoCountry   = errors.New("the number cannot be read")
	ErrOpenAlready = errors.New("offered there already: there is nothing to wait for")
)

// Lookout tells when countries open. Every process may look: a wish comes true
// once.
type Lookout struct {
	Openings Openings
	Facts    platform.Book
	Log      *slog.Logger
}

// Ask writes down that a Business wants to be told.
func (l *Lookout) Ask(ctx context.Context, b wa.BusinessID, by wa.PersonID, number string) (Opening, error) {
	t, ok := TerritoryOf(number)
	if !ok {
		return Opening{}, ErrNoCountry
	}
	now := clock.Now()
	if open, _ := l.Facts.On(now).Offered(t.Code); open {
		return Opening{}, ErrOpenAlready
	}
	return l.Openings.AskOpening(ctx, Opening{Business: b, ID: id.New("opn"), Country: t.Code, Number: t.Number, By: by, AskedAt: now})
}

// List returns the wishes of a Business, the newest first.
func (l *Lookout) List(ctx context.Context, b wa.BusinessID) ([]Opening, error) {
	return l.Openings.OpeningsOf(ctx, b)
}

// Drop forgets a wish.
func (l *Lookout) Drop(ctx context.Context, b wa.BusinessID, id string) error {
	return l.Openings.DropOpening(ctx, b, id)
}

// Run looks every day, and whenever the process starts: with it may have come
// newer facts.
func (l *Lookout) Run(ctx context.Context) error {
	for {
		if err := l.Round(ctx); err != nil && ctx.Err() == nil {
			l.Log.Error("countries that open not looked for", "err", err)
		}
		now := clock.Now()
		if clock.Sleep(ctx, platform.Day(now).Start().Add(24*time.Hour).Sub(now)) != nil {
			return nil
		}
	}
}

// Round looks once at every wish that has not come true.
func (l *Lookout) Round(ctx context.Context) error {
	list, err := l.Openings.Businesses(ctx)
	now := clock.Now()
	facts := l.Facts.On(now)
	for _, b := range list {
		wishes, werr := l.Openings.OpeningsOf(ctx, b)
		err = errors.Join(err, werr)
		for _, o := range wishes {
			open, rule := facts.Offered(o.Country)
			if !open || !o.OpenedAt.IsZero() {
				continue
			}
			o.OpenedAt, o.From, o.Source = now, rule.From, rule.Source
			_, werr := l.Openings.Opened(ctx, o)
			err = errors.Join(err, werr)
		}
	}
	return err
}
