package wa

import "time"

// Direction says whether a message came in or went out.
type Direction string

// The two directions. "in" sorts before "out", which is the order of messages
// that bear the same second.
const (
	In  Direction = "in"
	Out Direction = "out"
)

// Origin says who said a message.
type Origin string

// The origins. Only a customer speaks inwards.
const (
	FromCustomer  Origin = "customer"
	FromPhone     Origin = "phone"
	FromAgent     Origin = "agent"
	FromBot       Origin = "bot"
	FromCampaign  Origin = "campaign"
	FromAPI       Origin = "api"
	FromMetaAgent Origin = "meta_agent"
)

// Provenance says how a message reached us.
type Provenance string

// The provenances. Only what is live opens windows and wakes anybody.
const (
	Live     Provenance = "live"
	History  Provenance = "history"
	Imported Provenance = "import"
)

// Lane is the class a draft waits in. People go first.
type Lane string

// The lanes, in the order they are served.
const (
	PersonLane   Lane = "person"
	BotLane      Lane = "bot"
	ServiceLane  Lane = "service"
	CampaignLane Lane = "campaign"
)

// Lanes lists the lanes in the order they are served.
var Lanes = []Lane{PersonLane, BotLane, ServiceLane, CampaignLane}

// Rank is the lane's place in the order of service, 0 first. An unknown lane
// comes last.
func (l Lane) Rank() int {
	for i, lane := range Lanes {
		if lane == l {
			return i
		}
	}
	return len(Lanes)
}

// Content is what a message says, in the Cloud API's own shape.
type Content struct {
	Type string // "text", "image", …; open: unknown types are kept
	JSON []byte // the message object as it was received or submitted
	Text string // what of it a person can read: body, caption, button title, …
}

// Window is the 24 hours after the Contact's last live message to an
// onboarded Number, in which free-form messages may be sent. Echoes, history,
// edits, reactions and system notices do not open it (coexistence-protocol
// §6.5; that a reaction does not is our careful reading, see
// docs/divergences.md).
type Window struct {
	OpenedAt time.Time // zero if the Contact has never written
}

// WindowLength is how long a Window stays open. Meta has never changed it
// (cloud-api-protocol §2.7, read 2026-11-22); what may change is data in
// package platform and is passed to [Window.ClosesAt] from there.
const WindowLength = 24 * time.Hour

// ClosesAt is the instant the Window shuts; zero if it never opened.
func (w Window) ClosesAt() time.Time {
	if w.OpenedAt.IsZero() {
		return time.Time{}
	}
	return w.OpenedAt.Add(WindowLength)
}

// Open reports whether a free-form message that leaves at now, and may be on
// the road for margin, arrives inside the Window.
func (w Window) Open(now time.Time, margin time.Duration) bool {
	return !w.OpenedAt.IsZero() && now.Add(margin).Before(w.ClosesAt())
}

// Draft is a message somebody wants sent: the one command of the system.
type Draft struct {
	Business     BusinessID
	Number       NumberID
	Conversation ConversationID // empty if To names a person not yet written to
	To           string         // digits of a phone, used if Conversation is empty
	Kind         DraftKind
	Content      Content
	ReplyTo      WAMID // quoted message, empty if none
	Lane         Lane
	Origin       Origin
	Author       PersonID // the agent, empty for programs
	AuthorName   string   // how the author is shown: person, key, flow, campaign
	NotBefore    time.Time
}

// DraftKind says what a draft asks Meta to do.
type DraftKind string

// The kinds of a draft. A read receipt has no message of its own.
const (
	SendMessage  DraftKind = "message"
	SendReaction DraftKind = "reaction"
	SendRead     DraftKind = "read"
)
