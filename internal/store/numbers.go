package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/fault"
	"wasl/internal/id"
	"wasl/internal/wa"
)

var _ desk.Numbers = (*DB)(nil)

// NewNumber is a Number to be added by somebody who has its token already.
type NewNumber struct {
	Business      wa.BusinessID
	PhoneNumberID wa.PhoneNumberID
	WABAID        wa.WABAID
	Display       string // as people write it, with country code
	Name          string
	Mode          string // coexistence or cloud
	Country       string // ISO 3166 alpha-2; "" means: read it from Display
	MPS           int    // 0 means the dated rule of the country
	Token         []byte // sealed before it is written; nil keeps the one that is there
	// OnboardedAt is when an onboarding ended; zero: now for a new Number, and no
	// change for one that is there.
	OnboardedAt time.Time
}

// AddNumber adds a Number to a Business, live at once. Adding one again that the
// Business already has renews its token and particulars and keeps its id. A
// phone number id or WABA of another Business is refused: fault number_taken, since
// one Portfolio belongs to one Business (decision 17). A number that comes back under
// new ids of Meta's is the one that it was, with its conversations.
func (db *DB) AddNumber(ctx context.Context, n NewNumber, now time.Time) (wa.NumberID, error) {
	return db.addNumber(ctx, n, now, nil)
}

// addNumber does also, if it is not nil, in the same transaction.
func (db *DB) addNumber(ctx context.Context, n NewNumber, now time.Time, also func(context.Context, *tx, wa.NumberID) error) (wa.NumberID, error) {
	digits := wa.Digits(n.Display)
	if err := checkNumber(n, digits); err != nil {
		return "", err
	}
	if n.Country == "" {
		n.Country = countryOf(digits)
	}
	fresh := wa.NumberID(id.New("num"))
	var number wa.NumberID
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		was, err := t.sameDigits(ctx, n.Business, digits)
		if err != nil {
			return err
		}
		if was == "" {
			was = fresh
		}
		if number, err = t.claim(ctx, n, was); err != nil {
			return err
		}
		if err := t.putNumber(ctx, n, number, digits, now); err != nil {
			return err
		}
		if err := t.sealToken(ctx, db, n.Business, number, n.Token); err != nil {
			return err
		}
		if number != fresh {
			// What was held while the Number was stopped goes on by itself.
			if err := t.dueSend(ctx, n.Business, number, now); err != nil {
				return err
			}
		}
		err = t.append(ctx, n.Business, now, []wa.Entry{{
			Kind: wa.NumberChangedKind, Number: number, Facts: wa.Facts{Event: "added", HappenedAt: now},
		}})
		if err != nil || also == nil {
			return err
		}
		return also(ctx, t, number)
	})
	if err != nil {
		return "", fmt.Errorf("add number: %w", err)
	}
	db.grew(n.Business)
	db.Wake(TopicSend)
	return number, nil
}

func checkNumber(n NewNumber, digits string) error {
	bad := func(sentence string) error {
		return fault.New(fault.Invalid, fault.CodeParameterInvalid, sentence)
	}
	switch {
	case n.PhoneNumberID == "":
		return bad("phone_number_id: must not be empty.")
	case n.WABAID == "":
		return bad("waba_id: must not be empty.")
	case len(digits) < 5 || len(digits) > 20:
		return bad("display: must be a phone number with its country code.")
	case n.Mode != coexist.ModeCoexistence && n.Mode != coexist.ModeCloud:
		return bad("mode: must be coexistence or cloud.")
	case n.MPS < 0:
		return bad("mps: must not be negative.")
	}
	return nil
}

func countryOf(digits string) string {
	t, _ := coexist.TerritoryOf("+" + digits)
	return t.Code
}

// sameDigits finds a Number of the Business by what people dial.
func (t *tx) sameDigits(ctx context.Context, b wa.BusinessID, digits string) (n wa.NumberID, err error) {
	err = t.row(ctx, "SELECT id FROM number WHERE business_id = $1 AND digits = $2 ORDER BY created_at, id LIMIT 1", []any{string(b), digits}, &n)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return n, err
}

// claim enters the number into the directories, or finds it there; it returns the
// id it goes by.
func (t *tx) claim(ctx context.Context, n NewNumber, fresh wa.NumberID) (wa.NumberID, error) {
	taken := fault.Of(fault.CodeNumberTaken)
	var owner, number string
	err := t.row(ctx, `INSERT INTO number_directory (phone_number_id, business_id, number_id) VALUES ($1, $2, $3)
		ON CONFLICT (phone_number_id) DO UPDATE SET phone_number_id = EXCLUDED.phone_number_id RETURNING business_id, number_id`,
		[]any{string(n.PhoneNumberID), string(n.Business), string(fresh)}, &owner, &number)
	if err != nil {
		return "", err
	}
	if owner != string(n.Business) {
		return "", taken
	}
	err = t.row(ctx, `INSERT INTO waba_directory (waba_id, business_id) VALUES ($1, $2)
		ON CONFLICT (waba_id) DO UPDATE SET waba_id = EXCLUDED.waba_id RETURNING business_id`,
		[]any{string(n.WABAID), string(n.Business)}, &owner)
	if err != nil {
		return "", err
	}
	if owner != string(n.Business) {
		return "", taken
	}
	return wa.NumberID(number), nil
}

func (t *tx) putNumber(ctx context.Context, n NewNumber, number wa.NumberID, digits string, now time.Time) error {
	onboarded, sure, kind := n.OnboardedAt, n.OnboardedAt, "onboarded"
	if onboarded.IsZero() {
		onboarded, kind = now, ""
	}
	_, err := t.exec(ctx, `INSERT INTO number (business_id, id, phone_number_id, waba_id, display, digits, country, name, mode, stage,
			stage_at, mps, onboarded_at, created_at, sure_at, sure_kind)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'live', $10, $11, $12, $10, $14, $15)
		ON CONFLICT (business_id, id) DO UPDATE SET phone_number_id = EXCLUDED.phone_number_id, waba_id = EXCLUDED.waba_id, display = EXCLUDED.display, digits = EXCLUDED.digits,
			country = EXCLUDED.country, name = EXCLUDED.name, mode = EXCLUDED.mode, mps = EXCLUDED.mps, stage = 'live',
			stage_at = EXCLUDED.stage_at, stage_by = 'ONBOARDED', stage_reason = '', stage_agent = '', stopped = '',
			onboarded_at = CASE WHEN $13 = 1 THEN EXCLUDED.onboarded_at ELSE number.onboarded_at END,
			sure_at = CASE WHEN $13 = 1 THEN EXCLUDED.sure_at ELSE number.sure_at END,
			sure_kind = CASE WHEN $13 = 1 THEN EXCLUDED.sure_kind ELSE number.sure_kind END`,
		string(n.Business), string(number), string(n.PhoneNumberID), string(n.WABAID), n.Display, digits, n.Country, n.Name, n.Mode,
		clock.Micros(now), n.MPS, clock.Micros(onboarded), flag(!n.OnboardedAt.IsZero()), clock.Micros(sure), kind)
	return err
}

// sealToken keeps a Number's token, unreadable without the master key.
func (t *tx) sealToken(ctx context.Context, db *DB, b wa.BusinessID, number wa.NumberID, token []byte) error {
	if token == nil {
		return nil
	}
	sealed, err := db.sealer.Seal(string(b), tokenPlace(number), token)
	if err != nil {
		return fmt.Errorf("seal token: %w", err)
	}
	_, err = t.exec(ctx, "UPDATE number SET token_sealed = $3 WHERE business_id = $1 AND id = $2", string(b), string(number), sealed)
	return err
}

func tokenPlace(number wa.NumberID) string { return "number/" + string(number) + "/token" }

// TokenOf returns the token a Number is used with, [desk.ErrNotFound] if it has
// none. It is for the door to Meta alone.
func (db *DB) TokenOf(ctx context.Context, b wa.BusinessID, number wa.NumberID) ([]byte, error) {
	var sealed []byte
	err := db.row(ctx, "SELECT token_sealed FROM number WHERE business_id = $1 AND id = $2", []any{string(b), string(number)}, &sealed)
	if err != nil {
		return nil, fmt.Errorf("read token: %w", missing(err))
	}
	if sealed == nil {
		return nil, fmt.Errorf("read token: %w", desk.ErrNotFound)
	}
	token, err := db.sealer.Open(string(b), tokenPlace(number), sealed)
	if err != nil {
		return nil, fmt.Errorf("open token: %w", err)
	}
	return token, nil
}

const numberColumns = `SELECT n.id, n.phone_number_id, n.waba_id, n.display, n.digits, n.country, n.name, n.mode, n.stage, n.stage_at, n.stage_by, n.stage_reason, n.stage_agent, n.mps,
	n.alive_at, n.alive_grade, n.alive_kind, n.sure_at, n.sure_kind, n.onboarded_at, n.stopped,
	COALESCE((SELECT MAX(h.progress) FROM history_chunk h WHERE h.business_id = n.business_id AND h.number_id = n.id), -1),
	COALESCE((SELECT s.state FROM phone_sync s WHERE s.business_id = n.business_id AND s.number_id = n.id AND s.kind = 'history' ORDER BY s.began DESC LIMIT 1), '')
	FROM number n`

func scanNumber(b wa.BusinessID, scan func(...any) error) (desk.Number, error) {
	n := desk.Number{Business: b}
	var stageAt, alive, sure, came, progress int64
	var sync coexist.SyncState
	err := scan(&n.ID, &n.PhoneNumberID, &n.WABAID, &n.Display, &n.Digits, &n.Country, &n.Name, &n.Mode, &n.Stage, &stageAt, &n.StageBy, &n.StageReason, &n.StageAgent, &n.MPS,
		&alive, &n.AliveGrade, &n.AliveKind, &sure, &n.SureKind, &came, &n.Stopped, &progress, &sync)
	n.StageAt = clock.FromMicros(stageAt)
	n.AliveAt, n.SureAt, n.CameAt = clock.FromMicros(alive), clock.FromMicros(sure), clock.FromMicros(came)
	switch {
	case sync != "":
		n.History = desk.History{State: historyState(sync), Progress: int(max(0, progress))}
		if sync == coexist.Complete {
			n.History.Progress = 100
		}
	case progress < 0: // a number that was added by hand
		n.History = desk.History{State: "not_requested"}
	case progress < 100:
		n.History = desk.History{State: "running", Progress: int(progress)}
	default:
		n.History = desk.History{State: "done", Progress: 100}
	}
	return n, err
}

// Numbers implements [desk.Numbers].
func (db *DB) Numbers(ctx context.Context, b wa.BusinessID) ([]desk.Number, error) {
	numbers := []desk.Number{}
	rows, err := db.query(ctx, numberColumns+" WHERE n.business_id = $1 ORDER BY n.created_at, n.id", string(b))
	err = each(rows, err, func(r *sql.Rows) error {
		n, err := scanNumber(b, r.Scan)
		numbers = append(numbers, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list numbers: %w", err)
	}
	return numbers, nil
}

// NumberByID implements [desk.Numbers].
func (db *DB) NumberByID(ctx context.Context, b wa.BusinessID, number wa.NumberID) (desk.Number, error) {
	n, err := scanNumber(b, func(dest ...any) error {
		return db.row(ctx, numberColumns+" WHERE n.business_id = $1 AND n.id = $2", []any{string(b), string(number)}, dest...)
	})
	if err != nil {
		return desk.Number{}, fmt.Errorf("read number: %w", missing(err))
	}
	return n, nil
}

// missing turns "no such row" into [desk.ErrNotFound].
func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return desk.ErrNotFound
	}
	return err
}
