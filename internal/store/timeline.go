package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"

	"wasl/internal/clock"
	"wasl/internal/desk"
	"wasl/internal/wa"
)

var _ desk.Timelines = (*DB)(nil)

// Timeline implements [desk.Timelines]. The kinds stand in the statement as they
// do in the index, or no planner would find the one by the other.
func (db *DB) Timeline(ctx context.Context, b wa.BusinessID, n wa.NumberID, before wa.Seq, limit int) ([]desk.Happening, error) {
	var one int
	err := db.row(ctx, "SELECT 1 FROM number WHERE business_id = $1 AND id = $2", []any{string(b), string(n)}, &one)
	if err != nil {
		return nil, fmt.Errorf("read number: %w", missing(err))
	}
	if before <= 0 {
		before = math.MaxInt64
	}
	list := []desk.Happening{}
	rows, err := db.query(ctx, `SELECT seq, at, kind, facts FROM journal
		WHERE business_id = $1 AND number_id = $2 AND seq < $3
			AND kind IN ('account.changed', 'error.reported', 'history.declined', 'number.changed')
		ORDER BY seq DESC LIMIT $4`, string(b), string(n), int64(before), limit)
	err = each(rows, err, func(r *sql.Rows) error {
		h := desk.Happening{Entry: wa.Entry{Business: b, Number: n}}
		var at int64
		var facts string
		if err := r.Scan(&h.Seq, &at, &h.Kind, &facts); err != nil {
			return err
		}
		h.At = clock.FromMicros(at)
		if err := json.Unmarshal([]byte(facts), &h.Facts); err != nil {
			return fmt.Errorf("facts of entry %d: %w", h.Seq, err)
		}
		list = append(list, h)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read timeline: %w", err)
	}
	return list, db.nameWho(ctx, b, list)
}

// nameWho fills in the names of the people who did something.
func (db *DB) nameWho(ctx context.Context, b wa.BusinessID, list []desk.Happening) error {
	names := map[string]string{}
	for i, h := range list {
		if h.Facts.By == "" {
			continue
		}
		name, known := names[h.Facts.By]
		if !known {
			err := db.row(ctx, "SELECT name FROM person WHERE business_id = $1 AND id = $2", []any{string(b), h.Facts.By}, &name)
			if err != nil && missing(err) != desk.ErrNotFound {
				return fmt.Errorf("read who did it: %w", err)
			}
			names[h.Facts.By] = name
		}
		list[i].ByName = name
	}
	return nil
}
