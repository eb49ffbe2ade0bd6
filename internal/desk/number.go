package desk

import (
	"context"
	"time"

	"wasl/internal/wa"
)

// Number is one business phone number as people see it.
type Number struct {
	Business      wa.BusinessID
	ID            wa.NumberID
	PhoneNumberID wa.PhoneNumberID
	WABAID        wa.WABAID
	Display       string // as people write it: "+966 50 111 2222"
	Digits        string
	Country       string // ISO 3166 alpha-2, empty if the digits do not tell
	Name          string
	Mode          string // coexistence, cloud
	Stage         string // live, suspended, disconnected, …
	StageAt       time.Time
	StageBy       string // the news that set the stage
	StageReason   string // what the news told of why, in Meta's words
	StageAgent    string // and of who
	MPS           int    // messages per second agreed with Meta; 0: the dated rule of the country
	AliveAt       time.Time
	AliveGrade    string    // strong, fair, weak; empty: no sign of life yet
	SureAt        time.Time // the last sign that cannot come from a linked computer
	SureKind      string    // onboarded, contact_change, reconnect, owner_confirmed; empty: there was none
	CameAt        time.Time // when it was onboarded or added
	AliveKind     string
	Stopped       string // why nothing is sent until a person acts; empty if it sends
	History       History
}

// History is how far the sync of a Number's past has come.
type History struct {
	State    string // not_requested, running, done
	Progress int    // percent
}

// Numbers reads a Business's Numbers. What is not there is [ErrNotFound].
type Numbers interface {
	// Numbers lists them all, oldest first.
	Numbers(ctx context.Context, b wa.BusinessID) ([]Number, error)
	NumberByID(ctx context.Context, b wa.BusinessID, id wa.NumberID) (Number, error)
}
