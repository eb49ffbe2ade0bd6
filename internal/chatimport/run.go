package chatimport

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/wa"
)

// poll is how often Run looks by itself, and longest how long it leaves a store
// alone that does not answer.
const (
	poll    = 15 * time.Second
	longest = 30 * time.Second
)

// Run does what was confirmed, until ctx is done. What was begun before a crash it
// goes on with. Several processes may run: each slice is done once.
func (i *Importer) Run(ctx context.Context) error {
	wake, stop := i.Store.Listen(Topic)
	defer stop()
	trouble := time.Duration(0)
	for ctx.Err() == nil {
		wait := poll
		if err := i.Round(ctx); err != nil && ctx.Err() == nil {
			trouble = min(longest, max(time.Second, 2*trouble))
			wait = trouble
			i.Log.Error("import of a chat waits for the storage", "for", trouble, "err", err)
		} else {
			trouble = 0
		}
		t := clock.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-t.C:
		}
		t.Stop()
	}
	return nil
}

// Round brings every open import as far as it goes. One that fails keeps no other
// from going on.
func (i *Importer) Round(ctx context.Context) error {
	businesses, err := i.Store.ImportsWait(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, b := range businesses {
		open, err := i.Store.OpenImports(ctx, b)
		if err != nil {
			return err
		}
		for _, im := range open {
			if err := i.finish(ctx, im); err != nil && !errors.Is(err, ErrMoved) {
				failed = append(failed, fmt.Errorf("import %s: %w", im.ID, err))
			}
		}
	}
	return errors.Join(failed...)
}

// Finish brings one import to its end.
func (i *Importer) Finish(ctx context.Context, b wa.BusinessID, importID string) (Import, error) {
	im, err := i.Store.Import(ctx, b, importID)
	if err == nil {
		err = i.finish(ctx, im)
	}
	if err != nil {
		return Import{}, missing(err)
	}
	return i.Store.Import(ctx, b, importID)
}

func (i *Importer) finish(ctx context.Context, im Import) (err error) {
	switch im.State {
	case Running:
		err = i.add(ctx, im)
	case Undoing:
		err = i.undo(ctx, im)
	case Waiting:
		if aged(im).State != Expired {
			return nil
		}
		err = i.Store.ExpireImport(ctx, im.Business, im.ID)
	case Done, Undone, Expired:
	}
	if err != nil {
		return err
	}
	// It is at its end: its messages hold their files, and the rest goes.
	return i.letGo(ctx, im)
}

// add goes on with an import where it stands. The file is read from its beginning,
// so that equal messages are numbered as before.
func (i *Importer) add(ctx context.Context, im Import) error {
	f, err := i.unpack(ctx, im)
	if err != nil {
		return err
	}
	n, err := i.Store.NumberOf(ctx, im.Business, im.Number)
	if err != nil {
		return err
	}
	// What was settled when it was confirmed stays so.
	a := Answers{Contact: im.Preview.Contact, Me: im.Preview.Me, Them: im.Preview.Them, Order: im.Preview.Layout.Order, Zone: im.Preview.Zone}
	d, err := examine(f, n, a, im.CreatedAt)
	if err != nil {
		return err
	}
	d.Me, d.Them, d.Layout.Order = im.Preview.Me, im.Preview.Them, im.Preview.Layout.Order
	at := 0
	var items []Item
	err = d.items(func(it Item) error {
		if at++; at <= im.Handled {
			return nil
		}
		if items = append(items, it); len(items) < slice {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		err := i.Store.AddSlice(ctx, clock.Now(), im, items, false)
		im.Handled, items = im.Handled+len(items), items[:0]
		return err
	})
	if err != nil {
		return err
	}
	if err := i.Store.AddSlice(ctx, clock.Now(), im, items, true); err != nil {
		return err
	}
	i.Log.Info("chat imported", "import", im.ID, "number", im.Number, "messages", at)
	return nil
}

func (i *Importer) undo(ctx context.Context, im Import) error {
	for {
		whole, err := i.Store.UndoSlice(ctx, clock.Now(), im.Business, im.ID, slice)
		if err != nil || whole {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}
