package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"wasl/internal/clock"
	"wasl/internal/wa"
)

// Carrier takes letters out of the house, by one channel.
type Carrier interface {
	// Carry takes a letter to its recipient; of a template it returns the message it
	// became. A [*Trouble] says why it did not arrive; any other error is trouble that
	// may pass.
	Carry(ctx context.Context, l Letter) (wa.MessageID, error)
}

// Trouble is why a letter did not arrive.
type Trouble struct {
	Reason string        // a code; never an address or what somebody wrote
	Final  bool          // it never will
	After  time.Duration // not to be tried before; 0: as usual
	Err    error
}

func (t *Trouble) Error() string {
	if t.Err == nil {
		return t.Reason
	}
	return fmt.Sprintf("%s: %v", t.Reason, t.Err)
}

func (t *Trouble) Unwrap() error { return t.Err }

// Reasons of ours for the end of a delivery.
const (
	NotTrueAnyMore = "not_true_any_more"
	NotWanted      = "not_wanted" // the setting it follows from is gone
	Unanswered     = "unanswered" // it may have arrived, and is not repeated
	Unreachable    = "unreachable"
)

// Courier carries the deliveries of one channel. Every process may have one: each
// carries for the Businesses of its node, and an attempt is begun by one of them.
type Courier struct {
	Channel Channel
	Post    Post
	Carrier Carrier
	Log     *slog.Logger
	// Wake tells that deliveries have come to be due; nil: found out by looking.
	Wake <-chan struct{}
}

// pauses are the times between attempts, those that reliability §7 has for hooks:
// the last attempt is three days after the first.
var pauses = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

const (
	// attemptEnds is when an attempt of which nothing was heard counts as unanswered. No
	// carrier takes so long.
	attemptEnds = 5 * time.Minute
	lookSoonest = time.Second
	lookLatest  = 5 * time.Minute
	atOnce      = 4 // letters on their way at once
)

// Run carries until ctx is done.
func (c *Courier) Run(ctx context.Context) error {
	for {
		next, err := c.Round(ctx)
		if err != nil && ctx.Err() == nil {
			c.Log.Error("notices not carried", "channel", string(c.Channel), "err", err)
		}
		pause := lookLatest
		if !next.IsZero() {
			pause = max(lookSoonest, min(lookLatest, next.Sub(clock.Now())))
		}
		timer := clock.NewTimer(pause)
		select {
		case <-c.Wake:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
		timer.Stop()
	}
}

// Round carries what is due, and returns when more is.
func (c *Courier) Round(ctx context.Context) (next time.Time, err error) {
	list, _, err := c.Post.Calling(ctx, c.Channel, clock.Now())
	if err != nil {
		return next, err
	}
	for _, b := range list {
		letters, werr := c.Post.Letters(ctx, b, c.Channel, clock.Now())
		err = errors.Join(err, werr, c.several(ctx, letters))
		if ctx.Err() != nil {
			return next, err
		}
		err = errors.Join(err, c.Post.Called(ctx, b, c.Channel))
	}
	due, next, lerr := c.Post.Calling(ctx, c.Channel, clock.Now())
	if len(due) > 0 {
		next = clock.Now()
	}
	return next, errors.Join(err, lerr)
}

func (c *Courier) several(ctx context.Context, letters []Letter) error {
	slots, errs := make(chan struct{}, atOnce), make([]error, len(letters))
	var wait sync.WaitGroup
	for i := range letters {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			errs[i] = c.one(ctx, letters[i])
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// one carries a letter, and writes down what came of it. Its error is the store's
// alone.
func (c *Courier) one(ctx context.Context, l Letter) error {
	now := clock.Now()
	if o, over := over(l); over {
		return c.Post.Settle(ctx, l, o, now)
	}
	ok, err := c.Post.Attempt(ctx, l, now.Add(attemptEnds))
	if err != nil || !ok {
		return err
	}
	l.Attempts++
	message, err := c.Carrier.Carry(ctx, l)
	// What came of it is written down even if the process is about to end: it is known
	// now, and would be in doubt later.
	ctx, now = context.WithoutCancel(ctx), clock.Now()
	o := outcome(l, message, err, now)
	if o.State != Sent {
		c.Log.Info("notice not delivered", "business", l.Business, "notice", l.ID, "channel", string(c.Channel), "attempt", l.Attempts,
			"state", string(o.State), "reason", o.Reason)
	}
	l.Unanswered = 0
	return c.Post.Settle(ctx, l, o, now)
}

// over is the end of a letter that must not leave.
func over(l Letter) (Outcome, bool) {
	mayBeLost := 2
	if l.Channel == Template {
		mayBeLost = 1
	}
	switch {
	case l.Unanswered >= mayBeLost:
		return Outcome{State: Failed, Reason: Unanswered}, true
	case !Holds(l.Notice, l.Place):
		return Outcome{State: Withdrawn, Reason: NotTrueAnyMore}, true
	case l.Channel == Template && l.Private.Phone == "":
		return Outcome{State: Withdrawn, Reason: NotWanted}, true
	}
	return Outcome{}, false
}

// outcome is what an attempt means for its letter.
func outcome(l Letter, message wa.MessageID, err error, now time.Time) Outcome {
	if err == nil {
		return Outcome{State: Sent, Message: message}
	}
	t := &Trouble{Reason: Unreachable}
	_ = errors.As(err, &t) // or it is trouble that says nothing
	switch {
	case t.Final:
		return Outcome{State: Failed, Reason: t.Reason}
	case l.Attempts > len(pauses):
		return Outcome{State: GaveUp, Reason: t.Reason}
	}
	return Outcome{State: Due, Next: now.Add(max(pauses[l.Attempts-1], t.After)), Reason: t.Reason}
}
