package httpapi_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wasl/internal/auth"
	"wasl/internal/chatimport"
	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/httpapi"
	"wasl/internal/media"
	"wasl/internal/outbox"
	"wasl/internal/platform"
	"wasl/internal/realtime"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

// world is a door over a real store, with one Business planted.
type world struct {
	storetest.Seed
	t     testing.TB
	api   *httpapi.API
	gate  *auth.Gate
	log   *bytes.Buffer
	meta  *meta
	vault media.Disk

	number  wa.NumberID
	contact wa.ContactID
	conv    wa.ConversationID
}

func newWorld(t testing.TB, change ...func(*httpapi.Config)) *world {
	t.Helper()
	return worldOn(t, storetest.SQLite(t), change...)
}

// onBoth runs a test over each database there is.
func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	storetest.Both(t, func(t *testing.T, open storetest.Open) { test(t, worldOn(t, open(t))) })
}

func worldOn(t testing.TB, opened storetest.Opened, change ...func(*httpapi.Config)) *world {
	t.Helper()
	w := &world{Seed: opened.Plant(t, "Riyadh Roastery"), t: t, log: &bytes.Buffer{}, meta: &meta{}, vault: media.Disk{Root: t.TempDir()}}
	w.number = w.Number("riyadh")
	w.contact = w.Contact("Ana", "966501112222")
	w.conv = w.Conversation(w.number, w.contact)
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.gate = auth.New(w.DB, auth.Config{})
	c := httpapi.Config{
		Gate: w.gate, Accounts: w.DB, Desk: w.DB, Chats: w.chats(log), Requests: w.DB, Journal: w.DB, Hub: realtime.NewHub(w.DB, log),
		Facts: platform.Known(), Outbox: &outbox.Box{Intake: w.DB, Facts: platform.Known()},
		Pace: func(n desk.Number, _ time.Time) httpapi.Pace {
			return httpapi.Pace{MPS: 20, Source: "test", From: "2025-11-21"}
		},
		Onboardings: &coexist.Mover{Graph: w.meta, Moves: w.DB, Facts: platform.Known(), Log: log}, Moves: w.DB, Phones: w.DB,
		Openings: &coexist.Lookout{Openings: w.DB, Facts: platform.Known(), Log: log}, Files: w.DB, Vault: w.vault, Scratch: t.TempDir(),
		Signup: httpapi.Signup{AppID: "1", ConfigID: "2", GraphVersion: "v25.0", SDKURL: "https://connect.facebook.net/en_US/sdk.js"}, SignupReady: true,
		PublicURL: "http://wasl.test", Log: log,
	}
	for _, f := range change {
		f(&c)
	}
	w.api = httpapi.New(c)
	return w
}

func (w *world) chats(log *slog.Logger) *chatimport.Importer {
	return &chatimport.Importer{Store: w.DB, Vault: w.vault, Facts: platform.Known(), Log: log}
}

// wrote plants a message of the customer that opens the window now.
func (w *world) wrote(text string, ago time.Duration, wamid wa.WAMID) wa.MessageID {
	w.t.Helper()
	return w.Say(storetest.Said{In: w.conv, Number: w.number, Contact: w.contact, At: clock.Now().Add(-ago).Truncate(time.Second), WAMID: wamid, Text: text})
}

// session plants a person and a session, and returns its token.
func (s seeded) session(email string, role auth.Role, operator bool) string {
	s.t.Helper()
	p, err := s.DB.CreatePerson(s.t.Context(), auth.NewPerson{
		Business: s.Business, Email: email, Name: "Name of " + email, Role: role, Operator: operator, PasswordHash: "-",
	}, clock.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	token := "ses_" + email
	hash := sha256.Sum256([]byte(token))
	err = s.DB.OpenSession(s.t.Context(), auth.NewSession{
		Hash: hash[:], Business: s.Business, Person: p, CreatedAt: clock.Now(), ExpiresAt: clock.Now().Add(auth.DefaultAbsolute),
	}, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

// seeded is a Business in which sessions and keys can be planted.
type seeded struct {
	storetest.Seed
	t    testing.TB
	gate *auth.Gate
}

func (w *world) seeded() seeded { return seeded{w.Seed, w.t, w.gate} }

func (w *world) session(email string, role auth.Role) string {
	w.t.Helper()
	return w.seeded().session(email, role, false)
}

func (s seeded) key(scopes ...auth.Scope) string {
	s.t.Helper()
	secret, _, err := s.gate.AddKey(s.t.Context(), s.Business, "key", scopes)
	if err != nil {
		s.t.Fatal(err)
	}
	return secret
}

// request is one call as a value; a token is sent as a cookie, a key as a bearer.
type request struct {
	method, path string
	body         string
	token, key   string
	header       map[string]string
	from         string // address, by default 192.0.2.1
}

type response struct {
	*http.Response
	body string
}

func (w *world) do(q request) response {
	w.t.Helper()
	r := httptest.NewRequest(q.method, "http://wasl.test"+q.path, strings.NewReader(q.body))
	if q.body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	if q.token != "" {
		r.AddCookie(&http.Cookie{Name: "wasl_session", Value: q.token})
	}
	if q.key != "" {
		r.Header.Set("Authorization", "Bearer "+q.key)
	}
	for k, v := range q.header {
		r.Header.Set(k, v)
	}
	if q.from != "" {
		r.RemoteAddr = q.from + ":1234"
	}
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	res := rec.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return response{res, string(body)}
}

// want fails unless the answer has a status, and reads its JSON.
func want[T any](t testing.TB, r response, status int) T {
	t.Helper()
	var v T
	if r.StatusCode != status {
		t.Fatalf("%d %s, want %d", r.StatusCode, r.body, status)
	}
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("answer %q: %v", r.body, err)
	}
	return v
}

// refused fails unless the answer is a problem with a status and code.
func refused(t testing.TB, r response, status int, code string) {
	t.Helper()
	p := want[httpapi.Problem](t, r, status)
	if p.Code != code || p.Status != status || r.Header.Get("Content-Type") != "application/problem+json" || p.Fix == "" {
		t.Errorf("problem %s (%s), want %s", r.body, r.Header.Get("Content-Type"), code)
	}
}
