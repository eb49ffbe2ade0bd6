package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/wa"
)

func (t *tx) newSync(ctx context.Context, s coexist.Sync) error {
	_, err := t.exec(ctx, `INSERT INTO phone_sync (business_id, number_id, kind, began, state, next_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (business_id, number_id, kind, began) DO NOTHING`,
		string(s.Business), string(s.Number), string(s.Kind), clock.Micros(s.Began), string(s.State), clock.Micros(s.NextAt))
	if err != nil {
		return fmt.Errorf("begin sync: %w", err)
	}
	return nil
}

// BeginSyncs makes the syncs of a Number due that was added without an
// onboarding; of one that has them already nothing is asked again.
func (db *DB) BeginSyncs(ctx context.Context, b wa.BusinessID, n wa.NumberID, began time.Time) error {
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		for _, k := range coexist.SyncKinds {
			if err := t.newSync(ctx, coexist.NewSync(b, n, k, began)); err != nil {
				return err
			}
		}
		return t.dueSooner(ctx, b, began)
	})
	if err != nil {
		return fmt.Errorf("begin syncs: %w", err)
	}
	db.Wake(TopicMove)
	return nil
}

const syncColumns = `SELECT number_id, kind, began, state, asked_at, accepted_at, heard_at, request_id, tries, progress, phase, code, title, next_at
	FROM phone_sync s`

// newestSync limits to the last onboarding of a Number.
const newestSync = ` AND began = (SELECT MAX(x.began) FROM phone_sync x
	WHERE x.business_id = s.business_id AND x.number_id = s.number_id AND x.kind = s.kind)`

func scanSync(b wa.BusinessID, scan func(...any) error) (s coexist.Sync, err error) {
	s.Business = b
	var began, asked, accepted, heard, next int64
	err = scan(&s.Number, &s.Kind, &began, &s.State, &asked, &accepted, &heard, &s.RequestID, &s.Tries, &s.Progress, &s.Phase, &s.Code, &s.Title, &next)
	s.Began, s.AskedAt, s.AcceptedAt = clock.FromMicros(began), clock.FromMicros(asked), clock.FromMicros(accepted)
	s.HeardAt, s.NextAt = clock.FromMicros(heard), clock.FromMicros(next)
	return s, err
}

// MoveSync implements [coexist.Moves].
func (db *DB) MoveSync(ctx context.Context, b wa.BusinessID, n wa.NumberID, k coexist.SyncKind, now time.Time, move func(coexist.Sync) (coexist.Sync, bool)) (s coexist.Sync, ok bool, err error) {
	moved := false
	err = db.write(ctx, live, func(ctx context.Context, t *tx) error {
		moved = false
		var err error
		s, err = scanSync(b, func(dest ...any) error {
			return t.row(ctx, syncColumns+" WHERE business_id = $1 AND number_id = $2 AND kind = $3"+newestSync+t.d.lockRow(),
				[]any{string(b), string(n), string(k)}, dest...)
		})
		if ok = !errors.Is(err, sql.ErrNoRows); !ok || err != nil {
			if !ok {
				return nil
			}
			return err
		}
		next, write := move(s)
		if !write {
			return nil
		}
		moved = true
		told := next.State != s.State || next.Progress != s.Progress
		s = next
		return t.putSync(ctx, s, told, now)
	})
	if err != nil {
		return s, false, fmt.Errorf("move sync: %w", err)
	}
	if moved {
		db.grew(b)
		db.Wake(TopicMove)
	}
	return s, ok, nil
}

func (t *tx) putSync(ctx context.Context, s coexist.Sync, told bool, now time.Time) error {
	_, err := t.exec(ctx, `UPDATE phone_sync SET state = $5, asked_at = $6, accepted_at = $7, heard_at = $8, request_id = $9, tries = $10,
			progress = $11, phase = $12, code = $13, title = $14, next_at = $15
		WHERE business_id = $1 AND number_id = $2 AND kind = $3 AND began = $4`,
		string(s.Business), string(s.Number), string(s.Kind), clock.Micros(s.Began), string(s.State), clock.Micros(s.AskedAt), clock.Micros(s.AcceptedAt),
		clock.Micros(s.HeardAt), s.RequestID, s.Tries, s.Progress, s.Phase, s.Code, s.Title, clock.Micros(s.NextAt))
	if err != nil {
		return err
	}
	if err := t.dueSooner(ctx, s.Business, s.NextAt); err != nil {
		return err
	}
	if !told {
		return nil
	}
	return t.append(ctx, s.Business, now, []wa.Entry{{
		Kind: wa.NumberChangedKind, Number: s.Number,
		Facts: wa.Facts{Event: string(s.State), Field: "sync_" + string(s.Kind), Progress: s.Progress, Code: s.Code, HappenedAt: now},
	}})
}

// Syncs implements [coexist.Moves].
func (db *DB) Syncs(ctx context.Context, b wa.BusinessID, n wa.NumberID) ([]coexist.Sync, error) {
	return db.syncs(ctx, b, " WHERE business_id = $1 AND number_id = $2"+newestSync+" ORDER BY kind", string(b), string(n))
}

// DueSyncs implements [coexist.Moves].
func (db *DB) DueSyncs(ctx context.Context, b wa.BusinessID, now time.Time) ([]coexist.Sync, error) {
	return db.syncs(ctx, b, " WHERE business_id = $1 AND next_at > 0 AND next_at <= $2"+newestSync+" ORDER BY began, kind", string(b), clock.Micros(now))
}

func (db *DB) syncs(ctx context.Context, b wa.BusinessID, where string, args ...any) ([]coexist.Sync, error) {
	list := []coexist.Sync{}
	rows, err := db.query(ctx, syncColumns+where, args...)
	err = each(rows, err, func(r *sql.Rows) error {
		s, err := scanSync(b, r.Scan)
		list = append(list, s)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read syncs: %w", err)
	}
	return list, nil
}

// Moving implements [coexist.Moves].
func (db *DB) Moving(ctx context.Context, now time.Time) ([]wa.BusinessID, time.Time, error) {
	return db.dueHere(ctx, moveWork, now)
}

// Rest implements [coexist.Moves].
func (db *DB) Rest(ctx context.Context, b wa.BusinessID, _ time.Time) error {
	return db.rest(ctx, b, moveWork, func(ctx context.Context, t *tx, next *sql.NullInt64) error {
		return t.row(ctx, `SELECT MIN(at) FROM (SELECT MIN(next_at) AS at FROM onboarding WHERE business_id = $1 AND next_at > 0
			UNION ALL SELECT MIN(s.next_at) AS at FROM phone_sync s WHERE s.business_id = $1 AND s.next_at > 0`+newestSync+`) AS soon`, []any{string(b)}, next)
	})
}
