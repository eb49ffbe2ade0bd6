package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"wasl/internal/clock"
)

// startWithin is how long a server may take to answer.
const startWithin = 30 * time.Second

// ErrMissing says that the computer has no PostgreSQL programs.
var ErrMissing = errors.New("initdb and postgres are not installed (Debian: apt-get install postgresql-15)")

// Options of a server.
type Options struct {
	// Fsync makes commits survive a power cut, as in production. Without it a
	// server is faster, and its data survives everything but that.
	Fsync bool
}

// A Server is a private PostgreSQL in a temporary folder, which listens on a
// socket there and on nothing else. It stops, and its folder is removed, when
// Stop is called or when this process ends, however it ends.
type Server struct {
	dir  string
	cmd  *exec.Cmd
	life io.Closer // as long as it is open, the server lives
}

// URL is the address of the database postgres on this server, as its superuser.
func (s *Server) URL() string {
	return "postgres://postgres@/postgres?" + url.Values{"host": {s.dir}}.Encode()
}

// Start starts a server. As root it runs as another user, since PostgreSQL
// refuses to be root.
func Start(o Options) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	// Not t.TempDir: a socket's path may not exceed 107 bytes.
	dir, err := os.MkdirTemp("/tmp", "waslpg")
	if err != nil {
		return nil, err
	}
	s, err := start(bin, dir, o)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

func start(bin, dir string, o Options) (*Server, error) {
	as, err := identity(dir)
	if err != nil {
		return nil, err
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", dir+"/data", "-U", "postgres",
		"--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	initdb.Dir, initdb.Env = dir, environment()
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	s := &Server{dir: dir}
	if err := s.run(bin, as, o); err != nil {
		return nil, err
	}
	if err := s.answer(); err != nil {
		log, _ := os.ReadFile(dir + "/log") // an empty log says enough
		return nil, errors.Join(fmt.Errorf("%w\n%s", err, log), s.Stop())
	}
	return s, nil
}

// guard starts the server, waits until its standard input ends, which happens
// when this process does, and cleans up. $0 is the folder, $@ the server.
const guard = `"$@" >"$0/log" 2>&1 & pid=$!
while read -r _; do :; done
kill -QUIT $pid; wait $pid
rm -rf "$0"`

func (s *Server) run(bin string, as *syscall.Credential, o Options) error {
	s.cmd = exec.Command("/bin/sh", append([]string{
		"-c", guard, s.dir,
		filepath.Join(bin, "postgres"), "-D", s.dir + "/data", "-k", s.dir,
		"-c", "listen_addresses=", "-c", "max_connections=300",
	}, durability(o)...)...)
	s.cmd.Dir, s.cmd.Env = s.dir, environment()
	// Its own process group: an interrupt at the terminal reaches this process,
	// whose end then ends the server.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as, Setpgid: true}
	life, err := s.cmd.StdinPipe()
	if err != nil {
		return err
	}
	s.life = life
	return s.cmd.Start()
}

func durability(o Options) []string {
	if o.Fsync {
		return []string{"-c", "fsync=on", "-c", "full_page_writes=on", "-c", "synchronous_commit=on"}
	}
	return []string{"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=on"}
}

// answer waits for the server to accept a connection.
func (s *Server) answer() error {
	until := clock.Now().Add(startWithin)
	for {
		_, err := setting(context.Background(), s.URL(), "fsync")
		if err == nil {
			return nil
		}
		if clock.Now().After(until) {
			return fmt.Errorf("no answer within %v: %w", startWithin, err)
		}
		<-clock.After(10 * time.Millisecond)
	}
}

// Stop ends the server at once and removes its folder.
func (s *Server) Stop() error {
	if err := s.life.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	return s.cmd.Wait()
}

// programs returns the folder of initdb and postgres: the newest of Debian's,
// or that of the PATH.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			found = append(found, path)
		}
	}
	for _, initdb := range found {
		dir := filepath.Dir(initdb)
		if _, err := os.Stat(filepath.Join(dir, "postgres")); err == nil {
			return dir, nil
		}
	}
	return "", ErrMissing
}

// version returns 15 for /usr/lib/postgresql/15/bin/initdb.
func version(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb)))) // else 0: sorts last
	return n
}

// identity returns whom the server runs as, and gives them the folder. Nil
// means: as ourselves.
func identity(dir string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	var errs []error
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.Atoi(u.Gid)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, uid, gid)
	}
	return nil, fmt.Errorf("no user to run PostgreSQL as: %w", errors.Join(errs...))
}

// environment drops PGHOST and its kind, which would send tests elsewhere.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "PG") })
}
