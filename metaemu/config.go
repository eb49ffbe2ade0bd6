package metaemu

import (
	"log/slog"
	"net/http"
	"time"
)

// Config is what New needs. Its zero value works: the machine's clock, answers
// at once, Meta's published limits.
type Config struct {
	// Clock is the time the emulator lives in; nil means a WallClock of its own.
	Clock Clock
	// HTTPClient carries webhooks; nil means a client of its own. Its timeout
	// is not used: DeliveryTimeout is.
	HTTPClient *http.Client
	// Seed decides identifiers, delays and faults. The same seed and the same
	// order of requests give the same ones.
	Seed uint64
	// Log takes what an operator would want in a diary; nil means silence. No
	// message text, phone number or token is logged.
	Log *slog.Logger

	// Witness, if set, is shown every Graph call with its answer, so that both can
	// be held to a description of Meta's. It sees message texts and phone numbers.
	Witness func(Exchange)

	// BaseURL is the address at which Graph is reached, for addresses of media in
	// webhooks; empty means that at which it was called last.
	BaseURL string
	// Links, if set, fetches what a send names by link, so that a file that is not
	// there or of another kind fails as it does with Meta. Nil fetches nothing and
	// goes by the address alone.
	Links *http.Client

	// Latency is the road between a caller and Meta's door.
	Latency Latency
	// Status says how long after acceptance a message gets how far.
	Status StatusDelays

	// TemplateReview is how long the review of a template takes; a wholly zero
	// value means 1 to 5 minutes.
	TemplateReview Delay

	// PairEvery and PairBurst are the rate of one number towards one customer.
	// Zero means Meta's: one in 6 s, 45 at once.
	PairEvery time.Duration
	PairBurst int
	// ThrottleHTTP is the HTTP status of 130429 and 131056: 400 by Meta's last
	// published table (19 Nov 2025), 429 by one large provider. Zero means 400.
	ThrottleHTTP int
	// WindowErrorAtOnce makes a message outside the 24-hour window fail in the
	// answer (131047) and not, as Meta usually does, later by a status.
	WindowErrorAtOnce bool
	// InactivityAfter is how long a phone may be silent; zero means 14 days.
	InactivityAfter time.Duration

	// DeliveryTimeout is how long a webhook waits for its answer; zero means 20 s.
	DeliveryTimeout time.Duration
	// DeliveryWorkers is how many webhooks are on the road at once; zero means 16.
	// With 1 they arrive in order, which Meta does not promise.
	DeliveryWorkers int
	// HistoryChunk is how many messages one history webhook holds; zero means 500.
	HistoryChunk int

	// KeepArrivals, KeepDeliveries, KeepBodies and KeepMessages bound the books:
	// the newest so many are kept, the counters go on. Zero means 200,000
	// arrivals, 50,000 deliveries, 64 MiB of delivery bodies and 1,000 messages
	// of one chat.
	KeepArrivals   int
	KeepDeliveries int
	KeepBodies     int
	KeepMessages   int
	// KeepBreaches is how many of the newest breaches are kept; zero means 10,000.
	KeepBreaches int
	// KeepAllMessages bounds the messages of all chats together, KeepStrangers the
	// customers whom nobody created and who have never written. Zero means 500,000
	// messages and 100,000 customers.
	KeepAllMessages int
	KeepStrangers   int
	// KeepMedia bounds the bytes of all media, of which each is kept once, and
	// KeepMediaIDs their ids; the oldest are forgotten. Zero means 512 MiB and
	// 200,000 ids.
	KeepMedia    int
	KeepMediaIDs int
}

// Delay is a span of time, drawn evenly between Min and Max.
type Delay struct {
	Min, Max time.Duration
}

// Latency is the two legs of a call: To the door, where the arrival is noted,
// and Back with the answer.
type Latency struct {
	To, Back Delay
}

// StatusDelays says when an accepted message is sent, when after that it is
// delivered, and when after that a customer with ReadsAtOnce has read it.
// A wholly zero value means 150–400 ms, 0.3–1.5 s and 2–20 s.
type StatusDelays struct {
	Sent, Delivered, Read Delay
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = &WallClock{}
	}
	if c.HTTPClient == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.Proxy = nil
		t.MaxIdleConnsPerHost = 64
		c.HTTPClient = &http.Client{Transport: t}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Status == (StatusDelays{}) {
		c.Status = StatusDelays{
			Sent:      Delay{150 * time.Millisecond, 400 * time.Millisecond},
			Delivered: Delay{300 * time.Millisecond, 1500 * time.Millisecond},
			Read:      Delay{2 * time.Second, 20 * time.Second},
		}
	}
	if c.TemplateReview == (Delay{}) {
		c.TemplateReview = Delay{time.Minute, 5 * time.Minute}
	}
	orDuration(&c.PairEvery, 6*time.Second)
	orDuration(&c.InactivityAfter, 14*24*time.Hour)
	orDuration(&c.DeliveryTimeout, 20*time.Second)
	orInt(&c.PairBurst, 45)
	orInt(&c.ThrottleHTTP, http.StatusBadRequest)
	orInt(&c.DeliveryWorkers, 16)
	orInt(&c.HistoryChunk, 500)
	orInt(&c.KeepArrivals, 200_000)
	orInt(&c.KeepDeliveries, 50_000)
	orInt(&c.KeepBodies, 64<<20)
	orInt(&c.KeepMessages, 1000)
	orInt(&c.KeepBreaches, 10_000)
	orInt(&c.KeepAllMessages, 500_000)
	orInt(&c.KeepStrangers, 100_000)
	orInt(&c.KeepMedia, 512<<20)
	orInt(&c.KeepMediaIDs, 200_000)
	return c
}

func orDuration(d *time.Duration, def time.Duration) {
	if *d == 0 {
		*d = def
	}
}

func orInt(n *int, def int) {
	if *n == 0 {
		*n = def
	}
}
