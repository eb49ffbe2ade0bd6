package metaemu

import (
	"net/http"
	"net/url"
	"strings"
)

// Exchange is one Graph call and its answer, as [Config.Witness] is shown them.
// It holds no access token and no secret of an app.
type Exchange struct {
	Method string     `json:"method"`
	Path   string     `json:"path"`
	Query  url.Values `json:"query,omitempty"`
	// Kind is what the first part of the path named when the call came: number,
	// waba, app, …; empty if nothing is called so. Edge is what follows it.
	Kind string `json:"kind,omitempty"`
	Edge string `json:"edge,omitempty"`
	// Agent is the caller's User-Agent.
	Agent       string `json:"agent,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Request     []byte `json:"request,omitempty"`
	// Status is zero if there was no answer, or none of Meta's.
	Status   int    `json:"status,omitempty"`
	Response []byte `json:"response,omitempty"`
}

// credentials are the parameters that an Exchange leaves out.
var credentials = []string{"access_token", "appsecret_proof", "client_secret", "input_token", "code", "fb_exchange_token"}

// NewExchange is a request without its answer: kind is what the first part of
// the path names.
func NewExchange(r *http.Request, kind string, body []byte) Exchange {
	x := Exchange{
		Method: r.Method, Path: r.URL.Path, Kind: kind, Query: r.URL.Query(),
		Agent: r.UserAgent(), ContentType: r.Header.Get("Content-Type"), Request: body,
	}
	if _, rest, ok := graphPath(r.URL.Path); ok {
		_, x.Edge, _ = strings.Cut(strings.Trim(rest, "/"), "/")
		if carriesFile(r.Method, rest) && !strings.HasPrefix(string(body), "{") {
			x.Request = nil // It is a file, which no description describes.
		}
	}
	for _, key := range credentials {
		if x.Query.Has(key) {
			x.Query.Set(key, "-")
		}
	}
	return x
}

// witness answers what is to be called with the answer. The object is looked up
// before the call, which may be the one that deletes it.
func (e *Emulator) witness(r *http.Request, rest string, body []byte) func(answer) {
	if e.cfg.Witness == nil {
		return func(answer) {}
	}
	node, _, _ := strings.Cut(strings.Trim(rest, "/"), "/")
	e.mu.Lock()
	kind := e.lookUp(node).kind
	e.mu.Unlock()
	return func(a answer) {
		x := NewExchange(r, kind, body)
		if !a.lost {
			x.Status, x.Response = a.http, a.body
		}
		if node == "oauth" {
			x.Request = nil
			if a.http == http.StatusOK {
				x.Response = nil // It is a token.
			}
		}
		e.cfg.Witness(x)
	}
}
