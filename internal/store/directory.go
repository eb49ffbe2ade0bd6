package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"wasl/internal/wa"
)

// place is where a phone number id belongs.
type place struct {
	business wa.BusinessID
	number   wa.NumberID
}

// directory caches the tables that find a business. They are read-mostly; a
// miss is looked up, and what is not found is not remembered, so that a number
// added by another node is found at once. Its mutex guards the maps.
type directory struct {
	mu      sync.RWMutex
	numbers map[wa.PhoneNumberID]place
	wabas   map[wa.WABAID]wa.BusinessID
}

// findNumber returns the Business and Number of a phone number id; ok is false
// if it is nobody's.
func (db *DB) findNumber(ctx context.Context, id wa.PhoneNumberID) (p place, ok bool, err error) {
	db.numbers.mu.RLock()
	p, ok = db.numbers.numbers[id]
	db.numbers.mu.RUnlock()
	if ok || id == "" {
		return p, ok, nil
	}
	err = db.row(ctx, "SELECT business_id, number_id FROM number_directory WHERE phone_number_id = $1",
		[]any{string(id)}, &p.business, &p.number)
	if errors.Is(err, sql.ErrNoRows) {
		return place{}, false, nil
	}
	if err != nil {
		return place{}, false, fmt.Errorf("find number: %w", err)
	}
	db.numbers.mu.Lock()
	defer db.numbers.mu.Unlock()
	if db.numbers.numbers == nil {
		db.numbers.numbers = map[wa.PhoneNumberID]place{}
	}
	db.numbers.numbers[id] = p
	return p, true, nil
}

// FindNumber returns the Business and Number of a phone number id; ok is false if
// it is nobody's.
func (db *DB) FindNumber(ctx context.Context, id wa.PhoneNumberID) (b wa.BusinessID, n wa.NumberID, ok bool, err error) {
	p, ok, err := db.findNumber(ctx, id)
	return p.business, p.number, ok, err
}

// findWABA returns the Business of a WABA; ok is false if it is nobody's.
func (db *DB) findWABA(ctx context.Context, id wa.WABAID) (b wa.BusinessID, ok bool, err error) {
	db.numbers.mu.RLock()
	b, ok = db.numbers.wabas[id]
	db.numbers.mu.RUnlock()
	if ok || id == "" {
		return b, ok, nil
	}
	err = db.row(ctx, "SELECT business_id FROM waba_directory WHERE waba_id = $1", []any{string(id)}, &b)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("find WABA: %w", err)
	}
	db.numbers.mu.Lock()
	defer db.numbers.mu.Unlock()
	if db.numbers.wabas == nil {
		db.numbers.wabas = map[wa.WABAID]wa.BusinessID{}
	}
	db.numbers.wabas[id] = b
	return b, true, nil
}

// CountNumbers returns how many Numbers there are, of all Businesses.
func (db *DB) CountNumbers(ctx context.Context) (int, error) {
	var n int
	if err := db.row(ctx, "SELECT COUNT(*) FROM number_directory", nil, &n); err != nil {
		return 0, fmt.Errorf("count numbers: %w", err)
	}
	return n, nil
}
