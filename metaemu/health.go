package metaemu

import (
	"slices"

	"wasl/metaemu/wire"
)

// How far an object can send. The order is from best to worst.
const (
	canSend    = "AVAILABLE"
	sendsSome  = "LIMITED"
	sendsNoMsg = "BLOCKED"
)

var healthRank = []string{canSend, sendsSome, sendsNoMsg}

// A node is one object on the way of a message, and what is wrong with it.
type node struct {
	kind, id, can string
	errors        [][]byte
	info          []string
}

// worse notes a trouble of a node: a code of Meta's table, what it means, and what
// helps.
func (n *node) worse(can string, code int, solution string) {
	if slices.Index(healthRank, can) > slices.Index(healthRank, n.can) {
		n.can = can
	}
	var o wire.Object
	n.errors = append(n.errors, o.Int("error_code", int64(code)).Str("error_description", known[code].title).Str("possible_solution", solution).Bytes())
}

// healthOf is the field health_status of nodes: the worst of them, and each.
func healthOf(nodes ...node) []byte {
	worst, list := canSend, [][]byte(nil)
	for _, n := range nodes {
		if slices.Index(healthRank, n.can) > slices.Index(healthRank, worst) {
			worst = n.can
		}
		var o wire.Object
		o.Str("entity_type", n.kind).Str("id", n.id).Str("can_send_message", n.can)
		if len(n.errors) > 0 {
			o.List("errors", n.errors...)
		}
		if len(n.info) > 0 {
			o.List("additional_info", texts(n.info)...)
		}
		list = append(list, o.Bytes())
	}
	var o wire.Object
	return o.Str("can_send_message", worst).List("entities", list...).Bytes()
}

// numberHealth is that of a number and of all it depends on.
func (e *Emulator) numberHealth(n *number, app string) []byte {
	k := node{kind: "PHONE_NUMBER", id: n.ID, can: canSend}
	if n.Stage != StageLive {
		k.worse(sendsNoMsg, 133010, "Connect the phone number to the Cloud API.")
	}
	if e.clock.Now().Before(e.sending.upkeep[n.ID]) {
		k.worse(sendsNoMsg, 131057, "Wait until the maintenance has ended.")
	}
	if e.sending.numbers[n.ID].Spam {
		k.worse(sendsNoMsg, 131048, "Improve the quality of what you send.")
	}
	switch s := e.setupOf(n).standing; {
	case s.Status == "BANNED" || s.Status == "RESTRICTED":
		k.worse(sendsNoMsg, 368, "Appeal in WhatsApp Manager.")
	case s.Quality == "RED" || s.Status == "FLAGGED" || s.Status == "RATE_LIMITED":
		k.worse(sendsSome, 131048, "Improve the quality of what you send.")
	}
	return healthOf(append([]node{k}, e.accountHealth(n.waba, app)...)...)
}

// accountHealth is that of a WABA, its business and the app that asks.
func (e *Emulator) accountHealth(w *waba, app string) []node {
	k := node{kind: "WABA", id: w.ID, can: canSend}
	rules := e.sending.wabas[w.ID]
	if rules.Locked {
		k.worse(sendsNoMsg, 131031, "Appeal in WhatsApp Manager.")
	}
	if rules.NoPayment {
		k.worse(sendsSome, 131042, "Add a payment method to the account.")
	}
	if e.setupOfWABA(w).review == "REJECTED" {
		k.worse(sendsNoMsg, 368, "Appeal in WhatsApp Manager.")
	}
	return []node{k, e.businessHealth(w.Portfolio), {kind: "APP", id: app, can: canSend}}
}

// businessHealth is that of a portfolio: whether its messaging limit is used up.
func (e *Emulator) businessHealth(portfolio string) node {
	tier := e.tierOf(portfolio)
	k := node{kind: "BUSINESS", id: portfolio, can: canSend, info: []string{"The messaging limit of this business is " + tier + "."}}
	r, most := e.sending.reached[portfolio], tierUsers[tier]
	if r != nil && most > 0 && len(r.since(e.clock.Now().Add(-limitWithin))) >= most {
		k.worse(sendsSome, 131064, "Wait, or verify the business to raise its messaging limit.")
	}
	return k
}

// templateHealth is that of a template and of all it depends on.
func (e *Emulator) templateHealth(t *template, app string) []byte {
	k := node{kind: "MESSAGE_TEMPLATE", id: t.id, can: canSend}
	switch t.status {
	case approved:
	case "PAUSED":
		k.worse(sendsNoMsg, 132015, "Wait until the pause has ended, or edit the template.")
	case "DISABLED":
		k.worse(sendsNoMsg, 132016, "Create another template.")
	default:
		k.worse(sendsNoMsg, 132001, "Wait until the template is approved.")
	}
	return healthOf(append([]node{k}, e.accountHealth(t.waba, app)...)...)
}

// templateBody is a template with the fields asked for; its health is not only its
// own.
func (e *Emulator) templateBody(c *call, t *template) []byte {
	fields := c.query("fields")
	body := t.object(fields)
	if !slices.ContainsFunc(selections(fields), func(s selection) bool { return s.name == "health_status" }) {
		return body
	}
	body = append(body[:len(body)-1], `,"health_status":`...)
	return append(append(body, e.templateHealth(t, c.holder.app)...), '}')
}
