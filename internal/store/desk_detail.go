package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"wasl/internal/clock"
	"wasl/internal/desk"
	"wasl/internal/wa"
)

// details adds to messages of one Business what lies in other tables. A page is
// mostly of one Number, but need not be: a WAMID is looked up together with its Number.
type details struct {
	db   *DB
	b    wa.BusinessID
	list []desk.Message

	byTrace map[traceKey]*desk.Message
	byID    map[string]*desk.Message
	numbers []string
	wamids  []string
	quoted  []string
	ids     []string
	filed   map[string]*desk.Message
	files   []string
}

func (d *details) load(ctx context.Context) error {
	d.index()
	if err := d.versions(ctx); err != nil {
		return fmt.Errorf("versions: %w", err)
	}
	if err := d.reactions(ctx); err != nil {
		return fmt.Errorf("reactions: %w", err)
	}
	if err := d.quotes(ctx); err != nil {
		return fmt.Errorf("quotes: %w", err)
	}
	if err := d.attempts(ctx); err != nil {
		return fmt.Errorf("attempts: %w", err)
	}
	if err := d.loadFiles(ctx); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	return nil
}

// loadFiles tells what has become of the messages' files.
func (d *details) loadFiles(ctx context.Context) error {
	if len(d.files) == 0 {
		return nil
	}
	rows, err := d.db.query(ctx, `SELECT message_id, state, reason, mime, name, size FROM message_file WHERE business_id = $1 AND `+
		d.db.d.in("message_id", 2), string(d.b), d.db.d.list(d.files))
	return each(rows, err, func(r *sql.Rows) error {
		var id string
		var f desk.File
		if err := r.Scan(&id, &f.State, &f.Reason, &f.Type, &f.Name, &f.Size); err != nil {
			return err
		}
		d.filed[id].File = &f
		return nil
	})
}

func (d *details) index() {
	d.byTrace = make(map[traceKey]*desk.Message, len(d.list))
	d.byID = make(map[string]*desk.Message, len(d.list))
	d.filed = map[string]*desk.Message{}
	numbers := map[wa.NumberID]bool{}
	for i := range d.list {
		m := &d.list[i]
		if slices.Contains(kindsOfFile, m.Type) {
			d.filed[string(m.ID)] = m
			d.files = append(d.files, string(m.ID))
		}
		if !numbers[m.Number] {
			numbers[m.Number] = true
			d.numbers = append(d.numbers, string(m.Number))
		}
		if m.WAMID != "" {
			d.byTrace[traceKey{m.Number, m.WAMID}] = m
			d.wamids = append(d.wamids, string(m.WAMID))
		}
		if m.ReplyTo != nil {
			d.quoted = append(d.quoted, string(m.ReplyTo.WAMID))
		}
		if m.Direction == wa.Out && m.Origin != wa.FromPhone {
			d.byID[string(m.ID)] = m
			d.ids = append(d.ids, string(m.ID))
		}
	}
}

// each asks a query of which $1 is the Business, $2 the Numbers, $3 a list, unless
// the list is empty.
func (d *details) each(ctx context.Context, query string, list []string, scan func(*sql.Rows) error) error {
	if len(list) == 0 {
		return nil
	}
	rows, err := d.db.query(ctx, query, string(d.b), d.db.d.list(d.numbers), d.db.d.list(list))
	return each(rows, err, scan)
}

// versions gives an edited message its original and its edits; it reads as the last
// of them.
func (d *details) versions(ctx context.Context) error {
	return d.each(ctx, `SELECT number_id, wamid, at, content, text FROM message_version WHERE business_id = $1 AND `+
		d.db.d.in("number_id", 2)+" AND "+d.db.d.in("wamid", 3)+" ORDER BY number_id, wamid, at, edit_wamid", d.wamids,
		func(r *sql.Rows) error {
			var k traceKey
			var at int64
			var content, text string
			if err := r.Scan(&k.number, &k.wamid, &at, &content, &text); err != nil {
				return err
			}
			m := d.byTrace[k]
			if m == nil {
				return nil
			}
			if len(m.Versions) == 0 {
				m.Versions = append(m.Versions, desk.Version{At: m.At, Content: m.Content})
			}
			m.Content = wa.Content{Type: m.Type, JSON: []byte(content), Text: text}
			m.Versions = append(m.Versions, desk.Version{At: clock.FromMicros(at), Content: m.Content})
			return nil
		})
}

// reactions keeps the latest of each side; one that was taken away is empty.
func (d *details) reactions(ctx context.Context) error {
	err := d.each(ctx, `SELECT number_id, target, side, at, emoji FROM reaction WHERE business_id = $1 AND `+
		d.db.d.in("number_id", 2)+" AND "+d.db.d.in("target", 3)+" ORDER BY number_id, target, side, at, reaction_wamid", d.wamids,
		func(r *sql.Rows) error {
			var k traceKey
			var now desk.Reaction
			var at int64
			if err := r.Scan(&k.number, &k.wamid, &now.Side, &at, &now.Emoji); err != nil {
				return err
			}
			now.At = clock.FromMicros(at)
			m := d.byTrace[k]
			if m == nil {
				return nil
			}
			if n := len(m.Reactions); n > 0 && m.Reactions[n-1].Side == now.Side {
				m.Reactions[n-1] = now
				return nil
			}
			m.Reactions = append(m.Reactions, now)
			return nil
		})
	for i := range d.list {
		shown := d.list[i].Reactions[:0]
		for _, now := range d.list[i].Reactions {
			if now.Emoji != "" {
				shown = append(shown, now)
			}
		}
		d.list[i].Reactions = shown
	}
	return err
}

// quotes says what the quoted messages read like now.
func (d *details) quotes(ctx context.Context) error {
	found := map[traceKey]desk.Quote{}
	err := d.each(ctx, `SELECT m.number_id, m.wamid, m.id,
			COALESCE((SELECT v.text FROM message_version v WHERE v.business_id = m.business_id AND v.number_id = m.number_id
				AND v.wamid = m.wamid ORDER BY v.at DESC, v.edit_wamid DESC LIMIT 1), t.text, '')
		FROM message m LEFT JOIN message_body t ON t.business_id = m.business_id AND t.message_id = m.id
		WHERE m.business_id = $1 AND `+d.db.d.in("m.number_id", 2)+" AND "+d.db.d.in("m.wamid", 3), d.quoted,
		func(r *sql.Rows) error {
			var k traceKey
			var q desk.Quote
			err := r.Scan(&k.number, &k.wamid, &q.ID, &q.Text)
			q.WAMID = k.wamid
			found[k] = q
			return err
		})
	for i := range d.list {
		m := &d.list[i]
		if m.ReplyTo == nil {
			continue
		}
		if q, ok := found[traceKey{m.Number, m.ReplyTo.WAMID}]; ok {
			*m.ReplyTo = q
		}
	}
	return err
}

func (d *details) attempts(ctx context.Context) error {
	return d.each(ctx, `SELECT item_id, n, started_at, COALESCE(outcome, '') FROM attempt WHERE business_id = $1 AND `+
		d.db.d.in("number_id", 2)+" AND "+d.db.d.in("item_id", 3)+" ORDER BY item_id, n", d.ids,
		func(r *sql.Rows) error {
			var item string
			var a desk.Attempt
			var started int64
			if err := r.Scan(&item, &a.N, &started, &a.Outcome); err != nil {
				return err
			}
			a.StartedAt = clock.FromMicros(started)
			if m := d.byID[item]; m != nil {
				m.Attempt = &a
			}
			return nil
		})
}
