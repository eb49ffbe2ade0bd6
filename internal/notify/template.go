package notify

import (
	"context"

	"wasl/internal/clock"
	"wasl/internal/content"
	"wasl/internal/fault"
	"wasl/internal/outbox"
	"wasl/internal/wa"
)

// Outbox takes drafts in; see [outbox.Box].
type Outbox interface {
	Submit(ctx context.Context, d wa.Draft) (outbox.Receipt, error)
}

// Templates is the [Carrier] of template messages: they go the way of every other
// message, through the outbox and its policy. What is taken in counts as sent here;
// how the message fares is written with the message.
type Templates struct{ Outbox Outbox }

// Carry implements [Carrier].
func (t Templates) Carry(ctx context.Context, l Letter) (wa.MessageID, error) {
	r, err := t.Outbox.Submit(ctx, wa.Draft{
		Business: l.Business, Number: l.Private.Sender, To: l.Private.Phone, Kind: wa.SendMessage,
		Content: content.Template(l.Private.Template, l.Private.Language, Variables(l.Notice, l.Place, l.Locale, clock.Now())),
		Lane:    wa.ServiceLane, Origin: wa.FromAPI, AuthorName: "Wasl",
	})
	if f, ok := fault.From(err); ok {
		return "", &Trouble{Reason: string(f.Code), Final: true, Err: err}
	}
	if err != nil {
		// It may have been taken in: only the answer of our own storage is missing.
		return "", &Trouble{Reason: Unanswered, Final: true, Err: err}
	}
	return r.Message, nil
}
