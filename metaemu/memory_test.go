package metaemu_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

// TestMemoryIsBounded: whatever a world holds is in its snapshot, so a snapshot
// that no longer grows shows that nothing does; over few customers and over ever
// new ones.
func TestMemoryIsBounded(t *testing.T) {
	to := map[string]func(w *world, i int) string{
		"few customers":  func(w *world, _ int) string { return w.mona.Digits },
		"many customers": func(_ *world, i int) string { return fmt.Sprintf("2011%07d9", i) },
	}
	for name, digits := range to {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, metaemu.Config{
					KeepArrivals: 50, KeepDeliveries: 50, KeepBodies: 20_000, KeepMessages: 20, KeepAllMessages: 50, KeepStrangers: 100, KeepBreaches: 50, DeliveryWorkers: 1,
				}, metaemu.NumberSpec{})
				yes := true
				if err := w.e.ChangeCustomer(w.mona.ID, metaemu.CustomerChange{ReadsAtOnce: &yes}); err != nil {
					t.Fatal(err)
				}
				size := func(from, until int) int {
					for i := from; i < until; i++ {
						w.writes("hello")
						w.text(digits(w, i), "answer")
						time.Sleep(7 * time.Second)
					}
					time.Sleep(time.Minute)
					var b bytes.Buffer
					if err := w.e.Save(&b); err != nil {
						t.Fatal(err)
					}
					return b.Len()
				}
				// The messaging limit remembers its 2,000 customers of a day.
				early, late := size(0, 2400), size(2400, 6000)
				// Running numbers have more digits later on, and how many strangers wait
				// to be forgotten differs by a tenth.
				if late > early*12/10 {
					t.Errorf("the world takes %d bytes after 2400 messages and %d after 6000, want about the same", early, late)
				}
				if got := len(w.e.Customers("", 0, 0)); got > 112 {
					t.Errorf("%d customers are kept, want at most 100, a tenth more, and Mona", got)
				}
				if c, err := w.e.Customer(w.mona.ID, 1000); err != nil || len(c.Chats) != 1 || len(c.Chats[0].Messages) > 20 {
					t.Errorf("Mona: %v, %d chats, want her chat with at most 20 messages", err, len(c.Chats))
				}
			})
		})
	}
}

// TestStrangerWhoWritesStays: a customer made by a send is forgotten for newer
// ones, but not once they have written.
func TestStrangerWhoWritesStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{KeepStrangers: 10}, metaemu.NumberSpec{})
		for i := range 40 {
			w.text(fmt.Sprintf("2011%08d", i), "x")
			time.Sleep(time.Second)
			if i == 1 {
				c, err := w.e.Customer("201100000001", 0)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := w.e.CustomerSend(c.ID, w.number.ID, metaemu.Content{Text: "hello"}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := w.e.Customer("201100000000", 0); err == nil {
			t.Error("the first of 40 is still there, want it forgotten")
		}
		if _, err := w.e.Customer("201100000001", 0); err != nil {
			t.Errorf("who has written is gone: %v", err)
		}
	})
}

// months lets sixty days with daily traffic pass and answers when what was said,
// as the webhooks tell it.
func months(t *testing.T, pass func(w *world)) (said []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, metaemu.NumberSpec{})
		if err := w.e.Play(metaemu.Script{
			Number: w.number.ID, Customer: w.mona.ID, Start: time.Hour, Again: 24*time.Hour - time.Minute, CatchUp: true,
			Lines: []metaemu.Line{
				{Content: metaemu.Content{Text: "good morning"}}, {Phone: true, After: time.Minute, Content: metaemu.Content{Text: "and to you"}},
			},
		}); err != nil {
			t.Fatal(err)
		}
		pass(w)
		time.Sleep(10 * time.Minute)
		var last time.Time
		for _, d := range w.e.Deliveries() {
			if d.At.Before(last) || d.State != "delivered" {
				t.Fatalf("delivery %d of %v is %s after one of %v, want all delivered, in order", d.ID, d.At, d.State, last)
			}
			last = d.At
		}
		for _, m := range append(w.hook.items(t, "messages", "messages"), w.hook.items(t, "smb_message_echoes", "message_echoes")...) {
			said = append(said, fmt.Sprint(m["timestamp"], m["text"]))
		}
		if events := w.account(); len(events) != 0 {
			t.Errorf("account updates = %v, want none: the phone was used every day", events)
		}
	})
	return said
}

// TestJumpOfMonthsSettlesInOrder: sixty days with daily traffic end alike,
// whether they are walked, or jumped over by days, or at once.
func TestJumpOfMonthsSettlesInOrder(t *testing.T) {
	const days = 60
	walked := months(t, func(*world) { time.Sleep(days * 24 * time.Hour) })
	if len(walked) != 2*days {
		t.Fatalf("%d lines were said in %d days, want two a day", len(walked), days)
	}
	for name, step := range map[string]time.Duration{"by days": 24 * time.Hour, "at once": days * 24 * time.Hour} {
		began := time.Now()
		jumped := months(t, func(w *world) {
			for range days * 24 * time.Hour / step {
				if err := w.e.Advance(step); err != nil {
					t.Fatal(err)
				}
			}
		})
		if !slices.Equal(walked, jumped) {
			t.Errorf("jumped %s, other things were said at other times: %v, want %v", name, jumped, walked)
		}
		t.Logf("%d days jumped %s settled in %v", days, name, time.Since(began).Round(time.Millisecond))
	}
}
