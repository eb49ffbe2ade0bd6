package metaemu_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

func TestFaultsHaveEffect(t *testing.T) {
	ten := func(w *world) {
		for i := range 10 {
			w.writes(fmt.Sprint(i))
		}
		time.Sleep(time.Minute)
	}
	answered := func(status, errCode int) func(*testing.T, *world) {
		return func(t *testing.T, w *world) {
			s, out := w.text(w.mona.Digits, "x")
			if s != status || code(out) != errCode {
				t.Errorf("HTTP %d code %d, want %d and %d", s, code(out), status, errCode)
			}
		}
	}
	accepted := func(t *testing.T, w *world, want int64) {
		t.Helper()
		if got := w.e.Counters().Accepted; got != want {
			t.Errorf("%d accepted, want %d", got, want)
		}
	}
	rows := []struct {
		name   string
		faults metaemu.Faults
		check  func(*testing.T, *world)
	}{
		{"duplicates", metaemu.Faults{Duplicates: 1}, func(t *testing.T, w *world) {
			ten(w)
			bodies := map[string]int{}
			for _, c := range w.hook.calls() {
				bodies[string(c.body)]++
			}
			for _, n := range bodies {
				if n != 2 {
					t.Errorf("a webhook came %d times, want twice", n)
				}
			}
		}},
		{"reorder", metaemu.Faults{Reorder: 0.5}, func(t *testing.T, w *world) {
			ten(w)
			var got []string
			for _, m := range w.hook.items(t, "messages", "messages") {
				got = append(got, m["text"].(map[string]any)["body"].(string))
			}
			if len(got) != 10 || slices.IsSorted(got) {
				t.Errorf("order = %v, want all ten in another order", got)
			}
		}},
		{"delay", metaemu.Faults{Delay: metaemu.Span(7 * time.Second)}, func(t *testing.T, w *world) {
			began := time.Now()
			ten(w)
			if d := w.hook.calls()[0].at.Sub(began); d != 7*time.Second {
				t.Errorf("first webhook after %v, want 7s", d)
			}
		}},
		{"batches", metaemu.Faults{BatchSize: 4}, func(t *testing.T, w *world) {
			ten(w)
			var sizes []int
			for _, d := range w.e.Deliveries()[1:] { // The first is the setting's own.
				sizes = append(sizes, len(d.Fields))
			}
			if !slices.Equal(sizes, []int{4, 4, 2}) || len(w.hook.items(t, "messages", "messages")) != 10 {
				t.Errorf("batches of %v, want 4, 4, 2 and nothing lost", sizes)
			}
		}},
		{"dropped statuses", metaemu.Faults{DropStatuses: 1}, func(t *testing.T, w *world) {
			answered(200, 0)(t, w)
			time.Sleep(time.Minute)
			if got := w.hook.items(t, "messages", "statuses"); len(got) != 0 {
				t.Errorf("statuses = %v, want none", got)
			}
		}},
		{"delivered skipped", metaemu.Faults{SkipDelivered: 1}, func(t *testing.T, w *world) {
			yes := true
			_ = w.e.ChangeCustomer(w.mona.ID, metaemu.CustomerChange{ReadsAtOnce: &yes})
			answered(200, 0)(t, w)
			time.Sleep(time.Minute)
			got := w.hook.items(t, "messages", "statuses")
			if len(got) != 2 || got[1]["status"] != "read" || got[1]["pricing"] == nil {
				t.Errorf("statuses = %v, want sent and a priced read", got)
			}
		}},
		{"error before", metaemu.Faults{ErrorBefore: 1}, func(t *testing.T, w *world) {
			answered(500, 131016)(t, w)
			accepted(t, w, 0)
		}},
		{"error after", metaemu.Faults{ErrorAfter: 1}, func(t *testing.T, w *world) {
			answered(500, 131000)(t, w)
			accepted(t, w, 1)
		}},
		{"throttled", metaemu.Faults{Throttled: 1}, func(t *testing.T, w *world) {
			answered(429, 130429)(t, w)
			accepted(t, w, 0)
		}},
		{"lost answers", metaemu.Faults{LostAnswers: 1}, func(t *testing.T, w *world) {
			_, _, err := w.try("POST", "/v25.0/"+w.number.ID+"/messages", w.number.Token,
				obj{"messaging_product": "whatsapp", "to": w.mona.Digits, "text": obj{"body": "x"}})
			if err == nil {
				t.Error("an answer came")
			}
			accepted(t, w, 1)
			if a := w.e.Arrivals(); !a[0].Lost || a[0].WAMID == "" {
				t.Errorf("book = %+v, want a lost answer with its wamid", a[0])
			}
		}},
		{"slow answers", metaemu.Faults{SlowAnswers: 1}, func(t *testing.T, w *world) {
			began := time.Now()
			answered(200, 0)(t, w)
			if d := time.Since(began); d != 10*time.Second {
				t.Errorf("answered after %v, want 10s", d)
			}
		}},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, metaemu.Config{Seed: 3, DeliveryWorkers: 1}, metaemu.NumberSpec{})
				if _, err := w.e.CustomerSend(w.mona.ID, "", metaemu.Content{Type: "image"}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
				w.hook.mu.Lock()
				w.hook.got = nil
				w.hook.mu.Unlock()
				if err := w.e.SetFaults(r.faults); err != nil {
					t.Fatal(err)
				}
				r.check(t, w)
			})
		})
	}
}

func TestFaultsAreChecked(t *testing.T) {
	e := metaemu.New(metaemu.Config{})
	for _, f := range []metaemu.Faults{{Duplicates: 1.5}, {LostAnswers: -1}, {BatchSize: 2000}} {
		if err := e.SetFaults(f); err == nil {
			t.Errorf("SetFaults(%+v) was accepted", f)
		}
	}
}

// story runs a little of everything and answers what the books say.
func story(t *testing.T, seed uint64) (told string) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{Seed: seed, DeliveryWorkers: 1}, metaemu.NumberSpec{History: []byte("30")})
		if err := w.e.SetFaults(metaemu.Faults{Duplicates: 0.3, Reorder: 0.3, DropStatuses: 0.1, ErrorAfter: 0.2, BatchSize: 3}); err != nil {
			t.Fatal(err)
		}
		w.sync("history")
		for i := range 20 {
			w.writes(fmt.Sprint(i))
			w.text(w.mona.Digits, fmt.Sprint(i))
			time.Sleep(time.Second)
		}
		time.Sleep(time.Hour)
		var b strings.Builder
		for _, a := range w.e.Arrivals() {
			fmt.Fprintln(&b, a)
		}
		for _, d := range w.e.Deliveries() {
			fmt.Fprintln(&b, d)
		}
		told = b.String()
	})
	return told
}

func TestSameSeedSameStory(t *testing.T) {
	first, second, other := story(t, 7), story(t, 7), story(t, 8)
	if first != second {
		a, b := strings.Split(first, "\n"), strings.Split(second, "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("the same seed told another story from line %d on:\n%s\n%s", i, a[i], b[i])
			}
		}
		t.Fatal("the same seed told a story of another length")
	}
	if first == other {
		t.Error("another seed told the same story")
	}
}
