// Package hook carries notices to the operator's programs: a POST of signed JSON, as
// the Standard Webhooks describe it.
//
// The header webhook-id is the same for every attempt at one notice, and so is the
// body. The header webhook-signature has, for each secret, "v1," and the base64 form
// of HMAC-SHA256 over "id.timestamp.body".
package hook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"wasl/internal/clock"
	"wasl/internal/notify"
	"wasl/internal/wa"
)

var _ notify.Carrier = (*Poster)(nil)

// Poster posts notices. It is safe for concurrent use.
type Poster struct {
	// Secrets sign; several while one is being replaced. See [Secret].
	Secrets [][]byte
	// Road carries the requests; nil: the network.
	Road http.RoundTripper
}

// Secret reads a secret as it is configured: "whsec_" and base64, as the Standard
// Webhooks write them, or any other text as it is.
func Secret(s string) ([]byte, error) {
	rest, ok := strings.CutPrefix(s, "whsec_")
	if !ok {
		return []byte(s), nil
	}
	raw, err := base64.StdEncoding.DecodeString(rest)
	if err != nil {
		return nil, fmt.Errorf("secret of hooks: not base64 after whsec_: %w", err)
	}
	return raw, nil
}

// patience is how long one request may take (reliability §7).
const patience = 15 * time.Second

// Reasons why a hook did not arrive.
const (
	NotReached = "hook_not_reached"
	Gone       = "hook_gone" // its owner answered 410: never again
)

// body is what is posted. Fields may be added.
type body struct {
	Type     string        `json:"type"`
	ID       string        `json:"id"`
	Business wa.BusinessID `json:"business_id"`
	Name     string        `json:"business"`
	Kind     notify.Kind   `json:"kind"`
	Number   wa.NumberID   `json:"number_id"`
	Display  string        `json:"number"`
	Level    int           `json:"level"`
	About    string        `json:"about"`
	Reason   string        `json:"reason"`
	At       time.Time     `json:"at"`
	Until    *time.Time    `json:"until"`
	Words    translations  `json:"words"`
}

type translations struct {
	English saying `json:"en"`
	Arabic  saying `json:"ar"`
}

type saying struct {
	Title string `json:"title"`
	Text  string `json:"text"`
	Do    string `json:"do"`
}

// Carry implements [notify.Carrier].
func (p *Poster) Carry(ctx context.Context, l notify.Letter) (wa.MessageID, error) {
	raw, err := json.Marshal(bodyOf(l))
	if err != nil {
		return "", &notify.Trouble{Reason: NotReached, Final: true, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.Recipient, bytes.NewReader(raw))
	if err != nil {
		return "", &notify.Trouble{Reason: NotReached, Final: true, Err: err}
	}
	id, at := string(l.Business)+"."+l.ID, strconv.FormatInt(clock.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Wasl")
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", at)
	req.Header.Set("webhook-signature", p.sign(id, at, raw))
	res, err := p.client().Do(req)
	if err != nil {
		return "", &notify.Trouble{Reason: NotReached, Err: err}
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	return "", judge(res)
}

// judge reads an answer. Only 2xx is a yes: a redirect would carry a signed body to
// somebody else.
func judge(res *http.Response) error {
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return nil
	case res.StatusCode == http.StatusGone:
		return &notify.Trouble{Reason: Gone, Final: true}
	}
	t := &notify.Trouble{Reason: "hook_answered_" + strconv.Itoa(res.StatusCode)}
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s > 0 {
		t.After = min(time.Duration(s)*time.Second, longestWait)
	}
	return t
}

// longestWait bounds what a receiver may ask for.
const longestWait = 24 * time.Hour

func (p *Poster) client() *http.Client {
	return &http.Client{Transport: p.Road, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (p *Poster) sign(id, at string, raw []byte) string {
	out := make([]string, 0, len(p.Secrets))
	for _, s := range p.Secrets {
		h := hmac.New(sha256.New, s)
		fmt.Fprintf(h, "%s.%s.%s", id, at, raw)
		out = append(out, "v1,"+base64.StdEncoding.EncodeToString(h.Sum(nil)))
	}
	return strings.Join(out, " ")
}

func bodyOf(l notify.Letter) body {
	b := body{
		Type: "notice", ID: l.ID, Business: l.Business, Name: l.Place.Business, Kind: l.Kind, Number: l.Number, Display: l.Place.Number,
		Level: l.Level, About: l.About, Reason: l.Notice.Reason, At: l.At.UTC(),
		Words: translations{English: say(l, notify.English), Arabic: say(l, notify.Arabic)},
	}
	if !l.Until.IsZero() {
		b.Until = new(l.Until.UTC())
	}
	return b
}

func say(l notify.Letter, locale notify.Locale) saying {
	w := notify.Write(l.Notice, l.Place, locale)
	return saying{w.Title, w.Text, w.Do}
}
