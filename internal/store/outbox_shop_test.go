package store_test

import (
	"crypto/sha256"
	"encoding/json"
	"testing"
	"time"

	"wasl/internal/id"
	"wasl/internal/ingest"
	"wasl/internal/outbox"
	"wasl/internal/policy"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

// shop is a Business with a Number and a customer whose window is open.
type shop struct {
	storetest.Seed
	t      *testing.T
	now    time.Time
	number wa.NumberID
	talk   wa.ConversationID
}

func newShop(t *testing.T, open storetest.Open) *shop {
	s := &shop{Seed: open(t).Plant(t, "Shop"), t: t, now: storetest.Noon}
	s.number = s.Number("shop")
	s.talk = s.Conversation(s.number, s.Contact("Ana", "966500000001"))
	s.Exec("UPDATE conversation SET opened_at = $2 WHERE business_id = $1", string(s.Business), s.now.UnixMicro())
	return s
}

func (s *shop) draft() wa.Draft {
	return wa.Draft{
		Business: s.Business, Conversation: s.talk, Kind: wa.SendMessage, Lane: wa.ServiceLane, Origin: wa.FromAPI,
		Content: wa.Content{Type: "text", JSON: []byte(`{"type":"text","text":{"body":"hello"}}`), Text: "hello"},
	}
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) submit(d wa.Draft) outbox.Receipt {
	s.t.Helper()
	r, err := s.DB.Submit(s.t.Context(), d, s.now, policy.Decide)
	s.must(err)
	return r
}

func (s *shop) item(r outbox.Receipt) outbox.Item {
	return outbox.Item{ID: string(r.Message), Business: s.Business, Number: s.number, Conversation: r.Conversation, Kind: wa.SendMessage}
}

func (s *shop) beginning() outbox.Beginning {
	return outbox.Beginning{
		Attempt: wa.AttemptID(id.Attempt()), Now: s.now, Deadline: s.now.Add(30 * time.Second), Free: s.now.Add(91 * time.Second),
		Decide: policy.Decide, Body: func(e outbox.Envelope) ([]byte, error) { return json.Marshal(e) },
	}
}

// begin opens an attempt and returns it with its envelope.
func (s *shop) begin(r outbox.Receipt) (outbox.Beginning, outbox.Envelope) {
	s.t.Helper()
	a := s.beginning()
	b, err := s.DB.Begin(s.t.Context(), s.item(r), a)
	s.must(err)
	if !b.Open {
		s.t.Fatalf("not open: %+v", b)
	}
	var e outbox.Envelope
	s.must(json.Unmarshal(b.Post.Body, &e))
	return a, e
}

func (s *shop) conclude(r outbox.Receipt, a outbox.Beginning, answer outbox.Answer) outbox.Concluded {
	s.t.Helper()
	answer.Answered = true
	out, err := s.DB.Conclude(s.t.Context(), outbox.Conclusion{
		Attempt: a.Attempt, Item: s.item(r), Answer: answer, At: s.now, Free: s.now.Add(1010 * time.Millisecond),
		Retry: s.now, AskAt: s.now.Add(15 * time.Minute), Cooling: func(n int) time.Time { return s.now.Add(time.Duration(n+1) * time.Minute) },
	})
	s.must(err)
	return out
}

// report delivers a status webhook.
func (s *shop) report(wamid wa.WAMID, wire, opaque string, code int) {
	s.t.Helper()
	s.apply(wa.StatusReported{
		Place: wa.Place{PhoneNumberID: "pn-shop"}, WAMID: wamid, Status: wa.Status(wire), Wire: wire, At: s.now,
		Recipient: wa.Party{WaID: "966500000001"}, Opaque: opaque, Code: code,
	})
}

func (s *shop) apply(ev wa.Event) {
	s.t.Helper()
	d := ingest.Delivery{ID: wa.DeliveryID(id.New("dlv")), ReceivedAt: s.now, App: "app", Body: []byte("{}"), SHA256: sha256.Sum256(nil)}
	s.must(s.DB.Keep(s.t.Context(), []ingest.Delivery{d}))
	_, err := s.DB.Apply(s.t.Context(), s.now, []ingest.Parsed{{Delivery: d, Normalized: ingest.Normalized{Events: []wa.Event{ev}}}})
	s.must(err)
}

// value reads one value; %s in the query is the business.
func (s *shop) value(query string, args ...any) string {
	s.t.Helper()
	var v string
	s.must(s.Raw.QueryRow(query, append([]any{string(s.Business)}, args...)...).Scan(&v))
	return v
}

func (s *shop) status(r outbox.Receipt) wa.Status {
	s.t.Helper()
	return wa.Status(s.value("SELECT status FROM message WHERE business_id = $1 AND id = $2", string(r.Message)))
}

func (s *shop) want(r outbox.Receipt, want wa.Status) {
	s.t.Helper()
	if got := s.status(r); got != want {
		s.t.Errorf("status %s, want %s", got, want)
	}
}

// journal lists the kinds of entries with what is shown, "message.status failed".
func (s *shop) journal() []string {
	s.t.Helper()
	entries, err := s.DB.Entries(s.t.Context(), s.Business, 0, 1000)
	s.must(err)
	var out []string
	for _, e := range entries {
		if e.Kind == wa.MessageQueued || e.Kind == wa.MessageStatus {
			out = append(out, string(e.Kind)+" "+string(e.Facts.Status))
		}
	}
	return out
}

func (s *shop) openNumber() outbox.Number {
	s.t.Helper()
	n, err := s.DB.OpenNumber(s.t.Context(), outbox.Opening{
		Business: s.Business, Number: s.number, Now: s.now,
		AskAt: func(_ wa.Lane, at time.Time) time.Time { return at.Add(15 * time.Minute) },
	})
	s.must(err)
	return n
}

func (s *shop) rest() time.Time {
	s.t.Helper()
	next, err := s.DB.RestNumber(s.t.Context(), s.Business, s.number, s.now, s.now)
	s.must(err)
	return next
}

func (s *shop) waiting(skip []wa.ConversationID) []outbox.Item {
	s.t.Helper()
	items, err := s.DB.Waiting(s.t.Context(), outbox.Look{Business: s.Business, Number: s.number, Lane: wa.ServiceLane, Now: s.now, Skip: skip, Limit: 10})
	s.must(err)
	return items
}
