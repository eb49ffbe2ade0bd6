package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"time"

	"wasl/internal/clock"
	"wasl/metaemu"
)

// Long sends as many messages as the last of Memory through an emulator that is
// configured as it comes, and prints its memory on the way: first with a few
// customers who write and are answered, then with a new recipient for every
// message. Sends are handed to the handler and webhooks to a receiver in this
// process, so that the time goes into the emulator and not into sockets.
func (c Config) Long(ctx context.Context) error {
	fmt.Fprintf(c.Out, "\nThe emulator's memory over many messages, with its own defaults\n")
	for _, s := range []struct {
		name   string
		people int // 0: a new one for every message
	}{{"50 customers, who write and are answered", 50}, {"a new recipient for every message", 0}} {
		fmt.Fprintf(c.Out, "  %s\n", s.name)
		if err := c.long(ctx, s.people); err != nil {
			return err
		}
	}
	return nil
}

// deafEar takes every webhook and answers 200.
type deafEar struct{}

func (deafEar) RoundTrip(r *http.Request) (*http.Response, error) {
	_, _ = io.Copy(io.Discard, r.Body) // A string in memory.
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
}

func (c Config) long(ctx context.Context, people int) error {
	ctx, cancel := context.WithCancel(ctx)
	var run sync.WaitGroup
	defer run.Wait()
	defer cancel()
	e := metaemu.New(metaemu.Config{
		PairEvery: time.Nanosecond, HTTPClient: &http.Client{Transport: deafEar{}},
		Status: metaemu.StatusDelays{Sent: soon, Delivered: soon, Read: soon},
	})
	run.Go(func() { _ = e.Run(ctx) }) // fails only if it runs already
	if _, err := e.CreateApp(metaemu.AppSpec{Secret: secret, Callback: "http://receiver/"}); err != nil {
		return fmt.Errorf("create app: %w", err)
	}
	n, err := e.CreateNumber(metaemu.NumberSpec{MPS: 1 << 30})
	if err != nil {
		return fmt.Errorf("create number: %w", err)
	}
	if err := e.SetPortfolioRules(n.Portfolio, metaemu.PortfolioRules{Limit: "TIER_UNLIMITED"}); err != nil {
		return fmt.Errorf("lift the messaging limit: %w", err)
	}
	ids := make([]string, people)
	for i := range ids {
		p, err := e.CreateCustomer(metaemu.CustomerSpec{Digits: person(i)})
		if err != nil {
			return fmt.Errorf("create customer: %w", err)
		}
		ids[i] = p.ID
	}
	h, start, total := e.Handler(), clock.Now(), 0
	for _, mark := range c.Memory {
		for ; total < mark; total++ {
			if total%5000 == 0 {
				if err := settle(ctx, e); err != nil {
					return err
				}
			}
			if people > 0 && total%2 == 0 {
				_, err = e.CustomerSend(ids[total/2%people], n.ID, metaemu.Content{Text: "hello"})
			} else {
				to := total
				if people > 0 {
					to = total / 2 % people
				}
				err = hand(h, n, person(to))
			}
			if err != nil {
				return err
			}
		}
		if err := settle(ctx, e); err != nil {
			return err
		}
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		fmt.Fprintf(c.Out, "    %5d MiB in use after %8d messages, %v\n", s.HeapAlloc>>20, mark, clock.Now().Sub(start).Round(time.Second))
	}
	if k := e.Counters(); k.Dropped > 0 || k.Pending > 0 {
		return fmt.Errorf("%d webhooks were dropped and %d still wait: the figures are not of all messages", k.Dropped, k.Pending)
	}
	return nil
}

// person is a number that asks for no trouble: it ends in a 7 after a 7.
func person(i int) string { return fmt.Sprintf("9665%08d77", i) }

// hand hands one send to the emulator, past the network.
func hand(h http.Handler, n metaemu.Number, to string) error {
	body := `{"messaging_product":"whatsapp","to":"` + to + `","type":"text","text":{"body":"hello"}}`
	r := httptest.NewRequest(http.MethodPost, "/v25.0/"+n.ID+"/messages", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+n.Token)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return fmt.Errorf("a send to the emulator was answered %d: %.200s", w.Code, w.Body)
	}
	return nil
}

// settle waits until no webhook waits, twice in a row, because a status that has
// come may be followed by another.
func settle(ctx context.Context, e *metaemu.Emulator) error {
	for quiet, last := 0, int64(-1); quiet < 2; {
		if err := clock.Sleep(ctx, 12*time.Millisecond); err != nil {
			return err
		}
		k := e.Counters()
		if k.Pending == 0 && k.Deliveries == last {
			quiet++
			continue
		}
		quiet, last = 0, k.Deliveries
	}
	return nil
}
