package metaemu_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

func TestTwentyFirstArrivalInASecondIsABreach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		w.writes("hello")
		time.Sleep(2 * time.Second)
		for i := range 20 {
			time.Sleep(49 * time.Millisecond)
			if status, out := w.text(w.mona.Digits, fmt.Sprint(i)); status != http.StatusOK {
				t.Fatalf("arrival %d: HTTP %d %v, want 200", i+1, status, out)
			}
		}
		if got := w.e.Breaches(); len(got) != 0 {
			t.Fatalf("20 arrivals in a second: breaches %v, want none", got)
		}
		status, out := w.text(w.mona.Digits, "one too many")
		if status != 400 || code(out) != 130429 {
			t.Errorf("arrival 21: HTTP %d code %d, want 400 and 130429", status, code(out))
		}
		got := w.e.HardBreaches()
		if len(got) != 1 || got[0].Rule != "outbound" {
			t.Fatalf("hard breaches = %v, want one outbound", got)
		}
		for _, word := range []string{"arrival 21", "20 are allowed", "coexistence-protocol §6.1"} {
			if !strings.Contains(got[0].Sentence, word) {
				t.Errorf("sentence %q does not say %q", got[0].Sentence, word)
			}
		}
		if a := w.e.Arrivals(); len(a) != 21 || a[20].Code != 130429 || a[20].WAMID != "" || a[0].WAMID == "" {
			t.Errorf("book of arrivals does not tell what happened: %d entries, last %+v", len(a), a[len(a)-1])
		}
		time.Sleep(time.Second)
		if status, _ := w.text(w.mona.Digits, "later"); status != http.StatusOK {
			t.Errorf("a second later: HTTP %d, want 200", status)
		}
	})
}

func TestCustomersCountButAreNotTheSendersFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		for range 15 {
			w.writes("hello")
		}
		for i := range 5 {
			if status, _ := w.text(w.mona.Digits, "x"); status != http.StatusOK {
				t.Fatalf("message %d beside 15 from customers: HTTP %d, want 200", i+1, status)
			}
		}
		if _, out := w.text(w.mona.Digits, "x"); code(out) != 130429 {
			t.Errorf("15 in and 6 out: code %d, want 130429", code(out))
		}
		all, hard := w.e.Breaches(), w.e.HardBreaches()
		if len(all) != 1 || all[0].Rule != "combined" || len(hard) != 0 {
			t.Errorf("breaches = %v, hard = %v; want one combined and no hard one", all, hard)
		}
	})
}

func TestReadReceiptsAreNoMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		id := w.writes("hello")
		time.Sleep(2 * time.Second)
		for range 30 {
			status, out := w.send(obj{"status": "read", "message_id": id, "typing_indicator": obj{"type": "text"}})
			if status != http.StatusOK || out["success"] != true {
				t.Fatalf("read: HTTP %d %v, want success", status, out)
			}
		}
		if got := w.e.Breaches(); len(got) != 0 {
			t.Errorf("breaches = %v, want none", got)
		}
		v, err := w.e.Customer(w.mona.ID, 10)
		if err != nil {
			t.Fatal(err)
		}
		if ch := v.Chats[0]; ch.Messages[0].Status != "read" || !ch.Typing {
			t.Errorf("customer sees %q, typing %v; want read and typing", ch.Messages[0].Status, ch.Typing)
		}
		time.Sleep(26 * time.Second)
		if v, _ = w.e.Customer(w.mona.ID, 10); v.Chats[0].Typing {
			t.Error("still typing after 26 s, want 25")
		}
	})
}

func TestPairRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{PairBurst: 3, ThrottleHTTP: 429}, metaemu.NumberSpec{})
		w.writes("hello")
		for i := range 3 {
			if status, _ := w.text(w.mona.Digits, "x"); status != http.StatusOK {
				t.Fatalf("message %d: HTTP %d, want 200", i+1, status)
			}
		}
		status, out := w.text(w.mona.Digits, "x")
		if status != 429 || code(out) != 131056 {
			t.Errorf("message 4 at once: HTTP %d code %d, want 429 (as configured) and 131056", status, code(out))
		}
		got := w.e.HardBreaches()
		if len(got) != 1 || got[0].Rule != "pair" || !strings.Contains(got[0].Sentence, "cloud-api-protocol §6.1") {
			t.Errorf("hard breaches = %v, want one of the pair rate with its source", got)
		}
		time.Sleep(6 * time.Second)
		if status, _ := w.text(w.mona.Digits, "x"); status != http.StatusOK {
			t.Errorf("six seconds later: HTTP %d, want 200", status)
		}
	})
}

func TestSentinels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		open := func(digits string) string {
			t.Helper()
			c, err := w.e.CreateCustomer(metaemu.CustomerSpec{Digits: digits})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.e.CustomerSend(c.ID, w.number.ID, metaemu.Content{Text: "hi"}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			return digits
		}
		for _, c := range []int{131030, 130429, 131056} {
			if status, out := w.text(open(fmt.Sprintf("2010%06d", c)), "x"); status != 400 || code(out) != c {
				t.Errorf("recipient …%06d: HTTP %d code %d, want 400 and %d", c, status, code(out), c)
			}
		}
		for _, c := range []int{190, 100} {
			if status, out := w.text(open(fmt.Sprintf("2010%06d", c)), "x"); status < 400 || code(out) != c {
				t.Errorf("recipient …%06d: HTTP %d code %d, want an error with %d", c, status, code(out), c)
			}
		}
		if status, out := w.text(open("2010131026"), "x"); status != 200 || wamidOf(out) == "" {
			t.Errorf("recipient …131026: HTTP %d, want it accepted first", status)
		}
		if status, _ := w.text(open("2010000503"), "x"); status != 503 {
			t.Errorf("recipient …000503: HTTP %d, want 503", status)
		}
		if status, _ := w.text(open("2010000500"), "x"); status != 500 {
			t.Errorf("recipient …000500: HTTP %d, want 500", status)
		}
		lost := obj{"messaging_product": "whatsapp", "to": open("2010000408"), "text": obj{"body": "x"}}
		if status, _, err := w.try("POST", "/v25.0/"+w.number.ID+"/messages", w.number.Token, lost); err == nil {
			t.Errorf("recipient …000408: HTTP %d, want a lost answer", status)
		}
		time.Sleep(time.Minute)
		last := map[string]string{}
		for _, s := range w.hook.items(t, "messages", "statuses") {
			last[s["recipient_id"].(string)] = s["status"].(string)
		}
		want := map[string]string{"2010131026": "failed", "2010000500": "delivered", "2010000408": "delivered"}
		if len(last) != len(want) {
			t.Errorf("statuses for %v, want %v", last, want)
		}
		for digits, status := range want {
			if last[digits] != status {
				t.Errorf("last status of …%s = %q, want %q", digits[4:], last[digits], status)
			}
		}
	})
}

func TestSentinelSparesHonestNumbers(t *testing.T) {
	for _, digits := range []string{"201000000001", "966500000002", "447700900183", "15550142077", "12345"} {
		if code, ok := metaemu.Sentinel(digits); ok {
			t.Errorf("Sentinel(%s) = %d, want none", digits, code)
		}
	}
}
