package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/httpapi"
	"wasl/internal/platform"
	"wasl/internal/store"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

func replace(s string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(s) }

// TestBruteForce: guesses at one account are slowed down, and told when to come back.
func TestBruteForce(t *testing.T) {
	w := newWorld(t)
	w.member("sara@example.test", auth.Owner)
	for range 6 {
		refused(t, w.signIn("sara@example.test", "wrong password", "", ""), 401, "sign_in_refused")
	}
	r := w.signIn("sara@example.test", password, "", "")
	refused(t, r, 429, "too_many_attempts")
	if r.Header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After = %q, want 1", r.Header.Get("Retry-After"))
	}
	if strings.Contains(w.log.String()+r.body, "wrong password") {
		t.Errorf("a password is in the log")
	}
}

func TestHeaders(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/", "/v1/session", "/docs", "/healthz"} {
		h := w.do(request{method: "GET", path: path, header: map[string]string{"X-Request-Id": "mine-1"}}).Header
		policy := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'self'; script-src 'self';") || !strings.Contains(policy, "frame-ancestors 'none'") ||
			h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Request-Id") != "mine-1" {
			t.Errorf("%s: headers %v", path, h)
		}
	}
	for _, bad := range []string{"a b", strings.Repeat("x", 65), "a\"b", "ü"} {
		if got := w.do(request{method: "GET", path: "/healthz", header: map[string]string{"X-Request-Id": bad}}).Header.Get("X-Request-Id"); got == bad || got == "" {
			t.Errorf("request id %q was taken over as %q", bad, got)
		}
	}
}

func TestProblems(t *testing.T) {
	w := newWorld(t)
	token := w.session("sara@example.test", auth.Agent)
	for _, tt := range []struct {
		name         string
		q            request
		status       int
		code, detail string
	}{
		{"unknown path", request{method: "GET", path: "/v1/nothing"}, 404, "not_found", ""},
		{"unknown method", request{method: "PUT", path: "/v1/numbers"}, 404, "not_found", ""},
		{"limit too great", request{method: "GET", path: "/v1/conversations?limit=1000", token: token}, 400, "parameter_invalid", "limit: expected number <= 200"},
		{"limit no number", request{method: "GET", path: "/v1/conversations?limit=x", token: token}, 400, "parameter_invalid", "limit: "},
		{"handler of no such kind", request{method: "GET", path: "/v1/conversations?handler=cat", token: token}, 400, "parameter_invalid", "handler: "},
		{"cursor of nobody", request{method: "GET", path: "/v1/conversations?after=xyz", token: token}, 400, "parameter_invalid", "after: "},
		{"both ways at once", request{method: "GET", path: "/v1/conversations/" + string(w.conv) + "/messages?after=" + mark + "&before=" + mark, token: token}, 400, "parameter_invalid", "before, after: "},
		{"wamid missing", request{method: "GET", path: "/v1/messages", token: token}, 400, "parameter_invalid", "wamid: "},
		{"body too large", request{method: "POST", path: "/v1/messages", body: `{"to":"` + strings.Repeat("1", 300<<10) + `"}`, token: token}, 413, "body_too_large", ""},
		{"sign-in too large", request{method: "POST", path: "/v1/session", body: `{"email":"` + strings.Repeat("a", 9<<10) + `"}`}, 413, "body_too_large", ""},
		{"too large, with a key", request{method: "POST", path: "/v1/messages", body: strings.Repeat(" ", 300<<10), token: token, header: map[string]string{"Idempotency-Key": "k"}}, 413, "body_too_large", ""},
		{"another scheme", request{method: "GET", path: "/v1/numbers", header: map[string]string{"Authorization": "Basic eDp5"}}, 401, "key_unknown", ""},
		{"written to the screens", request{method: "POST", path: "/"}, 404, "not_found", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := w.do(tt.q)
			refused(t, r, tt.status, tt.code)
			if !strings.Contains(r.body, `"detail":"`+tt.detail) || !strings.Contains(r.body, `"type":"/docs/codes#`+tt.code+`"`) {
				t.Errorf("problem %s, want detail %q", r.body, tt.detail)
			}
		})
	}
	secret := `"password":"` + "hunter2 hunter2" + `"`
	if r := w.do(request{method: "POST", path: "/v1/session", body: `{"email":5,` + secret + `}`}); strings.Contains(r.body, "hunter2") {
		t.Errorf("a refusal quotes the password: %s", r.body)
	}
}

// mark is a cursor of the right shape.
const mark = "MXxpbnx4" // 1|in|x

// failing is a desk whose storage is gone.
type failing struct {
	httpapi.Desk
	err error
}

func (f failing) Conversation(context.Context, wa.BusinessID, wa.ConversationID) (desk.Conversation, error) {
	return desk.Conversation{}, f.err
}

// TestTrouble: what is our own trouble is told as such, with nothing of the cause.
func TestTrouble(t *testing.T) {
	for _, tt := range []struct {
		err    error
		status int
		code   string
	}{
		{errors.New("pq: canary in the database"), 500, "internal"},
		{errors.Join(store.ErrUnavailable, errors.New("canary on the disk")), 503, "storage_unavailable"},
		{context.Canceled, 503, "storage_unavailable"},
	} {
		w := newWorld(t, func(c *httpapi.Config) {
			c.Desk = failing{c.Desk, tt.err}
			c.Unavailable = func(err error) bool { return errors.Is(err, store.ErrUnavailable) }
		})
		r := w.do(request{method: "GET", path: "/v1/conversations/" + string(w.conv), token: w.session("sara@example.test", auth.Agent)})
		refused(t, r, tt.status, tt.code)
		if strings.Contains(r.body, "canary") {
			t.Errorf("the answer shows the cause: %s", r.body)
		}
	}
}

func TestHealth(t *testing.T) {
	broken := errors.New("canary: the disk is full")
	var state error
	w := newWorld(t, func(c *httpapi.Config) {
		c.Ready = []httpapi.Check{{Name: "disk", Test: func(context.Context) error { return state }}, httpapi.DiskSpace("/", 1)}
		c.Metrics = prometheus.NewRegistry()
	})
	if r := w.do(request{method: "GET", path: "/healthz"}); r.StatusCode != 200 {
		t.Errorf("healthz: %d", r.StatusCode)
	}
	if r := w.do(request{method: "GET", path: "/readyz"}); r.StatusCode != 200 {
		t.Errorf("readyz: %d %s", r.StatusCode, r.body)
	}
	state = broken
	if r := w.do(request{method: "GET", path: "/readyz"}); r.StatusCode != 503 || strings.Contains(r.body, "canary") {
		t.Errorf("readyz of a full disk: %d %s", r.StatusCode, r.body)
	}
	if err := httpapi.DiskSpace("/", 1<<62).Test(t.Context()); err == nil {
		t.Errorf("4 EiB are said to be free")
	}
	w.do(request{method: "GET", path: "/v1/contacts/cnt_secret"})
	r := w.do(request{method: "GET", path: "/metrics"})
	if !strings.Contains(r.body, `wasl_http_request_seconds_count{route="GET /v1/contacts/{id}",status="401"} 1`) || strings.Contains(r.body, "cnt_secret") {
		t.Errorf("metrics: %s", r.body)
	}
}

func TestDocs(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/docs": `<code>/v1/conversations/{id}/takeover</code>`, "/docs/codes": `<section id="window_closed">`, "/docs/style.css": "font",
		"/openapi.json": `"openapi": "3.1.0"`,
	} {
		r := w.do(request{method: "GET", path: path})
		if r.StatusCode != 200 || !strings.Contains(r.body, want) {
			t.Errorf("%s: %d, without %s", path, r.StatusCode, want)
		}
		if strings.Contains(r.body, "<script") || strings.Contains(r.body, "style=") || strings.Contains(r.body, "https://") && path != "/openapi.json" {
			t.Errorf("%s loads or runs something", path)
		}
	}
}

func TestWeb(t *testing.T) {
	w := newWorld(t, func(c *httpapi.Config) {
		c.Web = fstest.MapFS{
			"index.html": {Data: []byte("<title>Wasl")}, "assets/app-1234.js": {Data: []byte("run()")}, "icon.svg": {Data: []byte("<svg")},
		}
	})
	for _, tt := range []struct {
		path, body, cache, kind string
		status                  int
	}{
		{"/", "<title>Wasl", "no-cache", "text/html", 200},
		{"/conversations/con_1", "<title>Wasl", "no-cache", "text/html", 200},
		{"/assets/app-1234.js", "run()", "public, max-age=31536000, immutable", "text/javascript", 200},
		{"/icon.svg", "<svg", "no-cache", "image/svg+xml", 200},
		{"/assets/gone.js", "not_found", "no-store", "application/problem+json", 404},
		{"/gone.png", "not_found", "no-store", "application/problem+json", 404},
		{"/assets/../../etc/passwd", "", "", "", 307},
		{"/%2e%2e/%2e%2e/etc/passwd", "<title>Wasl", "no-cache", "text/html", 200},
	} {
		r := w.do(request{method: "GET", path: tt.path})
		if r.StatusCode != tt.status || tt.status != 307 && (!strings.Contains(r.body, tt.body) || r.Header.Get("Cache-Control") != tt.cache ||
			!strings.HasPrefix(r.Header.Get("Content-Type"), tt.kind)) {
			t.Errorf("%s: %d %v %q", tt.path, r.StatusCode, r.Header, r.body)
		}
	}
	without := newWorld(t)
	if r := without.do(request{method: "GET", path: "/"}); r.StatusCode != http.StatusNotFound || !strings.Contains(r.body, "without its screens") {
		t.Errorf("without screens: %d %s", r.StatusCode, r.body)
	}
}

// TestNumbers shows the shape of a Number, with and without a phone.
func TestNumbers(t *testing.T) {
	w := newWorld(t, func(c *httpapi.Config) { c.EmulatorURL = "http://127.0.0.1:8081" })
	token := w.session("sara@example.test", auth.Agent)
	w.Exec("UPDATE number SET alive_at = $1, alive_grade = 'weak', alive_kind = 'echo'", time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC).UnixMicro())
	r := w.do(request{method: "GET", path: "/v1/numbers/" + string(w.number), token: token})
	// The days are counted from today, whenever the test runs.
	life := coexist.LifeOf(coexist.Signs{Came: storetest.Noon}, clock.Now(), platform.Known().On(clock.Now()))
	wantBody := `{"id":"` + string(w.number) + `","phone_number_id":"pn-riyadh","waba_id":"waba-riyadh","display":"+966 50 111 2222","name":"riyadh",` +
		`"mode":"coexistence","stage":"live","stopped":"","heartbeat":{"last_at":"2026-11-22T09:00:00Z","evidence":"weak","kind":"echo",` +
		`"condition":"` + string(life.Condition) + `","sure_at":null,"sure_kind":null,"until":"2026-12-05T12:00:00Z","limit":"2026-12-06T12:00:00Z","days_left":` + strconv.Itoa(life.DaysLeft) + `,` +
		`"source":"Meta, Onboard WhatsApp Business app users: about 14 days without opening the app (coexistence-protocol §6.6)"},` +
		`"pace":{"mps":20,"source":"test","from":"2025-11-21"},"history_sync":{"state":"not_requested","progress":0}}` + "\n"
	if r.StatusCode != 200 || r.body != wantBody {
		t.Errorf("number %d\n%s want\n%s", r.StatusCode, r.body, wantBody)
	}
	w.Exec("UPDATE number SET mode = 'cloud'")
	if n := want[httpapi.Number](t, w.do(request{method: "GET", path: "/v1/numbers/" + string(w.number), token: token}), 200); n.Heartbeat != nil {
		t.Errorf("a number without a phone has the heartbeat %+v", n.Heartbeat)
	}
	s := want[httpapi.Session](t, w.do(request{method: "GET", path: "/v1/session", token: token}), 200)
	if s.Demo == nil || s.Demo.EmulatorURL != "http://127.0.0.1:8081" {
		t.Errorf("demo = %+v", s.Demo)
	}
}
