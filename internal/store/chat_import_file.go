package store

import (
	"context"
	"database/sql"
	"fmt"

	"wasl/internal/chatimport"
	"wasl/internal/clock"
	"wasl/internal/media"
	"wasl/internal/wa"
)

// HoldFiles implements [chatimport.Store].
func (db *DB) HoldFiles(ctx context.Context, im chatimport.Import, files []chatimport.Held) error {
	err := db.write(ctx, background, func(ctx context.Context, t *tx) error {
		was, err := t.lockImport(ctx, im.Business, im.ID)
		if err != nil {
			return err
		}
		if was.State != chatimport.Waiting {
			return chatimport.ErrMoved
		}
		for _, f := range files {
			_, err := t.exec(ctx, `INSERT INTO chat_import_file (business_id, import_id, name, mime, sha256, size) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (business_id, import_id, name) DO NOTHING`, string(im.Business), im.ID, f.Name, f.Type, f.SHA256, f.Size)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("hold files of chat: %w", err)
	}
	return nil
}

// FilesKept implements [chatimport.Store].
func (db *DB) FilesKept(ctx context.Context, im chatimport.Import) error {
	_, preview, err := importDocs(im)
	if err != nil {
		return fmt.Errorf("write import: %w", err)
	}
	err = db.write(ctx, live, func(ctx context.Context, t *tx) error {
		was, err := t.lockImport(ctx, im.Business, im.ID)
		if err != nil {
			return err
		}
		if was.State != chatimport.Waiting {
			return chatimport.ErrMoved
		}
		if _, err := t.exec(ctx, "UPDATE chat_import_file SET kept = 1 WHERE business_id = $1 AND import_id = $2", string(im.Business), im.ID); err != nil {
			return err
		}
		_, err = t.exec(ctx, "UPDATE chat_import SET preview = $3 WHERE business_id = $1 AND id = $2", string(im.Business), im.ID, preview)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep files of chat: %w", err)
	}
	return nil
}

// heldElsewhere is true of a file of an import, f, that something else holds too.
const heldElsewhere = `(EXISTS (SELECT 1 FROM message_file m WHERE m.business_id = f.business_id AND m.sha256 = f.sha256 AND m.state = 'stored')
	OR EXISTS (SELECT 1 FROM chat_import_file o WHERE o.business_id = f.business_id AND o.sha256 = f.sha256 AND o.import_id <> f.import_id))`

// HeldFiles implements [chatimport.Store].
func (db *DB) HeldFiles(ctx context.Context, b wa.BusinessID, id string, limit int) ([]chatimport.Held, error) {
	for {
		alone, looked, err := db.heldFiles(ctx, b, id, limit)
		if err != nil {
			return nil, fmt.Errorf("read files of chat: %w", err)
		}
		if len(alone) > 0 || looked == 0 {
			return alone, nil
		}
	}
}

// heldFiles looks at a few of an import's files: those that something else holds are
// let go of, the others are returned.
func (db *DB) heldFiles(ctx context.Context, b wa.BusinessID, id string, limit int) (alone []chatimport.Held, looked int, err error) {
	err = db.write(ctx, background, func(ctx context.Context, t *tx) error {
		var elsewhere []string
		alone, looked = nil, 0
		rows, err := t.query(ctx, "SELECT f.name, f.mime, f.sha256, f.size, CASE WHEN "+heldElsewhere+` THEN 1 ELSE 0 END
			FROM chat_import_file f WHERE f.business_id = $1 AND f.import_id = $2 ORDER BY f.name LIMIT $3`, string(b), id, limit)
		err = each(rows, err, func(r *sql.Rows) error {
			var f chatimport.Held
			var held int
			err := r.Scan(&f.Name, &f.Type, &f.SHA256, &f.Size, &held)
			if looked++; held == 1 {
				elsewhere = append(elsewhere, f.Name)
			} else {
				alone = append(alone, f)
			}
			return err
		})
		switch {
		case err != nil:
			return err
		case looked == 0:
			return t.importsRest(ctx, b)
		case len(elsewhere) == 0:
			return nil
		}
		_, err = t.exec(ctx, "DELETE FROM chat_import_file WHERE business_id = $1 AND import_id = $3 AND "+t.d.in("name", 2), string(b), t.d.list(elsewhere), id)
		return err
	})
	return alone, looked, err
}

// LetGo implements [chatimport.Store].
func (db *DB) LetGo(ctx context.Context, b wa.BusinessID, id, name string) error {
	err := db.write(ctx, background, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM chat_import_file WHERE business_id = $1 AND import_id = $2 AND name = $3", string(b), id, name)
		return err
	})
	if err != nil {
		return fmt.Errorf("let go of file: %w", err)
	}
	return nil
}

// importFiles are the files of an import that are in their place, by the names that
// items give them.
func (t *tx) importFiles(ctx context.Context, im chatimport.Import, items []chatimport.Item) (map[string]chatimport.Held, error) {
	var names []string
	for _, it := range items {
		if it.File != "" {
			names = append(names, it.File)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	out := map[string]chatimport.Held{}
	rows, err := t.query(ctx, "SELECT name, mime, sha256, size FROM chat_import_file WHERE business_id = $1 AND import_id = $3 AND kept = 1 AND "+t.d.in("name", 2),
		string(im.Business), t.d.list(names), im.ID)
	err = each(rows, err, func(r *sql.Rows) error {
		var f chatimport.Held
		err := r.Scan(&f.Name, &f.Type, &f.SHA256, &f.Size)
		out[f.Name] = f
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read files of chat: %w", err)
	}
	return out, nil
}

const importedFileHead = `INSERT INTO message_file (business_id, message_id, number_id, media_id, kind, mime, name, told_sum, lane, state,
	expires_at, sha256, size, stored_at)`

// importedFile is the row of a message's file that an import brought: it is here.
func (a *applier) importedFile(m *msgRow, f chatimport.Held) []any {
	return []any{
		string(a.b), string(m.id), string(m.number), "", m.typ, f.Type, f.Name, "", string(media.History), string(media.Stored),
		int64(0), f.SHA256, f.Size, clock.Micros(a.now),
	}
}

// unimportFiles gives the files of messages that go back to the import, which lets go
// of them when all is undone.
func (a *applier) unimportFiles(ctx context.Context, im chatimport.Import, messages []string) error {
	_, err := a.t.exec(ctx, `INSERT INTO chat_import_file (business_id, import_id, name, mime, sha256, size)
		SELECT business_id, $3, message_id, mime, sha256, size FROM message_file
		WHERE business_id = $1 AND state = 'stored' AND `+a.t.d.in("message_id", 2)+` ON CONFLICT (business_id, import_id, name) DO NOTHING`,
		string(a.b), a.t.d.list(messages), im.ID)
	if err == nil {
		_, err = a.t.exec(ctx, "DELETE FROM message_file WHERE business_id = $1 AND "+a.t.d.in("message_id", 2), string(a.b), a.t.d.list(messages))
	}
	if err != nil {
		return fmt.Errorf("remove imported files: %w", err)
	}
	return nil
}
