package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"wasl/internal/clock"
	"wasl/internal/store"
	"wasl/internal/wa"
)

// Past says how much of the past to move in.
type Past struct {
	Messages int
	Threads  int
	Live     int // messages a second that come in meanwhile
	Seed     uint64
}

// senders of the past: Meta delivers several webhooks at once.
const pastSenders = 4

// MoveIn measures how fast a phone's past is taken in while messages keep coming,
// beside bare inserts of the same rows, and checks that afterwards everything
// stands as it was told and nothing has reacted to it.
func (c Config) MoveIn(ctx context.Context, k Past) error {
	dir, err := os.MkdirTemp("", "wasl-bench-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(dir)
	p := newPast(k.Messages, k.Threads, clock.Now(), rand.New(rand.NewPCG(k.Seed, 1)))
	fmt.Fprintf(c.Out, "\nMoving in: %d messages of %d days in %d threads, %d told in %d shuffled chunks (%d MiB), %d live messages a second meanwhile; seed %d\n",
		k.Messages, pastDays, k.Threads, p.told, len(p.chunks), p.bytes>>20, k.Live, k.Seed)
	bare, err := c.barePast(ctx, filepath.Join(dir, "bare.db"), p)
	if err != nil {
		return err
	}
	c.print("bare batched inserts of the same messages", bare)
	h, err := newHouse(ctx, c.Database, filepath.Join(dir, "past.db"))
	if err != nil {
		return err
	}
	defer h.db.Close()
	resetPeak()
	m := &moving{house: h, past: p, shape: k}
	if err := m.run(ctx); err != nil {
		return err
	}
	c.print("history told, until every chunk is applied", result{messages: p.told, took: m.took, cpu: m.cpu})
	distinct := float64(k.Messages) / m.took.Seconds()
	fmt.Fprintf(c.Out, "    = %.0f of them a second for the first time, %.0f %% of the bare inserts\n", distinct, 100*distinct/bare.rate())
	c.print("chunks kept (durable, then 200)", result{messages: len(p.chunks), took: m.kept, cpu: m.cpu, acks: m.chunkAcks})
	if n := len(m.liveAcks); n > 0 {
		fmt.Fprintf(c.Out, "  live messages meanwhile: %d, answer p50 %s p99 %s worst %s (from when each was due)\n", n,
			m.liveAcks[n/2].Round(10*time.Microsecond), m.liveAcks[n*99/100].Round(10*time.Microsecond), m.liveAcks[n-1].Round(10*time.Microsecond))
	}
	if peak, ok := peakMemory(); ok {
		fmt.Fprintf(c.Out, "  peak resident memory of this process, with what the sender holds: %d MiB\n", peak>>20)
	}
	wrong, err := m.check(ctx)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fmt.Errorf("the final state is wrong in %d ways: %w", len(wrong), errors.Join(wrong[:min(len(wrong), 20)]...))
	}
	fmt.Fprintf(c.Out, "  final state: %d messages, each once, with its time, thread, direction, status and text; no window, unread mark, hold, draft or entry for the past\n", len(p.want))
	return nil
}

// barePast is the yardstick.
func (c Config) barePast(ctx context.Context, path string, p *past) (result, error) {
	h, err := newHouse(ctx, "", path)
	if err != nil {
		return result{}, err
	}
	defer h.db.Close()
	rows := make([]store.BenchMessage, 0, len(p.want))
	for _, w := range slices.Sorted(maps.Keys(p.want)) {
		rows = append(rows, p.want[w])
	}
	start, cpu := clock.Now(), cpuTime()
	if err := h.db.BenchPast(ctx, rows, 512); err != nil {
		return result{}, err
	}
	return result{messages: len(rows), took: clock.Now().Sub(start), cpu: cpuTime() - cpu}, nil
}

// moving is one past on its way in.
type moving struct {
	*house
	past  *past
	shape Past

	took, kept, cpu     time.Duration
	chunkAcks, liveAcks []time.Duration // sorted

	mu sync.Mutex // guards liveAcks and failed
	// failed is the first answer that was not 200.
	failed error
}

func (m *moving) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var readers sync.WaitGroup
	defer readers.Wait()
	defer cancel()
	for _, run := range []func(context.Context) error{m.reader.Run, m.reader.RunHistory} {
		readers.Go(func() { _ = run(ctx) }) // both end with ctx, and with nil
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	srv := &http.Server{Handler: m.door, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(ln) }() // ends with Close below
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	url := "http://" + ln.Addr().String() + "/webhooks/meta"

	start, cpu := clock.Now(), cpuTime()
	stop := make(chan struct{})
	var live sync.WaitGroup
	live.Go(func() { m.converse(client, url, stop) })
	err = m.tell(client, url)
	m.kept = clock.Now().Sub(start)
	if err == nil {
		err = m.settled(ctx)
	}
	m.took, m.cpu = clock.Now().Sub(start), cpuTime()-cpu
	close(stop)
	live.Wait()
	if err == nil {
		err = m.settled(ctx)
	}
	slices.Sort(m.liveAcks)
	return errors.Join(err, m.failed)
}

// tell delivers the chunks, a few at once.
func (m *moving) tell(client *http.Client, url string) error {
	next := make(chan int)
	acks := make([]time.Duration, len(m.past.chunks))
	errs := make([]error, pastSenders)
	var wg sync.WaitGroup
	for s := range pastSenders {
		wg.Go(func() {
			for i := range next {
				t := clock.Now()
				if err := send(client, url, m.past.chunks[i], sign(m.past.chunks[i])); err != nil {
					errs[s] = err
				}
				acks[i] = clock.Now().Sub(t)
			}
		})
	}
	for i := range m.past.chunks {
		next <- i
	}
	close(next)
	wg.Wait()
	slices.Sort(acks)
	m.chunkAcks = acks
	return errors.Join(errs...)
}

// converse delivers live messages at a steady rate until stop, whether or not
// the earlier ones have been answered.
func (m *moving) converse(client *http.Client, url string, stop <-chan struct{}) {
	if m.shape.Live == 0 {
		return
	}
	var posts sync.WaitGroup
	defer posts.Wait()
	every := time.Second / time.Duration(m.shape.Live)
	due := clock.Now()
	for n := 0; ; n++ {
		body := m.past.liveBody(n, m.shape.Threads, clock.Now())
		at := due
		posts.Go(func() {
			err := send(client, url, body, sign(body))
			took := clock.Now().Sub(at)
			m.mu.Lock()
			defer m.mu.Unlock()
			m.liveAcks = append(m.liveAcks, took)
			m.failed = errors.Join(m.failed, err)
		})
		due = due.Add(every)
		t := clock.NewTimer(due.Sub(clock.Now()))
		select {
		case <-stop:
			t.Stop()
			return
		case <-t.C:
		}
	}
}

// settled waits until nothing is left to apply.
func (m *moving) settled(ctx context.Context) error {
	for {
		left, err := m.db.Kept(ctx, "", 1)
		if err != nil {
			return err
		}
		waits, err := m.db.HistoryWaits(ctx)
		if err != nil {
			return err
		}
		// One live message may be on its way at any time.
		if len(waits) == 0 && (len(left) == 0 || !bytes.Contains(left[0].Body, []byte(`"history"`))) {
			return nil
		}
		if err := clock.Sleep(ctx, 2*time.Millisecond); err != nil {
			return err
		}
	}
}

// resetPeak makes the kernel count the peak of memory from now on.
func resetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) } // elsewhere the peak is the whole run's, or unknown

// peakMemory is the most resident memory this process has had.
func peakMemory() (int64, bool) {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, false
	}
	for line := range bytes.Lines(raw) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			kib, err := strconv.ParseInt(string(bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte("kB")))), 10, 64)
			return kib << 10, err == nil
		}
	}
	return 0, false
}

// check holds what is stored against what was told.
func (m *moving) check(ctx context.Context) (wrong []error, err error) {
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	seen := make(map[wa.WAMID]bool, len(m.past.want))
	err = m.db.BenchMessages(ctx, m.business, func(got store.BenchMessage) {
		want, ok := m.past.want[got.WAMID]
		got.At, want.At = got.At.UTC(), want.At.UTC()
		switch {
		case !ok || seen[got.WAMID]:
			complain("message %s is there without having been told, or twice", got.WAMID)
		case got != want:
			complain("message is %+v, want %+v", got, want)
		}
		seen[got.WAMID] = true
	})
	if err != nil {
		return nil, err
	}
	if len(seen) != len(m.past.want) {
		complain("%d messages are there, want %d", len(seen), len(m.past.want))
	}
	live := map[string]bool{}
	for _, w := range m.past.want {
		if w.Provenance == wa.Live {
			live[w.Thread] = true
		}
	}
	told, err := m.db.BenchTold(ctx, m.business)
	if err != nil {
		return nil, err
	}
	added := told.Entries[string(wa.ContactChangedKind)]
	delete(told.Entries, string(wa.ContactChangedKind))
	delete(told.Entries, string(wa.NumberChangedKind)) // that it came in
	if added > int64(len(live)) {
		complain("the journal tells of %d new people, and %d wrote live", added, len(live))
	}
	want := map[string]int64{string(wa.HistoryChunkKind): int64(len(m.past.chunks)), string(wa.MessageReceived): int64(len(m.liveAcks))}
	maps.DeleteFunc(want, func(_ string, n int64) bool { return n == 0 })
	if !maps.Equal(told.Entries, want) {
		complain("the journal holds %v, want %v", told.Entries, want)
	}
	told.Entries = nil
	expected := store.BenchTold{Opened: int64(len(live)), Unread: int64(len(m.liveAcks)), Chunks: int64(len(m.past.chunks))}
	if fmt.Sprint(told) != fmt.Sprint(expected) {
		complain("counts are %+v, want %+v", told, expected)
	}
	return wrong, nil
}
