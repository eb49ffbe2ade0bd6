package crashtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"wasl/metaemu"
	"wasl/metaemu/witness"
)

// customers are the people whom the emulator plays and the API writes to.
const customers = 200

// world is everything outside of the platform: Meta with its Number, and the
// way by which webhooks reach the platform.
type world struct {
	t      *testing.T
	emu    *metaemu.Emulator
	graph  *httptest.Server
	number metaemu.Number
	people []metaemu.Customer
	relay  *relay
}

// newWorld makes a Number with customers. What Meta delivers goes through the
// relay, which delivers it until it is taken.
func newWorld(t *testing.T, o *oracle) *world {
	t.Helper()
	w := &world{t: t, relay: newRelay(o)}
	w.emu = metaemu.New(metaemu.Config{
		Seed: 11, Witness: witness.FromEnv(),
		Latency: metaemu.Latency{
			To:   metaemu.Delay{Min: time.Millisecond, Max: 10 * time.Millisecond},
			Back: metaemu.Delay{Min: time.Millisecond, Max: 25 * time.Millisecond},
		},
		Status: metaemu.StatusDelays{
			Sent:      metaemu.Delay{Min: 10 * time.Millisecond, Max: 80 * time.Millisecond},
			Delivered: metaemu.Delay{Min: 10 * time.Millisecond, Max: 120 * time.Millisecond},
			Read:      metaemu.Delay{Min: 10 * time.Millisecond, Max: 120 * time.Millisecond},
		},
	})
	w.graph = httptest.NewServer(w.emu.Handler())
	back := httptest.NewServer(w.relay)
	ctx, end := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := w.emu.Run(ctx); err != nil {
			t.Errorf("emulator: %v", err)
		}
	}()
	t.Cleanup(func() {
		end()
		<-done
		back.Close()
		w.graph.Close()
	})
	app, err := w.emu.CreateApp(metaemu.AppSpec{Secret: appSecret, Callback: back.URL, VerifyToken: verifyToken})
	if err != nil {
		t.Fatal(err)
	}
	if w.number, err = w.emu.CreateNumber(metaemu.NumberSpec{Country: "SA"}); err != nil {
		t.Fatal(err)
	}
	if w.number.App != app.ID {
		t.Fatalf("the number belongs to the app %s, want %s", w.number.App, app.ID)
	}
	specs := make([]metaemu.CustomerSpec, customers)
	for i := range specs {
		specs[i] = metaemu.CustomerSpec{Name: fmt.Sprintf("Customer %d", i), Country: "SA", ReadsAtOnce: i%3 == 0}
	}
	if w.people, err = w.emu.CreateCustomers(specs); err != nil {
		t.Fatal(err)
	}
	return w
}

// openWindows lets every customer write once.
func (w *world) openWindows() {
	w.t.Helper()
	for _, c := range w.people {
		if _, err := w.emu.CustomerSend(c.ID, w.number.ID, metaemu.Content{Text: "hello"}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// rested reports whether Meta has nothing more to say.
func (w *world) rested() bool {
	return w.emu.Counters().Pending == 0 && w.relay.waiting() == 0
}

// mail is a delivery that waits to be taken.
type mail struct {
	body      []byte
	signature string
}

// relay takes what Meta delivers and offers it to the posters. Its mutex guards
// the queue.
type relay struct {
	oracle *oracle
	client *http.Client
	mu     sync.Mutex
	queue  []mail
	road   int // taken and not yet delivered
}

func newRelay(o *oracle) *relay {
	return &relay{oracle: o, client: &http.Client{
		Timeout:   15 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
	}}
}

// ServeHTTP implements http.Handler.
func (r *relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	r.put(mail{body, req.Header.Get("X-Hub-Signature-256")})
}

func (r *relay) put(m mail) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue = append(r.queue, m)
}

// take returns the delivery that has waited longest.
func (r *relay) take() (mail, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.queue) == 0 {
		return mail{}, false
	}
	m := r.queue[0]
	r.queue = r.queue[1:]
	r.road++
	return m, true
}

func (r *relay) landed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.road--
}

func (r *relay) waiting() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.queue) + r.road
}

// post delivers once and returns the status, 0 if there was no answer.
func (r *relay) post(url string, m mail) int {
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(m.body))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Hub-Signature-256", m.signature)
	sum := r.oracle.posting(m.body)
	res, err := r.client.Do(req)
	status := 0
	if err == nil {
		_, _ = io.Copy(io.Discard, res.Body) // only the status counts
		_ = res.Body.Close()
		status = res.StatusCode
	}
	r.oracle.answered(sum, status)
	return status
}
