package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/go-json-experiment/json/jsontext"

	"wasl/internal/id"
	"wasl/internal/wa"
)

// msgRow is a row of message in memory.
type msgRow struct {
	id           wa.MessageID
	number       wa.NumberID
	conversation wa.ConversationID
	contact      wa.ContactID
	wamid        wa.WAMID
	direction    wa.Direction
	origin       wa.Origin
	provenance   wa.Provenance
	typ          string
	status       wa.Status
	at           int64
	replyTo      wa.WAMID
	authorID     string
	authorName   string
	edits        int64
	revokedAt    int64
	code         int64
	codeTitle    string
	note         string
	isNew, dirty bool
}

const msgColumns = `id, number_id, conversation_id, contact_id, wamid, direction, origin, provenance, type, status, at,
	reply_to, author_id, author_name, edits, revoked_at, code, code_title, note`

func scanMsg(r *sql.Rows) (*msgRow, error) {
	m := &msgRow{}
	var wamid sql.NullString
	err := r.Scan(&m.id, &m.number, &m.conversation, &m.contact, &wamid, &m.direction, &m.origin, &m.provenance, &m.typ, &m.status, &m.at,
		&m.replyTo, &m.authorID, &m.authorName, &m.edits, &m.revokedAt, &m.code, &m.codeTitle, &m.note)
	m.wamid = wa.WAMID(wamid.String)
	return m, err
}

func (m *msgRow) row(b wa.BusinessID) []any {
	wamid := any(string(m.wamid))
	if m.wamid == "" {
		wamid = nil
	}
	return []any{
		string(b), string(m.id), string(m.number), string(m.conversation), string(m.contact), wamid, string(m.direction),
		string(m.origin), string(m.provenance), m.typ, string(m.status), m.at, string(m.replyTo), m.authorID, m.authorName,
		m.edits, m.revokedAt, m.code, m.codeTitle, m.note,
	}
}

// trace is everything said about one WAMID, whether or not the message itself
// has come.
type trace struct {
	msg         *msgRow
	versions    map[wa.WAMID]bool
	revocations map[wa.WAMID]int64
	reports     []report
}

type report struct {
	digest string // of everything it says
	wire   string
	at     int64
	code   int64
	title  string
}

func newTrace() *trace {
	return &trace{versions: map[wa.WAMID]bool{}, revocations: map[wa.WAMID]int64{}}
}

func (a *applier) trace(n wa.NumberID, w wa.WAMID) *trace {
	k := traceKey{n, w}
	tr := a.traces[k]
	if tr == nil {
		tr = newTrace()
		a.traces[k] = tr
	}
	return tr
}

// loadTraces reads what is known of WAMIDs on a Number.
func (a *applier) loadTraces(ctx context.Context, n wa.NumberID, wamids []wa.WAMID) error {
	list := make([]string, 0, len(wamids))
	for _, w := range wamids {
		if w != "" {
			list = append(list, string(w))
		}
	}
	if len(list) == 0 {
		return nil
	}
	args := []any{string(a.b), string(n), a.t.d.list(list)}
	where := " WHERE business_id = $1 AND number_id = $2 AND " + a.t.d.in("wamid", 3)
	rows, err := a.t.query(ctx, "SELECT "+msgColumns+" FROM message"+where+a.t.d.lockRows("id"), args...)
	err = each(rows, err, func(r *sql.Rows) error {
		m, err := scanMsg(r)
		a.trace(n, m.wamid).msg = m
		return err
	})
	if err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	// Edits and revocations are rare: both in one query.
	rows, err = a.t.query(ctx, "SELECT wamid, edit_wamid, 0 FROM message_version"+where+" UNION ALL SELECT wamid, revoke_wamid, at FROM revocation"+where, args...)
	err = each(rows, err, func(r *sql.Rows) error {
		var w, other wa.WAMID
		var at int64
		err := r.Scan(&w, &other, &at)
		if at == 0 {
			a.trace(n, w).versions[other] = true
		} else {
			a.trace(n, w).revocations[other] = at
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read versions and revocations: %w", err)
	}
	rows, err = a.t.query(ctx, "SELECT wamid, digest, wire, at, code, title FROM status_report"+where, args...)
	err = each(rows, err, func(r *sql.Rows) error {
		var w wa.WAMID
		var rep report
		err := r.Scan(&w, &rep.digest, &rep.wire, &rep.at, &rep.code, &rep.title)
		tr := a.trace(n, w)
		tr.reports = append(tr.reports, rep)
		return err
	})
	if err != nil {
		return fmt.Errorf("read status reports: %w", err)
	}
	return nil
}

// create makes a message's row; what was said of it before it came counts at
// once.
func (a *applier) create(cv *convRow, m *msgRow, c wa.Content) *msgRow {
	m.id = wa.MessageID(id.New("msg"))
	m.number, m.conversation, m.contact, m.isNew = cv.number, cv.id, cv.contact, true
	tr := a.trace(cv.number, m.wamid)
	tr.msg = m
	m.edits = int64(len(tr.versions))
	for _, at := range tr.revocations {
		m.revoke(at)
	}
	for _, rep := range tr.reports {
		m.believe(rep)
	}
	a.bodies[m.id] = c
	cv.touch(m)
	return m
}

// revoke notes the earliest revocation.
func (m *msgRow) revoke(at int64) {
	if m.revokedAt == 0 || at < m.revokedAt {
		m.revokedAt, m.dirty = at, true
	}
}

// believe folds one of Meta's reports into what is shown. It reports whether
// that changed.
func (m *msgRow) believe(rep report) bool {
	if m.direction != wa.Out {
		return false
	}
	next := m.status.After(wireStatus(rep.wire))
	changed := next != m.status
	m.status = next
	blames := rep.code != 0 && wireStatus(rep.wire) == wa.Failed && m.status == wa.Failed
	if blames && (m.code == 0 || rep.code < m.code || rep.code == m.code && rep.title < m.codeTitle) {
		m.code, m.codeTitle, changed = rep.code, rep.title, true
	}
	if changed && m.status != wa.Failed && m.code != 0 {
		m.code, m.codeTitle = 0, ""
	}
	m.dirty = m.dirty || changed
	return changed
}

// wireStatus is the [wa.Status] of Meta's word; empty if it has none.
func wireStatus(wire string) wa.Status {
	switch wire {
	case "sent":
		return wa.Sent
	case "delivered":
		return wa.Delivered
	case "read", "played":
		return wa.Read
	case "failed":
		return wa.Failed
	}
	return ""
}

// sameContent reports whether a message that came again says the same. Meta's
// media addresses change from one delivery to the next and do not count.
func (a *applier) sameContent(ctx context.Context, m *msgRow, c wa.Content) (bool, error) {
	old, ok := a.bodies[m.id]
	if !ok {
		var content string
		err := a.t.row(ctx, "SELECT content FROM message_body WHERE business_id = $1 AND message_id = $2", []any{string(a.b), string(m.id)}, &content)
		if errors.Is(err, sql.ErrNoRows) {
			return true, nil
		}
		if err != nil {
			return false, fmt.Errorf("read body: %w", err)
		}
		old.JSON = []byte(content)
	}
	return sameEssence(old.JSON, c.JSON), nil
}

func sameEssence(a, b []byte) bool {
	return bytes.Equal(a, b) || reflect.DeepEqual(essence(a), essence(b))
}

// essence is the content without what may differ between two deliveries of one
// message: routing, addresses of files, and how the sender is named.
func essence(raw []byte) map[string]any {
	var m map[string]any
	if json.Unmarshal(raw, &m) != nil {
		return map[string]any{"raw": string(raw)}
	}
	out := map[string]any{"type": m["type"]}
	kind, _ := m["type"].(string)
	body := m[kind]
	if object, ok := body.(map[string]any); ok {
		delete(object, "url")
	}
	out["body"] = body
	return out
}

// digestOf tells two facts apart: what was understood of them, and their JSON
// however it is spaced and whichever order its members have.
func digestOf(raw []byte, understood ...any) string {
	v := jsontext.Value(bytes.Clone(raw))
	if err := v.Canonicalize(jsontext.CanonicalizeRawInts(false), jsontext.CanonicalizeRawFloats(false)); err != nil {
		v = raw
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q ", understood)
	h.Write(v)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}
