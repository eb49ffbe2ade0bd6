package content

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"wasl/internal/fault"
	"wasl/internal/platform"
)

// checker keeps the first thing that is wrong.
type checker struct {
	facts platform.Facts
	kind  string // of an interactive message: its limits come before the common ones
	bad   *fault.Fault
}

// at is an object inside a message: path is where a person finds it, scope where
// its limits stand. Reading what is not there answers nothing, so that a shape is
// read to its end without asking at each step.
type at struct {
	c     *checker
	path  string // interactive.action.buttons[2]
	scope string // interactive.action.buttons
	m     map[string]any
}

func dotted(path, key string) string {
	switch {
	case path == "":
		return key
	case key == "":
		return path
	}
	return path + "." + key
}

// fail says what is wrong with a member, unless something was wrong before.
func (o at) fail(key, format string, args ...any) {
	if o.c.bad == nil {
		o.c.bad = fault.Of(fault.CodeContentInvalid).Saying("%s: %s.", dotted(o.path, key), fmt.Sprintf(format, args...))
	}
}

// limit is the fact about a member, of the kind of interactive message before the
// common one.
func (o at) limit(name platform.Name, key string) (int, bool) {
	scope := dotted(o.scope, key)
	scopes := []string{scope}
	if o.c.kind != "" {
		scopes = []string{o.c.kind + ":" + scope, scope}
	}
	f, ok := o.c.facts.Fact(name, scopes...)
	return int(f.Value), ok
}

// need is a text that must be there.
func (o at) need(key string) string {
	s := o.may(key)
	if s == "" {
		o.fail(key, "is missing")
	}
	return s
}

// may is a text that can be left out.
func (o at) may(key string) string {
	v, ok := o.m[key]
	if !ok || v == nil {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		o.fail(key, "has to be text")
		return ""
	}
	if most, limited := o.limit(platform.ContentLength, key); limited {
		if n := utf8.RuneCountInString(s); n > most {
			o.fail(key, "at most %d characters, not %d", most, n)
		}
	}
	return s
}

// texts are members that are text if they are there.
func (o at) texts(keys ...string) {
	for _, k := range keys {
		o.may(k)
	}
}

// oneOf is a text out of a few.
func (o at) oneOf(key string, of ...string) string {
	s := o.may(key)
	if s != "" && !slices.Contains(of, s) {
		o.fail(key, "one of %v, not %q", of, cut(s))
	}
	return s
}

func cut(s string) string {
	const shown = 40
	if r := []rune(s); len(r) > shown {
		return string(r[:shown])
	}
	return s
}

// flag is true, false, or absent.
func (o at) flag(key string) {
	if v := o.m[key]; v != nil {
		if _, ok := v.(bool); !ok {
			o.fail(key, "true or false")
		}
	}
}

// degrees is a number, also written as text, between -most and most.
func (o at) degrees(key string, most float64) {
	var s string
	switch v := o.m[key].(type) {
	case json.Number:
		s = v.String()
	case string:
		s = v
	}
	d, err := strconv.ParseFloat(s, 64)
	if err != nil || !(d >= -most && d <= most) {
		o.fail(key, "a number from -%g to %g", most, most)
	}
}

// day is a date such as 1990-12-31, or absent.
func (o at) day(key string) {
	if s := o.may(key); s != "" {
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			o.fail(key, "a day such as 1990-12-31")
		}
	}
}

// object is a member that is an object; false if it is absent or no object.
func (o at) object(key string) (at, bool) {
	v, ok := o.m[key]
	if !ok || v == nil {
		return at{c: o.c}, false
	}
	m, ok := v.(map[string]any)
	if !ok {
		o.fail(key, "has to be an object")
		return at{c: o.c}, false
	}
	return at{c: o.c, path: dotted(o.path, key), scope: dotted(o.scope, key), m: m}, true
}

// must is an object that has to be there.
func (o at) must(key string) at {
	in, ok := o.object(key)
	if !ok {
		o.fail(key, "is missing")
	}
	return in
}

// objects are the objects of a list; nothing if it is absent.
func (o at) objects(key string) []at {
	v, ok := o.m[key]
	if !ok || v == nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		o.fail(key, "has to be a list")
		return nil
	}
	if most, limited := o.limit(platform.ContentCount, key); limited && len(list) > most {
		o.fail(key, "at most %d, not %d", most, len(list))
	}
	out := make([]at, 0, len(list))
	for i, v := range list {
		in := at{c: o.c, path: fmt.Sprintf("%s[%d]", dotted(o.path, key), i), scope: dotted(o.scope, key)}
		if in.m, ok = v.(map[string]any); !ok {
			in.fail("", "has to be an object")
		}
		out = append(out, in)
	}
	return out
}

// list are the objects of a list that has to have one at least.
func (o at) list(key string) []at {
	list := o.objects(key)
	if len(list) == 0 {
		o.fail(key, "is missing")
	}
	return list
}

// only writes the members named, as they came.
func (o at) only(keys ...string) json.RawMessage {
	kept := make(map[string]any, len(keys))
	for _, k := range keys {
		kept[k] = o.m[k]
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		panic("content: what was decoded does not encode: " + err.Error())
	}
	return raw
}

// web reports whether a text is an address on the web.
func web(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
