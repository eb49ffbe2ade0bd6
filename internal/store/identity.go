package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"wasl/internal/clock"
	"wasl/internal/desk"
	"wasl/internal/id"
	"wasl/internal/wa"
)

// contactRow is a row of contact in memory, with the natural keys it is known
// by. Each field stands with the time Meta last said it.
type contactRow struct {
	id                                  wa.ContactID
	phone, name, username, bookName     string
	phoneAt, nameAt, usernameAt, bookAt int64
	marketing                           string
	marketingAt                         int64
	createdAt                           int64
	isNew, dirty                        bool
}

// naturalKeys are the keys a party is known by. Phone and wa_id are one kind:
// a number is a number, however it is spelled (see [wa.CanonicalPhone]).
func naturalKeys(p wa.Party) []string {
	var out []string
	if p.BSUID != "" {
		out = append(out, "bsuid:"+p.BSUID)
	}
	for _, phone := range []string{p.Phone, p.WaID} {
		if d := wa.CanonicalPhone(phone); d != "" && !slices.Contains(out, "phone:"+d) {
			out = append(out, "phone:"+d)
		}
	}
	return out
}

const contactRowColumns = "id, phone, phone_at, name, name_at, username, username_at, book_name, book_at, marketing, marketing_at, created_at"

func scanContact(r *sql.Rows) (*contactRow, error) {
	c := &contactRow{}
	return c, r.Scan(&c.id, &c.phone, &c.phoneAt, &c.name, &c.nameAt, &c.username, &c.usernameAt,
		&c.bookName, &c.bookAt, &c.marketing, &c.marketingAt, &c.createdAt)
}

// loadIdentities reads the contacts behind natural keys, and their
// conversations.
func (a *applier) loadIdentities(ctx context.Context, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	ids := map[string]bool{}
	rows, err := a.t.query(ctx, "SELECT natural_key, contact_id FROM identity WHERE business_id = $1 AND "+a.t.d.in("natural_key", 2),
		string(a.b), a.t.d.list(keys))
	err = each(rows, err, func(r *sql.Rows) error {
		var k, c string
		if err := r.Scan(&k, &c); err != nil {
			return err
		}
		a.owners[k] = wa.ContactID(c)
		ids[c] = true
		return nil
	})
	if err != nil {
		return fmt.Errorf("read identities: %w", err)
	}
	return a.loadContacts(ctx, ids)
}

func (a *applier) loadContacts(ctx context.Context, ids map[string]bool) error {
	var missing []string
	for c := range ids {
		if a.contacts[wa.ContactID(c)] == nil {
			missing = append(missing, c)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	list := a.t.d.list(missing)
	rows, err := a.t.query(ctx, "SELECT "+contactRowColumns+" FROM contact WHERE business_id = $1 AND "+a.t.d.in("id", 2)+a.t.d.lockRows("id"), string(a.b), list)
	err = each(rows, err, func(r *sql.Rows) error {
		c, err := scanContact(r)
		a.contacts[c.id] = c
		return err
	})
	if err != nil {
		return fmt.Errorf("read contacts: %w", err)
	}
	rows, err = a.t.query(ctx, "SELECT "+convColumns+" FROM conversation WHERE business_id = $1 AND "+a.t.d.in("contact_id", 2)+a.t.d.lockRows("id"), string(a.b), list)
	err = each(rows, err, func(r *sql.Rows) error {
		cv, err := scanConv(r)
		a.convs[pairKey{cv.contact, cv.number}] = cv
		return err
	})
	if err != nil {
		return fmt.Errorf("read conversations: %w", err)
	}
	return nil
}

// contact finds or makes the contact of a party, joins contacts that turn out
// to be one person, and takes over what the party says of itself.
func (a *applier) contact(ctx context.Context, p wa.Party, at time.Time) (*contactRow, error) {
	keys := naturalKeys(p)
	if len(keys) == 0 {
		return nil, nil
	}
	c, err := a.joined(ctx, keys)
	if err != nil {
		return nil, err
	}
	if c == nil {
		c = &contactRow{id: wa.ContactID(id.New("cnt")), createdAt: clock.Micros(a.now), isNew: true}
		a.contacts[c.id] = c
		a.entry(wa.ContactChangedKind, "", c, nil, nil, wa.Facts{HappenedAt: at, Event: "added"})
	}
	for _, k := range keys {
		if a.owners[k] == "" {
			a.owners[k] = c.id
			a.identities = append(a.identities, []any{string(a.b), k, string(c.id)})
		}
	}
	a.learn(c, p, at)
	return c, nil
}

// learn takes over what a party says of itself, the latest by Meta's time.
func (a *applier) learn(c *contactRow, p wa.Party, at time.Time) {
	us := clock.Micros(at)
	changed := latest(&c.phone, &c.phoneAt, firstOf(p.WaID, p.Phone), us)
	changed = latest(&c.name, &c.nameAt, p.Name, us) || changed
	changed = latest(&c.username, &c.usernameAt, p.Username, us) || changed
	c.dirty = c.dirty || changed
}

// latest sets a field to a value said at a time, if it is not empty and said
// later than what stands, or at the same time and greater.
func latest(field *string, fieldAt *int64, value string, at int64) bool {
	if value == "" || at < *fieldAt || at == *fieldAt && value <= *field {
		return false
	}
	changed := *field != value || *fieldAt != at
	*field, *fieldAt = value, at
	return changed
}

// inBook takes over how the phone's address book names a contact at a time. Not
// to be in it any more counts as much as a name.
func (c *contactRow) inBook(name string, at int64) {
	if at > c.bookAt || at == c.bookAt && name > c.bookName {
		c.bookAt, c.bookName, c.dirty = at, name, true
	}
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (c *contactRow) folded() string {
	return desk.FoldAll(c.name, c.bookName, c.username, c.phone)
}

// joined returns the one contact behind keys, nil if there is none. If there
// are several they are one person: they are merged, whatever the order in which
// we learned of them.
func (a *applier) joined(ctx context.Context, keys []string) (*contactRow, error) {
	var found []wa.ContactID
	for _, k := range keys {
		if c := a.owners[k]; c != "" && !slices.Contains(found, c) {
			found = append(found, c)
		}
	}
	switch len(found) {
	case 0:
		return nil, nil
	case 1:
		return a.contacts[found[0]], nil
	}
	return a.merge(ctx, found)
}
