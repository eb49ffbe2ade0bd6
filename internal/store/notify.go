package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"wasl/internal/clock"
)

// Wakes between processes are hints, sent at most every few milliseconds and
// outside of any transaction that matters; polling is the truth. They exist
// where several processes share a database.
const (
	wakeChannel = "wasl_wake"
	wakePause   = 20 * time.Millisecond
	wakeBytes   = 7000 // PostgreSQL carries at most 8000
)

// RunWakes passes this process's wakes on to the others and theirs on to it,
// until ctx is done. With a database of one process it only waits.
func (db *DB) RunWakes(ctx context.Context, log *slog.Logger) error {
	if db.single != nil {
		<-ctx.Done()
		return nil
	}
	db.wakes.share()
	var sending sync.WaitGroup
	sending.Go(func() { db.sendWakes(ctx, log) })
	defer sending.Wait()
	for ctx.Err() == nil {
		err := db.hearWakes(ctx)
		if ctx.Err() == nil {
			log.Warn("wakes of other processes not heard, polling goes on", "err", err)
			if clock.Sleep(ctx, time.Second) != nil {
				return nil
			}
		}
	}
	return nil
}

// hearWakes listens on a connection of its own until that breaks.
func (db *DB) hearWakes(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, db.url)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+wakeChannel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		from, topics, _ := strings.Cut(n.Payload, "\n")
		if from == db.node {
			continue
		}
		for _, topic := range strings.Split(topics, "\n") {
			db.wakeHere(topic)
		}
	}
}

// sendWakes tells the other processes which topics were woken here.
func (db *DB) sendWakes(ctx context.Context, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-db.wakes.more:
		}
		for _, payload := range payloads(db.node, db.wakes.take()) {
			_, err := db.pool.ExecContext(ctx, "SELECT pg_notify($1, $2)", wakeChannel, payload)
			if err != nil && !errors.Is(err, context.Canceled) {
				log.Warn("wakes not sent to other processes, they poll", "err", err)
			}
		}
		if clock.Sleep(ctx, wakePause) != nil {
			return
		}
	}
}

// payloads packs topics into as few notifications as they fit.
func payloads(node string, topics []string) []string {
	var out []string
	var b strings.Builder
	for _, t := range topics {
		if b.Len() > 0 && b.Len()+len(t)+1 > wakeBytes {
			out = append(out, b.String())
			b.Reset()
		}
		if b.Len() == 0 {
			b.WriteString(node)
		}
		b.WriteString("\n" + t)
	}
	if b.Len() > 0 {
		out = append(out, b.String())
	}
	return out
}
