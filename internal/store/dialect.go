package store

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
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
	// shareRow ends a SELECT of a row that must not change until commit.
	shareRow() string
	// lockRows ends a SELECT of several rows the transaction is about to change,
	// so that two transactions take them in the same order. Where there is one
	// writer nothing is ordered: it would tempt the planner away from the index.
	lockRows(key string) string
	// placeholder is the n-th parameter of a statement with very many, used in
	// order: named ones cost SQLite a search each.
	placeholder(n int) string
	// maxParams is how many parameters one statement may have.
	maxParams() int
	// schema rewrites a migration for this database.
	schema(sql string) string
	// duplicate reports whether err says that a unique key exists already.
	duplicate(err error) bool
	// again reports whether err says that another transaction was in the way, and
	// this one may succeed if it is begun anew.
	again(err error) bool
	// unusable reports whether err says that the disk is full or failing, or the
	// database is going away.
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
func (sqliteDialect) lockRow() string        { return "" }
func (sqliteDialect) shareRow() string       { return "" }
func (sqliteDialect) lockRows(string) string { return "" }
func (sqliteDialect) maxParams() int         { return 32000 }

func (sqliteDialect) placeholder(int) string { return "?" }

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

// One writer is in nobody's way.
func (sqliteDialect) again(error) bool { return false }

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

func (postgresDialect) lockRow() string            { return " FOR UPDATE" }
func (postgresDialect) shareRow() string           { return " FOR SHARE" }
func (postgresDialect) lockRows(key string) string { return " ORDER BY " + key + " FOR UPDATE" }
func (postgresDialect) maxParams() int             { return 60000 }
func (postgresDialect) placeholder(n int) string   { return "$" + strconv.Itoa(n) }

func (postgresDialect) schema(sql string) string { return sql }

func (postgresDialect) duplicate(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "23505"
}

// A serialization failure, or a deadlock the database broke up.
func (postgresDialect) again(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

func (postgresDialect) unusable(err error) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		// What is no answer of the server is trouble on the way to it.
		var dial *pgconn.ConnectError
		var network net.Error
		return errors.As(err, &dial) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) ||
			errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	}
	return strings.HasPrefix(e.Code, "53") || strings.HasPrefix(e.Code, "58") || strings.HasPrefix(e.Code, "57P")
}
