package main

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestReadGo(t *testing.T) {
	for name, tt := range map[string]struct {
		in             string
		passed, failed int
		skips          []skip
		says           string // must be in what is printed
	}{
		"a test and its subtests": {
			in: `{"Action":"pass","Package":"p","Test":"TestA/one"}
{"Action":"pass","Package":"p","Test":"TestA/two"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestB"}
{"Action":"pass","Package":"p","Elapsed":1.5}`,
			passed: 3, says: "3 passed",
		},
		"a failed subtest": {
			in: `{"Action":"output","Package":"p","Test":"TestA/one","Output":"    a_test.go:7: got 1, want 2\n"}
{"Action":"fail","Package":"p","Test":"TestA/one"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`,
			failed: 1, says: "got 1, want 2",
		},
		"a test that fails after its subtests": {
			in: `{"Action":"pass","Package":"p","Test":"TestA/one"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`,
			passed: 1, failed: 1,
		},
		"a skipped test": {
			in: `{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:7: no PostgreSQL: not set\n"}
{"Action":"skip","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p"}`,
			skips: []skip{{"p TestA", "no PostgreSQL: not set"}},
		},
		"a package that does not build": {
			in: `{"ImportPath":"p","Action":"build-output","Output":"p/a.go:1: undefined: x\n"}
{"ImportPath":"p","Action":"build-fail"}
{"Action":"output","Package":"p","Output":"FAIL p [build failed]\n"}
{"Action":"fail","Package":"p","FailedBuild":"p"}`,
			failed: 1, says: "undefined: x",
		},
		"a panic": {
			in: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"panic: no\n"}
{"Action":"fail","Package":"p"}`,
			failed: 1, says: "panic: no",
		},
		"a package without tests": {
			in: `{"Action":"skip","Package":"p"}`,
		},
		"a line that is not JSON": {
			in:   "go: something is wrong",
			says: "something is wrong",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			got, err := readGo(strings.NewReader(tt.in), &out)
			if err != nil {
				t.Fatal(err)
			}
			check(t, got, tally{tt.passed, tt.failed, tt.skips})
			if !strings.Contains(out.String(), tt.says) {
				t.Errorf("printed %q, want it to contain %q", &out, tt.says)
			}
		})
	}
}

func TestReadVitest(t *testing.T) {
	got, err := readVitest([]byte(`{"success":false,"numPassedTests":5,"numFailedTests":2,"testResults":[
		{"assertionResults":[{"fullName":"a b","status":"passed"},{"fullName":"a c","status":"skipped"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	check(t, got, tally{5, 2, []skip{{"vitest a c", "skipped"}}})

	got, err = readVitest([]byte(`{"success":false,"numFailedTestSuites":1,"numPassedTests":5}`))
	if err != nil {
		t.Fatal(err)
	}
	check(t, got, tally{5, 1, nil}) // a file that could not be loaded

	if _, err := readVitest(nil); err == nil {
		t.Error("an empty report is no error")
	}
}

func TestReadTAP(t *testing.T) {
	got, err := readTAP("browser", "TAP version 13\nok 1 - signs in\nok 2 - mail # SKIP no mail server\n# tests 5\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 1\n")
	if err != nil {
		t.Fatal(err)
	}
	check(t, got, tally{3, 2, []skip{{"browser mail", "no mail server (skip)"}}})
	if _, err := readTAP("browser", "TAP version 13\n"); err == nil {
		t.Error("a report without a summary is no error")
	}
}

func TestReport(t *testing.T) {
	skipped := []skip{{"x", "y"}}
	for name, tt := range map[string]struct {
		tally  tally
		strict bool
		want   int
	}{
		"all well":              {tally{1, 0, nil}, true, 0},
		"one failed":            {tally{1, 1, nil}, false, 1},
		"a skip at home":        {tally{1, 0, skipped}, false, 0},
		"a skip in CI":          {tally{1, 0, skipped}, true, 1},
		"nothing ran at all":    {tally{}, false, 1},
		"everything is skipped": {tally{0, 0, skipped}, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := report(tt.tally, tt.strict); got != tt.want {
				t.Errorf("exit status %d, want %d", got, tt.want)
			}
		})
	}
}

// TestRunWithin starts a shell whose child outlives it.
func TestRunWithin(t *testing.T) {
	start := time.Now()
	err := runWithin(exec.Command("sh", "-c", "sleep 60 & wait"), 200*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "not done within 200ms") || time.Since(start) > 20*time.Second {
		t.Errorf("runWithin = %v after %v, want it to end at 200ms", err, time.Since(start))
	}
	if err := runWithin(exec.Command("true"), time.Minute); err != nil {
		t.Errorf("runWithin(true) = %v", err)
	}
}

func check(t *testing.T, got, want tally) {
	t.Helper()
	if got.passed != want.passed || got.failed != want.failed || len(got.skips) != len(want.skips) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	for i := range got.skips {
		if got.skips[i] != want.skips[i] {
			t.Errorf("skip %+v, want %+v", got.skips[i], want.skips[i])
		}
	}
}
