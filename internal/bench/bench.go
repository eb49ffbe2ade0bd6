// Package bench measures the way in: how many messages a second are kept, and
// how many applied, beside two yardsticks taken in the same run on the same
// machine, so that what it prints is a ratio and not a boast.
//
// The yardsticks: a bare HTTP server that only checks the signature and parses
// the body, and bare batched inserts of the same rows into the same database.
// Nobody can keep faster than the slower of the two.
package bench

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"wasl/internal/clock"
	"wasl/internal/ingest"
	"wasl/internal/seal"
	"wasl/internal/store"
	"wasl/internal/wa"
	"wasl/internal/webhook"
)

const (
	secret   = "bench-secret"
	phoneID  = "308811472206915"
	wabaID   = "275590018334460"
	contacts = 2000
)

// Config says what to measure.
type Config struct {
	Messages int    // per measurement
	Senders  []int  // how many send at once, one measurement each
	Database string // postgres://…, or empty for an SQLite file in a temporary folder
	Memory   []int  // after how many messages the emulator's memory is looked at
	Out      io.Writer
}

// Run measures and prints.
func Run(ctx context.Context, c Config) error {
	dir, err := os.MkdirTemp("", "wasl-bench-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(dir)
	bodies := make([][]byte, c.Messages)
	for i := range bodies {
		bodies[i] = body(i)
	}
	fmt.Fprintf(c.Out, "%d messages of %d bytes, one a request, from %d contacts; sender and server share this machine\n", c.Messages, len(bodies[0]), contacts)
	for _, n := range c.Senders {
		if err := c.measure(ctx, dir, n, bodies); err != nil {
			return err
		}
	}
	return nil
}

// measure is one run: yardsticks, kept, applied, and both at once.
func (c Config) measure(ctx context.Context, dir string, senders int, bodies [][]byte) error {
	fmt.Fprintf(c.Out, "\n%d sender(s)\n", senders)
	bare, err := c.post(senders, bodies, bareHandler())
	if err != nil {
		return err
	}
	c.print("bare HMAC and parse over HTTP", bare)
	h, err := newHouse(ctx, c.Database, filepath.Join(dir, fmt.Sprintf("inserts-%d.db", senders)))
	if err != nil {
		return err
	}
	inserts, err := h.bareInserts(ctx, bodies)
	if err = errors.Join(err, h.db.Close()); err != nil {
		return err
	}
	c.print("bare batched inserts of the same rows", inserts)
	yard := min(bare.rate(), inserts.rate())

	if h, err = newHouse(ctx, c.Database, filepath.Join(dir, fmt.Sprintf("kept-%d.db", senders))); err != nil {
		return err
	}
	defer h.db.Close()
	kept, err := c.post(senders, bodies, h.door)
	if err != nil {
		return err
	}
	c.print("kept (durable, then 200)", kept)
	fmt.Fprintf(c.Out, "    = %.0f %% of the slower yardstick\n", 100*kept.rate()/yard)
	applied, err := h.drain(ctx, len(bodies))
	if err != nil {
		return err
	}
	c.print("applied (row, body, conversation, journal), backlog 0", applied)
	fmt.Fprintf(c.Out, "    = %.0f %% of the bare inserts\n", 100*applied.rate()/inserts.rate())

	both, err := c.both(ctx, filepath.Join(dir, fmt.Sprintf("both-%d.db", senders)), senders, bodies)
	if err != nil {
		return err
	}
	c.print("kept and applied at once, until backlog 0", both)
	return nil
}

// both lets the reader work while the senders send.
func (c Config) both(ctx context.Context, path string, senders int, bodies [][]byte) (result, error) {
	h, err := newHouse(ctx, c.Database, path)
	if err != nil {
		return result{}, err
	}
	defer h.db.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stopped := make(chan error, 1)
	go func() { stopped <- h.reader.Run(ctx) }()
	start, cpu := clock.Now(), cpuTime()
	r, err := c.post(senders, bodies, h.door)
	if err != nil {
		return r, err
	}
	for {
		left, err := h.db.Kept(ctx, "", 1)
		if err != nil {
			return r, err
		}
		if len(left) == 0 {
			break
		}
		if err := clock.Sleep(ctx, time.Millisecond); err != nil {
			return r, err
		}
	}
	r.took, r.cpu = clock.Now().Sub(start), cpuTime()-cpu
	cancel()
	return r, <-stopped
}

// result is one measurement.
type result struct {
	messages int
	took     time.Duration
	cpu      time.Duration
	acks     []time.Duration // sorted; nil if nobody waited for an answer
}

func (r result) rate() float64 { return float64(r.messages) / r.took.Seconds() }

func (c Config) print(what string, r result) {
	fmt.Fprintf(c.Out, "  %-56s %7.0f/s  CPU %5.1f µs", what, r.rate(), float64(r.cpu.Microseconds())/float64(r.messages))
	if n := len(r.acks); n > 0 {
		fmt.Fprintf(c.Out, "  answer p50 %s p99 %s", r.acks[n/2].Round(10*time.Microsecond), r.acks[n*99/100].Round(10*time.Microsecond))
	}
	fmt.Fprintln(c.Out)
}

// post sends every body once, signed, over loopback HTTP.
func (c Config) post(senders int, bodies [][]byte, h http.Handler) (result, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return result{}, fmt.Errorf("listen: %w", err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(ln) }() // ends with Close below
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
	defer client.CloseIdleConnections()
	url := "http://" + ln.Addr().String() + "/webhooks/meta"
	signatures := make([]string, len(bodies))
	for i, b := range bodies {
		signatures[i] = sign(b)
	}
	acks := make([]time.Duration, len(bodies))
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	start, cpu := clock.Now(), cpuTime()
	for range senders {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(bodies) || failed.Load() != nil {
					return
				}
				t := clock.Now()
				if err := send(client, url, bodies[i], signatures[i]); err != nil {
					failed.Store(&err)
					return
				}
				acks[i] = clock.Now().Sub(t)
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return result{}, *err
	}
	r := result{messages: len(bodies), took: clock.Now().Sub(start), cpu: cpuTime() - cpu, acks: acks}
	slices.Sort(r.acks)
	return r, nil
}

func send(client *http.Client, url string, body []byte, signature string) error {
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Hub-Signature-256", signature)
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %d", res.StatusCode)
	}
	return nil
}

func sign(body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

// bareHandler is the first yardstick.
func bareHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("X-Hub-Signature-256") != sign(b) || len(webhook.Normalize(b).Events) != 1 {
			http.Error(w, "not as sent", http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusOK)
	})
}

// house is the part of Wasl that is measured.
type house struct {
	db     *store.DB
	door   *webhook.Handler
	reader *ingest.Reader

	business wa.BusinessID
}

func newHouse(ctx context.Context, database, path string) (*house, error) {
	s, err := seal.New(make([]byte, seal.KeySize))
	if err != nil {
		return nil, err
	}
	if database == "" {
		database = path
	}
	db, err := store.Open(ctx, store.Options{URL: database, Sealer: s})
	if err != nil {
		return nil, err
	}
	b, err := db.CreateBusiness(ctx, "Bench", clock.Now())
	if err != nil {
		return nil, err
	}
	if err := addNumber(ctx, db, b); err != nil {
		return nil, err
	}
	log := slog.New(slog.DiscardHandler)
	keeper := &ingest.Keeper{Store: db}
	door := &webhook.Handler{Apps: []webhook.App{{Name: "bench", Secret: secret}}, Keep: keeper.Keep, Kept: func() { db.Wake(ingest.TopicKept) }, Log: log}
	return &house{db: db, business: b, door: door, reader: &ingest.Reader{Store: db, Normalize: webhook.Normalize, Log: log}}, nil
}

// bareInserts is the second yardstick: the rows of the same messages, in
// batches, with nothing asked and nothing checked.
func (h *house) bareInserts(ctx context.Context, bodies [][]byte) (result, error) {
	start, cpu := clock.Now(), cpuTime()
	if err := h.db.BenchInserts(ctx, bodies, 512); err != nil {
		return result{}, err
	}
	return result{messages: len(bodies), took: clock.Now().Sub(start), cpu: cpuTime() - cpu}, nil
}

// drain applies what is kept until nothing is left.
func (h *house) drain(ctx context.Context, messages int) (result, error) {
	start, cpu := clock.Now(), cpuTime()
	for {
		n, err := h.reader.Round(ctx)
		if err != nil {
			return result{}, err
		}
		if n == 0 {
			return result{messages: messages, took: clock.Now().Sub(start), cpu: cpuTime() - cpu}, nil
		}
	}
}

// body is the i-th message, in Meta's shape.
func body(i int) []byte {
	c := i % contacts
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"%s","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550142077","phone_number_id":"%s"},"contacts":[{"profile":{"name":"\u0645\u0646\u0649 %d"},"wa_id":"9665%08d","user_id":"SA.88420177339%05d"}],"messages":[{"from":"9665%08d","from_user_id":"SA.88420177339%05d","id":"wamid.HBgMOTY2NTAwMDAwMDAxFQIAEhgUM0E5OTg4Nzc2NjU1%08d","timestamp":"%d","type":"text","text":{"body":"\u0645\u0631\u062d\u0628\u0627\u060c when do you open tomorrow? Message %d"}}]}}]}]}`,
		wabaID, phoneID, c, c, c, c, c, i, 1795000000+i/20, i)
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func addNumber(ctx context.Context, db *store.DB, b wa.BusinessID) error {
	_, err := db.AddNumber(ctx, store.NewNumber{Business: b, PhoneNumberID: phoneID, WABAID: wabaID, Display: "+1 555 014 2077", Mode: "coexistence", Token: []byte("bench")}, clock.Now())
	if err != nil {
		return fmt.Errorf("add number: %w", err)
	}
	return nil
}
