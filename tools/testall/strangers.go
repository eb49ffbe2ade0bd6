package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// strangerTests starts the emulator on a free port and runs the tests of dir
// against it: clients that others wrote, as they are in the registry. They are
// installed by make.
func strangerTests(dir string) tally {
	if _, err := exec.LookPath("node"); err != nil {
		return tally{skips: []skip{{"strangers", "node is not installed"}}}
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); errors.Is(err, fs.ErrNotExist) {
		return tally{skips: []skip{{"strangers", "their packages are not installed (make test-strangers)"}}}
	}
	files, err := filepath.Glob(filepath.Join(dir, "tests", "*.test.mjs"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no tests in %s", dir)
	}
	if err != nil {
		return broken("strangers", err)
	}
	url, stop, err := startEmulator()
	if err != nil {
		return broken("wasl emulate", err)
	}
	t := nodeTests("strangers", dir, files, "EMULATOR_URL="+url)
	if err := stop(); err != nil {
		t.add(broken("wasl emulate: stopping", err))
	}
	return t
}

// emulatorSays is the first line of wasl emulate, which is printed once it
// listens.
var emulatorSays = regexp.MustCompile(`emulated: (http://\S+)`)

// startEmulator returns when the emulator says where it is. stop interrupts it,
// as a person would, and expects it to end well.
func startEmulator() (url string, stop func() error, err error) {
	cmd := exec.Command(program, "emulate", "--listen", "127.0.0.1:0", "--log-level", "warn")
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	deadline := time.AfterFunc(demoReadyWithin, func() { _ = cmd.Process.Kill() })
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	deadline.Stop()
	m := emulatorSays.FindStringSubmatch(line)
	if m == nil {
		return "", nil, errors.Join(fmt.Errorf("its first line says no address: %q", line), err, cmd.Process.Kill(), cmd.Wait())
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, lines) // it must never wait for its reader
	}()
	return m[1], func() error {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			return err
		}
		timer := time.AfterFunc(demoStopsWithin, func() { _ = cmd.Process.Kill() })
		defer timer.Stop()
		<-drained
		return cmd.Wait()
	}, nil
}
