package wa

import "time"

// Event is something that happened on Meta's side, normalised. The set is
// closed: whatever a webhook says becomes one of the types below, in the worst
// case [Unknown]. History and echoes are types of their own, not flags on a
// message, so that every reaction has to say what it does about them.
//
//sumtype:decl
type Event interface{ event() }

// Place is the Number an event is about, as the webhook names it.
type Place struct {
	PhoneNumberID PhoneNumberID // empty for events about a whole WABA
	WABAID        WABAID
	Display       string // digits only
}

// Party is a person as the webhook names them. Any field may be missing: since
// 31 March 2026 a person may hide the phone, and before it there was no BSUID
// (coexistence-protocol §5).
type Party struct {
	Phone    string // digits as Meta wrote them
	WaID     string // digits; usually equal to Phone
	BSUID    string // "SA.1349…", scoped to the portfolio
	Parent   string // parent BSUID, "SA.ENT.…"
	Username string // without the leading @
	Name     string // the profile's own name
}

// Named reports whether the party can be told from another.
func (p Party) Named() bool { return p.Phone != "" || p.WaID != "" || p.BSUID != "" }

// Side says which end of a conversation did something.
type Side string

// The two ends.
const (
	Customer Side = "customer"
	Business Side = "business"
)

// Received is a live message from a customer.
type Received struct {
	Place   Place
	From    Party
	WAMID   WAMID
	At      time.Time
	Content Content
	ReplyTo WAMID // the message it quotes
}

// Echoed is a message the Business sent from the app on the phone or a linked
// device. Free, and it opens no window.
type Echoed struct {
	Place   Place
	To      Party
	WAMID   WAMID
	At      time.Time
	Content Content
	ReplyTo WAMID
}

// Edited says that a message now reads otherwise. The edit has a WAMID of its
// own and never becomes a visible message.
type Edited struct {
	Place    Place
	By       Side
	Party    Party // the customer of the conversation
	WAMID    WAMID
	Original WAMID
	At       time.Time
	Content  Content
}

// Revoked says that a message was deleted for everyone.
type Revoked struct {
	Place    Place
	By       Side
	Party    Party
	WAMID    WAMID
	Original WAMID
	At       time.Time
}

// Reacted says that somebody put an emoji on a message, or took it away.
type Reacted struct {
	Place   Place
	By      Side
	Party   Party
	WAMID   WAMID
	Target  WAMID
	Emoji   string // empty: taken away
	At      time.Time
	Content Content
}

// StatusReported is Meta's word on how far a message of ours has got.
type StatusReported struct {
	Place     Place
	WAMID     WAMID
	Status    Status
	Wire      string // as Meta wrote it: sent, delivered, read, played, failed, …
	At        time.Time
	Recipient Party
	Opaque    string // our biz_opaque_callback_data, returned
	Code      int    // first error's code, 0 if none
	Title     string // first error's title
	Raw       []byte
}

// HistoryChunk is a part of the past, told once after onboarding. Chunks come
// in any order and may repeat.
type HistoryChunk struct {
	Place    Place
	Phase    int // 0: day 0–1, 1: day 1–90, 2: day 90–180
	Order    int
	Progress int // percent; 100 is not a reliable end
	Messages []HistoryMessage
}

// HistoryMessage is one message of the past.
type HistoryMessage struct {
	With    Party // the customer of the thread
	FromMe  bool
	WAMID   WAMID
	At      time.Time
	Content Content // Type "media_placeholder" until its file comes
	ReplyTo WAMID
	Status  Status
}

// HistoryMedia brings files for placeholders of the history, by their WAMIDs.
type HistoryMedia struct {
	Place    Place
	Messages []HistoryMessage
}

// HistoryDeclined says that the owner did not share the history (2593109).
type HistoryDeclined struct {
	Place Place
	Code  int
	Title string
	Raw   []byte
}

// ContactChanged is a change of the phone's address book.
type ContactChanged struct {
	Place     Place
	Party     Party
	FullName  string
	FirstName string
	Removed   bool
	At        time.Time
}

// AccountChanged is news of a WABA: partner added or removed, suspended,
// reconnected, restricted, … (field account_update).
type AccountChanged struct {
	Place       Place
	EntryID     string // a WABA, or a portfolio for PARTNER_* events
	Event       string
	Phone       string // digits, if the event names one
	Reason      string // of a disconnection, a restriction, a violation or a ban
	Limit       string // messaging limit that the event tells, as Meta wrote it
	InitiatedBy string // USER or SYSTEM
	At          time.Time
	Raw         []byte
}

// NumberChanged is news of one Number: quality, name, settings, security.
type NumberChanged struct {
	Place Place
	Field string
	Event string
	Limit string // messaging limit that the event tells, as Meta wrote it
	At    time.Time
	Raw   []byte
}

// TemplateChanged is news of a message template.
type TemplateChanged struct {
	Place      Place
	Field      string
	TemplateID string
	Name       string
	Language   string
	Event      string
	At         time.Time
	Raw        []byte
}

// PreferenceChanged is a customer's wish about marketing messages.
type PreferenceChanged struct {
	Place    Place
	Party    Party
	Category string
	Value    string // stop, resume, signup
	At       time.Time
	Raw      []byte
}

// SystemNoticed is WhatsApp's own note in a conversation: the customer changed
// number, user id or identity key.
type SystemNoticed struct {
	Place   Place
	Party   Party
	Now     Party // what the customer is named from now on, if it changed
	WAMID   WAMID
	At      time.Time
	Kind    string // user_changed_number, user_changed_user_id, customer_identity_changed
	Content Content
}

// Unsupported is a customer's message whose content Meta does not hand out.
// Code 131060 reads "open the phone to see this message".
type Unsupported struct {
	Place   Place
	From    Party
	WAMID   WAMID
	At      time.Time
	Code    int
	Kind    string // unsupported.type: poll_creation, edit, …; may be empty
	Content Content
	ReplyTo WAMID
}

// Errored is an error Meta reports about a Number without a message.
type Errored struct {
	Place Place
	Code  int
	Title string
	Raw   []byte
}

// Unknown is what we have no word for yet. It is kept raw, counted and shown.
type Unknown struct {
	Place  Place
	Field  string
	Reason string // a fixed sentence, never content
	Raw    []byte
}

func (Received) event()          {}
func (Echoed) event()            {}
func (Edited) event()            {}
func (Revoked) event()           {}
func (Reacted) event()           {}
func (StatusReported) event()    {}
func (HistoryChunk) event()      {}
func (HistoryMedia) event()      {}
func (HistoryDeclined) event()   {}
func (ContactChanged) event()    {}
func (AccountChanged) event()    {}
func (NumberChanged) event()     {}
func (TemplateChanged) event()   {}
func (PreferenceChanged) event() {}
func (SystemNoticed) event()     {}
func (Unsupported) event()       {}
func (Errored) event()           {}
func (Unknown) event()           {}
