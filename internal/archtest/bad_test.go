package archtest

import (
	"strings"
	"testing"
)

// example is a file that breaks the plan, or does not although it looks so.
type example struct {
	check string // the check to ask
	why   string
	name  string
	text  string
	want  string // part of the complaint; empty if there must be none
}

var examples = []example{
	{"plan", "a package nobody planned", "internal/util/a.go", "package util", "not in the plan"},
	{"plan", "an engine that imports a door", "internal/outbox/a.go", "package outbox\nimport _ \"wasl/internal/store\"", "may not import internal/store"},
	{"plan", "a door that imports a door", "internal/httpapi/a.go", "package httpapi\nimport _ \"wasl/internal/cloudapi\"", "may not import internal/cloudapi"},
	{"plan", "an error that knows the nouns", "internal/fault/a.go", "package fault\nimport _ \"wasl/internal/wa\"", "may not import internal/wa"},
	{"plan", "the judge knows a party", "metaemu/a.go", "package metaemu\nimport _ \"wasl/internal/wa\"", "may not import internal/wa"},
	{"plan", "the judge's test knows a party", "metaemu/a_test.go", "package metaemu\nimport _ \"wasl/internal/clock\"", "may not import internal/clock"},
	{"plan", "a party knows the judge", "internal/cloudapi/a.go", "package cloudapi\nimport _ \"wasl/metaemu\"", "may not import metaemu"},
	{"plan", "a rule that imports an engine", "internal/pacer/a.go", "package pacer\nimport _ \"wasl/internal/outbox\"", "may not import internal/outbox"},
	{"plan", "a story that imports the judge", "internal/scenario/a_test.go", "package scenario\nimport _ \"wasl/metaemu\"", ""},
	{"plan", "an engine that asks a rule", "internal/outbox/a.go", "package outbox\nimport _ \"wasl/internal/policy\"", ""},
	{"plan", "a room of the judge's", "metaemu/a.go", "package metaemu\nimport _ \"wasl/metaemu/wire\"", ""},

	{"purity", "a rule that reads a file", "internal/policy/a.go", "package policy\nimport _ \"os\"", "imports os"},
	{"purity", "a noun that logs", "internal/wa/a.go", "package wa\nimport _ \"log/slog\"", "imports log/slog"},
	{"purity", "a rule that asks the clock", "internal/pacer/a.go", "package pacer\nimport _ \"wasl/internal/clock\"", "imports wasl/internal/clock"},
	{"purity", "a rule that takes a context", "internal/takeover/a.go", "package takeover\nimport _ \"context\"", "imports context"},
	{"purity", "a rule's test at random", "internal/pacer/a_test.go", "package pacer\nimport _ \"math/rand/v2\"", ""},

	{"clock", "an engine that reads the clock", "internal/outbox/a.go", "package outbox\nimport \"time\"\nvar x = time.Now()", "time.Now"},
	{"clock", "under another name", "internal/outbox/a.go", "package outbox\nimport t \"time\"\nvar x = t.Now", "time.Now"},
	{"clock", "a sleep", "internal/crm/a.go", "package crm\nimport \"time\"\nfunc f() { time.Sleep(1) }", "time.Sleep"},
	{"clock", "a timer", "internal/store/a.go", "package store\nimport \"time\"\nvar x = time.NewTimer(1)", "time.NewTimer"},
	{"clock", "a ticker", "internal/store/a.go", "package store\nimport \"time\"\nvar x = time.Tick(1)", "time.Tick"},
	{"clock", "how long since", "internal/store/a.go", "package store\nimport \"time\"\nvar x = time.Since(time.Time{})", "time.Since"},
	{"clock", "a method called Now", "internal/outbox/a.go", "package outbox\nimport \"time\"\nfunc f(c interface{ After(time.Time) bool }) { c.After(time.Time{}) }", ""},
	{"clock", "the clock itself", "internal/clock/a.go", "package clock\nimport \"time\"\nvar x = time.Now()", ""},

	{"size", "a file without end", "internal/wa/a.go", "package wa\n" + strings.Repeat("//\n", 500), "501 lines"},
	{"size", "a test without end", "internal/wa/a_test.go", "package wa\n" + strings.Repeat("//\n", 800), "801 lines"},
	{"size", "a screen without end", "web/src/desk/a.tsx", strings.Repeat("\n", 501), "501 lines"},
	{"size", "a long test", "internal/wa/a_test.go", "package wa\n" + strings.Repeat("//\n", 700), ""},

	{"todo", "later", "internal/wa/a.go", "package wa\n// TODO: rename", "names no issue"},
	{"todo", "later, somehow", "internal/wa/a.go", "package wa\n// FIXME(#4): rename", "names no issue"},
	{"todo", "later, in the browser", "web/src/a.ts", "const a = 1; // TODO rename", "names no issue"},
	{"todo", "later, with its issue", "internal/wa/a.go", "package wa\n// TODO(#12): rename", ""},
	{"todo", "a word in a string", "internal/wa/a.go", "package wa\nvar x = \"TODO\"", ""},

	{"idempotency key", "a header", "internal/cloudapi/a.go", "package cloudapi\nvar h = \"Idempotency-Key\"", "Idempotency-Key"},
	{"idempotency key", "in lower case", "internal/cloudapi/a.go", "package cloudapi\nvar h = `idempotency-key`", "Idempotency-Key"},
	{"idempotency key", "at our own door", "internal/httpapi/a.go", "package httpapi\nvar h = \"Idempotency-Key\"", ""},

	{"database clock", "now() in a query", "internal/store/a.go", "package store\nvar q = `UPDATE x SET at = now()`", "now("},
	{"database clock", "a default in a migration", "internal/store/migrations/0001_a.sql", "CREATE TABLE x (at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)", "CURRENT_TIMESTAMP"},
	{"database clock", "SQLite's", "internal/store/a.go", "package store\nvar q = \"SELECT unixepoch()\"", "unixepoch("},
	{"database clock", "a comment about it", "internal/store/migrations/0001_a.sql", "-- never now()\nCREATE TABLE x (at BIGINT)", ""},

	{"database name", "a branch", "internal/store/a.go", "package store\nfunc f(d string) bool { return d == \"sqlite\" }", "branches"},
	{"database name", "a switch", "internal/store/a.go", "package store\nfunc f(d string) { switch d { case \"postgres\": } }", "branches"},
	{"database name", "a message", "internal/store/a.go", "package store\nvar m = \"SQLite is older than needed\"", ""},

	{"package comment", "none", "internal/wa/a.go", "package wa", "0 package comments"},
	{"package comment", "one", "internal/wa/a.go", "// Package wa is.\npackage wa", ""},

	{"business", "a select", "internal/store/a.go", "package store\nvar q = `SELECT id FROM message WHERE wamid = $1`", "on message"},
	{"business", "one that only returns it", "internal/store/a.go", "package store\nvar q = `SELECT business_id FROM message WHERE wamid = $1`", "on message"},
	{"business", "one that only joins by it", "internal/store/a.go", "package store\nvar q = `SELECT 1 FROM message m JOIN contact c ON c.business_id = m.business_id`", "on message, contact"},
	{"business", "an update", "internal/store/a.go", "package store\nvar q = \"UPDATE message SET status = $2 WHERE id = $1\"", "on message"},
	{"business", "a delete", "internal/store/a.go", "package store\nvar q = \"DELETE FROM journal WHERE seq < $1\"", "on journal"},
	{"business", "an insert", "internal/store/a.go", "package store\nvar q = \"INSERT INTO contact (id) VALUES ($1)\"", "on contact"},
	{"business", "an open table and another", "internal/store/a.go", "package store\nvar q = \"SELECT 1 FROM delivery d JOIN inbound i ON i.delivery_id = d.id\"", "on inbound"},
	{"business", "put together", "internal/store/a.go", "package store\nconst c = \"SELECT id\"\nvar q = c + \" FROM message\" + \" WHERE id = $1\"", "on message"},
	{"business", "with a common table", "internal/store/a.go", "package store\nvar q = `WITH old AS (SELECT id FROM message) DELETE FROM old`", "on message"},
	{"business", "built by add", "internal/store/a.go", "package store\nconst c = \"SELECT id FROM message\"\nfunc f(q question) { q.add(c, \" WHERE id = \", q.arg(1)) }", "on message"},
	{"business", "a named one", "internal/store/a.go", "package store\nconst c = \"SELECT id FROM message\"\nvar q = c + \" WHERE business_id = $1\"", ""},
	{"business", "an open table", "internal/store/a.go", "package store\nvar q = `SELECT body FROM delivery WHERE id = $1 FOR UPDATE SKIP LOCKED`", ""},
	{"business", "an upsert", "internal/store/a.go", "package store\nvar q = `INSERT INTO contact (business_id, id) VALUES ($1, $2) ON CONFLICT DO UPDATE SET name = $3`", ""},
	{"business", "found in a directory", "internal/store/a.go", "package store\nvar q = `SELECT p.id FROM sign_in s JOIN person p ON p.business_id = s.business_id WHERE s.email = $1`", ""},
	{"business", "words that are not SQL", "internal/store/a.go", "package store\nvar q = \"message from the phone\"", ""},
}

// TestBadExamples shows each check something that it must complain about, and
// things that it must let pass.
func TestBadExamples(t *testing.T) {
	fails := map[string]bool{}
	for _, ex := range examples {
		t.Run(ex.check+"/"+ex.why, func(t *testing.T) {
			complaints := strings.Join(checks[ex.check]([]source{parse(t, ex.name, ex.text)}), "\n")
			switch {
			case ex.want == "" && complaints != "":
				t.Errorf("complains: %s", complaints)
			case !strings.Contains(complaints, ex.want):
				t.Errorf("complaints %q, want %q", complaints, ex.want)
			}
		})
		fails[ex.check] = fails[ex.check] || ex.want != ""
	}
	for name := range checks {
		if !fails[name] {
			t.Errorf("no bad example for the check %q", name)
		}
	}
}

// TestTwoPackageComments needs two files.
func TestTwoPackageComments(t *testing.T) {
	got := checkPackageComments([]source{
		parse(t, "internal/wa/a.go", "// Package wa is.\npackage wa"),
		parse(t, "internal/wa/b.go", "// Package wa is also.\npackage wa"),
	})
	if len(got) != 1 || !strings.Contains(got[0], "2 package comments") {
		t.Errorf("complaints = %q, want 2 package comments", got)
	}
}
