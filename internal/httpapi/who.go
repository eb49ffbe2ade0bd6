package httpapi

import (
	"net"
	"net/http"
	"strings"

	"wasl/internal/auth"
	"wasl/internal/fault"
)

// cookieName is the session's cookie. Over https it has the prefix that makes
// browsers refuse it from any other host or over plain http.
const cookieName = "wasl_session"

func (a *API) cookieName() string {
	if a.secure {
		return "__Host-" + cookieName
	}
	return cookieName
}

// cookie carries a session's token to the browser; an empty one takes it away.
func (a *API) cookie(token string) http.Cookie {
	c := http.Cookie{
		Name: a.cookieName(), Value: token, Path: "/", HttpOnly: true, Secure: a.secure, SameSite: http.SameSiteLaxMode,
		MaxAge: int(a.Gate.Absolute().Seconds()),
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

func (a *API) cookieOf(r *http.Request) string {
	c, err := r.Cookie(a.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

// authenticate says who asks: by API key if one is sent, else by session. Nobody
// is no error here; a key or session that is not valid is.
func (a *API) authenticate(r *http.Request) (auth.Principal, error) {
	if h := r.Header.Get("Authorization"); h != "" {
		scheme, key, _ := strings.Cut(h, " ")
		if !strings.EqualFold(scheme, "bearer") || strings.TrimSpace(key) == "" {
			return auth.Principal{}, fault.Of(fault.CodeKeyUnknown)
		}
		return a.Gate.ByKey(r.Context(), strings.TrimSpace(key))
	}
	token := a.cookieOf(r)
	if token == "" {
		return auth.Principal{}, nil
	}
	return a.Gate.ByToken(r.Context(), token)
}

// addressOf is where a request comes from. Headers of proxies are not believed: whoever
// guesses passwords writes them, too.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
