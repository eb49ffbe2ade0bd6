package webhook_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wasl/internal/ingest"
	"wasl/internal/webhook"
)

// keep is a store that remembers, or refuses.
type keep struct {
	got []ingest.Delivery
	err error
}

func (k *keep) Keep(_ context.Context, d ingest.Delivery) error {
	if k.err == nil {
		k.got = append(k.got, d)
	}
	return k.err
}

func handler(k *keep) *webhook.Handler {
	return &webhook.Handler{
		Apps:         []webhook.App{{Name: "old", Secret: "yesterday"}, {Name: "new", Secret: "today"}, {Name: "unset"}},
		VerifyTokens: []string{"", "open sesame", "second"},
		Keep:         k.Keep,
		Log:          slog.New(slog.DiscardHandler),
	}
}

func signed(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func deliver(h http.Handler, body []byte, signatures ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/webhooks/meta", bytes.NewReader(body))
	for _, s := range signatures {
		r.Header.Add("X-Hub-Signature-256", s)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHandshake(t *testing.T) {
	tests := []struct {
		name, query string
		status      int
		body        string
	}{
		{"the right token", "hub.mode=subscribe&hub.verify_token=open+sesame&hub.challenge=1158201444", 200, "1158201444"},
		{"another right token", "hub.mode=subscribe&hub.verify_token=second&hub.challenge=a%26b", 200, "a&b"},
		{"a challenge that looks like a page", "hub.mode=subscribe&hub.verify_token=second&hub.challenge=%3Cscript%3E", 200, "<script>"},
		{"no challenge", "hub.mode=subscribe&hub.verify_token=second", 200, ""},
		{"a wrong token", "hub.mode=subscribe&hub.verify_token=open&hub.challenge=1", 403, ""},
		{"an empty token, though an empty one is configured", "hub.mode=subscribe&hub.verify_token=&hub.challenge=1", 403, ""},
		{"no token", "hub.mode=subscribe&hub.challenge=1", 403, ""},
		{"another mode", "hub.mode=unsubscribe&hub.verify_token=second&hub.challenge=1", 403, ""},
		{"nothing", "", 403, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			handler(&keep{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/webhooks/meta?"+tt.query, nil))
			if w.Code != tt.status {
				t.Errorf("status = %d, want %d", w.Code, tt.status)
			}
			if tt.status != 200 {
				if strings.Contains(w.Body.String(), "hub.challenge") {
					t.Errorf("a refusal says %q", w.Body)
				}
				return
			}
			if got := w.Body.String(); got != tt.body {
				t.Errorf("body = %q, want %q", got, tt.body)
			}
			if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
				t.Errorf("content type = %q, want text/plain", got)
			}
			if got := w.Header().Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("X-Content-Type-Options = %q, want nosniff", got)
			}
		})
	}
}

func TestOtherMethodsAreNotAllowed(t *testing.T) {
	for _, method := range []string{"PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"} {
		w := httptest.NewRecorder()
		handler(&keep{}).ServeHTTP(w, httptest.NewRequest(method, "/webhooks/meta", nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, POST" {
			t.Errorf("%s: status %d, Allow %q; want 405 and \"GET, POST\"", method, w.Code, w.Header().Get("Allow"))
		}
	}
}

// TestSignature: vectors of cloud-api-protocol §5.2, several secrets at once, and
// every way of writing the header wrongly.
func TestSignature(t *testing.T) {
	body := []byte(`{"object":"whatsapp_business_account","entry":[]}`)
	good := signed("today", body)
	sum := strings.TrimPrefix(good, "sha256=")
	tests := []struct {
		name   string
		header []string
		app    string // "" means 401
	}{
		{"the secret in use", []string{good}, "new"},
		{"the secret before, during rotation", []string{signed("yesterday", body)}, "old"},
		{"no header", nil, ""},
		{"an empty one", []string{""}, ""},
		{"without the name of the hash", []string{sum}, ""},
		{"another hash's name", []string{"sha1=" + sum}, ""},
		{"the name in capitals", []string{"SHA256=" + sum}, ""},
		{"cut short", []string{good[:len(good)-2]}, ""},
		{"too long", []string{good + "00"}, ""},
		{"not hexadecimal", []string{"sha256=" + strings.Repeat("zz", 32)}, ""},
		{"of another app", []string{signed("tomorrow", body)}, ""},
		{"of the empty secret", []string{signed("", body)}, ""},
		{"of another body", []string{signed("today", append(body, ' '))}, ""},
		{"twice the same", []string{good, good}, ""},
		{"a wrong and a right one", []string{signed("tomorrow", body), good}, ""},
		{"two in one", []string{good + ", " + good}, ""},
		{"surrounded by spaces inside", []string{"sha256= " + sum}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := &keep{}
			h := handler(k)
			w := deliver(h, body, tt.header...)
			if tt.app == "" {
				if w.Code != 401 || len(k.got) != 0 || h.Counts.BadSignature.Load() != 1 {
					t.Errorf("status %d, kept %d, counted %d; want 401, 0, 1", w.Code, len(k.got), h.Counts.BadSignature.Load())
				}
				return
			}
			if w.Code != 200 || len(k.got) != 1 {
				t.Fatalf("status %d, kept %d; want 200 and 1", w.Code, len(k.got))
			}
			d := k.got[0]
			if d.App != tt.app || !bytes.Equal(d.Body, body) || d.SHA256 != sha256.Sum256(body) || d.ID == "" || d.ReceivedAt.IsZero() {
				t.Errorf("kept %+v, want the body as it came, of app %q, with id and time", d, tt.app)
			}
		})
	}
}

func TestL27SignatureVectors(t *testing.T) {
	for body, sum := range map[string]string{
		`{"object":"whatsapp_business_account","entry":[]}`:                         "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
		`{"object":"whatsapp_business_account","entry":[{"id":"1","note":"سلام"}]}`: "826d65d37e57cf01da6c883fb077da887a7300d6b48f96b139ae38e2560bf361",
	} {
		k := &keep{}
		h := &webhook.Handler{Apps: []webhook.App{{Name: "a", Secret: "test_app_secret"}}, Keep: k.Keep, Log: slog.New(slog.DiscardHandler)}
		if w := deliver(h, []byte(body), "sha256="+sum); w.Code != 200 {
			t.Errorf("a verified vector was answered %d, want 200", w.Code)
		}
	}
}

func TestBodyLimit(t *testing.T) {
	for _, tt := range []struct {
		name   string
		size   int
		length bool // the request says its length
		status int
	}{
		{"at the limit", 1000, true, 200},
		{"at the limit, length unsaid", 1000, false, 200},
		{"a byte above", 1001, true, 413},
		{"a byte above, length unsaid", 1001, false, 413},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := &keep{}
			h := handler(k)
			h.Limit = 1000
			body := bytes.Repeat([]byte("x"), tt.size)
			r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
			r.Header.Set("X-Hub-Signature-256", signed("today", body))
			if !tt.length {
				r.ContentLength = -1
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tt.status {
				t.Errorf("status = %d, want %d", w.Code, tt.status)
			}
			if large := h.Counts.TooLarge.Load(); (large == 1) != (tt.status == 413) || (len(k.got) == 1) != (tt.status == 200) {
				t.Errorf("counted %d as too large and kept %d", large, len(k.got))
			}
		})
	}
	if webhook.DefaultLimit < 4<<20 {
		t.Errorf("the default limit is %d, Meta sends up to 3 MB", webhook.DefaultLimit)
	}
}

func TestBodyThatDoesNotArriveWholeIsAskedForAgain(t *testing.T) {
	k := &keep{}
	r := httptest.NewRequest(http.MethodPost, "/", io.MultiReader(strings.NewReader("half"), errReader{}))
	r.ContentLength = 100
	r.Header.Set("X-Hub-Signature-256", signed("today", []byte("half")))
	w := httptest.NewRecorder()
	handler(k).ServeHTTP(w, r)
	if w.Code != 503 || len(k.got) != 0 {
		t.Errorf("status %d, kept %d; want 503 and nothing", w.Code, len(k.got))
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errors.New("the connection broke") }

// TestStorageTroubleIs503: what could not be kept is not acknowledged, and nobody
// is woken for it.
func TestStorageTroubleIs503(t *testing.T) {
	k := &keep{err: errors.New("the disk is full")}
	h := handler(k)
	woken := 0
	h.Kept = func() { woken++ }
	body := []byte(`{}`)
	w := deliver(h, body, signed("today", body))
	if w.Code != 503 || w.Header().Get("Retry-After") == "" || woken != 0 || h.Counts.Unstored.Load() != 1 || h.Counts.Kept.Load() != 0 {
		t.Errorf("status %d, Retry-After %q, woken %d, unstored %d; want 503, some, 0, 1", w.Code, w.Header().Get("Retry-After"), woken, h.Counts.Unstored.Load())
	}
	if strings.Contains(w.Body.String(), "disk") {
		t.Errorf("the answer tells a stranger about the disk: %q", w.Body)
	}
	k.err = nil
	if w = deliver(h, body, signed("today", body)); w.Code != 200 || woken != 1 {
		t.Errorf("afterwards: status %d, woken %d; want 200 and 1", w.Code, woken)
	}
}

// TestWhateverItSaysIs200: an answer other than 200 makes Meta send the batch
// again for a week (L8, L26).
func TestWhateverItSaysIs200(t *testing.T) {
	for _, body := range []string{"", "{", "null", "[]", "\xff\xfe", `{"object":1}`, `{"a":1,"a":2}`, strings.Repeat("[", 100_000)} {
		if w := deliver(handler(&keep{}), []byte(body), signed("today", []byte(body))); w.Code != 200 {
			t.Errorf("answer to %.20q = %d, want 200", body, w.Code)
		}
	}
}
