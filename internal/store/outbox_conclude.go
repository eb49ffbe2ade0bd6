package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/outbox"
	"wasl/internal/wa"
)

// Conclude implements [outbox.Queue].
func (db *DB) Conclude(ctx context.Context, c outbox.Conclusion) (outbox.Concluded, error) {
	var out outbox.Concluded
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		x := conclusion{t: t, b: c.Item.Business, c: c}
		err := x.run(ctx)
		out = x.out
		if err != nil {
			return err
		}
		return t.append(ctx, x.b, c.At, x.entries)
	})
	if err != nil {
		return outbox.Concluded{}, fmt.Errorf("conclude attempt: %w", err)
	}
	db.grew(c.Item.Business)
	return out, nil
}

// conclusion is what became of an attempt, in its transaction.
type conclusion struct {
	t       *tx
	b       wa.BusinessID
	c       outbox.Conclusion
	s       sentItem
	out     outbox.Concluded
	entries []wa.Entry
}

func (x *conclusion) run(ctx context.Context) error {
	var ok bool
	var err error
	if x.s, ok, err = x.t.attemptRow(ctx, x.b, x.c.Attempt); err != nil || !ok {
		return err
	}
	won, err := x.write(ctx)
	if err != nil {
		return err
	}
	if err := x.effect(ctx); err != nil {
		return err
	}
	if !won {
		x.out.Settled = true
		return nil
	}
	switch x.c.Answer.Outcome {
	case outbox.Accepted:
		return x.accepted(ctx)
	case outbox.Refused:
		return x.refused(ctx)
	case outbox.Again:
		return x.again(ctx)
	case outbox.InDoubt:
	}
	return x.inDoubt(ctx)
}

// write records the answer, and the outcome if none is known: compare and set.
// A blind write would turn what a status webhook has proved into a doubt (M4).
// The permit's bound is true in any case.
func (x *conclusion) write(ctx context.Context) (won bool, err error) {
	a := x.c.Answer
	answered := int64(0)
	if a.Answered {
		answered = clock.Micros(x.c.At)
	}
	_, err = x.t.exec(ctx, `UPDATE attempt SET http = $3, code = $4, answered_at = $5, free_at = $6,
			wamid = CASE WHEN wamid = '' THEN $7 ELSE wamid END WHERE business_id = $1 AND id = $2`,
		string(x.b), string(x.c.Attempt), a.HTTP, a.Code, answered, clock.Micros(x.c.Free), string(a.WAMID))
	if err != nil {
		return false, fmt.Errorf("write answer: %w", err)
	}
	outcome := a.Outcome
	if outcome == "" {
		outcome = outbox.InDoubt
	}
	n, err := x.t.exec(ctx, "UPDATE attempt SET outcome = $3, evidence = 'response' WHERE business_id = $1 AND id = $2 AND outcome IS NULL",
		string(x.b), string(x.c.Attempt), string(outcome))
	if err != nil {
		return false, fmt.Errorf("write outcome: %w", err)
	}
	if n == 0 && outcome == outbox.Accepted && x.s.outcome == string(outbox.InDoubt) {
		// An answer that comes after all (another owner gave the attempt up) is
		// as good a proof as a status.
		n, err = x.t.exec(ctx, "UPDATE attempt SET outcome = 'accepted', evidence = 'response' WHERE business_id = $1 AND id = $2",
			string(x.b), string(x.c.Attempt))
	}
	return n > 0, err
}

func (x *conclusion) message() wa.MessageID {
	if x.s.kind == wa.SendRead {
		return ""
	}
	return wa.MessageID(x.s.item)
}

func (x *conclusion) accepted(ctx context.Context) error {
	if _, err := x.t.finish(ctx, x.b, x.s.item, ""); err != nil {
		return err
	}
	if _, err := x.t.exec(ctx, "UPDATE number SET cool_tries = 0 WHERE business_id = $1 AND id = $2 AND cool_tries > 0",
		string(x.b), string(x.s.number)); err != nil {
		return fmt.Errorf("warm number: %w", err)
	}
	if _, err := x.t.exec(ctx, "DELETE FROM pair_cooling WHERE business_id = $1 AND conversation_id = $2", string(x.b), string(x.s.conversation)); err != nil {
		return fmt.Errorf("warm pair: %w", err)
	}
	m := x.message()
	if m == "" {
		return nil
	}
	status, err := x.t.acceptMessage(ctx, x.b, m, x.s, x.c.Answer.WAMID)
	if err != nil || status == "" {
		return err
	}
	x.entries = append(x.entries, wa.Entry{
		Kind: wa.MessageStatus, Number: x.s.number, Contact: x.s.contact, Conversation: x.s.conversation, Message: m,
		Facts: wa.Facts{HappenedAt: x.c.At, WAMID: x.c.Answer.WAMID, Status: status, Report: wa.Accepted, Origin: x.s.origin, Direction: wa.Out},
	})
	return nil
}

func (x *conclusion) refused(ctx context.Context) error {
	if n, err := x.t.finish(ctx, x.b, x.s.item, fmt.Sprint(x.c.Answer.Code)); err != nil || n == 0 {
		return err
	}
	return x.show(ctx, wa.Failed, "", x.c.Answer.Code, x.c.Answer.Title)
}

// again puts the item back into its place, unless something else has ended it.
func (x *conclusion) again(ctx context.Context) error {
	if x.s.state != string(wa.Sending) {
		return nil
	}
	status, reason := wa.Queued, ""
	if x.c.Answer.Effect == outbox.StopNumber {
		status, reason = wa.Held, "number_stopped"
	}
	due := x.c.Retry
	if x.out.CoolUntil.After(due) {
		due = x.out.CoolUntil
	}
	_, err := x.t.exec(ctx, "UPDATE outbox_item SET state = $3, reason = $4, due_at = $5 WHERE business_id = $1 AND id = $2",
		string(x.b), x.s.item, string(status), reason, clock.Micros(due))
	if err != nil {
		return fmt.Errorf("queue again: %w", err)
	}
	if status == wa.Queued {
		if err := x.t.dueSend(ctx, x.b, x.s.number, due); err != nil {
			return err
		}
	}
	return x.show(ctx, status, reason, x.c.Answer.Code, x.c.Answer.Title)
}

// inDoubt leaves the item alone until there is proof or a person decides. A
// receipt nobody decides about: it is given up.
func (x *conclusion) inDoubt(ctx context.Context) error {
	if x.s.state != string(wa.Sending) {
		return nil
	}
	if x.message() == "" {
		_, err := x.t.finish(ctx, x.b, x.s.item, string(wa.InDoubt))
		return err
	}
	_, err := x.t.exec(ctx, "UPDATE outbox_item SET state = 'in_doubt', due_at = $3 WHERE business_id = $1 AND id = $2",
		string(x.b), x.s.item, clock.Micros(x.c.AskAt))
	if err != nil {
		return fmt.Errorf("leave in doubt: %w", err)
	}
	if err := x.t.dueSend(ctx, x.b, x.s.number, x.c.AskAt); err != nil {
		return err
	}
	return x.show(ctx, wa.InDoubt, "", x.c.Answer.Code, x.c.Answer.Title)
}

// show writes what is shown of the message. That it goes back into the queue is
// as little news as that it left it.
func (x *conclusion) show(ctx context.Context, s wa.Status, note string, code int, title string) error {
	entries, err := x.t.show(ctx, x.b, x.message(), s, note, code, title)
	if s != wa.Queued {
		x.entries = append(x.entries, entries...)
	}
	return err
}

// effect does what the answer means for the Number or the pair.
func (x *conclusion) effect(ctx context.Context) error {
	switch x.c.Answer.Effect {
	case outbox.CoolNumber:
		return x.coolNumber(ctx)
	case outbox.CoolPair:
		return x.coolPair(ctx)
	case outbox.StopNumber:
		return x.stopNumber(ctx)
	case outbox.NoEffect:
	}
	return nil
}

// coolNumber lets the Number rest. Several requests of one second get the same
// answer: only one that left after the last rest was over counts as a new try.
func (x *conclusion) coolNumber(ctx context.Context) error {
	var until, tries int64
	err := x.t.row(ctx, "SELECT cool_until, cool_tries FROM number WHERE business_id = $1 AND id = $2"+x.t.d.lockRow(),
		[]any{string(x.b), string(x.s.number)}, &until, &tries)
	if err != nil {
		return fmt.Errorf("read cooling: %w", err)
	}
	x.out.CoolUntil = clock.FromMicros(until)
	if clock.Micros(x.s.started) < until {
		return nil
	}
	x.out.CoolUntil = x.c.Cooling(int(tries))
	_, err = x.t.exec(ctx, "UPDATE number SET cool_until = $3, cool_tries = $4 WHERE business_id = $1 AND id = $2",
		string(x.b), string(x.s.number), clock.Micros(x.out.CoolUntil), tries+1)
	if err != nil {
		return fmt.Errorf("cool number: %w", err)
	}
	return nil
}

func (x *conclusion) coolPair(ctx context.Context) error {
	var until, tries int64
	err := x.t.row(ctx, "SELECT cool_until, cool_tries FROM pair_cooling WHERE business_id = $1 AND conversation_id = $2"+x.t.d.lockRow(),
		[]any{string(x.b), string(x.s.conversation)}, &until, &tries)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read cooling of pair: %w", err)
	}
	x.out.CoolUntil = x.c.Cooling(int(tries))
	_, err = x.t.exec(ctx, `INSERT INTO pair_cooling (business_id, conversation_id, number_id, cool_until, cool_tries) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (business_id, conversation_id) DO UPDATE SET cool_until = EXCLUDED.cool_until, cool_tries = EXCLUDED.cool_tries`,
		string(x.b), string(x.s.conversation), string(x.s.number), clock.Micros(x.out.CoolUntil), tries+1)
	if err != nil {
		return fmt.Errorf("cool pair: %w", err)
	}
	return nil
}

// stopNumber stops the Number until a person acts, and says so once.
func (x *conclusion) stopNumber(ctx context.Context) error {
	n, err := x.t.exec(ctx, "UPDATE number SET stopped = $3 WHERE business_id = $1 AND id = $2 AND stopped = ''",
		string(x.b), string(x.s.number), x.c.Answer.Stop)
	if err != nil {
		return fmt.Errorf("stop number: %w", err)
	}
	if n > 0 {
		x.entries = append(x.entries, wa.Entry{
			Kind: wa.NumberChangedKind, Number: x.s.number,
			Facts: wa.Facts{HappenedAt: x.c.At, Event: "stopped", Reason: x.c.Answer.Stop, Code: x.c.Answer.Code},
		})
	}
	return nil
}

// ResumeNumber lets a stopped Number send again: a person has seen to the
// reason. What was held is queued again when its runner starts.
func (db *DB) ResumeNumber(ctx context.Context, b wa.BusinessID, n wa.NumberID, by wa.PersonID, now time.Time) error {
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		changed, err := t.exec(ctx, "UPDATE number SET stopped = '' WHERE business_id = $1 AND id = $2 AND stopped <> ''", string(b), string(n))
		if err != nil || changed == 0 {
			return err
		}
		if err := t.dueSend(ctx, b, n, now); err != nil {
			return err
		}
		return t.append(ctx, b, now, []wa.Entry{{
			Kind: wa.NumberChangedKind, Number: n, Facts: wa.Facts{HappenedAt: now, Event: "resumed", By: string(by)},
		}})
	})
	if err != nil {
		return fmt.Errorf("resume number: %w", err)
	}
	db.Wake(TopicSend)
	db.grew(b)
	return nil
}
