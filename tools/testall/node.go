package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// nodeTests runs files of dir with node --test, one after the other, with env
// beside this process's own environment, and reads the count from its report.
func nodeTests(kind, dir string, files []string, env ...string) tally {
	file, err := os.CreateTemp("", kind+"*.tap")
	if err != nil {
		return broken(kind, err)
	}
	defer os.Remove(file.Name())
	file.Close()
	args := []string{
		"--test", "--test-concurrency=1",
		"--test-reporter=spec", "--test-reporter-destination=stdout",
		"--test-reporter=tap", "--test-reporter-destination=" + file.Name(),
	}
	for _, f := range files {
		rel, err := filepath.Rel(dir, f)
		if err != nil {
			return broken(kind, err)
		}
		args = append(args, rel)
	}
	cmd := exec.Command("node", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), env...)
	runErr := runWithin(cmd, within)
	raw, err := os.ReadFile(file.Name())
	if err != nil {
		return broken(kind, err)
	}
	t, err := readTAP(kind, string(raw))
	if err != nil {
		return broken(kind, errors.Join(runErr, err))
	}
	if runErr != nil && t.failed == 0 {
		t.add(broken(kind, runErr))
	}
	return t
}

var (
	tapCount = regexp.MustCompile(`(?m)^# (pass|fail|cancelled) (\d+)$`)
	tapSkip  = regexp.MustCompile(`(?m)^\s*ok \d+ - (.*?) # (SKIP|TODO) ?(.*)$`)
)

// readTAP counts the report of node --test.
func readTAP(kind, s string) (tally, error) {
	counts := map[string]int{}
	for _, m := range tapCount.FindAllStringSubmatch(s, -1) {
		n, err := strconv.Atoi(m[2])
		if err != nil {
			return tally{}, err
		}
		counts[m[1]] = n
	}
	if _, ok := counts["pass"]; !ok {
		return tally{}, errors.New("no summary in node's report")
	}
	t := tally{passed: counts["pass"], failed: counts["fail"] + counts["cancelled"]}
	for _, m := range tapSkip.FindAllStringSubmatch(s, -1) {
		t.skips = append(t.skips, skip{kind + " " + m[1], strings.TrimSpace(m[3] + " (" + strings.ToLower(m[2]) + ")")})
	}
	return t, nil
}
