package tariff

import (
	"strings"
	"testing"
	"time"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func load(t *testing.T) *Tariff {
	t.Helper()
	tf, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return tf
}

// TestMarket: §8.3, the longest code wins, and a market may become its own.
func TestMarket(t *testing.T) {
	tf := load(t)
	for _, c := range []struct{ digits, on, market, country string }{
		{"201000000009", "2026-11-01", "Egypt", "EG"},
		{"966500000001", "2026-11-01", "Saudi Arabia", "SA"},
		{"12125550100", "2026-11-01", "North America", "US"},
		{"18095550100", "2026-11-01", "Rest of Latin America", "DO"},
		{"12425550100", "2026-11-01", "Other", "BS"},
		{"79160000000", "2026-11-01", "Russia", "RU"},
		{"77010000000", "2026-11-01", "Kazakhstan", "KZ"},
		{"96550000000", "2026-11-01", "Kuwait", "KW"},
		{"96550000000", "2026-09-30", "Rest of Middle East", "KW"},
		{"85250000000", "2026-06-30", "Rest of Asia Pacific", "HK"},
		{"85250000000", "2026-07-01", "Hong Kong", "HK"},
		{"67890000000", "2026-11-01", "Other", ""},
		{"", "2026-11-01", "Other", ""},
	} {
		market, country := tf.Market(c.digits, day(c.on))
		if market != c.market || country != c.country {
			t.Errorf("Market(%s, %s) = %s %s, want %s %s", c.digits, c.on, market, country, c.market, c.country)
		}
	}
}

// TestRate: the numbers of §8.2 and §8.4.
func TestRate(t *testing.T) {
	tf := load(t)
	for _, c := range []struct {
		market, category, on string
		before               int
		micros               int64
		tier                 string
	}{
		{"Egypt", "marketing", "2026-10-01", 0, 64400, ""},
		{"Egypt", "marketing", "2026-10-01", 5_000_000, 64400, ""},
		{"Egypt", "service", "2026-10-01", 5_000_000, 3600, ""},
		{"Egypt", "utility", "2026-10-01", 0, 3600, "0:100000"},
		{"Egypt", "utility", "2026-10-01", 99_999, 3600, "0:100000"},
		{"Egypt", "utility", "2026-10-01", 100_000, 3400, "100001:1000000"},
		{"Egypt", "utility", "2026-10-01", 1_000_000, 3200, "1000001:4500000"},
		{"Egypt", "utility", "2026-10-01", 4_500_000, 3100, "4500001:40000000"},
		{"Egypt", "utility", "2026-10-01", 40_000_000, 2900, "40000001:80000000"},
		{"Egypt", "utility", "2026-10-01", 80_000_000, 2700, "80000001:"},
		{"Saudi Arabia", "utility", "2026-10-01", 100_000, 10200, "100001:1000000"},
		{"Saudi Arabia", "utility", "2026-10-01", 4_500_000, 9100, "4500001:40000000"},
		{"Saudi Arabia", "utility", "2026-10-01", 40_000_000, 8600, "40000001:80000000"},
		{"Saudi Arabia", "utility", "2026-10-01", 80_000_000, 8000, "80000001:"},
		{"Saudi Arabia", "marketing", "2026-09-30", 0, 50100, ""},
		{"Saudi Arabia", "marketing", "2026-10-01", 0, 57600, ""},
		{"Saudi Arabia", "authentication_international", "2026-10-01", 0, 59800, ""},
		{"Mexico", "utility", "2026-10-01", 999_999, 8500, "0:1000000"},
		{"India", "utility", "2026-10-01", 50_000_000, 1400, ""},
	} {
		got := tf.Rate("USD", c.market, c.category, day(c.on), c.before)
		if want := (Rate{c.micros, c.tier, true}); got != want {
			t.Errorf("%s %s on %s after %d = %+v, want %+v", c.market, c.category, c.on, c.before, got, want)
		}
	}
}

// TestNoRateKnown: where no card says a price there is none, not zero.
func TestNoRateKnown(t *testing.T) {
	tf := load(t)
	for _, c := range []struct{ currency, market, category, on string }{
		{"USD", "Egypt", "marketing", "2026-06-30"},
		{"USD", "Egypt", "marketing", "2026-07-01"}, // of that quarter only what changed is known
		{"EUR", "Egypt", "marketing", "2026-10-01"},
		{"USD", "Qatar", "authentication_international", "2026-10-01"},
		{"USD", "Atlantis", "marketing", "2026-10-01"},
	} {
		if got := tf.Rate(c.currency, c.market, c.category, day(c.on), 0); got.Known || got.Micros != 0 {
			t.Errorf("%v = %+v, want unknown", c, got)
		}
	}
}

// TestCardIsWhole: the October card has every market that a number can be in.
func TestCardIsWhole(t *testing.T) {
	tf := load(t)
	rates := tf.cards[len(tf.cards)-1].Rates
	if len(rates) != 47 {
		t.Errorf("%d markets, want 47", len(rates))
	}
	for _, c := range tf.codes {
		if rates[c.Market]["marketing"] == "" || rates[c.Market]["service"] != rates[c.Market]["utility"] {
			t.Errorf("code %s: market %q has no whole row on the card", c.Code, c.Market)
		}
		if strings.HasPrefix(c.Before, "Rest") && rates[c.Before] == nil {
			t.Errorf("code %s: was in %q, which nobody knows", c.Code, c.Before)
		}
	}
}
