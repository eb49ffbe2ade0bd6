package metaemu

import (
	"slices"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// historyPhases are the ages, counted back from onboarding, of phases 0, 1, 2.
var historyPhases = []struct{ from, to time.Duration }{
	{0, 24 * time.Hour}, {24 * time.Hour, 90 * 24 * time.Hour}, {90 * 24 * time.Hour, 180 * 24 * time.Hour},
}

// mediaWithin is how old media may be to be sent after its placeholder.
const mediaWithin = 14 * 24 * time.Hour

// chunkGap is the time between two history webhooks.
const chunkGap = 500 * time.Millisecond

// syncHistory sends the past: one webhook that it is not shared, or chunks by
// phase and then the media of the last 14 days. A phase without messages sends
// nothing. Progress is per phase, as captured in production (§4.2).
func (e *Emulator) syncHistory(n *number, at time.Time) {
	if !n.ShareHistory {
		e.plan(at, chunkGap, "history.chunk", valueDeed{n, declined()})
		return
	}
	step := time.Duration(e.habits.HistoryDelay)
	for _, c := range e.historyChunks(n) {
		step += chunkGap
		e.plan(at, step, "history.chunk", valueDeed{n, e.historyChunk(n, c)})
	}
	for _, m := range n.pastBetween(0, mediaWithin) {
		if isMedia(m.typ) {
			step += 50 * time.Millisecond
			e.plan(at, step, "history.media", pastDeed{n, m})
		}
	}
}

// pastChunk is what one history webhook holds.
type pastChunk struct {
	phase, order, progress int
	messages               []pastMessage
}

// historyChunks cuts the past into webhooks: by phase, by number of messages,
// and so that none grows too large.
func (e *Emulator) historyChunks(n *number) (all []pastChunk) {
	for phase, span := range historyPhases {
		from := len(all)
		for part := range slices.Chunk(n.pastBetween(span.from, span.to), e.cfg.HistoryChunk) {
			for _, fits := range e.fitting(part) {
				all = append(all, pastChunk{phase: phase, order: len(all) - from + 1, messages: fits})
			}
		}
		for i := from; i < len(all); i++ {
			all[i].progress = (i - from + 1) * 100 / (len(all) - from)
		}
	}
	for i := range all {
		if e.habits.OverallProgress {
			all[i].progress = (i + 1) * 100 / len(all)
		}
		if i > 0 && e.habits.Overlap > 0 {
			var again []pastMessage
			for _, m := range all[i-1].messages {
				if e.chance(e.habits.Overlap) {
					again = append(again, m)
				}
			}
			all[i].messages = append(again, all[i].messages...)
		}
	}
	return all
}

// framing is roughly what a message takes in a webhook besides its content.
const framing = 400

// fitting splits messages so that none of the parts outgrows a webhook.
func (e *Emulator) fitting(past []pastMessage) (parts [][]pastMessage) {
	size, from := 0, 0
	for i, m := range past {
		size += len(m.content) + framing
		if i > from && size > e.maxBody() {
			parts = append(parts, past[from:i])
			from, size = i, len(m.content)+framing
		}
	}
	return append(parts, past[from:])
}

func isMedia(typ string) bool {
	switch typ {
	case "image", "video", "audio", "document", "sticker":
		return true
	}
	return false
}

// pastBetween is the messages whose age at onboarding lies in [from, to), oldest
// thread first, each thread oldest first.
func (n *number) pastBetween(from, to time.Duration) []pastMessage {
	var list []pastMessage
	for _, t := range n.history {
		for _, m := range t.messages {
			if age := n.Onboarded.Sub(m.at); age >= from && age < to {
				list = append(list, m)
			}
		}
	}
	return list
}

func (e *Emulator) emitHistory(n *number, item []byte, at time.Time) {
	if n.Stage == StageLive {
		e.emit(n, "history", valueOf(n).List("history", item).Bytes(), at)
	}
}

// declined is the element that says the owner did not share (§4.3).
func declined() []byte {
	const title = "History sync is turned off by the business from the WhatsApp Business App"
	var er, data, o wire.Object
	er.Int("code", 2593109).Str("title", title).Str("message", title).
		Obj("error_data", data.Str("details", "History sharing is turned off by the business"))
	return o.List("errors", er.Bytes()).Bytes()
}

func (e *Emulator) historyChunk(n *number, c pastChunk) []byte {
	var threads [][]byte
	past := c.messages
	if len(past) > 0 && e.chance(e.habits.EmptyThreads) {
		var o wire.Object
		threads = append(threads, o.Str("id", past[0].with).List("messages").Bytes())
	}
	for len(past) > 0 {
		end := slices.IndexFunc(past, func(m pastMessage) bool { return m.with != past[0].with })
		if end < 0 {
			end = len(past)
		}
		threads = append(threads, e.historyThread(n, past[:end]))
		past = past[end:]
	}
	var meta, o wire.Object
	meta.Int("phase", int64(c.phase)).Int("chunk_order", int64(c.order)).Int("progress", int64(c.progress))
	return o.Obj("metadata", &meta).List("threads", threads...).Bytes()
}

// historyThread lists its messages newest first, as captured; media is
// a placeholder.
func (e *Emulator) historyThread(n *number, past []pastMessage) []byte {
	with := past[0].with
	userID := ""
	if cu := e.byDigits[with]; cu != nil {
		userID = e.userIDOf(cu, n.Portfolio)
	}
	var list [][]byte
	for _, m := range slices.Backward(past) {
		list = append(list, e.historyItem(n, m, userID))
	}
	if e.habits.OldestFirst {
		slices.Reverse(list)
	}
	var o, ctx wire.Object
	o.Str("id", with)
	if userID != "" {
		o.Obj("context", ctx.Str("wa_id", with).Str("user_id", userID))
	}
	return o.List("messages", list...).Bytes()
}

// historyItem is one message of a thread.
func (e *Emulator) historyItem(n *number, m pastMessage, userID string) []byte {
	var o, hc wire.Object
	status := "pending"
	if m.fromMe {
		o.Str("from", n.Digits)
		status = m.status
	} else {
		o.Str("from", m.with).Opt("from_user_id", userID)
	}
	if e.habits.UpperStatus {
		status = strings.ToUpper(status)
	}
	hc.Str("status", status)
	if m.fromMe && !e.habits.NoFromMe {
		hc.Bool("from_me", true)
	}
	o.Str("id", m.wamid).Str("timestamp", unix(m.at))
	switch {
	case !m.fromMe && e.chance(e.habits.HistoryErrors):
		var er wire.Object
		o.Str("type", "errors").List("errors", er.Int("code", 131051).Str("title", "Message type unknown").Bytes())
	case isMedia(m.typ):
		o.Str("type", "media_placeholder")
	default:
		o.Str("type", m.typ).Raw(m.typ, m.content)
	}
	return o.Obj("history_context", &hc).Bytes()
}

// emitHistoryMedia sends the content behind a placeholder, under the same WAMID
// (§4.4).
func (e *Emulator) emitHistoryMedia(n *number, pm pastMessage, at time.Time) {
	if n.Stage != StageLive {
		return
	}
	var m, contact wire.Object
	key := "messages"
	contact.Str("wa_id", pm.with)
	if cu := e.byDigits[pm.with]; cu != nil {
		contact.Str("user_id", e.userIDOf(cu, n.Portfolio))
	}
	if pm.fromMe {
		key = "message_echoes"
		m.Str("from", n.Digits).Str("to", pm.with)
	} else {
		m.Str("from", pm.with)
	}
	m.Str("id", pm.wamid).Str("timestamp", unix(pm.at)).Str("type", pm.typ).Raw(pm.typ, pm.content)
	v := valueOf(n).List("contacts", contact.Bytes()).List(key, m.Bytes())
	field := "history"
	if pm.fromMe && e.chance(e.habits.MisfiledMedia) {
		field = "smb_message_echoes"
	}
	e.emit(n, field, v.Bytes(), at)
}
