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
	"wasl/internal/policy"
	"wasl/internal/wa"
)

// facts gathers what the policy looks at for a draft to a contact. The epoch of
// the draft is the caller's to fill in.
func (t *tx) facts(ctx context.Context, d wa.Draft, now time.Time, c *contactRow, cv *convRow) (policy.Facts, error) {
	f := policy.Facts{
		Now: now, Window: wa.Window{OpenedAt: clock.FromMicros(cv.openedAt)},
		HeldUntil: clock.FromMicros(cv.handlerUntil), Epoch: cv.handlerEpoch,
	}
	if cv.handler == "" {
		f.HeldUntil = time.Time{}
	}
	if c.marketing == "out" {
		f.OptedOutAt = clock.FromMicros(c.marketingAt)
		if c.marketingAt == 0 {
			f.OptedOutAt = time.UnixMicro(1)
		}
	}
	err := t.row(ctx, "SELECT stage, stopped FROM number WHERE business_id = $1 AND id = $2",
		[]any{string(d.Business), string(cv.number)}, &f.Stage, &f.Stopped)
	if errors.Is(err, sql.ErrNoRows) {
		return f, outbox.ErrNumberUnknown
	}
	if err != nil {
		return f, fmt.Errorf("read number: %w", err)
	}
	if d.Kind == wa.SendMessage || d.ReplyTo == "" {
		return f, nil
	}
	var at int64
	err = t.row(ctx, "SELECT at FROM message WHERE business_id = $1 AND number_id = $2 AND wamid = $3",
		[]any{string(d.Business), string(cv.number), string(d.ReplyTo)}, &at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return f, fmt.Errorf("read target: %w", err)
	}
	f.TargetAt = clock.FromMicros(at)
	return f, nil
}

// recipient is how a contact is addressed: by phone number or, if we do not know
// it, by business-scoped user id, which Meta takes in a field of its own (L29).
func (t *tx) recipient(ctx context.Context, b wa.BusinessID, c *contactRow) (phone, bsuid string, err error) {
	if c.phone != "" {
		return c.phone, "", nil
	}
	rows, err := t.query(ctx, "SELECT natural_key FROM identity WHERE business_id = $1 AND contact_id = $2 ORDER BY natural_key DESC",
		string(b), string(c.id))
	err = each(rows, err, func(r *sql.Rows) error {
		var key string
		if err := r.Scan(&key); err != nil {
			return err
		}
		switch kind, value, _ := strings.Cut(key, ":"); kind {
		case "phone":
			phone = value
		case "bsuid":
			bsuid = value
		}
		return nil
	})
	if err != nil {
		return "", "", fmt.Errorf("read identities: %w", err)
	}
	if phone != "" {
		bsuid = ""
	}
	if phone == "" && bsuid == "" {
		return "", "", outbox.ErrUnreachable
	}
	return phone, bsuid, nil
}
