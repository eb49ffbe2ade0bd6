package metaemu_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

func (w *world) insights(rest string) (int, obj) {
	w.t.Helper()
	return w.graph("GET", "/v25.0/"+w.number.WABA+"/template_analytics?granularity=daily&"+rest, w.number.Token, nil)
}

func (w *world) enableInsights() {
	w.t.Helper()
	if status, out := w.graph("POST", "/v25.0/"+w.number.WABA+"?is_enabled_for_insights=true", w.number.Token, nil); status != 200 {
		w.t.Fatalf("enable insights: HTTP %d %v", status, out)
	}
}

// counted is a world at a time whose prices are known, with an approved template.
func counted(t *testing.T, cfg metaemu.Config) (w *world, id string) {
	t.Helper()
	w = moneyWorldOf(t, cfg, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), metaemu.WABASpec{TimeZone: "Africa/Cairo", Templates: []metaemu.Template{}})
	body := templateOf("sale", "ar", "MARKETING")
	id = w.makes(body)
	time.Sleep(6 * time.Minute)
	if got := w.fieldOf(id, "status"); got != "APPROVED" {
		t.Fatalf("the template is %v", got)
	}
	return w, id
}

// TestTemplateAnalytics: sent, delivered, read, clicks and cost by the day a message
// was sent on, whether the chat still holds it or not.
func TestTemplateAnalytics(t *testing.T) {
	for _, keep := range []int{0, 2} {
		synctest.Test(t, func(t *testing.T) {
			w, id := counted(t, metaemu.Config{KeepMessages: keep, KeepAllMessages: keep})
			yes := true
			if err := w.e.ChangeCustomer(w.mona.ID, metaemu.CustomerChange{ReadsAtOnce: &yes}); err != nil {
				t.Fatal(err)
			}
			from := w.e.Now()
			w.enableInsights()
			for range 3 {
				w.sends("sale")
				time.Sleep(time.Minute)
			}
			status, out := w.send(obj{"to": w.mona.Digits, "type": "template", "template": obj{
				"name": "sale", "language": obj{"code": "ar"}, "components": []obj{
					{"type": "body", "parameters": []obj{{"type": "text", "text": "Mona"}}}, {"type": "button", "sub_type": "quick_reply", "index": 0, "parameters": []obj{{"type": "payload", "payload": "late:1"}}},
				},
			}})
			if status != 200 {
				t.Fatalf("send: HTTP %d %v", status, out)
			}
			time.Sleep(time.Minute)
			if _, err := w.e.CustomerReply(w.mona.ID, wamidOf(out), metaemu.Reply{Choice: "late:1"}); err != nil {
				t.Fatal(err)
			}
			away, err := w.e.CreateCustomer(metaemu.CustomerSpec{Digits: "966500000031", Offline: true})
			if err != nil {
				t.Fatal(err)
			}
			w.send(obj{"to": away.Digits, "type": "template", "template": obj{
				"name": "sale", "language": obj{"code": "ar"}, "components": []obj{{"type": "body", "parameters": []obj{{"type": "text", "text": "Saud"}}}},
			}})
			time.Sleep(24 * time.Hour)
			no := false
			if err := w.e.ChangeCustomer(away.ID, metaemu.CustomerChange{Offline: &no}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			_, out = w.insights(fmt.Sprintf("start=%d&end=%d&template_ids=[%s]", from.Unix(), w.e.Now().Unix(), id))
			raw, err := json.Marshal(out["data"])
			if err != nil {
				t.Fatal(err)
			}
			// A template forgotten with its message is not delivered late: its chat no
			// longer holds it.
			delivered, spent := 5, (4*64400+57600)/1e6
			want := fmt.Sprintf(`"clicked":[{"button_content":"Late","count":1,"type":"quick_reply_button"}],"cost":[{"type":"amount_spent","value":%v}],"delivered":%d,"end":`, spent, delivered)
			if !strings.Contains(string(raw), want) || !strings.Contains(string(raw), `"read":4,"sent":5,`) || strings.Count(string(raw), "template_id") != 1 {
				t.Errorf("keeping %d messages: %s\nwant %s and 4 read of 5 sent, on one day", keep, raw, want)
			}
		})
	}
}

// TestTemplateAnalyticsSayWhatIsWrong.
func TestTemplateAnalyticsSayWhatIsWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, id := counted(t, metaemu.Config{})
		now := w.e.Now()
		span := fmt.Sprintf("start=%d&end=%d", now.Add(-24*time.Hour).Unix(), now.Unix())
		if status, out := w.insights(span + "&template_ids=" + id); status != 400 || code(out) != 200007 {
			t.Errorf("before it is enabled: HTTP %d %v, want 200007", status, out)
		}
		if got := w.fieldOf(w.number.WABA, "is_enabled_for_insights"); got != false {
			t.Errorf("is_enabled_for_insights = %v before it is", got)
		}
		w.enableInsights()
		if got := w.fieldOf(w.number.WABA, "is_enabled_for_insights"); got != true {
			t.Errorf("is_enabled_for_insights = %v after it is", got)
		}
		for _, c := range []struct {
			value string
			code  int
		}{{"false", 200006}, {"perhaps", 100}, {"true", 0}} {
			if _, out := w.graph("POST", "/v25.0/"+w.number.WABA+"?is_enabled_for_insights="+c.value, w.number.Token, nil); code(out) != c.code {
				t.Errorf("insights %s: %v, want code %d", c.value, out, c.code)
			}
		}
		many := strings.TrimSuffix(strings.Repeat(id+",", 11), ",")
		for name, query := range map[string]string{
			"eleven templates":     span + "&template_ids=" + many,
			"no template":          span,
			"an unknown template":  span + "&template_ids=17",
			"no span":              "template_ids=" + id,
			"an empty span":        fmt.Sprintf("start=%d&end=%d&template_ids=%s", now.Unix(), now.Unix(), id),
			"a hundred days":       fmt.Sprintf("start=%d&end=%d&template_ids=%s", now.AddDate(0, 0, -100).Unix(), now.Unix(), id),
			"a metric of nothing":  span + "&metric_types=smiles&template_ids=" + id,
			"another granularity":  span + "&granularity=MONTHLY&template_ids=" + id,
			"a group of templates": "",
		} {
			status, out := w.insights(strings.Replace(query, "granularity=daily&", "", 1))
			if name == "another granularity" {
				status, out = w.graph("GET", "/v25.0/"+w.number.WABA+"/template_analytics?"+query, w.number.Token, nil)
			}
			if name == "a group of templates" {
				status, out = w.graph("GET", "/v25.0/"+w.number.WABA+"/template_group_analytics?"+span+"&granularity=DAILY&template_group_ids=1", w.number.Token, nil)
			}
			if status != 400 || code(out) != 100 {
				t.Errorf("%s: HTTP %d %v, want code 100", name, status, out)
			}
		}
		if status, out := w.insights(span + "&metric_types=sent,read&template_ids=" + id); status != 200 {
			t.Errorf("two metrics: HTTP %d %v", status, out)
		}
	})
}

// TestTemplatesCompare: how often each was sent.
func TestTemplatesCompare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, id := counted(t, metaemu.Config{})
		other := w.makes(templateOf("other", "ar", "MARKETING"))
		time.Sleep(6 * time.Minute)
		for _, name := range []string{"sale", "sale", "other"} {
			w.sends(name)
		}
		time.Sleep(time.Minute)
		path := fmt.Sprintf("/v25.0/%s/compare?start=%d&end=%d&template_ids=", id, w.e.Now().Add(-time.Hour).Unix(), w.e.Now().Unix())
		_, out := w.graph("GET", path+other, w.number.Token, nil)
		list, _ := out["data"].([]any)
		if len(list) != 2 {
			t.Fatalf("compare = %v", out)
		}
		want := []any{obj{"key": id, "value": 2.0}, obj{"key": other, "value": 1.0}}
		if diff := cmp.Diff(want, list[1].(map[string]any)["number_values"]); diff != "" {
			t.Errorf("sends (-want +got):\n%s", diff)
		}
		for _, ids := range []string{"", "17", id} {
			if _, out := w.graph("GET", path+ids, w.number.Token, nil); code(out) != 100 {
				t.Errorf("compare with %q: %v, want code 100", ids, out)
			}
		}
	})
}

// TestSnapshotsHoldTemplates: a review, a pause, a correction and the sums go on in
// the loaded world.
func TestSnapshotsHoldTemplates(t *testing.T) {
	var saved bytes.Buffer
	var span, review, pause string
	synctest.Test(t, func(t *testing.T) {
		w, id := counted(t, metaemu.Config{})
		w.enableInsights()
		span = fmt.Sprintf("start=%d&end=%d&template_ids=%s", w.e.Now().Unix(), w.e.Now().Add(time.Hour).Unix(), id)
		w.sends("sale")
		time.Sleep(time.Minute)
		pause, review = id, w.makes(templateOf("later", "ar", "UTILITY"))
		if err := w.e.TemplatePause(id); err != nil {
			t.Fatal(err)
		}
		if err := w.e.TemplateRecategorise(id, "utility", time.Hour); err != nil {
			t.Fatal(err)
		}
		if err := w.e.Save(&saved); err != nil {
			t.Fatal(err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		if err := w.e.Load(&saved); err != nil {
			t.Fatal(err)
		}
		for _, n := range w.e.State().Numbers {
			if n.WABA == w.e.Templates("")[0].WABA {
				w.number = n
			}
		}
		if w.fieldOf(review, "status") != "PENDING" || w.fieldOf(pause, "status") != "PAUSED" {
			t.Errorf("loaded: %v and %v, want PENDING and PAUSED", w.fieldOf(review, "status"), w.fieldOf(pause, "status"))
		}
		if _, out := w.insights(span); !strings.Contains(fmt.Sprint(out), "sent:1") {
			t.Errorf("insights of the loaded world: %v, want the one that was sent", out)
		}
		time.Sleep(4 * time.Hour)
		if w.fieldOf(review, "status") != "APPROVED" || w.fieldOf(pause, "status") != "APPROVED" || w.fieldOf(pause, "category") != "UTILITY" {
			t.Errorf("four hours later: %v, %v of %v, want both APPROVED and the second UTILITY", w.fieldOf(review, "status"), w.fieldOf(pause, "status"), w.fieldOf(pause, "category"))
		}
	})
}

// TestTemplatesByHand: what a test does to a template over the emulator's own paths.
func TestTemplatesByHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		id := w.makes(templateOf("order_pending", "ar", "UTILITY"))
		act := func(action string, body obj) (int, obj) {
			return w.graph("POST", "/_emulator/templates/"+id+"/"+action, "", body)
		}
		for _, c := range []struct {
			action string
			body   obj
			status string
		}{
			{"reject", obj{"reason": "scam"}, "REJECTED"},
			{"appeal", obj{}, "IN_APPEAL"},
			{"approve", obj{}, "APPROVED"},
			{"flag", obj{}, "FLAGGED"},
			{"approve", obj{}, "APPROVED"},
			{"lock", obj{}, "LOCKED"},
			{"approve", obj{}, "APPROVED"},
			{"pause", obj{}, "PAUSED"},
			{"approve", obj{}, "APPROVED"},
			{"quality", obj{"score": "yellow"}, "APPROVED"},
			{"recategorise", obj{"category": "marketing"}, "APPROVED"},
			{"hold", obj{"for": "30m", "fails": true}, "APPROVED"},
			{"disable", obj{}, "DISABLED"},
			{"appeal", obj{}, "IN_APPEAL"},
		} {
			if status, out := act(c.action, c.body); status != 200 {
				t.Errorf("%s: HTTP %d %v", c.action, status, out)
			}
			if got := w.e.Templates("")[0]; got.Status != c.status {
				t.Errorf("after %s it is %s, want %s", c.action, got.Status, c.status)
			}
		}
		if got := w.e.Templates("")[0]; got.Quality != "YELLOW" || got.Category != "MARKETING" || time.Duration(got.Hold) != 30*time.Minute || !got.HoldFails {
			t.Errorf("template = %+v", got)
		}
		for _, c := range []struct {
			action string
			body   obj
			says   string
		}{
			{"reject", obj{"reason": "ugly"}, "reason is one of"},
			{"quality", obj{"score": "blue"}, "score is GREEN"},
			{"recategorise", obj{"category": "news"}, "category is MARKETING"},
			{"pause", obj{}, "only an approved one"},
			{"praise", obj{}, "a template knows"},
		} {
			if status, out := act(c.action, c.body); status < 400 || !strings.Contains(fmt.Sprint(out), c.says) {
				t.Errorf("%s: HTTP %d %v, want it refused in words with %q", c.action, status, out, c.says)
			}
		}
		if status, out := w.graph("POST", "/_emulator/templates/17/approve", "", obj{}); status < 400 || !strings.Contains(fmt.Sprint(out), "there is no template") {
			t.Errorf("an unknown one: HTTP %d %v", status, out)
		}
		status, out := w.graph("POST", "/_emulator/wabas/"+url.PathEscape(w.number.WABA)+"/template-limit", "", obj{"limit": 6000})
		if status != 200 {
			t.Errorf("limit: HTTP %d %v", status, out)
		}
		_, out = w.templates("GET", "?summary=message_template_limit", nil)
		if s, _ := out["summary"].(obj); s["message_template_limit"] != 6000.0 {
			t.Errorf("summary = %v, want 6000", s)
		}
	})
}
