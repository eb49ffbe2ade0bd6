package coexist

import (
	"context"
	"time"

	"wasl/internal/wa"
)

// A Pulse is a sign of life of a Number's phone.
type Pulse struct {
	At    time.Time
	Grade string // strong, fair, weak
	Kind  string // echo, contact_change, reconnect
}

// Heart keeps the last sign of life of each Number.
type Heart interface {
	// Beat writes a pulse down unless a later one stands, or one of the same
	// time that says more.
	Beat(ctx context.Context, b wa.BusinessID, n wa.NumberID, p Pulse) error
	// NumbersOf returns the Numbers of a Business.
	NumbersOf(ctx context.Context, b wa.BusinessID) ([]wa.NumberID, error)
}

// Heartbeat is the reaction that derives from what happened when a Number's
// phone was last provably alive. Evidence is graded (decision 16): an echo may
// come from a linked computer while the phone sleeps and is weak; a change of
// the address book is fair; a reconnect is strong.
type Heartbeat struct{ Heart Heart }

// Name implements journal.Reaction.
func (Heartbeat) Name() string { return "heartbeat" }

// React implements journal.Reaction.
func (h Heartbeat) React(ctx context.Context, e wa.Entry) error {
	if e.Facts.Evidence == "" || e.Facts.HappenedAt.IsZero() {
		return nil
	}
	p := Pulse{At: e.Facts.HappenedAt, Grade: e.Facts.Evidence, Kind: kind(e.Kind)}
	if e.Number != "" {
		return h.Heart.Beat(ctx, e.Business, e.Number, p)
	}
	numbers, err := h.Heart.NumbersOf(ctx, e.Business)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		if err := h.Heart.Beat(ctx, e.Business, n, p); err != nil {
			return err
		}
	}
	return nil
}

func kind(k wa.Kind) string {
	if k == wa.ContactChangedKind {
		return "contact_change"
	}
	if k == wa.AccountChangedKind {
		return "reconnect"
	}
	return "echo"
}

// Grades of evidence (decision 16).
const (
	Strong = "strong"
	Fair   = "fair"
	Weak   = "weak"
)

// OwnerConfirmed is the kind of pulse that a person gives by saying so.
const OwnerConfirmed = "owner_confirmed"

// Weight ranks grades of evidence, greater for stronger.
func Weight(grade string) int {
	switch grade {
	case Strong:
		return 3
	case Fair:
		return 2
	case Weak:
		return 1
	}
	return 0
}
