package webhook

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"wasl/internal/wa"
)

func sortedKeys(m map[string]jsontext.Value) []string { return slices.Sorted(maps.Keys(m)) }

// account reads news of a WABA. The WABA is waba_info.waba_id, else entry.id,
// which is a portfolio for PARTNER_* events (coexistence-protocol §4.8; L9).
func (n *normalizer) account(c change) {
	var v struct {
		Event    string `json:"event"`
		Phone    text   `json:"phone_number"`
		Decision string `json:"decision"`
		Type     string `json:"type"`
		Settings struct {
			PhoneNumberID text `json:"phone_number_id"`
		} `json:"phone_number_settings"`
		WABA struct {
			ID text `json:"waba_id"`
		} `json:"waba_info"`
		Disconnection struct {
			Reason      string `json:"reason"`
			InitiatedBy string `json:"initiated_by"`
		} `json:"disconnection_info"`
		Alert struct {
			Type string `json:"alert_type"`
		} `json:"alert_info"`
		Restrictions []struct {
			Type string `json:"restriction_type"`
		} `json:"restriction_info"`
		Violation struct {
			Type string `json:"violation_type"`
		} `json:"violation_info"`
		Ban struct {
			State string `json:"waba_ban_state"`
		} `json:"ban_info"`
		limits
	}
	if read(c.Value, &v) != nil {
		n.unknown("news of an account without its shape", c.Value)
		return
	}
	if v.WABA.ID != "" {
		n.place.WABAID = wa.WABAID(v.WABA.ID)
	}
	n.place.PhoneNumberID = wa.PhoneNumberID(v.Settings.PhoneNumberID)
	event := v.Event
	for _, other := range []string{v.Decision, v.Alert.Type, v.Type} {
		if event == "" {
			event = other
		}
	}
	if event == "" {
		event = strings.ToUpper(n.field)
	}
	if n.field == "account_update" && !accountEvents[event] {
		n.odd(n.field, "unknown_value", "event "+event)
	}
	reasons := []string{v.Disconnection.Reason, v.Violation.Type, v.Ban.State}
	for _, r := range v.Restrictions {
		reasons = append(reasons, r.Type)
	}
	reasons = slices.DeleteFunc(reasons, func(s string) bool { return s == "" })
	n.add(wa.AccountChanged{
		Place: n.place, EntryID: string(n.entry.ID), Event: event, Phone: wa.Digits(string(v.Phone)),
		Reason: strings.Join(reasons, ", "), Limit: v.limit(), InitiatedBy: v.Disconnection.InitiatedBy, At: n.entry.Time.time(), Raw: c.Value,
	})
}

// limits are the members in which Meta tells how many customers a day may be
// written to first: a tier or a figure, under a name that has changed
// (cloud-api-protocol §5.7, business_capability_update, phone_number_quality_update).
type limits struct {
	Business text `json:"max_daily_conversations_per_business"`
	Current  text `json:"current_limit"`
	PerPhone text `json:"max_daily_conversation_per_phone"`
}

func (l limits) limit() string {
	return string(cmp.Or(l.Business, l.Current, l.PerPhone))
}

func (n *normalizer) number(c change) {
	var v struct {
		Display  text   `json:"display_phone_number"`
		Event    string `json:"event"`
		Decision string `json:"decision"`
		Status   string `json:"status"`
		limits
	}
	if read(c.Value, &v) != nil {
		n.unknown("news of a number without its shape", c.Value)
		return
	}
	event := v.Event
	if event == "" {
		event = v.Decision
	}
	if event == "" {
		event = v.Status
	}
	n.place.Display = wa.Digits(string(v.Display))
	n.add(wa.NumberChanged{Place: n.place, Field: n.field, Event: event, Limit: v.limit(), At: n.entry.Time.time(), Raw: c.Value})
}

func (n *normalizer) template(c change) {
	var v struct {
		ID       text   `json:"message_template_id"`
		Name     string `json:"message_template_name"`
		Language string `json:"message_template_language"`
		Event    string `json:"event"`
		Category string `json:"new_category"`
		Quality  string `json:"new_quality_score"`
	}
	if read(c.Value, &v) != nil {
		n.unknown("news of a template without its shape", c.Value)
		return
	}
	event := v.Event
	if event == "" {
		event = v.Category
	}
	if event == "" {
		event = v.Quality
	}
	n.add(wa.TemplateChanged{
		Place: n.place, Field: n.field, TemplateID: string(v.ID), Name: v.Name,
		Language: strings.ReplaceAll(v.Language, "-", "_"), Event: event, At: n.entry.Time.time(), Raw: c.Value,
	})
}

func (n *normalizer) contactChange(raw jsontext.Value) {
	var v struct {
		Type    string `json:"type"`
		Contact struct {
			FullName  string `json:"full_name"`
			FirstName string `json:"first_name"`
			Phone     text   `json:"phone_number"`
			UserID    text   `json:"user_id"`
			Parent    text   `json:"parent_user_id"`
			Username  string `json:"username"`
		} `json:"contact"`
		Action   string `json:"action"`
		Metadata struct {
			Timestamp num `json:"timestamp"`
		} `json:"metadata"`
	}
	if read(raw, &v) != nil {
		n.unknown("a contact change without its shape", raw)
		return
	}
	phone := wa.Digits(string(v.Contact.Phone))
	p := wa.Party{
		Phone: phone, WaID: phone, BSUID: string(v.Contact.UserID), Parent: string(v.Contact.Parent),
		Username: strings.TrimPrefix(v.Contact.Username, "@"),
	}
	if !p.Named() {
		n.unknown("a contact change that names nobody", raw)
		return
	}
	if v.Type != "contact" {
		n.odd(n.field, "unknown_type", v.Type)
	}
	if v.Action != "add" && v.Action != "remove" {
		n.odd(n.field, "unknown_value", "action "+v.Action)
	}
	n.add(wa.ContactChanged{
		Place: n.place, Party: p, FullName: v.Contact.FullName, FirstName: v.Contact.FirstName,
		Removed: v.Action == "remove", At: v.Metadata.Timestamp.time(),
	})
}

func (n *normalizer) preference(raw jsontext.Value) {
	var v struct {
		WaID      text   `json:"wa_id"`
		UserID    text   `json:"user_id"`
		Category  string `json:"category"`
		Value     string `json:"value"`
		Timestamp num    `json:"timestamp"`
	}
	if read(raw, &v) != nil {
		n.unknown("a preference without its shape", raw)
		return
	}
	phone := wa.Digits(string(v.WaID))
	p := wa.Party{Phone: phone, WaID: phone, BSUID: string(v.UserID)}
	if c, ok := n.contactFor(p); ok {
		p.Name, p.Username = c.Name, c.Username
		if p.BSUID == "" {
			p.BSUID = c.BSUID
		}
	}
	if !p.Named() {
		n.unknown("a preference that names nobody", raw)
		return
	}
	if !preferences[v.Value] {
		n.odd(n.field, "unknown_value", "value "+v.Value)
	}
	n.add(wa.PreferenceChanged{Place: n.place, Party: p, Category: v.Category, Value: v.Value, At: v.Timestamp.time(), Raw: raw})
}

// userID reads the field that was announced and withdrawn; deliveries of it may
// still come (coexistence-protocol §4.7, §9).
func (n *normalizer) userID(raw jsontext.Value) {
	var v struct {
		WaID   text `json:"wa_id"`
		UserID struct {
			Previous text `json:"previous"`
			Current  text `json:"current"`
		} `json:"user_id"`
		Timestamp num `json:"timestamp"`
	}
	if read(raw, &v) != nil || v.UserID.Current == "" {
		n.unknown("a user id update without its shape", raw)
		return
	}
	phone := wa.Digits(string(v.WaID))
	n.add(wa.SystemNoticed{
		Place: n.place, Party: wa.Party{Phone: phone, WaID: phone, BSUID: string(v.UserID.Previous)},
		Now: wa.Party{BSUID: string(v.UserID.Current)}, At: v.Timestamp.time(), Kind: "user_changed_user_id",
		Content: wa.Content{Type: "system", JSON: raw},
	})
}
