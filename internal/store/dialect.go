package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is all that differs between the databases. No other file mentions
// one by name.
type dialect interface {
	name() string
	// in returns a condition that expr is one of the strings of parameter n,
	// whose value comes from list.
	in(expr string, n int) string
	list(values []string) any
	// lockRow ends a SELECT whose rows the transaction is about to change.
	lockRow() string
	// skipLocked is lockRow for workers that may pass over each other's rows.
	skipLocked() string
	// maxParams is how many parameters one statement may have.
	maxParams() int
	// schema rewrites a migration for this database.
	schema(sql string) string
	// duplicate reports whether err says that a unique key exists already.
	duplicate(err error) bool
	// full reports whether err says that the disk is full or failing.
	unusable(err error) bool
}

type sqliteDialect struct{}

func (sqliteDialect) name() string { return "sqlite" }

func (sqliteDialect) in(expr string, n int) string {
	return fmt.Sprintf("%s IN (SELECT value FROM json_each($%d))", expr, n)
}

func (sqliteDialect) list(values []string) any {
	b, err := json.Marshal(values)
	if err != nil {
		panic("store: strings do not marshal: " + err.Error())
	}
	return string(b)
}

// SQLite has one writer; a row needs no lock beyond it.
func (sqliteDialect) lockRow() string    { return "" }
func (sqliteDialect) skipLocked() string { return "" }
func (sqliteDialect) maxParams() int     { return 32000 }

func (sqliteDialect) schema(sql string) string {
	return strings.ReplaceAll(sql, "/*without rowid*/", "WITHOUT ROWID")
}

func (sqliteDialect) duplicate(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}

func (sqliteDialect) unusable(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return true
	}
	return false
}

type postgresDialect struct{}

func (postgresDialect) name() string { return "postgres" }

func (postgresDialect) in(expr string, n int) string {
	return fmt.Sprintf("%s = ANY($%d)", expr, n)
}

func (postgresDialect) list(values []string) any { return values }

func (postgresDialect) lockRow() string          { return " FOR UPDATE" }
func (postgresDialect) skipLocked() string       { return " FOR UPDATE SKIP LOCKED" }
func (postgresDialect) maxParams() int           { return 60000 }
func (postgresDialect) schema(sql string) string { return sql }

func (postgresDialect) duplicate(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "23505"
}

func (postgresDialect) unusable(err error) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	return strings.HasPrefix(e.Code, "53") || strings.HasPrefix(e.Code, "58") || strings.HasPrefix(e.Code, "57P")
}
