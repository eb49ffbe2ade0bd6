package metaemu

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/metaemu/form"
	"wasl/metaemu/wire"
)

// asJSON is the body of a call as a JSON object, be it sent as a form or in the
// query, as Graph takes it.
func (c *call) asJSON() []byte {
	if len(c.body) > 0 && c.body[0] == '{' {
		return c.body
	}
	members := map[string]json.RawMessage{}
	values, err := url.ParseQuery(string(c.body))
	if err != nil {
		return c.body // What it is, the reader will say.
	}
	for k := range values {
		v := values.Get(k)
		if strings.ContainsAny(v[:min(1, len(v))], "{[-0123456789tf") && json.Valid([]byte(v)) && k != "name" {
			members[k] = json.RawMessage(v)
			continue
		}
		members[k], _ = json.Marshal(v) // A string is always JSON.
	}
	raw, _ := json.Marshal(members) // So is a map of JSON.
	return raw
}

// templateFailure is a fault of a template as the Graph API answers it.
func templateFailure(bad *form.Fault) *failure {
	if bad == nil {
		return nil
	}
	return &failure{
		http: http.StatusBadRequest, code: bad.Code, subcode: bad.Subcode, plain: true, title: "Invalid parameter",
		userTitle: bad.Title, userMessage: bad.Message,
	}
}

func (e *Emulator) refuseTemplate(bad *form.Fault) answer { return e.refuse(templateFailure(bad)) }

// createTemplate is POST /{waba}/message_templates.
func (e *Emulator) createTemplate(c *call, w *waba) answer {
	f, bad := form.Read(c.asJSON())
	if bad == nil && f.Library != "" {
		f, bad = form.FromLibrary(f)
	}
	if bad == nil {
		bad = form.Check(&f)
	}
	if bad == nil {
		bad = e.samplesHold(&f)
	}
	if bad != nil {
		return e.refuseTemplate(bad)
	}
	if f := e.mayCreate(w, &f, c.arrived); f != nil {
		return e.refuse(f)
	}
	t := e.submit(w, f, c.arrived)
	var o wire.Object
	return answer{http: http.StatusOK, body: o.Str("id", t.id).Str("status", t.status).Str("category", t.Category).Bytes()}
}

// submit makes a template and sends it to the review; one of the library has been
// reviewed already.
func (e *Emulator) submit(w *waba, f form.Form, at time.Time) *template {
	e.templates.made[w.ID] = append(e.templates.made[w.ID], at)
	t := e.newTemplate(w, f, at)
	e.plan(at, templateLimits.idle, "template.idle", t)
	if f.Library != "" {
		t.library, t.status, t.approved = f.Library, approved, true
		return t
	}
	e.review(t, at)
	return t
}

// mayCreate checks the limits over time, and that the name is free.
func (e *Emulator) mayCreate(w *waba, f *form.Form, at time.Time) *failure {
	hour := slices.DeleteFunc(e.templates.made[w.ID], func(made time.Time) bool { return at.Sub(made) >= time.Hour })
	e.templates.made[w.ID] = hour
	room := e.roomFor(w)
	switch {
	case len(hour) >= templateLimits.perHour:
		out := templateFailure(form.Refusal(form.LimitReached, "A WhatsApp Business Account can create "+itoa(templateLimits.perHour)+" templates an hour."))
		out.transient = true
		return out
	case len(e.templates.of[w.ID]) >= room:
		return templateFailure(form.Refusal(form.LimitReached, "This WhatsApp Business Account has reached its limit of "+itoa(room)+" templates."))
	}
	for _, key := range [][3]string{{w.ID, f.Name, ""}, {w.ID, f.Name, f.Language}} {
		if until, ok := e.templates.barred[key]; ok && at.Before(until) {
			return templateFailure(form.Refusal(form.NameLeaving, "A template of this name and language was deleted. Use another name, or try again after "+until.Format(time.DateOnly)+"."))
		}
	}
	switch t := e.templateNamed(w, f.Name, f.Language); {
	case t == nil:
		return nil
	case t.status == pendingDeletion:
		return templateFailure(form.Refusal(form.NameLeaving, "A template of this name and language is being deleted."))
	}
	return templateFailure(form.Refusal(form.Duplicate, "There is already content of this template in this language."))
}

func (e *Emulator) roomFor(w *waba) int {
	if room := e.templates.room[w.ID]; room > 0 {
		return room
	}
	return templateLimits.unverified
}

// upsertTemplates is POST /{waba}/upsert_message_templates: authentication
// templates in many languages at once.
func (e *Emulator) upsertTemplates(c *call, w *waba) answer {
	f, bad := form.Read(c.asJSON())
	if bad != nil {
		return e.refuseTemplate(bad)
	}
	if f.Category != form.Authentication {
		return e.refuse(badParameter("Param category must be one of {AUTHENTICATION}."))
	}
	if len(f.Languages) == 0 {
		return e.refuse(badParameter("The parameter languages is required."))
	}
	for _, language := range f.Languages { // All or none.
		one := f
		one.Language = language
		if bad := form.Check(&one); bad != nil {
			return e.refuseTemplate(bad)
		}
		if e.templateNamed(w, f.Name, language) == nil {
			if fl := e.mayCreate(w, &one, c.arrived); fl != nil {
				return e.refuse(fl)
			}
		}
	}
	var list [][]byte
	for _, language := range f.Languages {
		one := f
		one.Language = language
		t := e.templateNamed(w, f.Name, language)
		if t == nil {
			t = e.submit(w, one, c.arrived)
		} else {
			t.Raw, t.Components, t.TTL, t.changed, t.loose = one.Raw, one.Components, one.TTL, true, false
			e.review(t, c.arrived)
		}
		var o wire.Object
		list = append(list, o.Str("id", t.id).Str("status", t.status).Str("language", language).Bytes())
	}
	var o wire.Object
	return answer{http: http.StatusOK, body: o.List("data", list...).Bytes()}
}

// previewTemplates is GET /{waba}/message_template_previews.
func (e *Emulator) previewTemplates(c *call, _ *waba) answer {
	if cat := strings.ToUpper(c.query("category")); cat != form.Authentication {
		return e.refuse(badParameter("Param category must be one of {AUTHENTICATION}."))
	}
	expires, hasExpiry := c.query("code_expiration_minutes"), false
	minutes, err := strconv.Atoi(expires)
	if hasExpiry = expires != ""; hasExpiry && (err != nil || minutes < 1 || minutes > 90) {
		return e.refuse(badParameter("Param code_expiration_minutes must be 1 to 90."))
	}
	languages := listParam(c.query("languages"))
	if len(languages) == 0 {
		languages = []string{"en_US"}
	}
	var list [][]byte
	for _, language := range languages {
		if !form.Known(language) {
			return e.refuse(badParameter("Language " + language + " is not supported."))
		}
		f := form.Form{Language: language, Components: []form.Component{
			{Type: "BODY", Security: c.query("add_security_recommendation") == "true"},
			{Type: "BUTTONS", Buttons: []form.Button{{Type: "OTP"}}},
		}}
		if hasExpiry {
			f.Components = append(f.Components, form.Component{Type: "FOOTER", Expiration: &minutes})
		}
		words := f.Wording()
		var b, o wire.Object
		b.Str("text", words.Buttons[0].Text).Str("autofill_text", form.Autofill(language))
		o.Str("body", words.Body).Opt("footer", words.Footer).List("buttons", b.Bytes()).Str("language", language)
		list = append(list, o.Bytes())
	}
	var o wire.Object
	return answer{http: http.StatusOK, body: o.List("data", list...).Bytes()}
}

// listParam reads a list written as JSON or with commas.
func listParam(s string) []string {
	var list []string
	if json.Unmarshal([]byte(s), &list) == nil {
		return list
	}
	var numbers []json.Number
	if json.Unmarshal([]byte(s), &numbers) == nil {
		for _, n := range numbers {
			list = append(list, n.String())
		}
		return list
	}
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}

// templateLibrary is GET /message_template_library.
func (e *Emulator) templateLibrary(c *call) answer {
	if _, f := e.holder(c); f != nil {
		return e.refuse(f)
	}
	search := strings.ToLower(c.query("search"))
	var list [][]byte
	for _, it := range form.Library() {
		switch {
		case search != "" && !strings.Contains(strings.ToLower(it.Name+" "+it.Header+" "+it.Body), search):
		case c.query("topic") != "" && !strings.EqualFold(c.query("topic"), it.Topic):
		case c.query("usecase") != "" && !strings.EqualFold(c.query("usecase"), it.UseCase):
		case c.query("language") != "" && c.query("language") != it.Language:
		case c.query("industry") != "" && !slices.Contains(it.Industries, strings.ToUpper(c.query("industry"))):
		default:
			list = append(list, libraryItem(it))
		}
	}
	var o wire.Object
	return answer{http: http.StatusOK, body: o.List("data", list...).Bytes()}
}

func libraryItem(it form.Item) []byte {
	var o wire.Object
	o.Str("name", it.Name).Str("language", it.Language).Str("category", it.Category).Str("topic", it.Topic).Str("usecase", it.UseCase).
		List("industry", stringList(it.Industries)...).Str("header", it.Header).Str("body", it.Body).
		List("body_params", stringList(it.Params)...).List("body_param_types", stringList(it.ParamTypes)...)
	if it.URL != "" || it.Phone != "" {
		var b wire.Object
		typ := "URL"
		if it.Phone != "" {
			typ = "PHONE_NUMBER"
		}
		o.List("buttons", b.Str("type", typ).Str("text", or(it.URL, it.Phone)).Bytes())
	}
	return o.Str("id", it.ID).Bytes()
}

func stringList(list []string) [][]byte {
	out := make([][]byte, 0, len(list))
	for _, s := range list {
		out = append(out, wire.AppendString(nil, s))
	}
	return out
}
