package webhook

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"wasl/internal/wa"
)

// The readers of this file are for deliveries of which a part does not have its
// shape. What has it is read as ever, what has not becomes an [wa.Unknown] of
// its own: one odd item must not cost the 999 beside it (L24).

// looseEnvelope reads a body entry by entry and reports whether it is one.
func (n *normalizer) looseEnvelope(body []byte, env *envelope) bool {
	var l loose
	if read(body, &l) != nil {
		return false
	}
	*env = envelope{}
	if read(l.Object, &env.Object) != nil {
		env.Object = ""
	}
	for _, raw := range l.Entry {
		var e entry
		if read(raw, &e) != nil && !n.looseEntry(raw, &e) {
			n.unknown("an entry without its shape", raw)
			continue
		}
		env.Entry = append(env.Entry, e)
	}
	if env.Entry == nil {
		env.Entry = []entry{}
	}
	return true
}

// looseEntry reads an entry change by change and reports whether it is one.
func (n *normalizer) looseEntry(raw []byte, e *entry) bool {
	var l looseEntry
	if read(raw, &l) != nil {
		return false
	}
	*e = entry{ID: l.ID, Time: l.Time}
	for _, raw := range l.Changes {
		var c change
		if read(raw, &c) != nil {
			n.entry, n.field, n.place = *e, "", wa.Place{WABAID: wa.WABAID(l.ID)}
			n.unknown("a change without its shape", raw)
			continue
		}
		e.Changes = append(e.Changes, c)
	}
	return true
}

// looseValue reads a value member by member, so that one member without its
// shape does not cost the others. It reports whether it is an object at all.
func (n *normalizer) looseValue(raw []byte) bool {
	var members map[string]jsontext.Value
	if read(raw, &members) != nil {
		return false
	}
	n.value = value{}
	lists := map[string]*[]jsontext.Value{
		"messages": &n.value.Messages, "message_echoes": &n.value.Echoes, "statuses": &n.value.Statuses, "errors": &n.value.Errors,
		"state_sync": &n.value.StateSync, "history": &n.value.History, "user_preferences": &n.value.Preferences, "user_id_update": &n.value.UserIDs,
	}
	names := sortedKeys(members)
	// The Number first, so that what is malformed is filed under it.
	if i := slices.Index(names, "metadata"); i >= 0 && read(members["metadata"], &n.value.Metadata) == nil {
		n.place.PhoneNumberID = wa.PhoneNumberID(n.value.Metadata.PhoneNumberID)
	}
	for _, name := range names {
		var err error
		switch {
		case name == "metadata", name == "messaging_product":
		case name == "contacts":
			err = n.looseContacts(members[name])
		case lists[name] != nil:
			err = read(members[name], lists[name])
		default:
			n.odd(n.field, "unknown_member", "value."+name)
		}
		if err != nil {
			n.unknown("a member of the value without its shape", members[name])
		}
	}
	return true
}

// looseContacts reads what names somebody.
func (n *normalizer) looseContacts(raw []byte) error {
	var list []jsontext.Value
	if err := read(raw, &list); err != nil {
		return err
	}
	for _, one := range list {
		var c contact
		if read(one, &c) != nil {
			n.odd(n.field, "malformed", "a contact without its shape")
			continue
		}
		n.value.Contacts = append(n.value.Contacts, c)
	}
	return nil
}
