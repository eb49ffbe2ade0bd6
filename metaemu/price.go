package metaemu

import (
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// price is what a status says about money: category and type, never an amount.
type price struct {
	category string // service, marketing, utility, authentication
	kind     string // regular, free_customer_service; empty until sent
}

type invoiceKey struct{ month, category, kind string }

// chargedSince is when service messages, and utility templates inside a window,
// stopped being free. Source: pricing page, "service rates effective October 1,
// 2026".
var chargedSince = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)

// freeService is how many service messages a number has free in a calendar
// month since then.
const freeService = 1000

func (e *Emulator) priceOf(m *message, q *sendRequest) *price {
	if m.typ != "template" {
		return &price{category: "service"}
	}
	t, _ := q.template()
	for _, k := range m.chat.number.waba.Templates {
		if k.Name == t.Name && k.Language == t.Language.Code {
			return &price{category: strings.ToLower(or(k.Category, "utility"))}
		}
	}
	return &price{category: "utility"}
}

// settlePrice decides the type when the message is sent.
func (e *Emulator) settlePrice(m *message, at time.Time) {
	p, n := m.price, m.chat.number
	inWindow := m.chat.open(m.at)
	switch {
	case p.category == "service" && m.at.Before(chargedSince):
		p.kind = "free_customer_service"
	case p.category == "service":
		month := at.Format("2006-01")
		p.kind = "regular"
		if n.freeUse[month] < freeService {
			n.freeUse[month]++
			p.kind = "free_customer_service"
		}
	case p.category == "utility" && inWindow && m.at.Before(chargedSince):
		p.kind = "free_customer_service"
	default:
		p.kind = "regular"
	}
}

// charge puts a delivered message on the invoice, once.
func (e *Emulator) charge(m *message, at time.Time) {
	if m.charged || m.price == nil {
		return
	}
	m.charged = true
	m.chat.number.invoice[invoiceKey{at.Format("2006-01"), m.price.category, m.price.kind}]++
}

func (p *price) object() *wire.Object {
	var o wire.Object
	return o.Bool("billable", p.kind == "regular").Str("pricing_model", "PMP").Str("category", p.category).Str("type", p.kind)
}

// InvoiceLine is how many delivered messages of one number fell into one
// category and type in one month. The amount is null until rate cards are
// emulated.
type InvoiceLine struct {
	Number   string   `json:"number"`
	Month    string   `json:"month"`
	Category string   `json:"category"`
	Type     string   `json:"type"`
	Volume   int      `json:"volume"`
	Amount   *float64 `json:"amount"`
}

// Invoice is what Meta would count, by its own books.
func (e *Emulator) Invoice() []InvoiceLine {
	e.enter()
	defer e.mu.Unlock()
	lines := []InvoiceLine{}
	for _, id := range e.order {
		n := e.numbers[id]
		byText := map[string]invoiceKey{}
		for k := range n.invoice {
			byText[k.month+"|"+k.category+"|"+k.kind] = k
		}
		for _, s := range sortedKeys(byText) {
			k := byText[s]
			lines = append(lines, InvoiceLine{Number: id, Month: k.month, Category: k.category, Type: k.kind, Volume: n.invoice[k]})
		}
	}
	return lines
}
