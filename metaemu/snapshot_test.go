package metaemu_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

// troubled is a configuration in which most of a story's choices are chance.
func troubled() metaemu.Config { return metaemu.Config{Seed: 11, DeliveryWorkers: 1} }

// beginning is a story that stops with much still to come: history chunks,
// statuses, retries, batches, a script, a phone on its way back, an inactivity
// check.
func beginning(t *testing.T, w *world) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(w.e.SetFaults(metaemu.Faults{Duplicates: 0.3, Reorder: 0.5, ReorderWithin: metaemu.Span(time.Hour), BatchSize: 3, BatchWait: metaemu.Span(time.Minute), SkipDelivered: 0.5}))
	yes := true
	must(w.e.ChangeCustomer(w.mona.ID, metaemu.CustomerChange{ReadsAtOnce: &yes}))
	_, err := w.e.PhoneLinkDevice(w.number.ID, "web")
	must(err)
	must(w.e.PhoneSettings(w.number.ID, metaemu.AppSettings{Greeting: "welcome"}))
	must(w.e.Play(metaemu.Script{Number: w.number.ID, Customer: w.mona.ID, Again: 5 * time.Hour, Lines: []metaemu.Line{
		{After: time.Second, Content: metaemu.Content{Text: "hello"}}, {Phone: true, After: time.Hour, Content: metaemu.Content{Type: "image", Text: "a picture"}},
	}}))
	if status, out := w.sync("history"); status != 200 {
		t.Fatalf("sync: HTTP %d %v", status, out)
	}
	w.hook.mu.Lock()
	w.hook.answer = func(n int) int {
		if n%3 == 0 {
			return 500
		}
		return 200
	}
	w.hook.mu.Unlock()
	for i := range 10 {
		w.writes(fmt.Sprint("before ", i))
		w.text(w.mona.Digits, fmt.Sprint("answer ", i))
		time.Sleep(700 * time.Millisecond)
	}
	must(w.e.PhoneChangeDevice(w.number.ID, true))
}

// rest goes on with a story and answers what the books then say.
func rest(t *testing.T, w *world) string {
	t.Helper()
	w.hook.mu.Lock()
	w.hook.answer = nil
	w.hook.mu.Unlock()
	time.Sleep(30 * time.Minute)
	for i := range 5 {
		w.writes(fmt.Sprint("after ", i))
		w.text(w.mona.Digits, fmt.Sprint("answer after ", i))
		time.Sleep(time.Hour)
	}
	time.Sleep(40 * 24 * time.Hour)
	var b strings.Builder
	for _, a := range w.e.Arrivals() {
		fmt.Fprintln(&b, a)
	}
	for _, d := range w.e.Deliveries() {
		fmt.Fprintln(&b, d)
	}
	bill, _ := json.Marshal(w.e.Invoice())
	fmt.Fprintln(&b, string(bill), w.e.Counters(), w.e.Breaches())
	return b.String()
}

// TestSnapshotGoesOnAlike: a world saved in the middle of a story and loaded
// into a fresh emulator ends with the same books as the one that went on.
func TestSnapshotGoesOnAlike(t *testing.T) {
	var saved bytes.Buffer
	var want, got string
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, troubled(), metaemu.NumberSpec{History: []byte("4000")})
		beginning(t, w)
		if err := w.e.Save(&saved); err != nil {
			t.Fatal(err)
		}
		want = rest(t, w)
	})
	synctest.Test(t, func(t *testing.T) {
		cfg := troubled()
		cfg.Seed = 99 // The snapshot's own seed counts.
		w := newWorld(t, cfg, metaemu.NumberSpec{})
		if err := w.e.Load(&saved); err != nil {
			t.Fatal(err)
		}
		w.number = w.e.State().Numbers[0]
		w.mona = w.e.Customers("201000000019", 1, 0)[0].Customer
		got = rest(t, w)
	})
	if want == got {
		return
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("the loaded world went another way from line %d on:\nwent on %s\nloaded  %s", i, a[i], b[i])
		}
	}
	t.Fatalf("the loaded world tells %d lines, want %d", len(b), len(a))
}

// TestSnapshotHoldsEverything: no part of a world is of a kind that a snapshot
// cannot hold. What is planned has plain arguments.
func TestSnapshotHoldsEverything(t *testing.T) {
	if list := metaemu.New(metaemu.Config{}).Unsavable(); len(list) > 0 {
		t.Errorf("no snapshot can hold %v: use plain values and pointers to structs", list)
	}
}

func TestSnapshotSavedTwiceIsTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, troubled(), metaemu.NumberSpec{History: []byte("50")})
		beginning(t, w)
		var first, second bytes.Buffer
		if err := w.e.Save(&first); err != nil {
			t.Fatal(err)
		}
		fresh := metaemu.New(metaemu.Config{})
		if err := fresh.Load(bytes.NewReader(first.Bytes())); err != nil {
			t.Fatal(err)
		}
		if err := fresh.Save(&second); err != nil {
			t.Fatal(err)
		}
		// The clocks of the two stand at the same moment of the bubble.
		if first.String() != second.String() {
			a, b := first.String(), second.String()
			i := 0
			for i < min(len(a), len(b)) && a[i] == b[i] {
				i++
			}
			t.Errorf("what was loaded is saved otherwise from byte %d on:\n%.300s\n%.300s", i, a[max(0, i-150):], b[max(0, i-150):])
		}
	})
}

func TestSnapshotRefused(t *testing.T) {
	rows := []struct{ name, doc, says string }{
		{"of a newer release", `{"wasl_emulator_snapshot":99}`, "newer release"},
		{"no snapshot", `{"hello":1}`, "no snapshot"},
		{"no JSON", `hello`, "no snapshot"},
		{"an unknown event", `{"wasl_emulator_snapshot":1,"world":{},"ready":null,"events":[{"at":"2026-01-01T00:00:00Z","deed":"tea","args":null}]}`, `"tea"`},
		{"an unknown part", `{"wasl_emulator_snapshot":1,"world":{"tea":1},"ready":null}`, `"tea"`},
		{"a place that does not exist", `{"wasl_emulator_snapshot":1,"world":{},"ready":[7]}`, "place"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			e := metaemu.New(metaemu.Config{})
			if _, err := e.CreateNumber(metaemu.NumberSpec{}); err != nil {
				t.Fatal(err)
			}
			err := e.Load(strings.NewReader(r.doc))
			if err == nil || !strings.Contains(err.Error(), r.says) {
				t.Errorf("Load = %v, want it to say %q", err, r.says)
			}
			if len(e.State().Numbers) != 1 {
				t.Error("the world changed although nothing was loaded")
			}
		})
	}
}

func TestSnapshotOverHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		w.writes("hello")
		res, err := w.client.Get("http://graph/_emulator/snapshot")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var saved bytes.Buffer
		if _, err := saved.ReadFrom(res.Body); err != nil {
			t.Fatal(err)
		}
		w.e.Reset()
		res, err = w.client.Post("http://graph/_emulator/snapshot", "application/json", &saved)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if c, err := w.e.Customer(w.mona.ID, 1); res.StatusCode != http.StatusOK || err != nil || len(c.Chats) != 1 {
			t.Errorf("HTTP %d, customer %+v, %v, want Mona and her chat back", res.StatusCode, c, err)
		}
	})
}
