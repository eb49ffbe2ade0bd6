package metaemu

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// Delivery is one webhook, with every try and its answer.
type Delivery struct {
	ID  int64     `json:"id"`
	App string    `json:"app_id"`
	URL string    `json:"url"`
	At  time.Time `json:"at"`
	// Fields are those of its updates, in order.
	Fields []string `json:"fields"`
	// State is pending, delivered, gave_up (seven days have passed), refused (it
	// had one try) or dropped (too many were waiting).
	State string `json:"state"`
	Tries []Try  `json:"tries"`
	// Next is when the next try is due; zero if none is.
	Next time.Time `json:"next,omitzero"`
	// Body is the exact request body; empty once it is too old to be kept.
	Body string `json:"body"`
	// Spoilt is malformed or signature for a bad copy of a webhook, which is
	// tried once. RetryOf is the delivery to another app that failed; what goes to
	// all apps for its sake is tried once too.
	Spoilt  string `json:"spoilt,omitempty"`
	RetryOf int64  `json:"retry_of,omitempty"`
}

// once answers whether a delivery has one try only.
func (d *delivery) once() bool { return d.Spoilt != "" || d.RetryOf != 0 }

// Try is one request of a delivery. HTTP is 0 if there was no answer.
type Try struct {
	At     time.Time `json:"at"`
	HTTP   int       `json:"http"`
	Error  string    `json:"error,omitempty"`
	Millis int64     `json:"millis"`
}

// delivery is a Delivery on its way.
type delivery struct {
	Delivery
	secret    string
	signature string // a wrong one; empty: the right one
	epoch     epoch  // of the world it belongs to
	// others are the callbacks of further apps that were told the same.
	others []batchKey
	// reset and deaf are what happens to the next try.
	reset, deaf bool
}

// retryGaps is how long after each failed try the next one follows; after the
// last gap it repeats. Meta publishes only "decreasing frequency over 7 days";
// these are the project's own values (coexistence-protocol §8.6).
var retryGaps = []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour}

// retryFor is how long Meta tries: seven days (webhooks overview, Sep 2026).
const retryFor = 7 * 24 * time.Hour

// maxPending bounds the webhooks that wait for a try; beyond it new ones are
// dropped, which the book says.
const maxPending = 200_000

// maxPendingBytes bounds their bodies, for the day that giants wait.
const maxPendingBytes = 512 << 20

func (e *Emulator) makeReady(d *delivery) {
	d.Next = time.Time{}
	d.reset, d.deaf = e.chance(e.faults.ResetWebhooks), e.chance(e.faults.DeafWebhooks)
	e.ready = append(e.ready, d)
	if e.inFlight < e.cfg.DeliveryWorkers {
		e.poke()
	}
}

// takeReady takes as many deliveries as there are free workers.
func (e *Emulator) takeReady() []*delivery {
	n := min(len(e.ready), e.cfg.DeliveryWorkers-e.inFlight)
	if n <= 0 {
		return nil
	}
	start := make([]*delivery, n)
	copy(start, e.ready)
	e.ready = e.ready[n:]
	if len(e.ready) == 0 {
		e.ready = nil
	}
	e.inFlight += n
	for _, d := range start {
		e.road[d] = struct{}{}
	}
	return start
}

// try makes one request of a delivery and notes what came of it. Only exactly
// 200 counts.
func (e *Emulator) try(ctx context.Context, d *delivery) {
	began := e.clock.Now()
	code, err := e.post(ctx, d)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inFlight--
	delete(e.road, d)
	if d.epoch != e.epoch {
		e.poke() // A world that Reset has ended; only the worker is free again.
		return
	}
	now := e.clock.Now()
	t := Try{At: began, HTTP: code, Millis: now.Sub(began).Milliseconds()}
	if err != nil {
		t.Error = err.Error()
	}
	d.Tries = append(d.Tries, t)
	e.book.Tries++
	switch {
	case code == http.StatusOK:
		e.book.Delivered++
		e.book.finish(d, "delivered")
	case ctx.Err() == nil:
		e.retry(d, now)
	}
	if len(e.ready) > 0 {
		e.poke()
	}
	if e.watched() {
		e.announce("books")
	}
}

// retry schedules the next try, unless it would come later than seven days
// after the first.
func (e *Emulator) retry(d *delivery, now time.Time) {
	e.book.Failed++
	if d.once() {
		e.book.Refused++
		e.book.finish(d, "refused")
		return
	}
	gap := retryGaps[min(len(d.Tries), len(retryGaps))-1]
	if now.Add(gap).Sub(d.Tries[0].At) > retryFor {
		e.book.GaveUp++
		e.book.finish(d, "gave_up")
		e.log.Warn("webhook given up after seven days", "delivery", d.ID, "tries", len(d.Tries))
		return
	}
	d.Next = now.Add(gap)
	e.plan(now, gap, "delivery.again", d)
}

func (e *Emulator) post(ctx context.Context, d *delivery) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, e.cfg.DeliveryTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, strings.NewReader(d.Body))
	if err != nil {
		return 0, errors.New("the callback is no valid address")
	}
	if d.reset {
		half := io.LimitReader(strings.NewReader(d.Body), int64(len(d.Body)/2))
		req.Body = io.NopCloser(io.MultiReader(half, cutOff{}))
		req.GetBody = nil
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "facebookexternalua")
	signature := d.signature
	if signature == "" {
		signature = wire.Sign(d.secret, []byte(d.Body))
	}
	req.Header.Set("X-Hub-Signature-256", signature)
	res, err := e.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }() // The status is all that counts.
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	if d.deaf {
		return 0, errors.New("the answer was lost on the way, by a fault switched on in the emulator")
	}
	return res.StatusCode, nil
}

// cutOff is where a webhook ends whose connection is reset while it is sent.
type cutOff struct{}

func (cutOff) Read([]byte) (int, error) {
	return 0, errors.New("the connection was reset, by a fault switched on in the emulator")
}

// shake verifies a callback: GET with a challenge, which must come back with
// status 200.
func (e *Emulator) shake(ctx context.Context, h *handshake, challenge string) error {
	u, err := url.Parse(h.url)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("the callback must be an absolute http or https address")
	}
	q := u.Query()
	q.Set("hub.mode", "subscribe")
	q.Set("hub.challenge", challenge)
	q.Set("hub.verify_token", h.verify)
	u.RawQuery = q.Encode()
	ctx, cancel := context.WithTimeout(ctx, e.cfg.DeliveryTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	res, err := e.client.Do(req)
	if err != nil {
		return errors.New("the callback cannot be reached")
	}
	defer func() { _ = res.Body.Close() }() // Nothing more is read.
	body, err := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("the callback answered the challenge with HTTP %d", res.StatusCode)
	}
	if string(bytes.TrimSpace(body)) != challenge {
		return errors.New("the callback did not echo the challenge")
	}
	return nil
}

// tryAgain is a retry that has become due. It goes to all apps that were told
// the same (cloud-api-protocol §5.2), signed for each.
func (e *Emulator) tryAgain(d *delivery, at time.Time) {
	e.makeReady(d)
	if e.habits.RetrySameApp {
		return
	}
	for _, k := range d.others {
		a := e.apps[k.app]
		if a == nil {
			continue
		}
		c := &delivery{secret: a.Secret, epoch: e.epoch}
		c.Delivery = Delivery{App: k.app, URL: k.url, At: at, Fields: d.Fields, Body: d.Body, State: "pending", RetryOf: d.ID}
		if e.book.addDelivery(c); c.State == "pending" {
			e.makeReady(c)
		}
	}
}
