// Package policy decides whether a draft may be sent, now.
//
// It is one pure function over [Facts]. Everything it needs is handed to it,
// including the time, so that every rule can be stated as a row in a table. It
// is asked twice: when a draft is submitted, to tell its author at once, and
// again in the transaction that opens an attempt, because the facts will have
// moved.
package policy

import (
	"time"

	"wasl/internal/wa"
)

// Reason says why a draft may not go. Reasons are codes of the public API.
type Reason string

// The reasons, in the order the rules are applied.
const (
	LaneNotAllowed Reason = "lane_not_allowed"
	NumberNotLive  Reason = "number_not_live"
	NumberStopped  Reason = "number_stopped"
	MessageTooOld  Reason = "message_too_old"
	OptedOut       Reason = "opted_out"
	TakenOver      Reason = "taken_over"
	WindowClosed   Reason = "window_closed"
)

// Stage says whether a Number is connected.
type Stage string

// The stages of a Number, as far as sending is concerned. A suspended one is
// expected back by itself (coexistence-protocol §6.9), a disconnected one needs
// the owner.
const (
	Live         Stage = "live"
	Suspended    Stage = "suspended"
	Disconnected Stage = "disconnected"
)

// Facts is what must be known to decide.
type Facts struct {
	Now     time.Time
	Stage   Stage
	Stopped string // why nothing is sent until a person acts; empty if it is

	Window wa.Window
	Margin time.Duration // how long before its end the window counts as shut

	// OptedOutAt is when the Contact asked for no more, zero if they did not.
	OptedOutAt time.Time
	// HeldUntil is until when a person holds the conversation. Epoch counts the
	// acts of people in it, DraftEpoch is what it was when the draft was made.
	HeldUntil         time.Time
	Epoch, DraftEpoch int64

	// TargetAt is when the message was written that a receipt or a reaction is
	// about; zero if it is not known. Oldest is how old it may be.
	TargetAt time.Time
	Oldest   time.Duration
}

// Answer is what the policy says of a draft.
type Answer string

// The answers.
const (
	Allowed  Answer = "allowed"
	Denied   Answer = "denied"
	Deferred Answer = "deferred" // keep it and ask again
)

// A Verdict is the answer and why.
type Verdict struct {
	Answer Answer
	Reason Reason // empty if allowed
	// Until is when to ask again; zero if that depends on an event and not on
	// the time (the draft is held). If denied, when it would not be any more.
	Until time.Time
}

// Yes reports whether the draft may go now.
func (v Verdict) Yes() bool { return v.Answer == Allowed }

// Held reports whether the draft waits for something to happen.
func (v Verdict) Held() bool { return v.Answer == Deferred && v.Until.IsZero() }

// Decide applies the rules in order; the first that objects decides.
func Decide(f Facts, d wa.Draft) Verdict {
	for _, rule := range rules {
		if v := rule(f, d); v.Answer != "" {
			return v
		}
	}
	return Verdict{Answer: Allowed}
}

// A rule answers if it objects, and else the zero Verdict.
type rule func(Facts, wa.Draft) Verdict

var rules = []rule{lane, number, age, consent, takenOver, window}

// lane keeps everybody in the lane of who speaks: a program that could choose
// the people's lane would hold up people. It may choose a slower one.
func lane(_ Facts, d wa.Draft) Verdict {
	own, speaks := laneOf(d.Origin)
	if !speaks || d.Lane.Rank() < own.Rank() || d.Lane.Rank() >= len(wa.Lanes) {
		return Verdict{Answer: Denied, Reason: LaneNotAllowed}
	}
	return Verdict{}
}

// laneOf is the fastest lane of an origin; false for those who do not send
// through us.
func laneOf(o wa.Origin) (wa.Lane, bool) {
	switch o {
	case wa.FromAgent:
		return wa.PersonLane, true
	case wa.FromBot:
		return wa.BotLane, true
	case wa.FromAPI:
		return wa.ServiceLane, true
	case wa.FromCampaign:
		return wa.CampaignLane, true
	case wa.FromCustomer, wa.FromPhone, wa.FromMetaAgent:
		return "", false
	}
	return "", false
}

// number holds what a Number cannot send now but may yet, and refuses what it
// cannot send at all.
func number(f Facts, _ wa.Draft) Verdict {
	switch {
	case f.Stage == Suspended:
		return Verdict{Answer: Deferred, Reason: NumberNotLive}
	case f.Stage != Live:
		return Verdict{Answer: Denied, Reason: NumberNotLive}
	case f.Stopped != "":
		return Verdict{Answer: Deferred, Reason: NumberStopped}
	}
	return Verdict{}
}

// age refuses receipts for, and reactions to, messages that Meta has forgotten
// (cloud-api-protocol §2.2 and §2.6: 30 days).
func age(f Facts, d wa.Draft) Verdict {
	about := d.Kind == wa.SendReaction || d.Kind == wa.SendRead
	if about && !f.TargetAt.IsZero() && f.Now.Sub(f.TargetAt) >= f.Oldest {
		return Verdict{Answer: Denied, Reason: MessageTooOld}
	}
	return Verdict{}
}

// consent: who asked for no more is left alone by campaigns, and by programs
// until they write again. A person may answer; a receipt says nothing.
func consent(f Facts, d wa.Draft) Verdict {
	if f.OptedOutAt.IsZero() || d.Kind == wa.SendRead || d.Origin == wa.FromAgent {
		return Verdict{}
	}
	wroteSince := f.Window.OpenedAt.After(f.OptedOutAt)
	if wroteSince && d.Origin != wa.FromCampaign && d.Lane != wa.CampaignLane {
		return Verdict{}
	}
	return Verdict{Answer: Denied, Reason: OptedOut}
}

// takenOver keeps the bot silent while a person holds the conversation, and
// drops the answer it was making when somebody acted (L13). Denied and not
// deferred: said an hour later, it would answer another question.
func takenOver(f Facts, d wa.Draft) Verdict {
	if d.Origin != wa.FromBot || d.Kind == wa.SendRead {
		return Verdict{}
	}
	if f.Now.Before(f.HeldUntil) || f.DraftEpoch < f.Epoch {
		return Verdict{Answer: Denied, Reason: TakenOver, Until: f.HeldUntil}
	}
	return Verdict{}
}

// window lets free-form messages and reactions go only while the Contact's
// window is open (I27). Templates and receipts need none.
func window(f Facts, d wa.Draft) Verdict {
	if d.Kind == wa.SendRead || d.Content.Type == "template" || f.Window.Open(f.Now, f.Margin) {
		return Verdict{}
	}
	return Verdict{Answer: Denied, Reason: WindowClosed}
}
