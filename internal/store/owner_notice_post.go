package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"wasl/internal/clock"
	"wasl/internal/notify"
	"wasl/internal/wa"
)

var _ notify.Post = (*DB)(nil)

// TopicNotices is woken when deliveries of a channel have come to be due.
func TopicNotices(c notify.Channel) string { return "notices_" + string(c) }

// Audience implements [notify.Post].
func (db *DB) Audience(ctx context.Context, b wa.BusinessID) ([]notify.Recipient, notify.Settings, error) {
	people := []notify.Recipient{}
	rows, err := db.query(ctx, `SELECT email, locale FROM person
		WHERE business_id = $1 AND disabled_at = 0 AND role IN ('owner', 'admin') ORDER BY created_at, id`, string(b))
	err = each(rows, err, func(r *sql.Rows) error {
		var p notify.Recipient
		err := r.Scan(&p.Email, &p.Locale)
		people = append(people, p)
		return err
	})
	if err != nil {
		return nil, notify.Settings{}, fmt.Errorf("read whom to tell: %w", err)
	}
	s, err := db.NoticeSettings(ctx, b)
	return people, s, err
}

// Tell implements [notify.Post].
func (db *DB) Tell(ctx context.Context, n notify.Notice, deliveries []notify.Delivery, now time.Time) error {
	fresh := false
	err := db.write(ctx, background, func(ctx context.Context, t *tx) error {
		rows, err := t.exec(ctx, `INSERT INTO owner_notice (business_id, id, kind, number_id, about, level, reason, at, until)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (business_id, id) DO NOTHING`,
			string(n.Business), n.ID, string(n.Kind), string(n.Number), n.About, n.Level, n.Reason, clock.Micros(n.At), clock.Micros(n.Until))
		if fresh = rows > 0; err != nil || !fresh {
			return err
		}
		if n.Kind == notify.PhoneSilent {
			if err := t.supersede(ctx, n, now); err != nil {
				return err
			}
		}
		var list [][]any
		for _, d := range deliveries {
			list = append(list, []any{string(n.Business), n.ID, string(d.Channel), d.Recipient, string(d.Locale), string(notify.Due), clock.Micros(now)})
			if err := t.dueBefore(ctx, n.Business, TopicNotices(d.Channel), now); err != nil {
				return err
			}
		}
		if len(list) > 0 {
			_, err = t.insertRows(ctx, "INSERT INTO notice_delivery (business_id, notice_id, channel, recipient, locale, state, next_at)", "", list)
			if err != nil {
				return err
			}
		}
		return t.append(ctx, n.Business, now, []wa.Entry{{Kind: wa.NoticeTold, Number: n.Number, Facts: wa.Facts{
			HappenedAt: n.At, Event: string(n.Kind), Count: n.Level,
		}}})
	})
	if err != nil {
		return fmt.Errorf("write notice: %w", err)
	}
	if fresh {
		db.grew(n.Business)
		for _, d := range deliveries {
			db.Wake(TopicNotices(d.Channel))
		}
	}
	return nil
}

// supersede withdraws what a reminder says better.
func (t *tx) supersede(ctx context.Context, n notify.Notice, now time.Time) error {
	_, err := t.exec(ctx, `UPDATE notice_delivery SET state = 'withdrawn', reason = 'superseded', settled_at = $4, next_at = 0
		WHERE business_id = $1 AND state = 'due' AND unanswered = 0 AND notice_id IN
			(SELECT id FROM owner_notice WHERE business_id = $1 AND number_id = $2 AND kind = 'phone_silent' AND id <> $3)`,
		string(n.Business), string(n.Number), n.ID, clock.Micros(now))
	return err
}

// Calling implements [notify.Post].
func (db *DB) Calling(ctx context.Context, c notify.Channel, now time.Time) ([]wa.BusinessID, time.Time, error) {
	return db.dueHere(ctx, TopicNotices(c), now)
}

// lettersTogether is how many deliveries of a Business are looked at in a row.
const lettersTogether = 50

// Letters implements [notify.Post].
func (db *DB) Letters(ctx context.Context, b wa.BusinessID, c notify.Channel, now time.Time) ([]notify.Letter, error) {
	var list []notify.Letter
	rows, err := db.query(ctx, noticeColumns+`, d.channel, d.recipient, d.locale, d.attempts, d.unanswered, d.reason,
			COALESCE(p.phone, ''), COALESCE(p.template, ''), COALESCE(p.language, ''), COALESCE(p.sender, ''), COALESCE(p.number_id, '')
		FROM notice_delivery d JOIN owner_notice o ON o.business_id = d.business_id AND o.id = d.notice_id
		JOIN business b ON b.business_id = o.business_id
		LEFT JOIN number n ON n.business_id = o.business_id AND n.id = o.number_id
		LEFT JOIN notice_private p ON d.channel = 'template' AND p.business_id = d.business_id AND p.phone = d.recipient
			AND p.number_id = (SELECT MIN(x.number_id) FROM notice_private x WHERE x.business_id = d.business_id AND x.phone = d.recipient
				AND (o.number_id = '' OR x.number_id = o.number_id))
		WHERE d.business_id = $1 AND d.channel = $2 AND d.state = 'due' AND d.next_at <= $3
		ORDER BY d.next_at, o.at, o.id, d.recipient LIMIT $4`, string(b), string(c), clock.Micros(now), lettersTogether)
	err = each(rows, err, func(r *sql.Rows) error {
		l := notify.Letter{}
		l.State = notify.Due
		dest, finish := noticeDest(b, &l.Notice, &l.Place)
		p := &l.Private
		dest = append(dest, &l.Channel, &l.Recipient, &l.Locale, &l.Attempts, &l.Unanswered, &l.Delivery.Reason,
			&p.Phone, &p.Template, &p.Language, &p.Sender, &p.Number)
		err := r.Scan(dest...)
		finish()
		list = append(list, l)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read due notices: %w", err)
	}
	return list, nil
}

// Attempt implements [notify.Post].
func (db *DB) Attempt(ctx context.Context, l notify.Letter, again time.Time) (bool, error) {
	var rows int64
	err := db.write(ctx, background, func(ctx context.Context, t *tx) (err error) {
		rows, err = t.exec(ctx, `UPDATE notice_delivery SET attempts = attempts + 1, unanswered = unanswered + 1, next_at = $6
			WHERE business_id = $1 AND notice_id = $2 AND channel = $3 AND recipient = $4 AND attempts = $5 AND state = 'due'`,
			string(l.Business), l.ID, string(l.Channel), l.Recipient, l.Attempts, clock.Micros(again))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("write attempt of a notice: %w", err)
	}
	return rows > 0, nil
}

// Settle implements [notify.Post]. A letter bears the attempts there were when its
// outcome was known, so that one who comes too late changes nothing.
func (db *DB) Settle(ctx context.Context, l notify.Letter, o notify.Outcome, now time.Time) error {
	settled := int64(0)
	if o.State != notify.Due {
		settled = clock.Micros(now)
	}
	err := db.write(ctx, background, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, `UPDATE notice_delivery SET state = $6, unanswered = $7, next_at = $8, settled_at = $9, reason = $10, message_id = $11
			WHERE business_id = $1 AND notice_id = $2 AND channel = $3 AND recipient = $4 AND attempts = $5 AND state = 'due'`,
			string(l.Business), l.ID, string(l.Channel), l.Recipient, l.Attempts, string(o.State), l.Unanswered, clock.Micros(o.Next), settled,
			o.Reason, string(o.Message))
		return err
	})
	if err != nil {
		return fmt.Errorf("settle a notice: %w", err)
	}
	return nil
}

// Called implements [notify.Post].
func (db *DB) Called(ctx context.Context, b wa.BusinessID, c notify.Channel) error {
	return db.rest(ctx, b, TopicNotices(c), func(ctx context.Context, t *tx, next *sql.NullInt64) error {
		return t.row(ctx, "SELECT MIN(next_at) FROM notice_delivery WHERE business_id = $1 AND channel = $2 AND state = 'due'",
			[]any{string(b), string(c)}, next)
	})
}
