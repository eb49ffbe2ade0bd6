package wa

import "time"

// Kind names an entry of the journal. Kinds are public: hooks, streams and
// integrations are told them.
type Kind string

// The kinds of entries.
const (
	MessageReceived        Kind = "message.received"
	MessageEchoed          Kind = "message.echoed"
	MessageQueued          Kind = "message.queued"
	MessageStatus          Kind = "message.status"
	MessageEdited          Kind = "message.edited"
	MessageRevoked         Kind = "message.revoked"
	MessageReacted         Kind = "message.reacted"
	MessageFileKind        Kind = "message.file"
	ContactChangedKind     Kind = "contact.changed"
	ContactMerged          Kind = "contact.merged"
	ConversationRead       Kind = "conversation.read"
	ConversationTaken      Kind = "conversation.taken_over"
	ConversationHandedBack Kind = "conversation.handed_back"
	NumberChangedKind      Kind = "number.changed"
	AccountChangedKind     Kind = "account.changed"
	TemplateChangedKind    Kind = "template.changed"
	PreferenceChangedKind  Kind = "preference.changed"
	HistoryChunkKind       Kind = "history.chunk"
	HistoryMediaKind       Kind = "history.media"
	HistoryDeclinedKind    Kind = "history.declined"
	ChatImported           Kind = "chat.imported"
	EligibilityOpened      Kind = "eligibility.opened" // Coexistence is offered now where a watched number belongs
	SystemNoticedKind      Kind = "system.noticed"
	ErrorReported          Kind = "error.reported"
	UnknownKept            Kind = "unknown.kept"
)

// Seq is an entry's place in its Business's journal: 1, 2, 3, … without gaps.
type Seq int64

// Entry is an event with its place in the journal of one Business. It carries
// ids and facts, never the text of a message, so that erasing a person needs
// no rewriting of history.
type Entry struct {
	Business     BusinessID
	Seq          Seq
	At           time.Time // when it was written down
	Kind         Kind
	Number       NumberID
	Contact      ContactID
	Conversation ConversationID
	Message      MessageID
	Facts        Facts
}

// Facts are what a reaction needs to know of an entry without reading state
// "as of now". Every field may be empty.
type Facts struct {
	HappenedAt time.Time `json:"happened_at,omitzero"` // Meta's time of the event
	WAMID      WAMID     `json:"wamid,omitempty"`
	Target     WAMID     `json:"target,omitempty"` // of an edit, revocation, reaction
	Type       string    `json:"type,omitempty"`
	Direction  Direction `json:"direction,omitempty"`
	Origin     Origin    `json:"origin,omitempty"`
	Status     Status    `json:"status,omitempty"`
	Report     Status    `json:"report,omitempty"` // what Meta reported this time
	Code       int       `json:"code,omitempty"`
	Event      string    `json:"event,omitempty"`
	Field      string    `json:"field,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	Phase      int       `json:"phase,omitempty"`
	Progress   int       `json:"progress,omitempty"`
	Count      int       `json:"count,omitempty"`
	By         string    `json:"by,omitempty"`
	Until      time.Time `json:"until,omitzero"`
	Evidence   string    `json:"evidence,omitempty"` // strong, fair, weak: a sign of life of the phone
}
