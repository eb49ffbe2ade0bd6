package metaemu_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// reviewed is a world whose reviews take two minutes.
func reviewed(t *testing.T) *world {
	t.Helper()
	return newWorld(t, metaemu.Config{
		PairEvery: time.Millisecond, DeliveryWorkers: 1, InactivityAfter: 1000 * 24 * time.Hour, TemplateReview: metaemu.Delay{Min: 2 * time.Minute, Max: 2 * time.Minute},
	}, metaemu.NumberSpec{MPS: 10_000})
}

// templateOf is the body of a template with one variable.
func templateOf(name, language, category string) obj {
	return obj{"name": name, "language": language, "category": category, "components": []obj{
		{"type": "BODY", "text": "Hello {{1}}, it is ready.", "example": obj{"body_text": [][]string{{"Mona"}}}},
		{"type": "BUTTONS", "buttons": []obj{{"type": "QUICK_REPLY", "text": "Late"}}},
	}}
}

func (w *world) templates(method, rest string, body any) (int, obj) {
	w.t.Helper()
	return w.graph(method, "/v25.0/"+w.number.WABA+"/message_templates"+rest, w.number.Token, body)
}

// makes creates a template and answers its id.
func (w *world) makes(body obj) string {
	w.t.Helper()
	status, out := w.templates("POST", "", body)
	if status != 200 || out["status"] != "PENDING" || out["category"] != body["category"] {
		w.t.Fatalf("create %s: HTTP %d %v, want it pending", body["name"], status, out)
	}
	return out["id"].(string)
}

// approved creates a template and waits for its review.
func (w *world) approved(name, category string) string {
	w.t.Helper()
	id := w.makes(templateOf(name, "ar", category))
	time.Sleep(3 * time.Minute)
	return id
}

func (w *world) fieldOf(id, name string) any {
	w.t.Helper()
	status, out := w.graph("GET", "/v25.0/"+id+"?fields="+name, w.number.Token, nil)
	if status != 200 {
		w.t.Fatalf("GET %s: HTTP %d %v", id, status, out)
	}
	return out[name]
}

// sends sends a template with one word to Mona and answers the code of the error,
// 0 for none, and the status of the message.
func (w *world) sends(name string) (errCode int, messageStatus any) {
	w.t.Helper()
	status, out := w.send(obj{"to": w.mona.Digits, "type": "template", "template": obj{
		"name": name, "language": obj{"code": "ar"}, "components": []obj{{"type": "body", "parameters": []obj{{"type": "text", "text": "Mona"}}}},
	}})
	if status == 200 {
		return 0, out["messages"].([]any)[0].(map[string]any)["message_status"]
	}
	return code(out), nil
}

func subcode(out obj) int {
	e, _ := out["error"].(obj)
	n, _ := e["error_subcode"].(float64)
	return int(n)
}

// news are the template webhooks so far, as "field event title" in order.
func (w *world) news() (list []string) {
	w.t.Helper()
	for _, c := range w.hook.changes(w.t) {
		if !strings.Contains(c.Field, "template") {
			continue
		}
		short := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(c.Field, "message_"), "template_"), "_update")
		info, _ := c.Value["other_info"].(obj)
		line := strings.TrimSpace(fmt.Sprintln(short, c.Value["event"], c.Value["reason"], info["title"]))
		list = append(list, strings.TrimSpace(strings.ReplaceAll(line, " <nil>", "")))
	}
	return list
}

// TestTemplateIsReviewed: a new one is pending and cannot be sent; the review tells
// by a webhook whose id is a number; then it can be sent.
func TestTemplateIsReviewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		id := w.makes(templateOf("order_ready", "ar", "UTILITY"))
		if c, _ := w.sends("order_ready"); c != 132001 {
			t.Errorf("sent while pending: code %d, want 132001", c)
		}
		time.Sleep(3 * time.Minute)
		if c, status := w.sends("order_ready"); c != 0 || status != "accepted" {
			t.Errorf("sent when approved: code %d status %v", c, status)
		}
		for _, c := range w.hook.changes(t) {
			if c.Field != "message_template_status_update" {
				continue
			}
			v := c.Value
			if c.Entry != w.number.WABA || c.Time == 0 || v["event"] != "APPROVED" || fmt.Sprintf("%.0f", v["message_template_id"]) != id ||
				v["message_template_name"] != "order_ready" || v["message_template_language"] != "ar" || v["reason"] != "NONE" || v["message_template_category"] != "UTILITY" {
				t.Errorf("webhook = %+v", c)
			}
		}
		if got := w.news(); !slices.Equal(got, []string{"status APPROVED NONE"}) {
			t.Errorf("news = %v", got)
		}
		if status, out := w.templates("POST", "", templateOf("order_ready", "ar", "UTILITY")); status != 400 || code(out) != 100 || subcode(out) != 2388024 {
			t.Errorf("the same again: HTTP %d %v, want 100 with subcode 2388024", status, out)
		}
		bad := templateOf("x", "ar", "UTILITY")
		bad["components"].([]obj)[0]["text"] = "{{1}} is ready"
		_, out := w.templates("POST", "", bad)
		e, _ := out["error"].(obj)
		if subcode(out) != 2388299 || e["error_user_title"] == "" || e["error_user_msg"] == "" {
			t.Errorf("a variable in front: %v, want subcode 2388299 with words for people", out)
		}
	})
}

// TestTemplateNamesDecide: the end of a name asks for what is to become of it.
func TestTemplateNamesDecide(t *testing.T) {
	for name, want := range map[string][]string{
		"a_rejected":              {"REJECTED", "status REJECTED INVALID_FORMAT"},
		"a_rejected_scam":         {"REJECTED", "status REJECTED SCAM"},
		"a_rejected_promotional":  {"REJECTED", "status REJECTED PROMOTIONAL"},
		"a_pending":               {"PENDING"},
		"a_recategorised":         {"APPROVED", "status APPROVED NONE", "category"},
		"a_paused":                {"PAUSED", "status APPROVED NONE", "status PAUSED NONE FIRST_PAUSE"},
		"a_disabled":              {"DISABLED", "status APPROVED NONE", "status DISABLED NONE DISABLED"},
		"a_rejected_for_no_cause": {"APPROVED", "status APPROVED NONE"},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := reviewed(t)
			id := w.approved(name, "UTILITY")
			if got := w.fieldOf(id, "status"); got != want[0] {
				t.Errorf("%s is %v, want %s", name, got, want[0])
			}
			if diff := cmp.Diff(want[1:], w.news(), cmp.Transformer("none", func(s []string) []string { return append([]string{}, s...) })); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		})
	}
}

// TestTemplateAdjacentVariables are rejected with advice, and an edit mends that.
func TestTemplateAdjacentVariables(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		body := templateOf("order_ready", "ar", "UTILITY")
		body["components"].([]obj)[0]["text"] = "Hello dear {{1}} {{2}}, it is ready."
		body["components"].([]obj)[0]["example"] = obj{"body_text": [][]string{{"Mona", "A"}}}
		id := w.makes(body)
		time.Sleep(3 * time.Minute)
		if info, _ := w.fieldOf(id, "rejection_info").(obj); w.fieldOf(id, "rejected_reason") != "INVALID_FORMAT" || info["reason"] == nil || info["recommendation"] == nil {
			t.Errorf("rejected for %v with advice %v", w.fieldOf(id, "rejected_reason"), info)
		}
		edit := obj{"components": templateOf("", "", "")["components"], "category": "MARKETING"}
		for range 3 { // A rejected one may be edited without a limit.
			status, out := w.graph("POST", "/v25.0/"+id, w.number.Token, edit)
			if status != 200 || out["success"] != true || out["category"] != "MARKETING" {
				t.Fatalf("edit: HTTP %d %v", status, out)
			}
			if got := w.fieldOf(id, "status"); got != "PENDING" {
				t.Errorf("after the edit it is %v, want PENDING", got)
			}
			if status, out := w.graph("POST", "/v25.0/"+id, w.number.Token, edit); status != 400 || code(out) != 100 {
				t.Errorf("edit while pending: HTTP %d %v, want it refused", status, out)
			}
			if err := w.e.TemplateReject(id, "scam"); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.e.TemplateAppeal(id); err != nil {
			t.Fatal(err)
		}
		if err := w.e.TemplateApprove(id); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		got := w.news()
		if want := []string{"status IN_APPEAL SCAM", "status APPROVED NONE", "components"}; !slices.Equal(got[len(got)-3:], want) {
			t.Errorf("news = %v, want them to end in %v", got, want)
		}
	})
}

// TestTemplateEdits: an approved one once in 24 hours and ten times in 30 days,
// never its category; the components are replaced and go to the review again, the
// lifetime does not.
func TestTemplateEdits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		id := w.approved("order_ready", "UTILITY")
		edit := func(body obj) (int, obj) { return w.graph("POST", "/v25.0/"+id, w.number.Token, body) }
		if status, out := edit(obj{"category": "MARKETING"}); status != 400 || code(out) != 100 {
			t.Errorf("another category: HTTP %d %v, want it refused", status, out)
		}
		if status, out := edit(obj{"message_send_ttl_seconds": 43201}); status != 400 || code(out) != 100 {
			t.Errorf("a lifetime beyond the bound: HTTP %d %v, want it refused", status, out)
		}
		if status, _ := edit(obj{"message_send_ttl_seconds": 60}); status != 200 || w.fieldOf(id, "status") != "APPROVED" || w.fieldOf(id, "message_send_ttl_seconds") != 60.0 {
			t.Errorf("a lifetime: HTTP %d, %v, %v", status, w.fieldOf(id, "status"), w.fieldOf(id, "message_send_ttl_seconds"))
		}
		parts := []obj{{"type": "body", "text": "All new"}}
		if status, out := edit(obj{"components": parts}); status != 400 || code(out) != 100 {
			t.Errorf("twice in a day: HTTP %d %v, want it refused", status, out)
		}
		done := 1
		for range 20 {
			time.Sleep(25 * time.Hour)
			status, _ := edit(obj{"components": parts})
			if status != 200 {
				break
			}
			done++
			if w.fieldOf(id, "status") != "PENDING" {
				t.Errorf("after new components it is %v", w.fieldOf(id, "status"))
			}
			time.Sleep(3 * time.Minute)
		}
		if done != 10 {
			t.Errorf("%d edits within 30 days, want 10", done)
		}
		time.Sleep(20 * 24 * time.Hour) // The first of them are a month old.
		if status, out := edit(obj{"components": parts}); status != 200 {
			t.Errorf("a month later: HTTP %d %v", status, out)
		}
		list, _ := w.fieldOf(id, "components").([]any)
		if len(list) != 1 || list[0].(map[string]any)["type"] != "BODY" || list[0].(map[string]any)["text"] != "All new" {
			t.Errorf("components = %v, want the new one alone, in capitals", list)
		}
	})
}

// TestTemplatePauses: red pauses for three hours, then for six, then for good.
func TestTemplatePauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		id := w.approved("offer", "MARKETING")
		red := func() {
			t.Helper()
			for _, score := range []string{"yellow", "red"} {
				if err := w.e.TemplateQuality(id, score); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Second) // The news are told in order.
		}
		for _, pause := range []time.Duration{3 * time.Hour, 6 * time.Hour} {
			red()
			if c, _ := w.sends("offer"); c != 132015 {
				t.Errorf("sent while paused: code %d, want 132015", c)
			}
			time.Sleep(pause - 2*time.Second)
			if got := w.fieldOf(id, "status"); got != "PAUSED" {
				t.Errorf("shortly before the end of %v it is %v", pause, got)
			}
			time.Sleep(2 * time.Second)
			if c, _ := w.sends("offer"); c != 0 {
				t.Errorf("sent after %v: code %d", pause, c)
			}
		}
		red()
		if c, _ := w.sends("offer"); c != 132016 {
			t.Errorf("sent when disabled: code %d, want 132016", c)
		}
		if status, out := w.templates("DELETE", "?name=offer", nil); status != 400 || code(out) != 100 {
			t.Errorf("delete a disabled one: HTTP %d %v, want it refused", status, out)
		}
		var got []string
		for _, line := range w.news() {
			if strings.HasPrefix(line, "status") {
				got = append(got, line)
			}
		}
		want := []string{
			"status APPROVED NONE", "status PAUSED NONE FIRST_PAUSE", "status APPROVED NONE UNPAUSE", "status PAUSED NONE SECOND_PAUSE",
			"status APPROVED NONE UNPAUSE", "status DISABLED NONE DISABLED",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("news (-want +got):\n%s", diff)
		}
		found := false
		for _, c := range w.hook.changes(t) {
			found = found || c.Field == "message_template_quality_update" && c.Value["previous_quality_score"] == "YELLOW" && c.Value["new_quality_score"] == "RED"
		}
		if score, _ := w.fieldOf(id, "quality_score").(obj); !found || score["score"] != "RED" {
			t.Errorf("quality = %v, and told %v", score, found)
		}
	})
}

// TestTemplateUnpause ends a pause before its time; what is not paused cannot be.
func TestTemplateUnpause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		id := w.approved("offer_paused", "MARKETING")
		unpause := func() obj { _, out := w.graph("POST", "/v25.0/"+id+"/unpause", w.number.Token, nil); return out }
		if out := unpause(); out["success"] != true || w.fieldOf(id, "status") != "APPROVED" {
			t.Errorf("unpause = %v, then %v", out, w.fieldOf(id, "status"))
		}
		if out := unpause(); out["success"] != false || out["reason"] == nil {
			t.Errorf("unpause again = %v, want no success and a reason", out)
		}
		time.Sleep(time.Second)
		before := len(w.news())
		time.Sleep(4 * time.Hour)
		if len(w.news()) != before {
			t.Errorf("the end of the pause was told although it had ended: %v", w.news()[before:])
		}
	})
}

// TestTemplatePacing: messages of a paced template are held, and then leave or
// fail with 132015.
func TestTemplatePacing(t *testing.T) {
	for name, want := range map[string][]string{"offer_held": {"sent", "delivered"}, "offer_held_failed": {"failed 132015"}} {
		synctest.Test(t, func(t *testing.T) {
			w := reviewed(t)
			w.approved(name, "MARKETING")
			if c, status := w.sends(name); c != 0 || status != "held_for_quality_assessment" {
				t.Errorf("%s: code %d status %v, want it held", name, c, status)
			}
			told := func() (list []string) {
				for _, s := range w.hook.items(t, "messages", "statuses") {
					line := fmt.Sprint(s["status"])
					if errs, ok := s["errors"].([]any); ok {
						line += fmt.Sprint(" ", errs[0].(map[string]any)["code"])
					}
					list = append(list, line)
				}
				return list
			}
			time.Sleep(29 * time.Minute)
			if got := told(); len(got) != 0 {
				t.Errorf("%s: %v while it is held", name, got)
			}
			time.Sleep(2 * time.Minute)
			if got := told(); !slices.Equal(got, want) {
				t.Errorf("%s: statuses %v, want %v", name, got, want)
			}
		})
	}
}

// TestTemplateCategoryIsCorrected: at once or announced, and the price follows.
func TestTemplateCategoryIsCorrected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := reviewed(t)
		body := templateOf("news", "ar", "UTILITY")
		body["message_send_ttl_seconds"] = 60 // Too short for marketing.
		id := w.makes(body)
		time.Sleep(3 * time.Minute)
		if err := w.e.TemplateRecategorise(id, "marketing", 24*time.Hour); err != nil {
			t.Fatal(err)
		}
		if got := w.fieldOf(id, "correct_category"); got != "MARKETING" || w.fieldOf(id, "category") != "UTILITY" {
			t.Errorf("announced: correct %v, category %v", got, w.fieldOf(id, "category"))
		}
		w.sends("news")
		time.Sleep(25 * time.Hour)
		w.sends("news")
		time.Sleep(time.Minute)
		if w.fieldOf(id, "category") != "MARKETING" || w.fieldOf(id, "previous_category") != "UTILITY" || w.fieldOf(id, "correct_category") != nil {
			t.Errorf("done: %v before %v, correct %v", w.fieldOf(id, "category"), w.fieldOf(id, "previous_category"), w.fieldOf(id, "correct_category"))
		}
		if got := w.fieldOf(id, "message_send_ttl_seconds"); got != nil {
			t.Errorf("as marketing it still lives for %v seconds, want the category's own lifetime", got)
		}
		var told, prices []string
		for _, c := range w.hook.changes(t) {
			if c.Field == "template_category_update" {
				told = append(told, fmt.Sprint(c.Value["previous_category"], c.Value["new_category"], c.Value["correct_category"], c.Value["category_update_timestamp"] != nil))
			}
		}
		for _, s := range w.hook.items(t, "messages", "statuses") {
			if p, ok := s["pricing"].(obj); ok && s["status"] == "sent" {
				prices = append(prices, fmt.Sprint(p["category"]))
			}
		}
		if diff := cmp.Diff([][]string{{"<nil>UTILITYMARKETINGtrue", "UTILITYMARKETING<nil> false"}, {"utility", "marketing"}}, [][]string{told, prices}); diff != "" {
			t.Errorf("webhooks and prices (-want +got):\n%s", diff)
		}
	})
}
