package media

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"wasl/internal/clock"
	"wasl/internal/wa"
)

// Kept is what a [Sweeper] asks of the store.
type Kept interface {
	Businesses(ctx context.Context) ([]wa.BusinessID, error)
	// OldFiles are stored files from before a time, a few at once.
	OldFiles(ctx context.Context, b wa.BusinessID, before time.Time, limit int) ([]File, error)
	// SumUsed reports whether a stored file has a hash.
	SumUsed(ctx context.Context, b wa.BusinessID, sum []byte) (bool, error)
	PutFile(ctx context.Context, f File, now time.Time) error
}

// Sweeper removes files whose time is over. Messages keep their words and say what
// became of the file.
type Sweeper struct {
	Store Kept
	Vault Vault
	Keep  time.Duration // 0: for ever
	Log   *slog.Logger
}

// sweepEvery is how often old files are looked for.
const sweepEvery = time.Hour

// Run sweeps until ctx is done.
func (s *Sweeper) Run(ctx context.Context) error {
	if s.Keep <= 0 {
		return nil
	}
	for {
		if err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("old files not removed", "err", err)
		}
		if clock.Sleep(ctx, sweepEvery) != nil {
			return nil
		}
	}
}

// Sweep removes what is too old now.
func (s *Sweeper) Sweep(ctx context.Context) error {
	list, err := s.Store.Businesses(ctx)
	for _, b := range list {
		err = errors.Join(err, s.business(ctx, b))
	}
	return err
}

func (s *Sweeper) business(ctx context.Context, b wa.BusinessID) error {
	for ctx.Err() == nil {
		old, err := s.Store.OldFiles(ctx, b, clock.Now().Add(-s.Keep), handful)
		if err != nil || len(old) == 0 {
			return err
		}
		for _, f := range old {
			if err := s.remove(ctx, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// remove takes the row first: bytes that stay behind after a crash are found by
// nobody, and a row without bytes would promise a file.
func (s *Sweeper) remove(ctx context.Context, f File) error {
	f.State = Removed
	if err := s.Store.PutFile(ctx, f, clock.Now()); err != nil {
		return err
	}
	used, err := s.Store.SumUsed(ctx, f.Business, f.SHA256)
	if err != nil || used {
		return err
	}
	if err := s.Vault.Remove(f.Business, f.SHA256); err != nil {
		// A vault that does not answer is asked again by the next sweep.
		f.State = Stored
		return errors.Join(err, s.Store.PutFile(ctx, f, clock.Now()))
	}
	return nil
}
