package auth

import (
	"slices"

	"wasl/internal/wa"
)

// Role is what a person of a Business may do; each includes the ones below it.
type Role string

// The roles, from most to least.
const (
	Owner Role = "owner"
	Admin Role = "admin"
	Agent Role = "agent"
)

// Roles lists the roles, from most to least.
var Roles = []Role{Owner, Admin, Agent}

// Known reports whether r is one of the roles.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// AtLeast reports whether r includes floor. What is no role includes nothing.
func (r Role) AtLeast(floor Role) bool {
	have, want := slices.Index(Roles, r), slices.Index(Roles, floor)
	return have >= 0 && want >= 0 && have <= want
}

// Scope is what a program with an API key may do.
type Scope string

// The scopes. None includes another.
const (
	ReadScope     Scope = "read"     // see conversations, messages, contacts, numbers, the stream
	SendScope     Scope = "send"     // send messages, take over and hand back
	ManageScope   Scope = "manage"   // people and keys
	OperatorScope Scope = "operator" // deliveries and reactions of every Business
)

// Scopes lists the scopes.
var Scopes = []Scope{ReadScope, SendScope, ManageScope, OperatorScope}

// Known reports whether s is one of the scopes.
func (s Scope) Known() bool { return slices.Contains(Scopes, s) }

// Principal is who asks: a person with a session, or a program with a key. The
// zero value is nobody.
type Principal struct {
	Business     wa.BusinessID
	BusinessName string
	Person       wa.PersonID // empty for a program
	Key          string      // the key's id, empty for a person
	Name         string
	Email        string
	Role         Role    // of a person
	Scopes       []Scope // of a program
	Operator     bool    // a person who runs the installation

	// proof is the hash of the token or key that was shown, by which
	// [Gate.Still] asks again.
	proof []byte
}

// Known reports whether p is somebody.
func (p Principal) Known() bool { return p.Person != "" || p.Key != "" }

// Is names who asks, for records: a person's or a key's id.
func (p Principal) Is() string {
	if p.Person != "" {
		return string(p.Person)
	}
	return p.Key
}

// Has reports whether a program was given a scope.
func (p Principal) Has(s Scope) bool { return p.Key != "" && slices.Contains(p.Scopes, s) }

// Operates reports whether p may see what belongs to no single Business.
func (p Principal) Operates() bool {
	return p.Person != "" && p.Operator || p.Has(OperatorScope)
}
