package coexist

import (
	"time"

	"wasl/internal/platform"
	"wasl/internal/wa"
)

// SyncKind is what of the phone Meta is asked to send once per onboarding.
type SyncKind string

// The kinds, in the order in which they are asked for.
const (
	Contacts SyncKind = "contacts"
	History  SyncKind = "history"
)

// SyncKinds are all of them.
var SyncKinds = []SyncKind{Contacts, History}

// SyncState is how far a sync has come.
type SyncState string

// The states. Requesting is written down before Meta is asked, so that after a
// crash it is known that Meta may have been.
const (
	NotRequested SyncState = "not_requested"
	Requesting   SyncState = "requesting"
	Accepted     SyncState = "accepted"
	Arriving     SyncState = "arriving"
	Quiet        SyncState = "quiet"
	Complete     SyncState = "complete"
	Declined     SyncState = "declined"
	AlreadyUsed  SyncState = "already_used"
	TooLate      SyncState = "too_late"
	Silent       SyncState = "silent"
	Failed       SyncState = "failed"
)

// SyncStates are all of them, in the order of a life.
var SyncStates = []SyncState{
	NotRequested, Requesting, Accepted, Arriving, Quiet, Complete, Declined, AlreadyUsed, TooLate, Silent, Failed,
}

// Codes of Meta's about a sync (coexistence-protocol §3, read 2026-11-22).
const (
	CodeSyncUsed     = 2593107
	CodeSyncTooLate  = 2593108
	CodeSyncDeclined = 2593109
	codeSyncOutside  = 135000 // told by some instead of 2593108
)

// Sync is one sync of one Number, in one onboarding.
type Sync struct {
	Business wa.BusinessID
	Number   wa.NumberID
	Kind     SyncKind
	State    SyncState
	// Began is when the Number was onboarded: the clock runs from here.
	Began      time.Time
	AskedAt    time.Time // the last time Meta was asked
	AcceptedAt time.Time
	HeardAt    time.Time // the last time something of it arrived
	RequestID  string    // Meta's, for its support
	Tries      int
	Progress   int // percent as Meta tells it; see [Sync.Elapsed] for the end
	Phase      int
	Code       int // Meta's, of what went wrong
	Title      string
	NextAt     time.Time // when it has to be looked at again; zero: not by itself
}

// NewSync is a sync that is due at once.
func NewSync(b wa.BusinessID, n wa.NumberID, k SyncKind, began time.Time) Sync {
	return Sync{Business: b, Number: n, Kind: k, State: NotRequested, Began: began, Phase: -1, NextAt: began}
}

// SyncRules are the dated figures of a sync.
type SyncRules struct {
	Window time.Duration // in which Meta takes the request
	// Doubt is how long after a request without an answer something may arrive
	// that proves it, before Meta is asked again.
	Doubt time.Duration
	// Patience are the times without anything after which an accepted sync is
	// called silent, once more and once more.
	Patience []time.Duration
	Quiet    time.Duration // nothing for so long: quiet
	End      time.Duration // quiet for so long: complete
	Longest  time.Duration // after so long no sync goes on
}

// SyncRulesOn reads them for a day and kind.
func SyncRulesOn(f platform.Facts, k SyncKind) SyncRules {
	r := SyncRules{
		Window: f.Span(platform.SyncWindow), Doubt: f.Span(platform.SyncDoubt),
		Quiet: f.Span(platform.SyncQuiet, string(k)), End: f.Span(platform.SyncEnd, string(k)),
		Longest: f.Span(platform.SyncLongest),
	}
	for _, scope := range []string{"first", "second", "third"} {
		r.Patience = append(r.Patience, f.Span(platform.SyncPatience, scope))
	}
	return r
}

// Deadline is until when Meta takes the request.
func (s Sync) Deadline(r SyncRules) time.Time { return s.Began.Add(r.Window) }

// Ended reports whether nothing more is expected.
func (s Sync) Ended() bool {
	switch s.State {
	case Complete, Declined, AlreadyUsed, TooLate, Failed:
		return true
	case NotRequested, Requesting, Accepted, Arriving, Quiet, Silent:
		return false
	}
	return false
}

// Ask moves a sync to requesting if Meta may be asked now. After acceptance it
// may not, ever (L5): a refusal afterwards says nothing, and nothing can be
// restarted. An unanswered request is repeated once the doubt has passed without
// anything arriving; if the first one was taken, Meta says so and does nothing.
func (s Sync) Ask(now time.Time, r SyncRules) (Sync, bool) {
	if s.State != NotRequested && s.State != Requesting || s.NextAt.IsZero() || now.Before(s.NextAt) {
		return s, false
	}
	if !now.Before(s.Deadline(r)) {
		return s.ended(TooLate), false
	}
	s.State, s.AskedAt, s.Tries = Requesting, now, s.Tries+1
	s.NextAt = earlier(now.Add(r.Doubt), s.Deadline(r))
	return s, true
}

// SyncAnswer is what Meta said to a request, or that it did not.
type SyncAnswer struct {
	RequestID string
	Code      int // 0: accepted, if there was an answer
	Title     string
	Unsaid    bool // no answer, or one that does not say whether it was taken
	Transient bool // refused, and Meta says that it may be tried again
	Hold      bool // refused for the Number's or the app's sake: a person has to act
}

// Answered takes Meta's answer in. A sync that has moved on in the meantime, as
// by what has arrived, stays where it is.
func (s Sync) Answered(a SyncAnswer, now time.Time, r SyncRules) Sync {
	if s.State != Requesting {
		if a.Code == 0 && !a.Unsaid && s.RequestID == "" {
			s.RequestID = a.RequestID
		}
		return s
	}
	s.Code, s.Title = a.Code, a.Title
	switch {
	case a.Unsaid:
		return s // the doubt runs since it was asked
	case a.Code == 0:
		return s.accepted(a.RequestID, now, r)
	case a.Code == CodeSyncUsed && s.Tries > 1:
		// The request before, whose answer was lost, was taken.
		s.Code, s.Title = 0, ""
		return s.accepted("", now, r)
	case a.Code == CodeSyncUsed:
		return s.ended(AlreadyUsed)
	case a.Code == CodeSyncTooLate, a.Code == codeSyncOutside:
		return s.ended(TooLate)
	case a.Transient:
		s.State, s.NextAt = NotRequested, now.Add(backOff(s.Tries))
		if !s.NextAt.Before(s.Deadline(r)) {
			return s.ended(Failed)
		}
		return s
	case a.Hold:
		s.State, s.NextAt = NotRequested, time.Time{}
		return s
	}
	return s.ended(Failed)
}

// backOff grows from half a minute to half an hour: an outage of an hour costs
// seven requests of the day that Meta gives.
func backOff(tries int) time.Duration {
	return min(30*time.Second<<min(tries-1, 10), 30*time.Minute)
}

func (s Sync) accepted(requestID string, now time.Time, r SyncRules) Sync {
	s.State, s.AcceptedAt = Accepted, now
	if requestID != "" {
		s.RequestID = requestID
	}
	s.NextAt = now.Add(r.Patience[0])
	return s
}

func (s Sync) ended(as SyncState) Sync {
	s.State, s.NextAt = as, time.Time{}
	return s
}

// Again makes a sync that waits for a person, or has failed, due once more.
// What Meta has accepted or finally refused is not asked for again.
func (s Sync) Again(now time.Time, r SyncRules) (Sync, bool) {
	if s.State != Failed && (s.State != NotRequested || !s.NextAt.IsZero()) || !now.Before(s.Deadline(r)) {
		return s, false
	}
	s.State, s.NextAt, s.Code, s.Title = NotRequested, now, 0, ""
	return s, true
}

// Arrival is something of a sync that has arrived.
type Arrival struct {
	At       time.Time
	Declined bool
	Code     int
	Title    string
	Phase    int // history only
	Progress int
}

// Heard takes in that something arrived. What arrives is worth more than what was
// answered: it revives a sync that was given up.
func (s Sync) Heard(a Arrival, r SyncRules) Sync {
	s.HeardAt = later(s.HeardAt, a.At)
	if a.Declined {
		s.Code, s.Title = a.Code, a.Title
		return s.ended(Declined)
	}
	s.Phase, s.Progress = max(s.Phase, a.Phase), max(s.Progress, a.Progress)
	if s.State == Complete || s.State == Declined {
		return s // A late piece changes nothing of it.
	}
	s.State = Arriving
	s.NextAt = s.HeardAt.Add(r.Quiet)
	return s
}

// Elapsed takes in that time has passed. A history is complete when the last
// phase has told 100 % and it has been quiet for a while, or when it was quiet
// for long, or after a week: 100 % alone is told at the end of every phase, and
// a phase without messages tells nothing (coexistence-protocol §4.2).
func (s Sync) Elapsed(now time.Time, r SyncRules) Sync {
	if s.NextAt.IsZero() || now.Before(s.NextAt) {
		return s
	}
	switch s.State {
	case NotRequested, Requesting:
		if !now.Before(s.Deadline(r)) {
			return s.ended(TooLate)
		}
	case Accepted, Silent:
		if !now.Before(s.AcceptedAt.Add(r.Longest)) {
			return s.ended(Failed)
		}
		s.State = Silent
		s.NextAt = s.AcceptedAt.Add(r.Longest)
		for _, p := range r.Patience {
			if at := s.AcceptedAt.Add(p); at.After(now) {
				s.NextAt = at
				break
			}
		}
	case Arriving:
		s.State = Quiet
		s.NextAt = s.endsAt(r)
		return s.Elapsed(now, r)
	case Quiet:
		if !now.Before(s.endsAt(r)) {
			return s.ended(Complete)
		}
	case Complete, Declined, AlreadyUsed, TooLate, Failed:
	}
	return s
}

// endsAt is when a quiet sync counts as complete.
func (s Sync) endsAt(r SyncRules) time.Time {
	if s.Kind == Contacts || s.Phase == lastPhase && s.Progress >= 100 {
		return s.HeardAt.Add(r.Quiet)
	}
	return s.HeardAt.Add(r.End)
}

// lastPhase is the oldest part of the past: day 90 to 180.
const lastPhase = 2

// Watch is how often the owner of a silent sync has been told: 0 to 3.
func (s Sync) Watch(now time.Time, r SyncRules) int {
	if s.State != Silent {
		return 0
	}
	n := 0
	for _, p := range r.Patience {
		if !now.Before(s.AcceptedAt.Add(p)) {
			n++
		}
	}
	return n
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
