package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"wasl/internal/clock"
	"wasl/metaemu"
)

// people is how many customers the emulator's benchmark has.
const people = 2000

// Emulator measures Meta's side: how many sends a second it accepts, how many
// webhooks a second it delivers to a receiver that only says 200, each beside a
// bare HTTP server in the same run; and how its memory grows over many messages.
func (c Config) Emulator(ctx context.Context) error {
	fmt.Fprintf(c.Out, "\nThe emulator, %d senders; sender, emulator and receiver share this machine\n", senders(c))
	bodies := make([][]byte, c.Messages)
	for i := range bodies {
		bodies[i] = sendBody(i)
	}
	bare, err := load(senders(c), "/", bodies, nil, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // Only the road is measured.
		_, _ = w.Write([]byte(`{"success":true}`))
	}))
	if err != nil {
		return err
	}
	c.print("bare HTTP server that reads the body", bare)
	m, err := newMeta(ctx)
	if err != nil {
		return err
	}
	defer m.close()
	sent, err := load(senders(c), m.path, bodies, m.header, m.emulator.Handler())
	if err != nil {
		return err
	}
	c.print("sends accepted", sent)
	fmt.Fprintf(c.Out, "    = %.0f %% of the bare server\n", 100*sent.rate()/bare.rate())
	heard, err := m.deliver(ctx, c.Messages)
	if err != nil {
		return err
	}
	c.print("webhooks delivered", heard)
	fmt.Fprintf(c.Out, "    = %.0f %% of the bare server\n", 100*heard.rate()/bare.rate())
	return m.memory(ctx, c)
}

func senders(c Config) int { return c.Senders[len(c.Senders)-1] }

func sendBody(i int) []byte {
	return fmt.Appendf(nil, `{"messaging_product":"whatsapp","to":"9665111%05d","type":"text","text":{"body":"\u0645\u0631\u062d\u0628\u0627 %d"},"biz_opaque_callback_data":"w1.%026d"}`, i%people, i, i)
}

// meta is an emulator with one number, many customers with open windows, and
// a receiver that counts.
type meta struct {
	emulator *metaemu.Emulator
	number   metaemu.Number
	people   []metaemu.Customer
	heard    atomic.Int64
	header   http.Header
	path     string
	close    func()
}

func newMeta(ctx context.Context) (*meta, error) {
	m := &meta{}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	receiver := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // The books of the emulator hold it.
		m.heard.Add(1)
	})}
	go func() { _ = receiver.Serve(ln) }() // ends with close
	ctx, cancel := context.WithCancel(ctx)
	var run sync.WaitGroup
	m.close = func() {
		cancel()
		run.Wait()
		_ = receiver.Close()
	}
	m.emulator = metaemu.New(metaemu.Config{
		PairEvery: time.Nanosecond, KeepMessages: 100,
		Status: metaemu.StatusDelays{Sent: soon, Delivered: soon, Read: soon},
	})
	run.Go(func() { _ = m.emulator.Run(ctx) }) // fails only if it runs already
	if _, err := m.emulator.CreateApp(metaemu.AppSpec{Secret: secret, Callback: "http://" + ln.Addr().String() + "/"}); err != nil {
		m.close()
		return nil, fmt.Errorf("create app: %w", err)
	}
	if m.number, err = m.emulator.CreateNumber(metaemu.NumberSpec{MPS: 1 << 30}); err != nil {
		m.close()
		return nil, fmt.Errorf("create number: %w", err)
	}
	for i := range people {
		p, err := m.emulator.CreateCustomer(metaemu.CustomerSpec{Digits: fmt.Sprintf("9665111%05d", i)})
		if err == nil {
			_, err = m.emulator.CustomerSend(p.ID, m.number.ID, metaemu.Content{Text: "hello"})
		}
		if err != nil {
			m.close()
			return nil, fmt.Errorf("create customer: %w", err)
		}
		m.people = append(m.people, p)
	}
	m.header = http.Header{"Authorization": {"Bearer " + m.number.Token}, "Content-Type": {"application/json"}}
	m.path = "/v25.0/" + m.number.ID + "/messages"
	return m, nil
}

// deliver lets customers write and waits until the receiver has heard it all.
func (m *meta) deliver(ctx context.Context, n int) (result, error) {
	if err := m.quiet(ctx); err != nil {
		return result{}, err
	}
	start, cpu, before := clock.Now(), cpuTime(), m.heard.Load()
	for i := range n {
		if _, err := m.emulator.CustomerSend(m.people[i%people].ID, m.number.ID, metaemu.Content{Text: "hello"}); err != nil {
			return result{}, fmt.Errorf("customer writes: %w", err)
		}
	}
	for m.heard.Load() < before+int64(n) {
		if err := clock.Sleep(ctx, time.Millisecond); err != nil {
			return result{}, err
		}
	}
	return result{messages: n, took: clock.Now().Sub(start), cpu: cpuTime() - cpu}, nil
}

// soon is a delay of statuses that does not matter here.
var soon = metaemu.Delay{Min: time.Millisecond, Max: 10 * time.Millisecond}

// quiet waits until no webhook has come for a while: those about what was done
// before must not be counted.
func (m *meta) quiet(ctx context.Context) error {
	for last := int64(-1); last != m.heard.Load(); {
		last = m.heard.Load()
		if err := clock.Sleep(ctx, 300*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// memory prints the heap in use after more and more messages.
func (m *meta) memory(ctx context.Context, c Config) error {
	fmt.Fprintf(c.Out, "  memory in use, chats keep 100 messages:")
	total := 0
	for _, n := range c.Memory {
		for ; total < n; total++ {
			if total%20_000 == 0 {
				if err := m.quiet(ctx); err != nil {
					return err
				}
			}
			if _, err := m.emulator.CustomerSend(m.people[total%people].ID, m.number.ID, metaemu.Content{Text: "hello"}); err != nil {
				return fmt.Errorf("customer writes: %w", err)
			}
		}
		if err := m.quiet(ctx); err != nil {
			return err
		}
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		fmt.Fprintf(c.Out, "  %d MiB after %d", s.HeapAlloc>>20, n)
	}
	fmt.Fprintln(c.Out)
	return nil
}

// load posts every body once to a path over loopback HTTP.
func load(senders int, path string, bodies [][]byte, header http.Header, h http.Handler) (result, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return result{}, fmt.Errorf("listen: %w", err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(ln) }() // ends with Close below
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
	defer client.CloseIdleConnections()
	url := "http://" + ln.Addr().String() + path
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, senders)
	start, cpu := clock.Now(), cpuTime()
	for s := range senders {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(bodies) {
					return
				}
				if errs[s] = ask(client, url, header, bodies[i]); errs[s] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return result{messages: len(bodies), took: clock.Now().Sub(start), cpu: cpuTime() - cpu}, errors.Join(errs...)
}

func ask(client *http.Client, url string, header http.Header, body []byte) error {
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if header != nil {
		req.Header = header.Clone()
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %d: %.200s", res.StatusCode, answer)
	}
	return nil
}
