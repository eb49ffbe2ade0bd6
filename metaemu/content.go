package metaemu

import (
	"encoding/json"

	"wasl/metaemu/wire"
)

// contentBytes is the object of the request under its type, in wire form.
func (q *sendRequest) contentBytes() []byte {
	switch q.Type {
	case "text":
		var o wire.Object
		return o.Str("body", *q.Text.Body).Bytes()
	case "reaction":
		var o wire.Object
		return o.Str("message_id", q.Reaction.MessageID).Str("emoji", *q.Reaction.Emoji).Bytes()
	case "location":
		return compact(q.Location)
	case "contacts":
		return compact(q.Contacts)
	case "interactive":
		return compact(q.Interactive)
	case "template":
		return compact(q.Template)
	}
	m := q.media()
	var o wire.Object
	o.Opt("id", m.ID).Opt("link", m.Link).Opt("caption", m.Caption).Opt("filename", m.Filename)
	if m.Voice != nil && q.Type == "audio" {
		o.Bool("voice", *m.Voice)
	}
	return o.Bytes()
}

// voice answers whether a message is a voice note.
func (m *message) voice() bool {
	var a struct {
		Voice bool `json:"voice"`
	}
	return m.typ == "audio" && json.Unmarshal(m.content, &a) == nil && a.Voice
}

func compact(raw json.RawMessage) []byte {
	b, err := wire.Compact(raw)
	if err != nil {
		return []byte("null") // It was part of a body that has been parsed already.
	}
	return b
}

// summary is one line for a screen.
func (q *sendRequest) summary() string {
	switch q.Type {
	case "text":
		return *q.Text.Body
	case "reaction":
		return *q.Reaction.Emoji
	case "template":
		t, _ := q.template()
		return "[template " + t.Name + "]"
	}
	return summaryOf(q.Type, q.contentBytes())
}

// summaryOf is one line for a screen, from a content object.
func summaryOf(typ string, content []byte) string {
	var c struct {
		Body     json.RawMessage `json:"body"`
		Caption  string          `json:"caption"`
		Filename string          `json:"filename"`
		Name     string          `json:"name"`
		Emoji    string          `json:"emoji"`
		Text     string          `json:"text"`
		Button   *struct {
			Title string `json:"title"`
		} `json:"button_reply"`
		List *struct {
			Title string `json:"title"`
		} `json:"list_reply"`
	}
	if json.Unmarshal(content, &c) != nil {
		return "[" + typ + "]" // A list, such as contacts.
	}
	var body string
	if json.Unmarshal(c.Body, &body) != nil {
		var nested struct {
			Text string `json:"text"`
		}
		_ = json.Unmarshal(c.Body, &nested) // No body at all is no text.
		body = nested.Text
	}
	switch {
	case typ == "text":
		return body
	case c.Button != nil:
		return c.Button.Title
	case c.List != nil:
		return c.List.Title
	}
	for _, s := range []string{c.Caption, c.Emoji, body, c.Text, c.Name, c.Filename} {
		if s != "" {
			return "[" + typ + "] " + s
		}
	}
	return "[" + typ + "]"
}
