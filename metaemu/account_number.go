package metaemu

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wasl/metaemu/wire"
)

// Standing is how Meta sees a number, where that does not follow from what has
// happened. Empty members are the best there is.
type Standing struct {
	// Quality is GREEN (also if empty), YELLOW, RED or NA.
	Quality string `json:"quality_rating"`
	// Status is FLAGGED, RESTRICTED, RATE_LIMITED, BANNED or PENDING while the
	// number is connected; empty is CONNECTED.
	Status string `json:"status"`
	// NameStatus is that of the name it has: APPROVED if empty.
	NameStatus string `json:"name_status"`
	// CodeStatus is VERIFIED (also if empty), NOT_VERIFIED or EXPIRED.
	CodeStatus string `json:"code_verification_status"`
	// Mode is LIVE (also if empty) or SANDBOX.
	Mode string `json:"account_mode"`
	// Official is the badge of an official business account.
	Official bool `json:"is_official_business_account"`
}

// standings are the words of §7.1, without those that follow from the stage of a
// number.
var standings = map[string]string{
	"quality_rating":           "GREEN YELLOW RED NA UNKNOWN",
	"status":                   "CONNECTED FLAGGED RESTRICTED RATE_LIMITED BANNED PENDING",
	"name_status":              "APPROVED AVAILABLE_WITHOUT_REVIEW DECLINED EXPIRED PENDING_REVIEW NONE",
	"code_verification_status": "VERIFIED NOT_VERIFIED EXPIRED",
	"account_mode":             "LIVE SANDBOX",
}

// SetStanding changes how Meta sees a number.
func (e *Emulator) SetStanding(numberID string, s Standing) error {
	given := map[string]string{
		"quality_rating": s.Quality, "status": s.Status, "name_status": s.NameStatus, "code_verification_status": s.CodeStatus, "account_mode": s.Mode,
	}
	for _, name := range sortedKeys(given) {
		if v := given[name]; v != "" && !slices.Contains(strings.Fields(standings[name]), v) {
			return fmt.Errorf("%s is one of %s, not %q", name, standings[name], given[name])
		}
	}
	return e.onNumber(numberID, func(n *number, _ time.Time) error {
		e.setupOf(n).standing = s
		e.announce("numbers")
		return nil
	})
}

// Standing answers how Meta sees a number.
func (e *Emulator) Standing(numberID string) (s Standing, err error) {
	err = e.onNumber(numberID, func(n *number, _ time.Time) error {
		s = e.setupOf(n).standing
		return nil
	})
	return s, err
}

// onNumber does something about a number, with or without a phone.
func (e *Emulator) onNumber(numberID string, do func(n *number, at time.Time) error) error {
	e.enter()
	defer e.mu.Unlock()
	n := e.numberOf(numberID)
	if n == nil {
		return fmt.Errorf("there is no number %q: GET /_emulator/numbers lists them", numberID)
	}
	return do(n, e.clock.Now())
}

// numberField is one field of the number's node as JSON, or nil.
func (e *Emulator) numberField(c *call, n *number, field string) []byte {
	s, live := e.setupOf(n), n.Stage == StageLive
	switch field {
	case "verified_name":
		return str(n.VerifiedName)
	case "display_phone_number":
		return str(n.Display)
	case "code_verification_status":
		return str(or(s.standing.CodeStatus, "VERIFIED"))
	case "quality_rating":
		return str(or(s.standing.Quality, "GREEN"))
	case "platform_type":
		return str(map[bool]string{true: "CLOUD_API", false: "NOT_APPLICABLE"}[live])
	case "throughput":
		var t wire.Object
		return t.Str("level", n.throughput()).Bytes()
	case "status":
		if n.Onboarded.IsZero() {
			return str("PENDING")
		}
		if !live {
			return str("DISCONNECTED")
		}
		return str(or(s.standing.Status, "CONNECTED"))
	case "name_status":
		return str(or(s.standing.NameStatus, "APPROVED"))
	case "account_mode":
		return str(or(s.standing.Mode, "LIVE"))
	case "is_on_biz_app":
		return boolean(n.Coexistence)
	case "is_official_business_account":
		return boolean(s.standing.Official)
	case "last_onboarded_time":
		if n.Onboarded.IsZero() {
			return []byte{}
		}
		return str(n.Onboarded.UTC().Format("2006-01-02T15:04:05-0700"))
	}
	return e.laterNumberField(c, n, s, field)
}

// laterNumberField is what a business or a limit has made of the number.
func (e *Emulator) laterNumberField(c *call, n *number, s *setup, field string) []byte {
	switch field {
	case "whatsapp_business_manager_messaging_limit", "messaging_limit_tier":
		return str(e.tierOf(n.Portfolio))
	case "webhook_configuration":
		return e.callbacksOf(n).Bytes()
	case "new_display_name":
		return optional(s.name.asked)
	case "new_name_status":
		return str(or(s.name.status, "NONE"))
	case "search_visibility":
		return str(or(s.visibility, "VISIBLE"))
	case "username":
		return optional(s.username.name)
	case "conversational_automation":
		return s.automation.json(n.ID)
	case "health_status":
		return e.numberHealth(n, c.holder.app)
	}
	return nil
}

// optional is a string, or nothing if it is empty.
func optional(s string) []byte {
	if s == "" {
		return []byte{}
	}
	return str(s)
}

// throughput is HIGH from 1,000 messages per second on (§6.1).
func (n *number) throughput() string {
	switch {
	case n.Stage != StageLive:
		return "NOT_APPLICABLE"
	case n.MPS >= fastMPS:
		return "HIGH"
	}
	return "STANDARD"
}

// nameReview is a name that was asked for, and what has become of it.
type nameReview struct{ asked, status string }

// nameLength is how long a display name may be (OpenAPI document v23,
// new_display_name, Nov 2025).
var nameLength = extent{2, 75}

// extent is the least and the most of something.
type extent struct{ least, most int }

func (s extent) holds(text string) bool {
	n := utf8.RuneCountInString(text)
	return n >= s.least && n <= s.most
}

// changeNumber is POST /{phone-number-id} without a callback: a PIN, the
// visibility, a new name, or several of them.
func (e *Emulator) changeNumber(c *call, n *number) answer {
	s := e.setupOf(n)
	pin, seen, name := c.query("pin"), c.query("search_visibility"), strings.TrimSpace(c.query("new_display_name"))
	switch {
	case pin == "" && seen == "" && name == "":
		return e.refuse(badParameter("One of the parameters pin, search_visibility, new_display_name and webhook_configuration is required."))
	case pin != "" && !isPIN(pin):
		return e.refuse(badParameter("Invalid PIN format. PIN must be exactly 6 digits"))
	case seen != "" && seen != "VISIBLE" && seen != "HIDDEN":
		return e.refuse(badParameter("Param search_visibility must be one of {VISIBLE, HIDDEN}"))
	case name != "" && !nameLength.holds(name):
		return e.refuse(badParameter("Param new_display_name must be between " + itoa(nameLength.least) + " and " + itoa(nameLength.most) + " characters long."))
	}
	if pin != "" {
		s.pin = pin
		e.tellSecurity(n, "PIN_CHANGED", "", c.arrived)
	}
	s.visibility = or(seen, s.visibility)
	if name != "" {
		s.name = nameReview{asked: name, status: "PENDING_REVIEW"}
	}
	return success
}

// isPIN answers whether s is a PIN: six digits.
func isPIN(s string) bool { return len(s) == 6 && isID(s) }

// nameDecisions are what a review can say, and the status it leaves (§5.7, §7.1).
var nameDecisions = map[string]string{"APPROVED": "APPROVED", "REJECTED": "DECLINED", "DEFERRED": "PENDING_REVIEW", "PENDING": "PENDING_REVIEW"}

// ReviewName decides on the name that a number has asked for; an approved name is
// the number's at once. The reason is one of Meta's, beginning with NAME_, or empty.
func (e *Emulator) ReviewName(numberID, decision, reason string) error {
	status, ok := nameDecisions[decision]
	if !ok {
		return fmt.Errorf("decision is one of %s, not %q", strings.Join(sortedKeys(nameDecisions), ", "), decision)
	}
	if reason != "" && !strings.HasPrefix(reason, "NAME_") {
		return fmt.Errorf("rejection_reason begins with NAME_, not %q", reason)
	}
	return e.onNumber(numberID, func(n *number, at time.Time) error {
		s := e.setupOf(n)
		if s.name.status != "PENDING_REVIEW" {
			return fmt.Errorf("number %s has asked for no name: POST /{phone-number-id} with new_display_name does", n.ID)
		}
		s.name.status = status
		if decision == "APPROVED" {
			n.VerifiedName = s.name.asked
			e.announce("numbers")
		}
		why := []byte("null")
		if reason != "" {
			why = str(reason)
		}
		var o wire.Object
		o.Str("display_phone_number", n.Digits).Str("decision", decision).Str("requested_verified_name", s.name.asked).Raw("rejection_reason", why)
		e.tell(n, update{entry: n.waba.ID, time: at, field: "phone_number_name_update", value: o.Bytes()}, at)
		return nil
	})
}

// Security lets somebody ask in WhatsApp Manager for a number's PIN to be reset
// (PIN_RESET_REQUEST), and the reset succeed (PIN_REQUEST_SUCCESS), which takes
// the PIN away; requester may be empty.
func (e *Emulator) Security(numberID, event, requester string) error {
	return e.onNumber(numberID, func(n *number, at time.Time) error {
		switch event {
		case "PIN_RESET_REQUEST":
		case "PIN_REQUEST_SUCCESS":
			e.setupOf(n).pin = ""
		default:
			return fmt.Errorf("event is PIN_RESET_REQUEST or PIN_REQUEST_SUCCESS, not %q; a PIN that is set tells PIN_CHANGED", event)
		}
		e.tellSecurity(n, event, requester, at)
		return nil
	})
}

func (e *Emulator) tellSecurity(n *number, event, requester string, at time.Time) {
	var o wire.Object
	o.Str("display_phone_number", n.Digits).Str("event", event).Opt("requester", requester)
	e.tell(n, update{entry: n.waba.ID, time: at, field: "security", value: o.Bytes()}, at)
}

// standingRoutes are the emulator's own paths about how a number stands.
func (e *Emulator) standingRoutes(mux *http.ServeMux) {
	get(mux, "numbers/{id}/standing", func(r *http.Request) (any, error) { return made(e.Standing(r.PathValue("id"))) })
	handle(mux, "PUT /_emulator/numbers/{id}/standing", func(r *http.Request, raw *json.RawMessage) (any, error) {
		id := r.PathValue("id")
		s, err := e.Standing(id)
		if err != nil {
			return nil, err
		}
		return patched(*raw, s, func(s Standing) error { return e.SetStanding(id, s) })
	})
	post(mux, "numbers/{id}/name-review", func(r *http.Request, in *struct {
		Decision string `json:"decision"`
		Reason   string `json:"rejection_reason"`
	},
	) (any, error) {
		return ok, e.ReviewName(r.PathValue("id"), in.Decision, in.Reason)
	})
	post(mux, "numbers/{id}/security", func(r *http.Request, in *struct {
		Event     string `json:"event"`
		Requester string `json:"requester"`
	},
	) (any, error) {
		return ok, e.Security(r.PathValue("id"), in.Event, in.Requester)
	})
	post(mux, "numbers/{id}/username", func(r *http.Request, in *struct {
		Status string `json:"status"`
	},
	) (any, error) {
		return ok, e.DecideUsername(r.PathValue("id"), in.Status)
	})
}
