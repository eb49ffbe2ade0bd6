package form

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// subTypes is how a send names a button of the template; a one-time code's button
// is a url, because that is what it becomes (§2.5).
var subTypes = map[string][]string{
	"QUICK_REPLY": {"quick_reply"}, "URL": {"url"}, "COPY_CODE": {"copy_code"}, "FLOW": {"flow"}, "CATALOG": {"catalog"},
	"MPM": {"mpm"}, "SPM": {"spm"}, "VOICE_CALL": {"voice_call"}, "ORDER_DETAILS": {"order_details"}, "OTP": {"url", "copy_code"},
}

var couponShape = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// fillButtons puts the parameters of a send into the buttons.
func fillButtons(buttons []Button, sent []Sent, where string) ([]FilledButton, *Fault) {
	given := map[int][]Param{}
	for _, s := range sent {
		if !strings.EqualFold(s.Type, "button") {
			continue
		}
		i := int(s.Index)
		if i < 0 || i >= len(buttons) {
			return nil, unfit(fmt.Sprintf("%sbuttons: there is no button at index %d", where, i))
		}
		if len(s.Params) == 0 && strings.EqualFold(s.SubType, buttons[i].Type) {
			continue // It says nothing, and is of the right kind.
		}
		if !fitsOneOf(subTypes[buttons[i].Type], s.SubType) {
			return nil, mismatch(fmt.Sprintf("%sbuttons: Format mismatch at index %d, expected %s, received %s", where, i, buttons[i].Type, s.SubType))
		}
		given[i] = s.Params
	}
	var list []FilledButton
	for i, b := range buttons {
		filled, bad := b.fill(given[i], fmt.Sprintf("%sbuttons: Button at index %d of type %s", where, i, b.Type))
		if bad != nil {
			return nil, bad
		}
		list = append(list, filled)
	}
	return list, nil
}

func fitsOneOf(list []string, s string) bool {
	for _, x := range list {
		if strings.EqualFold(x, s) {
			return true
		}
	}
	return false
}

func (b Button) fill(p []Param, where string) (FilledButton, *Fault) {
	out := FilledButton{Type: b.Type, Text: b.Text, URL: b.URL, Phone: b.Phone}
	if len(p) > 1 {
		return out, count(where, len(p), 1)
	}
	switch b.Type {
	case "URL":
		if len(Variables(b.URL)) == 0 {
			if len(p) > 0 && p[0].Text != nil {
				return out, count(where, len(p), 0)
			}
			return out, nil
		}
		if len(p) == 0 {
			return out, lacking(where + " requires a parameter")
		}
		if !strings.EqualFold(p[0].Type, "text") {
			return out, mismatch(where + " expects a parameter of type text")
		}
		if deref(p[0].Text) == "" {
			return out, unfit(where + " has a parameter without text")
		}
		out.URL = variable.ReplaceAllLiteralString(b.URL, *p[0].Text)
	case "COPY_CODE":
		if len(p) == 0 {
			return out, lacking(where + " requires a parameter")
		}
		if out.Code = p[0].Coupon; !strings.EqualFold(p[0].Type, "coupon_code") {
			return out, mismatch(where + " expects a parameter of type coupon_code")
		}
		if !couponLength.fits(out.Code) || !couponShape.MatchString(out.Code) {
			return out, unfit(where + " needs a coupon_code of 1 to 20 letters and digits")
		}
	case "FLOW", "CATALOG", "MPM", "SPM":
		if len(p) > 0 && !strings.EqualFold(p[0].Type, "action") {
			return out, mismatch(where + " expects a parameter of type action")
		}
		if b.Type == "MPM" && (len(p) == 0 || len(p[0].Action) == 0) {
			return out, lacking(where + " requires a parameter of type action")
		}
	case "QUICK_REPLY":
		out.Payload = b.Text
		if len(p) == 0 {
			return out, nil
		}
		if !strings.EqualFold(p[0].Type, "payload") {
			return out, mismatch(where + " expects a parameter of type payload")
		}
		if out.Payload = deref(p[0].Payload); out.Payload == "" {
			return out, unfit(where + " has a parameter without payload")
		}
	}
	return out, nil
}

// plainCode answers whether a code is free of what §4.2 forbids in it.
func plainCode(code string) bool {
	return !strings.Contains(code, "://") && !strings.Contains(strings.ToLower(code), "www.") &&
		!strings.ContainsFunc(code, func(r rune) bool { return unicode.In(r, unicode.So, unicode.Sk) && r > unicode.MaxLatin1 })
}

// fillCode fills an authentication template: the code in the body, and the same
// code in the button.
func (f *Form) fillCode(sent []Sent) (Filled, *Fault) {
	p := only(sent, "body")
	if len(p) != 1 {
		return Filled{}, count("body", len(p), 1)
	}
	code := deref(p[0].Text)
	switch {
	case !strings.EqualFold(p[0].Type, "text"):
		return Filled{}, mismatch("body: parameter 1 is of type " + p[0].Type + " where text is expected")
	case !codeLength.fits(code):
		return Filled{}, unfit("body: a code is 1 to 15 characters long")
	case !plainCode(code):
		return Filled{}, unfit("body: a code holds no addresses and no emoji")
	}
	b := only(sent, "button")
	if len(b) != 1 {
		return Filled{}, lacking("buttons: Button at index 0 of type OTP requires a parameter")
	}
	for _, s := range sent {
		if strings.EqualFold(s.Type, "button") && (s.Index != 0 || !fitsOneOf(subTypes["OTP"], s.SubType)) {
			return Filled{}, mismatch("buttons: the button of a code is at index 0 and of sub_type url")
		}
	}
	if deref(b[0].Text) != code && b[0].Coupon != code {
		return Filled{}, unfit("buttons: the button must carry the same code as the body")
	}
	out := f.Wording()
	out.Body = variable.ReplaceAllLiteralString(out.Body, code)
	for i := range out.Buttons {
		out.Buttons[i].Code = code
	}
	return out, nil
}
