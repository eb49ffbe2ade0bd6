package metaspec

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"wasl/metaemu"
)

// OurAgent is the User-Agent of the house's client. What it asks is judged, also
// if it was refused.
const OurAgent = "wasl"

// errorShape is the schema of an error that an endpoint does not list.
const errorShape = "/components/schemas/GraphAPIError"

// Complaint is one difference between an exchange and the document.
type Complaint struct {
	Endpoint string `json:"endpoint"` // "POST /{Version}/{Phone-Number-ID}/messages"
	Side     string `json:"side"`     // request, response, or endpoint: not in the document
	Place    string `json:"place"`    // where in the body, or "?name"; an index is *
	Kind     string `json:"kind"`     // the schema's word: enum, required, type, …
	What     string `json:"what"`     // the value, name or type that it is about
}

func (c Complaint) String() string {
	return strings.TrimSpace(c.Endpoint + ", " + c.Side + " " + c.Place + ": " + c.Kind + " " + c.What)
}

// Judge answers the name of the endpoint and what an exchange has otherwise
// than the document: every answer, and the requests of our own client. What
// clients of others ask, and tests by hand, is theirs: Meta takes more than its
// document says (cloud-api-protocol §11).
func (d *Document) Judge(x metaemu.Exchange) (string, []Complaint, error) {
	ok := x.Status >= 200 && x.Status < 300
	e, known := d.find(x)
	name := e.String()
	if !known {
		name = unlisted(x)
	}
	var all []Complaint
	add := func(side string, list []Complaint) {
		for _, c := range list {
			c.Endpoint, c.Side = name, side
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	if known && x.Agent == OurAgent {
		list, err := d.request(e, x)
		if err != nil {
			return name, nil, err
		}
		add("request", list)
	}
	if x.Status != 0 {
		list, err := d.response(e, x)
		if err != nil {
			return name, nil, err
		}
		add("response", list)
	}
	if !known && (ok || x.Agent == OurAgent && x.Status == 0) {
		add("endpoint", []Complaint{{Kind: "unlisted"}})
	}
	return name, all, nil
}

// everywhere are the parameters that every Graph call takes.
var everywhere = []string{"access_token", "appsecret_proof", "fields"}

func (d *Document) request(e endpoint, x metaemu.Exchange) ([]Complaint, error) {
	var out []Complaint
	for _, p := range e.query {
		if p.required && !x.Query.Has(p.name) {
			out = append(out, Complaint{Place: "?" + p.name, Kind: "required"})
		}
	}
	for _, name := range sortedKeys(x.Query) {
		p, ok := e.parameter(name)
		switch {
		case !ok && slices.Contains(everywhere, name):
		case !ok:
			out = append(out, Complaint{Place: "?" + name, Kind: "unknown"})
		case p.schema != "":
			list, err := d.check(p.schema, queryValue(p, x.Query.Get(name)))
			if err != nil {
				return nil, err
			}
			for _, c := range list {
				c.Place = "?" + name + c.Place
				out = append(out, c)
			}
		}
	}
	list, err := d.requestBody(e, x)
	return append(out, list...), err
}

func (d *Document) requestBody(e endpoint, x metaemu.Exchange) ([]Complaint, error) {
	if len(x.Request) == 0 {
		if e.bodyRequired {
			return []Complaint{{Kind: "required", What: "body"}}, nil
		}
		return nil, nil
	}
	typ, _, err := mime.ParseMediaType(x.ContentType)
	if err != nil || x.Request[0] == '{' {
		typ = "application/json" // Graph looks at the body, not at its label.
	}
	schema, ok := e.body[typ]
	switch {
	case !ok && string(bytes.TrimSpace(x.Request)) == "{}":
		return nil, nil
	case !ok:
		return []Complaint{{Kind: "content", What: typ}}, nil
	case typ != "application/json":
		return nil, nil // A form holds only text; its schema says little more.
	}
	return d.checkJSON(schema, x.Request)
}

func (d *Document) response(e endpoint, x metaemu.Exchange) ([]Complaint, error) {
	schema, listed := e.answers[itoa(x.Status)]
	switch {
	case listed && schema == "":
		return nil, nil
	case !listed && x.Status >= 400:
		schema = errorShape
	case !listed && e.method == "":
		return nil, nil // The endpoint itself is complained of.
	case !listed:
		return []Complaint{{Kind: "status", What: itoa(x.Status)}}, nil
	}
	list, err := d.checkJSON(schema, x.Response)
	if x.Query.Get("fields") == "" {
		return list, err
	}
	// Who asks for some fields does not get the others.
	asked := strings.Split(x.Query.Get("fields"), ",")
	return slices.DeleteFunc(list, func(c Complaint) bool {
		return c.Kind == "required" && (c.Place == "" || c.Place == "/data/*") && !slices.Contains(asked, c.What)
	}), err
}

func (d *Document) checkJSON(pointer string, raw []byte) ([]Complaint, error) {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return []Complaint{{Kind: "content", What: "no JSON"}}, nil
	}
	return d.check(pointer, v)
}

func (d *Document) check(pointer string, v any) ([]Complaint, error) {
	s, err := d.schema(pointer)
	if err != nil {
		return nil, err
	}
	var bad *jsonschema.ValidationError
	if err := s.Validate(v); errors.As(err, &bad) {
		return complaints(bad), nil
	} else if err != nil {
		return nil, err
	}
	return nil, nil
}

// queryValue reads the text of a query as what the schema says it is.
func queryValue(p parameter, text string) any {
	switch p.typ {
	case "integer", "number":
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return json.Number(text)
		}
	case "boolean":
		if b, err := strconv.ParseBool(text); err == nil {
			return b
		}
	case "array", "object":
		if v, err := jsonschema.UnmarshalJSON(strings.NewReader(text)); err == nil {
			return v
		}
		parts := []any{}
		for s := range strings.SplitSeq(text, ",") {
			parts = append(parts, s)
		}
		return parts
	}
	return text
}

func itoa(n int) string { return strconv.Itoa(n) }
