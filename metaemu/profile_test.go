package metaemu_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

// uploadedPicture is the handle of a file that the app uploads at once.
func (w *world) uploadedPicture(typ string, content []byte) string {
	w.t.Helper()
	status, out := w.piece(w.begun(len(content), typ), "0", content)
	h, _ := out["h"].(string)
	if status != 200 || h == "" {
		w.t.Fatalf("upload: HTTP %d %v", status, out)
	}
	return h
}

// TestPictureOfAProfile: an uploaded image, or any handle if so switched; the
// picture is kept when its upload has ended.
func TestPictureOfAProfile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, cloudOnly())
		set := func(handle string) int {
			_, out := w.on("POST", "/whatsapp_business_profile", obj{"messaging_product": "whatsapp", "profile_picture_handle": handle})
			return code(out)
		}
		if status, _, _ := w.raw("GET", "/_emulator/numbers/"+w.number.ID+"/picture", nil, nil); status != 404 {
			t.Errorf("before there is one: HTTP %d, want 404", status)
		}
		if c := set("4::aW1hZ2U:nobody"); c != 100 {
			t.Errorf("nobody's handle: code %d, want 100", c)
		}
		if c := set(w.uploadedPicture("application/pdf", file("document"))); c != 100 {
			t.Errorf("a document: code %d, want 100", c)
		}
		h := w.e.Habits()
		h.AnyHandle = true
		if err := w.e.SetHabits(h); err != nil {
			t.Fatal(err)
		}
		if c := set("4::aW1hZ2U:nobody"); c != 0 {
			t.Errorf("any handle, if so switched: code %d", c)
		}
		_, out := w.on("GET", "/whatsapp_business_profile", nil)
		if url, _ := out["data"].([]any)[0].(obj)["profile_picture_url"].(string); !strings.HasPrefix(url, "https://pps.whatsapp.net/") {
			t.Errorf("its address %q, want one of Meta's", url)
		}
	})
}

// TestProfile: what is set is shown, flat, and only what was asked for; an empty
// value takes it away (§7.3).
func TestProfile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, cloudOnly())
		show := func(query string) any {
			_, out := w.on("GET", "/whatsapp_business_profile"+query, nil)
			return out["data"]
		}
		if diff := cmp.Diff([]any{obj{"messaging_product": "whatsapp"}}, show("")); diff != "" {
			t.Errorf("at the beginning (-want +got):\n%s", diff)
		}
		set := obj{
			"messaging_product": "whatsapp", "about": "Open", "address": "1 Nile Street", "description": "A clinic", "email": "desk@clinic.example",
			"websites": []string{"https://clinic.example", "http://clinic.example/ar"}, "vertical": "HEALTH", "profile_picture_handle": w.uploadedPicture("image/jpeg", file("photo")),
		}
		if status, out := w.on("POST", "/whatsapp_business_profile", set); status != 200 || out["success"] != true {
			t.Fatalf("HTTP %d %v", status, out)
		}
		got := show("").([]any)[0].(obj)
		address, _ := got["profile_picture_url"].(string)
		if status, kind, raw := w.raw("GET", pathOf(address), nil, nil); status != 200 || kind != "image/jpeg" || !bytes.Equal(raw, file("photo")) {
			t.Errorf("picture at %q: HTTP %d %s, %d bytes", address, status, kind, len(raw))
		}
		delete(got, "profile_picture_url")
		want := obj{
			"messaging_product": "whatsapp", "about": "Open", "address": "1 Nile Street", "description": "A clinic", "email": "desk@clinic.example",
			"websites": []any{"https://clinic.example", "http://clinic.example/ar"}, "vertical": "HEALTH",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("all of it (-want +got):\n%s", diff)
		}
		if _, out := w.on("POST", "/whatsapp_business_profile", obj{"messaging_product": "whatsapp", "address": "", "websites": []string{}}); out["success"] != true {
			t.Fatal(out)
		}
		if diff := cmp.Diff([]any{obj{"messaging_product": "whatsapp", "about": "Open"}}, show("?fields=about,address,websites")); diff != "" {
			t.Errorf("emptied (-want +got):\n%s", diff)
		}
	})
}

// TestProfileLimits: what is too long or not what it should be changes nothing.
func TestProfileLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, cloudOnly())
		long := func(n int) string { return strings.Repeat("س", n) }
		for _, c := range []struct {
			name string
			set  obj
			code int
		}{
			{"about 139", obj{"about": long(139)}, 0},
			{"about 140", obj{"about": long(140)}, 100},
			{"about empty", obj{"about": ""}, 100},
			{"address 256", obj{"address": long(256)}, 0},
			{"address 257", obj{"address": long(257)}, 100},
			{"description 257", obj{"description": long(257)}, 100},
			{"email 129", obj{"email": strings.Repeat("a", 120) + "@x.example"}, 100},
			{"no email", obj{"email": "desk"}, 100},
			{"half an email", obj{"email": "desk@clinic"}, 100},
			{"three websites", obj{"websites": []string{"https://a.example", "https://b.example", "https://c.example"}}, 100},
			{"no website", obj{"websites": []string{"clinic.example"}}, 100},
			{"a website of 257", obj{"websites": []string{"https://a.example/" + strings.Repeat("a", 239)}}, 100},
			{"websites as a text", obj{"websites": "https://a.example"}, 100},
			{"no vertical", obj{"vertical": "CIRCUS"}, 100},
			{"a vertical of the OpenAPI document", obj{"vertical": "OTC_DRUGS"}, 0},
			{"no handle", obj{"profile_picture_handle": "https://a.example/me.jpg"}, 100},
			{"no product", obj{"messaging_product": "", "about": "x"}, 100},
		} {
			body := obj{"messaging_product": "whatsapp"}
			for k, v := range c.set {
				body[k] = v
			}
			_, before := w.on("GET", "/whatsapp_business_profile", nil)
			if status, out := w.on("POST", "/whatsapp_business_profile", body); code(out) != c.code {
				t.Errorf("%s: HTTP %d %v, want code %d", c.name, status, out, c.code)
			}
			_, after := w.on("GET", "/whatsapp_business_profile", nil)
			if diff := cmp.Diff(before, after); c.code != 0 && diff != "" {
				t.Errorf("%s changed the profile:\n%s", c.name, diff)
			}
		}
	})
}

// TestSettings: one object at a time, and what is set is shown (§7.4).
func TestSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, cloudOnly())
		_, first := w.on("GET", "/settings", nil)
		if diff := cmp.Diff(obj{
			"calling": obj{"status": "DISABLED"}, "payload_encryption": obj{"status": "DISABLED"}, "storage_configuration": obj{"status": "DEFAULT"},
		}, first); diff != "" {
			t.Errorf("at the beginning (-want +got):\n%s", diff)
		}
		for _, c := range []struct {
			name string
			set  obj
			code int
			key  string
			want any
		}{
			{"calling", obj{"calling": obj{"status": "ENABLED", "call_icon_visibility": "DEFAULT"}}, 0, "calling", obj{"status": "ENABLED", "call_icon_visibility": "DEFAULT"}},
			{"calling, but how", obj{"calling": obj{"status": "LOUD"}}, 100, "calling", obj{"status": "ENABLED", "call_icon_visibility": "DEFAULT"}},
			{"storage", obj{"storage_configuration": obj{"status": "IN_COUNTRY_STORAGE_ENABLED", "data_localization_region": "IN"}}, 0, "storage_configuration", obj{"status": "IN_COUNTRY_STORAGE_ENABLED", "data_localization_region": "IN"}},
			{"storage nowhere", obj{"storage_configuration": obj{"status": "IN_COUNTRY_STORAGE_ENABLED"}}, 100, "storage_configuration", obj{"status": "IN_COUNTRY_STORAGE_ENABLED", "data_localization_region": "IN"}},
			{"storage as always", obj{"storage_configuration": obj{"status": "DEFAULT"}}, 0, "storage_configuration", obj{"status": "DEFAULT"}},
			{"identity", obj{"user_identity_change": obj{"enable_identity_key_check": true}}, 0, "user_identity_change", obj{"enable_identity_key_check": true}},
			{"identity, but what", obj{"user_identity_change": obj{}}, 100, "user_identity_change", obj{"enable_identity_key_check": true}},
			{"no encryption", obj{"payload_encryption": obj{"status": "DISABLED"}}, 0, "payload_encryption", obj{"status": "DISABLED"}},
			{"encryption", obj{"payload_encryption": obj{"status": "ENABLED"}}, 100, "payload_encryption", obj{"status": "DISABLED"}},
			{"two at once", obj{"calling": obj{"status": "DISABLED"}, "storage_configuration": obj{"status": "DEFAULT"}}, 100, "calling", obj{"status": "ENABLED", "call_icon_visibility": "DEFAULT"}},
			{"nothing", obj{}, 100, "payload_encryption", obj{"status": "DISABLED"}},
		} {
			if status, out := w.on("POST", "/settings", c.set); code(out) != c.code {
				t.Errorf("%s: HTTP %d %v, want code %d", c.name, status, out, c.code)
			}
			_, got := w.on("GET", "/settings", nil)
			if diff := cmp.Diff(c.want, got[c.key]); diff != "" {
				t.Errorf("%s, then (-want +got):\n%s", c.name, diff)
			}
		}
		time.Sleep(time.Second)
		told := w.hook.values(t, "account_settings_update")
		want := []obj{{
			"messaging_product": "whatsapp", "timestamp": float64(time.Now().Unix() - 1), "type": "PHONE_NUMBER_SETTINGS",
			"phone_number_settings": obj{"phone_number_id": w.number.ID, "calling": obj{"status": "ENABLED", "call_icon_visibility": "DEFAULT"}},
		}}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("account_settings_update (-want +got):\n%s", diff)
		}
	})
}

// TestNoCallsOnAPhone: calling cannot be switched on for a Coexistence number
// (coexistence-protocol §6.4).
func TestNoCallsOnAPhone(t *testing.T) {
	w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
	for status, want := range map[string]int{"ENABLED": 100, "DISABLED": 0} {
		if _, out := w.on("POST", "/settings", obj{"calling": obj{"status": status}}); code(out) != want {
			t.Errorf("%s: %v, want code %d", status, out, want)
		}
	}
}

// TestSettingOfTheIdentityCheck governs what messages tell and what a change of
// keys does (§2.1, §5.5).
func TestSettingOfTheIdentityCheck(t *testing.T) {
	for _, on := range []bool{false, true} {
		t.Run(fmt.Sprint(on), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
				if _, out := w.on("POST", "/settings", obj{"user_identity_change": obj{"enable_identity_key_check": on}}); code(out) != 0 {
					t.Fatal(out)
				}
				w.writes("hello")
				if err := w.e.CustomerChangeIdentity(w.mona.ID); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
				told := map[string]bool{}
				for _, m := range w.hook.items(t, "messages", "messages") {
					if m["identity"] != nil {
						told["identity"] = true
					}
					if m["type"] == "system" {
						told["change"] = true
					}
				}
				if told["identity"] != on || told["change"] != on {
					t.Errorf("check %v: told %v", on, told)
				}
			})
		})
	}
}
