package metaemu_test

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// statuses are the events inside an entry of message_history, with their seconds
// after from.
func statuses(entry any, from time.Time) map[string]float64 {
	got := map[string]float64{}
	events, _ := entry.(obj)["events"].(obj)
	list, _ := events["data"].([]any)
	for _, ev := range list {
		one := ev.(obj)
		got[one["delivery_status"].(string)] = one["timestamp"].(float64) - float64(from.Unix())
	}
	return got
}

// TestMessageHistory: the messages of a number that were sent over Graph, with the
// statuses they have had (§7.9).
func TestMessageHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fixed := metaemu.Delay{Min: 10 * time.Second, Max: 10 * time.Second}
		w := newWorld(t, metaemu.Config{Status: metaemu.StatusDelays{Sent: fixed, Delivered: fixed, Read: fixed}}, metaemu.NumberSpec{})
		began := w.e.Now()
		w.writes("hello")
		_, out := w.text(w.mona.Digits, "one")
		first := wamidOf(out)
		time.Sleep(time.Minute)
		if err := w.e.CustomerRead(w.mona.ID, w.number.ID); err != nil {
			t.Fatal(err)
		}
		lost := must[metaemu.Customer](t)(w.e.CreateCustomer(metaemu.CustomerSpec{Digits: "2010131026"}))
		must[string](t)(w.e.CustomerSend(lost.ID, w.number.ID, metaemu.Content{Text: "hi"}))
		_, out = w.text(lost.Digits, "two")
		second := wamidOf(out)
		must[string](t)(w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Text: "from the phone"}))
		time.Sleep(time.Minute)

		_, out = w.on("GET", "/message_history", nil)
		var ids []any
		var wamids []any
		for _, d := range out["data"].([]any) {
			ids, wamids = append(ids, d.(obj)["id"]), append(wamids, d.(obj)["message_id"])
			if len(d.(obj)) != 2 {
				t.Errorf("by default: %v, want id and message_id", d)
			}
		}
		if diff := cmp.Diff([]any{second, first}, wamids); diff != "" {
			t.Fatalf("the newest first (-want +got):\n%s", diff)
		}
		_, out = w.on("GET", "/message_history?fields=message_id,events", nil)
		data := out["data"].([]any)
		if diff := cmp.Diff(map[string]float64{"SENT": 10, "DELIVERED": 20, "READ": 60}, statuses(data[1], began)); diff != "" {
			t.Errorf("the first (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[string]float64{"FAILED": 70}, statuses(data[0], began)); diff != "" {
			t.Errorf("the second (-want +got):\n%s", diff)
		}
		failed := data[0].(obj)["events"].(obj)["data"].([]any)[0].(obj)
		if failed["error_description"] != "Message undeliverable" || failed["application"].(obj)["id"] != w.number.App || failed["webhook_uri"] != "http://hook/in" {
			t.Errorf("how it failed: %v", failed)
		}
		if _, out := w.on("GET", "/message_history?message_id="+first, nil); len(out["data"].([]any)) != 1 || out["data"].([]any)[0].(obj)["id"] != ids[1] {
			t.Errorf("by message_id: %v", out)
		}
		if status, out := w.on("GET", "/message_history?message_id=wamid.x", nil); status != 422 || code(out) != 100 {
			t.Errorf("one that is not there: HTTP %d %v", status, out)
		}

		events := "/v25.0/" + ids[1].(string) + "/events"
		_, out = w.graph("GET", events, w.number.Token, nil)
		var seen []any
		for _, d := range out["data"].([]any) {
			node := d.(obj)["node"].(obj)
			seen = append(seen, node["delivery_status"])
			if d.(obj)["cursor"] == "" || len(node) != 3 || node["occurrence_timestamp"] == nil || node["id"] == nil {
				t.Errorf("event by default: %v", d)
			}
		}
		if diff := cmp.Diff([]any{"SENT", "DELIVERED", "READ"}, seen); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		_, out = w.graph("GET", events+"?status_filter=READ&fields=node{delivery_status,occurrence_timestamp,application{name},status_timestamp}", w.number.Token, nil)
		if len(out["data"].([]any)) != 1 || out["data"].([]any)[0].(obj)["node"].(obj)["application"].(obj)["name"] != w.e.State().Apps[0].Name {
			t.Errorf("filtered: %v", out)
		}
		if _, out := w.graph("GET", events+"?status_filter=EATEN", w.number.Token, nil); code(out) != 100 {
			t.Errorf("a filter that is none: %v", out)
		}
		if status, out := w.graph("GET", "/v25.0/1234567890123456/events", w.number.Token, nil); status != 400 || code(out) != 100 {
			t.Errorf("an entry nobody has: HTTP %d %v", status, out)
		}
	})
}

// TestSnapshotHoldsAccounts: what a business has set up goes on after Load.
func TestSnapshotHoldsAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		w.writes("hello")
		_, link := w.on("POST", "/message_qrdls", obj{"prefilled_message": "hi"})
		w.on("POST", "/whatsapp_business_profile", obj{"messaging_product": "whatsapp", "about": "Open"})
		w.on("POST", "/username", obj{"username": "acme"})
		w.text(w.mona.Digits, "x")
		time.Sleep(time.Minute)
		w.blocks("POST", w.mona.Digits)
		ask := func(edge string) obj {
			_, out := w.on("GET", edge, nil)
			return out
		}
		edges := []string{"/message_qrdls", "/whatsapp_business_profile", "/username", "/block_users", "/message_history?fields=events"}
		before := map[string]obj{}
		for _, edge := range edges {
			before[edge] = ask(edge)
		}
		var saved bytes.Buffer
		if err := w.e.Save(&saved); err != nil {
			t.Fatal(err)
		}
		w.blocks("DELETE", w.mona.Digits)
		w.on("DELETE", "/message_qrdls/"+link["code"].(string), nil)
		if err := w.e.Load(&saved); err != nil {
			t.Fatal(err)
		}
		for _, edge := range edges {
			if diff := cmp.Diff(before[edge], ask(edge)); diff != "" {
				t.Errorf("%s after Load (-want +got):\n%s", edge, diff)
			}
		}
		if _, out := w.text(w.mona.Digits, "x"); code(out) != 130403 {
			t.Errorf("a blocked customer after Load: %v, want 130403", out)
		}
		if _, err := w.e.CustomerScan(w.mona.ID, link["code"].(string)); err != nil {
			t.Errorf("the link after Load: %v", err)
		}
	})
}
