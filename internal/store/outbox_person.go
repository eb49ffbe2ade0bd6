package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/outbox"
	"wasl/internal/wa"
)

// Resolve implements [outbox.Intake].
func (db *DB) Resolve(ctx context.Context, b wa.BusinessID, m wa.MessageID, r outbox.Resolution, by wa.PersonID, now time.Time) (wa.NumberID, error) {
	var number wa.NumberID
	err := db.change(ctx, b, m, now, func(ctx context.Context, t *tx, state string, n wa.NumberID) ([]wa.Entry, error) {
		number = n
		if state != string(wa.InDoubt) && state != string(wa.NeedsPerson) {
			return nil, outbox.ErrNotInDoubt
		}
		if r == outbox.TreatAsSent {
			return t.treatAsSent(ctx, b, m, by)
		}
		return t.sendAgain(ctx, b, m, n, by, now)
	})
	if err != nil {
		return "", fmt.Errorf("resolve message: %w", err)
	}
	return number, nil
}

// treatAsSent ends the doubt by a person's word. There is no WAMID, and a status
// that bears the opaque id still brings it.
func (t *tx) treatAsSent(ctx context.Context, b wa.BusinessID, m wa.MessageID, by wa.PersonID) ([]wa.Entry, error) {
	if _, err := t.finish(ctx, b, string(m), "treated_as_sent"); err != nil {
		return nil, err
	}
	_, err := t.exec(ctx, "UPDATE attempt SET evidence = 'person' WHERE business_id = $1 AND item_id = $2 AND outcome = 'in_doubt'", string(b), string(m))
	if err != nil {
		return nil, fmt.Errorf("note the decision: %w", err)
	}
	entries, err := t.show(ctx, b, m, wa.Accepted, "treated_as_sent", 0, "")
	return signed(entries, by), err
}

// sendAgain queues a message that may have gone once already. It is said so.
func (t *tx) sendAgain(ctx context.Context, b wa.BusinessID, m wa.MessageID, n wa.NumberID, by wa.PersonID, now time.Time) ([]wa.Entry, error) {
	_, err := t.exec(ctx, "UPDATE outbox_item SET state = 'queued', order_at = $3, due_at = $3, reason = 'possible_duplicate' WHERE business_id = $1 AND id = $2",
		string(b), string(m), clock.Micros(now))
	if err != nil {
		return nil, fmt.Errorf("queue again: %w", err)
	}
	if err := t.dueSend(ctx, b, n, now); err != nil {
		return nil, err
	}
	entries, err := t.show(ctx, b, m, wa.Queued, "possible_duplicate", 0, "")
	return signed(entries, by), err
}

// Cancel implements [outbox.Intake].
func (db *DB) Cancel(ctx context.Context, b wa.BusinessID, m wa.MessageID, by wa.PersonID, now time.Time) error {
	err := db.change(ctx, b, m, now, func(ctx context.Context, t *tx, state string, _ wa.NumberID) ([]wa.Entry, error) {
		if state != string(wa.Queued) && state != string(wa.Held) {
			return nil, outbox.ErrNotWaiting
		}
		if _, err := t.finish(ctx, b, string(m), "cancelled"); err != nil {
			return nil, err
		}
		entries, err := t.show(ctx, b, m, wa.Cancelled, "", 0, "")
		return signed(entries, by), err
	})
	if err != nil {
		return fmt.Errorf("cancel message: %w", err)
	}
	return nil
}

func signed(entries []wa.Entry, by wa.PersonID) []wa.Entry {
	for i := range entries {
		entries[i].Facts.By = string(by)
	}
	return entries
}

// change locks the item of a message, lets fn change it, and journals.
func (db *DB) change(ctx context.Context, b wa.BusinessID, m wa.MessageID, now time.Time,
	fn func(ctx context.Context, t *tx, state string, n wa.NumberID) ([]wa.Entry, error),
) error {
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		var state string
		var n wa.NumberID
		err := t.row(ctx, "SELECT state, number_id FROM outbox_item WHERE business_id = $1 AND id = $2 AND kind <> 'read'"+t.d.lockRow(),
			[]any{string(b), string(m)}, &state, &n)
		if errors.Is(err, sql.ErrNoRows) {
			return outbox.ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("read item: %w", err)
		}
		entries, err := fn(ctx, t, state, n)
		if err != nil {
			return err
		}
		for i := range entries {
			entries[i].Facts.HappenedAt = now
		}
		return t.append(ctx, b, now, entries)
	})
	if err == nil {
		db.grew(b)
	}
	return err
}
