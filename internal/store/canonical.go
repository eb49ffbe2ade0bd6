package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"wasl/internal/wa"
)

// Canonical writes what a Business's deliveries have come to, in a form that
// two databases share if and only if they say the same: natural keys, sorted
// lines, no surrogate ids, sequence numbers, receipt times or duplicate
// counters (decision 15). It is what tests compare, and what a repair would be
// checked with.
func (db *DB) Canonical(ctx context.Context, b wa.BusinessID, w io.Writer) error {
	c := &canonical{db: db, b: b, contacts: map[string]string{}, numbers: map[string]string{}}
	for _, step := range []func(context.Context) error{c.names, c.people, c.conversations, c.messages, c.facts} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("canonical dump: %w", err)
		}
	}
	slices.Sort(c.lines)
	_, err := io.WriteString(w, strings.Join(c.lines, "\n")+"\n")
	return err
}

type canonical struct {
	db       *DB
	b        wa.BusinessID
	contacts map[string]string // id → smallest natural key
	numbers  map[string]string // id → Meta's id
	lines    []string
}

func (c *canonical) add(format string, args ...any) {
	c.lines = append(c.lines, fmt.Sprintf(format, args...))
}

func (c *canonical) each(ctx context.Context, query string, scan func(*sql.Rows) error) error {
	rows, err := c.db.query(ctx, query, string(c.b))
	return each(rows, err, scan)
}

func (c *canonical) names(ctx context.Context) error {
	err := c.each(ctx, "SELECT contact_id, MIN(natural_key) FROM identity WHERE business_id = $1 GROUP BY contact_id", func(r *sql.Rows) error {
		var id, key string
		err := r.Scan(&id, &key)
		c.contacts[id] = key
		return err
	})
	if err != nil {
		return err
	}
	return c.each(ctx, "SELECT id, phone_number_id, stage FROM number WHERE business_id = $1", func(r *sql.Rows) error {
		var id, pnid, stage string
		err := r.Scan(&id, &pnid, &stage)
		c.numbers[id] = pnid
		c.add("number %s stage=%s", pnid, stage)
		return err
	})
}

func (c *canonical) people(ctx context.Context) error {
	err := c.each(ctx, "SELECT natural_key, contact_id FROM identity WHERE business_id = $1", func(r *sql.Rows) error {
		var key, contact string
		err := r.Scan(&key, &contact)
		c.add("identity %s of %s", key, c.contacts[contact])
		return err
	})
	if err != nil {
		return err
	}
	return c.each(ctx, "SELECT id, phone, name, username, book_name, marketing FROM contact WHERE business_id = $1", func(r *sql.Rows) error {
		var id, phone, name, username, book, marketing string
		err := r.Scan(&id, &phone, &name, &username, &book, &marketing)
		c.add("contact %s phone=%q name=%q username=%q book=%q marketing=%s", c.contacts[id], phone, name, username, book, marketing)
		return err
	})
}

func (c *canonical) conversations(ctx context.Context) error {
	return c.each(ctx, `SELECT c.number_id, c.contact_id, c.opened_at, c.seen_at, c.last_at, c.handler, c.handler_until, COALESCE(m.wamid, '')
		FROM conversation c LEFT JOIN message m ON m.business_id = c.business_id AND m.id = c.last_message
		WHERE c.business_id = $1`, func(r *sql.Rows) error {
		var number, contact, handler, last string
		var opened, seen, lastAt, until int64
		err := r.Scan(&number, &contact, &opened, &seen, &lastAt, &handler, &until, &last)
		c.add("conversation %s with %s opened=%d seen=%d last=%d %s handler=%s until=%d", c.numbers[number], c.contacts[contact], opened, seen, lastAt, last, handler, until)
		return err
	})
}

func (c *canonical) messages(ctx context.Context) error {
	return c.each(ctx, `SELECT m.number_id, m.contact_id, v.contact_id, COALESCE(m.wamid, ''), m.direction, m.origin, m.provenance, m.type, m.status, m.at,
			m.reply_to, m.edits, m.revoked_at, m.code, b.content, b.text
		FROM message m
		JOIN conversation v ON v.business_id = m.business_id AND v.id = m.conversation_id
		JOIN message_body b ON b.business_id = m.business_id AND b.message_id = m.id
		WHERE m.business_id = $1`, func(r *sql.Rows) error {
		var number, contact, thread, wamid, dir, origin, prov, typ, status, reply, content, text string
		var at, edits, revoked, code int64
		err := r.Scan(&number, &contact, &thread, &wamid, &dir, &origin, &prov, &typ, &status, &at, &reply, &edits, &revoked, &code, &content, &text)
		if err != nil {
			return err
		}
		// Of two deliveries of one message the first is kept; what may differ
		// between them is not compared.
		said, err := json.Marshal(essence([]byte(content)))
		c.add("message %s %s with %s in thread of %s %s %s %s type=%s status=%s at=%d reply=%s edits=%d revoked=%d code=%d text=%q content=%s",
			c.numbers[number], wamid, c.contacts[contact], c.contacts[thread], dir, origin, prov, typ, status, at, reply, edits, revoked, code, text, said)
		return err
	})
}

func (c *canonical) facts(ctx context.Context) error {
	for _, q := range []struct{ name, query string }{
		{"version", "SELECT number_id, wamid, edit_wamid, at, side, text, content FROM message_version WHERE business_id = $1"},
		{"revocation", "SELECT number_id, wamid, revoke_wamid, at, side, '', '' FROM revocation WHERE business_id = $1"},
		{"reaction", "SELECT number_id, target, reaction_wamid, at, side, emoji, '' FROM reaction WHERE business_id = $1"},
		{"report", "SELECT number_id, wamid, wire, at, recipient, code || ' ' || title, raw FROM status_report WHERE business_id = $1"},
		{"chunk", "SELECT number_id, CAST(chunk_order AS TEXT), CAST(progress AS TEXT), phase, CAST(messages AS TEXT), '', '' FROM history_chunk WHERE business_id = $1"},
	} {
		err := c.each(ctx, q.query, func(r *sql.Rows) error {
			var number, a, b, side, text, raw string
			var at int64
			err := r.Scan(&number, &a, &b, &at, &side, &text, &raw)
			c.add("%s %s %s %s at=%d %s %q %s", q.name, c.numbers[number], a, b, at, side, text, raw)
			return err
		})
		if err != nil {
			return err
		}
	}
	// The preview of an import is what somebody was shown, not what came of it.
	err := c.each(ctx, "SELECT number_id, name, state, handled, added, known, removed, kept FROM chat_import WHERE business_id = $1", func(r *sql.Rows) error {
		var number, name, state string
		var handled, added, known, removed, kept int64
		err := r.Scan(&number, &name, &state, &handled, &added, &known, &removed, &kept)
		c.add("import %s %q %s handled=%d added=%d known=%d removed=%d kept=%d", c.numbers[number], name, state, handled, added, known, removed, kept)
		return err
	})
	if err != nil {
		return err
	}
	return c.each(ctx, "SELECT kind, number_id, contact_id, at, field, event, raw FROM notice WHERE business_id = $1", func(r *sql.Rows) error {
		var kind, number, contact, field, event, raw string
		var at int64
		err := r.Scan(&kind, &number, &contact, &at, &field, &event, &raw)
		c.add("notice %s %s %s at=%d %s %q %s", kind, c.numbers[number], c.contacts[contact], at, field, event, raw)
		return err
	})
}
