package metaemu

import (
	"net/http"
	"slices"
	"strings"

	"wasl/metaemu/wire"
)

// defaultFields are those of a template without fields (§4.3).
const defaultFields = "name,parameter_format,components,language,status,category,sub_category,id"

func (e *Emulator) templateNode(c *call, t *template) answer {
	return answer{http: http.StatusOK, body: e.templateBody(c, t)}
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
	var found []*template
	for _, t := range e.templates.of[w.ID] {
		if t.matches(c.query) {
			found = append(found, t)
		}
	}
	rows := make([]row, 0, len(found))
	for _, t := range found {
		rows = append(rows, row{key: t.id, json: t.object(c.query("fields"))})
	}
	o, f := pageOf(c, rows)
	if f != nil {
		return e.refuse(f)
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
