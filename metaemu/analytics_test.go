package metaemu_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// points asks a metric of the WABA as a field and answers its data points.
func (w *world) points(metric, rest string) []obj {
	w.t.Helper()
	status, out := w.graph("GET", "/v25.0/"+w.number.WABA+"?fields="+metric+rest, w.number.Token, nil)
	if status != 200 {
		w.t.Fatalf("%s%s: HTTP %d %v", metric, rest, status, out)
	}
	m, ok := out[metric].(map[string]any)
	if !ok || out["id"] != w.number.WABA {
		w.t.Fatalf("%s%s = %v, want the metric and the id", metric, rest, out)
	}
	if data, ok := m["data"].([]any); ok {
		m = data[0].(map[string]any)
	}
	var list []obj
	for _, p := range m["data_points"].([]any) {
		list = append(list, p.(map[string]any))
	}
	return list
}

func micros(v any) int64 {
	cost, _ := v.(float64)
	return int64(math.Round(cost * 1e6))
}

// between writes the parameters of a span.
func between(from, to time.Time, granularity string) string {
	return fmt.Sprintf(".start(%d).end(%d).granularity(%s)", from.Unix(), to.Unix(), granularity)
}

// market is two months of messages of two numbers to many countries, by all
// categories, with ads, failures and customers who are away.
func market(t *testing.T, w *world) {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 7))
	other, err := w.e.CreateNumber(metaemu.NumberSpec{WABA: w.number.WABA, MPS: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	customers := []string{w.mona.Digits}
	for _, digits := range []string{"966500000001", "97450000001", "14155550101", "491510000001", "5511990000001", "201000000021"} {
		c, err := w.e.CreateCustomer(metaemu.CustomerSpec{Digits: digits})
		if err != nil {
			t.Fatal(err)
		}
		customers = append(customers, c.Digits)
	}
	first := w.number
	for i := range 260 {
		w.number = []metaemu.Number{first, other}[rng.IntN(2)]
		to := customers[rng.IntN(len(customers))]
		switch kind := rng.IntN(6); kind {
		case 0, 1, 2:
			w.template(to, []string{"offer", "ready", "code"}[kind])
		case 3:
			content := metaemu.Content{Text: "I saw your ad"}
			if i%2 == 0 {
				content.Referral = []byte(`{"source_type":"ad","source_id":"1"}`)
			}
			if _, err := w.e.CustomerSend(w.mona.ID, w.number.ID, content); err != nil {
				t.Fatal(err)
			}
		default:
			w.text(to, "an answer") // Outside a window it fails.
		}
		time.Sleep(time.Duration(rng.IntN(12*3600)) * time.Second)
	}
	w.number = first
	time.Sleep(time.Hour)
}

// bills sums the invoice by what a data point is broken down by.
func (w *world) bills(dimensions []string, monthly bool) map[string][2]int64 {
	digits := map[string]string{}
	out := map[string][2]int64{}
	for _, l := range w.e.Invoice() {
		if digits[l.Number] == "" {
			_, n := w.graph("GET", "/v25.0/"+l.Number+"?fields=display_phone_number", w.number.Token, nil)
			for _, r := range fmt.Sprint(n["display_phone_number"]) {
				if r >= '0' && r <= '9' {
					digits[l.Number] += string(r)
				}
			}
		}
		key := map[string]string{"COUNTRY": l.Country, "PHONE": digits[l.Number], "TIER": l.Tier, "PRICING_TYPE": strings.ToUpper(l.Type), "PRICING_CATEGORY": strings.ToUpper(l.Category)}
		add(out, keyOf(dimensions, key, monthly, l.Month), int64(l.Volume), l.Amount)
	}
	return out
}

// keyOf hides the category of free entry points, for which analytics have no name
// and show the message's own.
func keyOf(dimensions []string, key map[string]string, monthly bool, month string) string {
	if key["PRICING_CATEGORY"] == "REFERRAL_CONVERSION" || key["PRICING_TYPE"] == "FREE_ENTRY_POINT" {
		key["PRICING_CATEGORY"] = "any"
	}
	parts := []string{}
	if monthly {
		parts = append(parts, month)
	}
	for _, d := range dimensions {
		parts = append(parts, d+"="+key[d])
	}
	return strings.Join(parts, " ")
}

func add(out map[string][2]int64, key string, volume int64, amount *int64) {
	was := out[key]
	was[0] += volume
	if amount != nil {
		was[1] += *amount
	}
	out[key] = was
}

// TestPricingAnalyticsEqualTheInvoice: to the micro and in every combination of
// dimensions and granularities, and still when most messages are forgotten and
// old half hours have become days and months.
func TestPricingAnalyticsEqualTheInvoice(t *testing.T) {
	all := []string{"COUNTRY", "PHONE", "PRICING_CATEGORY", "PRICING_TYPE", "TIER"}
	for _, c := range []struct {
		name          string
		cfg           metaemu.Config
		granularities []string
	}{
		{"everything is kept", metaemu.Config{}, []string{"HALF_HOUR", "DAILY", "MONTHLY"}},
		{"messages are forgotten and half hours are days", metaemu.Config{KeepMessages: 3, KeepAllMessages: 10, KeepAnalytics: 240}, []string{"MONTHLY"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			from := time.Date(2026, 10, 20, 9, 0, 0, 0, time.UTC)
			w := moneyWorldOf(t, c.cfg, from, metaemu.WABASpec{TimeZone: "Africa/Cairo", AuthInternational: true})
			w.e.ChargedBefore(w.number.Portfolio, "Egypt", "utility", "2026-11", 99_998)
			market(t, w)
			cairo, err := time.LoadLocation("Africa/Cairo")
			if err != nil {
				t.Fatal(err)
			}
			begin, end := time.Date(2026, 10, 1, 0, 0, 0, 0, cairo), w.e.Now().Add(time.Hour)
			if len(w.bills(nil, true)) < 3 || len(w.bills([]string{"TIER"}, false)) < 4 {
				t.Fatalf("the story is too poor: %v", w.bill())
			}
			for bits := range 1 << len(all) {
				var dims []string
				for i, d := range all {
					if bits&(1<<i) != 0 {
						dims = append(dims, d)
					}
				}
				// PRICING_CATEGORY alone cannot tell free entry points apart, see keyOf.
				if slices.Contains(dims, "PRICING_CATEGORY") && !slices.Contains(dims, "PRICING_TYPE") {
					dims = append(dims, "PRICING_TYPE")
				}
				for _, granularity := range c.granularities {
					list, err := json.Marshal(dims)
					if err != nil {
						t.Fatal(err)
					}
					got := map[string][2]int64{}
					for _, p := range w.points("pricing_analytics", between(begin, end, granularity)+".dimensions("+string(list)+")") {
						key := map[string]string{}
						for d, field := range map[string]string{"COUNTRY": "country", "PHONE": "phone_number", "TIER": "tier", "PRICING_TYPE": "pricing_type", "PRICING_CATEGORY": "pricing_category"} {
							key[d], _ = p[field].(string)
						}
						start := time.Unix(int64(p["start"].(float64)), 0).In(cairo)
						cost := micros(p["cost"])
						add(got, keyOf(dims, key, true, start.Format("2006-01")), int64(p["volume"].(float64)), &cost)
					}
					if diff := cmp.Diff(w.bills(dims, true), got); diff != "" {
						t.Errorf("%s: %s by %v (-invoice +analytics):\n%s", c.name, granularity, dims, diff)
					}
				}
			}
		})
	}
}

// TestBucketsAreThoseOfTheAccount: days and months begin at the midnight of the
// WABA's time zone, half hours at its half hours.
func TestBucketsAreThoseOfTheAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kathmandu, err := time.LoadLocation("Asia/Kathmandu") // 5 h 45 min before UTC
		if err != nil {
			t.Fatal(err)
		}
		midnight := time.Date(2026, 11, 1, 0, 0, 0, 0, kathmandu)
		w := moneyWorld(t, midnight.Add(-2*time.Minute), metaemu.WABASpec{TimeZone: "Asia/Kathmandu"})
		w.template(w.mona.Digits, "offer")
		time.Sleep(3 * time.Minute)
		w.template(w.mona.Digits, "offer")
		time.Sleep(time.Minute)
		october := time.Date(2026, 10, 1, 0, 0, 0, 0, kathmandu)
		for granularity, want := range map[string][]time.Time{
			"HALF_HOUR": {midnight.Add(-30 * time.Minute), midnight, midnight.Add(30 * time.Minute)},
			"DAILY":     {midnight.AddDate(0, 0, -1), midnight, midnight.AddDate(0, 0, 1)},
			"MONTHLY":   {october, midnight, midnight.AddDate(0, 1, 0)},
		} {
			list := w.points("pricing_analytics", between(october, midnight.AddDate(0, 0, 5), granularity))
			var got []time.Time
			for _, p := range list {
				got = append(got, time.Unix(int64(p["start"].(float64)), 0).In(kathmandu))
			}
			if len(list) > 0 {
				got = append(got, time.Unix(int64(list[len(list)-1]["end"].(float64)), 0).In(kathmandu))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", granularity, diff)
			}
		}
		if n := len(w.points("analytics", between(midnight, midnight.AddDate(0, 0, 1), "DAY"))); n != 1 {
			t.Errorf("%d days within one day, want the one that begins in it", n)
		}
	})
}

// TestSpansPartition: what falls on the border of two spans is in the second alone.
func TestSpansPartition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := moneyWorld(t, time.Date(2026, 11, 2, 9, 30, 0, 0, time.UTC), metaemu.WABASpec{})
		w.template(w.mona.Digits, "offer")
		time.Sleep(time.Minute)
		border := time.Date(2026, 11, 2, 9, 30, 0, 0, time.UTC)
		before := w.points("pricing_analytics", between(border.Add(-24*time.Hour), border, "HALF_HOUR"))
		after := w.points("pricing_analytics", between(border, border.Add(24*time.Hour), "HALF_HOUR"))
		if len(before) != 0 || len(after) != 1 {
			t.Errorf("%d before the border and %d after it, want none and one", len(before), len(after))
		}
	})
}

// TestFreeEntryPointsKeepTheirCategory: analytics have no category of their own for
// them.
func TestFreeEntryPointsKeepTheirCategory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := moneyWorld(t, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), metaemu.WABASpec{})
		from := w.e.Now().Add(-time.Hour)
		_, err := w.e.CustomerSend(w.mona.ID, w.number.ID, metaemu.Content{Text: "I saw your ad", Referral: []byte(`{"source_type":"ad","source_id":"1"}`)})
		if err != nil {
			t.Fatal(err)
		}
		w.text(w.mona.Digits, "welcome")
		time.Sleep(time.Minute)
		w.template(w.mona.Digits, "offer")
		time.Sleep(time.Minute)
		var got []string
		for _, p := range w.points("pricing_analytics", between(from, w.e.Now(), "DAILY")+".dimensions(PRICING_CATEGORY,PRICING_TYPE)") {
			got = append(got, fmt.Sprint(p["pricing_category"], " ", p["pricing_type"], " ", p["volume"], " ", p["cost"]))
		}
		if diff := cmp.Diff([]string{"MARKETING FREE_ENTRY_POINT 1 0", "SERVICE FREE_ENTRY_POINT 1 0"}, got); diff != "" {
			t.Errorf("points (-want +got):\n%s", diff)
		}
	})
}

// TestAnalyticsSayWhatIsWrong: a bad span, granularity or filter fails the call.
func TestAnalyticsSayWhatIsWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := moneyWorld(t, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), metaemu.WABASpec{})
		now := w.e.Now()
		day := between(now.AddDate(0, 0, -1), now, "DAILY")
		for _, c := range []struct{ name, fields, says string }{
			{"no start", "pricing_analytics.end(5).granularity(DAILY)", "start and end"},
			{"start after end", "analytics" + between(now, now.Add(-time.Hour), "DAY"), "before end"},
			{"start is end", "analytics" + between(now, now, "DAY"), "before end"},
			{"no granularity", fmt.Sprintf("analytics.start(%d).end(%d)", now.Unix()-5, now.Unix()), "HALF_HOUR, DAY, MONTH"},
			{"the other word for days", "analytics" + day, "HALF_HOUR, DAY, MONTH"},
			{"the other word for days", "pricing_analytics" + between(now.AddDate(0, 0, -1), now, "DAY"), "HALF_HOUR, DAILY, MONTHLY"},
			{"two years ago", "pricing_analytics" + between(now.AddDate(-2, 0, 0), now, "MONTHLY"), "last year"},
			{"a dimension of nothing", "pricing_analytics" + day + ".dimensions(COLOUR)", "dimensions must be one of"},
			{"a type of nothing", "pricing_analytics" + day + `.pricing_types(["FREE"])`, "pricing_types must be one of"},
			{"a category of nothing", "conversation_analytics" + day + ".conversation_categories(NEWS)", "conversation_categories must be one of"},
			{"a product of nothing", "analytics" + between(now.AddDate(0, 0, -1), now, "DAY") + ".product_types([1])", "product_types must be one of"},
		} {
			for _, path := range []string{"?fields=id," + c.fields} {
				status, out := w.graph("GET", "/v25.0/"+w.number.WABA+path, w.number.Token, nil)
				if e, _ := out["error"].(obj); status != 400 || code(out) != 100 || !strings.Contains(fmt.Sprint(e["message"]), c.says) {
					t.Errorf("%s: HTTP %d %v, want code 100 that says %q", c.name, status, out, c.says)
				}
			}
		}
	})
}

// TestMessagingAnalytics: what was sent and what arrived, by product, country and
// number; a message that failed was not sent, what the phone sends does not count.
func TestMessagingAnalytics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := moneyWorldOf(t, metaemu.Config{KeepMessages: 1}, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), metaemu.WABASpec{})
		from := w.e.Now()
		w.writes("hello")
		w.text(w.mona.Digits, "one")
		w.text(w.mona.Digits, "two")
		w.template(w.mona.Digits, "offer")
		w.template("966500000001", "offer")
		w.text("966500000001", "outside the window") // fails
		if _, err := w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Text: "from the phone"}); err != nil {
			t.Fatal(err)
		}
		away, err := w.e.CreateCustomer(metaemu.CustomerSpec{Digits: "201000000031", Offline: true})
		if err != nil {
			t.Fatal(err)
		}
		w.template(away.Digits, "ready")
		time.Sleep(5 * time.Minute)
		for filter, want := range map[string]string{
			"":                       "5 4",
			".product_types([0])":    "3 2",
			`.product_types(["2"])`:  "2 2",
			".product_types([0,2])":  "5 4",
			`.country_codes(["SA"])`: "1 1",
			".phone_numbers([1])":    "0 0",
			".phone_numbers([" + w.number.Digits + "])": "5 4",
		} {
			got := "0 0"
			for _, p := range w.points("analytics", between(from.Add(-time.Hour), w.e.Now(), "DAY")+filter) {
				got = fmt.Sprint(p["sent"], " ", p["delivered"])
			}
			if got != want {
				t.Errorf("%q: sent and delivered %s, want %s", filter, got, want)
			}
		}
		status, out := w.graph("GET", "/v25.0/"+w.number.WABA+"?fields=analytics"+between(from, w.e.Now(), "DAY"), w.number.Token, nil)
		a, _ := out["analytics"].(obj)
		if status != 200 || a["granularity"] != "DAY" || fmt.Sprint(a["phone_numbers"]) != "["+w.number.Digits+"]" {
			t.Errorf("analytics = %v, want the granularity and the number", out)
		}
	})
}

// TestConversationAnalytics: the same sums in the words of before.
func TestConversationAnalytics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := moneyWorld(t, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), metaemu.WABASpec{})
		from := w.e.Now()
		w.writes("hello")
		w.text(w.mona.Digits, "an answer")
		w.template(w.mona.Digits, "offer")
		w.template("966500000001", "offer")
		time.Sleep(time.Minute)
		span := between(from.Add(-time.Hour), w.e.Now(), "DAILY")
		var got []string
		for _, p := range w.points("conversation_analytics", span+`.dimensions(["CONVERSATION_CATEGORY","CONVERSATION_DIRECTION","CONVERSATION_TYPE","COUNTRY"])`) {
			got = append(got, fmt.Sprint(p["country"], p["conversation_category"], p["conversation_direction"], p["conversation_type"], p["conversation"], micros(p["cost"])))
		}
		slices.Sort(got)
		want := []string{
			"EGMARKETINGBUSINESS_INITIATEDREGULAR1 64400", "EGSERVICEUSER_INITIATEDFREE_TIER1 0", "SAMARKETINGBUSINESS_INITIATEDREGULAR1 57600",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("conversations (-want +got):\n%s", diff)
		}
		for filter, want := range map[string]string{
			"": "3", ".conversation_directions([USER_INITIATED])": "1", ".conversation_types(REGULAR)": "2", ".conversation_categories([SERVICE])": "1",
		} {
			list := w.points("conversation_analytics", span+filter+".metric_types(CONVERSATION)")
			if len(list) != 1 || fmt.Sprint(list[0]["conversation"]) != want || list[0]["cost"] != nil {
				t.Errorf("%q = %v, want %s conversations and no cost", filter, list, want)
			}
		}
	})
}

// TestFoldedHalfHours: half hours that have become days are not told as half
// hours, and say so; their sums stay.
func TestFoldedHalfHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := moneyWorldOf(t, metaemu.Config{KeepAnalytics: 40}, time.Date(2026, 11, 2, 0, 5, 0, 0, time.UTC), metaemu.WABASpec{})
		from := w.e.Now().Add(-time.Minute)
		for range 100 {
			w.template(w.mona.Digits, "offer")
			time.Sleep(35 * time.Minute)
		}
		status, out := w.graph("GET", "/v25.0/"+w.number.WABA+"?fields=pricing_analytics"+between(from, w.e.Now(), "HALF_HOUR"), w.number.Token, nil)
		if e, _ := out["error"].(obj); status != 400 || !strings.Contains(fmt.Sprint(e["message"]), "kept as days") {
			t.Errorf("half hours: HTTP %d %v, want it said that they are kept as days", status, out)
		}
		volume, cost := 0.0, int64(0)
		list := w.points("pricing_analytics", between(from.Add(-time.Hour), w.e.Now(), "DAILY"))
		for _, p := range list {
			volume += p["volume"].(float64)
			cost += micros(p["cost"])
		}
		if volume != 100 || cost != 100*64400 || len(list) != 3 {
			t.Errorf("days: %v messages for %d in %d days, want 100 for %d in 3", volume, cost, len(list), 100*64400)
		}
	})
}
