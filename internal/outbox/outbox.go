package outbox

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"wasl/internal/pacer"
	"wasl/internal/policy"
	"wasl/internal/wa"
)

// Item is a draft that was accepted into the outbox. For a message its id is
// the message's; a receipt has an id of its own.
type Item struct {
	ID           string
	Business     wa.BusinessID
	Number       wa.NumberID
	Conversation wa.ConversationID
	Kind         wa.DraftKind
	Lane         wa.Lane
	Due          time.Time // not to be tried before
	Attempts     int       // so far
}

// Decide is the policy with everything but the facts of the draft filled in. It
// is pure, so that a store can ask it inside a transaction.
type Decide func(policy.Facts, wa.Draft) policy.Verdict

// Outcome is what is known about an attempt. The zero value is what does no
// harm: nothing is known.
type Outcome string

// The outcomes, as they stand in SQL.
const (
	InDoubt  Outcome = "in_doubt"
	Accepted Outcome = "accepted"
	Refused  Outcome = "refused" // certainly not sent, and never will be
	Again    Outcome = "again"   // certainly not sent; to be tried again
)

// Effect is what an answer means for more than its own message.
type Effect string

// The effects.
const (
	NoEffect   Effect = ""
	CoolNumber Effect = "cool_number" // the Number is too fast
	CoolPair   Effect = "cool_pair"   // the Number is too fast for this Contact
	StopNumber Effect = "stop_number" // nothing will be accepted until a person acts
)

// Answer is what became of one POST.
type Answer struct {
	Outcome Outcome
	// Answered reports whether Meta's answer came, or no byte of the request
	// left us. If not, the request may still be on the road.
	Answered bool
	Unsent   bool // no byte left us
	WAMID    wa.WAMID
	HTTP     int    // status, 0 if there was no answer
	Code     int    // Graph's error code, 0 if there was none
	Title    string // Graph's error title; never content
	Effect   Effect
	Stop     string // with StopNumber: why, a code of ours
}

// slows reports whether an answer slows the whole Number down, or stops it.
func (a Answer) slows() bool {
	return a.Effect == CoolNumber || a.Effect == StopNumber || a.Outcome == Again && a.Effect == NoEffect
}

// Envelope is what is to be posted, before it is bytes.
type Envelope struct {
	Kind    wa.DraftKind
	Content []byte   // the Cloud API's message object; empty for a receipt
	Target  wa.WAMID // a receipt's message
	ReplyTo wa.WAMID // the message a message quotes, empty if none
	Phone   string   // digits; or
	BSUID   string
	Opaque  string
}

// Post is a request that is on disk as an attempt and may leave.
type Post struct {
	PhoneNumberID wa.PhoneNumberID
	Token         Token
	Body          []byte
	Deadline      time.Time
}

// Token is Meta's access token of a Number. It does not show in logs.
type Token string

// String hides the token.
func (Token) String() string { return "(token)" }

// LogValue hides the token.
func (Token) LogValue() slog.Value { return slog.StringValue("(token)") }

// API is Meta's way in.
type API interface {
	// Body renders an envelope as it will be posted. It is pure; an error means
	// that the content can never be sent.
	Body(Envelope) ([]byte, error)
	// Post sends the body once and says what became of it. It never tries
	// again, follows no redirect, and does not write a byte after the deadline.
	// Whatever it does not recognise is InDoubt.
	Post(context.Context, Post) Answer
}

// Number is what a runner must know of the Number it takes over.
type Number struct {
	Mode    string // coexistence, cloud
	Country string // ISO 3166 alpha-2, may be empty
	MPS     int    // its own speed, 0 for the rule of its mode and country

	Idle      bool      // not live, or stopped: nothing will be accepted
	CoolUntil time.Time // Meta said that it is too fast; zero if not
	Permits   []pacer.Permit
	Pairs     map[wa.ConversationID]time.Time // cooled until
	Recovered int                             // attempts an earlier owner left open, now in doubt
}

// Opening is a Number to be taken over.
type Opening struct {
	Business wa.BusinessID
	Number   wa.NumberID
	Epoch    int64 // of the assignment; 0 if nobody assigns
	Now      time.Time
	// AskAt is when a person is asked about a message of a lane that was begun at
	// a time and came into doubt.
	AskAt func(wa.Lane, time.Time) time.Time
}

// Work is a Number that has something to send, since At.
type Work struct {
	Business wa.BusinessID
	Number   wa.NumberID
	At       time.Time
}

// Look says which items a runner wants to see.
type Look struct {
	Business wa.BusinessID
	Number   wa.NumberID
	Lane     wa.Lane
	Now      time.Time
	Skip     []wa.ConversationID // of these it knows enough
	Limit    int
}

// Beginning is an attempt to be opened.
type Beginning struct {
	Attempt  wa.AttemptID
	Now      time.Time
	Deadline time.Time // of the answer
	Free     time.Time // until when its permit is taken if we never hear of it
	Epoch    int64     // of the assignment; 0 if nobody assigns
	Decide   Decide
	Body     func(Envelope) ([]byte, error)
}

// Begun is what became of a Beginning. If Open, the attempt is on disk and Post
// must leave at once. If not, Verdict says why, and the item is ended, held or
// put off accordingly; an allowed verdict means that the item does not wait any
// more, or that another attempt of its conversation is open.
type Begun struct {
	Open    bool
	Post    Post
	Verdict policy.Verdict
	MPS     int // if Open, the Number's own speed now, 0 for the rule
}

// Conclusion is what the sender knows of an attempt after its POST.
type Conclusion struct {
	Attempt wa.AttemptID
	Item    Item
	Answer  Answer
	At      time.Time                 // of the answer, or when we gave up
	Free    time.Time                 // until when the permit is taken
	Retry   time.Time                 // with Again: not to be tried before
	AskAt   time.Time                 // with InDoubt: when a person is asked
	Cooling func(tries int) time.Time // with CoolNumber and CoolPair: until when, for the tries-th time in a row
}

// Concluded is what a conclusion changed beyond its own attempt.
type Concluded struct {
	Settled   bool      // a status webhook had settled the attempt first
	CoolUntil time.Time // of the Number or of the pair, as Answer.Effect says
}

// ErrNotOwner says that this process no longer owns the Number: another does.
var ErrNotOwner = errors.New("another node sends for this number now")

// Queue is what a Sender needs of a store. Every method is one transaction.
type Queue interface {
	// DueNumbers lists Numbers that have something to send at now, ordered, after a
	// cursor (the last one of the list before, or nothing), and when the next
	// one will if that is later than now.
	DueNumbers(ctx context.Context, now time.Time, after Work, limit int) (list []Work, next time.Time, err error)
	// OpenNumber takes a Number over. Every attempt that is open belongs to an owner
	// that is gone: it becomes in doubt, as does its message. Items that were
	// held are queued again if the Number is live.
	OpenNumber(ctx context.Context, o Opening) (Number, error)
	// Waiting lists queued items of a lane in their order.
	Waiting(ctx context.Context, l Look) ([]Item, error)
	// Begin opens an attempt, durable when it returns, or says why not. It
	// answers ErrNotOwner under an old epoch. After any other error nobody knows
	// whether the attempt is open.
	Begin(ctx context.Context, it Item, a Beginning) (Begun, error)
	// Conclude writes what became of an attempt, unless something is known
	// already; the permit's bound and Meta's answer are written in any case. It
	// is idempotent, and does nothing for an attempt that does not exist.
	Conclude(ctx context.Context, c Conclusion) (Concluded, error)
	// AskPerson turns messages that have been in doubt for too long into ones that
	// need a person, and reports how many.
	AskPerson(ctx context.Context, b wa.BusinessID, n wa.NumberID, now time.Time) (int, error)
	// RestNumber writes down when the Number has something to do next, not before the
	// given time, and returns it; zero if it has nothing.
	RestNumber(ctx context.Context, b wa.BusinessID, n wa.NumberID, now, notBefore time.Time) (time.Time, error)
}

// Resolution is the verdict of a person about a message in doubt.
type Resolution string

// What a person may decide.
const (
	TreatAsSent Resolution = "treat_as_sent"
	SendAgain   Resolution = "send_again" // it may go twice
)

// Receipt is what became of a draft that was taken in.
type Receipt struct {
	Message      wa.MessageID // empty for a read receipt
	Business     wa.BusinessID
	Number       wa.NumberID
	Conversation wa.ConversationID
	Contact      wa.ContactID
	Status       wa.Status
	Verdict      policy.Verdict
}

// The errors of an Intake.
var (
	ErrNumberUnknown = errors.New("the business has no such number, or several and none was named")
	ErrNotFound      = errors.New("no such conversation or message in this business")
	ErrUnreachable   = errors.New("the contact has neither phone number nor user id")
	ErrNothingToRead = errors.New("the customer wrote nothing that is not marked as read")
	ErrNotInDoubt    = errors.New("the message is not in doubt")
	ErrNotWaiting    = errors.New("the message does not wait any more")
)

// Intake is what a Box needs of a store. Every method is one transaction.
type Intake interface {
	// Submit gathers the facts of a draft, asks decide, and unless it denies
	// writes message, item and journal entry. A receipt replaces an older one of
	// its conversation that still waits. It answers ErrNumberUnknown,
	// ErrNotFound, ErrUnreachable; for a receipt also ErrNothingToRead.
	Submit(ctx context.Context, d wa.Draft, now time.Time, decide Decide) (Receipt, error)
	// Resolve ends the doubt about a message by a person's word. ErrNotInDoubt
	// if it is not in doubt, ErrNotFound.
	Resolve(ctx context.Context, b wa.BusinessID, m wa.MessageID, r Resolution, by wa.PersonID, now time.Time) (wa.NumberID, error)
	// Cancel ends a message that waits. ErrNotWaiting if it does not, ErrNotFound.
	Cancel(ctx context.Context, b wa.BusinessID, m wa.MessageID, by wa.PersonID, now time.Time) error
}
