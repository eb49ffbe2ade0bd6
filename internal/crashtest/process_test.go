package crashtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// What the processes under test and the oracle share.
const (
	appSecret   = "crash-app-secret"
	verifyToken = "crash-verify-token"
)

// readyBound is how long a process may take to be ready. Reliability F1 wants
// 5 s at the 99th percentile, which is printed; a machine that does other things
// at the same time may be slower than any promise.
const readyBound = 30 * time.Second

// binary builds the program once for all tests of this process. The screens are
// left out: they are files that take part in nothing here.
var binary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv(builtBinary); path != "" {
		return path, nil
	}
	dir, err := os.MkdirTemp("", "wasl-crash-bin")
	if err != nil {
		return "", err
	}
	builtFolder = dir
	path := filepath.Join(dir, "wasl")
	out, err := exec.Command("go", "build", "-tags", "noui", "-o", path, "wasl/cmd/wasl").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build wasl: %w\n%s", err, out)
	}
	return path, nil
})

// builtBinary tells a process that a test starts where the program is already.
const builtBinary = "CRASHTEST_BINARY"

// builtFolder is the temporary folder of the program, empty if there is none.
var builtFolder string

func TestMain(m *testing.M) {
	status := m.Run()
	if builtFolder != "" {
		_ = os.RemoveAll(builtFolder) // a temporary folder left behind harms nobody
	}
	os.Exit(status)
}

// births starts processes from one thread that never ends: the kernel ends a
// child with the thread that started it.
var births = sync.OnceValue(func() chan<- func() {
	c := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range c {
			f()
		}
	}()
	return c
})

// node is one process of the platform with its data folder, over all its lives.
type node struct {
	t        *testing.T
	bin      string
	data     string
	database string // empty: SQLite in the data folder
	keyFile  string // empty: in the data folder
	address  string
	graph    string

	cmd    *exec.Cmd
	exited chan error // of the life that runs now
}

// newNode makes a node that has not lived yet.
func newNode(t *testing.T, database, graph string) *node {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	n := &node{t: t, bin: bin, data: t.TempDir(), database: database, address: freeAddress(t), graph: graph}
	t.Cleanup(func() {
		n.kill()
		if t.Failed() {
			n.printLog()
		}
	})
	return n
}

// freeAddress is an address on which nobody listens. It lies below the ports
// that the kernel gives to clients: while the process is dead, a client that
// dials its port must not be given the same port and talk to itself.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 200 {
		address := fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(12000))
		if l, err := net.Listen("tcp", address); err == nil {
			_ = l.Close() // it was opened a moment ago; nothing can be lost
			return address
		}
	}
	t.Fatal("no free port between 20000 and 32000")
	return ""
}

func (n *node) url(path string) string { return "http://" + n.address + path }

func (n *node) logPath() string { return filepath.Join(n.data, "log") }

// environment keeps settings of the machine's own Wasl away.
func environment() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "WASL_") {
			env = append(env, kv)
		}
	}
	return env
}

func (n *node) settings() []string {
	args := []string{"--data", n.data}
	if n.database != "" {
		args = append(args, "--database", n.database)
	}
	if n.keyFile != "" {
		args = append(args, "--master-key-file", n.keyFile)
	}
	return args
}

// run carries out one of the operator's commands and decodes the JSON it prints.
func (n *node) run(stdin string, args ...string) map[string]any {
	n.t.Helper()
	cmd := exec.Command(n.bin, append(append(args, n.settings()...), "--json")...)
	cmd.Env, cmd.Stdin = environment(), strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		n.t.Fatalf("wasl %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	var v map[string]any
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		n.t.Fatalf("wasl %s printed no JSON: %v\n%s", strings.Join(args, " "), err, out.String())
	}
	return v
}

// serve is the command of a life.
func (n *node) serve() *exec.Cmd {
	cmd := exec.Command(n.bin, append([]string{
		"serve", "--listen", n.address, "--graph-url", n.graph,
		"--app-id", "crash", "--app-secret", appSecret, "--verify-token", verifyToken,
	}, n.settings()...)...)
	cmd.Env = environment()
	// Its own group, to be killed as a whole; and dead when this process is.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return cmd
}

// begin starts a life without waiting for it.
func (n *node) begin() {
	n.t.Helper()
	log, err := os.OpenFile(n.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		n.t.Fatal(err)
	}
	cmd := n.serve()
	cmd.Stdout, cmd.Stderr = log, log
	started := make(chan error)
	births() <- func() { started <- cmd.Start() }
	err = errors.Join(<-started, log.Close())
	if err != nil {
		n.t.Fatalf("start wasl: %v", err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	n.cmd, n.exited = cmd, exited
}

// start begins a life and returns how long it took to be ready.
func (n *node) start(probe string) time.Duration {
	n.t.Helper()
	began := time.Now()
	n.begin()
	n.await(probe, began)
	return time.Since(began)
}

// await waits until the process answers probe with 200.
func (n *node) await(probe string, began time.Time) {
	n.t.Helper()
	client := http.Client{Timeout: 2 * time.Second}
	defer client.CloseIdleConnections()
	for time.Since(began) < readyBound {
		select {
		case err := <-n.exited:
			n.cmd = nil
			n.t.Fatalf("wasl ended by itself: %v", err)
		default:
		}
		res, err := client.Get(n.url(probe))
		if err == nil {
			_, _ = io.Copy(io.Discard, res.Body) // only the status counts
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(3 * time.Millisecond)
	}
	n.t.Fatalf("wasl is not ready after %v", readyBound)
}

// kill ends the life at once, if there is one.
func (n *node) kill() {
	if n.cmd == nil {
		return
	}
	_ = syscall.Kill(-n.cmd.Process.Pid, syscall.SIGKILL) // it may have ended already
	<-n.exited
	n.cmd = nil
}

// stop asks the life to end, and expects that it does so well.
func (n *node) stop() {
	n.t.Helper()
	if err := n.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		n.t.Fatalf("stop wasl: %v", err)
	}
	select {
	case err := <-n.exited:
		n.cmd = nil
		if err != nil {
			n.t.Errorf("wasl was asked to stop and ended with %v", err)
		}
	case <-time.After(readyBound):
		n.kill()
		n.t.Errorf("wasl did not stop within %v", readyBound)
	}
}

// printLog shows the end of what the process said.
func (n *node) printLog() {
	raw, err := os.ReadFile(n.logPath())
	if err != nil {
		return // it never lived
	}
	const most = 6000
	if len(raw) > most {
		raw = raw[len(raw)-most:]
	}
	n.t.Logf("the end of wasl's log:\n%s", raw)
}

// name is what the node calls itself among others.
func (n *node) name() string {
	raw, err := os.ReadFile(filepath.Join(n.data, "node"))
	if err != nil {
		n.t.Fatal(err)
	}
	return strings.TrimSpace(string(raw))
}
