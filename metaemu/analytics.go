package metaemu

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

const analyticsSource = "cloud-api-protocol §8.7"

// analyticsEdges are those that count. They are asked for as fields of the WABA with
// parameters behind dots; as edges of their own they answer the same.
func analyticsEdges() []edge {
	metric := func(name, fields string, do func(*Emulator, *call, *waba) answer) edge {
		return edge{on: "waba", method: http.MethodGet, name: name, fields: "start end granularity " + fields, codes: []int{100}, source: analyticsSource, do: ofWABA(do)}
	}
	return []edge{
		metric("analytics", "phone_numbers product_types country_codes", (*Emulator).messagingAnalytics),
		metric("conversation_analytics", "phone_numbers country_codes metric_types conversation_categories conversation_types conversation_directions dimensions", (*Emulator).conversationAnalytics),
		metric("pricing_analytics", "phone_numbers country_codes metric_types pricing_types pricing_categories dimensions", (*Emulator).pricingAnalytics),
		{on: "waba", method: http.MethodPost, fields: "is_enabled_for_insights", codes: []int{100, 200006}, source: analyticsSource, do: ofWABA((*Emulator).enableInsights)},
	}
}

// analyticsFields are those among the fields of a WABA that may be asked wrongly.
var analyticsFields = []string{"analytics", "conversation_analytics", "pricing_analytics"}

// miscounted is what is wrong with the analytics among the fields of a call, which
// then fails as a whole.
func (e *Emulator) miscounted(c *call, fields string) *failure {
	for _, s := range selections(fields) {
		if !slices.Contains(analyticsFields, s.name) {
			continue
		}
		sub := *c
		sub.query = func(key string) string { return s.args[key] }
		if _, f := e.askedSpan(&sub, s.name); f != nil {
			return f
		}
		if _, f := askedFilters(&sub); f != nil {
			return f
		}
	}
	return nil
}

// enableInsights is POST /{waba}?is_enabled_for_insights=true. There is no way
// back.
func (e *Emulator) enableInsights(c *call, w *waba) answer {
	on, err := strconv.ParseBool(c.query("is_enabled_for_insights"))
	switch {
	case err != nil:
		return e.refuse(badParameter("Param is_enabled_for_insights must be true or false."))
	case !on && e.templates.insights[w.ID]:
		return e.refuse(fail(200006, "Template insights stay enabled once they are."))
	case on:
		e.templates.insights[w.ID] = true
	}
	var o wire.Object
	return answer{http: http.StatusOK, body: o.Str("id", w.ID).Bytes()}
}

// span is the time that is asked about, and how fine.
type span struct {
	from, to time.Time
	grain    int
	word     string // the granularity as it was written
}

// askedSpan reads start, end and granularity of a metric. The words for days and
// months are DAY and MONTH for messages, DAILY and MONTHLY for money.
func (e *Emulator) askedSpan(c *call, metric string) (s span, f *failure) {
	words := []string{"HALF_HOUR", "DAILY", "MONTHLY"}
	if metric == "analytics" {
		words = []string{"HALF_HOUR", "DAY", "MONTH"}
	}
	start, err1 := strconv.ParseInt(c.query("start"), 10, 64)
	end, err2 := strconv.ParseInt(c.query("end"), 10, 64)
	s = span{from: time.Unix(start, 0), to: time.Unix(end, 0), word: strings.ToUpper(c.query("granularity"))}
	s.grain = slices.Index(words, s.word)
	zone, y := c.target.this.(*waba).zone(), &e.purse.tally
	switch {
	case err1 != nil || err2 != nil:
		return s, badParameter("Params start and end of " + metric + " must be times in Unix seconds.")
	case start >= end:
		return s, badParameter("Param start of " + metric + " must be before end.")
	case s.grain < 0:
		return s, badParameter("Param granularity of " + metric + " must be one of {" + strings.Join(words, ", ") + "}.")
	case c.arrived.Sub(s.from) > lookBack:
		return s, badParameter("Param start of " + metric + " must be within the last year.")
	case s.grain == halfHour && y.halfSince > 0 && start < y.halfSince:
		return s, badParameter("Half hours before " + time.Unix(y.halfSince, 0).In(zone).Format(time.DateTime) + " are kept as days: ask for " + words[aDay] + ".")
	case s.grain == aDay && y.daySince > 0 && start < y.daySince:
		return s, badParameter("Days before " + time.Unix(y.daySince, 0).In(zone).Format(time.DateOnly) + " are kept as months: ask for " + words[aMonth] + ".")
	}
	return s, nil
}

// bucket is the time that a cell is shown in.
func (s span) bucket(start int64, zone *time.Location) (from, to int64) {
	at := time.Unix(start, 0)
	switch s.grain {
	case aDay:
		d := dayOf(at, zone)
		return d.Unix(), d.AddDate(0, 0, 1).Unix()
	case aMonth:
		m := monthOf(at, zone)
		return m.Unix(), m.AddDate(0, 1, 0).Unix()
	}
	return start, start + 1800
}

// vocabulary is what the filters, metrics and dimensions may hold (§8.7 and
// the Graph reference of conversation_analytics).
var vocabulary = map[string][]string{
	"product_types":           {notification, support},
	"metric_types":            {"COST", "VOLUME", "CONVERSATION", "UNKNOWN"},
	"pricing_types":           {"FREE_CUSTOMER_SERVICE", "FREE_ENTRY_POINT", "FREE_GROUP_CUSTOMER_SERVICE", "REGULAR"},
	"pricing_categories":      {"AUTHENTICATION", "AUTHENTICATION_INTERNATIONAL", "MARKETING", "MARKETING_LITE", "MARKETING_LITE_DYNAMIC", "SERVICE", "UTILITY", "GROUP_MARKETING", "GROUP_SERVICE", "GROUP_UTILITY"},
	"conversation_categories": {"AUTHENTICATION", "AUTHENTICATION_INTERNATIONAL", "MARKETING", "MARKETING_LITE", "SERVICE", "UTILITY"},
	"conversation_types":      {"FREE_ENTRY_POINT", "FREE_TIER", "REGULAR", "UNKNOWN"},
	"conversation_directions": {"BUSINESS_INITIATED", "USER_INITIATED", "UNKNOWN"},
	"dimensions": {
		"COUNTRY", "PHONE", "PRICING_CATEGORY", "PRICING_TYPE", "TIER",
		"CONVERSATION_CATEGORY", "CONVERSATION_DIRECTION", "CONVERSATION_TYPE", "UNKNOWN",
	},
}

// filters are what a call narrows a metric by; an empty list narrows nothing.
type filters map[string][]string

func askedFilters(c *call) (filters, *failure) {
	out := filters{"phone_numbers": nil, "country_codes": nil}
	for _, name := range sortedKeys(vocabulary) {
		list, f := oneOf(name, c.query(name), vocabulary[name]...)
		if f != nil {
			return nil, f
		}
		out[name] = list
	}
	for _, digits := range listParam(c.query("phone_numbers")) {
		out["phone_numbers"] = append(out["phone_numbers"], strings.TrimPrefix(digits, "+"))
	}
	for _, country := range listParam(c.query("country_codes")) {
		out["country_codes"] = append(out["country_codes"], strings.ToUpper(country))
	}
	return out, nil
}

// oneOf reads a list of words of which each must be known.
func oneOf(name, raw string, known ...string) ([]string, *failure) {
	var list []string
	for _, word := range listParam(raw) {
		word = strings.ToUpper(word)
		if !slices.Contains(known, word) {
			return nil, badParameter("Param " + name + " must be one of {" + strings.Join(known, ", ") + "}.")
		}
		list = append(list, word)
	}
	return list, nil
}

func (f filters) pass(name, value string) bool {
	return len(f[name]) == 0 || slices.Contains(f[name], value)
}

func (f filters) by(dimension string) bool { return slices.Contains(f["dimensions"], dimension) }

// group is one data point before it is written: a bucket, and what it is broken
// down by.
type group struct {
	start, end                     int64
	country, phone, tier, typ, cat string
	direction                      string
}

func (g group) order(o group) int {
	return cmp.Or(cmp.Compare(g.start, o.start), cmp.Compare(g.country, o.country), cmp.Compare(g.phone, o.phone), cmp.Compare(g.tier, o.tier),
		cmp.Compare(g.typ, o.typ), cmp.Compare(g.cat, o.cat), cmp.Compare(g.direction, o.direction))
}

// gather sums the cells of a WABA within a span by the group each belongs to; of
// those for which pick says no nothing is counted. Only numbers that the WABA has
// now are counted.
func (e *Emulator) gather(w *waba, s span, f filters, pick func(k cell, g *group) bool) (order []group, sums map[group]*sum) {
	sums = map[group]*sum{}
	for k, v := range e.purse.tally.cells {
		n := e.numbers[k.number]
		if k.waba != w.ID || n == nil || k.start < s.from.Unix() || k.start >= s.to.Unix() ||
			!f.pass("phone_numbers", n.Digits) || !f.pass("country_codes", k.country) {
			continue
		}
		var g group
		g.start, g.end = s.bucket(k.start, w.zone())
		g.country, g.phone = k.country, n.Digits
		if !pick(k, &g) {
			continue
		}
		if sums[g] == nil {
			sums[g] = &sum{}
			order = append(order, g)
		}
		sums[g].add(v)
	}
	slices.SortFunc(order, group.order)
	return order, sums
}

// messagingAnalytics is analytics: messages sent and delivered.
func (e *Emulator) messagingAnalytics(c *call, w *waba) answer {
	s, f := e.askedSpan(c, "analytics")
	if f != nil {
		return e.refuse(f)
	}
	asked, f := askedFilters(c)
	if f != nil {
		return e.refuse(f)
	}
	order, sums := e.gather(w, s, asked, func(k cell, g *group) bool {
		g.country, g.phone = "", "" // There are no dimensions here.
		return k.product != "" && asked.pass("product_types", k.product)
	})
	var points [][]byte
	for _, g := range order {
		var o wire.Object
		points = append(points, o.Int("start", g.start).Int("end", g.end).Int("sent", sums[g].sent).Int("delivered", sums[g].delivered).Bytes())
	}
	numbers := asked["phone_numbers"]
	if len(numbers) == 0 {
		for _, id := range e.order {
			if n := e.numbers[id]; n.waba == w {
				numbers = append(numbers, n.Digits)
			}
		}
	}
	var o wire.Object
	o.List("phone_numbers", stringList(numbers)...)
	if list := asked["country_codes"]; len(list) > 0 {
		o.List("country_codes", stringList(list)...)
	}
	return answer{http: http.StatusOK, body: o.Str("granularity", s.word).List("data_points", points...).Bytes()}
}
