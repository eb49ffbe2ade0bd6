package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/wa"
)

// dueBefore marks work of a Business due at a time, unless it is due before. A zero
// time is never.
func (t *tx) dueBefore(ctx context.Context, b wa.BusinessID, work string, at time.Time) error {
	if at.IsZero() {
		return nil
	}
	_, err := t.exec(ctx, `INSERT INTO due (bucket, business_id, work, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (bucket, business_id, work) DO UPDATE SET at = CASE WHEN due.at < EXCLUDED.at THEN due.at ELSE EXCLUDED.at END`,
		bucket(b), string(b), work, clock.Micros(at))
	if err != nil {
		return fmt.Errorf("mark %s due: %w", work, err)
	}
	return nil
}

// dueHere returns the Businesses of this node of which work is due, and when more
// of any Business is.
func (db *DB) dueHere(ctx context.Context, work string, now time.Time) (ours []wa.BusinessID, next time.Time, err error) {
	var due []wa.BusinessID
	rows, err := db.query(ctx, "SELECT business_id, at FROM due WHERE work = $1 ORDER BY bucket, business_id", work)
	err = each(rows, err, func(r *sql.Rows) error {
		var b wa.BusinessID
		var at int64
		if err := r.Scan(&b, &at); err != nil {
			return err
		}
		switch t := clock.FromMicros(at); {
		case !t.After(now):
			due = append(due, b)
		case next.IsZero() || t.Before(next):
			next = t
		}
		return nil
	})
	if err != nil {
		return nil, next, fmt.Errorf("read due %s: %w", work, err)
	}
	for _, b := range due {
		_, ok, err := db.Claim(ctx, b)
		if err != nil {
			return nil, next, err
		}
		if ok {
			ours = append(ours, b)
		}
	}
	return ours, next, nil
}

// rest writes down when work of a Business is due next, as soonest finds it.
func (db *DB) rest(ctx context.Context, b wa.BusinessID, work string, soonest func(context.Context, *tx, *sql.NullInt64) error) error {
	err := db.write(ctx, background, func(ctx context.Context, t *tx) error {
		// The row is taken first: who marks work due meanwhile waits, and is not undone.
		var at int64
		err := t.row(ctx, "SELECT at FROM due WHERE bucket = $1 AND business_id = $2 AND work = $3"+t.d.lockRow(),
			[]any{bucket(b), string(b), work}, &at)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		var next sql.NullInt64
		if err := soonest(ctx, t, &next); err != nil {
			return err
		}
		if !next.Valid {
			_, err = t.exec(ctx, "DELETE FROM due WHERE bucket = $1 AND business_id = $2 AND work = $3", bucket(b), string(b), work)
			return err
		}
		_, err = t.exec(ctx, "UPDATE due SET at = $4 WHERE bucket = $1 AND business_id = $2 AND work = $3", bucket(b), string(b), work, next.Int64)
		return err
	})
	if err != nil {
		return fmt.Errorf("write when %s is due: %w", work, err)
	}
	return nil
}
