package metaemu_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

// past is a history of two threads, three phases and a picture of the business.
var past = json.RawMessage(`[
	{"with":"201000000019","messages":[{"text":"one","ago":"100d"},{"text":"two","ago":"50d","from_me":true},{"text":"three","ago":"2h","from_me":true},{"text":"four","ago":"1h"}]},
	{"with":"447700900183","messages":[{"text":"five","ago":"60d"},{"type":"image","text":"six","ago":"1d12h","from_me":true}]}]`)

// imported lets the history come and answers the webhooks of the field history.
func (w *world) imported() (items []obj, messages []obj) {
	w.t.Helper()
	if status, out := w.sync("history"); status != 200 {
		w.t.Fatalf("sync: HTTP %d %v", status, out)
	}
	time.Sleep(time.Hour)
	items = w.hook.items(w.t, "history", "history")
	for _, it := range items {
		for _, th := range it["threads"].([]any) {
			for _, m := range th.(map[string]any)["messages"].([]any) {
				messages = append(messages, m.(map[string]any))
			}
		}
	}
	return items, messages
}

func contextOf(m obj) obj { return m["history_context"].(map[string]any) }

// TestHabits: each switch changes what it says, and nothing of the kind happens
// without it.
func TestHabits(t *testing.T) {
	status := func(w *world) string {
		_, ms := w.imported()
		seen := map[string]bool{}
		for _, m := range ms {
			seen[fmt.Sprint(contextOf(m)["status"])] = true
		}
		return fmt.Sprint(seen)
	}
	progress := func(w *world) string {
		items, _ := w.imported()
		var out []string
		for _, it := range items {
			out = append(out, fmt.Sprint(it["metadata"].(map[string]any)["progress"]))
		}
		return strings.Join(out, " ")
	}
	texts := func(w *world) string {
		_, ms := w.imported()
		var out []string
		for _, m := range ms {
			if b, ok := m["text"].(map[string]any); ok {
				out = append(out, b["body"].(string))
			} else {
				out = append(out, fmt.Sprint(m["type"]))
			}
		}
		return strings.Join(out, " ")
	}
	firstEcho := func(w *world) string {
		if _, err := w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Text: "hi"}); err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(time.Minute)
		for _, c := range w.hook.changes(w.t) {
			if c.Field == "smb_message_echoes" {
				p, _ := c.Value["contacts"].([]any)[0].(map[string]any)["profile"].(map[string]any)
				return fmt.Sprint(p["name"], " ", len(w.hook.items(w.t, "messages", "statuses")))
			}
		}
		return "none"
	}
	echoesOfAPI := func(w *world) string {
		w.writes("hello")
		w.text(w.mona.Digits, "answer")
		time.Sleep(time.Minute)
		return fmt.Sprint(len(w.hook.items(w.t, "smb_message_echoes", "message_echoes")))
	}
	events := func(do func(w *world) error) func(*world) string {
		return func(w *world) string {
			if err := do(w); err != nil {
				w.t.Fatal(err)
			}
			time.Sleep(time.Hour)
			var out []string
			for _, c := range w.hook.changes(w.t) {
				if c.Field == "account_update" {
					_, info := c.Value["disconnection_info"]
					out = append(out, fmt.Sprint(c.Value["event"], info))
				}
			}
			return strings.Join(out, " ")
		}
	}
	change := events(func(w *world) error { return w.e.PhoneChangeDevice(w.number.ID, true) })
	from := func(w *world) string {
		br, err := w.e.CreateCustomer(metaemu.CustomerSpec{Name: "Ana", Digits: "5511987654321"})
		if err == nil {
			_, err = w.e.CustomerSend(br.ID, w.number.ID, metaemu.Content{Text: "oi"})
		}
		if err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(time.Second)
		return fmt.Sprint(w.hook.items(w.t, "messages", "messages")[0]["from"])
	}
	fields := func(w *world) string {
		w.writes("hello")
		if err := w.e.CustomerChangeNumber(w.mona.ID, "201000000777"); err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(time.Second)
		return fmt.Sprint(len(w.hook.items(w.t, "user_id_update", "user_id_update")))
	}
	misfiled := func(w *world) string {
		w.imported()
		return fmt.Sprint(len(w.hook.items(w.t, "history", "message_echoes")), len(w.hook.items(w.t, "smb_message_echoes", "message_echoes")))
	}
	rows := []struct {
		name          string
		habits        metaemu.Habits
		see           func(*world) string
		without, with string
	}{
		{"upper status", metaemu.Habits{UpperStatus: true}, status, "map[pending:true read:true]", "map[PENDING:true READ:true]"},
		{"no from_me", metaemu.Habits{NoFromMe: true}, func(w *world) string {
			_, ms := w.imported()
			return fmt.Sprint(slices.ContainsFunc(ms, func(m obj) bool { return contextOf(m)["from_me"] != nil }))
		}, "true", "false"},
		{"overall progress", metaemu.Habits{OverallProgress: true}, progress, "100 100 100", "33 66 100"},
		{"oldest first", metaemu.Habits{OldestFirst: true}, texts, "four three two media_placeholder five one", "three four two five media_placeholder one"},
		{"overlap", metaemu.Habits{Overlap: 1}, func(w *world) string { return fmt.Sprint(len(strings.Fields(texts(w)))) }, "6", "13"},
		{"empty threads", metaemu.Habits{EmptyThreads: 1}, func(w *world) string {
			items, _ := w.imported()
			empty := 0
			for _, it := range items {
				for _, th := range it["threads"].([]any) {
					if len(th.(map[string]any)["messages"].([]any)) == 0 {
						empty++
					}
				}
			}
			return fmt.Sprint(empty)
		}, "0", "3"},
		{"errors in history", metaemu.Habits{HistoryErrors: 1}, texts, "four three two media_placeholder five one", "errors three two media_placeholder errors errors"},
		{"misfiled media", metaemu.Habits{MisfiledMedia: 1}, misfiled, "1 0", "0 1"},
		{"history delay", metaemu.Habits{HistoryDelay: metaemu.Span(30 * time.Minute)}, func(w *world) string {
			w.sync("history")
			time.Sleep(20 * time.Minute)
			early := len(w.hook.items(w.t, "history", "history"))
			time.Sleep(20 * time.Minute)
			return fmt.Sprint(early, len(w.hook.items(w.t, "history", "history")))
		}, "3 3", "0 3"},
		{"silent sync", metaemu.Habits{SilentSync: true}, func(w *world) string {
			items, _ := w.imported()
			_, out := w.sync("history")
			return fmt.Sprint(len(items), code(out))
		}, "3 2593107", "0 2593107"},
		{"contacts in milliseconds", metaemu.Habits{ContactMillis: true}, func(w *world) string {
			if err := w.e.PhoneContact(w.number.ID, metaemu.ContactSpec{Digits: "447700900183", Name: "Ann"}, false); err != nil {
				w.t.Fatal(err)
			}
			time.Sleep(time.Second)
			at := w.hook.items(w.t, "smb_app_state_sync", "state_sync")[0]["metadata"].(map[string]any)["timestamp"].(string)
			return fmt.Sprint(len(at))
		}, "9", "12"}, // a bubble begins in the year 2000
		{"no phone", metaemu.Habits{NoPhone: 1}, from, "5511987654321", "<nil>"},
		{"other ninth digit", metaemu.Habits{OtherNinthDigit: true}, from, "5511987654321", "551187654321"},
		{"named echoes", metaemu.Habits{NamedEchoes: true}, firstEcho, "<nil> 0", "منى 0"},
		{"phone statuses", metaemu.Habits{PhoneStatuses: true}, firstEcho, "<nil> 0", "<nil> 2"},
		{"echoes of the API", metaemu.Habits{APIEchoes: true}, echoesOfAPI, "0", "1"},
		{"late offboarded", metaemu.Habits{LateOffboarded: true}, change, "ACCOUNT_OFFBOARDEDfalse ACCOUNT_RECONNECTEDfalse", "ACCOUNT_RECONNECTEDfalse ACCOUNT_OFFBOARDEDfalse"},
		{"removed too", metaemu.Habits{RemovedToo: true}, change, "ACCOUNT_OFFBOARDEDfalse ACCOUNT_RECONNECTEDfalse", "ACCOUNT_OFFBOARDEDfalse PARTNER_REMOVEDtrue ACCOUNT_RECONNECTEDfalse"},
		{
			"no disconnection info",
			metaemu.Habits{NoDisconnectionInfo: true},
			events(func(w *world) error { return w.e.PhoneDisconnect(w.number.ID, "CHANGE_NUMBER") }), "PARTNER_REMOVEDtrue", "PARTNER_REMOVEDfalse",
		},
		{"user_id_update", metaemu.Habits{UserIDField: true}, fields, "0", "1"},
		{"small bodies", metaemu.Habits{MaxBody: 500}, func(w *world) string { items, _ := w.imported(); return fmt.Sprint(len(items)) }, "3", "6"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			for _, on := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, metaemu.NumberSpec{History: past})
					want := r.without
					if on {
						want = r.with
						if err := w.e.SetHabits(r.habits); err != nil {
							t.Fatal(err)
						}
					}
					if got := r.see(w); got != want {
						t.Errorf("switched on %v: %s, want %s", on, got, want)
					}
				})
			}
		})
	}
}

// TestWideOverride: history and echoes go where the override points, or not.
func TestWideOverride(t *testing.T) {
	for _, wide := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, metaemu.NumberSpec{})
			body := obj{"webhook_configuration": obj{"override_callback_uri": "http://hook/other", "verify_token": "v"}}
			if status, out := w.graph("POST", "/v25.0/"+w.number.ID, w.number.Token, body); status != 200 {
				t.Fatalf("override: HTTP %d %v", status, out)
			}
			if err := w.e.SetHabits(metaemu.Habits{WideOverride: wide}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Text: "hi"}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			for _, d := range w.e.Deliveries() {
				if slices.Contains(d.Fields, "smb_message_echoes") && strings.HasSuffix(d.URL, "/other") != wide {
					t.Errorf("wide %v: the echo went to %s", wide, d.URL)
				}
			}
		})
	}
}

func TestHabitsOverHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		if status, out := w.graph("PUT", "/_emulator/habits", "", obj{"overlap": 2}); status != 400 {
			t.Errorf("a share of 2: HTTP %d %v, want 400", status, out)
		}
		w.graph("PUT", "/_emulator/habits", "", obj{"overlap": 0.5, "history_delay": "20m"})
		w.graph("PUT", "/_emulator/habits", "", obj{"silent_sync": true})
		h := w.e.Habits()
		if h.Overlap != 0.5 || h.HistoryDelay != metaemu.Span(20*time.Minute) || !h.SilentSync {
			t.Errorf("habits = %+v, want what was named and the rest as before", h)
		}
	})
}
