package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/id"
	"wasl/internal/outbox"
	"wasl/internal/policy"
	"wasl/internal/wa"
)

var _ outbox.Intake = (*DB)(nil)

// TopicSend wakes whoever sends, when something became due other than by
// submitting it.
const TopicSend = "send"

// sendWork is the due table's word for a Number that has something to send.
func sendWork(n wa.NumberID) string { return sendPrefix + string(n) }

const sendPrefix = "send/"

// dueSend marks that a Number has something to send at a time. What is due
// earlier stays due earlier.
func (t *tx) dueSend(ctx context.Context, b wa.BusinessID, n wa.NumberID, at time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO due (bucket, business_id, work, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (bucket, business_id, work) DO UPDATE SET at = CASE WHEN due.at < EXCLUDED.at THEN due.at ELSE EXCLUDED.at END`,
		bucket(b), string(b), sendWork(n), clock.Micros(at))
	if err != nil {
		return fmt.Errorf("mark number due: %w", err)
	}
	return nil
}

// Submit implements [outbox.Intake].
func (db *DB) Submit(ctx context.Context, d wa.Draft, now time.Time, decide outbox.Decide) (outbox.Receipt, error) {
	var r outbox.Receipt
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		s := submission{db: db, t: t, d: d, now: now}
		var err error
		r, err = s.run(ctx, decide)
		return err
	})
	if err != nil && !errors.Is(err, errDenied) {
		return outbox.Receipt{}, fmt.Errorf("submit: %w", err)
	}
	if err == nil {
		db.grew(d.Business)
		db.wakeElsewhere(TopicSend) // the Number's owner may be another process
	}
	return r, nil
}

// errDenied rolls a submission back: whom the draft was addressed to may have
// been made for its sake.
var errDenied = errors.New("denied")

// submission is one draft on its way into the outbox.
type submission struct {
	db  *DB
	t   *tx
	d   wa.Draft
	now time.Time

	a       *applier
	contact *contactRow
	conv    *convRow
}

func (s *submission) run(ctx context.Context, decide outbox.Decide) (outbox.Receipt, error) {
	if err := s.address(ctx); err != nil {
		return outbox.Receipt{}, err
	}
	if s.d.Kind == wa.SendRead {
		if err := s.aim(ctx); err != nil {
			return outbox.Receipt{}, err
		}
	}
	facts, err := s.t.facts(ctx, s.d, s.now, s.contact, s.conv)
	if err != nil {
		return outbox.Receipt{}, err
	}
	facts.DraftEpoch = facts.Epoch
	r := outbox.Receipt{
		Business: s.d.Business, Number: s.conv.number, Conversation: s.conv.id, Contact: s.contact.id,
		Status: wa.Queued, Verdict: decide(facts, s.d),
	}
	if r.Verdict.Answer == policy.Denied {
		return r, errDenied
	}
	if r.Verdict.Held() {
		r.Status = wa.Held
	}
	return r, s.queue(ctx, &r)
}

// address finds the Number, the contact and the conversation of the draft, and
// makes the last two if it is addressed to a number nobody has written to.
func (s *submission) address(ctx context.Context) error {
	d := &s.d
	s.a = newApplier(s.db, s.t, d.Business, s.now)
	if err := s.a.loadNumbers(ctx); err != nil {
		return err
	}
	if d.Conversation != "" {
		return s.open(ctx)
	}
	if d.Number == "" && len(s.a.numbers) == 1 {
		for n := range s.a.numbers {
			d.Number = n
		}
	}
	if s.a.numbers[d.Number] == nil {
		return outbox.ErrNumberUnknown
	}
	p := wa.Party{Phone: wa.Digits(d.To)}
	if err := s.a.loadIdentities(ctx, naturalKeys(p)); err != nil {
		return err
	}
	var err error
	if s.contact, err = s.a.contact(ctx, p, time.Time{}); err != nil {
		return err
	}
	s.conv = s.a.conversation(d.Number, s.contact)
	d.Conversation = s.conv.id
	return nil
}

// open reads the conversation the draft names.
func (s *submission) open(ctx context.Context) error {
	d := &s.d
	var n, c string
	err := s.t.row(ctx, "SELECT number_id, contact_id FROM conversation WHERE business_id = $1 AND id = $2",
		[]any{string(d.Business), string(d.Conversation)}, &n, &c)
	if errors.Is(err, sql.ErrNoRows) {
		return outbox.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("read conversation: %w", err)
	}
	if d.Number != "" && d.Number != wa.NumberID(n) {
		return outbox.ErrNumberUnknown
	}
	d.Number = wa.NumberID(n)
	if err := s.a.loadContacts(ctx, map[string]bool{c: true}); err != nil {
		return err
	}
	s.contact = s.a.contacts[wa.ContactID(c)]
	s.conv = s.a.convs[pairKey{wa.ContactID(c), d.Number}]
	if s.contact == nil || s.conv == nil {
		return fmt.Errorf("conversation %s has no contact", d.Conversation)
	}
	return nil
}

// aim finds the message a receipt marks read: the customer's newest, unless it
// is marked already.
func (s *submission) aim(ctx context.Context) error {
	err := s.t.row(ctx, `SELECT wamid FROM message WHERE business_id = $1 AND conversation_id = $2 AND direction = 'in'
		AND provenance = 'live' AND wamid IS NOT NULL AND type <> 'reaction' ORDER BY at DESC, direction DESC, wamid DESC LIMIT 1`,
		[]any{string(s.d.Business), string(s.d.Conversation)}, &s.d.ReplyTo)
	if errors.Is(err, sql.ErrNoRows) {
		return outbox.ErrNothingToRead
	}
	if err != nil {
		return fmt.Errorf("read newest message: %w", err)
	}
	return nil
}

// receiptID is the id of a conversation's read receipt: there is one, which each
// newer receipt replaces.
func receiptID(c wa.ConversationID) string { return "rcp_" + string(c) }

// queue writes message, item and journal entry.
func (s *submission) queue(ctx context.Context, r *outbox.Receipt) error {
	item := receiptID(s.conv.id)
	if s.d.Kind == wa.SendRead {
		if err := s.replaceReceipt(ctx, item, r); err != nil {
			return err
		}
	} else {
		m := s.write(r)
		item, r.Message = string(m.id), m.id
		if err := s.insert(ctx, item, r, ""); err != nil {
			return err
		}
	}
	if r.Status == wa.Queued {
		if err := s.t.dueSend(ctx, s.d.Business, s.conv.number, s.dueAt()); err != nil {
			return err
		}
	}
	return s.a.finish(ctx)
}

func (s *submission) dueAt() time.Time {
	if s.d.NotBefore.After(s.now) {
		return s.d.NotBefore
	}
	return s.now
}

// write makes the message's row and moves the conversation: what a person
// answers counts as seen, and the bot is silent for a while.
func (s *submission) write(r *outbox.Receipt) *msgRow {
	d := s.d
	m := s.a.create(s.conv, &msgRow{
		direction: wa.Out, origin: d.Origin, provenance: wa.Live, typ: d.Content.Type, status: r.Status, at: clock.Micros(s.now),
		replyTo: d.ReplyTo, authorID: string(d.Author), authorName: d.AuthorName, note: string(r.Verdict.Reason),
	}, d.Content)
	if d.Origin == wa.FromAgent {
		s.conv.raise(&s.conv.seenAt, s.conv.openedAt)
		if d.Kind == wa.SendMessage {
			s.conv.hold(s.conv.holder().Reply(s.now))
		}
	}
	s.a.entry(wa.MessageQueued, s.conv.number, s.contact, s.conv, m, wa.Facts{
		HappenedAt: s.now, Type: m.typ, Direction: wa.Out, Origin: d.Origin, Status: r.Status, Target: d.ReplyTo,
		Reason: string(r.Verdict.Reason), By: string(d.Author),
	})
	return m
}

func (s *submission) insert(ctx context.Context, item string, r *outbox.Receipt, tail string) error {
	state := string(wa.Queued)
	if r.Status == wa.Held {
		state = string(wa.Held)
	}
	target := ""
	if s.d.Kind == wa.SendRead {
		target = string(s.d.ReplyTo)
	}
	at := clock.Micros(s.dueAt())
	_, err := s.t.exec(ctx, `INSERT INTO outbox_item (business_id, id, number_id, conversation_id, contact_id, kind, lane, state,
			order_at, due_at, origin, handler_epoch, target, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12, $13) `+tail,
		string(s.d.Business), item, string(s.conv.number), string(s.conv.id), string(s.contact.id), string(s.d.Kind), string(s.d.Lane),
		state, at, string(s.d.Origin), s.conv.handlerEpoch, target, string(r.Verdict.Reason))
	if err != nil {
		return fmt.Errorf("queue draft: %w", err)
	}
	return nil
}

// replaceReceipt queues the receipt of a conversation anew. One that is on the
// road right now is left alone and a second one is queued under an id of its
// own; one that said the same is not repeated.
func (s *submission) replaceReceipt(ctx context.Context, item string, r *outbox.Receipt) error {
	var state, target, reason string
	err := s.t.row(ctx, "SELECT state, target, reason FROM outbox_item WHERE business_id = $1 AND id = $2"+s.t.d.lockRow(),
		[]any{string(s.d.Business), item}, &state, &target, &reason)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read receipt: %w", err)
	}
	if target == string(s.d.ReplyTo) && (state != "done" || reason == "") {
		return outbox.ErrNothingToRead
	}
	if state == string(wa.Sending) {
		item = id.New("rcp")
	}
	return s.insert(ctx, item, r, `ON CONFLICT (business_id, id) DO UPDATE SET state = EXCLUDED.state, order_at = EXCLUDED.order_at,
		due_at = EXCLUDED.due_at, target = EXCLUDED.target, reason = EXCLUDED.reason, contact_id = EXCLUDED.contact_id, attempts = 0`)
}
