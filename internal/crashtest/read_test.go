package crashtest

import (
	"encoding/json"
	"strconv"
	"strings"
)

// wireBody is a delivery as the oracle reads it: with eyes of its own, so that a
// misunderstanding is not made twice.
type wireBody struct {
	Entry []struct {
		Changes []struct {
			Field string          `json:"field"`
			Value json.RawMessage `json:"value"`
		} `json:"changes"`
	} `json:"entry"`
}

type wireValue struct {
	Metadata struct {
		ID string `json:"phone_number_id"`
	} `json:"metadata"`
	Messages []wireMessage `json:"messages"`
	Echoes   []wireMessage `json:"message_echoes"`
	Statuses []struct {
		ID        string `json:"id"`
		Status    string `json:"status"`
		Timestamp string `json:"timestamp"`
		Recipient string `json:"recipient_id"`
	} `json:"statuses"`
}

type wireMessage struct {
	ID   string `json:"id"`
	From string `json:"from"`
	To   string `json:"to"`
	Type string `json:"type"`
	Text struct {
		Body string `json:"body"`
	} `json:"text"`
	Reaction struct {
		Target string `json:"message_id"`
	} `json:"reaction"`
	Edit struct {
		Original string `json:"original_message_id"`
	} `json:"edit"`
	Revoke struct {
		Original string `json:"original_message_id"`
	} `json:"revoke"`
}

// read notes the events of a delivery and returns how many there are.
func (v *verdict) read(body []byte) int {
	var b wireBody
	if err := json.Unmarshal(body, &b); err != nil {
		v.complain("oracle", "a delivery that cannot be read: %v", err)
		return 0
	}
	count := 0
	for _, e := range b.Entry {
		for _, c := range e.Changes {
			var val wireValue
			if err := json.Unmarshal(c.Value, &val); err != nil {
				v.complain("oracle", "a value that cannot be read: %v", err)
			}
			count += v.readValue(c.Field, c.Value, val)
		}
	}
	return count
}

func (v *verdict) readValue(field string, raw []byte, val wireValue) int {
	n := val.Metadata.ID
	if field != "messages" && field != "smb_message_echoes" {
		v.note(event{kind: "unknown", number: n, key: []string{string(raw)}}, "")
		return 1
	}
	for _, m := range val.Messages {
		v.readMessage(n, m)
	}
	for _, m := range val.Echoes {
		v.note(event{kind: "echo", number: n, key: []string{m.ID}, person: m.To}, m.Text.Body)
	}
	for _, s := range val.Statuses {
		seconds, err := strconv.ParseInt(s.Timestamp, 10, 64)
		if err != nil {
			v.complain("oracle", "a time that cannot be read: %v", err)
		}
		at := strconv.FormatInt(seconds*1_000_000, 10)
		v.note(event{kind: "status", number: n, key: []string{s.ID, s.Status, at}, person: s.Recipient}, "")
	}
	return len(val.Messages) + len(val.Echoes) + len(val.Statuses)
}

func (v *verdict) readMessage(n string, m wireMessage) {
	switch m.Type {
	case "reaction":
		v.note(event{kind: "reaction", number: n, key: []string{m.ID}, person: m.From}, "")
	case "edit":
		v.note(event{kind: "edit", number: n, key: []string{m.Edit.Original, m.ID}}, "")
	case "revoke":
		v.note(event{kind: "revoke", number: n, key: []string{m.Revoke.Original, m.ID}}, "")
	default:
		v.note(event{kind: "message", number: n, key: []string{m.ID}, person: m.From}, m.Text.Body)
	}
}

// note counts an event. What a stranger's number received is nobody's.
func (v *verdict) note(e event, text string) {
	if v.numbers[e.number].number == "" {
		v.strange++
		return
	}
	id := e.kind + " " + e.number + " " + strings.Join(e.key, " ")
	known := v.events[id]
	if known == nil {
		e.texts = map[string]int{}
		known = &e
		v.events[id] = known
	}
	known.texts[text]++
}
