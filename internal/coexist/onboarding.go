package coexist

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wasl/internal/wa"
)

// Step is how far an onboarding has come. Each is written down before the next
// is tried, and each may be tried again: whoever finds an onboarding after a crash
// goes on from its step.
type Step string

// The steps.
const (
	Exchanging  Step = "exchanging"  // the code is being turned into a token
	FindingWABA Step = "finding"     // the token is here; which account was shared?
	Listing     Step = "listing"     // which number of the account is it?
	Choosing    Step = "choosing"    // a person has to say which
	Subscribing Step = "subscribing" // our app has to hear of the account
	Asserting   Step = "asserting"   // and of every field, before any sync
	Registering Step = "registering" // cloud mode only: the API takes the number
	Admitting   Step = "admitting"   // the number comes into the house
	Onboard     Step = "done"
	GivenUp     Step = "failed"
)

// Onboarding is one number on its way in.
type Onboarding struct {
	Business      wa.BusinessID
	ID            string // "onb_…"
	Mode          string
	Step          Step
	By            wa.PersonID
	BegunAt       time.Time
	WABAID        wa.WABAID
	Hint          wa.PhoneNumberID // what the browser named, if anything
	PhoneNumberID wa.PhoneNumberID // the one that was chosen
	Number        wa.NumberID      // once it is in
	Among         []Candidate      // to choose from
	Missing       []string         // webhook fields the app is not subscribed to
	Code          int              // Meta's, of the last refusal
	Title         string
	Reason        string // why it waits or has failed: a word below
	Tries         int    // of this step
	NextAt        time.Time
	Version       int // grows with every change; see [Moves.AdvanceOnboarding]
}

// Why an onboarding waits, or has failed.
const (
	WaitsForShare  = "waits_for_share"  // no account reaches us yet
	WaitsForNumber = "waits_for_number" // the account shows no number of the kind
	WaitsForChoice = "waits_for_choice" // several would do
	WaitsForFields = "waits_for_fields" // the app lacks webhook fields
	WaitsForMeta   = "waits_for_meta"   // Meta does not answer, or says to try later
	WaitsForPIN    = "waits_for_pin"    // cloud mode needs the two-step code
	WrongPIN       = "wrong_pin"        // Meta has another two-step code of the number
	OnPhone        = "on_phone"         // the number is in the phone app, and is not to be registered
	CodeRefused    = "code_refused"     // Meta did not take the code
	CodeLost       = "code_lost"        // the program stopped while the code was exchanged
	Refused        = "refused"          // Meta refused for good
	NumberTaken    = "number_taken"     // another business here has it
	TookTooLong    = "took_too_long"    // a day has passed
)

// Secret is what an onboarding must not show: kept sealed.
type Secret struct {
	Token string `json:"token"`
	PIN   string `json:"pin,omitempty"`
}

// Refusal is Meta's refusal of a call about an onboarding or a sync.
type Refusal struct {
	Code      int
	Title     string
	Transient bool // it may be tried again
}

// Error names code and title.
func (r *Refusal) Error() string {
	return fmt.Sprintf("Meta refused with code %d %s", r.Code, r.Title)
}

// ErrUnanswered is that Meta was asked and nothing certain came back.
var ErrUnanswered = errors.New("no certain answer from Meta")

// Graph is what onboarding asks of Meta. Errors are [*Refusal] or wrap
// [ErrUnanswered].
type Graph interface {
	// Exchange turns a code of Embedded Signup into a token, once.
	Exchange(ctx context.Context, code string) (token string, err error)
	// Reaches lists the accounts a token was given for, the newest first.
	Reaches(ctx context.Context, token string) ([]wa.WABAID, error)
	// Numbers lists an account's phone numbers.
	Numbers(ctx context.Context, token string, w wa.WABAID) ([]Candidate, error)
	// Subscribe makes our app hear of an account. Twice is once.
	Subscribe(ctx context.Context, token string, w wa.WABAID) error
	// Fields are the webhook fields our app is subscribed to.
	Fields(ctx context.Context) ([]string, error)
	// Register makes a number one of the API's alone. It looks at the number first
	// and refuses with [ErrOnPhone], whatever it was asked, unless Meta says that
	// it is not in the phone app (L2). One that is registered already stays so.
	Register(ctx context.Context, token string, n wa.PhoneNumberID, pin string) error
	// AskSync asks for a sync, once.
	AskSync(ctx context.Context, token string, n wa.PhoneNumberID, k SyncKind) SyncAnswer
}

// ErrOnPhone is that a number is in the phone app, or may be: registering it
// would throw the phone out.
var ErrOnPhone = errors.New("the number is in the phone app, or Meta does not say that it is not")

// ErrMoved is that somebody else moved an onboarding or sync on.
var ErrMoved = errors.New("moved by somebody else")

// ErrTaken is that another Business has the number.
var ErrTaken = errors.New("the number belongs to another business")

// Moves keeps onboardings and syncs.
type Moves interface {
	// BeginOnboarding writes a new one down.
	BeginOnboarding(ctx context.Context, o Onboarding, s Secret) error
	// AdvanceOnboarding writes an onboarding that has moved on, if nobody else has moved it
	// since it was read ([ErrMoved]). s replaces the secret unless it is nil.
	AdvanceOnboarding(ctx context.Context, o Onboarding, s *Secret, now time.Time) error
	// Admit adds the chosen number to the Business, with its syncs if it is in
	// the phone app, and ends the onboarding, all at once.
	// The token, and in cloud mode the two-step code, stay sealed with the number.
	Admit(ctx context.Context, o Onboarding, c Candidate, s Secret, began, now time.Time) (wa.NumberID, error)
	// OnboardingSecret reads what is sealed.
	OnboardingSecret(ctx context.Context, b wa.BusinessID, id string) (Secret, error)
	// Onboarding reads one, Onboardings all of a Business, the newest first.
	Onboarding(ctx context.Context, b wa.BusinessID, id string) (Onboarding, error)
	Onboardings(ctx context.Context, b wa.BusinessID) ([]Onboarding, error)

	// Moving returns the Businesses of which something is due, if they are this
	// node's, and when something of any Business is due after now.
	Moving(ctx context.Context, now time.Time) (due []wa.BusinessID, next time.Time, err error)
	// DueOnboardings and DueSyncs return what of a Business is due.
	DueOnboardings(ctx context.Context, b wa.BusinessID, now time.Time) ([]Onboarding, error)
	DueSyncs(ctx context.Context, b wa.BusinessID, now time.Time) ([]Sync, error)
	// MoveSync reads the newest sync of a kind, moves it and writes it back, in one
	// transaction; move reports whether there is anything to write. It returns
	// the sync as it stands then; ok is false if there is none.
	MoveSync(ctx context.Context, b wa.BusinessID, n wa.NumberID, k SyncKind, now time.Time, move func(Sync) (Sync, bool)) (s Sync, ok bool, err error)
	// Syncs are the newest of each kind of a Number.
	Syncs(ctx context.Context, b wa.BusinessID, n wa.NumberID) ([]Sync, error)
	// Rest writes down when something of a Business is due next.
	Rest(ctx context.Context, b wa.BusinessID, now time.Time) error
	// Known finds a number of the Business by Meta's id.
	Known(ctx context.Context, b wa.BusinessID, id wa.PhoneNumberID) (n wa.NumberID, stage Stage, err error)
	// NumberKept is what the Business knows of a number already; the zero value if nothing.
	NumberKept(ctx context.Context, b wa.BusinessID, id wa.PhoneNumberID) (Kept, error)
	// Address is how Meta is asked about a Number.
	Address(ctx context.Context, b wa.BusinessID, n wa.NumberID) (id wa.PhoneNumberID, token string, err error)
}

// Kept is how a number is used that is in the house already.
type Kept struct {
	Mode  string
	Stage Stage
	PIN   string // its two-step code, if it is the API's alone
}

// HistoryTold counts what of a Number's past has arrived.
type HistoryTold struct {
	Chunks, Phases int
	Told           int // messages, with repetitions
	Threads        int
	Messages       int
	Waiting        int // placeholders whose file may still come
	Lost           int // placeholders too old for a file
	Found          int // files that came
	NotApplied     int // pieces that wait, of all Numbers of the Business
	SetAside       int // pieces that cannot be applied and are kept
}
