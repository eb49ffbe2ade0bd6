package httpapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"wasl/internal/auth"
	"wasl/internal/coexist"
	"wasl/internal/httpapi"
	"wasl/internal/wa"
)

// meta plays Meta's side of an onboarding: it knows one code and one account.
type meta struct {
	numbers []coexist.Candidate
	fields  []string
}

func (m *meta) Exchange(_ context.Context, code string) (string, error) {
	if code != "good" {
		return "", &coexist.Refusal{Code: 100, Title: "This authorization code has expired."}
	}
	return "token-7f3a", nil
}

func (m *meta) Reaches(context.Context, string) ([]wa.WABAID, error) {
	return []wa.WABAID{"waba-9"}, nil
}

func (m *meta) Numbers(context.Context, string, wa.WABAID) ([]coexist.Candidate, error) {
	return m.numbers, nil
}
func (m *meta) Subscribe(context.Context, string, wa.WABAID) error               { return nil }
func (m *meta) Fields(context.Context) ([]string, error)                         { return m.fields, nil }
func (m *meta) Register(context.Context, string, wa.PhoneNumberID, string) error { return nil }
func (m *meta) AskSync(context.Context, string, wa.PhoneNumberID, coexist.SyncKind) coexist.SyncAnswer {
	return coexist.SyncAnswer{RequestID: "r-1"}
}

func onApp(ids ...wa.PhoneNumberID) (list []coexist.Candidate) {
	for i, id := range ids {
		list = append(list, coexist.Candidate{
			ID: id, Display: "+20 100 000 000" + string(rune('1'+i)), Name: "Shop", OnBizApp: true, PlatformType: "CLOUD_API",
		})
	}
	return list
}

// post makes a call, reads its answer if it was taken, and returns the status.
func (w *world) post(token, path, body string, into any) int {
	w.t.Helper()
	r := w.do(request{method: "POST", path: path, body: body, token: token})
	if into != nil && r.StatusCode < 300 {
		if err := json.Unmarshal([]byte(r.body), into); err != nil {
			w.t.Fatalf("answer %q: %v", r.body, err)
		}
	}
	return r.StatusCode
}

// TestOnboardingDoor: the popup's answer goes in, and what is asked of a person
// comes out; the token never does.
func TestOnboardingDoor(t *testing.T) {
	w := newWorld(t)
	w.meta.numbers, w.meta.fields = onApp("501", "502"), []string{"messages", "smb_message_echoes", "smb_app_state_sync", "account_update"}
	owner := w.session("owner@example.test", auth.Owner)

	get := func(path string) response { return w.do(request{method: "GET", path: path, token: owner}) }
	s := want[httpapi.Signup](t, get("/v1/signup"), http.StatusOK)
	if !s.Ready || s.FeatureType != "whatsapp_business_app_onboarding" || s.SDKURL == "" {
		t.Errorf("signup = %+v", s)
	}
	var o httpapi.Onboarding
	for body, status := range map[string]int{
		`{"code":"good","mode":"coexistence","understood":false}`: http.StatusBadRequest,
		`{"code":"","mode":"coexistence","understood":true}`:      http.StatusBadRequest,
		`{"code":"good","mode":"both","understood":true}`:         http.StatusBadRequest,
	} {
		if got := w.post(owner, "/v1/onboardings", body, nil); got != status {
			t.Errorf("%s: HTTP %d, want %d", body, got, status)
		}
	}
	if got := w.post(owner, "/v1/onboardings", `{"code":"old","mode":"coexistence","understood":true}`, &o); got != http.StatusCreated || o.Step != "failed" || o.Reason != "code_refused" || o.Code != 100 {
		t.Errorf("an old code: HTTP %d, %+v", got, o)
	}
	if got := w.post(owner, "/v1/onboardings", `{"code":"good","mode":"coexistence","understood":true}`, &o); got != http.StatusCreated || o.Step != "choosing" || len(o.Choices) != 2 {
		t.Fatalf("begin: HTTP %d, %+v", got, o)
	}
	path := "/v1/onboardings/" + o.ID
	if got := w.post(owner, path+"/choose", `{"phone_number_id":"999"}`, nil); got != http.StatusBadRequest {
		t.Errorf("a number that is no choice: HTTP %d", got)
	}
	if got := w.post(owner, path+"/choose", `{"phone_number_id":"502"}`, &o); got != http.StatusOK || o.Step != "asserting" || o.Reason != "waits_for_fields" || len(o.MissingFields) != 1 {
		t.Errorf("choose: HTTP %d, %+v; want it to wait for the field history", got, o)
	}
	w.meta.fields = append(w.meta.fields, "history")
	if got := w.post(owner, path+"/retry", `{}`, &o); got != http.StatusOK || o.Step != "done" || o.NumberID == nil {
		t.Fatalf("retry: HTTP %d, %+v", got, o)
	}
	if got := w.post(owner, path+"/retry", `{}`, nil); got != http.StatusConflict {
		t.Errorf("retry of what is done: HTTP %d", got)
	}
	raw := get("/v1/onboardings")
	if list := want[httpapi.Page[httpapi.Onboarding]](t, raw, http.StatusOK); len(list.Data) != 2 || strings.Contains(raw.body, "token-7f3a") {
		t.Errorf("list = %s", raw.body)
	}
	syncs := want[httpapi.Page[httpapi.Sync]](t, get("/v1/numbers/"+*o.NumberID+"/syncs"), http.StatusOK)
	if len(syncs.Data) != 2 || syncs.Data[1].Kind != "history" || syncs.Data[1].Told == nil || syncs.Data[0].Told != nil ||
		syncs.Data[1].DeadlineAt.Sub(syncs.Data[1].BegunAt) != 24*time.Hour {
		t.Errorf("syncs = %+v", syncs.Data)
	}
	if got := w.post(owner, "/v1/numbers/"+*o.NumberID+"/syncs/history/retry", ``, nil); got != http.StatusConflict {
		t.Errorf("ask again what is not waiting for anybody: HTTP %d", got)
	}
	operator := w.seeded().session("operator@example.test", auth.Owner, true)
	syncs = want[httpapi.Page[httpapi.Sync]](t, w.do(request{method: "GET", path: "/v1/syncs", token: operator}), http.StatusOK)
	if len(syncs.Data) != 2 {
		t.Errorf("open syncs = %+v, want both", syncs.Data)
	}
	if strings.Contains(w.log.String(), "token-7f3a") {
		t.Error("the token is in the log")
	}
}

// TestSignupNotConfigured: what is missing is named, and nothing is begun.
func TestSignupNotConfigured(t *testing.T) {
	w := newWorld(t, func(c *httpapi.Config) { c.Signup.ConfigID, c.SignupReady = "", false })
	owner := w.session("owner@example.test", auth.Owner)
	s := want[httpapi.Signup](t, w.do(request{method: "GET", path: "/v1/signup", token: owner}), http.StatusOK)
	if s.Ready || strings.Join(s.Missing, " ") != "WASL_SIGNUP_CONFIG_ID WASL_APP_SECRET" {
		t.Errorf("signup = %+v", s)
	}
	if got := w.post(owner, "/v1/onboardings", `{"code":"good","mode":"coexistence","understood":true}`, nil); got != http.StatusUnprocessableEntity {
		t.Errorf("begin: HTTP %d", got)
	}
}

// TestConnectPageAloneMayLoadMetasScript: the policy of every other page stays
// closed.
func TestConnectPageAloneMayLoadMetasScript(t *testing.T) {
	w := newWorld(t)
	for path, opens := range map[string]bool{"/connect": true, "/": false, "/numbers": false, "/v1/numbers": false, "/connect/x": false} {
		h := w.do(request{method: "GET", path: path}).Header
		open := strings.Contains(h.Get("Content-Security-Policy"), "https://connect.facebook.net")
		if open != opens || (h.Get("Cross-Origin-Opener-Policy") == "same-origin") == opens {
			t.Errorf("%s: %v", path, h)
		}
	}
}
