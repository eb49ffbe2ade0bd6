// Package fault is what a person is told when something cannot be done: a kind
// of failure, a stable code, a sentence that may be shown and one that says
// what to do next.
//
// Every code is in api/codes.json, from which the constants here, the words of
// the screens and the documentation are generated; that is where a new one
// begins. A fault travels as an ordinary error and may wrap one: the cause is
// for the log, the sentence for the person. The sentence never contains the
// cause, a phone number, a token or the text of a message. Only httpapi and
// graphapi turn kinds into HTTP statuses.
//
// It imports nothing of the house.
package fault

import (
	"errors"
	"fmt"
)

// Kind is a class of failures: what a caller can do about it is the same for
// all of them.
type Kind string

// The kinds.
const (
	Invalid         Kind = "invalid"         // the request cannot be understood
	Unauthenticated Kind = "unauthenticated" // we do not know who asks
	Forbidden       Kind = "forbidden"       // we know, and they may not
	NotFound        Kind = "not_found"       // it does not exist, or not for them
	Conflict        Kind = "conflict"        // it does not fit what exists now
	Unprocessable   Kind = "unprocessable"   // understood, but a rule forbids it
	TooLarge        Kind = "too_large"       // the body exceeds its limit
	Throttled       Kind = "throttled"       // too much of it; later
	Unavailable     Kind = "unavailable"     // not our state to answer now; try again
	Internal        Kind = "internal"        // our mistake
)

// Code names one failure for programs. Codes are part of the public API: they
// are added, never changed.
type Code string

// Text is what api/codes.json says about a code.
type Text struct {
	Kind              Kind
	Sentence, Fix     string // English
	SentenceAR, FixAR string // Arabic
}

// Describe returns the text of a code, and whether the code is known.
func Describe(c Code) (Text, bool) {
	t, ok := texts[c]
	return t, ok
}

// Codes returns every known code, in the order of api/codes.json.
func Codes() []Code { return append([]Code(nil), codes...) }

// A Fault is a failure that a person must understand. Values are made by [Of]
// and [New] and not changed afterwards.
type Fault struct {
	Kind     Kind
	Code     Code
	Sentence string // English, may be shown
	Fix      string // English, what to do next; empty if nothing can be done

	cause error
}

// Of returns the fault of a known code, with the kind and the words of
// api/codes.json. It panics on an unknown code, which is a programmer's
// mistake.
func Of(code Code) *Fault {
	t, ok := texts[code]
	if !ok {
		panic(fmt.Sprintf("fault: code %q is not in api/codes.json", code))
	}
	return &Fault{Kind: t.Kind, Code: code, Sentence: t.Sentence, Fix: t.Fix}
}

// New returns a fault with a sentence of its own, for when the general one of
// the code is not enough ("to: not a phone number"). The fix is the code's.
func New(kind Kind, code Code, sentence string) *Fault {
	return &Fault{Kind: kind, Code: code, Sentence: sentence, Fix: texts[code].Fix}
}

// Saying returns a copy of f with another sentence.
func (f *Fault) Saying(format string, args ...any) *Fault {
	g := *f
	g.Sentence = fmt.Sprintf(format, args...)
	return &g
}

// Fixed returns a copy of f that says what else to do.
func (f *Fault) Fixed(fix string) *Fault {
	g := *f
	g.Fix = fix
	return &g
}

// Because returns a copy of f that wraps the cause.
func (f *Fault) Because(cause error) *Fault {
	g := *f
	g.cause = cause
	return &g
}

// Error is for logs: code, sentence and cause.
func (f *Fault) Error() string {
	if f.cause == nil {
		return string(f.Code) + ": " + f.Sentence
	}
	return string(f.Code) + ": " + f.Sentence + ": " + f.cause.Error()
}

// Unwrap returns the cause, or nil.
func (f *Fault) Unwrap() error { return f.cause }

// Is reports whether target is a fault of the same code, so that
// errors.Is(err, fault.Of(fault.CodeNotFound)) asks for the code.
func (f *Fault) Is(target error) bool {
	g, ok := target.(*Fault)
	return ok && g.Code == f.Code
}

// From returns the outermost fault in the chain of err, and whether there is
// one. An error without a fault is our own trouble: answer CodeInternal and log
// it.
func From(err error) (*Fault, bool) {
	return errors.AsType[*Fault](err)
}
