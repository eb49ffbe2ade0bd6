package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// event is a line of go test -json.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Elapsed    float64
	Output     string
}

// goTests runs go test. -p 2: the packages hold bubbles and databases, and more
// of them at once only make each other slow.
func goTests(packages []string) tally {
	cmd := exec.Command("go", append([]string{"test", "-json", "-timeout", "20m", "-p", "2"}, packages...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return broken("go test", err)
	}
	if err := cmd.Start(); err != nil {
		return broken("go test", err)
	}
	t, err := readGo(out, os.Stdout)
	if err != nil {
		return broken("go test", err)
	}
	if err := cmd.Wait(); err != nil && t.failed == 0 {
		return broken("go test", err) // it failed without saying which test
	}
	return t
}

// broken is a part that could not run although it is there: a failure.
func broken(name string, err error) tally {
	fmt.Printf("FAIL %s: %v\n", name, err)
	return tally{failed: 1}
}

// readGo counts the tests of a go test -json stream and prints, per package, a
// line, and the whole output of what failed. A test with subtests is counted by
// them, unless it failed and none of them did.
func readGo(in io.Reader, out io.Writer) (tally, error) {
	r := goReader{out: out, results: map[string]map[string]string{}, output: map[string]*bytes.Buffer{}}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				fmt.Fprintf(out, "%s", line) // not go test's: pass it on
			} else {
				r.event(e)
			}
		}
		if err == io.EOF {
			return r.total, nil
		}
		if err != nil {
			return r.total, err
		}
	}
}

type goReader struct {
	out     io.Writer
	total   tally
	results map[string]map[string]string // by package and test: pass, fail, skip
	output  map[string]*bytes.Buffer     // by package and test, or by the package that is built
}

func (r *goReader) event(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "build-output":
		r.buffer(e.ImportPath).WriteString(e.Output)
	case "build-fail":
		fmt.Fprintf(r.out, "%s", r.buffer(e.ImportPath))
	case "output":
		r.buffer(key).WriteString(e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.finish(e)
			return
		}
		if r.results[e.Package] == nil {
			r.results[e.Package] = map[string]string{}
		}
		r.results[e.Package][e.Test] = e.Action
		if e.Action == "fail" {
			fmt.Fprintf(r.out, "%s", r.buffer(key))
		}
		if e.Action != "skip" {
			delete(r.output, key)
		}
	}
}

func (r *goReader) buffer(key string) *bytes.Buffer {
	if r.output[key] == nil {
		r.output[key] = &bytes.Buffer{}
	}
	return r.output[key]
}

// finish counts the tests of a package that has ended.
func (r *goReader) finish(e event) {
	results := r.results[e.Package]
	if len(results) == 0 && e.Action == "skip" {
		return // no test files
	}
	var t tally
	for _, name := range sorted(results) {
		switch result := results[name]; {
		case result == "fail" && !childFailed(results, name):
			t.failed++
		case result == "fail", hasChild(results, name):
			// counted by its children
		case result == "pass":
			t.passed++
		case result == "skip":
			t.skips = append(t.skips, skip{e.Package + " " + name, reason(r.buffer(e.Package + " " + name).String())})
		}
	}
	if e.Action == "fail" && t.failed == 0 {
		// It did not build, panicked, or ran out of time.
		t.failed++
		fmt.Fprintf(r.out, "%s", r.buffer(e.Package+" "))
		r.unfinished(e.Package)
	}
	if e.Action == "fail" || len(results) > 0 {
		fmt.Fprintf(r.out, "%-4s %-36s %6.1fs  %d passed, %d failed, %d skipped\n",
			verdict(e.Action), e.Package, e.Elapsed, t.passed, t.failed, len(t.skips))
	}
	r.total.add(t)
}

// unfinished prints what tests had said that never ended.
func (r *goReader) unfinished(pkg string) {
	for _, key := range sorted(r.output) {
		if test, ok := strings.CutPrefix(key, pkg+" "); ok && test != "" && r.results[pkg][test] == "" {
			fmt.Fprintf(r.out, "%s", r.output[key])
		}
	}
}

func verdict(action string) string {
	if action == "fail" {
		return "FAIL"
	}
	return "ok"
}

func hasChild(results map[string]string, name string) bool {
	for other := range results {
		if strings.HasPrefix(other, name+"/") {
			return true
		}
	}
	return false
}

func childFailed(results map[string]string, name string) bool {
	for other, result := range results {
		if result == "fail" && strings.HasPrefix(other, name+"/") {
			return true
		}
	}
	return false
}

var said = regexp.MustCompile(`(?m)^\s+\S+\.go:\d+: (.*)$`)

// reason is what a skipped test said.
func reason(output string) string {
	if m := said.FindStringSubmatch(output); m != nil {
		return m[1]
	}
	return "no reason given"
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
