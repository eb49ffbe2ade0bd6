package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/desk"
	"wasl/internal/fault"
	"wasl/internal/media"
)

// Problem is a problem document (RFC 9457). It never holds what the request held:
// a wrong value may be a secret.
type Problem struct {
	Type      string `json:"type" doc:"where the code is explained"`
	Title     string `json:"title" doc:"what the code means, in general"`
	Status    int    `json:"status" doc:"the HTTP status"`
	Detail    string `json:"detail" doc:"what it means here"`
	Code      string `json:"code" doc:"stable, for programs"`
	Fix       string `json:"fix" doc:"what to do next"`
	RequestID string `json:"request_id,omitempty" doc:"by which the operator finds it in the log"`

	wait time.Duration
}

// Error implements error.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.wait+time.Second-1)/time.Second)))
	}
	return h
}

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statuses are the HTTP statuses of kinds. It is the only such table.
var statuses = map[fault.Kind]int{
	fault.Invalid:         http.StatusBadRequest,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Unprocessable:   http.StatusUnprocessableEntity,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Throttled:       http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
}

func problemOf(f *fault.Fault) *Problem {
	status, ok := statuses[f.Kind]
	if !ok {
		status = http.StatusInternalServerError
	}
	title := f.Sentence
	if t, known := fault.Describe(f.Code); known {
		title = t.Sentence
	}
	p := &Problem{Type: "/docs/codes#" + string(f.Code), Title: title, Status: status, Detail: f.Sentence, Code: string(f.Code), Fix: f.Fix}
	if early, ok := errors.AsType[auth.TooEarly](f); ok {
		p.wait = early.Wait
	}
	return p
}

// problem turns an error of a handler into what is answered. What is no fault is our
// own trouble: it is logged, and the answer says no more than that.
func (a *API) problem(ctx context.Context, err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	f, ok := fault.From(err)
	switch {
	case ok:
	case errors.Is(err, desk.ErrNotFound), errors.Is(err, auth.ErrUnknown):
		f = fault.Of(fault.CodeNotFound)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		f = fault.Of(fault.CodeStorageUnavailable)
	case a.Unavailable(err), errors.Is(err, media.ErrUnavailable):
		a.Log.Error("storage does not answer", "request", requestID(ctx), "err", err)
		f = fault.Of(fault.CodeStorageUnavailable)
	default:
		a.Log.Error("request failed", "request", requestID(ctx), "err", err)
		f = fault.Of(fault.CodeInternal)
	}
	p := problemOf(f)
	p.RequestID = requestID(ctx)
	return p
}

// refuse answers with a problem outside of huma.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := a.problem(r.Context(), err)
	for k, v := range p.GetHeaders() {
		w.Header()[k] = v
	}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // whoever asked is gone
}

// invalid is what huma's own refusals become. It names places, not values.
func invalid(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
	if status == 0 {
		// huma asks once with nothing, to learn the shape for the document.
		return &Problem{}
	}
	code := fault.CodeParameterInvalid
	switch {
	case status == http.StatusRequestEntityTooLarge, tooLarge(errs):
		code = fault.CodeBodyTooLarge
	case status >= 500:
		code = fault.CodeInternal
	case status == http.StatusBadRequest, status == http.StatusUnsupportedMediaType, len(errs) == 0:
		code = fault.CodeBodyMalformed
	}
	f := fault.Of(code)
	if code != fault.CodeInternal {
		if said := places(errs); said != "" {
			f = f.Saying("%s", said)
		}
	}
	p := problemOf(f)
	if ctx != nil {
		p.RequestID = requestID(ctx.Context())
	}
	return p
}

// places says what is wrong where: "body.email: expected string; …".
func places(errs []error) string {
	var parts []string
	for _, err := range errs {
		d, ok := errors.AsType[*huma.ErrorDetail](err)
		if !ok {
			continue
		}
		where := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(d.Location, "body."), "query."), "path.")
		if where == "" {
			where = "body"
		}
		parts = append(parts, where+": "+d.Message)
	}
	return strings.Join(parts, "; ")
}

// tooLarge reports whether reading the body met its limit.
func tooLarge(errs []error) bool {
	return slices.ContainsFunc(errs, func(err error) bool {
		_, ok := errors.AsType[*http.MaxBytesError](err)
		return ok
	})
}
