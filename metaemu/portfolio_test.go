package metaemu_test

import (
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// TestWABAFields: every field of §7.9.
func TestWABAFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{Country: "EG"})
		s := w.e.State()
		want := obj{
			"id": w.number.WABA, "name": s.WABAs[0].Name, "currency": "USD", "timezone_id": "1", "message_template_namespace": "sample_" + w.number.WABA,
			"account_review_status": "APPROVED", "business_verification_status": "VERIFIED", "country": "EG", "primary_business_location": "EG",
			"ownership_type": "SELF_OWNED", "owner_business_info": obj{"name": s.Portfolios[0].Name, "id": w.number.Portfolio},
			"whatsapp_business_manager_messaging_limit": "TIER_2K",
		}
		fields := ""
		for _, k := range keysOf(want) {
			fields += "," + k
		}
		_, got := w.graph("GET", "/v25.0/"+w.number.WABA+"?fields="+fields[1:], w.number.Token, nil)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if err := w.e.SetPortfolioRules(w.number.Portfolio, metaemu.PortfolioRules{Limit: "TIER_250"}); err != nil {
			t.Fatal(err)
		}
		if _, got := w.graph("GET", "/v25.0/"+w.number.WABA+"?fields=business_verification_status", w.number.Token, nil); got["business_verification_status"] != "UNVERIFIED" {
			t.Errorf("at the first limit: %v", got)
		}
	})
}

// TestAccountsOfAPortfolio: what it owns, and what its partner sees of others
// (§7.9, coexistence-protocol §2.5).
func TestAccountsOfAPortfolio(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		partner := must[metaemu.Portfolio](t)(w.e.CreatePortfolio(metaemu.Portfolio{Name: "Partner"}))
		own := must[metaemu.WABA](t)(w.e.CreateWABA(metaemu.WABASpec{Name: "the partner's", Portfolio: partner.ID}))
		issue := func(scopes []string, wabas ...string) string {
			return must[string](t)(w.e.IssueToken(metaemu.TokenSpec{WABAs: wabas, Scopes: scopes}))
		}
		system := issue(nil, own.ID)
		list := func(id, edge, token string) (ids []string) {
			_, out := w.graph("GET", "/v25.0/"+id+"/"+edge+"_whatsapp_business_accounts?fields=id", token, nil)
			if out["data"] == nil {
				t.Fatalf("%s: %v", edge, out)
			}
			for _, d := range out["data"].([]any) {
				ids = append(ids, d.(obj)["id"].(string))
			}
			return ids
		}
		for _, c := range []struct {
			name, portfolio, edge, token string
			want                         []string
		}{
			{"owned by the customer", w.number.Portfolio, "owned", w.number.Token, []string{w.number.WABA}},
			{"owned by the partner", partner.ID, "owned", system, []string{own.ID}},
			{"owned, by a token that does not reach it", partner.ID, "owned", w.number.Token, nil},
			{"the partner's clients", partner.ID, "client", system, []string{w.number.WABA}},
		} {
			if diff := cmp.Diff(c.want, list(c.portfolio, c.edge, c.token)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
		if status, out := w.graph("GET", "/v25.0/"+partner.ID+"/owned_whatsapp_business_accounts", issue([]string{"whatsapp_business_management"}, own.ID), nil); status != 403 || code(out) != 200 {
			t.Errorf("without business_management: HTTP %d %v", status, out)
		}
		if _, out := w.graph("GET", "/v25.0/"+partner.ID, system, nil); out["name"] != "Partner" {
			t.Errorf("the portfolio: %v", out)
		}
	})
}

// TestAssignedUsers: added, listed, removed, and noted as activities (§7.9).
func TestAssignedUsers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		began := w.e.Now()
		users := "/v25.0/" + w.number.WABA + "/assigned_users"
		ask := func(method string, q url.Values) (int, obj) {
			return w.graph(method, users+"?"+q.Encode(), w.number.Token, nil)
		}
		business := []string{w.number.Portfolio}
		system := "122" + w.number.App[:12]
		for _, c := range []struct {
			name, method string
			q            url.Values
			http         int
		}{
			{"add", "POST", url.Values{"business": business, "user": {"61500000001"}, "tasks": {"['MANAGE','MESSAGING']"}}, 200},
			{"add a system user", "POST", url.Values{"business": business, "user": {system}, "tasks": {`["DEVELOP"]`}}, 200},
			{"add again", "POST", url.Values{"user": {"61500000001"}, "tasks": {"['MANAGE']"}}, 422},
			{"nobody", "POST", url.Values{"user": {"Mona"}, "tasks": {"['MANAGE']"}}, 400},
			{"no tasks", "POST", url.Values{"user": {"1"}, "tasks": {"[]"}}, 400},
			{"a task that is none", "POST", url.Values{"user": {"1"}, "tasks": {"['JUGGLE']"}}, 400},
			{"list without a business", "GET", url.Values{}, 400},
			{"remove who is not there", "DELETE", url.Values{"user": {"1"}}, 400},
		} {
			if status, out := ask(c.method, c.q); status != c.http || status != 200 && code(out) != 100 {
				t.Errorf("%s: HTTP %d %v, want %d", c.name, status, out, c.http)
			}
			time.Sleep(time.Minute)
		}
		_, out := ask("GET", url.Values{"business": business, "fields": {"name,user_type,tasks,business{id}"}})
		want := []any{
			obj{"id": "61500000001", "name": "User 0001", "user_type": "BUSINESS_USER", "tasks": []any{"MANAGE", "MESSAGING"}, "business": obj{"id": w.number.Portfolio}},
			obj{"id": system, "name": w.e.State().Apps[0].Name, "user_type": "SYSTEM_USER", "tasks": []any{"DEVELOP"}, "business": obj{"id": w.number.Portfolio}},
		}
		if diff := cmp.Diff(want, out["data"]); diff != "" {
			t.Errorf("the list (-want +got):\n%s", diff)
		}
		if status, _ := ask("DELETE", url.Values{"user": {"61500000001"}}); status != 200 {
			t.Errorf("remove: HTTP %d", status)
		}
		activities := func(query string) (kinds []string) {
			_, out := w.graph("GET", "/v25.0/"+w.number.WABA+"/activities"+query, w.number.Token, nil)
			list, _ := out["data"].([]any)
			for _, a := range list {
				kinds = append(kinds, a.(obj)["activity_type"].(string))
			}
			return kinds
		}
		for query, want := range map[string][]string{
			"":                            {"USER_REMOVED", "USER_ADDED", "USER_ADDED"},
			"?activity_type=USER_REMOVED": {"USER_REMOVED"},
			"?since=" + began.Add(time.Minute).UTC().Format(time.RFC3339): {"USER_REMOVED", "USER_ADDED"},
			"?until=2000-01-01": {"USER_ADDED"},
			"?since=yesterday":  nil,
		} {
			if diff := cmp.Diff(want, activities(query)); diff != "" {
				t.Errorf("activities%s (-want +got):\n%s", query, diff)
			}
		}
		_, out = w.graph("GET", "/v25.0/"+w.number.WABA+"/activities?limit=1&fields=activity_type,timestamp,actor_type,actor_id,actor_name,description", w.number.Token, nil)
		one := out["data"].([]any)[0].(obj)
		delete(one, "id")
		if diff := cmp.Diff(obj{
			"activity_type": "USER_REMOVED", "timestamp": began.Add(8 * time.Minute).UTC().Format(time.RFC3339), "actor_type": "API",
			"actor_id": system, "actor_name": w.e.State().Apps[0].Name, "description": "User 61500000001 was removed from the account",
		}, one); diff != "" {
			t.Errorf("one activity (-want +got):\n%s", diff)
		}
	})
}

// TestSolutionsAndSchedules: none, until a test puts some there.
func TestSolutionsAndSchedules(t *testing.T) {
	w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
	for edge, object := range map[string]obj{
		"solutions": {"id": "1", "name": "Shop", "status": "ACTIVE", "status_for_pending_request": "NONE"},
		"schedules": {"id": "2", "name": "Hours", "status": "ACTIVE", "schedule_type": "BUSINESS_HOURS"},
	} {
		path := "/v25.0/" + w.number.WABA + "/" + edge
		if _, out := w.graph("GET", path, w.number.Token, nil); !cmp.Equal(obj{"data": []any{}}, out) {
			t.Errorf("%s: %v, want none", edge, out)
		}
		if status, out := w.graph("PUT", "/_emulator/wabas/"+w.number.WABA+"/"+edge, "", `[{"name":"no id"}]`); status != 400 {
			t.Errorf("%s without an id: HTTP %d %v", edge, status, out)
		}
		if status, out := w.graph("PUT", "/_emulator/wabas/"+w.number.WABA+"/"+edge, "", []obj{object}); status != 200 {
			t.Errorf("%s: HTTP %d %v", edge, status, out)
		}
		if _, out := w.graph("GET", path+"?fields=name", w.number.Token, nil); !cmp.Equal([]any{obj{"name": object["name"], "id": object["id"]}}, out["data"]) {
			t.Errorf("%s: %v", edge, out)
		}
	}
}

// TestNewsOfAccounts: a review and an alert are told, and a review is kept (§5.7).
func TestNewsOfAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		tell := func(path string, body obj) int {
			status, _ := w.graph("POST", "/_emulator/wabas/"+w.number.WABA+"/"+path, "", body)
			return status
		}
		for path, bodies := range map[string]map[int]obj{
			"review": {200: {"decision": "REJECTED"}, 400: {"decision": "MAYBE"}},
			"alert":  {200: {"alert_type": "OBA_APPROVED", "alert_description": "Approved"}, 400: {"alert_type": "FIRE"}},
		} {
			for want, body := range bodies {
				if got := tell(path, body); got != want {
					t.Errorf("%s %v: HTTP %d, want %d", path, body, got, want)
				}
			}
		}
		time.Sleep(time.Second)
		if diff := cmp.Diff([]obj{{"decision": "REJECTED"}}, w.hook.values(t, "account_review_update")); diff != "" {
			t.Errorf("review (-want +got):\n%s", diff)
		}
		info := obj{"alert_severity": "INFORMATIONAL", "alert_status": "ACTIVE", "alert_type": "OBA_APPROVED", "alert_description": "Approved"}
		want := []obj{{"entity_type": "BUSINESS", "entity_id": w.number.Portfolio, "alert_info": info}}
		if diff := cmp.Diff(want, w.hook.values(t, "account_alerts")); diff != "" {
			t.Errorf("alert (-want +got):\n%s", diff)
		}
		if _, out := w.graph("GET", "/v25.0/"+w.number.WABA+"?fields=account_review_status", w.number.Token, nil); out["account_review_status"] != "REJECTED" {
			t.Errorf("the account: %v", out)
		}
	})
}
