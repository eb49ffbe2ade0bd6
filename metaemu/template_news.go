package metaemu

import (
	"strconv"
	"time"

	"wasl/metaemu/wire"
)

// statusNews is what a message_template_status_update tells beside the template
// itself.
type statusNews struct {
	event              string
	title, description string // other_info
	disabledAt         time.Time
	advice             *rejection
}

// tellTemplate tells the apps subscribed to the WABA. News of templates carry
// a time and go to the app's own callback.
func (e *Emulator) tellTemplate(t *template, field string, value *wire.Object, at time.Time) {
	e.announce("templates")
	if len(t.waba.subs) == 0 {
		e.book.Untold++
	}
	for _, s := range t.waba.subs {
		e.tellApp(e.apps[s.app], update{entry: t.waba.ID, time: at, field: field, value: value.Bytes()}, at)
	}
}

// number is the id of a template, which its webhooks write as a number.
func (t *template) number() int64 {
	n, _ := strconv.ParseInt(t.id, 10, 64) // Ids of templates are digits.
	return n
}

func (t *template) named(o *wire.Object) *wire.Object {
	return o.Int("message_template_id", t.number()).Str("message_template_name", t.Name).Str("message_template_language", t.Language)
}

func (e *Emulator) tellStatus(t *template, n statusNews, at time.Time) {
	var o wire.Object
	t.named(o.Str("event", n.event)).Str("reason", t.reason).Str("message_template_category", t.Category)
	if !n.disabledAt.IsZero() {
		var info wire.Object
		o.Obj("disable_info", info.Str("disable_date", n.disabledAt.UTC().Format("January 2, 2006"))) // As ban_info writes dates (§5.8).
	}
	if n.title != "" {
		var info wire.Object
		o.Obj("other_info", info.Str("title", n.title).Str("description", n.description))
	}
	if n.advice != nil {
		var info wire.Object
		o.Obj("rejection_info", info.Str("reason", n.advice.Reason).Str("recommendation", n.advice.Recommendation))
	}
	e.tellTemplate(t, "message_template_status_update", &o, at)
}

func (e *Emulator) tellQuality(t *template, old string, at time.Time) {
	var o wire.Object
	t.named(o.Str("previous_quality_score", old).Str("new_quality_score", t.score))
	e.tellTemplate(t, "message_template_quality_update", &o, at)
}

// tellComponents tells the text of a template that has been edited.
func (e *Emulator) tellComponents(t *template, at time.Time) {
	var o wire.Object
	t.named(&o)
	if c := t.Part("HEADER"); c != nil {
		o.Opt("message_template_title", c.Text)
	}
	if c := t.Part("BODY"); c != nil {
		o.Str("message_template_element", c.Text)
	}
	if c := t.Part("FOOTER"); c != nil {
		o.Opt("message_template_footer", c.Text)
	}
	if c := t.Part("BUTTONS"); c != nil {
		var list [][]byte
		for _, b := range c.Buttons {
			var x wire.Object
			x.Str("message_template_button_type", b.Type).Opt("message_template_button_text", b.Text).
				Opt("message_template_button_url", b.URL).Opt("message_template_button_phone_number", b.Phone)
			list = append(list, x.Bytes())
		}
		o.List("message_template_buttons", list...)
	}
	e.tellTemplate(t, "message_template_components_update", &o, at)
}

// tellCategory tells a category that changed, or one that will at a later time.
func (e *Emulator) tellCategory(t *template, when, at time.Time) {
	var o wire.Object
	t.named(&o)
	if when.IsZero() {
		o.Str("previous_category", t.previous).Str("new_category", t.Category)
	} else {
		o.Str("new_category", t.Category).Str("correct_category", t.correct).Int("category_update_timestamp", when.Unix())
	}
	e.tellTemplate(t, "template_category_update", &o, at)
}
