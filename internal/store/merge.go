package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"wasl/internal/wa"
)

// merge makes one contact of several that turned out to be one person. The one
// with the smallest natural key survives; it gets the union of the identities,
// the latest of each field, and the conversations, joined where both had one
// with the same Number. What is pending in memory is written first, so that the
// statements below see everything.
func (a *applier) merge(ctx context.Context, found []wa.ContactID) (*contactRow, error) {
	if err := a.flush(ctx); err != nil {
		return nil, err
	}
	survivor, others, err := a.smallest(ctx, found)
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		if err := a.absorb(ctx, survivor, o); err != nil {
			return nil, fmt.Errorf("merge contact %s into %s: %w", o.id, survivor.id, err)
		}
	}
	survivor.dirty = true
	return survivor, nil
}

// smallest splits contacts into the one with the smallest natural key and the
// rest.
func (a *applier) smallest(ctx context.Context, found []wa.ContactID) (*contactRow, []*contactRow, error) {
	best := map[wa.ContactID]string{}
	ids := make([]string, len(found))
	for i, c := range found {
		ids[i] = string(c)
	}
	rows, err := a.t.query(ctx, "SELECT contact_id, MIN(natural_key) FROM identity WHERE business_id = $1 AND "+a.t.d.in("contact_id", 2)+" GROUP BY contact_id",
		string(a.b), a.t.d.list(ids))
	err = each(rows, err, func(r *sql.Rows) error {
		var c wa.ContactID
		var k string
		if err := r.Scan(&c, &k); err != nil {
			return err
		}
		best[c] = k
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read natural keys: %w", err)
	}
	slices.SortFunc(found, func(x, y wa.ContactID) int {
		if best[x] < best[y] {
			return -1
		}
		return 1
	})
	var others []*contactRow
	for _, c := range found[1:] {
		others = append(others, a.contacts[c])
	}
	return a.contacts[found[0]], others, nil
}

func (a *applier) absorb(ctx context.Context, into, from *contactRow) error {
	latest(&into.phone, &into.phoneAt, from.phone, from.phoneAt)
	latest(&into.name, &into.nameAt, from.name, from.nameAt)
	latest(&into.username, &into.usernameAt, from.username, from.usernameAt)
	into.inBook(from.bookName, from.bookAt)
	latest(&into.marketing, &into.marketingAt, from.marketing, from.marketingAt)
	for _, cv := range a.convsOf(from.id) {
		if err := a.adopt(ctx, into, cv); err != nil {
			return err
		}
	}
	for _, table := range []string{"identity", "reaction", "notice"} {
		_, err := a.t.exec(ctx, "UPDATE "+table+" SET contact_id = $3 WHERE business_id = $1 AND contact_id = $2",
			string(a.b), string(from.id), string(into.id))
		if err != nil {
			return fmt.Errorf("move %s: %w", table, err)
		}
	}
	if _, err := a.t.exec(ctx, "DELETE FROM contact WHERE business_id = $1 AND id = $2", string(a.b), string(from.id)); err != nil {
		return err
	}
	for k, c := range a.owners {
		if c == from.id {
			a.owners[k] = into.id
		}
	}
	for _, tr := range a.traces {
		if tr.msg != nil && tr.msg.contact == from.id {
			tr.msg.contact = into.id
		}
	}
	delete(a.contacts, from.id)
	a.entry(wa.ContactMerged, "", into, nil, nil, wa.Facts{Reason: "the two are one person", By: string(from.id)})
	return nil
}

func (a *applier) convsOf(c wa.ContactID) []*convRow {
	var out []*convRow
	for _, k := range slices.SortedFunc(maps.Keys(a.convs), comparePairs) {
		if k.contact == c {
			out = append(out, a.convs[k])
		}
	}
	return out
}

func comparePairs(x, y pairKey) int {
	if x.contact != y.contact {
		if x.contact < y.contact {
			return -1
		}
		return 1
	}
	if x.number < y.number {
		return -1
	}
	if x.number > y.number {
		return 1
	}
	return 0
}

// adopt gives a conversation to another contact: as it is, or joined with the
// one that contact has with the same Number.
func (a *applier) adopt(ctx context.Context, into *contactRow, from *convRow) error {
	delete(a.convs, pairKey{from.contact, from.number})
	own := a.convs[pairKey{into.id, from.number}]
	if own == nil {
		_, err := a.t.exec(ctx, "UPDATE conversation SET contact_id = $3 WHERE business_id = $1 AND id = $2", string(a.b), string(from.id), string(into.id))
		if err != nil {
			return fmt.Errorf("move conversation: %w", err)
		}
		from.contact = into.id
		a.convs[pairKey{into.id, from.number}] = from
		return a.move(ctx, from.id, from.id, into.id)
	}
	own.join(from)
	if err := a.move(ctx, from.id, own.id, into.id); err != nil {
		return err
	}
	for _, tr := range a.traces {
		if tr.msg != nil && tr.msg.conversation == from.id {
			tr.msg.conversation = own.id
		}
	}
	// Entries of this transaction still name the conversation that is going.
	for i := range a.entries {
		if a.entries[i].Conversation == from.id {
			a.entries[i].Conversation = own.id
		}
	}
	_, err := a.t.exec(ctx, "DELETE FROM conversation WHERE business_id = $1 AND id = $2", string(a.b), string(from.id))
	return err
}

// move gives what belongs to one conversation to another, and its contact. An
// attempt that is on the road stays where it is if the other has one too: there
// is at most one for a conversation, and it concludes by its own id.
func (a *applier) move(ctx context.Context, from, to wa.ConversationID, c wa.ContactID) error {
	args := []any{string(a.b), string(from), string(to), string(c)}
	for _, query := range []string{
		"UPDATE message SET conversation_id = $3, contact_id = $4 WHERE business_id = $1 AND conversation_id = $2",
		"UPDATE outbox_item SET conversation_id = $3, contact_id = $4 WHERE business_id = $1 AND conversation_id = $2",
		`UPDATE attempt SET conversation_id = $3, contact_id = $4 WHERE business_id = $1 AND conversation_id = $2 AND (outcome IS NOT NULL OR $2 = $3 OR NOT EXISTS
			(SELECT 1 FROM attempt o WHERE o.business_id = $1 AND o.number_id = attempt.number_id AND o.conversation_id = $3 AND o.outcome IS NULL))`,
	} {
		if _, err := a.t.exec(ctx, query, args...); err != nil {
			return fmt.Errorf("move what belongs to a conversation: %w", err)
		}
	}
	return nil
}
