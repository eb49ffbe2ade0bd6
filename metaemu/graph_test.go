package metaemu_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// asks makes a call with headers of its own and answers those that came back.
func (w *world) asks(method, path, body string, header ...string) (*http.Response, obj) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://graph"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := w.client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	var out obj
	if err := json.Unmarshal(raw, &out); err != nil {
		w.t.Fatalf("%s %s answered no JSON: %s", method, path, raw)
	}
	return res, out
}

// at moves the clock to a day and onboards the number anew.
func (w *world) at(day string) {
	w.t.Helper()
	on, err := time.Parse(time.DateOnly, day)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.e.Advance(on.Sub(w.e.Now())); err != nil {
		w.t.Fatal(err)
	}
	if w.number.Coexistence {
		if _, err := w.e.PhoneLink(w.number.ID, true); err != nil {
			w.t.Fatal(err)
		}
	}
}

func message(out obj) string {
	er, _ := out["error"].(obj)
	s, _ := er["message"].(string)
	return s
}

// TestVersionsByCalendar: §1.1's calendar; a call without a version gets the
// oldest there is.
func TestVersionsByCalendar(t *testing.T) {
	for _, c := range []struct {
		day, path string
		status    int
		version   string
	}{
		{"2026-11-26", "/v20.0/me", 400, "v20.0"},
		{"2026-11-26", "/v21.0/me", 200, "v21.0"},
		{"2026-11-26", "/v26.0/me", 200, "v26.0"},
		{"2026-11-26", "/v27.0/me", 400, "v27.0"},
		{"2026-11-26", "/me", 200, "v21.0"},
		{"2027-01-20", "/v21.0/me", 200, "v21.0"},
		{"2027-01-21", "/v21.0/me", 400, "v21.0"},
		{"2027-01-21", "/me", 200, "v22.0"},
		{"2027-05-20", "/v22.0/me", 400, "v22.0"},
		{"2027-10-08", "/v23.0/me", 400, "v23.0"},
		{"2028-02-18", "/v24.0/me", 400, "v24.0"},
		{"2028-07-29", "/v25.0/me", 400, "v25.0"},
		{"2028-07-29", "/me", 200, "v26.0"},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
			w.at(c.day)
			res, out := w.asks("GET", c.path, "", "Authorization", "Bearer "+w.number.Token)
			if res.StatusCode != c.status || res.Header.Get("Facebook-Api-Version") != c.version {
				t.Errorf("%s on %s: HTTP %d in %s %v, want %d in %s", c.path, c.day, res.StatusCode, res.Header.Get("Facebook-Api-Version"), out, c.status, c.version)
			}
			if c.status == 400 && code(out) != 2635 {
				t.Errorf("%s on %s: code %d, want 2635", c.path, c.day, code(out))
			}
		})
	}
}

// TestUnversionedPaths: everything of Graph can be asked without a version.
func TestUnversionedPaths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		for _, path := range []string{
			"/" + w.number.ID, "/" + w.number.WABA + "/phone_numbers", "/me", "/debug_token?input_token=" + w.number.Token, "/?ids=" + w.number.ID,
			"/oauth/access_token?grant_type=client_credentials&client_id=" + w.number.App + "&client_secret=s3cret",
		} {
			if status, out := w.graph("GET", path, w.number.Token, nil); status != 200 {
				t.Errorf("%s: HTTP %d %v, want it answered", path, status, out)
			}
		}
	})
}

// TestWhereATokenMayStand: Bearer, OAuth, in the query, in a form, in multipart
// and in JSON.
func TestWhereATokenMayStand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		node, subs, token := "/v25.0/"+w.number.ID, "/v25.0/"+w.number.WABA+"/subscribed_apps", w.number.Token
		multipart := "--x\r\nContent-Disposition: form-data; name=\"access_token\"\r\n\r\n" + token + "\r\n--x--\r\n"
		for _, c := range []struct {
			name, method, path, body string
			header                   []string
			code                     int
		}{
			{name: "Bearer", method: "GET", path: node, header: []string{"Authorization", "Bearer " + token}},
			{name: "OAuth", method: "GET", path: node, header: []string{"Authorization", "OAuth " + token}},
			{name: "query", method: "GET", path: node + "?access_token=" + token},
			{name: "form", method: "POST", path: subs, body: "access_token=" + token, header: []string{"Content-Type", "application/x-www-form-urlencoded"}},
			{name: "multipart", method: "POST", path: subs, body: multipart, header: []string{"Content-Type", "multipart/form-data; boundary=x"}},
			{name: "JSON", method: "POST", path: subs, body: `{"access_token":"` + token + `"}`, header: []string{"Content-Type", "application/json"}},
			{name: "nowhere", method: "GET", path: node, code: 104},
			{name: "nonsense", method: "GET", path: node + "?access_token=x", code: 190},
			{name: "a broken form", method: "POST", path: subs, body: "--x", header: []string{"Content-Type", "multipart/form-data; boundary=x"}, code: 104},
		} {
			res, out := w.asks(c.method, c.path, c.body, c.header...)
			if code(out) != c.code || (c.code == 0) != (res.StatusCode == 200) || c.code != 0 && res.StatusCode != 401 {
				t.Errorf("%s: HTTP %d %v, want code %d", c.name, res.StatusCode, out, c.code)
			}
		}
	})
}

// TestParametersLeftBehind: pretty, debug, date_format and If-None-Match change
// nothing (§1.1).
func TestParametersLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		_, plain := w.graph("GET", "/v25.0/"+w.number.ID, w.number.Token, nil)
		res, dressed := w.asks("GET", "/v25.0/"+w.number.ID+"?pretty=1&debug=all&date_format=U", "", "Authorization", "Bearer "+w.number.Token, "If-None-Match", "*")
		if diff := cmp.Diff(plain, dressed); res.StatusCode != 200 || diff != "" {
			t.Errorf("HTTP %d (-plain +dressed):\n%s", res.StatusCode, diff)
		}
	})
}

// TestSeveralObjectsAtOnce: GET /?ids= until 27 October 2026, never in v26.0; one
// that is not there spoils all.
func TestSeveralObjectsAtOnce(t *testing.T) {
	for _, c := range []struct {
		day, version, more string
		code               int
	}{
		{"2026-10-26", "v25.0", "", 0}, {"2026-10-26", "v26.0", "", 100}, {"2026-10-27", "v25.0", "", 100}, {"2026-10-26", "v25.0", ",123", 100},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
			w.at(c.day)
			status, out := w.graph("GET", "/"+c.version+"/?fields=id&ids="+w.number.ID+","+w.number.WABA+c.more, w.number.Token, nil)
			if code(out) != c.code {
				t.Fatalf("%+v: HTTP %d %v", c, status, out)
			}
			want := obj{w.number.ID: obj{"id": w.number.ID}, w.number.WABA: obj{"id": w.number.WABA}}
			if diff := cmp.Diff(want, out); c.code == 0 && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestErrorEnvelope: the members of §1.2 in their order, the code in the message.
func TestErrorEnvelope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		res, out := w.asks("POST", "/v25.0/"+w.number.ID+"/messages", `{"messaging_product":"whatsapp","to":"x","text":{"body":"x"}}`, "Authorization", "Bearer "+w.number.Token)
		er := out["error"].(obj)
		trace, _ := er["fbtrace_id"].(string)
		delete(er, "fbtrace_id")
		want := obj{
			"message": "(#131009) Parameter value is not valid", "type": "OAuthException", "code": 131009.0,
			"error_data": obj{"messaging_product": "whatsapp", "details": "Parameter 'to' must be a phone number with its country code."},
		}
		if diff := cmp.Diff(want, er); diff != "" || res.StatusCode != 400 || trace == "" {
			t.Errorf("HTTP %d, trace %q (-want +got):\n%s", res.StatusCode, trace, diff)
		}
		if got := res.Header.Get("Content-Type"); got != "application/json; charset=UTF-8" {
			t.Errorf("Content-Type %q", got)
		}
	})
}

// TestWhatIsNotThere: an unknown object is 100 with subcode 33, or 803 if so
// switched; an edge that nothing has is said not to be emulated.
func TestWhatIsNotThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		for _, c := range []struct {
			method, path string
			as803        bool
			status, code int
			says         string
		}{
			{"GET", "/v25.0/123", false, 400, 100, "Unsupported get request. Object with ID '123' does not exist"},
			{"POST", "/v25.0/123/messages", false, 400, 100, "Unsupported post request. Object with ID '123'"},
			{"GET", "/v25.0/123/phone_numbers", false, 400, 100, "Unsupported get request. Object with ID '123'"},
			{"DELETE", "/v25.0/123", false, 400, 100, "Unsupported delete request."},
			{"GET", "/v25.0/123", true, 404, 803, "(#803) Some of the aliases you requested do not exist: 123"},
			{"POST", "/v25.0/123/messages", true, 404, 803, "(#803)"},
			{"GET", "/v25.0/123/teapots", false, 400, 100, "is not emulated"},
			{"GET", "/v25.0/" + w.number.ID + "/teapots", false, 400, 100, "is not emulated"},
		} {
			r := w.e.GraphRules()
			r.UnknownAs803 = c.as803
			if err := w.e.SetGraphRules(r); err != nil {
				t.Fatal(err)
			}
			body := any(nil)
			if strings.HasSuffix(c.path, "messages") {
				body = obj{"messaging_product": "whatsapp", "to": "201000000019", "text": obj{"body": "x"}}
			}
			status, out := w.graph(c.method, c.path, w.number.Token, body)
			if status != c.status || code(out) != c.code || !strings.Contains(message(out), c.says) {
				t.Errorf("%s %s: HTTP %d %v, want %d, %d and %q", c.method, c.path, status, out, c.status, c.code, c.says)
			}
			if sub := out["error"].(obj)["error_subcode"]; c.code == 100 && sub != 33.0 {
				t.Errorf("%s %s: subcode %v, want 33", c.method, c.path, sub)
			}
		}
	})
}

// TestPermissions: what each permission opens (§1.1); without it 200, or 10 if so
// switched, and the same for accounts a token does not reach.
func TestPermissions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		other := must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: must[metaemu.WABA](t)(w.e.CreateWABA(metaemu.WABASpec{})).ID}))
		w.writes("hello")
		token := func(scopes ...string) string {
			return must[string](t)(w.e.IssueToken(metaemu.TokenSpec{WABAs: []string{w.number.WABA}, Scopes: scopes}))
		}
		management, messaging := token("whatsapp_business_management"), token("whatsapp_business_messaging")
		text := obj{"messaging_product": "whatsapp", "to": w.mona.Digits, "text": obj{"body": "x"}}
		for _, c := range []struct {
			name, method, path, token string
			body                      any
			want                      int
		}{
			{"manager reads the number", "GET", "/" + w.number.ID, management, nil, 0},
			{"sender does not", "GET", "/" + w.number.ID, messaging, nil, 200},
			{"sender sends", "POST", "/" + w.number.ID + "/messages", messaging, text, 0},
			{"manager does not", "POST", "/" + w.number.ID + "/messages", management, text, 200},
			{"another account's number", "GET", "/" + other.ID, management, nil, 200},
			{"another account's number, sending", "POST", "/" + other.ID + "/messages", messaging, text, 200},
			{"another account", "GET", "/" + other.WABA, management, nil, 200},
		} {
			for _, as10 := range []bool{false, true} {
				r := w.e.GraphRules()
				r.DeniedAs10 = as10
				if err := w.e.SetGraphRules(r); err != nil {
					t.Fatal(err)
				}
				want := c.want
				if want != 0 && as10 {
					want = 10
				}
				status, out := w.graph(c.method, "/v25.0"+c.path, c.token, c.body)
				if code(out) != want || want != 0 && status != 403 {
					t.Errorf("%s: HTTP %d %v, want code %d", c.name, status, out, want)
				}
			}
		}
	})
}

// TestPaging: cursors, next and previous lead through all of a list and back, and
// are absent at its ends; a next address works as it is.
func TestPaging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		ids := []string{w.number.ID}
		for range 4 {
			ids = append(ids, must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: w.number.WABA})).ID)
		}
		var got, back []string
		path, last := "/v25.0/"+w.number.WABA+"/phone_numbers?fields=id&limit=2", obj{}
		for pages := 1; path != ""; pages++ {
			_, out := w.graph("GET", path, w.number.Token, nil)
			for _, d := range out["data"].([]any) {
				if diff := cmp.Diff(1, len(d.(obj))); diff != "" {
					t.Errorf("page %d forgets what was asked for: %v", pages, d)
				}
				got = append(got, d.(obj)["id"].(string))
			}
			last = out["paging"].(obj)
			if _, has := last["previous"]; has != (pages > 1) {
				t.Errorf("page %d: previous there %v", pages, has)
			}
			path = pathOf(last["next"])
		}
		if diff := cmp.Diff(ids, got); diff != "" {
			t.Errorf("by next (-want +got):\n%s", diff)
		}
		for path = pathOf(last["previous"]); path != ""; {
			_, out := w.graph("GET", path, w.number.Token, nil)
			var page []string
			for _, d := range out["data"].([]any) {
				page = append(page, d.(obj)["id"].(string))
			}
			back = append(page, back...)
			path = pathOf(out["paging"].(obj)["previous"])
		}
		if diff := cmp.Diff(ids[:4], back); diff != "" {
			t.Errorf("by previous (-want +got):\n%s", diff)
		}
		for _, bad := range []string{"limit=0", "limit=x", "after=nonsense", "before=!"} {
			if status, out := w.graph("GET", "/v25.0/"+w.number.WABA+"/phone_numbers?"+bad, w.number.Token, nil); status != 400 || code(out) != 100 {
				t.Errorf("%s: HTTP %d %v, want 400 and 100", bad, status, out)
			}
		}
	})
}

func pathOf(link any) string {
	s, _ := link.(string)
	return strings.TrimPrefix(s, "http://graph")
}

// TestFields: names, lists inside objects with their own fields and limits, and
// pages of those lists.
func TestFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{VerifiedName: "Alder"})
		second := must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: w.number.WABA, VerifiedName: "Birch"}))
		for _, c := range []struct {
			fields string
			want   obj
		}{
			{"id", obj{}},
			{"currency", obj{"currency": "USD"}},
			{" currency , nothing_known", obj{"currency": "USD"}},
			{"phone_numbers{verified_name}", obj{"phone_numbers": obj{"data": []any{
				obj{"id": w.number.ID, "verified_name": "Alder"}, obj{"id": second.ID, "verified_name": "Birch"},
			}}}},
			{"phone_numbers.limit(1){throughput{level},status}", obj{"phone_numbers": obj{"data": []any{
				obj{"id": w.number.ID, "throughput": obj{"level": "STANDARD"}, "status": "CONNECTED"},
			}}}},
			{"subscribed_apps{whatsapp_business_api_data{name}}", obj{"subscribed_apps": obj{"data": []any{
				obj{"whatsapp_business_api_data": obj{"id": w.number.App, "name": w.e.State().Apps[0].Name}},
			}}}},
		} {
			_, out := w.graph("GET", "/v25.0/"+w.number.WABA+"?fields="+url.QueryEscape(c.fields), w.number.Token, nil)
			if list, ok := out["phone_numbers"].(obj); ok {
				next := pathOf(list["paging"].(obj)["next"])
				if (next != "") != strings.Contains(c.fields, "limit(1)") {
					t.Errorf("%s: next %q", c.fields, next)
				}
				if next != "" {
					_, page := w.graph("GET", next, w.number.Token, nil)
					want := []any{obj{"id": second.ID, "throughput": obj{"level": "STANDARD"}, "status": "CONNECTED"}}
					if diff := cmp.Diff(want, page["data"]); diff != "" {
						t.Errorf("%s, the next page (-want +got):\n%s", c.fields, diff)
					}
				}
				delete(list, "paging")
			}
			c.want["id"] = w.number.WABA
			if diff := cmp.Diff(c.want, out); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.fields, diff)
			}
		}
	})
}
