package cloudapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"

	"wasl/internal/clock"
	"wasl/internal/outbox"
	"wasl/internal/wa"
)

// Post sends a message once and says what became of it.
func (c *Client) Post(ctx context.Context, p outbox.Post) outbox.Answer {
	unsent := outbox.Answer{Outcome: outbox.Again, Answered: true, Unsent: true}
	// The deadline is on the monotonic clock: a process that was asleep since the
	// attempt was opened does not send late.
	left := p.Deadline.Sub(clock.Now())
	if left <= 0 {
		return unsent
	}
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	var wire wire
	req, err := c.request(httptrace.WithClientTrace(ctx, wire.trace()), http.MethodPost,
		string(p.PhoneNumberID)+"/messages", p.Token, bytes.NewReader(p.Body))
	if err != nil {
		return unsent
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if wire.untouched() {
			return unsent
		}
		return outbox.Answer{Outcome: outbox.InDoubt}
	}
	defer resp.Body.Close()
	raw, err := read(resp.Body)
	if err != nil {
		return outbox.Answer{Outcome: outbox.InDoubt, HTTP: resp.StatusCode, Answered: true}
	}
	return judge(resp.StatusCode, raw)
}

// wire watches whether a request touched a connection.
type wire struct {
	connected atomic.Bool // a connection was there to write on
	wrote     atomic.Bool // the headers were written, or their writing began
}

func (w *wire) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:          func(httptrace.GotConnInfo) { w.connected.Store(true) },
		WroteHeaderField: func(string, []string) { w.wrote.Store(true) },
		WroteHeaders:     func() { w.wrote.Store(true) },
		WroteRequest:     func(httptrace.WroteRequestInfo) { w.wrote.Store(true) },
	}
}

// untouched reports whether it is proved that no byte of the request left: there
// never was a connection to write it on. With a connection, however short, there
// is no proof.
func (w *wire) untouched() bool { return !w.connected.Load() && !w.wrote.Load() }

// sent is Meta's answer to a message it accepted.
type sent struct {
	Messages []struct {
		ID     wa.WAMID `json:"id"`
		Status string   `json:"message_status"`
	} `json:"messages"`
	Success *bool `json:"success"` // to a receipt
}

// judge is the table of reliability §2.4. Only what is known to mean "not sent"
// is anything but accepted or in doubt.
func judge(status int, raw []byte) outbox.Answer {
	a := outbox.Answer{Outcome: outbox.InDoubt, Answered: true, HTTP: status}
	if status == http.StatusOK {
		var s sent
		if json.Unmarshal(raw, &s) != nil {
			return a
		}
		switch {
		case len(s.Messages) == 1 && strings.HasPrefix(string(s.Messages[0].ID), "wamid."):
			a.Outcome, a.WAMID = outbox.Accepted, s.Messages[0].ID
		case len(s.Messages) == 0 && s.Success != nil && *s.Success:
			a.Outcome = outbox.Accepted
		}
		return a
	}
	e, ok := parseError(raw)
	if !ok {
		return a
	}
	a.Code, a.Title = e.Code, e.Title
	if status >= 500 || status < 400 {
		return a
	}
	v := verdictOn(e.Code)
	a.Outcome, a.Effect, a.Stop = v.outcome, v.effect, v.stop
	return a
}
