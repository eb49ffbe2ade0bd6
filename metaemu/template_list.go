package metaemu

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wasl/metaemu/wire"
)

// defaultFields are those of a template without fields (§4.3).
const defaultFields = "name,parameter_format,components,language,status,category,sub_category,id"

// Pages of a list: 25 by default, as everywhere in Graph.
const defaultPage, largestPage = 25, 1000

func (e *Emulator) templateNode(c *call, t *template) answer {
	return answer{http: http.StatusOK, body: t.object(c.query("fields"))}
}

// object is a template with the fields asked for, and its id. Fields that are
// unknown or have no value are left out.
func (t *template) object(fields string) []byte {
	var o wire.Object
	for f := range strings.SplitSeq(or(fields, defaultFields), ",") {
		f, _, _ = strings.Cut(strings.TrimSpace(f), "{")
		t.field(&o, f)
	}
	return o.Str("id", t.id).Bytes()
}

func (t *template) field(o *wire.Object, name string) {
	switch name {
	case "name":
		o.Str(name, t.Name)
	case "language":
		o.Str(name, t.Language)
	case "status":
		o.Str(name, t.status)
	case "category":
		o.Str(name, t.Category)
	case "previous_category":
		o.Opt(name, t.previous)
	case "correct_category":
		o.Opt(name, t.correct)
	case "parameter_format":
		o.Str(name, t.Format)
	case "components":
		o.Raw(name, t.parts())
	case "rejected_reason":
		o.Str(name, t.reason)
	case "quality_score":
		var score wire.Object
		o.Obj(name, score.Str("score", t.score).Int("date", t.scoredAt.Unix()))
	case "message_send_ttl_seconds":
		if t.TTL != nil {
			o.Int(name, int64(*t.TTL))
		}
	case "library_template_name":
		o.Opt(name, t.library)
	case "cta_url_link_tracking_opted_out":
		if t.NoTracking != nil {
			o.Bool(name, *t.NoTracking)
		}
	case "rejection_info":
		if t.advice != nil {
			var info wire.Object
			o.Obj(name, info.Str("reason", t.advice.Reason).Str("recommendation", t.advice.Recommendation))
		}
	}
}

// parts is the components as JSON. A template that a test made without any shows
// a body with its name.
func (t *template) parts() []byte {
	if !t.loose {
		return compact(t.Raw)
	}
	var body, list wire.Object
	body.Str("type", "BODY").Str("text", strings.ReplaceAll(t.Name, "_", " "))
	raw := list.List("l", body.Bytes()).Bytes()
	return raw[len(`{"l":`) : len(raw)-1]
}

// listTemplates is GET /{waba}/message_templates.
func (e *Emulator) listTemplates(c *call, w *waba) answer {
	limit := defaultPage
	if v := c.query("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return e.refuse(badParameter("Param limit must be a number from 1."))
		}
		limit = min(n, largestPage)
	}
	var found []*template
	for _, t := range e.templates.of[w.ID] {
		if t.matches(c.query) {
			found = append(found, t)
		}
	}
	page, before, after, ok := cut(found, limit, c.query("before"), c.query("after"))
	if !ok {
		return e.refuse(badParameter("Invalid cursors values: the cursor was not made by this list."))
	}
	list := make([][]byte, 0, len(page))
	for _, t := range page {
		list = append(list, t.object(c.query("fields")))
	}
	var o wire.Object
	o.List("data", list...)
	if len(page) > 0 {
		var cursors, paging wire.Object
		cursors.Str("before", cursor(page[0])).Str("after", cursor(page[len(page)-1]))
		paging.Obj("cursors", &cursors)
		if after {
			paging.Str("next", c.pageURL("after", cursor(page[len(page)-1])))
		}
		if before {
			paging.Str("previous", c.pageURL("before", cursor(page[0])))
		}
		o.Obj("paging", &paging)
	}
	if c.query("summary") != "" {
		var s wire.Object
		s.Int("total_count", int64(len(found))).Int("message_template_count", int64(len(e.templates.of[w.ID]))).Int("message_template_limit", int64(e.roomFor(w)))
		o.Obj("summary", &s)
	}
	return answer{http: http.StatusOK, body: o.Bytes()}
}

// matches answers whether a template passes the filters of a list.
func (t *template) matches(query func(string) string) bool {
	oneOf := func(param, value string) bool {
		list := listParam(query(param))
		return len(list) == 0 || slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, value) })
	}
	holds := func(param, text string) bool {
		return strings.Contains(strings.ToLower(text), strings.ToLower(query(param)))
	}
	body := ""
	for _, c := range t.Components {
		body += c.Text + "\n"
	}
	return (query("name") == "" || query("name") == t.Name) &&
		oneOf("status", t.status) && oneOf("category", t.Category) && oneOf("language", t.Language) && oneOf("quality_score", t.score) &&
		// None is made by Meta itself: Direct Send is not emulated that far.
		!strings.EqualFold(query("source"), "AUTO_GENERATED") &&
		holds("content", body) && (holds("name_or_content", t.Name) || holds("name_or_content", body))
}

// A cursor is the place of a template in the order of making, so that pages stay
// what they are when templates come and go.
func cursor(t *template) string {
	return base64.RawURLEncoding.EncodeToString([]byte("t" + itoa(t.seq)))
}

func place(s string) (int, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(raw) < 2 || raw[0] != 't' {
		return 0, false
	}
	n, err := strconv.Atoi(string(raw[1:]))
	return n, err == nil
}

// cut is one page of a list, and whether there is more on either side.
func cut(all []*template, limit int, before, after string) (page []*template, earlier, later, ok bool) {
	from, to := 0, len(all)
	if after != "" {
		n, ok := place(after)
		if !ok {
			return nil, false, false, false
		}
		for from < len(all) && all[from].seq <= n {
			from++
		}
	}
	if before != "" {
		n, ok := place(before)
		if !ok {
			return nil, false, false, false
		}
		for to > from && all[to-1].seq >= n {
			to--
		}
		from = max(from, to-limit)
	}
	to = min(to, from+limit)
	return all[from:to], from > 0, to < len(all), true
}

// pageURL is the address of another page of the same list. The token is not in
// it: who follows it sends its own.
func (c *call) pageURL(key, cursor string) string {
	q := url.Values{key: {cursor}}
	for _, k := range []string{"fields", "limit", "name", "status", "category", "language", "content", "name_or_content", "quality_score", "source", "summary"} {
		if v := c.query(k); v != "" {
			q.Set(k, v)
		}
	}
	return c.base + "/v" + itoa(c.version) + ".0/" + c.node + "/" + c.edge + "?" + q.Encode()
}
