package metaemu

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// history entries are the messages that were sent over Graph and are still kept;
// their events are the statuses they have had (§7.9, OpenAPI document v23, Nov
// 2025). It is no history of a conversation.

// course is when a message got its statuses, in seconds since 1970; zero: never.
type course struct{ sent, delivered, read, failed uint32 }

// passed notes the first time of a status.
func (t *course) passed(status string, at time.Time) {
	var into *uint32
	switch status {
	case "sent":
		into = &t.sent
	case "delivered":
		into = &t.delivered
	case "read":
		into = &t.read
	case "failed":
		into = &t.failed
	default: // A voice note that is played has no event.
		return
	}
	if *into == 0 {
		*into = uint32(max(0, at.Unix())) // #nosec G115 -- until 2106
	}
}

// occurrence is one event of a message.
type occurrence struct {
	status string
	at     uint32
}

func (t course) list() []occurrence {
	var list []occurrence
	for _, o := range []occurrence{{"SENT", t.sent}, {"DELIVERED", t.delivered}, {"READ", t.read}, {"FAILED", t.failed}} {
		if o.at != 0 {
			list = append(list, o)
		}
	}
	return list
}

// deliveryStatuses are those that can be filtered by.
const deliveryStatuses = "SENT DELIVERED READ FAILED DELETED"

// entriesMost is how many entries can be asked for their events, the last shown.
const entriesMost = 100_000

func historyEdges() []edge {
	const source = "cloud-api-protocol §7.9"
	return []edge{
		{
			on: "number", method: "GET", name: "message_history", fields: "id message_id events limit after before", codes: []int{100},
			source: source, do: ofNumber((*Emulator).messageHistory),
		},
		{
			on: "history", method: "GET", name: "events", fields: "cursor node status_filter limit after before", codes: []int{100},
			source: source, do: (*Emulator).historyEvents,
		},
	}
}

// numberFor is an id of 16 digits made of a text.
func numberFor(text string) string {
	sum := sha256.Sum256([]byte(text))
	return strconv.FormatUint(1_000_000_000_000_000+binary.BigEndian.Uint64(sum[:8])%9_000_000_000_000_000, 10)
}

// messageHistory lists the messages of a number, the newest first.
func (e *Emulator) messageHistory(c *call, n *number) answer {
	var rows []row
	add := func(m *message) {
		if m != nil && !m.in && m.origin == "api" && m.chat.number == n && !m.forgotten {
			rows = append(rows, row{key: m.wamid, late: func() []byte { return e.entryOf(c, m) }})
		}
	}
	if only := c.query("message_id"); only != "" {
		if add(e.messages[only]); len(rows) == 0 {
			return e.refuse(wrongState("The requested message_id was not found in the message history"))
		}
		return e.page(c, rows)
	}
	for _, m := range slices.Backward(e.memory.kept) {
		add(m)
	}
	return e.page(c, rows)
}

// entryOf is a message as an entry with the fields asked for.
func (e *Emulator) entryOf(c *call, m *message) []byte {
	id := numberFor(m.wamid)
	if e.account.entries[id] == "" {
		e.account.entries[id] = m.wamid
		e.account.entryOrder = append(e.account.entryOrder, id)
		if len(e.account.entryOrder) > entriesMost {
			delete(e.account.entries, e.account.entryOrder[0])
			e.account.entryOrder = e.account.entryOrder[1:]
		}
	}
	return e.nodeOf(c, "", id, or(c.query("fields"), "message_id"), func(s selection) []byte {
		switch s.name {
		case "message_id":
			return str(m.wamid)
		case "events":
			var events [][]byte
			for _, o := range m.course.list() {
				events = append(events, e.event(m, o))
			}
			var list wire.Object
			return list.List("data", events...).Bytes()
		}
		return nil
	})
}

// event is an occurrence inside its message. Whether its webhook arrived stands in
// the book of deliveries and not here.
func (e *Emulator) event(m *message, o occurrence) []byte {
	var out, app wire.Object
	out.Str("id", numberFor(m.wamid+o.status)).Str("delivery_status", o.status).Int("timestamp", int64(o.at)).
		Obj("application", app.Str("id", m.chat.number.App))
	if a := e.apps[m.chat.number.App]; a != nil {
		out.Opt("webhook_uri", or(m.chat.number.override, a.Callback))
	}
	if o.status == "FAILED" {
		out.Str("error_description", known[m.errCode].title)
	}
	return out.Bytes()
}

// historyEntry finds an entry that was shown, as long as its message is kept.
func (e *Emulator) historyEntry(id string) target {
	if m := e.messages[e.account.entries[id]]; m != nil {
		return target{kind: "history", waba: m.chat.number.waba.ID, this: m}
	}
	return target{}
}

// historyEvents lists the events of one entry, each as an edge with its cursor.
func (e *Emulator) historyEvents(c *call) answer {
	m, only := c.target.this.(*message), c.query("status_filter")
	if only != "" && !slices.Contains(strings.Fields(deliveryStatuses), only) {
		return e.refuse(badParameter("Invalid parameter: status_filter must be a valid delivery status"))
	}
	var rows []row
	for _, o := range m.course.list() {
		if only != "" && only != o.status {
			continue
		}
		var node, app, item wire.Object
		node.Str("id", numberFor(m.wamid+o.status)).Str("delivery_status", o.status)
		if o.status == "FAILED" {
			node.Str("error_description", known[m.errCode].title)
		}
		node.Int("occurrence_timestamp", int64(o.at)).Int("status_timestamp", int64(o.at))
		if a := e.apps[m.chat.number.App]; a != nil {
			node.Obj("application", app.Str("id", a.ID).Str("name", a.Name))
		}
		item.Str("cursor", cursorOf(len(rows), o.status)).Obj("node", &node)
		fields := or(c.query("fields"), "cursor,node{id,delivery_status,occurrence_timestamp}")
		rows = append(rows, row{key: o.status, json: prune(item.Bytes(), fields)})
	}
	return e.page(c, rows)
}
