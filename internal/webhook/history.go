package webhook

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"wasl/internal/wa"
)

// declined is Meta's code for "the owner did not share the history"
// (coexistence-protocol §4.3).
const declined = 2593109

type historyItem struct {
	Metadata *struct {
		Phase    num `json:"phase"`
		Order    num `json:"chunk_order"`
		Progress num `json:"progress"`
	} `json:"metadata"`
	Threads []jsontext.Value `json:"threads"`
	Errors  []jsontext.Value `json:"errors"`
	Extra   jsontext.Value   `json:",embed"`
}

type thread struct {
	ID       text             `json:"id"`
	Context  *contact         `json:"context"`
	Messages []jsontext.Value `json:"messages"`
}

// history reads both forms of the field: threads of the past, and files for
// placeholders, which look like live messages and are not (L6).
func (n *normalizer) history() {
	for _, raw := range n.value.History {
		n.historyItem(raw)
	}
	var files []wa.HistoryMessage
	for i, raw := range slices.Concat(n.value.Messages, n.value.Echoes) {
		// A file that names nobody finds its placeholder by the WAMID alone.
		if m, ok := n.historyMessage(raw, wa.Party{}, i >= len(n.value.Messages)); ok {
			files = append(files, m)
		}
	}
	if len(files) > 0 {
		n.add(wa.HistoryMedia{Place: n.place, Messages: files})
	}
}

func (n *normalizer) historyItem(raw jsontext.Value) {
	var h historyItem
	if read(raw, &h) != nil {
		n.unknown("a history chunk without its shape", raw)
		return
	}
	n.extra("history", h.Extra)
	for _, e := range h.Errors {
		n.troubled(e)
	}
	if h.Metadata == nil && h.Threads == nil {
		if len(h.Errors) == 0 {
			n.unknown("a history chunk with nothing in it", raw)
		}
		return
	}
	ev := wa.HistoryChunk{Place: n.place}
	if h.Metadata != nil {
		ev.Phase, ev.Order, ev.Progress = int(h.Metadata.Phase), int(h.Metadata.Order), int(h.Metadata.Progress)
	}
	for _, raw := range h.Threads {
		var th thread
		if read(raw, &th) != nil {
			n.unknown("a thread of the history without its shape", raw)
			continue
		}
		with := th.party()
		for _, raw := range th.Messages {
			m, ok := n.historyMessage(raw, with, false)
			switch {
			case ok && m.With.Named():
				ev.Messages = append(ev.Messages, m)
			case ok:
				n.unknown("a message of the history that names nobody", raw)
			}
		}
	}
	n.add(ev)
}

func (th thread) party() wa.Party {
	p := wa.Party{Phone: wa.Digits(string(th.ID))}
	p.WaID = p.Phone
	if th.Context == nil {
		return p
	}
	c := th.Context.party()
	if p.Phone == "" {
		p.Phone, p.WaID = c.Phone, c.WaID
	}
	p.BSUID, p.Parent, p.Username = c.BSUID, c.Parent, c.Username
	return p
}

// historyMessage reads one message of the past; ok is false if it cannot be
// read. Direction: from_me, which Meta's pages do not name but its deliveries
// carry, or the Business's own number as sender; otherwise it came in
// (coexistence-protocol §4.2).
func (n *normalizer) historyMessage(raw jsontext.Value, with wa.Party, ours bool) (h wa.HistoryMessage, ok bool) {
	var m message
	if read(raw, &m) != nil || m.ID == "" {
		n.unknown("a message of the history without its shape", raw)
		return h, false
	}
	n.extraOf(&m)
	h = wa.HistoryMessage{
		With: with, FromMe: ours || n.oursBySender(&m), WAMID: wa.WAMID(m.ID), At: m.Timestamp.time(),
		Content: contentOf(&m, raw), ReplyTo: wa.WAMID(m.Context.ID), Status: wa.Arrived,
	}
	if m.Type == "errors" || m.Type == "unsupported" {
		h.Content.Type = "unsupported"
	}
	wire := ""
	if m.HistoryContext != nil {
		wire = strings.ToLower(m.HistoryContext.Status)
		h.FromMe = h.FromMe || m.HistoryContext.FromMe != nil && *m.HistoryContext.FromMe
	}
	if h.FromMe {
		h.Status = historyStatus(wire)
		h.With = n.completed(with, m.To, m.ToUser, m.ToParent)
	} else {
		h.With = n.completed(with, m.From, m.FromUser, m.FromParent)
	}
	return h, true
}

// completed is the party of a thread with what a message of it says of that
// person besides.
func (n *normalizer) completed(p wa.Party, phone, user, parent text) wa.Party {
	if !p.Named() {
		return n.customerOf(phone, user, parent)
	}
	if p.Phone == "" {
		p.Phone = wa.Digits(string(phone))
		p.WaID = p.Phone
	}
	if p.BSUID == "" {
		p.BSUID, p.Parent = string(user), string(parent)
	}
	return p
}

func historyStatus(wire string) wa.Status {
	switch wire {
	case "error":
		return wa.Failed
	case "pending":
		return wa.Accepted
	}
	if s, ok := words[wire]; ok {
		return s
	}
	return wa.Sent
}
