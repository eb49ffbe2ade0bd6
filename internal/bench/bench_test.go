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
