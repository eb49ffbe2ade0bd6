package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/media"
	"wasl/internal/wa"
)

var _ media.Store = (*DB)(nil)

// FilesDue implements [media.Store].
func (db *DB) FilesDue(ctx context.Context, l media.Lane, now time.Time) ([]wa.BusinessID, time.Time, error) {
	return db.dueHere(ctx, TopicFiles(l), now)
}

const fileColumns = `SELECT message_id, number_id, media_id, kind, mime, name, told_sum, lane, state, reason, tries, expires_at, next_at,
	sha256, size, stored_at FROM message_file`

func scanFile(b wa.BusinessID, scan func(...any) error) (f media.File, err error) {
	f.Business = b
	var expires, next, stored int64
	err = scan(&f.Message, &f.Number, &f.MediaID, &f.Kind, &f.Type, &f.Name, &f.Sum, &f.Lane, &f.State, &f.Reason, &f.Tries, &expires, &next,
		&f.SHA256, &f.Size, &stored)
	f.Expires, f.NextAt, f.StoredAt = clock.FromMicros(expires), clock.FromMicros(next), clock.FromMicros(stored)
	return f, err
}

// WantedFiles implements [media.Store].
func (db *DB) WantedFiles(ctx context.Context, b wa.BusinessID, l media.Lane, now time.Time, limit int) ([]media.File, error) {
	return db.files(ctx, b, ` WHERE business_id = $1 AND lane = $2 AND state = 'wanted' AND next_at <= $3 ORDER BY next_at, message_id LIMIT $4`,
		string(b), string(l), clock.Micros(now), limit)
}

func (db *DB) files(ctx context.Context, b wa.BusinessID, where string, args ...any) ([]media.File, error) {
	var list []media.File
	rows, err := db.query(ctx, fileColumns+where, args...)
	err = each(rows, err, func(r *sql.Rows) error {
		f, err := scanFile(b, r.Scan)
		list = append(list, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	return list, nil
}

// FileOf is the file of a message; ok is false if it has none.
func (db *DB) FileOf(ctx context.Context, b wa.BusinessID, m wa.MessageID) (f media.File, ok bool, err error) {
	f, err = scanFile(b, func(dest ...any) error {
		return db.row(ctx, fileColumns+" WHERE business_id = $1 AND message_id = $2", []any{string(b), string(m)}, dest...)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return f, false, nil
	}
	if err != nil {
		return f, false, fmt.Errorf("read file: %w", err)
	}
	return f, true, nil
}

// PutFile implements [media.Store]. What has ended of a live message is journalled,
// so that whoever looks at it sees it; the past comes in silence.
func (db *DB) PutFile(ctx context.Context, f media.File, now time.Time) error {
	u := live
	if f.Lane == media.History {
		u = background
	}
	told := f.Lane == media.Live && f.State != media.Wanted
	err := db.write(ctx, u, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, `UPDATE message_file SET state = $4, reason = $5, tries = $6, next_at = $7, mime = $8, sha256 = $9, size = $10, stored_at = $11
			WHERE business_id = $1 AND message_id = $2 AND media_id = $3`,
			string(f.Business), string(f.Message), f.MediaID, string(f.State), f.Reason, f.Tries, clock.Micros(f.NextAt), f.Type, f.SHA256, f.Size,
			clock.Micros(f.StoredAt))
		if err != nil || n == 0 || !told {
			return err
		}
		return t.fileTold(ctx, f, now)
	})
	if err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	if told {
		db.grew(f.Business)
	}
	return nil
}

func (t *tx) fileTold(ctx context.Context, f media.File, now time.Time) error {
	e := wa.Entry{Kind: wa.MessageFileKind, Number: f.Number, Message: f.Message, Facts: wa.Facts{Event: string(f.State), Reason: f.Reason, HappenedAt: now}}
	err := t.row(ctx, "SELECT conversation_id, contact_id FROM message WHERE business_id = $1 AND id = $2",
		[]any{string(f.Business), string(f.Message)}, &e.Conversation, &e.Contact)
	if err != nil {
		return fmt.Errorf("find message of file: %w", err)
	}
	return t.append(ctx, f.Business, now, []wa.Entry{e})
}

// RestFiles implements [media.Store].
func (db *DB) RestFiles(ctx context.Context, b wa.BusinessID, l media.Lane) error {
	return db.rest(ctx, b, TopicFiles(l), func(ctx context.Context, t *tx, next *sql.NullInt64) error {
		return t.row(ctx, "SELECT MIN(next_at) FROM message_file WHERE business_id = $1 AND lane = $2 AND state = 'wanted'",
			[]any{string(b), string(l)}, next)
	})
}

// OldFiles are those that were stored before a time, a few at once. For the sweep
// that ends their time.
func (db *DB) OldFiles(ctx context.Context, b wa.BusinessID, before time.Time, limit int) ([]media.File, error) {
	return db.files(ctx, b, " WHERE business_id = $1 AND state = 'stored' AND stored_at < $2 ORDER BY stored_at LIMIT $3", string(b), clock.Micros(before), limit)
}

// SumUsed reports whether a stored file of the Business has a hash, or one that an
// import holds.
func (db *DB) SumUsed(ctx context.Context, b wa.BusinessID, sum []byte) (bool, error) {
	var n int
	err := db.row(ctx, `SELECT (SELECT COUNT(*) FROM message_file WHERE business_id = $1 AND sha256 = $2 AND state = 'stored')
		+ (SELECT COUNT(*) FROM chat_import_file WHERE business_id = $1 AND sha256 = $2)`, []any{string(b), sum}, &n)
	if err != nil {
		return false, fmt.Errorf("look for file: %w", err)
	}
	return n > 0, nil
}
