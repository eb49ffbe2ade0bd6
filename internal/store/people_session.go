package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/wa"
)

// Credentials implements [auth.Sessions].
func (db *DB) Credentials(ctx context.Context, email string) (auth.Credentials, error) {
	var c auth.Credentials
	var disabled int64
	err := db.row(ctx, `SELECT s.business_id, s.person_id, p.password_hash, p.disabled_at FROM sign_in s
		JOIN person p ON p.business_id = s.business_id AND p.id = s.person_id WHERE s.email = $1`,
		[]any{email}, &c.Business, &c.Person, &c.PasswordHash, &disabled)
	if err != nil {
		return auth.Credentials{}, fmt.Errorf("find sign-in: %w", unknown(err))
	}
	c.Disabled = disabled != 0
	return c, nil
}

// OpenSession implements [auth.Sessions]. Sessions of the person that have expired
// are forgotten along the way.
func (db *DB) OpenSession(ctx context.Context, s auth.NewSession, old []byte) error {
	return db.write(ctx, live, func(ctx context.Context, t *tx) error {
		if len(old) > 0 {
			if _, err := t.exec(ctx, "DELETE FROM session WHERE token_hash = $1", old); err != nil {
				return err
			}
		}
		if _, err := t.exec(ctx, "DELETE FROM session WHERE business_id = $1 AND person_id = $2 AND expires_at <= $3",
			string(s.Business), string(s.Person), clock.Micros(s.CreatedAt)); err != nil {
			return err
		}
		_, err := t.exec(ctx, `INSERT INTO session (token_hash, business_id, person_id, created_at, seen_at, expires_at)
			VALUES ($1, $2, $3, $4, $4, $5)`, s.Hash, string(s.Business), string(s.Person), clock.Micros(s.CreatedAt), clock.Micros(s.ExpiresAt))
		return err
	})
}

// Session implements [auth.Sessions].
func (db *DB) Session(ctx context.Context, hash []byte) (auth.Session, error) {
	var s auth.Session
	var seen, expires, disabled, operator int64
	p := &s.Principal
	err := db.row(ctx, `SELECT s.seen_at, s.expires_at, p.business_id, b.name, p.id, p.name, p.email, p.role, p.operator, p.disabled_at
		FROM session s JOIN person p ON p.business_id = s.business_id AND p.id = s.person_id
		JOIN business b ON b.business_id = s.business_id WHERE s.token_hash = $1`, []any{hash},
		&seen, &expires, &p.Business, &p.BusinessName, &p.Person, &p.Name, &p.Email, &p.Role, &operator, &disabled)
	if err != nil {
		return auth.Session{}, fmt.Errorf("find session: %w", unknown(err))
	}
	p.Operator, s.Disabled = operator != 0, disabled != 0
	s.SeenAt, s.ExpiresAt = clock.FromMicros(seen), clock.FromMicros(expires)
	return s, nil
}

// SeeSession implements [auth.Sessions].
func (db *DB) SeeSession(ctx context.Context, hash []byte, at time.Time) error {
	return db.write(ctx, background, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE session SET seen_at = $2 WHERE token_hash = $1 AND seen_at < $2", hash, clock.Micros(at))
		return err
	})
}

// CloseSession implements [auth.Sessions].
func (db *DB) CloseSession(ctx context.Context, hash []byte) error {
	return db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM session WHERE token_hash = $1", hash)
		return err
	})
}

// CreateKey implements [auth.Keys].
func (db *DB) CreateKey(ctx context.Context, k auth.NewKey) error {
	scopes, err := json.Marshal(k.Scopes)
	if err != nil {
		return fmt.Errorf("write scopes: %w", err)
	}
	return db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "INSERT INTO api_key (key_hash, business_id, id, name, scopes, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
			k.Hash, string(k.Business), k.ID, k.Name, string(scopes), clock.Micros(k.CreatedAt))
		return err
	})
}

// Keys implements [auth.Keys].
func (db *DB) Keys(ctx context.Context, b wa.BusinessID) ([]auth.Key, error) {
	keys := []auth.Key{}
	rows, err := db.query(ctx, `SELECT id, name, scopes, created_at, last_used_at FROM api_key
		WHERE business_id = $1 AND revoked_at = 0 ORDER BY created_at DESC, id DESC`, string(b))
	err = each(rows, err, func(r *sql.Rows) error {
		var k auth.Key
		var scopes string
		var created, used int64
		if err := r.Scan(&k.ID, &k.Name, &scopes, &created, &used); err != nil {
			return err
		}
		k.CreatedAt, k.LastUsedAt = clock.FromMicros(created), clock.FromMicros(used)
		keys = append(keys, k)
		return json.Unmarshal([]byte(scopes), &keys[len(keys)-1].Scopes)
	})
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	return keys, nil
}

// RevokeKey implements [auth.Keys].
func (db *DB) RevokeKey(ctx context.Context, b wa.BusinessID, key string, at time.Time) error {
	return db.write(ctx, live, func(ctx context.Context, t *tx) error {
		n, err := t.exec(ctx, "UPDATE api_key SET revoked_at = $3 WHERE business_id = $1 AND id = $2 AND revoked_at = 0",
			string(b), key, clock.Micros(at))
		if err == nil && n == 0 {
			return auth.ErrUnknown
		}
		return err
	})
}

// KeyHolder implements [auth.Keys].
func (db *DB) KeyHolder(ctx context.Context, hash []byte) (auth.Principal, time.Time, error) {
	var p auth.Principal
	var scopes string
	var used int64
	err := db.row(ctx, `SELECT k.business_id, b.name, k.id, k.name, k.scopes, k.last_used_at FROM api_key k
		JOIN business b ON b.business_id = k.business_id WHERE k.key_hash = $1 AND k.revoked_at = 0`, []any{hash},
		&p.Business, &p.BusinessName, &p.Key, &p.Name, &scopes, &used)
	if err != nil {
		return auth.Principal{}, time.Time{}, fmt.Errorf("find key: %w", unknown(err))
	}
	if err := json.Unmarshal([]byte(scopes), &p.Scopes); err != nil {
		return auth.Principal{}, time.Time{}, fmt.Errorf("read scopes: %w", err)
	}
	return p, clock.FromMicros(used), nil
}

// SeeKey implements [auth.Keys].
func (db *DB) SeeKey(ctx context.Context, hash []byte, at time.Time) error {
	return db.write(ctx, background, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE api_key SET last_used_at = $2 WHERE key_hash = $1 AND last_used_at < $2", hash, clock.Micros(at))
		return err
	})
}

// unknown turns "no such row" into [auth.ErrUnknown].
func unknown(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return auth.ErrUnknown
	}
	return err
}
