package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/wa"
)

// contactChanged applies a change of the phone's address book: the latest by
// Meta's time stands, a removal takes the name away and nothing else (L21).
func (a *applier) contactChanged(ctx context.Context, n wa.NumberID, e wa.ContactChanged) (fate, error) {
	c, err := a.contact(ctx, e.Party, e.At)
	if err != nil {
		return fate{}, err
	}
	if c == nil {
		return parkedBecause("names_nobody"), nil
	}
	raw, err := json.Marshal(map[string]any{"removed": e.Removed, "full_name": e.FullName, "first_name": e.FirstName})
	if err != nil {
		return fate{}, err
	}
	if !a.note("contact_changed", n, c, e.At, "smb_app_state_sync", action(e), raw, naturalKeys(e.Party)...) {
		return duplicate, nil
	}
	at := clock.Micros(e.At)
	name := e.FullName
	if name == "" {
		name = e.FirstName
	}
	if e.Removed {
		name = ""
	}
	c.inBook(name, at)
	a.entry(wa.ContactChangedKind, n, c, nil, nil, wa.Facts{HappenedAt: e.At, Event: action(e), Evidence: "fair"})
	return applied, nil
}

func action(e wa.ContactChanged) string {
	if e.Removed {
		return "remove"
	}
	return "add"
}

// preferenceChanged keeps a customer's wish about marketing messages.
func (a *applier) preferenceChanged(ctx context.Context, n wa.NumberID, e wa.PreferenceChanged) (fate, error) {
	c, err := a.contact(ctx, e.Party, e.At)
	if err != nil {
		return fate{}, err
	}
	if c == nil {
		return parkedBecause("names_nobody"), nil
	}
	if !a.note("preference_changed", n, c, e.At, "user_preferences", e.Category+" "+e.Value, e.Raw, naturalKeys(e.Party)...) {
		return duplicate, nil
	}
	if e.Category == "marketing_messages" {
		wish := map[string]string{"stop": "out", "resume": "in", "signup": "in"}[e.Value]
		c.dirty = latest(&c.marketing, &c.marketingAt, wish, clock.Micros(e.At)) || c.dirty
	}
	a.entry(wa.PreferenceChangedKind, n, c, nil, nil, wa.Facts{HappenedAt: e.At, Event: e.Value, Field: e.Category})
	return applied, nil
}

// systemNoticed applies WhatsApp's own note: the customer is named otherwise
// from now on, and both names are one person.
func (a *applier) systemNoticed(ctx context.Context, n wa.NumberID, e wa.SystemNoticed) (fate, error) {
	c, err := a.renamed(ctx, e)
	if err != nil {
		return fate{}, err
	}
	if c == nil {
		return parkedBecause("names_nobody"), nil
	}
	if e.WAMID == "" {
		if !a.note("system_noticed", n, c, e.At, "user_id_update", e.Kind, e.Content.JSON, naturalKeys(e.Now)...) {
			return duplicate, nil
		}
		a.entry(wa.SystemNoticedKind, n, c, nil, nil, wa.Facts{HappenedAt: e.At, Event: e.Kind})
		return applied, nil
	}
	cv := a.conversation(n, c)
	m := a.trace(n, e.WAMID).msg
	switch {
	case m == nil:
		m = a.create(cv, &msgRow{
			wamid: e.WAMID, direction: wa.In, origin: wa.FromCustomer, provenance: wa.Live, typ: "system",
			status: wa.Arrived, at: clock.Micros(e.At),
		}, e.Content)
	case !a.relive(cv, m, &msgRow{direction: wa.In, origin: wa.FromCustomer, typ: "system", status: wa.Arrived, at: clock.Micros(e.At)}, e.Content):
		return duplicate, nil
	}
	a.entry(wa.SystemNoticedKind, n, nil, cv, m, wa.Facts{HappenedAt: e.At, WAMID: e.WAMID, Event: e.Kind})
	return applied, nil
}

// renamed is the contact a system note is about, with both its old names and
// its new ones. What is written to from now on is the new number, so the old
// one counts as never said.
func (a *applier) renamed(ctx context.Context, e wa.SystemNoticed) (*contactRow, error) {
	at := e.At
	if e.Now.Phone != "" || e.Now.WaID != "" {
		at = time.Time{}
	}
	c, err := a.contact(ctx, e.Party, at)
	switch {
	case err != nil || !e.Now.Named():
		return c, err
	case c == nil:
		return a.contact(ctx, e.Now, e.At)
	}
	if c, err = a.join(ctx, c, append(naturalKeys(e.Party), naturalKeys(e.Now)...)); err != nil {
		return nil, err
	}
	said := e.Now
	said.Name, said.Username = e.Party.Name, e.Party.Username
	a.learn(c, said, e.At)
	return c, nil
}

// join gives a contact further natural keys, merging whoever has them already.
func (a *applier) join(ctx context.Context, c *contactRow, keys []string) (*contactRow, error) {
	got, err := a.joined(ctx, keys)
	if err != nil {
		return nil, err
	}
	if got != nil {
		c = got
	}
	for _, k := range keys {
		if a.owners[k] == "" {
			a.owners[k] = c.id
			a.identities = append(a.identities, []any{string(a.b), k, string(c.id)})
		}
	}
	return c, nil
}

// noticed keeps what is not about a conversation, and journals it once. word
// names the event's type in the table of notices.
func (a *applier) noticed(word string, k wa.Kind, n wa.NumberID, f wa.Facts, raw []byte) fate {
	if !a.note(word, n, nil, f.HappenedAt, f.Field, f.Event, raw) {
		return duplicate
	}
	a.entry(k, n, nil, nil, nil, f)
	return applied
}

// accountChanged keeps news of a WABA and works out anew at which stage its
// Numbers are.
func (a *applier) accountChanged(ctx context.Context, e wa.AccountChanged) (fate, error) {
	raw := append([]byte(string(e.Place.WABAID)+" "+e.EntryID+" "), e.Raw...)
	if !a.note("account_changed", "", nil, e.At, "account_update", e.Event, e.Raw, string(raw)) {
		return duplicate, nil
	}
	f := wa.Facts{HappenedAt: e.At, Event: e.Event, Reason: cmp.Or(e.Reason, e.Limit), By: e.InitiatedBy}
	if e.Event == coexist.Reconnected {
		f.Evidence = "strong"
	}
	about := a.numbersOf(e.Place.WABAID, e.Phone)
	if len(about) == 0 {
		a.entry(wa.AccountChangedKind, "", nil, nil, nil, f)
	}
	for _, num := range about {
		a.entry(wa.AccountChangedKind, num.id, nil, nil, nil, f)
		if err := a.restage(ctx, num, coexist.News{Event: e.Event, At: e.At, Reason: e.Reason, Agent: e.InitiatedBy}); err != nil {
			return fate{}, err
		}
	}
	return applied, nil
}

// numbersOf are the Numbers that news of a WABA is about: the one it names, and
// all of them if it names none, or one that is not here.
func (a *applier) numbersOf(w wa.WABAID, phone string) []*numberRow {
	var all []*numberRow
	for _, id := range slices.Sorted(maps.Keys(a.numbers)) {
		n := a.numbers[id]
		if n.waba != w {
			continue
		}
		if phone != "" && n.digits == phone {
			return []*numberRow{n}
		}
		all = append(all, n)
	}
	return all
}

// restage folds one piece of news into a Number's stage.
func (a *applier) restage(ctx context.Context, num *numberRow, news coexist.News) error {
	var stage, by, reason, agent string
	var at int64
	err := a.t.row(ctx, "SELECT stage, stage_at, stage_by, stage_reason, stage_agent FROM number WHERE business_id = $1 AND id = $2"+a.t.d.lockRow(),
		[]any{string(a.b), string(num.id)}, &stage, &at, &by, &reason, &agent)
	if err != nil {
		return fmt.Errorf("read stage: %w", err)
	}
	old := coexist.Standing{Stage: coexist.Stage(stage), At: clock.FromMicros(at), By: by, Reason: reason, Agent: agent}
	next := old.After(news)
	if next == old {
		return nil
	}
	_, err = a.t.exec(ctx, "UPDATE number SET stage = $3, stage_at = $4, stage_by = $5, stage_reason = $6, stage_agent = $7 WHERE business_id = $1 AND id = $2",
		string(a.b), string(num.id), string(next.Stage), clock.Micros(next.At), next.By, next.Reason, next.Agent)
	if err != nil {
		return fmt.Errorf("write stage: %w", err)
	}
	if next.Stage == coexist.Live {
		// What was held while the Number was away goes on by itself.
		if err := a.t.dueSend(ctx, a.b, num.id, a.now); err != nil {
			return err
		}
		a.resumed = true
	}
	if next.Stage != old.Stage {
		a.entry(wa.NumberChangedKind, num.id, nil, nil, nil, wa.Facts{HappenedAt: news.At, Event: string(next.Stage), Field: "stage", Reason: news.Reason})
	}
	return nil
}

// note keeps a notice and reports whether it is new. Two are the same if they
// are of one kind, about the same, of the same time, and say the same.
func (a *applier) note(kind string, n wa.NumberID, c *contactRow, at time.Time, field, event string, raw []byte, about ...string) bool {
	h := sha256.New()
	for _, part := range append([]string{kind, string(n), fmt.Sprint(clock.Micros(at)), field, event, string(raw)}, about...) {
		fmt.Fprintf(h, "%d:%s,", len(part), part)
	}
	digest := h.Sum(nil)
	if a.knownDigest(digest) {
		return false
	}
	contact := ""
	if c != nil {
		contact = string(c.id)
	}
	a.notices = append(a.notices, []any{string(a.b), digest, kind, string(n), contact, clock.Micros(at), field, event, string(raw)})
	return true
}

// knownDigest reports whether a notice stands already, here or in the database.
// An error counts as "not known" and comes up again when the notice is written.
func (a *applier) knownDigest(digest []byte) bool {
	for _, n := range a.notices {
		if string(n[1].([]byte)) == string(digest) {
			return true
		}
	}
	var one int
	err := a.t.row(context.Background(), "SELECT 1 FROM notice WHERE business_id = $1 AND digest = $2", []any{string(a.b), digest}, &one)
	return err == nil
}
