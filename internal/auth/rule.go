package auth

import "wasl/internal/fault"

// Rule says who may use a route. The zero value lets nobody in, so that a
// rule cannot be forgotten into openness.
type Rule struct {
	kind  ruleKind
	floor Role
	scope Scope
}

type ruleKind int

const (
	nobody ruleKind = iota
	anyone
	signedIn
	member
	operator
)

// Anyone lets everybody in, known or not.
func Anyone() Rule { return Rule{kind: anyone} }

// SignedIn lets in every person with a session, and no program.
func SignedIn() Rule { return Rule{kind: signedIn} }

// May lets in people with a role of at least floor, and programs whose key has
// scope.
func May(floor Role, scope Scope) Rule { return Rule{kind: member, floor: floor, scope: scope} }

// Operator lets in those who run the installation: people marked so, and programs
// whose key has [OperatorScope].
func Operator() Rule { return Rule{kind: operator} }

// String is the rule in words, for the documentation and tests.
func (r Rule) String() string {
	switch r.kind {
	case nobody:
		return "nobody"
	case anyone:
		return "anyone"
	case signedIn:
		return "a signed-in person"
	case member:
		return "role " + string(r.floor) + " or more, or a key with scope " + string(r.scope)
	case operator:
		return "an operator, or a key with scope " + string(OperatorScope)
	}
	return "nobody"
}

// Open reports whether the rule lets everybody in.
func (r Rule) Open() bool { return r.kind == anyone }

// Check returns nil if p may pass, and otherwise the fault that says why not.
func (r Rule) Check(p Principal) error {
	if r.kind == anyone {
		return nil
	}
	if !p.Known() {
		return fault.Of(fault.CodeNotSignedIn)
	}
	if r.allows(p) {
		return nil
	}
	if p.Key != "" {
		return fault.Of(fault.CodeForbiddenScope)
	}
	return fault.Of(fault.CodeForbiddenRole)
}

func (r Rule) allows(p Principal) bool {
	switch r.kind {
	case anyone:
		return true
	case signedIn:
		return p.Person != ""
	case member:
		return p.Has(r.scope) || p.Person != "" && p.Role.AtLeast(r.floor)
	case operator:
		return p.Operates()
	case nobody:
		return false
	}
	return false
}
