package metaemu_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// rules sets limits and answers of the Graph API.
func (w *world) rules(change func(*metaemu.GraphRules)) {
	w.t.Helper()
	r := w.e.GraphRules()
	change(&r)
	if err := w.e.SetGraphRules(r); err != nil {
		w.t.Fatal(err)
	}
}

// TestLimitsOfCalls: above the WABA's limit 80007 until the oldest call is an
// hour old; sends are not counted; another app has its own (§6.1).
func TestLimitsOfCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		w.writes("hello")
		w.rules(func(r *metaemu.GraphRules) { r.ActivePerHour = 3 })
		ask := func(token string) int {
			_, out := w.graph("GET", "/v25.0/"+w.number.ID, token, nil)
			return code(out)
		}
		for i := range 3 {
			if c := ask(w.number.Token); c != 0 {
				t.Fatalf("call %d: code %d", i+1, c)
			}
			time.Sleep(10 * time.Minute)
		}
		if c := ask(w.number.Token); c != 80007 {
			t.Errorf("call 4 within the hour: code %d, want 80007", c)
		}
		if status, out := w.text(w.mona.Digits, "x"); status != 200 {
			t.Errorf("a send: HTTP %d %v, want it not counted", status, out)
		}
		second := must[metaemu.App](t)(w.e.CreateApp(metaemu.AppSpec{}))
		other := must[string](t)(w.e.IssueToken(metaemu.TokenSpec{App: second.ID, WABAs: []string{w.number.WABA}}))
		if c := ask(other); c != 0 {
			t.Errorf("another app: code %d, want its own limit", c)
		}
		time.Sleep(30*time.Minute - time.Second)
		if c := ask(w.number.Token); c != 80007 {
			t.Errorf("a second too early: code %d, want 80007", c)
		}
		time.Sleep(time.Second)
		if c := ask(w.number.Token); c != 0 {
			t.Errorf("an hour after the first: code %d, want it answered", c)
		}
	})
}

// TestIdleAccountsMayAskLess: 200 an hour without a registered number, 5,000 with
// one.
func TestIdleAccountsMayAskLess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		want := metaemu.GraphRules{IdlePerHour: 200, ActivePerHour: 5000}
		if diff := cmp.Diff(want, w.e.GraphRules()); diff != "" {
			t.Fatalf("limits (-want +got):\n%s", diff)
		}
		asked := func() (n int) {
			for n = range 202 {
				if _, out := w.graph("GET", "/v25.0/"+w.number.WABA, w.number.Token, nil); code(out) != 0 {
					return n
				}
			}
			return n
		}
		if n := asked(); n != 201 {
			t.Errorf("with a number: %d calls answered, want them all", n)
		}
		if err := w.e.PhoneDisconnect(w.number.ID, ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if n := asked(); n != 200 {
			t.Errorf("without: %d calls answered, want 200", n)
		}
	})
}

// TestAppLimit: an app's own limit is 4, for sends too.
func TestAppLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{ThrottleHTTP: 429}, metaemu.NumberSpec{})
		w.writes("hello")
		w.rules(func(r *metaemu.GraphRules) { r.AppPerHour = 2 })
		w.graph("GET", "/v25.0/me", w.number.Token, nil)
		w.text(w.mona.Digits, "x")
		if status, out := w.text(w.mona.Digits, "x"); status != 429 || code(out) != 4 || out["error"].(obj)["is_transient"] != true {
			t.Errorf("the third call: HTTP %d %v, want 429 as configured, 4 and transient", status, out)
		}
	})
}

// TestUsageHeaders: in percent of the limits, and when calls may go on (§1.1).
func TestUsageHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		w.rules(func(r *metaemu.GraphRules) { r.ActivePerHour, r.AppPerHour = 4, 10 })
		for i, want := range []struct {
			app, waba, regain float64
			code              int
		}{{10, 25, 0, 0}, {20, 50, 0, 0}, {30, 75, 0, 0}, {40, 100, 15, 0}, {50, 100, 0, 80007}} {
			if i == 4 {
				want.regain = 10
			}
			res, out := w.asks("GET", "/v25.0/"+w.number.ID, "", "Authorization", "Bearer "+w.number.Token)
			var app obj
			var business map[string][]obj
			if json.Unmarshal([]byte(res.Header.Get("X-App-Usage")), &app) != nil || json.Unmarshal([]byte(res.Header.Get("X-Business-Use-Case-Usage")), &business) != nil {
				t.Fatalf("call %d: headers %v", i+1, res.Header)
			}
			if diff := cmp.Diff(obj{"call_count": want.app, "total_cputime": 0.0, "total_time": 0.0}, app); diff != "" {
				t.Errorf("call %d, X-App-Usage (-want +got):\n%s", i+1, diff)
			}
			item := obj{
				"type": "whatsapp_business_management", "call_count": want.waba, "total_cputime": 0.0, "total_time": 0.0,
				"estimated_time_to_regain_access": want.regain,
			}
			if diff := cmp.Diff(map[string][]obj{w.number.Portfolio: {item}}, business); diff != "" || code(out) != want.code {
				t.Errorf("call %d: code %d, X-Business-Use-Case-Usage (-want +got):\n%s", i+1, code(out), diff)
			}
			time.Sleep([]time.Duration{15, 15, 15, 5, 0}[i] * time.Minute)
		}
		res, _ := w.asks("GET", "/v25.0/debug_token?input_token=x", "", "Authorization", "Bearer "+w.number.Token)
		if res.Header.Get("X-App-Usage") == "" || res.Header.Get("X-Business-Use-Case-Usage") != "" {
			t.Errorf("headers of a call about no account: %v", res.Header)
		}
	})
}

// TestLimitsThatMakeNoSense are refused, and what a path leaves away stays.
func TestLimitsThatMakeNoSense(t *testing.T) {
	w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
	for _, c := range []struct {
		body   obj
		status int
	}{
		{obj{"idle_per_hour": 0}, 400},
		{obj{"active_per_hour": 100_001}, 400},
		{obj{"app_per_hour": -1}, 400},
		{obj{"version_error": -1}, 400},
		{obj{"version_error": 2500}, 200},
	} {
		if status, out := w.graph("PUT", "/_emulator/graph-rules", "", c.body); status != c.status {
			t.Errorf("%v: HTTP %d %v, want %d", c.body, status, out, c.status)
		}
	}
	if got, want := w.e.GraphRules(), (metaemu.GraphRules{IdlePerHour: 200, ActivePerHour: 5000, VersionError: 2500}); got != want {
		t.Errorf("rules = %+v, want %+v", got, want)
	}
	if _, out := w.graph("GET", "/v20.0/me", w.number.Token, nil); code(out) != 2500 {
		t.Errorf("an old version: code %d, want the one that was set", code(out))
	}
}

// TestManyIDsAreManyCalls: an object asked for with others counts as one.
func TestManyIDsAreManyCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		w.rules(func(r *metaemu.GraphRules) { r.ActivePerHour = 2 })
		for i, want := range []int{0, 80007} {
			_, out := w.graph("GET", fmt.Sprintf("/v25.0/?ids=%s,%s", w.number.ID, w.number.WABA), w.number.Token, nil)
			if code(out) != want {
				t.Errorf("asking %d: code %d, want %d", i+1, code(out), want)
			}
		}
	})
}
