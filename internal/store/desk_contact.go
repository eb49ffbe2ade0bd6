package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"wasl/internal/clock"
	"wasl/internal/desk"
	"wasl/internal/wa"
)

const personColumns = "SELECT k.id, k.name, k.book_name, k.phone, k.username, k.marketing, k.created_at FROM contact k"

// Contacts implements [desk.Contacts]. Ids are made in the order of time, so the
// order of ids is the order of first acquaintance.
func (db *DB) Contacts(ctx context.Context, b wa.BusinessID, words string, after wa.ContactID, limit int) ([]desk.Person, error) {
	q := &question{}
	q.add(personColumns, " WHERE k.business_id = ", q.arg(string(b)))
	if after != "" {
		q.add(" AND k.id < ", q.arg(string(after)))
	}
	q.contains("k.folded", desk.Words(words))
	q.add(" ORDER BY k.id DESC LIMIT ", q.arg(limit))
	list, err := db.contacts(ctx, b, q)
	if err != nil {
		return nil, fmt.Errorf("list contacts: %w", err)
	}
	return list, nil
}

// Contact implements [desk.Contacts].
func (db *DB) Contact(ctx context.Context, b wa.BusinessID, contact wa.ContactID) (desk.Person, error) {
	q := &question{}
	q.add(personColumns, " WHERE k.business_id = ", q.arg(string(b)), " AND k.id = ", q.arg(string(contact)))
	list, err := db.contacts(ctx, b, q)
	if err != nil {
		return desk.Person{}, fmt.Errorf("read contact: %w", err)
	}
	if len(list) == 0 {
		return desk.Person{}, desk.ErrNotFound
	}
	return list[0], nil
}

func (db *DB) contacts(ctx context.Context, b wa.BusinessID, q *question) ([]desk.Person, error) {
	list := []desk.Person{}
	var ids []string
	rows, err := db.query(ctx, q.text.String(), q.args...)
	err = each(rows, err, func(r *sql.Rows) error {
		var p desk.Person
		var name, book, marketing string
		var created int64
		err := r.Scan(&p.ID, &name, &book, &p.Phone, &p.Username, &marketing, &created)
		p.Name, p.OptedOut, p.CreatedAt = firstOf(book, name), marketing == "out", clock.FromMicros(created)
		list, ids = append(list, p), append(ids, string(p.ID))
		return err
	})
	if err != nil || len(list) == 0 {
		return list, err
	}
	identities := map[wa.ContactID][]desk.Identity{}
	rows, err = db.query(ctx, "SELECT contact_id, natural_key FROM identity WHERE business_id = $1 AND "+
		db.d.in("contact_id", 2)+" ORDER BY natural_key", string(b), db.d.list(ids))
	err = each(rows, err, func(r *sql.Rows) error {
		var contact wa.ContactID
		var key string
		err := r.Scan(&contact, &key)
		kind, value, _ := strings.Cut(key, ":")
		identities[contact] = append(identities[contact], desk.Identity{Kind: kind, Value: value})
		return err
	})
	for i := range list {
		list[i].Identities = identities[list[i].ID]
	}
	return list, err
}
