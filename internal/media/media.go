// Package media fetches the files that come with messages, before Meta's ids of
// them expire, and keeps each once. Messages do not wait for it: a file is wanted
// from the transaction on that wrote its message, and is fetched by and by, live
// ones before those of the past.
package media

import (
	"context"
	"errors"
	"io"
	"time"

	"wasl/internal/wa"
)

// Lane is the order in which files are fetched.
type Lane string

// The lanes. Each has fetchers of its own, so that a long history delays no file
// that has just come.
const (
	Live    Lane = "live"
	History Lane = "history"
)

// State is what has become of a message's file.
type State string

// The states.
const (
	Wanted  State = "wanted"
	Stored  State = "stored"
	Gone    State = "gone"    // its id has expired, or Meta has it no more
	Refused State = "refused" // it is larger than what is kept, or not what was announced
	Removed State = "removed" // it was here, and its time was over
)

// Reasons why a file is not here.
const (
	Expired  = "expired"   // the id's time was over before it could be fetched
	NotFound = "not_found" // Meta does not have it
	TooLarge = "too_large"
	Altered  = "altered" // what came has another hash than was announced
	NoAccess = "no_access"
	Trouble  = "trouble" // Meta or the road; it is tried again
)

// File is one message's file.
type File struct {
	Business wa.BusinessID
	Message  wa.MessageID
	Number   wa.NumberID
	MediaID  string
	Kind     string // image, video, audio, document, sticker
	Type     string // media type as announced, such as image/jpeg
	Name     string // a document's
	Sum      string // SHA-256 as announced: hex or base64, or nothing
	Lane     Lane
	State    State
	Reason   string
	Tries    int
	Expires  time.Time // when Meta's id does
	NextAt   time.Time
	SHA256   []byte // of what is stored
	Size     int64
	StoredAt time.Time
}

// Info is what Meta says of a media id.
type Info struct {
	URL  string
	Type string
	Size int64
}

// Errors of an [API]. Any other is trouble on the road.
var (
	ErrNotFound = errors.New("no such file at Meta")
	ErrNoAccess = errors.New("no access to the file at Meta")
)

// ErrUnavailable says that a vault does not answer. What was asked of it can be
// asked again.
var ErrUnavailable = errors.New("the store of files does not answer")

// API is Meta's side.
type API interface {
	// Media asks for the address of a file, which lives five minutes.
	Media(ctx context.Context, token, id string) (Info, error)
	// Download writes a file to w.
	Download(ctx context.Context, token, url string, w io.Writer) error
}

// Store keeps what is wanted and what is known of files.
type Store interface {
	// FilesDue returns Businesses of this node for which files of a lane are due,
	// and when some are due next.
	FilesDue(ctx context.Context, l Lane, now time.Time) (due []wa.BusinessID, next time.Time, err error)
	// WantedFiles returns files of a lane that are due, those that expire first.
	WantedFiles(ctx context.Context, b wa.BusinessID, l Lane, now time.Time, limit int) ([]File, error)
	// PutFile writes down what has become of a file.
	PutFile(ctx context.Context, f File, now time.Time) error
	// RestFiles writes down when something of a Business is due next.
	RestFiles(ctx context.Context, b wa.BusinessID, l Lane) error
	// Address is the token a Number's files are fetched with.
	Address(ctx context.Context, b wa.BusinessID, n wa.NumberID) (id wa.PhoneNumberID, token string, err error)
}

// Vault keeps the bytes, by hash, apart for each Business.
type Vault interface {
	// Create begins a new file.
	Create(b wa.BusinessID) (Draft, error)
	// Open opens one that is kept; fs.ErrNotExist if it is not there.
	Open(b wa.BusinessID, sum []byte) (io.ReadSeekCloser, error)
	// Remove forgets one; it is no error if it is not there.
	Remove(b wa.BusinessID, sum []byte) error
}

// Draft is a file being written. It is kept by Keep or forgotten by Drop.
type Draft interface {
	io.Writer
	// Keep makes the bytes durable under their hash. It ends the draft, whatever
	// comes of it.
	Keep(sum []byte) error
	Drop()
}
