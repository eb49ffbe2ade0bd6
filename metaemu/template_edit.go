package metaemu

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"wasl/metaemu/form"
	"wasl/metaemu/wire"
)

// editTemplate is POST /{template}: category, components, lifetime. What is edited
// goes to the review again.
func (e *Emulator) editTemplate(c *call, t *template) answer {
	f, bad := form.Read(c.asJSON())
	if bad != nil {
		return e.refuseTemplate(bad)
	}
	if fl := e.mayEdit(t, &f, c.arrived); fl != nil {
		return e.refuse(fl)
	}
	next := t.Form
	next.Category, next.Format = or(f.Category, next.Category), or(f.Format, next.Format)
	if f.Raw != nil {
		next.Raw, next.Components = f.Raw, f.Components
	}
	if f.TTL != nil {
		next.TTL = f.TTL
	}
	if f.NoTracking != nil {
		next.NoTracking = f.NoTracking
	}
	if t.loose && f.Raw == nil {
		return e.refuse(badParameter("This template was made without components: send components to edit it."))
	}
	bad = form.Recheck(&next)
	if bad == nil && f.Raw != nil {
		bad = e.samplesHold(&next)
	}
	if bad != nil {
		return e.refuseTemplate(bad)
	}
	if t.status == approved {
		t.edits = append(t.edits, c.arrived)
	}
	t.loose = false
	t.changed = t.changed || f.Raw != nil
	t.Form = next
	if f.Raw != nil || f.Category != "" {
		e.review(t, c.arrived)
	}
	var o wire.Object
	return answer{http: http.StatusOK, body: o.Bool("success", true).Str("id", t.id).Str("name", t.Name).Str("category", t.Category).Bytes()}
}

// mayEdit checks the states and the rates of editing.
func (e *Emulator) mayEdit(t *template, f *form.Form, at time.Time) *failure {
	switch t.status {
	case rejected, paused:
		return nil
	case approved:
	default:
		return badParameter("Only approved, rejected and paused templates can be edited; this one is " + t.status + ".")
	}
	if f.Category != "" && f.Category != t.Category {
		return badParameter("The category of an approved template cannot be edited.")
	}
	within := func(d time.Duration) (n int) {
		for _, done := range t.edits {
			if at.Sub(done) < d {
				n++
			}
		}
		return n
	}
	if within(24*time.Hour) >= templateLimits.perDay || within(30*24*time.Hour) >= templateLimits.perMonth {
		out := badParameter("An approved template can be edited once in 24 hours and 10 times in 30 days.")
		out.transient = true
		return out
	}
	return nil
}

// deleteTemplates is DELETE /{waba}/message_templates: by name in all languages,
// or by id.
func (e *Emulator) deleteTemplates(c *call, w *waba) answer {
	name, ids := c.query("name"), listParam(c.query("hsm_ids"))
	if id := c.query("hsm_id"); id != "" {
		if name == "" {
			return e.refuse(badParameter("The parameter name is required with hsm_id."))
		}
		ids = []string{id}
	}
	if len(ids) > templateLimits.deleteAtOnce {
		return e.refuse(badParameter("Param hsm_ids holds 100 ids at most."))
	}
	var list []*template
	switch {
	case len(ids) > 0:
		for _, id := range ids {
			t := e.templates.by[id]
			if t == nil || t.waba != w || name != "" && t.Name != name {
				return e.refuse(badParameter("There is no message template with the id " + id + " here."))
			}
			list = append(list, t)
		}
	case name != "":
		for _, t := range e.templates.of[w.ID] {
			if t.Name == name {
				list = append(list, t)
			}
		}
	default:
		return e.refuse(badParameter("One of the parameters name, hsm_id and hsm_ids is required."))
	}
	if len(list) == 0 {
		return e.refuse(badParameter("There is no message template with the name " + name + "."))
	}
	if slices.ContainsFunc(list, func(t *template) bool { return t.status == disabled }) {
		return e.refuse(badParameter("A disabled message template cannot be deleted."))
	}
	for _, t := range list {
		e.deleteTemplate(t, c.arrived)
	}
	return success
}

// deleteTemplate deletes a template once none of its messages is on its way.
func (e *Emulator) deleteTemplate(t *template, at time.Time) {
	if t.status == pendingDeletion {
		return
	}
	if until := e.onTheWay(t, at); until.After(at) {
		t.become(pendingDeletion)
		e.tellStatus(t, statusNews{event: pendingDeletion}, at)
		e.plan(at, until.Sub(at), "template.gone", templateTurn{t, t.turn})
		return
	}
	e.dropTemplate(t, at)
}

// onTheWay is until when Meta may still try to deliver a message of a template.
func (e *Emulator) onTheWay(t *template, at time.Time) (until time.Time) {
	for _, m := range e.messages {
		if m.form == nil || m.form.template != t || m.gone || m.status != "accepted" && m.status != "sent" {
			continue
		}
		wait := templateLimits.inFlight
		if m.lifetime > 0 {
			wait = min(wait, m.lifetime)
		}
		if end := m.at.Add(wait); end.After(until) && end.After(at) {
			until = end
		}
	}
	return until
}

// dropTemplate takes a template out of the books. The name of one that had been
// approved is barred for a while.
func (e *Emulator) dropTemplate(t *template, at time.Time) {
	w, world := t.waba, &e.templates
	t.become("DELETED")
	delete(world.by, t.id)
	delete(world.named, [3]string{w.ID, t.Name, t.Language})
	world.of[w.ID] = slices.DeleteFunc(world.of[w.ID], func(other *template) bool { return other == t })
	if t.approved {
		until := at.Add(templateLimits.nameBarred)
		world.barred[[3]string{w.ID, t.Name, t.Language}] = until
		if !slices.ContainsFunc(world.of[w.ID], func(other *template) bool { return other.Name == t.Name }) {
			world.barred[[3]string{w.ID, t.Name, ""}] = until
		}
	}
	e.tellStatus(t, statusNews{event: "DELETED"}, at)
}

// unpauseTemplate is POST /{template}/unpause.
func (e *Emulator) unpauseTemplate(c *call, t *template) answer {
	var o wire.Object
	if t.status != paused {
		return answer{http: http.StatusOK, body: o.Bool("success", false).Str("reason", "The template is not paused.").Bytes()}
	}
	e.resume(t, c.arrived)
	return success
}

// archiveTemplates and unarchiveTemplates take ids and tell which could not be
// moved, and why.
func (e *Emulator) archiveTemplates(c *call, w *waba) answer {
	return e.shelve(c, w, "archived_templates", func(t *template) string {
		if t.status == archived || t.status == disabled || t.status == pendingDeletion {
			return "The template is " + t.status + " and cannot be archived."
		}
		e.archive(t, c.arrived)
		return ""
	})
}

func (e *Emulator) unarchiveTemplates(c *call, w *waba) answer {
	return e.shelve(c, w, "unarchived_templates", func(t *template) string {
		if t.status != archived {
			return "The template is not archived."
		}
		e.unarchive(t, c.arrived)
		return ""
	})
}

func (e *Emulator) shelve(c *call, w *waba, done string, move func(*template) string) answer {
	ids := listParam(c.query("hsm_ids"))
	if len(ids) == 0 {
		return e.refuse(badParameter("The parameter hsm_ids is required."))
	}
	var moved []string
	var failed, o wire.Object
	for _, id := range ids {
		why := "There is no message template with this id here."
		if t := e.templates.by[id]; t != nil && t.waba == w {
			why = move(t)
		}
		if why == "" {
			moved = append(moved, id)
			continue
		}
		key, _ := json.Marshal(id) // A string is always JSON.
		failed.Str(string(key[1:len(key)-1]), why)
	}
	return answer{http: http.StatusOK, body: o.List(done, stringList(moved)...).Obj("failed_templates", &failed).Bytes()}
}

// migrateTemplates is POST /{waba}/migrate_message_templates: copies of the
// approved templates of another WABA, a page at a time.
func (e *Emulator) migrateTemplates(c *call, w *waba) answer {
	source := e.wabas[c.query("source_waba_id")]
	switch {
	case source == nil || source == w:
		return e.refuse(badParameter("Param source_waba_id must be another WhatsApp Business Account."))
	case mayUse(c.holder, source.ID) != nil:
		return e.refuse(mayUse(c.holder, source.ID))
	}
	const atOnce = 500
	page, _ := strconv.Atoi(c.query("page_number")) // What is no number is the first page.
	count, _ := strconv.Atoi(c.query("count"))
	if count <= 0 || count > atOnce {
		count = atOnce
	}
	all := slices.DeleteFunc(slices.Clone(e.templates.of[source.ID]), func(t *template) bool { return t.status != approved })
	from := min(max(0, page)*count, len(all))
	var migrated []string
	var failed, o wire.Object
	for _, t := range all[from:min(from+count, len(all))] {
		if e.templateNamed(w, t.Name, t.Language) != nil {
			failed.Str(t.id, "There is already a template of this name and language.")
			continue
		}
		if len(e.templates.of[w.ID]) >= e.roomFor(w) {
			failed.Str(t.id, "The WhatsApp Business Account has reached its limit of templates.")
			continue
		}
		n := e.newTemplate(w, t.Form, c.arrived)
		n.status, n.approved, n.loose, n.library = approved, true, t.loose, t.library
		migrated = append(migrated, t.id)
	}
	return answer{http: http.StatusOK, body: o.List("migrated_templates", stringList(migrated)...).Obj("failed_templates", &failed).Bytes()}
}
