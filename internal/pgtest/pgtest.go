// Package pgtest gives tests a PostgreSQL of their own.
//
// The environment variable TEST_POSTGRES says which server: "auto" starts a
// private one, shared by all tests of the process and gone with it;
// "postgres://…" uses a running one, on which databases are made and dropped;
// unset skips the test. make test sets it.
//
// A real socket stops the clock of a testing/synctest bubble only while a query
// runs, but the server must be up before: call [URL] outside of the bubble.
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

const variable = "TEST_POSTGRES"

// URL returns the address of a fresh, empty database with the locale C.UTF-8.
// It is dropped when the test ends. A server started for it runs without fsync:
// a test that cuts the power wants [Durable].
func URL(t testing.TB) string {
	t.Helper()
	return create(t, base(t), "template0")
}

// Durable is like [URL], on a server that runs with fsync, like the ones people
// keep their data on. If the server of TEST_POSTGRES does not, another one is
// started.
func Durable(t testing.TB) string {
	t.Helper()
	if on, err := setting(t.Context(), base(t), "fsync"); err != nil {
		t.Fatalf("ask PostgreSQL for fsync: %v", err)
	} else if on == "on" {
		return create(t, base(t), "template0")
	}
	return create(t, started(t, &durable, Options{Fsync: true}), "template0")
}

// Clone returns the address of a fresh copy of a database that prepare has
// filled. It is filled once per process and name, and then copied, which costs
// milliseconds where migrations cost seconds.
func Clone(t testing.TB, name string, prepare func(url string) error) string {
	t.Helper()
	b := base(t)
	templates.Lock()
	defer templates.Unlock()
	db, ok := templates.made[name]
	if !ok {
		db = newName()
		if err := execute(t.Context(), b, createSQL(db, "template0")); err != nil {
			t.Fatalf("create the template %s: %v", name, err)
		}
		if err := prepare(withDatabase(b, db)); err != nil {
			t.Fatalf("prepare the template %s: %v", name, err)
		}
		templates.made[name] = db
	}
	return create(t, b, db)
}

// templates are the databases that Clone copies. On a server that outlives the
// process they stay behind; make test's does not.
var templates = struct {
	sync.Mutex
	made map[string]string
}{made: map[string]string{}}

// base returns the address of the server to use, on its database postgres.
func base(t testing.TB) string {
	t.Helper()
	switch v := os.Getenv(variable); v {
	case "":
		t.Skip("no PostgreSQL: " + variable + " is not set (run `make test`, or `TEST_POSTGRES=auto go test ./...`)")
		return ""
	case "auto":
		return started(t, &shared, Options{})
	default:
		return v
	}
}

// The servers of this process. Holding on to them is what keeps them alive.
var shared, durable starter

// starter starts one server, once.
type starter struct {
	once   sync.Once
	server *Server
	err    error
}

func started(t testing.TB, s *starter, o Options) string {
	t.Helper()
	s.once.Do(func() { s.server, s.err = Start(o) })
	if s.err != nil {
		t.Fatalf("start PostgreSQL: %v", s.err)
	}
	return s.server.URL()
}

func create(t testing.TB, base, template string) string {
	t.Helper()
	name := newName()
	if err := execute(t.Context(), base, createSQL(name, template)); err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() {
		// The test's own context has ended by now.
		if err := execute(context.Background(), base, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop database: %v", err)
		}
	})
	return withDatabase(base, name)
}

func newName() string {
	return fmt.Sprintf("wasl_%d_%s", os.Getpid(), strings.ToLower(rand.Text()[:10]))
}

func createSQL(name, template string) string {
	return "CREATE DATABASE " + name + " TEMPLATE " + template + " ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
}

func withDatabase(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		panic("pgtest: " + variable + " is not a URL: " + err.Error())
	}
	u.Path = "/" + name
	return u.String()
}

func execute(ctx context.Context, address, sql string) error {
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, sql)
	return err
}

func setting(ctx context.Context, address, name string) (string, error) {
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return "", err
	}
	defer c.Close(ctx)
	var v string
	err = c.QueryRow(ctx, "SELECT current_setting($1)", name).Scan(&v)
	return v, err
}
