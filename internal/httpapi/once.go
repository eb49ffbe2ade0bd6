package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/fault"
)

const (
	idempotencyHeader = "Idempotency-Key"
	mostKeyLength     = 255
)

// How long a repeated request waits for the first one's answer.
const (
	onceWait = 10 * time.Second
	oncePoll = 50 * time.Millisecond
)

// once answers a POST that carries an Idempotency-Key: the first is answered and the
// answer kept; the same again gets the same answer and does nothing.
//
// A request is noted before it is answered. If the process dies in between, nobody
// knows whether it was done: its key stays taken, and asking again is refused
// rather than done twice. Trouble of ours (5xx) frees the key: nothing was confirmed.
func (a *API) once(w http.ResponseWriter, r *http.Request, p auth.Principal, h http.Handler) {
	key := r.Header.Get(idempotencyHeader)
	if len(key) > mostKeyLength || strings.ContainsFunc(key, func(c rune) bool { return c < ' ' || c > '~' }) {
		a.refuse(w, r, fault.Of(fault.CodeParameterInvalid).Saying("Idempotency-Key: must have 1 to %d printable characters.", mostKeyLength))
		return
	}
	print, err := fingerprint(r)
	if err != nil {
		a.refuse(w, r, unreadable(err))
		return
	}
	// The key is the sender's word; what is kept is a hash of it, with who sent it.
	name := sha256.Sum256([]byte(p.Is() + "\x00" + key))
	key = hex.EncodeToString(name[:])
	status, answer, first, err := a.begin(r, p, key, print)
	switch {
	case err != nil:
		a.refuse(w, r, err)
	case first:
		a.answerOnce(w, r, p, key, h)
	default:
		w.Header().Set("Idempotency-Replayed", "true")
		w.Header().Set("Content-Type", typeOf(status))
		w.WriteHeader(status)
		_, _ = w.Write(answer) // whoever asked is gone
	}
}

func unreadable(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.Of(fault.CodeBodyTooLarge)
	}
	return fault.Of(fault.CodeBodyMalformed).Because(err)
}

// fingerprint tells a request from another, and leaves its body to be read.
func fingerprint(r *http.Request) ([]byte, error) {
	sum := sha256.New()
	for _, part := range []string{r.Method, r.URL.Path} {
		sum.Write([]byte(part + "\x00"))
	}
	if f, ok := r.Body.(spooled); ok {
		if _, err := io.Copy(sum, f); err != nil {
			return nil, err
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
	} else {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		sum.Write(body)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	sum.Write([]byte{0})
	return sum.Sum(nil), nil
}

// begin notes the request, and waits while the first one is still being answered.
func (a *API) begin(r *http.Request, p auth.Principal, key string, print []byte) (status int, answer []byte, first bool, err error) {
	until := clock.Now().Add(onceWait)
	for {
		status, answer, first, err = a.Requests.BeginRequest(r.Context(), p.Business, key, print, clock.Now())
		if err != nil || first || status != 0 {
			return status, answer, first, err
		}
		if !clock.Now().Before(until) {
			return 0, nil, false, fault.New(fault.Conflict, fault.CodeIdempotencyKeyReused,
				"The first request with this key was not answered yet, or was interrupted.").
				Fixed("Look whether it was done before you repeat it with another key.")
		}
		if err := clock.Sleep(r.Context(), oncePoll); err != nil {
			return 0, nil, false, err
		}
	}
}

func (a *API) answerOnce(w http.ResponseWriter, r *http.Request, p auth.Principal, key string, h http.Handler) {
	rec := &recorder{header: w.Header(), status: http.StatusOK}
	done := false
	// What happened must be written down even if whoever asked has left, or the
	// handler panicked.
	ctx := context.WithoutCancel(r.Context())
	defer func() {
		if !done {
			a.forget(ctx, p, key)
		}
	}()
	h.ServeHTTP(rec, r)
	if rec.status < 500 {
		if err := a.Requests.EndRequest(ctx, p.Business, key, rec.status, rec.body.Bytes()); err != nil {
			// It was done, so it is answered; the key stays taken.
			a.Log.Error("answer not kept under its idempotency key", "request", requestID(ctx), "err", err)
		}
		done = true
	}
	w.WriteHeader(rec.status)
	_, _ = w.Write(rec.body.Bytes()) // whoever asked is gone
}

func (a *API) forget(ctx context.Context, p auth.Principal, key string) {
	if err := a.Requests.ForgetRequest(ctx, p.Business, key); err != nil {
		a.Log.Error("idempotency key not freed", "request", requestID(ctx), "err", err)
	}
}

func typeOf(status int) string {
	if status >= 400 {
		return "application/problem+json"
	}
	return "application/json"
}

// recorder holds an answer back until it is kept.
type recorder struct {
	header http.Header
	status int
	wrote  bool
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if !r.wrote {
		r.status, r.wrote = status, true
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.wrote = true
	return r.body.Write(b)
}
