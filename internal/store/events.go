package store

import (
	"maps"
	"slices"

	"wasl/internal/wa"
)

// placeOf is the Number or WABA an event is about.
func placeOf(ev wa.Event) wa.Place {
	switch e := ev.(type) {
	case wa.Received:
		return e.Place
	case wa.Echoed:
		return e.Place
	case wa.Edited:
		return e.Place
	case wa.Revoked:
		return e.Place
	case wa.Reacted:
		return e.Place
	case wa.StatusReported:
		return e.Place
	case wa.HistoryChunk:
		return e.Place
	case wa.HistoryMedia:
		return e.Place
	case wa.HistoryDeclined:
		return e.Place
	case wa.ContactChanged:
		return e.Place
	case wa.AccountChanged:
		return e.Place
	case wa.NumberChanged:
		return e.Place
	case wa.TemplateChanged:
		return e.Place
	case wa.PreferenceChanged:
		return e.Place
	case wa.SystemNoticed:
		return e.Place
	case wa.Unsupported:
		return e.Place
	case wa.Errored:
		return e.Place
	case wa.Unknown:
		return e.Place
	}
	return wa.Place{}
}

// kindOf names an event's type, for people who look at what was not applied.
func kindOf(ev wa.Event) string {
	switch ev.(type) {
	case wa.Received:
		return "received"
	case wa.Echoed:
		return "echoed"
	case wa.Edited:
		return "edited"
	case wa.Revoked:
		return "revoked"
	case wa.Reacted:
		return "reacted"
	case wa.StatusReported:
		return "status_reported"
	case wa.HistoryChunk:
		return "history_chunk"
	case wa.HistoryMedia:
		return "history_media"
	case wa.HistoryDeclined:
		return "history_declined"
	case wa.ContactChanged:
		return "contact_changed"
	case wa.AccountChanged:
		return "account_changed"
	case wa.NumberChanged:
		return "number_changed"
	case wa.TemplateChanged:
		return "template_changed"
	case wa.PreferenceChanged:
		return "preference_changed"
	case wa.SystemNoticed:
		return "system_noticed"
	case wa.Unsupported:
		return "unsupported"
	case wa.Errored:
		return "errored"
	case wa.Unknown:
		return "unknown"
	}
	return ""
}

// partiesOf lists the people an event names, who may need to be found.
func partiesOf(ev wa.Event) []wa.Party {
	switch e := ev.(type) {
	case wa.Received:
		return []wa.Party{e.From}
	case wa.Echoed:
		return []wa.Party{e.To}
	case wa.Edited:
		return []wa.Party{e.Party}
	case wa.Revoked:
		return []wa.Party{e.Party}
	case wa.Reacted:
		return []wa.Party{e.Party}
	case wa.StatusReported:
		return []wa.Party{e.Recipient}
	case wa.ContactChanged:
		return []wa.Party{e.Party}
	case wa.PreferenceChanged:
		return []wa.Party{e.Party}
	case wa.SystemNoticed:
		return []wa.Party{e.Party, e.Now}
	case wa.Unsupported:
		return []wa.Party{e.From}
	case wa.HistoryChunk, wa.HistoryMedia, wa.HistoryDeclined, wa.AccountChanged, wa.NumberChanged,
		wa.TemplateChanged, wa.Errored, wa.Unknown:
		return nil
	}
	return nil
}

// wamidsOf lists the messages an event is about: its own, and the one it
// changes.
func wamidsOf(ev wa.Event) []wa.WAMID {
	switch e := ev.(type) {
	case wa.Received:
		return []wa.WAMID{e.WAMID}
	case wa.Echoed:
		return []wa.WAMID{e.WAMID}
	case wa.Edited:
		return []wa.WAMID{e.Original}
	case wa.Revoked:
		return []wa.WAMID{e.Original}
	case wa.Reacted:
		return []wa.WAMID{e.WAMID}
	case wa.StatusReported:
		return []wa.WAMID{e.WAMID}
	case wa.SystemNoticed:
		return []wa.WAMID{e.WAMID}
	case wa.Unsupported:
		return []wa.WAMID{e.WAMID}
	case wa.HistoryChunk, wa.HistoryMedia, wa.HistoryDeclined, wa.ContactChanged, wa.AccountChanged,
		wa.NumberChanged, wa.TemplateChanged, wa.PreferenceChanged, wa.Errored, wa.Unknown:
		return nil
	}
	return nil
}

func sortedBusinesses[V any](m map[wa.BusinessID]V) []wa.BusinessID {
	return slices.Sorted(maps.Keys(m))
}
