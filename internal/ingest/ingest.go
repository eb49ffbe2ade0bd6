// Package ingest turns kept deliveries into applied events.
//
// A delivery is kept by the webhook door before it is answered, and understood
// afterwards, here: read in the order of arrival, normalised (see
// [wasl/internal/webhook.Normalize]), and applied by the store in one
// transaction that also writes the journal. Applying anything twice, late, or in
// another order changes nothing.
//
// What cannot be read is set aside with its reason and stays visible; the rest
// moves on. History has a lane of its own and is applied in short transactions,
// so that six months of it do not delay the message that comes in now.
package ingest

import (
	"context"
	"errors"
	"time"

	"wasl/internal/wa"
)

// A Delivery is one webhook request as it was received.
type Delivery struct {
	ID         wa.DeliveryID
	ReceivedAt time.Time
	App        string // whose secret signed it
	SHA256     [32]byte
	Body       []byte
}

// Normalized is what a delivery says.
type Normalized struct {
	Events []wa.Event
	Odd    []Oddity
	// Broken says why the whole cannot be read; empty if it can.
	Broken string
}

// Oddity is something in a delivery that we have no word for. It is noted and
// counted; the raw bytes are kept.
type Oddity struct {
	Item  int    `json:"item"`  // the event it belongs to, -1 for the whole
	Field string `json:"field"` // the webhook field
	Kind  string `json:"kind"`  // unknown_field, unknown_type, unknown_member, unknown_value, malformed
	What  string `json:"what"`  // the name we do not know; never content
}

// Parsed is a delivery with what it says.
type Parsed struct {
	Delivery
	Normalized
}

// ErrMoved says that another node has gone on with a fragment of history.
var ErrMoved = errors.New("somebody else went on with this fragment of history")

// Slice says which part of a history event to apply next.
type Slice struct {
	Business wa.BusinessID
	Inbound  string // the waiting fragment
	Delivery wa.DeliveryID
	Part     int // the event's place in its delivery
	Done     int // messages of it already applied
	Tries    int
}

// Store is what ingest needs kept. Every method is one transaction.
type Store interface {
	// Keep makes deliveries durable. When it returns nil they survive a power
	// cut; otherwise none of them may be acknowledged.
	Keep(ctx context.Context, ds []Delivery) error
	// Kept returns deliveries that are kept but not yet applied, later than after,
	// oldest first.
	Kept(ctx context.Context, after wa.DeliveryID, limit int) ([]Delivery, error)
	// Apply applies everything parsed and marks the deliveries done. Applied
	// twice, it changes nothing. It returns the Businesses whose journals grew.
	Apply(ctx context.Context, now time.Time, ps []Parsed) ([]wa.BusinessID, error)
	// SetAside marks a delivery as one that cannot be applied.
	SetAside(ctx context.Context, id wa.DeliveryID, reason string) error
	// HistoryWaits returns the Businesses of which history waits.
	HistoryWaits(ctx context.Context) ([]wa.BusinessID, error)
	// NextHistory returns a Business's oldest waiting history fragment later than
	// after, and its delivery's body; ok false if none waits.
	NextHistory(ctx context.Context, b wa.BusinessID, after string) (s Slice, body []byte, ok bool, err error)
	// ApplyHistory applies up to limit messages of ev from s.Done on, and returns
	// the place reached, whole if that is the end. ErrMoved if the fragment is not
	// at s any more.
	ApplyHistory(ctx context.Context, now time.Time, s Slice, ev wa.Event, limit int) (next Slice, whole bool, err error)
	// ParkHistory sets a fragment aside that cannot be applied.
	ParkHistory(ctx context.Context, s Slice, reason string) error
	// Listen returns a channel that receives when topic may have news.
	Listen(topic string) (<-chan struct{}, func())
}

// Topics of wakes.
const (
	TopicKept    = "kept"    // deliveries were kept
	TopicHistory = "history" // history fragments wait
)
