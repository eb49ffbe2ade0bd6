// Package coexist knows what it means that a Number is used by the phone app
// and the API at once: at which stage of that life it is, and when its phone was
// last provably alive.
package coexist

import (
	"cmp"
	"time"
)

// Stage is where a Number stands.
type Stage string

// The stages. While a Number is suspended a reconnect is possible without
// anybody's doing, so what is to be sent is held; when it is disconnected the
// owner has to sign up again.
const (
	Live         Stage = "live"
	Suspended    Stage = "suspended"
	Disconnected Stage = "disconnected"
)

// Meta's news that move a stage (coexistence-protocol §4.8, read 2026-11-22).
const (
	Offboarded  = "ACCOUNT_OFFBOARDED"
	Reconnected = "ACCOUNT_RECONNECTED"
	Removed     = "PARTNER_REMOVED"
	Uninstalled = "PARTNER_APP_UNINSTALLED"
	Deleted     = "ACCOUNT_DELETED"
)

// together is how close two pieces of news may be to count as told in either
// order: Meta's own samples show a reconnect one second before the suspension
// it ends (L12).
const together = time.Minute

// News is one event of the field account_update, with Meta's time.
type News struct {
	Event  string
	At     time.Time
	Reason string // disconnection_info.reason; empty if Meta gave none
	Agent  string // disconnection_info.initiated_by
}

// Standing is a stage with the news that set it.
type Standing struct {
	Stage Stage
	At    time.Time
	By    string // the event; [Onboarded] for a Number that was just added
	// Reason and Agent are what the event told of why, in Meta's words.
	Reason, Agent string
}

// Onboarded is what sets the first standing. It is ours and has an exact time, so
// that whatever Meta says of a later moment counts, however soon it comes.
const Onboarded = "ONBOARDED"

// After is the standing once news is told. The order in which news comes does
// not matter: all of it is ordered by Meta's time, in which a suspension counts
// as told a minute earlier and a reconnect a minute later, so that a reconnect
// wins over what is told of the same minute (coexistence-protocol §4.8). The
// latest stands. A Number wrongly taken for live learns better from Meta's first
// answer; one wrongly taken for gone would stay silent.
func (s Standing) After(n News) Standing {
	stage, ok := stageOf(n.Event)
	if !ok {
		return s
	}
	next := Standing{Stage: stage, At: n.At, By: n.Event, Reason: n.Reason, Agent: n.Agent}
	if s.By == Onboarded {
		if n.At.Before(s.At.Truncate(time.Second)) {
			return s
		}
		return next
	}
	switch next.counted().Compare(s.counted()) {
	case 1:
		return next
	case 0:
		if rank(next.Stage) > rank(s.Stage) || next.Stage == s.Stage && next.tells(s) > 0 {
			return next
		}
	}
	return s
}

// tells orders news of the same time and stage: what gives a reason stands
// before what gives none, and the rest by its text, which is the same in
// whatever order it comes.
func (s Standing) tells(o Standing) int {
	return cmp.Or(cmp.Compare(s.Reason, o.Reason), cmp.Compare(s.Agent, o.Agent), cmp.Compare(s.By, o.By))
}

// counted is the time a standing counts as told at.
func (s Standing) counted() time.Time {
	return s.At.Add(time.Duration(rank(s.Stage)-1) * together)
}

func stageOf(event string) (Stage, bool) {
	switch event {
	case Offboarded:
		return Suspended, true
	case Reconnected:
		return Live, true
	case Removed, Uninstalled, Deleted:
		return Disconnected, true
	}
	return "", false
}

// rank says which of two stages told at the same time stands.
func rank(s Stage) int {
	switch s {
	case Live:
		return 2
	case Disconnected:
		return 1
	case Suspended:
		return 0
	}
	return -1
}
