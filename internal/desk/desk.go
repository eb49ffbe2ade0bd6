package desk

import (
	"context"
	"errors"
	"time"

	"wasl/internal/wa"
)

// ErrNotFound says that there is no such thing, or not in this Business: the two
// are never told apart.
var ErrNotFound = errors.New("not found")

// Mark is a place in a list that is ordered by time: the last thing of one page,
// after which the next begins. Without an ID it is the beginning.
type Mark struct {
	At  time.Time
	Dir wa.Direction // messages only
	ID  string       // the tie-breaker
}

// Filter says which conversations are asked for. Empty fields ask for all.
type Filter struct {
	Number   wa.NumberID
	Contact  wa.ContactID
	Handler  string // nobody, bot, person, phone
	State    string // open
	Assignee wa.PersonID
	Nobodys  bool   // only what is assigned to nobody
	Question string // names, numbers, user names; see [Words]
	Unread   bool
	After    Mark
	Limit    int
	Now      time.Time // against which takeovers have ended or not
}

// Contact is a person as a list shows them.
type Contact struct {
	ID       wa.ContactID
	Name     string // by the phone's address book, else the profile's own; may be empty
	Phone    string // digits, may be empty
	Username string // without the @
}

// Conversation is one line of the list.
type Conversation struct {
	ID            wa.ConversationID
	Number        wa.NumberID
	Contact       Contact
	Window        wa.Window
	Handler       string    // who held it last: person, phone, or empty
	HandlerUntil  time.Time // [ForGood]: until handed back
	HandlerReason string
	Assignee      wa.PersonID
	AssigneeName  string
	Unread        int
	LastAt        time.Time
	Last          *Summary // nil: nothing said yet
}

// HeldBy says who holds the conversation at now: person, phone or nobody.
func (c Conversation) HeldBy(now time.Time) string {
	if c.Handler == "" || !now.Before(c.HandlerUntil) {
		return Nobody
	}
	return c.Handler
}

// Who may hold a conversation.
const (
	Nobody   = "nobody"
	ByBot    = "bot"
	ByPerson = "person"
	ByPhone  = "phone"
)

// ForGood and later is the end of a hold that only a handback ends.
var ForGood = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// Open is the state of every conversation, until there are others.
const Open = "open"

// Summary is a message as a list shows it.
type Summary struct {
	ID        wa.MessageID
	Type      string
	Text      string
	Direction wa.Direction
	Origin    wa.Origin
	Status    wa.Status
	At        time.Time
	Revoked   bool
}

// Span asks for a page of a thread. No marks: the newest page. Pages are in
// order, the newest last: by time, direction ("in" first), then WAMID (or id, of
// what has none yet).
type Span struct {
	Before Mark
	After  Mark
	Limit  int
}

// File is what a message's file has become.
type File struct {
	State  string // wanted, stored, gone, refused, removed
	Reason string // why it is not here
	Type   string // media type, such as image/jpeg
	Name   string // a document's
	Size   int64  // 0 until it is stored
}

// Message is a message with everything known of it.
type Message struct {
	ID           wa.MessageID
	WAMID        wa.WAMID // empty until Meta accepts what we send
	Conversation wa.ConversationID
	Number       wa.NumberID
	Contact      wa.ContactID
	Direction    wa.Direction
	Origin       wa.Origin
	AuthorID     string
	AuthorName   string
	Provenance   wa.Provenance
	Type         string
	Content      wa.Content // as it reads now
	Status       wa.Status
	At           time.Time
	RevokedAt    time.Time // zero: not revoked
	Code         int       // Meta's, of a failure
	CodeTitle    string
	Note         string // why it is held, or needs a person
	ReplyTo      *Quote
	Reactions    []Reaction
	Versions     []Version // the original and each edit, in order; empty if never edited
	Attempt      *Attempt  // the latest
	File         *File     // nil: it has none
	// Seq is the place in the journal that had been reached when this was read: an
	// entry after it may have changed the message since.
	Seq wa.Seq
}

// Mark is the message's place in its thread.
func (m Message) Mark() Mark {
	key := string(m.WAMID)
	if key == "" {
		key = string(m.ID)
	}
	return Mark{At: m.At, Dir: m.Direction, ID: key}
}

// Quote is the message another one answers.
type Quote struct {
	WAMID wa.WAMID
	ID    wa.MessageID // empty: we do not have it
	Text  string
}

// Reaction is the emoji one side has on a message now.
type Reaction struct {
	Emoji string
	Side  wa.Side
	At    time.Time
}

// Version is one way a message read.
type Version struct {
	At      time.Time
	Content wa.Content
}

// Attempt is the latest try to send a message.
type Attempt struct {
	N         int
	StartedAt time.Time
	Outcome   string // empty while open
}

// Conversations reads conversations and messages and changes who holds them. What is
// not there, or another Business's, is [ErrNotFound].
type Conversations interface {
	// Conversations lists up to f.Limit, the newest activity first. What moves
	// up while somebody pages down is not seen twice.
	Conversations(ctx context.Context, b wa.BusinessID, f Filter) ([]Conversation, error)
	Conversation(ctx context.Context, b wa.BusinessID, id wa.ConversationID) (Conversation, error)
	// TakeOver makes a person hold the conversation; entry conversation.taken_over.
	TakeOver(ctx context.Context, t Takeover) error
	// HandBack makes nobody hold it; entry conversation.handed_back.
	HandBack(ctx context.Context, h Handback) error
	// MarkSeen notes that everything in it up to now was read, and reports the
	// newest message that was not; ok is false, and nothing is written, if all was.
	MarkSeen(ctx context.Context, b wa.BusinessID, id wa.ConversationID, by string, now time.Time) (newest wa.WAMID, ok bool, err error)
}

// Takeover is a person taking a conversation.
type Takeover struct {
	Business     wa.BusinessID
	Conversation wa.ConversationID
	By           string      // person or key
	Assignee     wa.PersonID // whose it becomes if it is nobody's; empty for a program
	Until        time.Time   // zero: until handed back
	Reason       string
	At           time.Time
}

// Handback is a conversation being given back.
type Handback struct {
	Business     wa.BusinessID
	Conversation wa.ConversationID
	By           string
	At           time.Time
}

// Messages reads messages. What is not there is [ErrNotFound].
type Messages interface {
	// Thread returns one page of a conversation, and whether there is more in the
	// direction that was asked for.
	Thread(ctx context.Context, b wa.BusinessID, id wa.ConversationID, s Span) (page []Message, more bool, err error)
	Message(ctx context.Context, b wa.BusinessID, id wa.MessageID) (Message, error)
	// MessagesByWAMID returns the messages of a Business that bear a WAMID: one, or
	// two if both ends are Numbers of the Business.
	MessagesByWAMID(ctx context.Context, b wa.BusinessID, w wa.WAMID) ([]Message, error)
}
