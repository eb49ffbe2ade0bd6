package metaemu

import (
	"net/http"
	"slices"
	"time"
)

// Life is how a number stands: what keeps it connected and until when.
type Life struct {
	// LastActivity is the last sign of life of the phone app; EndsAt is when
	// Meta disconnects the number if there is none until then. It is zero for
	// a number without a phone or one that is not connected.
	LastActivity time.Time `json:"last_activity,omitzero"`
	EndsAt       time.Time `json:"ends_at,omitzero"`
	// EndedBy is why the number was disconnected: one of Meta's reasons, or
	// "button" for the owner's button in the app; empty while it is not.
	EndedBy string `json:"ended_by"`
	// Synced is what has been asked for of contacts and history; SyncUntil is
	// when asking ends.
	Synced    []string  `json:"synced"`
	SyncUntil time.Time `json:"sync_until,omitzero"`
	// PairEvery and PairBurst are the rate towards one customer.
	PairEvery Span `json:"pair_every"`
	PairBurst int  `json:"pair_burst"`
}

func (e *Emulator) life(n *number) Life {
	l := Life{Synced: []string{}, PairEvery: Span(e.cfg.PairEvery), PairBurst: e.cfg.PairBurst}
	if n.Stage == StageDisconnected {
		l.EndedBy = n.endedBy
	}
	if !n.Coexistence {
		return l
	}
	l.LastActivity = n.phoneAlive
	if n.Stage == StageLive {
		l.EndsAt = n.phoneAlive.Add(e.cfg.InactivityAfter)
	}
	for kind, asked := range n.synced {
		if asked {
			l.Synced = append(l.Synced, map[string]string{"smb_app_state_sync": "contacts", "history": "history"}[kind])
		}
	}
	slices.Sort(l.Synced)
	if !n.Onboarded.IsZero() {
		l.SyncUntil = n.Onboarded.Add(syncWithin)
	}
	return l
}

// screenRoutes are what only a screen asks for.
func (e *Emulator) screenRoutes(mux *http.ServeMux) {
	get(mux, "sentinels", func(*http.Request) (any, error) { return Sentinels(), nil })
	partsRoute(mux)
}
