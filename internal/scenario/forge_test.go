package scenario_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" // a forger may well use it
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wasl/internal/clock"
	"wasl/internal/store"
	"wasl/internal/store/storetest"
)

// forgery is one way of sending what Meta did not sign.
type forgery struct {
	name string
	make func(r *rand.Rand, body []byte) (sent []byte, headers []string)
}

// forgeries are the ways of reliability §4 T1.
var forgeries = []forgery{
	{"no header", func(_ *rand.Rand, b []byte) ([]byte, []string) { return b, nil }},
	{"sha1", func(_ *rand.Rand, b []byte) ([]byte, []string) {
		mac := hmac.New(sha1.New, []byte(appSecret))
		mac.Write(b)
		return b, []string{"sha1=" + hex.EncodeToString(mac.Sum(nil))}
	}},
	{"a flipped bit of the signature", func(r *rand.Rand, b []byte) ([]byte, []string) {
		sum, _ := hex.DecodeString(strings.TrimPrefix(sign(b), "sha256="))
		sum[r.IntN(len(sum))] ^= 1 << r.IntN(8)
		return b, []string{"sha256=" + hex.EncodeToString(sum)}
	}},
	{"a flipped bit of the body", func(r *rand.Rand, b []byte) ([]byte, []string) {
		s := sign(b)
		b = bytes.Clone(b)
		b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		return b, []string{s}
	}},
	{"a truncated signature", func(r *rand.Rand, b []byte) ([]byte, []string) {
		s := sign(b)
		return b, []string{s[:r.IntN(len(s))]}
	}},
	{"a truncated body", func(r *rand.Rand, b []byte) ([]byte, []string) { return b[:r.IntN(len(b))], []string{sign(b)} }},
	{"of another app", func(r *rand.Rand, b []byte) ([]byte, []string) {
		mac := hmac.New(sha256.New, fmt.Appendf(nil, "other_secret_%d", r.Uint64()))
		mac.Write(b)
		return b, []string{"sha256=" + hex.EncodeToString(mac.Sum(nil))}
	}},
	{"the body encoded anew", func(r *rand.Rand, b []byte) ([]byte, []string) {
		// The same JSON with other bytes: one more space somewhere between values.
		at := bytes.IndexByte(b[r.IntN(len(b)/2):], ':')
		return bytes.Replace(b, []byte(":"), []byte(": "), 1+at%3), []string{sign(b)}
	}},
	{"the header twice", func(_ *rand.Rand, b []byte) ([]byte, []string) { return b, []string{sign(b), sign(b)} }},
	{"two signatures in one", func(_ *rand.Rand, b []byte) ([]byte, []string) { return b, []string{sign(b) + "," + sign(b)} }},
}

// genuine is a body that Meta might send: emoji, letters as escapes and as
// themselves.
func genuine(r *rand.Rand, i int) []byte {
	texts := []string{`سلام`, `سلام 🙂`, `😮‍💨👩🏽‍🍳`, `plain`, `a\u0000b`, `\"quoted\" \\ back`}
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"275590018334460","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550142077","phone_number_id":"308811472206915"},"messages":[{"from":"4477009%05d","id":"wamid.G%d","timestamp":"%d","type":"text","text":{"body":"%s"}}]}}]}]}`,
		r.IntN(100000), i, 1794872300+i, texts[r.IntN(len(texts))])
}

// ask sends a request past the network.
func (h *house) ask(body []byte, headers []string) int {
	r := httptest.NewRequest(http.MethodPost, "/webhooks/meta", bytes.NewReader(body))
	for _, v := range headers {
		r.Header.Add("X-Hub-Signature-256", v)
	}
	w := httptest.NewRecorder()
	h.door.ServeHTTP(w, r)
	return w.Code
}

// TestT1ForgedRequests: of 10,000 forged requests none is accepted and no row of
// any table changes (I30); of 1,000 genuine ones all are.
func TestT1ForgedRequests(t *testing.T) {
	h := openHouse(t, quick)
	r := rand.New(rand.NewPCG(1, 30))
	before := h.rowCounts()
	for i := range 10_000 {
		f := forgeries[i%len(forgeries)]
		body, headers := f.make(r, genuine(r, i))
		if status := h.ask(body, headers); status != http.StatusUnauthorized {
			t.Fatalf("%s (%d) was answered %d, want 401", f.name, i, status)
		}
	}
	if after := h.rowCounts(); after != before {
		t.Errorf("rows changed from %s to %s", before, after)
	}
	if got := h.door.Counts.BadSignature.Load(); got != 10_000 {
		t.Errorf("counted %d bad signatures, want 10000", got)
	}
	for i := range 1_000 {
		b := genuine(r, i)
		if status := h.ask(b, []string{sign(b)}); status != http.StatusOK {
			t.Fatalf("a genuine request was answered %d, want 200", status)
		}
		h.posted++
	}
	h.settle()
	h.conserved()
	if got := h.query("SELECT COUNT(*) FROM message")[0]; got != "1000" {
		t.Errorf("%s messages of 1000 genuine requests", got)
	}
}

// rowCounts is how many rows each table has that a delivery could touch.
func (h *house) rowCounts() string {
	var out []string
	for _, table := range []string{
		"delivery", "delivery_body", "contact", "identity", "conversation", "message", "message_body", "message_version", "revocation", "reaction",
		"status_report", "notice", "history_chunk", "inbound", "journal", "attempt", "outbox_item",
	} {
		out = append(out, table+"="+h.query("SELECT COUNT(*) FROM " + table)[0])
	}
	return strings.Join(out, " ")
}

// TestT6TheNumberDecidesWhose: ids in the body other than the phone number id
// give nobody another Business's rows.
func TestT6TheNumberDecidesWhose(t *testing.T) {
	h := openHouse(t, quick)
	other, err := h.db.CreateBusiness(t.Context(), "Florist", onboarded)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(6, 6))
	if _, err := h.db.AddNumber(t.Context(), store.NewNumber{
		Business: other, PhoneNumberID: "777", WABAID: "666", Display: "+1 555-010-0000", Mode: "coexistence",
	}, onboarded); err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		b := genuine(r, i)
		// Under the WABA of the florist, with the number of the bakery.
		b = bytes.Replace(b, []byte(`"id":"275590018334460"`), []byte(`"id":"666"`), 1)
		if i%2 == 1 {
			// A number nobody knows does not fall back to the WABA.
			b = bytes.Replace(b, []byte(`"phone_number_id":"308811472206915"`), fmt.Appendf(nil, `"phone_number_id":"9%d"`, i), 1)
		}
		h.post(b)
	}
	h.settle()
	h.conserved()
	if got := h.query("SELECT COUNT(*) FROM message WHERE business_id = $1", string(h.business))[0]; got != "100" {
		t.Errorf("the bakery has %s messages, want its 100", got)
	}
	if got := h.query("SELECT COUNT(*) FROM message WHERE business_id = $1", string(other))[0]; got != "0" {
		t.Errorf("the florist has %s messages, want none", got)
	}
	if got := h.query("SELECT COUNT(*) FROM delivery WHERE state = 'parked'")[0]; got != "100" {
		t.Errorf("%s deliveries are set aside, want 100", got)
	}
}

// TestNothingIsAcknowledgedThatIsNotStored: while the database is closed, or
// only readable, or held by another, every answer is 503; afterwards nothing is
// there that was not acknowledged.
func TestNothingIsAcknowledgedThatIsNotStored(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 3))
	unstored := func(t *testing.T, h *house) {
		t.Helper()
		for i := range 20 {
			b := genuine(r, i)
			if status := h.deliver(b, sign(b)); status != http.StatusServiceUnavailable {
				t.Errorf("answer = %d, want 503", status)
				return
			}
		}
		if got := h.query("SELECT COUNT(*) FROM delivery")[0]; got != "0" {
			t.Errorf("%s deliveries are there that nobody acknowledged", got)
		}
	}
	t.Run("closed", func(t *testing.T) {
		both(t, func(t *testing.T, open storetest.Open) {
			h := openHouse(t, open)
			if err := h.db.Close(); err != nil {
				t.Fatal(err)
			}
			unstored(t, h)
		})
	})
	t.Run("only readable", func(t *testing.T) {
		// A file cannot be made so: root may write any. See "held by another".
		onPostgres(t, func(t *testing.T, open storetest.Open) {
			h := openHouse(t, open)
			name := h.query("SELECT current_database()")[0]
			h.exec("ALTER DATABASE " + name + " SET default_transaction_read_only = on")
			h.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
			unstored(t, h)
		})
	})
	t.Run("held by another", func(t *testing.T) {
		h := openHouse(t, quick)
		conn, err := h.raw.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
			t.Fatal(err)
		}
		b := genuine(r, 1)
		start := clock.Now()
		if status := h.deliver(b, sign(b)); status != http.StatusServiceUnavailable {
			t.Errorf("answer = %d, want 503", status)
		}
		if took := clock.Now().Sub(start); took > 9*time.Second {
			t.Errorf("the answer took %v, Meta has long given up", took)
		}
		if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		b = genuine(r, 2)
		if status := h.deliver(b, sign(b)); status != http.StatusOK {
			t.Errorf("afterwards the answer = %d, want 200", status)
		}
	})
}

func (h *house) exec(query string) {
	h.t.Helper()
	if _, err := h.raw.ExecContext(h.t.Context(), query); err != nil {
		h.t.Fatalf("%s: %v", query, err)
	}
}
