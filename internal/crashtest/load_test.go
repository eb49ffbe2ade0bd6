package crashtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"wasl/metaemu"
)

// How much comes at once.
const (
	posters   = 18 // deliver webhooks
	askers    = 5  // ask the API to send
	askPace   = 45 * time.Millisecond
	mostAhead = 40 // requests accepted and not yet at Meta's door
)

// load keeps webhooks and requests coming until it is told to stop. It goes on
// through the death of the process it talks to, as Meta and clients do.
type load struct {
	trial *trial
	urls  []string      // of the nodes
	key   string        // API key
	pause time.Duration // of a poster between two deliveries, on the average
	quiet atomic.Bool   // nothing new is invented
	ended atomic.Bool
	road  sync.WaitGroup
	turn  atomic.Int64
	open  atomic.Int64 // requests that are being answered
}

func (l *load) start(seed uint64) {
	for i := range posters {
		rng := rand.New(rand.NewPCG(seed, uint64(100+i)))
		l.road.Go(func() { l.deliver(rng) })
	}
	for range askers {
		l.road.Go(l.ask)
	}
	l.road.Go(l.phone)
}

// hush ends what is new; what Meta still has to say goes on being delivered.
func (l *load) hush() { l.quiet.Store(true) }

func (l *load) end() {
	l.ended.Store(true)
	l.road.Wait()
}

func (l *load) url(rng *rand.Rand, path string) string { return l.urls[rng.IntN(len(l.urls))] + path }

// deliver posts what Meta says and what the writer invents.
func (l *load) deliver(rng *rand.Rand) {
	r := l.trial.world.relay
	for !l.ended.Load() {
		if m, ok := r.take(); ok {
			l.insist(rng, m)
			r.landed()
			continue
		}
		if l.quiet.Load() {
			time.Sleep(2 * time.Millisecond)
			continue
		}
		body := l.trial.writer.body()
		m := mail{body, sign(body)}
		// Most are delivered until they are taken. Some are not, so that the
		// platform also has to live with what it kept and nobody knows of.
		if rng.IntN(10) == 0 {
			r.post(l.url(rng, "/webhooks/meta"), m)
		} else {
			l.insist(rng, m)
		}
		time.Sleep(time.Duration(rng.Int64N(2 * int64(l.pause))))
	}
}

// insist delivers until the answer is 200.
func (l *load) insist(rng *rand.Rand, m mail) {
	for !l.ended.Load() {
		if l.trial.world.relay.post(l.url(rng, "/webhooks/meta"), m) == http.StatusOK {
			return
		}
		time.Sleep(time.Duration(5+rng.IntN(25)) * time.Millisecond)
	}
}

// ask sends through the API, to one customer after the other, and keeps a
// backlog, so that the pacer has to hold it back.
func (l *load) ask() {
	client := &http.Client{Timeout: 15 * time.Second}
	defer client.CloseIdleConnections()
	o := l.trial.oracle
	for !l.ended.Load() {
		l.open.Add(1)
		if l.quiet.Load() || int64(o.accepted())-l.trial.world.emu.Counters().Arrivals > mostAhead {
			l.open.Add(-1)
			time.Sleep(20 * time.Millisecond)
			continue
		}
		n := l.turn.Add(1)
		a := &asked{
			key: fmt.Sprintf("request-%d", n), to: l.trial.world.people[int(n)%customers].Digits,
			text: fmt.Sprintf("answer %d", n),
		}
		o.asking(a)
		l.askFor(client, a)
		l.open.Add(-1)
		time.Sleep(askPace)
	}
}

// askFor asks until there is an answer, or a request was cut off: then nobody
// knows, and it is asked again at the end.
func (l *load) askFor(client *http.Client, a *asked) {
	for {
		status, id := l.request(client, a)
		l.trial.oracle.told(a, max(status, 0), id)
		if status != notReached && status != http.StatusServiceUnavailable {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// notReached is the status of a request whose server was not there.
const notReached = -1

// request asks once and returns the status and the message's id; the status is 0
// if there was no answer.
func (l *load) request(client *http.Client, a *asked) (int, string) {
	raw, err := json.Marshal(obj{"to": "+" + a.to, "number_id": l.trial.numberID, "content": obj{"type": "text", "text": obj{"body": a.text}}})
	if err != nil {
		return 0, ""
	}
	req, err := http.NewRequest(http.MethodPost, l.urls[rand.IntN(len(l.urls))]+"/v1/messages", bytes.NewReader(raw))
	if err != nil {
		return 0, ""
	}
	req.Header.Set("Authorization", "Bearer "+l.key)
	req.Header.Set("Idempotency-Key", a.key)
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return notReached, ""
	}
	if err != nil {
		return 0, ""
	}
	defer res.Body.Close()
	var v struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
		return 0, "" // the process died while it answered
	}
	return res.StatusCode, v.ID
}

// phone lets the owner write from the phone now and then.
func (l *load) phone() {
	w := l.trial.world
	for i := 0; !l.ended.Load(); i++ {
		time.Sleep(150 * time.Millisecond)
		if l.quiet.Load() {
			continue
		}
		if _, err := w.emu.PhoneSend(w.number.ID, w.people[i%customers].ID, metaemu.Content{Text: fmt.Sprintf("from the phone %d", i)}); err != nil {
			l.trial.t.Errorf("the phone cannot write: %v", err)
			return
		}
	}
}

// repeat asks once more for everything that was not answered for certain, and
// for some of the rest: the same key must give the same message.
func (l *load) repeat() {
	t, o := l.trial.t, l.trial.oracle
	client := &http.Client{Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	var asks sync.WaitGroup
	for i, a := range o.sends {
		if a.id != "" && i%10 != 0 {
			continue
		}
		asks.Go(func() {
			status, id := l.request(client, a)
			for status == notReached { // of several nodes one may be dead
				status, id = l.request(client, a)
			}
			switch {
			case a.id != "" && id != a.id:
				t.Errorf("asked again, %s was answered %d with the message %q, first with %q", a.key, status, id, a.id)
			case status == 202:
				o.told(a, status, id)
			case status != 409:
				t.Errorf("asked again, %s was answered %d, want 202 or 409", a.key, status)
			}
		})
	}
	asks.Wait()
}
