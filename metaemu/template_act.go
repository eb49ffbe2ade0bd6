package metaemu

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"wasl/metaemu/form"
)

// TemplateView is a template as the emulator shows it.
type TemplateView struct {
	ID       string `json:"id"`
	WABA     string `json:"waba_id"`
	Name     string `json:"name"`
	Language string `json:"language"`
	Category string `json:"category"`
	Status   string `json:"status"`
	Reason   string `json:"rejected_reason"`
	Quality  string `json:"quality_score"`
	Pauses   int    `json:"pauses"`
	Body     string `json:"body"`
	// Hold is how long its messages wait for an assessment, HoldFails whether they
	// fail then.
	Hold      Span `json:"hold"`
	HoldFails bool `json:"hold_fails"`
}

// Templates are those of a WABA, or of all, in the order of their making.
func (e *Emulator) Templates(wabaID string) []TemplateView {
	e.enter()
	defer e.mu.Unlock()
	list := []TemplateView{}
	for _, id := range sortedKeys(e.templates.by) {
		if t := e.templates.by[id]; wabaID == "" || t.waba.ID == wabaID {
			list = append(list, t.view())
		}
	}
	slices.SortFunc(list, func(a, b TemplateView) int { return e.templates.by[a.ID].seq - e.templates.by[b.ID].seq })
	return list
}

func (t *template) view() TemplateView {
	v := TemplateView{
		ID: t.id, WABA: t.waba.ID, Name: t.Name, Language: t.Language, Category: t.Category, Status: t.status, Reason: t.reason,
		Quality: t.score, Pauses: t.pauses, Hold: Span(t.hold.wait), HoldFails: t.hold.fails,
	}
	if c := t.Part("BODY"); c != nil {
		v.Body = c.Text
	}
	return v
}

// onTemplate does something to a template that exists.
func (e *Emulator) onTemplate(id string, do func(t *template, at time.Time) error) error {
	e.enter()
	defer e.mu.Unlock()
	t := e.templates.by[id]
	if t == nil {
		return fmt.Errorf("there is no template %q: GET /_emulator/templates lists them", id)
	}
	return do(t, e.clock.Now())
}

// TemplateApprove ends a review well, or takes a flag, a lock or a disabling back.
func (e *Emulator) TemplateApprove(id string) error {
	return e.onTemplate(id, func(t *template, at time.Time) error {
		if t.status == approved {
			return fmt.Errorf("template %s is approved already", id)
		}
		e.approve(t, at)
		return nil
	})
}

// TemplateReject rejects a template for one of Meta's reasons; empty is
// INVALID_FORMAT.
func (e *Emulator) TemplateReject(id, reason string) error {
	reason = or(strings.ToUpper(reason), "INVALID_FORMAT")
	if !slices.Contains(reasons, reason) {
		return fmt.Errorf("reason is one of %s, not %q", strings.Join(reasons, ", "), reason)
	}
	return e.onTemplate(id, func(t *template, at time.Time) error {
		e.reject(t, reason, nil, at)
		return nil
	})
}

// TemplateAppeal is the business's objection to a rejection or a disabling, made
// in Meta's support pages; TemplateApprove or TemplateReject decides it.
func (e *Emulator) TemplateAppeal(id string) error {
	return e.onTemplate(id, func(t *template, at time.Time) error {
		if t.status != rejected && t.status != disabled {
			return fmt.Errorf("template %s is %s: only a rejected or disabled one can be appealed", id, t.status)
		}
		t.become(inAppeal)
		e.tellStatus(t, statusNews{event: inAppeal}, at)
		return nil
	})
}

// TemplatePause pauses an approved template as low quality does: for three hours,
// the next time for six, then it is disabled.
func (e *Emulator) TemplatePause(id string) error {
	return e.onTemplate(id, func(t *template, at time.Time) error {
		if t.status != approved && t.status != flagged {
			return fmt.Errorf("template %s is %s: only an approved one can be paused", id, t.status)
		}
		e.pause(t, at)
		return nil
	})
}

// TemplateDisable disables a template for good.
func (e *Emulator) TemplateDisable(id string) error {
	return e.onTemplate(id, func(t *template, at time.Time) error {
		e.disable(t, at)
		return nil
	})
}

// TemplateFlag and TemplateLock put a template under watch or lock it;
// TemplateApprove takes that back.
func (e *Emulator) TemplateFlag(id string) error { return e.mark(id, flagged) }

// TemplateLock locks a template: it can be neither sent nor edited.
func (e *Emulator) TemplateLock(id string) error { return e.mark(id, locked) }

func (e *Emulator) mark(id, status string) error {
	return e.onTemplate(id, func(t *template, at time.Time) error {
		t.become(status)
		e.tellStatus(t, statusNews{event: status}, at)
		return nil
	})
}

// TemplateQuality gives a template another quality: GREEN, YELLOW, RED or
// UNKNOWN. RED pauses it.
func (e *Emulator) TemplateQuality(id, score string) error {
	score = strings.ToUpper(score)
	if !slices.Contains([]string{"GREEN", "YELLOW", "RED", "UNKNOWN"}, score) {
		return fmt.Errorf("score is GREEN, YELLOW, RED or UNKNOWN, not %q", score)
	}
	return e.onTemplate(id, func(t *template, at time.Time) error {
		e.rate(t, score, at)
		return nil
	})
}

// TemplateRecategorise moves a template to another category, at once or announced
// and then after a while.
func (e *Emulator) TemplateRecategorise(id, category string, after time.Duration) error {
	category = strings.ToUpper(category)
	if !slices.Contains([]string{form.Marketing, form.Utility, form.Authentication}, category) {
		return fmt.Errorf("category is MARKETING, UTILITY or AUTHENTICATION, not %q", category)
	}
	return e.onTemplate(id, func(t *template, at time.Time) error {
		if after <= 0 {
			e.recategorise(t, category, at)
			return nil
		}
		t.correct = category
		e.tellCategory(t, at.Add(after), at)
		e.plan(at, after, "template.category", newCategory{t, category})
		return nil
	})
}

// TemplateHold paces a template: its messages are held for so long and then
// leave, or fail. Zero ends it.
func (e *Emulator) TemplateHold(id string, wait time.Duration, fails bool) error {
	return e.onTemplate(id, func(t *template, _ time.Time) error {
		t.hold = holding{wait: max(0, wait), fails: fails && wait > 0}
		return nil
	})
}

// SetTemplateLimit sets how many templates a WABA may have: 250 until the business
// is verified, 6,000 after.
func (e *Emulator) SetTemplateLimit(wabaID string, limit int) error {
	e.enter()
	defer e.mu.Unlock()
	if e.wabas[wabaID] == nil {
		return fmt.Errorf("there is no waba %q: GET /_emulator/wabas lists them", wabaID)
	}
	if limit < 1 {
		return fmt.Errorf("limit is a number from 1, such as %d or %d", templateLimits.unverified, templateLimits.verified)
	}
	e.templates.room[wabaID] = limit
	return nil
}

// templateOrder is the body of what is done to a template; each action reads what
// it needs.
type templateOrder struct {
	Reason   string `json:"reason"`
	Score    string `json:"score"`
	Category string `json:"category"`
	After    Span   `json:"after"`
	For      Span   `json:"for"`
	Fails    bool   `json:"fails"`
}

// templateRoutes are the emulator's own paths about templates.
func (e *Emulator) templateRoutes(mux *http.ServeMux) {
	get(mux, "templates", func(r *http.Request) (any, error) { return e.Templates(r.FormValue("waba")), nil })
	post(mux, "templates/{id}/{action}", e.templateAction)
	post(mux, "wabas/{id}/template-limit", func(r *http.Request, in *struct {
		Limit int `json:"limit"`
	},
	) (any, error) {
		return ok, e.SetTemplateLimit(r.PathValue("id"), in.Limit)
	})
}

func (e *Emulator) templateAction(r *http.Request, in *templateOrder) (any, error) {
	id := r.PathValue("id")
	switch r.PathValue("action") {
	case "approve":
		return ok, e.TemplateApprove(id)
	case "reject":
		return ok, e.TemplateReject(id, in.Reason)
	case "appeal":
		return ok, e.TemplateAppeal(id)
	case "pause":
		return ok, e.TemplatePause(id)
	case "disable":
		return ok, e.TemplateDisable(id)
	case "flag":
		return ok, e.TemplateFlag(id)
	case "lock":
		return ok, e.TemplateLock(id)
	case "quality":
		return ok, e.TemplateQuality(id, in.Score)
	case "recategorise":
		return ok, e.TemplateRecategorise(id, in.Category, time.Duration(in.After))
	case "hold":
		return ok, e.TemplateHold(id, time.Duration(in.For), in.Fails)
	}
	return nil, fmt.Errorf("%w: a template knows approve, reject, appeal, pause, disable, flag, lock, quality, recategorise and hold", errNoSuchAction)
}
