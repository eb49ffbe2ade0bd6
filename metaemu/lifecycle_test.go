package metaemu_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// account is every account_update received, as its bare value.
func (w *world) account() (list []obj) {
	for _, c := range w.hook.changes(w.t) {
		if c.Field == "account_update" {
			list = append(list, c.Value)
		}
	}
	return list
}

func TestSilentPhoneIsDisconnectedAfterFourteenDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		time.Sleep(12 * time.Hour)
		if err := w.e.PhoneOpen(w.number.ID, ""); err != nil {
			t.Fatal(err)
		}
		time.Sleep(14*24*time.Hour - time.Second)
		if got := w.account(); len(got) != 0 {
			t.Fatalf("a second before: %v, want nothing", got)
		}
		w.writes("customers are no sign of the phone's life")
		time.Sleep(2 * time.Second)
		want := []obj{{
			"phone_number": w.number.Digits, "event": "PARTNER_REMOVED",
			"disconnection_info": obj{"reason": "PRIMARY_INACTIVITY", "initiated_by": "SYSTEM"},
		}}
		if diff := cmp.Diff(want, w.account()); diff != "" {
			t.Errorf("account updates (-want +got):\n%s", diff)
		}
		if c := w.hook.changes(t); c[len(c)-1].Entry != w.number.WABA || c[len(c)-1].Time == 0 {
			t.Errorf("entry = %s at %d, want the WABA with a time", c[len(c)-1].Entry, c[len(c)-1].Time)
		}
	})
}

func TestChangeOfDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		if err := w.e.PhoneChangeDevice(w.number.ID, true); err != nil {
			t.Fatal(err)
		}
		w.writes("into the gap")
		if _, out := w.text(w.mona.Digits, "x"); code(out) != 133010 {
			t.Errorf("while suspended: code %d, want 133010", code(out))
		}
		time.Sleep(59 * time.Second)
		if got := w.account(); len(got) != 1 || got[0]["event"] != "ACCOUNT_OFFBOARDED" {
			t.Fatalf("before a minute: %v, want offboarded alone", got)
		}
		time.Sleep(4*time.Minute + 2*time.Second)
		if got := w.account(); len(got) != 2 || got[1]["event"] != "ACCOUNT_RECONNECTED" || len(got[1]) != 1 {
			t.Fatalf("after five minutes: %v, want reconnected with nothing else", got)
		}
		if got := w.hook.items(t, "messages", "messages"); len(got) != 0 {
			t.Errorf("messages of the gap came: %v", got)
		}
		if err := w.e.PhoneChangeDevice(w.number.ID, false); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if got := w.account(); len(got) != 3 {
			t.Errorf("without the opt-in: %v, want it to stay offboarded", got)
		}
	})
}

func TestRelinkGivesACodeAndANewWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, metaemu.NumberSpec{})
		if err := w.e.PhoneDisconnect(w.number.ID, "BUSINESS_DOWNGRADE"); err != nil {
			t.Fatal(err)
		}
		exchange := func(code string) (int, map[string]any) {
			return w.graph("GET", "/v25.0/oauth/access_token?client_id="+w.number.App+"&client_secret="+w.number.AppSecret+"&code="+code, "", nil)
		}
		first, err := w.e.PhoneLink(w.number.ID, true)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(31 * time.Second)
		if status, out := exchange(first); status != 400 || code(out) != 100 {
			t.Errorf("a code of 31 s: HTTP %d %v, want 400 and 100", status, out)
		}
		second, _ := w.e.PhoneLink(w.number.ID, true)
		status, out := exchange(second)
		token, _ := out["access_token"].(string)
		if status != 200 || token == "" {
			t.Fatalf("HTTP %d %v, want a token", status, out)
		}
		if status, _ := exchange(second); status != 400 {
			t.Errorf("the code worked twice: HTTP %d", status)
		}
		status, out = w.graph("GET", "/v25.0/debug_token?input_token="+token, w.number.App+"|"+w.number.AppSecret, nil)
		data, _ := out["data"].(map[string]any)
		if status != 200 || data["is_valid"] != true || data["app_id"] != w.number.App {
			t.Errorf("debug_token: HTTP %d %v", status, out)
		}
		if status, _ := w.graph("GET", "/v25.0/"+w.number.ID+"?fields=is_on_biz_app,platform_type", token, nil); status != 200 {
			t.Errorf("the new token does not reach the number: HTTP %d", status)
		}
		time.Sleep(time.Second) // Webhooks take a moment of their own.
		events := w.account()
		last := events[len(events)-1]
		if last["event"] != "PARTNER_ADDED" || last["waba_info"].(map[string]any)["waba_id"] != w.number.WABA {
			t.Errorf("last account update = %v, want PARTNER_ADDED", last)
		}
	})
}

func TestForbiddenRegistration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		status, out := w.graph("POST", "/v25.0/"+w.number.ID+"/register", w.number.Token, obj{"messaging_product": "whatsapp", "pin": "123456"})
		if msg := out["error"].(map[string]any)["message"]; status != 422 || msg != "(#100) Phone number is already registered or in invalid state for registration" {
			t.Errorf("register: HTTP %d %v", status, msg)
		}
		status, out = w.graph("POST", "/v25.0/"+w.number.ID+"/deregister", w.number.Token, nil)
		if msg := out["error"].(map[string]any)["message"]; status != 400 || msg != "Deregister endpoint is not available for API solution for SMB businesses." {
			t.Errorf("deregister: HTTP %d %v", status, msg)
		}
	})
}

func (w *world) sync(kind string) (int, map[string]any) {
	return w.graph("POST", "/v25.0/"+w.number.ID+"/smb_app_data", w.number.Token, obj{"messaging_product": "whatsapp", "sync_type": kind})
}

func TestSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		past := `[{"with":"201000000019","messages":[
			{"from_me":false,"text":"old","ago":"100d"},{"from_me":true,"text":"answer","ago":"3d"},
			{"from_me":true,"type":"image","text":"bread","ago":"2d"},{"from_me":false,"text":"too old","ago":"200d"}]}]`
		w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, metaemu.NumberSpec{
			History: json.RawMessage(past), Contacts: []metaemu.ContactSpec{{Digits: "201000000019", Name: "Mona Adel"}, {Digits: "201000000020", Name: "Omar"}},
		})
		for _, kind := range []string{"smb_app_state_sync", "history"} {
			if status, out := w.sync(kind); status != 200 || out["request_id"] == nil {
				t.Fatalf("%s: HTTP %d %v, want a request id", kind, status, out)
			}
			if status, out := w.sync(kind); status != 400 || code(out) != 2593107 {
				t.Errorf("%s again: HTTP %d code %d, want 400 and 2593107", kind, status, code(out))
			}
		}
		time.Sleep(time.Minute)
		book := w.hook.items(t, "smb_app_state_sync", "state_sync")
		if len(book) != 2 || book[0]["contact"].(map[string]any)["full_name"] != "Mona Adel" || book[0]["action"] != "add" {
			t.Errorf("state_sync = %v, want two contacts", book)
		}
		chunks := w.hook.items(t, "history", "history")
		if len(chunks) != 2 {
			t.Fatalf("%d chunks, want one of phase 1 and one of phase 2: %v", len(chunks), chunks)
		}
		var kinds []string
		for i, phase := range []float64{1, 2} {
			if meta := chunks[i]["metadata"].(map[string]any); meta["phase"] != phase || meta["progress"] != 100.0 || meta["chunk_order"] != 1.0 {
				t.Errorf("chunk %d: %v, want phase %v", i, meta, phase)
			}
			for _, m := range chunks[i]["threads"].([]any)[0].(map[string]any)["messages"].([]any) {
				kinds = append(kinds, m.(map[string]any)["type"].(string))
			}
		}
		if diff := cmp.Diff([]string{"media_placeholder", "text", "text"}, kinds); diff != "" {
			t.Errorf("types, newest first (-want +got):\n%s", diff)
		}
		media := w.hook.items(t, "history", "message_echoes")
		placeholder := chunks[0]["threads"].([]any)[0].(map[string]any)["messages"].([]any)[0].(map[string]any)
		if len(media) != 1 || media[0]["id"] != placeholder["id"] || media[0]["image"].(map[string]any)["caption"] != "bread" {
			t.Errorf("media = %v, want the picture under the id of its placeholder", media)
		}
	})
}

func TestSyncRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		no := false
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{ShareHistory: &no, History: json.RawMessage("50")})
		if status, out := w.sync("everything"); status != 400 || code(out) != 100 {
			t.Errorf("unknown type: HTTP %d code %d, want 400 and 100", status, code(out))
		}
		if err := w.e.SetFaults(metaemu.Faults{SyncWindowError: 135000}); err != nil {
			t.Fatal(err)
		}
		if _, out := w.sync("history"); code(out) != 135000 {
			t.Errorf("with the fault: code %d, want 135000", code(out))
		}
		_ = w.e.SetFaults(metaemu.Faults{})
		if status, _ := w.sync("history"); status != 200 {
			t.Fatalf("HTTP %d, want 200 although nothing is shared", status)
		}
		time.Sleep(time.Minute)
		got := w.hook.items(t, "history", "history")
		if len(got) != 1 || got[0]["metadata"] != nil || got[0]["errors"].([]any)[0].(map[string]any)["code"] != 2593109.0 {
			t.Errorf("history = %v, want 2593109 alone", got)
		}
		time.Sleep(24 * time.Hour)
		if _, out := w.sync("smb_app_state_sync"); code(out) != 2593108 {
			t.Errorf("after a day: code %d, want 2593108", code(out))
		}
	})
}

func TestInventedHistoryIsComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{HistoryChunk: 100}, metaemu.NumberSpec{History: json.RawMessage("1000")})
		if status, _ := w.sync("history"); status != 200 {
			t.Fatalf("HTTP %d", status)
		}
		time.Sleep(time.Hour)
		ids, lastProgress := map[string]bool{}, map[float64]float64{}
		for _, chunk := range w.hook.items(t, "history", "history") {
			meta := chunk["metadata"].(map[string]any)
			phase, progress := meta["phase"].(float64), meta["progress"].(float64)
			lastProgress[phase] = max(lastProgress[phase], progress)
			for _, th := range chunk["threads"].([]any) {
				for _, m := range th.(map[string]any)["messages"].([]any) {
					ids[m.(map[string]any)["id"].(string)] = true
				}
			}
		}
		if len(ids) != 1000 {
			t.Errorf("%d different messages came, want 1000", len(ids))
		}
		for phase, p := range lastProgress {
			if p != 100 {
				t.Errorf("phase %v ended at %v, want 100", phase, p)
			}
		}
	})
}

func TestContactChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, metaemu.NumberSpec{})
		c := metaemu.ContactSpec{Digits: "+201000000019", Name: "Mona"}
		if err := w.e.PhoneContact(w.number.ID, c, false); err != nil {
			t.Fatal(err)
		}
		if err := w.e.PhoneContact(w.number.ID, c, true); err != nil {
			t.Fatal(err)
		}
		if err := w.e.PhoneContact(w.number.ID, c, true); err == nil {
			t.Error("removed a contact that is not there")
		}
		time.Sleep(time.Second)
		got := w.hook.items(t, "smb_app_state_sync", "state_sync")
		if len(got) != 2 || got[0]["action"] != "add" || got[1]["action"] != "remove" {
			t.Fatalf("state_sync = %v, want add and remove", got)
		}
		if c := got[1]["contact"].(map[string]any); c["full_name"] != nil || c["phone_number"] != "201000000019" {
			t.Errorf("removed contact = %v, want the number without names", c)
		}
	})
}
