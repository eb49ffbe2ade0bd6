package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"wasl/internal/clock"
	"wasl/internal/desk"
	"wasl/internal/wa"
)

const messageColumns = `SELECT m.id, COALESCE(m.wamid, ''), m.conversation_id, m.number_id, m.contact_id, m.direction, m.origin,
	m.author_id, m.author_name, m.provenance, m.type, m.status, m.at, m.reply_to, m.revoked_at, m.code, m.code_title, m.note,
	COALESCE(t.content, ''), COALESCE(t.text, '')
	FROM message m LEFT JOIN message_body t ON t.business_id = m.business_id AND t.message_id = m.id`

// messageKey is the last part of the order of messages; see orderKey, which says
// the same in Go.
const messageKey = "COALESCE(m.wamid, m.id)"

// Thread implements [desk.Messages].
func (db *DB) Thread(ctx context.Context, b wa.BusinessID, conversation wa.ConversationID, s desk.Span) ([]desk.Message, bool, error) {
	if err := db.exists(ctx, b, conversation); err != nil {
		return nil, false, err
	}
	q := &question{}
	q.add(messageColumns, " WHERE m.business_id = ", q.arg(string(b)), " AND m.conversation_id = ", q.arg(string(conversation)))
	forward := s.After.ID != ""
	switch {
	case forward:
		q.beyond(s.After, ">")
	case s.Before.ID != "":
		q.beyond(s.Before, "<")
	}
	order := " DESC"
	if forward {
		order = " ASC"
	}
	q.add(" ORDER BY m.at", order, ", m.direction", order, ", ", messageKey, order, " LIMIT ", q.arg(s.Limit+1))
	page, err := db.messages(ctx, b, q)
	if err != nil {
		return nil, false, fmt.Errorf("read thread: %w", err)
	}
	more := len(page) > s.Limit
	if more {
		page = page[:s.Limit]
	}
	if !forward {
		slices.Reverse(page)
	}
	return page, more, nil
}

// beyond adds the condition that a message lies on one side of a mark, in such a way
// that the index on (at, direction, wamid) finds the place.
func (q *question) beyond(m desk.Mark, side string) {
	at, dir, key := q.arg(clock.Micros(m.At)), q.arg(string(m.Dir)), q.arg(m.ID)
	q.add(" AND m.at ", side, "= ", at, " AND (m.at ", side, " ", at, " OR m.direction ", side, " ", dir,
		" OR (m.direction = ", dir, " AND ", messageKey, " ", side, " ", key, "))")
}

func (db *DB) exists(ctx context.Context, b wa.BusinessID, conversation wa.ConversationID) error {
	var one int
	err := db.row(ctx, "SELECT 1 FROM conversation WHERE business_id = $1 AND id = $2", []any{string(b), string(conversation)}, &one)
	if err != nil {
		return fmt.Errorf("find conversation: %w", missing(err))
	}
	return nil
}

// Message implements [desk.Messages].
func (db *DB) Message(ctx context.Context, b wa.BusinessID, message wa.MessageID) (desk.Message, error) {
	q := &question{}
	q.add(messageColumns, " WHERE m.business_id = ", q.arg(string(b)), " AND m.id = ", q.arg(string(message)))
	found, err := db.messages(ctx, b, q)
	if err != nil {
		return desk.Message{}, fmt.Errorf("read message: %w", err)
	}
	if len(found) == 0 {
		return desk.Message{}, desk.ErrNotFound
	}
	return found[0], nil
}

// MessagesByWAMID implements [desk.Messages].
func (db *DB) MessagesByWAMID(ctx context.Context, b wa.BusinessID, w wa.WAMID) ([]desk.Message, error) {
	q := &question{}
	q.add(messageColumns, " JOIN number n ON n.business_id = m.business_id AND n.id = m.number_id WHERE n.business_id = ",
		q.arg(string(b)), " AND m.wamid = ", q.arg(string(w)), " ORDER BY m.id")
	found, err := db.messages(ctx, b, q)
	if err != nil {
		return nil, fmt.Errorf("read messages by wamid: %w", err)
	}
	return found, nil
}

// messages asks, and adds to what it finds everything known of it, with one query
// for each kind of thing.
func (db *DB) messages(ctx context.Context, b wa.BusinessID, q *question) ([]desk.Message, error) {
	seq, err := db.reached(ctx, b)
	if err != nil {
		return nil, err
	}
	list := []desk.Message{}
	rows, err := db.query(ctx, q.text.String(), q.args...)
	err = each(rows, err, func(r *sql.Rows) error {
		m, err := scanMessage(r)
		m.Seq = seq
		list = append(list, m)
		return err
	})
	if err != nil || len(list) == 0 {
		return list, err
	}
	d := &details{db: db, b: b, list: list}
	return list, d.load(ctx)
}

// reached is how far the journal of a Business has come. It is asked before the
// messages are read, so that a message is never older than it says.
func (db *DB) reached(ctx context.Context, b wa.BusinessID) (wa.Seq, error) {
	var seq wa.Seq
	err := db.row(ctx, "SELECT last FROM journal_counter WHERE business_id = $1", []any{string(b)}, &seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read journal position: %w", err)
	}
	return seq, nil
}

func scanMessage(r *sql.Rows) (desk.Message, error) {
	var m desk.Message
	var at, revoked int64
	var reply, content, text string
	err := r.Scan(&m.ID, &m.WAMID, &m.Conversation, &m.Number, &m.Contact, &m.Direction, &m.Origin, &m.AuthorID, &m.AuthorName,
		&m.Provenance, &m.Type, &m.Status, &at, &reply, &revoked, &m.Code, &m.CodeTitle, &m.Note, &content, &text)
	m.At, m.RevokedAt = clock.FromMicros(at), clock.FromMicros(revoked)
	m.Content = wa.Content{Type: m.Type, JSON: []byte(content), Text: text}
	if reply != "" {
		m.ReplyTo = &desk.Quote{WAMID: wa.WAMID(reply)}
	}
	return m, err
}
