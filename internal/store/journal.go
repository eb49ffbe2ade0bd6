package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/wa"
)

// append numbers entries and writes them to the Business's journal. It must be
// the last thing a transaction does, because the counter's row stays locked
// until commit: n numbers are taken at once, and no reader can see a later
// entry before an earlier one. The entries get their Seq.
func (t *tx) append(ctx context.Context, b wa.BusinessID, now time.Time, entries []wa.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	var last int64
	err := t.row(ctx, `INSERT INTO journal_counter (business_id, last) VALUES ($1, $2)
		ON CONFLICT (business_id) DO UPDATE SET last = journal_counter.last + $2 RETURNING last`,
		[]any{string(b), len(entries)}, &last)
	if err != nil {
		return fmt.Errorf("number journal entries: %w", err)
	}
	rows := make([][]any, len(entries))
	for i := range entries {
		e := &entries[i]
		e.Business, e.At = b, now
		e.Seq = wa.Seq(last - int64(len(entries)) + int64(i) + 1)
		facts, err := json.Marshal(e.Facts)
		if err != nil {
			return fmt.Errorf("write facts: %w", err)
		}
		rows[i] = []any{
			string(b), int64(e.Seq), clock.Micros(now), string(e.Kind), string(e.Number), string(e.Contact),
			string(e.Conversation), string(e.Message), string(facts),
		}
	}
	_, err = t.insertRows(ctx, "INSERT INTO journal (business_id, seq, at, kind, number_id, contact_id, conversation_id, message_id, facts)", "", rows)
	if err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	return t.due(ctx, b, "react", clock.Micros(now))
}

// Entries returns up to limit entries of a Business after a position, in order.
func (db *DB) Entries(ctx context.Context, b wa.BusinessID, after wa.Seq, limit int) ([]wa.Entry, error) {
	var out []wa.Entry
	rows, err := db.query(ctx, `SELECT seq, at, kind, number_id, contact_id, conversation_id, message_id, facts
		FROM journal WHERE business_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`, string(b), int64(after), limit)
	err = each(rows, err, func(r *sql.Rows) error {
		e := wa.Entry{Business: b}
		var at int64
		var facts string
		if err := r.Scan(&e.Seq, &at, &e.Kind, &e.Number, &e.Contact, &e.Conversation, &e.Message, &facts); err != nil {
			return err
		}
		e.At = clock.FromMicros(at)
		if err := json.Unmarshal([]byte(facts), &e.Facts); err != nil {
			return fmt.Errorf("facts of entry %d: %w", e.Seq, err)
		}
		out = append(out, e)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	return out, nil
}

// Newest returns the position of the newest entry of a Business, and of the
// oldest that is kept; both 0 in an empty journal.
func (db *DB) Newest(ctx context.Context, b wa.BusinessID) (newest, oldest wa.Seq, err error) {
	err = db.row(ctx, "SELECT COALESCE(MAX(seq), 0), COALESCE(MIN(seq), 0) FROM journal WHERE business_id = $1",
		[]any{string(b)}, &newest, &oldest)
	if err != nil {
		return 0, 0, fmt.Errorf("read newest entry: %w", err)
	}
	return newest, oldest, nil
}

// Cursor returns how far a reaction has read.
func (db *DB) Cursor(ctx context.Context, b wa.BusinessID, reaction string) (wa.Seq, error) {
	var seq wa.Seq
	err := db.row(ctx, "SELECT seq FROM cursor WHERE business_id = $1 AND reaction = $2", []any{string(b), reaction}, &seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read cursor: %w", err)
	}
	return seq, nil
}

// ErrNotOwner says that this node no longer owns what it was about to change.
var ErrNotOwner = errors.New("another node owns this business now")

// Advance moves a reaction's cursor forward, if this node still owns the
// Business under epoch. A cursor never moves back.
func (db *DB) Advance(ctx context.Context, b wa.BusinessID, reaction string, to wa.Seq, epoch int64) error {
	return db.write(ctx, background, func(ctx context.Context, t *tx) error {
		if err := t.own(ctx, b, epoch); err != nil {
			return err
		}
		_, err := t.exec(ctx, `INSERT INTO cursor (business_id, reaction, seq) VALUES ($1, $2, $3)
			ON CONFLICT (business_id, reaction) DO UPDATE SET seq = EXCLUDED.seq WHERE cursor.seq < EXCLUDED.seq`,
			string(b), reaction, int64(to))
		return err
	})
}

// Park sets an entry aside that a reaction cannot digest, visibly.
func (db *DB) Park(ctx context.Context, b wa.BusinessID, reaction string, seq wa.Seq, reason string, tries int, now time.Time) error {
	return db.write(ctx, background, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO parked_entry (business_id, reaction, seq, reason, tries, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (business_id, reaction, seq) DO UPDATE SET reason = EXCLUDED.reason, tries = EXCLUDED.tries, at = EXCLUDED.at`,
			string(b), reaction, int64(seq), reason, tries, clock.Micros(now))
		return err
	})
}

// Unpark forgets that an entry was set aside.
func (db *DB) Unpark(ctx context.Context, b wa.BusinessID, reaction string, seq wa.Seq) error {
	return db.write(ctx, background, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM parked_entry WHERE business_id = $1 AND reaction = $2 AND seq = $3", string(b), reaction, int64(seq))
		return err
	})
}

// own refuses a transaction of a node that no longer owns the Business. Epoch 0
// means that nobody assigns anything, as in a single process.
func (t *tx) own(ctx context.Context, b wa.BusinessID, epoch int64) error {
	if epoch == 0 {
		return nil
	}
	var now int64
	err := t.row(ctx, "SELECT epoch FROM assignment WHERE business_id = $1"+t.d.shareRow(), []any{string(b)}, &now)
	if errors.Is(err, sql.ErrNoRows) || err == nil && now != epoch {
		return ErrNotOwner
	}
	return err
}
