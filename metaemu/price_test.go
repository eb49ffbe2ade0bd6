package metaemu_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// moneyWorld is a world whose WABA lives in Cairo, at a moment of its clock.
func moneyWorld(t *testing.T, now time.Time, spec metaemu.WABASpec) *world {
	t.Helper()
	return moneyWorldOf(t, metaemu.Config{}, now, spec)
}

func moneyWorldOf(t *testing.T, cfg metaemu.Config, now time.Time, spec metaemu.WABASpec) *world {
	t.Helper()
	cfg.PairEvery, cfg.InactivityAfter = time.Millisecond, 365*24*time.Hour
	w := newWorld(t, cfg, metaemu.NumberSpec{MPS: 10_000})
	spec.Templates = []metaemu.Template{
		{Name: "offer", Language: "ar", Category: "MARKETING"}, {Name: "ready", Language: "ar", Category: "UTILITY"}, {Name: "code", Language: "ar", Category: "AUTHENTICATION"},
	}
	acc, err := w.e.CreateWABA(spec)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.e.Advance(now.Sub(w.e.Now())); err != nil {
		t.Fatal(err)
	}
	if w.number, err = w.e.CreateNumber(metaemu.NumberSpec{WABA: acc.ID, MPS: 10_000}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) template(to, name string) string {
	w.t.Helper()
	status, out := w.send(obj{"to": to, "type": "template", "template": obj{"name": name, "language": obj{"code": "ar"}}})
	if status != 200 {
		w.t.Fatalf("template %s: HTTP %d %v", name, status, out)
	}
	return wamidOf(out)
}

// bill is the invoice as lines of text.
func (w *world) bill() (out []string) {
	for _, l := range w.e.Invoice() {
		amount := "unknown"
		if l.Amount != nil {
			amount = fmt.Sprint(*l.Amount)
		}
		out = append(out, strings.Join(strings.Fields(fmt.Sprintln(l.Month, l.Market, l.Category, l.Type, l.Tier, l.Volume, l.Currency, amount)), " "))
	}
	return out
}

// TestInvoiceOfOctober2026: inside the window utility costs and answers are free
// for a thousand; marketing by market; authentication by where the business is.
func TestInvoiceOfOctober2026(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := moneyWorld(t, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), metaemu.WABASpec{TimeZone: "Africa/Cairo", AuthInternational: true})
		w.writes("hello")
		w.text(w.mona.Digits, "an answer")
		for _, name := range []string{"offer", "offer", "ready", "code"} {
			w.template(w.mona.Digits, name)
		}
		w.template("966500000001", "offer")
		w.template("97450000001", "code") // Qatar has no international rate
		time.Sleep(time.Minute)
		want := []string{
			"2026-11 Egypt authentication_international regular 1 USD 65000",
			"2026-11 Egypt marketing regular 2 USD 128800",
			"2026-11 Egypt service free_customer_service 1 USD 0",
			"2026-11 Egypt utility regular 0:100000 1 USD 3600",
			"2026-11 Qatar authentication regular 0:300000 1 USD 12000",
			"2026-11 Saudi Arabia marketing regular 1 USD 57600",
		}
		if diff := cmp.Diff(want, w.bill()); diff != "" {
			t.Errorf("invoice (-want +got):\n%s", diff)
		}
		var csv strings.Builder
		if err := w.e.WriteInvoice(&csv); err != nil || !strings.Contains(csv.String(), "marketing,regular,,2,USD,0.064400,0.128800") {
			t.Errorf("csv = %v\n%s", err, csv.String())
		}
	})
}

// TestPricesChangeAtMidnightOfTheAccount: 1 October begins in Cairo before it
// begins in UTC, and the month of the invoice with it.
func TestPricesChangeAtMidnightOfTheAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := moneyWorld(t, time.Date(2026, 9, 30, 20, 58, 0, 0, time.UTC), metaemu.WABASpec{TimeZone: "Africa/Cairo"})
		w.writes("hello")
		w.template(w.mona.Digits, "ready")
		w.template("966500000001", "offer")
		w.template("97450000001", "offer") // of Qatar in September nothing is known
		time.Sleep(5 * time.Minute)
		w.template(w.mona.Digits, "ready")
		w.template("966500000001", "offer")
		time.Sleep(time.Minute)
		want := []string{
			"2026-09 Egypt utility free_customer_service 1 USD 0",
			"2026-09 Qatar marketing regular 1 USD unknown",
			"2026-09 Saudi Arabia marketing regular 1 USD 50100",
			"2026-10 Egypt utility regular 0:100000 1 USD 3600",
			"2026-10 Saudi Arabia marketing regular 1 USD 57600",
		}
		if diff := cmp.Diff(want, w.bill()); diff != "" {
			t.Errorf("invoice (-want +got):\n%s", diff)
		}
	})
}

// TestVolumeTiersAreMarginal: the message after the hundred thousandth is the
// first that costs less.
func TestVolumeTiersAreMarginal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := moneyWorld(t, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), metaemu.WABASpec{})
		w.e.ChargedBefore(w.number.Portfolio, "Egypt", "utility", "2026-11", 99_998)
		for i := range 4 {
			w.template(fmt.Sprintf("2011223300%02d", 10+i), "ready")
			time.Sleep(time.Minute)
		}
		want := []string{
			"2026-11 Egypt utility regular 0:100000 2 USD 7200",
			"2026-11 Egypt utility regular 100001:1000000 2 USD 6800",
		}
		if diff := cmp.Diff(want, w.bill()); diff != "" {
			t.Errorf("invoice (-want +got):\n%s", diff)
		}
	})
}

// TestFreeEntryPoint: who comes from an ad and is answered within a day makes
// everything free for three, from the answer on (§8.1 point 7).
func TestFreeEntryPoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := moneyWorld(t, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), metaemu.WABASpec{})
		ad := func() {
			t.Helper()
			_, err := w.e.CustomerSend(w.mona.ID, w.number.ID, metaemu.Content{Text: "I saw your ad", Referral: []byte(`{"source_type":"ad","source_id":"1","ctwa_clid":"x"}`)})
			if err != nil {
				t.Fatal(err)
			}
		}
		ad()
		time.Sleep(25 * time.Hour)
		w.template(w.mona.Digits, "offer") // too late an answer
		time.Sleep(time.Hour)
		ad()
		time.Sleep(23 * time.Hour)
		w.text(w.mona.Digits, "welcome")
		time.Sleep(71 * time.Hour)
		w.template(w.mona.Digits, "offer")
		time.Sleep(2 * time.Hour)
		w.template(w.mona.Digits, "offer")
		time.Sleep(time.Minute)
		want := []string{
			"2026-11 Egypt marketing regular 2 USD 128800",
			"2026-11 Egypt referral_conversion free_entry_point 2 USD 0",
		}
		if diff := cmp.Diff(want, w.bill()); diff != "" {
			t.Errorf("invoice (-want +got):\n%s", diff)
		}
		found := false
		for _, m := range w.hook.items(t, "messages", "messages") {
			r, _ := m["referral"].(map[string]any)
			found = found || r["ctwa_clid"] == "x"
		}
		if !found {
			t.Error("no webhook tells of the ad")
		}
		var told []string
		for _, s := range w.hook.items(t, "messages", "statuses") {
			if c, ok := s["conversation"].(map[string]any); ok {
				told = append(told, fmt.Sprint(s["status"], c["origin"].(map[string]any)["type"], c["expiration_timestamp"] != nil))
			}
		}
		if got := fmt.Sprint(told); got != "[sentreferral_conversiontrue deliveredreferral_conversionfalse sentreferral_conversiontrue deliveredreferral_conversionfalse]" {
			t.Errorf("conversations in statuses: %s", got)
		}
	})
}
