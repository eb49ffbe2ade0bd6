// Package cloudapi speaks Meta's Graph API: requests, answers and error codes,
// which nobody else knows.
//
// A POST that sends a message is made once. Nothing here tries again: no
// retry, no redirect, no header by which Go's transport would take the request
// for repeatable (an Idempotency-Key makes it send a POST again by itself; Meta
// ignores the header, and the customer gets the message twice). What the client
// does not recognise is in doubt.
package cloudapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"wasl/internal/outbox"
)

var _ outbox.API = (*Client)(nil)

// DefaultVersion is the Graph API's version if none is set (cloud-api-protocol
// §1, read 2026-11-22).
const DefaultVersion = "v25.0"

// MetaURL is where the Graph API is.
const MetaURL = "https://graph.facebook.com"

// answerLimit bounds what is read of an answer. Meta's are far below it.
const answerLimit = 1 << 20

// lookTimeout bounds a request that changes nothing.
const lookTimeout = 30 * time.Second

// Client talks to one Graph API. It is safe for concurrent use.
type Client struct {
	base    string
	version string
	plain   bool // the Graph API itself is reached without encryption: an emulator's
	http    *http.Client
}

// New returns a client of the Graph API at base ("" means Meta's), speaking
// version ("" means [DefaultVersion]). The transport carries the requests; nil
// means one of its own, with room for many Numbers at once. The client keeps
// its own rules about redirects.
func New(base, version string, transport http.RoundTripper) (*Client, error) {
	if base == "" {
		base = MetaURL
	}
	if version == "" {
		version = DefaultVersion
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("graph url %q: want http:// or https:// and a host", base)
	}
	if transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConns, t.MaxIdleConnsPerHost = 256, 256
		// HTTP/1 only: there a POST is made anew on another connection only if not
		// a byte of it was written, which can be proved. HTTP/2 also repeats what a
		// server says it has not looked at.
		t.ForceAttemptHTTP2 = false
		t.Protocols = new(http.Protocols)
		t.Protocols.SetHTTP1(true)
		transport = t
	}
	return &Client{
		base: u.JoinPath(version).String(), version: version, plain: u.Scheme == "http",
		http: &http.Client{
			Transport: transport,
			// A redirect of a POST would send it again, elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// read returns a body up to the limit. A body that is cut off or too long is an
// error: half an answer is none.
func read(body io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(body, answerLimit+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > answerLimit {
		return nil, errors.New("the answer is too long")
	}
	return raw, nil
}

func (c *Client) request(ctx context.Context, method, path string, token outbox.Token, body io.Reader) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+"/"+path, body)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+string(token))
	r.Header.Set("User-Agent", "wasl")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r, nil
}
