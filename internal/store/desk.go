package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"wasl/internal/clock"
	"wasl/internal/desk"
	"wasl/internal/wa"
)

var (
	_ desk.Conversations = (*DB)(nil)
	_ desk.Messages      = (*DB)(nil)
	_ desk.Contacts      = (*DB)(nil)
	_ desk.Operations    = (*DB)(nil)
)

// A question is a query being put together: its text, and the parameters it
// names by number.
type question struct {
	text strings.Builder
	args []any
}

// arg adds a parameter and returns its placeholder.
func (q *question) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
}

func (q *question) add(parts ...string) {
	for _, p := range parts {
		q.text.WriteString(p)
	}
}

// contains adds a condition that column contains every word. Words are
// folded and so is the column; what LIKE reads as a wildcard is taken literally.
func (q *question) contains(column string, words []string) {
	for _, w := range words {
		escaped := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(w)
		q.add(" AND ", column, " LIKE ", q.arg("%"+escaped+"%"), ` ESCAPE '\'`)
	}
}

const conversationColumns = `SELECT c.id, c.number_id, c.contact_id, k.name, k.book_name, k.phone, k.username, c.opened_at,
	c.handler, c.handler_until, c.handler_reason, c.assignee, c.last_at, c.last_message
	FROM conversation c JOIN contact k ON k.business_id = c.business_id AND k.id = c.contact_id`

// Conversations implements [desk.Conversations]. A conversation's last_at only grows,
// so one that was on an earlier page is never below the mark again.
func (db *DB) Conversations(ctx context.Context, b wa.BusinessID, f desk.Filter) ([]desk.Conversation, error) {
	q := &question{}
	q.add(conversationColumns, " WHERE c.business_id = ", q.arg(string(b)))
	if f.After.ID != "" {
		at, tie := q.arg(clock.Micros(f.After.At)), q.arg(f.After.ID)
		q.add(" AND c.last_at <= ", at, " AND (c.last_at < ", at, " OR c.id < ", tie, ")")
	}
	q.filter(f)
	q.add(" ORDER BY c.last_at DESC, c.id DESC LIMIT ", q.arg(f.Limit))
	list, err := db.conversations(ctx, b, q)
	if err != nil {
		return nil, fmt.Errorf("list conversations: %w", err)
	}
	return list, nil
}

func (q *question) filter(f desk.Filter) {
	if f.Number != "" {
		q.add(" AND c.number_id = ", q.arg(string(f.Number)))
	}
	if f.Contact != "" {
		q.add(" AND c.contact_id = ", q.arg(string(f.Contact)))
	}
	switch f.Handler {
	case "":
	case desk.Nobody:
		q.add(" AND (c.handler = '' OR c.handler_until <= ", q.arg(clock.Micros(f.Now)), ")")
	default:
		q.add(" AND c.handler = ", q.arg(f.Handler), " AND c.handler_until > ", q.arg(clock.Micros(f.Now)))
	}
	if f.State != "" && f.State != desk.Open {
		q.add(" AND 1 = 0")
	}
	if f.Nobodys {
		q.add(" AND c.assignee = ''")
	}
	if f.Assignee != "" {
		q.add(" AND c.assignee = ", q.arg(string(f.Assignee)))
	}
	if f.Unread {
		// What is unread is also the latest there is, or older than that: last_at spares
		// most conversations the look into their messages.
		q.add(` AND c.last_at > c.seen_at AND EXISTS (SELECT 1 FROM message m WHERE m.business_id = c.business_id
			AND m.conversation_id = c.id AND m.at > c.seen_at AND m.direction = 'in' AND m.provenance = 'live')`)
	}
	if words := desk.Words(f.Question); len(words) > 0 {
		// The contacts are found first, once, instead of being looked at one by one in the
		// order of the list.
		q.add(" AND c.contact_id IN (SELECT s.id FROM contact s WHERE s.business_id = $1")
		q.contains("s.folded", words)
		q.add(")")
	}
}

// Conversation implements [desk.Conversations].
func (db *DB) Conversation(ctx context.Context, b wa.BusinessID, conversation wa.ConversationID) (desk.Conversation, error) {
	q := &question{}
	q.add(conversationColumns, " WHERE c.business_id = ", q.arg(string(b)), " AND c.id = ", q.arg(string(conversation)))
	list, err := db.conversations(ctx, b, q)
	if err != nil {
		return desk.Conversation{}, fmt.Errorf("read conversation: %w", err)
	}
	if len(list) == 0 {
		return desk.Conversation{}, desk.ErrNotFound
	}
	return list[0], nil
}

// conversations asks, and adds what is not in the row itself with one query for each
// kind of thing, however many there are.
func (db *DB) conversations(ctx context.Context, b wa.BusinessID, q *question) ([]desk.Conversation, error) {
	list := []desk.Conversation{}
	var last []string
	rows, err := db.query(ctx, q.text.String(), q.args...)
	err = each(rows, err, func(r *sql.Rows) error {
		c, message, err := scanConversation(r)
		list, last = append(list, c), append(last, message)
		return err
	})
	if err != nil || len(list) == 0 {
		return list, err
	}
	if err := db.addSummaries(ctx, b, list, last); err != nil {
		return nil, fmt.Errorf("last messages: %w", err)
	}
	if err := db.addUnread(ctx, b, list); err != nil {
		return nil, fmt.Errorf("unread: %w", err)
	}
	if err := db.addAssignees(ctx, b, list); err != nil {
		return nil, fmt.Errorf("assignees: %w", err)
	}
	return list, nil
}

func scanConversation(r *sql.Rows) (c desk.Conversation, last string, err error) {
	var name, book string
	var opened, until, at int64
	err = r.Scan(&c.ID, &c.Number, &c.Contact.ID, &name, &book, &c.Contact.Phone, &c.Contact.Username, &opened,
		&c.Handler, &until, &c.HandlerReason, &c.Assignee, &at, &last)
	c.Contact.Name = firstOf(book, name)
	c.Window.OpenedAt, c.HandlerUntil, c.LastAt = clock.FromMicros(opened), clock.FromMicros(until), clock.FromMicros(at)
	return c, last, err
}

func (db *DB) addSummaries(ctx context.Context, b wa.BusinessID, list []desk.Conversation, last []string) error {
	found := map[string]*desk.Summary{}
	rows, err := db.query(ctx, `SELECT m.id, m.type, m.direction, m.origin, m.status, m.at, m.revoked_at,
			COALESCE((SELECT v.text FROM message_version v WHERE v.business_id = m.business_id AND v.number_id = m.number_id
				AND v.wamid = m.wamid ORDER BY v.at DESC, v.edit_wamid DESC LIMIT 1), t.text, '')
		FROM message m LEFT JOIN message_body t ON t.business_id = m.business_id AND t.message_id = m.id
		WHERE m.business_id = $1 AND `+db.d.in("m.id", 2), string(b), db.d.list(last))
	err = each(rows, err, func(r *sql.Rows) error {
		s := &desk.Summary{}
		var at, revoked int64
		if err := r.Scan(&s.ID, &s.Type, &s.Direction, &s.Origin, &s.Status, &at, &revoked, &s.Text); err != nil {
			return err
		}
		s.At, s.Revoked = clock.FromMicros(at), revoked != 0
		found[string(s.ID)] = s
		return nil
	})
	for i := range list {
		list[i].Last = found[last[i]]
	}
	return err
}

func (db *DB) addUnread(ctx context.Context, b wa.BusinessID, list []desk.Conversation) error {
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = string(c.ID)
	}
	unread := map[wa.ConversationID]int{}
	rows, err := db.query(ctx, `SELECT c.id, COUNT(*) FROM conversation c
		JOIN message m ON m.business_id = c.business_id AND m.conversation_id = c.id AND m.at > c.seen_at
			AND m.direction = 'in' AND m.provenance = 'live'
		WHERE c.business_id = $1 AND c.last_at > c.seen_at AND `+db.d.in("c.id", 2)+" GROUP BY c.id", string(b), db.d.list(ids))
	err = each(rows, err, func(r *sql.Rows) error {
		var id wa.ConversationID
		var n int
		err := r.Scan(&id, &n)
		unread[id] = n
		return err
	})
	for i := range list {
		list[i].Unread = unread[list[i].ID]
	}
	return err
}

func (db *DB) addAssignees(ctx context.Context, b wa.BusinessID, list []desk.Conversation) error {
	var people []string
	for _, c := range list {
		if c.Assignee != "" {
			people = append(people, string(c.Assignee))
		}
	}
	if len(people) == 0 {
		return nil
	}
	names := map[wa.PersonID]string{}
	rows, err := db.query(ctx, "SELECT id, name FROM person WHERE business_id = $1 AND "+db.d.in("id", 2), string(b), db.d.list(people))
	err = each(rows, err, func(r *sql.Rows) error {
		var id wa.PersonID
		var name string
		err := r.Scan(&id, &name)
		names[id] = name
		return err
	})
	for i := range list {
		list[i].AssigneeName = names[list[i].Assignee]
	}
	return err
}
