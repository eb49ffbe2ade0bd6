package store

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/internal/chatimport"
	"wasl/internal/ingest"
	"wasl/internal/seal"
	"wasl/internal/wa"
)

// small lists the tables that may be read whole: there are few rows in them, or
// only rows of work that is waiting.
var small = []string{"due", "node", "json_each", "number_directory", "schema_floor"}

// TestNoStatementReadsABusinessWhole asks SQLite for the plan of every statement
// that keeping, applying and journalling prepared, and refuses those that scan a
// table, or find a row among all rows of a Business. The cost of a message must
// stay flat from a hundred thousand messages to a hundred million.
func TestNoStatementReadsABusinessWhole(t *testing.T) {
	db := planned(t)
	for _, query := range statements(db) {
		for _, step := range explain(t, db, query) {
			if why := tooWide(step); why != "" {
				t.Errorf("%s\n    %s: %s", squeeze(query), why, step)
			}
		}
	}
}

// TestTooWide proves that the check above can fail.
func TestTooWide(t *testing.T) {
	for step, want := range map[string]bool{
		"SCAN message": true,
		"SEARCH message USING PRIMARY KEY (business_id=?)":                                     true,
		"SEARCH message USING INDEX message_wamid (business_id=? AND number_id=? AND wamid=?)": false,
		"SEARCH number USING INDEX sqlite_autoindex_number_1 (business_id=?)":                  false,
		"SCAN delivery USING INDEX delivery_kept":                                              false,
		"SCAN json_each VIRTUAL TABLE INDEX 1:":                                                false,
		"SEARCH journal USING PRIMARY KEY (business_id=? AND seq>?)":                           false,
		"SEARCH inbound USING PRIMARY KEY (business_id=?)":                                     true,
	} {
		if got := tooWide(step) != ""; got != want {
			t.Errorf("tooWide(%q) = %v, want %v", step, got, want)
		}
	}
}

func tooWide(step string) string {
	words := strings.Fields(step)
	if len(words) < 2 || slices.Contains(small, words[1]) || words[1] == "number" || words[1] == "assignment" || words[1] == "person" {
		return ""
	}
	switch words[0] {
	case "SCAN":
		if !strings.Contains(step, "delivery_kept") && !strings.HasPrefix(words[1], "(") && words[1] != "CONSTANT" {
			return "reads a table whole"
		}
	case "SEARCH":
		if strings.HasSuffix(step, "(business_id=?)") {
			return "reads everything of a business"
		}
	}
	return ""
}

// planned is a database on which a little of everything was done.
func planned(t *testing.T) *DB {
	ctx := t.Context()
	s, err := seal.New(make([]byte, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	db, err := Open(ctx, Options{URL: filepath.Join(t.TempDir(), "wasl.db"), Sealer: s})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	b, err := db.CreateBusiness(ctx, "Plans", now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.AddNumber(ctx, NewNumber{Business: b, PhoneNumberID: "1", WABAID: "2", Display: "+966 50 000 0001", Mode: "coexistence"}, now.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	apply := func(events ...wa.Event) {
		t.Helper()
		d := ingest.Delivery{ID: wa.DeliveryID(fmt.Sprint("dlv_", len(events))), ReceivedAt: now, Body: []byte("{}")}
		if err := db.Keep(ctx, []ingest.Delivery{d}); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Apply(ctx, now, []ingest.Parsed{{Delivery: d, Normalized: ingest.Normalized{Events: events}}}); err != nil {
			t.Fatal(err)
		}
	}
	apply(soup(now)...)
	apply(append(soup(now), soup(now)...)...)
	if _, _, err := db.Claim(ctx, b); err != nil {
		t.Fatal(err)
	}
	importAndUndo(t, db, b)
	return db
}

// importAndUndo brings a chat in and takes it back.
func importAndUndo(t *testing.T, db *DB, b wa.BusinessID) {
	ctx := t.Context()
	numbers, err := db.Numbers(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	text := "25/03/2024, 14:05 - Mona: hello\n25/03/2024, 14:06 - Shop: hello\n"
	i := &chatimport.Importer{Store: db, Log: slog.New(slog.DiscardHandler)}
	im, err := i.Upload(ctx, chatimport.Source{
		Business: b, Number: numbers[0].ID, Name: "WhatsApp Chat with Mona.txt", Content: strings.NewReader(text), Size: int64(len(text)),
		Answers: chatimport.Answers{Contact: "966500000009", Zone: "Asia/Riyadh"},
	})
	for _, step := range []func() error{
		func() error { _, err := i.Confirm(ctx, b, im.ID, chatimport.Answers{}); return err },
		func() error { return i.Round(ctx) },
		func() error { _, err := i.Undo(ctx, b, im.ID); return err },
		func() error { return i.Round(ctx) },
	} {
		if err == nil {
			err = step()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// soup is one event of every kind that is applied at once.
func soup(now time.Time) []wa.Event {
	p := wa.Place{PhoneNumberID: "1", WABAID: "2", Display: "966500000001"}
	who := wa.Party{Phone: "966500000002", WaID: "966500000002", Name: "Mona"}
	both := wa.Party{Phone: "966500000002", BSUID: "SA.1"}
	c := wa.Content{Type: "text", JSON: []byte(`{"type":"text","text":{"body":"hi"}}`), Text: "hi"}
	return []wa.Event{
		wa.Received{Place: p, From: who, WAMID: "w1", At: now, Content: c},
		wa.Received{Place: p, From: wa.Party{BSUID: "SA.1"}, WAMID: "w2", At: now, Content: c},
		wa.Received{Place: p, From: both, WAMID: "w3", At: now, Content: c}, // two become one
		wa.Echoed{Place: p, To: who, WAMID: "w4", At: now, Content: c},
		wa.Edited{Place: p, By: wa.Business, Party: who, WAMID: "w5", Original: "w4", At: now, Content: c},
		wa.Revoked{Place: p, By: wa.Customer, Party: who, WAMID: "w6", Original: "w1", At: now},
		wa.Reacted{Place: p, By: wa.Customer, Party: who, WAMID: "w7", Target: "w4", Emoji: "👍", At: now, Content: c},
		wa.StatusReported{Place: p, WAMID: "w4", Status: wa.Read, Wire: "read", At: now, Recipient: who, Raw: []byte("{}")},
		wa.ContactChanged{Place: p, Party: who, FullName: "Mona", At: now},
		wa.PreferenceChanged{Place: p, Party: who, Category: "marketing_messages", Value: "stop", At: now, Raw: []byte("{}")},
		wa.SystemNoticed{Place: p, Party: who, Now: wa.Party{Phone: "966500000003"}, WAMID: "w8", At: now, Kind: "user_changed_number", Content: c},
		wa.AccountChanged{Place: wa.Place{WABAID: "2"}, Event: "ACCOUNT_OFFBOARDED", At: now, Raw: []byte("{}")},
		wa.HistoryChunk{Place: p, Messages: []wa.HistoryMessage{{With: who, WAMID: "w9", At: now, Content: c}}},
		wa.Unknown{Place: p, Field: "calls", Reason: "a field we have no word for", Raw: []byte("{}")},
	}
}

func statements(db *DB) []string {
	var out []string
	for q := range db.single.stmts {
		if head, _, _ := strings.Cut(strings.TrimSpace(q), " "); slices.Contains([]string{"SELECT", "UPDATE", "DELETE"}, head) {
			out = append(out, q)
		}
	}
	slices.Sort(out)
	return out
}

func explain(t *testing.T, db *DB, query string) []string {
	t.Helper()
	args := make([]any, 0, 20)
	for n := 1; strings.Contains(query, fmt.Sprintf("$%d", n)); n++ {
		args = append(args, "[]")
	}
	rows, err := db.pool.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatalf("%s: %v", squeeze(query), err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		out = append(out, detail)
	}
	return out
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
