package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"wasl/internal/clock"
	"wasl/internal/wa"
)

// Term is how long others see a node's counter unchanged, on their own clock,
// before they count it as dead.
const Term = 10 * time.Second

// nodes is what this node knows of the others. Its mutex guards the maps.
type nodes struct {
	mu    sync.Mutex
	beats map[string]int64
	moved map[string]time.Time // when the counter was last seen to move
	dead  map[string]bool
}

// Join makes this node known, and raises the epoch of everything it owned in an
// earlier life, so that what that life left on the road cannot act any more.
func (db *DB) Join(ctx context.Context) error {
	now := micros(clock.Now())
	return db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO node (id, beat, started_at) VALUES ($1, 1, $2)
			ON CONFLICT (id) DO UPDATE SET beat = node.beat + 1, started_at = $2, stopped_at = 0`, db.node, now)
		if err != nil {
			return fmt.Errorf("join: %w", err)
		}
		_, err = t.exec(ctx, "UPDATE assignment SET epoch = epoch + 1 WHERE node = $1", db.node)
		return err
	})
}

// RunNode beats and watches the other nodes until ctx is done; then it says that
// it has stopped, so that others need not wait a term.
func (db *DB) RunNode(ctx context.Context, log *slog.Logger) error {
	for clock.Sleep(ctx, Term/4) == nil {
		if err := db.beat(ctx); err != nil && ctx.Err() == nil {
			log.Error("heartbeat of this node not written", "err", err)
			continue
		}
		if err := db.watch(ctx, log); err != nil && ctx.Err() == nil {
			log.Error("other nodes not seen", "err", err)
		}
	}
	return db.write(context.WithoutCancel(ctx), live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE node SET stopped_at = $2 WHERE id = $1", db.node, micros(clock.Now()))
		return err
	})
}

func (db *DB) beat(ctx context.Context) error {
	return db.write(ctx, background, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE node SET beat = beat + 1 WHERE id = $1", db.node)
		return err
	})
}

// watch looks at every node's counter and takes over what dead ones had kept.
func (db *DB) watch(ctx context.Context, log *slog.Logger) error {
	now := clock.Now()
	var died []string
	rows, err := db.query(ctx, "SELECT id, beat, stopped_at FROM node WHERE id <> $1", db.node)
	err = each(rows, err, func(r *sql.Rows) error {
		var id string
		var beat, stopped int64
		if err := r.Scan(&id, &beat, &stopped); err != nil {
			return err
		}
		if db.others.see(id, beat, stopped > 0, now) {
			died = append(died, id)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read nodes: %w", err)
	}
	for _, id := range died {
		log.Warn("node is gone, its deliveries are taken over", "node", id)
		if err := db.adopt(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// see notes a node's counter and reports whether it has just died.
func (n *nodes) see(id string, beat int64, stopped bool, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.beats == nil {
		n.beats, n.moved, n.dead = map[string]int64{}, map[string]time.Time{}, map[string]bool{}
	}
	if old, ok := n.beats[id]; !ok || old != beat {
		n.beats[id], n.moved[id] = beat, now
		n.dead[id] = false
	}
	if n.dead[id] || !stopped && now.Sub(n.moved[id]) < Term {
		return false
	}
	n.dead[id] = true
	return true
}

func (n *nodes) isDead(id string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dead[id]
}

// adopt takes over the deliveries a dead node had kept but not applied.
func (db *DB) adopt(ctx context.Context, id string) error {
	return db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE delivery SET node = $2 WHERE node = $1 AND state = 'kept'", id, db.node)
		return err
	})
}

// Claim returns the epoch under which this node owns the Business: it takes one
// that nobody owns, or whose owner is dead. The epoch only grows, and grows only
// when the owner changes.
func (db *DB) Claim(ctx context.Context, b wa.BusinessID) (epoch int64, ok bool, err error) {
	err = db.write(ctx, live, func(ctx context.Context, t *tx) error {
		var owner string
		err := t.row(ctx, "SELECT node, epoch FROM assignment WHERE business_id = $1"+t.d.lockRow(), []any{string(b)}, &owner, &epoch)
		if errors.Is(err, sql.ErrNoRows) {
			epoch = 1
			var n int64
			n, err = t.exec(ctx, "INSERT INTO assignment (business_id, node, epoch) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING", string(b), db.node)
			ok = n == 1
			return err
		}
		if err != nil || owner == db.node {
			ok = err == nil
			return err
		}
		if !db.others.isDead(owner) {
			return nil
		}
		epoch++
		ok = true
		_, err = t.exec(ctx, "UPDATE assignment SET node = $2, epoch = $3 WHERE business_id = $1", string(b), db.node, epoch)
		return err
	})
	if err != nil {
		return 0, false, fmt.Errorf("claim business: %w", err)
	}
	return epoch, ok, nil
}
