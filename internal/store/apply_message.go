package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"wasl/internal/clock"
	"wasl/internal/wa"
)

// received applies a customer's message.
func (a *applier) received(ctx context.Context, n wa.NumberID, e wa.Received) (fate, error) {
	c, err := a.contact(ctx, e.From, e.At)
	if err != nil {
		return fate{}, err
	}
	if c == nil {
		return parkedBecause("names_nobody"), nil
	}
	cv := a.conversation(n, c)
	said := &msgRow{
		wamid: e.WAMID, direction: wa.In, origin: wa.FromCustomer, provenance: wa.Live, typ: e.Content.Type,
		status: wa.Arrived, at: clock.Micros(e.At), replyTo: e.ReplyTo,
	}
	m := a.trace(n, e.WAMID).msg
	if m == nil {
		m = a.create(cv, said, e.Content)
	} else if f, err := a.again(ctx, cv, m, said, e.Content); f != applied {
		return f, err
	}
	a.opens(cv, n, e.At, e.Content.Type)
	a.say(wa.MessageReceived, cv, m)
	return applied, nil
}

// opens opens the window, unless the message is older than the Number's
// onboarding or is no message to us (a reaction, a system note).
func (a *applier) opens(cv *convRow, n wa.NumberID, at time.Time, typ string) {
	if typ == "reaction" || typ == "system" {
		return
	}
	if num := a.numbers[n]; num != nil && at.Before(num.onboardedAt.Truncate(time.Second)) {
		return
	}
	cv.raise(&cv.openedAt, clock.Micros(at))
}

// again decides about a WAMID that is known. The same message is a duplicate;
// one imported before is now live; another content under the same WAMID is a
// conflict: the first is kept and the other shown (decision 14).
func (a *applier) again(ctx context.Context, cv *convRow, m, said *msgRow, c wa.Content) (fate, error) {
	if a.relive(cv, m, said, c) {
		return applied, nil
	}
	same, err := a.sameContent(ctx, m, c)
	if err != nil {
		return fate{}, err
	}
	if !same || m.direction != said.direction {
		return conflict, nil
	}
	return duplicate, nil
}

// relive makes a live message of one that was imported before, and reports
// whether it was one. The live word stands for all but the status, of which the
// history may know more.
func (a *applier) relive(cv *convRow, m, said *msgRow, c wa.Content) bool {
	if m.provenance == wa.Live {
		return false
	}
	known := m.status
	m.provenance, m.direction, m.origin, m.typ = wa.Live, said.direction, said.origin, said.typ
	m.status, m.at, m.replyTo, m.note, m.dirty = said.status, said.at, said.replyTo, "", true
	if m.direction == wa.Out {
		m.status = m.status.After(known)
	}
	for _, rep := range a.trace(m.number, m.wamid).reports {
		m.believe(rep)
	}
	a.bodies[m.id] = c
	cv.moved(m)
	return true
}

// say journals a message that came or went.
func (a *applier) say(k wa.Kind, cv *convRow, m *msgRow) {
	f := wa.Facts{HappenedAt: clock.FromMicros(m.at), WAMID: m.wamid, Type: m.typ, Direction: m.direction, Origin: m.origin, Status: m.status}
	if k == wa.MessageEchoed {
		f.Evidence = "weak"
	}
	a.entry(k, cv.number, nil, cv, m, f)
}

// echoed applies a message the Business sent from the phone. It opens no
// window; it clears what waits for an answer, and a person holds the
// conversation from then on. What is older than the onboarding is a piece of the
// history that Meta sent by the wrong field (coexistence-protocol §4.4).
func (a *applier) echoed(ctx context.Context, n wa.NumberID, e wa.Echoed) (fate, error) {
	if num := a.numbers[n]; num != nil && e.At.Before(num.onboardedAt.Truncate(time.Second)) {
		return a.past(ctx, n, wa.HistoryMessage{With: e.To, FromMe: true, WAMID: e.WAMID, At: e.At, Content: e.Content, ReplyTo: e.ReplyTo, Status: wa.Sent}, true)
	}
	c, err := a.contact(ctx, e.To, e.At)
	if err != nil {
		return fate{}, err
	}
	if c == nil {
		return parkedBecause("names_nobody"), nil
	}
	cv := a.conversation(n, c)
	said := &msgRow{
		wamid: e.WAMID, direction: wa.Out, origin: wa.FromPhone, provenance: wa.Live, typ: e.Content.Type,
		status: wa.Sent, at: clock.Micros(e.At), replyTo: e.ReplyTo,
	}
	m := a.trace(n, e.WAMID).msg
	if m == nil {
		m = a.create(cv, said, e.Content)
	} else {
		// An echo of what we sent ourselves says nothing new (L14).
		if m.provenance == wa.Live && m.direction == wa.Out && m.origin != wa.FromPhone {
			return duplicate, nil
		}
		if f, err := a.again(ctx, cv, m, said, e.Content); f != applied {
			return f, err
		}
	}
	a.answeredByPhone(cv, m)
	return applied, nil
}

func (a *applier) answeredByPhone(cv *convRow, m *msgRow) {
	cv.raise(&cv.seenAt, m.at)
	cv.hold(cv.holder().Echo(clock.FromMicros(m.at)))
	a.say(wa.MessageEchoed, cv, m)
}

// reacted applies an emoji put on a message, or taken away. It is a message of
// its own in the thread and the latest of its side is shown on its target.
func (a *applier) reacted(ctx context.Context, n wa.NumberID, e wa.Reacted) (fate, error) {
	c, err := a.contact(ctx, e.Party, e.At)
	if err != nil {
		return fate{}, err
	}
	if c == nil {
		return parkedBecause("names_nobody"), nil
	}
	cv := a.conversation(n, c)
	said := &msgRow{wamid: e.WAMID, direction: wa.In, origin: wa.FromCustomer, provenance: wa.Live, typ: "reaction", status: wa.Arrived, at: clock.Micros(e.At), replyTo: e.Target}
	if e.By == wa.Business {
		said.direction, said.origin, said.status = wa.Out, wa.FromPhone, wa.Sent
	}
	m := a.trace(n, e.WAMID).msg
	if m == nil {
		m = a.create(cv, said, e.Content)
	} else if f, err := a.again(ctx, cv, m, said, e.Content); f != applied {
		return f, err
	}
	if e.By == wa.Business {
		cv.raise(&cv.seenAt, m.at)
	}
	a.reactions = append(a.reactions, []any{string(a.b), string(n), string(e.Target), string(e.WAMID), string(c.id), string(e.By), m.at, e.Emoji})
	f := wa.Facts{HappenedAt: e.At, WAMID: e.WAMID, Target: e.Target, Direction: m.direction, Origin: m.origin, By: string(e.By)}
	if e.By == wa.Business {
		f.Evidence = "weak"
	}
	a.entry(wa.MessageReacted, n, nil, cv, m, f)
	return applied, nil
}

// edited keeps one more version of a message, whether or not it has come yet.
func (a *applier) edited(ctx context.Context, n wa.NumberID, e wa.Edited) (fate, error) {
	tr := a.trace(n, e.Original)
	if tr.versions[e.WAMID] {
		return a.editedAgain(ctx, n, e)
	}
	tr.versions[e.WAMID] = true
	a.versions = append(a.versions, []any{string(a.b), string(n), string(e.Original), string(e.WAMID), clock.Micros(e.At), string(e.By), string(e.Content.JSON), e.Content.Text})
	f := wa.Facts{HappenedAt: e.At, WAMID: e.WAMID, Target: e.Original, By: string(e.By)}
	if tr.msg != nil {
		tr.msg.edits++
		tr.msg.dirty = true
	}
	a.entry(wa.MessageEdited, n, nil, nil, tr.msg, f)
	return applied, nil
}

// editedAgain decides about an edit whose WAMID is known, as [applier.again]
// does about a message.
func (a *applier) editedAgain(ctx context.Context, n wa.NumberID, e wa.Edited) (fate, error) {
	content := ""
	for _, v := range a.versions {
		if v[1] == string(n) && v[2] == string(e.Original) && v[3] == string(e.WAMID) {
			content = v[6].(string)
		}
	}
	if content == "" {
		err := a.t.row(ctx, "SELECT content FROM message_version WHERE business_id = $1 AND number_id = $2 AND wamid = $3 AND edit_wamid = $4",
			[]any{string(a.b), string(n), string(e.Original), string(e.WAMID)}, &content)
		if err != nil {
			return fate{}, fmt.Errorf("read version: %w", err)
		}
	}
	if sameEssence([]byte(content), e.Content.JSON) {
		return duplicate, nil
	}
	return conflict, nil
}

// revoked notes that a message was deleted for everyone. Its text is kept: the
// record says what was said and when it was taken back.
func (a *applier) revoked(n wa.NumberID, e wa.Revoked) fate {
	tr := a.trace(n, e.Original)
	if _, ok := tr.revocations[e.WAMID]; ok {
		return duplicate
	}
	tr.revocations[e.WAMID] = clock.Micros(e.At)
	a.revocations = append(a.revocations, []any{string(a.b), string(n), string(e.Original), string(e.WAMID), clock.Micros(e.At), string(e.By)})
	if tr.msg != nil {
		tr.msg.revoke(clock.Micros(e.At))
	}
	a.entry(wa.MessageRevoked, n, nil, nil, tr.msg, wa.Facts{HappenedAt: e.At, WAMID: e.WAMID, Target: e.Original, By: string(e.By)})
	return applied
}

// reported keeps one of Meta's words on a message of ours. One that bears our
// opaque id proves that Meta accepted the attempt, whatever we believed.
func (a *applier) reported(ctx context.Context, n wa.NumberID, e wa.StatusReported) (fate, error) {
	c, err := a.contact(ctx, e.Recipient, e.At)
	if err != nil {
		return fate{}, err
	}
	tr := a.trace(n, e.WAMID)
	if err := a.prove(ctx, n, e, tr); err != nil {
		return fate{}, err
	}
	rep := report{wire: e.Wire, at: clock.Micros(e.At), code: int64(e.Code), title: e.Title}
	recipient := ""
	if keys := naturalKeys(e.Recipient); len(keys) > 0 {
		recipient = keys[0]
	}
	rep.digest = digestOf(e.Raw, rep.wire, rep.at, recipient, rep.code, rep.title)
	if slices.ContainsFunc(tr.reports, func(old report) bool { return old.digest == rep.digest }) {
		return duplicate, nil
	}
	tr.reports = append(tr.reports, rep)
	a.reports = append(a.reports, []any{string(a.b), string(n), string(e.WAMID), rep.digest, rep.wire, rep.at, recipient, rep.code, rep.title, string(e.Raw)})
	f := wa.Facts{HappenedAt: e.At, WAMID: e.WAMID, Report: e.Status, Code: e.Code, Field: e.Wire}
	if tr.msg != nil {
		tr.msg.believe(rep)
		f.Status, f.Origin = tr.msg.status, tr.msg.origin
	}
	a.entry(wa.MessageStatus, n, c, nil, tr.msg, f)
	return applied, nil
}

// prove settles the attempt whose opaque id a status bears.
func (a *applier) prove(ctx context.Context, n wa.NumberID, e wa.StatusReported, tr *trace) error {
	attempt, ours := a.db.parseOpaque(e.Opaque)
	if !ours || tr.msg != nil {
		return nil
	}
	msg, _, err := a.t.settle(ctx, a.db, a.b, attempt, e.WAMID, "status", a.now)
	if err != nil || msg == "" {
		return err
	}
	rows, err := a.t.query(ctx, "SELECT "+msgColumns+" FROM message WHERE business_id = $1 AND id = $2", string(a.b), string(msg))
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		if tr.msg, err = scanMsg(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
