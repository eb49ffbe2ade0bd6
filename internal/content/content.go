// Package content is what may be said: every type of message of the Cloud API,
// read and judged before it is taken in, so that who wrote it learns at once what
// is wrong, and where.
//
// It is pure. Lengths and numbers are dated facts ("content_length",
// "content_count") whose scope is the path of the member; a member without a fact
// has no limit here. What is not known inside a message is kept as it is: Meta may
// know it. What stands beside it is dropped: the recipient, the quoted message and
// the opaque id are ours to write.
package content

import (
	"bytes"
	"encoding/json"
	"strings"

	"wasl/internal/fault"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

// Message is content that Meta would take, as far as can be known.
type Message struct {
	Type string
	JSON json.RawMessage // {"type":…, <type>:…}
	Text string          // what of it a person can read
	// ReplyTo is the message it quotes, if any; Target the one a reaction is about.
	ReplyTo, Target wa.WAMID
}

// shapes are the types that can be sent (cloud-api-protocol §2.2, §2.4).
var shapes = map[string]func(at, *Message){
	"text": text, "image": media, "video": media, "audio": media, "document": media, "sticker": media,
	"location": location, "contacts": contacts, "reaction": reaction, "interactive": interactive,
}

// Read judges a message in the Cloud API's own shape by what holds on a day.
func Read(raw []byte, today platform.Facts) (Message, *fault.Fault) {
	body, ok := decode(raw)
	if !ok {
		return Message{}, fault.Of(fault.CodeContentInvalid).Saying("content: not a message of the Cloud API.")
	}
	c := &checker{facts: today}
	top := at{c: c, m: body}
	m := Message{Type: top.need("type")}
	if c.bad != nil {
		return Message{}, c.bad
	}
	shape, ok := shapes[m.Type]
	if !ok {
		return Message{}, fault.Of(fault.CodeContentTypeNotSupportedYet)
	}
	if quoted, ok := top.object("context"); ok {
		m.ReplyTo = wa.WAMID(quoted.need("message_id"))
	}
	if body[m.Type] == nil {
		top.fail(m.Type, "is missing")
	} else {
		shape(top, &m)
	}
	if c.bad != nil {
		return Message{}, c.bad
	}
	m.JSON = top.only("type", m.Type)
	return m, nil
}

// decode reads one JSON object, with its numbers as they were written.
func decode(raw []byte) (map[string]any, bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var m map[string]any
	if dec.Decode(&m) != nil || m == nil {
		return nil, false
	}
	return m, !dec.More()
}

func text(top at, m *Message) {
	t := top.must("text")
	m.Text = t.need("body")
	t.flag("preview_url")
}

func media(top at, m *Message) {
	f := top.must(m.Type)
	source(f)
	switch m.Type {
	case "image", "video", "document":
		m.Text = f.may("caption")
	default:
		if f.m["caption"] != nil {
			f.fail("caption", "messages of type %s have none", m.Type)
		}
	}
	if name := f.may("filename"); m.Type == "document" && m.Text == "" {
		m.Text = name
	}
	f.flag("voice")
}

// source wants a file: uploaded before, or somewhere on the web.
func source(f at) {
	id, link := f.may("id"), f.may("link")
	switch {
	case id == "" && link == "":
		f.fail("", "either id or link is needed")
	case id != "" && link != "":
		f.fail("", "only one of id and link")
	case link != "" && !web(link):
		f.fail("link", "no web address: it begins with https:// or http://")
	}
}

func location(top at, m *Message) {
	l := top.must("location")
	l.degrees("latitude", 90)
	l.degrees("longitude", 180)
	m.Text = join(l.may("name"), l.may("address"))
}

// cardLists are what a contact card has several of.
var cardLists = []struct {
	name    string
	members []string
}{
	{"addresses", []string{"street", "city", "state", "zip", "country", "country_code", "type"}},
	{"emails", []string{"email", "type"}},
	{"phones", []string{"phone", "type", "wa_id"}},
	{"urls", []string{"url", "type"}},
}

func contacts(top at, m *Message) {
	var names []string
	for _, card := range top.list("contacts") {
		name := card.must("name")
		names = append(names, name.need("formatted_name"))
		if join(name.may("first_name"), name.may("last_name"), name.may("middle_name"), name.may("suffix"), name.may("prefix")) == "" {
			name.fail("", "a part of the name is needed beside formatted_name, such as first_name")
		}
		card.day("birthday")
		for _, list := range cardLists {
			for _, one := range card.objects(list.name) {
				one.texts(list.members...)
			}
		}
		if org, ok := card.object("org"); ok {
			org.texts("company", "department", "title")
		}
	}
	m.Text = join(names...)
}

func reaction(top at, m *Message) {
	r := top.must("reaction")
	m.Target = wa.WAMID(r.need("message_id"))
	if m.Text = r.may("emoji"); r.m["emoji"] == nil {
		r.fail("emoji", "is missing; an empty one takes the reaction away")
	}
	m.ReplyTo = ""
}

func join(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}
