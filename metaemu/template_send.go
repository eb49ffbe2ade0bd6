package metaemu

import (
	"strings"
	"time"

	"wasl/metaemu/form"
)

// templateFate is why a template cannot be sent, or nil. A failure at once
// refuses the call; another one becomes the status of an accepted message.
func (e *Emulator) templateFate(n *number, q *sendRequest) (f *failure, atOnce bool) {
	head, _ := q.template()
	t := e.templateNamed(n.waba, head.Name, head.Language.Code)
	if t == nil {
		return fail(132001, "template name ("+head.Name+") does not exist in "+head.Language.Code), true
	}
	switch t.status {
	case approved, flagged:
	case paused:
		return fail(132015, "The template is paused because of its quality."), true
	case disabled:
		return fail(132016, "The template has been paused too often and is now disabled."), true
	default:
		return fail(132001, "template name ("+head.Name+") is not approved in "+head.Language.Code), true
	}
	if !t.loose {
		s, bad := form.ReadSend(q.Template)
		if bad == nil {
			_, bad = t.Fill(s)
		}
		if bad != nil {
			return fail(bad.Code, bad.Message), true
		}
	}
	if t.holds() && t.hold.fails {
		return fail(132015, "The message was held for quality assessment and not released, because the template is of low quality."), false
	}
	return nil, false
}

// holds answers whether messages of a template wait for an assessment: only
// marketing and utility are paced (§2.8).
func (t *template) holds() bool { return t.hold.wait > 0 && t.Category != form.Authentication }

// templateSend is what a message keeps of the template it was sent with.
type templateSend struct {
	template *template
	filled   form.Filled
	held     time.Duration
}

// fill gives a message of a template the text that its receiver sees.
func (e *Emulator) fill(m *message, q *sendRequest) {
	if m.typ != "template" {
		return
	}
	head, _ := q.template()
	t := e.templateNamed(m.chat.number.waba, head.Name, head.Language.Code)
	if t == nil {
		return // It will be refused.
	}
	s, bad := form.ReadSend(q.Template)
	if bad != nil {
		return
	}
	m.form = &templateSend{template: t}
	if t.holds() {
		m.form.held = t.hold.wait
	}
	t.used = m.at
	if t.loose {
		m.form.filled = form.Filled{Body: strings.Join(append([]string{m.text}, s.Words()...), " ")}
	} else if m.form.filled, bad = t.Fill(s); bad != nil {
		return
	}
	m.text = m.form.filled.Text()
}

// held is how long a message waits for the assessment of its template.
func (m *message) held() time.Duration {
	if m.form == nil {
		return 0
	}
	return m.form.held
}

// messageStatus is what the answer to a send of a template tells of it.
func (m *message) messageStatus() string {
	if m.held() > 0 {
		return "held_for_quality_assessment"
	}
	return "accepted"
}

// templateLife is how long an undelivered message of a template waits; zero if
// there is no such template.
func (e *Emulator) templateLife(n *number, q *sendRequest) time.Duration {
	head, _ := q.template()
	t := e.templateNamed(n.waba, head.Name, head.Language.Code)
	if t == nil {
		return 0
	}
	return time.Duration(t.Lives()) * time.Second
}

// templateCategory is the category of the template a message was sent with;
// empty if there is no such template.
func (e *Emulator) templateCategory(m *message, q *sendRequest) string {
	head, _ := q.template()
	t := e.templateNamed(m.chat.number.waba, head.Name, head.Language.Code)
	if t == nil {
		return ""
	}
	return t.Category
}
