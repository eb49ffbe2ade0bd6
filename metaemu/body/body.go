// Package body reads what a client posts to /{phone-number-id}/messages and
// finds the first thing wrong with it: members that are missing, of the wrong
// type, too long, too many, or not unique. It is pure. What a message does to
// somebody — rates, windows, templates, recipients — is not its business.
//
// Codes and sentences follow cloud-api-protocol §1.2, §6.2 and §10: a missing
// or ill-typed member answers 100 with the sentence in the error's message, the
// missing object of the type itself 131008, a type nobody knows 131051, a value
// that may not be 131009 with the sentence in the details. A text or caption that
// is too long answers 100. Which of 100 and 131009 Meta answers for a given
// member is only known in part; clients are told to look at the code's class.
//
// Members that are not known are accepted and ignored, as the Graph API does
// with most of them; so are known members that belong to another type. A string
// that holds JSON counts as that JSON, and a form counts as an object, because
// Graph takes both.
package body

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Message is a send, or a read receipt if Status is set. Members that the
// receiver keeps as they were written are raw.
type Message struct {
	Product   string          `json:"messaging_product"`
	Kind      string          `json:"recipient_type"`
	To        string          `json:"to"`
	Recipient string          `json:"recipient"`
	Type      string          `json:"type"`
	Opaque    string          `json:"biz_opaque_callback_data"`
	Context   *Quoted         `json:"context"`
	Status    string          `json:"status"`
	MessageID string          `json:"message_id"`
	Typing    json.RawMessage `json:"typing_indicator"`
	// MessagingAccount is accepted; it matters only where a token reaches several
	// messaging accounts of one number, which comes in 2027 (§1.3).
	MessagingAccount string `json:"messaging_account_id"`
	// IdentityHash asks for the identity check; Category for Direct Send.
	IdentityHash string `json:"recipient_identity_key_hash"`
	Category     string `json:"category"`
	// ProductPolicy and Sharing belong to marketing_messages.
	ProductPolicy string `json:"product_policy"`
	Sharing       *bool  `json:"message_activity_sharing"`

	Text        *Text           `json:"text"`
	Reaction    *Reaction       `json:"reaction"`
	Image       *Media          `json:"image"`
	Audio       *Media          `json:"audio"`
	Video       *Media          `json:"video"`
	Document    *Media          `json:"document"`
	Sticker     *Media          `json:"sticker"`
	Location    json.RawMessage `json:"location"`
	Contacts    json.RawMessage `json:"contacts"`
	Interactive json.RawMessage `json:"interactive"`
	Template    json.RawMessage `json:"template"`
}

// Quoted is the message a send answers to.
type Quoted struct {
	MessageID string `json:"message_id"`
}

// Text is the object of a text.
type Text struct {
	Body    *string `json:"body"`
	Preview *bool   `json:"preview_url"`
}

// Reaction is the object of a reaction; an empty emoji takes it away.
type Reaction struct {
	MessageID string  `json:"message_id"`
	Emoji     *string `json:"emoji"`
}

// Media is the object of image, audio, video, document and sticker.
type Media struct {
	ID       string `json:"id"`
	Link     string `json:"link"`
	Caption  string `json:"caption"`
	Filename string `json:"filename"`
	Voice    *bool  `json:"voice"`
}

// Fault is what is wrong with a body. Sentence belongs into the message of the
// error if Code is 100, else into its details.
type Fault struct {
	Code     int
	Sentence string
}

func (f *Fault) Error() string { return f.Sentence }

// Read takes a body apart. Its error is always a *Fault.
func Read(raw []byte) (Message, error) {
	var m Message
	err := json.Unmarshal(raw, &m)
	if err == nil && !m.wrapped() {
		return m, nil
	}
	if plain, ok := unwrap(raw); ok {
		m = Message{}
		err = json.Unmarshal(plain, &m)
	}
	if err != nil {
		return m, wrongType("", err)
	}
	return m, nil
}

// wrapped answers whether an object came as a string that holds it.
func (m *Message) wrapped() bool {
	for _, raw := range []json.RawMessage{m.Typing, m.Location, m.Contacts, m.Interactive, m.Template} {
		if len(raw) > 0 && raw[0] == '"' {
			return true
		}
	}
	return false
}

// unwrap turns a form, strings that hold JSON, and numbers that should be
// strings into the object they mean. It is the slow way and taken only if the
// straight one failed.
func unwrap(raw []byte) ([]byte, bool) {
	members := map[string]json.RawMessage{}
	if json.Unmarshal(raw, &members) != nil {
		form, err := url.ParseQuery(string(raw))
		if err != nil || form.Get("messaging_product") == "" {
			return nil, false
		}
		for k := range form {
			members[k], _ = json.Marshal(form.Get(k)) // A string is always JSON.
		}
	}
	for k, v := range members {
		var s string
		switch {
		case len(v) > 0 && v[0] == '"' && json.Unmarshal(v, &s) == nil && !flat[k] && strings.ContainsAny(firstOf(s), "{[") && json.Valid([]byte(s)):
			members[k] = json.RawMessage(s)
		case len(v) > 0 && v[0] >= '0' && v[0] <= '9' && flat[k]:
			members[k] = json.RawMessage(`"` + string(v) + `"`)
		}
	}
	plain, err := json.Marshal(members)
	return plain, err == nil
}

// flat are the members that are strings whatever they look like.
var flat = map[string]bool{
	"messaging_product": true, "recipient_type": true, "to": true, "recipient": true, "type": true, "status": true,
	"message_id": true, "biz_opaque_callback_data": true, "recipient_identity_key_hash": true,
	"messaging_account_id": true, "category": true, "product_policy": true,
}

func firstOf(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	return s[:1]
}

// wrongType is the fault of a value of the wrong JSON type below a member, or
// of no JSON at all.
func wrongType(below string, err error) *Fault {
	var te *json.UnmarshalTypeError
	if !errors.As(err, &te) {
		return &Fault{100, "Invalid parameter: the body is not valid JSON for a message: " + err.Error()}
	}
	name := member(strings.Trim(below+"."+te.Field, "."))
	if name == "" {
		return &Fault{100, "Invalid parameter: the body must be a JSON object."}
	}
	want := map[byte]string{'s': "a string", 'b': "a boolean", 'i': "an integer", 'f': "a number", '[': "an array"}[te.Type.String()[0]]
	if want == "" || te.Type.Kind().String() == "struct" || te.Type.Kind().String() == "ptr" {
		want = "a JSON object"
	}
	return &Fault{100, "Param " + name + " must be " + want + "."}
}

// member writes a.b.c as a['b']['c'], the way Meta names parameters.
func member(path string) string {
	head, rest, more := strings.Cut(path, ".")
	if !more {
		return head
	}
	return head + "['" + strings.ReplaceAll(rest, ".", "']['") + "']"
}

// The kinds of fault.

func required(name string) *Fault {
	return &Fault{100, "The parameter " + name + " is required."}
}

func mandatory(name, typ string) *Fault {
	return &Fault{131008, "Parameter '" + name + "' is mandatory for type '" + typ + "'."}
}

func invalid(sentence string) *Fault { return &Fault{131009, sentence} }

// within checks the length of a string; code is that of the fault.
func within(code int, l Limit, s string) *Fault {
	return l.holds(code, l.Of, utf8.RuneCountInString(s))
}

func (l Limit) holds(code int, name string, n int) *Fault {
	unit := map[string]string{"characters": " characters long", "elements": " elements", "minutes": " minutes"}[l.Unit]
	switch {
	case n > l.Max:
		return &Fault{code, "Param " + name + " must be at most " + itoa(l.Max) + unit + "."}
	case n < l.Min:
		return &Fault{code, "Param " + name + " must be at least " + itoa(l.Min) + unit + "."}
	}
	return nil
}

// firstFault is the first that is one.
func firstFault(faults ...*Fault) *Fault {
	for _, f := range faults {
		if f != nil {
			return f
		}
	}
	return nil
}
