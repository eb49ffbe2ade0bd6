package cloudapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"wasl/internal/clock"
	"wasl/internal/cloudapi"
	"wasl/internal/outbox"
)

func client(t *testing.T, base string, transport http.RoundTripper) *cloudapi.Client {
	t.Helper()
	c, err := cloudapi.New(base, "v25.0", transport)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func post(body string) outbox.Post {
	return outbox.Post{PhoneNumberID: "106540352242922", Token: "secret", Body: []byte(body), Deadline: clock.Now().Add(5 * time.Second)}
}

func graphError(code int) string {
	return fmt.Sprintf(`{"error":{"message":"(#%d) Some title","type":"OAuthException","code":%d,"fbtrace_id":"x"}}`, code, code)
}

func TestAnswers(t *testing.T) {
	const wamid = `{"messaging_product":"whatsapp","contacts":[{"input":"+1","wa_id":"1"}],"messages":[{"id":"wamid.HBgM"}]}`
	type want struct {
		outcome outbox.Outcome
		effect  outbox.Effect
	}
	var (
		accepted  = want{outbox.Accepted, ""}
		inDoubt   = want{outbox.InDoubt, ""}
		refused   = want{outbox.Refused, ""}
		coolAll   = want{outbox.Again, outbox.CoolNumber}
		coolPair  = want{outbox.Again, outbox.CoolPair}
		stopAgain = want{outbox.Again, outbox.StopNumber}
	)
	tests := []struct {
		name string
		http int
		body string
		want want
	}{
		{"accepted", 200, wamid, accepted},
		{"accepted and held for its quality", 200, strings.Replace(wamid, `"}]}`, `","message_status":"held_for_quality_assessment"}]}`, 1), accepted},
		{"a receipt accepted", 200, `{"success":true}`, accepted},
		{"200 that says no", 200, `{"success":false}`, inDoubt},
		{"200 with nothing", 200, `{}`, inDoubt},
		{"200 with a page of a proxy", 200, `<html>`, inDoubt},
		{"200 cut off", 200, wamid[:60], inDoubt},
		{"200 with an id of another kind", 200, `{"messages":[{"id":"7"}]}`, inDoubt},
		{"200 with an error inside", 200, graphError(131047), inDoubt},
		{"a redirect", 307, ``, inDoubt},
		{"too fast", 400, graphError(130429), coolAll},
		{"too fast, as one provider documents it", 429, graphError(130429), coolAll},
		{"account too fast", 400, graphError(80007), coolAll},
		{"too fast for this contact", 400, graphError(131056), coolPair},
		{"token expired", 401, graphError(190), stopAgain},
		{"permission denied", 403, graphError(10), stopAgain},
		{"permission not granted", 403, graphError(200), stopAgain},
		{"permission not granted, last", 403, graphError(299), stopAgain},
		{"blocked for policy", 403, graphError(368), stopAgain},
		{"account locked", 403, graphError(131031), stopAgain},
		{"number not registered", 400, graphError(133010), stopAgain},
		{"payment missing", 400, graphError(131042), stopAgain},
		{"window closed", 400, graphError(131047), refused},
		{"undeliverable", 400, graphError(131026), refused},
		{"unsupported type", 400, graphError(131051), refused},
		{"invalid parameter", 400, graphError(100), refused},
		{"no such template", 404, graphError(132001), refused},
		{"kept for a healthy ecosystem", 400, graphError(131049), refused},
		{"experiment", 400, graphError(130472), refused},
		{"spam limit", 400, graphError(131048), refused},
		{"user ids not supported here", 400, graphError(131062), refused},
		{"something went wrong", 500, graphError(131000), inDoubt},
		{"something went wrong, called a 400", 400, graphError(131000), inDoubt},
		{"unavailable", 500, graphError(131016), inDoubt},
		{"maintenance", 500, graphError(131057), inDoubt},
		{"a permanent code, but 500", 500, graphError(131047), inDoubt},
		{"a throttling code, but 503", 503, graphError(130429), inDoubt},
		{"possible server error", 400, graphError(1), inDoubt},
		{"a code nobody has heard of", 400, graphError(987654), inDoubt},
		{"400 without an error object", 400, `nope`, inDoubt},
		{"400 without a code", 400, `{"error":{"message":"x"}}`, inDoubt},
		{"bad gateway", 502, `bad gateway`, inDoubt},
		{"429 of a proxy", 429, `slow down`, inDoubt},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			arrivals := 0
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				arrivals++
				if tt.http == 307 {
					w.Header().Set("Location", "/elsewhere")
				}
				w.WriteHeader(tt.http)
				_, _ = io.WriteString(w, tt.body)
			}))
			defer srv.Close()
			got := client(t, srv.URL, nil).Post(t.Context(), post(`{"type":"text"}`))
			if (want{got.Outcome, got.Effect}) != tt.want {
				t.Errorf("%d %s: %s, %q; want %s, %q", tt.http, tt.body, got.Outcome, got.Effect, tt.want.outcome, tt.want.effect)
			}
			if (got.Effect == outbox.StopNumber) != (got.Stop != "") {
				t.Errorf("stop reason %q for effect %q", got.Stop, got.Effect)
			}
			if !got.Answered || got.Unsent {
				t.Errorf("Answered = %v, Unsent = %v for an answer that came", got.Answered, got.Unsent)
			}
			if arrivals != 1 {
				t.Errorf("%d arrivals, want 1", arrivals)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	var got *http.Request
	var body []byte
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, `{"messages":[{"id":"wamid.A"}]}`)
	}))
	defer srv.Close()
	if a := client(t, srv.URL, nil).Post(t.Context(), post(`{"type":"text"}`)); a.WAMID != "wamid.A" {
		t.Errorf("WAMID = %q, want wamid.A", a.WAMID)
	}
	if want := "/v25.0/106540352242922/messages"; got.URL.Path != want || got.Method != http.MethodPost {
		t.Errorf("%s %s, want POST %s", got.Method, got.URL.Path, want)
	}
	if want := "Bearer secret"; got.Header.Get("Authorization") != want {
		t.Errorf("Authorization = %q, want %q", got.Header.Get("Authorization"), want)
	}
	for name := range got.Header {
		if strings.Contains(strings.ToLower(name), "idempotency") {
			t.Errorf("header %s: Go would send the message twice", name)
		}
	}
	if string(body) != `{"type":"text"}` {
		t.Errorf("body = %s", body)
	}
}

// TestNothingLeft: a failure before there is a connection is proof that nothing
// was sent.
func TestNothingLeft(t *testing.T) {
	refused := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("connection refused")
	}}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for name, c := range map[string]*cloudapi.Client{
		"nobody listens":      client(t, "http://graph.test", refused),
		"no TLS at that door": client(t, strings.Replace(plain.URL, "http:", "https:", 1), nil),
	} {
		a := c.Post(t.Context(), post(`{}`))
		if a.Outcome != outbox.Again || !a.Unsent {
			t.Errorf("%s: %+v, want again and unsent", name, a)
		}
	}
	late := post(`{}`)
	late.Deadline = clock.Now()
	if a := client(t, plain.URL, nil).Post(t.Context(), late); a.Outcome != outbox.Again || !a.Unsent {
		t.Errorf("after its deadline: %+v, want again and unsent", a)
	}
}

// TestHungAnswerIsInDoubt: the request arrived, the answer never comes.
func TestHungAnswerIsInDoubt(t *testing.T) {
	stop := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stop }))
	defer srv.Close()
	defer close(stop)
	p := post(`{}`)
	p.Deadline = clock.Now().Add(50 * time.Millisecond)
	a := client(t, srv.URL, nil).Post(t.Context(), p)
	if a.Outcome != outbox.InDoubt || a.Answered {
		t.Errorf("%+v, want in doubt and not answered", a)
	}
}

// TestCutAnswerIsInDoubt: the headers promise more than comes.
func TestCutAnswerIsInDoubt(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"messages":[{"id":"wamid.A"}]}`)
	}))
	defer srv.Close()
	if a := client(t, srv.URL, nil).Post(t.Context(), post(`{}`)); a.Outcome != outbox.InDoubt || !a.Answered {
		t.Errorf("%+v, want in doubt", a)
	}
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"messages":[{"id":"wamid.A"}],"x":"`+strings.Repeat("y", 2<<20)+`"}`)
	}))
	defer endless.Close()
	if a := client(t, endless.URL, nil).Post(t.Context(), post(`{}`)); a.Outcome != outbox.InDoubt {
		t.Errorf("an answer of 2 MB: %+v, want in doubt", a)
	}
}

// TestOneArrivalEach: a server hangs up on every second request of a
// connection, after reading it and before answering. Ten thousand requests make
// ten thousand arrivals, each once: the transport repeats nothing by itself.
func TestOneArrivalEach(t *testing.T) {
	const requests, workers = 10_000, 8
	var mu sync.Mutex
	arrivals := map[string]int{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serveAndHangUp(conn, func(id string) {
				mu.Lock()
				defer mu.Unlock()
				arrivals[id]++
			})
		}
	}()
	c := client(t, "http://"+l.Addr().String(), nil)
	outcomes := map[outbox.Outcome]int{}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < requests; i += workers {
				a := c.Post(t.Context(), post(fmt.Sprintf(`{"id":"%d"}`, i)))
				mu.Lock()
				outcomes[a.Outcome]++
				if a.Outcome == outbox.Again && arrivals[fmt.Sprint(i)] > 0 {
					t.Errorf("request %d arrived and was called unsent", i)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for id, n := range arrivals {
		if n > 1 {
			t.Fatalf("request %s arrived %d times", id, n)
		}
	}
	if outcomes[outbox.InDoubt] < requests/10 || outcomes[outbox.Accepted] < requests/10 {
		t.Errorf("outcomes %v: the server did not hang up as it should", outcomes)
	}
	t.Logf("outcomes %v", outcomes)
}

// serveAndHangUp answers the first request of a connection and reads the second.
func serveAndHangUp(conn net.Conn, arrived func(string)) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for n := range 2 {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		var body struct {
			ID string `json:"id"`
		}
		if json.NewDecoder(r.Body).Decode(&body) == nil {
			arrived(body.ID)
		}
		if n == 0 {
			const answer = `{"messages":[{"id":"wamid.A"}]}`
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(answer), answer)
		}
	}
}
