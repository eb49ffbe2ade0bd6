package crashtest

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"wasl/internal/pgtest"
)

// server is a PostgreSQL of this test's own, with fsync, that may be killed.
type server struct {
	base   string // its address, on the database postgres
	data   string // folder
	pgCtl  string
	as     *syscall.Credential // whom it runs as; nil: ourselves
	killed int
}

// startServer starts one, unless PostgreSQL is not to take part.
func startServer(t *testing.T) (*server, error) {
	t.Helper()
	if os.Getenv("TEST_POSTGRES") == "" {
		pgtest.URL(t) // skips, and says why
	}
	s, err := pgtest.Start(pgtest.Options{Fsync: true})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Logf("stop PostgreSQL: %v", err)
		}
	})
	u, err := url.Parse(s.URL())
	if err != nil {
		return nil, err
	}
	v := &server{base: s.URL(), data: filepath.Join(u.Query().Get("host"), "data")}
	pid, err := v.pid()
	if err != nil {
		return nil, err
	}
	program, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return nil, err
	}
	v.pgCtl = filepath.Join(filepath.Dir(program), "pg_ctl")
	var owner syscall.Stat_t
	if err := syscall.Stat(v.data, &owner); err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 {
		v.as = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
	}
	// What crash has started is nobody's child any more.
	t.Cleanup(func() {
		if v.killed > 0 {
			_ = v.control("stop", "-m", "immediate") // the folder goes next in any case
		}
	})
	return v, nil
}

// pid is the server's process id, which is the first line of a file of its.
func (s *server) pid() (int, error) {
	raw, err := os.ReadFile(filepath.Join(s.data, "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	return strconv.Atoi(string(line))
}

// url makes a database.
func (s *server) url(t *testing.T) string {
	t.Helper()
	c, err := pgx.Connect(t.Context(), s.base)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if _, err := c.Exec(t.Context(), "CREATE DATABASE crash TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(s.base)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/crash"
	return u.String()
}

// crash ends the server as a power cut would, and starts it again, which then
// recovers from its log.
func (s *server) crash(t *testing.T) {
	t.Helper()
	began := time.Now()
	s.killed++
	if err := s.control("restart", "-m", "immediate", "-w", "-l", filepath.Join(s.data, "crash.log")); err != nil {
		t.Fatal(err)
	}
	t.Logf("the database was killed and took %v to be there again", time.Since(began).Round(time.Millisecond))
}

func (s *server) control(args ...string) error {
	cmd := exec.Command(s.pgCtl, append(args, "-D", s.data)...)
	cmd.Dir = s.data
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	// The server it starts inherits the pipe and keeps it open.
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 0 {
		return fmt.Errorf("pg_ctl %v: %w\n%s", args, err, out.String())
	}
	return nil
}
