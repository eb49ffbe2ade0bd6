package metaemu_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

// templateSend is a send of a template of moneyWorld.
func templateSend(to, name string) obj {
	return obj{"to": to, "type": "template", "template": obj{"name": name, "language": obj{"code": "ar"}}}
}

// offerWorld is a moneyWorld in November 2026.
func offerWorld(t *testing.T) *world {
	t.Helper()
	return moneyWorld(t, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), metaemu.WABASpec{})
}

// ends waits for the last status of a message and answers it and its error.
func (w *world) ends(wamid string) (status string, why int) {
	w.t.Helper()
	time.Sleep(time.Minute)
	for _, s := range w.hook.items(w.t, "messages", "statuses") {
		if s["id"] != wamid {
			continue
		}
		status, why = s["status"].(string), 0
		if list, ok := s["errors"].([]any); ok {
			why = int(list[0].(map[string]any)["code"].(float64))
		}
	}
	return status, why
}

func (w *world) mustFail(what string, body obj, code int) {
	w.t.Helper()
	_, out := w.send(body)
	if status, why := w.ends(wamidOf(out)); status != "failed" || why != code {
		w.t.Errorf("%s: %q with %d, want failed with %d (%v)", what, status, why, code, out)
	}
}

func (w *world) mustRefuse(what string, body obj, want int) {
	w.t.Helper()
	if status, out := w.send(body); status == 200 || code(out) != want {
		w.t.Errorf("%s: HTTP %d code %d, want code %d", what, status, code(out), want)
	}
}

func (w *world) mustArrive(what string, body obj) {
	w.t.Helper()
	_, out := w.send(body)
	if status, why := w.ends(wamidOf(out)); status != "delivered" {
		w.t.Errorf("%s: %q with %d, want delivered (%v)", what, status, why, out)
	}
}

func (w *world) do(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) broken(rule string) (n int) {
	for _, b := range w.e.Breaches() {
		if b.Rule == rule {
			n++
		}
	}
	return n
}

// TestMessagingLimit: 250 customers outside their windows in 24 hours, and one
// more is refused and noted; who has a window, and who was written to today, do
// not count; growth comes after half was used, six hours later.
func TestMessagingLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := offerWorld(t)
		w.do(w.e.SetPortfolioRules(w.number.Portfolio, metaemu.PortfolioRules{Limit: "TIER_250"}))
		to := func(i int) string { return fmt.Sprintf("20111%07d", 5_500_000+i) } // No sentinel is among them.
		for i := range 250 {
			if status, out := w.send(templateSend(to(i), "ready")); status != 200 {
				t.Fatalf("customer %d: HTTP %d %v", i+1, status, out)
			}
		}
		w.mustRefuse("customer 251", templateSend(to(250), "ready"), 131064)
		if n := w.broken("messaging_limit"); n != 1 {
			t.Errorf("%d breaches of the messaging limit, want one", n)
		}
		w.mustArrive("a customer of today again", templateSend(to(3), "ready"))
		w.writes("hello")
		w.mustArrive("a customer with a window", templateSend(w.mona.Digits, "ready"))
		time.Sleep(24 * time.Hour)
		w.mustArrive("a day later", templateSend(to(250), "ready"))

		w.do(w.e.SetSendRules(metaemu.SendRules{LimitGrowth: true}))
		w.do(w.e.SetPortfolioRules(w.number.Portfolio, metaemu.PortfolioRules{}))
		for i := range 1000 {
			w.send(templateSend(to(1000+i), "ready"))
		}
		time.Sleep(7 * time.Hour)
		_, out := w.graph("GET", "/v25.0/"+w.number.ID+"?fields=whatsapp_business_manager_messaging_limit", w.number.Token, nil)
		if got := out["whatsapp_business_manager_messaging_limit"]; got != "TIER_10K" {
			t.Errorf("limit after half of 2,000 = %v, want TIER_10K", got)
		}
		last := ""
		for _, c := range w.hook.changes(t) {
			if c.Field == "business_capability_update" {
				last = c.Value["max_daily_conversations_per_business"].(string)
			}
		}
		if last != "TIER_10K" {
			t.Errorf("last business_capability_update tells %q, want TIER_10K", last)
		}
	})
}

// TestWhatAnAccountMayNot: what Meta refuses because of who sends, or to whom.
func TestWhatAnAccountMayNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := offerWorld(t)
		w.writes("hello")
		text := func() obj { return obj{"to": w.mona.Digits, "text": obj{"body": "x"}} }
		waba := func(r metaemu.WABARules) { w.do(w.e.SetWABARules(w.number.WABA, r)) }
		number := func(r metaemu.NumberRules) { w.do(w.e.SetNumberRules(w.number.ID, r)) }
		w.mustArrive("before", text())
		waba(metaemu.WABARules{Locked: true})
		w.mustRefuse("locked", text(), 131031)
		waba(metaemu.WABARules{ClosedCountries: []string{"eg"}})
		w.mustRefuse("a closed country", text(), 130497)
		waba(metaemu.WABARules{NoPayment: true})
		w.mustFail("a template nobody pays for", templateSend(w.mona.Digits, "offer"), 131042)
		w.mustArrive("an answer in the free tier", text())
		waba(metaemu.WABARules{})
		number(metaemu.NumberRules{Test: true, Allowed: []string{"+20 100 000 0001"}})
		w.mustRefuse("a stranger to a test number", text(), 131030)
		number(metaemu.NumberRules{Test: true, Allowed: []string{w.mona.Digits}})
		w.mustArrive("an allowed recipient", text())
		number(metaemu.NumberRules{Spam: true})
		w.mustFail("spam", text(), 131048)
		number(metaemu.NumberRules{})
		w.do(w.e.CustomerBlock(w.mona.ID, w.number.ID, true))
		w.mustFail("blocked by the customer", text(), 131026)
		w.do(w.e.CustomerBlock(w.mona.ID, w.number.ID, false))
		w.mustArrive("after", text())
		refused(t, "six recipients", w.e.SetNumberRules(w.number.ID, metaemu.NumberRules{Allowed: make([]string, 6)}), "at most 5")
	})
}

// TestMarketingManners: who has stopped it gets none, who had enough gets no more.
func TestMarketingManners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := offerWorld(t)
		w.writes("hello")
		offer := templateSend(w.mona.Digits, "offer")
		w.do(w.e.CustomerMarketing(w.mona.ID, w.number.ID, false))
		w.mustFail("after stop", offer, 131050)
		w.mustArrive("utility after stop", templateSend(w.mona.Digits, "ready"))
		if n := w.broken("opt_out"); n != 1 {
			t.Errorf("%d breaches of the opt-out, want one", n)
		}
		w.do(w.e.CustomerMarketing(w.mona.ID, w.number.ID, true))
		w.mustArrive("after resume", offer)
		var values []string
		for _, p := range w.hook.items(t, "user_preferences", "user_preferences") {
			values = append(values, p["value"].(string))
			if _, isInt := p["timestamp"].(float64); !isInt || p["wa_id"] != w.mona.Digits || p["category"] != "marketing_messages" {
				t.Errorf("user_preferences = %v, want whom and an integer time", p)
			}
		}
		if fmt.Sprint(values) != "[stop resume]" {
			t.Errorf("user_preferences tell %v, want stop and resume", values)
		}

		w.do(w.e.SetSendRules(metaemu.SendRules{MarketingCap: 1}))
		w.mustArrive("one of one", offer)
		w.mustFail("two of one", offer, 131049)
		if n := w.broken("marketing_retry"); n != 0 {
			t.Errorf("%d breaches of patience before a retry, want none", n)
		}
		w.mustFail("a retry at once", offer, 131049)
		if n := w.broken("marketing_retry"); n != 1 {
			t.Errorf("%d breaches of patience, want one", n)
		}
		time.Sleep(24 * time.Hour)
		w.mustArrive("a day later", offer)
		w.do(w.e.SetSendRules(metaemu.SendRules{NoMarketingToUS: true}))
		w.mustFail("marketing to +1", templateSend("15550142077", "offer"), 131049)
		w.mustArrive("utility to +1", templateSend("15550142077", "ready"))
	})
}

func TestThroughputUpgrade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := false
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{Coexistence: &cloud})
		w.writes("hello")
		w.do(w.e.UpgradeThroughput(w.number.ID))
		w.mustRefuse("during the upgrade", obj{"to": w.mona.Digits, "text": obj{"body": "x"}}, 131057)
		time.Sleep(time.Minute)
		w.mustArrive("after the upgrade", obj{"to": w.mona.Digits, "text": obj{"body": "x"}})
		if n := w.e.State().Numbers[0].MPS; n != 1000 {
			t.Errorf("MPS = %d, want 1000", n)
		}
		events := ""
		for _, c := range w.hook.changes(t) {
			if c.Field == "phone_number_quality_update" {
				events += c.Value["event"].(string)
			}
		}
		if events != "THROUGHPUT_UPGRADE" {
			t.Errorf("phone_number_quality_update tells %q", events)
		}
		phone := must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{}))
		refused(t, "Coexistence", w.e.UpgradeThroughput(phone.ID), "keeps its 20")
	})
}

// TestUndelivered: 30 days, ten minutes for a code, and then nothing is told; what
// fails late says so after "sent".
func TestUndelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := offerWorld(t)
		w.writes("hello")
		offline := func(yes bool) {
			w.do(w.e.ChangeCustomer(w.mona.ID, metaemu.CustomerChange{Offline: &yes}))
		}
		offline(true)
		code, text := w.template(w.mona.Digits, "code"), w.template(w.mona.Digits, "ready")
		late := w.template(w.mona.Digits, "ready")
		time.Sleep(11 * time.Minute)
		w.do(w.e.FailMessage(late, 0))
		refused(t, "failing twice", w.e.FailMessage(late, 0), "is failed")
		offline(false)
		for _, r := range []struct {
			what, id, status string
			why              int
		}{{"a code after 11 minutes", code, "sent", 0}, {"a template after 11 minutes", text, "delivered", 0}, {"a late failure", late, "failed", 131026}} {
			if status, why := w.ends(r.id); status != r.status || why != r.why {
				t.Errorf("%s: %q with %d, want %q with %d", r.what, status, why, r.status, r.why)
			}
		}
		offline(true)
		old := w.template(w.mona.Digits, "ready")
		time.Sleep(31 * 24 * time.Hour)
		offline(false)
		if status, _ := w.ends(old); status != "sent" {
			t.Errorf("a template after 31 days: %q, want it dropped without a word", status)
		}
	})
}
