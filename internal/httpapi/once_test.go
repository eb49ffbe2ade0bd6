package httpapi_test

import (
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/auth"
	"wasl/internal/httpapi"
	"wasl/internal/outbox"
	"wasl/internal/wa"
)

// counted counts what reaches the outbox, and can fail or be slow.
type counted struct {
	httpapi.Outbox
	submitted atomic.Int32
	fail      func() error
	slow      time.Duration
}

func (c *counted) Submit(ctx context.Context, d wa.Draft) (outbox.Receipt, error) {
	c.submitted.Add(1)
	time.Sleep(c.slow)
	if c.fail != nil {
		if err := c.fail(); err != nil {
			return outbox.Receipt{}, err
		}
	}
	return c.Outbox.Submit(ctx, d)
}

func newCounted(t *testing.T) (*world, *counted, request) {
	c := &counted{}
	w := newWorld(t, func(k *httpapi.Config) { c.Outbox, k.Outbox = k.Outbox, c })
	w.wrote("Is it fresh?", time.Minute, "wamid.A")
	return w, c, request{
		method: "POST", path: "/v1/conversations/" + string(w.conv) + "/messages", token: w.session("sara@example.test", auth.Agent),
		body: `{"content":{"type":"text","text":{"body":"yes"}}}`, header: map[string]string{"Idempotency-Key": "k1"},
	}
}

func TestIdempotency(t *testing.T) {
	w, c, q := newCounted(t)
	first := w.do(q)
	again := w.do(q)
	if want[httpapi.Message](t, first, 202).ID != want[httpapi.Message](t, again, 202).ID || first.body != again.body || c.submitted.Load() != 1 {
		t.Errorf("repeated: %s and %s, submitted %d times, want once", first.body, again.body, c.submitted.Load())
	}
	if first.Header.Get("Idempotency-Replayed") != "" || again.Header.Get("Idempotency-Replayed") != "true" ||
		again.Header.Get("Content-Type") != "application/json" {
		t.Errorf("headers of the first %v, of the second %v", first.Header, again.Header)
	}
	other := q
	other.body = `{"content":{"type":"text","text":{"body":"no"}}}`
	refused(t, w.do(other), 422, "idempotency_key_reused")
	other.header = map[string]string{"Idempotency-Key": "k2"}
	want[httpapi.Message](t, w.do(other), 202)
	somebody := q
	somebody.token = w.session("omar@example.test", auth.Agent)
	want[httpapi.Message](t, w.do(somebody), 202)
	if c.submitted.Load() != 3 {
		t.Errorf("submitted %d times, want 3: keys are everybody's own", c.submitted.Load())
	}
	bad := q
	bad.header = map[string]string{"Idempotency-Key": "k\x00"}
	refused(t, w.do(bad), 400, "parameter_invalid")
}

// TestIdempotencyOfRefusals: what was refused for good is refused the same; trouble of
// ours frees the key.
func TestIdempotencyOfRefusals(t *testing.T) {
	w, c, q := newCounted(t)
	c.fail = func() error { return errors.New("the disk is on fire") }
	refused(t, w.do(q), 500, "internal")
	c.fail = nil
	want[httpapi.Message](t, w.do(q), 202)
	q.header = map[string]string{"Idempotency-Key": "k2"}
	q.body = `{"content":{"type":"poll","poll":{}}}`
	refused(t, w.do(q), 422, "content_type_not_supported_yet")
	again := w.do(q)
	refused(t, again, 422, "content_type_not_supported_yet")
	if again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("a refusal was worked out twice")
	}
	c.fail = func() error { panic("a mistake") }
	q.header = map[string]string{"Idempotency-Key": "k3"}
	refused(t, w.do(q), 500, "internal")
	c.fail = nil
	q.body = `{"content":{"type":"text","text":{"body":"yes"}}}`
	want[httpapi.Message](t, w.do(q), 202)
}

// TestIdempotencyAtOnce: of many at the same time one is done, and all get its answer.
func TestIdempotencyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, c, q := newCounted(t)
		c.slow = 2 * time.Second
		var wg sync.WaitGroup
		answers := make([]response, 6)
		for i := range answers {
			wg.Go(func() { answers[i] = w.do(q) })
		}
		wg.Wait()
		for _, r := range answers {
			if r.StatusCode != 202 || r.body != answers[0].body {
				t.Errorf("answers differ: %d %s and %s", r.StatusCode, r.body, answers[0].body)
			}
		}
		if c.submitted.Load() != 1 {
			t.Errorf("submitted %d times, want 1", c.submitted.Load())
		}
	})
}

// TestIdempotencyInterrupted: a request of which nobody knows what became, because
// the process died, is not done again.
func TestIdempotencyInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, c, q := newCounted(t)
		want[httpapi.Message](t, w.do(q), 202)
		w.Exec("UPDATE idempotency SET status = 0, body = NULL")
		began := time.Now()
		refused(t, w.do(q), 409, "idempotency_key_reused")
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("waited %v for an answer, want 10s", took)
		}
		if c.submitted.Load() != 1 {
			t.Errorf("submitted %d times, want 1", c.submitted.Load())
		}
	})
}

func TestEveryPostTakesAKey(t *testing.T) {
	w := newWorld(t)
	token := w.seeded().session("owner@example.test", auth.Owner, true)
	for _, route := range w.api.Routes() {
		if route.Method != "POST" || route.Path == "/v1/session" {
			continue
		}
		q := request{
			method: "POST", path: replace(route.Path, "{id}", string(w.conv), "{name}", "bot"), body: bodies["POST "+route.Path], token: token,
			header: map[string]string{"Idempotency-Key": "key of " + route.Path},
		}
		maps.Copy(q.header, headers["POST "+route.Path])
		first, again := w.do(q), w.do(q)
		if again.Header.Get("Idempotency-Replayed") != "true" || again.StatusCode != first.StatusCode || again.body != first.body {
			t.Errorf("%s: %d %s, and repeated %d %s (%v)", route.Path, first.StatusCode, first.body, again.StatusCode, again.body, again.Header)
		}
	}
}
