package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"wasl/internal/clock"
	"wasl/internal/ingest"
	"wasl/internal/media"
	"wasl/internal/wa"
)

// applier applies the events of one Business within one transaction. It reads
// everything the events may touch with a handful of queries, changes it in
// memory, and writes it back with a handful of statements, so that the cost of
// a message falls as the batch grows.
//
// Nothing here depends on the order of events: facts are kept whole (every
// version, report, reaction), what is shown of them is recomputed, and of two
// values for one field the later one by Meta's own time stands, the greater one
// if their times tie.
type applier struct {
	db  *DB
	t   *tx
	b   wa.BusinessID
	now time.Time

	numbers  map[wa.NumberID]*numberRow
	owners   map[string]wa.ContactID // natural key → contact
	contacts map[wa.ContactID]*contactRow
	convs    map[pairKey]*convRow
	traces   map[traceKey]*trace

	identities  [][]any
	bodies      map[wa.MessageID]wa.Content
	versions    [][]any
	revocations [][]any
	reactions   [][]any
	reports     [][]any
	notices     [][]any
	chunks      [][]any
	waiting     [][]any
	filed       int
	resumed     bool         // a Number may send again
	files       []media.Lane // in which files have come to be wanted
	entries     []wa.Entry
}

type pairKey struct {
	contact wa.ContactID
	number  wa.NumberID
}

type traceKey struct {
	number wa.NumberID
	wamid  wa.WAMID
}

// numberRow is what applying needs to know of a Number.
type numberRow struct {
	id          wa.NumberID
	waba        wa.WABAID
	digits      string
	onboardedAt time.Time
}

func newApplier(db *DB, t *tx, b wa.BusinessID, now time.Time) *applier {
	return &applier{
		db: db, t: t, b: b, now: now,
		numbers: map[wa.NumberID]*numberRow{}, owners: map[string]wa.ContactID{}, contacts: map[wa.ContactID]*contactRow{},
		convs: map[pairKey]*convRow{}, traces: map[traceKey]*trace{}, bodies: map[wa.MessageID]wa.Content{},
	}
}

// run applies the events in order, tells each one's fate, and writes the
// journal as its last act.
func (a *applier) run(ctx context.Context, ps []ingest.Parsed, events []located, tallies []tally) error {
	if err := a.prepare(ctx, events); err != nil {
		return err
	}
	for _, l := range events {
		f, err := a.apply(ctx, l, ps[l.parcel].ID)
		if err != nil {
			return fmt.Errorf("delivery %s item %d: %w", ps[l.parcel].ID, l.item, err)
		}
		f.business = a.b
		tallies[l.parcel].count(l.item, l.ev, f)
	}
	return a.finish(ctx)
}

// finish writes what has changed, the journal last.
func (a *applier) finish(ctx context.Context) error {
	if err := a.flush(ctx); err != nil {
		return err
	}
	return a.t.append(ctx, a.b, a.now, a.entries)
}

// prepare reads what the events may touch.
func (a *applier) prepare(ctx context.Context, events []located) error {
	keys := map[string]bool{}
	wamids := map[wa.NumberID]map[wa.WAMID]bool{}
	for _, l := range events {
		for _, p := range partiesOf(l.ev) {
			for _, k := range naturalKeys(p) {
				keys[k] = true
			}
		}
		for _, w := range wamidsOf(l.ev) {
			if wamids[l.at.number] == nil {
				wamids[l.at.number] = map[wa.WAMID]bool{}
			}
			wamids[l.at.number][w] = true
		}
	}
	return a.load(ctx, keys, wamids)
}

func (a *applier) load(ctx context.Context, keys map[string]bool, wamids map[wa.NumberID]map[wa.WAMID]bool) error {
	if err := a.loadNumbers(ctx); err != nil {
		return err
	}
	if err := a.loadIdentities(ctx, slices.Sorted(maps.Keys(keys))); err != nil {
		return err
	}
	for _, n := range slices.Sorted(maps.Keys(wamids)) {
		if err := a.loadTraces(ctx, n, slices.Sorted(maps.Keys(wamids[n]))); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) loadNumbers(ctx context.Context) error {
	rows, err := a.t.query(ctx, "SELECT id, waba_id, digits, onboarded_at FROM number WHERE business_id = $1", string(a.b))
	err = each(rows, err, func(r *sql.Rows) error {
		var n numberRow
		var at int64
		if err := r.Scan(&n.id, &n.waba, &n.digits, &at); err != nil {
			return err
		}
		n.onboardedAt = clock.FromMicros(at)
		a.numbers[n.id] = &n
		return nil
	})
	if err != nil {
		return fmt.Errorf("read numbers: %w", err)
	}
	return nil
}

// apply changes what one event is about.
func (a *applier) apply(ctx context.Context, l located, d wa.DeliveryID) (fate, error) {
	n := l.at.number
	switch e := l.ev.(type) {
	case wa.Received:
		return a.received(ctx, n, e)
	case wa.Echoed:
		return a.echoed(ctx, n, e)
	case wa.Unsupported:
		return a.received(ctx, n, wa.Received{Place: e.Place, From: e.From, WAMID: e.WAMID, At: e.At, Content: e.Content, ReplyTo: e.ReplyTo})
	case wa.Reacted:
		return a.reacted(ctx, n, e)
	case wa.Edited:
		return a.edited(ctx, n, e)
	case wa.Revoked:
		return a.revoked(n, e), nil
	case wa.StatusReported:
		return a.reported(ctx, n, e)
	case wa.SystemNoticed:
		return a.systemNoticed(ctx, n, e)
	case wa.ContactChanged:
		return a.contactChanged(ctx, n, e)
	case wa.PreferenceChanged:
		return a.preferenceChanged(ctx, n, e)
	case wa.HistoryChunk, wa.HistoryMedia:
		return a.file(n, d, l.item), nil
	case wa.AccountChanged:
		return a.accountChanged(ctx, e)
	case wa.NumberChanged:
		return a.noticed("number_changed", wa.NumberChangedKind, n, wa.Facts{HappenedAt: e.At, Event: e.Event, Field: e.Field, Reason: e.Limit}, e.Raw), nil
	case wa.TemplateChanged:
		return a.noticed("template_changed", wa.TemplateChangedKind, n, wa.Facts{HappenedAt: e.At, Event: e.Event, Field: e.Field}, e.Raw), nil
	case wa.HistoryDeclined:
		return a.noticed("history_declined", wa.HistoryDeclinedKind, n, wa.Facts{Event: "declined", Field: "history", Code: e.Code}, e.Raw), nil
	case wa.Errored:
		return a.noticed("errored", wa.ErrorReported, n, wa.Facts{Event: e.Title, Field: "messages", Code: e.Code}, e.Raw), nil
	case wa.Unknown:
		return a.noticed("unknown", wa.UnknownKept, n, wa.Facts{Event: e.Reason, Field: e.Field, Reason: e.Reason}, e.Raw), nil
	}
	return fate{}, fmt.Errorf("an event type nobody applies: %T", l.ev)
}

// file puts a part of the history into its own lane.
func (a *applier) file(n wa.NumberID, d wa.DeliveryID, item int) fate {
	a.waiting = append(a.waiting, []any{string(a.b), "inb_" + string(d) + "_" + fmt.Sprintf("%06d", item), "history", "waiting", string(d), item})
	a.filed++
	return applied
}

// entry adds an entry to the journal of this transaction.
func (a *applier) entry(k wa.Kind, n wa.NumberID, c *contactRow, cv *convRow, m *msgRow, f wa.Facts) {
	e := wa.Entry{Kind: k, Number: n, Facts: f}
	if c != nil {
		e.Contact = c.id
	}
	if cv != nil {
		e.Conversation, e.Contact, e.Number = cv.id, cv.contact, cv.number
	}
	if m != nil {
		e.Message = m.id
		if cv == nil {
			e.Conversation, e.Contact = m.conversation, m.contact
		}
	}
	a.entries = append(a.entries, e)
}
