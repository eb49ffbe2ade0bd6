package body_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"wasl/metaemu/body"
)

type obj = map[string]any

// check reads and checks a body, and answers the fault.
func check(t *testing.T, v any) *body.Fault {
	t.Helper()
	raw, ok := v.(string)
	if !ok {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		raw = string(b)
	}
	m, err := body.Read([]byte(raw))
	if err == nil {
		err = m.Check()
	}
	var f *body.Fault
	if err != nil && !errors.As(err, &f) {
		t.Fatalf("error %v is no Fault", err)
	}
	return f
}

// to is a send of a type with its object.
func to(typ string, object any) obj {
	return obj{"messaging_product": "whatsapp", "to": "+201000000001", "type": typ, typ: object}
}

// row is a body and the code it answers; 0 is none.
type row struct {
	name string
	body any
	code int
}

func run(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		f := check(t, r.body)
		switch {
		case r.code == 0 && f != nil:
			t.Errorf("%s: %d %q, want it accepted", r.name, f.Code, f.Sentence)
		case r.code != 0 && (f == nil || f.Code != r.code):
			t.Errorf("%s: %v, want code %d", r.name, f, r.code)
		case f != nil && f.Sentence == "":
			t.Errorf("%s: a fault without a sentence", r.name)
		}
	}
}

func long(n int) string { return strings.Repeat("س", n) }

func with(o obj, key string, v any) obj {
	out := obj{}
	for k, old := range o {
		out[k] = old
	}
	if v == nil {
		delete(out, key)
		return out
	}
	out[key] = v
	return out
}

func TestEnvelope(t *testing.T) {
	text := to("text", obj{"body": "x"})
	read := obj{"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"}
	run(t, []row{
		{"a text", text, 0},
		{"without messaging_product", with(text, "messaging_product", nil), 100},
		{"another product", with(text, "messaging_product", "sms"), 100},
		{"without a type it is a text", with(text, "type", nil), 0},
		{"to nobody", with(text, "to", nil), 100},
		{"to a user id", with(with(text, "to", nil), "recipient", "EG.1"), 0},
		{"an individual", with(text, "recipient_type", "individual"), 0},
		{"a group", with(text, "recipient_type", "group"), 0},
		{"a crowd", with(text, "recipient_type", "crowd"), 100},
		{"an unknown type", to("hologram", obj{}), 131051},
		{"an unknown member", with(text, "colour", "green"), 0},
		{"a context", with(text, "context", obj{"message_id": "wamid.x"}), 0},
		{"a context of nothing", with(text, "context", obj{}), 131008},
		{"a messaging account", with(text, "messaging_account_id", 900800700600500), 0},
		{"Direct Send of a text", with(text, "category", "utility"), 0},
		{"Direct Send of marketing", with(text, "category", "marketing"), 100},
		{"Direct Send of a picture", with(to("image", obj{"id": "1"}), "category", "utility"), 100},
		{"Direct Send of buttons", with(to("interactive", replyButtons(1)), "category", "authentication"), 0},
		{"read", read, 0},
		{"read and typing", with(read, "typing_indicator", obj{"type": "text"}), 0},
		{"typing a film", with(read, "typing_indicator", obj{"type": "video"}), 100},
		{"typing nonsense", with(read, "typing_indicator", 7), 100},
		{"delivered", with(read, "status", "delivered"), 100},
		{"read nothing", with(read, "message_id", nil), 100},
	})
}

func TestPlainTypes(t *testing.T) {
	run(t, []row{
		{"no text object", with(to("text", obj{}), "text", nil), 131008},
		{"a text without body", to("text", obj{}), 100},
		{"an empty text", to("text", obj{"body": ""}), 100},
		{"a reaction", to("reaction", obj{"message_id": "wamid.x", "emoji": "👍"}), 0},
		{"a reaction taken back", to("reaction", obj{"message_id": "wamid.x", "emoji": ""}), 0},
		{"a reaction without emoji", to("reaction", obj{"message_id": "wamid.x"}), 100},
		{"a reaction to nothing", to("reaction", obj{"emoji": "👍"}), 100},
		{"no reaction object", with(to("reaction", obj{}), "reaction", nil), 131008},
		{"a reaction in a context", with(to("reaction", obj{"message_id": "wamid.x", "emoji": "👍"}), "context", obj{"message_id": "wamid.y"}), 131009},
		{"a location", to("location", obj{"latitude": 30.1, "longitude": "31.2", "name": "x", "address": "y"}), 0},
		{"a location north of the pole", to("location", obj{"latitude": 90.1, "longitude": 31.2}), 131009},
		{"the pole", to("location", obj{"latitude": 90, "longitude": -180}), 0},
		{"a location in words", to("location", obj{"latitude": "north", "longitude": 31.2}), 131009},
		{"half a location", to("location", obj{"latitude": 30.1}), 100},
		{"no location object", with(to("location", obj{}), "location", nil), 131008},
		{"a contact", to("contacts", contacts(1)), 0},
		{"no contact", to("contacts", []obj{}), 131008},
		{"a contact without name", to("contacts", []obj{{"phones": []obj{{"phone": "1"}}}}), 100},
		{"a birthday", to("contacts", []obj{{"name": obj{"formatted_name": "x"}, "birthday": "1990-02-28"}}), 0},
		{"a birthday that never was", to("contacts", []obj{{"name": obj{"formatted_name": "x"}, "birthday": "1990-02-30"}}), 131009},
		{"a template", to("template", obj{"name": "x", "language": obj{"code": "ar"}}), 0},
		{"a template without name", to("template", obj{"language": obj{"code": "ar"}}), 100},
		{"a template without language", to("template", obj{"name": "x"}), 100},
		{"a template in no language", to("template", obj{"name": "x", "language": obj{}}), 100},
		{"no template object", with(to("template", obj{}), "template", nil), 131008},
	})
}

func TestMediaTypes(t *testing.T) {
	for _, typ := range []string{"image", "video", "audio", "document", "sticker"} {
		captions := 0
		if typ == "audio" || typ == "sticker" {
			captions = 100
		}
		run(t, []row{
			{typ + " by id", to(typ, obj{"id": "1"}), 0},
			{typ + " by link", to(typ, obj{"link": "https://x.example/a"}), 0},
			{typ + " by both", to(typ, obj{"id": "1", "link": "https://x.example/a"}), 100},
			{typ + " by neither", to(typ, obj{}), 131008},
			{typ + " by a link to nowhere", to(typ, obj{"link": "ftp://x.example/a"}), 100},
			{typ + " without its object", with(to(typ, obj{}), typ, nil), 131008},
			{typ + " with a caption", to(typ, obj{"id": "1", "caption": "x"}), captions},
		})
	}
}

func contacts(n int) []obj {
	list := make([]obj, n)
	for i := range list {
		list[i] = obj{"name": obj{"formatted_name": fmt.Sprint("Person ", i)}}
	}
	return list
}

func TestWrongTypes(t *testing.T) {
	rows := []struct {
		body string
		says string
	}{
		{`{"messaging_product":"whatsapp","to":["1"],"text":{"body":"x"}}`, "Param to must be a string."},
		{`{"messaging_product":"whatsapp","to":"1","text":{"body":7}}`, "Param text['body'] must be a string."},
		{`{"messaging_product":"whatsapp","to":"1","text":{"body":"x","preview_url":"yes"}}`, "Param text['preview_url'] must be a boolean."},
		{`{"messaging_product":"whatsapp","to":"1","text":"x"}`, "Param text must be a JSON object."},
		{`{"messaging_product":"whatsapp","to":"1","type":"contacts","contacts":{"name":1}}`, "Param contacts must be an array."},
		{
			`{"messaging_product":"whatsapp","to":"1","type":"interactive","interactive":{"type":"button","body":{"text":"x"},"action":{"buttons":{}}}}`,
			"Param interactive['action']['buttons'] must be an array.",
		},
		{`[1]`, "must be a JSON object"},
		{`{not json`, "not valid JSON"},
		{``, "not valid JSON"},
	}
	for _, r := range rows {
		f := check(t, r.body)
		if f == nil || f.Code != 100 || !strings.Contains(f.Sentence, r.says) {
			t.Errorf("%s: %v, want 100 and %q", r.body, f, r.says)
		}
	}
}

// TestFormsAndStrings: Graph takes forms, objects in strings, and digits as
// numbers.
func TestFormsAndStrings(t *testing.T) {
	for _, raw := range []string{
		`messaging_product=whatsapp&to=201000000001&type=text&text=%7B%22body%22%3A%22hi%22%7D`,
		`{"messaging_product":"whatsapp","to":"201000000001","type":"text","text":"{\"body\":\"hi\"}"}`,
		`{"messaging_product":"whatsapp","to":201000000001,"type":"text","text":{"body":"hi"}}`,
	} {
		m, err := body.Read([]byte(raw))
		if err != nil || m.To != "201000000001" || m.Text == nil || *m.Text.Body != "hi" {
			t.Errorf("%s: %+v, %v; want a text to 201000000001", raw, m, err)
		}
	}
	f := check(t, `{"messaging_product":"whatsapp","to":"1","type":"template","template":"{\"name\":\"x\",\"language\":{\"code\":\"ar\"}}"}`)
	if f != nil {
		t.Errorf("a template in a string: %v, want it accepted", f)
	}
	m, err := body.Read([]byte(`{"messaging_product":"whatsapp","to":"1","biz_opaque_callback_data":"{\"a\":1}","text":{"body":"{}"}}`))
	if err != nil || m.Opaque != `{"a":1}` || *m.Text.Body != "{}" {
		t.Errorf("JSON that is meant as text: %+v, %v; want it as it was written", m, err)
	}
}

func TestMarketing(t *testing.T) {
	tpl := to("template", obj{"name": "x", "language": obj{"code": "ar"}})
	for _, r := range []row{
		{"a template", tpl, 0},
		{"a policy", with(tpl, "product_policy", "STRICT"), 0},
		{"another policy", with(tpl, "product_policy", "LAX"), 100},
		{"sharing", with(tpl, "message_activity_sharing", true), 0},
		{"a text", to("text", obj{"body": "x"}), 100},
		{"a receipt", obj{"messaging_product": "whatsapp", "status": "read", "message_id": "x"}, 100},
		{"a template without name", to("template", obj{"language": obj{"code": "ar"}}), 100},
	} {
		raw, _ := json.Marshal(r.body)
		m, err := body.Read(raw)
		if err != nil {
			t.Fatal(err)
		}
		var f *body.Fault
		errors.As(m.CheckMarketing(), &f)
		if (f == nil) != (r.code == 0) || f != nil && f.Code != r.code {
			t.Errorf("%s: %v, want code %d", r.name, f, r.code)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"messaging_product":"whatsapp","to":"1","type":"text","text":{"body":"x"}}`,
		`messaging_product=whatsapp&to=1&text={"body":"x"}`,
		`{"messaging_product":"whatsapp","to":"1","type":"interactive","interactive":{"type":"carousel","body":{"text":"x"},"action":{"cards":[{"card_index":0},null]}}}`,
		`{"messaging_product":"whatsapp","to":1,"type":"contacts","contacts":"[{\"name\":{}}]"}`,
		`{"messaging_product":"whatsapp","status":"read","message_id":"x","typing_indicator":"{}"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := body.Read(raw)
		var fault *body.Fault
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("error %v is no Fault", err)
		}
		if err != nil {
			return
		}
		for _, err := range []error{m.Check(), m.CheckMarketing()} {
			if err != nil && !errors.As(err, &fault) {
				t.Fatalf("error %v is no Fault", err)
			}
		}
	})
}

// TestTypesAreKnown: what is listed is what is understood, and nothing else.
func TestTypesAreKnown(t *testing.T) {
	code := func(typ string) int {
		m := body.Message{Product: "whatsapp", To: "+201000000001", Type: typ}
		var f *body.Fault
		if !errors.As(m.Check(), &f) {
			t.Fatalf("a %s without its object is no fault", typ)
		}
		return f.Code
	}
	for _, typ := range body.Types() {
		if got := code(typ); got == 131051 {
			t.Errorf("type %s is listed and not known", typ)
		}
	}
	if got := code("poll"); got != 131051 {
		t.Errorf("type poll = %d, want 131051", got)
	}
}
