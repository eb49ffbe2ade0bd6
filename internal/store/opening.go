package store

import (
	"context"
	"database/sql"
	"fmt"

	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/wa"
)

var _ coexist.Openings = (*DB)(nil)

const openingColumns = "SELECT id, country, number, by_person, asked_at, opened_at, opened_from, source FROM country_watch"

func scanOpening(b wa.BusinessID, scan func(...any) error) (o coexist.Opening, err error) {
	var asked, opened int64
	var from string
	o.Business = b
	if err := scan(&o.ID, &o.Country, &o.Number, &o.By, &asked, &opened, &from, &o.Source); err != nil {
		return o, err
	}
	o.AskedAt, o.OpenedAt = clock.FromMicros(asked), clock.FromMicros(opened)
	if from == "" {
		return o, nil
	}
	return o, o.From.UnmarshalText([]byte(from))
}

// AskOpening implements [coexist.Openings].
func (db *DB) AskOpening(ctx context.Context, o coexist.Opening) (kept coexist.Opening, err error) {
	err = db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO country_watch (business_id, id, country, number, by_person, asked_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (business_id, number) DO NOTHING`,
			string(o.Business), o.ID, o.Country, o.Number, string(o.By), clock.Micros(o.AskedAt))
		if err != nil {
			return err
		}
		kept, err = scanOpening(o.Business, func(dest ...any) error {
			return t.row(ctx, openingColumns+" WHERE business_id = $1 AND number = $2", []any{string(o.Business), o.Number}, dest...)
		})
		return err
	})
	if err != nil {
		return kept, fmt.Errorf("watch country: %w", err)
	}
	return kept, nil
}

// OpeningsOf implements [coexist.Openings].
func (db *DB) OpeningsOf(ctx context.Context, b wa.BusinessID) ([]coexist.Opening, error) {
	list := []coexist.Opening{}
	rows, err := db.query(ctx, openingColumns+" WHERE business_id = $1 ORDER BY asked_at DESC, id DESC LIMIT 1000", string(b))
	err = each(rows, err, func(r *sql.Rows) error {
		o, err := scanOpening(b, r.Scan)
		list = append(list, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read watched countries: %w", err)
	}
	return list, nil
}

// DropOpening implements [coexist.Openings].
func (db *DB) DropOpening(ctx context.Context, b wa.BusinessID, id string) error {
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		rows, err := t.exec(ctx, "DELETE FROM country_watch WHERE business_id = $1 AND id = $2", string(b), id)
		if err == nil && rows == 0 {
			return desk.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("forget watched country: %w", err)
	}
	return nil
}

// Opened implements [coexist.Openings].
func (db *DB) Opened(ctx context.Context, o coexist.Opening) (fresh bool, err error) {
	err = db.write(ctx, background, func(ctx context.Context, t *tx) error {
		rows, err := t.exec(ctx, `UPDATE country_watch SET opened_at = $3, opened_from = $4, source = $5
			WHERE business_id = $1 AND id = $2 AND opened_at = 0`,
			string(o.Business), o.ID, clock.Micros(o.OpenedAt), o.From.String(), o.Source)
		if fresh = rows > 0; err != nil || !fresh {
			return err
		}
		return t.append(ctx, o.Business, o.OpenedAt, []wa.Entry{{
			Kind:  wa.EligibilityOpened,
			Facts: wa.Facts{Event: "opened", Field: o.Country, By: string(o.By), HappenedAt: o.From.Start()},
		}})
	})
	if err != nil {
		return false, fmt.Errorf("write opened country: %w", err)
	}
	if fresh {
		db.grew(o.Business)
	}
	return fresh, nil
}
