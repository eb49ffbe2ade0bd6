package metaemu

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wasl/metaemu/wire"
)

// pricingAnalytics is what delivered messages cost: the sums of the invoice, by
// the time of delivery.
func (e *Emulator) pricingAnalytics(c *call, w *waba) answer {
	s, f := e.askedSpan(c, "pricing_analytics")
	if f != nil {
		return e.refuse(f)
	}
	asked, f := askedFilters(c)
	if f != nil {
		return e.refuse(f)
	}
	order, sums := e.gather(w, s, asked, func(k cell, g *group) bool {
		g.tier, g.typ, g.cat = k.tier, strings.ToUpper(k.kind), strings.ToUpper(k.category)
		passes := k.kind != "" && asked.pass("pricing_types", g.typ) && asked.pass("pricing_categories", g.cat)
		g.keep(asked.by("COUNTRY"), asked.by("PHONE"), asked.by("TIER"), asked.by("PRICING_TYPE"), asked.by("PRICING_CATEGORY"))
		return passes
	})
	var points [][]byte
	for _, g := range order {
		var o wire.Object
		o.Int("start", g.start).Int("end", g.end).Opt("country", g.country).Opt("phone_number", g.phone).Opt("tier", g.tier).
			Opt("pricing_type", g.typ).Opt("pricing_category", g.cat)
		if asked.pass("metric_types", "VOLUME") {
			o.Int("volume", sums[g].volume)
		}
		if asked.pass("metric_types", "COST") {
			o.Raw("cost", decimal(sums[g].micros))
		}
		points = append(points, o.Bytes())
	}
	return dataPoints(points)
}

// keep empties what a point is not broken down by.
func (g *group) keep(country, phone, tier, typ, cat bool) {
	for _, x := range []struct {
		wanted bool
		value  *string
	}{{country, &g.country}, {phone, &g.phone}, {tier, &g.tier}, {typ, &g.typ}, {cat, &g.cat}} {
		if !x.wanted {
			*x.value = ""
		}
	}
}

// conversationAnalytics is the older form of the same sums. Meta has charged by
// the message since July 2025, and webhooks of those days tell a conversation of
// its own for each message (§5.6): so each delivered message is one here.
func (e *Emulator) conversationAnalytics(c *call, w *waba) answer {
	s, f := e.askedSpan(c, "conversation_analytics")
	if f != nil {
		return e.refuse(f)
	}
	asked, f := askedFilters(c)
	if f != nil {
		return e.refuse(f)
	}
	order, sums := e.gather(w, s, asked, func(k cell, g *group) bool {
		g.typ, g.cat, g.direction = conversationType(k.kind), strings.ToUpper(k.category), "BUSINESS_INITIATED"
		if k.category == "service" || k.kind == freeEntry {
			g.direction = "USER_INITIATED"
		}
		passes := k.kind != "" && asked.pass("conversation_types", g.typ) && asked.pass("conversation_categories", g.cat) &&
			asked.pass("conversation_directions", g.direction)
		g.keep(asked.by("COUNTRY"), asked.by("PHONE"), false, asked.by("CONVERSATION_TYPE"), asked.by("CONVERSATION_CATEGORY"))
		if !asked.by("CONVERSATION_DIRECTION") {
			g.direction = ""
		}
		return passes
	})
	var points [][]byte
	for _, g := range order {
		var o wire.Object
		o.Int("start", g.start).Int("end", g.end)
		if asked.pass("metric_types", "CONVERSATION") {
			o.Int("conversation", sums[g].volume)
		}
		o.Opt("phone_number", g.phone).Opt("country", g.country).Opt("conversation_type", g.typ).
			Opt("conversation_direction", g.direction).Opt("conversation_category", g.cat)
		if asked.pass("metric_types", "COST") {
			o.Raw("cost", decimal(sums[g].micros))
		}
		points = append(points, o.Bytes())
	}
	return dataPoints(points)
}

func conversationType(kind string) string {
	return map[string]string{regular: "REGULAR", freeService: "FREE_TIER", freeEntry: "FREE_ENTRY_POINT"}[kind]
}

func dataPoints(points [][]byte) answer {
	var o, data wire.Object
	return answer{http: http.StatusOK, body: o.List("data", data.List("data_points", points...).Bytes()).Bytes()}
}

// decimal is an amount of micros as a JSON number, to the last of them.
func decimal(micros int64) []byte {
	out := strconv.AppendInt(nil, micros/1_000_000, 10)
	rest := micros % 1_000_000
	if rest == 0 {
		return out
	}
	digits := strconv.AppendInt(nil, 1_000_000+rest, 10)[1:]
	return append(append(out, '.'), slices.Clip([]byte(strings.TrimRight(string(digits), "0")))...)
}
