package metaemu

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// registrationEdges are those that put a number on the platform. The phone of
// a Coexistence number has done so itself.
func registrationEdges() []edge {
	on := func(name, fields, refused string, codes []int, do func(*Emulator, *call, *number) answer) edge {
		return edge{
			on: "number", method: http.MethodPost, name: name, fields: fields, codes: codes, refused: refused,
			source: "cloud-api-protocol §7.2", do: ofNumber(do),
		}
	}
	return []edge{
		on("request_code", "code_method language", notToVerify, []int{100}, (*Emulator).requestCode),
		on("verify_code", "code", notToVerify, []int{100}, (*Emulator).verifyCode),
		on("register", "messaging_product pin data_localization_region", registeredByPhone, []int{100, 133005, 133006, 133016}, (*Emulator).register),
		on("deregister", "", noDeregister, []int{100, 133016}, (*Emulator).deregister),
		{
			on: "waba", method: http.MethodPost, name: "phone_numbers", fields: "cc phone_number verified_name", codes: []int{100},
			source: "cloud-api-protocol §7.2", do: ofWABA((*Emulator).addNumber),
		},
	}
}

// Meta's sentences to a number that the phone has registered (coexistence-protocol
// §2.8) or verified; the first two are those of its generic pages.
const (
	notToVerify       = "Phone number is not eligible for verification at this time"
	registeredByPhone = "Phone number is already registered or in invalid state for registration"
	noDeregister      = "Deregister endpoint is not available for API solution for SMB businesses."
)

// wrongState is how the OpenAPI document refuses what a number's state forbids.
func wrongState(sentence string) *failure {
	return &failure{http: http.StatusUnprocessableEntity, code: 100, title: sentence}
}

// addNumber gives a WABA a number without a phone, which is then verified and
// registered. Moving one from another WABA (migrate_phone_number) is not emulated.
func (e *Emulator) addNumber(c *call, w *waba) answer {
	cc, rest, name := c.query("cc"), c.query("phone_number"), strings.TrimSpace(c.query("verified_name"))
	digits, ok := digitsOf(cc + rest)
	switch {
	case c.query("migrate_phone_number") == "true":
		return e.refuse(notEmulated(c.method, "/"+c.node+"/phone_numbers with migrate_phone_number"))
	case !isID(cc) || !ok:
		return e.refuse(badParameter("The parameters cc and phone_number are required and must make a phone number together."))
	case !nameLength.holds(name):
		return e.refuse(badParameter("The parameter verified_name is required and must be between 2 and 75 characters long."))
	}
	no := false
	n, err := e.newNumber(NumberSpec{Digits: digits, VerifiedName: name, WABA: w.ID, Coexistence: &no, Linked: &no})
	if err != nil {
		return e.refuse(badParameter("This phone number cannot be added: " + err.Error() + "."))
	}
	n.Onboarded = time.Time{}
	e.setupOf(n).standing.CodeStatus = "NOT_VERIFIED"
	e.announce("numbers")
	var o wire.Object
	return answer{http: http.StatusOK, body: o.Str("id", n.ID).Bytes()}
}

// oneTimeCode is a verification code on its way to the owner of a number.
type oneTimeCode struct {
	code    string
	expires time.Time
}

// codeWorks is how long a verification code works: "typically 10 minutes"
// (OpenAPI document v23, verify_code, Nov 2025).
const codeWorks = 10 * time.Minute

var localeShape = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2})?$`)

// requestCode sends a code by SMS or voice; a test reads it with
// [Emulator.VerificationCode].
func (e *Emulator) requestCode(c *call, n *number) answer {
	method, language := c.query("code_method"), c.query("language")
	switch {
	case n.Coexistence:
		return e.refuse(wrongState(notToVerify))
	case method != "SMS" && method != "VOICE":
		return e.refuse(badParameter("Invalid parameter: code_method must be SMS or VOICE"))
	case !localeShape.MatchString(language):
		return e.refuse(badParameter("Invalid parameter: language must be a locale such as en_US"))
	}
	e.setupOf(n).code = oneTimeCode{code: fmt.Sprintf("%06d", e.mix("code")%1_000_000), expires: c.arrived.Add(codeWorks)}
	return success
}

// VerificationCode is the code that was sent last to a number, as its owner reads
// it.
func (e *Emulator) VerificationCode(numberID string) (code string, err error) {
	err = e.onNumber(numberID, func(n *number, _ time.Time) error {
		if code = e.setupOf(n).code.code; code == "" {
			return fmt.Errorf("no code waits at number %s: POST /{phone-number-id}/request_code sends one", n.ID)
		}
		return nil
	})
	return code, err
}

// verifyCode takes a code once.
func (e *Emulator) verifyCode(c *call, n *number) answer {
	s := e.setupOf(n)
	switch code := strings.ReplaceAll(c.query("code"), "-", ""); {
	case n.Coexistence:
		return e.refuse(wrongState(notToVerify))
	case !isPIN(code):
		return e.refuse(badParameter("Invalid parameter: code must be 6 digits"))
	case s.code.code != code || !c.arrived.Before(s.code.expires):
		return e.refuse(wrongState("The verification code is invalid or has expired"))
	}
	s.code, s.standing.CodeStatus = oneTimeCode{}, ""
	return success
}

// How often a number may be registered and deregistered (cloud-api-protocol §6.1,
// DOC/registration, read September 2026).
const (
	registrationsMost   = 10
	registrationsWithin = 72 * time.Hour
)

// regions are where data can be kept (cloud-api-protocol §7.2, OpenAPI document
// v23 WhatsAppDataLocalizationRegion).
const regions = "AE AU BH BR CA CH DE GB ID IN JP KR SG ZA"

// takeRegistration counts a registration or deregistration against its limit.
func (s *setup) takeRegistration(at time.Time) *failure {
	s.registered = slices.DeleteFunc(s.registered, func(t time.Time) bool { return at.Sub(t) >= registrationsWithin })
	if len(s.registered) >= registrationsMost {
		return fail(133016, "This number was registered and deregistered too often. Try again when 72 hours have passed.")
	}
	s.registered = append(s.registered, at)
	return nil
}

// register puts a number on the platform. It changes nothing on a Coexistence
// number: its phone registered it.
func (e *Emulator) register(c *call, n *number) answer {
	s := e.setupOf(n)
	pin, region := c.query("pin"), c.query("data_localization_region")
	switch {
	case n.Coexistence:
		return e.refuse(wrongState(registeredByPhone))
	case c.query("messaging_product") != "whatsapp":
		return e.refuse(needsProduct())
	case !isPIN(pin):
		return e.refuse(badParameter("Invalid PIN format. PIN must be exactly 6 digits"))
	case region != "" && !slices.Contains(strings.Fields(regions), region):
		return e.refuse(badParameter("Param data_localization_region must be one of {" + strings.ReplaceAll(regions, " ", ", ") + "}"))
	}
	if f := s.takeRegistration(c.arrived); f != nil {
		return e.refuse(f)
	}
	switch {
	case s.standing.CodeStatus == "NOT_VERIFIED" || s.standing.CodeStatus == "EXPIRED":
		return e.refuse(fail(133006, "Verify the phone number before you register it."))
	case s.pin != "" && s.pin != pin:
		return e.refuse(fail(133005, "Two-step verification PIN is incorrect."))
	}
	s.pin = pin
	if region != "" {
		s.storage = storage{region: region}
	}
	if n.Stage != StageLive {
		n.Stage, n.Onboarded, n.endedBy = StageLive, c.arrived, ""
		e.announce("numbers")
	}
	return success
}

// deregister takes a number off the platform; its PIN stays.
func (e *Emulator) deregister(c *call, n *number) answer {
	if n.Coexistence {
		return e.refuse(&failure{http: http.StatusBadRequest, code: 100, plain: true, title: noDeregister})
	}
	if n.Stage != StageLive {
		return e.refuse(&failure{http: http.StatusBadRequest, code: 100, subcode: 2207051, title: "Phone number not registered on the WhatsApp Business Platform."})
	}
	if f := e.setupOf(n).takeRegistration(c.arrived); f != nil {
		return e.refuse(f)
	}
	n.Stage, n.endedBy = StageDisconnected, "deregister"
	e.announce("numbers")
	return success
}

// needsProduct is how a call is refused that does not say what it is for.
func needsProduct() *failure {
	return badParameter("The parameter messaging_product is required and must be whatsapp.")
}
