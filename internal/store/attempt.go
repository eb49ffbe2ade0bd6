package store

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"wasl/internal/clock"
	"wasl/internal/wa"
)

// attemptLength is how long [id.Attempt] makes an attempt's id.
const attemptLength = 26

// opaque is the attempt's id as it travels with the message and comes back in
// every status: "v1.", the id, ".", 16 hexadecimal digits that only we can
// compute; 46 characters of Meta's 512. The MAC keeps another app on the same
// WABA from moving our states (reliability §4, T28).
func (db *DB) opaque(a wa.AttemptID) string {
	return "v1." + string(a) + "." + hex.EncodeToString(db.sealer.MAC("opaque id", string(a)))
}

// parseOpaque returns the attempt an opaque id names; false if we did not make
// it.
func (db *DB) parseOpaque(s string) (wa.AttemptID, bool) {
	rest, ok := strings.CutPrefix(s, "v1.")
	if !ok || len(rest) != attemptLength+1+16 || rest[attemptLength] != '.' {
		return "", false
	}
	a := rest[:attemptLength]
	mac, err := hex.DecodeString(rest[attemptLength+1:])
	if err != nil || !hmac.Equal(mac, db.sealer.MAC("opaque id", a)) {
		return "", false
	}
	return wa.AttemptID(a), true
}

// sentItem is an attempt and what it was to send.
type sentItem struct {
	item         string
	number       wa.NumberID
	conversation wa.ConversationID
	contact      wa.ContactID
	kind         wa.DraftKind
	lane         wa.Lane
	origin       wa.Origin
	state        string
	attempts     int
	outcome      string // empty while open
	wamid        wa.WAMID
	started      time.Time
}

// attemptRow reads and locks an attempt with its item; ok is false if there is
// no such attempt, as after a restore from a backup.
func (t *tx) attemptRow(ctx context.Context, b wa.BusinessID, a wa.AttemptID) (s sentItem, ok bool, err error) {
	var started int64
	err = t.row(ctx, `SELECT a.item_id, a.number_id, a.conversation_id, COALESCE(a.outcome, ''), a.wamid, a.started_at,
			i.contact_id, i.kind, i.lane, i.origin, i.state, i.attempts
		FROM attempt a JOIN outbox_item i ON i.business_id = a.business_id AND i.id = a.item_id
		WHERE a.business_id = $1 AND a.id = $2`+t.d.lockRow(), []any{string(b), string(a)},
		&s.item, &s.number, &s.conversation, &s.outcome, &s.wamid, &started,
		&s.contact, &s.kind, &s.lane, &s.origin, &s.state, &s.attempts)
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("read attempt: %w", err)
	}
	s.started = clock.FromMicros(started)
	return s, true, nil
}

// settle records the proof that Meta accepted an attempt: a status came back
// that bears its opaque id. It holds whatever we believed before (open, in
// doubt, refused, to be tried again), also if the item waits to be sent again.
// It returns the message, which bears the WAMID from then on, and whether
// anything is new; no message if the attempt is unknown or was a receipt's. A
// row of the same WAMID that came by another way (history) gives way to the
// message whose id its author was told.
func (t *tx) settle(ctx context.Context, db *DB, b wa.BusinessID, attempt wa.AttemptID, wamid wa.WAMID, evidence string, now time.Time) (msg wa.MessageID, changed bool, err error) {
	s, ok, err := t.attemptRow(ctx, b, attempt)
	if err != nil || !ok {
		return "", false, err
	}
	if s.kind != wa.SendRead {
		msg = wa.MessageID(s.item)
	}
	if s.outcome == "accepted" && s.wamid != "" {
		return msg, false, nil
	}
	// The request has arrived, so its permit rests from now on at the latest.
	free := clock.Micros(now.Add(db.facts.On(now).PermitRest()))
	if _, err := t.exec(ctx, `UPDATE attempt SET outcome = 'accepted', wamid = $3, evidence = $4,
			answered_at = CASE WHEN answered_at = 0 THEN $5 ELSE answered_at END,
			free_at = CASE WHEN free_at > $6 THEN $6 ELSE free_at END
		WHERE business_id = $1 AND id = $2`,
		string(b), string(attempt), string(wamid), evidence, clock.Micros(now), free); err != nil {
		return msg, false, fmt.Errorf("settle attempt: %w", err)
	}
	if _, err := t.finish(ctx, b, s.item, ""); err != nil {
		return msg, false, err
	}
	if msg == "" {
		return "", true, nil
	}
	_, err = t.acceptMessage(ctx, b, msg, s, wamid)
	return msg, true, err
}

// finish ends an item, whatever it was waiting for.
func (t *tx) finish(ctx context.Context, b wa.BusinessID, item, reason string) (int64, error) {
	n, err := t.exec(ctx, "UPDATE outbox_item SET state = 'done', reason = $3 WHERE business_id = $1 AND id = $2 AND state <> 'done'",
		string(b), item, reason)
	if err != nil {
		return 0, fmt.Errorf("finish item: %w", err)
	}
	return n, nil
}

// acceptMessage gives a message the WAMID Meta accepted it under, and the
// status accepted unless more is known: reports of that WAMID may have come
// first. It returns the status shown now, none if the message was erased.
func (t *tx) acceptMessage(ctx context.Context, b wa.BusinessID, msg wa.MessageID, s sentItem, wamid wa.WAMID) (wa.Status, error) {
	var m *msgRow
	rows, err := t.query(ctx, "SELECT "+msgColumns+" FROM message WHERE business_id = $1 AND id = $2"+t.d.lockRow(), string(b), string(msg))
	err = each(rows, err, func(r *sql.Rows) error {
		m, err = scanMsg(r)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read message: %w", err)
	}
	if m == nil {
		return "", nil
	}
	if m.wamid != "" {
		return m.status, nil // it went twice, which the attempts tell; the first WAMID stands
	}
	if m.status == wa.Failed && m.code != 0 && s.outcome == "refused" {
		m.status = wa.Accepted // the refusal was ours to read, and wrong
	}
	m.wamid, m.note, m.status = wamid, "", m.status.After(wa.Accepted)
	if err := t.fold(ctx, b, m); err != nil {
		return "", err
	}
	if m.status != wa.Failed {
		m.code, m.codeTitle = 0, ""
	}
	_, err = t.exec(ctx, `UPDATE message SET wamid = $3, status = $4, note = '', code = $5, code_title = $6, edits = $7, revoked_at = $8
		WHERE business_id = $1 AND id = $2`,
		string(b), string(msg), string(wamid), string(m.status), m.code, m.codeTitle, m.edits, m.revokedAt)
	if err != nil {
		return "", fmt.Errorf("accept message: %w", err)
	}
	if s.kind == wa.SendReaction {
		err = t.recordReaction(ctx, b, msg, s, wamid)
	}
	return m.status, err
}

// fold gives a message that has just got its WAMID whatever was said of that
// WAMID before. Another row that bears it goes, and what was believed of it
// stays.
func (t *tx) fold(ctx context.Context, b wa.BusinessID, m *msgRow) error {
	known := newApplier(nil, t, b, time.Time{})
	if err := known.loadTraces(ctx, m.number, []wa.WAMID{m.wamid}); err != nil {
		return err
	}
	tr := known.trace(m.number, m.wamid)
	for _, rep := range tr.reports {
		m.believe(rep)
	}
	for _, at := range tr.revocations {
		m.revoke(at)
	}
	m.edits = int64(len(tr.versions))
	if tr.msg == nil || tr.msg.id == m.id {
		return nil
	}
	m.status = m.status.After(tr.msg.status)
	for _, q := range []string{
		"UPDATE conversation SET last_message = $3 WHERE business_id = $1 AND last_message = $2",
		"DELETE FROM message_body WHERE business_id = $1 AND message_id = $2 AND message_id <> $3",
		"DELETE FROM message WHERE business_id = $1 AND id = $2 AND id <> $3",
	} {
		if _, err := t.exec(ctx, q, string(b), string(tr.msg.id), string(m.id)); err != nil {
			return fmt.Errorf("absorb twin: %w", err)
		}
	}
	return nil
}
