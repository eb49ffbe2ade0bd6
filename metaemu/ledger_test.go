package metaemu_test

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

// fetch gets a file of the emulator's own side.
func (w *world) fetch(path string) (status int, kind, body string) {
	w.t.Helper()
	res, err := w.client.Get("http://graph/_emulator/" + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Content-Type"), string(raw)
}

// busy is a world whose books hold a little of everything.
func busy(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, metaemu.Config{Seed: 5, DeliveryWorkers: 1}, metaemu.NumberSpec{})
	if _, err := w.e.CreateNumber(metaemu.NumberSpec{}); err != nil {
		t.Fatal(err)
	}
	w.hook.answer = func(n int) int { return map[bool]int{true: 500, false: 200}[n == 1] }
	w.writes("hello")
	time.Sleep(time.Minute)
	w.send(obj{"to": w.mona.Digits, "type": "text", "text": obj{"body": "x"}, "biz_opaque_callback_data": "=HYPERLINK(\"x\")"})
	w.send(obj{"to": w.mona.Digits, "type": "text", "text": obj{}})
	time.Sleep(48 * time.Hour)
	w.text(w.mona.Digits, "too late")
	time.Sleep(time.Hour)
	return w
}

func TestBooksAsFiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := busy(t)
		rows := []struct {
			path string
			rows int // without the head
			has  string
		}{
			{"arrivals.csv", 3, `'=HYPERLINK(""x"")`},
			{"arrivals.csv?code=100", 1, "100"},
			{"arrivals.csv?limit=2", 2, ""},
			{"arrivals.csv?number=nobody", 0, "seq,at,number"},
			{"arrivals.csv?after=1", 2, ""},
			{"arrivals.csv?before=2000-01-02T00:00:00Z", 2, ""},
			{"breaches.csv", 1, "cloud-api-protocol §2.7"},
			{"breaches.csv?rule=pair", 0, ""},
			{"breaches.csv?hard=true", 0, ""},
			{"invoice.csv", 1, "service"},
			// Mona's message, tried twice; sent and delivered; failed.
			{"deliveries.csv", 5, "500"},
			{"deliveries.csv?state=pending", 0, ""},
			{"deliveries.csv?field=history", 0, ""},
		}
		for _, r := range rows {
			status, kind, body := w.fetch(r.path)
			got, err := csv.NewReader(strings.NewReader(body)).ReadAll()
			if status != 200 || !strings.HasPrefix(kind, "text/csv") || err != nil || len(got) != r.rows+1 {
				t.Errorf("%s: HTTP %d %s, %d rows, %v, want %d and a head\n%s", r.path, status, kind, len(got), err, r.rows, body)
			}
			if !strings.Contains(body, r.has) {
				t.Errorf("%s does not hold %q:\n%s", r.path, r.has, body)
			}
		}
		if status, _, body := w.fetch("arrivals.csv?limit=many"); status != 400 || !strings.Contains(body, "whole number") {
			t.Errorf("a wrong filter: HTTP %d %s, want 400 and a sentence", status, body)
		}
	})
}

func TestBooksAsLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := busy(t)
		for path, want := range map[string]int{"arrivals": 3, "breaches": 1, "deliveries": 4, "invoice": 1} {
			status, _, body := w.fetch(path + ".jsonl")
			lines := strings.Split(strings.TrimSpace(body), "\n")
			for _, l := range lines {
				if !json.Valid([]byte(l)) {
					t.Errorf("%s.jsonl has a line that is no JSON: %s", path, l)
				}
			}
			if status != 200 || len(lines) != want {
				t.Errorf("%s.jsonl: HTTP %d, %d lines, want %d", path, status, len(lines), want)
			}
		}
	})
}

func TestBookSumsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := busy(t)
		b := w.e.Book(metaemu.Filter{})
		if b.Counters != w.e.Counters() || b.Kept["arrivals"] != 3 || b.ArrivalsByCode["0"] != 2 || b.ArrivalsByCode["100"] != 1 || b.BreachesByRule["window"] != 1 ||
			b.DeliveriesState["delivered"] != 4 || b.TriesByHTTP["500"] != 1 || b.TriesByHTTP["200"] != 4 || b.UpdatesByField["messages"] != 4 || b.Invoiced != 1 {
			t.Errorf("book = %+v", b)
		}
		if b := w.e.Book(metaemu.Filter{Number: "nobody"}); b.Kept["arrivals"] != 0 || b.Invoiced != 0 {
			t.Errorf("book of nobody = %+v, want nothing kept", b)
		}
		if status, _, body := w.fetch("book"); status != 200 || !strings.Contains(body, `"tries_by_http":{"200":4,"500":1}`) {
			t.Errorf("HTTP %d %s", status, body)
		}
		if got := w.e.FindDeliveries(metaemu.Filter{AfterSeq: 2, Limit: 1}); len(got) != 1 || !slices.Equal(got[0].Fields, []string{"messages"}) {
			t.Errorf("deliveries = %+v, want the newest one", got)
		}
	})
}
