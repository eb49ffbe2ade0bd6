package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/wa"
)

var (
	_ coexist.Heart   = (*DB)(nil)
	_ coexist.Watched = (*DB)(nil)
)

// Beat writes a sign of life down unless a later one stands, or one of the same
// time that says more.
func (db *DB) Beat(ctx context.Context, b wa.BusinessID, n wa.NumberID, p coexist.Pulse) error {
	return db.write(ctx, background, func(ctx context.Context, t *tx) error {
		var at, sure int64
		var grade string
		err := t.row(ctx, "SELECT alive_at, alive_grade, sure_at FROM number WHERE business_id = $1 AND id = $2"+t.d.lockRow(),
			[]any{string(b), string(n)}, &at, &grade, &sure)
		if err != nil {
			return fmt.Errorf("read heartbeat: %w", err)
		}
		us := clock.Micros(p.At)
		if us > sure && coexist.Weight(p.Grade) > coexist.Weight(coexist.Weak) {
			_, err := t.exec(ctx, "UPDATE number SET sure_at = $3, sure_kind = $4 WHERE business_id = $1 AND id = $2", string(b), string(n), us, p.Kind)
			if err != nil {
				return fmt.Errorf("write heartbeat: %w", err)
			}
		}
		if us < at || us == at && coexist.Weight(p.Grade) <= coexist.Weight(grade) {
			return nil
		}
		_, err = t.exec(ctx, "UPDATE number SET alive_at = $3, alive_grade = $4, alive_kind = $5 WHERE business_id = $1 AND id = $2",
			string(b), string(n), us, p.Grade, p.Kind)
		return err
	})
}

// NumbersOf returns the Numbers of a Business.
func (db *DB) NumbersOf(ctx context.Context, b wa.BusinessID) ([]wa.NumberID, error) {
	var out []wa.NumberID
	rows, err := db.query(ctx, "SELECT id FROM number WHERE business_id = $1 ORDER BY id", string(b))
	err = each(rows, err, func(r *sql.Rows) error {
		var n wa.NumberID
		err := r.Scan(&n)
		out = append(out, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read numbers: %w", err)
	}
	return out, nil
}

// Watched implements [coexist.Watched].
func (db *DB) Watched(ctx context.Context, b wa.BusinessID) (map[wa.NumberID]coexist.Signs, error) {
	out := map[wa.NumberID]coexist.Signs{}
	rows, err := db.query(ctx, `SELECT id, sure_at, onboarded_at FROM number
		WHERE business_id = $1 AND mode = 'coexistence' AND stage = 'live'`, string(b))
	err = each(rows, err, func(r *sql.Rows) error {
		var n wa.NumberID
		var sure, came int64
		err := r.Scan(&n, &sure, &came)
		out[n] = coexist.Signs{Sure: clock.FromMicros(sure), Came: clock.FromMicros(came)}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read signs of life: %w", err)
	}
	return out, nil
}

// Remind implements [coexist.Watched].
func (db *DB) Remind(ctx context.Context, b wa.BusinessID, n wa.NumberID, l coexist.Life, now time.Time) (bool, error) {
	fresh := false
	err := db.write(ctx, background, func(ctx context.Context, t *tx) error {
		rows, err := t.exec(ctx, `INSERT INTO reminder (business_id, number_id, since, level, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (business_id, number_id, since, level) DO NOTHING`, string(b), string(n), clock.Micros(l.Since), l.Level, clock.Micros(now))
		if fresh = rows > 0; err != nil || !fresh {
			return err
		}
		return t.append(ctx, b, now, []wa.Entry{{Kind: wa.NumberChangedKind, Number: n, Facts: wa.Facts{
			Event: coexist.PhoneSilent, Field: "heartbeat", Count: l.Level, Reason: string(l.Condition), HappenedAt: now, Until: l.Until,
		}}})
	})
	if err != nil {
		return false, fmt.Errorf("write reminder: %w", err)
	}
	if fresh {
		db.grew(b)
	}
	return fresh, nil
}

// Confirm implements [coexist.Watched].
func (db *DB) Confirm(ctx context.Context, b wa.BusinessID, n wa.NumberID, by wa.PersonID, now time.Time) error {
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		rows, err := t.exec(ctx, "UPDATE number SET sure_at = $3, sure_kind = $4, alive_at = $3, alive_kind = $4, alive_grade = 'strong' WHERE business_id = $1 AND id = $2 AND mode = 'coexistence'",
			string(b), string(n), clock.Micros(now), coexist.OwnerConfirmed)
		if err != nil {
			return err
		}
		if rows == 0 {
			return desk.ErrNotFound
		}
		return t.append(ctx, b, now, []wa.Entry{{Kind: wa.NumberChangedKind, Number: n, Facts: wa.Facts{
			Event: coexist.OwnerConfirmed, Field: "heartbeat", By: string(by), HappenedAt: now,
		}}})
	})
	if err != nil {
		return fmt.Errorf("confirm: %w", err)
	}
	db.grew(b)
	return nil
}
