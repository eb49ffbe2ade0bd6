package metaemu

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// Bounds of template_analytics (cloud-api-protocol §8.7, read 2026-09).
const (
	countedTemplates = 10
	countedDays      = 90
)

// templateDay is what became of one template's messages of one day. What belongs
// to a message counts for the day it was sent on.
type templateDay struct {
	sent, delivered, read int64
	micros                int64
	clicks                map[string]int64 // by the text of a quick reply
}

// templateAnalytics is GET /{waba}/template_analytics.
func (e *Emulator) templateAnalytics(c *call, w *waba) answer {
	if !e.templates.insights[w.ID] {
		return e.refuse(fail(200007, "Enable template insights with POST /"+w.ID+"?is_enabled_for_insights=true."))
	}
	from, to, f := c.span()
	if f != nil {
		return e.refuse(f)
	}
	ids := listParam(c.query("template_ids"))
	if len(ids) == 0 || len(ids) > countedTemplates {
		return e.refuse(badParameter("Param template_ids must hold 1 to 10 ids."))
	}
	for _, id := range ids {
		if t := e.templates.by[id]; t == nil || t.waba != w {
			return e.refuse(badParameter("There is no message template with the id " + id + " here."))
		}
	}
	metrics, f := oneOf("metric_types", c.query("metric_types"), "SENT", "DELIVERED", "READ", "CLICKED", "COST")
	if f != nil {
		return e.refuse(f)
	}
	wanted := func(m string) bool { return len(metrics) == 0 || slices.Contains(metrics, strings.ToUpper(m)) }
	var points [][]byte
	for day := dayOf(from, w.zone()); day.Before(to); day = day.AddDate(0, 0, 1) {
		for _, id := range ids {
			if d := e.templates.days[templateDayKey{id, day.Unix()}]; d != nil {
				points = append(points, d.point(id, day, wanted))
			}
		}
	}
	var data, o wire.Object
	data.Str("granularity", "DAILY").Str("product_type", "cloud_api").List("data_points", points...)
	return answer{http: http.StatusOK, body: o.List("data", data.Bytes()).Bytes()}
}

// span reads start, end and granularity.
func (c *call) span() (from, to time.Time, f *failure) {
	start, err1 := strconv.ParseInt(c.query("start"), 10, 64)
	end, err2 := strconv.ParseInt(c.query("end"), 10, 64)
	from, to = time.Unix(start, 0), time.Unix(end, 0)
	switch g := c.query("granularity"); {
	case err1 != nil || err2 != nil || !from.Before(to):
		return from, to, badParameter("The parameters start and end are times in Unix seconds, start before end.")
	case to.Sub(from) > countedDays*24*time.Hour || c.arrived.Sub(from) > (countedDays+1)*24*time.Hour:
		return from, to, badParameter("Template analytics reach back 90 days.")
	case g != "" && g != "DAILY" && g != "daily":
		return from, to, badParameter("Param granularity must be one of {DAILY}.")
	}
	return from, to, nil
}

type templateDayKey struct {
	id    string
	start int64
}

// dayFor is where a message of a template is counted, or nil if it is none. Days
// that analytics cannot reach any more are forgotten when a new one begins.
func (e *Emulator) dayFor(m *message) *templateDay {
	if m == nil || m.form == nil {
		return nil
	}
	world, zone := &e.templates, m.form.template.waba.zone()
	k := templateDayKey{m.form.template.id, dayOf(m.at, zone).Unix()}
	if d := world.days[k]; d != nil {
		return d
	}
	if k.start > world.newestDay {
		world.newestDay = k.start
		oldest := dayOf(m.at, zone).AddDate(0, 0, -countedDays-2).Unix()
		maps.DeleteFunc(world.days, func(k templateDayKey, _ *templateDay) bool { return k.start < oldest })
	}
	d := &templateDay{clicks: map[string]int64{}}
	world.days[k] = d
	return d
}

// countStep notes that a message got further than it was.
func (e *Emulator) countStep(m *message, before string, at time.Time) {
	reached := func(status string) bool { return rank[before] < rank[status] && rank[m.status] >= rank[status] }
	d := &templateDay{}
	if t := e.dayFor(m); t != nil {
		d = t
	}
	if reached("sent") {
		e.countMessage(m, false, at)
		d.sent++
	}
	if reached("delivered") {
		e.countMessage(m, true, at)
		d.delivered++
	}
	if reached("read") {
		d.read++
	}
}

// countCost notes what a message of a template cost.
func (e *Emulator) countCost(m *message, micros int64) {
	if d := e.dayFor(m); d != nil {
		d.micros += micros
	}
}

// countClick notes the press of a quick reply.
func (e *Emulator) countClick(m *message) {
	if !m.in || m.typ != "button" {
		return
	}
	var button struct{ Text string }
	if d := e.dayFor(e.messages[m.replyTo]); d != nil && json.Unmarshal(m.content, &button) == nil {
		d.clicks[button.Text]++
	}
}

func (d *templateDay) point(id string, day time.Time, wanted func(string) bool) []byte {
	var o wire.Object
	o.Str("template_id", id).Int("start", day.Unix()).Int("end", day.AddDate(0, 0, 1).Unix())
	for _, m := range []struct {
		name string
		n    int64
	}{{"sent", d.sent}, {"delivered", d.delivered}, {"read", d.read}} {
		if wanted(m.name) {
			o.Int(m.name, m.n)
		}
	}
	if wanted("clicked") && len(d.clicks) > 0 {
		var list [][]byte
		for _, text := range sortedKeys(d.clicks) {
			var x wire.Object
			list = append(list, x.Str("type", "quick_reply_button").Str("button_content", text).Int("count", d.clicks[text]).Bytes())
		}
		o.List("clicked", list...)
	}
	if wanted("cost") {
		var x wire.Object
		o.List("cost", x.Str("type", "amount_spent").Raw("value", decimal(d.micros)).Bytes())
	}
	return o.Bytes()
}

// groupAnalytics is GET /{waba}/template_group_analytics. Nobody can make a group
// of templates over Graph here, so none is known.
func (e *Emulator) groupAnalytics(c *call, _ *waba) answer {
	if _, _, f := c.span(); f != nil {
		return e.refuse(f)
	}
	ids := listParam(c.query("template_group_ids"))
	if len(ids) == 0 {
		return e.refuse(badParameter("The parameter template_group_ids is required."))
	}
	return e.refuse(notFound(c.method, ids[0]))
}

// compareTemplates is GET /{template}/compare: how often each was sent, and the
// order by blocks. Nobody blocks because of a template here, so no reason is known.
func (e *Emulator) compareTemplates(c *call, t *template) answer {
	start, err1 := strconv.ParseInt(c.query("start"), 10, 64)
	end, err2 := strconv.ParseInt(c.query("end"), 10, 64)
	if err1 != nil || err2 != nil || start >= end {
		return e.refuse(badParameter("The parameters start and end are times in Unix seconds, start before end."))
	}
	ids := []string{t.id}
	for _, id := range listParam(c.query("template_ids")) {
		other := e.templates.by[id]
		if other == nil || other.waba != t.waba {
			return e.refuse(badParameter("There is no message template with the id " + id + " in this WhatsApp Business Account."))
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) < 2 {
		return e.refuse(badParameter("The parameter template_ids is required."))
	}
	sent := map[string]int64{}
	from := dayOf(time.Unix(start, 0), t.waba.zone()).Unix() // Days are counted whole.
	for k, d := range e.templates.days {
		if k.start >= from && k.start < end {
			sent[k.id] += d.sent
		}
	}
	var order, sends, o wire.Object
	var values [][]byte
	for _, id := range ids {
		var x wire.Object
		values = append(values, x.Str("key", id).Int("value", sent[id]).Bytes())
	}
	order.Str("metric", "BLOCK_RATE").Str("type", "RELATIVE").List("order_by_relative_metric", stringList(ids)...)
	sends.Str("metric", "MESSAGE_SENDS").Str("type", "NUMBER_VALUES").List("number_values", values...)
	return answer{http: http.StatusOK, body: o.List("data", order.Bytes(), sends.Bytes()).Bytes()}
}
