package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/fault"
	"wasl/internal/ingest"
	"wasl/internal/wa"
)

var _ coexist.Moves = (*DB)(nil)

// TopicMove wakes whoever brings numbers in.
const TopicMove = "move"

// moveWork is the due table's word for a Business with onboardings or syncs due.
const moveWork = "move"

// BeginOnboarding implements [coexist.Moves].
func (db *DB) BeginOnboarding(ctx context.Context, o coexist.Onboarding, s coexist.Secret) error {
	sealed, err := db.sealSecret(o.Business, o.ID, s)
	if err != nil {
		return err
	}
	err = db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO onboarding (business_id, id, mode, step, by_person, begun_at, waba_id, hint, next_at, secret_sealed, phone_number_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, string(o.Business), o.ID, o.Mode, string(o.Step), string(o.By),
			clock.Micros(o.BegunAt), string(o.WABAID), string(o.Hint), clock.Micros(o.NextAt), sealed, string(o.PhoneNumberID))
		if err != nil {
			return err
		}
		return t.dueSooner(ctx, o.Business, o.NextAt)
	})
	if err != nil {
		return fmt.Errorf("begin onboarding: %w", err)
	}
	db.Wake(TopicMove) // Whoever moves them may be asleep beyond the time at which this one is due.
	return nil
}

func secretPlace(id string) string { return "onboarding/" + id }

func (db *DB) sealSecret(b wa.BusinessID, id string, s coexist.Secret) ([]byte, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("write secret: %w", err)
	}
	sealed, err := db.sealer.Seal(string(b), secretPlace(id), raw)
	if err != nil {
		return nil, fmt.Errorf("seal secret: %w", err)
	}
	return sealed, nil
}

// dueSooner marks a Business's onboardings and syncs due at a time, unless they
// are due before.
func (t *tx) dueSooner(ctx context.Context, b wa.BusinessID, at time.Time) error {
	return t.dueBefore(ctx, b, moveWork, at)
}

// AdvanceOnboarding implements [coexist.Moves].
func (db *DB) AdvanceOnboarding(ctx context.Context, o coexist.Onboarding, s *coexist.Secret, now time.Time) error {
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		if s != nil {
			sealed, err := db.sealSecret(o.Business, o.ID, *s)
			if err != nil {
				return err
			}
			if _, err := t.exec(ctx, "UPDATE onboarding SET secret_sealed = $3 WHERE business_id = $1 AND id = $2",
				string(o.Business), o.ID, sealed); err != nil {
				return err
			}
		}
		return t.advance(ctx, o, now)
	})
	if err != nil {
		return fmt.Errorf("write onboarding: %w", err)
	}
	db.grew(o.Business)
	return nil
}

func (t *tx) advance(ctx context.Context, o coexist.Onboarding, now time.Time) error {
	among, err := json.Marshal(o.Among)
	if err != nil {
		return err
	}
	missing, err := json.Marshal(o.Missing)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, `UPDATE onboarding SET step = $4, waba_id = $5, hint = $6, phone_number_id = $7, number_id = $8, among = $9,
			missing = $10, code = $11, title = $12, reason = $13, tries = $14, next_at = $15, version = version + 1
		WHERE business_id = $1 AND id = $2 AND version = $3`,
		string(o.Business), o.ID, o.Version, string(o.Step), string(o.WABAID), string(o.Hint), string(o.PhoneNumberID), string(o.Number),
		string(among), string(missing), o.Code, o.Title, o.Reason, o.Tries, clock.Micros(o.NextAt))
	switch {
	case err != nil:
		return err
	case n == 0:
		return coexist.ErrMoved
	}
	if err := t.dueSooner(ctx, o.Business, o.NextAt); err != nil {
		return err
	}
	return t.append(ctx, o.Business, now, []wa.Entry{{
		Kind: wa.NumberChangedKind, Number: o.Number,
		Facts: wa.Facts{Event: string(o.Step), Field: "onboarding", Reason: o.Reason, Code: o.Code, HappenedAt: now},
	}})
}

// Admit implements [coexist.Moves].
func (db *DB) Admit(ctx context.Context, o coexist.Onboarding, c coexist.Candidate, s coexist.Secret, began, now time.Time) (wa.NumberID, error) {
	n := NewNumber{
		Business: o.Business, PhoneNumberID: c.ID, WABAID: o.WABAID, Display: c.Display, Name: c.Name, Mode: o.Mode,
		Token: []byte(s.Token), OnboardedAt: began,
	}
	number, err := db.addNumber(ctx, n, now, func(ctx context.Context, t *tx, number wa.NumberID) error {
		if err := t.sealPIN(ctx, db, o, number, s.PIN); err != nil {
			return err
		}
		if o.Mode == coexist.ModeCoexistence {
			for _, k := range coexist.SyncKinds {
				if err := t.newSync(ctx, coexist.NewSync(o.Business, number, k, began)); err != nil {
					return err
				}
			}
			if err := t.dueSooner(ctx, o.Business, now); err != nil {
				return err
			}
		}
		if err := t.replayFrom(ctx, db.node, o.BegunAt); err != nil {
			return err
		}
		// The number has its own copy of the token now.
		if _, err := t.exec(ctx, "UPDATE onboarding SET secret_sealed = NULL WHERE business_id = $1 AND id = $2", string(o.Business), o.ID); err != nil {
			return err
		}
		o.Number, o.Step, o.NextAt, o.Reason, o.Code, o.Title = number, coexist.Onboard, time.Time{}, "", 0, ""
		return t.advance(ctx, o, now)
	})
	if errors.Is(err, fault.Of(fault.CodeNumberTaken)) {
		return "", coexist.ErrTaken
	}
	if err != nil {
		return "", err
	}
	db.Wake(TopicMove)
	db.Wake(ingest.TopicKept)
	return number, nil
}

// sealPIN keeps the two-step code of a number that is the API's alone. A number
// on a phone has none that we may know.
func (t *tx) sealPIN(ctx context.Context, db *DB, o coexist.Onboarding, number wa.NumberID, pin string) error {
	var sealed []byte
	switch {
	case o.Mode == coexist.ModeCoexistence:
	case pin == "":
		return nil // the one that is kept went on working
	default:
		var err error
		if sealed, err = db.sealer.Seal(string(o.Business), pinPlace(number), []byte(pin)); err != nil {
			return fmt.Errorf("seal two-step code: %w", err)
		}
	}
	_, err := t.exec(ctx, "UPDATE number SET pin_sealed = $3 WHERE business_id = $1 AND id = $2", string(o.Business), string(number), sealed)
	return err
}

func pinPlace(number wa.NumberID) string { return "number/" + string(number) + "/pin" }

// NumberKept implements [coexist.Moves].
func (db *DB) NumberKept(ctx context.Context, b wa.BusinessID, id wa.PhoneNumberID) (k coexist.Kept, err error) {
	var number wa.NumberID
	var sealed []byte
	err = db.row(ctx, "SELECT id, mode, stage, pin_sealed FROM number WHERE business_id = $1 AND phone_number_id = $2",
		[]any{string(b), string(id)}, &number, &k.Mode, &k.Stage, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return coexist.Kept{}, nil
	}
	if err != nil {
		return k, fmt.Errorf("read what is known of a number: %w", err)
	}
	if sealed == nil {
		return k, nil
	}
	pin, err := db.sealer.Open(string(b), pinPlace(number), sealed)
	if err != nil {
		return k, fmt.Errorf("open two-step code: %w", err)
	}
	k.PIN = string(pin)
	return k, nil
}

// replayFrom gives deliveries another look that could not be applied since an
// onboarding began: Meta tells of a number as soon as the owner has confirmed, and
// until it is in it was nobody's.
func (t *tx) replayFrom(ctx context.Context, node string, from time.Time) error {
	_, err := t.exec(ctx, "UPDATE delivery SET state = 'kept', node = $1 WHERE state = 'parked' AND received_at >= $2",
		node, clock.Micros(from.Add(-replayMargin)))
	if err != nil {
		return fmt.Errorf("replay what was nobody's: %w", err)
	}
	return nil
}

// replayMargin is how long before our part an onboarding may have begun at Meta:
// the popup was open.
const replayMargin = time.Hour

// OnboardingSecret implements [coexist.Moves]. What has ended has none.
func (db *DB) OnboardingSecret(ctx context.Context, b wa.BusinessID, id string) (s coexist.Secret, err error) {
	var sealed []byte
	err = db.row(ctx, "SELECT secret_sealed FROM onboarding WHERE business_id = $1 AND id = $2", []any{string(b), id}, &sealed)
	if err != nil {
		return s, fmt.Errorf("read secret: %w", missing(err))
	}
	if sealed == nil {
		return s, nil
	}
	raw, err := db.sealer.Open(string(b), secretPlace(id), sealed)
	if err != nil {
		return s, fmt.Errorf("open secret: %w", err)
	}
	return s, json.Unmarshal(raw, &s)
}

const onboardingColumns = `SELECT id, mode, step, by_person, begun_at, waba_id, hint, phone_number_id, number_id, among, missing,
	code, title, reason, tries, next_at, version FROM onboarding`

func scanOnboarding(b wa.BusinessID, scan func(...any) error) (o coexist.Onboarding, err error) {
	o.Business = b
	var begun, next int64
	var among, missing string
	err = scan(&o.ID, &o.Mode, &o.Step, &o.By, &begun, &o.WABAID, &o.Hint, &o.PhoneNumberID, &o.Number, &among, &missing,
		&o.Code, &o.Title, &o.Reason, &o.Tries, &next, &o.Version)
	if err != nil {
		return o, err
	}
	o.BegunAt, o.NextAt = clock.FromMicros(begun), clock.FromMicros(next)
	return o, errors.Join(json.Unmarshal([]byte(among), &o.Among), json.Unmarshal([]byte(missing), &o.Missing))
}

// Onboarding implements [coexist.Moves].
func (db *DB) Onboarding(ctx context.Context, b wa.BusinessID, id string) (coexist.Onboarding, error) {
	o, err := scanOnboarding(b, func(dest ...any) error {
		return db.row(ctx, onboardingColumns+" WHERE business_id = $1 AND id = $2", []any{string(b), id}, dest...)
	})
	if err != nil {
		return o, fmt.Errorf("read onboarding: %w", missing(err))
	}
	return o, nil
}

// Onboardings implements [coexist.Moves].
func (db *DB) Onboardings(ctx context.Context, b wa.BusinessID) ([]coexist.Onboarding, error) {
	return db.onboardings(ctx, b, " WHERE business_id = $1 ORDER BY begun_at DESC, id DESC LIMIT 100", string(b))
}

// DueOnboardings implements [coexist.Moves].
func (db *DB) DueOnboardings(ctx context.Context, b wa.BusinessID, now time.Time) ([]coexist.Onboarding, error) {
	return db.onboardings(ctx, b, " WHERE business_id = $1 AND next_at > 0 AND next_at <= $2 ORDER BY id", string(b), clock.Micros(now))
}

func (db *DB) onboardings(ctx context.Context, b wa.BusinessID, where string, args ...any) ([]coexist.Onboarding, error) {
	list := []coexist.Onboarding{}
	rows, err := db.query(ctx, onboardingColumns+where, args...)
	err = each(rows, err, func(r *sql.Rows) error {
		o, err := scanOnboarding(b, r.Scan)
		list = append(list, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read onboardings: %w", err)
	}
	return list, nil
}

// Known implements [coexist.Moves].
func (db *DB) Known(ctx context.Context, b wa.BusinessID, id wa.PhoneNumberID) (n wa.NumberID, stage coexist.Stage, err error) {
	err = db.row(ctx, "SELECT id, stage FROM number WHERE business_id = $1 AND phone_number_id = $2", []any{string(b), string(id)}, &n, &stage)
	if err != nil {
		return "", "", fmt.Errorf("find number: %w", missing(err))
	}
	return n, stage, nil
}

// Address implements [coexist.Moves].
func (db *DB) Address(ctx context.Context, b wa.BusinessID, n wa.NumberID) (wa.PhoneNumberID, string, error) {
	number, err := db.NumberByID(ctx, b, n)
	if err != nil {
		return "", "", err
	}
	token, err := db.TokenOf(ctx, b, n)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return "", "", err
	}
	return number.PhoneNumberID, string(token), nil
}
