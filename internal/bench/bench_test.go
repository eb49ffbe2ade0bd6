package bench_test

import (
	"bytes"
	"strings"
	"testing"

	"wasl/internal/bench"
)

// TestRun proves that the benchmark measures what it says: every message is
// kept and applied, at every number of senders.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	err := bench.Run(t.Context(), bench.Config{Messages: 300, Senders: []int{1, 8}, Out: &out})
	if err != nil {
		t.Fatal(err)
	}
	c := bench.Config{Messages: 300, Senders: []int{1, 8}, Memory: []int{500}, Out: &out}
	if err := c.Emulator(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"bare HTTP server", "sends accepted", "webhooks delivered", "MiB after 500"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not printed:\n%s", want, out.String())
		}
	}
	for _, want := range []string{"bare HMAC", "bare batched inserts", "kept (durable", "applied (row", "backlog 0"} {
		if got := strings.Count(out.String(), want); got < 2 {
			t.Errorf("%q printed %d times, want one for each number of senders:\n%s", want, got, out.String())
		}
	}
}

// TestLong proves that the long run sends what it says, to few and to many.
func TestLong(t *testing.T) {
	var out bytes.Buffer
	c := bench.Config{Memory: []int{200, 400}, Out: &out}
	if err := c.Long(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "in use after"); got != 4 {
		t.Errorf("%d lines of memory, want two for few customers and two for many:\n%s", got, out.String())
	}
}
