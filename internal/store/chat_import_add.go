package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wasl/internal/chatimport"
	"wasl/internal/clock"
	"wasl/internal/id"
	"wasl/internal/wa"
)

// hearsay is the time of what an exported chat says of a person: whatever Meta or
// the phone says of them is later.
var hearsay = time.UnixMicro(1).UTC()

// lockImport reads an import and keeps others from going on with it.
func (t *tx) lockImport(ctx context.Context, b wa.BusinessID, id string) (chatimport.Import, error) {
	im, err := scanImport(b, func(dest ...any) error {
		return t.row(ctx, importColumns+" WHERE business_id = $1 AND id = $2"+t.d.lockRow(), []any{string(b), id}, dest...)
	})
	return im, noImport(err)
}

// Answer implements [chatimport.Store].
func (db *DB) Answer(ctx context.Context, now time.Time, im chatimport.Import, start bool) error {
	answers, preview, err := importDocs(im)
	if err != nil {
		return fmt.Errorf("write answers: %w", err)
	}
	err = db.write(ctx, live, func(ctx context.Context, t *tx) error {
		was, err := t.lockImport(ctx, im.Business, im.ID)
		if err != nil {
			return err
		}
		if was.State != chatimport.Waiting {
			return chatimport.ErrMoved
		}
		state, confirmed := chatimport.Waiting, int64(0)
		if start {
			state, confirmed = chatimport.Running, clock.Micros(now)
		}
		_, err = t.exec(ctx, "UPDATE chat_import SET answers = $3, preview = $4, state = $5, confirmed_at = $6 WHERE business_id = $1 AND id = $2",
			string(im.Business), im.ID, answers, preview, string(state), confirmed)
		return err
	})
	if err != nil {
		return fmt.Errorf("answer import: %w", err)
	}
	return nil
}

// AddSlice implements [chatimport.Store].
func (db *DB) AddSlice(ctx context.Context, now time.Time, im chatimport.Import, items []chatimport.Item, last bool) error {
	err := db.write(ctx, background, func(ctx context.Context, t *tx) error {
		was, err := t.lockImport(ctx, im.Business, im.ID)
		if err != nil {
			return err
		}
		if was.State != chatimport.Running || was.Handled != im.Handled {
			return chatimport.ErrMoved
		}
		a := newApplier(db, t, im.Business, now)
		d := done{handled: len(items), last: last}
		if len(items) > 0 {
			if d.added, d.files, err = a.importSlice(ctx, im, items); err != nil {
				return err
			}
		}
		return a.importedTo(ctx, im, d)
	})
	if err != nil {
		return fmt.Errorf("add slice of chat: %w", err)
	}
	db.grew(im.Business)
	return nil
}

// importSlice adds what of the items is not there yet, with the files there are.
func (a *applier) importSlice(ctx context.Context, im chatimport.Import, items []chatimport.Item) (added, withFile int, err error) {
	who := wa.Party{Phone: im.Preview.Contact}
	keys := map[string]bool{}
	for _, k := range naturalKeys(who) {
		keys[k] = true
	}
	if err := a.load(ctx, keys, nil); err != nil {
		return 0, 0, err
	}
	c, err := a.contact(ctx, who, hearsay)
	if err != nil {
		return 0, 0, err
	}
	if c == nil {
		return 0, 0, errors.New("an import that names nobody")
	}
	if c.isNew && im.Preview.Them != "" && wa.Digits(im.Preview.Them) != im.Preview.Contact {
		c.inBook(im.Preview.Them, clock.Micros(hearsay))
	}
	cv := a.conversation(im.Number, c)
	if err := a.madeBy(ctx, im, c, cv); err != nil {
		return 0, 0, err
	}
	have, err := there(ctx, a.t.query, pastOf{a.b, im.Number, cv.id}, chatimport.SpanOf(items))
	if err != nil {
		return 0, 0, err
	}
	held, err := a.t.importFiles(ctx, im, items)
	if err != nil {
		return 0, 0, err
	}
	minutes := chatimport.NewMinutes(have)
	var messages, bodies, marks, files [][]any
	for _, it := range items {
		if minutes.Has(it) {
			continue
		}
		minutes.Add(it)
		m := importedRow(cv, it)
		cv.touch(m)
		messages = append(messages, m.row(a.b))
		bodies = append(bodies, []any{string(a.b), string(m.id), string(it.Content.JSON), it.Content.Text})
		marks = append(marks, []any{string(a.b), im.ID, string(m.id)})
		if f, ok := held[it.File]; ok && it.File != "" {
			files = append(files, a.importedFile(m, f))
		}
	}
	for _, w := range []struct {
		rows [][]any
		head string
	}{
		{messages, "INSERT INTO message (business_id, " + msgColumns + ")"},
		{bodies, "INSERT INTO message_body (business_id, message_id, content, text)"},
		{marks, "INSERT INTO chat_import_message (business_id, import_id, message_id)"},
		{files, importedFileHead},
	} {
		if _, err := a.insert(ctx, w.rows, w.head, ""); err != nil {
			return 0, 0, fmt.Errorf("write imported messages: %w", err)
		}
	}
	// One entry a slice: nobody wakes for what was said long ago.
	a.entries = nil
	f := wa.Facts{Event: "slice", Count: len(messages)}
	a.entry(wa.ChatImported, im.Number, nil, cv, nil, f)
	return len(messages), len(files), nil
}

// madeBy notes what the import is about to make, so that undoing it can remove
// that too.
func (a *applier) madeBy(ctx context.Context, im chatimport.Import, c *contactRow, cv *convRow) error {
	if !cv.isNew {
		return nil
	}
	contact := ""
	if c.isNew {
		contact = string(c.id)
	}
	_, err := a.t.exec(ctx, "UPDATE chat_import SET made_conversation = $3, made_contact = $4 WHERE business_id = $1 AND id = $2",
		string(a.b), im.ID, string(cv.id), contact)
	return err
}

func importedRow(cv *convRow, it chatimport.Item) *msgRow {
	m := &msgRow{
		id: wa.MessageID(id.New("msg")), number: cv.number, conversation: cv.id, contact: cv.contact, direction: it.Direction,
		origin: wa.FromCustomer, provenance: wa.Imported, typ: it.Content.Type, status: wa.Arrived, at: clock.Micros(it.At),
	}
	if it.Direction == wa.Out {
		// An export does not tell how far a message has got; it shows none that was not
		// sent.
		m.origin, m.status = wa.FromPhone, wa.Sent
	}
	return m
}

// done is what a slice came to.
type done struct {
	handled, added, files int
	last                  bool
}

// importedTo writes how far an import has come, and its entry last.
func (a *applier) importedTo(ctx context.Context, im chatimport.Import, d done) error {
	state, finished := chatimport.Running, int64(0)
	if d.last {
		state, finished = chatimport.Done, clock.Micros(a.now)
	}
	_, err := a.t.exec(ctx, `UPDATE chat_import SET handled = handled + $3, added = added + $4, known = known + $5, state = $6, finished_at = $7, files = files + $8
		WHERE business_id = $1 AND id = $2`, string(a.b), im.ID, d.handled, d.added, d.handled-d.added, string(state), finished, d.files)
	if err != nil {
		return fmt.Errorf("move import: %w", err)
	}
	if d.last {
		if err := a.t.dropImportText(ctx, a.b, im.ID); err != nil {
			return err
		}
		if len(a.entries) == 0 {
			a.entry(wa.ChatImported, im.Number, nil, nil, nil, wa.Facts{})
		}
		a.entries[0].Facts.Event = "done"
	}
	return a.finish(ctx)
}

// dropImportText forgets a chat's text, and the due work if that was all of it.
func (t *tx) dropImportText(ctx context.Context, b wa.BusinessID, id string) error {
	if _, err := t.exec(ctx, "DELETE FROM chat_import_text WHERE business_id = $1 AND import_id = $2", string(b), id); err != nil {
		return fmt.Errorf("drop chat: %w", err)
	}
	return t.importsRest(ctx, b)
}

// importsRest forgets that imports are due where none is open and none holds files.
func (t *tx) importsRest(ctx context.Context, b wa.BusinessID) error {
	_, err := t.exec(ctx, `DELETE FROM due WHERE bucket = $2 AND business_id = $1 AND work = 'import' AND NOT EXISTS
		(SELECT 1 FROM chat_import WHERE business_id = $1 AND state IN ('waiting', 'running', 'undoing'))
		AND NOT EXISTS (SELECT 1 FROM chat_import_file WHERE business_id = $1 AND import_id > '')`, string(b), bucket(b))
	return err
}

// ExpireImport implements [chatimport.Store].
func (db *DB) ExpireImport(ctx context.Context, b wa.BusinessID, id string) error {
	err := db.write(ctx, background, func(ctx context.Context, t *tx) error {
		im, err := t.lockImport(ctx, b, id)
		if err != nil {
			return err
		}
		if im.State != chatimport.Waiting {
			return chatimport.ErrMoved
		}
		_, err = t.exec(ctx, "UPDATE chat_import SET state = 'expired' WHERE business_id = $1 AND id = $2", string(b), id)
		if err != nil {
			return err
		}
		return t.dropImportText(ctx, b, id)
	})
	if err != nil {
		return fmt.Errorf("expire import: %w", err)
	}
	return nil
}
