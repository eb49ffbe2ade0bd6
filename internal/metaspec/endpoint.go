package metaspec

import (
	"maps"
	"slices"
	"strings"

	"wasl/metaemu"
)

// endpoint is one method of one path of the document.
type endpoint struct {
	method, template string
	edge             string // what follows the object, as in the template
	object           string // the template's name of the object, {Phone-Number-ID}
	query            []parameter
	body             map[string]string // pointers to schemas by content type
	bodyRequired     bool
	answers          map[string]string // pointers to schemas by status
}

func (e endpoint) String() string { return e.method + " " + e.template }

type parameter struct {
	name     string
	required bool
	typ      string // integer, boolean, …: a query holds only text
	schema   string
}

// objects are the names that the document gives to the objects of an emulator's
// kind. It has several for one, and one path for each kind of object alone: what
// is asked is decided by the kind.
var objects = map[string][]string{
	"number":    {"{Phone-Number-ID}", "{WhatsApp-Account-Number-ID}"},
	"waba":      {"{WABA-ID}", "{WhatsApp-Business-Account-ID}"},
	"app":       {"{Application-ID}"},
	"portfolio": {"{Business-ID}"},
	"media":     {"{Media-ID}"},
	"template":  {"{TEMPLATE_ID}"},
	"profile":   {"{WhatsApp-Business-Profile-ID}"},
	"flow":      {"{Flow-ID}"},
	"group":     {"{group_id}"},
	"user":      {"{User-ID}"},
	"history":   {"{Message-History-ID}"},
}

var methods = []string{"delete", "get", "patch", "post", "put"}

// endpointsOf reads one path of the document.
func endpointsOf(root map[string]any, template string) []endpoint {
	item := child(root, "paths", template)
	_, rest, ok := strings.Cut(template, "/{Version}/")
	if !ok {
		return nil
	}
	object, edge, _ := strings.Cut(rest, "/")
	var out []endpoint
	for _, method := range methods {
		op, _ := item[method].(map[string]any)
		if op == nil {
			continue
		}
		at := []string{"paths", template, method}
		e := endpoint{method: strings.ToUpper(method), template: template, object: object, edge: edge, body: map[string]string{}, answers: map[string]string{}}
		e.query = append(parameters(root, item, "paths", template), parameters(root, op, at...)...)
		if body, where := follow(root, op["requestBody"], append(at, "requestBody")); body != nil {
			e.bodyRequired = body["required"] == true
			content, _ := body["content"].(map[string]any)
			for typ := range content {
				e.body[typ] = pointer(append(where, "content", typ, "schema")...)
			}
		}
		answers, _ := op["responses"].(map[string]any)
		for status, v := range answers {
			body, where := follow(root, v, append(slices.Clone(at), "responses", status))
			e.answers[status] = ""
			if child(body, "content", "application/json", "schema") != nil {
				e.answers[status] = pointer(append(where, "content", "application/json", "schema")...)
			}
		}
		out = append(out, e)
	}
	return out
}

func parameters(root, holder map[string]any, at ...string) []parameter {
	list, _ := holder["parameters"].([]any)
	var out []parameter
	for i, v := range list {
		p, where := follow(root, v, append(slices.Clone(at), "parameters", itoa(i)))
		if p["in"] != "query" {
			continue
		}
		name, _ := p["name"].(string)
		q := parameter{name: name, required: p["required"] == true}
		if s := child(p, "schema"); s != nil {
			q.schema = pointer(append(where, "schema")...)
			q.typ, _ = s["type"].(string)
		}
		out = append(out, q)
	}
	return out
}

// follow finds what a reference names, and where that is.
func follow(root map[string]any, v any, at []string) (map[string]any, []string) {
	m, _ := v.(map[string]any)
	if ref, ok := m["$ref"].(string); ok {
		at = strings.Split(strings.TrimPrefix(ref, "#/"), "/")
		m = child(root, at...)
	}
	return m, slices.Clone(at)
}

func child(m map[string]any, names ...string) map[string]any {
	for _, name := range names {
		m, _ = m[name].(map[string]any)
	}
	return m
}

// find is the endpoint that an exchange is of. Without a kind, the edge decides
// if only one object has it.
func (d *Document) find(x metaemu.Exchange) (endpoint, bool) {
	parts := strings.SplitN(strings.TrimPrefix(x.Path, "/"), "/", 3)
	if len(parts) < 2 || strings.Trim(parts[1], "0123456789") != "" && x.Kind == "" {
		return endpoint{}, false // A name in the place of an id.
	}
	var found []endpoint
	for _, e := range d.endpoints {
		if e.method != x.Method || !sameEdge(e.edge, x.Edge) {
			continue
		}
		if slices.Contains(objects[x.Kind], e.object) {
			return e, true
		}
		if x.Kind == "" && x.Edge != "" {
			found = append(found, e)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return endpoint{}, false
}

// sameEdge compares "message_qrdls/{QR-Code-ID}" with "message_qrdls/ABC".
func sameEdge(template, edge string) bool {
	want, got := strings.Split(template, "/"), strings.Split(edge, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && (!strings.HasPrefix(want[i], "{") || got[i] == "") {
			return false
		}
	}
	return true
}

// unlisted is the name of what the document does not have.
func unlisted(x metaemu.Exchange) string {
	if x.Kind == "" {
		_, rest, _ := strings.Cut(strings.TrimPrefix(x.Path, "/"), "/")
		if strings.HasPrefix(x.Path, "/oauth/") {
			rest = x.Path[1:]
		}
		// A name that is no id stands for itself: debug_token.
		if node, _, _ := strings.Cut(rest, "/"); strings.Trim(node, "0123456789") != "" {
			return x.Method + " /" + rest
		}
		return strings.TrimSuffix(x.Method+" /{nothing}/"+x.Edge, "/")
	}
	// What follows the links of a number is the code of one.
	edge, _, deep := strings.Cut(x.Edge, "/")
	if deep && edge == "message_qrdls" {
		edge += "/{code}"
	} else {
		edge = x.Edge
	}
	return strings.TrimSuffix(x.Method+" /{"+x.Kind+"}/"+edge, "/")
}

func (e endpoint) parameter(name string) (parameter, bool) {
	i := slices.IndexFunc(e.query, func(p parameter) bool { return p.name == name })
	if i < 0 {
		return parameter{}, false
	}
	return e.query[i], true
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
