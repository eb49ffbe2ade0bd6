package coexist

import (
	"slices"
	"strings"
	"time"

	"wasl/internal/wa"
)

// Signup is what Embedded Signup told the browser. Every key but Code may be
// missing, and others may come; the name of the event is not what decides
// (coexistence-protocol §2.4).
type Signup struct {
	Code          string // exchanged at once: it lives half a minute and works once
	WABAID        wa.WABAID
	PhoneNumberID wa.PhoneNumberID
	PortfolioID   string
	// Mode is coexistence or cloud: what the person chose before the popup opened.
	Mode string
	// PIN is the number's two-step code, for cloud mode only.
	PIN string
}

// Candidate is a phone number of a WABA, as Meta tells it.
type Candidate struct {
	ID           wa.PhoneNumberID
	Display      string
	Name         string
	OnBizApp     bool
	PlatformType string
	Status       string
	Onboarded    time.Time // zero if Meta does not say
	Ours         bool      // live in this Business already
}

// Coexists reports whether the phone app and the API use the number at once.
func (c Candidate) Coexists() bool { return c.OnBizApp && c.PlatformType == "CLOUD_API" }

// Choice is which number of a WABA was meant.
type Choice struct {
	Number Candidate
	OK     bool
	// Among are those a person has to choose from; empty if there is none.
	Among []Candidate
}

// Choose picks the number that was meant, and never just the first. For
// coexistence only numbers that are in the app count, whatever the browser said:
// taking another one leads to registering it, which throws the phone out (L2).
// Among several the one that the browser named is taken, else the only one that
// is not here yet, else a person is asked.
func Choose(mode string, hint wa.PhoneNumberID, list []Candidate) Choice {
	fit := slices.DeleteFunc(slices.Clone(list), func(c Candidate) bool {
		return c.Coexists() != (mode == ModeCoexistence) || mode == ModeCloud && c.OnBizApp
	})
	if i := slices.IndexFunc(fit, func(c Candidate) bool { return hint != "" && c.ID == hint }); i >= 0 {
		return Choice{Number: fit[i], OK: true}
	}
	if len(fit) == 1 {
		return Choice{Number: fit[0], OK: true}
	}
	fresh := slices.DeleteFunc(slices.Clone(fit), func(c Candidate) bool { return c.Ours })
	if len(fresh) == 1 {
		return Choice{Number: fresh[0], OK: true}
	}
	return Choice{Among: fit}
}

// The ways a Number is used.
const (
	ModeCoexistence = "coexistence"
	ModeCloud       = "cloud"
)

// Missing are the webhook fields of a list that an app is not subscribed to.
func Missing(needed, have []string) []string {
	var out []string
	for _, f := range needed {
		if !slices.ContainsFunc(have, func(h string) bool { return strings.EqualFold(h, f) }) {
			out = append(out, f)
		}
	}
	return out
}

// WABAOf is the WABA a token was just given: that of the browser's event, else
// the newest of those it reaches (coexistence-protocol §2.5).
func WABAOf(s Signup, newestFirst []wa.WABAID) (wa.WABAID, bool) {
	if s.WABAID != "" {
		return s.WABAID, true
	}
	if len(newestFirst) > 0 {
		return newestFirst[0], true
	}
	return "", false
}
