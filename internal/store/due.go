package store

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"

	"wasl/internal/journal"
	"wasl/internal/wa"
)

var _ journal.Store = (*DB)(nil)

// buckets is into how many parts the table of due work is divided.
const buckets = 64

// bucket is the part of the due table in which a Business's work stands.
func bucket(b wa.BusinessID) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(b)) // never fails
	return int64(h.Sum32() % buckets)
}

// due marks that there is work for a Business.
func (t *tx) due(ctx context.Context, b wa.BusinessID, work string, at int64) error {
	_, err := t.exec(ctx, `INSERT INTO due (bucket, business_id, work, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (bucket, business_id, work) DO UPDATE SET at = EXCLUDED.at`, bucket(b), string(b), work, at)
	if err != nil {
		return fmt.Errorf("mark work due: %w", err)
	}
	return nil
}

// Due returns Businesses whose journals have grown since everybody read them.
func (db *DB) Due(ctx context.Context) ([]wa.BusinessID, error) {
	return db.withWork(ctx, "react")
}

// HistoryWaits returns the Businesses of which history waits.
func (db *DB) HistoryWaits(ctx context.Context) ([]wa.BusinessID, error) {
	return db.withWork(ctx, "history")
}

func (db *DB) withWork(ctx context.Context, work string) ([]wa.BusinessID, error) {
	var out []wa.BusinessID
	rows, err := db.query(ctx, "SELECT business_id FROM due WHERE work = $1 ORDER BY bucket, business_id", work)
	err = each(rows, err, func(r *sql.Rows) error {
		var b wa.BusinessID
		err := r.Scan(&b)
		out = append(out, b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read due work: %w", err)
	}
	return out, nil
}

// Done forgets that a Business's reactions are due, if every one of them has
// read its whole journal.
func (db *DB) Done(ctx context.Context, b wa.BusinessID, reactions []string) error {
	return db.write(ctx, background, func(ctx context.Context, t *tx) error {
		var last, behind int64
		err := t.row(ctx, "SELECT last FROM journal_counter WHERE business_id = $1"+t.d.lockRow(), []any{string(b)}, &last)
		if err != nil {
			return fmt.Errorf("read end of journal: %w", err)
		}
		err = t.row(ctx, "SELECT COUNT(*) FROM cursor WHERE business_id = $1 AND seq >= $3 AND "+t.d.in("reaction", 2),
			[]any{string(b), t.d.list(reactions), last}, &behind)
		if err != nil {
			return fmt.Errorf("read cursors: %w", err)
		}
		if int(behind) < len(reactions) {
			return nil
		}
		_, err = t.exec(ctx, "DELETE FROM due WHERE bucket = $1 AND business_id = $2 AND work = 'react'", bucket(b), string(b))
		return err
	})
}
