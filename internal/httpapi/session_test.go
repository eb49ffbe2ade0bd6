package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/httpapi"
)

const password = "correct horse battery"

// member plants somebody who really signs in.
func (w *world) member(email string, role auth.Role) auth.Person {
	w.t.Helper()
	p, err := w.gate.AddPerson(w.t.Context(), auth.Member{Business: w.Business, Email: email, Name: "Sara", Role: role, Password: password})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) signIn(email, password, from, token string) response {
	w.t.Helper()
	return w.do(request{
		method: "POST", path: "/v1/session", body: fmt.Sprintf(`{"email":%q,"password":%q}`, email, password), from: from, token: token,
	})
}

func cookieIn(t testing.TB, r response) *http.Cookie {
	t.Helper()
	cookies := r.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("cookies %v, want one", cookies)
	}
	return cookies[0]
}

func TestSignInAndOut(t *testing.T) {
	w := newWorld(t)
	p := w.member("Sara@Example.test", auth.Owner)

	r := w.signIn(" sara@example.TEST ", password, "", "")
	s := want[httpapi.Session](t, r, 200)
	if s.Person.ID != p.ID || s.Person.Email != "sara@example.test" || s.Business.ID != w.Business || s.Seq != "1" || s.Demo != nil {
		t.Errorf("session = %+v", s)
	}
	c := cookieIn(t, r)
	if c.Name != "wasl_session" || !c.HttpOnly || c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge != 12*60*60 {
		t.Errorf("cookie = %v", c)
	}
	if strings.Contains(r.body, c.Value) || strings.Contains(w.log.String(), c.Value) || strings.Contains(r.body+w.log.String(), password) {
		t.Errorf("a secret is in the answer or the log")
	}
	want[httpapi.Session](t, w.do(request{method: "GET", path: "/v1/session", token: c.Value}), 200)
	if r := w.do(request{method: "DELETE", path: "/v1/session", token: c.Value}); r.StatusCode != 204 || cookieIn(t, r).MaxAge >= 0 {
		t.Errorf("sign out: %d %v", r.StatusCode, r.Header)
	}
	refused(t, w.do(request{method: "GET", path: "/v1/session", token: c.Value}), 401, "not_signed_in")
	refused(t, w.do(request{method: "GET", path: "/v1/session"}), 401, "not_signed_in")
}

func TestSignInRefused(t *testing.T) {
	w := newWorld(t)
	w.member("sara@example.test", auth.Owner)
	wrong, unknown := w.signIn("sara@example.test", "wrong password", "", ""), w.signIn("nobody@example.test", "wrong password", "", "")
	refused(t, wrong, 401, "sign_in_refused")
	refused(t, unknown, 401, "sign_in_refused")
	strip := func(r response) string {
		i := strings.Index(r.body, `,"request_id"`)
		return r.body[:i]
	}
	if strip(wrong) != strip(unknown) || len(wrong.Cookies()) != 0 {
		t.Errorf("a known and an unknown e-mail are told apart: %s and %s", wrong.body, unknown.body)
	}
	refused(t, w.signIn("", "", "", ""), 401, "sign_in_refused")
}

// TestSessionOverHTTPS: the cookie has the prefix that ties it to this host.
func TestSessionOverHTTPS(t *testing.T) {
	w := newWorld(t, func(c *httpapi.Config) { c.PublicURL = "https://wasl.test" })
	w.member("sara@example.test", auth.Owner)
	r := w.signIn("sara@example.test", password, "", "")
	c := cookieIn(t, r)
	if c.Name != "__Host-wasl_session" || !c.Secure || c.Path != "/" || c.Domain != "" {
		t.Errorf("cookie = %v", c)
	}
	if r.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("no Strict-Transport-Security over https")
	}
	// One without the prefix may have been planted from a neighbouring host.
	refused(t, w.do(request{method: "GET", path: "/v1/session", token: c.Value}), 401, "not_signed_in")
}

// TestSessionFixation: a token that was in the browser before signing in is worth
// nothing afterwards, whosever it was (reliability T15).
func TestSessionFixation(t *testing.T) {
	w := newWorld(t)
	w.member("sara@example.test", auth.Owner)
	planted := "ses_planted-by-somebody-else"
	c := cookieIn(t, w.signIn("sara@example.test", password, "", planted))
	if c.Value == planted {
		t.Fatalf("the planted token became the session's")
	}
	refused(t, w.do(request{method: "GET", path: "/v1/session", token: planted}), 401, "not_signed_in")
	again := cookieIn(t, w.signIn("sara@example.test", password, "", c.Value))
	refused(t, w.do(request{method: "GET", path: "/v1/session", token: c.Value}), 401, "not_signed_in")
	want[httpapi.Session](t, w.do(request{method: "GET", path: "/v1/session", token: again.Value}), 200)
}

// TestDisabledIsOut: whoever is removed can do nothing from then on.
func TestDisabledIsOut(t *testing.T) {
	w := newWorld(t)
	owner := w.session("owner@example.test", auth.Owner)
	p := w.member("sara@example.test", auth.Admin)
	token := cookieIn(t, w.signIn("sara@example.test", password, "", "")).Value
	if r := w.do(request{method: "DELETE", path: "/v1/people/" + string(p.ID), token: owner}); r.StatusCode != 204 {
		t.Fatalf("remove: %d %s", r.StatusCode, r.body)
	}
	refused(t, w.do(request{method: "GET", path: "/v1/conversations", token: token}), 401, "not_signed_in")
	refused(t, w.signIn("sara@example.test", password, "192.0.2.9", ""), 401, "sign_in_refused")
	people := want[httpapi.Page[httpapi.Person]](t, w.do(request{method: "GET", path: "/v1/people", token: owner}), 200)
	if len(people.Data) != 1 {
		t.Fatalf("people = %+v, want the owner alone", people)
	}
	refused(t, w.do(request{method: "DELETE", path: "/v1/people/" + string(people.Data[0].ID), token: owner}), 409, "last_owner")
}

func TestSessionEndsByItself(t *testing.T) {
	w := newWorld(t)
	token := w.session("sara@example.test", auth.Agent)
	for _, tt := range []struct {
		name, set string
		value     time.Time
		known     bool
	}{
		{"used lately", "seen_at", clock.Now().Add(-auth.DefaultIdle + time.Minute), true},
		{"idle", "seen_at", clock.Now().Add(-auth.DefaultIdle), false},
		{"too old", "expires_at", clock.Now(), false},
	} {
		w.Exec("UPDATE session SET seen_at = $1, expires_at = $2", clock.Now().UnixMicro(), clock.Now().Add(time.Hour).UnixMicro())
		w.Exec("UPDATE session SET "+tt.set+" = $1", tt.value.UnixMicro())
		r := w.do(request{method: "GET", path: "/v1/session", token: token})
		if known := r.StatusCode == 200; known != tt.known {
			t.Errorf("%s: %d, want known %v", tt.name, r.StatusCode, tt.known)
		}
	}
}

// TestKeys: a key is shown once, is kept nowhere in the open, and ends when revoked.
func TestKeys(t *testing.T) {
	w := newWorld(t)
	token := w.session("owner@example.test", auth.Owner)
	q := request{
		method: "POST", path: "/v1/keys", body: `{"name":"till","scopes":["read","send"]}`, token: token,
		header: map[string]string{"Idempotency-Key": "make-a-key"},
	}
	made := want[httpapi.Key](t, w.do(q), 201)
	again := want[httpapi.Key](t, w.do(q), 201)
	if !strings.HasPrefix(made.Key, "wasl_") || again.Key != made.Key || again.ID != made.ID {
		t.Fatalf("key = %+v, and repeated %+v", made, again)
	}
	if list := w.do(request{method: "GET", path: "/v1/keys", token: token}); strings.Contains(list.body, made.Key) || strings.Contains(list.body, `"key":`) {
		t.Errorf("the list shows the key: %s", list.body)
	}
	want[httpapi.Page[httpapi.Number]](t, w.do(request{method: "GET", path: "/v1/numbers", key: made.Key}), 200)
	refused(t, w.do(request{method: "GET", path: "/v1/people", key: made.Key}), 403, "forbidden_scope")
	if w.dumpContains(made.Key) || strings.Contains(w.log.String(), made.Key) {
		t.Errorf("the key lies in the database or the log in the open")
	}
	if r := w.do(request{method: "DELETE", path: "/v1/keys/" + made.ID, token: token}); r.StatusCode != 204 {
		t.Fatalf("revoke: %d %s", r.StatusCode, r.body)
	}
	refused(t, w.do(request{method: "GET", path: "/v1/numbers", key: made.Key}), 401, "key_unknown")
}

// dumpContains looks for a secret in every column that could hold it.
func (w *world) dumpContains(secret string) bool {
	w.t.Helper()
	for _, q := range []string{
		"SELECT COUNT(*) FROM api_key WHERE name || id || scopes LIKE $1 OR CAST(key_hash AS TEXT) LIKE $1",
		"SELECT COUNT(*) FROM idempotency WHERE key LIKE $1 OR CAST(body AS TEXT) LIKE $1 OR CAST(fingerprint AS TEXT) LIKE $1",
	} {
		var n int
		if err := w.Raw.QueryRow(q, "%"+secret+"%").Scan(&n); err != nil {
			w.t.Fatal(err)
		}
		if n > 0 {
			return true
		}
	}
	return false
}

// TestCrossOrigin: no page of another site changes anything with a browser's cookie
// (reliability T16).
func TestCrossOrigin(t *testing.T) {
	w := newWorld(t)
	token := w.session("owner@example.test", auth.Owner)
	before := w.journalLength()
	for _, route := range w.api.Routes() {
		if route.Method != http.MethodPost && route.Method != http.MethodDelete {
			continue
		}
		name := route.Method + " " + route.Path
		path := strings.NewReplacer("{id}", string(w.conv), "{name}", "bot").Replace(route.Path)
		for trick, header := range map[string]map[string]string{
			"cross-site":            {"Sec-Fetch-Site": "cross-site"},
			"same-site":             {"Sec-Fetch-Site": "same-site"},
			"origin of an old one":  {"Origin": "https://evil.test"},
			"opaque origin":         {"Origin": "null"},
			"a form that says text": {"Content-Type": "text/plain"},
			"a form":                {"Content-Type": "application/x-www-form-urlencoded"},
		} {
			r := w.do(request{method: route.Method, path: path, body: bodies[name] + " ", token: token, header: header})
			if r.StatusCode != http.StatusForbidden && r.StatusCode != http.StatusBadRequest {
				t.Errorf("%s, %s: %d %s, want it refused", name, trick, r.StatusCode, r.body)
			}
		}
	}
	if after := w.journalLength(); after != before {
		t.Errorf("%d entries were written", after-before)
	}
	want[httpapi.Session](t, w.do(request{method: "GET", path: "/v1/session", token: token}), 200)
	own := map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://wasl.test"}
	if r := w.do(request{method: "POST", path: "/v1/conversations/" + string(w.conv) + "/takeover", body: `{}`, token: token, header: own}); r.StatusCode != 200 {
		t.Errorf("our own page is refused: %d %s", r.StatusCode, r.body)
	}
}

func (w *world) journalLength() int64 {
	w.t.Helper()
	newest, _, err := w.DB.Newest(w.t.Context(), w.Business)
	if err != nil {
		w.t.Fatal(err)
	}
	return int64(newest)
}
