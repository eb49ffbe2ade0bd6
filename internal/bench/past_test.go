package bench

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"wasl/internal/clock"
	"wasl/internal/store"
)

// TestMoveIn: the measurement of a phone's past works, and would say if a message
// were lost, doubled or reacted to.
func TestMoveIn(t *testing.T) {
	var out strings.Builder
	if err := (Config{Out: &out}).MoveIn(t.Context(), Past{Messages: 1500, Threads: 60, Live: 20, Seed: 3}); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, want := range []string{"of the bare inserts", "live messages meanwhile", "final state: 15"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not print %q:\n%s", want, out.String())
		}
	}
}

// TestMoveInNoticesWhatIsWrong: the check behind the figures can fail.
func TestMoveInNoticesWhatIsWrong(t *testing.T) {
	h, err := newHouse(t.Context(), "", filepath.Join(t.TempDir(), "past.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer h.db.Close()
	p := newPast(300, 20, clock.Now(), rand.New(rand.NewPCG(1, 1)))
	m := &moving{house: h, past: p, shape: Past{Messages: 300, Threads: 20}}
	if err := m.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if wrong, err := m.check(t.Context()); err != nil || len(wrong) > 0 {
		t.Fatalf("what was told rightly is wrong: %v, %v", wrong, err)
	}
	for id, w := range p.want {
		w.Text = "something else"
		p.want[id] = w
		break
	}
	p.want["wamid.lost"] = store.BenchMessage{WAMID: "wamid.lost"}
	if wrong, err := m.check(t.Context()); err != nil || len(wrong) != 2 {
		t.Errorf("a changed and a lost message are noticed as %v, %v", wrong, err)
	}
}
