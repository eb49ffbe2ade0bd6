// Package notify tells people what they have to know when nobody looks at the
// screen: that a phone is silent, that a Number was disconnected or is back, that
// a sync fails.
//
// A [Reaction] follows the journal and writes notices down, with a delivery for
// every channel and recipient, in one transaction. A notice is made from the
// position of its entry, so that an entry told twice makes one notice. What is
// told in the application is the notice itself.
//
// A [Courier] carries the deliveries of one channel; there is one per channel, so
// that a channel which is down holds up no other. An attempt is written down
// before anything leaves: a courier that dies between sending and writing what
// came of it leaves an unanswered attempt behind. Such a delivery is tried once
// more, under the same message id, and after a second unanswered attempt no more:
// a crash repeats a mail or a hook at most once. A template message costs money and
// rings a phone: after one unanswered attempt it is given up, and is never repeated.
package notify

import (
	"context"
	"errors"
	"time"

	"wasl/internal/coexist"
	"wasl/internal/wa"
)

// Kind is what a notice is about.
type Kind string

// The kinds.
const (
	PhoneSilent  Kind = "phone_silent" // Level says which reminder it is
	Disconnected Kind = "disconnected"
	Suspended    Kind = "suspended"
	Reconnected  Kind = "reconnected"
	SyncDeclined Kind = "sync_declined"
	SyncOverdue  Kind = "sync_overdue"
	SyncFailed   Kind = "sync_failed"
	Stopped      Kind = "stopped" // nothing is sent until a person acts
	Test         Kind = "test"
)

// Channel is a way out of the screen.
type Channel string

// The channels.
const (
	Mail     Channel = "mail"
	Hook     Channel = "hook"
	Template Channel = "template"
)

// Channels lists the channels.
var Channels = []Channel{Mail, Hook, Template}

// Notice is something people have to know.
type Notice struct {
	Business wa.BusinessID
	ID       string
	Kind     Kind
	Number   wa.NumberID // empty: none
	About    string      // of a sync: contacts or history
	Level    int         // of a reminder
	Reason   string      // a code, as the journal has it
	At       time.Time
	Until    time.Time // by when something is to be done; zero if there is no such time
}

// State is what became of a delivery.
type State string

// The states.
const (
	Due       State = "due"
	Sent      State = "sent"
	Failed    State = "failed"    // the other end will never take it
	GaveUp    State = "gave_up"   // it was tried for long enough
	Withdrawn State = "withdrawn" // it was not true any more, or said better by a later one
)

// Delivery is a notice on its way to one recipient.
type Delivery struct {
	Channel   Channel
	Recipient string // address, URL, digits
	Locale    Locale
	State     State
	Attempts  int
	// Unanswered are attempts that were begun and of whose end nothing is known.
	Unanswered int
	Reason     string
	SettledAt  time.Time
	Message    wa.MessageID // of a template: the message it became
	Status     wa.Status    // of that message, when it was read
}

// Listed is a notice as the people of a Business see it.
type Listed struct {
	Notice
	Place      Place
	Read       bool
	Deliveries []Delivery
}

// Recipient is a person who is told of a Business's numbers.
type Recipient struct {
	Email  string
	Locale Locale
}

// Private is where the owner is reached beside the business: by a template message
// from one of its Numbers.
type Private struct {
	Number   wa.NumberID // whose reminders
	Phone    string      // digits
	Template string      // name; its body has three variables: the number, the days left, the date
	Language string
	Sender   wa.NumberID
}

// Settings are where a Business wants its notices.
type Settings struct {
	Mail    bool
	Private []Private
}

// Place is what is known of the Number a notice is about, now.
type Place struct {
	Business string
	Zone     string // IANA name
	Number   string // as people write it; empty if the notice is about none
	Stage    coexist.Stage
	Stopped  string // why the Number sends nothing; empty if it sends
	Signs    coexist.Signs
	Sync     coexist.SyncState // of what the notice is about; empty if that is no sync
}

// Letter is a delivery that is due, with all that is needed to write it.
type Letter struct {
	Notice
	Delivery
	Place   Place
	Private Private // of a template
}

// Outcome is what became of one attempt.
type Outcome struct {
	State   State     // Due: to be tried again at Next
	Next    time.Time // zero if not
	Reason  string
	Message wa.MessageID // of a template that was taken into the outbox
}

// Post is what notices are written down in. Every method is one transaction.
type Post interface {
	// Audience are the owners and admins of a Business, and where it wants its
	// notices.
	Audience(ctx context.Context, b wa.BusinessID) ([]Recipient, Settings, error)
	// Tell writes a notice with its deliveries down, and its journal entry, unless
	// it is there already. A reminder takes the place of earlier ones of its Number
	// that are still due.
	Tell(ctx context.Context, n Notice, deliveries []Delivery, now time.Time) error
	// Calling returns the Businesses of this node with deliveries of a channel due,
	// and when more are.
	Calling(ctx context.Context, c Channel, now time.Time) ([]wa.BusinessID, time.Time, error)
	// Letters are the deliveries of a channel that are due.
	Letters(ctx context.Context, b wa.BusinessID, c Channel, now time.Time) ([]Letter, error)
	// Attempt writes down that one is begun, to be looked at again at a time if
	// nothing more is heard of it; false if somebody else has begun it.
	Attempt(ctx context.Context, l Letter, again time.Time) (bool, error)
	// Settle writes down what came of an attempt.
	Settle(ctx context.Context, l Letter, o Outcome, now time.Time) error
	// Called writes down when the next delivery of a channel is due.
	Called(ctx context.Context, b wa.BusinessID, c Channel) error
}

// Board shows notices to the people of a Business, and keeps where they want them.
type Board interface {
	// Notices are the newest before a mark, newest first, as a reader has them.
	Notices(ctx context.Context, b wa.BusinessID, reader string, before Mark, limit int) ([]Listed, error)
	// ReadNotice notes that a reader has seen a notice, or all if id is empty; it is
	// [ErrNotFound] if there is none of this id.
	ReadNotice(ctx context.Context, b wa.BusinessID, reader, id string, now time.Time) error
	// NoticeSettings are a Business's settings.
	NoticeSettings(ctx context.Context, b wa.BusinessID) (Settings, error)
	// PutNoticeSettings replaces them. A Number that is not the Business's is
	// [ErrNotFound].
	PutNoticeSettings(ctx context.Context, b wa.BusinessID, s Settings) error
	// LocaleOf is the language a person is written to in.
	LocaleOf(ctx context.Context, b wa.BusinessID, p wa.PersonID) (Locale, error)
	// PutLocale sets it.
	PutLocale(ctx context.Context, b wa.BusinessID, p wa.PersonID, l Locale) error
}

// Mark is a place in the list of notices; zero before all.
type Mark struct {
	At time.Time
	ID string
}

// ErrNotFound says that the Business has no such notice or Number.
var ErrNotFound = errors.New("not found")
