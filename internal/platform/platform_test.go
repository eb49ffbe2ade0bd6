package platform_test

import (
	"testing"
	"time"

	"wasl/internal/platform"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestRate(t *testing.T) {
	// An override for the future does not stand in for what is known.
	later := platform.Fact{Name: platform.Throughput, Scope: "cloud", Value: 1000, From: platform.Day(day("2030-01-01")), Source: "operator"}
	egypt := platform.Fact{Name: platform.Throughput, Scope: "coexistence/EG", Value: 5, From: platform.Day(day("2026-01-01")), Source: "operator"}
	tests := []struct {
		name, on, mode, country string
		set                     int
		want                    int
		from                    string
	}{
		{"the superseded 2025 figure", "2025-11-20", "coexistence", "SA", 0, 5, "2025-01-01"},
		{"twenty since Meta's page says so", "2025-11-21", "coexistence", "SA", 0, 20, "2025-11-21"},
		{"a number without the phone app", "2026-11-22", "cloud", "SA", 0, 80, "2022-01-01"},
		{"the number's own setting wins", "2026-11-22", "coexistence", "SA", 7, 7, ""},
		{"the operator's rule for a country", "2026-11-22", "coexistence", "EG", 0, 5, "2026-01-01"},
		{"an operator's rule stands in before its date, for want of another", "2025-12-31", "coexistence", "EG", 0, 5, "2026-01-01"},
		{"a clock that is far behind", "2000-01-01", "cloud", "SA", 0, 80, "2022-01-01"},
		{"an unknown mode still moves", "2026-11-22", "carrier pigeon", "EG", 0, 1, ""},
	}
	book := platform.Known().With(egypt, later)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := book.On(day(tt.on)).Rate(tt.mode, tt.country, tt.set)
			if got.MPS != tt.want {
				t.Errorf("MPS = %d, want %d", got.MPS, tt.want)
			}
			if tt.from != "" && got.From.String() != tt.from {
				t.Errorf("From = %s, want %s", got.From, tt.from)
			}
			if tt.want > 1 && got.Source == "" {
				t.Error("a rate without a source")
			}
		})
	}
}

func TestOffered(t *testing.T) {
	tests := []struct {
		on, country string
		want        bool
	}{
		{"2025-09-12", "GB", true},
		{"2025-09-13", "GB", false},
		{"2025-09-13", "IS", false},
		{"2025-09-13", "SA", true},
		{"2025-10-22", "TR", false},
		{"2025-10-23", "TR", true},
		{"2025-10-23", "ZA", false},
		{"2026-04-14", "NG", false},
		{"2026-04-15", "NG", true},
	}
	for _, tt := range tests {
		if got, _ := platform.Known().On(day(tt.on)).Offered(tt.country); got != tt.want {
			t.Errorf("on %s, offered in %s = %v, want %v", tt.on, tt.country, got, tt.want)
		}
	}
}

// TestEveryFigureIsKnown asks for each figure the house uses, today: a name
// misspelt in facts.json would otherwise read as 0.
func TestEveryFigureIsKnown(t *testing.T) {
	f := platform.Known().On(day("2026-11-22"))
	every, burst := f.Pair()
	for what, got := range map[string][2]any{
		"pair every":     {every, 6 * time.Second},
		"pair burst":     {burst, 5},
		"rest":           {f.PermitRest(), 1010 * time.Millisecond},
		"quarantine":     {f.Quarantine(), 61 * time.Second},
		"timeout":        {f.SendTimeout(), 30 * time.Second},
		"window":         {f.WindowLength(), 24 * time.Hour},
		"margin":         {f.WindowMargin(), time.Minute},
		"receipt age":    {f.ReceiptAge(), 30 * 24 * time.Hour},
		"doubt person":   {f.Doubt("person"), 15 * time.Minute},
		"doubt service":  {f.Doubt("service"), 15 * time.Minute},
		"doubt campaign": {f.Doubt("campaign"), 36 * time.Hour},
		"cooling":        {f.CoolingLongest(), 5},
		"lite, coexist":  {f.MarketingLite("coexistence"), false},
		"lite, cloud":    {f.MarketingLite("cloud"), true},
	} {
		if got[0] != got[1] {
			t.Errorf("%s = %v, want %v", what, got[0], got[1])
		}
	}
}

func TestParseRefusesFiguresWithoutSource(t *testing.T) {
	for _, raw := range []string{
		`[{"name":"throughput","value":20,"from":"2025-11-21"}]`,
		`[{"name":"throughput","value":20,"source":"x"}]`,
		`[{"value":20,"from":"2025-11-21","source":"x"}]`,
		`[{"name":"throughput","value":20,"from":"21.11.2025","source":"x"}]`,
		`{`,
	} {
		if _, err := platform.Parse([]byte(raw)); err == nil {
			t.Errorf("Parse(%s) accepted it", raw)
		}
	}
}
