package crashtest

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the drivers the platform itself uses
	_ "modernc.org/sqlite"
)

// trial is one run against one database.
type trial struct {
	t      *testing.T
	rng    *rand.Rand
	oracle *oracle
	world  *world
	writer *writer
	nodes  []*node
	load   *load

	numberID string // of the Number that sends, as Wasl calls it
	targets  []target
}

// newTrial makes a world and a database with two Businesses: the first has the
// Number that the emulator plays and one more, the second one of its own.
func newTrial(t *testing.T, seed uint64, nodes ...*node) *trial {
	t.Helper()
	tr := &trial{t: t, rng: rand.New(rand.NewPCG(seed, 1)), nodes: nodes, oracle: newOracle()}
	tr.world = newWorld(t, tr.oracle)
	for _, n := range nodes {
		n.graph = tr.world.graph.URL
	}
	n, num := nodes[0], tr.world.number
	tr.targets = []target{
		{num.WABA, num.ID, num.Digits}, {num.WABA, "7000000000022", "966500000022"}, {"8000000000033", "7000000000033", "966500000033"},
	}
	n.run("", "admin", "create", "--business", "Alpha", "--email", "alpha@example.com")
	n.run("", "admin", "create", "--business", "Beta", "--email", "beta@example.com")
	key := n.run("", "key", "create", "--business", "Alpha", "--name", "crash", "--scopes", "read,send")
	for i, tg := range tr.targets {
		business, token := "Alpha", num.Token
		if i == 2 {
			business = "Beta"
		}
		if i > 0 {
			token = "no token of Meta's"
		}
		id := n.run(token, "number", "add", "--business", business, "--phone-number-id", tg.id, "--waba-id", tg.waba, "--display", "+"+tg.display)
		if i == 0 {
			tr.numberID = id["id"].(string)
		}
	}
	// The Number that sends gets its deliveries from the emulator alone: the two
	// must agree about its customers' windows and its speed.
	tr.writer = &writer{rng: rand.New(rand.NewPCG(seed, 2)), numbers: tr.targets[1:]}
	tr.load = &load{trial: tr, key: key["key"].(string), pause: 30 * time.Millisecond}
	for _, n := range nodes {
		tr.load.urls = append(tr.load.urls, "http://"+n.address)
	}
	return tr
}

// open opens the database for looking only. It may be open in a process under
// test at the same time.
func (tr *trial) open() *sql.DB {
	tr.t.Helper()
	driver, address := "pgx", tr.nodes[0].database
	if address == "" {
		driver, address = "sqlite", "file:"+filepath.Join(tr.nodes[0].data, "wasl.db")+"?mode=ro&_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		tr.t.Fatal(err)
	}
	db.SetMaxOpenConns(2)
	return db
}

// number reads one number from the database; an error counts as not yet.
func number(db *sql.DB, query string) (n int64, ok bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return n, db.QueryRowContext(ctx, query).Scan(&n) == nil
}

// until waits until cond holds, and fails with what if it does not.
func (tr *trial) until(within time.Duration, what string, cond func() bool) {
	tr.t.Helper()
	for end := time.Now().Add(within); !cond(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			tr.t.Fatalf("waited %v in vain: %s", within, what)
		}
	}
}

// settle lets every customer write once and waits until the platform knows. The
// load is still quiet then.
func (tr *trial) settle() {
	tr.t.Helper()
	tr.load.hush()
	tr.load.start(tr.rng.Uint64())
	tr.world.openWindows()
	db := tr.open()
	defer db.Close()
	tr.until(60*time.Second, "the customers' windows are not open", func() bool {
		n, ok := number(db, "SELECT COUNT(*) FROM conversation WHERE opened_at > 0")
		return ok && n == customers
	})
	time.Sleep(1100 * time.Millisecond) // what they wrote has left Meta's second
}

// backlog counts what is still to be done, by name.
var backlog = map[string]string{
	"deliveries kept and not applied":     "SELECT COUNT(*) FROM delivery WHERE state = 'kept'",
	"fragments of history that wait":      "SELECT COUNT(*) FROM inbound WHERE state = 'waiting'",
	"drafts that wait or are on the road": "SELECT COUNT(*) FROM outbox_item WHERE state IN ('queued', 'held', 'sending')",
	"journals not read to their end":      "SELECT COUNT(*) FROM due WHERE work = 'react'",
}

// drain stops what is new and waits until nothing is left to do: no delivery to
// be made or applied, nothing to be sent, no journal unread.
func (tr *trial) drain() {
	tr.t.Helper()
	tr.load.hush()
	tr.until(30*time.Second, "requests are not answered", func() bool { return tr.load.open.Load() == 0 })
	tr.load.repeat()
	db := tr.open()
	defer db.Close()
	calm := 0
	last := ""
	for end := time.Now().Add(150 * time.Second); calm < 8; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			tr.t.Fatalf("not at rest after 150 s: %s", last)
		}
		if last = tr.unrest(db); last == "" {
			calm++
		} else {
			calm = 0
		}
	}
	tr.load.end()
}

// unrest says what is still to be done; nothing if all is at rest.
func (tr *trial) unrest(db *sql.DB) string {
	if !tr.world.rested() {
		return "Meta has more to say"
	}
	for what, query := range backlog {
		if n, ok := number(db, query); !ok || n > 0 {
			return what
		}
	}
	return ""
}

// percentile of a list of durations.
func percentile(list []time.Duration, p int) time.Duration {
	if len(list) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(list))
	return s[min(len(s)-1, len(s)*p/100)]
}
