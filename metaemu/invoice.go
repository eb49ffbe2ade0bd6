package metaemu

import (
	"cmp"
	"fmt"
	"slices"
)

type invoiceKey struct {
	month, category, kind, market, country, tier, currency string
	micros                                                 int64 // a message
	unknown                                                bool  // no rate is known
}

// InvoiceLine is how many delivered messages of one number fell into one month,
// category, type, market and tier, and what Meta charges for them.
type InvoiceLine struct {
	Number   string `json:"number"`
	Month    string `json:"month"` // "2026-11", in the WABA's time zone
	Market   string `json:"market"`
	Country  string `json:"country"`
	Category string `json:"category"`
	Type     string `json:"type"`
	Tier     string `json:"tier"`
	Volume   int    `json:"volume"`
	Currency string `json:"currency"`
	// Rate and Amount are micros of the currency, for one message and for all of
	// the line; null where no rate is known.
	Rate   *int64 `json:"rate_micros"`
	Amount *int64 `json:"amount_micros"`
}

// Invoice is what Meta would charge, by its own books and its own rate cards.
func (e *Emulator) Invoice() []InvoiceLine {
	e.enter()
	defer e.mu.Unlock()
	lines := []InvoiceLine{}
	for _, id := range e.order {
		from := len(lines)
		for k, volume := range e.numbers[id].invoice {
			l := InvoiceLine{
				Number: id, Month: k.month, Market: k.market, Country: k.country, Category: k.category, Type: k.kind,
				Tier: k.tier, Volume: volume, Currency: k.currency,
			}
			if !k.unknown {
				amount := k.micros * int64(volume)
				l.Rate, l.Amount = &k.micros, &amount
			}
			lines = append(lines, l)
		}
		slices.SortFunc(lines[from:], func(a, b InvoiceLine) int {
			return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Market, b.Market), cmp.Compare(a.Category, b.Category),
				cmp.Compare(a.Type, b.Type), cmp.Compare(len(a.Tier), len(b.Tier)), cmp.Compare(a.Tier, b.Tier), cmp.Compare(rateOf(a), rateOf(b)))
		})
	}
	return lines
}

func rateOf(l InvoiceLine) int64 {
	if l.Rate == nil {
		return -1
	}
	return *l.Rate
}

// money is an amount in the currency, with six decimals.
func money(micros *int64) string {
	if micros == nil {
		return ""
	}
	return fmt.Sprintf("%d.%06d", *micros/1_000_000, *micros%1_000_000)
}
