package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"wasl/internal/chatimport"
	"wasl/internal/clock"
	"wasl/internal/ingest"
	"wasl/internal/journal"
	"wasl/internal/wa"
)

// Term is how long others see a node's counter unchanged, on their own clock,
// before they count it as dead.
const Term = 10 * time.Second

// nodes is what this node knows of the others. Its mutex guards the rest.
type nodes struct {
	mu     sync.Mutex
	looked time.Time // when it last looked
	beats  map[string]int64
	moved  map[string]time.Time // when the counter was last seen to move
	dead   map[string]bool
}

// Join makes this node known, and raises the epoch of everything it owned in an
// earlier life, so that what that life left on the road cannot act any more.
func (db *DB) Join(ctx context.Context) error {
	now := clock.Micros(clock.Now())
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
		_, err := t.exec(ctx, "UPDATE node SET stopped_at = $2 WHERE id = $1", db.node, clock.Micros(clock.Now()))
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
	var sightings []sighting
	rows, err := db.query(ctx, "SELECT id, beat, stopped_at FROM node WHERE id <> $1", db.node)
	err = each(rows, err, func(r *sql.Rows) error {
		var s sighting
		err := r.Scan(&s.node, &s.beat, &s.stopped)
		sightings = append(sightings, s)
		return err
	})
	if err != nil {
		return fmt.Errorf("read nodes: %w", err)
	}
	dead, died := db.others.see(sightings, clock.Now())
	for _, id := range died {
		log.Warn("node is gone, its work is taken over", "node", id)
	}
	if len(dead) == 0 {
		return nil
	}
	if err := db.adopt(ctx, dead); err != nil {
		return err
	}
	if len(died) > 0 {
		for _, topic := range []string{ingest.TopicHistory, journal.TopicReact, TopicSend, chatimport.Topic} {
			db.wakeHere(topic)
		}
	}
	return nil
}

// sighting is what a look at another node's row showed.
type sighting struct {
	node    string
	beat    int64
	stopped int64 // when it said that it stops; 0 while it lives
}

// see notes what a look showed, and returns the nodes that are dead and those
// of them that have died just now. What counts is how long a counter was seen
// not to move: after a time in which nobody could look, as when the database was
// away, the others could not write either, and get a whole term again.
func (n *nodes) see(sightings []sighting, now time.Time) (dead, died []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.beats == nil {
		n.beats, n.moved, n.dead = map[string]int64{}, map[string]time.Time{}, map[string]bool{}
	}
	blind := now.Sub(n.looked) > Term/2
	n.looked = now
	for _, s := range sightings {
		if old, ok := n.beats[s.node]; !ok || old != s.beat {
			n.beats[s.node], n.moved[s.node], n.dead[s.node] = s.beat, now, false
		} else if blind {
			n.moved[s.node] = now
		}
		if !n.dead[s.node] && (s.stopped > 0 || now.Sub(n.moved[s.node]) >= Term) {
			n.dead[s.node] = true
			died = append(died, s.node)
		}
		if n.dead[s.node] {
			dead = append(dead, s.node)
		}
	}
	return dead, died
}

func (n *nodes) isDead(id string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dead[id]
}

// adopt takes over the deliveries that dead nodes had kept but not applied. It is
// done again and again while they are dead: one of them may have kept something
// when it was already given up, or the time before have failed.
func (db *DB) adopt(ctx context.Context, dead []string) error {
	var one int
	err := db.row(ctx, "SELECT 1 FROM delivery WHERE state = 'kept' AND "+db.d.in("node", 1)+" LIMIT 1", []any{db.d.list(dead)}, &one)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for deliveries of dead nodes: %w", err)
	}
	err = db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE delivery SET node = $2 WHERE state = 'kept' AND "+t.d.in("node", 1), t.d.list(dead), db.node)
		return err
	})
	if err != nil {
		return fmt.Errorf("adopt deliveries: %w", err)
	}
	db.wakeHere(ingest.TopicKept)
	return nil
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
