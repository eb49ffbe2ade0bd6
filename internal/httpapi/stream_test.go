package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/auth"
	"wasl/internal/httpapi"
	"wasl/internal/memnet"
	"wasl/internal/store"
	"wasl/internal/wa"
)

// served runs the door on a network in memory.
func served(t *testing.T, w *world) *http.Client {
	t.Helper()
	n := memnet.New()
	l, err := n.Listen("wasl.test:80")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: w.api}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("Serve = %v", err)
		}
	})
	return n.Client()
}

// event is one event as a browser reads it.
type event struct{ id, name, data string }

// listener is a browser's stream.
type listener struct {
	res  *http.Response
	stop context.CancelFunc
	read *bufio.Scanner
}

func listen(t *testing.T, c *http.Client, token, query, lastID string) *listener {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://wasl.test/v1/stream"+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "wasl_session", Value: token})
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	res, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); res.Body.Close() })
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("stream: %d %v", res.StatusCode, res.Header)
	}
	return &listener{res: res, stop: stop, read: bufio.NewScanner(res.Body)}
}

// next returns the next event, or ok false at the end of the stream. What a browser
// does not tell its listeners is passed over.
func (l *listener) next() (e event, ok bool) {
	for l.read.Scan() {
		key, value, _ := strings.Cut(l.read.Text(), ": ")
		switch key {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			e.data = value
		case "":
			if e.data != "" {
				return e, true
			}
			e = event{}
		}
	}
	return event{}, false
}

// happen writes n entries to the journal of the world's Business.
func (w *world) happen(n int) {
	w.t.Helper()
	for range n {
		_, err := w.DB.AddNumber(context.Background(), store.NewNumber{
			Business: w.Business, PhoneNumberID: "pn-riyadh", WABAID: "waba-riyadh", Display: "+966 50 111 2222", Mode: "cloud",
		}, time.Now())
		if err != nil {
			w.t.Error(err)
		}
	}
}

func TestStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		token := w.session("sara@example.test", auth.Agent)
		c := served(t, w)
		l := listen(t, c, token, "?after=1", "")
		w.happen(1)
		got, ok := l.next()
		var e httpapi.Event
		if err := json.Unmarshal([]byte(got.data), &e); err != nil || !ok {
			t.Fatalf("event %+v, %v", got, err)
		}
		if got.id != "2" || got.name != "number.changed" || e.Seq != "2" || e.Kind != wa.NumberChangedKind || e.NumberID == nil ||
			*e.NumberID != string(w.number) || e.MessageID != nil || e.At.IsZero() {
			t.Errorf("event %+v", got)
		}
		refused(t, w.do(request{method: "GET", path: "/v1/stream?after=x", token: token}), 400, "parameter_invalid")
		refused(t, w.do(request{method: "GET", path: "/v1/stream"}), 401, "not_signed_in")
	})
}

// TestStreamResumes: a browser whose connection breaks again and again while
// entries are written sees each entry once, in order.
func TestStreamResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		token := w.session("sara@example.test", auth.Agent)
		c := served(t, w)
		const last = 120
		done := make(chan struct{})
		go func() {
			defer close(done)
			for n := 1; n < last; n += 7 {
				w.happen(7)
				time.Sleep(30 * time.Millisecond)
			}
		}()
		seen, lastID := 1, ""
		for connection := 0; seen < last; connection++ {
			// The browser keeps the query it began with, and says where it is in the header.
			l := listen(t, c, token, "?after=1", lastID)
			for range 1 + connection*3 {
				if seen == last {
					break
				}
				e, ok := l.next()
				if !ok {
					t.Fatalf("the stream ended by itself after %d", seen)
				}
				seen++
				if e.id != fmt.Sprint(seen) {
					t.Fatalf("got entry %s, want %d", e.id, seen)
				}
				lastID = e.id
			}
			l.stop()
		}
		<-done
	})
}

// TestStreamReload: a position that is not kept, or lies ahead, is answered by reload,
// and the stream goes on from the newest.
func TestStreamReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		token := w.session("sara@example.test", auth.Agent)
		c := served(t, w)
		w.happen(9)
		w.Exec("DELETE FROM journal WHERE business_id = $1 AND seq < 6", string(w.Business))
		for _, after := range []string{"2", "99"} {
			l := listen(t, c, token, "?after="+after, "")
			e, ok := l.next()
			if !ok || e.name != "reload" || e.id != "" {
				t.Errorf("after %s: %+v, want reload without an id", after, e)
			}
			newest := w.journalLength()
			w.happen(1)
			if e, ok = l.next(); !ok || e.id != fmt.Sprint(newest+1) {
				t.Errorf("after reload comes %+v, want entry %d", e, newest+1)
			}
			l.stop()
		}
		l := listen(t, c, token, "?after=5", "")
		if e, ok := l.next(); !ok || e.id != "6" {
			t.Errorf("after 5, the last that is gone: %+v, want entry 6", e)
		}
	})
}

// TestStreamEnds: when the session is closed or the person removed, the stream ends
// within 5 s, also while entries keep coming (reliability T15).
func TestStreamEnds(t *testing.T) {
	for _, busy := range []bool{false, true} {
		for name, end := range map[string]func(w *world, token string) error{
			"signed out": func(w *world, token string) error { return w.gate.SignOut(context.Background(), token) },
			"removed": func(w *world, _ string) error {
				people, err := w.DB.People(context.Background(), w.Business)
				if err != nil {
					return err
				}
				return w.DB.DisablePerson(context.Background(), w.Business, people[0].ID, time.Now())
			},
		} {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				token := w.session("sara@example.test", auth.Agent)
				l := listen(t, served(t, w), token, "", "")
				time.Sleep(17 * time.Second)
				if err := end(w, token); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				stop, stopped := make(chan struct{}), make(chan struct{})
				go func() {
					defer close(stopped)
					for busy {
						w.happen(1)
						select {
						case <-stop:
							return
						case <-time.After(200 * time.Millisecond):
						}
					}
				}()
				for ok := true; ok; {
					_, ok = l.next()
				}
				close(stop)
				<-stopped
				if took := time.Since(began); took > 5*time.Second {
					t.Errorf("%s, busy %v: the stream ended after %v, want at most 5s", name, busy, took)
				}
			})
		}
	}
}

// TestStreamKeepsSessionAlive: whoever only looks is not signed out for being idle,
// the connection is never silent for long, and it ends with the session.
func TestStreamKeepsSessionAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(c *httpapi.Config) { c.Gate = auth.New(c.Accounts, auth.Config{Idle: 10 * time.Minute}) })
		token := w.session("sara@example.test", auth.Agent)
		began, beats := time.Now(), 0
		w.Exec("UPDATE session SET expires_at = $1", began.Add(time.Hour).UnixMicro())
		l := listen(t, served(t, w), token, "", "")
		for last := began; l.read.Scan(); {
			if l.read.Text() != ": here" {
				continue
			}
			if pause := time.Since(last); pause > 16*time.Second {
				t.Fatalf("silent for %v", pause)
			}
			last = time.Now()
			beats++
		}
		lived := time.Since(began)
		if beats < 235 || lived < time.Hour-time.Second || lived > time.Hour+5*time.Second {
			t.Errorf("%d signs of life in %v, want 239 in the session's hour", beats, lived)
		}
		refused(t, w.do(request{method: "GET", path: "/v1/session", token: token}), 401, "not_signed_in")
	})
}

// TestStreamByRole: agents are not told what is about accounts.
func TestStreamByRole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		agent, admin := w.session("agent@example.test", auth.Agent), w.session("admin@example.test", auth.Admin)
		w.Exec("UPDATE journal SET kind = 'account.changed' WHERE business_id = $1", string(w.Business))
		w.happen(1)
		c := served(t, w)
		for token, want := range map[string]string{agent: "2", admin: "1"} {
			if e, ok := listen(t, c, token, "?after=0", "").next(); !ok || e.id != want {
				t.Errorf("first told %+v, want entry %s", e, want)
			}
		}
	})
}
