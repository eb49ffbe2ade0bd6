package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/desk"
	"wasl/internal/takeover"
	"wasl/internal/wa"
)

// TakeOver implements [desk.Conversations].
func (db *DB) TakeOver(ctx context.Context, o desk.Takeover) error {
	err := db.hold(ctx, o.Business, o.Conversation, o.Assignee, o.At, func(h takeover.Holder) (takeover.Holder, wa.Entry) {
		return h.Take(o.At, o.Until, o.Reason), wa.Entry{
			Kind:  wa.ConversationTaken,
			Facts: wa.Facts{By: o.By, Until: o.Until, Reason: "person", HappenedAt: o.At},
		}
	})
	if err != nil {
		return fmt.Errorf("take over: %w", err)
	}
	return nil
}

// HandBack implements [desk.Conversations].
func (db *DB) HandBack(ctx context.Context, o desk.Handback) error {
	err := db.hold(ctx, o.Business, o.Conversation, "", o.At, func(h takeover.Holder) (takeover.Holder, wa.Entry) {
		return h.HandBack(o.At), wa.Entry{Kind: wa.ConversationHandedBack, Facts: wa.Facts{By: o.By, HappenedAt: o.At}}
	})
	if err != nil {
		return fmt.Errorf("hand back: %w", err)
	}
	return nil
}

// hold changes who holds a conversation, and says so in the journal. The words of
// the one who took over stand in the conversation alone.
func (db *DB) hold(ctx context.Context, b wa.BusinessID, conversation wa.ConversationID, assignee wa.PersonID, now time.Time,
	change func(takeover.Holder) (takeover.Holder, wa.Entry),
) error {
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		h, e, err := t.holder(ctx, b, conversation)
		if err != nil {
			return err
		}
		h, told := change(h)
		_, err = t.exec(ctx, `UPDATE conversation SET handler = $3, handler_at = $4, handler_until = $5, handler_reason = $6, handler_epoch = $7,
			assignee = CASE WHEN assignee = '' THEN $8 ELSE assignee END WHERE business_id = $1 AND id = $2`,
			string(b), string(conversation), string(h.By), clock.Micros(h.At), clock.Micros(h.Until), h.Reason, h.Epoch, string(assignee))
		if err != nil {
			return err
		}
		e.Kind, e.Facts = told.Kind, told.Facts
		return t.append(ctx, b, now, []wa.Entry{e})
	})
	if err == nil {
		db.grew(b)
	}
	return err
}

// holder reads who holds a conversation, and an entry that names it.
func (t *tx) holder(ctx context.Context, b wa.BusinessID, conversation wa.ConversationID) (takeover.Holder, wa.Entry, error) {
	var h takeover.Holder
	var at, until int64
	e := wa.Entry{Conversation: conversation}
	err := t.row(ctx, `SELECT handler, handler_at, handler_until, handler_reason, handler_epoch, number_id, contact_id
		FROM conversation WHERE business_id = $1 AND id = $2`+t.d.lockRow(), []any{string(b), string(conversation)},
		&h.By, &at, &until, &h.Reason, &h.Epoch, &e.Number, &e.Contact)
	h.At, h.Until = clock.FromMicros(at), clock.FromMicros(until)
	return h, e, missing(err)
}

// MarkSeen implements [desk.Conversations].
func (db *DB) MarkSeen(ctx context.Context, b wa.BusinessID, conversation wa.ConversationID, by string, now time.Time) (wa.WAMID, bool, error) {
	var newest wa.WAMID
	unread := false
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, e, err := t.holder(ctx, b, conversation)
		if err != nil {
			return err
		}
		var at int64
		var message string
		err = t.row(ctx, `SELECT m.at, COALESCE(m.wamid, ''), m.id FROM conversation c
			JOIN message m ON m.business_id = c.business_id AND m.conversation_id = c.id AND m.at > c.seen_at
				AND m.direction = 'in' AND m.provenance = 'live'
			WHERE c.business_id = $1 AND c.id = $2 ORDER BY m.at DESC, m.wamid DESC LIMIT 1`,
			[]any{string(b), string(conversation)}, &at, &newest, &message)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		unread = true
		if _, err := t.exec(ctx, "UPDATE conversation SET seen_at = $3 WHERE business_id = $1 AND id = $2 AND seen_at < $3",
			string(b), string(conversation), at); err != nil {
			return err
		}
		e.Kind, e.Message = wa.ConversationRead, wa.MessageID(message)
		e.Facts = wa.Facts{By: by, WAMID: newest, HappenedAt: now}
		return t.append(ctx, b, now, []wa.Entry{e})
	})
	if err != nil {
		return "", false, fmt.Errorf("mark as seen: %w", err)
	}
	if unread {
		db.grew(b)
	}
	return newest, unread, nil
}
