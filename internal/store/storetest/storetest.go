// Package storetest is what a store must do, as one suite: run against SQLite
// always, and against PostgreSQL where there is one.
//
// Each file holds the promises to one engine and adds its part to the suite. It
// also opens stores and plants rows for the tests of other packages.
package storetest

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"wasl/internal/pgtest"
	"wasl/internal/seal"
	"wasl/internal/store"
)

// Opened is a fresh store and a second way into the same database, for planting
// rows and for looking at what was really written.
type Opened struct {
	DB  *store.DB
	Raw *sql.DB
}

// Open makes a fresh store that is gone when the test ends.
type Open func(t testing.TB) Opened

type part struct {
	name string
	test func(t *testing.T, open Open)
}

var parts []part

// add makes a part of the suite; each file calls it once.
func add(name string, test func(t *testing.T, open Open)) bool {
	parts = append(parts, part{name, test})
	return true
}

// Run runs the suite.
func Run(t *testing.T, open Open) {
	for _, p := range parts {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			p.test(t, open)
		})
	}
}

// Both runs a test on each database there is.
func Both(t *testing.T, test func(t *testing.T, open Open)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite) })
	t.Run("postgres", func(t *testing.T) {
		Postgres(t) // skips here if there is none
		test(t, Postgres)
	})
}

// SQLite makes a store in a folder of the test's own.
func SQLite(t testing.TB) Opened {
	t.Helper()
	path := filepath.Join(t.TempDir(), "wasl.db")
	db := open(t, path)
	return Opened{DB: db, Raw: raw(t, "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")}
}

// Postgres makes a store in a database of the test's own, or skips the test.
func Postgres(t testing.TB) Opened {
	t.Helper()
	url := pgtest.Clone(t, "storetest", func(url string) error {
		db, err := store.Open(t.Context(), store.Options{URL: url, Sealer: Sealer()})
		if err != nil {
			return err
		}
		return db.Close()
	})
	db := open(t, url)
	return Opened{DB: db, Raw: raw(t, "pgx", url)}
}

// Sealer is the sealer of every store made here.
func Sealer() *seal.Sealer {
	s, err := seal.New(bytes.Repeat([]byte{7}, seal.KeySize))
	if err != nil {
		panic(err)
	}
	return s
}

// Noon is when the suite's stories begin.
var Noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func open(t testing.TB, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{URL: url, Sealer: Sealer(), Readers: 4})
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	return db
}

func raw(t testing.TB, driver, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatalf("open database: %v", err)
	}
	db.SetMaxOpenConns(2)
	t.Cleanup(func() { _ = db.Close() })
	return db
}
