package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/id"
	"wasl/internal/wa"
)

// BenchMessage is a message as a benchmark holds it against what it sent.
type BenchMessage struct {
	WAMID      wa.WAMID
	Thread     string // the BSUID of the person
	At         time.Time
	Type       string
	Direction  wa.Direction
	Status     wa.Status
	Provenance wa.Provenance
	Text       string
}

// BenchPast writes the rows of so many messages of the past, in batches and with
// nothing asked or checked: the yardstick of importing a history.
func (db *DB) BenchPast(ctx context.Context, ms []BenchMessage, batch int) error {
	for len(ms) > 0 {
		part := ms[:min(batch, len(ms))]
		ms = ms[len(part):]
		err := db.write(ctx, background, func(ctx context.Context, t *tx) error {
			messages, bodies := make([][]any, len(part)), make([][]any, len(part))
			for i, m := range part {
				msg := id.New("msg")
				messages[i] = []any{
					"biz_bench", msg, "num_bench", "con_" + m.Thread, "cnt_" + m.Thread, string(m.WAMID), string(m.Direction), string(wa.FromCustomer),
					string(m.Provenance), m.Type, string(m.Status), clock.Micros(m.At), "", "", "", 0, 0, 0, "", "",
				}
				bodies[i] = []any{"biz_bench", msg, fmt.Sprintf(benchContent, m.WAMID, m.At.Unix(), m.Text), m.Text}
			}
			if _, err := t.insertRows(ctx, "INSERT INTO message (business_id, "+msgColumns+")", "", messages); err != nil {
				return err
			}
			_, err := t.insertRows(ctx, "INSERT INTO message_body (business_id, message_id, content, text)", "", bodies)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// benchContent is about as long as the object that is kept of a message.
const benchContent = `{"from":"15550142077","id":"%s","timestamp":"%d","type":"text","text":{"body":"%s"},"history_context":{"status":"read","from_me":true}}`

// BenchMessages calls each for every message of a Business.
func (db *DB) BenchMessages(ctx context.Context, b wa.BusinessID, fn func(BenchMessage)) error {
	rows, err := db.query(ctx, `SELECT COALESCE(m.wamid, ''), COALESCE(i.natural_key, ''), m.at, m.type, m.direction, m.status, m.provenance, t.text FROM message m
		JOIN message_body t ON t.business_id = m.business_id AND t.message_id = m.id
		JOIN conversation c ON c.business_id = m.business_id AND c.id = m.conversation_id
		LEFT JOIN identity i ON i.business_id = m.business_id AND i.contact_id = c.contact_id AND i.natural_key LIKE 'bsuid:%'
		WHERE m.business_id = $1`, string(b))
	err = each(rows, err, func(r *sql.Rows) error {
		var m BenchMessage
		var key string
		var at int64
		err := r.Scan(&m.WAMID, &key, &at, &m.Type, &m.Direction, &m.Status, &m.Provenance, &m.Text)
		if len(key) > len("bsuid:") {
			m.Thread = key[len("bsuid:"):]
		}
		m.At = clock.FromMicros(at)
		fn(m)
		return err
	})
	if err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	return nil
}

// BenchTold is what must not have happened because of a history, and what must.
type BenchTold struct {
	Entries map[string]int64 // of the journal, by kind
	Opened  int64            // conversations with a window
	Unread  int64            // messages
	Held    int64            // conversations
	Drafts  int64            // that anybody wants sent
	Waiting int64            // fragments not applied, or set aside
	Chunks  int64
}

// BenchTold counts for a benchmark.
func (db *DB) BenchTold(ctx context.Context, b wa.BusinessID) (told BenchTold, err error) {
	for _, c := range []struct {
		to    *int64
		query string
	}{
		{&told.Opened, "SELECT COUNT(*) FROM conversation WHERE business_id = $1 AND opened_at > 0"},
		{&told.Held, "SELECT COUNT(*) FROM conversation WHERE business_id = $1 AND handler <> ''"},
		{&told.Drafts, "SELECT COUNT(*) FROM outbox_item WHERE business_id = $1"},
		{&told.Waiting, "SELECT COUNT(*) FROM inbound WHERE business_id = $1 AND state <> 'done'"},
		{&told.Chunks, "SELECT COUNT(*) FROM history_chunk WHERE business_id = $1"},
		{&told.Unread, `SELECT COUNT(*) FROM conversation c JOIN message m ON m.business_id = c.business_id AND m.conversation_id = c.id
			WHERE c.business_id = $1 AND m.at > c.seen_at AND m.direction = 'in' AND m.provenance = 'live'`},
	} {
		if err := db.row(ctx, c.query, []any{string(b)}, c.to); err != nil {
			return told, fmt.Errorf("count: %w", err)
		}
	}
	told.Entries = map[string]int64{}
	rows, err := db.query(ctx, "SELECT kind, COUNT(*) FROM journal WHERE business_id = $1 GROUP BY kind", string(b))
	err = each(rows, err, func(r *sql.Rows) error {
		var kind string
		var n int64
		err := r.Scan(&kind, &n)
		told.Entries[kind] = n
		return err
	})
	return told, err
}
