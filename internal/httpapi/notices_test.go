package httpapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"wasl/internal/auth"
	"wasl/internal/coexist"
	"wasl/internal/notify"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

// shown reads the list of notices.
func (w *world) shown(t *testing.T, path, token string) []map[string]any {
	t.Helper()
	r := w.do(request{method: "GET", path: path, token: token})
	var page struct {
		Data []map[string]any `json:"data"`
	}
	if err := json.Unmarshal([]byte(r.body), &page); err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d %s, %v", path, r.StatusCode, r.body, err)
	}
	return page.Data
}

// TestNotices: a reminder is listed in the language asked for, is read once, and an
// agent does not see whose addresses it went to.
func TestNotices(t *testing.T) {
	w := newWorld(t)
	owner, agent := w.session("owner@example.test", auth.Owner), w.session("agent@example.test", auth.Agent)
	entry := wa.Entry{Business: w.Business, Seq: 7, At: storetest.Noon, Kind: wa.NumberChangedKind, Number: w.number, Facts: wa.Facts{
		Field: "heartbeat", Event: coexist.PhoneSilent, Count: 1, Until: storetest.Noon.AddDate(0, 0, 6),
	}}
	n, _ := notify.Of(entry)
	people, settings, err := w.DB.Audience(t.Context(), w.Business)
	if err != nil {
		t.Fatal(err)
	}
	reaction := w.notices()
	if err := w.DB.Tell(t.Context(), n, reaction.Address.Deliveries(n, people, settings), storetest.Noon); err != nil {
		t.Fatal(err)
	}
	got := w.shown(t, "/v1/notices", owner)
	if len(got) != 1 || got[0]["kind"] != "phone_silent" || got[0]["read"] != false || got[0]["current"] != true ||
		!strings.Contains(got[0]["title"].(string), "28 November 2026") || got[0]["until"] != "2026-11-28T12:00:00Z" {
		t.Fatalf("notices = %v", got)
	}
	if list := got[0]["deliveries"].([]any); len(list) != 2 || !strings.Contains(w.do(request{method: "GET", path: "/v1/notices", token: owner}).body, "owner@example.test") {
		t.Errorf("deliveries = %v, want mail and hook", list)
	}
	if body := w.do(request{method: "GET", path: "/v1/notices", token: agent}).body; strings.Contains(body, "owner@") || strings.Contains(body, "hooks.test") {
		t.Errorf("an agent is shown addresses: %s", body)
	}
	if body := w.do(request{method: "GET", path: "/v1/notices", token: owner}).body; strings.Contains(body, "hooks.test") {
		t.Errorf("the operator's address is shown: %s", body)
	}
	if got := w.shown(t, "/v1/notices?locale=ar", agent); !strings.Contains(got[0]["title"].(string), "28 نوفمبر 2026") {
		t.Errorf("in Arabic: %v", got[0]["title"])
	}
	if r := w.do(request{method: "POST", path: "/v1/notices/" + n.ID + "/read", token: owner}); r.StatusCode != http.StatusNoContent {
		t.Errorf("read: %d %s", r.StatusCode, r.body)
	}
	if mine, theirs := w.shown(t, "/v1/notices", owner), w.shown(t, "/v1/notices", agent); mine[0]["read"] != true || theirs[0]["read"] != false {
		t.Errorf("read by the owner %v, by the agent %v", mine[0]["read"], theirs[0]["read"])
	}
	if r := w.do(request{method: "POST", path: "/v1/notices/read", token: agent}); r.StatusCode != http.StatusNoContent {
		t.Errorf("read all: %d %s", r.StatusCode, r.body)
	}
	if theirs := w.shown(t, "/v1/notices", agent); theirs[0]["read"] != true {
		t.Error("the agent has read all, and it is unread")
	}
}

// TestNoticeSettings: where notices go is the admins' to say, and a test goes there.
func TestNoticeSettings(t *testing.T) {
	w := newWorld(t)
	owner, agent := w.session("owner@example.test", auth.Owner), w.session("agent@example.test", auth.Agent)
	const path = "/v1/notices/settings"
	refused(t, w.do(request{method: "GET", path: path, token: agent}), 403, "forbidden_role")
	if r := w.do(request{method: "GET", path: path, token: owner}); !strings.Contains(r.body, `"language":"en"`) || !strings.Contains(r.body, `"mail":true`) {
		t.Errorf("at first: %s", r.body)
	}
	private := `{"number_id":"` + string(w.number) + `","phone":"+966 50 000 0009","template":"phone_silent","language":"ar","sender_number_id":"` + string(w.number) + `"}`
	put := func(private string) response {
		return w.do(request{method: "PUT", path: path, body: `{"mail":false,"language":"ar","private":[` + private + `]}`, token: owner})
	}
	r := put(private)
	if r.StatusCode != http.StatusOK || !strings.Contains(r.body, `"phone":"+966500000009"`) || !strings.Contains(r.body, `"language":"ar"`) || !strings.Contains(r.body, `"mail":false`) {
		t.Errorf("put: %d %s", r.StatusCode, r.body)
	}
	refused(t, put(private+","+private), 400, "parameter_invalid")
	refused(t, put(strings.Replace(private, "+966 50 000 0009", "12", 1)), 400, "parameter_invalid")
	refused(t, put(strings.Replace(private, `"phone_silent"`, `"Phone Silent"`, 1)), 400, "parameter_invalid")
	refused(t, put(strings.Replace(private, string(w.number), "num_other", 1)), 404, "not_found")
	if r := w.do(request{method: "POST", path: "/v1/notices/test", token: owner}); r.StatusCode != http.StatusAccepted {
		t.Fatalf("test: %d %s", r.StatusCode, r.body)
	}
	if got := w.shown(t, "/v1/notices", owner); len(got) != 1 || got[0]["kind"] != "test" || len(got[0]["deliveries"].([]any)) != 2 {
		t.Errorf("the test went to %v, want the hook and the private phone", got)
	}
	if strings.Contains(w.log.String(), "966500000009") {
		t.Errorf("the log has a phone number: %s", w.log)
	}
}
