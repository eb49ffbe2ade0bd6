package metaemu_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// TestAutomation: prompts and commands within their limits, and the node shows
// them (§7.7).
func TestAutomation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		command := func(name, hint string) obj { return obj{"command_name": name, "command_description": hint} }
		long := func(n int) string { return strings.Repeat("س", n) }
		list := func(n int) (all []obj) {
			for i := range n {
				all = append(all, command("c"+strings.Repeat("x", i), "x"))
			}
			return all
		}
		for _, c := range []struct {
			name string
			body obj
			http int
		}{
			{"four prompts of 80", obj{"prompts": []string{long(80), long(80), long(80), long(80)}}, 200},
			{"five prompts", obj{"prompts": []string{"a", "b", "c", "d", "e"}}, 400},
			{"a prompt of 81", obj{"prompts": []string{long(81)}}, 400},
			{"an empty prompt", obj{"prompts": []string{""}}, 400},
			{"a prompt with an emoji", obj{"prompts": []string{"Hello 👋"}}, 400},
			{"a prompt with a flag", obj{"prompts": []string{"مصر 🇪🇬"}}, 400},
			{"prompts that are no list", obj{"prompts": "hello"}, 400},
			{"thirty commands", obj{"commands": list(30)}, 200},
			{"31 commands", obj{"commands": list(31)}, 400},
			{"a name of 32 and a hint of 256", obj{"commands": []obj{command(long(32), long(256))}}, 200},
			{"a name of 33", obj{"commands": []obj{command(long(33), "x")}}, 400},
			{"a hint of 257", obj{"commands": []obj{command("x", long(257))}}, 400},
			{"an emoji in a hint", obj{"commands": []obj{command("x", "☎️ call")}}, 400},
			{"a name twice", obj{"commands": []obj{command("x", "y"), command("x", "z")}}, 422},
			{"what both keep", obj{"prompts": []string{"Open on Friday?"}, "commands": []obj{command("hours", "Opening hours")}}, 200},
			{"what went in March 2026", obj{"enable_welcome_message": true}, 200},
		} {
			if status, out := w.on("POST", "/conversational_automation", c.body); status != c.http || status != 200 && code(out) != 100 {
				t.Errorf("%s: HTTP %d %v, want %d", c.name, status, out, c.http)
			}
		}
		want := obj{"prompts": []any{"Open on Friday?"}, "commands": []any{command("hours", "Opening hours")}, "id": w.number.ID}
		if diff := cmp.Diff(want, w.field("conversational_automation")); diff != "" {
			t.Errorf("the field (-want +got):\n%s", diff)
		}
		w.on("POST", "/conversational_automation", obj{"commands": []obj{}})
		want["commands"] = []any{}
		if diff := cmp.Diff(want, w.field("conversational_automation")); diff != "" {
			t.Errorf("without commands (-want +got):\n%s", diff)
		}
	})
}

// TestFitUsernames: the rules of §7.8.
func TestFitUsernames(t *testing.T) {
	w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
	for name, want := range map[string]int{
		"acme.clinic": 0, "a_1": 0, "abc": 0, strings.Repeat("a", 35): 0, "@acme": 0, "wwacme": 0, "1.2a": 0,
		"ab": 147002, strings.Repeat("a", 36): 147002, "Acme": 147002, "acme clinic": 147002, "عيادة": 147002, "123": 147002, "1._2": 147002,
		".acme": 147002, "acme.": 147002, "ac..me": 147002, "www.acme": 147002, "wwwacme": 147002, "acme.com": 147002, "acme.net": 147002, "acme.html": 147002,
		"": 100,
	} {
		if status, out := w.on("POST", "/username", obj{"username": name}); code(out) != want || want == 0 && out["status"] != "approved" {
			t.Errorf("%q: HTTP %d %v, want code %d", name, status, out, want)
		}
	}
}

// TestUsername: taken, reserved, approved, given back, and told each time.
func TestUsername(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, metaemu.NumberSpec{})
		other := must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: w.number.WABA}))
		w.rules(func(r *metaemu.GraphRules) { r.ReservedUsernames = true })
		decide := func(status string) int {
			got, _ := w.graph("POST", "/_emulator/numbers/"+w.number.ID+"/username", "", obj{"status": status})
			return got
		}
		if decide("approved") != 400 {
			t.Error("a username was approved that is not there")
		}
		if _, out := w.on("DELETE", "/username", nil); code(out) != 100 {
			t.Errorf("deleting none: %v", out)
		}
		if _, out := w.on("GET", "/username", nil); len(out) != 0 {
			t.Errorf("at the beginning: %v", out)
		}
		if _, out := w.on("POST", "/username", obj{"username": "acme"}); out["status"] != "reserved" {
			t.Errorf("reserved: %v", out)
		}
		if _, out := w.graph("POST", "/v25.0/"+other.ID+"/username", w.number.Token, obj{"username": "acme"}); code(out) != 147001 {
			t.Errorf("taken: %v, want 147001", out)
		}
		if decide("approved") != 200 || decide("splendid") != 400 {
			t.Error("the decision")
		}
		if _, out := w.on("GET", "/username", nil); !cmp.Equal(obj{"username": "acme", "status": "approved"}, out) || w.field("username") != "acme" {
			t.Errorf("approved: %v", out)
		}
		if _, out := w.on("DELETE", "/username", nil); out["success"] != true {
			t.Errorf("deleted: %v", out)
		}
		if _, out := w.graph("POST", "/v25.0/"+other.ID+"/username", w.number.Token, obj{"username": "acme"}); out["status"] != "reserved" {
			t.Errorf("free again: %v", out)
		}
		if err := w.e.DecideUsername(other.ID, "deleted"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		want := []obj{
			{"display_phone_number": w.number.Digits, "username": "acme", "status": "reserved"},
			{"display_phone_number": w.number.Digits, "username": "acme", "status": "approved"},
			{"display_phone_number": w.number.Digits, "status": "deleted"},
			{"display_phone_number": other.Digits, "username": "acme", "status": "reserved"},
			{"display_phone_number": other.Digits, "status": "deleted"},
		}
		if diff := cmp.Diff(want, w.hook.values(t, "business_username_update")); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		if err := w.e.PhoneDisconnect(w.number.ID, ""); err != nil {
			t.Fatal(err)
		}
		if _, out := w.on("POST", "/username", obj{"username": "acme"}); code(out) != 133010 {
			t.Errorf("not registered: %v, want 133010", out)
		}
	})
}

// TestSuggestions: names that are free and fit.
func TestSuggestions(t *testing.T) {
	for _, name := range []string{"Alder & Rye", "عيادة النيل"} {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{VerifiedName: name})
		_, out := w.on("GET", "/username_suggestions", nil)
		list := out["data"].([]any)[0].(obj)["username_suggestions"].([]any)
		if len(list) < 3 {
			t.Fatalf("%s: %v, want some", name, list)
		}
		for _, s := range list {
			if _, out := w.on("POST", "/username", obj{"username": s}); out["status"] != "approved" {
				t.Errorf("%s: %v, suggested, is refused: %v", name, s, out)
			}
		}
		other := must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: w.number.WABA, VerifiedName: name}))
		taken := list[len(list)-1]
		_, out = w.graph("GET", "/v25.0/"+other.ID+"/username_suggestions", w.number.Token, nil)
		for _, s := range out["data"].([]any)[0].(obj)["username_suggestions"].([]any) {
			if s == taken {
				t.Errorf("%s: %v is suggested, and taken", name, s)
			}
		}
	}
}
