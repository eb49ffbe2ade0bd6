package coexist_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"wasl/internal/coexist"
	"wasl/internal/platform"
)

// TestGoldenNumbers holds the verdict on every number of the list, on three
// days, to what the protocol notes say.
func TestGoldenNumbers(t *testing.T) {
	raw, err := os.ReadFile("testdata/eligibility.txt")
	if err != nil {
		t.Fatal(err)
	}
	days := []string{"2025-09-13", "2025-10-23", "2026-04-15"}
	rows := 0
	for line := range strings.Lines(string(raw)) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		rows++
		for i, day := range days {
			on, err := time.Parse(time.DateOnly, day)
			if err != nil {
				t.Fatal(err)
			}
			e := coexist.Check(platform.Known(), coexist.Prospect{Number: f[0]}, on)
			if e.Country != f[1] || e.Offered != (f[2+i] == "yes") {
				t.Errorf("%s on %s: %s offered=%v, want %s %s (%s)", f[0], day, e.Country, e.Offered, f[1], f[2+i], strings.Join(f[5:], " "))
			}
			if e.Source == "" || e.Reason == "" || e.From.IsZero() {
				t.Errorf("%s on %s: a verdict without reason, source or date: %+v", f[0], day, e)
			}
			if e.Offered == (len(e.Instead) > 0) {
				t.Errorf("%s on %s: instead = %v", f[0], day, e.Instead)
			}
		}
	}
	if rows < 60 {
		t.Errorf("%d numbers, want at least 60", rows)
	}
}

func TestTerritoryOf(t *testing.T) {
	for _, c := range []struct{ in, code, number string }{
		{"+966 51-234 (5678)", "SA", "+966512345678"},
		{"00966512345678", "SA", "+966512345678"},
		{"966512345678", "SA", "+966512345678"},
		{"٠٠٩٦٦٥١٢٣٤٥٦٧٨", "SA", "+966512345678"},
		{"+٩٦٦٥١٢٣٤٥٦٧٨", "SA", "+966512345678"},
		{"", "", ""},
		{"hello", "", ""},
		{"+1", "", ""},
		{"12", "", ""},
		{"+999123456789", "", ""},
	} {
		got, ok := coexist.TerritoryOf(c.in)
		if got.Code != c.code || got.Number != c.number || ok != (c.code != "") {
			t.Errorf("TerritoryOf(%q) = %+v %v, want %s %s", c.in, got, ok, c.code, c.number)
		}
	}
}

func TestCheck(t *testing.T) {
	yes, no, week, days := true, false, 7, 6
	fine := coexist.Prospect{
		Number: "+966512345678", App: "business", AppVersion: "2.24.17", ActiveDays: &week,
		OtherPartner: &no, CreditLine: &no, MetaVerified: &no, Payment: &yes,
	}
	with := func(change func(p *coexist.Prospect)) coexist.Prospect {
		p := fine
		change(&p)
		return p
	}
	for _, c := range []struct {
		name    string
		p       coexist.Prospect
		check   string
		result  coexist.Result
		overall coexist.Result
	}{
		{"all is well", fine, "app_version", coexist.Pass, coexist.Pass},
		{"the consumer app", with(func(p *coexist.Prospect) { p.App = "consumer" }), "app", coexist.Fail, coexist.Fail},
		{"no app", with(func(p *coexist.Prospect) { p.App = "none" }), "app", coexist.Fail, coexist.Fail},
		{"an app that is too old", with(func(p *coexist.Prospect) { p.AppVersion = "2.24.9.80" }), "app_version", coexist.Fail, coexist.Fail},
		{"a newer app", with(func(p *coexist.Prospect) { p.AppVersion = "2.25.1" }), "app_version", coexist.Pass, coexist.Pass},
		{"a newer app in Arabic digits", with(func(p *coexist.Prospect) { p.AppVersion = "٢.٢٥.١" }), "app_version", coexist.Pass, coexist.Pass},
		{"hardly used", with(func(p *coexist.Prospect) { p.ActiveDays = &days }), "activity", coexist.Warn, coexist.Warn},
		{"another provider", with(func(p *coexist.Prospect) { p.OtherPartner = &yes }), "other_partner", coexist.Fail, coexist.Fail},
		{"an earlier credit line", with(func(p *coexist.Prospect) { p.CreditLine = &yes }), "credit_line", coexist.Fail, coexist.Fail},
		{"Meta Verified", with(func(p *coexist.Prospect) { p.MetaVerified = &yes }), "meta_verified", coexist.Warn, coexist.Warn},
		{"no payment method", with(func(p *coexist.Prospect) { p.Payment = &no }), "payment", coexist.Warn, coexist.Warn},
		{"a number nobody can read", with(func(p *coexist.Prospect) { p.Number = "call me" }), "number", coexist.Fail, coexist.Fail},
		{"a number no plan knows", with(func(p *coexist.Prospect) { p.Number = "+447700900183" }), "number", coexist.Warn, coexist.Warn},
		{"nothing was asked", coexist.Prospect{Number: "+966512345678"}, "payment", coexist.Unknown, coexist.Pass},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := coexist.Check(platform.Known(), c.p, time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC))
			if e.Overall != c.overall {
				t.Errorf("overall %s, want %s", e.Overall, c.overall)
			}
			for _, f := range e.Findings {
				if f.Check == c.check && f.Result != c.result {
					t.Errorf("%s = %s (%s), want %s", f.Check, f.Result, f.What, c.result)
				}
				if f.What == "" || f.Code == "" || f.Result != coexist.Pass && f.Do == "" {
					t.Errorf("%s: a finding that does not say what, or what to do: %+v", f.Check, f)
				}
			}
		})
	}
}

// TestOperatorsRuleWins: a country that the operator closes is closed from that
// day on.
func TestOperatorsRuleWins(t *testing.T) {
	on := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	book := platform.Known().With(platform.Fact{Name: platform.Unsupported, List: []string{"SA"}, From: platform.Day(on), Source: "operator"})
	if e := coexist.Check(book, coexist.Prospect{Number: "+966512345678"}, on); e.Offered || e.Source != "operator" {
		t.Errorf("offered=%v by %q, want it closed by the operator", e.Offered, e.Source)
	}
	if e := coexist.Check(book, coexist.Prospect{Number: "+966512345678"}, on.AddDate(0, 0, -1)); !e.Offered {
		t.Error("the rule held a day early")
	}
}
