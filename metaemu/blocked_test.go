package metaemu_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// blocks asks for users to be blocked, or unblocked with DELETE.
func (w *world) blocks(method string, users ...string) (int, obj) {
	w.t.Helper()
	list := []obj{}
	for _, u := range users {
		list = append(list, obj{"user": u})
	}
	return w.on(method, "/block_users", obj{"messaging_product": "whatsapp", "block_users": list})
}

// TestBlock: what a blocked customer writes does not arrive, and a send to them is
// refused; unblocking ends both (§7.5, §6.2 130403).
func TestBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, metaemu.NumberSpec{})
		w.writes("before")
		status, out := w.blocks("POST", "+"+w.mona.Digits)
		done := []any{obj{"input": "+" + w.mona.Digits, "wa_id": w.mona.Digits}}
		if diff := cmp.Diff(obj{"messaging_product": "whatsapp", "block_users": obj{"added_users": done}}, out); status != 200 || diff != "" {
			t.Errorf("block: HTTP %d (-want +got):\n%s", status, diff)
		}
		silenced := w.writes("while blocked")
		if status, out := w.text(w.mona.Digits, "x"); status != 400 || code(out) != 130403 {
			t.Errorf("sending: HTTP %d %v, want 400 and 130403", status, out)
		}
		if v := must[metaemu.CustomerView](t)(w.e.Customer(w.mona.ID, 10)); v.Chats[0].Messages[1].Status != "sent" {
			t.Errorf("the customer sees %q, want one tick", v.Chats[0].Messages[1].Status)
		}
		if v := must[metaemu.PhoneView](t)(w.e.Phone(w.number.ID, "", 10)); len(v.Chats[0].Messages) != 1 || v.Chats[0].Unread != 1 {
			t.Errorf("the phone shows %d messages and %d unread, want the one from before", len(v.Chats[0].Messages), v.Chats[0].Unread)
		}
		if err := w.e.CustomerEdit(w.mona.ID, silenced, "edited while blocked"); err != nil {
			t.Fatal(err)
		}
		status, out = w.blocks("DELETE", w.mona.Digits)
		done[0] = obj{"input": w.mona.Digits, "wa_id": w.mona.Digits}
		if diff := cmp.Diff(obj{"messaging_product": "whatsapp", "block_users": obj{"removed_users": done}}, out); status != 200 || diff != "" {
			t.Errorf("unblock: HTTP %d (-want +got):\n%s", status, diff)
		}
		w.writes("after")
		if status, out := w.text(w.mona.Digits, "x"); status != 200 {
			t.Errorf("sending then: HTTP %d %v", status, out)
		}
		time.Sleep(time.Second)
		var heard []string
		for _, m := range w.hook.items(t, "messages", "messages") {
			text, _ := m["text"].(obj)
			body, _ := text["body"].(string)
			heard = append(heard, body)
		}
		if diff := cmp.Diff([]string{"before", "after"}, heard); diff != "" {
			t.Errorf("heard (-want +got):\n%s", diff)
		}
	})
}

// TestWhoCanBeBlocked: only who has written within 24 hours; what fails comes with
// what was done and with an error (§7.5).
func TestWhoCanBeBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		omar := must[metaemu.Customer](t)(w.e.CreateCustomer(metaemu.CustomerSpec{Name: "Omar"}))
		w.writes("hello")
		must[string](t)(w.e.CustomerSend(omar.ID, w.number.ID, metaemu.Content{Text: "hello"}))
		time.Sleep(24*time.Hour - time.Second)
		w.blocks("POST", omar.Digits)
		time.Sleep(time.Second)
		silent, nobody := must[metaemu.Customer](t)(w.e.CreateCustomer(metaemu.CustomerSpec{})), "201999999999"
		for _, c := range []struct {
			name, user string
			code       float64
			known      bool
		}{
			{"a day too late", w.mona.Digits, 131047, true},
			{"never wrote", silent.Digits, 131047, true},
			{"nobody", nobody, 131047, false},
			{"itself", w.number.Digits, 131021, false},
			{"no number", "Mona", 100, false},
		} {
			status, out := w.blocks("POST", omar.Digits, c.user)
			blocks, _ := out["block_users"].(obj)
			added, _ := blocks["added_users"].([]any)
			failed, _ := blocks["failed_users"].([]any)
			if status != 400 || code(out) != 139100 || len(added) != 1 || len(failed) != 1 {
				t.Errorf("%s: HTTP %d %v, want 400, 139100 and one of each", c.name, status, out)
				continue
			}
			one := failed[0].(obj)
			if got := one["errors"].([]any)[0].(obj); got["code"] != c.code || got["message"] == "" || got["error_data"].(obj)["details"] == "" {
				t.Errorf("%s: %v, want code %v", c.name, got, c.code)
			}
			if _, has := one["wa_id"]; one["input"] != c.user || has != c.known {
				t.Errorf("%s: %v, want wa_id %v", c.name, one, c.known)
			}
		}
		if status, out := w.blocks("POST", silent.Digits); status != 400 || out["block_users"].(obj)["added_users"] != nil {
			t.Errorf("all of them fail: HTTP %d %v", status, out)
		}
		for _, body := range []obj{{"block_users": []obj{{"user": omar.Digits}}}, {"messaging_product": "whatsapp"}, {"messaging_product": "whatsapp", "block_users": []obj{}}} {
			if _, out := w.on("POST", "/block_users", body); code(out) != 100 {
				t.Errorf("%v: %v, want 100", body, out)
			}
		}
		if status, out := w.blocks("DELETE", nobody); status != 400 || code(out) != 139100 {
			t.Errorf("unblocking nobody: HTTP %d %v", status, out)
		}
	})
}

// TestListOfBlocked: in the order of blocking, in pages, and each once.
func TestListOfBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		var want []string
		for i := range 5 {
			cu := must[metaemu.Customer](t)(w.e.CreateCustomer(metaemu.CustomerSpec{Digits: fmt.Sprintf("2010000001%02d", i)}))
			must[string](t)(w.e.CustomerSend(cu.ID, w.number.ID, metaemu.Content{Text: "hello"}))
			want = append(want, cu.Digits)
		}
		w.blocks("POST", want...)
		w.blocks("POST", want[0])
		var got []string
		for path := "/v25.0/" + w.number.ID + "/block_users?limit=2"; path != ""; {
			_, out := w.graph("GET", path, w.number.Token, nil)
			for _, d := range out["data"].([]any) {
				got = append(got, d.(obj)["wa_id"].(string))
			}
			path = pathOf(out["paging"].(obj)["next"])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
