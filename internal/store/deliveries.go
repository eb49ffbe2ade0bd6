package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"wasl/internal/clock"
	"wasl/internal/desk"
	"wasl/internal/wa"
)

const deliveryColumns = "SELECT id, received_at, size, state, app, items, unknown, reason, exceptions"

// Deliveries implements [desk.Operations]. Ids are made in the order of arrival.
func (db *DB) Deliveries(ctx context.Context, state string, after wa.DeliveryID, limit int) ([]desk.Delivery, error) {
	q := &question{}
	q.add(deliveryColumns, " FROM delivery WHERE 1 = 1")
	if state != "" {
		q.add(" AND state = ", q.arg(state))
	}
	if after != "" {
		q.add(" AND id < ", q.arg(string(after)))
	}
	q.add(" ORDER BY id DESC LIMIT ", q.arg(limit))
	list := []desk.Delivery{}
	rows, err := db.query(ctx, q.text.String(), q.args...)
	err = each(rows, err, func(r *sql.Rows) error {
		d, err := scanDelivery(r.Scan)
		list = append(list, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return list, nil
}

// Delivery implements [desk.Operations].
func (db *DB) Delivery(ctx context.Context, delivery wa.DeliveryID) (desk.Delivery, error) {
	var body []byte
	d, err := scanDelivery(func(dest ...any) error {
		return db.row(ctx, deliveryColumns+", body FROM delivery JOIN delivery_body ON delivery_id = id WHERE id = $1", []any{string(delivery)}, append(dest, &body)...)
	})
	if err != nil {
		return desk.Delivery{}, fmt.Errorf("read delivery: %w", missing(err))
	}
	d.Body = body
	return d, nil
}

func scanDelivery(scan func(...any) error) (desk.Delivery, error) {
	var d desk.Delivery
	var received int64
	var raw string
	if err := scan(&d.ID, &received, &d.Bytes, &d.State, &d.App, &d.Items, &d.Unknown, &d.Reason, &raw); err != nil {
		return desk.Delivery{}, err
	}
	d.ReceivedAt = clock.FromMicros(received)
	var exceptions []exception
	if err := json.Unmarshal([]byte(raw), &exceptions); err != nil {
		return desk.Delivery{}, fmt.Errorf("exceptions of delivery %s: %w", d.ID, err)
	}
	for _, x := range exceptions {
		d.Fragments = append(d.Fragments, desk.Fragment{
			Business: wa.BusinessID(x.Business), Field: x.Field, Kind: x.Kind, State: x.State, Reason: x.Reason,
		})
	}
	return d, nil
}
