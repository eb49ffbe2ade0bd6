package httpapi_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"wasl/internal/auth"
	"wasl/internal/chatimport"
	"wasl/internal/coexist"
	"wasl/internal/httpapi"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

// canary stands in everything the other business owns that can hold text.
const canary = "canary-7f3a"

// other is a second Business in the same store, full of canaries.
type other struct {
	seeded
	ids map[string]string // by the collection a route's {id} names
}

func newOther(w *world) other {
	o := other{seeded: seeded{w.Plant(w.t, canary+" business"), w.t, w.gate}}
	number := o.Number(canary)
	contact := o.Contact(canary+" contact", "971501112233")
	conv := o.Conversation(number, contact)
	at := storetest.Noon
	message := o.Say(storetest.Said{In: conv, Number: number, Contact: contact, At: at, WAMID: "wamid." + canary, Text: canary + " text"})
	o.session(canary+"@example.test", auth.Owner, false)
	secret, key, err := o.gate.AddKey(w.t.Context(), o.Business, canary+" key", []auth.Scope{auth.ReadScope})
	if err != nil || secret == "" {
		w.t.Fatal(err)
	}
	people, err := o.DB.People(w.t.Context(), o.Business)
	if err != nil {
		w.t.Fatal(err)
	}
	o.Exec(`INSERT INTO delivery (id, node, received_at, app, sha256, state) VALUES ($1, 'n', 1, 'app', $2, 'split')`, "dlv_canary", []byte{1})
	o.Exec("INSERT INTO delivery_body (delivery_id, body) VALUES ($1, $2)", "dlv_canary", []byte(`{"text":"`+canary+`"}`))
	text := "25/03/2024, 14:05 - " + canary + ": " + canary + " words\n"
	chat, err := w.chats(slog.New(slog.DiscardHandler)).Upload(w.t.Context(), chatimport.Source{
		Business: o.Business, Number: number, Name: canary + ".txt", Content: strings.NewReader(text), Size: int64(len(text)),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	onboarding := coexist.Onboarding{
		Business: o.Business, ID: "onb_" + canary, Mode: coexist.ModeCoexistence, Step: coexist.Choosing, BegunAt: at,
		Among: []coexist.Candidate{{ID: "pn-canary", Display: canary, OnBizApp: true, PlatformType: "CLOUD_API"}},
	}
	if err := o.DB.BeginOnboarding(w.t.Context(), onboarding, coexist.Secret{Token: canary}); err != nil {
		w.t.Fatal(err)
	}
	if err := o.DB.AdvanceOnboarding(w.t.Context(), onboarding, nil, at); err != nil {
		w.t.Fatal(err)
	}
	if err := o.DB.BeginSyncs(w.t.Context(), o.Business, number, at); err != nil {
		w.t.Fatal(err)
	}
	if err := o.DB.Confirm(w.t.Context(), o.Business, number, people[0].ID, at); err != nil {
		w.t.Fatal(err)
	}
	opening, err := o.DB.AskOpening(w.t.Context(), coexist.Opening{Business: o.Business, ID: "opn_" + canary, Country: "NG", Number: "+2348000000004", AskedAt: at})
	if err != nil {
		w.t.Fatal(err)
	}
	o.ids = map[string]string{
		"eligibility": opening.ID,
		"imports":     chat.ID,
		"numbers":     string(number), "contacts": string(contact), "conversations": string(conv), "messages": string(message),
		"people": string(people[0].ID), "keys": key.ID, "deliveries": "dlv_canary", "reactions": "bot", "onboardings": onboarding.ID,
	}
	return o
}

// bodies are valid bodies, so that what refuses a request is not its shape.
var bodies = map[string]string{
	"POST /v1/session":                         `{"email":"x@example.test","password":"wrong password"}`,
	"POST /v1/conversations/{id}/messages":     `{"content":{"type":"text","text":{"body":"hi"}}}`,
	"POST /v1/messages":                        `{"to":"+971501112233","content":{"type":"text","text":{"body":"hi"}}}`,
	"POST /v1/messages/{id}/resolve":           `{"verdict":"treat_as_sent"}`,
	"POST /v1/conversations/{id}/takeover":     `{"until":null,"reason":""}`,
	"POST /v1/conversations/{id}/handback":     `{}`,
	"POST /v1/conversations/{id}/read":         ``,
	"POST /v1/eligibility":                     `{"number":"+966512345678"}`,
	"POST /v1/eligibility/watch":               `{"number":"+966512345678"}`,
	"POST /v1/people":                          `{"email":"new-%d@example.test","name":"New","role":"agent","password":"long enough password"}`,
	"POST /v1/keys":                            `{"name":"k","scopes":["read"]}`,
	"POST /v1/reactions/{name}/retry":          `{"seq":"1"}`,
	"POST /v1/numbers/{id}/phone-seen":         ``,
	"POST /v1/onboardings":                     `{"code":"c","mode":"coexistence","understood":true}`,
	"POST /v1/onboardings/{id}/choose":         `{"phone_number_id":"pn-canary"}`,
	"POST /v1/onboardings/{id}/retry":          `{}`,
	"POST /v1/numbers/{id}/syncs/{kind}/retry": ``,
	"POST /v1/numbers/{id}/imports":            "25/03/2024, 14:05 - Huda: hello",
	"POST /v1/imports/{id}/answers":            `{"zone":"Asia/Riyadh"}`,
	"POST /v1/imports/{id}/confirm":            `{"contact":"+971501112233","me":"` + canary + `"}`,
	"POST /v1/imports/{id}/undo":               ``,
}

// headers are those of bodies that are not JSON.
var headers = map[string]map[string]string{
	"POST /v1/numbers/{id}/imports": {"Content-Type": "application/octet-stream"},
}

// fill puts the other business's id into a route's path.
func (o other) fill(t *testing.T, path string) string {
	path = strings.Replace(path, "{kind}", "history", 1)
	for _, name := range []string{"{id}", "{name}"} {
		if !strings.Contains(path, name) {
			continue
		}
		collection := strings.Split(path, "/")[2]
		id, ok := o.ids[collection]
		if !ok {
			t.Fatalf("%s: the other business has none of %s: plant one, or this route is not tested", path, collection)
		}
		path = strings.Replace(path, name, id, 1)
	}
	if path == "/v1/messages" {
		path += "?wamid=wamid." + canary
	}
	return path
}

type asker struct {
	name       string
	token, key string
	p          auth.Principal // by which the rule is asked what it ought to say
}

func askers(w *world) []asker {
	s := w.seeded()
	list := []asker{{name: "nobody"}, {name: "bad session", token: "ses_nonsense"}, {name: "bad key", key: "wasl_nonsense"}}
	for _, r := range auth.Roles {
		list = append(list, asker{name: string(r), token: s.session(string(r)+"@example.test", r, false), p: auth.Principal{Person: "x", Role: r}})
	}
	list = append(list, asker{
		name: "operator", token: s.session("operator@example.test", auth.Agent, true),
		p: auth.Principal{Person: "x", Role: auth.Agent, Operator: true},
	})
	for _, scope := range auth.Scopes {
		list = append(list, asker{name: "key " + string(scope), key: s.key(scope), p: auth.Principal{Key: "k", Scopes: []auth.Scope{scope}}})
	}
	return list
}

// TestNobodySeesAnotherBusiness asks every route, as everybody, for what belongs to
// another Business (reliability T4, T5, I29). Whoever the rule does not let in is
// told 401 or 403; whoever it lets in finds nothing; and nobody but an operator ever
// reads a canary.
func TestNobodySeesAnotherBusiness(t *testing.T) { onBoth(t, nobodySeesAnotherBusiness) }

func nobodySeesAnotherBusiness(t *testing.T, w *world) {
	o := newOther(w)
	asked := 0
	for _, a := range askers(w) {
		for _, route := range w.api.Routes() {
			if !strings.HasPrefix(route.Path, "/v1/") || route.Method == "" {
				continue
			}
			name := route.Method + " " + route.Path
			if name == "DELETE /v1/session" || name == "GET /v1/stream" && route.Rule.Check(a.p) == nil {
				continue // ends the asker's own session; does not end
			}
			body, ok := bodies[name]
			if !ok && route.Method == http.MethodPost {
				t.Fatalf("%s has no body here: without one it is refused for its shape, which proves nothing", name)
			}
			if strings.Contains(body, "%d") {
				body = fmt.Sprintf(body, asked)
			}
			r := w.do(request{method: route.Method, path: o.fill(t, route.Path), body: body, token: a.token, key: a.key, header: headers[name]})
			asked++
			if problem := judge(route, a, r); problem != "" {
				t.Errorf("%s as %s: %d %s: %s", name, a.name, r.StatusCode, r.body, problem)
			}
			if seen := r.body + fmt.Sprint(r.Header); strings.Contains(seen, canary) && !a.p.Operates() {
				t.Errorf("%s as %s shows the canary: %s", name, a.name, seen)
			}
		}
	}
	if asked < 200 {
		t.Errorf("asked %d times, which is too few to mean anything", asked)
	}
	if strings.Contains(w.log.String(), canary) {
		t.Errorf("the log shows the canary: %s", w.log)
	}
	o.untouched(t)
}

func judge(route httpapi.Route, a asker, r response) string {
	err := route.Rule.Check(a.p)
	switch {
	case a.p.Known() && err == nil && !strings.Contains(route.Path, "{") || route.Rule.Open():
		if r.StatusCode >= 500 {
			return "want an answer"
		}
	case !a.p.Known() && r.StatusCode != http.StatusUnauthorized:
		return "want 401"
	case a.p.Known() && err != nil && r.StatusCode != http.StatusForbidden:
		return "want 403"
	case a.p.Known() && err == nil && !a.p.Operates() && r.StatusCode != http.StatusNotFound:
		return "want 404"
	}
	return ""
}

// untouched fails if anything of the other Business has changed.
func (o other) untouched(t *testing.T) {
	t.Helper()
	entries, err := o.DB.Entries(t.Context(), o.Business, 0, 100)
	for _, e := range entries {
		if e.Kind != wa.NumberChangedKind {
			t.Errorf("the other business's journal has grown by %s", e.Kind)
		}
	}
	people, err2 := o.DB.People(t.Context(), o.Business)
	keys, err3 := o.DB.Keys(t.Context(), o.Business)
	if err != nil || err2 != nil || err3 != nil || len(people) != 1 || len(keys) != 1 {
		t.Errorf("the other business has %d people and %d keys, want 1 and 1 (%v %v %v)", len(people), len(keys), err, err2, err3)
	}
	c, err := o.DB.Conversation(t.Context(), o.Business, wa.ConversationID(o.ids["conversations"]))
	if err != nil || c.Unread != 1 || c.Handler != "" {
		t.Errorf("the other business's conversation = %+v, %v", c, err)
	}
}

// TestOwnIsFound makes sure that the test above means something: what is refused of
// another Business is found in one's own.
func TestOwnIsFound(t *testing.T) {
	w := newWorld(t)
	o := newOther(w)
	token := o.session("owner@example.test", auth.Owner, false)
	for _, path := range []string{"/v1/numbers/{id}", "/v1/contacts/{id}", "/v1/conversations/{id}", "/v1/conversations/{id}/messages", "/v1/messages/{id}", "/v1/messages", "/v1/people", "/v1/keys", "/v1/imports/{id}", "/v1/numbers/{id}/imports", "/v1/numbers/{id}/timeline"} {
		r := w.do(request{method: "GET", path: o.fill(t, path), token: token})
		if r.StatusCode != http.StatusOK || !strings.Contains(r.body, canary) {
			t.Errorf("GET %s as its owner: %d %s, want the canary", path, r.StatusCode, r.body)
		}
	}
}

// TestEveryRouteHasARule holds the table to what is documented, and the zero rule to
// letting nobody in.
func TestEveryRouteHasARule(t *testing.T) {
	w := newWorld(t)
	for _, route := range w.api.Routes() {
		if route.Rule == (auth.Rule{}) {
			t.Errorf("%s %s lets nobody in", route.Method, route.Path)
		}
		if route.Rule.Open() && strings.HasPrefix(route.Path, "/v1/") && route.Path != "/v1/" && route.Path != "/v1/session" {
			t.Errorf("%s %s lets everybody in", route.Method, route.Path)
		}
	}
	for _, a := range askers(w) {
		if (auth.Rule{}).Check(a.p) == nil {
			t.Errorf("the zero rule lets %s in", a.name)
		}
	}
}

// TestMassAssignment sends every field that is not the client's to write; each
// request is refused whole (reliability T5).
func TestMassAssignment(t *testing.T) {
	w := newWorld(t)
	token := w.session("owner@example.test", auth.Owner)
	w.wrote("hello", time.Minute, "wamid.A")
	for _, tt := range []struct{ path, body string }{
		{"/v1/people", `{"email":"a@example.test","name":"A","role":"agent","password":"long enough password","operator":true}`},
		{"/v1/people", `{"email":"a@example.test","name":"A","role":"agent","password":"long enough password","business_id":"biz_other"}`},
		{"/v1/keys", `{"name":"k","scopes":["read"],"key":"wasl_mine"}`},
		{"/v1/messages", `{"to":"966501112222","content":{"type":"text","text":{"body":"x"}},"origin":"customer"}`},
		{"/v1/conversations/" + string(w.conv) + "/messages", `{"content":{"type":"text","text":{"body":"x"}},"status":"read"}`},
		{"/v1/conversations/" + string(w.conv) + "/takeover", `{"assignee":"per_other"}`},
	} {
		refused(t, w.do(request{method: "POST", path: tt.path, body: tt.body, token: token}), 400, "parameter_invalid")
	}
	refused(t, w.do(request{method: "POST", path: "/v1/keys", body: `{"name":"k","scopes":["operator"]}`, token: token}), 403, "forbidden_scope")
	admin := w.session("admin@example.test", auth.Admin)
	refused(t, w.do(request{method: "POST", path: "/v1/people", body: `{"email":"a@example.test","name":"A","role":"owner","password":"long enough password"}`, token: admin}), 403, "forbidden_role")
}
