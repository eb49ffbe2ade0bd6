package storetest

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"slices"
	"testing"

	"wasl/internal/chatimport"
	"wasl/internal/fault"
	"wasl/internal/media"
	"wasl/internal/wa"
)

var _ = add("chatfiles", testChatFiles)

func testChatFiles(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, Open){
		"come in with their messages, once, and go with them": filesComeAndGo,
		"stay where another message has them too":             sharedFileStays,
		"go when nobody confirms":                             filesExpire,
		"of a crash are found again":                          filesAfterACrash,
		"that are damaged or too much bring nothing in":       filesRefused,
	} {
		t.Run(name, func(t *testing.T) { test(t, open) })
	}
}

// zipOf packs files in order: name, content, name, content.
func zipOf(t *testing.T, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for k := 0; k < len(parts); k += 2 {
		h := &zip.FileHeader{Name: parts[k], Method: zip.Store} // photos and sound do not shrink
		if len(parts[k+1]) > 1<<20 {
			h.Method = zip.Deflate
		}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(w, parts[k+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const withFiles = `22/11/2026, 15:00 - Huda: IMG-1.jpg (file attached)
22/11/2026, 15:01 - Huda: PTT-1.opus (file attached)
22/11/2026, 15:02 - Palm Bakery: IMG-2.jpg (file attached)
the same picture, sent back
22/11/2026, 15:03 - Huda: list.pdf (file attached)
22/11/2026, 15:04 - Somebody: IMG-3.jpg (file attached)
`

const picture = "\xff\xd8\xff\xe0 a picture"

// album is an export whose list.pdf is missing, and whose IMG-3 belongs to neither side.
func album(t *testing.T) []byte {
	return zipOf(t, "WhatsApp Chat with Huda.txt", withFiles, "IMG-1.jpg", picture, "IMG-2.jpg", picture, "PTT-1.opus", "OggS a voice",
		"IMG-3.jpg", "\xff\xd8\xff\xe0 of somebody", "never named.jpg", "x")
}

func (i importer) zipped(b []byte) chatimport.Source {
	s := i.source("")
	s.Name, s.Content, s.Size = "chat.zip", bytes.NewReader(b), int64(len(b))
	return s
}

// bringZip imports a zip to its end.
func (i importer) bringZip(t *testing.T, b []byte) chatimport.Import {
	t.Helper()
	im, err := i.Upload(t.Context(), i.zipped(b))
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

// stored reports whether the bytes are in the vault.
func (i importer) stored(t *testing.T, content string) bool {
	t.Helper()
	sum := sha256.Sum256([]byte(content))
	f, err := i.Vault.Open(i.Business, sum[:])
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := io.ReadAll(f)
	if err != nil || string(got) != content {
		t.Fatalf("kept %q, want %q; %v", got, content, err)
	}
	return true
}

// files are the rows of messages' files as "name type".
func (i importer) files(t *testing.T) []string {
	t.Helper()
	rows, err := i.Raw.QueryContext(t.Context(), "SELECT name, mime FROM message_file WHERE business_id = $1 AND state = 'stored' ORDER BY name", string(i.Business))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name, mime string
		if err := rows.Scan(&name, &mime); err != nil {
			t.Fatal(err)
		}
		out = append(out, name+" "+mime)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func filesComeAndGo(t *testing.T, open Open) {
	i := newImporter(t, open)
	before := i.dump(t)
	up, err := i.Upload(t.Context(), i.zipped(album(t)))
	if err != nil || up.Preview.FilesNamed != 5 || up.Preview.FilesFound != 4 {
		t.Fatalf("uploaded %+v, %v", up.Preview, err)
	}
	if looked, err := i.Look(t.Context(), i.zipped(album(t))); err != nil || looked.FilesFound != 4 {
		t.Errorf("a look finds %d files, %v", looked.FilesFound, err)
	}
	im := i.bringZip(t, album(t))
	if im.Added != 4 || im.Files != 3 || im.Preview.FilesFound != 4 {
		t.Errorf("added %d, %d with file, %d found; want 4, 3 and 4", im.Added, im.Files, im.Preview.FilesFound)
	}
	want := []string{"IMG-1.jpg image/jpeg", "IMG-2.jpg image/jpeg", "PTT-1.opus audio/ogg"}
	if got := i.files(t); !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	if !i.stored(t, picture) || !i.stored(t, "OggS a voice") || i.stored(t, "x") {
		t.Error("not the files that messages name are in the vault, or others are")
	}
	// The first upload still holds the picture of somebody else; when it goes, that goes.
	if !i.stored(t, "\xff\xd8\xff\xe0 of somebody") {
		t.Error("a file that a waiting import holds is gone")
	}
	if err := i.Discard(t.Context(), i.Business, up.ID); err != nil {
		t.Fatal(err)
	}
	i.rounds(t)
	if i.stored(t, "\xff\xd8\xff\xe0 of somebody") || !i.stored(t, picture) {
		t.Error("what nobody holds stayed, or what messages hold went")
	}
	if again := i.bringZip(t, album(t)); again.Added != 0 || len(i.files(t)) != 3 {
		t.Errorf("the same zip again added %d", again.Added)
	}
	if un := i.undo(t, im.ID); un.Removed != 4 {
		t.Errorf("undone %+v", un)
	}
	i.rounds(t)
	if len(i.files(t)) != 0 || i.stored(t, picture) || i.stored(t, "OggS a voice") {
		t.Error("files stayed after undoing")
	}
	if got := i.dump(t); got != before {
		t.Errorf("after undoing\n%s\nwant\n%s", got, before)
	}
	if n := i.count(t, "SELECT COUNT(*) FROM chat_import_file WHERE business_id = $1"); n != 0 {
		t.Errorf("%d files are still held by imports", n)
	}
	if waits, err := i.DB.ImportsWait(t.Context()); err != nil || len(waits) != 0 {
		t.Errorf("work is due though all is done: %v, %v", waits, err)
	}
}

func (i importer) rounds(t *testing.T) {
	t.Helper()
	if err := i.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func sharedFileStays(t *testing.T, open Open) {
	i := newImporter(t, open)
	contact := i.Contact("Sami", "966509998888")
	conv := i.Conversation(i.number, contact)
	m := i.Say(Said{In: conv, Number: i.number, Contact: contact, At: Noon, WAMID: "wamid.1"})
	d, err := i.Vault.Create(i.Business)
	if err == nil {
		_, err = io.WriteString(d, picture)
	}
	sum := sha256.Sum256([]byte(picture))
	if err == nil {
		err = d.Keep(sum[:])
	}
	if err != nil {
		t.Fatal(err)
	}
	i.Exec(`INSERT INTO message_file (business_id, message_id, number_id, media_id, kind, mime, name, told_sum, lane, state, expires_at, sha256)
		VALUES ($1, $2, $3, 'm', 'image', 'image/jpeg', '', '', 'live', 'stored', 0, $4)`, string(i.Business), string(m), string(i.number), sum[:])
	im := i.bringZip(t, album(t))
	if un := i.undo(t, im.ID); un.Removed != 4 {
		t.Errorf("undone %+v", un)
	}
	if !i.stored(t, picture) || i.stored(t, "OggS a voice") {
		t.Error("undoing took a file that another message has, or left one that none has")
	}
	if used, err := i.DB.SumUsed(t.Context(), i.Business, sum[:]); err != nil || !used {
		t.Errorf("used %v, %v", used, err)
	}
}

func filesExpire(t *testing.T, open Open) {
	i := newImporter(t, open)
	if _, err := i.Upload(t.Context(), i.zipped(album(t))); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(picture))
	if used, err := i.DB.SumUsed(t.Context(), i.Business, sum[:]); err != nil || !used {
		t.Errorf("a sweep would take what a waiting import holds: %v, %v", used, err)
	}
	i.Exec("UPDATE chat_import SET created_at = created_at - $2 WHERE business_id = $1", string(i.Business), chatimport.Keep.Microseconds())
	i.rounds(t)
	if i.stored(t, picture) {
		t.Error("the files of an expired import stayed")
	}
}

// dying is a vault whose process ends as it keeps a file.
type dying struct {
	media.Vault
	left int
}

type dyingDraft struct {
	media.Draft
	v *dying
}

func (d *dying) Create(b wa.BusinessID) (media.Draft, error) {
	draft, err := d.Vault.Create(b)
	return dyingDraft{draft, d}, err
}

func (d dyingDraft) Keep(sum []byte) error {
	if d.v.left == 0 {
		panic(errCrash)
	}
	d.v.left--
	return d.Draft.Keep(sum)
}

func filesAfterACrash(t *testing.T, open Open) {
	i := newImporter(t, open)
	broken := &chatimport.Importer{Store: i.DB, Vault: &dying{i.Vault, 2}, Facts: i.Facts, Log: i.Log}
	func() {
		defer func() { _ = recover() }()
		_, _ = broken.Upload(t.Context(), i.zipped(album(t)))
		t.Error("it did not die")
	}()
	list, err := i.Imports(t.Context(), i.Business, i.number)
	if err != nil || len(list) != 1 || list[0].State != chatimport.Waiting || list[0].Preview.FilesFound != 0 {
		t.Fatalf("after the crash: %+v, %v", list, err)
	}
	// Whoever goes on with it is promised no file, and gets none.
	im, err := i.Confirm(t.Context(), i.Business, list[0].ID, chatimport.Answers{})
	if err == nil {
		im, err = i.Finish(t.Context(), i.Business, im.ID)
	}
	if err != nil || im.Added != 4 || im.Files != 0 || len(i.files(t)) != 0 {
		t.Errorf("%+v, %v", im, err)
	}
	if i.stored(t, picture) {
		t.Error("bytes that a crash left behind stay for ever")
	}
}

func filesRefused(t *testing.T, open Open) {
	i := newImporter(t, open)
	cut := album(t)
	at := bytes.Index(cut, []byte("a voice"))
	cut[at] ^= 1 // its checksum is no longer right
	for name, tt := range map[string]struct {
		zip  []byte
		code fault.Code
	}{
		"damaged":      {cut, fault.CodeExportZipRefused},
		"a name above": {zipOf(t, "_chat.txt", withFiles, "../../IMG-1.jpg", picture), fault.CodeExportZipRefused},
		"a bomb":       {zipOf(t, "_chat.txt", withFiles, "IMG-1.jpg", string(make([]byte, 8<<20))), fault.CodeExportTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := i.Upload(t.Context(), i.zipped(tt.zip)); codeOf(err) != tt.code {
				t.Errorf("got %v, want %s", err, tt.code)
			}
		})
	}
	i.rounds(t)
	if i.stored(t, picture) {
		t.Error("files of a refused zip stayed")
	}
	// Trouble with the disk is no fault of the file's.
	full := &chatimport.Importer{Store: i.DB, Vault: noRoom{i.Vault}, Facts: i.Facts, Log: i.Log}
	if _, err := full.Upload(context.WithoutCancel(t.Context()), i.zipped(album(t))); !errors.Is(err, errNoRoom) || codeOf(err) != "" {
		t.Errorf("a full disk: %v", err)
	}
}

type noRoom struct{ media.Vault }

var errNoRoom = errors.New("no space left on device")

func (noRoom) Create(wa.BusinessID) (media.Draft, error) { return nil, errNoRoom }
