package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"wasl/internal/chatimport"
	"wasl/internal/clock"
	"wasl/internal/wa"
)

// StartUndo implements [chatimport.Store].
func (db *DB) StartUndo(ctx context.Context, now time.Time, b wa.BusinessID, id string) error {
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		im, err := t.lockImport(ctx, b, id)
		if err != nil {
			return err
		}
		if im.State != chatimport.Done {
			return chatimport.ErrMoved
		}
		if _, err = t.exec(ctx, "UPDATE chat_import SET state = 'undoing' WHERE business_id = $1 AND id = $2", string(b), id); err != nil {
			return err
		}
		return t.due(ctx, b, "import", clock.Micros(now))
	})
	if err != nil {
		return fmt.Errorf("begin to undo import: %w", err)
	}
	return nil
}

// UndoSlice implements [chatimport.Store].
func (db *DB) UndoSlice(ctx context.Context, now time.Time, b wa.BusinessID, id string, limit int) (whole bool, err error) {
	err = db.write(ctx, background, func(ctx context.Context, t *tx) error {
		im, err := t.lockImport(ctx, b, id)
		if err != nil {
			return err
		}
		if im.State != chatimport.Undoing {
			return chatimport.ErrMoved
		}
		a := newApplier(db, t, b, now)
		listed, err := a.unimport(ctx, im, limit)
		if err != nil {
			return err
		}
		whole = listed < limit
		if whole {
			if err := a.unmake(ctx, im); err != nil {
				return err
			}
		}
		return a.finish(ctx)
	})
	if err != nil {
		return false, fmt.Errorf("undo slice of import: %w", err)
	}
	db.grew(b)
	return whole, nil
}

// unimport removes up to limit of the messages an import added, as they were added:
// what has become something else since is kept. It returns how many it looked at.
func (a *applier) unimport(ctx context.Context, im chatimport.Import, limit int) (int, error) {
	var listed, gone []string
	contacts, convs := map[string]bool{}, map[wa.ConversationID]bool{}
	rows, err := a.t.query(ctx, `SELECT i.message_id, COALESCE(m.contact_id, ''), COALESCE(m.conversation_id, ''),
			CASE WHEN m.provenance = 'import' AND m.wamid IS NULL AND m.edits = 0 AND m.revoked_at = 0 AND m.note = '' THEN 1 ELSE 0 END
		FROM chat_import_message i LEFT JOIN message m ON m.business_id = i.business_id AND m.id = i.message_id
		WHERE i.business_id = $1 AND i.import_id = $2 ORDER BY i.message_id LIMIT $3`, string(a.b), im.ID, limit)
	err = each(rows, err, func(r *sql.Rows) error {
		var msg, contact, conv string
		var untouched int
		err := r.Scan(&msg, &contact, &conv, &untouched)
		listed = append(listed, msg)
		if untouched == 1 {
			gone = append(gone, msg)
			contacts[contact], convs[wa.ConversationID(conv)] = true, true
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read imported messages: %w", err)
	}
	if err := a.loadContacts(ctx, contacts); err != nil {
		return 0, err
	}
	for _, q := range []struct {
		query string
		ids   []string
	}{
		{"DELETE FROM message_body WHERE business_id = $1 AND " + a.t.d.in("message_id", 2), gone},
		{"DELETE FROM message WHERE business_id = $1 AND " + a.t.d.in("id", 2), gone},
	} {
		if _, err := a.t.exec(ctx, q.query, string(a.b), a.t.d.list(q.ids)); err != nil {
			return 0, fmt.Errorf("remove imported messages: %w", err)
		}
	}
	if err := a.unimportFiles(ctx, im, gone); err != nil {
		return 0, err
	}
	_, err = a.t.exec(ctx, "DELETE FROM chat_import_message WHERE business_id = $1 AND import_id = $3 AND "+a.t.d.in("message_id", 2),
		string(a.b), a.t.d.list(listed), im.ID)
	if err != nil {
		return 0, fmt.Errorf("remove list of imported messages: %w", err)
	}
	for _, cv := range a.convs {
		cv.recount = convs[cv.id]
	}
	_, err = a.t.exec(ctx, "UPDATE chat_import SET removed = removed + $3, kept = kept + $4 WHERE business_id = $1 AND id = $2",
		string(a.b), im.ID, len(gone), len(listed)-len(gone))
	if err != nil {
		return 0, fmt.Errorf("move undoing: %w", err)
	}
	a.entry(wa.ChatImported, im.Number, nil, nil, nil, wa.Facts{Event: "undo", Count: len(gone)})
	return len(listed), a.flush(ctx)
}

// unmake ends undoing: the conversation and the contact that the import made go too,
// if nobody has used them since.
func (a *applier) unmake(ctx context.Context, im chatimport.Import) error {
	var conv, contact string
	err := a.t.row(ctx, "SELECT made_conversation, made_contact FROM chat_import WHERE business_id = $1 AND id = $2", []any{string(a.b), im.ID}, &conv, &contact)
	if err != nil {
		return fmt.Errorf("read what an import made: %w", err)
	}
	if conv != "" {
		_, err := a.t.exec(ctx, `DELETE FROM conversation WHERE business_id = $1 AND id = $2 AND opened_at = 0 AND seen_at = 0 AND assignee = '' AND handler = ''
			AND NOT EXISTS (SELECT 1 FROM message WHERE business_id = $1 AND conversation_id = $2)
			AND NOT EXISTS (SELECT 1 FROM outbox_item WHERE business_id = $1 AND conversation_id = $2)
			AND NOT EXISTS (SELECT 1 FROM attempt WHERE business_id = $1 AND conversation_id = $2)`, string(a.b), conv)
		if err != nil {
			return fmt.Errorf("remove conversation: %w", err)
		}
	}
	if contact != "" {
		if err := a.unmakeContact(ctx, contact); err != nil {
			return err
		}
	}
	_, err = a.t.exec(ctx, "UPDATE chat_import SET state = 'undone', finished_at = $3 WHERE business_id = $1 AND id = $2", string(a.b), im.ID, clock.Micros(a.now))
	if err != nil {
		return fmt.Errorf("end undoing: %w", err)
	}
	a.entries[len(a.entries)-1].Facts.Event = "undone"
	return a.t.importsRest(ctx, a.b)
}

// unmakeContact removes a person of whom nothing was heard but by the import.
func (a *applier) unmakeContact(ctx context.Context, contact string) error {
	n, err := a.t.exec(ctx, `DELETE FROM contact WHERE business_id = $1 AND id = $2 AND name_at = 0 AND username_at = 0 AND marketing_at = 0
		AND phone_at <= $3 AND book_at <= $3
		AND NOT EXISTS (SELECT 1 FROM conversation WHERE business_id = $1 AND contact_id = $2)
		AND NOT EXISTS (SELECT 1 FROM reaction WHERE business_id = $1 AND contact_id = $2)
		AND NOT EXISTS (SELECT 1 FROM notice WHERE business_id = $1 AND contact_id = $2)`, string(a.b), contact, clock.Micros(hearsay))
	if err != nil {
		return fmt.Errorf("remove contact: %w", err)
	}
	if n == 0 {
		return nil
	}
	if _, err := a.t.exec(ctx, "DELETE FROM identity WHERE business_id = $1 AND contact_id = $2", string(a.b), contact); err != nil {
		return fmt.Errorf("remove identity: %w", err)
	}
	return nil
}
