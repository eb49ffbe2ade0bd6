package scenario_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wasl/internal/ingest"
	"wasl/internal/pgtest"
	"wasl/internal/store"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
	"wasl/internal/webhook"
)

// appSecret signs every delivery of these tests.
const appSecret = "test_app_secret"

// onboarded is when the Numbers of these tests joined: before anything the
// deliveries tell as live.
var onboarded = time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)

// numbers are the Numbers the deliveries are about: phone number id, WABA,
// display. Those of testdata/payloads come first, then those of ../shared.
var numbers = [][3]string{
	{"308811472206915", "275590018334460", "+1 555-014-2077"},
	{"308811472206916", "275590018334461", "+55 11 4000-1000"},
	{"1122334455667", "1234567890987654321", "+972 12 345 6789"},
	{"<BUSINESS_PHONE_NUMBER_ID>", "<WHATSAPP_BUSINESS_ACCOUNT_ID>", "+1 555-078-3999"},
	{"106540352242922", "102290129340398", "+1 555-078-3881"},
	{"770000000000001", "980198427658004", "+1 555-078-0001"},
	{"770000000000002", "1191624265890717", "+1 555-078-0002"},
	{"770000000000003", "184943124712545", "+1 555-078-0003"},
	{"770000000000004", "57438975935", "+1 555-078-0004"},
}

// A house is the whole first corridor: a door that speaks HTTP, the keeper, the
// store and the reader.
type house struct {
	t        testing.TB
	db       *store.DB
	raw      *sql.DB
	door     *webhook.Handler
	url      string
	business wa.BusinessID
	reader   *ingest.Reader
	posted   int // deliveries answered 200
}

// quick opens SQLite stores in memory's own file system where there is one: these
// tests ask what is written, not whether it survives a power cut.
func quick(t testing.TB) storetest.Opened {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "wasl-scenario-")
	if err != nil {
		return storetest.SQLite(t)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "wasl.db")
	db, err := store.Open(t.Context(), store.Options{URL: path, Sealer: storetest.Sealer(), Readers: 4})
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(func() { _ = db.Close() })
	raw, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatalf("open database: %v", err)
	}
	t.Cleanup(func() { _ = raw.Close() })
	return storetest.Opened{DB: db, Raw: raw}
}

// both runs a test on each database there is. On PostgreSQL the stores that open
// makes share one database, emptied each time, since to make one takes long;
// tests that use it must not run in parallel.
func both(t *testing.T, test func(t *testing.T, open storetest.Open)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, quick) })
	onPostgres(t, test)
}

// onPostgres runs a test on PostgreSQL alone; see [both].
func onPostgres(t *testing.T, test func(t *testing.T, open storetest.Open)) {
	t.Helper()
	t.Run("postgres", func(t *testing.T) {
		url := pgtest.Clone(t, "storetest", func(url string) error {
			db, err := store.Open(t.Context(), store.Options{URL: url, Sealer: storetest.Sealer()})
			if err != nil {
				return err
			}
			return db.Close()
		})
		test(t, func(t testing.TB) storetest.Opened { return emptied(t, url) })
	})
}

// emptied opens a store in a PostgreSQL database whose rows it deletes first.
func emptied(t testing.TB, url string) storetest.Opened {
	t.Helper()
	raw, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatalf("open database: %v", err)
	}
	t.Cleanup(func() { _ = raw.Close() })
	h := &house{t: t, raw: raw}
	var all strings.Builder
	for _, table := range h.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%goose%' AND tablename <> 'schema_floor'") {
		fmt.Fprintf(&all, "DELETE FROM %s;", table)
	}
	if _, err := raw.ExecContext(t.Context(), all.String()); err != nil {
		t.Fatalf("empty the database: %v", err)
	}
	db, err := store.Open(t.Context(), store.Options{URL: url, Sealer: storetest.Sealer(), Readers: 4})
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return storetest.Opened{DB: db, Raw: raw}
}

// openHouse opens a house with one Business that owns all [numbers].
func openHouse(t testing.TB, open storetest.Open) *house {
	t.Helper()
	o := open(t)
	h := &house{t: t, db: o.DB, raw: o.Raw}
	quiet := slog.New(slog.DiscardHandler)
	keeper := &ingest.Keeper{Store: o.DB}
	h.door = &webhook.Handler{Apps: []webhook.App{{Name: "app", Secret: appSecret}}, Keep: keeper.Keep, Log: quiet}
	h.reader = &ingest.Reader{Store: o.DB, Normalize: webhook.Normalize, Log: quiet}
	server := httptest.NewServer(h.door)
	t.Cleanup(server.Close)
	h.url = server.URL + "/webhooks/meta"
	var err error
	if h.business, err = o.DB.CreateBusiness(t.Context(), "Bakery", onboarded); err != nil {
		t.Fatalf("create business: %v", err)
	}
	for _, n := range numbers {
		_, err := o.DB.AddNumber(t.Context(), store.NewNumber{
			Business: h.business, PhoneNumberID: wa.PhoneNumberID(n[0]), WABAID: wa.WABAID(n[1]), Display: n[2], Name: n[0], Mode: "coexistence",
		}, onboarded)
		if err != nil {
			t.Fatalf("add number %s: %v", n[0], err)
		}
	}
	return h
}

func sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// post delivers a body as Meta would and fails the test unless the answer is 200.
func (h *house) post(body []byte) {
	h.t.Helper()
	if status := h.deliver(body, sign(body)); status != http.StatusOK {
		h.t.Fatalf("answer to a delivery = %d, want 200", status)
	}
	h.posted++
}

func (h *house) deliver(body []byte, signature string) int {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		h.t.Fatalf("make request: %v", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if signature != "" {
		req.Header.Set("X-Hub-Signature-256", signature)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatalf("post: %v", err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// settle lets the reader apply everything that is kept, live and history.
func (h *house) settle() {
	h.t.Helper()
	h.applyLive()
	h.applyHistory()
}

func (h *house) applyLive()    { h.t.Helper(); h.until(h.reader.Round) }
func (h *house) applyHistory() { h.t.Helper(); h.until(h.reader.HistoryRound) }

func (h *house) until(round func(context.Context) (int, error)) {
	h.t.Helper()
	for {
		n, err := round(h.t.Context())
		if err != nil {
			h.t.Fatalf("apply: %v", err)
		}
		if n == 0 {
			return
		}
	}
}

// canonical is the dump by which two houses are compared.
func (h *house) canonical() string {
	h.t.Helper()
	var b strings.Builder
	if err := h.db.Canonical(h.t.Context(), h.business, &b); err != nil {
		h.t.Fatalf("dump: %v", err)
	}
	return b.String()
}

// query returns the rows of a query as text, one line a row.
func (h *house) query(query string, args ...any) []string {
	h.t.Helper()
	rows, err := h.raw.QueryContext(h.t.Context(), query, args...)
	if err != nil {
		h.t.Fatalf("query: %v", err)
	}
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		h.t.Fatalf("query: %v", err)
	}
	var out []string
	for rows.Next() {
		cells := make([]any, len(cols))
		for i := range cells {
			cells[i] = new(any)
		}
		if err := rows.Scan(cells...); err != nil {
			h.t.Fatalf("scan: %v", err)
		}
		parts := make([]string, len(cells))
		for i, c := range cells {
			if v := *c.(*any); v != nil {
				if b, ok := v.([]byte); ok {
					v = string(b)
				}
				parts[i] = fmt.Sprint(v)
			}
		}
		out = append(out, strings.Join(parts, "|"))
	}
	if err := rows.Err(); err != nil {
		h.t.Fatalf("query: %v", err)
	}
	return out
}

// conserved checks that nothing got lost between the door and the rows (I3):
// every acknowledged delivery is there, none waits, and every item of it was
// applied, a duplicate, or set aside visibly.
func (h *house) conserved() {
	h.t.Helper()
	if got := h.query("SELECT COUNT(*) FROM delivery"); got[0] != fmt.Sprint(h.posted) {
		h.t.Errorf("deliveries kept = %s, acknowledged %d", got[0], h.posted)
	}
	if got := h.query("SELECT id FROM delivery WHERE state = 'kept'"); len(got) != 0 {
		h.t.Errorf("%d deliveries still wait", len(got))
	}
	if got := h.query("SELECT id, items, applied, duplicates, parked FROM delivery WHERE items <> applied + duplicates + parked"); len(got) != 0 {
		h.t.Errorf("deliveries whose items are not all accounted for: %q", got)
	}
	if got := h.query("SELECT id, state FROM inbound WHERE state = 'waiting'"); len(got) != 0 {
		h.t.Errorf("history still waits: %q", got)
	}
	h.gapless()
}

// gapless checks that the journal counts 1, 2, 3, … and as far as its counter.
func (h *house) gapless() {
	h.t.Helper()
	got := h.query("SELECT COUNT(*), COALESCE(MIN(seq), 0), COALESCE(MAX(seq), 0) FROM journal WHERE business_id = $1", string(h.business))
	last := h.query("SELECT last FROM journal_counter WHERE business_id = $1", string(h.business))
	want := fmt.Sprintf("%s|1|%s", last[0], last[0])
	if got[0] != want {
		h.t.Errorf("journal count|first|last = %s, want %s", got[0], want)
	}
}

// sharedPath is the folder of the fixtures nobody of this project wrote: beside
// the repository, or where WASL_SHARED says. The test is skipped without it.
func sharedPath(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("WASL_SHARED")
	if dir == "" {
		dir = filepath.Join(root(t), "..", "shared")
	}
	dir = filepath.Join(dir, "fixtures", "pywa")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no third-party fixtures: %s is not there (set WASL_SHARED to the folder that holds fixtures/)", dir)
	}
	return dir
}

// root is the folder of the repository.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("find working folder: %v", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = parent
	}
}
