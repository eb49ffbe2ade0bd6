package store

import (
	"context"
	"encoding/json"
	"fmt"

	"wasl/internal/wa"
)

// recordReaction puts an accepted reaction of ours beside those of customers
// and of the phone, under the WAMID Meta gave it. When it was written decides
// which of several is shown, so the message's own time counts.
func (t *tx) recordReaction(ctx context.Context, b wa.BusinessID, msg wa.MessageID, s sentItem, wamid wa.WAMID) error {
	var content string
	var at int64
	err := t.row(ctx, `SELECT m.at, c.content FROM message m
		JOIN message_body c ON c.business_id = m.business_id AND c.message_id = m.id
		WHERE m.business_id = $1 AND m.id = $2`, []any{string(b), string(msg)}, &at, &content)
	if err != nil {
		return fmt.Errorf("read reaction: %w", err)
	}
	var c struct {
		Reaction struct {
			MessageID string `json:"message_id"`
			Emoji     string `json:"emoji"`
		} `json:"reaction"`
	}
	if err := json.Unmarshal([]byte(content), &c); err != nil {
		return fmt.Errorf("read reaction %s: %w", msg, err)
	}
	_, err = t.exec(ctx, `INSERT INTO reaction (business_id, number_id, target, reaction_wamid, contact_id, side, at, emoji)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		string(b), string(s.number), c.Reaction.MessageID, string(wamid), string(s.contact), string(wa.Business), at, c.Reaction.Emoji)
	if err != nil {
		return fmt.Errorf("record reaction: %w", err)
	}
	return nil
}
