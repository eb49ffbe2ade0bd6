package metaemu_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

func TestScriptsGoOnByThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		err := w.e.Play(metaemu.Script{
			Number: w.number.ID, Customer: w.mona.Digits, Start: time.Second, Again: time.Hour,
			Lines: []metaemu.Line{
				{Content: metaemu.Content{Text: "hello"}},
				{Phone: true, After: 10 * time.Second, Content: metaemu.Content{Text: "hello yourself"}},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		time.Sleep(2 * time.Hour)
		v, err := w.e.Phone(w.number.ID, "", 50)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range v.Chats[0].Messages {
			got = append(got, fmt.Sprint(m.From, " ", m.At.Sub(began)))
		}
		want := []string{"customer 1s", "business 11s", "customer 1h0m11s", "business 1h0m21s"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("who spoke when (-want +got):\n%s", diff)
		}
		if err := w.e.Play(metaemu.Script{Number: w.number.ID, Customer: w.mona.ID}); err == nil {
			t.Error("a script without lines was accepted")
		}
	})
}

func TestBooksForgetTheOldest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{KeepArrivals: 3, KeepDeliveries: 4, KeepMessages: 5, KeepBodies: 1}, metaemu.NumberSpec{})
		for i := range 10 {
			w.writes(fmt.Sprint(i))
			w.text(w.mona.Digits, "x")
			time.Sleep(time.Minute)
		}
		a, d := w.e.Arrivals(), w.e.Deliveries()
		if len(a) != 3 || a[2].Seq != 10 || len(d) != 4 {
			t.Errorf("%d arrivals up to %d and %d deliveries, want the last 3 up to 10 and the last 4", len(a), a[len(a)-1].Seq, len(d))
		}
		for _, x := range d {
			if x.Body != "" || x.State != "delivered" {
				t.Errorf("delivery %d is %s and keeps %d bytes, want none", x.ID, x.State, len(x.Body))
			}
		}
		if c := w.e.Counters(); c.Arrivals != 10 || c.Deliveries != 30 || c.Pending != 0 {
			t.Errorf("counters = %+v, want 10 arrivals and 30 deliveries", c)
		}
		if v, _ := w.e.Phone(w.number.ID, "", 50); len(v.Chats[0].Messages) != 5 {
			t.Errorf("%d messages kept, want 5", len(v.Chats[0].Messages))
		}
	})
}

// BenchmarkSend is the cost of one POST …/messages at Meta's door, without the
// network.
func BenchmarkSend(b *testing.B) {
	e := metaemu.New(metaemu.Config{PairEvery: 1, PairBurst: 1 << 20})
	n, err := e.CreateNumber(metaemu.NumberSpec{MPS: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	c, _ := e.CreateCustomer(metaemu.CustomerSpec{})
	if _, err := e.CustomerSend(c.ID, n.ID, metaemu.Content{Text: "hello"}); err != nil {
		b.Fatal(err)
	}
	body, _ := json.Marshal(obj{
		"messaging_product": "whatsapp", "to": "+" + c.Digits, "type": "text", "text": obj{"body": "Your table is booked for tonight"},
		"biz_opaque_callback_data": "v1.01JDXYZ0123456789ABCDEFGH.0123456789abcdef",
	})
	h := e.Handler()
	b.ReportAllocs()
	for b.Loop() {
		req := httptest.NewRequest(http.MethodPost, "/v25.0/"+n.ID+"/messages", bytes.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+n.Token)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, req)
		if rec.Code != http.StatusOK {
			b.Fatalf("HTTP %d %s", rec.Code, rec.Body)
		}
	}
}
