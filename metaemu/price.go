package metaemu

import (
	"strings"
	"time"

	"wasl/metaemu/tariff"
	"wasl/metaemu/wire"
)

// price is what a message costs by Meta's books. Category and type are told in
// its statuses, the amount on the invoice only.
type price struct {
	category string // service, marketing, utility, authentication, authentication_international, referral_conversion
	kind     string // regular, free_customer_service, free_entry_point; empty until sent
	market   string
	country  string
	own      string // the category that a free entry point took the place of
}

// Types of pricing (§5.6).
const (
	regular     = "regular"
	freeService = "free_customer_service"
	freeEntry   = "free_entry_point"
)

// freeSpan is a time in which something was free inside the customer service
// window (§8.1, pricing page read September 2026). Days are those of the WABA's
// time zone; an empty end lies open. What Meta charged before July 2025, by the
// conversation, is not emulated: such days are priced by the rules that followed.
type freeSpan struct{ from, until string }

var (
	freeServiceAlways = freeSpan{until: "2026-10-01"}
	freeUtilityInside = freeSpan{until: "2026-10-01"}
	// freeAllowance is the time since which a number has so many service
	// messages free in a calendar month.
	freeAllowance = []struct {
		from string
		free int
	}{{"2026-10-01", 1000}}
)

func (s freeSpan) holds(day string) bool { return day >= s.from && (s.until == "" || day < s.until) }

// The free entry point (§8.1 point 7): who comes from an ad and is answered in
// time makes everything free for a while.
const (
	adAnswer = 24 * time.Hour
	adFree   = 72 * time.Hour
)

// came notes that a customer came from an ad or a page's button.
func (t *chat) came(at time.Time) {
	if at.After(t.adUntil) {
		t.adAt, t.adUntil = at, time.Time{}
	}
}

// answered opens the free entry point if this is the first answer, in time.
func (t *chat) answered(at time.Time) {
	if !t.adAt.IsZero() && t.adUntil.IsZero() && at.Sub(t.adAt) < adAnswer {
		t.adUntil = at.Add(adFree)
	}
}

// purse is what Meta's books hold of money.
type purse struct {
	tariff *tariff.Tariff
	// volume counts charged messages for the tiers, by portfolio, market,
	// category and month.
	volume map[[4]string]int
	tally  tally
}

func newPurse() purse {
	t, err := tariff.Load()
	if err != nil {
		panic("metaemu: " + err.Error()) // The files are part of the program and read by its tests.
	}
	return purse{tariff: t, volume: map[[4]string]int{}, tally: tally{cells: map[cell]*sum{}}}
}

func (e *Emulator) priceOf(m *message, q *sendRequest) *price {
	if m.typ != "template" {
		return &price{category: "service"}
	}
	return &price{category: strings.ToLower(or(e.templateCategory(m, q), "utility"))}
}

// settlePrice decides the type when the message is sent.
func (e *Emulator) settlePrice(m *message, at time.Time) {
	p, n := m.price, m.chat.number
	zone := n.waba.zone()
	day := m.at.In(zone).Format(time.DateOnly)
	p.market, p.country = e.purse.tariff.Market(m.chat.customer.Digits, m.at.In(zone))
	if p.category == "authentication" && n.waba.AuthInternational {
		if e.purse.tariff.Rate(n.waba.Currency, p.market, "authentication_international", m.at.In(zone), 0).Known {
			p.category = "authentication_international"
		}
	}
	p.kind = regular
	switch {
	case m.at.Before(m.chat.adUntil):
		p.kind, p.own, p.category = freeEntry, p.category, "referral_conversion"
	case p.category == "service" && freeServiceAlways.holds(day):
		p.kind = freeService
	case p.category == "service" && n.allowed(at.In(zone)):
		p.kind = freeService
	case p.category == "utility" && m.chat.open(m.at) && freeUtilityInside.holds(day):
		p.kind = freeService
	}
}

// allowed takes one of the month's free service messages, if one is left.
func (n *number) allowed(at time.Time) bool {
	day, month := at.Format(time.DateOnly), at.Format("2006-01")
	for _, a := range freeAllowance {
		if day >= a.from && n.freeUse[month] < a.free {
			n.freeUse[month]++
			return true
		}
	}
	return false
}

// charge puts a delivered message on the invoice, once.
func (e *Emulator) charge(m *message, at time.Time) {
	if m.charged || m.price == nil {
		return
	}
	m.charged = true
	p, n := m.price, m.chat.number
	local := at.In(n.waba.zone())
	k := invoiceKey{month: local.Format("2006-01"), category: p.category, kind: p.kind, market: p.market, country: p.country, currency: n.waba.Currency}
	if p.kind == regular {
		seen := [4]string{n.Portfolio, p.market, p.category, k.month}
		// No card tells a rate of marketing_lite of its own: it is charged as
		// marketing.
		category := strings.TrimSuffix(p.category, "_lite")
		r := e.purse.tariff.Rate(n.waba.Currency, p.market, category, m.at.In(n.waba.zone()), e.purse.volume[seen])
		k.tier, k.micros, k.unknown = r.Tier, r.Micros, !r.Known
		e.purse.volume[seen]++
	}
	n.invoice[k]++
	shown := p.category
	if p.kind == freeEntry {
		shown = p.own // Analytics know no category of its own for it (§8.7).
	}
	c := e.count(cell{waba: n.waba.ID, number: n.ID, country: k.country, tier: k.tier, kind: k.kind, category: shown}, at)
	c.volume++
	c.micros += k.micros
	e.countCost(m, k.micros)
}

func (p *price) object() *wire.Object {
	var o wire.Object
	category := p.category
	if category == "authentication_international" {
		category = "authentication-international" // §5.6: with a hyphen in statuses
	}
	return o.Bool("billable", p.kind == regular).Str("pricing_model", "PMP").Str("category", category).Str("type", p.kind)
}

// conversation is what statuses tell of a free entry point; there is none
// otherwise since v24.0 (§5.6).
func (m *message) conversation(status string) *wire.Object {
	if m.price == nil || m.price.kind != freeEntry {
		return nil
	}
	var o, origin wire.Object
	o.Str("id", m.chat.number.ID+"."+unix(m.chat.adUntil))
	if status == "sent" {
		o.Str("expiration_timestamp", unix(m.chat.adUntil))
	}
	return o.Obj("origin", origin.Str("type", "referral_conversion"))
}

// zone is the time zone in which months and price days are counted.
func (w *waba) zone() *time.Location {
	if w.location == nil {
		return time.UTC
	}
	return w.location
}
