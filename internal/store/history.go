package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"wasl/internal/clock"
	"wasl/internal/ingest"
	"wasl/internal/media"
	"wasl/internal/wa"
)

// NextHistory returns the oldest waiting history fragment later than after, with
// its delivery's body.
func (db *DB) NextHistory(ctx context.Context, b wa.BusinessID, after string) (s ingest.Slice, body []byte, ok bool, err error) {
	s.Business = b
	err = db.row(ctx, `SELECT id, delivery_id, part, done, tries FROM inbound
		WHERE business_id = $1 AND lane = 'history' AND state = 'waiting' AND id > $2 ORDER BY id LIMIT 1`,
		[]any{string(b), after}, &s.Inbound, &s.Delivery, &s.Part, &s.Done, &s.Tries)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil, false, nil
	}
	if err == nil {
		err = db.row(ctx, "SELECT body FROM delivery_body WHERE delivery_id = $1", []any{string(s.Delivery)}, &body)
	}
	if err != nil {
		return s, nil, false, fmt.Errorf("read waiting history: %w", err)
	}
	return s, body, true, nil
}

// ApplyHistory applies up to limit messages of a fragment in one transaction, and
// returns where it is then. The journal gets one entry for the whole fragment,
// with its last messages. [ingest.ErrMoved] if the fragment is not where s says:
// another node has gone on with it.
func (db *DB) ApplyHistory(ctx context.Context, now time.Time, s ingest.Slice, ev wa.Event, limit int) (next ingest.Slice, whole bool, err error) {
	all, files := historyMessages(ev)
	end := min(s.Done+limit, len(all))
	at, reason, err := db.owner(ctx, placeOf(ev))
	if err != nil {
		return s, false, err
	}
	if at.business != s.Business {
		return s, true, db.ParkHistory(ctx, s, firstOf(reason, "number_moved"))
	}
	whole = end == len(all)
	var lanes []media.Lane
	for try := 1; ; try++ {
		lanes, err = db.applyHistoryOnce(ctx, now, s, at.number, ev, all, end, files)
		// A live message of the same person came at the same moment: the second time
		// its rows are there to be found.
		if err == nil || try == writeTries || !db.d.duplicate(err) {
			break
		}
	}
	if err != nil {
		return s, false, err
	}
	if whole {
		db.grew(s.Business)
	}
	db.wakeFiles(lanes)
	s.Done = end
	return s, whole, nil
}

func (db *DB) applyHistoryOnce(ctx context.Context, now time.Time, s ingest.Slice, n wa.NumberID, ev wa.Event, all []wa.HistoryMessage, end int, files bool) (lanes []media.Lane, err error) {
	err = db.write(ctx, background, func(ctx context.Context, t *tx) error {
		if err := t.atSlice(ctx, s); err != nil {
			return err
		}
		a := newApplier(db, t, s.Business, now)
		defer func() { lanes = a.files }()
		if err := a.prepareHistory(ctx, n, all[s.Done:end]); err != nil {
			return err
		}
		for _, m := range all[s.Done:end] {
			f, err := a.past(ctx, n, m, files)
			if err != nil {
				return err
			}
			if f.state == "parked" {
				a.note("unknown", n, nil, m.At, "history", f.reason, m.Content.JSON, string(m.WAMID))
			}
		}
		// One entry a fragment, none a message; but who was merged must be told.
		a.entries = slices.DeleteFunc(a.entries, func(e wa.Entry) bool { return e.Kind != wa.ContactMerged })
		if end == len(all) {
			if err := a.chunkDone(ctx, n, ev, len(all)); err != nil {
				return err
			}
		}
		if err := a.flush(ctx); err != nil {
			return err
		}
		if err := t.moveInbound(ctx, s, end, end == len(all)); err != nil {
			return err
		}
		return t.append(ctx, a.b, a.now, a.entries)
	})
	return lanes, err
}

// atSlice holds a fragment that is where s says until the transaction ends.
func (t *tx) atSlice(ctx context.Context, s ingest.Slice) error {
	var state string
	var done int
	err := t.row(ctx, "SELECT state, done FROM inbound WHERE business_id = $1 AND id = $2"+t.d.lockRow(), []any{string(s.Business), s.Inbound}, &state, &done)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("look at history fragment: %w", err)
	}
	if err != nil || state != "waiting" || done != s.Done {
		return ingest.ErrMoved
	}
	return nil
}

// moveInbound writes how far a fragment is applied, and forgets one that is
// done.
func (t *tx) moveInbound(ctx context.Context, s ingest.Slice, done int, whole bool) error {
	query := "UPDATE inbound SET done = $3 WHERE business_id = $1 AND id = $2"
	if whole {
		query = "UPDATE inbound SET done = $3, state = 'done' WHERE business_id = $1 AND id = $2"
	}
	if _, err := t.exec(ctx, query, string(s.Business), s.Inbound, done); err != nil {
		return fmt.Errorf("move history fragment: %w", err)
	}
	if !whole {
		return nil
	}
	return t.pastRests(ctx, s.Business)
}

// pastRests forgets that history is due if none waits. The mark is held before
// anybody looks: whoever files a fragment writes the mark too, so that the look
// sees the fragment, or the mark is written again after it was taken away.
func (t *tx) pastRests(ctx context.Context, b wa.BusinessID) error {
	var one int
	err := t.row(ctx, "SELECT 1 FROM due WHERE bucket = $1 AND business_id = $2 AND work = 'history'"+t.d.lockRow(), []any{bucket(b), string(b)}, &one)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		_, err = t.exec(ctx, `DELETE FROM due WHERE bucket = $1 AND business_id = $2 AND work = 'history' AND NOT EXISTS
			(SELECT 1 FROM inbound WHERE business_id = $2 AND lane = 'history' AND state = 'waiting')`, bucket(b), string(b))
	}
	if err != nil {
		return fmt.Errorf("rest from history: %w", err)
	}
	return nil
}

// ParkHistory sets a fragment aside that cannot be applied.
func (db *DB) ParkHistory(ctx context.Context, s ingest.Slice, reason string) error {
	return db.write(ctx, background, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, "UPDATE inbound SET state = 'parked', reason = $3, tries = tries + 1 WHERE business_id = $1 AND id = $2 AND state = 'waiting'",
			string(s.Business), s.Inbound, reason)
		if err != nil {
			return err
		}
		return t.pastRests(ctx, s.Business)
	})
}

func historyMessages(ev wa.Event) (ms []wa.HistoryMessage, media bool) {
	if e, ok := ev.(wa.HistoryChunk); ok {
		return e.Messages, false
	}
	e, ok := ev.(wa.HistoryMedia)
	return e.Messages, ok
}

func (a *applier) prepareHistory(ctx context.Context, n wa.NumberID, ms []wa.HistoryMessage) error {
	keys := map[string]bool{}
	wamids := map[wa.NumberID]map[wa.WAMID]bool{n: {}}
	for _, m := range ms {
		for _, k := range naturalKeys(m.With) {
			keys[k] = true
		}
		wamids[n][m.WAMID] = true
	}
	return a.load(ctx, keys, wamids)
}

// placeholder is the type of a message of the history whose file may yet come.
const placeholder = "media_placeholder"

// fileNote marks a row that a file made before its placeholder came.
const fileNote = "file_before_placeholder"

// past applies one message of the history. What is live already stays as it is;
// a placeholder gets its file, in whichever order the two come.
func (a *applier) past(ctx context.Context, n wa.NumberID, h wa.HistoryMessage, media bool) (fate, error) {
	// Also a message that is known may say more of the person.
	c, err := a.contact(ctx, h.With, h.At)
	if err != nil {
		return fate{}, err
	}
	if m := a.trace(n, h.WAMID).msg; m != nil {
		return a.fill(m, h, media), nil
	}
	if c == nil {
		return parkedBecause("names_nobody"), nil
	}
	m := &msgRow{
		wamid: h.WAMID, direction: wa.In, origin: wa.FromCustomer, provenance: wa.History, typ: h.Content.Type,
		status: wa.Arrived, at: clock.Micros(h.At), replyTo: h.ReplyTo,
	}
	if h.FromMe {
		m.direction, m.origin, m.status = wa.Out, wa.FromPhone, h.Status
	}
	if media {
		m.note = fileNote
	}
	a.create(a.conversation(n, c), m, h.Content)
	return applied, nil
}

// fill completes a message that is known. A file fills its placeholder; a
// thread tells the direction and time that a file alone may tell wrongly; what
// is told again may know how far the message has got by now. Of a live message
// only the last is news.
func (a *applier) fill(m *msgRow, h wa.HistoryMessage, media bool) fate {
	got := duplicate
	if m.provenance == wa.History {
		switch {
		case m.typ == placeholder && h.Content.Type != placeholder:
			m.typ, a.bodies[m.id], got = h.Content.Type, h.Content, applied
		case !media && m.note == fileNote && h.Content.Type != placeholder:
			m.typ, a.bodies[m.id], got = h.Content.Type, h.Content, applied
		}
		if !media && m.note == fileNote {
			a.placed(m, h)
			got = applied
		}
	}
	if m.direction == wa.Out && h.FromMe && !(media && m.note == "") {
		if next := m.status.After(h.Status); next != m.status {
			m.status, got = next, applied
		}
	}
	m.dirty = m.dirty || got == applied
	return got
}

// placed puts a message that a file alone told of where its thread says.
func (a *applier) placed(m *msgRow, h wa.HistoryMessage) {
	m.note, m.at, m.replyTo = "", clock.Micros(h.At), h.ReplyTo
	m.direction, m.origin, m.status = wa.In, wa.FromCustomer, wa.Arrived
	if h.FromMe {
		m.direction, m.origin, m.status = wa.Out, wa.FromPhone, h.Status
		for _, rep := range a.trace(m.number, m.wamid).reports {
			m.believe(rep)
		}
	}
	for _, cv := range a.convs {
		cv.moved(m)
	}
}

// chunkDone journals a fragment once in each onboarding: after another one the
// phone tells the same past again, and that it does is news.
func (a *applier) chunkDone(ctx context.Context, n wa.NumberID, ev wa.Event, count int) error {
	e, ok := ev.(wa.HistoryChunk)
	if !ok {
		ms, _ := historyMessages(ev)
		about := make([]string, len(ms))
		for i, m := range ms {
			about[i] = string(m.WAMID)
		}
		if a.note("history_media", n, nil, time.Time{}, "history", "media", fmt.Appendf(nil, `{"messages":%d}`, count), about...) {
			a.entry(wa.HistoryMediaKind, n, nil, nil, nil, wa.Facts{Count: count})
		}
		return nil
	}
	h := sha256.New()
	if num := a.numbers[n]; num != nil {
		fmt.Fprintf(h, "%d ", clock.Micros(num.onboardedAt))
	}
	fmt.Fprintf(h, "%d %d %d %d", e.Phase, e.Order, e.Progress, count)
	for _, m := range e.Messages {
		fmt.Fprintf(h, " %s", m.WAMID)
	}
	digest := h.Sum(nil)
	var one int
	err := a.t.row(ctx, "SELECT 1 FROM history_chunk WHERE business_id = $1 AND number_id = $2 AND digest = $3", []any{string(a.b), string(n), digest}, &one)
	if err == nil {
		return nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("look for chunk: %w", err)
	}
	a.chunks = append(a.chunks, []any{string(a.b), string(n), digest, e.Phase, e.Order, e.Progress, count})
	a.entry(wa.HistoryChunkKind, n, nil, nil, nil, wa.Facts{Phase: e.Phase, Progress: e.Progress, Count: count})
	return nil
}
