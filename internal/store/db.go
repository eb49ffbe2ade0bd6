package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver, by its name below
	_ "modernc.org/sqlite"             // the SQLite driver, by its name below

	"wasl/internal/ingest"
	"wasl/internal/platform"
	"wasl/internal/seal"
)

// ErrUnavailable says that the database could not be written or read: nothing
// was stored, and whoever asked should be told to try again.
var ErrUnavailable = ingest.ErrUnavailable

// Options say which database to open and how.
type Options struct {
	// URL is postgres://…, or the path of an SQLite file.
	URL string
	// Sealer seals tokens and secrets.
	Sealer *seal.Sealer
	// Node names this process; "" means "single".
	Node string
	// Readers is the size of SQLite's reading pool or of PostgreSQL's pool; 0
	// means 8.
	Readers int
	Log     *slog.Logger
	// Facts are what Meta's platform allows; nil means those the program comes with.
	Facts *platform.Book
}

// DB is everything Wasl knows. It is safe for concurrent use.
type DB struct {
	d      dialect
	pool   *sql.DB // reading, and on PostgreSQL writing too
	single *single // SQLite's one writing connection, nil on PostgreSQL
	sealer *seal.Sealer
	node   string
	log    *slog.Logger
	url    string
	facts  platform.Book

	writingURL string   // SQLite's, for migrations
	lock       *os.File // the instance's lease on an SQLite file

	numbers directory
	wakes   wakes
	others  nodes
}

// Open opens the database and brings its schema up to date. It refuses a schema
// that is too new for this program.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Readers == 0 {
		o.Readers = 8
	}
	if o.Node == "" {
		o.Node = "single"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Facts == nil {
		known := platform.Known()
		o.Facts = &known
	}
	db := &DB{sealer: o.Sealer, node: o.Node, log: o.Log, url: o.URL, facts: *o.Facts}
	var err error
	if strings.HasPrefix(o.URL, "postgres://") || strings.HasPrefix(o.URL, "postgresql://") {
		err = db.openPostgres(ctx, o)
	} else {
		err = db.openSQLite(ctx, o)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (db *DB) openPostgres(ctx context.Context, o Options) error {
	db.d = postgresDialect{}
	pool, err := sql.Open("pgx", o.URL)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	db.pool = pool
	pool.SetMaxOpenConns(o.Readers)
	pool.SetMaxIdleConns(o.Readers)
	if err := pool.PingContext(ctx); err != nil {
		return fmt.Errorf("reach database: %w", err)
	}
	return db.checkLocale(ctx)
}

func (db *DB) openSQLite(ctx context.Context, o Options) error {
	db.d = sqliteDialect{}
	if err := os.MkdirAll(filepath.Dir(o.URL), 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	writing := "file:" + (&url.URL{Path: o.URL}).EscapedPath() +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(12000)&_pragma=temp_store(MEMORY)"
	db.writingURL = writing
	if err := db.lease(o.URL); err != nil {
		return err
	}
	w, err := sql.Open("sqlite", writing)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	w.SetMaxOpenConns(1)
	conn, err := w.Conn(ctx)
	if err != nil {
		return errors.Join(fmt.Errorf("open %s: %w", o.URL, err), w.Close())
	}
	db.single = &single{db: w, conn: conn, stmts: map[string]*sql.Stmt{}}
	pool, err := sql.Open("sqlite", writing+"&_pragma=query_only(1)")
	if err != nil {
		return fmt.Errorf("open database for reading: %w", err)
	}
	db.pool = pool
	pool.SetMaxOpenConns(o.Readers)
	pool.SetMaxIdleConns(o.Readers)
	return nil
}

// Close lets go of the database.
func (db *DB) Close() error {
	var errs []error
	if db.pool != nil {
		errs = append(errs, db.pool.Close())
	}
	if db.single != nil {
		errs = append(errs, db.single.close())
	}
	if db.lock != nil {
		errs = append(errs, db.lock.Close())
	}
	return errors.Join(errs...)
}

// ErrInUse says that another process has the SQLite file open.
var ErrInUse = errors.New("another process is using this database")

// lease takes the file beside the database that only one process may hold. The
// system frees it when the process ends, however it ends.
func (db *DB) lease(path string) error {
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("make lock file: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return errors.Join(fmt.Errorf("%w: %s; stop it first, or give this one another --data folder", ErrInUse, path), f.Close())
	}
	db.lock = f
	return nil
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.pool.PingContext(ctx); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return nil
}

// single is SQLite's writing connection with its prepared statements, owned by
// whoever is inside the turnstile.
type single struct {
	turnstile
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	once  sync.Once
}

func (s *single) close() error {
	var err error
	s.once.Do(func() {
		for _, st := range s.stmts {
			err = errors.Join(err, st.Close())
		}
		err = errors.Join(err, s.conn.Close(), s.db.Close())
	})
	return err
}

// tx is a transaction: one statement text for both databases.
type tx struct {
	d    dialect
	pg   *sql.Tx
	lite *single
}

// stmt returns the prepared form of query on SQLite's connection.
func (s *single) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := s.stmts[query]; ok {
		return st, nil
	}
	st, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.stmts[query] = st
	return st, nil
}

func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	var res sql.Result
	var err error
	if t.lite != nil {
		st, perr := t.lite.stmt(ctx, query)
		if perr != nil {
			return 0, perr
		}
		res, err = st.ExecContext(ctx, args...)
	} else {
		res, err = t.pg.ExecContext(ctx, query, args...)
	}
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (t *tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if t.lite != nil {
		st, err := t.lite.stmt(ctx, query)
		if err != nil {
			return nil, err
		}
		return st.QueryContext(ctx, args...)
	}
	return t.pg.QueryContext(ctx, query, args...)
}

// row scans the one row of a query; [sql.ErrNoRows] if there is none.
func (t *tx) row(ctx context.Context, query string, args []any, dest ...any) error {
	rows, err := t.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Close()
}

// write runs fn in one transaction and commits it. An error of fn rolls back
// and is returned as it is; trouble of the database itself is [ErrUnavailable].
// The caller's cancellation counts only until the transaction begins: what has
// begun is finished, so that nobody is left in doubt about our own database. fn
// may be called again if another transaction was in the way.
func (db *DB) write(ctx context.Context, u urgency, fn func(ctx context.Context, t *tx) error) error {
	if db.single != nil {
		return db.writeSingle(ctx, u, fn)
	}
	for try := 1; ; try++ {
		err := db.writePooled(ctx, fn)
		if err == nil || try == writeTries || !db.d.again(err) {
			return err
		}
	}
}

// writeTries is how often a transaction is begun anew that another one got in
// the way of.
const writeTries = 5

func (db *DB) writePooled(ctx context.Context, fn func(ctx context.Context, t *tx) error) error {
	sqlTx, err := db.pool.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%w: begin: %w", ErrUnavailable, err)
	}
	ctx = context.WithoutCancel(ctx)
	if err := fn(ctx, &tx{d: db.d, pg: sqlTx}); err != nil {
		return errors.Join(db.classify(err), ignoreDone(sqlTx.Rollback()))
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("%w: commit: %w", ErrUnavailable, err)
	}
	return nil
}

func (db *DB) writeSingle(ctx context.Context, u urgency, fn func(ctx context.Context, t *tx) error) error {
	s := db.single
	if err := s.enter(ctx, u); err != nil {
		return err
	}
	defer s.leave()
	ctx = context.WithoutCancel(ctx)
	t := &tx{d: db.d, lite: s}
	if _, err := t.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("%w: begin: %w", ErrUnavailable, err)
	}
	if err := fn(ctx, t); err != nil {
		_, rerr := t.exec(ctx, "ROLLBACK")
		return errors.Join(db.classify(err), rerr)
	}
	if _, err := t.exec(ctx, "COMMIT"); err != nil {
		_, _ = t.exec(ctx, "ROLLBACK") // the commit's own error says more
		return fmt.Errorf("%w: commit: %w", ErrUnavailable, err)
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// classify marks trouble of the database itself as [ErrUnavailable].
func (db *DB) classify(err error) error {
	if err != nil && (db.d.unusable(err) || errors.Is(err, sql.ErrConnDone)) {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

// query reads outside a transaction.
func (db *DB) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := db.pool.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, db.classify(err)
	}
	return rows, nil
}

// row reads one row outside a transaction; [sql.ErrNoRows] if there is none.
func (db *DB) row(ctx context.Context, query string, args []any, dest ...any) error {
	return db.classify(db.pool.QueryRowContext(ctx, query, args...).Scan(dest...))
}

// each calls scan for every row.
func each(rows *sql.Rows, err error, scan func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
