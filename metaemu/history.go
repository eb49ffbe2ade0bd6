package metaemu

import (
	"slices"
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
		e.after(at, chunkGap, func(at time.Time) { e.emitHistory(n, declined(), at) })
		return
	}
	step := time.Duration(0)
	for phase, span := range historyPhases {
		past := n.pastBetween(span.from, span.to)
		chunks := slices.Collect(slices.Chunk(past, e.cfg.HistoryChunk))
		for i, chunk := range chunks {
			step += chunkGap
			item := e.historyChunk(n, phase, i+1, (i+1)*100/len(chunks), chunk)
			e.after(at, step, func(at time.Time) { e.emitHistory(n, item, at) })
		}
	}
	for _, m := range n.pastBetween(0, mediaWithin) {
		if isMedia(m.typ) {
			step += 50 * time.Millisecond
			e.after(at, step, func(at time.Time) { e.emitHistoryMedia(n, m, at) })
		}
	}
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

func (e *Emulator) historyChunk(n *number, phase, order, progress int, past []pastMessage) []byte {
	var threads [][]byte
	for len(past) > 0 {
		end := slices.IndexFunc(past, func(m pastMessage) bool { return m.with != past[0].with })
		if end < 0 {
			end = len(past)
		}
		threads = append(threads, e.historyThread(n, past[:end]))
		past = past[end:]
	}
	var meta, o wire.Object
	meta.Int("phase", int64(phase)).Int("chunk_order", int64(order)).Int("progress", int64(progress))
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
		var o, hc wire.Object
		if m.fromMe {
			o.Str("from", n.Digits)
			hc.Str("status", m.status).Bool("from_me", true)
		} else {
			o.Str("from", with).Opt("from_user_id", userID)
			hc.Str("status", "pending")
		}
		o.Str("id", m.wamid).Str("timestamp", unix(m.at))
		if isMedia(m.typ) {
			o.Str("type", "media_placeholder")
		} else {
			o.Str("type", m.typ).Raw(m.typ, m.content)
		}
		list = append(list, o.Obj("history_context", &hc).Bytes())
	}
	var o, ctx wire.Object
	o.Str("id", with)
	if userID != "" {
		o.Obj("context", ctx.Str("wa_id", with).Str("user_id", userID))
	}
	return o.List("messages", list...).Bytes()
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
	e.emit(n, "history", v.Bytes(), at)
}
