package metaemu

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"wasl/metaemu/media"
)

// linkKept is how long Meta keeps what it found at a link (cloud-api-protocol
// §2.2: about ten minutes, read 2026-09).
const linkKept = 10 * time.Minute

// keepLinks bounds how many are remembered at once, fetchWithin how long one may take.
const (
	keepLinks   = 1000
	fetchWithin = 20 * time.Second
)

// linkCache is what was found at links. It is no part of the world: it is fetched
// again when it is gone.
type linkCache struct {
	mu    sync.Mutex
	found map[string]*found
}

// found is what stood at a link.
type found struct {
	until time.Time
	bad   string // why nothing was got
	typ   string
	fault *media.Fault // of the content, as its label has it
}

// fate is why what was found cannot be sent.
func (l *found) fate(x named) *failure {
	if l.bad != "" {
		return fail(131052, l.bad)
	}
	if f := labelFate(x, l.typ); f != nil {
		return f
	}
	if l.fault != nil {
		return fail(131053, l.fault.Sentence)
	}
	return nil
}

// fetched looks at the links of a send, before the world is locked: nobody waits
// for somebody else's server. Without Config.Links none is looked at.
func (e *Emulator) fetched(ctx context.Context, body []byte) map[string]*found {
	if e.cfg.Links == nil {
		return nil
	}
	q, err := readRequest(body)
	if err != nil {
		return nil
	}
	at := map[string]*found{}
	for _, x := range q.files() {
		if x.link != "" && at[x.link] == nil {
			at[x.link] = e.look(ctx, x.link)
		}
	}
	return at
}

// look answers what stands at a link, or stood there a moment ago.
func (e *Emulator) look(ctx context.Context, link string) *found {
	c := &e.links
	now := e.clock.Now()
	c.mu.Lock()
	l := c.found[link]
	c.mu.Unlock()
	if l != nil && now.Before(l.until) {
		return l
	}
	l = e.fetch(ctx, link)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.found == nil || len(c.found) >= keepLinks {
		c.found = map[string]*found{}
	}
	c.found[link] = l
	return l
}

func (e *Emulator) fetch(ctx context.Context, link string) *found {
	ctx, cancel := context.WithTimeout(ctx, fetchWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return &found{bad: "The link is no address."}
	}
	req.Header.Set("User-Agent", "metaemu")
	res, err := e.cfg.Links.Do(req)
	if err != nil {
		return &found{bad: "The link could not be loaded."}
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return &found{bad: "The link could not be loaded: HTTP " + itoa(res.StatusCode) + "."}
	}
	content, err := io.ReadAll(io.LimitReader(res.Body, media.MaxUpload+1))
	if err != nil {
		return &found{bad: "The link could not be loaded: its content broke off."}
	}
	l := &found{typ: res.Header.Get("Content-Type"), until: e.clock.Now().Add(linkKept)}
	for _, word := range []string{"no-store", "no-cache", "max-age=0"} {
		if strings.Contains(strings.ToLower(res.Header.Get("Cache-Control")), word) {
			l.until = time.Time{}
		}
	}
	l.fault = media.Check(l.typ, content)
	return l
}
