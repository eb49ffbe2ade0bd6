package metaemu

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// tellAccount tells the apps subscribed to a WABA something about it, with a time.
func (e *Emulator) tellAccount(w *waba, u update, at time.Time) {
	if len(w.subs) == 0 {
		e.book.Untold++
	}
	u.entry, u.time = w.ID, at
	for _, s := range w.subs {
		e.tellApp(e.apps[s.app], u, at)
	}
}

// decisions are what the review of an account can say (§5.7).
const decisions = "APPROVED REJECTED PENDING DEFERRED"

// ReviewAccount lets Meta decide on a WABA; account_review_update tells.
func (e *Emulator) ReviewAccount(wabaID, decision string) error {
	if !slices.Contains(strings.Fields(decisions), decision) {
		return fmt.Errorf("decision is one of %s, not %q", decisions, decision)
	}
	return e.onWABA(wabaID, func(w *waba, at time.Time) error {
		e.setupOfWABA(w).review = decision
		var o wire.Object
		e.tellAccount(w, update{field: "account_review_update", value: o.Str("decision", decision).Bytes()}, at)
		return nil
	})
}

// Alert is what account_alerts tells (§5.7).
type Alert struct {
	// EntityType is BUSINESS, PHONE_NUMBER or CURRENT_STATUS_ID; EntityID is the
	// portfolio's if both are empty.
	EntityType string `json:"entity_type"`
	EntityID   string `json:"entity_id"`
	// Severity is CRITICAL, WARNING or INFORMATIONAL (if empty), Status ACTIVE (if
	// empty) or NONE.
	Severity string `json:"alert_severity"`
	Status   string `json:"alert_status"`
	// Type is one of Meta's: OBA_APPROVED, OBA_REJECTED, PROFILE_PICTURE_LOST, …
	Type        string `json:"alert_type"`
	Description string `json:"alert_description"`
}

// alertWords are the words of §5.7.
var alertWords = map[string]string{
	"entity_type":    "BUSINESS PHONE_NUMBER CURRENT_STATUS_ID",
	"alert_severity": "CRITICAL INFORMATIONAL WARNING",
	"alert_status":   "ACTIVE NONE",
	"alert_type": "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED INCREASED_CAPABILITIES_ELIGIBILITY_FAILED INCREASED_CAPABILITIES_ELIGIBILITY_NEED_MORE_INFO " +
		"OBA_APPROVED OBA_REJECTED PROFILE_PICTURE_LOST",
}

// TellAlert tells a WABA's apps an alert.
func (e *Emulator) TellAlert(wabaID string, a Alert) error {
	return e.onWABA(wabaID, func(w *waba, at time.Time) error {
		if a.EntityType == "" && a.EntityID == "" {
			a.EntityID = w.Portfolio
		}
		a.EntityType, a.Severity, a.Status = or(a.EntityType, "BUSINESS"), or(a.Severity, "INFORMATIONAL"), or(a.Status, "ACTIVE")
		given := map[string]string{"entity_type": a.EntityType, "alert_severity": a.Severity, "alert_status": a.Status, "alert_type": a.Type}
		for _, name := range sortedKeys(given) {
			if !slices.Contains(strings.Fields(alertWords[name]), given[name]) {
				return fmt.Errorf("%s is one of %s, not %q", name, alertWords[name], given[name])
			}
		}
		if a.EntityID == "" {
			return fmt.Errorf("entity_id is missing: write the id of the %s", a.EntityType)
		}
		var o, info wire.Object
		info.Str("alert_severity", a.Severity).Str("alert_status", a.Status).Str("alert_type", a.Type).Str("alert_description", a.Description)
		o.Str("entity_type", a.EntityType).Str("entity_id", a.EntityID).Obj("alert_info", &info)
		e.tellAccount(w, update{field: "account_alerts", value: o.Bytes()}, at)
		return nil
	})
}

// businessRoutes are the emulator's own paths about WABAs.
func (e *Emulator) businessRoutes(mux *http.ServeMux) {
	post(mux, "wabas/{id}/review", func(r *http.Request, in *struct {
		Decision string `json:"decision"`
	},
	) (any, error) {
		return ok, e.ReviewAccount(r.PathValue("id"), in.Decision)
	})
	post(mux, "wabas/{id}/alert", func(r *http.Request, a *Alert) (any, error) { return ok, e.TellAlert(r.PathValue("id"), *a) })
	for name, set := range map[string]func(string, []json.RawMessage) error{"solutions": e.SetSolutions, "schedules": e.SetSchedules} {
		handle(mux, "PUT /_emulator/wabas/{id}/"+name, func(r *http.Request, list *[]json.RawMessage) (any, error) {
			return ok, set(r.PathValue("id"), *list)
		})
	}
}
