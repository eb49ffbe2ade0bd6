package scenario_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"wasl/internal/wa"
)

// The notation in which the expectations under testdata are written: one line an
// event, with what is essential of it. What is empty is left out; times are Unix
// seconds as Meta writes them.

// words joins what is not empty. Pairs are name and value.
func words(kind string, pairs ...any) string {
	var b strings.Builder
	b.WriteString(kind)
	for i := 0; i < len(pairs); i += 2 {
		v := fmt.Sprint(pairs[i+1])
		if v == "" || v == "0" || v == "[]" {
			continue
		}
		b.WriteByte(' ')
		if name := pairs[i].(string); name != "" {
			b.WriteString(name + "=")
		}
		b.WriteString(v)
	}
	return b.String()
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return fmt.Sprintf("%q", s)
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// party writes a person: [+phone ~wa_id BSUID ^parent @username "name"]. The
// wa_id is left out where it equals the phone.
func party(p wa.Party) string {
	var parts []string
	add := func(sign, v string) {
		if v != "" {
			parts = append(parts, sign+v)
		}
	}
	add("+", p.Phone)
	if p.WaID != p.Phone {
		add("~", p.WaID)
	}
	add("", p.BSUID)
	add("^", p.Parent)
	add("@", p.Username)
	add("", quoted(p.Name))
	return "[" + strings.Join(parts, " ") + "]"
}

func by(side wa.Side) string { return "by " + string(side) }

// event writes one event; a history chunk is several lines.
func event(ev wa.Event) []string {
	one := func(kind string, pairs ...any) []string { return []string{words(kind, pairs...)} }
	switch e := ev.(type) {
	case wa.Received:
		return one("received", "", e.WAMID, "from", party(e.From), "at", unix(e.At), "", e.Content.Type, "", quoted(e.Content.Text), "reply", e.ReplyTo)
	case wa.Unsupported:
		return one("unsupported", "", e.WAMID, "from", party(e.From), "at", unix(e.At), "code", e.Code, "kind", e.Kind, "", e.Content.Type)
	case wa.Echoed:
		return one("echoed", "", e.WAMID, "to", party(e.To), "at", unix(e.At), "", e.Content.Type, "", quoted(e.Content.Text), "reply", e.ReplyTo)
	case wa.Edited:
		return one("edited "+by(e.By), "", e.WAMID, "of", e.Original, "with", party(e.Party), "at", unix(e.At), "", e.Content.Type, "", quoted(e.Content.Text))
	case wa.Revoked:
		return one("revoked "+by(e.By), "", e.WAMID, "of", e.Original, "with", party(e.Party), "at", unix(e.At))
	case wa.Reacted:
		return one("reacted "+by(e.By), "", e.WAMID, "on", e.Target, "with", party(e.Party), "at", unix(e.At), "", quoted(e.Emoji))
	case wa.StatusReported:
		return one("status", "", e.WAMID, "", e.Wire, "means", e.Status, "to", party(e.Recipient), "at", unix(e.At), "opaque", e.Opaque, "code", e.Code, "", quoted(e.Title))
	case wa.HistoryChunk:
		head := fmt.Sprintf("history phase=%d order=%d progress=%d", e.Phase, e.Order, e.Progress)
		return append([]string{head}, past(e.Messages)...)
	case wa.HistoryMedia:
		return append([]string{"media"}, past(e.Messages)...)
	case wa.HistoryDeclined:
		return one("declined", "code", e.Code, "", quoted(e.Title))
	case wa.ContactChanged:
		action := "add"
		if e.Removed {
			action = "remove"
		}
		return one("book "+action, "", party(e.Party), "at", unix(e.At), "full", quoted(e.FullName), "first", quoted(e.FirstName))
	default:
		return []string{news(ev)}
	}
}

// news writes the events that are not about a message.
func news(ev wa.Event) string {
	switch e := ev.(type) {
	case wa.AccountChanged:
		return words("account", "", e.Place.WABAID, "entry", e.EntryID, "", e.Event, "at", unix(e.At), "phone", e.Phone, "reason", e.Reason, "by", e.InitiatedBy)
	case wa.NumberChanged:
		return words("number", "", e.Place.Display, "", e.Field, "", e.Event, "at", unix(e.At))
	case wa.TemplateChanged:
		return words("template", "", e.Field, "", e.TemplateID, "", e.Name, "", e.Language, "", e.Event, "at", unix(e.At))
	case wa.PreferenceChanged:
		return words("preference", "", party(e.Party), "", e.Category, "", e.Value, "at", unix(e.At))
	case wa.SystemNoticed:
		return words("system", "", e.WAMID, "who", party(e.Party), "now", party(e.Now), "at", unix(e.At), "", e.Kind, "", quoted(e.Content.Text))
	case wa.Errored:
		return words("errored", "code", e.Code, "", quoted(e.Title))
	case wa.Unknown:
		return words("unknown", "", e.Field, "", quoted(e.Reason))
	}
	return fmt.Sprintf("an event nobody writes: %T", ev)
}

func past(list []wa.HistoryMessage) []string {
	var out []string
	for _, m := range list {
		side := "  in"
		if m.FromMe {
			side = "  out"
		}
		out = append(out, words(side, "", m.WAMID, "with", party(m.With), "at", unix(m.At), "", m.Content.Type, "", quoted(m.Content.Text), "", m.Status, "reply", m.ReplyTo))
	}
	return out
}

// rows writes everything the database holds of the Business, in the same manner:
// one line a row, surrogate ids replaced by natural keys, live Numbers left out.
func (h *house) rows() []string {
	h.t.Helper()
	b := string(h.business)
	key := func(col string) string {
		return "COALESCE((SELECT MIN(natural_key) FROM identity i WHERE i.business_id = $1 AND i.contact_id = " + col + "), '')"
	}
	var out []string
	for _, q := range []struct {
		write func(c []string) string
		query string
	}{
		{
			func(c []string) string { return words("number", "", c[0], "stage", c[1]) },
			"SELECT phone_number_id, stage FROM number n WHERE business_id = $1 AND stage <> 'live' ORDER BY phone_number_id",
		},
		{func(c []string) string {
			return words("contact", "", c[0], "phone", c[1], "name", quoted(c[2]), "user", quoted(c[3]), "book", quoted(c[4]), "marketing", c[5])
		}, "SELECT " + key("c.id") + ", phone, name, username, book_name, marketing FROM contact c WHERE business_id = $1 ORDER BY 1"},
		{
			func(c []string) string { return "identity " + c[0] + " of " + c[1] },
			"SELECT natural_key, " + key("x.contact_id") + " FROM identity x WHERE business_id = $1 ORDER BY 1",
		},
		{func(c []string) string {
			return words("conversation", "", c[0], "opened", seconds(c[1]), "seen", seconds(c[2]), "last", c[3], "", c[4], "until", seconds(c[5]))
		}, `SELECT ` + key("c.contact_id") + `, opened_at, seen_at, COALESCE((SELECT wamid FROM message m WHERE m.business_id = $1 AND m.id = c.last_message), ''),
			handler, handler_until FROM conversation c WHERE business_id = $1 ORDER BY 1`},
		{func(c []string) string {
			return words("message", "", c[0], "", c[1], "", c[2], "", c[3], "", c[4], "", c[5], "at", seconds(c[6]), "reply", c[7], "edits", c[8],
				"revoked", seconds(c[9]), "code", c[10], "", quoted(c[11]))
		}, `SELECT COALESCE(wamid, ''), direction, origin, provenance, type, status, at, reply_to, edits, revoked_at, code, b.text FROM message m
			JOIN message_body b ON b.business_id = m.business_id AND b.message_id = m.id WHERE m.business_id = $1 ORDER BY 1`},
		{
			func(c []string) string {
				return words("version", "of", c[0], "", c[1], "", c[2], "at", seconds(c[3]), "", quoted(c[4]))
			},
			"SELECT wamid, edit_wamid, side, at, text FROM message_version WHERE business_id = $1 ORDER BY 1, 2",
		},
		{
			func(c []string) string {
				return words("revocation", "of", c[0], "", c[1], "", c[2], "at", seconds(c[3]))
			},
			"SELECT wamid, revoke_wamid, side, at FROM revocation WHERE business_id = $1 ORDER BY 1, 2",
		},
		{
			func(c []string) string {
				return words("reaction", "on", c[0], "", c[1], "", c[2], "at", seconds(c[3]), "", quoted(c[4]))
			},
			"SELECT target, reaction_wamid, side, at, emoji FROM reaction WHERE business_id = $1 ORDER BY 1, 2",
		},
		{
			func(c []string) string {
				return words("report", "", c[0], "", c[1], "at", seconds(c[2]), "to", c[3], "code", c[4])
			},
			"SELECT wamid, wire, at, recipient, code FROM status_report WHERE business_id = $1 ORDER BY 1, 3, 2",
		},
		{
			func(c []string) string {
				return words("notice", "", c[0], "", c[1], "", quoted(c[2]), "who", c[3], "at", seconds(c[4]))
			},
			"SELECT kind, field, event, " + key("n.contact_id") + ", at FROM notice n WHERE business_id = $1 ORDER BY 1, 2, 3, 5",
		},
		{func(c []string) string {
			return fmt.Sprintf("chunk phase=%s order=%s progress=%s messages=%s", c[0], c[1], c[2], c[3])
		}, "SELECT phase, chunk_order, progress, messages FROM history_chunk WHERE business_id = $1 ORDER BY 1, 2, 3"},
		{
			func(c []string) string { return words("waits", "", c[0], "", quoted(c[1])) },
			"SELECT state, reason FROM inbound WHERE business_id = $1 AND state <> 'done' ORDER BY 1, 2",
		},
	} {
		for _, line := range h.query(q.query, b) {
			out = append(out, q.write(strings.Split(line, "|")))
		}
	}
	return out
}

// seconds turns stored microseconds into Unix seconds.
func seconds(us string) string {
	if us == "0" {
		return ""
	}
	return strings.TrimSuffix(us, "000000")
}

// journal writes the kinds of the entries after a position, in order.
func (h *house) journal(after int) []string {
	return h.query("SELECT kind FROM journal WHERE business_id = $1 AND seq > $2 ORDER BY seq", string(h.business), after)
}

// deliveries writes what the rows of deliveries say became of them.
func (h *house) deliveries() []string {
	var out []string
	for _, line := range h.query("SELECT state, items, applied, duplicates, parked, unknown, reason, exceptions FROM delivery ORDER BY id") {
		c := strings.SplitN(line, "|", 8)
		out = append(out, words("delivery "+c[0], "items", c[1], "applied", c[2], "duplicates", c[3], "parked", c[4], "unknown", c[5],
			"", quoted(c[6]), "", oddities(c[7])))
	}
	return out
}

// oddities writes the exceptions of a delivery without their positions.
func oddities(raw string) string {
	var list []struct{ State, Kind, Reason string }
	if err := json.Unmarshal([]byte(raw), &list); err != nil {
		return "[" + err.Error() + "]"
	}
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = x.State + " " + x.Kind + " " + x.Reason
	}
	return "[" + strings.Join(parts, "; ") + "]"
}
