package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// source is one file of the repository. Go files are parsed.
type source struct {
	name string // path from the root, with slashes
	text string
	fset *token.FileSet
	file *ast.File // nil if not Go
}

func (s source) pkg() string  { return path.Dir(s.name) }
func (s source) isTest() bool { return strings.HasSuffix(s.name, "_test.go") }
func (s source) within(dir string) bool {
	return s.pkg() == dir || strings.HasPrefix(s.pkg(), dir+"/")
}

// line returns the place of a node, for a complaint.
func (s source) line(pos token.Pos) int { return s.fset.Position(pos).Line }

// parse makes a source of a file's text. Bad examples come in this way too.
func parse(t *testing.T, name, text string) source {
	t.Helper()
	s := source{name: name, text: text}
	if !strings.HasSuffix(name, ".go") {
		return s
	}
	s.fset = token.NewFileSet()
	f, err := parser.ParseFile(s.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	s.file = f
	return s
}

// extensions are the files that are looked at.
var extensions = map[string]bool{".go": true, ".sql": true, ".ts": true, ".tsx": true, ".mjs": true, ".js": true, ".css": true}

// house reads the repository.
func house(t *testing.T) []source {
	t.Helper()
	const root = "../.."
	var all []source
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		if d.IsDir() {
			if skipped(name, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !extensions[path.Ext(name)] {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		all = append(all, parse(t, name, string(text)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// skipped folders hold what is not written here.
func skipped(name, base string) bool {
	switch base {
	case "testdata", "node_modules":
		return true
	}
	return name == "bin" || name == "web/dist" || name != "." && strings.HasPrefix(base, ".")
}

// generated reports whether a file says that a program wrote it.
func generated(s source) bool {
	return s.file != nil && ast.IsGenerated(s.file) || strings.Contains(s.name, "/generated/")
}
