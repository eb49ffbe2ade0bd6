package pgtest_test

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"wasl/internal/pgtest"
)

func open(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(t.Context()) })
	return c
}

func ask(t *testing.T, c *pgx.Conn, sql string) string {
	t.Helper()
	var v string
	if err := c.QueryRow(t.Context(), sql).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestURLIsAFreshDatabase(t *testing.T) {
	a, b := open(t, pgtest.URL(t)), open(t, pgtest.URL(t))
	if _, err := a.Exec(t.Context(), "CREATE TABLE x (y text)"); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, b, "SELECT coalesce(to_regclass('x')::text, 'none')"); got != "none" {
		t.Errorf("a table of one database is in the other: %s", got)
	}
	// Under lc_ctype C, lower and upper case and the trigrams of Arabic are lost.
	if got := ask(t, a, "SELECT datctype FROM pg_database WHERE datname = current_database()"); got != "C.UTF-8" {
		t.Errorf("lc_ctype = %s, want C.UTF-8", got)
	}
}

func TestDatabaseGoesWithItsTest(t *testing.T) {
	var name string
	t.Run("inner", func(t *testing.T) {
		name = ask(t, open(t, pgtest.URL(t)), "SELECT current_database()")
	})
	other := open(t, pgtest.URL(t))
	if n := ask(t, other, "SELECT count(*)::text FROM pg_database WHERE datname = '"+name+"'"); n != "0" {
		t.Errorf("the database %s of a finished test is still there", name)
	}
}

func TestCloneIsPreparedOnce(t *testing.T) {
	pgtest.URL(t) // skips without a server
	prepared := 0
	for range 3 {
		t.Run("use", func(t *testing.T) {
			c := open(t, pgtest.Clone(t, "one", func(address string) error {
				conn, err := pgx.Connect(t.Context(), address)
				if err != nil {
					return err
				}
				defer conn.Close(t.Context())
				prepared++
				_, err = conn.Exec(t.Context(), "CREATE TABLE x AS SELECT 7 AS y")
				return err
			}))
			if got := ask(t, c, "DELETE FROM x RETURNING y::text"); got != "7" {
				t.Errorf("y = %s, want 7", got)
			}
		})
	}
	if prepared != 1 {
		t.Errorf("prepared %d times, want once", prepared)
	}
}

func TestDurable(t *testing.T) {
	if got := ask(t, open(t, pgtest.Durable(t)), "SHOW fsync"); got != "on" {
		t.Errorf("fsync = %s, want on", got)
	}
}

// held keeps a child's server from being collected, and its pipe closed.
var held *pgtest.Server

// TestServerGoesWithItsProcess kills a process that started a server, and waits
// for the server and its folder to go.
func TestServerGoesWithItsProcess(t *testing.T) {
	if os.Getenv("PGTEST_CHILD") != "" {
		s, err := pgtest.Start(pgtest.Options{})
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		held = s
		fmt.Println(s.URL())
		// A timer, because a process in which everybody waits for good is ended.
		<-time.After(time.Hour)
	}
	if os.Getenv("TEST_POSTGRES") == "" {
		t.Skip("no PostgreSQL: TEST_POSTGRES is not set (run `make test`)")
	}
	child := exec.Command(os.Args[0], "-test.run=^TestServerGoesWithItsProcess$")
	child.Env = append(os.Environ(), "PGTEST_CHILD=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "postgres://") {
		t.Fatalf("child said %q, %v", line, err)
	}
	address := strings.TrimSpace(line)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	dir := u.Query().Get("host")
	ask(t, open(t, address), "SELECT 'up'")

	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	child.Wait()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still there after its process was killed", dir)
		}
	}
	if c, err := pgx.Connect(t.Context(), address); err == nil {
		c.Close(t.Context())
		t.Error("the server still answers")
	}
}
