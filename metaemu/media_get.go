package metaemu

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// reachable is the medium that a call names, if its token reaches the number's
// WABA and the medium belongs to the phone_number_id that may be named.
func reachable(e *Emulator, c *call) (*medium, *failure) {
	m := c.target.this.(*medium)
	n := e.numbers[m.number]
	if n == nil || !c.holder.wabas[n.Number.WABA] {
		return nil, notFound(c.method, c.node)
	}
	if of := c.query("phone_number_id"); of != "" && of != m.number {
		return nil, notFound(c.method, c.node)
	}
	return m, nil
}

// mediaNode is GET /{media-id}: where the file can be loaded from, for five minutes.
func (e *Emulator) mediaNode(c *call) answer {
	m, f := reachable(e, c)
	if f != nil {
		return e.refuse(f)
	}
	var o wire.Object
	o.Str("messaging_product", "whatsapp").Str("url", e.mediaURL(c.base, m.id, c.arrived)).Str("mime_type", m.mime).Str("sha256", m.sha)
	if e.habits.NumericSize {
		o.Int("file_size", m.size)
	} else {
		o.Str("file_size", strconv.FormatInt(m.size, 10))
	}
	return answer{http: http.StatusOK, body: o.Str("id", m.id).Bytes()}
}

// deleteMedia is DELETE /{media-id}.
func (e *Emulator) deleteMedia(c *call) answer {
	m, f := reachable(e, c)
	if f != nil {
		return e.refuse(f)
	}
	m.deleted = true
	return success
}

// attachments is the path below which files are loaded.
const attachments = "/whatsapp_business/attachments/"

// mediaURL is a new address of a file.
func (e *Emulator) mediaURL(base, id string, at time.Time) string {
	until := unix(at.Add(mediaURLLife))
	nonce := e.hexID("mediaurl", 8)
	return base + attachments + "?mid=" + id + "&ext=" + until + "&hash=AT" + nonce + e.mediaSeal(id, until, nonce)
}

// mediaSeal is what makes an address one of ours.
func (e *Emulator) mediaSeal(id, until, nonce string) string {
	mac := hmac.New(sha256.New, []byte("attachments "+strconv.FormatUint(e.cfg.Seed, 10)))
	mac.Write([]byte(id + " " + until + " " + nonce))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// mediaBase is the address at which Graph is reached, for addresses in webhooks.
func (e *Emulator) mediaBase() string {
	return or(or(e.cfg.BaseURL, e.media.base), "https://lookaside.fbsbx.com")
}

// serveAttachment answers with the bytes of a file.
func (e *Emulator) serveAttachment(w http.ResponseWriter, r *http.Request) {
	if e.clock.Sleep(r.Context(), e.leg(e.cfg.Latency.To)) != nil {
		return
	}
	a := e.attachment(r)
	if e.clock.Sleep(r.Context(), e.leg(e.cfg.Latency.Back)+a.slow) != nil || a.lost {
		panic(http.ErrAbortHandler) // Close the connection without a byte.
	}
	h := w.Header()
	h.Set("Content-Type", or(a.header["Content-Type"], "application/json; charset=UTF-8"))
	h.Set("Content-Length", itoa(len(a.body)))
	w.WriteHeader(a.http)
	_, _ = w.Write(a.body) // A caller that has hung up hears nothing.
}

// attachment is the answer to a download, with the trouble it is in.
func (e *Emulator) attachment(r *http.Request) answer {
	e.enter()
	defer e.mu.Unlock()
	if !e.troubles("media", http.MethodGet) {
		return e.download(r)
	}
	slow := e.slow()
	if f := e.refusal(); f != nil {
		return e.refuse(f)
	}
	a := e.download(r)
	a.slow = slow
	if a.http == http.StatusOK {
		e.spoilAnswer(&a)
	}
	return a
}

func (e *Emulator) download(r *http.Request) answer {
	now := e.clock.Now()
	if r.UserAgent() == "" {
		return e.refuse(&failure{http: http.StatusBadRequest, code: 100, plain: true, title: "A User-Agent is required to load media."})
	}
	value := bearer(r)
	if value == "" {
		return e.refuse(&failure{http: http.StatusUnauthorized, code: 104, plain: true, title: "An access token is required to request this resource."})
	}
	t := e.tokens[value]
	if t == nil {
		return e.refuse(badToken())
	}
	if f := t.alive(now); f != nil {
		return e.refuse(f)
	}
	m := e.sealed(r.URL.Query(), now)
	if m == nil || e.numbers[m.number] == nil || !t.wabas[e.numbers[m.number].Number.WABA] || !t.may(scopeMessaging) {
		f := notFound(r.Method, r.FormValue("mid"))
		f.http = http.StatusNotFound
		return e.refuse(f)
	}
	return answer{http: http.StatusOK, body: e.bytesOf(m), header: map[string]string{"Content-Type": m.mime}}
}

// sealed is the medium that an address leads to; nil if it is none of ours, or has
// ended.
func (e *Emulator) sealed(q url.Values, now time.Time) *medium {
	id, until := q.Get("mid"), q.Get("ext")
	hash, ok := strings.CutPrefix(q.Get("hash"), "AT")
	if !ok || len(hash) < 16 || !hmac.Equal([]byte(hash[16:]), []byte(e.mediaSeal(id, until, hash[:16]))) {
		return nil
	}
	end, err := strconv.ParseInt(until, 10, 64)
	m := e.media.by[id]
	if err != nil || !now.Before(time.Unix(end, 0)) || m == nil || !e.mediumLives(m, now) {
		return nil
	}
	return m
}

// bearer is the token in a request's header.
func bearer(r *http.Request) string {
	auth := r.Header.Get("Authorization")
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(auth, "Bearer "), "OAuth "))
}
