package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"wasl/internal/chatimport"
	"wasl/internal/clock"
	"wasl/internal/wa"
)

var _ chatimport.Store = (*DB)(nil)

const importColumns = `SELECT id, number_id, name, by_whom, state, created_at, confirmed_at, finished_at, answers, preview,
	handled, added, known, removed, kept, files FROM chat_import`

func scanImport(b wa.BusinessID, scan func(...any) error) (chatimport.Import, error) {
	im := chatimport.Import{Business: b}
	var created, confirmed, finished int64
	var answers, preview string
	err := scan(&im.ID, &im.Number, &im.Name, &im.By, &im.State, &created, &confirmed, &finished, &answers, &preview,
		&im.Handled, &im.Added, &im.Known, &im.Removed, &im.Kept, &im.Files)
	if err != nil {
		return im, err
	}
	im.CreatedAt, im.ConfirmedAt, im.FinishedAt = clock.FromMicros(created), clock.FromMicros(confirmed), clock.FromMicros(finished)
	return im, errors.Join(json.Unmarshal([]byte(answers), &im.Answers), json.Unmarshal([]byte(preview), &im.Preview))
}

// importDocs are what a person answered, and what they were shown.
func importDocs(im chatimport.Import) (answers, preview string, err error) {
	a, err := json.Marshal(im.Answers)
	if err != nil {
		return "", "", err
	}
	p, err := json.Marshal(im.Preview)
	return string(a), string(p), err
}

func importPlace(id string) string { return "chat_import/" + id + "/text" }

func noImport(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return chatimport.ErrNotFound
	}
	return err
}

// NumberOf implements [chatimport.Store].
func (db *DB) NumberOf(ctx context.Context, b wa.BusinessID, n wa.NumberID) (chatimport.Number, error) {
	var out chatimport.Number
	err := db.row(ctx, "SELECT name, digits FROM number WHERE business_id = $1 AND id = $2", []any{string(b), string(n)}, &out.Name, &out.Digits)
	if err == nil {
		err = db.row(ctx, "SELECT time_zone FROM business WHERE business_id = $1", []any{string(b)}, &out.Zone)
	}
	if err != nil {
		return out, fmt.Errorf("read number: %w", noImport(err))
	}
	return out, nil
}

// CreateImport implements [chatimport.Store].
func (db *DB) CreateImport(ctx context.Context, im chatimport.Import, text []byte) error {
	answers, preview, err := importDocs(im)
	if err != nil {
		return fmt.Errorf("write import: %w", err)
	}
	sealed, err := db.sealer.Seal(string(im.Business), importPlace(im.ID), text)
	if err != nil {
		return fmt.Errorf("seal chat: %w", err)
	}
	err = db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO chat_import (business_id, id, number_id, name, by_whom, state, created_at, answers, preview)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, string(im.Business), im.ID, string(im.Number), im.Name, im.By, string(im.State),
			clock.Micros(im.CreatedAt), answers, preview)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, "INSERT INTO chat_import_text (business_id, import_id, sealed) VALUES ($1, $2, $3)", string(im.Business), im.ID, sealed)
		if err != nil {
			return err
		}
		return t.due(ctx, im.Business, "import", clock.Micros(im.CreatedAt))
	})
	if err != nil {
		return fmt.Errorf("keep import: %w", err)
	}
	return nil
}

// Import implements [chatimport.Store].
func (db *DB) Import(ctx context.Context, b wa.BusinessID, id string) (chatimport.Import, error) {
	im, err := scanImport(b, func(dest ...any) error {
		return db.row(ctx, importColumns+" WHERE business_id = $1 AND id = $2", []any{string(b), id}, dest...)
	})
	if err != nil {
		return im, fmt.Errorf("read import: %w", noImport(err))
	}
	return im, nil
}

// Imports implements [chatimport.Store].
func (db *DB) Imports(ctx context.Context, b wa.BusinessID, n wa.NumberID, limit int) ([]chatimport.Import, error) {
	return db.listImports(ctx, b, importColumns+" WHERE business_id = $1 AND number_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3", string(b), string(n), limit)
}

// OpenImports implements [chatimport.Store].
func (db *DB) OpenImports(ctx context.Context, b wa.BusinessID) ([]chatimport.Import, error) {
	return db.listImports(ctx, b, importColumns+` WHERE business_id = $1 AND id IN
		(SELECT id FROM chat_import WHERE business_id = $1 AND state IN ('waiting', 'running', 'undoing')
		UNION SELECT import_id FROM chat_import_file WHERE business_id = $1 AND import_id > '') ORDER BY id`, string(b))
}

func (db *DB) listImports(ctx context.Context, b wa.BusinessID, query string, args ...any) ([]chatimport.Import, error) {
	var out []chatimport.Import
	rows, err := db.query(ctx, query, args...)
	err = each(rows, err, func(r *sql.Rows) error {
		im, err := scanImport(b, r.Scan)
		out = append(out, im)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	return out, nil
}

// ImportsWait implements [chatimport.Store].
func (db *DB) ImportsWait(ctx context.Context) ([]wa.BusinessID, error) {
	return db.withWork(ctx, "import")
}

// ImportText implements [chatimport.Store].
func (db *DB) ImportText(ctx context.Context, b wa.BusinessID, id string) ([]byte, error) {
	var sealed []byte
	err := db.row(ctx, "SELECT sealed FROM chat_import_text WHERE business_id = $1 AND import_id = $2", []any{string(b), id}, &sealed)
	if err != nil {
		return nil, fmt.Errorf("read chat: %w", noImport(err))
	}
	text, err := db.sealer.Open(string(b), importPlace(id), sealed)
	if err != nil {
		return nil, fmt.Errorf("unseal chat: %w", err)
	}
	return text, nil
}

// There implements [chatimport.Store].
func (db *DB) There(ctx context.Context, b wa.BusinessID, n wa.NumberID, phone string, s chatimport.Span) ([]chatimport.There, error) {
	var c string
	err := db.row(ctx, `SELECT v.id FROM identity i JOIN conversation v ON v.business_id = $1 AND v.contact_id = i.contact_id AND v.number_id = $3
		WHERE i.business_id = $1 AND i.natural_key = $2`, []any{string(b), "phone:" + wa.CanonicalPhone(phone), string(n)}, &c)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find conversation: %w", err)
	}
	return there(ctx, db.query, pastOf{b, n, wa.ConversationID(c)}, s)
}

// pastOf says whose past is asked for.
type pastOf struct {
	business     wa.BusinessID
	number       wa.NumberID
	conversation wa.ConversationID
}

// asking is how a transaction, or the pool beside them, is asked.
type asking func(ctx context.Context, query string, args ...any) (*sql.Rows, error)

// there reads what a conversation has in a span of time, with what edits made of it.
func there(ctx context.Context, query asking, of pastOf, s chatimport.Span) ([]chatimport.There, error) {
	args := []any{string(of.business), string(of.conversation), clock.Micros(s.From), clock.Micros(s.To)}
	var out []chatimport.There
	place := map[string]int{}
	rows, err := query(ctx, `SELECT COALESCE(m.wamid, ''), m.direction, m.type, m.at, t.text FROM message m
		JOIN message_body t ON t.business_id = m.business_id AND t.message_id = m.id
		WHERE m.business_id = $1 AND m.conversation_id = $2 AND m.at >= $3 AND m.at < $4 ORDER BY m.at, m.id`, args...)
	err = each(rows, err, func(r *sql.Rows) error {
		var m chatimport.There
		var wamid, text string
		var at int64
		err := r.Scan(&wamid, &m.Direction, &m.Type, &at, &text)
		m.At, m.Texts = clock.FromMicros(at), []string{text}
		if wamid != "" {
			place[wamid] = len(out)
		}
		out = append(out, m)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what is there: %w", err)
	}
	rows, err = query(ctx, `SELECT v.wamid, v.text FROM message m
		JOIN message_version v ON v.business_id = m.business_id AND v.number_id = $5 AND v.wamid = m.wamid
		WHERE m.business_id = $1 AND m.conversation_id = $2 AND m.at >= $3 AND m.at < $4 AND m.edits > 0`, append(args, string(of.number))...)
	err = each(rows, err, func(r *sql.Rows) error {
		var wamid, text string
		err := r.Scan(&wamid, &text)
		if i, ok := place[wamid]; ok {
			out[i].Texts = append(out[i].Texts, text)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read edits of what is there: %w", err)
	}
	return out, nil
}
