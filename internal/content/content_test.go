package content_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"wasl/internal/content"
	"wasl/internal/fault"
	"wasl/internal/platform"
	"wasl/metaemu/body"
)

var today = platform.Known().On(time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC))

// good is a message of each type, with as many of its members as there are.
var good = func() map[string]string {
	raw, err := os.ReadFile("../../testdata/sends.json")
	if err != nil {
		panic(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		panic(err)
	}
	out := make(map[string]string, len(all))
	for name, m := range all {
		var b bytes.Buffer
		if err := json.Compact(&b, m); err != nil {
			panic(err)
		}
		out[name] = b.String()
	}
	return out
}()

func TestEveryTypeIsTaken(t *testing.T) {
	texts := map[string]string{
		"text": "Your table is booked", "image": "Here", "audio": "", "document": "Invoice", "location": "Branch, Nile St", "contacts": "Mona Said",
		"reaction": "👍", "list": "Pick one", "carousel": "Look",
	}
	for name, raw := range good {
		m, f := content.Read([]byte(raw), today)
		if f != nil {
			t.Errorf("%s: %s", name, f.Sentence)
			continue
		}
		if want, ok := texts[name]; ok && m.Text != want {
			t.Errorf("%s reads %q, want %q", name, m.Text, want)
		}
		var was, is map[string]any
		if json.Unmarshal([]byte(raw), &was) != nil || json.Unmarshal(m.JSON, &is) != nil {
			t.Fatalf("%s: %s", name, m.JSON)
		}
		delete(was, "context") // routing is ours to write
		if fmt.Sprint(was) != fmt.Sprint(is) {
			t.Errorf("%s became\n%v, want\n%v", name, is, was)
		}
	}
	if m, _ := content.Read([]byte(good["text"]), today); m.ReplyTo != "wamid.A" || m.Target != "" {
		t.Errorf("a quoting text = %+v", m)
	}
	if m, _ := content.Read([]byte(good["reaction"]), today); m.Target != "wamid.A" || m.ReplyTo != "" {
		t.Errorf("a reaction = %+v", m)
	}
}

// TestWhatIsWrongIsNamed: the sentence says where, what is allowed, and what was
// there.
func TestWhatIsWrongIsNamed(t *testing.T) {
	long := strings.Repeat("س", 5000)
	for _, tt := range []struct{ raw, want string }{
		{`no`, "content: not a message of the Cloud API."},
		{`{}`, "type: is missing."},
		{`{"type":7}`, "type: has to be text."},
		{`{"type":"text"}`, "text: is missing."},
		{`{"type":"text","text":{"body":"` + long + `"}}`, "text.body: at most 4096 characters, not 5000."},
		{`{"type":"text","text":{"body":"a","preview_url":"yes"}}`, "text.preview_url: true or false."},
		{`{"type":"image","image":{}}`, "image: either id or link is needed."},
		{`{"type":"image","image":{"id":"1","link":"https://a.test"}}`, "image: only one of id and link."},
		{`{"type":"image","image":{"link":"ftp://a.test"}}`, "image.link: no web address: it begins with https:// or http://."},
		{`{"type":"audio","audio":{"id":"1","caption":"x"}}`, "audio.caption: messages of type audio have none."},
		{`{"type":"location","location":{"latitude":91,"longitude":0}}`, "location.latitude: a number from -90 to 90."},
		{`{"type":"location","location":{"latitude":"NaN","longitude":0}}`, "location.latitude: a number from -90 to 90."},
		{
			`{"type":"contacts","contacts":[{"name":{"formatted_name":"A"}}]}`,
			"contacts[0].name: a part of the name is needed beside formatted_name, such as first_name.",
		},
		{
			`{"type":"contacts","contacts":[{"name":{"formatted_name":"A","first_name":"A"},"birthday":"1.2.1990"}]}`,
			"contacts[0].birthday: a day such as 1990-12-31.",
		},
		{`{"type":"reaction","reaction":{"emoji":"👍"}}`, "reaction.message_id: is missing."},
		{strings.Replace(good["button"], `"title":"No"`, `"title":"Yes"`, 1), `interactive.action.buttons[1].reply.title: "Yes" is there twice.`},
		{strings.Replace(good["button"], `"Yes"`, `"`+long[:42]+`"`, 1), "interactive.action.buttons[0].reply.title: at most 20 characters, not 21."},
		{strings.Replace(good["list"], `"title":"Jeddah",`, ``, 1), "interactive.action.sections[1].title: is missing: there are several sections."},
		{strings.Replace(good["product"], `"body"`, `"header":{"type":"text","text":"H"},"body"`, 1), "interactive.header: messages of this kind have none."},
		{strings.Replace(good["flow"], `"3"`, `"2"`, 1), `interactive.action.parameters.flow_message_version: has to be "3".`},
		{strings.Replace(good["address"], `"IN"`, `"EG"`, 1), `interactive.action.parameters.country: one of [IN SG], not "EG".`},
		{
			strings.Replace(good["product cards"], `"catalog_id":"77"`, `"catalog_id":"78"`, 1),
			"interactive.action.cards[1].action.catalog_id: has to be the same on every card.",
		},
		{strings.Replace(good["carousel"], `"card_index":1`, `"card_index":0`, 1), "interactive.action.cards[1].card_index: 0 is there twice."},
	} {
		_, f := content.Read([]byte(tt.raw), today)
		if f == nil || f.Code != fault.CodeContentInvalid || f.Sentence != tt.want {
			t.Errorf("%.120s\n= %v, want %q", tt.raw, f, tt.want)
		}
	}
	for _, raw := range []string{
		`{"type":"poll","poll":{}}`, `{"type":"interactive","interactive":{"type":"voice_call","action":{"name":"voice_call"}}}`,
	} {
		if _, f := content.Read([]byte(raw), today); f == nil || f.Code != fault.CodeContentTypeNotSupportedYet {
			t.Errorf("%s = %v, want that it cannot be sent", raw, f)
		}
	}
}

// TestAnOperatorsLimitCounts: limits are facts, so that one that Meta changes is
// changed without a new program.
func TestAnOperatorsLimitCounts(t *testing.T) {
	on := platform.Day(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	changed := platform.Known().With(
		platform.Fact{Name: platform.ContentLength, Scope: "interactive.action.buttons.reply.title", Value: 2, From: on, Source: "test"},
		platform.Fact{Name: platform.ContentCount, Scope: "interactive.action.buttons", Value: 1, From: on, Source: "test"},
	)
	for at, refused := range map[time.Time]bool{on.Start(): true, on.Start().AddDate(0, 0, -1): false} {
		if _, f := content.Read([]byte(good["button"]), changed.On(at)); (f != nil) != refused {
			t.Errorf("on %s: %v, want refused %v", at.Format(time.DateOnly), f, refused)
		}
	}
}

// stricter are the places where we refuse what the emulator takes, and why.
var stricter = map[string]string{
	".type":                        "without a type Meta has always taken a message for a text; to us it has to be said",
	".contacts[0].name.first_name": "another part of the name is asked for by convention (cloud-api-protocol §2.2)",
	".interactive.action.parameters.flow_action_payload.data": "the emulator looks at an empty object only",
}

// TestJudgesAsTheEmulatorDoes takes every message apart: each member removed,
// emptied, made too long, or turned into something else. What we take, the
// emulator takes too, so that nobody waits in a queue for a refusal that could
// have been told at once. The other way round we may be stricter, in the places
// named above.
func TestJudgesAsTheEmulatorDoes(t *testing.T) {
	tried, refusedByBoth := 0, 0
	for name, raw := range good {
		for _, b := range breaks(t, raw) {
			tried++
			ours, theirs := judge(t, b.raw)
			switch {
			case ours == "" && theirs != "":
				t.Errorf("%s, %s: we take what the emulator refuses: %s\n%.300s", name, b.what, theirs, b.raw)
			case ours != "" && theirs != "":
				refusedByBoth++
			case ours != "" && stricter[b.path] == "":
				t.Errorf("%s, %s: we refuse what the emulator takes: %s\n%.300s", name, b.what, ours, b.raw)
			}
		}
	}
	if tried < 400 || refusedByBoth < 250 {
		t.Errorf("%d messages tried, %d refused by both: too few to say anything", tried, refusedByBoth)
	}
}

// judge is what each side has against a message; empty if nothing.
func judge(t *testing.T, raw string) (ours, theirs string) {
	t.Helper()
	if _, f := content.Read([]byte(raw), today); f != nil {
		ours = f.Sentence
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		t.Fatal(err)
	}
	m["messaging_product"], m["to"] = "whatsapp", "+201000000001"
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	read, err := body.Read(b)
	if err == nil {
		err = read.Check()
	}
	if err != nil {
		theirs = err.Error()
	}
	return ours, theirs
}

type broken struct{ path, what, raw string }

// breaks are a message with one thing wrong each.
func breaks(t *testing.T, raw string) []broken {
	t.Helper()
	var root any
	if err := json.Unmarshal([]byte(raw), &root); err != nil {
		t.Fatal(err)
	}
	var out []broken
	write := func(path, what string) {
		b, err := json.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, broken{path, what + " " + path, string(b)})
	}
	var walk func(v any, path string)
	walk = func(v any, path string) {
		m, ok := v.(map[string]any)
		if !ok {
			for i, in := range asList(v) {
				walk(in, fmt.Sprintf("%s[%d]", path, i))
			}
			return
		}
		for k, was := range m {
			at := path + "." + k
			delete(m, k)
			write(at, "without")
			for what, instead := range map[string]any{"emptied": "", "too long:": strings.Repeat("x", 5000), "a list for": []any{}, "true for": true, "an object for": map[string]any{}} {
				m[k] = instead
				write(at, what)
			}
			if list := asList(was); len(list) > 0 {
				var many []any
				for range 300 {
					many = append(many, list[0])
				}
				m[k] = many
				write(at, "300 of")
			}
			m[k] = was
			walk(was, at)
		}
	}
	walk(root, "")
	return out
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}
