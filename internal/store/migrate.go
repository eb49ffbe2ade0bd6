package store

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// ErrTooNew says that the database was written by a newer program and may not
// be used by this one.
var ErrTooNew = errors.New("the database was made by a newer version of Wasl")

// migrate brings the schema up to date, forward only. A database says the
// lowest version that may use it, so that a program one release behind can run
// beside its successor; anything older is refused.
func (db *DB) migrate(ctx context.Context) error {
	files, err := migrationsFor(db.d, migrationFiles)
	if err != nil {
		return err
	}
	conn, done, err := db.migrationDB()
	if err != nil {
		return err
	}
	defer done()
	p, err := db.provider(conn, files)
	if err != nil {
		return err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if current > target {
		return checkFloor(ctx, conn, current, target)
	}
	if current < target {
		if _, err := p.Up(ctx); err != nil {
			return fmt.Errorf("migrate schema from version %d to %d: %w", current, target, err)
		}
	}
	if db.single == nil {
		return nil
	}
	if err := teachPlanner(ctx, conn); err != nil {
		return err
	}
	// The writing connection read the schema before; the readers have not yet.
	_, err = db.single.conn.ExecContext(ctx, "ANALYZE sqlite_schema")
	return err
}

// migrationDB returns a handle for migrations; SQLite's writing connection is
// taken by then, and nobody writes yet.
func (db *DB) migrationDB() (*sql.DB, func(), error) {
	if db.single == nil {
		return db.pool, func() {}, nil
	}
	conn, err := sql.Open("sqlite", db.writingURL)
	if err != nil {
		return nil, nil, fmt.Errorf("open database to migrate: %w", err)
	}
	conn.SetMaxOpenConns(1)
	return conn, func() { conn.Close() }, nil
}

func (db *DB) provider(conn *sql.DB, files fs.FS) (*goose.Provider, error) {
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	kind := goose.DialectSQLite3
	if db.single == nil {
		kind = goose.DialectPostgres
		l, err := lock.NewPostgresTableLocker()
		if err != nil {
			return nil, fmt.Errorf("lock schema: %w", err)
		}
		opts = append(opts, goose.WithLocker(l))
	}
	p, err := goose.NewProvider(kind, conn, files, opts...)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}

func checkFloor(ctx context.Context, conn *sql.DB, current, target int64) error {
	var floor int64
	if err := conn.QueryRowContext(ctx, "SELECT version FROM schema_floor").Scan(&floor); err != nil {
		return fmt.Errorf("read lowest version: %w", err)
	}
	if floor > target {
		return fmt.Errorf("%w: its schema is version %d and needs a program that knows version %d, this one knows %d; start the newer program, or restore a backup made before the upgrade",
			ErrTooNew, current, floor, target)
	}
	return nil
}

// migrationsFor returns the migrations of one database: 0007_x.sqlite.sql
// stands in for 0007_x.sql on SQLite, and hints are rewritten.
func migrationsFor(d dialect, files fs.FS) (fs.FS, error) {
	out := fstest.MapFS{}
	own := "." + d.name() + ".sql"
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	for _, name := range names {
		base := path.Base(name)
		generic := strings.Count(base, ".") == 1
		if !generic && !strings.HasSuffix(base, own) {
			continue
		}
		target := strings.TrimSuffix(base, own)
		if !generic {
			target += ".sql"
		} else if _, ok := out[base]; ok {
			continue
		}
		raw, err := readAll(files, name)
		if err != nil {
			return nil, err
		}
		if generic {
			target = base
		}
		out[target] = &fstest.MapFile{Data: []byte(d.schema(string(raw))), Mode: 0o444}
	}
	return out, nil
}

func readAll(files fs.FS, name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open migration: %w", err)
	}
	defer f.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, f); err != nil {
		return nil, fmt.Errorf("read migration: %w", err)
	}
	return b.Bytes(), nil
}

// checkLocale refuses a PostgreSQL database in which Arabic cannot be searched.
func (db *DB) checkLocale(ctx context.Context) error {
	var encoding, ctype string
	err := db.pool.QueryRowContext(ctx,
		"SELECT pg_encoding_to_char(encoding), datctype FROM pg_database WHERE datname = current_database()").Scan(&encoding, &ctype)
	if err != nil {
		return fmt.Errorf("read database locale: %w", err)
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database has encoding %s; create it with ENCODING 'UTF8' and LOCALE 'C.UTF-8'", encoding)
	}
	if ctype == "C" || ctype == "POSIX" {
		return fmt.Errorf("the database has lc_ctype %s, under which Arabic cannot be searched; create it with LOCALE 'C.UTF-8'", ctype)
	}
	return nil
}
