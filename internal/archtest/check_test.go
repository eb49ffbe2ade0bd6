package archtest

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// checks are all that must hold. Each takes every file of the repository, since
// some look at a package as a whole, and returns complaints.
var checks = map[string]func([]source) []string{
	"plan":            perFile(checkPlan),
	"purity":          perFile(checkPurity),
	"clock":           perFile(checkClock),
	"size":            perFile(checkSize),
	"todo":            perFile(checkTodo),
	"idempotency key": perFile(checkIdempotencyKey),
	"database clock":  perFile(checkDatabaseClock),
	"database name":   perFile(checkDatabaseName),
	"package comment": checkPackageComments,
	"business":        checkBusiness,
}

// TestHouse holds the repository to the plan.
func TestHouse(t *testing.T) {
	all := house(t)
	if len(all) < 20 {
		t.Fatalf("found %d files, the repository has more", len(all))
	}
	for name, check := range checks {
		t.Run(name, func(t *testing.T) {
			for _, complaint := range check(all) {
				t.Error(complaint)
			}
		})
	}
}

func perFile(check func(source) []string) func([]source) []string {
	return func(all []source) []string {
		var complaints []string
		for _, s := range all {
			complaints = append(complaints, check(s)...)
		}
		return complaints
	}
}

// checkPlan: the package is in the plan and imports what the plan allows.
func checkPlan(s source) []string {
	if s.file == nil {
		return nil
	}
	r, ok := plan[s.pkg()]
	if !ok {
		return []string{s.name + ": package " + s.pkg() + " is not in the plan"}
	}
	var complaints []string
	for _, imp := range imports(s) {
		own, ok := strings.CutPrefix(imp, module)
		if ok && !allowed(s, r, own) {
			complaints = append(complaints, s.name+" may not import "+own)
		}
	}
	return complaints
}

func allowed(s source, r room, own string) bool {
	switch {
	case own == s.pkg(), strings.HasPrefix(s.name, "metaemu/") && strings.HasPrefix(own+"/", "metaemu/"):
		return true // a test outside its package, or the judge among his own
	case r.alone:
		return false
	case s.isTest():
		return true
	case slices.Contains(r.imports, own), slices.Contains(r.imports, "*"):
		return true
	case r.words:
		return false
	case r.pure:
		return own == "internal/wa"
	}
	return slices.Contains(everyone, own)
}

// outside lists what a pure package may not touch.
var outside = []string{
	"context", "crypto/rand", "database/sql", "io/fs", "log", "log/slog", "math/rand", "math/rand/v2", "net", "net/http",
	"os", "os/exec", "syscall", "testing/synctest", "unsafe", module + "internal/clock", module + "internal/id",
}

// checkPurity: rules and words do nothing but compute.
func checkPurity(s source) []string {
	if s.file == nil || s.isTest() || !plan[s.pkg()].pure {
		return nil
	}
	var complaints []string
	for _, imp := range imports(s) {
		if slices.Contains(outside, imp) {
			complaints = append(complaints, s.name+" must stay pure, but imports "+imp)
		}
	}
	return complaints
}

// reading are the functions of package time that read or follow the computer's
// clock.
var reading = []string{"Now", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Since", "Until"}

// ownClock may use package time: the clock itself, the judge, who has his own,
// the network of the tests, whose deadlines net/http sets, commands, and tests.
func ownClock(s source) bool {
	return s.isTest() || s.within("internal/clock") || s.within("internal/memnet") ||
		s.within("metaemu") || s.within("cmd") || s.within("tools")
}

// checkClock: nobody but package clock knows what time it is.
func checkClock(s source) []string {
	if s.file == nil || ownClock(s) {
		return nil
	}
	var complaints []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || !slices.Contains(reading, sel.Sel.Name) {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == localName(s, "time") {
			complaints = append(complaints, fmt.Sprintf("%s:%d uses time.%s; use internal/clock", s.name, s.line(sel.Pos()), sel.Sel.Name))
		}
		return true
	})
	return complaints
}

// localName is what a file calls an imported package; empty if it does not
// import it.
func localName(s source, imp string) string {
	for _, spec := range s.file.Imports {
		if unquote(spec.Path.Value) != imp {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return imp[strings.LastIndex(imp, "/")+1:]
	}
	return ""
}

const (
	maxLines     = 500
	maxTestLines = 800
)

// checkSize: a file holds one idea.
func checkSize(s source) []string {
	if generated(s) {
		return nil
	}
	limit := maxLines
	if s.isTest() || strings.Contains(s.name, ".test.") {
		limit = maxTestLines
	}
	if n := strings.Count(s.text, "\n"); n > limit {
		return []string{fmt.Sprintf("%s has %d lines, more than %d", s.name, n, limit)}
	}
	return nil
}

var (
	later       = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b(\(#\d+\):)?`)
	laterInWeb  = regexp.MustCompile(`(?m)(//|/\*|^\s*\*).*`)
	commentKind = map[string]bool{".ts": true, ".tsx": true, ".mjs": true, ".js": true, ".css": true}
)

// checkTodo: what is left for later names its issue, TODO(#12): …
func checkTodo(s source) []string {
	var comments []string
	if s.file != nil {
		for _, group := range s.file.Comments {
			for _, c := range group.List {
				comments = append(comments, c.Text)
			}
		}
	} else if i := strings.LastIndex(s.name, "."); i >= 0 && commentKind[s.name[i:]] {
		comments = laterInWeb.FindAllString(s.text, -1)
	}
	var complaints []string
	for _, c := range comments {
		for _, m := range later.FindAllStringSubmatch(c, -1) {
			if m[1] != "TODO" || m[2] == "" {
				complaints = append(complaints, fmt.Sprintf("%s: %q names no issue, as in TODO(#12):", s.name, strings.TrimSpace(c)))
			}
		}
	}
	return complaints
}

// checkIdempotencyKey: Meta has no such header, and a program that sends one
// believes that it may send twice.
func checkIdempotencyKey(s source) []string {
	if s.file == nil || !s.within("internal/cloudapi") || s.isTest() {
		return nil
	}
	var complaints []string
	for _, lit := range literals(s) {
		if strings.Contains(strings.ToLower(lit), "idempotency-key") {
			complaints = append(complaints, s.name+" names an Idempotency-Key, which Meta does not have")
		}
	}
	return complaints
}

// checkPackageComments: exactly one file of a package says what it is for.
func checkPackageComments(all []source) []string {
	files, comments := map[string]int{}, map[string]int{}
	for _, s := range all {
		if s.file == nil || s.isTest() {
			continue
		}
		files[s.pkg()]++
		if s.file.Doc != nil {
			comments[s.pkg()]++
		}
	}
	var complaints []string
	for pkg := range files {
		if comments[pkg] != 1 {
			complaints = append(complaints, fmt.Sprintf("%s has %d package comments, want 1", pkg, comments[pkg]))
		}
	}
	slices.Sort(complaints)
	return complaints
}

func imports(s source) []string {
	paths := make([]string, len(s.file.Imports))
	for i, spec := range s.file.Imports {
		paths[i] = unquote(spec.Path.Value)
	}
	return paths
}

// literals returns the values of all string literals of a file.
func literals(s source) []string {
	var values []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && strings.ContainsAny(lit.Value[:1], "\"`") {
			values = append(values, unquote(lit.Value))
		}
		return true
	})
	return values
}

func unquote(literal string) string {
	s, err := strconv.Unquote(literal)
	if err != nil {
		panic(err) // the parser has accepted it
	}
	return s
}
