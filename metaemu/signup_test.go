package metaemu_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

// atSignup is a world in which a number lives on its phone only, and the day on
// which somebody wants to connect it.
func atSignup(t *testing.T, day string, spec metaemu.NumberSpec) *world {
	t.Helper()
	unlinked := false
	spec.Linked = &unlinked
	w := newWorld(t, metaemu.Config{DeliveryWorkers: 1}, spec)
	on, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.e.Advance(on.Sub(w.e.Now())); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) signup(spec metaemu.SignupSpec) metaemu.Signup {
	w.t.Helper()
	spec.App, spec.ConfigID = w.number.App, "660011223344556"
	s := must[metaemu.Signup](w.t)(w.e.StartSignup(spec))
	return must[metaemu.Signup](w.t)(w.e.SignupAccount(s.ID, w.number.Portfolio))
}

var coexistence = metaemu.SignupSpec{Feature: "whatsapp_business_app_onboarding", Version: "v3"}

// TestSignup: account, number, code on the phone, permission, and what the
// opener and the webhook are told (§2.3, §2.4, §8.4).
func TestSignup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := atSignup(t, "2026-11-02", metaemu.NumberSpec{Digits: "966500000001", History: past})
		must[metaemu.Device](t)(w.e.PhoneLinkDevice(w.number.ID, "windows"))
		s := w.signup(coexistence)
		s = must[metaemu.Signup](t)(w.e.SignupNumber(s.ID, "+966 50 000 0001"))
		if s.Step != metaemu.StepChallenge || s.Kind != "code" || len(s.Challenge) != 8 {
			t.Fatalf("signup = %+v, want a code to be entered", s)
		}
		v := must[metaemu.PhoneView](t)(w.e.Phone(w.number.ID, "", 1))
		if v.Signup == nil || v.Signup.AppName == "" || v.Signup.Challenge != "" {
			t.Errorf("the phone shows %+v, want who asks, and not the code", v.Signup)
		}
		if _, err := w.e.SignupFinish(s.ID); err == nil {
			t.Error("finished without the phone's word")
		}
		refused(t, "a wrong code", w.e.PhoneConfirmSignup(w.number.ID, "x", true), "not the code")
		if err := w.e.PhoneConfirmSignup(w.number.ID, strings.ToLower(s.Challenge), false); err != nil {
			t.Fatal(err)
		}
		end := must[metaemu.SignupEnd](t)(w.e.SignupFinish(s.ID))
		want := fmt.Sprintf(`{"data":{"waba_id":"%s"},"type":"WA_EMBEDDED_SIGNUP","event":"FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING","version":3}`, w.number.WABA)
		if len(end.Messages) != 1 || end.Messages[0] != want || end.CodeFirst {
			t.Errorf("end = %+v, want the message %s", end, want)
		}
		time.Sleep(29 * time.Second)
		status, out := w.graph("GET", "/v25.0/oauth/access_token?client_id="+w.number.App+"&client_secret=s3cret&code="+end.Code, "", nil)
		if status != 200 || out["access_token"] == "" {
			t.Fatalf("exchange: HTTP %d %v", status, out)
		}
		w.number.Token = out["access_token"].(string)
		v = must[metaemu.PhoneView](t)(w.e.Phone(w.number.ID, "", 1))
		if v.Number.Stage != metaemu.StageLive || len(v.Devices) != 0 || v.Signup != nil {
			t.Errorf("phone = %+v, want it live, companions unlinked, nobody asking", v)
		}
		added := 0
		for _, c := range w.hook.changes(t) {
			if c.Value["event"] == "PARTNER_ADDED" && c.Entry == w.number.Portfolio {
				added++
			}
		}
		if added != 1 {
			t.Errorf("%d times PARTNER_ADDED of the portfolio, want once", added)
		}
		w.sync("history")
		time.Sleep(time.Minute)
		got := w.hook.items(t, "history", "history")
		if len(got) != 1 || got[0]["errors"] == nil {
			t.Errorf("history = %v, want that the owner did not share it", got)
		}
	})
}

// TestSignupOfAStranger: an app that is not subscribed to the WABA yet hears of
// its own signup, and its token reaches the WABA.
func TestSignupOfAStranger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := atSignup(t, "2026-11-02", metaemu.NumberSpec{Digits: "966500000001"})
		other := must[metaemu.App](t)(w.e.CreateApp(metaemu.AppSpec{Name: "Other", Secret: "o", Callback: "http://hook/other", VerifyToken: "v"}))
		s := must[metaemu.Signup](t)(w.e.StartSignup(metaemu.SignupSpec{App: other.ID, ConfigID: "1", Feature: coexistence.Feature}))
		must[metaemu.Signup](t)(w.e.SignupAccount(s.ID, w.number.Portfolio))
		s = must[metaemu.Signup](t)(w.e.SignupNumber(s.ID, w.number.Digits))
		if err := w.e.PhoneConfirmSignup(w.number.ID, s.Challenge, true); err != nil {
			t.Fatal(err)
		}
		end := must[metaemu.SignupEnd](t)(w.e.SignupFinish(s.ID))
		if len(end.Messages) != 0 {
			t.Errorf("messages %v without sessionInfoVersion or version, want none (§2.2)", end.Messages)
		}
		time.Sleep(time.Second)
		var urls []string
		for _, d := range w.e.Deliveries() {
			urls = append(urls, d.URL)
		}
		if got := fmt.Sprint(urls); got != "[http://hook/other http://hook/in]" {
			t.Errorf("told %s, want both apps", got)
		}
		_, out := w.graph("GET", "/v25.0/oauth/access_token?client_id="+other.ID+"&client_secret=o&code="+end.Code, "", nil)
		token := out["access_token"].(string)
		if status, out := w.graph("POST", "/v25.0/"+w.number.WABA+"/subscribed_apps", token, nil); status != 200 {
			t.Errorf("subscribe: HTTP %d %v", status, out)
		}
	})
}

// TestEligibility: what Meta would not connect, by the day and by the phone; the
// refusal is shown at the step, and the next try starts afresh.
func TestEligibility(t *testing.T) {
	days := func(n int) *int { return &n }
	for _, c := range []struct {
		name, day, digits, typed string
		facts                    metaemu.AppFacts
		feature                  string
		because                  string // empty: it may go on
	}{
		{name: "eligible", digits: "966500000001"},
		{name: "no number", digits: "966500000001", typed: "hello", because: "appear to be valid"},
		{name: "nobody's", digits: "966500000001", typed: "966500000009", because: "not registered"},
		{name: "consumer app", digits: "966500000001", facts: metaemu.AppFacts{Consumer: true}, because: "not registered"},
		{name: "old app", digits: "966500000001", facts: metaemu.AppFacts{Version: "2.24.16.9"}, because: "2.24.17"},
		{name: "just new enough", digits: "966500000001", facts: metaemu.AppFacts{Version: "2.24.17"}},
		{name: "hardly used", digits: "966500000001", facts: metaemu.AppFacts{ActiveDays: days(6)}, because: "not eligible yet"},
		{name: "used for a week", digits: "966500000001", facts: metaemu.AppFacts{ActiveDays: days(7)}},
		{name: "earlier provider", digits: "966500000001", facts: metaemu.AppFacts{CreditLine: true}, because: "credit line"},
		{name: "Britain in September 2025", day: "2025-09-13", digits: "447700900183", because: "country"},
		{name: "Britain in October 2025", day: "2025-10-23", digits: "447700900183"},
		{name: "Nigeria in April 2026", day: "2026-04-14", digits: "2348000000001", because: "country"},
		{name: "Nigeria since", day: "2026-04-15", digits: "2348000000001"},
		{name: "Saudi Arabia in September 2025", day: "2025-09-13", digits: "966500000001"},
		{name: "without featureType", digits: "966500000001", feature: "none", because: "already registered to an existing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				day := c.day
				if day == "" {
					day = "2026-11-02"
				}
				w := atSignup(t, day, metaemu.NumberSpec{Digits: c.digits})
				if err := w.e.PhoneFacts(w.number.ID, c.facts); err != nil {
					t.Fatal(err)
				}
				spec := coexistence
				if c.feature != "" {
					spec.Feature = ""
				}
				s := w.signup(spec)
				typed := c.typed
				if typed == "" {
					typed = c.digits
				}
				s = must[metaemu.Signup](t)(w.e.SignupNumber(s.ID, typed))
				switch {
				case c.because == "" && (s.Error != nil || s.Step != metaemu.StepChallenge):
					t.Errorf("refused: %+v, want it to go on", s.Error)
				case c.because != "" && (s.Error == nil || !strings.Contains(s.Error.Message, c.because) || s.Step != metaemu.StepNumber):
					t.Errorf("%+v at %s, want it refused because of %q", s.Error, s.Step, c.because)
				}
			})
		})
	}
}

// TestSignupEnds: cancelled at a step, an error reported, and the field's other
// reports.
func TestSignupEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := atSignup(t, "2026-11-02", metaemu.NumberSpec{Digits: "966500000001"})
		cancel := func(s metaemu.Signup, report bool) obj {
			end := must[metaemu.SignupEnd](t)(w.e.SignupCancel(s.ID, report))
			var m obj
			if len(end.Messages) != 1 || json.Unmarshal([]byte(end.Messages[0]), &m) != nil || end.Code != "" {
				t.Fatalf("end = %+v, want one message and no code", end)
			}
			return m
		}
		if m := cancel(w.signup(coexistence), false); m["event"] != "CANCEL" || m["data"].(map[string]any)["current_step"] != "PHONE_NUMBER_SETUP" {
			t.Errorf("cancelled: %v", m)
		}
		s := w.signup(coexistence)
		s = must[metaemu.Signup](t)(w.e.SignupNumber(s.ID, "x"))
		if m := cancel(s, true); m["event"] != "CANCEL" || m["data"].(map[string]any)["error_id"] != s.Error.ID {
			t.Errorf("reported: %v", m)
		}
		if err := w.e.SetHabits(metaemu.Habits{SignupExtraKeys: true, SignupPlainFinish: true, SignupCodeFirst: true, SignupQR: true}); err != nil {
			t.Fatal(err)
		}
		s = w.signup(coexistence)
		s = must[metaemu.Signup](t)(w.e.SignupNumber(s.ID, w.number.Digits))
		if s.Kind != "qr" {
			t.Errorf("challenge = %s, want a picture", s.Kind)
		}
		if err := w.e.PhoneConfirmSignup(w.number.ID, s.Challenge, true); err != nil {
			t.Fatal(err)
		}
		end := must[metaemu.SignupEnd](t)(w.e.SignupFinish(s.ID))
		for _, want := range []string{`"event":"FINISH"`, `"phone_number_id":"` + w.number.ID, `"is_wa_login_user":true`} {
			if !strings.Contains(end.Messages[0], want) {
				t.Errorf("%s lacks %s", end.Messages[0], want)
			}
		}
		if !end.CodeFirst || end.Code == "" {
			t.Errorf("end = %+v, want the code before the event", end)
		}
		_, err := w.e.SignupNumber(s.ID, w.number.Digits)
		refused(t, "a step back", err, "this signup is at DONE")
	})
}

// TestLostSignupEvent: the code may be all that arrives.
func TestLostSignupEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := atSignup(t, "2026-11-02", metaemu.NumberSpec{Digits: "966500000001"})
		if err := w.e.SetHabits(metaemu.Habits{SignupEventLost: true}); err != nil {
			t.Fatal(err)
		}
		s := w.signup(coexistence)
		s = must[metaemu.Signup](t)(w.e.SignupNumber(s.ID, w.number.Digits))
		if err := w.e.PhoneConfirmSignup(w.number.ID, s.Challenge, true); err != nil {
			t.Fatal(err)
		}
		if end := must[metaemu.SignupEnd](t)(w.e.SignupFinish(s.ID)); len(end.Messages) != 0 || end.Code == "" {
			t.Errorf("end = %+v, want the code alone", end)
		}
	})
}

// TestWrongCodesLockOut: five wrong codes close the door for twelve hours.
func TestWrongCodesLockOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := atSignup(t, "2026-11-02", metaemu.NumberSpec{Digits: "966500000001"})
		s := w.signup(coexistence)
		s = must[metaemu.Signup](t)(w.e.SignupNumber(s.ID, w.number.Digits))
		for range 5 {
			refused(t, "a wrong code", w.e.PhoneConfirmSignup(w.number.ID, "x", true), "not the code")
		}
		refused(t, "the right code after five wrong ones", w.e.PhoneConfirmSignup(w.number.ID, s.Challenge, true), "too many wrong codes")
		time.Sleep(12 * time.Hour)
		if err := w.e.PhoneConfirmSignup(w.number.ID, s.Challenge, true); err != nil {
			t.Errorf("after twelve hours: %v", err)
		}
	})
}

// TestSignupOverHTTP: the popup's own calls, and the pages it is made of.
func TestSignupOverHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := atSignup(t, "2026-11-02", metaemu.NumberSpec{Digits: "966500000001"})
		status, s := w.graph("POST", "/_emulator/signups", "", obj{"app_id": w.number.App, "config_id": "1", "feature_type": coexistence.Feature, "version": "v3"})
		if status != 200 {
			t.Fatalf("start: HTTP %d %v", status, s)
		}
		base := "/_emulator/signups/" + s["id"].(string)
		for _, c := range []struct {
			path string
			body obj
			want int
		}{
			{"/number", obj{"digits": "966500000001"}, 400}, // not at that step
			{"/account", obj{"portfolio_id": "1"}, 400},
			{"/account", obj{"portfolio_id": w.number.Portfolio}, 200},
			{"/number", obj{"digits": "966500000001"}, 200},
			{"/fly", obj{}, 404},
		} {
			if status, out := w.graph("POST", base+c.path, "", c.body); status != c.want {
				t.Errorf("%s: HTTP %d %v, want %d", c.path, status, out, c.want)
			}
		}
		_, s = w.graph("GET", base, "", nil)
		if status, out := w.graph("POST", "/_emulator/numbers/"+w.number.ID+"/phone/confirm-signup", "", obj{"challenge": s["challenge"]}); status != 200 {
			t.Errorf("confirm: HTTP %d %v", status, out)
		}
		if status, out := w.graph("POST", base+"/finish", "", obj{}); status != 200 || out["code"] == "" {
			t.Errorf("finish: HTTP %d %v", status, out)
		}
		for _, spec := range []obj{{"app_id": "1", "config_id": "1"}, {"app_id": w.number.App}, {"app_id": w.number.App, "config_id": "1", "feature_type": "coexistence"}} {
			if status, out := w.graph("POST", "/_emulator/signups", "", spec); status != 400 {
				t.Errorf("%v: HTTP %d %v, want 400", spec, status, out)
			}
		}
	})
}
