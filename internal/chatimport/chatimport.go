// Package chatimport fills the gaps of a conversation from a chat that somebody
// exported from the phone: it shows what a file would add, adds it in slices, and
// takes it back within a day.
//
// A file knows no ids of messages. The same message is told by its direction, its
// minute and its words, or its kind of file; of equal ones the k-th in the file is
// there already if the conversation has k of them (see [Minutes]). That needs no
// memory, so importing a file twice changes nothing, nor does a slice that is
// applied again after a crash.
//
// What is imported bears [wa.Imported]: it opens no window, wakes nobody, and keeps
// the time it was said at.
package chatimport

import (
	"context"
	"errors"
	"time"

	"wasl/internal/chatexport"
	"wasl/internal/wa"
)

// Keep is how long a file waits to be confirmed, and how long an import can be
// undone.
const Keep = 24 * time.Hour

// State says how far an import has come.
type State string

// The states.
const (
	Waiting State = "waiting" // for answers and a yes
	Running State = "running"
	Done    State = "done"
	Undoing State = "undoing"
	Undone  State = "undone"
	Expired State = "expired" // nobody said yes; the file is gone
)

// Answers are what a file does not say. Empty ones are found out where they can be.
type Answers struct {
	Contact string           `json:"contact,omitempty"` // digits of the customer's number
	Me      string           `json:"me,omitempty"`      // the Business's name in the file
	Them    string           `json:"them,omitempty"`    // the customer's name in the file
	Order   chatexport.Order `json:"order,omitempty"`   // of the dates
	Zone    string           `json:"zone,omitempty"`    // IANA name of the phone's time zone
}

// Import is one file on its way into a conversation.
type Import struct {
	Business    wa.BusinessID
	ID          string // "imp_…"
	Number      wa.NumberID
	Name        string // of the file
	By          string // who brought it: a person or a key
	State       State
	CreatedAt   time.Time
	ConfirmedAt time.Time
	FinishedAt  time.Time
	Answers     Answers
	Preview     Preview
	Handled     int // messages of the file looked at so far
	Added       int
	Known       int // that were there already
	Removed     int // by undoing
	Kept        int // of those added, because something had become of them since
	Files       int // of those added, with their file
}

// Held is a file that an import holds until messages do, or until it is gone.
type Held struct {
	Name   string // as the chat names it
	Type   string // media type, as its name and its first bytes tell it
	SHA256 []byte
	Size   int64
}

// UndoUntil is when an import can no longer be undone; zero if it is not done.
func (im Import) UndoUntil() time.Time {
	if im.State != Done {
		return time.Time{}
	}
	return im.FinishedAt.Add(Keep)
}

// Errors of a [Store].
var (
	// ErrNotFound says that a Business has no such import, or no such Number.
	ErrNotFound = errors.New("there is no such import")
	// ErrMoved says that an import is no longer as it was read: somebody else has
	// gone on with it.
	ErrMoved = errors.New("somebody else went on with this import")
)

// Store keeps imports and the messages they add. It is safe for concurrent use.
type Store interface {
	// NumberOf returns how a Number is named and dialled, and the Business's time zone.
	// ErrNotFound if there is none.
	NumberOf(ctx context.Context, b wa.BusinessID, n wa.NumberID) (Number, error)
	// There returns the messages of the conversation of a Number with a phone in a
	// span of time, whatever way they came.
	There(ctx context.Context, b wa.BusinessID, n wa.NumberID, phone string, s Span) ([]There, error)

	// CreateImport keeps an import and its packed text.
	CreateImport(ctx context.Context, im Import, text []byte) error
	Import(ctx context.Context, b wa.BusinessID, id string) (Import, error)
	// Imports lists a Number's imports, the newest first.
	Imports(ctx context.Context, b wa.BusinessID, n wa.NumberID, limit int) ([]Import, error)
	// ImportText returns the packed text; ErrNotFound if it is gone.
	ImportText(ctx context.Context, b wa.BusinessID, id string) ([]byte, error)

	// Answer keeps the answers and preview of an import that is still waiting, and
	// starts it if go is true. ErrMoved if it is not waiting.
	Answer(ctx context.Context, now time.Time, im Import, start bool) error
	// AddSlice adds what of the items is not there yet, in one transaction with a
	// journal entry and the place reached. ErrMoved if the import is not running, or
	// not at im.Handled.
	AddSlice(ctx context.Context, now time.Time, im Import, items []Item, last bool) error
	// StartUndo begins to take an import back. ErrMoved if it is not done.
	StartUndo(ctx context.Context, now time.Time, b wa.BusinessID, id string) error
	// UndoSlice takes up to limit messages back and reports whether that was all.
	UndoSlice(ctx context.Context, now time.Time, b wa.BusinessID, id string, limit int) (whole bool, err error)
	// ExpireImport drops a file that nobody confirmed.
	ExpireImport(ctx context.Context, b wa.BusinessID, id string) error

	// HoldFiles writes down what an import is about to keep. What is written twice
	// stands once.
	HoldFiles(ctx context.Context, im Import, files []Held) error
	// FilesKept says that all of them are in their place, with what was found.
	FilesKept(ctx context.Context, im Import) error
	// HeldFiles returns files that an import holds and that nothing else does: no
	// message and no other import. What something else holds it lets go of.
	HeldFiles(ctx context.Context, b wa.BusinessID, id string, limit int) ([]Held, error)
	// LetGo says that an import no longer holds a file.
	LetGo(ctx context.Context, b wa.BusinessID, id, name string) error

	// ImportsWait returns the Businesses with imports that are not at their end, or
	// hold files.
	ImportsWait(ctx context.Context) ([]wa.BusinessID, error)
	// OpenImports returns those imports of a Business.
	OpenImports(ctx context.Context, b wa.BusinessID) ([]Import, error)
	// Listen returns a channel that is told of news on a topic, and how to stop.
	Listen(topic string) (<-chan struct{}, func())
	Wake(topic string)
}

// Number is what an import needs to know of a Number.
type Number struct {
	Name   string
	Digits string
	Zone   string // of the Business
}
