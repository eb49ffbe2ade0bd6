package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/internal/chatimport"
	"wasl/internal/clock"
	"wasl/internal/fault"
	"wasl/internal/media"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

var _ = add("chatimport", testChatImport)

// importer is a Business with a Number, over a fresh store.
type importer struct {
	Seed
	*chatimport.Importer
	number wa.NumberID
	log    *bytes.Buffer
}

func newImporter(t *testing.T, open Open) importer {
	s := open(t).Plant(t, "Palm Bakery")
	log := &bytes.Buffer{}
	return importer{s, &chatimport.Importer{
		Store: s.DB, Vault: media.Disk{Root: t.TempDir()}, Facts: platform.Known(), Log: slog.New(slog.NewTextHandler(log, nil)),
	}, s.Number("Palm Bakery"), log}
}

func (i importer) source(text string) chatimport.Source {
	return chatimport.Source{
		Business: i.Business, Number: i.number, Name: "WhatsApp Chat with Huda.txt", By: "per_1", Content: strings.NewReader(text), Size: int64(len(text)),
		Answers: chatimport.Answers{Contact: "966502223333", Zone: "Asia/Riyadh"},
	}
}

// bring imports a text to its end.
func (i importer) bring(t *testing.T, text string) chatimport.Import {
	t.Helper()
	im, err := i.Upload(t.Context(), i.source(text))
	if err == nil {
		im, err = i.Confirm(t.Context(), i.Business, im.ID, chatimport.Answers{})
	}
	if err == nil {
		im, err = i.Finish(t.Context(), i.Business, im.ID)
	}
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	return im
}

func (i importer) undo(t *testing.T, id string) chatimport.Import {
	t.Helper()
	im, err := i.Undo(t.Context(), i.Business, id)
	if err == nil {
		im, err = i.Finish(t.Context(), i.Business, id)
	}
	if err != nil {
		t.Fatalf("undo: %v", err)
	}
	return im
}

// dump is the canonical dump without the imports themselves.
func (i importer) dump(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := i.DB.Canonical(t.Context(), i.Business, &b); err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(strings.Split(b.String(), "\n"), func(l string) bool { return strings.HasPrefix(l, "import ") })
	return strings.Join(lines, "\n")
}

func (i importer) count(t *testing.T, query string) int {
	t.Helper()
	var n int
	if err := i.Raw.QueryRowContext(t.Context(), query, string(i.Business)).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// told are the messages of a conversation as "direction minute text".
func (i importer) told(t *testing.T) []string {
	t.Helper()
	rows, err := i.Raw.QueryContext(t.Context(), `SELECT m.direction, m.at, m.provenance, m.type, b.text FROM message m
		JOIN message_body b ON b.business_id = m.business_id AND b.message_id = m.id
		WHERE m.business_id = $1 ORDER BY m.at, m.direction, m.id`, string(i.Business))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var dir, prov, typ, text string
		var at int64
		if err := rows.Scan(&dir, &at, &prov, &typ, &text); err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s %s %s %s %s", clock.FromMicros(at).Format("15:04"), prov, dir, typ, text))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func testChatImport(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, Open){
		"fills a gap and nothing else":          fillsAGap,
		"to somebody unknown, and back":         importsAStranger,
		"in slices, and goes on after a crash":  importsInSlices,
		"undoing keeps what was touched":        undoKeeps,
		"belongs to one business":               importsApart,
		"expires, and can be undone for a day":  importsEnd,
		"asks what the file does not say":       importsAsk,
		"edits and files are the same messages": importsAlike,
	} {
		t.Run(name, func(t *testing.T) { test(t, open) })
	}
}

// The texts are of 22 November 2026 in Riyadh, three hours ahead of Noon's UTC.
const gap = `22/11/2026, 14:58 - Messages and calls are end-to-end encrypted. Tap to learn more.
22/11/2026, 14:58 - Huda: before
22/11/2026, 15:00 - Huda: hello
22/11/2026, 15:00 - Palm Bakery: hello
22/11/2026, 15:01 - Huda: ok
22/11/2026, 15:01 - Huda: ok
22/11/2026, 15:01 - Huda: ok
22/11/2026, 15:02 - Huda: This message was deleted
22/11/2026, 15:03 - Palm Bakery: bye
`

func fillsAGap(t *testing.T, open Open) {
	i := newImporter(t, open)
	contact := i.Contact("Huda", "966502223333")
	conv := i.Conversation(i.number, contact)
	for n, text := range []string{"hello", "ok"} {
		i.Say(Said{In: conv, Number: i.number, Contact: contact, At: Noon.Add(time.Duration(n)*time.Minute + 20*time.Second), WAMID: wa.WAMID("wamid." + text), Text: text})
	}
	before := i.dump(t)
	windows := i.count(t, "SELECT SUM(opened_at) FROM conversation WHERE business_id = $1")

	p, err := i.Look(t.Context(), i.source(gap))
	if err != nil {
		t.Fatal(err)
	}
	if p.Known == nil || *p.Known != 2 || p.Messages != 7 || p.Me != "Palm Bakery" || p.Them != "Huda" || len(p.Questions) != 0 {
		t.Errorf("preview: %+v", p)
	}
	if i.dump(t) != before {
		t.Error("a look changed something")
	}
	im := i.bring(t, gap)
	want := []string{
		"11:58 import in text before", "12:00 import out text hello", "12:00 live in text hello",
		"12:01 import in text ok", "12:01 import in text ok", "12:01 live in text ok", "12:03 import out text bye",
	}
	if got := i.told(t); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if im.State != chatimport.Done || im.Added != 5 || im.Known != 2 || im.Handled != 7 {
		t.Errorf("import %+v", im)
	}
	if got := i.count(t, "SELECT SUM(opened_at) FROM conversation WHERE business_id = $1"); got != windows {
		t.Error("an import opened a window")
	}
	if n := i.count(t, "SELECT COUNT(*) FROM journal WHERE business_id = $1 AND kind = 'chat.imported'"); n != 1 {
		t.Errorf("%d journal entries, want 1", n)
	}
	after := i.dump(t)
	if again := i.bring(t, gap); again.Added != 0 || again.Known != 7 || i.dump(t) != after {
		t.Errorf("the same file again added %d", again.Added)
	}
	if un := i.undo(t, im.ID); un.State != chatimport.Undone || un.Removed != 5 || un.Kept != 0 {
		t.Errorf("undone %+v", un)
	}
	if got := i.dump(t); got != before {
		t.Errorf("after undoing\n%s\nwant\n%s", got, before)
	}
	for _, word := range []string{"before", "Huda", "966502223333"} {
		if strings.Contains(i.log.String(), word) {
			t.Errorf("the log says %q", word)
		}
	}
}

func importsAStranger(t *testing.T, open Open) {
	i := newImporter(t, open)
	before := i.dump(t)
	im := i.bring(t, gap)
	if im.Added != 7 || i.count(t, "SELECT COUNT(*) FROM conversation WHERE business_id = $1") != 1 {
		t.Errorf("import %+v", im)
	}
	if n := i.count(t, "SELECT COUNT(*) FROM journal WHERE business_id = $1 AND kind = 'contact.changed'"); n != 0 {
		t.Errorf("%d entries of a contact; nobody wakes for an import", n)
	}
	if n := i.count(t, "SELECT COUNT(*) FROM chat_import_text WHERE business_id = $1"); n != 0 {
		t.Error("the text stayed after the import")
	}
	i.undo(t, im.ID)
	if got := i.dump(t); got != before {
		t.Errorf("after undoing\n%s\nwant\n%s", got, before)
	}
}

// long is a chat of n messages, several a minute, many equal.
func long(n int) string {
	var b strings.Builder
	for k := range n {
		fmt.Fprintf(&b, "%s - %s: words %d\n", Noon.Add(time.Duration(k/40)*time.Minute).Format("02/01/2006, 15:04"), []string{"Huda", "Palm Bakery"}[k%2], k%7)
	}
	return b.String()
}

// crashing is a store whose process dies after some slices.
type crashing struct {
	chatimport.Store
	left int
}

var errCrash = errors.New("kill -9")

func (c *crashing) AddSlice(ctx context.Context, now time.Time, im chatimport.Import, items []chatimport.Item, last bool) error {
	if c.left == 0 {
		return errCrash
	}
	c.left--
	return c.Store.AddSlice(ctx, now, im, items, last)
}

func importsInSlices(t *testing.T, open Open) {
	whole, broken := newImporter(t, open), newImporter(t, open)
	const n = 1310
	empty := whole.dump(t)
	brought := whole.bring(t, long(n))
	if brought.Added != n {
		t.Fatalf("added %d of %d", brought.Added, n)
	}
	im, err := broken.Upload(t.Context(), broken.source(long(n)))
	if err == nil {
		im, err = broken.Confirm(t.Context(), broken.Business, im.ID, chatimport.Answers{})
	}
	if err != nil {
		t.Fatal(err)
	}
	dying := &chatimport.Importer{Store: &crashing{broken.DB, 1}, Vault: broken.Vault, Log: broken.Log}
	if _, err := dying.Finish(t.Context(), broken.Business, im.ID); !errors.Is(err, errCrash) {
		t.Fatalf("got %v, want a crash", err)
	}
	stale, err := broken.Import(t.Context(), broken.Business, im.ID)
	if err != nil || stale.Handled != 500 || stale.State != chatimport.Running {
		t.Fatalf("after the crash: %+v, %v", stale, err)
	}
	// Whoever was slow finds that others went on.
	if err := broken.DB.AddSlice(t.Context(), Noon, im, nil, false); !errors.Is(err, chatimport.ErrMoved) {
		t.Errorf("a slice from before: %v", err)
	}
	if err := broken.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if im, err := broken.Import(t.Context(), broken.Business, im.ID); err != nil || im.State != chatimport.Done || im.Handled != n || im.Added != n {
		t.Errorf("after the crash the import came to %+v, %v", im, err)
	}
	if whole.dump(t) != broken.dump(t) {
		t.Error("an import that was interrupted came to something else")
	}
	if n := broken.count(t, "SELECT COUNT(*) FROM journal WHERE business_id = $1 AND kind = 'chat.imported'"); n != 3 {
		t.Errorf("%d journal entries, want one for each of 3 slices", n)
	}
	if err := broken.DB.AddSlice(t.Context(), Noon, stale, nil, false); !errors.Is(err, chatimport.ErrMoved) {
		t.Errorf("a slice after the end: %v", err)
	}
	if waits, err := broken.DB.ImportsWait(t.Context()); err != nil || len(waits) != 0 {
		t.Errorf("work is due though all is done: %v, %v", waits, err)
	}
	// Undoing is interrupted as well.
	if _, err := whole.Undo(t.Context(), whole.Business, brought.ID); err != nil {
		t.Fatal(err)
	}
	if all, err := whole.DB.UndoSlice(t.Context(), Noon, whole.Business, brought.ID, 400); err != nil || all {
		t.Fatalf("a slice of undoing: %v, %v", all, err)
	}
	if err := whole.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if im, err := whole.Import(t.Context(), whole.Business, brought.ID); err != nil || im.State != chatimport.Undone || im.Removed != n || whole.dump(t) != empty {
		t.Errorf("undone: %+v, %v", im, err)
	}
}

func undoKeeps(t *testing.T, open Open) {
	i := newImporter(t, open)
	im := i.bring(t, gap)
	i.Exec("UPDATE message SET edits = 1 WHERE business_id = $1 AND direction = 'out'", string(i.Business))
	un := i.undo(t, im.ID)
	if un.Removed != 5 || un.Kept != 2 {
		t.Errorf("removed %d, kept %d; want 5 and 2", un.Removed, un.Kept)
	}
	if got := i.told(t); len(got) != 2 || i.count(t, "SELECT COUNT(*) FROM conversation WHERE business_id = $1 AND last_message <> ''") != 1 {
		t.Errorf("what is left: %q", got)
	}
}

func importsApart(t *testing.T, open Open) {
	i := newImporter(t, open)
	im := i.bring(t, gap)
	other := i.Opened.Plant(t, "Another")
	_, errImport := i.Import(t.Context(), other.Business, im.ID)
	_, errUndo := i.Undo(t.Context(), other.Business, im.ID)
	_, errList := i.Imports(t.Context(), other.Business, i.number)
	s := i.source(gap)
	s.Business = other.Business
	_, errLook := i.Look(t.Context(), s)
	for _, err := range []error{errImport, errUndo, errList, errLook} {
		if f, ok := fault.From(err); !ok || f.Kind != fault.NotFound {
			t.Errorf("another business got %v", err)
		}
	}
}

func importsEnd(t *testing.T, open Open) {
	i := newImporter(t, open)
	waits, err := i.Upload(t.Context(), i.source(gap))
	if err != nil {
		t.Fatal(err)
	}
	done := i.bring(t, gap)
	day := chatimport.Keep.Microseconds()
	i.Exec("UPDATE chat_import SET created_at = created_at - $2, finished_at = finished_at - $2 WHERE business_id = $1", string(i.Business), day)
	if _, err := i.Confirm(t.Context(), i.Business, waits.ID, chatimport.Answers{}); codeOf(err) != fault.CodeImportClosed {
		t.Errorf("confirmed after a day: %v", err)
	}
	if _, err := i.Undo(t.Context(), i.Business, done.ID); codeOf(err) != fault.CodeImportClosed {
		t.Errorf("undone after a day: %v", err)
	}
	if err := i.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err := i.Imports(t.Context(), i.Business, i.number)
	if err != nil || len(list) != 2 || list[0].State != chatimport.Done || list[1].State != chatimport.Expired {
		t.Errorf("list %+v, %v", list, err)
	}
	if n := i.count(t, "SELECT COUNT(*) FROM chat_import_text WHERE business_id = $1"); n != 0 {
		t.Error("the text of an expired import is still there")
	}
}

func codeOf(err error) fault.Code {
	f, ok := fault.From(err)
	if !ok {
		return ""
	}
	return f.Code
}

func importsAsk(t *testing.T, open Open) {
	i := newImporter(t, open)
	s := i.source("03/04/2024, 10:00 - Ana: one\n03/04/2024, 10:01 - Ben: two\n04/04/2024, 10:01 - Cem: three\n")
	s.Answers, s.Name = chatimport.Answers{}, "_chat.txt"
	im, err := i.Upload(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	want := []chatimport.Question{chatimport.AskOrder, chatimport.AskZone, chatimport.AskMe, chatimport.AskThem, chatimport.AskContact}
	if !slices.Equal(im.Preview.Questions, want) || im.Preview.Known != nil {
		t.Errorf("questions %v, want %v", im.Preview.Questions, want)
	}
	if _, err := i.Confirm(t.Context(), i.Business, im.ID, chatimport.Answers{Order: "mdy", Me: "ben", Zone: "Asia/Riyadh"}); codeOf(err) != fault.CodeExportQuestionOpen {
		t.Errorf("started with open questions: %v", err)
	}
	im, err = i.Confirm(t.Context(), i.Business, im.ID, chatimport.Answers{Them: "Ana", Contact: "+966 50 222 3333"})
	if err != nil || im.State != chatimport.Running {
		t.Fatalf("%+v, %v", im, err)
	}
	if im, err = i.Finish(t.Context(), i.Business, im.ID); err != nil || im.Added != 2 {
		t.Errorf("%+v, %v", im, err)
	}
	if n := i.count(t, fmt.Sprintf("SELECT COUNT(*) FROM message WHERE business_id = $1 AND at < %d", time.Date(2024, 3, 5, 0, 0, 0, 0, time.UTC).UnixMicro())); n != 2 {
		t.Error("the dates were not read as they were answered")
	}
}

func importsAlike(t *testing.T, open Open) {
	i := newImporter(t, open)
	contact := i.Contact("Huda", "966502223333")
	conv := i.Conversation(i.number, contact)
	first := i.Say(Said{In: conv, Number: i.number, Contact: contact, At: Noon, WAMID: "wamid.1", Text: "see you at 4"})
	i.Exec("UPDATE message SET edits = 1 WHERE business_id = $1 AND id = $2", string(i.Business), string(first))
	i.Exec(`INSERT INTO message_version (business_id, number_id, wamid, edit_wamid, at, side, content, text) VALUES ($1, $2, 'wamid.1', 'wamid.2', 1, 'customer', '{}', 'see you at 5')`,
		string(i.Business), string(i.number))
	photo := i.Say(Said{In: conv, Number: i.number, Contact: contact, At: Noon.Add(time.Minute), WAMID: "wamid.3", Text: "a caption"})
	i.Exec("UPDATE message SET type = 'image' WHERE business_id = $1 AND id = $2", string(i.Business), string(photo))
	im := i.bring(t, "22/11/2026, 15:00 - Huda: see you at 5 <This message was edited>\n22/11/2026, 15:01 - Huda: <Media omitted>\n22/11/2026, 15:01 - Huda: IMG-1.jpg (file attached)\n")
	if im.Known != 2 || im.Added != 1 {
		t.Errorf("known %d, added %d; want 2 and 1", im.Known, im.Added)
	}
}
