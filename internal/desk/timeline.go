package desk

import (
	"context"

	"wasl/internal/wa"
)

// Happening is one thing that happened to a Number: it came, its stage changed,
// Meta said something of it, its phone was silent. It carries no message.
type Happening struct {
	wa.Entry
	ByName string // of the person who did it; empty for Meta and for nobody
}

// Timelines tells what happened to a Number.
type Timelines interface {
	// Timeline lists up to limit happenings of a Number before a place in the
	// journal, the latest known first; before 0 is the end. A Number that is not
	// there is [ErrNotFound].
	Timeline(ctx context.Context, b wa.BusinessID, n wa.NumberID, before wa.Seq, limit int) ([]Happening, error)
}
