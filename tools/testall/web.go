package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"
)

// webTests runs the checks of the web application in dir: types and lint count
// as one each, unit tests as many as there are. Without a package.json there is
// no application yet, and nothing to test.
func webTests(dir string) tally {
	if _, err := os.Stat(filepath.Join(dir, "package.json")); errors.Is(err, fs.ErrNotExist) {
		fmt.Println("no web application yet")
		return tally{}
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return tally{skips: []skip{{"web", "npm is not installed"}}}
	}
	var t tally
	for _, script := range []string{"types", "lint"} {
		t.add(npm(dir, script))
	}
	t.add(vitest(dir))
	return t
}

// npm runs one script of the application's package.json.
func npm(dir, script string) tally {
	if err := run(dir, "npm", "run", "--silent", script); err != nil {
		return broken("web "+script, err)
	}
	fmt.Println("ok   web " + script)
	return tally{passed: 1}
}

// vitest runs the unit tests and reads the count from its report.
func vitest(dir string) tally {
	file, err := os.CreateTemp("", "vitest*.json")
	if err != nil {
		return broken("vitest", err)
	}
	defer os.Remove(file.Name())
	file.Close()
	// A failure is in the report; what matters of err is that there is no report.
	err = run(dir, "npx", "--no-install", "vitest", "run", "--reporter=default", "--reporter=json", "--outputFile.json="+file.Name())
	raw, readErr := os.ReadFile(file.Name())
	if readErr != nil {
		return broken("vitest", readErr)
	}
	t, parseErr := readVitest(raw)
	if parseErr != nil {
		return broken("vitest", errors.Join(err, parseErr))
	}
	if err != nil && t.failed == 0 {
		t.failed++
		fmt.Println("FAIL vitest:", err)
	}
	return t
}

// readVitest counts vitest's JSON report. A file that cannot be loaded has no
// failed test, but fails.
func readVitest(raw []byte) (tally, error) {
	var r struct {
		Success                                             bool
		NumPassedTests, NumFailedTests, NumFailedTestSuites int
		TestResults                                         []struct {
			AssertionResults []struct{ FullName, Status string }
		}
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return tally{}, err
	}
	t := tally{passed: r.NumPassedTests, failed: r.NumFailedTests}
	if t.failed == 0 && (!r.Success || r.NumFailedTestSuites > 0) {
		t.failed = 1
	}
	for _, file := range r.TestResults {
		for _, a := range file.AssertionResults {
			if a.Status != "passed" && a.Status != "failed" {
				t.skips = append(t.skips, skip{"vitest " + a.FullName, a.Status})
			}
		}
	}
	return t, nil
}

// within is how long one command of the web part may take. A test that never
// ends is a failure, not a long wait.
const within = 10 * time.Minute

// run runs a command in dir, with our output as its own.
func run(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, os.Stdout, os.Stderr
	return runWithin(cmd, within)
}

// runWithin runs a command, and ends it with all its children when the time is
// over: what npm started would live on otherwise.
func runWithin(cmd *exec.Cmd, limit time.Duration) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		return err
	}
	var late atomic.Bool
	timer := time.AfterFunc(limit, func() {
		late.Store(true)
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it may have ended by now
	})
	defer timer.Stop()
	err := cmd.Wait()
	if late.Load() {
		return fmt.Errorf("not done within %v", limit)
	}
	return err
}
