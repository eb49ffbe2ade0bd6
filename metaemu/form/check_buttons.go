package form

import (
	"fmt"
	"strings"
)

// checkButtons finds the first thing wrong with the buttons of a template.
func checkButtons(list []Button) *Fault {
	if !buttonCount.holds(len(list)) {
		return parameter("A template has 1 to 10 buttons.")
	}
	count := map[string]int{}
	turns := 0
	for i, b := range list {
		if i > 0 && (b.Type == "QUICK_REPLY") != (list[i-1].Type == "QUICK_REPLY") {
			turns++
		}
		most, known := ofType[b.Type]
		switch {
		case !known:
			return parameter("Button type " + b.Type + " is not supported.")
		case b.Type == "OTP":
			return parameter("OTP buttons are for authentication templates only.")
		}
		if count[b.Type]++; count[b.Type] > most {
			return parameter(fmt.Sprintf("A template may have %d buttons of type %s at most.", most, b.Type))
		}
		if bad := checkButton(b); bad != nil {
			return bad
		}
	}
	if turns > 1 {
		return parameter("Quick replies must stand together, before or after the other buttons.")
	}
	return nil
}

func checkButton(b Button) *Fault {
	if needsLabel(b.Type) || b.Text != "" {
		if !label.fits(b.Text) {
			return exceeded(label)
		}
		if len(Variables(b.Text)) > 0 {
			return parameter("The text of a button may not hold variables.")
		}
	}
	switch b.Type {
	case "URL":
		return checkURL(b)
	case "PHONE_NUMBER":
		if b.Phone == "" {
			return parameter("A button of type PHONE_NUMBER needs a phone_number.")
		}
	case "COPY_CODE":
		example := strs(b.Example)
		if len(example) == 0 {
			return parameter("A button of type COPY_CODE needs an example.")
		}
		if !couponLength.fits(example[0]) {
			return exceeded(couponLength)
		}
	case "FLOW":
		if len(b.FlowID) == 0 && b.FlowName == "" && len(b.FlowJSON) == 0 {
			return parameter("A button of type FLOW needs one of flow_id, flow_name and flow_json.")
		}
	}
	return nil
}

// needsLabel: a coupon's button is labelled by WhatsApp itself, and so are those
// that ask for a contact or show an order.
func needsLabel(typ string) bool {
	return typ != "COPY_CODE" && typ != "REQUEST_CONTACT_INFO" && typ != "ORDER_DETAILS"
}

func checkURL(b Button) *Fault {
	vars := Variables(b.URL)
	switch {
	case !buttonURL.fits(b.URL):
		return exceeded(buttonURL)
	case len(vars) > 1, len(vars) == 1 && !strings.HasSuffix(b.URL, "}}"):
		return parameter("A button's url may hold one variable, at its end.")
	case len(vars) == 1 && len(strs(b.Example)) == 0:
		return parameter("A button whose url holds a variable needs an example.")
	}
	return nil
}

// checkCode judges an authentication template, whose words are Meta's.
func (f *Form) checkCode() *Fault {
	for i := range f.Components {
		c := &f.Components[i]
		switch c.Type {
		case "BODY":
			if c.Text != "" {
				return Refusal(bodyFormat, "The body of an authentication template has no text of its own.")
			}
		case "FOOTER":
			if c.Text != "" {
				return Refusal(footerFormat, "The footer of an authentication template has no text of its own.")
			}
			if c.Expiration != nil && !codeMinutes.holds(*c.Expiration) {
				return parameter("code_expiration_minutes must be 1 to 90.")
			}
		case "BUTTONS":
			if bad := checkOTP(c.Buttons); bad != nil {
				return bad
			}
		default:
			return parameter("An authentication template has no component of type " + c.Type + ".")
		}
	}
	if f.Part("BUTTONS") == nil {
		return parameter("An authentication template needs a button of type OTP.")
	}
	return nil
}

func checkOTP(list []Button) *Fault {
	if len(list) != 1 || list[0].Type != "OTP" {
		return parameter("An authentication template has one button, of type OTP.")
	}
	b := list[0]
	for _, s := range []string{b.Text, b.Autofill} {
		if s != "" && !label.fits(s) {
			return exceeded(label)
		}
	}
	switch b.OTP {
	case "COPY_CODE":
		return nil
	case "ONE_TAP", "ZERO_TAP":
		if len(b.Apps) == 0 && b.Package == "" {
			return parameter("A button of otp_type " + b.OTP + " needs supported_apps.")
		}
		for _, a := range b.Apps {
			if a.Package == "" || a.Signature == "" {
				return parameter("Each of supported_apps needs a package_name and a signature_hash.")
			}
		}
		if b.OTP == "ZERO_TAP" && !b.ZeroTap {
			return parameter("A button of otp_type ZERO_TAP needs zero_tap_terms_accepted.")
		}
		return nil
	}
	return parameter("Param otp_type must be one of {COPY_CODE, ONE_TAP, ZERO_TAP}.")
}
