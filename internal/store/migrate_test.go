package store

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"wasl/internal/pgtest"
	"wasl/internal/seal"
)

func openAt(t *testing.T, url string) (*DB, error) {
	t.Helper()
	s, err := seal.New(make([]byte, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return Open(t.Context(), Options{URL: url, Sealer: s})
}

// bothDatabases runs a test on an SQLite file, and on PostgreSQL where there is
// one.
func bothDatabases(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "wasl.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.URL(t)) })
}

// TestNewerSchemaRefused: a database that says it needs a newer program is not
// touched; one that a newer program has only added to is used.
func TestNewerSchemaRefused(t *testing.T) {
	bothDatabases(t, func(t *testing.T, url string) {
		later := func(floor string) {
			t.Helper()
			db, err := openAt(t, url)
			if err != nil {
				t.Fatal(err)
			}
			err = db.write(t.Context(), live, func(ctx context.Context, tx *tx) error {
				if _, err := tx.exec(ctx, "DELETE FROM goose_db_version WHERE version_id = 9000"); err != nil {
					return err
				}
				if _, err := tx.exec(ctx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, "+map[bool]string{true: "true", false: "1"}[db.single == nil]+")"); err != nil {
					return err
				}
				_, err := tx.exec(ctx, "UPDATE schema_floor SET version = "+floor)
				return err
			})
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
		}
		later("1")
		db, err := openAt(t, url)
		if err != nil {
			t.Fatalf("one release behind: %v, want it to run beside its successor", err)
		}
		_ = db.Close()
		later("9000")
		if _, err := openAt(t, url); !errors.Is(err, ErrTooNew) || !strings.Contains(err.Error(), "restore a backup") {
			t.Errorf("opening a newer schema = %v, want ErrTooNew with what to do", err)
		}
	})
}

// TestMigratingTwiceChangesNothing: fresh equals migrated.
func TestMigratingTwiceChangesNothing(t *testing.T) {
	bothDatabases(t, func(t *testing.T, url string) {
		for range 2 {
			db, err := openAt(t, url)
			if err != nil {
				t.Fatal(err)
			}
			var n int
			if err := db.row(t.Context(), "SELECT COUNT(*) FROM schema_floor", nil, &n); err != nil || n != 1 {
				t.Errorf("schema_floor has %d rows, %v; want 1", n, err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestMigrationsOfOneDatabase: a file of its own stands in for the common one.
func TestMigrationsOfOneDatabase(t *testing.T) {
	files := fstest.MapFS{
		"migrations/0001_a.sql":          {Data: []byte("common /*without rowid*/")},
		"migrations/0002_b.sql":          {Data: []byte("for the others")},
		"migrations/0002_b.sqlite.sql":   {Data: []byte("for sqlite")},
		"migrations/0003_c.postgres.sql": {Data: []byte("for postgres alone")},
	}
	for _, tt := range []struct {
		d    dialect
		want map[string]string
	}{
		{sqliteDialect{}, map[string]string{"0001_a.sql": "common WITHOUT ROWID", "0002_b.sql": "for sqlite"}},
		{postgresDialect{}, map[string]string{"0001_a.sql": "common /*without rowid*/", "0002_b.sql": "for the others", "0003_c.sql": "for postgres alone"}},
	} {
		got, err := migrationsFor(tt.d, files)
		if err != nil {
			t.Fatal(err)
		}
		names, err := fs.Glob(got, "*")
		if err != nil || len(names) != len(tt.want) {
			t.Errorf("%s: files %v, %v; want %d", tt.d.name(), names, err, len(tt.want))
		}
		for name, want := range tt.want {
			raw, err := fs.ReadFile(got, name)
			if err != nil || string(raw) != want {
				t.Errorf("%s: %s = %q, %v; want %q", tt.d.name(), name, raw, err, want)
			}
		}
	}
}

// TestF26OneProcessForAFile: a second opening of the same file is refused and
// says what to do; once the first is gone it succeeds.
func TestF26OneProcessForAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wasl.db")
	first, err := openAt(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openAt(t, path); !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), "--data") {
		t.Errorf("the second opening = %v, want ErrInUse with what to do", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := openAt(t, path)
	if err != nil {
		t.Fatalf("after the first was closed: %v", err)
	}
	_ = second.Close()
}
