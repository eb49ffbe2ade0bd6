// Package webhook is the door through which Meta speaks: it checks the
// signature, keeps the delivery, answers, and only then lets anybody understand
// it.
//
// The answers are few (decision 13): 200 after the delivery is durable, 401 for
// a signature that is not Meta's, 413 above the limit, 503 when it could not be
// stored. Whatever a delivery says, however strange, is 200: anything else makes
// Meta send the whole batch again for up to seven days.
package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"wasl/internal/clock"
	"wasl/internal/id"
	"wasl/internal/ingest"
	"wasl/internal/wa"
)

// Limits of a request. Meta sends at most 3 MB (coexistence-protocol §4.1, read
// 2026-11-22).
const (
	DefaultLimit = 8 << 20
	bodyTime     = 10 * time.Second
	keepTime     = 5 * time.Second
)

// An App is a Meta app whose deliveries are accepted.
type App struct {
	Name   string
	Secret string
}

// Handler receives Meta's webhooks. It is safe for concurrent use.
type Handler struct {
	// Apps are the apps whose signatures are valid; several during the rotation
	// of a secret.
	Apps []App
	// VerifyTokens are the tokens Meta may present in the handshake.
	VerifyTokens []string
	// Limit is the largest body in bytes; 0 means [DefaultLimit].
	Limit int64
	// Keep makes a delivery durable.
	Keep func(ctx context.Context, d ingest.Delivery) error
	// Kept is called after a delivery was kept, and must not wait.
	Kept func()
	Log  *slog.Logger

	Counts Counts
}

// Counts is what the door has seen since the process started.
type Counts struct {
	Kept, BadSignature, TooLarge, Unstored atomic.Int64
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		h.handshake(w, r)
	case http.MethodPost:
		h.deliver(w, r)
	default:
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "Meta's webhooks come by GET (handshake) and POST (deliveries).", http.StatusMethodNotAllowed)
	}
}

// handshake answers Meta's check that the address is ours.
func (h *Handler) handshake(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("hub.mode") == "subscribe" && h.knows(q.Get("hub.verify_token")) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, q.Get("hub.challenge")) // Meta sees a cut answer by itself
		return
	}
	http.Error(w, "The verify token is not the one this server was given (--verify-token).", http.StatusForbidden)
}

func (h *Handler) knows(token string) bool {
	found := 0
	for _, t := range h.VerifyTokens {
		if t != "" {
			found |= subtle.ConstantTimeCompare([]byte(t), []byte(token))
		}
	}
	return found == 1
}

func (h *Handler) deliver(w http.ResponseWriter, r *http.Request) {
	body, err := h.read(w, r)
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	app, ok := h.signer(r.Header, body)
	if !ok {
		h.Counts.BadSignature.Add(1)
		http.Error(w, "The signature is missing or was made with another app secret.", http.StatusUnauthorized)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), keepTime)
	defer cancel()
	d := ingest.Delivery{ID: wa.DeliveryID(id.New("dlv")), ReceivedAt: clock.Now(), App: app, SHA256: sha256.Sum256(body), Body: body}
	if err := h.Keep(ctx, d); err != nil {
		h.Counts.Unstored.Add(1)
		h.Log.Error("delivery not stored", "bytes", len(body), "err", err)
		w.Header().Set("Retry-After", "10")
		http.Error(w, "The delivery could not be stored; send it again.", http.StatusServiceUnavailable)
		return
	}
	h.Counts.Kept.Add(1)
	if h.Kept != nil {
		h.Kept()
	}
	w.WriteHeader(http.StatusOK)
}

// read takes the whole body, within the limit and the time for it.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	limit := h.Limit
	if limit == 0 {
		limit = DefaultLimit
	}
	rc := http.NewResponseController(w)
	if err := rc.SetReadDeadline(clock.Now().Add(bodyTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	if r.ContentLength > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	src := http.MaxBytesReader(w, r.Body, limit)
	if r.ContentLength < 0 {
		return io.ReadAll(src)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(src, body)
	return body, err
}

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		h.Counts.TooLarge.Add(1)
		h.Log.Error("delivery above the size limit refused", "bytes", r.ContentLength, "limit", large.Limit)
		http.Error(w, "The body is larger than this server accepts.", http.StatusRequestEntityTooLarge)
		return
	}
	// The body did not arrive whole: Meta, if it was Meta, sends it again.
	http.Error(w, "The body did not arrive whole.", http.StatusServiceUnavailable)
}

// signer returns the app whose secret signed the body. Every secret is tried,
// in constant time, over the bytes as they came.
func (h *Handler) signer(header http.Header, body []byte) (app string, ok bool) {
	values := header.Values("X-Hub-Signature-256")
	if len(values) != 1 {
		return "", false
	}
	hexed, found := strings.CutPrefix(values[0], "sha256=")
	if !found {
		return "", false
	}
	sum, err := hex.DecodeString(hexed)
	if err != nil || len(sum) != sha256.Size {
		return "", false
	}
	for _, a := range h.Apps {
		if a.Secret == "" {
			continue
		}
		mac := hmac.New(sha256.New, []byte(a.Secret))
		mac.Write(body)
		if hmac.Equal(mac.Sum(nil), sum) && !ok {
			app, ok = a.Name, true
		}
	}
	return app, ok
}
