package memnet_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/memnet"
)

// serve runs an HTTP server on n until the test ends.
func serve(t *testing.T, n *memnet.Net, address string, h http.HandlerFunc) {
	t.Helper()
	l, err := n.Listen(address)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: h}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("Serve = %v, want %v", err, http.ErrServerClosed)
		}
	})
}

// TestRequestsTakeTheBubblesTime sends 200 requests one after another: 100 ms
// each way and 400 ms at the server make exactly two minutes.
func TestRequestsTakeTheBubblesTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New(memnet.Delay(func() time.Duration { return 100 * time.Millisecond }))
		serve(t, n, "graph.test:80", func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			time.Sleep(400 * time.Millisecond)
			w.Write(append([]byte("echo "), body...))
		})
		client := n.Client()
		defer client.CloseIdleConnections()
		start := time.Now()
		for range 200 {
			resp, err := client.Post("http://graph.test/v25.0/messages", "text/plain", strings.NewReader("مرحبا"))
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil || string(body) != "echo مرحبا" {
				t.Fatalf("body = %q, %v", body, err)
			}
		}
		if got, want := time.Since(start), 2*time.Minute; got != want {
			t.Errorf("200 requests took %v, want %v", got, want)
		}
	})
}

// TestConcurrentRequestsOnRandomRoads also moves bodies larger than the road
// holds.
func TestConcurrentRequestsOnRandomRoads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(7, 0))
		n := memnet.New(memnet.Delay(func() time.Duration { return time.Duration(rng.Int64N(int64(time.Second))) }))
		big := strings.Repeat("0123456789", 100_000)
		serve(t, n, "graph.test:80", func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
		client := n.Client()
		defer client.CloseIdleConnections()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				resp, err := client.Post("http://graph.test/", "text/plain", strings.NewReader(big))
				if err != nil {
					t.Error(err)
					return
				}
				defer resp.Body.Close()
				if body, err := io.ReadAll(resp.Body); err != nil || string(body) != big {
					t.Errorf("%d bytes came back, %v; want %d", len(body), err, len(big))
				}
			})
		}
		wg.Wait()
	})
}

func TestClientGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		serve(t, n, "graph.test:80", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		client := n.Client()
		defer client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://graph.test/", nil)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err = client.Do(req)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 30*time.Second {
			t.Errorf("Do = %v after %v, want a deadline after 30s", err, time.Since(start))
		}
	})
}

// pair returns the two ends of one connection.
func pair(t *testing.T, n *memnet.Net) (client, server net.Conn) {
	t.Helper()
	l, err := n.Listen("a.test:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan net.Conn, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			t.Error(err)
		}
		accepted <- c
	}()
	if client, err = n.Dial(t.Context(), "tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return client, <-accepted
}

func TestWritesStayInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		delays := []time.Duration{3 * time.Second, time.Second, 5 * time.Second}
		n := memnet.New(memnet.Delay(func() time.Duration {
			d := delays[0]
			delays = delays[1:]
			return d
		}))
		client, server := pair(t, n)
		start := time.Now()
		io.WriteString(client, "slow ")
		io.WriteString(client, "fast")
		client.Close()
		got, err := io.ReadAll(server)
		if err != nil || string(got) != "slow fast" || time.Since(start) != 5*time.Second {
			t.Errorf("read %q, %v after %v, want \"slow fast\" and its end after 5s", got, err, time.Since(start))
		}
	})
}

func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pair(t, memnet.New())
		start := time.Now()
		client.SetReadDeadline(start.Add(time.Minute))
		time.AfterFunc(30*time.Second, func() { client.SetReadDeadline(start.Add(2 * time.Minute)) })
		_, err := client.Read(make([]byte, 1))
		var ne net.Error
		if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &ne) || !ne.Timeout() {
			t.Errorf("Read = %v, want a timeout", err)
		}
		if got := time.Since(start); got != 2*time.Minute {
			t.Errorf("timed out after %v, want the moved deadline, 2m0s", got)
		}

		client.SetReadDeadline(time.Time{})
		io.WriteString(server, "x")
		if n, err := client.Read(make([]byte, 1)); n != 1 || err != nil {
			t.Errorf("Read after the deadline was lifted = %d, %v", n, err)
		}

		client.SetWriteDeadline(time.Now().Add(time.Second))
		n, err := client.Write(make([]byte, 1<<20)) // nobody reads
		if n == 0 || n == 1<<20 || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Write to a full road = %d, %v, want part of it and a timeout", n, err)
		}
	})
}

func TestClosing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		client, server := pair(t, n)
		go func() {
			time.Sleep(time.Second)
			client.Close()
		}()
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Read on a closed end = %v, want %v", err, net.ErrClosed)
		}
		if _, err := client.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Write on a closed end = %v, want %v", err, net.ErrClosed)
		}
		if _, err := server.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("Read from a closed peer = %v, want EOF", err)
		}
		if _, err := server.Write([]byte("x")); err == nil {
			t.Error("Write to a closed peer succeeded")
		}
	})
}

func TestAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := memnet.New()
		if _, err := n.Dial(t.Context(), "tcp", "nobody.test:80"); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("Dial(nobody) = %v, want %v", err, syscall.ECONNREFUSED)
		}
		l, err := n.Listen("a.test:80")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.Listen("a.test:80"); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("second Listen = %v, want %v", err, syscall.EADDRINUSE)
		}
		l.Close()
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Accept after Close = %v, want %v", err, net.ErrClosed)
		}
		again, err := n.Listen("a.test:80")
		if err != nil {
			t.Errorf("Listen after Close = %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := n.Dial(ctx, "tcp", "a.test:80"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Dial to a listener that never accepts = %v, want %v", err, context.DeadlineExceeded)
		}
		again.Close()
	})
}
