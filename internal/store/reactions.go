package store

import (
	"context"
	"database/sql"
	"fmt"

	"wasl/internal/clock"
	"wasl/internal/desk"
	"wasl/internal/wa"
)

// mostLags bounds what an operator is shown at once.
const mostLags = 1000

// Lags implements [desk.Operations].
func (db *DB) Lags(ctx context.Context) ([]desk.Lag, error) {
	list := []desk.Lag{}
	at := map[[2]string]int{}
	rows, err := db.query(ctx, `SELECT c.reaction, c.business_id, c.seq, j.last - c.seq FROM cursor c
		JOIN journal_counter j ON j.business_id = c.business_id
		ORDER BY j.last - c.seq DESC, c.business_id, c.reaction LIMIT $1`, mostLags)
	err = each(rows, err, func(r *sql.Rows) error {
		var l desk.Lag
		if err := r.Scan(&l.Reaction, &l.Business, &l.Seq, &l.Behind); err != nil {
			return err
		}
		at[[2]string{l.Reaction, string(l.Business)}] = len(list)
		list = append(list, l)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list reactions: %w", err)
	}
	rows, err = db.query(ctx, `SELECT reaction, business_id, seq, reason, tries, at FROM parked_entry
		ORDER BY business_id, reaction, seq LIMIT $1`, mostLags)
	err = each(rows, err, func(r *sql.Rows) error {
		var reaction string
		var b wa.BusinessID
		var p desk.Parked
		var parkedAt int64
		if err := r.Scan(&reaction, &b, &p.Seq, &p.Reason, &p.Tries, &parkedAt); err != nil {
			return err
		}
		p.At = clock.FromMicros(parkedAt)
		key := [2]string{reaction, string(b)}
		i, ok := at[key]
		if !ok {
			i = len(list)
			at[key] = i
			list = append(list, desk.Lag{Reaction: reaction, Business: b})
		}
		list[i].Parked = append(list[i].Parked, p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list parked entries: %w", err)
	}
	return list, nil
}
