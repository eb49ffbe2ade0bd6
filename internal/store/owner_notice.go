package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/notify"
	"wasl/internal/wa"
)

var _ notify.Board = (*DB)(nil)

// noticeColumns read a notice with what is known of its Number now; scanNotice reads
// what they select.
const noticeColumns = `SELECT o.id, o.kind, o.number_id, o.about, o.level, o.reason, o.at, o.until, b.name, b.time_zone,
	COALESCE(n.display, ''), COALESCE(n.stage, ''), COALESCE(n.stopped, ''), COALESCE(n.sure_at, 0), COALESCE(n.onboarded_at, 0),
	COALESCE((SELECT s.state FROM phone_sync s WHERE s.business_id = o.business_id AND s.number_id = o.number_id AND s.kind = o.about` + newestSync + `), '')`

const noticeTables = ` FROM owner_notice o JOIN business b ON b.business_id = o.business_id
	LEFT JOIN number n ON n.business_id = o.business_id AND n.id = o.number_id`

func noticeDest(b wa.BusinessID, n *notify.Notice, p *notify.Place) (dest []any, finish func()) {
	var at, until, sure, came int64
	dest = []any{
		&n.ID, &n.Kind, &n.Number, &n.About, &n.Level, &n.Reason, &at, &until, &p.Business, &p.Zone,
		&p.Number, &p.Stage, &p.Stopped, &sure, &came, &p.Sync,
	}
	return dest, func() {
		n.Business, n.At, n.Until = b, clock.FromMicros(at), clock.FromMicros(until)
		p.Signs = coexist.Signs{Sure: clock.FromMicros(sure), Came: clock.FromMicros(came)}
	}
}

// Notices implements [notify.Board].
func (db *DB) Notices(ctx context.Context, b wa.BusinessID, reader string, before notify.Mark, limit int) ([]notify.Listed, error) {
	q := &question{}
	q.add(noticeColumns, ", CASE WHEN r.at IS NULL THEN 0 ELSE 1 END", noticeTables,
		" LEFT JOIN owner_notice_read r ON r.business_id = o.business_id AND r.notice_id = o.id AND r.reader = ", q.arg(reader),
		" WHERE o.business_id = ", q.arg(string(b)))
	if before.ID != "" {
		at, tie := q.arg(clock.Micros(before.At)), q.arg(before.ID)
		q.add(" AND o.at <= ", at, " AND (o.at < ", at, " OR o.id < ", tie, ")")
	}
	q.add(" ORDER BY o.at DESC, o.id DESC LIMIT ", q.arg(limit))
	list, index := []notify.Listed{}, map[string]int{}
	rows, err := db.query(ctx, q.text.String(), q.args...)
	err = each(rows, err, func(r *sql.Rows) error {
		var x notify.Listed
		var read int64
		dest, finish := noticeDest(b, &x.Notice, &x.Place)
		if err := r.Scan(append(dest, &read)...); err != nil {
			return err
		}
		finish()
		x.Read = read != 0
		index[x.ID] = len(list)
		list = append(list, x)
		return nil
	})
	if err == nil && len(list) > 0 {
		err = db.deliveriesOf(ctx, b, list, index)
	}
	if err != nil {
		return nil, fmt.Errorf("list notices: %w", err)
	}
	return list, nil
}

// deliveriesOf adds to notices where they went.
func (db *DB) deliveriesOf(ctx context.Context, b wa.BusinessID, list []notify.Listed, index map[string]int) error {
	ids := make([]string, 0, len(list))
	for _, x := range list {
		ids = append(ids, x.ID)
	}
	rows, err := db.query(ctx, `SELECT d.notice_id, d.channel, d.recipient, d.locale, d.state, d.attempts, d.unanswered, d.reason, d.settled_at,
			d.message_id, COALESCE(m.status, '')
		FROM notice_delivery d LEFT JOIN message m ON m.business_id = d.business_id AND m.id = d.message_id
		WHERE d.business_id = $1 AND `+db.d.in("d.notice_id", 2)+" ORDER BY d.notice_id, d.channel, d.recipient", string(b), db.d.list(ids))
	return each(rows, err, func(r *sql.Rows) error {
		var id string
		var d notify.Delivery
		var settled int64
		err := r.Scan(&id, &d.Channel, &d.Recipient, &d.Locale, &d.State, &d.Attempts, &d.Unanswered, &d.Reason, &settled, &d.Message, &d.Status)
		d.SettledAt = clock.FromMicros(settled)
		x := &list[index[id]]
		x.Deliveries = append(x.Deliveries, d)
		return err
	})
}

// ReadNotice implements [notify.Board].
func (db *DB) ReadNotice(ctx context.Context, b wa.BusinessID, reader, id string, now time.Time) error {
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		if id != "" {
			var one int
			err := t.row(ctx, "SELECT 1 FROM owner_notice WHERE business_id = $1 AND id = $2", []any{string(b), id}, &one)
			if errors.Is(err, sql.ErrNoRows) {
				return notify.ErrNotFound
			}
			if err != nil {
				return err
			}
		}
		_, err := t.exec(ctx, `INSERT INTO owner_notice_read (business_id, notice_id, reader, at)
			SELECT business_id, id, $2, $3 FROM owner_notice WHERE business_id = $1 AND ($4 = '' OR id = $4)
			ON CONFLICT (business_id, notice_id, reader) DO NOTHING`, string(b), reader, clock.Micros(now), id)
		return err
	})
	if err != nil {
		return fmt.Errorf("read notice: %w", err)
	}
	return nil
}

// NoticeSettings implements [notify.Board]. Whoever has said nothing wants mail.
func (db *DB) NoticeSettings(ctx context.Context, b wa.BusinessID) (notify.Settings, error) {
	mail := int64(1)
	err := db.row(ctx, "SELECT mail FROM notice_setting WHERE business_id = $1", []any{string(b)}, &mail)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return notify.Settings{}, fmt.Errorf("read settings of notices: %w", err)
	}
	s := notify.Settings{Mail: mail != 0, Private: []notify.Private{}}
	rows, err := db.query(ctx, `SELECT number_id, phone, template, language, sender FROM notice_private
		WHERE business_id = $1 ORDER BY number_id`, string(b))
	err = each(rows, err, func(r *sql.Rows) error {
		var p notify.Private
		err := r.Scan(&p.Number, &p.Phone, &p.Template, &p.Language, &p.Sender)
		s.Private = append(s.Private, p)
		return err
	})
	if err != nil {
		return s, fmt.Errorf("read private numbers: %w", err)
	}
	return s, nil
}

// PutNoticeSettings implements [notify.Board].
func (db *DB) PutNoticeSettings(ctx context.Context, b wa.BusinessID, s notify.Settings) error {
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO notice_setting (business_id, mail) VALUES ($1, $2)
			ON CONFLICT (business_id) DO UPDATE SET mail = EXCLUDED.mail`, string(b), flag(s.Mail))
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, "DELETE FROM notice_private WHERE business_id = $1", string(b)); err != nil {
			return err
		}
		for _, p := range s.Private {
			for _, n := range []wa.NumberID{p.Number, p.Sender} {
				var one int
				err := t.row(ctx, "SELECT 1 FROM number WHERE business_id = $1 AND id = $2", []any{string(b), string(n)}, &one)
				if errors.Is(err, sql.ErrNoRows) {
					return notify.ErrNotFound
				}
				if err != nil {
					return err
				}
			}
			_, err := t.exec(ctx, `INSERT INTO notice_private (business_id, number_id, phone, template, language, sender)
				VALUES ($1, $2, $3, $4, $5, $6)`, string(b), string(p.Number), p.Phone, p.Template, p.Language, string(p.Sender))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write settings of notices: %w", err)
	}
	return nil
}

// LocaleOf implements [notify.Board].
func (db *DB) LocaleOf(ctx context.Context, b wa.BusinessID, p wa.PersonID) (notify.Locale, error) {
	var l notify.Locale
	err := db.row(ctx, "SELECT locale FROM person WHERE business_id = $1 AND id = $2", []any{string(b), string(p)}, &l)
	if errors.Is(err, sql.ErrNoRows) {
		return "", notify.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("read language: %w", err)
	}
	return l, nil
}

// PutLocale implements [notify.Board].
func (db *DB) PutLocale(ctx context.Context, b wa.BusinessID, p wa.PersonID, l notify.Locale) error {
	err := db.write(ctx, live, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE person SET locale = $3 WHERE business_id = $1 AND id = $2", string(b), string(p), string(l))
		return err
	})
	if err != nil {
		return fmt.Errorf("write language: %w", err)
	}
	return nil
}
