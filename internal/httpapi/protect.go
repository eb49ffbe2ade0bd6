package httpapi

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"

	"wasl/internal/fault"
)

// policy is what the pages may load. Scripts come from us alone, none stand in the
// page; the component library sets styles on elements.
const contentPolicy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
	"media-src 'self' blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

// protected is what every answer and every request goes through.
func (a *API) protected(next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	if u, err := url.Parse(a.PublicURL); err == nil && u.Host != "" {
		// Behind a proxy the Host we see may not be the one the browser sees. An
		// address that cannot be an origin is no use here, and refused nowhere else.
		_ = origins.AddTrustedOrigin(u.Scheme + "://" + u.Host)
	}
	origins.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.refuse(w, r, fault.Of(fault.CodeCrossOriginRefused))
	}))
	checked := origins.Handler(a.recovered(next))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if !plainID(id) {
			id = rand.Text()[:16]
		}
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if r.URL.Path == connectPage {
			a.openToSignup(h)
		}
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), payment=()")
		if a.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			h.Set("Cache-Control", "no-store")
		}
		checked.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))
	})
}

// connectPage is the one page that loads a script of Meta's and opens its popup.
const connectPage = "/connect"

// openToSignup lets the page load the script, whose calls go to Meta, and the
// popup answer it. It shows nothing of customers.
func (a *API) openToSignup(h http.Header) {
	u, err := url.Parse(a.Signup.SDKURL)
	if err != nil || u.Host == "" {
		return
	}
	origin := u.Scheme + "://" + u.Host
	also := origin
	if strings.HasSuffix(u.Host, ".facebook.net") {
		also += " https://*.facebook.com https://facebook.com"
	}
	p := strings.Replace(contentPolicy, "script-src 'self'", "script-src 'self' "+origin, 1)
	p = strings.Replace(p, "connect-src 'self'", "connect-src 'self' "+also+"; frame-src "+also, 1)
	h.Set("Content-Security-Policy", p)
	h.Set("Cross-Origin-Opener-Policy", "same-origin-allow-popups")
}

// recovered turns a panic into an answer and a line in the log. The panic's value is
// not logged: it may quote what was being handled.
func (a *API) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			a.Log.Error("request panicked", "request", requestID(r.Context()), "kind", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			a.refuse(w, r, fault.Of(fault.CodeInternal))
		}()
		next.ServeHTTP(w, r)
	})
}

type requestKey struct{}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// plainID reports whether a client's request id may stand in a header and a log.
func plainID(id string) bool {
	if len(id) == 0 || len(id) > 64 {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_' && r != '.'
	})
}
