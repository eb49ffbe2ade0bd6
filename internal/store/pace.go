package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"wasl/internal/clock"
	"wasl/internal/outbox"
	"wasl/internal/pacer"
	"wasl/internal/policy"
	"wasl/internal/wa"
)

// DueNumbers implements [outbox.Queue]. The list goes by Business and Number, so
// that its last one is where the next list begins.
func (db *DB) DueNumbers(ctx context.Context, now time.Time, after outbox.Work, limit int) ([]outbox.Work, time.Time, error) {
	var list []outbox.Work
	rows, err := db.query(ctx, `SELECT business_id, work, at FROM due
		WHERE work >= $1 AND work < $2 AND at <= $3 AND (business_id > $4 OR business_id = $4 AND work > $5)
		ORDER BY business_id, work LIMIT $6`,
		sendPrefix, sendEnd, clock.Micros(now), string(after.Business), sendWork(after.Number), limit)
	err = each(rows, err, func(r *sql.Rows) error {
		var w outbox.Work
		var work string
		var at int64
		err := r.Scan(&w.Business, &work, &at)
		w.Number, w.At = wa.NumberID(strings.TrimPrefix(work, sendPrefix)), clock.FromMicros(at)
		list = append(list, w)
		return err
	})
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read due numbers: %w", err)
	}
	var next int64
	err = db.row(ctx, "SELECT COALESCE(MIN(at), 0) FROM due WHERE work >= $1 AND work < $2 AND at > $3", []any{sendPrefix, sendEnd, clock.Micros(now)}, &next)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read next due number: %w", err)
	}
	return list, clock.FromMicros(next), nil
}

// sendEnd is the first word after every [sendWork].
const sendEnd = "send0"

// released bounds how many held items one transaction queues again.
const released = 500

// OpenNumber implements [outbox.Queue].
func (db *DB) OpenNumber(ctx context.Context, o outbox.Opening) (outbox.Number, error) {
	var out outbox.Number
	b, n, now := o.Business, o.Number, o.Now
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		if err := t.own(ctx, b, o.Epoch); err != nil {
			return err
		}
		var stage policy.Stage
		var stopped string
		var cool int64
		err := t.row(ctx, "SELECT mode, country, mps, stage, stopped, cool_until FROM number WHERE business_id = $1 AND id = $2",
			[]any{string(b), string(n)}, &out.Mode, &out.Country, &out.MPS, &stage, &stopped, &cool)
		if errors.Is(err, sql.ErrNoRows) {
			return t.forgetNumber(ctx, b, n)
		}
		if err != nil {
			return fmt.Errorf("read number: %w", err)
		}
		out.CoolUntil = clock.FromMicros(cool)
		// A disconnected Number is not idle: what waits is refused, one by one.
		out.Idle = stage == policy.Suspended || stopped != ""
		entries, err := t.recover(ctx, o, &out)
		if err != nil {
			return err
		}
		if !out.Idle {
			more, err := t.release(ctx, b, n)
			if err != nil {
				return err
			}
			entries = append(entries, more...)
		}
		if err := t.readPermits(ctx, b, n, &out, now); err != nil {
			return err
		}
		return t.append(ctx, b, now, entries)
	})
	if errors.Is(err, ErrNotOwner) {
		return outbox.Number{}, outbox.ErrNotOwner
	}
	if err != nil {
		return outbox.Number{}, fmt.Errorf("open number: %w", err)
	}
	db.grew(b)
	return out, nil
}

// forgetNumber drops the due work of a Number that does not exist.
func (t *tx) forgetNumber(ctx context.Context, b wa.BusinessID, n wa.NumberID) error {
	_, err := t.exec(ctx, "DELETE FROM due WHERE bucket = $1 AND business_id = $2 AND work = $3", bucket(b), string(b), sendWork(n))
	return err
}

// recover puts in doubt what an earlier owner left on the road. It may have been
// sent: nobody who lives knows (M2 is to queue it again).
func (t *tx) recover(ctx context.Context, o outbox.Opening, out *outbox.Number) ([]wa.Entry, error) {
	b, n := o.Business, o.Number
	type open struct {
		attempt, item string
		kind          wa.DraftKind
		started       int64
		lane          wa.Lane
	}
	var list []open
	rows, err := t.query(ctx, `SELECT a.id, a.item_id, i.kind, a.started_at, i.lane FROM attempt a
		JOIN outbox_item i ON i.business_id = a.business_id AND i.id = a.item_id
		WHERE a.business_id = $1 AND a.number_id = $2 AND a.outcome IS NULL ORDER BY a.id`+t.d.lockRow(), string(b), string(n))
	err = each(rows, err, func(r *sql.Rows) error {
		var x open
		err := r.Scan(&x.attempt, &x.item, &x.kind, &x.started, &x.lane)
		list = append(list, x)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read open attempts: %w", err)
	}
	var entries []wa.Entry
	for _, x := range list {
		if _, err := t.exec(ctx, "UPDATE attempt SET outcome = 'in_doubt', evidence = 'crash' WHERE business_id = $1 AND id = $2 AND outcome IS NULL",
			string(b), x.attempt); err != nil {
			return nil, fmt.Errorf("recover attempt: %w", err)
		}
		if x.kind == wa.SendRead {
			if _, err := t.finish(ctx, b, x.item, string(wa.InDoubt)); err != nil {
				return nil, err
			}
			continue
		}
		moved, err := t.exec(ctx, "UPDATE outbox_item SET state = 'in_doubt', due_at = $3 WHERE business_id = $1 AND id = $2 AND state = 'sending'",
			string(b), x.item, clock.Micros(o.AskAt(x.lane, clock.FromMicros(x.started))))
		if err != nil {
			return nil, fmt.Errorf("recover item: %w", err)
		}
		if moved == 0 {
			continue
		}
		told, err := t.show(ctx, b, wa.MessageID(x.item), wa.InDoubt, "crash", 0, "")
		if err != nil {
			return nil, err
		}
		entries = append(entries, told...)
		out.Recovered++
	}
	return entries, nil
}

// release queues again what was held while the Number could not send.
func (t *tx) release(ctx context.Context, b wa.BusinessID, n wa.NumberID) ([]wa.Entry, error) {
	var items []string
	rows, err := t.query(ctx, "SELECT id FROM outbox_item WHERE business_id = $1 AND number_id = $2 AND state = 'held' ORDER BY order_at, id LIMIT $3",
		string(b), string(n), released)
	err = each(rows, err, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		items = append(items, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read held items: %w", err)
	}
	var entries []wa.Entry
	for _, id := range items {
		var kind wa.DraftKind
		err := t.row(ctx, "UPDATE outbox_item SET state = 'queued', reason = '' WHERE business_id = $1 AND id = $2 AND state = 'held' RETURNING kind",
			[]any{string(b), id}, &kind)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("release item: %w", err)
		}
		if kind == wa.SendRead {
			continue
		}
		told, err := t.show(ctx, b, wa.MessageID(id), wa.Queued, "", 0, "")
		if err != nil {
			return nil, err
		}
		entries = append(entries, told...)
	}
	return entries, nil
}

// readPermits reads the permits that may still be taken, and the pairs that were
// written to or cooled lately.
func (t *tx) readPermits(ctx context.Context, b wa.BusinessID, n wa.NumberID, out *outbox.Number, now time.Time) error {
	rows, err := t.query(ctx, "SELECT conversation_id, started_at, free_at FROM attempt WHERE business_id = $1 AND number_id = $2 AND free_at > $3",
		string(b), string(n), clock.Micros(now.Add(-pairMemory)))
	err = each(rows, err, func(r *sql.Rows) error {
		var p pacer.Permit
		var started, free int64
		err := r.Scan(&p.Pair, &started, &free)
		p.Started, p.Free = clock.FromMicros(started), clock.FromMicros(free)
		out.Permits = append(out.Permits, p)
		return err
	})
	if err != nil {
		return fmt.Errorf("read permits: %w", err)
	}
	rows, err = t.query(ctx, "SELECT conversation_id, cool_until FROM pair_cooling WHERE business_id = $1 AND number_id = $2 AND cool_until > $3",
		string(b), string(n), clock.Micros(now))
	err = each(rows, err, func(r *sql.Rows) error {
		var c wa.ConversationID
		var until int64
		err := r.Scan(&c, &until)
		if out.Pairs == nil {
			out.Pairs = map[wa.ConversationID]time.Time{}
		}
		out.Pairs[c] = clock.FromMicros(until)
		return err
	})
	if err != nil {
		return fmt.Errorf("read cooled pairs: %w", err)
	}
	return nil
}

// pairMemory is how far back attempts can still matter to a pair: longer than
// any burst takes to be paid back.
const pairMemory = 2 * time.Minute

// Waiting implements [outbox.Queue].
func (db *DB) Waiting(ctx context.Context, l outbox.Look) ([]outbox.Item, error) {
	query := `SELECT id, conversation_id, kind, due_at, attempts FROM outbox_item
		WHERE business_id = $1 AND number_id = $2 AND lane = $3 AND state = 'queued' AND order_at <= $4`
	args := []any{string(l.Business), string(l.Number), string(l.Lane), clock.Micros(l.Now), l.Limit}
	if len(l.Skip) > 0 {
		skip := make([]string, len(l.Skip))
		for i, c := range l.Skip {
			skip[i] = string(c)
		}
		query += " AND NOT (" + db.d.in("conversation_id", 6) + ")"
		args = append(args, db.d.list(skip))
	}
	var out []outbox.Item
	rows, err := db.query(ctx, query+" ORDER BY order_at, id LIMIT $5", args...)
	err = each(rows, err, func(r *sql.Rows) error {
		it := outbox.Item{Business: l.Business, Number: l.Number, Lane: l.Lane}
		var due int64
		err := r.Scan(&it.ID, &it.Conversation, &it.Kind, &due, &it.Attempts)
		it.Due = clock.FromMicros(due)
		out = append(out, it)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	return out, nil
}

// AskPerson implements [outbox.Queue].
func (db *DB) AskPerson(ctx context.Context, b wa.BusinessID, n wa.NumberID, now time.Time) (int, error) {
	var asked int
	err := db.row(ctx, "SELECT COUNT(*) FROM outbox_item WHERE business_id = $1 AND number_id = $2 AND state = 'in_doubt' AND due_at <= $3",
		[]any{string(b), string(n), clock.Micros(now)}, &asked)
	if err != nil || asked == 0 {
		return 0, err
	}
	err = db.write(ctx, live, func(ctx context.Context, t *tx) error {
		asked = 0
		var items []string
		rows, err := t.query(ctx, `UPDATE outbox_item SET state = 'needs_person' WHERE business_id = $1 AND number_id = $2
			AND state = 'in_doubt' AND due_at <= $3 RETURNING id`, string(b), string(n), clock.Micros(now))
		err = each(rows, err, func(r *sql.Rows) error {
			var id string
			err := r.Scan(&id)
			items = append(items, id)
			return err
		})
		if err != nil {
			return fmt.Errorf("read doubts: %w", err)
		}
		var entries []wa.Entry
		for _, id := range items {
			told, err := t.show(ctx, b, wa.MessageID(id), wa.NeedsPerson, "", 0, "")
			if err != nil {
				return err
			}
			entries = append(entries, told...)
			asked++
		}
		return t.append(ctx, b, now, entries)
	})
	if err != nil {
		return 0, fmt.Errorf("ask for a person: %w", err)
	}
	db.grew(b)
	return asked, nil
}

// RestNumber implements [outbox.Queue].
func (db *DB) RestNumber(ctx context.Context, b wa.BusinessID, n wa.NumberID, now, notBefore time.Time) (time.Time, error) {
	var next time.Time
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		at, err := t.nextDue(ctx, b, n, notBefore)
		if err != nil || at == 0 {
			return errors.Join(err, t.forgetNumber(ctx, b, n))
		}
		next = clock.FromMicros(at)
		return t.due(ctx, b, sendWork(n), at)
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("rest number: %w", err)
	}
	return next, nil
}

// nextDue is when a Number has something to do: send what is queued, unless it
// may not, or ask a person about a doubt. 0 if never.
func (t *tx) nextDue(ctx context.Context, b wa.BusinessID, n wa.NumberID, notBefore time.Time) (int64, error) {
	// The row serialises this with whoever submits: they mark the number due last.
	if err := t.dueSend(ctx, b, n, notBefore); err != nil {
		return 0, err
	}
	var queued, doubt, held, open, cool int64
	var stage policy.Stage
	var stopped string
	err := t.row(ctx, `SELECT n.stage, n.stopped, n.cool_until,
			COALESCE((SELECT MIN(due_at) FROM outbox_item WHERE business_id = $1 AND number_id = $2 AND state = 'queued'), 0),
			COALESCE((SELECT MIN(due_at) FROM outbox_item WHERE business_id = $1 AND number_id = $2 AND state = 'in_doubt'), 0),
			(SELECT COUNT(*) FROM (SELECT 1 FROM outbox_item WHERE business_id = $1 AND number_id = $2 AND state = 'held' LIMIT 1) h),
			(SELECT COUNT(*) FROM (SELECT 1 FROM attempt WHERE business_id = $1 AND number_id = $2 AND outcome IS NULL LIMIT 1) o)
		FROM number n WHERE n.business_id = $1 AND n.id = $2`, []any{string(b), string(n)},
		&stage, &stopped, &cool, &queued, &doubt, &held, &open)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read what is due: %w", err)
	}
	next := doubt
	if stage != policy.Suspended && stopped == "" {
		if held > 0 && (queued == 0 || queued > clock.Micros(notBefore)) {
			queued = clock.Micros(notBefore)
		}
		if queued > 0 {
			queued = max(queued, cool, clock.Micros(notBefore))
		}
		next = sooner(next, queued)
	}
	if open > 0 { // of which nobody heard: it is looked at again
		next = sooner(next, clock.Micros(notBefore))
	}
	return next, nil
}

// sooner is the smaller of two times that are not 0.
func sooner(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
