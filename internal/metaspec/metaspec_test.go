package metaspec_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/internal/metaspec"
	"wasl/metaemu"
)

// document is a small one with the idioms of Meta's.
const document = `
openapi: 3.1.0
paths:
  /{Version}/{Phone-Number-ID}/messages:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Message'}
      responses:
        '200':
          content:
            application/json:
              schema:
                type: object
                required: [messages]
                properties:
                  messages:
                    type: array
                    items: {type: object, required: [id], properties: {id: {type: string}}}
  /{Version}/{Phone-Number-ID}:
    get:
      parameters:
      - {name: limit, in: query, schema: {type: integer, maximum: 10}}
      - {name: kind, in: query, required: true, schema: {type: string, enum: [a, b]}}
      responses:
        '200':
          content:
            application/json:
              schema: {type: object, required: [id, name], properties: {id: {type: string}, name: {type: string}}}
  /{Version}/{WABA-ID}:
    get:
      responses:
        '200': {description: anything}
components:
  schemas:
    GraphAPIError:
      type: object
      required: [error]
      properties: {error: {type: object, required: [code], properties: {code: {type: integer}}}}
    Base:
      type: object
      required: [to]
      properties: {to: {type: string}, type: {type: string}}
    Message:
      discriminator: {propertyName: type, mapping: {text: '#/components/schemas/Text', menu: '#/components/schemas/Menu'}}
      oneOf: [{$ref: '#/components/schemas/Text'}, {$ref: '#/components/schemas/Menu'}]
    Text:
      allOf:
      - $ref: '#/components/schemas/Base'
      - type: object
        additionalProperties: false
        required: [text]
        properties: {text: {type: string, maxLength: 5}}
    Menu:
      allOf:
      - $ref: '#/components/schemas/Base'
      - type: object
        additionalProperties: false
        properties:
          menu:
            oneOf:
            - {type: object, required: [list], properties: {list: {type: array, items: {type: string}}}}
            - {type: object, required: [button], properties: {button: {enum: [small, large]}}}
`

func parsed(t *testing.T) *metaspec.Document {
	t.Helper()
	d, err := metaspec.Parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const (
	messages = "POST /{Version}/{Phone-Number-ID}/messages"
	number   = "GET /{Version}/{Phone-Number-ID}"
	fine     = `{"messages":[{"id":"wamid.A"}]}`
	refusal  = `{"error":{"code":100}}`
)

func send(request string, status int, response string) metaemu.Exchange {
	return metaemu.Exchange{
		Method: "POST", Path: "/v25.0/1/messages", Kind: "number", Edge: "messages",
		Agent: metaspec.OurAgent, Request: []byte(request), Status: status, Response: []byte(response),
	}
}

func look(query string, response string) metaemu.Exchange {
	q, _ := url.ParseQuery(query)
	return metaemu.Exchange{Method: "GET", Path: "/v25.0/1", Kind: "number", Agent: metaspec.OurAgent, Query: q, Status: 200, Response: []byte(response)}
}

// theirs is the same exchange, asked by somebody else's client.
func theirs(x metaemu.Exchange) metaemu.Exchange {
	x.Agent = "curl/8"
	return x
}

func TestJudge(t *testing.T) {
	type list = []metaspec.Complaint
	const text = `{"to":"1","type":"text","text":"hi"}`
	for name, tt := range map[string]struct {
		x    metaemu.Exchange
		want list
	}{
		"all well":                        {send(text, 200, fine), nil},
		"an answer without its list":      {send(text, 200, `{}`), list{{messages, "response", "", "required", "messages"}}},
		"an answer with a wrong type":     {send(text, 200, `{"messages":[{"id":"a"},{"id":7}]}`), list{{messages, "response", "/messages/*/id", "type", "number, not string"}}},
		"an answer that is no JSON":       {send(text, 200, `<html>`), list{{messages, "response", "", "content", "no JSON"}}},
		"a status that is not listed":     {send(text, 201, fine), list{{messages, "response", "", "status", "201"}}},
		"a refusal":                       {theirs(send(`{}`, 400, refusal)), nil},
		"a refusal in another shape":      {theirs(send(`{}`, 400, `{"error":{"code":"100"}}`)), list{{messages, "response", "/error/code", "type", "string, not integer"}}},
		"no answer":                       {send(text, 0, ""), nil},
		"a wrong request accepted":        {send(`{"type":"text","text":"hi"}`, 200, fine), list{{messages, "request", "", "required", "to"}}},
		"our own wrong request refused":   {send(`{"type":"text","text":"hi"}`, 400, refusal), list{{messages, "request", "", "required", "to"}}},
		"a wrong request of others":       {theirs(send(`{"type":"text","text":"hi"}`, 200, fine)), nil},
		"a wrong answer to others":        {theirs(send(text, 200, `{}`)), list{{messages, "response", "", "required", "messages"}}},
		"a name that nobody describes":    {send(`{"to":"1","type":"text","text":"hi","tea":1}`, 200, fine), list{{messages, "request", "", "unknown", "tea"}}},
		"too long":                        {send(`{"to":"1","type":"text","text":"hello!"}`, 200, fine), list{{messages, "request", "/text", "maxLength", ""}}},
		"a type that there is not":        {send(`{"to":"1","type":"fax"}`, 200, fine), list{{messages, "request", "/type", "enum", "fax"}}},
		"the alternative that was meant":  {send(`{"to":"1","type":"menu","menu":{"button":"blue"}}`, 200, fine), list{{messages, "request", "/menu/button", "enum", "blue"}}},
		"a body that is missing":          {send(``, 200, fine), list{{messages, "request", "", "required", "body"}}},
		"parameters":                      {look("kind=a&limit=3", `{"id":"1","name":"x"}`), nil},
		"a parameter that is missing":     {look("", `{"id":"1","name":"x"}`), list{{number, "request", "?kind", "required", ""}}},
		"a parameter too many":            {look("kind=a&tea=1", `{"id":"1","name":"x"}`), list{{number, "request", "?tea", "unknown", ""}}},
		"a parameter's value":             {look("kind=c&limit=11", `{"id":"1","name":"x"}`), list{{number, "request", "?kind", "enum", "c"}, {number, "request", "?limit", "maximum", ""}}},
		"only the fields asked for":       {look("kind=a&fields=id", `{"id":"1"}`), nil},
		"a field asked for and not given": {look("kind=a&fields=id,name", `{"id":"1"}`), list{{number, "response", "", "required", "name"}}},
		"an object of another kind":       {metaemu.Exchange{Method: "GET", Path: "/v25.0/2", Kind: "waba", Status: 200, Response: []byte(`7`)}, nil},
		"an endpoint that is not there": {
			metaemu.Exchange{Method: "POST", Path: "/v25.0/1/smb", Kind: "number", Edge: "smb", Status: 200, Response: []byte(`{}`)},
			list{{"POST /{number}/smb", "endpoint", "", "unlisted", ""}},
		},
		"an endpoint that neither has": {
			metaemu.Exchange{Method: "POST", Path: "/v25.0/1/smb", Kind: "number", Edge: "smb", Status: 400, Response: []byte(refusal)}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, got, err := parsed(t).Judge(tt.x)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("complaints (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLedger(t *testing.T) {
	wrong := metaspec.Complaint{Endpoint: messages, Side: "request", Kind: "required", What: "to"}
	other := metaspec.Complaint{Endpoint: messages, Side: "request", Kind: "unknown", What: "tea"}
	x := send(`{"type":"text","text":"hi"}`, 200, fine)
	for name, tt := range map[string]struct {
		exceptions []metaspec.Complaint
		everything bool
		want       int
		says       string
	}{
		"a complaint":                          {nil, true, 1, "FAIL " + wrong.String()},
		"an exception":                         {[]metaspec.Complaint{wrong}, true, 0, "1 of 1 exceptions used"},
		"an exception that nothing needs":      {[]metaspec.Complaint{wrong, other}, true, 1, "no longer needed: " + other.String()},
		"the same, where not everything ran":   {[]metaspec.Complaint{wrong, other}, false, 0, "1 of 2 exceptions used"},
		"an exception for something else only": {[]metaspec.Complaint{other}, false, 1, "FAIL " + wrong.String()},
	} {
		t.Run(name, func(t *testing.T) {
			var list []metaspec.Exception
			for _, c := range tt.exceptions {
				list = append(list, metaspec.Exception{Complaint: c, Reason: "a reason"})
			}
			line, err := json.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			// The last line is of a program that was killed while it wrote.
			if err := os.WriteFile(filepath.Join(dir, "scenario-1.jsonl"), append(append(line, '\n'), line[:9]...), 0o600); err != nil {
				t.Fatal(err)
			}
			l := metaspec.NewLedger(parsed(t), list)
			if err := l.ReadFolder(dir); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if got := l.Report(&out, tt.everything); got != tt.want {
				t.Errorf("Report = %d, want %d", got, tt.want)
			}
			if !strings.Contains(out.String(), tt.says) || !strings.Contains(out.String(), "1  "+messages) {
				t.Errorf("it says\n%s\nwant %q in it, and the count", &out, tt.says)
			}
		})
	}
	var out bytes.Buffer
	if metaspec.NewLedger(parsed(t), nil).Report(&out, true) == 0 {
		t.Error("a run of everything in which nothing was judged is no failure")
	}
}

func TestExceptions(t *testing.T) {
	if _, err := metaspec.Exceptions(); err != nil {
		t.Error(err)
	}
	for name, raw := range map[string]string{
		"without a reason": `[{"endpoint":"GET /x","side":"endpoint","kind":"unlisted"}]`,
		"twice":            `[{"kind":"a","reason":"r"},{"kind":"a","reason":"s"}]`,
		"a word too many":  `[{"kind":"a","reason":"r","any":true}]`,
	} {
		if _, err := metaspec.ParseExceptions([]byte(raw)); err == nil {
			t.Errorf("exceptions %s are accepted", name)
		}
	}
}

// TestDocument: Meta's document is read, and every schema in it that an exchange
// can meet compiles. Where it is not there, that is said and is no skipped test:
// it is not ours to have.
func TestDocument(t *testing.T) {
	path, err := metaspec.Find("../..")
	if err != nil {
		t.Log(err)
		return
	}
	d, err := metaspec.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.CompileAll(); err != nil {
		t.Error(err)
	}
}
