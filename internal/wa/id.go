package wa

// Identifiers that Wasl mints: a prefix and a UUIDv7, opaque to everybody else.
type (
	// BusinessID names a tenant: "biz_…".
	BusinessID string
	// NumberID names one business phone number: "num_…".
	NumberID string
	// ContactID names a person as one Business knows them: "cnt_…".
	ContactID string
	// ConversationID names everything between one Number and one Contact: "con_…".
	ConversationID string
	// MessageID names one message, also before Meta gave it a WAMID: "msg_…".
	MessageID string
	// AttemptID names one try to send; 26 characters, 128 random bits.
	AttemptID string
	// PersonID names a member of a Business: "per_…".
	PersonID string
	// DeliveryID names one webhook request as received: "dlv_…".
	DeliveryID string
)

// Identifiers that Meta mints. They are opaque and case-sensitive.
type (
	// PhoneNumberID is Meta's id of a Number.
	PhoneNumberID string
	// WABAID is Meta's id of a WhatsApp Business Account.
	WABAID string
	// WAMID is Meta's id of a message: "wamid." and base64. The same value
	// stands in history, echo, status and media webhooks
	// (coexistence-protocol §1, read 2026-11-22).
	WAMID string
)
