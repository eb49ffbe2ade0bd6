package metaemu_test

import (
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// TestDebugToken: the shape of §1.1, for tokens that work, that have ended, that
// are another app's, and for an app's own.
func TestDebugToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		app := w.e.State().Apps[0]
		newer := must[metaemu.WABA](t)(w.e.CreateWABA(metaemu.WABASpec{}))
		stranger := must[metaemu.App](t)(w.e.CreateApp(metaemu.AppSpec{}))
		issue := func(s metaemu.TokenSpec) string {
			if s.App == "" {
				s.App = app.ID
			}
			return must[string](t)(w.e.IssueToken(s))
		}
		both := issue(metaemu.TokenSpec{WABAs: []string{w.number.WABA, newer.ID}, Life: "60d"})
		reader := issue(metaemu.TokenSpec{WABAs: []string{newer.ID}, Scopes: []string{"whatsapp_business_management", "public_profile"}})
		revoked := issue(metaemu.TokenSpec{WABAs: []string{newer.ID}})
		issued := float64(w.e.Now().Unix())
		if err := w.e.RevokeToken(revoked); err != nil {
			t.Fatal(err)
		}
		user := "122" + app.ID[:12]
		described := func(valid bool, expires float64, scopes, granular []any) obj {
			return obj{
				"app_id": app.ID, "type": "SYSTEM_USER", "application": app.Name, "data_access_expires_at": 0.0, "expires_at": expires,
				"is_valid": valid, "issued_at": issued, "scopes": scopes, "granular_scopes": granular, "user_id": user,
			}
		}
		granular := func(scope string, wabas ...any) any { return obj{"scope": scope, "target_ids": wabas} }
		usual := []any{"whatsapp_business_management", "whatsapp_business_messaging"}
		dead := described(false, 0, usual, []any{granular("whatsapp_business_management", newer.ID), granular("whatsapp_business_messaging", newer.ID)})
		dead["error"] = obj{
			"code": 190.0, "subcode": 467.0,
			"message": "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.",
		}
		nobodys := obj{"error": obj{"code": 190.0, "message": "Invalid OAuth access token."}, "is_valid": false, "scopes": []any{}}
		for _, c := range []struct {
			name, token string
			want        obj
		}{
			{"of two accounts, the newest first", both, described(true, issued+60*86400, usual, []any{
				granular("whatsapp_business_management", newer.ID, w.number.WABA), granular("whatsapp_business_messaging", newer.ID, w.number.WABA),
			})},
			{"of one permission", reader, described(true, 0, []any{"whatsapp_business_management", "public_profile"}, []any{granular("whatsapp_business_management", newer.ID)})},
			{"revoked", revoked, dead},
			{"nobody's", "EAAx", nobodys},
			{"another app's", issue(metaemu.TokenSpec{App: stranger.ID, WABAs: []string{newer.ID}}), nobodys},
			{"the app's own", app.ID + "|s3cret", obj{"app_id": app.ID, "type": "APP", "application": app.Name, "is_valid": true, "scopes": []any{}}},
			{"the app's with a wrong secret", app.ID + "|x", nobodys},
		} {
			status, out := w.graph("GET", "/v25.0/debug_token?input_token="+url.QueryEscape(c.token), app.ID+"|s3cret", nil)
			if diff := cmp.Diff(obj{"data": c.want}, out); diff != "" || status != 200 {
				t.Errorf("%s: HTTP %d (-want +got):\n%s", c.name, status, diff)
			}
		}
		if _, out := w.graph("GET", "/v25.0/debug_token", app.ID+"|s3cret", nil); code(out) != 100 {
			t.Errorf("without input_token: %v, want 100", out)
		}
		if _, out := w.graph("GET", "/v25.0/debug_token?input_token="+url.QueryEscape(both), app.ID+"|x", nil); code(out) != 190 {
			t.Errorf("asked with a wrong secret: %v, want 190", out)
		}
	})
}

// TestTokensEnd: 463 when it has run out, 467 when it was taken away (§6.2).
func TestTokensEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		issue := func(life string) string {
			return must[string](t)(w.e.IssueToken(metaemu.TokenSpec{WABAs: []string{w.number.WABA}, Life: life}))
		}
		day, gone, ended := issue("24h"), issue(""), issue("")
		over := func(path, token string) {
			if status, out := w.graph("POST", "/_emulator/tokens/"+path, "", obj{"token": token}); status != 200 {
				t.Fatalf("%s: HTTP %d %v", path, status, out)
			}
		}
		over("revoke", gone)
		over("expire", ended)
		time.Sleep(24*time.Hour - time.Second)
		sub := func(token string) any {
			_, out := w.graph("GET", "/v25.0/me", token, nil)
			if er, ok := out["error"].(obj); ok {
				return er["error_subcode"]
			}
			return nil
		}
		if got := sub(day); got != nil {
			t.Errorf("a second before its end: subcode %v, want it to work", got)
		}
		time.Sleep(time.Second)
		for _, c := range []struct {
			name, token string
			want        any
		}{{"run out", day, 463.0}, {"taken away", gone, 467.0}, {"ended by a test", ended, 463.0}, {"for ever", w.number.Token, nil}} {
			if got := sub(c.token); got != c.want {
				t.Errorf("%s: subcode %v, want %v", c.name, got, c.want)
			}
		}
		for _, s := range []metaemu.TokenSpec{{App: "1"}, {WABAs: []string{"1"}}, {Scopes: []string{"everything"}}, {Life: "soon"}} {
			if _, err := w.e.IssueToken(s); err == nil {
				t.Errorf("IssueToken(%+v) was not refused", s)
			}
		}
		if err := w.e.RevokeToken("x"); err == nil {
			t.Error("a token that is not there was revoked")
		}
	})
}

// TestExchangeOfACode: 30 seconds, once, with the app's own secret (§7.9).
func TestExchangeOfACode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		stranger := must[metaemu.App](t)(w.e.CreateApp(metaemu.AppSpec{Secret: "other"}))
		grant := func() string { return must[string](t)(w.e.PhoneLink(w.number.ID, true)) }
		fresh, late := grant(), grant()
		ask := func(method, id, secret, code string) obj {
			q := url.Values{"client_id": {id}, "client_secret": {secret}, "code": {code}, "redirect_uri": {""}}
			path, body := "/v25.0/oauth/access_token?"+q.Encode(), any(nil)
			if method == "POST" {
				path, body = "/oauth/access_token", obj{"client_id": id, "client_secret": secret, "code": code}
			}
			_, out := w.graph(method, path, "", body)
			return out
		}
		for _, c := range []struct {
			name, id, secret, code string
			want                   int
		}{
			{"no app", "", "s3cret", fresh, 101},
			{"nobody's app", "1", "s3cret", fresh, 101},
			{"a wrong secret", w.number.App, "x", fresh, 1},
			{"no code", w.number.App, "s3cret", "", 1},
			{"nobody's code", w.number.App, "s3cret", "AQx", 100},
			{"another app's code", stranger.ID, "other", fresh, 100},
			{"the right one", w.number.App, "s3cret", fresh, 0},
			{"again", w.number.App, "s3cret", fresh, 100},
		} {
			out := ask("GET", c.id, c.secret, c.code)
			if code(out) != c.want {
				t.Errorf("%s: %v, want code %d", c.name, out, c.want)
			}
			if c.want != 0 {
				continue
			}
			token, _ := out["access_token"].(string)
			if status, node := w.graph("GET", "/v25.0/"+w.number.WABA, token, nil); status != 200 || out["token_type"] != "bearer" {
				t.Errorf("the token of %v: HTTP %d %v", out, status, node)
			}
		}
		time.Sleep(30*time.Second + time.Millisecond)
		if out := ask("POST", w.number.App, "s3cret", late); code(out) != 100 || out["error"].(obj)["error_subcode"] != 36007.0 {
			t.Errorf("after 30 s: %v, want it expired", out)
		}
		if out := ask("POST", w.number.App, "s3cret", grant()); out["access_token"] == nil {
			t.Errorf("by POST: %v, want a token", out)
		}
	})
}
