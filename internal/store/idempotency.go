package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/fault"
	"wasl/internal/wa"
)

// keepAnswers is how long the answer to a request is kept under its
// Idempotency-Key, as Stripe does.
const keepAnswers = 24 * time.Hour

// BeginRequest notes that a request is about to be answered, under the key its
// sender chose. First is true if it is the first one; otherwise the earlier answer is
// returned, status 0 while it is still being made. Another fingerprint under the
// same key is fault idempotency_key_reused.
func (db *DB) BeginRequest(ctx context.Context, b wa.BusinessID, key string, fingerprint []byte, now time.Time) (status int, answer []byte, first bool, err error) {
	err = db.write(ctx, live, func(ctx context.Context, t *tx) error {
		if _, err := t.exec(ctx, "DELETE FROM idempotency WHERE business_id = $1 AND at < $2", string(b), clock.Micros(now.Add(-keepAnswers))); err != nil {
			return err
		}
		n, err := t.exec(ctx, "INSERT INTO idempotency (business_id, key, fingerprint, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
			string(b), key, fingerprint, clock.Micros(now))
		first = n == 1
		return err
	})
	if err != nil || first {
		return 0, nil, first, wrapRequest("begin", err)
	}
	status, answer, err = db.answered(ctx, b, key, fingerprint)
	return status, answer, false, wrapRequest("find", err)
}

// answered reads what is kept under a key. Nothing at all means that it was
// forgotten a moment ago: whoever asks again will be first.
func (db *DB) answered(ctx context.Context, b wa.BusinessID, key string, fingerprint []byte) (status int, answer []byte, err error) {
	var known, sealed []byte
	err = db.row(ctx, "SELECT fingerprint, status, body FROM idempotency WHERE business_id = $1 AND key = $2",
		[]any{string(b), key}, &known, &status, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, err
	}
	if !bytes.Equal(known, fingerprint) {
		return 0, nil, fault.Of(fault.CodeIdempotencyKeyReused)
	}
	if status == 0 {
		return 0, nil, nil
	}
	answer, err = db.sealer.Open(string(b), answerPlace(key), sealed)
	return status, answer, err
}

// EndRequest keeps the answer. It is sealed: an answer may hold what is shown once,
// such as a new API key.
func (db *DB) EndRequest(ctx context.Context, b wa.BusinessID, key string, status int, body []byte) error {
	sealed, err := db.sealer.Seal(string(b), answerPlace(key), body)
	if err != nil {
		return fmt.Errorf("seal answer: %w", err)
	}
	err = db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE idempotency SET status = $3, body = $4 WHERE business_id = $1 AND key = $2",
			string(b), key, status, sealed)
		return err
	})
	return wrapRequest("end", err)
}

// ForgetRequest takes BeginRequest back: nothing was done, and the same key may be
// used again.
func (db *DB) ForgetRequest(ctx context.Context, b wa.BusinessID, key string) error {
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM idempotency WHERE business_id = $1 AND key = $2 AND status = 0", string(b), key)
		return err
	})
	return wrapRequest("forget", err)
}

func answerPlace(key string) string { return "idempotency/" + key + "/body" }

func wrapRequest(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s request: %w", what, err)
}
