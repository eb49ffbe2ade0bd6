package metaemu

import (
	"strings"
	"time"

	"wasl/metaemu/form"
)

// A review takes Config.TemplateReview and decides by this rule. The end of the
// name, if it is one of the following, asks for what is to become of a template;
// else two variables of the body side by side reject it for INVALID_FORMAT, as
// Meta does, and everything else is approved.
//
//	…_rejected          REJECTED for INVALID_FORMAT
//	…_rejected_scam     REJECTED for that reason; likewise abusive_content,
//	                    incorrect_category, promotional, tag_content_mismatch
//	…_pending           never decided; somebody approves or rejects it by hand
//	…_recategorised     approved, and UTILITY becomes MARKETING
//	…_paused            approved, and paused at once for low quality
//	…_disabled          approved, and disabled at once
//	…_held              approved; messages are held for 30 minutes and released
//	…_held_failed       approved; messages are held for 30 minutes and fail (132015)

// reasons are those for which a template can be rejected (§5.7).
var reasons = []string{"ABUSIVE_CONTENT", "INCORRECT_CATEGORY", "INVALID_FORMAT", "PROMOTIONAL", "SCAM", "TAG_CONTENT_MISMATCH"}

// heldFor is how long messages of templates that end in _held wait. Meta decides
// within an hour (§2.8).
const heldFor = 30 * time.Minute

// templateDeeds are those of templates.
func templateDeeds() []deed {
	return []deed{
		deedOf("template.review", func(e *Emulator, a templateTurn, at time.Time) {
			if a.template.turn == a.turn {
				e.decide(a.template, at)
			}
		}),
		deedOf("template.unpause", func(e *Emulator, a templateTurn, at time.Time) {
			if a.template.turn == a.turn {
				e.resume(a.template, at)
			}
		}),
		deedOf("template.gone", func(e *Emulator, a templateTurn, at time.Time) {
			if a.template.turn == a.turn {
				e.dropTemplate(a.template, at)
			}
		}),
		deedOf("template.idle", func(e *Emulator, t *template, at time.Time) { e.checkIdle(t, at) }),
		deedOf("template.category", func(e *Emulator, a newCategory, at time.Time) {
			if a.template.correct == a.category {
				e.recategorise(a.template, a.category, at)
			}
		}),
	}
}

// templateTurn is something planned for a template that holds only while its
// status stays.
type templateTurn struct {
	template *template
	turn     int
}

type newCategory struct {
	template *template
	category string
}

// become gives a template another status; what was planned for the old one
// counts no more.
func (t *template) become(status string) {
	t.status = status
	t.turn++
}

// review sends a template to the review, again if need be.
func (e *Emulator) review(t *template, at time.Time) {
	t.become(pending)
	t.reason, t.advice = "NONE", nil
	if strings.HasSuffix(t.Name, "_pending") {
		return
	}
	e.plan(at, e.draw(e.cfg.TemplateReview), "template.review", templateTurn{t, t.turn})
}

// decide is the end of a review.
func (e *Emulator) decide(t *template, at time.Time) {
	if reason := askedReason(t.Name); reason != "" {
		e.reject(t, reason, nil, at)
		return
	}
	if t.Adjacent() {
		e.reject(t, "INVALID_FORMAT", &rejection{
			Reason:         "The template has variables side by side without words or punctuation between them.",
			Recommendation: "Write words between the variables that say what each of them is.",
		}, at)
		return
	}
	e.approve(t, at)
	switch {
	case strings.HasSuffix(t.Name, "_recategorised") && t.Category == form.Utility:
		e.recategorise(t, form.Marketing, at)
	case strings.HasSuffix(t.Name, "_paused"):
		e.pause(t, at)
	case strings.HasSuffix(t.Name, "_disabled"):
		e.disable(t, at)
	case strings.HasSuffix(t.Name, "_held"):
		t.hold = holding{wait: heldFor}
	case strings.HasSuffix(t.Name, "_held_failed"):
		t.hold = holding{wait: heldFor, fails: true}
	}
}

// askedReason is the reason that the end of a name asks a rejection for.
func askedReason(name string) string {
	_, asked, ok := strings.Cut(name, "_rejected")
	if !ok {
		return ""
	}
	if asked == "" {
		return "INVALID_FORMAT"
	}
	for _, r := range reasons {
		if asked == "_"+strings.ToLower(r) {
			return r
		}
	}
	return ""
}

// approve approves a template, or takes a punishment back.
func (e *Emulator) approve(t *template, at time.Time) {
	event := approved
	if t.status == flagged || t.status == disabled || t.status == locked {
		event = "REINSTATED"
	}
	t.become(approved)
	t.reason, t.advice, t.approved = "NONE", nil, true
	e.tellStatus(t, statusNews{event: event}, at)
	if t.changed {
		t.changed = false
		e.tellComponents(t, at)
	}
}

func (e *Emulator) reject(t *template, reason string, advice *rejection, at time.Time) {
	t.become(rejected)
	t.reason, t.advice = reason, advice
	e.tellStatus(t, statusNews{event: rejected, advice: advice}, at)
}

// pause stops a template for low quality: for three hours, then six, then for
// good (§4.4).
func (e *Emulator) pause(t *template, at time.Time) {
	if t.pauses >= len(templateLimits.pauses) {
		e.disable(t, at)
		return
	}
	wait := templateLimits.pauses[t.pauses]
	title := []string{"FIRST_PAUSE", "SECOND_PAUSE"}[t.pauses]
	t.pauses++
	t.become(paused)
	e.tellStatus(t, statusNews{
		event: paused, title: title,
		description: "The template has been paused because customers gave it negative feedback. It will be active again in " + itoa(int(wait.Hours())) + " hours.",
	}, at)
	e.plan(at, wait, "template.unpause", templateTurn{t, t.turn})
}

// resume ends a pause.
func (e *Emulator) resume(t *template, at time.Time) {
	t.become(approved)
	e.tellStatus(t, statusNews{event: approved, title: "UNPAUSE", description: "The template is active again."}, at)
}

func (e *Emulator) disable(t *template, at time.Time) {
	t.become(disabled)
	e.tellStatus(t, statusNews{event: disabled, title: "DISABLED", description: "The template has been disabled for low quality.", disabledAt: at}, at)
}

// rate gives a template another quality; red pauses it.
func (e *Emulator) rate(t *template, score string, at time.Time) {
	if t.score == score {
		return
	}
	old := t.score
	t.score, t.scoredAt = score, at
	e.tellQuality(t, old, at)
	if score == "RED" && t.status == approved {
		e.pause(t, at)
	}
}

// recategorise moves a template to another category, as Meta does.
func (e *Emulator) recategorise(t *template, category string, at time.Time) {
	if t.Category == category {
		return
	}
	t.previous, t.Category, t.correct = t.Category, category, ""
	if t.TTL != nil {
		t.TTL = nil // It was chosen within the bounds of the other category.
	}
	e.tellCategory(t, time.Time{}, at)
}

// checkIdle archives a template that nobody has used for long.
func (e *Emulator) checkIdle(t *template, at time.Time) {
	if e.templates.by[t.id] != t {
		return
	}
	if left := templateLimits.idle - at.Sub(t.used); left > 0 {
		e.plan(at, left, "template.idle", t)
		return
	}
	if t.status == approved || t.status == paused || t.status == rejected {
		e.archive(t, at)
	}
}

// archive puts a template aside; it is deleted after 28 days.
func (e *Emulator) archive(t *template, at time.Time) {
	t.before = t.status
	t.become(archived)
	e.tellStatus(t, statusNews{event: archived}, at)
	e.plan(at, templateLimits.archiveKept, "template.gone", templateTurn{t, t.turn})
}

func (e *Emulator) unarchive(t *template, at time.Time) {
	t.become(or(t.before, approved))
	t.used = at
	e.tellStatus(t, statusNews{event: "UNARCHIVED"}, at)
	e.plan(at, templateLimits.idle, "template.idle", t)
}
