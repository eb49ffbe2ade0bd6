package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/outbox"
	"wasl/internal/policy"
	"wasl/internal/wa"
)

var _ outbox.Queue = (*DB)(nil)

// Begin implements [outbox.Queue].
func (db *DB) Begin(ctx context.Context, it outbox.Item, a outbox.Beginning) (outbox.Begun, error) {
	var begun outbox.Begun
	journalled := false
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		g := beginning{db: db, t: t, b: it.Business, a: a}
		var err error
		begun, err = g.run(ctx, it)
		journalled = len(g.entries) > 0
		return err
	})
	if errors.Is(err, ErrNotOwner) {
		return outbox.Begun{}, outbox.ErrNotOwner
	}
	if err != nil {
		return outbox.Begun{}, fmt.Errorf("begin attempt: %w", err)
	}
	if journalled {
		db.grew(it.Business)
	}
	return begun, nil
}

// beginning is an attempt about to be opened, in its transaction.
type beginning struct {
	db *DB
	t  *tx
	b  wa.BusinessID
	a  outbox.Beginning

	it      itemRow
	content string
	phoneID wa.PhoneNumberID
	sealed  []byte
	mps     int
	cool    time.Time // of the Number or the pair, whichever is later
	contact *contactRow
	conv    *convRow
	entries []wa.Entry
}

// itemRow is a row of outbox_item with what its message says.
type itemRow struct {
	id           string
	number       wa.NumberID
	conversation wa.ConversationID
	contact      wa.ContactID
	kind         wa.DraftKind
	lane         wa.Lane
	state        string
	origin       wa.Origin
	epoch        int64
	target       wa.WAMID
	attempts     int
	typ          string
	replyTo      wa.WAMID
}

// message is the item's message; none for a receipt.
func (it itemRow) message() wa.MessageID {
	if it.kind == wa.SendRead {
		return ""
	}
	return wa.MessageID(it.id)
}

// run checks everything again and opens the attempt. Nothing of it is
// journalled but a refusal.
func (g *beginning) run(ctx context.Context, it outbox.Item) (outbox.Begun, error) {
	if err := g.t.own(ctx, g.b, g.a.Epoch); err != nil {
		return outbox.Begun{}, err
	}
	waits, err := g.read(ctx, it.ID)
	if err != nil || !waits {
		return outbox.Begun{Verdict: policy.Verdict{Answer: policy.Allowed}}, err
	}
	if g.cool.After(g.a.Now) {
		return outbox.Begun{Verdict: policy.Verdict{Answer: policy.Deferred, Until: g.cool}}, g.putOff(ctx, g.cool)
	}
	v, err := g.decide(ctx)
	if err != nil {
		return outbox.Begun{}, err
	}
	if !v.Yes() {
		if err := g.refuse(ctx, v); err != nil {
			return outbox.Begun{}, err
		}
		return outbox.Begun{Verdict: v}, g.t.append(ctx, g.b, g.a.Now, g.entries)
	}
	begun, err := g.open(ctx)
	if err != nil || begun.Open || len(g.entries) == 0 {
		return begun, err
	}
	return begun, g.t.append(ctx, g.b, g.a.Now, g.entries)
}

// read gathers the item and everything about it; false if it does not wait. Rows
// are locked in the order in which applying events locks them, contact before
// conversation before item, so that neither waits for the other, and nobody can
// take the conversation over or opt out between the check and the commit.
func (g *beginning) read(ctx context.Context, id string) (bool, error) {
	err := g.t.row(ctx, "SELECT conversation_id, contact_id FROM outbox_item WHERE business_id = $1 AND id = $2",
		[]any{string(g.b), id}, &g.it.conversation, &g.it.contact)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read item: %w", err)
	}
	if err := g.readPeople(ctx); err != nil {
		return false, err
	}
	if err := g.readItem(ctx, id); err != nil {
		return false, err
	}
	if g.conv == nil || g.contact == nil || g.it.conversation != g.conv.id || g.it.contact != g.contact.id {
		return false, nil // two contacts turned out to be one just now: look again
	}
	if err := g.readNumber(ctx); err != nil {
		return false, err
	}
	return g.it.state == string(wa.Queued), nil
}

// readPeople reads and locks the contact and the conversation.
func (g *beginning) readPeople(ctx context.Context) error {
	rows, err := g.t.query(ctx, "SELECT "+contactRowColumns+" FROM contact WHERE business_id = $1 AND id = $2"+g.t.d.lockRow(),
		string(g.b), string(g.it.contact))
	err = each(rows, err, func(r *sql.Rows) error {
		g.contact, err = scanContact(r)
		return err
	})
	if err != nil {
		return fmt.Errorf("read contact: %w", err)
	}
	rows, err = g.t.query(ctx, "SELECT "+convColumns+" FROM conversation WHERE business_id = $1 AND id = $2"+g.t.d.lockRow(),
		string(g.b), string(g.it.conversation))
	err = each(rows, err, func(r *sql.Rows) error {
		g.conv, err = scanConv(r)
		return err
	})
	if err != nil {
		return fmt.Errorf("read conversation: %w", err)
	}
	return nil
}

// readItem reads and locks the item, and reads what its message says.
func (g *beginning) readItem(ctx context.Context, id string) error {
	x := &g.it
	err := g.t.row(ctx, `SELECT id, number_id, conversation_id, contact_id, kind, lane, state, origin, handler_epoch, target, attempts
		FROM outbox_item WHERE business_id = $1 AND id = $2`+g.t.d.lockRow(), []any{string(g.b), id},
		&x.id, &x.number, &x.conversation, &x.contact, &x.kind, &x.lane, &x.state, &x.origin, &x.epoch, &x.target, &x.attempts)
	if err != nil {
		return fmt.Errorf("read item: %w", err)
	}
	if x.kind == wa.SendRead {
		x.replyTo = x.target
		return nil
	}
	err = g.t.row(ctx, `SELECT m.type, m.reply_to, c.content FROM message m
		JOIN message_body c ON c.business_id = m.business_id AND c.message_id = m.id
		WHERE m.business_id = $1 AND m.id = $2`, []any{string(g.b), id}, &x.typ, &x.replyTo, &g.content)
	if errors.Is(err, sql.ErrNoRows) {
		x.state = "done" // the message was erased; there is nothing to send
		_, err = g.t.finish(ctx, g.b, id, "erased")
	}
	if err != nil {
		return fmt.Errorf("read message: %w", err)
	}
	return nil
}

// readNumber reads what the Number sends with, and whether Meta lets it rest.
func (g *beginning) readNumber(ctx context.Context) error {
	var number, pair int64
	err := g.t.row(ctx, `SELECT n.phone_number_id, n.token_sealed, n.mps, n.cool_until, COALESCE(p.cool_until, 0)
		FROM number n LEFT JOIN pair_cooling p ON p.business_id = n.business_id AND p.conversation_id = $3
		WHERE n.business_id = $1 AND n.id = $2`, []any{string(g.b), string(g.it.number), string(g.it.conversation)},
		&g.phoneID, &g.sealed, &g.mps, &number, &pair)
	if err != nil {
		return fmt.Errorf("read number: %w", err)
	}
	g.cool = clock.FromMicros(max(number, pair))
	return nil
}

// decide asks the policy about what is true now.
func (g *beginning) decide(ctx context.Context) (policy.Verdict, error) {
	d := wa.Draft{
		Business: g.b, Number: g.it.number, Conversation: g.it.conversation, Kind: g.it.kind, Lane: g.it.lane, Origin: g.it.origin,
		ReplyTo: g.it.replyTo, Content: wa.Content{Type: g.it.typ},
	}
	f, err := g.t.facts(ctx, d, g.a.Now, g.contact, g.conv)
	if err != nil {
		return policy.Verdict{}, err
	}
	f.DraftEpoch = g.it.epoch
	return g.a.Decide(f, d), nil
}

// refuse ends the item, holds it or puts it off, as the policy says.
func (g *beginning) refuse(ctx context.Context, v policy.Verdict) error {
	switch {
	case v.Answer == policy.Denied:
		if _, err := g.t.finish(ctx, g.b, g.it.id, string(v.Reason)); err != nil {
			return err
		}
		return g.show(ctx, fateOf(v.Reason), string(v.Reason))
	case v.Held():
		return g.hold(ctx, string(v.Reason))
	}
	return g.putOff(ctx, v.Until)
}

// fateOf is what a message is called that a rule ended.
func fateOf(r policy.Reason) wa.Status {
	switch r {
	case policy.TakenOver, policy.OptedOut:
		return wa.Cancelled
	case policy.LaneNotAllowed, policy.NumberNotLive, policy.NumberStopped, policy.MessageTooOld, policy.WindowClosed:
		return wa.Failed
	}
	return wa.Failed
}

func (g *beginning) hold(ctx context.Context, reason string) error {
	_, err := g.t.exec(ctx, "UPDATE outbox_item SET state = 'held', reason = $3 WHERE business_id = $1 AND id = $2",
		string(g.b), g.it.id, reason)
	if err != nil {
		return fmt.Errorf("hold item: %w", err)
	}
	return g.show(ctx, wa.Held, reason)
}

func (g *beginning) putOff(ctx context.Context, until time.Time) error {
	_, err := g.t.exec(ctx, "UPDATE outbox_item SET due_at = $3 WHERE business_id = $1 AND id = $2", string(g.b), g.it.id, clock.Micros(until))
	if err != nil {
		return fmt.Errorf("put item off: %w", err)
	}
	return nil
}

// show writes what is shown of the message, and that it changed.
func (g *beginning) show(ctx context.Context, s wa.Status, note string) error {
	e, err := g.t.show(ctx, g.b, g.it.message(), s, note, 0, "")
	g.entries = append(g.entries, e...)
	return err
}

// show writes what is shown of a message that Meta knows nothing of, and returns
// the entry that says so; none for a receipt, or if it shows that already.
func (t *tx) show(ctx context.Context, b wa.BusinessID, m wa.MessageID, s wa.Status, note string, code int, title string) ([]wa.Entry, error) {
	if m == "" {
		return nil, nil
	}
	e := wa.Entry{Kind: wa.MessageStatus, Message: m, Facts: wa.Facts{Status: s, Code: code, Reason: note, Direction: wa.Out}}
	err := t.row(ctx, `UPDATE message SET status = $3, note = $4, code = $5, code_title = $6
		WHERE business_id = $1 AND id = $2 AND (status <> $3 OR note <> $4)
		RETURNING number_id, conversation_id, contact_id, origin, type`,
		[]any{string(b), string(m), string(s), note, code, title},
		&e.Number, &e.Conversation, &e.Contact, &e.Facts.Origin, &e.Facts.Type)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("show status: %w", err)
	}
	return []wa.Entry{e}, nil
}

// open renders the request and puts the attempt on disk.
func (g *beginning) open(ctx context.Context) (outbox.Begun, error) {
	allowed := policy.Verdict{Answer: policy.Allowed}
	token, err := g.token(ctx)
	if err != nil || token == nil {
		return outbox.Begun{Verdict: policy.Verdict{Answer: policy.Deferred, Reason: policy.NumberStopped}}, err
	}
	body, err := g.render(ctx)
	if err != nil || body == nil {
		return outbox.Begun{Verdict: policy.Verdict{Answer: policy.Denied}}, err
	}
	sum := sha256.Sum256(body)
	n, err := g.t.exec(ctx, `INSERT INTO attempt (business_id, id, item_id, number_id, conversation_id, contact_id, n, epoch,
			started_at, deadline_at, free_at, body_sha256)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		string(g.b), string(g.a.Attempt), g.it.id, string(g.it.number), string(g.it.conversation), string(g.it.contact),
		g.it.attempts+1, g.a.Epoch, clock.Micros(g.a.Now), clock.Micros(g.a.Deadline), clock.Micros(g.a.Free), sum[:])
	if err != nil {
		return outbox.Begun{}, fmt.Errorf("open attempt: %w", err)
	}
	if n == 0 {
		// Another message to this contact is on the road (I13).
		return outbox.Begun{Verdict: allowed}, g.putOff(ctx, g.a.Now.Add(time.Second))
	}
	if _, err := g.t.exec(ctx, "UPDATE outbox_item SET state = 'sending', attempts = attempts + 1, reason = '' WHERE business_id = $1 AND id = $2",
		string(g.b), g.it.id); err != nil {
		return outbox.Begun{}, fmt.Errorf("mark item: %w", err)
	}
	if m := g.it.message(); m != "" {
		if _, err := g.t.exec(ctx, "UPDATE message SET status = 'sending', note = '' WHERE business_id = $1 AND id = $2", string(g.b), string(m)); err != nil {
			return outbox.Begun{}, fmt.Errorf("mark message: %w", err)
		}
	}
	post := outbox.Post{PhoneNumberID: g.phoneID, Token: outbox.Token(token), Body: body}
	return outbox.Begun{Open: true, Post: post, Verdict: allowed, MPS: g.mps}, nil
}

// token opens the Number's token. A Number without one is stopped until a person
// gives it one, and the item is held.
func (g *beginning) token(ctx context.Context) ([]byte, error) {
	if g.sealed != nil {
		token, err := g.db.sealer.Open(string(g.b), tokenPlace(g.it.number), g.sealed)
		if err != nil {
			return nil, fmt.Errorf("open token: %w", err)
		}
		return token, nil
	}
	if _, err := g.t.exec(ctx, "UPDATE number SET stopped = 'token_missing' WHERE business_id = $1 AND id = $2",
		string(g.b), string(g.it.number)); err != nil {
		return nil, fmt.Errorf("stop number: %w", err)
	}
	g.entries = append(g.entries, wa.Entry{
		Kind: wa.NumberChangedKind, Number: g.it.number, Facts: wa.Facts{HappenedAt: g.a.Now, Event: "stopped", Reason: "token_missing"},
	})
	return nil, g.hold(ctx, string(policy.NumberStopped))
}

// render makes the bytes to post. What can never be sent ends here: nil.
func (g *beginning) render(ctx context.Context) ([]byte, error) {
	env := outbox.Envelope{
		Kind: g.it.kind, Content: []byte(g.content), Target: g.it.target, Opaque: g.db.opaque(g.a.Attempt),
	}
	if g.it.kind == wa.SendMessage {
		env.ReplyTo = g.it.replyTo
	}
	var err error
	if env.Phone, env.BSUID, err = g.t.recipient(ctx, g.b, g.contact); errors.Is(err, outbox.ErrUnreachable) {
		return nil, g.impossible(ctx, "recipient_invalid")
	}
	if err != nil {
		return nil, err
	}
	body, err := g.a.Body(env)
	if err != nil {
		return nil, g.impossible(ctx, "content_invalid")
	}
	return body, nil
}

func (g *beginning) impossible(ctx context.Context, reason string) error {
	if _, err := g.t.finish(ctx, g.b, g.it.id, reason); err != nil {
		return err
	}
	return g.show(ctx, wa.Failed, reason)
}
