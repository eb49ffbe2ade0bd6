package store_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wasl/internal/id"
	"wasl/internal/ingest"
	"wasl/internal/outbox"
	"wasl/internal/platform"
	"wasl/internal/policy"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

// mutant is a mistake somebody could make in the send protocol (reliability
// §2.7). It is made here, in the hand that plays the sender, not in the house.
type mutant string

const (
	honest         mutant = "the protocol as it is"
	postFirst      mutant = "M1: post first, record after"
	recoverRequeue mutant = "M2: recovery queues what was open"
	retryTimeout   mutant = "M3: a lost answer is tried again"
	blindWrite     mutant = "M4: the outcome is written blindly"
)

// play is one run of the send protocol against the real store: the test plays
// sender, Meta, network and fate, one step after another. Meta's books are kept
// apart from the house's.
type play struct {
	storetest.Seed
	t      testing.TB
	mutant mutant
	now    time.Time
	number wa.NumberID
	talk   wa.ConversationID
	facts  platform.Facts

	items  []outbox.Receipt
	open   []*try // begun in this life, not concluded yet
	zombie []*try // begun in an earlier life, not posted yet
	meta   []wa.WAMID
	took   map[string][]wa.WAMID // item → what Meta accepted of it
	opaque map[wa.WAMID]string
	proven map[wa.MessageID]bool // a status told the house that it was accepted
}

// try is one attempt in the hands of a worker.
type try struct {
	item   outbox.Item
	begin  outbox.Beginning
	post   outbox.Post
	posted bool
	answer outbox.Answer
}

func newPlay(t testing.TB, o storetest.Opened, m mutant) *play {
	p := &play{
		t: t, mutant: m, now: storetest.Noon, took: map[string][]wa.WAMID{}, opaque: map[wa.WAMID]string{},
		proven: map[wa.MessageID]bool{}, facts: platform.Known().On(storetest.Noon),
	}
	p.Seed = o.Plant(t, "Model")
	p.number = p.Seed.Number(id.New("n"))
	p.talk = p.Seed.Conversation(p.number, p.Seed.Contact("Ana", "966500000001"))
	p.Exec("UPDATE conversation SET opened_at = $2 WHERE business_id = $1", string(p.Business), storetest.Noon.UnixMicro())
	p.openNumber()
	return p
}

// steps are what may happen next, in any order.
var steps = []func(*play, int){
	(*play).submit, (*play).beginOne, (*play).beginOne, (*play).postOne, (*play).postOne, (*play).concludeOne, (*play).concludeOne,
	(*play).crash, (*play).status, (*play).status, (*play).wakeZombie, (*play).pass,
}

// run takes steps as numbers chosen by somebody else, and returns the first
// promise that is broken.
func (p *play) run(choices []int) error {
	for i, c := range choices {
		steps[c%len(steps)](p, c/len(steps))
		if err := p.check(); err != nil {
			return fmt.Errorf("after step %d: %w", i+1, err)
		}
	}
	return nil
}

func (p *play) must(err error) {
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *play) pass(n int) { p.now = p.now.Add(time.Duration(n%90+1) * time.Second) }

func (p *play) submit(int) {
	if len(p.items) >= 6 {
		return
	}
	r, err := p.DB.Submit(p.t.Context(), wa.Draft{
		Business: p.Business, Conversation: p.talk, Kind: wa.SendMessage, Lane: wa.ServiceLane, Origin: wa.FromAPI,
		Content: wa.Content{Type: "text", JSON: []byte(`{"type":"text","text":{"body":"hello"}}`), Text: "hello"},
	}, p.now, policy.Decide)
	p.must(err)
	p.items = append(p.items, r)
}

func (p *play) waiting() []outbox.Item {
	var all []outbox.Item
	for _, lane := range wa.Lanes {
		items, err := p.DB.Waiting(p.t.Context(), outbox.Look{Business: p.Business, Number: p.number, Lane: lane, Now: p.now, Limit: 10})
		p.must(err)
		all = append(all, items...)
	}
	return slices.DeleteFunc(all, func(it outbox.Item) bool { return it.Due.After(p.now) })
}

func (p *play) beginOne(n int) {
	items := p.waiting()
	if len(items) == 0 {
		return
	}
	t := &try{item: items[n%len(items)]}
	t.begin = outbox.Beginning{
		Attempt: wa.AttemptID(id.Attempt()), Now: p.now, Deadline: p.now.Add(30 * time.Second), Free: p.now.Add(91 * time.Second),
		Decide: policy.Decide, Body: func(e outbox.Envelope) ([]byte, error) { return json.Marshal(e) },
	}
	if p.mutant == postFirst && n%2 == 0 {
		// The message leaves before anything is on disk; the process may not live
		// to write it down.
		p.accept(t.item.ID, "")
		return
	}
	b, err := p.DB.Begin(p.t.Context(), t.item, t.begin)
	p.must(err)
	if b.Open {
		t.post = b.Post
		p.open = append(p.open, t)
	}
}

// accept is Meta taking a message.
func (p *play) accept(item, opaque string) wa.WAMID {
	w := wa.WAMID("wamid." + id.New("w"))
	p.meta = append(p.meta, w)
	p.took[item] = append(p.took[item], w)
	p.opaque[w] = opaque
	return w
}

// postOne lets a request arrive, or not, and lets its answer be what it may.
func (p *play) postOne(n int) {
	for _, t := range p.open {
		if !t.posted {
			p.post(t, n)
			return
		}
	}
}

func (p *play) post(t *try, n int) {
	t.posted = true
	var e outbox.Envelope
	p.must(json.Unmarshal(t.post.Body, &e))
	lost := outbox.Answer{Outcome: outbox.InDoubt}
	if p.mutant == retryTimeout {
		lost = outbox.Answer{Outcome: outbox.Again, Answered: true}
	}
	switch n % 7 {
	case 0, 1:
		t.answer = outbox.Answer{Outcome: outbox.Accepted, Answered: true, HTTP: 200, WAMID: p.accept(t.item.ID, e.Opaque)}
	case 2: // the answer is lost, or says 500
		p.accept(t.item.ID, e.Opaque)
		t.answer = lost
	case 3: // the request is lost
		t.answer = lost
	case 4:
		t.answer = outbox.Answer{Outcome: outbox.Refused, Answered: true, HTTP: 400, Code: 131047}
	case 5:
		t.answer = outbox.Answer{Outcome: outbox.Again, Answered: true, HTTP: 400, Code: 130429, Effect: outbox.CoolNumber}
	case 6:
		t.answer = outbox.Answer{Outcome: outbox.Again, Answered: true, Unsent: true}
	}
}

func (p *play) concludeOne(n int) {
	var posted []int
	for i, t := range p.open {
		if t.posted {
			posted = append(posted, i)
		}
	}
	if len(posted) == 0 {
		return
	}
	i := posted[n%len(posted)]
	t := p.open[i]
	p.open = slices.Delete(p.open, i, i+1)
	_, err := p.DB.Conclude(p.t.Context(), outbox.Conclusion{
		Attempt: t.begin.Attempt, Item: t.item, Answer: t.answer, At: p.now, Free: p.now.Add(1010 * time.Millisecond),
		Retry: p.now, AskAt: p.now.Add(15 * time.Minute), Cooling: func(tries int) time.Time { return p.now.Add(time.Second) },
	})
	p.must(err)
	if p.mutant == blindWrite && t.answer.Outcome == outbox.InDoubt {
		p.Exec("UPDATE attempt SET outcome = 'in_doubt' WHERE business_id = $1 AND id = $2", string(p.Business), string(t.begin.Attempt))
		p.Exec("UPDATE message SET status = 'in_doubt' WHERE business_id = $1 AND id = $2", string(p.Business), t.item.ID)
	}
}

// crash ends the sender's life. What was posted and not concluded is forgotten;
// what was not posted yet may wake up later, past its time.
func (p *play) crash(int) {
	for _, t := range p.open {
		if !t.posted {
			p.zombie = append(p.zombie, t)
		}
	}
	p.open = nil
	p.openNumber()
	if p.mutant == recoverRequeue {
		p.Exec("UPDATE outbox_item SET state = 'queued', due_at = order_at WHERE business_id = $1 AND state = 'in_doubt'", string(p.Business))
	}
}

func (p *play) openNumber() {
	_, err := p.DB.OpenNumber(p.t.Context(), outbox.Opening{
		Business: p.Business, Number: p.number, Now: p.now,
		AskAt: func(_ wa.Lane, at time.Time) time.Time { return at.Add(15 * time.Minute) },
	})
	p.must(err)
}

// wakeZombie lets a worker of an earlier life post what it had begun, if its
// deadline has not passed: it looks at the clock right before.
func (p *play) wakeZombie(n int) {
	if len(p.zombie) == 0 {
		return
	}
	t := p.zombie[0]
	p.zombie = p.zombie[1:]
	if p.now.Before(t.begin.Deadline) {
		p.post(t, n)
	}
}

// status is a webhook about any message Meta took, late, twice or never.
func (p *play) status(n int) {
	if len(p.meta) == 0 {
		return
	}
	w := p.meta[n%len(p.meta)]
	wire := []string{"sent", "delivered", "read"}[n/7%3]
	ev := wa.StatusReported{
		Place: wa.Place{PhoneNumberID: wa.PhoneNumberID(p.phoneNumberID())}, WAMID: w, Status: wa.Status(wire), Wire: wire,
		At: p.now, Recipient: wa.Party{WaID: "966500000001"}, Opaque: p.opaque[w],
	}
	d := ingest.Delivery{ID: wa.DeliveryID(id.New("dlv")), ReceivedAt: p.now, App: "app", Body: []byte("{}"), SHA256: sha256.Sum256(nil)}
	p.must(p.DB.Keep(p.t.Context(), []ingest.Delivery{d}))
	_, err := p.DB.Apply(p.t.Context(), p.now, []ingest.Parsed{{Delivery: d, Normalized: ingest.Normalized{Events: []wa.Event{ev}}}})
	p.must(err)
	for item, ws := range p.took {
		if slices.Contains(ws, w) && p.opaque[w] != "" {
			p.proven[wa.MessageID(item)] = true
		}
	}
}

func (p *play) phoneNumberID() string {
	var s string
	p.must(p.Raw.QueryRow("SELECT phone_number_id FROM number WHERE business_id = $1", string(p.Business)).Scan(&s))
	return s
}

// check holds the house to its promises.
func (p *play) check() error {
	for _, it := range p.items {
		took := len(p.took[string(it.Message)])
		if took > 1 {
			return fmt.Errorf("I12: %s was accepted %d times", it.Message, took)
		}
		var status wa.Status
		p.must(p.Raw.QueryRow("SELECT status FROM message WHERE business_id = $1 AND id = $2", string(p.Business), string(it.Message)).Scan(&status))
		accepted := status.Reported() && status != wa.Failed
		if accepted && took == 0 {
			return fmt.Errorf("%s is shown as %s and Meta has never seen it", it.Message, status)
		}
		if p.proven[it.Message] && !accepted {
			return fmt.Errorf("I15: %s was proved to be accepted and is shown as %s", it.Message, status)
		}
	}
	var overlaps int
	p.must(p.Raw.QueryRow(`SELECT COUNT(*) FROM (SELECT item_id FROM attempt WHERE business_id = $1 AND outcome IS NULL
		GROUP BY item_id HAVING COUNT(*) > 1) x`, string(p.Business)).Scan(&overlaps))
	if overlaps > 0 {
		return fmt.Errorf("I13: %d items have two open attempts", overlaps)
	}
	return nil
}

// choices are drawn evenly: rapid's own integers lean towards the small.
var choices = rapid.SliceOfN(rapid.SampledFrom(func() []int {
	all := make([]int, 42*len(steps))
	for i := range all {
		all[i] = i
	}
	return all
}()), 20, 60)

// TestSendProtocol lets anything happen in any order and holds the house to its
// promises after every step (reliability §2.7).
func TestSendProtocol(t *testing.T) {
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		o := open(t)
		rapid.Check(t, func(r *rapid.T) {
			if err := newPlay(t, o, honest).run(choices.Draw(r, "steps")); err != nil {
				r.Fatal(err)
			}
		})
	})
}

// TestSendProtocolMutants makes four natural mistakes, each of which must be
// caught: a model that finds nothing wrong with them would prove nothing.
func TestSendProtocolMutants(t *testing.T) {
	for _, m := range []mutant{postFirst, recoverRequeue, retryTimeout, blindWrite} {
		t.Run(string(m), func(t *testing.T) {
			t.Parallel()
			o := storetest.SQLite(t)
			for seed := range 500 {
				if err := newPlay(t, o, m).run(choices.Example(seed)); err != nil {
					t.Logf("caught in run %d: %v", seed+1, err)
					return
				}
			}
			t.Error("not caught in 500 runs")
		})
	}
}
