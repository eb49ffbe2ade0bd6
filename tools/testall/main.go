// Command testall runs the tests of every kind and counts them: Go's, the web
// application's (types, lint, unit tests), those in a browser against a running
// demo, and those of clients that others wrote against the emulator. Run it from the root of the repository, by make test.
//
// What cannot run here is skipped, with the reason. Where CI=true a skip is a
// failure. The last line is "N passed, N failed, N skipped"; the exit status is
// 1 if anything failed.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

// tally is the result of one part.
type tally struct {
	passed, failed int
	skips          []skip
}

// skip is one test that did not run, and why.
type skip struct{ name, reason string }

func (t *tally) add(other tally) {
	t.passed += other.passed
	t.failed += other.failed
	t.skips = append(t.skips, other.skips...)
}

// A part is one kind of tests.
type part struct {
	name string
	run  func() tally
}

func main() {
	only := flag.String("only", "", "comma-separated parts to run: go, web, browser, strangers (all if empty)")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: testall [-only go,web,browser,strangers] [go package …]")
		flag.PrintDefaults()
	}
	flag.Parse()
	packages := flag.Args()
	if len(packages) == 0 {
		packages = []string{"./..."}
	}
	parts := []part{
		{"go", func() tally { return goTests(packages) }},
		{"web", func() tally { return webTests("web") }},
		{"browser", func() tally { return browserTests("web") }},
		{"strangers", func() tally { return strangerTests("metaemu/strangers") }},
	}
	wanted, err := choose(parts, *only)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testall:", err)
		os.Exit(2)
	}
	judge, err := openSpec()
	if err != nil {
		fmt.Fprintln(os.Stderr, "testall:", err)
		os.Exit(1)
	}
	var total tally
	for _, p := range wanted {
		fmt.Printf("\n== %s\n", p.name)
		total.add(p.run())
	}
	total.add(judge.judge(*only == "" && len(flag.Args()) == 0))
	os.Exit(report(total, os.Getenv("CI") == "true"))
}

func choose(parts []part, only string) ([]part, error) {
	if only == "" {
		return parts, nil
	}
	var wanted []part
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(parts, func(p part) bool { return p.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no part %q", name)
		}
		wanted = append(wanted, parts[i])
	}
	return wanted, nil
}

// report prints the skips and the count, and returns the exit status.
func report(t tally, strict bool) int {
	fmt.Println()
	for _, s := range t.skips {
		fmt.Printf("skipped %s: %s\n", s.name, s.reason)
	}
	status := 0
	switch {
	case t.failed > 0:
		status = 1
	case t.passed == 0:
		fmt.Println("nothing ran")
		status = 1
	case strict && len(t.skips) > 0:
		fmt.Println("CI=true: a skipped test is a failure")
		status = 1
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", t.passed, t.failed, len(t.skips))
	return status
}
