package metaemu

import (
	"net/http"
	"slices"
)

// Rules of sending by date, with where they are written.
var (
	// marketingOnPhones: whether marketing_messages works on a Coexistence number.
	// M-MM's onboarding guide is of 29 Sep 2025; some providers say no (§6.7).
	marketingOnPhones = []datedRule{{"2025-01-01", false}, {"2025-09-29", true}}
	// callsOnPhones: the feature table of September 2026 says no (§6.4).
	callsOnPhones = []datedRule{{"2025-01-01", false}}
	// groupsOnPhones: never (cloud-api-protocol §9).
	groupsOnPhones = []datedRule{{"2025-01-01", false}}
	// contactBook: whether Meta keeps phones and user ids together (§2.3).
	contactBook = []datedRule{{"2025-01-01", false}, {"2026-04-01", true}}
)

// sendEdges are those that send. The two that send messages are written into the
// book of arrivals before anything else, so they never come here by dispatch.
func sendEdges() []edge {
	return []edge{
		{
			on: "number", method: "POST", name: "messages", source: "cloud-api-protocol §2",
			fields: "messaging_product recipient_type to recipient type context biz_opaque_callback_data recipient_identity_key_hash category " +
				"messaging_account_id status message_id typing_indicator text image video audio document sticker location contacts reaction interactive template",
			codes: []int{
				100, 2, 130403, 130429, 130497, 131000, 131008, 131009, 131016, 131021, 131030, 131031, 131047, 131051, 131056, 131057,
				131061, 131062, 131063, 131064, 132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018, 133010,
			},
			do: (*Emulator).postMessage,
		},
		{
			on: "number", method: "POST", name: "marketing_messages", source: "cloud-api-protocol §2.9",
			fields: "messaging_product to recipient type context biz_opaque_callback_data product_policy message_activity_sharing template",
			codes:  []int{100, 130429, 131009, 131031, 131055, 131056, 131057, 131064, 132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018, 133010, 134100, 134101, 134102, 1752041},
			do:     (*Emulator).postMessage,
		},
		{on: "number", method: "POST", name: "calls", source: "cloud-api-protocol §9", codes: []int{100}, refused: noCallsOnPhones, do: ofNumber((*Emulator).noCalls)},
		{on: "number", method: "GET", name: "call_permissions", source: "cloud-api-protocol §9", codes: []int{100}, refused: noCallsOnPhones, do: ofNumber((*Emulator).noCalls)},
		{on: "number", method: "POST", name: "groups", source: "cloud-api-protocol §9", codes: []int{100}, refused: noGroupsOnPhones, do: ofNumber((*Emulator).noGroups)},
		{on: "number", method: "GET", name: "groups", source: "cloud-api-protocol §9", codes: []int{100}, refused: noGroupsOnPhones, do: ofNumber((*Emulator).noGroups)},
	}
}

// sends answers whether a call goes through the book of arrivals.
func (c *call) sends() bool {
	return c.method == http.MethodPost && (c.edge == "messages" || c.edge == "marketing_messages")
}

// What Meta offers to numbers that live on the platform alone (§9). The sentences
// are ours.
const (
	noCallsOnPhones  = "Calling is not available for a phone number that is in use with the WhatsApp Business app."
	noGroupsOnPhones = "Groups are not available for a phone number that is in use with the WhatsApp Business app."
)

func (e *Emulator) noCalls(c *call, n *number) answer {
	if n.Coexistence && !e.allows(e.sending.rules.Calling, callsOnPhones, c.arrived) {
		return e.refuse(badParameter(noCallsOnPhones))
	}
	return e.refuse(notEmulated(c.method, "/"+c.node+"/"+c.edge))
}

func (e *Emulator) noGroups(c *call, n *number) answer {
	if n.Coexistence && !e.rule(groupsOnPhones, c.arrived) {
		return e.refuse(badParameter(noGroupsOnPhones))
	}
	return e.refuse(notEmulated(c.method, "/"+c.node+"/"+c.edge))
}

// unavailable is why a number may not send in this way at all: the marketing
// API, groups, calls, a category without a template.
func (e *Emulator) unavailable(c *call, n *number, q *sendRequest) *failure {
	rules := e.sending.rules
	if c.edge == "marketing_messages" {
		if code := rules.MarketingError; code != 0 {
			return fail(code, "Asked for by the emulator's rules of sending.")
		}
		if n.Coexistence && !e.allows(rules.MarketingAPI, marketingOnPhones, c.arrived) {
			return fail(131055, "The Marketing Messages API is not available for this phone number.")
		}
		return nil
	}
	switch kind := q.InteractiveType(); {
	case q.group():
		return badParameter("Param recipient_type: groups are not available for this phone number.")
	case (kind == "call_permission_request" || kind == "voice_call") && n.Coexistence && !e.allows(rules.Calling, callsOnPhones, c.arrived):
		return badParameter("Param interactive['type']: calling is not available for a phone number that is in use with the WhatsApp Business app.")
	case q.Category != "" && !e.sending.wabas[n.waba.ID].DirectSend:
		return badParameter("Param category: sending without a template is not enabled for this WhatsApp Business Account.")
	}
	return nil
}

// priceSend is the price of a send by the way it goes.
func (e *Emulator) priceSend(c *call, m *message, q *sendRequest) *price {
	p := e.priceOf(m, q)
	switch {
	case c.edge == "marketing_messages" && p.category == "marketing":
		p.category = "marketing_lite"
	case q.Category != "" && m.typ != "template":
		p.category = q.Category
	}
	return p
}

// wayFate is why a template may not go by this way, or not to whom it is for.
func (e *Emulator) wayFate(c *call, m *message, q *sendRequest) *failure {
	if m.typ != "template" {
		return nil
	}
	t, _ := q.template()
	w := e.sending.wabas[m.chat.number.waba.ID]
	switch {
	case c.edge == "marketing_messages" && !m.price.marketing():
		return fail(134100, "Only marketing templates can be sent with the Marketing Messages API.")
	case c.edge == "marketing_messages":
	case slices.Contains(w.MaxPrice, t.Name):
		return fail(131061, "A template with a maximum price must be sent with the Marketing Messages API.")
	case w.NoMarketing && m.price.marketing():
		return fail(131063, "Marketing templates are disabled on the Cloud API for this WhatsApp Business Account: use the Marketing Messages API.")
	}
	if m.byUserID && m.price.category == "authentication" {
		return fail(131062, "Authentication templates cannot be sent to a business-scoped user id.")
	}
	return nil
}
