package bench

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"wasl/internal/store"
	"wasl/internal/wa"
)

// Sizes of what a phone tells of its past (coexistence-protocol §4.1, §4.2).
const (
	pastDays     = 180
	repeated     = 0.3     // of the messages are told twice, in another chunk
	largestChunk = 5000    // messages; Meta says thousands
	largestBody  = 3 << 20 // bytes of a delivery
)

// past is half a year on a phone as Meta would tell it, and what has to become
// of it.
type past struct {
	chunks [][]byte // deliveries, in the order they are sent
	told   int      // messages in them, with repetitions
	bytes  int
	want   map[wa.WAMID]store.BenchMessage
}

// told is one message of the past as one chunk tells it.
type told struct {
	thread int
	n      int // which message
	at     time.Time
	out    bool
	typ    string
}

// Meta's words for how far an outgoing message of the past has got, the least
// first, and ours. Their spelling differs from one delivery to the next.
var pastWords = []struct {
	wire string
	is   wa.Status
}{{"PENDING", wa.Accepted}, {"sent", wa.Sent}, {"DELIVERED", wa.Delivered}, {"read", wa.Read}}

// newPast makes a past that ended just before now. Threads are told one after
// another in each phase, in no order; chunks are cut wherever, shuffled, and some
// runs of messages are told again elsewhere, with another status.
func newPast(messages, threads int, now time.Time, rng *rand.Rand) *past {
	p := &past{want: make(map[wa.WAMID]store.BenchMessage, messages)}
	var runs [3]map[int][]told
	for i := range runs {
		runs[i] = map[int][]told{}
	}
	for n := range messages {
		age := time.Duration(rng.Int64N(int64(pastDays*24*time.Hour))) + time.Minute
		m := told{thread: rng.IntN(threads), n: n, at: now.Add(-age).Truncate(time.Second), out: rng.IntN(2) == 0, typ: "text"}
		if rng.IntN(30) == 0 {
			m.typ = "media_placeholder"
		}
		phase := 0
		switch {
		case age > 90*24*time.Hour:
			phase = 2
		case age > 24*time.Hour:
			phase = 1
		}
		runs[phase][m.thread] = append(runs[phase][m.thread], m)
	}
	for phase, threads := range runs {
		p.phase(phase, threads, rng)
	}
	rng.Shuffle(len(p.chunks), func(i, j int) { p.chunks[i], p.chunks[j] = p.chunks[j], p.chunks[i] })
	return p
}

// phase cuts what a phase tells into chunks.
func (p *past) phase(phase int, threads map[int][]told, rng *rand.Rand) {
	var lines, again []told
	order := slices.Sorted(maps.Keys(threads))
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for _, thread := range order {
		lines = append(lines, threads[thread]...)
		if rng.Float64() < repeated {
			again = append(again, threads[thread]...)
		}
	}
	lines = append(lines, again...)
	for n := 1; len(lines) > 0; n++ {
		size := min(len(lines), largestChunk/10+rng.IntN(largestChunk*9/10))
		body, fitted := p.chunk(phase, n, lines[:size], rng)
		p.chunks = append(p.chunks, body)
		p.told, p.bytes, lines = p.told+fitted, p.bytes+len(body), lines[fitted:]
	}
}

// chunk writes a delivery of as many of the messages as it may hold.
func (p *past) chunk(phase, order int, lines []told, rng *rand.Rand) (body []byte, n int) {
	body = fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"%s","changes":[{"field":"history","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550142077","phone_number_id":"%s"},"history":[{"metadata":{"phase":%d,"chunk_order":%d,"progress":%d},"threads":[`,
		wabaID, phoneID, phase, order, min(100, order*10))
	open := -1
	for _, m := range lines {
		if len(body) > largestBody-2048 {
			break
		}
		if m.thread != open {
			if open >= 0 {
				body = append(body, "]},"...)
			}
			body = append(append(body, threadHead(m.thread)...), `"messages":[`...)
			open = m.thread
		} else {
			body = append(body, ',')
		}
		body = p.line(body, m, rng)
		n++
	}
	return append(body, "]}]}]}}]}]}"...), n
}

// threadHead names a thread's person: one in fifty by the BSUID alone.
func threadHead(thread int) string {
	if thread%50 == 7 {
		return fmt.Sprintf(`{"context":{"user_id":"%s","username":"@person%d"},`, personBSUID(thread), thread)
	}
	return fmt.Sprintf(`{"id":"%s","context":{"wa_id":"%s","user_id":"%s"},`, personDigits(thread), personDigits(thread), personBSUID(thread))
}

func personDigits(thread int) string { return fmt.Sprintf("9665%08d", thread) }
func personBSUID(thread int) string  { return fmt.Sprintf("SA.88420177339%06d", thread) }

// pastWAMID is a message's id. Those of a thread lie apart, as Meta's do.
func pastWAMID(n int) wa.WAMID {
	return wa.WAMID(fmt.Sprintf("wamid.HBgMOTY2NTAw%08XFQIAEhgUM0E5OTg4%08d", uint32(n)*2654435761, n))
}

// line writes one message and notes what must become of it.
func (p *past) line(body []byte, m told, rng *rand.Rand) []byte {
	id, text := pastWAMID(m.n), fmt.Sprintf("Message %d of the past", m.n)
	want := store.BenchMessage{WAMID: id, Thread: personBSUID(m.thread), At: m.at, Type: m.typ, Direction: wa.In, Status: wa.Arrived, Provenance: wa.History, Text: text}
	from, tail := `"from_user_id":"`+personBSUID(m.thread)+`"`, `"history_context":{"status":"pending"}}`
	if m.thread%50 != 7 {
		from = `"from":"` + personDigits(m.thread) + `",` + from
	}
	if m.out {
		word := pastWords[rng.IntN(len(pastWords))]
		from, tail = `"from":"15550142077"`, `"history_context":{"status":"`+word.wire+`","from_me":true}}`
		want.Direction, want.Status = wa.Out, word.is
		if before, ok := p.want[id]; ok {
			want.Status = before.Status.After(word.is)
		}
	}
	content := `"text":{"body":"\u0645\u0631\u062d\u0628\u0627. ` + text + `"},`
	want.Text = "مرحبا. " + text
	if m.typ != "text" {
		content, want.Text = "", ""
	}
	p.want[id] = want
	return fmt.Appendf(body, `{%s,"id":"%s","timestamp":"%d","type":"%s",%s%s`, from, id, m.at.Unix(), m.typ, content, tail)
}

// liveBody is a message that comes in while the past is told, of a person of the
// past.
func (p *past) liveBody(n, threads int, now time.Time) []byte {
	thread := n * 7919 % threads
	id, text := fmt.Sprintf("wamid.HBgMOTY2NTAwTElWRQFQIAEhgUM0E%08d", n), fmt.Sprintf("Live %d", n)
	from := `"from_user_id":"` + personBSUID(thread) + `",`
	waID := ""
	if thread%50 != 7 {
		from += `"from":"` + personDigits(thread) + `",`
		waID = `"wa_id":"` + personDigits(thread) + `",`
	}
	p.want[wa.WAMID(id)] = store.BenchMessage{
		WAMID: wa.WAMID(id), Thread: personBSUID(thread), At: now.Truncate(time.Second), Type: "text",
		Direction: wa.In, Status: wa.Arrived, Provenance: wa.Live, Text: text,
	}
	var b strings.Builder
	fmt.Fprintf(&b, `{"object":"whatsapp_business_account","entry":[{"id":"%s","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550142077","phone_number_id":"%s"},"contacts":[{"profile":{"name":"Person %d"},%s"user_id":"%s"}],"messages":[{%s"id":"%s","timestamp":"%d","type":"text","text":{"body":"%s"}}]}}]}]}`,
		wabaID, phoneID, thread, waID, personBSUID(thread), from, id, now.Unix(), text)
	return []byte(b.String())
}
