package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"wasl/internal/clock"
	"wasl/internal/ingest"
	"wasl/internal/journal"
	"wasl/internal/media"
	"wasl/internal/wa"
)

var _ ingest.Store = (*DB)(nil)

// Keep makes deliveries durable in one commit.
func (db *DB) Keep(ctx context.Context, ds []ingest.Delivery) error {
	rows, bodies := make([][]any, len(ds)), make([][]any, len(ds))
	for i, d := range ds {
		rows[i] = []any{string(d.ID), db.node, clock.Micros(d.ReceivedAt), d.App, d.SHA256[:], len(d.Body), "kept"}
		bodies[i] = []any{string(d.ID), d.Body}
	}
	return db.write(ctx, acknowledging, func(ctx context.Context, t *tx) error {
		_, err := t.insertRows(ctx, "INSERT INTO delivery (id, node, received_at, app, sha256, size, state)", "", rows)
		if err == nil {
			_, err = t.insertRows(ctx, "INSERT INTO delivery_body (delivery_id, body)", "", bodies)
		}
		if err != nil {
			return fmt.Errorf("keep deliveries: %w", err)
		}
		return nil
	})
}

// keptBytes is how much of bodies is read at once: a batch of the largest
// deliveries must not fill the memory.
const keptBytes = 16 << 20

// errEnough ends the reading of rows early.
var errEnough = errors.New("enough")

// Kept returns deliveries that are kept but not yet applied, oldest first and
// later than after: at most limit, and no further one once their bodies come to
// keptBytes.
func (db *DB) Kept(ctx context.Context, after wa.DeliveryID, limit int) ([]ingest.Delivery, error) {
	var out []ingest.Delivery
	size := 0
	rows, err := db.query(ctx, `SELECT d.id, d.received_at, d.app, b.body FROM delivery d JOIN delivery_body b ON b.delivery_id = d.id
		WHERE d.state = 'kept' AND d.node = $1 AND d.id > $2 ORDER BY d.id LIMIT $3`, db.node, string(after), limit)
	err = each(rows, err, func(r *sql.Rows) error {
		var d ingest.Delivery
		var at int64
		if err := r.Scan(&d.ID, &at, &d.App, &d.Body); err != nil {
			return err
		}
		d.ReceivedAt = clock.FromMicros(at)
		out = append(out, d)
		if size += len(d.Body); size >= keptBytes {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("read kept deliveries: %w", err)
	}
	return out, nil
}

// SetAside marks a delivery as one that cannot be applied.
func (db *DB) SetAside(ctx context.Context, id wa.DeliveryID, reason string) error {
	return db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE delivery SET state = 'parked', reason = $2 WHERE id = $1", string(id), reason)
		return err
	})
}

// exception is what the row of a delivery says about an item that was not
// simply applied. It names positions and reasons, never content.
type exception struct {
	Item     int    `json:"item"`
	Field    string `json:"field,omitempty"`
	Kind     string `json:"kind"`  // event type, or the oddity's kind
	State    string `json:"state"` // parked, conflict, noted
	Reason   string `json:"reason"`
	Business string `json:"business_id,omitempty"`
}

// tally is what became of one delivery's items.
type tally struct {
	items, applied, duplicates, parked, unknown int
	exceptions                                  []exception
}

// fate is what became of one event.
type fate struct {
	state    string // applied, duplicate, parked, conflict
	reason   string
	business wa.BusinessID
}

var (
	applied   = fate{state: "applied"}
	duplicate = fate{state: "duplicate"}
	conflict  = fate{state: "conflict", reason: "same_wamid_other_content"}
)

func parkedBecause(reason string) fate { return fate{state: "parked", reason: reason} }

func (ty *tally) count(item int, ev wa.Event, f fate) {
	ty.items++
	switch f.state {
	case "applied":
		ty.applied++
	case "duplicate":
		ty.duplicates++
	default:
		ty.parked++
		field := ""
		if u, ok := ev.(wa.Unknown); ok {
			field = u.Field
		}
		ty.exceptions = append(ty.exceptions, exception{Item: item, Field: field, Kind: kindOf(ev), State: f.state, Reason: f.reason, Business: string(f.business)})
	}
}

// state is the delivery's: parked wins over unknown over split.
func (ty *tally) state() string {
	switch {
	case ty.parked > 0:
		return "parked"
	case ty.unknown > 0:
		return "unknown"
	}
	return "split"
}

// located is an event with the Business it belongs to and its place in the
// batch.
type located struct {
	ev     wa.Event
	at     place
	parcel int // index of its delivery
	item   int // index within the delivery
}

// Apply applies everything parsed and marks the deliveries done, in one
// transaction. Applied twice, it changes nothing.
func (db *DB) Apply(ctx context.Context, now time.Time, ps []ingest.Parsed) ([]wa.BusinessID, error) {
	for try := 1; ; try++ {
		grown, err := db.applyOnce(ctx, now, ps)
		// Two transactions met the same new person or message at the same moment:
		// the second time the other's rows are there to be found.
		if err == nil || try == writeTries || !db.d.duplicate(err) {
			return grown, err
		}
	}
}

func (db *DB) applyOnce(ctx context.Context, now time.Time, ps []ingest.Parsed) ([]wa.BusinessID, error) {
	noted := make([]tally, len(ps))
	order, groups, err := db.locate(ctx, ps, noted)
	if err != nil {
		return nil, err
	}
	var grown []wa.BusinessID
	var history, resumed bool
	var files []media.Lane
	err = db.write(ctx, live, func(ctx context.Context, t *tx) error {
		grown, history, resumed, files = nil, false, false, nil
		tallies := slices.Clone(noted)
		for i := range tallies {
			tallies[i].exceptions = slices.Clone(noted[i].exceptions)
		}
		for _, b := range order {
			a := newApplier(db, t, b, now)
			if err := a.run(ctx, ps, groups[b], tallies); err != nil {
				return fmt.Errorf("apply to business %s: %w", b, err)
			}
			if len(a.entries) > 0 {
				grown = append(grown, b)
			}
			history = history || a.filed > 0
			resumed = resumed || a.resumed
			files = append(files, a.files...)
		}
		return markDone(ctx, t, ps, tallies)
	})
	if err != nil {
		return nil, err
	}
	db.grew(grown...)
	if history {
		db.Wake(ingest.TopicHistory)
	}
	if resumed {
		db.Wake(TopicSend)
	}
	db.wakeFiles(files)
	return grown, nil
}

// grew wakes whoever follows the journals of Businesses.
func (db *DB) grew(bs ...wa.BusinessID) {
	for _, b := range bs {
		db.Wake(TopicJournal(b))
	}
	if len(bs) > 0 {
		db.Wake(journal.TopicReact)
	}
}

// TopicJournal is woken when a Business's journal has grown.
func TopicJournal(b wa.BusinessID) string { return "journal:" + string(b) }

// locate finds each event's Business; what belongs to nobody we know is parked.
// Businesses come in the order of their ids, so that two transactions never
// wait for each other's counters.
func (db *DB) locate(ctx context.Context, ps []ingest.Parsed, tallies []tally) ([]wa.BusinessID, map[wa.BusinessID][]located, error) {
	groups := map[wa.BusinessID][]located{}
	for i, p := range ps {
		for _, o := range p.Odd {
			tallies[i].unknown++
			tallies[i].exceptions = append(tallies[i].exceptions, exception{Item: o.Item, Field: o.Field, Kind: o.Kind, State: "noted", Reason: o.What})
		}
		for item, ev := range p.Events {
			at, reason, err := db.owner(ctx, placeOf(ev))
			if err != nil {
				return nil, nil, err
			}
			if at.business == "" {
				tallies[i].count(item, ev, parkedBecause(reason))
				continue
			}
			groups[at.business] = append(groups[at.business], located{ev: ev, at: at, parcel: i, item: item})
		}
	}
	return sortedBusinesses(groups), groups, nil
}

// owner says whose an event is: the phone number id decides, and only where
// there is none the WABA. A path or another id in the body never does (T6).
func (db *DB) owner(ctx context.Context, p wa.Place) (place, string, error) {
	if p.PhoneNumberID != "" {
		at, ok, err := db.findNumber(ctx, p.PhoneNumberID)
		if err != nil || ok {
			return at, "", err
		}
		return place{}, "number_unknown", nil
	}
	b, ok, err := db.findWABA(ctx, p.WABAID)
	if err != nil || ok {
		return place{business: b}, "", err
	}
	return place{}, "waba_unknown", nil
}

// markDone writes each delivery's tally. Deliveries in which nothing was odd
// share one statement.
func markDone(ctx context.Context, t *tx, ps []ingest.Parsed, tallies []tally) error {
	plain := map[[3]int][]string{}
	for i, ty := range tallies {
		if len(ty.exceptions) == 0 {
			k := [3]int{ty.items, ty.applied, ty.duplicates}
			plain[k] = append(plain[k], string(ps[i].ID))
			continue
		}
		raw, err := json.Marshal(ty.exceptions)
		if err != nil {
			return fmt.Errorf("write exceptions: %w", err)
		}
		_, err = t.exec(ctx, `UPDATE delivery SET state = $2, items = $3, applied = $4, duplicates = $5, parked = $6, unknown = $7, exceptions = $8, reason = ''
			WHERE id = $1`, string(ps[i].ID), ty.state(), ty.items, ty.applied, ty.duplicates, ty.parked, ty.unknown, string(raw))
		if err != nil {
			return fmt.Errorf("mark delivery: %w", err)
		}
	}
	for k, ids := range plain {
		_, err := t.exec(ctx, `UPDATE delivery SET state = 'split', items = $2, applied = $3, duplicates = $4, parked = 0, unknown = 0, exceptions = '[]', reason = ''
			WHERE `+t.d.in("id", 1), t.d.list(ids), k[0], k[1], k[2])
		if err != nil {
			return fmt.Errorf("mark deliveries: %w", err)
		}
	}
	return nil
}

// Replay marks every parked delivery to be understood anew, and waiting
// fragments of history with them. It returns how many deliveries it was.
func (db *DB) Replay(ctx context.Context) (n int64, err error) {
	err = db.write(ctx, background, func(ctx context.Context, t *tx) error {
		n, err = t.exec(ctx, "UPDATE delivery SET state = 'kept', node = $1 WHERE state = 'parked'", db.node)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("replay parked deliveries: %w", err)
	}
	db.Wake(ingest.TopicKept)
	return n, nil
}
