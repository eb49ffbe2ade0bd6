package desk

import (
	"context"
	"time"

	"wasl/internal/wa"
)

// Delivery is a webhook request as an operator sees it.
type Delivery struct {
	ID         wa.DeliveryID
	ReceivedAt time.Time
	Bytes      int
	State      string // kept, split, unknown, parked
	App        string // whose secret signed it
	Items      int
	Unknown    int
	Reason     string
	Fragments  []Fragment
	Body       []byte // only when one delivery is asked for
}

// Fragment is an item of a delivery that was not simply applied.
type Fragment struct {
	Business wa.BusinessID // empty: nobody's we know
	Field    string
	Kind     string
	State    string // parked, conflict, noted
	Reason   string
}

// Lag is how far a reaction has read one Business's journal.
type Lag struct {
	Reaction string
	Business wa.BusinessID
	Seq      wa.Seq
	Behind   int64
	Parked   []Parked
}

// Parked is an entry a reaction could not digest.
type Parked struct {
	Seq    wa.Seq
	Reason string
	Tries  int
	At     time.Time
}

// Operations reads what belongs to no single Business, for operators. What is not
// there is [ErrNotFound].
type Operations interface {
	// Deliveries lists up to limit of a state ("" for all), the newest first.
	Deliveries(ctx context.Context, state string, after wa.DeliveryID, limit int) ([]Delivery, error)
	Delivery(ctx context.Context, id wa.DeliveryID) (Delivery, error)
	// Lags lists reactions, those furthest behind first, at most 1,000.
	Lags(ctx context.Context) ([]Lag, error)
}
