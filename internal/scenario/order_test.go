package scenario_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/internal/store/storetest"
)

// manner is a way in which the same deliveries may come.
type manner struct {
	name string
	come func(h *house, bodies [][]byte)
}

// manners are all the ways: Meta promises no order, repeats itself for days, and
// batches as it likes (coexistence-protocol §4.1).
func manners(t testing.TB, seeds uint64) []manner {
	out := []manner{
		{"alone, each applied before the next comes", func(h *house, bodies [][]byte) {
			for _, b := range bodies {
				h.post(b)
				h.settle()
			}
		}},
		{"all in one batch of many entries", func(h *house, bodies [][]byte) {
			h.post(batch(t, bodies))
			h.settle()
		}},
		{"one after the other, applied together", func(h *house, bodies [][]byte) {
			for _, b := range bodies {
				h.post(b)
			}
			h.settle()
		}},
		{"all at once", func(h *house, bodies [][]byte) {
			atOnce(h, bodies)
			h.settle()
		}},
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 7))
		out = append(out,
			manner{fmt.Sprintf("shuffled batch, seed %d", seed), func(h *house, bodies [][]byte) {
				h.post(batch(t, shuffled(r, bodies)))
				h.settle()
			}},
			manner{fmt.Sprintf("each five times, shuffled, seed %d", seed), func(h *house, bodies [][]byte) {
				for i, b := range shuffled(r, repeated(bodies, 5)) {
					h.post(b)
					if i%29 == 28 {
						h.settle()
					}
				}
				h.settle()
			}},
			manner{fmt.Sprintf("five shuffled batches, seed %d", seed), func(h *house, bodies [][]byte) {
				for range 5 {
					h.post(batch(t, shuffled(r, bodies)))
					h.applyLive()
				}
				h.settle()
			}},
			manner{fmt.Sprintf("history applied late, seed %d", seed), func(h *house, bodies [][]byte) {
				for _, b := range shuffled(r, bodies) {
					h.post(b)
					h.applyLive()
				}
				h.applyHistory()
			}},
		)
	}
	return out
}

// batch puts the entries of many bodies into one, byte for byte.
func batch(t testing.TB, bodies [][]byte) []byte {
	t.Helper()
	var entries [][]byte
	for _, b := range bodies {
		var one struct {
			Entry []json.RawMessage `json:"entry"`
		}
		if err := json.Unmarshal(b, &one); err != nil {
			t.Fatalf("make a batch: %v", err)
		}
		for _, e := range one.Entry {
			entries = append(entries, e)
		}
	}
	out := []byte(`{"object":"whatsapp_business_account","entry":[`)
	out = append(out, bytes.Join(entries, []byte(","))...)
	return append(out, "]}"...)
}

func shuffled(r *rand.Rand, in [][]byte) [][]byte {
	out := append([][]byte(nil), in...)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func repeated(in [][]byte, n int) [][]byte {
	var out [][]byte
	for range n {
		out = append(out, in...)
	}
	return out
}

// atOnce posts from 16 senders.
func atOnce(h *house, bodies [][]byte) {
	work := make(chan []byte)
	answers := make(chan int, len(bodies))
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for b := range work {
				answers <- h.deliver(b, sign(b))
			}
		})
	}
	for _, b := range bodies {
		work <- b
	}
	close(work)
	wg.Wait()
	close(answers)
	for status := range answers {
		if status != 200 {
			h.t.Fatalf("answer to a delivery = %d, want 200", status)
		}
		h.posted++
	}
}

// TestI3ThirdPartyPayloadsComeToTheSame: in whatever order, batch and number the
// third-party payloads come, on either database, the rows say the same in the
// end and nothing is lost.
func TestI3ThirdPartyPayloadsComeToTheSame(t *testing.T) {
	cases := payloads(t)
	bodies := make([][]byte, len(cases))
	for i, c := range cases {
		bodies[i] = c.body
	}
	comesToTheSame(t, bodies)
}

// comesToTheSame brings bodies in every manner on each database and compares.
func comesToTheSame(t *testing.T, bodies [][]byte) {
	t.Helper()
	var mu sync.Mutex
	first, who := "", ""
	t.Run("group", func(t *testing.T) {
		both(t, func(t *testing.T, open storetest.Open) {
			seeds := uint64(3)
			if strings.Contains(t.Name(), "postgres") {
				seeds = 1 // the orders are the same program; what may differ is the database
			}
			for _, m := range manners(t, seeds) {
				t.Run(m.name, func(t *testing.T) {
					h := openHouse(t, open)
					m.come(h, bodies)
					h.conserved()
					dump := h.canonical()
					mu.Lock()
					defer mu.Unlock()
					if first == "" {
						first, who = dump, t.Name()
						return
					}
					if diff := cmp.Diff(strings.Split(first, "\n"), strings.Split(dump, "\n")); diff != "" {
						t.Errorf("other rows than %q (-that +this):\n%s", who, diff)
					}
				})
			}
		})
	})
	if strings.Count(first, "\n") < len(bodies)/2 {
		t.Errorf("the dump has %d lines for %d deliveries: it compares nothing", strings.Count(first, "\n"), len(bodies))
	}
}
