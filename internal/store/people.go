package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/fault"
	"wasl/internal/id"
	"wasl/internal/wa"
)

var _ auth.Store = (*DB)(nil)

// CreateBusiness makes a Business, with nobody in it yet.
func (db *DB) CreateBusiness(ctx context.Context, name string, now time.Time) (wa.BusinessID, error) {
	b := wa.BusinessID(id.New("biz"))
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "INSERT INTO business (business_id, name, created_at) VALUES ($1, $2, $3)", string(b), name, clock.Micros(now))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("create business: %w", err)
	}
	return b, nil
}

// BusinessNamed finds a Business by its name, the oldest if several have it; ok is
// false if none has.
func (db *DB) BusinessNamed(ctx context.Context, name string) (b wa.BusinessID, ok bool, err error) {
	var found string
	err = db.row(ctx, "SELECT business_id FROM business WHERE name = $1 ORDER BY created_at, business_id LIMIT 1", []any{name}, &found)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("find business: %w", err)
	}
	return wa.BusinessID(found), true, nil
}

// CreatePerson implements [auth.People].
func (db *DB) CreatePerson(ctx context.Context, p auth.NewPerson, now time.Time) (wa.PersonID, error) {
	person := wa.PersonID(id.New("per"))
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		taken, err := t.exec(ctx, "INSERT INTO sign_in (email, business_id, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
			p.Email, string(p.Business), string(person))
		if err != nil {
			return err
		}
		if taken == 0 {
			return fault.Of(fault.CodeConflictEmailTaken)
		}
		_, err = t.exec(ctx, `INSERT INTO person (business_id, id, email, name, role, operator, password_hash, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			string(p.Business), string(person), p.Email, p.Name, string(p.Role), flag(p.Operator), p.PasswordHash, clock.Micros(now))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("create person: %w", err)
	}
	return person, nil
}

// People implements [auth.People].
func (db *DB) People(ctx context.Context, b wa.BusinessID) ([]auth.Person, error) {
	people := []auth.Person{}
	rows, err := db.query(ctx, `SELECT id, email, name, role, operator, created_at FROM person
		WHERE business_id = $1 AND disabled_at = 0 ORDER BY created_at, id`, string(b))
	err = each(rows, err, func(r *sql.Rows) error {
		var p auth.Person
		var operator, created int64
		if err := r.Scan(&p.ID, &p.Email, &p.Name, &p.Role, &operator, &created); err != nil {
			return err
		}
		p.Operator, p.CreatedAt = operator != 0, clock.FromMicros(created)
		people = append(people, p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	return people, nil
}

// DisablePerson implements [auth.People]. The owners' rows are locked before they are
// counted, so that two owners cannot remove each other at once.
func (db *DB) DisablePerson(ctx context.Context, b wa.BusinessID, person wa.PersonID, now time.Time) error {
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		role, owners, err := t.roleAndOwners(ctx, b, person)
		if err != nil {
			return err
		}
		if role == "" {
			return auth.ErrUnknown
		}
		if role == auth.Owner && owners == 1 {
			return fault.Of(fault.CodeLastOwner)
		}
		if _, err := t.exec(ctx, "UPDATE person SET disabled_at = $3 WHERE business_id = $1 AND id = $2",
			string(b), string(person), clock.Micros(now)); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "DELETE FROM sign_in WHERE business_id = $1 AND person_id = $2", string(b), string(person)); err != nil {
			return err
		}
		_, err = t.exec(ctx, "DELETE FROM session WHERE business_id = $1 AND person_id = $2", string(b), string(person))
		return err
	})
	if err != nil {
		return fmt.Errorf("disable person: %w", err)
	}
	return nil
}

// roleAndOwners returns a person's role, "" if there is no such person, and how
// many owners the Business has.
func (t *tx) roleAndOwners(ctx context.Context, b wa.BusinessID, person wa.PersonID) (role auth.Role, owners int, err error) {
	rows, err := t.query(ctx, `SELECT id, role FROM person WHERE business_id = $1 AND disabled_at = 0
		AND (id = $2 OR role = 'owner') ORDER BY id`+t.d.lockRow(), string(b), string(person))
	err = each(rows, err, func(r *sql.Rows) error {
		var who wa.PersonID
		var what auth.Role
		if err := r.Scan(&who, &what); err != nil {
			return err
		}
		if what == auth.Owner {
			owners++
		}
		if who == person {
			role = what
		}
		return nil
	})
	return role, owners, err
}

// flag is the stored form of a boolean.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
