package metaemu_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

func unixText(n int64) string { return strconv.FormatInt(n, 10) }

func TestEchoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, metaemu.NumberSpec{})
		now := unixText(time.Now().Unix())
		theirs := w.writes("hello")
		id, err := w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Text: "نعم", ReplyTo: theirs})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.e.PhoneEdit(w.number.ID, id, "نعم!"); err != nil {
			t.Fatal(err)
		}
		if err := w.e.PhoneReact(w.number.ID, theirs, "👍"); err != nil {
			t.Fatal(err)
		}
		if err := w.e.PhoneRevoke(w.number.ID, id); err != nil {
			t.Fatal(err)
		}
		if err := w.e.PhoneEdit(w.number.ID, theirs, "x"); err == nil {
			t.Error("the phone edited a customer's message")
		}
		time.Sleep(time.Second)
		got := w.hook.items(t, "smb_message_echoes", "message_echoes")
		if len(got) != 4 {
			t.Fatalf("%d echoes, want four: %v", len(got), got)
		}
		user := got[0]["to_user_id"]
		ids := map[any]bool{}
		for _, g := range got {
			ids[g["id"]] = true
		}
		if len(ids) != 4 || got[0]["id"] != id {
			t.Errorf("ids = %v, want four different ones, the first %s", ids, id)
		}
		base := func(i int, typ string, content any) obj {
			return obj{"from": w.number.Digits, "to": w.mona.Digits, "to_user_id": user, "id": got[i]["id"], "timestamp": now, "type": typ, typ: content}
		}
		first := base(0, "text", obj{"body": "نعم"})
		first["context"] = obj{"id": theirs}
		want := []obj{
			first,
			base(1, "edit", obj{"original_message_id": id, "message": obj{"context": obj{"id": "M0"}, "type": "text", "text": obj{"body": "نعم!"}}}),
			base(2, "reaction", obj{"message_id": theirs, "emoji": "👍"}),
			base(3, "revoke", obj{"original_message_id": id}),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("echoes (-want +got):\n%s", diff)
		}
		for _, c := range w.hook.changes(t) {
			if c.Field != "smb_message_echoes" {
				continue
			}
			if p, named := c.Value["contacts"].([]any)[0].(map[string]any)["profile"]; named {
				t.Errorf("an echo's contact has a profile: %v", p)
			}
		}
		if got := w.hook.items(t, "messages", "statuses"); len(got) != 0 {
			t.Errorf("statuses for a message from the phone: %v, want none", got)
		}
	})
}

func TestCustomerMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, metaemu.NumberSpec{MPS: 100})
		for _, typ := range []string{"text", "image", "audio", "video", "document", "sticker", "location", "contacts", "interactive", "button", "order"} {
			if _, err := w.e.CustomerSend(w.mona.ID, "", metaemu.Content{Type: typ, Text: "x"}); err != nil {
				t.Fatalf("%s: %v", typ, err)
			}
		}
		id := w.writes("hello")
		for name, err := range map[string]error{
			"react":       w.e.CustomerReact(w.mona.ID, id, "😮"),
			"edit":        w.e.CustomerEdit(w.mona.ID, id, "hullo"),
			"revoke":      w.e.CustomerRevoke(w.mona.ID, id),
			"unsupported": w.e.CustomerUnsupported(w.mona.ID, "", "poll_creation", 0),
			"companion":   w.e.CustomerUnsupported(w.mona.ID, "", "", 131060),
			"new number":  w.e.CustomerChangeNumber(w.mona.ID, "+20 100 000 0077"),
		} {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		time.Sleep(time.Second)
		seen := map[string]int{}
		for _, m := range w.hook.items(t, "messages", "messages") {
			typ := m["type"].(string)
			seen[typ]++
			if _, ok := m[typ]; !ok {
				t.Errorf("%s has no object under its type: %v", typ, m)
			}
			switch typ {
			case "system":
				s := m["system"].(map[string]any)
				if m["from"] != "201000000019" || s["wa_id"] != "201000000077" || s["previous_user_id"] == s["user_id"] || s["type"] != "user_changed_number" {
					t.Errorf("system = %v", m)
				}
			case "unsupported":
				if len(m["errors"].([]any)) != 1 {
					t.Errorf("unsupported = %v, want one error", m)
				}
			}
		}
		want := map[string]int{
			"text": 2, "image": 1, "audio": 1, "video": 1, "document": 1, "sticker": 1, "location": 1, "contacts": 1, "interactive": 1, "button": 1,
			"order": 1, "reaction": 1, "edit": 1, "revoke": 1, "unsupported": 2, "system": 1,
		}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("messages by type (-want +got):\n%s", diff)
		}
	})
}

func TestEditAndRevokeHaveTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		id := w.writes("hello")
		time.Sleep(15*time.Minute + time.Second)
		if err := w.e.CustomerEdit(w.mona.ID, id, "x"); err == nil {
			t.Error("edited after 15 minutes")
		}
		time.Sleep(48 * time.Hour)
		if err := w.e.CustomerRevoke(w.mona.ID, id); err == nil {
			t.Error("revoked after two days")
		}
	})
}

func TestHiddenPhonesAreNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		c, err := w.e.CreateCustomer(metaemu.CustomerSpec{Name: "Lia", Username: "lia.moreno", Digits: "5511999990001", HidesPhone: true})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.e.CustomerSend(c.ID, "", metaemu.Content{Text: "olá"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		m := w.hook.items(t, "messages", "messages")[0]
		contact := w.hook.items(t, "messages", "contacts")[0]
		user, _ := m["from_user_id"].(string)
		if _, told := m["from"]; told || user[:3] != "BR." || contact["wa_id"] != nil || contact["user_id"] != user {
			t.Fatalf("message %v, contact %v: want the user id alone", m, contact)
		}
		status, out := w.send(obj{"recipient": user, "text": obj{"body": "oi"}})
		if status != 200 {
			t.Fatalf("send to a user id: HTTP %d %v", status, out)
		}
		to := out["contacts"].([]any)[0].(map[string]any)
		if to["user_id"] != user || to["wa_id"] != nil || to["input"] != user {
			t.Errorf("contacts = %v, want user id without wa_id", to)
		}
		time.Sleep(time.Minute)
		for _, s := range w.hook.items(t, "messages", "statuses") {
			if s["recipient_id"] != nil || s["recipient_user_id"] != user {
				t.Errorf("status tells the phone: %v", s)
			}
		}
		if err := w.e.CustomerChangeNumber(c.ID, "5511999990002"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		all := w.hook.items(t, "messages", "messages")
		last := all[len(all)-1]
		sys, _ := last["system"].(map[string]any)
		if last["from"] != nil || sys["wa_id"] != nil || strings.Contains(fmt.Sprint(last), "551199999000") || sys["previous_user_id"] != user || sys["user_id"] == user {
			t.Errorf("a change of number is told as %v, want user ids alone", last)
		}
	})
}

func TestPhoneShowsWhatTheAPISent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{Contacts: []metaemu.ContactSpec{{Digits: "201000000019", Name: "Mona (regular)"}}})
		theirs := w.writes("hello")
		_, out := w.send(obj{"to": w.mona.Digits, "text": obj{"body": "from the API"}, "context": obj{"message_id": theirs}})
		if status, o := w.send(obj{"to": w.mona.Digits, "type": "reaction", "reaction": obj{"message_id": theirs, "emoji": "❤️"}}); status != 200 {
			t.Fatalf("reaction: HTTP %d %v", status, o)
		}
		time.Sleep(time.Minute)
		v, err := w.e.Phone(w.number.ID, "", 50)
		if err != nil {
			t.Fatal(err)
		}
		ch := v.Chats[0]
		if ch.Name != "Mona (regular)" || ch.Unread != 1 || len(ch.Messages) != 2 {
			t.Fatalf("chat = %+v, want Mona by her name in the address book, one unread, two messages", ch)
		}
		if m := ch.Messages[1]; m.WAMID != wamidOf(out) || m.Via != "api" || m.Status != "delivered" || m.ReplyTo != theirs {
			t.Errorf("mirrored message = %+v", m)
		}
		if ch.Messages[0].Reaction != "❤️" {
			t.Errorf("reaction on the customer's message = %q, want the heart", ch.Messages[0].Reaction)
		}
		if got := w.hook.items(t, "smb_message_echoes", "message_echoes"); len(got) != 0 {
			t.Errorf("API sends were echoed: %v", got)
		}
	})
}
