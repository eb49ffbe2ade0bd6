package store

import (
	"context"
	"fmt"

	"wasl/internal/id"
)

// BenchInserts writes, for each body of all, the rows that keeping and applying one
// message writes, in batches and with nothing asked or checked. It is a
// yardstick for benchmarks: how fast this database takes these rows at best.
func (db *DB) BenchInserts(ctx context.Context, all [][]byte, batch int) error {
	n := 0
	for len(all) > 0 {
		part := all[:min(batch, len(all))]
		all = all[len(part):]
		err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
			var deliveries, bodies, messages, texts, entries [][]any
			for _, body := range part {
				n++
				msg, wamid := id.New("msg"), fmt.Sprintf("wamid.HBgMOTY2NTAwMDAwMDAxFQIAEhgUM0E5OTg4Nzc2NjU1%08d", n)
				deliveries = append(deliveries, []any{id.New("dlv"), db.node, n, "bench", body[:32], len(body), "split"})
				bodies = append(bodies, []any{deliveries[len(deliveries)-1][0], body})
				messages = append(messages, []any{
					"biz_bench", msg, "num_bench", id.New("con"), id.New("cnt"), wamid, "in", "customer", "live", "text", "received", n,
					"", "", "", 0, 0, 0, "", "",
				})
				texts = append(texts, []any{"biz_bench", msg, string(body[len(body)-220:]), "text"})
				entries = append(entries, []any{"biz_bench", n, n, "message.received", "num_bench", "cnt", "con", msg, `{"type":"text"}`})
			}
			for _, r := range []struct {
				head string
				rows [][]any
			}{
				{"INSERT INTO delivery (id, node, received_at, app, sha256, size, state)", deliveries},
				{"INSERT INTO delivery_body (delivery_id, body)", bodies},
				{"INSERT INTO message (business_id, " + msgColumns + ")", messages},
				{"INSERT INTO message_body (business_id, message_id, content, text)", texts},
				{"INSERT INTO journal (business_id, seq, at, kind, number_id, contact_id, conversation_id, message_id, facts)", entries},
			} {
				if _, err := t.insertRows(ctx, r.head, "", r.rows); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
