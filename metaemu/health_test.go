package metaemu_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// TestHealth: what stands in a message's way, where, and the worst of it (§7.1).
func TestHealth(t *testing.T) {
	type trouble struct {
		entity string
		code   float64
	}
	for _, c := range []struct {
		name   string
		spec   metaemu.NumberSpec
		happen func(t *testing.T, w *world) error
		can    string
		what   []trouble
	}{
		{name: "all is well", can: "AVAILABLE"},
		{name: "nobody pays", can: "LIMITED", what: []trouble{{"WABA", 131042}}, happen: func(_ *testing.T, w *world) error {
			return w.e.SetWABARules(w.number.WABA, metaemu.WABARules{NoPayment: true})
		}},
		{name: "the account is locked and nobody pays", can: "BLOCKED", what: []trouble{{"WABA", 131031}, {"WABA", 131042}}, happen: func(_ *testing.T, w *world) error {
			return w.e.SetWABARules(w.number.WABA, metaemu.WABARules{Locked: true, NoPayment: true})
		}},
		{name: "the account was rejected", can: "BLOCKED", what: []trouble{{"WABA", 368}}, happen: func(_ *testing.T, w *world) error {
			return w.e.ReviewAccount(w.number.WABA, "REJECTED")
		}},
		{name: "off-boarded", can: "BLOCKED", what: []trouble{{"PHONE_NUMBER", 133010}}, happen: func(_ *testing.T, w *world) error {
			return w.e.PhoneChangeDevice(w.number.ID, false)
		}},
		{name: "in maintenance", spec: cloudOnly(), can: "BLOCKED", what: []trouble{{"PHONE_NUMBER", 131057}}, happen: func(_ *testing.T, w *world) error {
			return w.e.UpgradeThroughput(w.number.ID)
		}},
		{name: "spam", can: "BLOCKED", what: []trouble{{"PHONE_NUMBER", 131048}}, happen: func(_ *testing.T, w *world) error {
			return w.e.SetNumberRules(w.number.ID, metaemu.NumberRules{Spam: true})
		}},
		{name: "low quality", can: "LIMITED", what: []trouble{{"PHONE_NUMBER", 131048}}, happen: func(_ *testing.T, w *world) error {
			return w.e.SetStanding(w.number.ID, metaemu.Standing{Quality: "RED"})
		}},
		{name: "banned", can: "BLOCKED", what: []trouble{{"PHONE_NUMBER", 368}}, happen: func(_ *testing.T, w *world) error {
			return w.e.SetStanding(w.number.ID, metaemu.Standing{Status: "BANNED"})
		}},
		{name: "the limit is used up", can: "LIMITED", what: []trouble{{"BUSINESS", 131064}}, happen: func(t *testing.T, w *world) error {
			useUp(t, w)
			return nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, metaemu.Config{}, c.spec)
				if c.happen != nil {
					if err := c.happen(t, w); err != nil {
						t.Fatal(err)
					}
				}
				health, _ := w.field("health_status").(obj)
				var kinds []string
				var got []trouble
				for _, n := range health["entities"].([]any) {
					entity := n.(obj)
					kinds = append(kinds, entity["entity_type"].(string))
					errors, _ := entity["errors"].([]any)
					for _, er := range errors {
						one := er.(obj)
						got = append(got, trouble{entity["entity_type"].(string), one["error_code"].(float64)})
						if one["error_description"] == "" || one["possible_solution"] == "" {
							t.Errorf("%v says not what it is or what helps", one)
						}
					}
					if (len(errors) > 0) != (entity["can_send_message"] != "AVAILABLE") {
						t.Errorf("%v: it can send or it has errors", entity)
					}
				}
				if diff := cmp.Diff(c.what, got, cmp.AllowUnexported(trouble{})); diff != "" || health["can_send_message"] != c.can {
					t.Errorf("%v, want %s (-want +got):\n%s", health["can_send_message"], c.can, diff)
				}
				if diff := cmp.Diff([]string{"PHONE_NUMBER", "WABA", "BUSINESS", "APP"}, kinds); diff != "" {
					t.Errorf("entities (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// useUp begins as many talks as the smallest limit allows.
func useUp(t *testing.T, w *world) {
	t.Helper()
	if err := w.e.SetPortfolioRules(w.number.Portfolio, metaemu.PortfolioRules{Limit: "TIER_250"}); err != nil {
		t.Fatal(err)
	}
	acc := must[metaemu.WABA](t)(w.e.CreateWABA(metaemu.WABASpec{
		Portfolio: w.number.Portfolio, Templates: []metaemu.Template{{Name: "hi", Language: "en", Category: "utility"}},
	}))
	n := must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: acc.ID, MPS: 10_000}))
	for range 250 {
		cu := must[metaemu.Customer](t)(w.e.CreateCustomer(metaemu.CustomerSpec{}))
		body := obj{"messaging_product": "whatsapp", "to": cu.Digits, "type": "template", "template": obj{"name": "hi", "language": obj{"code": "en"}}}
		if status, out := w.graph("POST", "/v25.0/"+n.ID+"/messages", acc.Token, body); status != 200 {
			t.Fatalf("HTTP %d %v", status, out)
		}
	}
}

// TestHealthOfOthers: of an account, a portfolio and a template, each with what it
// depends on.
func TestHealthOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		acc := must[metaemu.WABA](t)(w.e.CreateWABA(metaemu.WABASpec{Templates: []metaemu.Template{{Name: "hi", Language: "en", Category: "utility"}}}))
		_, list := w.graph("GET", "/v25.0/"+acc.ID+"/message_templates?fields=id", acc.Token, nil)
		template := list["data"].([]any)[0].(obj)["id"].(string)
		health := func(id string) (can any, kinds []any) {
			_, out := w.graph("GET", "/v25.0/"+id+"?fields=health_status", acc.Token, nil)
			h, _ := out["health_status"].(obj)
			if h == nil || out["id"] != id {
				t.Fatalf("%s: %v", id, out)
			}
			for _, n := range h["entities"].([]any) {
				kinds = append(kinds, n.(obj)["entity_type"])
			}
			return h["can_send_message"], kinds
		}
		for id, want := range map[string][]any{
			acc.ID: {"WABA", "BUSINESS", "APP"}, acc.Portfolio: {"BUSINESS"}, template: {"MESSAGE_TEMPLATE", "WABA", "BUSINESS", "APP"},
		} {
			if can, kinds := health(id); can != "AVAILABLE" || !cmp.Equal(want, kinds) {
				t.Errorf("%v: %v, want %v and AVAILABLE", kinds, can, want)
			}
		}
		for i, happen := range []func(string) error{w.e.TemplatePause, w.e.TemplateDisable} {
			if err := happen(template); err != nil {
				t.Fatal(err)
			}
			if can, _ := health(template); can != "BLOCKED" {
				t.Errorf("%s: %v, want BLOCKED", []string{"paused", "disabled"}[i], can)
			}
		}
		if can, _ := health(acc.ID); can != "AVAILABLE" {
			t.Errorf("its account: %v, want it unharmed", can)
		}
	})
}
