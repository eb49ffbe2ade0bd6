package webhook

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"wasl/internal/ingest"
	"wasl/internal/wa"
)

// Normalize says what a delivery's body means: every entry, change and item of
// it becomes an event, in the order of the body. It is pure. What it has no word
// for becomes an [wa.Unknown] or is noted as odd; a body that is not JSON, or not
// a webhook, is Broken.
func Normalize(body []byte) ingest.Normalized {
	var n normalizer
	var env envelope
	body = storable(body)
	if err := read(body, &env); err != nil && !n.looseEnvelope(body, &env) {
		return ingest.Normalized{Broken: "the body is not the JSON of a webhook"}
	}
	if env.Object == "" && env.Entry == nil {
		return ingest.Normalized{Broken: "the body has neither object nor entry"}
	}
	if env.Object != "whatsapp_business_account" {
		n.odd("", "unknown_value", "object "+string(env.Object))
	}
	n.extra("body", env.Extra)
	for _, e := range env.Entry {
		n.entry = e
		n.extra("entry", e.Extra)
		if len(e.Changes) == 0 && e.Field != "" {
			n.change(change{Field: e.Field, Value: e.Value})
		}
		for _, c := range e.Changes {
			n.extra("change", c.Extra)
			n.change(c)
		}
	}
	return n.out
}

type normalizer struct {
	out   ingest.Normalized
	entry entry
	field string
	value value
	place wa.Place
}

func (n *normalizer) add(ev wa.Event) { n.out.Events = append(n.out.Events, ev) }

// odd notes something about the event that is added next, or the whole.
func (n *normalizer) odd(field, kind, what string) {
	if len(what) > 80 {
		what = what[:80]
	}
	n.out.Odd = append(n.out.Odd, ingest.Oddity{Item: len(n.out.Events), Field: field, Kind: kind, What: what})
}

func (n *normalizer) unknown(reason string, raw []byte) {
	n.odd(n.field, "malformed", reason)
	n.add(wa.Unknown{Place: n.place, Field: n.field, Reason: reason, Raw: raw})
}

// extra notes the members that a shape does not name, but for those of except.
func (n *normalizer) extra(where string, extra jsontext.Value, except ...string) {
	if len(extra) == 0 {
		return
	}
	var members map[string]jsontext.Value
	if read(extra, &members) != nil {
		return
	}
	for _, name := range sortedKeys(members) {
		if !slices.Contains(except, name) {
			n.odd(n.field, "unknown_member", where+"."+name)
		}
	}
}

func (n *normalizer) change(c change) {
	n.field = string(c.Field)
	n.place = wa.Place{WABAID: wa.WABAID(n.entry.ID)}
	switch c.Field {
	case "messages", "smb_message_echoes", "history", "smb_app_state_sync", "user_preferences", "user_id_update":
		before := len(n.out.Events)
		n.value = value{}
		if err := read(c.Value, &n.value); err != nil && !n.looseValue(c.Value) {
			n.unknown("the value does not have the shape of its field", c.Value)
			return
		}
		n.place.PhoneNumberID = wa.PhoneNumberID(n.value.Metadata.PhoneNumberID)
		n.place.Display = wa.Digits(string(n.value.Metadata.Display))
		n.conversational(c, before)
	case "account_update", "account_alerts", "account_review_update", "business_capability_update",
		"partner_solutions", "payment_configuration_update", "account_settings_update":
		n.account(c)
	case "phone_number_quality_update", "phone_number_name_update", "security", "business_username_update":
		n.number(c)
	case "message_template_status_update", "message_template_quality_update",
		"message_template_components_update", "template_category_update":
		n.template(c)
	default:
		n.odd(n.field, "unknown_field", n.field)
		n.add(wa.Unknown{Place: n.placeOf(c.Value), Field: n.field, Reason: "a field we have no word for", Raw: c.Value})
	}
}

// placeOf finds the Number of a value we cannot read otherwise.
func (n *normalizer) placeOf(raw []byte) wa.Place {
	var v struct {
		Metadata metadata `json:"metadata"`
	}
	p := n.place
	if read(raw, &v) == nil {
		p.PhoneNumberID = wa.PhoneNumberID(v.Metadata.PhoneNumberID)
		p.Display = wa.Digits(string(v.Metadata.Display))
	}
	return p
}

// conversational reads the fields that are about conversations of one Number.
// before is how many events there were before its value was read.
func (n *normalizer) conversational(c change, before int) {
	switch c.Field {
	case "history":
		n.history()
	case "smb_message_echoes":
		for _, raw := range append(n.value.Echoes, n.value.Messages...) {
			n.echo(raw)
		}
	default:
		for _, raw := range n.value.Messages {
			n.message(raw)
		}
		for _, raw := range n.value.Echoes {
			n.echo(raw)
		}
	}
	for _, raw := range n.value.Statuses {
		n.status(raw)
	}
	for _, raw := range n.value.StateSync {
		n.contactChange(raw)
	}
	for _, raw := range n.value.Preferences {
		n.preference(raw)
	}
	for _, raw := range n.value.UserIDs {
		n.userID(raw)
	}
	for _, raw := range n.value.Errors {
		n.troubled(raw)
	}
	n.extra("value", n.value.Extra)
	if len(n.out.Events) == before {
		n.unknown("nothing in it that we have a word for", c.Value)
	}
}

func (n *normalizer) troubled(raw []byte) {
	var e wireError
	if read(raw, &e) != nil {
		n.unknown("an error without its shape", raw)
		return
	}
	if int(e.Code) == declined {
		n.add(wa.HistoryDeclined{Place: n.place, Code: int(e.Code), Title: e.Title, Raw: raw})
		return
	}
	n.add(wa.Errored{Place: n.place, Code: int(e.Code), Title: e.Title, Raw: raw})
}

// customerOf is the person who wrote m: what m says of them, completed by the
// contact beside it.
func (n *normalizer) customerOf(phone, user, parent text) wa.Party {
	p := wa.Party{Phone: wa.Digits(string(phone)), BSUID: string(user), Parent: string(parent)}
	p.WaID = p.Phone
	c, ok := n.contactFor(p)
	if !ok {
		return p
	}
	if p.Phone == "" {
		p.Phone, p.WaID = c.Phone, c.WaID
	} else if c.WaID != "" {
		p.WaID = c.WaID
	}
	if p.BSUID == "" {
		p.BSUID = c.BSUID
	}
	if p.Parent == "" && p.BSUID == c.BSUID {
		p.Parent = c.Parent
	}
	p.Username, p.Name = c.Username, c.Name
	return p
}

// contactFor finds the entry of contacts[] that is about p; one alone is about
// whoever is not named otherwise.
func (n *normalizer) contactFor(p wa.Party) (wa.Party, bool) {
	for _, c := range n.value.Contacts {
		q := c.party()
		if p.BSUID != "" && p.BSUID == q.BSUID {
			return q, true
		}
		if p.Phone != "" && wa.CanonicalPhone(p.Phone) == wa.CanonicalPhone(q.WaID) {
			return q, true
		}
	}
	if len(n.value.Contacts) == 1 && !p.Named() {
		return n.value.Contacts[0].party(), true
	}
	return wa.Party{}, false
}

// oursBySender reports whether a message bears the Business's own number as its
// sender. Not documented, seen by implementers (coexistence-protocol §4.6).
func (n *normalizer) oursBySender(m *message) bool {
	return n.place.Display != "" && wa.Digits(string(m.From)) == n.place.Display
}

func (n *normalizer) message(raw jsontext.Value) {
	var m message
	if read(raw, &m) != nil {
		n.unknown("a message without its shape", raw)
		return
	}
	if n.oursBySender(&m) {
		n.echoOf(&m, raw)
		return
	}
	from := n.customerOf(m.From, m.FromUser, m.FromParent)
	if !n.usable(&m, from, raw) {
		return
	}
	base := wa.Received{
		Place: n.place, From: from, WAMID: wa.WAMID(m.ID), At: m.Timestamp.time(),
		Content: contentOf(&m, raw), ReplyTo: wa.WAMID(m.Context.ID),
	}
	switch {
	case m.Type == "edit" && m.Edit != nil && m.Edit.Original != "":
		n.add(n.edited(wa.Customer, from, &m))
	case m.Type == "revoke" && m.Revoke != nil && m.Revoke.Original != "":
		n.add(wa.Revoked{Place: n.place, By: wa.Customer, Party: from, WAMID: base.WAMID, Original: wa.WAMID(m.Revoke.Original), At: base.At})
	case m.Type == "reaction" && m.Reaction != nil && m.Reaction.MessageID != "":
		n.add(wa.Reacted{
			Place: n.place, By: wa.Customer, Party: from, WAMID: base.WAMID, Target: wa.WAMID(m.Reaction.MessageID),
			Emoji: m.Reaction.Emoji, At: base.At, Content: base.Content,
		})
	case m.Type == "edit", m.Type == "revoke", m.Type == "reaction":
		// No message of a person's, so it must not look like one.
		n.unknown("it does not say which message it is about", raw)
	case m.Type == "system":
		n.add(n.system(&m, from, base))
	case m.Type == "unsupported", m.Type == "errors":
		n.add(unsupportedOf(&m, base))
	default:
		n.add(base)
	}
}

func unsupportedOf(m *message, base wa.Received) wa.Unsupported {
	u := wa.Unsupported{Place: base.Place, From: base.From, WAMID: base.WAMID, At: base.At, Content: base.Content, ReplyTo: base.ReplyTo}
	u.Content.Type = "unsupported"
	if len(m.Errors) > 0 {
		u.Code = int(m.Errors[0].Code)
	}
	if m.Unsupported != nil {
		u.Kind = m.Unsupported.Type
	}
	return u
}

// usable notes what is odd about a message and reports whether it can be filed:
// it needs an id and somebody it is about.
func (n *normalizer) usable(m *message, with wa.Party, raw []byte) bool {
	if m.ID != "" {
		n.extraOf(m)
	}
	switch {
	case m.ID == "":
		n.unknown("a message without an id", raw)
		return false
	case !with.Named() && m.Edit == nil && m.Revoke == nil:
		n.unknown("a message that names nobody", raw)
		return false
	}
	return true
}

// extraOf notes an unknown type and unknown members; the body of an unknown
// type bears its name and is expected.
func (n *normalizer) extraOf(m *message) {
	if !known[m.Type] {
		n.odd(n.field, "unknown_type", m.Type)
	}
	if len(m.Extra) == 0 {
		return
	}
	var members map[string]jsontext.Value
	if read(m.Extra, &members) != nil {
		return
	}
	delete(members, m.Type)
	for _, name := range sortedKeys(members) {
		n.odd(n.field, "unknown_member", "message."+name)
	}
}

func (n *normalizer) edited(by wa.Side, with wa.Party, m *message) wa.Event {
	ev := wa.Edited{Place: n.place, By: by, Party: with, WAMID: wa.WAMID(m.ID), Original: wa.WAMID(m.Edit.Original), At: m.Timestamp.time()}
	var inner message
	if len(m.Edit.Message) > 0 && read(m.Edit.Message, &inner) == nil {
		ev.Content = contentOf(&inner, m.Edit.Message)
	} else {
		n.odd(n.field, "malformed", "edit.message")
		ev.Content = wa.Content{Type: "edit", JSON: []byte("{}")}
	}
	return ev
}

func (n *normalizer) system(m *message, from wa.Party, base wa.Received) wa.Event {
	ev := wa.SystemNoticed{Place: n.place, Party: from, WAMID: base.WAMID, At: base.At, Content: base.Content}
	if m.System == nil {
		n.odd(n.field, "malformed", "system")
		return ev
	}
	ev.Kind = m.System.Type
	phone := wa.Digits(string(m.System.WaID))
	if phone == "" {
		phone = wa.Digits(string(m.System.NewWaID))
	}
	ev.Now = wa.Party{Phone: phone, WaID: phone, BSUID: string(m.System.UserID), Parent: string(m.System.Parent)}
	if ev.Party.BSUID == "" {
		ev.Party.BSUID = string(m.System.PrevUserID)
	}
	return ev
}

func (n *normalizer) echo(raw jsontext.Value) {
	var m message
	if read(raw, &m) != nil {
		n.unknown("an echo without its shape", raw)
		return
	}
	n.echoOf(&m, raw)
}

func (n *normalizer) echoOf(m *message, raw jsontext.Value) {
	to := n.customerOf(m.To, m.ToUser, m.ToParent)
	if !n.usable(m, to, raw) {
		return
	}
	at, id := m.Timestamp.time(), wa.WAMID(m.ID)
	content := contentOf(m, raw)
	switch {
	case m.Type == "edit" && m.Edit != nil && m.Edit.Original != "":
		n.add(n.edited(wa.Business, to, m))
	case m.Type == "revoke" && m.Revoke != nil && m.Revoke.Original != "":
		n.add(wa.Revoked{Place: n.place, By: wa.Business, Party: to, WAMID: id, Original: wa.WAMID(m.Revoke.Original), At: at})
	case m.Type == "reaction" && m.Reaction != nil && m.Reaction.MessageID != "":
		n.add(wa.Reacted{
			Place: n.place, By: wa.Business, Party: to, WAMID: id, Target: wa.WAMID(m.Reaction.MessageID),
			Emoji: m.Reaction.Emoji, At: at, Content: content,
		})
	case m.Type == "edit", m.Type == "revoke", m.Type == "reaction":
		n.unknown("it does not say which message it is about", raw)
	default:
		n.add(wa.Echoed{Place: n.place, To: to, WAMID: id, At: at, Content: content, ReplyTo: wa.WAMID(m.Context.ID)})
	}
}

// words maps Meta's status words to ours; "played" means that a voice note was
// heard, which is more than read and shown as it.
var words = map[string]wa.Status{
	"sent": wa.Sent, "delivered": wa.Delivered, "read": wa.Read, "played": wa.Read, "failed": wa.Failed,
}

func (n *normalizer) status(raw jsontext.Value) {
	var s status
	if read(raw, &s) != nil || s.ID == "" {
		n.unknown("a status without its shape", raw)
		return
	}
	ev := wa.StatusReported{
		Place: n.place, WAMID: wa.WAMID(s.ID), Wire: strings.ToLower(s.Status), At: s.Timestamp.time(),
		Recipient: n.customerOf(s.Recipient, s.RecipientUser, ""), Opaque: string(s.Opaque), Raw: raw,
	}
	n.extra("status", s.Extra, statusMembers...)
	ev.Status = words[ev.Wire]
	if ev.Status == "" {
		n.odd(n.field, "unknown_value", "status "+ev.Wire)
	}
	if len(s.Errors) > 0 {
		ev.Code, ev.Title = int(s.Errors[0].Code), s.Errors[0].Title
	}
	n.add(ev)
}
