package form

import (
	"encoding/json"
	"strings"
)

// Item is a template of the library: ready-made, approved at once. The wording is
// ours.
type Item struct {
	ID, Name, Language, Category   string
	Topic, UseCase, Header, Body   string
	Params, ParamTypes, Industries []string
	URL, Phone                     string // label of the button, if one
}

// Library is what message_template_library offers.
func Library() []Item {
	return []Item{
		{
			ID: "700000000000001", Name: "delivery_on_its_way_1", Language: "en_US", Category: Utility, Topic: "ORDER_MANAGEMENT", UseCase: "DELIVERY_UPDATE",
			Header: "On its way", Body: "Hello {{1}}, your parcel {{2}} has left our warehouse and will be with you soon.",
			Params: []string{"Mona", "A-99"}, ParamTypes: []string{"TEXT", "TEXT"}, Industries: []string{"E_COMMERCE"}, URL: "Follow the parcel",
		},
		{
			ID: "700000000000002", Name: "delivery_on_its_way_1", Language: "ar", Category: Utility, Topic: "ORDER_MANAGEMENT", UseCase: "DELIVERY_UPDATE",
			Header: "في الطريق", Body: "مرحبا {{1}}، غادر طردك {{2}} مستودعنا وسيصل إليك قريبا.",
			Params: []string{"منى", "A-99"}, ParamTypes: []string{"TEXT", "TEXT"}, Industries: []string{"E_COMMERCE"}, URL: "تتبع الطرد",
		},
		{
			ID: "700000000000003", Name: "payment_received_1", Language: "en_US", Category: Utility, Topic: "PAYMENTS", UseCase: "PAYMENT_CONFIRMATION",
			Header: "Thank you", Body: "Hello {{1}}, we have received your payment of {{2}} for invoice {{3}} today.",
			Params: []string{"Mona", "$12.50", "INV-7"}, ParamTypes: []string{"TEXT", "AMOUNT", "TEXT"}, Industries: []string{"E_COMMERCE", "FINANCIAL_SERVICES"},
		},
		{
			ID: "700000000000004", Name: "appointment_reminder_1", Language: "en_US", Category: Utility, Topic: "EVENT_REMINDER", UseCase: "APPOINTMENT_REMINDER",
			Header: "See you soon", Body: "Hello {{1}}, we expect you on {{2}}. Please call us if you cannot come.",
			Params: []string{"Mona", "1 Dec 2026"}, ParamTypes: []string{"TEXT", "DATE"}, Industries: []string{"E_COMMERCE"}, Phone: "Call us",
		},
	}
}

// FromLibrary is the form that a create asks for by the name of a library
// template.
func FromLibrary(f Form) (Form, *Fault) {
	for _, it := range Library() {
		if it.Name != f.Library || it.Language != f.Language {
			continue
		}
		if f.Category != it.Category {
			return f, parameter("The library template " + f.Library + " is of category " + it.Category + ".")
		}
		f.Format = "POSITIONAL"
		raw, bad := it.components(f.Inputs)
		if bad != nil {
			return f, bad
		}
		return f, f.SetComponents(raw)
	}
	return f, parameter("There is no library template " + f.Library + " in " + f.Language + ".")
}

// components of a library template, with the button as the author wants it.
func (it Item) components(inputs json.RawMessage) (json.RawMessage, *Fault) {
	type obj = map[string]any
	list := []any{
		obj{"type": "HEADER", "format": "TEXT", "text": it.Header},
		obj{"type": "BODY", "text": it.Body, "example": obj{"body_text": [][]string{it.Params}}},
	}
	if it.URL != "" || it.Phone != "" {
		b, bad := it.button(inputs)
		if bad != nil {
			return nil, bad
		}
		list = append(list, obj{"type": "BUTTONS", "buttons": []any{b}})
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return nil, parameter("The inputs cannot be put into the library template: " + err.Error())
	}
	return raw, nil
}

func (it Item) button(inputs json.RawMessage) (map[string]any, *Fault) {
	var given []struct {
		Type  string `json:"type"`
		Phone string `json:"phone_number"`
		URL   struct {
			Base   string `json:"base_url"`
			Suffix string `json:"url_suffix_example"`
		} `json:"url"`
	}
	var text string
	if json.Unmarshal(inputs, &text) == nil {
		inputs = json.RawMessage(text) // Graph takes a list written into a string.
	}
	if len(inputs) == 0 || json.Unmarshal(inputs, &given) != nil || len(given) != 1 {
		return nil, parameter("The library template " + it.Name + " has one button: library_template_button_inputs needs one input for it.")
	}
	switch {
	case it.URL != "" && strings.EqualFold(given[0].Type, "URL") && given[0].URL.Base != "":
		b := map[string]any{"type": "URL", "text": it.URL, "url": given[0].URL.Base}
		if given[0].URL.Suffix != "" {
			b["example"] = []string{given[0].URL.Suffix}
		}
		return b, nil
	case it.Phone != "" && strings.EqualFold(given[0].Type, "PHONE_NUMBER") && given[0].Phone != "":
		return map[string]any{"type": "PHONE_NUMBER", "text": it.Phone, "phone_number": given[0].Phone}, nil
	}
	return nil, parameter("library_template_button_inputs does not fit the button of " + it.Name + ".")
}
