package webhook

import (
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
	Threads []thread         `json:"threads"`
	Errors  []jsontext.Value `json:"errors"`
	Extra   jsontext.Value   `json:",unknown"`
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
	for _, raw := range n.value.Messages {
		files = n.historyMessage(files, raw, wa.Party{}, false)
	}
	for _, raw := range n.value.Echoes {
		files = n.historyMessage(files, raw, wa.Party{}, true)
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
	for _, th := range h.Threads {
		with := th.party()
		for _, m := range th.Messages {
			ev.Messages = n.historyMessage(ev.Messages, m, with, false)
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

// historyMessage appends one message of the past. Direction: from_me, which
// Meta's pages do not name but its deliveries carry, or the Business's own
// number as sender; otherwise it came in (coexistence-protocol §4.2).
func (n *normalizer) historyMessage(list []wa.HistoryMessage, raw jsontext.Value, with wa.Party, ours bool) []wa.HistoryMessage {
	var m message
	if read(raw, &m) != nil || m.ID == "" {
		n.unknown("a message of the history without its shape", raw)
		return list
	}
	n.extraOf(&m)
	ours = ours || n.oursBySender(&m)
	h := wa.HistoryMessage{
		With: with, FromMe: ours, WAMID: wa.WAMID(m.ID), At: m.Timestamp.time(),
		Content: contentOf(&m, raw), ReplyTo: wa.WAMID(m.Context.ID), Status: wa.Arrived,
	}
	if m.Type == "errors" || m.Type == "unsupported" {
		h.Content.Type = "unsupported"
	}
	var wire string
	if m.HistoryContext != nil {
		wire = strings.ToLower(m.HistoryContext.Status)
		h.FromMe = h.FromMe || m.HistoryContext.FromMe != nil && *m.HistoryContext.FromMe
	}
	if !h.With.Named() {
		if h.FromMe {
			h.With = n.customerOf(m.To, m.ToUser, m.ToParent)
		} else {
			h.With = n.customerOf(m.From, m.FromUser, m.FromParent)
		}
	}
	if h.FromMe {
		h.Status = historyStatus(wire)
	}
	return append(list, h)
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
