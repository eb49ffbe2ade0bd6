package crashtest

import (
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"wasl/internal/pgtest"
)

// defaultKills is how often a run kills on each database.
const defaultKills = 30

// setting reads a whole number from the environment.
func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil {
		t.Fatalf("%s=%q is no whole number", name, v)
	}
	return n
}

// TestKill kills the platform at random moments under full load, again and
// again, and holds what is left against what was promised.
func TestKill(t *testing.T) {
	seed := setting(t, "WASL_SEED", rand.Uint64N(1_000_000))
	kills := int(setting(t, "WASL_KILLS", defaultKills))
	t.Logf("WASL_SEED=%d repeats the choices of this run", seed)
	t.Run("SQLite", func(t *testing.T) {
		tr := newTrial(t, seed, newNode(t, "", ""))
		tr.killAll(kills, 0, nil)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		server, err := startServer(t)
		if errors.Is(err, pgtest.ErrMissing) {
			t.Log("the server itself is not killed: it is not a private one")
			newTrial(t, seed, newNode(t, pgtest.Durable(t), "")).killAll(kills, 0, nil)
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		tr := newTrial(t, seed, newNode(t, server.url(t), ""))
		// F15: now and then the database goes down instead, in the middle of
		// whatever it does.
		tr.killAll(kills, max(1, kills/3), server.crash)
	})
}

// killAll lives and dies, and judges. Every so many deaths, it is the
// database that dies, by crash.
func (tr *trial) killAll(kills, every int, crash func(t *testing.T)) {
	t := tr.t
	n := tr.nodes[0]
	began := time.Now()
	tr.live(n)
	tr.settle()
	tr.load.quiet.Store(false)
	for i := range kills {
		if i > 0 {
			tr.live(n)
		}
		time.Sleep(time.Duration(5+tr.rng.IntN(495)) * time.Millisecond)
		if every > 0 && i%every == every-1 {
			crash(t)
			down := time.Now()
			n.await("/readyz", down)
			t.Logf("ready %v after the database was up again", time.Since(down).Round(time.Millisecond))
			time.Sleep(time.Duration(5+tr.rng.IntN(495)) * time.Millisecond)
		}
		n.kill()
		tr.oracle.died(time.Now())
	}
	killed := time.Since(began)
	tr.live(n)
	tr.drain()
	n.stop()
	t.Logf("%d kills in %v, at rest after %v; ready p50 %v, p99 %v", kills, killed.Round(time.Second), time.Since(began).Round(time.Second),
		percentile(tr.oracle.ready, 50).Round(time.Millisecond), percentile(tr.oracle.ready, 99).Round(time.Millisecond))
	tr.judge()
}

// live begins the next life.
func (tr *trial) live(n *node) {
	tr.t.Helper()
	tr.oracle.born(time.Now())
	tr.oracle.ready = append(tr.oracle.ready, n.start("/readyz"))
}
