package auth

import (
	"context"
	"errors"
	"time"

	"wasl/internal/wa"
)

// ErrUnknown says that there is no such person, session or key, or no longer.
var ErrUnknown = errors.New("not known")

// Credentials are what a sign-in is checked against.
type Credentials struct {
	Business     wa.BusinessID
	Person       wa.PersonID
	PasswordHash string
	Disabled     bool
}

// NewSession is a session to be kept.
type NewSession struct {
	Hash      []byte // SHA-256 of the token
	Business  wa.BusinessID
	Person    wa.PersonID
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Session is a session as it is kept, with its person as they are now.
type Session struct {
	Principal Principal
	SeenAt    time.Time
	ExpiresAt time.Time
	Disabled  bool
}

// Sessions keeps sessions. Every method is one transaction; unknown things
// are [ErrUnknown].
type Sessions interface {
	// Credentials finds a person by e-mail, in lower case.
	Credentials(ctx context.Context, email string) (Credentials, error)
	// OpenSession keeps a session and ends the one whose hash is old, if any.
	OpenSession(ctx context.Context, s NewSession, old []byte) error
	// Session finds a session by its hash.
	Session(ctx context.Context, hash []byte) (Session, error)
	// SeeSession notes that a session was used.
	SeeSession(ctx context.Context, hash []byte, at time.Time) error
	// CloseSession ends a session; one that is unknown is ended already.
	CloseSession(ctx context.Context, hash []byte) error
}

// Key is an API key as it is listed: all but the secret itself.
type Key struct {
	ID         string
	Name       string
	Scopes     []Scope
	CreatedAt  time.Time
	LastUsedAt time.Time // zero: never
}

// NewKey is an API key to be kept.
type NewKey struct {
	Hash     []byte // SHA-256 of the key
	Business wa.BusinessID
	Key
}

// Keys keeps API keys. A revoked key is [ErrUnknown].
type Keys interface {
	CreateKey(ctx context.Context, k NewKey) error
	// Keys lists a Business's keys, newest first.
	Keys(ctx context.Context, b wa.BusinessID) ([]Key, error)
	// RevokeKey ends a key at once.
	RevokeKey(ctx context.Context, b wa.BusinessID, id string, at time.Time) error
	// KeyHolder finds the program a key was given to, and when it last used it.
	KeyHolder(ctx context.Context, hash []byte) (Principal, time.Time, error)
	// SeeKey notes that a key was used.
	SeeKey(ctx context.Context, hash []byte, at time.Time) error
}

// Person is a member of a Business, as listed.
type Person struct {
	ID        wa.PersonID
	Email     string
	Name      string
	Role      Role
	Operator  bool
	CreatedAt time.Time
}

// NewPerson is a member to be kept.
type NewPerson struct {
	Business     wa.BusinessID
	Email        string // lower case
	Name         string
	Role         Role
	Operator     bool
	PasswordHash string
}

// People keeps the members of Businesses.
type People interface {
	// CreatePerson keeps a person. An e-mail that signs in anywhere already is
	// fault conflict_email_taken.
	CreatePerson(ctx context.Context, p NewPerson, now time.Time) (wa.PersonID, error)
	// People lists a Business's members who are not disabled, oldest first.
	People(ctx context.Context, b wa.BusinessID) ([]Person, error)
	// DisablePerson ends a person's membership and sessions. The last owner stays:
	// fault last_owner. Unknown or disabled already: [ErrUnknown].
	DisablePerson(ctx context.Context, b wa.BusinessID, id wa.PersonID, now time.Time) error
}

// Store is all of them.
type Store interface {
	Sessions
	Keys
	People
}
