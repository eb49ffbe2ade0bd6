package metaemu

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// AppFacts is what Embedded Signup looks at before it connects a number.
type AppFacts struct {
	// Version of the WhatsApp Business app; empty is a recent one.
	Version string `json:"version"`
	// Consumer: the number is used with the consumer app.
	Consumer bool `json:"consumer_app"`
	// ActiveDays is for how long the app has been in use; absent is long enough.
	ActiveDays *int `json:"active_days"`
	// CreditLine: an earlier provider still pays for the account.
	CreditLine bool `json:"earlier_credit_line"`
}

// oldestApp is the oldest version of the app that can be connected (M-ONB, all
// copies up to September 2026).
var oldestApp = []int{2, 24, 17}

// activeFor is how many days of use the emulator asks for. Meta names no number;
// implementers saw seven (§2.1).
const activeFor = 7

// excluded are the countries in which Coexistence was not offered, by the day
// since which the list held (§2.1).
var excluded = []struct {
	from      string
	countries string
}{
	{"2025-09-01", "AU JP PH RU KR TR AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GB NG ZA"},
	{"2025-10-23", "NG ZA"},
	{"2026-04-15", ""},
}

// offered answers whether a country's numbers could be connected on a day. A
// clock before the first list is a test's and gets the newest.
func offered(country string, at time.Time) bool {
	day, list := at.UTC().Format(time.DateOnly), excluded[len(excluded)-1].countries
	if day >= excluded[0].from {
		for _, x := range excluded {
			if day >= x.from {
				list = x.countries
			}
		}
	}
	return !slices.Contains(strings.Fields(list), country)
}

// eligible finds the number on a phone and says why Meta would not connect it.
func (e *Emulator) eligible(g *Signup, typed string, at time.Time) (n *number, why string) {
	digits, ok := digitsOf(typed)
	if !ok {
		return nil, "Your phone number doesn't appear to be valid."
	}
	if n = e.numberOf(digits); n == nil {
		return nil, "This number is not registered with the WhatsApp Business app. Install the app and register it first."
	}
	_, country := e.purse.tariff.Market(digits, at)
	switch {
	case n.facts.Consumer || !n.Coexistence:
		return nil, "This number is not registered with the WhatsApp Business app. Install the app and register it first."
	case n.Stage != StageDisconnected:
		return nil, "This number is already connected to the WhatsApp Business Platform (3441041)."
	case n.Portfolio != g.Portfolio:
		return nil, "This number belongs to another business portfolio (2655093)."
	case !offered(or(country, n.Country), at):
		return nil, "Connecting the WhatsApp Business app is not available in this number's country yet."
	case olderThan(n.facts.Version, oldestApp):
		return nil, "Update the WhatsApp Business app to version 2.24.17 or later and try again."
	case n.facts.ActiveDays != nil && *n.facts.ActiveDays < activeFor:
		return nil, "This number is not eligible yet. Keep using the WhatsApp Business app with it and try again later."
	case n.facts.CreditLine:
		return nil, "The account still uses the credit line of an earlier partner. Back up the chats, disconnect in the app, and begin again."
	}
	return n, ""
}

func olderThan(version string, than []int) bool {
	if version == "" {
		return false
	}
	parts := strings.Split(version, ".")
	for i, want := range than {
		got := 0
		if i < len(parts) {
			got, _ = strconv.Atoi(parts[i]) // What is no number is older than any.
		}
		if got != want {
			return got < want
		}
	}
	return false
}

// PhoneFacts changes what Embedded Signup will find.
func (e *Emulator) PhoneFacts(numberID string, f AppFacts) error {
	return e.onPhone(numberID, func(n *number, _ time.Time) error {
		if f.ActiveDays != nil && *f.ActiveDays < 0 {
			return fmt.Errorf("active_days cannot be less than none")
		}
		n.facts = f
		return nil
	})
}
