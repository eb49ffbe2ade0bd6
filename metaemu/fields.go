package metaemu

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"wasl/metaemu/wire"
)

// A selection is one element of the parameter fields: a name, its parameters as
// in analytics.start(1).end(2), and what is wanted of it, in braces.
type selection struct {
	name string
	args map[string]string
	sub  string // the text between the braces, empty if there are none
}

// selections reads the parameter fields. Text that cannot be read as a selection
// is taken as a name, which no object has.
func selections(fields string) []selection {
	var list []selection
	for _, part := range splitFlat(fields, ',') {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, selectionOf(part))
		}
	}
	return list
}

func selectionOf(part string) selection {
	s := selection{args: map[string]string{}}
	if i := strings.IndexByte(part, '{'); i >= 0 && strings.HasSuffix(part, "}") {
		part, s.sub = part[:i], part[i+1:len(part)-1]
	}
	pieces := splitFlat(part, '.')
	s.name = strings.TrimSpace(pieces[0])
	for _, p := range pieces[1:] {
		name, value, ok := strings.Cut(strings.TrimSpace(p), "(")
		if ok {
			s.args[name] = strings.TrimSuffix(value, ")")
		}
	}
	return s
}

// splitFlat splits where sep stands outside of brackets and quotes.
func splitFlat(s string, sep byte) []string {
	var parts []string
	depth, from, quote := 0, 0, byte(0)
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case strings.IndexByte("({[", c) >= 0:
			depth++
		case strings.IndexByte(")}]", c) >= 0:
			depth--
		case c == sep && depth == 0:
			parts, from = append(parts, s[from:i]), i+1
		}
	}
	return append(parts, s[from:])
}

// nodeOf writes an object with what was asked for, and its id. own answers the
// fields of the object itself; a name it does not know may be one of its lists,
// which then come inside. What neither knows, and what is empty, is left out.
func (e *Emulator) nodeOf(c *call, kind, id, fields string, own func(s selection) []byte) []byte {
	var o wire.Object
	for _, s := range selections(fields) {
		if s.name == "id" {
			continue
		}
		raw := own(s)
		if raw == nil {
			raw = e.inside(c, kind, s)
		} else if s.sub != "" {
			raw = prune(raw, s.sub)
		}
		if len(raw) > 0 {
			o.Raw(s.name, raw)
		}
	}
	return o.Str("id", id).Bytes()
}

// inside is a list of an object as a field of it: phone_numbers{id}.limit(5).
func (e *Emulator) inside(c *call, kind string, s selection) []byte {
	ed, ok := e.surface.by[kind+" GET "+s.name]
	if !ok || ed.do == nil || s.name == "" || e.scoped(c.holder, ed) != nil {
		return nil
	}
	sub := *c
	sub.edge, sub.method, sub.asked = s.name, http.MethodGet, url.Values{}
	if s.sub != "" {
		sub.asked.Set("fields", s.sub)
	}
	sub.query = func(key string) string {
		if key == "fields" {
			return s.sub
		}
		return s.args[key]
	}
	a := ed.do(e, &sub)
	switch {
	case a.http != http.StatusOK:
		return nil
	case s.sub != "":
		return prune(a.body, s.sub)
	}
	return a.body
}

// prune keeps of JSON what fields name, in their order, and ids. Of a list each
// element is pruned.
func prune(raw []byte, fields string) []byte {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return raw
	}
	if raw[0] == '[' {
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil {
			return raw
		}
		for i := range items {
			items[i] = prune(items[i], fields)
		}
		return listOf(items)
	}
	if raw[0] != '{' {
		return raw
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return raw
	}
	if data, ok := members["data"]; ok { // a list with its paging
		var o wire.Object
		o.Raw("data", prune(data, fields))
		if p, ok := members["paging"]; ok {
			o.Raw("paging", p)
		}
		return o.Bytes()
	}
	var o wire.Object
	for _, s := range selections(fields) {
		v, ok := members[s.name]
		switch {
		case !ok || s.name == "id":
			continue
		case s.sub != "":
			v = prune(v, s.sub)
		}
		o.Raw(s.name, v)
	}
	if id, ok := members["id"]; ok {
		o.Raw("id", id)
	}
	return o.Bytes()
}

// listOf is an array of values that are JSON already.
func listOf[T ~[]byte](items []T) []byte {
	out := []byte{'['}
	for i, it := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, it...)
	}
	return append(out, ']')
}

// str and boolean are the JSON of a single value.
func str(s string) []byte { return wire.AppendString(nil, s) }

func boolean(b bool) []byte {
	if b {
		return []byte("true")
	}
	return []byte("false")
}
