package outbox

import (
	"context"
	"errors"

	"wasl/internal/clock"
	"wasl/internal/fault"
	"wasl/internal/platform"
	"wasl/internal/policy"
	"wasl/internal/wa"
)

// Box takes drafts in. It is safe for concurrent use.
type Box struct {
	Intake Intake
	Facts  platform.Book
	// Wake tells the sender that a Number has work; nil if another process
	// sends. See [Sender.Wake].
	Wake func(wa.BusinessID, wa.NumberID)
}

// Submit takes a draft in. It answers a fault whose code is the reason if the
// draft is refused, now and by the look of it for good. What may go later is
// taken in as held, with the reason in the receipt's verdict.
//
// A draft is not deduplicated: who may say the same thing twice by accident (a
// client of the API) has to prevent it before.
func (x *Box) Submit(ctx context.Context, d wa.Draft) (Receipt, error) {
	now := clock.Now()
	today := x.Facts.On(now)
	if f := check(&d, today); f != nil {
		return Receipt{}, f
	}
	r, err := x.Intake.Submit(ctx, d, now, decide(today))
	if err != nil {
		return Receipt{}, explain(err)
	}
	if r.Verdict.Answer == policy.Denied {
		return r, refusal(r.Verdict.Reason)
	}
	x.wake(r.Business, r.Number)
	return r, nil
}

// MarkRead sends the customer of a conversation the sign that their messages
// were read. A receipt that still waits is replaced. What cannot be marked (they
// never wrote, or too long ago) is no error.
func (x *Box) MarkRead(ctx context.Context, b wa.BusinessID, c wa.ConversationID, by wa.PersonID) error {
	_, err := x.Submit(ctx, wa.Draft{
		Business: b, Conversation: c, Kind: wa.SendRead, Lane: wa.PersonLane, Origin: wa.FromAgent, Author: by,
	})
	f, refused := fault.From(err)
	if errors.Is(err, ErrNothingToRead) || refused && (f.Code == fault.Code(policy.MessageTooOld) || f.Code == fault.CodeNumberNotLive) {
		return nil
	}
	return err
}

// Resolve ends the doubt about a message by a person's word.
func (x *Box) Resolve(ctx context.Context, b wa.BusinessID, m wa.MessageID, r Resolution, by wa.PersonID) error {
	if r != TreatAsSent && r != SendAgain {
		return fault.Of(fault.CodeParameterInvalid).Saying("verdict: %s or %s, not %q.", TreatAsSent, SendAgain, r)
	}
	n, err := x.Intake.Resolve(ctx, b, m, r, by, clock.Now())
	if err != nil {
		return explain(err)
	}
	x.wake(b, n)
	return nil
}

// Cancel ends a message that waits to be sent.
func (x *Box) Cancel(ctx context.Context, b wa.BusinessID, m wa.MessageID, by wa.PersonID) error {
	return explain(x.Intake.Cancel(ctx, b, m, by, clock.Now()))
}

func (x *Box) wake(b wa.BusinessID, n wa.NumberID) {
	if x.Wake != nil {
		x.Wake(b, n)
	}
}

// decide is the policy with what holds today filled in.
func decide(today platform.Facts) Decide {
	return func(f policy.Facts, d wa.Draft) policy.Verdict {
		f.Margin, f.Oldest = today.WindowMargin(), today.ReceiptAge()
		return policy.Decide(f, d)
	}
}

// explain turns the sentinels of an Intake into faults.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrNumberUnknown):
		return fault.Of(fault.CodeNumberUnknown).Because(err)
	case errors.Is(err, ErrNotFound):
		return fault.Of(fault.CodeNotFound).Because(err)
	case errors.Is(err, ErrUnreachable):
		return fault.Of(fault.CodeRecipientInvalid).Because(err)
	case errors.Is(err, ErrNotInDoubt):
		return fault.Of(fault.CodeMessageNotInDoubt).Because(err)
	case errors.Is(err, ErrNotWaiting):
		return fault.Of(fault.CodeMessageNotWaiting)
	}
	return err
}

// refusal is the fault of a reason: reasons are codes.
func refusal(r policy.Reason) *fault.Fault { return fault.Of(fault.Code(r)) }
