package metaemu_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

// TestSignupAlone: without the branch for the app a number is verified by a code
// that comes to it, and works once it is registered.
func TestSignupAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := atSignup(t, "2026-01-15", metaemu.NumberSpec{Digits: "966500000001"})
		s := w.signup(metaemu.SignupSpec{Version: "v3"})
		s = must[metaemu.Signup](t)(w.e.SignupNumber(s.ID, "+234 800 000 0004"))
		if s.Step != metaemu.StepChallenge || s.Kind != "sms" || len(s.Challenge) != 6 {
			t.Fatalf("signup = %+v, want a code on its way to the number", s)
		}
		refused(t, "a confirmation on a phone it has not", w.e.PhoneConfirmSignup(s.Number, s.Challenge, true), "phone")
		wrong := must[metaemu.Signup](t)(w.e.SignupVerify(s.ID, "12345"))
		if wrong.Error == nil || wrong.Step != metaemu.StepChallenge {
			t.Errorf("a wrong code: %+v, want it refused at the step", wrong)
		}
		s = must[metaemu.Signup](t)(w.e.SignupVerify(s.ID, s.Challenge[:3]+"-"+s.Challenge[3:]))
		if s.Step != metaemu.StepPermission || s.Error != nil || s.Challenge != "" {
			t.Fatalf("signup = %+v, want the permissions", s)
		}
		end := must[metaemu.SignupEnd](t)(w.e.SignupFinish(s.ID))
		want := fmt.Sprintf(`{"data":{"phone_number_id":"%s","business_id":"%s","waba_id":"%s"},"type":"WA_EMBEDDED_SIGNUP","event":"FINISH","version":3}`,
			s.Number, w.number.Portfolio, w.number.WABA)
		if len(end.Messages) != 1 || end.Messages[0] != want {
			t.Errorf("end = %+v, want %s", end, want)
		}
		_, out := w.graph("GET", "/v25.0/oauth/access_token?client_id="+w.number.App+"&client_secret=s3cret&code="+end.Code, "", nil)
		token, _ := out["access_token"].(string)
		if _, out := w.graph("GET", "/v25.0/"+s.Number+"?fields=is_on_biz_app,platform_type,code_verification_status", token, nil); out["is_on_biz_app"] != false || out["platform_type"] != "NOT_APPLICABLE" || out["code_verification_status"] != "VERIFIED" {
			t.Errorf("number = %v, want it verified, on no phone and not registered", out)
		}
		if status, out := w.graph("POST", "/v25.0/"+s.Number+"/register", token, obj{"messaging_product": "whatsapp", "pin": "123456"}); status != 200 {
			t.Errorf("register: HTTP %d %v", status, out)
		}
	})
}

// TestSignupAloneRefuses: what cannot be the platform's alone, and codes that are
// wrong or old.
func TestSignupAloneRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := atSignup(t, "2026-11-02", metaemu.NumberSpec{Digits: "966500000001"})
		not := false
		must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: w.number.WABA, Digits: "966500000002", Coexistence: &not}))
		for _, digits := range []string{"x", "966500000001", "966500000002"} {
			s := w.signup(metaemu.SignupSpec{})
			if s = must[metaemu.Signup](t)(w.e.SignupNumber(s.ID, digits)); s.Error == nil || s.Step != metaemu.StepNumber {
				t.Errorf("%s: %+v, want it refused", digits, s)
			}
		}
		s := w.signup(metaemu.SignupSpec{})
		s = must[metaemu.Signup](t)(w.e.SignupNumber(s.ID, "2348000000004"))
		time.Sleep(11 * time.Minute)
		if got := must[metaemu.Signup](t)(w.e.SignupVerify(s.ID, s.Challenge)); got.Error == nil {
			t.Error("an old code was taken")
		}
		s = w.signup(metaemu.SignupSpec{})
		s = must[metaemu.Signup](t)(w.e.SignupNumber(s.ID, "2348000000004"))
		for range 5 {
			must[metaemu.Signup](t)(w.e.SignupVerify(s.ID, "000000x"))
		}
		if got := must[metaemu.Signup](t)(w.e.SignupVerify(s.ID, s.Challenge)); got.Error == nil {
			t.Error("the right code after five wrong ones was taken")
		}
	})
}
