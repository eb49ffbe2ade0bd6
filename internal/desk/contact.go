package desk

import (
	"context"
	"time"

	"wasl/internal/wa"
)

// Person is a contact with everything known of them.
type Person struct {
	Contact
	Identities []Identity
	OptedOut   bool
	CreatedAt  time.Time
}

// Identity is one way WhatsApp names a contact.
type Identity struct {
	Kind  string // phone, bsuid, wa_id
	Value string
}

// Contacts reads contacts. What is not there is [ErrNotFound].
type Contacts interface {
	// Contacts lists up to limit contacts that a question finds, the newest first,
	// after the one named.
	Contacts(ctx context.Context, b wa.BusinessID, question string, after wa.ContactID, limit int) ([]Person, error)
	Contact(ctx context.Context, b wa.BusinessID, id wa.ContactID) (Person, error)
}
