// Package tariff is what Meta charges, as far as it is known: markets, rate
// cards and volume tiers by date. It is the emulator's own reading of its own
// data files and shares nothing with whoever checks the emulator's invoice; the
// two must be able to disagree.
//
// Amounts are in micros of the card's currency (1,000,000 = 1.00).
package tariff

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed cards.json
var cardsFile []byte

//go:embed markets.json
var marketsFile []byte

// Tariff is all that is known of Meta's prices.
type Tariff struct {
	cards []card
	tiers tiers
	codes map[string]code
	long  int // digits of the longest calling code
}

type card struct {
	Currency  string `json:"currency"`
	ValidFrom string `json:"valid_from"` // a day, in the WABA's time zone
	Rates     map[string]map[string]string
}

type tiers struct {
	PercentOff []int64 `json:"percent_off"`
	Usual      map[string][]int
	First      map[string]map[string]int
	Unknown    []string
}

type code struct {
	Code, Country, Market string
	From, Before          string // the market is its own since From; Before that it was in another
}

// Load reads the data files that belong to the program.
func Load() (*Tariff, error) {
	var f struct {
		Cards []card
		Tiers tiers
	}
	if err := json.Unmarshal(cardsFile, &f); err != nil {
		return nil, fmt.Errorf("read rate cards: %w", err)
	}
	var m struct{ Codes []code }
	if err := json.Unmarshal(marketsFile, &m); err != nil {
		return nil, fmt.Errorf("read markets: %w", err)
	}
	t := &Tariff{cards: f.Cards, tiers: f.Tiers, codes: map[string]code{}}
	slices.SortFunc(t.cards, func(a, b card) int { return strings.Compare(a.ValidFrom, b.ValidFrom) })
	for _, c := range m.Codes {
		t.codes[c.Code] = c
		t.long = max(t.long, len(c.Code))
	}
	return t, nil
}

// Market is whose rates a phone number has on a day, and its country where the
// calling code tells it.
func (t *Tariff) Market(digits string, day time.Time) (market, country string) {
	for n := min(t.long, len(digits)); n > 0; n-- {
		c, ok := t.codes[digits[:n]]
		if !ok {
			continue
		}
		if c.From != "" && day.Format(time.DateOnly) < c.From {
			return c.Before, c.Country
		}
		return c.Market, c.Country
	}
	return "Other", ""
}

// A Rate is the price of one message.
type Rate struct {
	Micros int64
	// Tier is the step of volume that set it, such as "0:100000", the last one
	// open: "80000001:". Empty where the category has no tiers or they are not
	// known.
	Tier  string
	Known bool // false: no card, or none with this market and category
}

// Rate is what one more message costs after so many that were charged this
// month, in a currency, market and category ("marketing", "utility",
// "authentication", "authentication_international", "service").
func (t *Tariff) Rate(currency, market, category string, day time.Time, before int) Rate {
	list, ok := t.list(currency, market, category, day)
	if !ok {
		return Rate{}
	}
	steps := t.steps(market, category)
	if steps == nil {
		return Rate{Micros: list, Known: true}
	}
	i := 0
	for i < len(steps) && before >= steps[i] {
		i++
	}
	from, to := 0, ""
	if i > 0 {
		from = steps[i-1] + 1
	}
	if i < len(steps) {
		to = strconv.Itoa(steps[i])
	}
	return Rate{Micros: fourDecimals(list * (100 - t.tiers.PercentOff[i])), Tier: strconv.Itoa(from) + ":" + to, Known: true}
}

// fourDecimals rounds hundredths of micros to Meta's four decimals, in micros.
func fourDecimals(hundredths int64) int64 { return (hundredths + 5000) / 10000 * 100 }

// list is the rate that stands on the newest card in force.
func (t *Tariff) list(currency, market, category string, day time.Time) (int64, bool) {
	var in *card
	for i, c := range t.cards {
		if c.Currency == currency && c.ValidFrom <= day.Format(time.DateOnly) {
			in = &t.cards[i]
		}
	}
	if in == nil {
		return 0, false
	}
	s, ok := in.Rates[market][category]
	if !ok {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, false
	}
	return int64(math.Round(f * 1e6)), true
}

// steps are the volumes up to which each tier reaches. Only utility and
// authentication have tiers.
func (t *Tariff) steps(market, category string) []int {
	usual := t.tiers.Usual[category]
	if usual == nil || slices.Contains(t.tiers.Unknown, market) {
		return nil
	}
	first, ok := t.tiers.First[market][category]
	if !ok {
		return usual
	}
	steps := slices.Clone(usual)
	steps[0] = first
	for i := 1; i < len(steps); i++ {
		steps[i] = max(steps[i], steps[i-1])
	}
	return steps
}
