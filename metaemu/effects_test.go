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

// effect is one line of the table of effects (coexistence-protocol §8.4): what
// somebody does, and what the webhooks then tell.
type effect struct {
	name string
	spec metaemu.NumberSpec
	do   func(w *world) error
	want []string // what came, in short, in order
}

// told is every change that came, in short: the field and what it says.
func (w *world) told() (out []string) {
	for _, c := range w.hook.changes(w.t) {
		v := c.Value
		switch {
		case c.Field == "account_update":
			s := fmt.Sprint(v["event"])
			if info, ok := v["disconnection_info"].(map[string]any); ok {
				s += fmt.Sprintf(" %s by %s", info["reason"], info["initiated_by"])
			}
			out = append(out, s)
		case c.Field == "history" && v["history"] == nil:
			out = append(out, fmt.Sprintf("media of history: %d", len(list(v["messages"]))+len(list(v["message_echoes"]))))
		case c.Field == "history":
			for _, h := range list(v["history"]) {
				if errs := list(h["errors"]); errs != nil {
					out = append(out, fmt.Sprintf("history declined: %.0f", errs[0]["code"]))
					continue
				}
				meta := h["metadata"].(map[string]any)
				out = append(out, fmt.Sprintf("history phase %v", meta["phase"]))
			}
		default:
			out = append(out, c.Field)
		}
	}
	return slices.Compact(out)
}

// TestEffects is the table of effects, line by line.
func TestEffects(t *testing.T) {
	no := false
	past := json.RawMessage(`[{"with":"201000000019","messages":[
		{"from_me":false,"text":"long ago","ago":"170d"},{"from_me":true,"text":"lately","ago":"60d"},
		{"from_me":false,"type":"image","text":"bread","ago":"13d"},{"from_me":false,"type":"image","text":"too old for media","ago":"15d"}]}]`)
	for _, c := range []effect{
		{"a contacts sync tells the address book", metaemu.NumberSpec{Contacts: []metaemu.ContactSpec{{Digits: "201000000019", Name: "Mona"}}}, func(w *world) error {
			w.sync("smb_app_state_sync")
			return nil
		}, []string{"smb_app_state_sync"}},
		{"a history sync tells each phase that is not empty, then the media of 14 days", metaemu.NumberSpec{History: past}, func(w *world) error {
			w.sync("history")
			return nil
		}, []string{"history phase 1", "history phase 2", "media of history: 1"}},
		{"a history that is not shared is declined once", metaemu.NumberSpec{History: past, ShareHistory: &no}, func(w *world) error {
			w.sync("history")
			return nil
		}, []string{"history declined: 2593109"}},
		{"what the app sends is echoed", metaemu.NumberSpec{}, func(w *world) error {
			_, err := w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Text: "from the app"})
			return err
		}, []string{"smb_message_echoes"}},
		{"what a customer sends is a message", metaemu.NumberSpec{}, func(w *world) error {
			w.writes("hello")
			return nil
		}, []string{"messages"}},
		{"the button Disconnect ends it without a reason, and webhooks stop", metaemu.NumberSpec{}, func(w *world) error {
			err := w.e.PhoneDisconnect(w.number.ID, "")
			w.writes("into the app only")
			return err
		}, []string{"PARTNER_REMOVED"}},
		{"14 days without the phone end it", metaemu.NumberSpec{}, func(*world) error {
			time.Sleep(14*24*time.Hour + time.Minute)
			return nil
		}, []string{"PARTNER_REMOVED PRIMARY_INACTIVITY by SYSTEM"}},
		{"another device suspends and comes back, and what was said meanwhile is lost", metaemu.NumberSpec{}, func(w *world) error {
			err := w.e.PhoneChangeDevice(w.number.ID, true)
			w.writes("into the gap")
			time.Sleep(5 * time.Minute)
			return err
		}, []string{"ACCOUNT_OFFBOARDED", "ACCOUNT_RECONNECTED"}},
		{"another device without the opt-in stays away", metaemu.NumberSpec{}, func(w *world) error {
			err := w.e.PhoneChangeDevice(w.number.ID, false)
			time.Sleep(24 * time.Hour)
			return err
		}, []string{"ACCOUNT_OFFBOARDED"}},
		{"another number", metaemu.NumberSpec{}, func(w *world) error { return w.e.PhoneDisconnect(w.number.ID, "CHANGE_NUMBER") }, []string{"PARTNER_REMOVED CHANGE_NUMBER by USER"}},
		{"back to the consumer app", metaemu.NumberSpec{}, func(w *world) error { return w.e.PhoneDisconnect(w.number.ID, "BUSINESS_DOWNGRADE") }, []string{"PARTNER_REMOVED BUSINESS_DOWNGRADE by USER"}},
		{"the account is deleted", metaemu.NumberSpec{}, func(w *world) error { return w.e.PhoneDisconnect(w.number.ID, "ACCOUNT_DISCONNECTED") }, []string{"PARTNER_REMOVED ACCOUNT_DISCONNECTED by USER"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, c.spec)
				if err := c.do(w); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute)
				if got := w.told(); strings.Join(got, "\n") != strings.Join(c.want, "\n") {
					t.Errorf("told %q, want %q", got, c.want)
				}
			})
		})
	}
}

// TestLargeAddressBookIsSplit: more contacts than one webhook holds come in
// several, every contact once, and not in the order of the book (§8.4).
func TestLargeAddressBookIsSplit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var book []metaemu.ContactSpec
		for i := range 1200 {
			book = append(book, metaemu.ContactSpec{Digits: fmt.Sprintf("2010000%05d", 20+i), Name: fmt.Sprint("Contact ", i)})
		}
		w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, metaemu.NumberSpec{Contacts: book})
		w.sync("smb_app_state_sync")
		time.Sleep(time.Minute)
		var numbers []string
		for _, s := range w.hook.items(t, "smb_app_state_sync", "state_sync") {
			numbers = append(numbers, s["contact"].(map[string]any)["phone_number"].(string))
		}
		if n := len(w.hook.calls()); n < 3 {
			t.Errorf("%d webhooks, want at least three of at most 500", n)
		}
		if slices.IsSorted(numbers) {
			t.Error("the address book came in order, want it shuffled")
		}
		slices.Sort(numbers)
		if numbers = slices.Compact(numbers); len(numbers) != len(book) {
			t.Errorf("%d different contacts, want %d", len(numbers), len(book))
		}
	})
}
