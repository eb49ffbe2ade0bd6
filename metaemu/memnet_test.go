package metaemu_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"wasl/metaemu"
	"wasl/metaemu/witness"
)

// memnet is a network in memory: hosts are names, connections are pipes. It
// works inside a synctest bubble, where real sockets do not.
type memnet struct {
	mu    sync.Mutex
	hosts map[string]*memListener
}

func (m *memnet) listen(host string) net.Listener {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hosts == nil {
		m.hosts = map[string]*memListener{}
	}
	l := &memListener{conns: make(chan net.Conn), done: make(chan struct{})}
	m.hosts[host] = l
	return l
}

func (m *memnet) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	host, _, _ := strings.Cut(addr, ":")
	m.mu.Lock()
	l := m.hosts[host]
	m.mu.Unlock()
	if l == nil {
		return nil, &net.OpError{Op: "dial", Err: io.ErrClosedPipe}
	}
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type memListener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (l *memListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
func (l *memListener) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *memListener) Addr() net.Addr { return &net.TCPAddr{} }

// world is an emulator on a memory network, with one number, one customer and
// a receiver of its webhooks.
type world struct {
	t      *testing.T
	e      *metaemu.Emulator
	client *http.Client
	number metaemu.Number
	mona   metaemu.Customer
	hook   *receiver
}

// receiver keeps webhooks and answers what it is told to.
type receiver struct {
	mu     sync.Mutex
	got    []hookCall
	answer func(n int) int // HTTP status of the nth call, from 1; nil: 200
	verify string
}

type hookCall struct {
	at        time.Time
	body      []byte
	signature string
}

func (h *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		q := r.URL.Query()
		if q.Get("hub.mode") != "subscribe" || q.Get("hub.verify_token") != h.verify {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, q.Get("hub.challenge"))
		return
	}
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	h.got = append(h.got, hookCall{time.Now(), body, r.Header.Get("X-Hub-Signature-256")})
	n, answer := len(h.got), h.answer
	h.mu.Unlock()
	if answer != nil {
		w.WriteHeader(answer(n))
	}
}

func (h *receiver) calls() []hookCall {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]hookCall(nil), h.got...)
}

// newWorld starts everything; it ends with the test, leaving no goroutine.
func newWorld(t *testing.T, cfg metaemu.Config, spec metaemu.NumberSpec) *world {
	t.Helper()
	net := &memnet{}
	tr := &http.Transport{DialContext: net.dial, MaxIdleConnsPerHost: 32}
	w := &world{t: t, client: &http.Client{Transport: tr}, hook: &receiver{verify: "v"}}
	cfg.HTTPClient, cfg.Witness = w.client, witness.FromEnv()
	w.e = metaemu.New(cfg)
	hook := &http.Server{Handler: w.hook}
	graph := &http.Server{Handler: w.e.Handler()}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	hookAt, graphAt := net.listen("hook"), net.listen("graph")
	wg.Go(func() { _ = hook.Serve(hookAt) })
	wg.Go(func() { _ = graph.Serve(graphAt) })
	wg.Go(func() {
		if err := w.e.Run(ctx); err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	})
	t.Cleanup(func() {
		cancel()
		_ = hook.Close()
		_ = graph.Close()
		tr.CloseIdleConnections()
		wg.Wait()
	})
	if _, err := w.e.CreateApp(metaemu.AppSpec{Secret: "s3cret", Callback: "http://hook/in", VerifyToken: "v"}); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.number, err = w.e.CreateNumber(spec); err != nil {
		t.Fatal(err)
	}
	if w.mona, err = w.e.CreateCustomer(metaemu.CustomerSpec{Name: "منى", Digits: "201000000019"}); err != nil {
		t.Fatal(err)
	}
	return w
}

// graph makes one call and answers the status and the body.
func (w *world) graph(method, path, token string, body any) (int, map[string]any) {
	w.t.Helper()
	status, out, err := w.try(method, path, token, body)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	return status, out
}

func (w *world) try(method, path, token string, body any) (int, map[string]any, error) {
	var rd io.Reader
	if body != nil {
		b, ok := body.(string)
		if !ok {
			raw, err := json.Marshal(body)
			if err != nil {
				w.t.Fatal(err)
			}
			b = string(raw)
		}
		rd = strings.NewReader(b)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://graph"+path, rd)
	if err != nil {
		w.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := w.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil, err
	}
	var out map[string]any
	if len(raw) > 0 && bytes.HasPrefix(raw, []byte("{")) {
		if err := json.Unmarshal(raw, &out); err != nil {
			w.t.Fatalf("%s %s answered no JSON: %s", method, path, raw)
		}
	}
	return res.StatusCode, out, nil
}

type obj = map[string]any

// send posts one message of the number.
func (w *world) send(body obj) (int, map[string]any) {
	w.t.Helper()
	body["messaging_product"] = "whatsapp"
	return w.graph("POST", "/v25.0/"+w.number.ID+"/messages", w.number.Token, body)
}

func (w *world) text(to, body string) (int, map[string]any) {
	w.t.Helper()
	return w.send(obj{"to": to, "type": "text", "text": obj{"body": body}})
}

// writes lets Mona write.
func (w *world) writes(text string) string {
	w.t.Helper()
	id, err := w.e.CustomerSend(w.mona.ID, w.number.ID, metaemu.Content{Text: text})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func code(out map[string]any) int {
	er, _ := out["error"].(map[string]any)
	n, _ := er["code"].(float64)
	return int(n)
}

func wamidOf(out map[string]any) string {
	list, _ := out["messages"].([]any)
	if len(list) == 0 {
		return ""
	}
	return list[0].(map[string]any)["id"].(string)
}

// changes is every change of every webhook received, in order: field and value.
func (h *receiver) changes(t *testing.T) (list []change) {
	t.Helper()
	for _, c := range h.calls() {
		var env struct {
			Object string `json:"object"`
			Entry  []struct {
				ID      string   `json:"id"`
				Time    int64    `json:"time"`
				Changes []change `json:"changes"`
			} `json:"entry"`
		}
		if err := json.Unmarshal(c.body, &env); err != nil {
			t.Fatalf("webhook is no JSON: %v\n%s", err, c.body)
		}
		if env.Object != "whatsapp_business_account" {
			t.Fatalf("object = %q", env.Object)
		}
		for _, en := range env.Entry {
			for _, ch := range en.Changes {
				ch.Entry, ch.Time = en.ID, en.Time
				list = append(list, ch)
			}
		}
	}
	return list
}

type change struct {
	Entry string
	Time  int64
	Field string         `json:"field"`
	Value map[string]any `json:"value"`
}

// items is every element of a list in the changes of one field.
func (h *receiver) items(t *testing.T, field, key string) (list []obj) {
	t.Helper()
	for _, c := range h.changes(t) {
		if c.Field != field {
			continue
		}
		elems, _ := c.Value[key].([]any)
		for _, el := range elems {
			list = append(list, el.(map[string]any))
		}
	}
	return list
}
