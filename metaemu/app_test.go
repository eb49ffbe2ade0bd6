package metaemu_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

func refused(t *testing.T, what string, err error, because string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), because) {
		t.Errorf("%s: %v, want it refused because %q", what, err, because)
	}
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestDevices: up to four, no Windows and no watch on the platform, and all are
// unlinked when a number moves in (§6.3).
func TestDevices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		devices := func() []metaemu.Device { return must[metaemu.PhoneView](t)(w.e.Phone(w.number.ID, "", 1)).Devices }
		web := must[metaemu.Device](t)(w.e.PhoneLinkDevice(w.number.ID, "web"))
		for _, kind := range []string{"windows", "wear_os"} {
			_, err := w.e.PhoneLinkDevice(w.number.ID, kind)
			refused(t, kind, err, "cannot be linked")
		}
		_, err := w.e.PhoneLinkDevice(w.number.ID, "fridge")
		refused(t, "a fridge", err, "is no device")
		for _, kind := range []string{"mac", "phone", "tablet"} {
			must[metaemu.Device](t)(w.e.PhoneLinkDevice(w.number.ID, kind))
		}
		_, err = w.e.PhoneLinkDevice(w.number.ID, "web")
		refused(t, "a fifth", err, "four devices")
		must[string](t)(w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Text: "from the desk", Device: web.ID}))
		time.Sleep(time.Second)
		if got := w.hook.items(t, "smb_message_echoes", "message_echoes"); len(got) != 1 {
			t.Errorf("%d echoes of what was said on a companion, want one", len(got))
		}
		if err := w.e.PhoneUnlinkDevice(w.number.ID, web.ID); err != nil || len(devices()) != 3 {
			t.Errorf("unlink: %v, %d left; want three", err, len(devices()))
		}
		_, err = w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Text: "x", Device: web.ID})
		refused(t, "an unlinked device", err, "no device")
		if err := w.e.PhoneDisconnect(w.number.ID, ""); err != nil {
			t.Fatal(err)
		}
		must[metaemu.Device](t)(w.e.PhoneLinkDevice(w.number.ID, "windows"))
		must[string](t)(w.e.PhoneLink(w.number.ID, true))
		if n := len(devices()); n != 0 {
			t.Errorf("%d devices after moving in, want none", n)
		}
	})
}

// TestInactivityOfPhoneAndCompanion: the phone's 14 days are its own, a companion
// that is used does not stand in for it; a companion has 30 (§4.8, §6.2).
func TestInactivityOfPhoneAndCompanion(t *testing.T) {
	for _, c := range []struct{ used, reason string }{{"companion", "PRIMARY_INACTIVITY"}, {"phone", "COMPANION_INACTIVITY"}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
			d := must[metaemu.Device](t)(w.e.PhoneLinkDevice(w.number.ID, "web"))
			time.Sleep(time.Minute)
			day := 0
			for ; day < 40 && reasonOf(t, w) == ""; day++ {
				content := metaemu.Content{Text: "x"}
				if c.used == "companion" {
					content.Device = d.ID
				}
				if _, err := w.e.PhoneSend(w.number.ID, w.mona.ID, content); err != nil {
					t.Fatal(err)
				}
				time.Sleep(24 * time.Hour)
			}
			want := map[string]int{"companion": 14, "phone": 30}[c.used]
			if got := reasonOf(t, w); got != c.reason || day != want {
				t.Errorf("only the %s is used: %q after %d days, want %s after %d", c.used, got, day, c.reason, want)
			}
		})
	}
}

// reasonOf is the reason of a disconnection, if there was one.
func reasonOf(t *testing.T, w *world) string {
	t.Helper()
	for _, ch := range w.hook.changes(t) {
		if info, ok := ch.Value["disconnection_info"].(map[string]any); ok {
			return info["reason"].(string)
		}
	}
	return ""
}

// TestWhatDoesNotMirror: groups, calls and settings stay on the phone.
func TestWhatDoesNotMirror(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		before := len(w.hook.calls())
		for _, err := range []error{
			w.e.PhoneGroup(w.number.ID, "Staff", "", "who opens tomorrow?"),
			w.e.PhoneGroup(w.number.ID, "Staff", "Sara", "me"),
			w.e.PhoneCall(w.number.ID, w.mona.ID, metaemu.Call{Incoming: true, Seconds: 40}),
			w.e.PhoneSettings(w.number.ID, metaemu.AppSettings{Greeting: "Welcome"}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		if n := len(w.hook.calls()) - before; n != 0 {
			t.Errorf("%d webhooks about what the API never hears of", n)
		}
		v := must[metaemu.PhoneView](t)(w.e.Phone(w.number.ID, "", 1))
		if len(v.Groups) != 1 || len(v.Groups[0].Messages) != 2 || len(v.Calls) != 1 || v.Settings.Greeting != "Welcome" {
			t.Errorf("phone = %+v, want the group with two messages, the call and the greeting", v)
		}
	})
}

// TestSwitchedOffOnThePlatform: broadcast lists, view-once, live location and
// disappearing messages go when a number moves in (§6.4).
func TestSwitchedOffOnThePlatform(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		list := metaemu.BroadcastList{Name: "Regulars", Members: []string{w.mona.Digits}}
		try := func() []error {
			_, once := w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Type: "image", Text: "x", ViewOnce: true})
			_, live := w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Type: "location", Text: "x", Live: true})
			return []error{w.e.PhoneBroadcast(w.number.ID, list, "hello"), once, live, w.e.PhoneDisappearing(w.number.ID, w.mona.ID, true)}
		}
		if err := w.e.PhoneDisconnect(w.number.ID, ""); err != nil {
			t.Fatal(err)
		}
		for _, err := range try() {
			if err != nil {
				t.Errorf("not on the platform: %v", err)
			}
		}
		must[string](t)(w.e.PhoneLink(w.number.ID, true))
		for i, err := range try() {
			refused(t, fmt.Sprint("on the platform, ", i), err, "connected to the Business Platform")
		}
		v := must[metaemu.PhoneView](t)(w.e.Phone(w.number.ID, w.mona.ID, 10))
		if len(v.Broadcasts) != 1 || v.Chats[0].Disappearing || len(v.Chats[0].Messages) != 3 {
			t.Errorf("phone = %+v; want the old list readable, nothing disappearing, three messages from before", v)
		}
	})
}

// TestEditsByDate: what was forbidden in 2025 and told in 2026 (§6.4, §6.6).
func TestEditsByDate(t *testing.T) {
	for _, c := range []struct {
		day                 string
		phoneMay            bool
		echoed, told        int
		customersEditIsTold int
	}{
		{"2025-09-13", false, 1, 0, 0}, {"2025-11-25", false, 1, 0, 1}, {"2026-02-04", true, 1, 0, 1}, {"2026-05-21", true, 2, 1, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
			on, err := time.Parse(time.DateOnly, c.day)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.e.Advance(on.Sub(w.e.Now())); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour) // what the jump ended has been told
			must[string](t)(w.e.PhoneLink(w.number.ID, true))
			theirs := w.writes("hello")
			ours := must[string](t)(w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Text: "hi"}))
			if err := w.e.PhoneEdit(w.number.ID, ours, "hi!"); (err == nil) != c.phoneMay {
				t.Errorf("%s: the phone edits: %v, want allowed %v", c.day, err, c.phoneMay)
			}
			if err := w.e.CustomerEdit(w.mona.ID, theirs, "hello!"); err != nil {
				t.Errorf("%s: the customer edits: %v", c.day, err)
			}
			time.Sleep(time.Minute)
			edits := 0
			for _, m := range w.hook.items(t, "messages", "messages") {
				if m["type"] == "edit" {
					edits++
				}
			}
			if echoes := len(w.hook.items(t, "smb_message_echoes", "message_echoes")); echoes != c.echoed || edits != c.customersEditIsTold {
				t.Errorf("%s: %d echoes and %d edits of customers, want %d and %d", c.day, echoes, edits, c.echoed, c.customersEditIsTold)
			}
		})
	}
}

// TestGreeting: to the first message and again after 14 days; the away message
// every time; echoed, and no sign of the phone's life.
func TestGreeting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{InactivityAfter: 365 * 24 * time.Hour}, metaemu.NumberSpec{})
		set := func(s metaemu.AppSettings) {
			t.Helper()
			if err := w.e.PhoneSettings(w.number.ID, s); err != nil {
				t.Fatal(err)
			}
		}
		echoes := func() int {
			time.Sleep(time.Minute)
			return len(w.hook.items(t, "smb_message_echoes", "message_echoes"))
		}
		set(metaemu.AppSettings{Greeting: "Welcome"})
		alive := must[metaemu.PhoneView](t)(w.e.Phone(w.number.ID, "", 1)).Alive
		for i, want := range []int{1, 1, 2} {
			w.writes("hello")
			if got := echoes(); got != want {
				t.Errorf("message %d: %d greetings so far, want %d", i, got, want)
			}
			time.Sleep(time.Duration(i) * 15 * 24 * time.Hour)
		}
		if v := must[metaemu.PhoneView](t)(w.e.Phone(w.number.ID, "", 1)); !v.Alive.Equal(alive) {
			t.Error("a greeting counted as life of the phone")
		}
		set(metaemu.AppSettings{Away: "Back on Sunday", AwayFrom: true})
		w.writes("hello?")
		if got := echoes(); got != 3 {
			t.Errorf("%d automatic answers so far, want the away message too", got)
		}
	})
}

// TestPhoneFallsBehind: what floods the phone makes its echoes late, and it
// catches up (§6.1).
func TestPhoneFallsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, metaemu.NumberSpec{})
		for range 200 {
			w.writes("hello")
		}
		behind := must[metaemu.PhoneView](t)(w.e.Phone(w.number.ID, "", 1)).Behind
		if d := time.Duration(behind); d < 8*time.Second || d > 10*time.Second {
			t.Errorf("200 messages at once: %v behind, want about nine seconds", d)
		}
		said := time.Now()
		must[string](t)(w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Text: "one moment"}))
		time.Sleep(time.Minute)
		for _, d := range w.e.Deliveries() {
			if len(d.Fields) == 1 && d.Fields[0] == "smb_message_echoes" && d.Tries[0].At.Sub(said) < 8*time.Second {
				t.Errorf("the echo came after %v although the phone was behind", d.Tries[0].At.Sub(said))
			}
		}
		if v := must[metaemu.PhoneView](t)(w.e.Phone(w.number.ID, "", 1)); v.Behind != 0 {
			t.Errorf("%v behind after a minute, want none", v.Behind)
		}
	})
}

func TestAppActionsOverHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		act := func(action string, body obj) (int, obj) {
			return w.graph("POST", "/_emulator/numbers/"+w.number.ID+"/phone/"+action, "", body)
		}
		status, d := act("link-device", obj{"kind": "web"})
		if status != 200 || d["kind"] != "web" {
			t.Fatalf("link-device: HTTP %d %v", status, d)
		}
		for _, c := range []struct {
			action string
			body   obj
			status int
		}{
			{"send", obj{"to": w.mona.Digits, "text": "x", "device": d["id"]}, 200},
			{"unlink-device", obj{"device": d["id"]}, 200},
			{"unlink-device", obj{"device": "1"}, 400},
			{"group", obj{"group": "Staff", "text": "hi"}, 200},
			{"call", obj{"customer": w.mona.ID, "call": obj{"seconds": 3}}, 200},
			{"broadcast", obj{"list": "x", "members": []string{w.mona.Digits}, "text": "x"}, 400},
			{"disappearing", obj{"customer": w.mona.ID}, 400},
			{"disappearing", obj{"customer": w.mona.ID, "on": false}, 200},
			{"settings", obj{"settings": obj{"greeting": "hi"}}, 200},
			{"fly", obj{}, 404},
		} {
			if status, out := act(c.action, c.body); status != c.status {
				t.Errorf("%s %v: HTTP %d %v, want %d", c.action, c.body, status, out, c.status)
			}
		}
	})
}
