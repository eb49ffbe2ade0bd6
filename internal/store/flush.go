package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"wasl/internal/clock"
	"wasl/internal/wa"
)

// flush writes what has changed in memory, many rows a statement. It may be
// called more than once; what is written is not written again.
func (a *applier) flush(ctx context.Context) error {
	if err := a.flushContacts(ctx); err != nil {
		return err
	}
	if err := a.flushConversations(ctx); err != nil {
		return err
	}
	if err := a.flushMessages(ctx); err != nil {
		return err
	}
	if err := a.recount(ctx); err != nil {
		return err
	}
	return a.flushFacts(ctx)
}

// recount looks up the last message of conversations whose last one moved back
// in time. It comes after the messages are written.
func (a *applier) recount(ctx context.Context) error {
	for _, k := range slices.SortedFunc(maps.Keys(a.convs), comparePairs) {
		cv := a.convs[k]
		if !cv.recount {
			continue
		}
		var m msgRow
		err := a.t.row(ctx, `SELECT id, COALESCE(wamid, ''), direction, at FROM message WHERE business_id = $1 AND conversation_id = $2
			ORDER BY at DESC, direction DESC, COALESCE(wamid, id) DESC LIMIT 1`,
			[]any{string(a.b), string(cv.id)}, &m.id, &m.wamid, &m.direction, &m.at)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("find last message: %w", err)
		}
		cv.recount = false
		cv.lastMessage, cv.lastAt, cv.lastOrder = m.id, m.at, ""
		if m.id != "" {
			cv.lastOrder = orderKey(m.at, m.direction, m.wamid, m.id)
		}
		_, err = a.t.exec(ctx, "UPDATE conversation SET last_message = $3, last_at = $4, last_order = $5 WHERE business_id = $1 AND id = $2",
			string(a.b), string(cv.id), string(cv.lastMessage), cv.lastAt, cv.lastOrder)
		if err != nil {
			return fmt.Errorf("write last message: %w", err)
		}
	}
	return nil
}

func (a *applier) flushContacts(ctx context.Context) error {
	var rows [][]any
	for _, id := range slices.Sorted(maps.Keys(a.contacts)) {
		c := a.contacts[id]
		if !c.isNew && !c.dirty {
			continue
		}
		rows = append(rows, []any{
			string(a.b), string(c.id), c.phone, c.phoneAt, c.name, c.nameAt, c.username, c.usernameAt,
			c.bookName, c.bookAt, c.marketing, c.marketingAt, c.folded(), c.createdAt,
		})
		c.isNew, c.dirty = false, false
	}
	_, err := a.insert(ctx, rows, `INSERT INTO contact (business_id, id, phone, phone_at, name, name_at, username, username_at,
			book_name, book_at, marketing, marketing_at, folded, created_at)`,
		`ON CONFLICT (business_id, id) DO UPDATE SET phone = EXCLUDED.phone, phone_at = EXCLUDED.phone_at, name = EXCLUDED.name, name_at = EXCLUDED.name_at,
			username = EXCLUDED.username, username_at = EXCLUDED.username_at, book_name = EXCLUDED.book_name, book_at = EXCLUDED.book_at,
			marketing = EXCLUDED.marketing, marketing_at = EXCLUDED.marketing_at, folded = EXCLUDED.folded`)
	if err != nil {
		return fmt.Errorf("write contacts: %w", err)
	}
	_, err = a.insert(ctx, a.identities, "INSERT INTO identity (business_id, natural_key, contact_id)", "")
	if err != nil {
		return fmt.Errorf("write identities: %w", err)
	}
	a.identities = nil
	return nil
}

func (a *applier) flushConversations(ctx context.Context) error {
	var rows [][]any
	for _, k := range slices.SortedFunc(maps.Keys(a.convs), comparePairs) {
		cv := a.convs[k]
		if !cv.isNew && !cv.dirty {
			continue
		}
		rows = append(rows, cv.row(a.b))
		cv.isNew, cv.dirty = false, false
	}
	_, err := a.insert(ctx, rows, "INSERT INTO conversation (business_id, "+convColumns+")",
		`ON CONFLICT (business_id, id) DO UPDATE SET contact_id = EXCLUDED.contact_id, opened_at = EXCLUDED.opened_at, seen_at = EXCLUDED.seen_at,
			last_at = EXCLUDED.last_at, last_message = EXCLUDED.last_message, last_order = EXCLUDED.last_order, handler = EXCLUDED.handler,
			handler_at = EXCLUDED.handler_at, handler_until = EXCLUDED.handler_until, handler_reason = EXCLUDED.handler_reason,
			handler_epoch = EXCLUDED.handler_epoch, assignee = EXCLUDED.assignee`)
	if err != nil {
		return fmt.Errorf("write conversations: %w", err)
	}
	return nil
}

func (a *applier) flushMessages(ctx context.Context) error {
	var fresh, changed []*msgRow
	for _, tr := range a.traces {
		m := tr.msg
		switch {
		case m == nil:
		case m.isNew:
			fresh = append(fresh, m)
		case m.dirty:
			changed = append(changed, m)
		}
	}
	byID := func(x, y *msgRow) int {
		if x.id < y.id {
			return -1
		}
		return 1
	}
	slices.SortFunc(fresh, byID)
	slices.SortFunc(changed, byID)
	rows := make([][]any, len(fresh))
	for i, m := range fresh {
		rows[i] = m.row(a.b)
		m.isNew, m.dirty = false, false
	}
	if _, err := a.insert(ctx, rows, "INSERT INTO message (business_id, "+msgColumns+")", ""); err != nil {
		return fmt.Errorf("write messages: %w", err)
	}
	for _, m := range changed {
		_, err := a.t.exec(ctx, `UPDATE message SET direction = $3, origin = $4, provenance = $5, type = $6, status = $7, at = $8,
				edits = $9, revoked_at = $10, code = $11, code_title = $12, note = $13, conversation_id = $14, contact_id = $15, reply_to = $16
			WHERE business_id = $1 AND id = $2`,
			string(a.b), string(m.id), string(m.direction), string(m.origin), string(m.provenance), m.typ, string(m.status), m.at,
			m.edits, m.revokedAt, m.code, m.codeTitle, m.note, string(m.conversation), string(m.contact), string(m.replyTo))
		if err != nil {
			return fmt.Errorf("change message: %w", err)
		}
		m.dirty = false
	}
	return a.flushBodies(ctx)
}

func (a *applier) flushBodies(ctx context.Context) error {
	rows := make([][]any, 0, len(a.bodies))
	for _, id := range slices.Sorted(maps.Keys(a.bodies)) {
		c := a.bodies[id]
		rows = append(rows, []any{string(a.b), string(id), string(c.JSON), c.Text})
	}
	_, err := a.insert(ctx, rows, "INSERT INTO message_body (business_id, message_id, content, text)",
		"ON CONFLICT (business_id, message_id) DO UPDATE SET content = EXCLUDED.content, text = EXCLUDED.text")
	if err != nil {
		return fmt.Errorf("write bodies: %w", err)
	}
	if err := a.wantFiles(ctx); err != nil {
		return err
	}
	a.bodies = map[wa.MessageID]wa.Content{}
	return nil
}

// flushFacts writes the rows that are only ever added.
func (a *applier) flushFacts(ctx context.Context) error {
	for _, f := range []struct {
		rows *[][]any
		head string
		tail string
	}{
		{&a.versions, "INSERT INTO message_version (business_id, number_id, wamid, edit_wamid, at, side, content, text)", ""},
		{&a.revocations, "INSERT INTO revocation (business_id, number_id, wamid, revoke_wamid, at, side)", ""},
		{&a.reactions, "INSERT INTO reaction (business_id, number_id, target, reaction_wamid, contact_id, side, at, emoji)", "ON CONFLICT DO NOTHING"},
		{&a.reports, "INSERT INTO status_report (business_id, number_id, wamid, digest, wire, at, recipient, code, title, raw)", ""},
		{&a.notices, "INSERT INTO notice (business_id, digest, kind, number_id, contact_id, at, field, event, raw)", ""},
		{&a.chunks, "INSERT INTO history_chunk (business_id, number_id, digest, phase, chunk_order, progress, messages)", ""},
		{&a.waiting, "INSERT INTO inbound (business_id, id, lane, state, delivery_id, part)", "ON CONFLICT DO NOTHING"},
	} {
		if _, err := a.insert(ctx, *f.rows, f.head, f.tail); err != nil {
			return fmt.Errorf("write %s: %w", f.head, err)
		}
		*f.rows = nil
	}
	if a.filed == 0 {
		return nil
	}
	return a.t.due(ctx, a.b, "history", clock.Micros(a.now))
}

func (a *applier) insert(ctx context.Context, rows [][]any, head, tail string) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	return a.t.insertRows(ctx, head, tail, rows)
}
