package crashtest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"
)

type digest = [sha256.Size]byte

// oracle holds what was asked of the platform and what it answered. It is never
// killed. Its mutex guards everything.
type oracle struct {
	mu     sync.Mutex
	posted map[digest]bool // deliveries that were sent, answered or not
	acked  map[digest]int  // how often each was answered 200
	acks   int
	silent int             // posts that were not answered 200
	odd    map[int]int     // answers to deliveries that are neither 200 nor 503
	sends  []*asked        // requests to send, in the order they were first made
	kills  []time.Time     // when a life ended
	lives  []life          // each with its first moment
	ready  []time.Duration // how long each life took to be ready
}

// life is from when a process was started until it was killed.
type life struct{ from, to time.Time }

// asked is one request to send, and its answer.
type asked struct {
	key, to, text string
	id            string // of the message, if it was answered 202
	status        int    // the last answer, 0 if there was none
}

func newOracle() *oracle {
	return &oracle{posted: map[digest]bool{}, acked: map[digest]int{}, odd: map[int]int{}}
}

func (o *oracle) posting(body []byte) digest {
	sum := sha256.Sum256(body)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.posted[sum] = true
	return sum
}

// answered notes the answer to a delivery; status 0 if there was none.
func (o *oracle) answered(sum digest, status int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch status {
	case 200:
		o.acked[sum]++
		o.acks++
	case 0, 503:
		o.silent++
	default:
		o.odd[status]++
	}
}

func (o *oracle) asking(a *asked) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sends = append(o.sends, a)
}

// told notes the answer to a request.
func (o *oracle) told(a *asked, status int, id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	a.status = status
	if status == 202 {
		a.id = id
	}
}

func (o *oracle) accepted() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for _, a := range o.sends {
		if a.id != "" {
			n++
		}
	}
	return n
}

func (o *oracle) born(at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lives = append(o.lives, life{from: at})
}

func (o *oracle) died(at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kills = append(o.kills, at)
	o.lives[len(o.lives)-1].to = at
}

// sign is Meta's signature of a body.
func sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}
