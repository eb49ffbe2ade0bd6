package coexist

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"wasl/internal/clock"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

// PhoneSilent is the journal's word for a reminder: the phone has given no sure
// sign of life for so many days. Count is which reminder it is.
const PhoneSilent = "phone_silent"

// Watched is what a [Watch] asks of the store.
type Watched interface {
	Businesses(ctx context.Context) ([]wa.BusinessID, error)
	// Watched are the signs of a Business's live numbers that are on a phone.
	Watched(ctx context.Context, b wa.BusinessID) (map[wa.NumberID]Signs, error)
	// Remind writes a reminder down, once per level and silence, with its journal
	// entry; it reports whether it is new.
	Remind(ctx context.Context, b wa.BusinessID, n wa.NumberID, l Life, now time.Time) (bool, error)
	// Confirm takes a person's word that the app was opened.
	Confirm(ctx context.Context, b wa.BusinessID, n wa.NumberID, by wa.PersonID, now time.Time) error
}

// Watch reminds owners of silent phones. Every process may watch: a reminder is
// given once.
type Watch struct {
	Watched Watched
	Facts   platform.Book
	Log     *slog.Logger
}

// watchEvery is how often silences are measured; they are counted in days.
const watchEvery = 15 * time.Minute

// Run watches until ctx is done.
func (w *Watch) Run(ctx context.Context) error {
	for {
		if err := w.Round(ctx); err != nil && ctx.Err() == nil {
			w.Log.Error("silent phones not looked for", "err", err)
		}
		if clock.Sleep(ctx, watchEvery) != nil {
			return nil
		}
	}
}

// Round looks at every phone once.
func (w *Watch) Round(ctx context.Context) error {
	list, err := w.Watched.Businesses(ctx)
	now := clock.Now()
	for _, b := range list {
		numbers, werr := w.Watched.Watched(ctx, b)
		err = errors.Join(err, werr)
		for n, signs := range numbers {
			l := LifeOf(signs, now, w.Facts.On(now))
			if l.Level == 0 {
				continue
			}
			_, werr := w.Watched.Remind(ctx, b, n, l, now)
			err = errors.Join(err, werr)
		}
	}
	return err
}
