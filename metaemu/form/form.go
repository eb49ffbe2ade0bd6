// Package form reads message templates, judges whether Meta would take them, and
// compares a send with the template it names. It is pure: states, reviews and
// limits over time are not its business.
//
// The rules are those of cloud-api-protocol §2.5, §4.2 and §4.4. What is wrong
// with a template answers code 100 with a subcode of the 2388xxx family where one
// is known; which of two near subcodes Meta picks is known only in part.
package form

import (
	"encoding/json"
	"regexp"
	"strings"
)

// Categories of templates.
const (
	Marketing      = "MARKETING"
	Utility        = "UTILITY"
	Authentication = "AUTHENTICATION"
)

// Form is a template as its author wrote it.
type Form struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	Category string `json:"category"`
	// Format is POSITIONAL or NAMED; empty means positional.
	Format string `json:"parameter_format"`
	// TTL is how long an undelivered message may wait, in seconds; nil is the
	// category's own, and -1 thirty days.
	TTL *int `json:"message_send_ttl_seconds"`
	// Raw is the components as written, with the words for kinds in capitals.
	Raw        json.RawMessage `json:"components"`
	Components []Component     `json:"-"`
	NoTracking *bool           `json:"cta_url_link_tracking_opted_out"`
	// Library and what follows ask for a template of the library.
	Library string          `json:"library_template_name"`
	Inputs  json.RawMessage `json:"library_template_button_inputs"`
	// Languages are those of an upsert.
	Languages []string `json:"languages"`
}

// Component is one part of a template: HEADER, BODY, FOOTER, BUTTONS,
// LIMITED_TIME_OFFER or CAROUSEL.
type Component struct {
	Type    string   `json:"type"`
	Format  string   `json:"format"`
	Text    string   `json:"text"`
	Example *Example `json:"example"`
	Buttons []Button `json:"buttons"`
	Cards   []Card   `json:"cards"`
	Offer   *Offer   `json:"limited_time_offer"`
	// Security and Expiration belong to authentication templates.
	Security   bool `json:"add_security_recommendation"`
	Expiration *int `json:"code_expiration_minutes"`
}

// Example is the sample of a component's variables or media.
type Example struct {
	HeaderText  []string   `json:"header_text"`
	HeaderNamed []Named    `json:"header_text_named_params"`
	Handle      []string   `json:"header_handle"`
	BodyText    [][]string `json:"body_text"`
	BodyNamed   []Named    `json:"body_text_named_params"`
}

// UnmarshalJSON takes body_text as a list of strings too, as Meta does.
func (x *Example) UnmarshalJSON(raw []byte) error {
	type plain Example
	if err := json.Unmarshal(raw, (*plain)(x)); err == nil {
		return nil
	}
	var flat struct {
		HeaderText json.RawMessage `json:"header_text"`
		Handle     json.RawMessage `json:"header_handle"`
		BodyText   json.RawMessage `json:"body_text"`
	}
	if err := json.Unmarshal(raw, &flat); err != nil {
		return err
	}
	*x = Example{HeaderText: strs(flat.HeaderText), Handle: strs(flat.Handle)}
	if body := strs(flat.BodyText); body != nil {
		x.BodyText = [][]string{body}
	}
	return nil
}

// strs reads a string or a list of strings; nil if it is neither.
func strs(raw json.RawMessage) []string {
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	var one string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	return nil
}

// Named is the sample of a named variable.
type Named struct {
	Name    string `json:"param_name"`
	Example string `json:"example"`
}

// Button is one button of a template.
type Button struct {
	Type      string          `json:"type"`
	Text      string          `json:"text"`
	URL       string          `json:"url"`
	Phone     string          `json:"phone_number"`
	Example   json.RawMessage `json:"example"`
	OTP       string          `json:"otp_type"`
	Autofill  string          `json:"autofill_text"`
	ZeroTap   bool            `json:"zero_tap_terms_accepted"`
	Apps      []App           `json:"supported_apps"`
	Package   string          `json:"package_name"`
	Signature string          `json:"signature_hash"`
	FlowID    json.RawMessage `json:"flow_id"`
	FlowName  string          `json:"flow_name"`
	FlowJSON  json.RawMessage `json:"flow_json"`
}

// App is an Android app that may take a code.
type App struct {
	Package   string `json:"package_name"`
	Signature string `json:"signature_hash"`
}

// Card is one card of a carousel.
type Card struct {
	Components []Component `json:"components"`
}

// Offer is the limited-time offer of a template.
type Offer struct {
	Text       string `json:"text"`
	Expiration bool   `json:"has_expiration"`
}

// Read takes the body of a create or an edit apart. Only what it says is read;
// Check judges it.
func Read(raw []byte) (Form, *Fault) {
	var f Form
	if err := json.Unmarshal(raw, &f); err != nil {
		return f, parameter("The body is not a template: " + err.Error())
	}
	f.Category, f.Format = strings.ToUpper(f.Category), strings.ToUpper(f.Format)
	return f, f.SetComponents(f.Raw)
}

// SetComponents replaces the components by those written in raw.
func (f *Form) SetComponents(raw json.RawMessage) *Fault {
	f.Raw, f.Components = capitals(raw), nil
	if len(raw) == 0 || string(raw) == "null" {
		f.Raw = nil
		return nil
	}
	if err := json.Unmarshal(f.Raw, &f.Components); err != nil {
		return parameter("Param components must be an array of components: " + err.Error())
	}
	return nil
}

// capitals writes the words for kinds in capitals, as Meta shows them again. What
// is in capitals already keeps the order of its members.
func capitals(raw json.RawMessage) json.RawMessage {
	var v any
	if json.Unmarshal(raw, &v) != nil || !raise(v) {
		return raw
	}
	out, err := json.Marshal(v)
	if err != nil {
		return raw
	}
	return out
}

// raise answers whether it changed anything.
func raise(v any) bool {
	changed := false
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			changed = raise(x) || changed
		}
	case map[string]any:
		for k, x := range v {
			s, isText := x.(string)
			if isText && (k == "type" || k == "format" || k == "otp_type") && s != strings.ToUpper(s) {
				v[k], changed = strings.ToUpper(s), true
			}
			changed = raise(x) || changed
		}
	}
	return changed
}

// Part is the component of a type, or nil.
func (f *Form) Part(typ string) *Component { return part(f.Components, typ) }

func part(list []Component, typ string) *Component {
	for i := range list {
		if list[i].Type == typ {
			return &list[i]
		}
	}
	return nil
}

// Named answers whether the variables have names.
func (f *Form) Named() bool { return f.Format == "NAMED" }

// variable is {{1}} or {{name}}, with blanks tolerated inside.
var variable = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// Variables are the names or numbers in a text, each once, in order.
func Variables(text string) []string {
	var list []string
	seen := map[string]bool{}
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		if !seen[m[1]] {
			seen[m[1]] = true
			list = append(list, m[1])
		}
	}
	return list
}
