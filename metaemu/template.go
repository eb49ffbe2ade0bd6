package metaemu

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"wasl/metaemu/form"
)

// templateWorld is what of templates Reset forgets.
type templateWorld struct {
	by map[string]*template // by id
	// of are the templates of a WABA in the order of their making.
	of    map[string][]*template
	named map[[3]string]*template // by WABA, name and language
	// barred says until when a WABA may not use a name again; the language is
	// empty where none of the name is left.
	barred map[[3]string]time.Time
	// made are the creations of a WABA within the last hour, room how many
	// templates it may have if that is not the default.
	made map[string][]time.Time
	room map[string]int
	seq  int
	// days are what became of the messages of templates by day; insights are the
	// WABAs that may ask.
	days      map[templateDayKey]*templateDay
	newestDay int64
	insights  map[string]bool
}

func newTemplateWorld() templateWorld {
	return templateWorld{
		by: map[string]*template{}, of: map[string][]*template{}, named: map[[3]string]*template{},
		barred: map[[3]string]time.Time{}, made: map[string][]time.Time{}, room: map[string]int{},
		days: map[templateDayKey]*templateDay{}, insights: map[string]bool{},
	}
}

// template is one language of a message template.
type template struct {
	form.Form
	id   string
	seq  int // place in lists, for cursors
	waba *waba
	// loose was made by a test without components and takes any parameters.
	loose   bool
	status  string
	reason  string // why it was rejected; NONE if it was not
	advice  *rejection
	library string
	// previous and correct are the categories it had and will have.
	previous, correct string
	score             string
	scoredAt          time.Time
	created, used     time.Time
	approved          bool // at some time
	changed           bool // its components differ from those approved before
	edits             []time.Time
	pauses            int
	before            string // the status it had when it was archived, flagged or locked
	// turn grows with every change of status: what was planned before counts no
	// more.
	turn int
	hold holding
}

// holding is the pacing of a template: messages wait for so long and then leave
// or fail.
type holding struct {
	wait  time.Duration
	fails bool
}

// rejection is what a review says for people.
type rejection struct{ Reason, Recommendation string }

// States of a template.
const (
	approved        = "APPROVED"
	pending         = "PENDING"
	rejected        = "REJECTED"
	paused          = "PAUSED"
	disabled        = "DISABLED"
	inAppeal        = "IN_APPEAL"
	flagged         = "FLAGGED"
	locked          = "LOCKED"
	archived        = "ARCHIVED"
	pendingDeletion = "PENDING_DELETION"
)

// templateLimits are the bounds over time (cloud-api-protocol §4.4, §6.1; read
// 2026-09).
var templateLimits = struct {
	perHour, unverified, verified int
	perDay, perMonth              int // edits of an approved template
	deleteAtOnce                  int
	nameBarred, inFlight          time.Duration
	archiveKept                   time.Duration
	pauses                        []time.Duration
	// idle is a guess: Meta says only that inactive templates can be archived.
	idle time.Duration
}{
	perHour: 100, unverified: 250, verified: 6000, perDay: 1, perMonth: 10, deleteAtOnce: 100,
	nameBarred: 30 * 24 * time.Hour, inFlight: 30 * 24 * time.Hour, archiveKept: 28 * 24 * time.Hour,
	pauses: []time.Duration{3 * time.Hour, 6 * time.Hour}, idle: 365 * 24 * time.Hour,
}

// adopt makes templates of those a test gave a WABA: approved from the start, and
// without components they take any parameters.
func (e *Emulator) adopt(w *waba, list []Template) error {
	forms := make([]form.Form, 0, len(list))
	for _, s := range list {
		f := form.Form{Name: s.Name, Language: s.Language, Category: strings.ToUpper(s.Category), Format: strings.ToUpper(s.Format)}
		if len(s.Components) > 0 {
			bad := f.SetComponents(s.Components)
			if bad == nil {
				bad = form.Check(&f)
			}
			if bad != nil {
				return fmt.Errorf("%s: %w", s.Name, bad)
			}
		}
		forms = append(forms, f)
	}
	for _, f := range forms {
		if e.templateNamed(w, f.Name, f.Language) != nil {
			continue
		}
		t := e.newTemplate(w, f, e.clock.Now())
		t.status, t.approved, t.loose = approved, true, f.Raw == nil
	}
	return nil
}

// newTemplate puts a template into the books, pending.
func (e *Emulator) newTemplate(w *waba, f form.Form, at time.Time) *template {
	e.templates.seq++
	t := &template{
		Form: f, id: e.nodeID("template"), seq: e.templates.seq, waba: w, status: pending, reason: "NONE", score: "UNKNOWN",
		scoredAt: at, created: at, used: at,
	}
	if t.Format == "" {
		t.Format = "POSITIONAL"
	}
	e.templates.by[t.id] = t
	e.templates.of[w.ID] = append(e.templates.of[w.ID], t)
	e.templates.named[[3]string{w.ID, f.Name, f.Language}] = t
	return t
}

func (e *Emulator) templateNamed(w *waba, name, language string) *template {
	return e.templates.named[[3]string{w.ID, name, language}]
}

func templateFinders() []func(e *Emulator, id string) target {
	return []func(e *Emulator, id string) target{
		func(e *Emulator, id string) target {
			if t := e.templates.by[id]; t != nil {
				return target{kind: "template", waba: t.waba.ID, this: t}
			}
			return target{}
		},
	}
}

func ofTemplate(do func(e *Emulator, c *call, t *template) answer) func(*Emulator, *call) answer {
	return func(e *Emulator, c *call) answer { return do(e, c, c.target.this.(*template)) }
}

const (
	templateSource = "cloud-api-protocol §4"
	templateFields = "id name language status category sub_category previous_category correct_category components parameter_format " +
		"rejected_reason quality_score message_send_ttl_seconds library_template_name cta_url_link_tracking_opted_out rejection_info"
)

// templateEdges are those of message templates.
func templateEdges() []edge {
	const filters = " limit after before name status category language content name_or_content quality_score source summary"
	const made = "name language category parameter_format components message_send_ttl_seconds cta_url_link_tracking_opted_out " +
		"library_template_name library_template_button_inputs library_template_body_inputs allow_category_change"
	const counted = "start end granularity metric_types template_ids"
	waba := func(method, name, fields string, do func(*Emulator, *call, *waba) answer) edge {
		return edge{on: "waba", method: method, name: name, fields: fields, codes: []int{100}, source: templateSource, do: ofWABA(do)}
	}
	one := func(method, name, fields string, do func(*Emulator, *call, *template) answer) edge {
		return edge{on: "template", method: method, name: name, fields: fields, codes: []int{100}, source: templateSource, do: ofTemplate(do)}
	}
	return []edge{
		waba(http.MethodPost, "message_templates", made, (*Emulator).createTemplate),
		waba(http.MethodGet, "message_templates", templateFields+filters, (*Emulator).listTemplates),
		waba(http.MethodDelete, "message_templates", "name hsm_id hsm_ids", (*Emulator).deleteTemplates),
		waba(http.MethodPost, "message_templates/archive", "hsm_ids", (*Emulator).archiveTemplates),
		waba(http.MethodPost, "message_templates/unarchive", "hsm_ids", (*Emulator).unarchiveTemplates),
		waba(http.MethodPost, "upsert_message_templates", "name languages category components message_send_ttl_seconds", (*Emulator).upsertTemplates),
		waba(http.MethodGet, "message_template_previews", "category languages add_security_recommendation code_expiration_minutes button_types", (*Emulator).previewTemplates),
		waba(http.MethodPost, "migrate_message_templates", "source_waba_id page_number count", (*Emulator).migrateTemplates),
		{on: "waba", method: http.MethodGet, name: "template_analytics", fields: counted, codes: []int{100, 200007}, source: "cloud-api-protocol §8.7", do: ofWABA((*Emulator).templateAnalytics)},
		{on: "waba", method: http.MethodGet, name: "template_group_analytics", fields: "start end granularity metric_types template_group_ids", codes: []int{100}, source: "cloud-api-protocol §8.7", do: ofWABA((*Emulator).groupAnalytics)},
		one(http.MethodGet, "", templateFields, (*Emulator).templateNode),
		one(http.MethodPost, "", "category components message_send_ttl_seconds parameter_format cta_url_link_tracking_opted_out", (*Emulator).editTemplate),
		one(http.MethodPost, "unpause", "", (*Emulator).unpauseTemplate),
		one(http.MethodGet, "compare", "template_ids start end", (*Emulator).compareTemplates),
		{method: http.MethodGet, name: "message_template_library", fields: "search topic usecase industry language", source: templateSource, do: (*Emulator).templateLibrary},
	}
}
