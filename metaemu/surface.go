package metaemu

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// Endpoint is one thing that can be asked of Meta over Graph, and whether the
// emulator answers it.
type Endpoint struct {
	Method, Path string
	// Fields are those it answers, or the parameters it takes.
	Fields []string
	// Codes are the errors it may answer beyond those of every call.
	Codes []int
	// Source is the section of the protocol notes that describes it.
	Source string
	// Refused is what Meta itself answers on a Coexistence number, Missing why
	// the emulator does not answer; both are empty if it does.
	Refused, Missing string
}

// Surface is all of it, by path and method: what is emulated, what Meta refuses,
// and what is known of Meta but not emulated. The page docs/emulator-surface.md
// is printed from it.
func Surface() []Endpoint {
	var list []Endpoint
	for _, ed := range slices.Concat(edges(), configured()) {
		list = append(list, Endpoint{
			Method: ed.method, Path: pathOf(ed.on, ed.name), Fields: strings.Fields(ed.fields),
			Codes: slices.Sorted(slices.Values(ed.codes)), Source: ed.source, Refused: ed.refused,
		})
	}
	for _, m := range missing {
		for method := range strings.FieldsSeq(m.methods) {
			list = append(list, Endpoint{Method: method, Path: m.path, Source: m.source, Missing: m.because})
		}
	}
	slices.SortFunc(list, func(a, b Endpoint) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return list
}

// pathOf is the path of an edge as Meta's pages write it.
func pathOf(kind, name string) string {
	id := "/{" + or(map[string]string{"number": "phone-number", "portfolio": "business", "history": "message-history"}[kind], kind) + "-id}"
	if kind == "" {
		id = ""
	}
	if name == "" {
		return id
	}
	return id + "/" + name
}

// configured are calls that set a callback. They are answered before the table is
// asked, because they wait for the callback's answer to a challenge; so are those
// of numbers and WABAs that name one.
func configured() []edge {
	return []edge{
		{
			on: "app", method: http.MethodPost, name: "subscriptions", source: "cloud-api-protocol §5.1",
			fields: "object callback_url verify_token fields", codes: []int{100},
		},
	}
}

// ErrorCode is one line of Meta's table of errors.
type ErrorCode struct {
	Code, HTTP int
	Title      string
	// Later: it normally comes as a status "failed", not in the answer.
	Later bool
}

// ErrorCodes is the table, by code.
func ErrorCodes() []ErrorCode {
	list := make([]ErrorCode, 0, len(known))
	for _, code := range sortedKeys(known) {
		k := known[code]
		list = append(list, ErrorCode{Code: code, HTTP: k.http, Title: k.title, Later: k.async})
	}
	return list
}

// Webhook is one thing that the emulator tells an app.
type Webhook struct {
	Field, Holds, When, Source string
}

// Webhooks are all of them, in the order of the protocol notes.
func Webhooks() []Webhook {
	return []Webhook{
		{"messages", "messages[], contacts[]", "a customer writes, answers, reacts, edits or deletes, from the number's onboarding on", "cloud-api-protocol §5.5"},
		{"messages", "messages[] of type system", "a customer changes the number", "cloud-api-protocol §5.5"},
		{"messages", "statuses[]", "a message that was sent over Graph is sent, delivered, read, played, or has failed", "cloud-api-protocol §5.6"},
		{"messages", "errors[]", "a test asks for an error that belongs to no message", "cloud-api-protocol §5.5"},
		{"smb_message_echoes", "message_echoes[]", "the owner writes, edits or deletes on the phone or a companion", "coexistence-protocol §4.6"},
		{"smb_app_state_sync", "state_sync[]", "the address book is asked for, and whenever it changes", "coexistence-protocol §4.5"},
		{"history", "history[] of threads, of media, or an error", "the history is asked for and shared, or declined", "coexistence-protocol §4.2"},
		{"account_update", "event and what belongs to it", "a number is connected, disconnected, off the phone for a while, or back", "coexistence-protocol §4.8"},
		{"phone_number_quality_update", "THROUGHPUT_UPGRADE", "the throughput of a number without a phone is raised", "cloud-api-protocol §5.7"},
		{"business_capability_update", "max_daily_conversations_per_business", "a portfolio's messaging limit changes", "cloud-api-protocol §5.7"},
		{"phone_number_name_update", "decision", "the display name that a number has asked for is reviewed", "cloud-api-protocol §5.7"},
		{"security", "event, requester", "a number's PIN is set, or its reset is asked for", "cloud-api-protocol §5.7"},
		{"account_review_update", "decision", "a test lets Meta review an account", "cloud-api-protocol §5.7"},
		{"account_alerts", "alert_info", "a test lets Meta alert an account", "cloud-api-protocol §5.7"},
		{"account_settings_update", "phone_number_settings", "a number's calling settings change", "cloud-api-protocol §5.7"},
		{"business_username_update", "username, status", "a number takes a username, or it is approved, reserved or deleted", "cloud-api-protocol §5.7"},
		{"user_preferences", "user_preferences[]", "a customer stops or resumes marketing messages", "cloud-api-protocol §5.7"},
		{"message_template_status_update", "event, and why", "a template is reviewed, flagged, paused, disabled, archived or deleted", "cloud-api-protocol §5.7"},
		{"message_template_quality_update", "the old and the new score", "the quality of a template changes", "cloud-api-protocol §5.7"},
		{"message_template_components_update", "the parts, as they are now", "a template is edited", "cloud-api-protocol §5.7"},
		{"template_category_update", "the old and the new category", "Meta moves a template to another category, or says that it will", "cloud-api-protocol §5.7"},
		{"user_id_update", "the old and the new user id", "a customer changes the number, if that habit is switched on", "cloud-api-protocol §2.3"},
		{"something_new", "what nobody knows", "a test asks for fields that the receiver cannot know", "coexistence-protocol §8.5"},
	}
}
