package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
)

// databaseClock matches what reads the time inside a database. Virtual time and
// the demo's slider do not reach there.
var databaseClock = regexp.MustCompile(`(?i)\b(now|statement_timestamp|transaction_timestamp|clock_timestamp|unixepoch|julianday|strftime|datetime|pg_sleep)\s*\(|\bcurrent_(timestamp|date|time)\b`)

// checkDatabaseClock: SQL never reads a clock; times are passed in.
func checkDatabaseClock(s source) []string {
	if !s.within("internal/store") || s.isTest() {
		return nil
	}
	texts := []string{s.text}
	if s.file != nil {
		texts = literals(s)
	}
	var complaints []string
	for _, text := range texts {
		if m := databaseClock.FindString(withoutComments(text)); m != "" {
			complaints = append(complaints, fmt.Sprintf("%s: SQL reads the clock: %s", s.name, m))
		}
	}
	return complaints
}

var sqlComment = regexp.MustCompile(`--[^\n]*`)

func withoutComments(sql string) string { return sqlComment.ReplaceAllString(sql, "") }

// spoken are the SQL dialects by name.
var spoken = regexp.MustCompile(`(?i)\b(sqlite|postgres(ql)?)\b`)

// byName are the files of the store that may compare or branch on a database's
// name: what differs between the two is a method of dialect.
var byName = []string{"dialect.go", "db.go", "doc.go", "migrate.go"}

// checkDatabaseName: the code of the store branches on a database in one place.
// Its comments and messages may speak of it.
func checkDatabaseName(s source) []string {
	if s.file == nil || s.pkg() != "internal/store" || s.isTest() || slices.Contains(byName, path.Base(s.name)) {
		return nil
	}
	var complaints []string
	complain := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING && spoken.MatchString(lit.Value) {
			complaints = append(complaints, fmt.Sprintf("%s:%d branches on a database's name; make it a method of dialect", s.name, s.line(lit.Pos())))
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				complain(n.X)
				complain(n.Y)
			}
		case *ast.CaseClause:
			for _, e := range n.List {
				complain(e)
			}
		}
		return true
	})
	return complaints
}

var (
	statement = regexp.MustCompile(`(?is)^\s*(WITH|SELECT|INSERT|UPDATE|DELETE)\b`)
	tables    = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|INTO|UPDATE)\s+(?:ONLY\s+)?([a-z_][a-z_0-9.]*)`)
	called    = regexp.MustCompile(`(?i)(?:\bWITH\s+(?:RECURSIVE\s+)?|,\s*)([a-z_][a-z_0-9]*)\s*(?:\([^()]*\)\s*)?AS\s+(?:MATERIALIZED\s+)?\(`)
	noTable   = regexp.MustCompile(`(?i)\b(DO\s+UPDATE\s+SET|FOR\s+UPDATE(\s+SKIP\s+LOCKED|\s+NOWAIT)?|IS\s+(NOT\s+)?DISTINCT\s+FROM|EXTRACT\s*\([^)]*\)|ON\s+UPDATE)\b`)
	joining   = regexp.MustCompile(`(?i)\bbusiness_id\s*=\s*[a-z_]+\.business_id`)
	selection = regexp.MustCompile(`(?is)^\s*SELECT\b.*?\bFROM\b`)
)

// checkBusiness: every statement of the store names the Business it is for,
// unless all its tables are open ones. It reads the string expressions of the
// package that look like SQL, with constants put in for their names.
func checkBusiness(all []source) []string {
	var files []source
	for _, s := range all {
		if s.file != nil && s.pkg() == "internal/store" && !s.isTest() {
			files = append(files, s)
		}
	}
	known, joined := stringNames(files)
	var complaints []string
	for _, s := range files {
		for _, e := range stringExpressions(s.file, joined) {
			sql := value(e, known, 0)
			if !statement.MatchString(sql) {
				continue
			}
			if missing := unnamed(sql); len(missing) > 0 {
				complaints = append(complaints, fmt.Sprintf("%s:%d: a statement on %s does not name business_id: %s",
					s.name, s.line(e.Pos()), strings.Join(missing, ", "), short(sql)))
			}
		}
	}
	return complaints
}

// unnamed returns the tables of a statement that need a Business, if it does
// not name one where it counts. The columns that a SELECT returns do not count.
// The comparison of two rows in a join does only if one of them is in a
// directory, which is how a Business is found.
func unnamed(sql string) []string {
	sql = withoutComments(sql)
	used := tablesOf(sql)
	counts := selection.ReplaceAllString(sql, "")
	if !slices.ContainsFunc(used, func(t string) bool { return slices.Contains(directories, t) }) {
		counts = joining.ReplaceAllString(counts, "")
	}
	if strings.Contains(counts, "business_id") {
		return nil
	}
	return slices.DeleteFunc(used, open)
}

func open(table string) bool {
	return openTables[table] != "" || slices.ContainsFunc(catalogues, func(c string) bool { return strings.HasPrefix(table, c) })
}

// tablesOf returns the tables that a statement names, without those that it
// makes itself in a WITH.
func tablesOf(sql string) []string {
	own := map[string]bool{}
	for _, m := range called.FindAllStringSubmatch(sql, -1) {
		own[strings.ToLower(m[1])] = true
	}
	var used []string
	for _, m := range tables.FindAllStringSubmatch(noTable.ReplaceAllString(sql, " "), -1) {
		if t := strings.ToLower(m[1]); !own[t] && !slices.Contains(used, t) {
			used = append(used, t)
		}
	}
	return used
}

// stringNames returns the strings that names of the package stand for, and
// which names are parts of longer strings: those are judged there. A name given
// two different values stands for neither.
func stringNames(files []source) (known map[string]ast.Expr, joined map[string]bool) {
	known, joined = map[string]ast.Expr{}, map[string]bool{}
	give := func(name string, e ast.Expr) {
		if _, twice := known[name]; twice {
			known[name] = nil
			return
		}
		if isString(e) {
			known[name] = e
		}
	}
	for _, s := range files {
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, id := range n.Names {
					if i < len(n.Values) {
						give(id.Name, n.Values[i])
					}
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if id, ok := left.(*ast.Ident); ok && n.Tok == token.DEFINE && len(n.Lhs) == len(n.Rhs) {
						give(id.Name, n.Rhs[i])
					}
				}
			case ast.Expr:
				for _, part := range parts(n) {
					if id, ok := part.(*ast.Ident); ok {
						joined[id.Name] = true
					}
				}
			}
			return true
		})
	}
	return known, joined
}

// parts returns what an expression joins to a longer string: the sides of a
// plus, or the arguments of the store's question.add.
func parts(e ast.Expr) []ast.Expr {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return []ast.Expr{e.X, e.Y}
		}
	case *ast.CallExpr:
		if sel, ok := e.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "add" {
			return e.Args
		}
	}
	return nil
}

// isString reports whether e is a string literal, or joins one.
func isString(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.ParenExpr:
		return isString(e.X)
	}
	return slices.ContainsFunc(parts(e), isString)
}

// stringExpressions returns the largest string expressions of a file, without
// those that are only given a name to be joined elsewhere.
func stringExpressions(f *ast.File, joined map[string]bool) []ast.Expr {
	var found []ast.Expr
	named := map[ast.Expr]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if i < len(n.Values) && joined[id.Name] {
					named[n.Values[i]] = true
				}
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if id, ok := left.(*ast.Ident); ok && len(n.Lhs) == len(n.Rhs) && joined[id.Name] {
					named[n.Rhs[i]] = true
				}
			}
		}
		if e, ok := n.(ast.Expr); ok && isString(e) {
			if !named[e] {
				found = append(found, e)
			}
			return false
		}
		return true
	})
	return found
}

// value returns the text of a string expression. What is not known when the
// program is built is left as a space.
func value(e ast.Expr, known map[string]ast.Expr, depth int) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			return unquote(e.Value)
		}
	case *ast.BinaryExpr, *ast.CallExpr:
		var b strings.Builder
		for _, part := range parts(e) {
			b.WriteString(value(part, known, depth))
		}
		if b.Len() > 0 {
			return b.String()
		}
	case *ast.ParenExpr:
		return value(e.X, known, depth)
	case *ast.Ident:
		if k := known[e.Name]; k != nil && depth < 8 {
			return value(k, known, depth+1)
		}
	}
	return " "
}

func short(sql string) string {
	s := strings.Join(strings.Fields(sql), " ")
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}
