package store

import (
	"context"
	"database/sql"
	"fmt"

	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/wa"
)

var _ coexist.Heart = (*DB)(nil)

// Beat writes a sign of life down unless a later one stands, or one of the same
// time that says more.
func (db *DB) Beat(ctx context.Context, b wa.BusinessID, n wa.NumberID, p coexist.Pulse) error {
	return db.write(ctx, background, func(ctx context.Context, t *tx) error {
		var at int64
		var grade string
		err := t.row(ctx, "SELECT alive_at, alive_grade FROM number WHERE business_id = $1 AND id = $2"+t.d.lockRow(),
			[]any{string(b), string(n)}, &at, &grade)
		if err != nil {
			return fmt.Errorf("read heartbeat: %w", err)
		}
		us := clock.Micros(p.At)
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
