package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"wasl/internal/coexist"
	"wasl/internal/wa"
)

// fileAge is how old a message may be at onboarding for its file to come
// (coexistence-protocol §4.4).
const fileAge = 14 * 24 * time.Hour

// HistoryTold counts what of a Number's past has arrived. It reads the Number's
// messages, so it is for a page that somebody looks at.
func (db *DB) HistoryTold(ctx context.Context, b wa.BusinessID, n wa.NumberID) (h coexist.HistoryTold, err error) {
	var began int64
	err = db.row(ctx, "SELECT COALESCE(MAX(began), 0) FROM phone_sync WHERE business_id = $1 AND number_id = $2 AND kind = 'history'",
		[]any{string(b), string(n)}, &began)
	if err == nil {
		err = db.row(ctx, "SELECT COUNT(*), COUNT(DISTINCT phase), COALESCE(SUM(messages), 0) FROM history_chunk WHERE business_id = $1 AND number_id = $2",
			[]any{string(b), string(n)}, &h.Chunks, &h.Phases, &h.Told)
	}
	if err == nil {
		err = db.row(ctx, `SELECT COUNT(*), COUNT(DISTINCT conversation_id),
				COALESCE(SUM(CASE WHEN type = 'media_placeholder' AND at >= $3 THEN 1 ELSE 0 END), 0),
				COALESCE(SUM(CASE WHEN type = 'media_placeholder' AND at < $3 THEN 1 ELSE 0 END), 0),
				COALESCE(SUM(CASE WHEN type IN ('image', 'video', 'audio', 'document', 'sticker') THEN 1 ELSE 0 END), 0)
			FROM message WHERE business_id = $1 AND number_id = $2 AND provenance = 'history'`,
			[]any{string(b), string(n), began - fileAge.Microseconds()}, &h.Messages, &h.Threads, &h.Waiting, &h.Lost, &h.Found)
	}
	if err == nil {
		err = db.row(ctx, `SELECT COALESCE(SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN state = 'parked' THEN 1 ELSE 0 END), 0)
			FROM inbound WHERE business_id = $1 AND lane = 'history'`, []any{string(b)}, &h.NotApplied, &h.SetAside)
	}
	if err != nil {
		return h, fmt.Errorf("count history: %w", err)
	}
	return h, nil
}

// OpenSyncs are the syncs of all Businesses that have not ended, those whose day
// ends soonest first. It asks Business by Business, for the operator's page.
func (db *DB) OpenSyncs(ctx context.Context) ([]coexist.Sync, error) {
	all, err := db.Businesses(ctx)
	if err != nil {
		return nil, err
	}
	list := []coexist.Sync{}
	for _, b := range all {
		syncs, err := db.syncs(ctx, b, " WHERE business_id = $1"+newestSync+" ORDER BY began, number_id, kind", string(b))
		if err != nil {
			return nil, err
		}
		for _, s := range syncs {
			if !s.Ended() {
				list = append(list, s)
			}
		}
	}
	return list, nil
}

// Businesses lists all there are.
func (db *DB) Businesses(ctx context.Context) ([]wa.BusinessID, error) {
	var all []wa.BusinessID
	rows, err := db.query(ctx, "SELECT business_id FROM business ORDER BY business_id")
	err = each(rows, err, func(r *sql.Rows) error {
		var b wa.BusinessID
		err := r.Scan(&b)
		all = append(all, b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list businesses: %w", err)
	}
	return all, nil
}

// historyState is how a Number's list shows its sync of the past.
func historyState(state coexist.SyncState) string {
	switch state {
	case "", coexist.NotRequested:
		return "not_requested"
	case coexist.Requesting, coexist.Accepted, coexist.Arriving, coexist.Quiet, coexist.Silent:
		return "running"
	case coexist.Complete:
		return "done"
	case coexist.Declined, coexist.AlreadyUsed, coexist.TooLate, coexist.Failed:
	}
	return string(state)
}
