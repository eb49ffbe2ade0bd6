package chatimport

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"

	_ "time/tzdata" // the zones of the world, where the machine has none

	"wasl/internal/chatexport"
	"wasl/internal/clock"
	"wasl/internal/fault"
	"wasl/internal/id"
	"wasl/internal/media"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

// slice is how many messages one transaction looks at.
const slice = 500

// Topic wakes [Importer.Run].
const Topic = "import"

// Importer previews, imports and undoes. It is safe for concurrent use.
type Importer struct {
	Store Store
	Vault media.Vault   // where the files of a chat are kept
	Facts platform.Book // how large they may be
	Log   *slog.Logger

	// files is held for writing while bytes that nobody holds are removed, and for
	// reading while some are kept that will be held.
	files sync.RWMutex
}

// Source is a file somebody brings.
type Source struct {
	Business wa.BusinessID
	Number   wa.NumberID
	Name     string // of the file
	By       string
	Content  io.ReaderAt
	Size     int64
	Answers  Answers
}

// limits are how large the files of an export may be today.
func (i *Importer) limits() chatexport.Limits {
	l, f := chatexport.Usual, i.Facts.On(clock.Now())
	l.File, l.Files, l.Ratio = f.Amount(platform.ImportFile), f.Amount(platform.ImportFiles), f.Amount(platform.ImportRatio)
	return l
}

// Look tells what importing a file would do, and keeps nothing.
func (i *Importer) Look(ctx context.Context, s Source) (Preview, error) {
	d, err := i.look(ctx, s)
	if err != nil {
		return Preview{}, err
	}
	return d.Preview, nil
}

func (i *Importer) look(ctx context.Context, s Source) (*draft, error) {
	if _, err := i.Store.NumberOf(ctx, s.Business, s.Number); err != nil {
		return nil, missing(err)
	}
	f, err := chatexport.Open(s.Content, s.Size, s.Name, i.limits())
	if err != nil {
		return nil, unreadable(err)
	}
	if f.Partner() == "" {
		// An iPhone's zip bears the name that its text does not.
		f.Name = s.Name
	}
	return i.preview(ctx, s.Business, s.Number, f, s.Answers)
}

// Upload keeps a file until it is confirmed, for a day at most: the text of the chat,
// and those of its files that messages name.
func (i *Importer) Upload(ctx context.Context, s Source) (Import, error) {
	d, err := i.look(ctx, s)
	if err != nil {
		return Import{}, err
	}
	packed, err := pack(d.file)
	if err != nil {
		return Import{}, unreadable(err)
	}
	im := Import{
		Business: s.Business, ID: id.New("imp"), Number: s.Number, Name: d.file.Name, By: s.By, State: Waiting,
		CreatedAt: clock.Now(), Answers: s.Answers, Preview: d.Preview,
	}
	// Until its files are in their place it has none: a crash promises nothing.
	im.Preview.FilesFound = 0
	if err := i.Store.CreateImport(ctx, im, packed); err != nil {
		return Import{}, err
	}
	im.Preview.FilesFound = d.FilesFound
	if err := i.keepFiles(ctx, im, d); err != nil {
		// Nobody has seen it yet; what was kept goes with it.
		if gone := i.Store.ExpireImport(context.WithoutCancel(ctx), im.Business, im.ID); gone != nil {
			i.Log.Error("refused chat export stays until it expires", "import", im.ID, "err", gone)
		}
		i.Store.Wake(Topic)
		return Import{}, unreadable(err)
	}
	i.Log.Info("chat export kept", "import", im.ID, "number", im.Number, "messages", d.Messages, "files", len(d.found))
	return im, nil
}

// Answer takes answers and looks at the file again with them. Nothing is imported.
func (i *Importer) Answer(ctx context.Context, b wa.BusinessID, importID string, a Answers) (Import, error) {
	im, err := i.answered(ctx, b, importID, a)
	if err != nil {
		return im, err
	}
	return im, missing(i.Store.Answer(ctx, clock.Now(), im, false))
}

// Confirm takes the answers and starts the import. What is still open is a fault,
// and the import goes on waiting.
func (i *Importer) Confirm(ctx context.Context, b wa.BusinessID, importID string, a Answers) (Import, error) {
	im, err := i.answered(ctx, b, importID, a)
	if err != nil {
		return im, err
	}
	start := len(im.Preview.Questions) == 0
	if err := i.Store.Answer(ctx, clock.Now(), im, start); err != nil {
		return Import{}, missing(err)
	}
	if !start {
		return im, fault.Of(fault.CodeExportQuestionOpen).Saying("Still to be answered: %s.", list(im.Preview.Questions))
	}
	i.Store.Wake(Topic)
	return i.Store.Import(ctx, b, importID)
}

// answered is a waiting import with answers and what the file says with them.
func (i *Importer) answered(ctx context.Context, b wa.BusinessID, importID string, a Answers) (Import, error) {
	im, err := i.Store.Import(ctx, b, importID)
	if err != nil {
		return Import{}, missing(err)
	}
	if im.State != Waiting || aged(im).State == Expired {
		return im, closed("This import is %s.", aged(im).State)
	}
	im.Answers = im.Answers.with(a)
	d, err := i.reopen(ctx, im)
	if err != nil {
		return Import{}, err
	}
	// The zip is not kept: what was found in it is known from the first look.
	d.FilesFound = im.Preview.FilesFound
	im.Preview = d.Preview
	return im, nil
}

// Discard forgets a file that waits to be confirmed.
func (i *Importer) Discard(ctx context.Context, b wa.BusinessID, importID string) error {
	im, err := i.Store.Import(ctx, b, importID)
	switch {
	case err != nil:
		return missing(err)
	case im.State == Expired:
		return nil
	case im.State != Waiting:
		return closed("This import is %s; what it added can be undone.", im.State)
	}
	if err := i.Store.ExpireImport(ctx, b, importID); err != nil {
		return missing(err)
	}
	i.Store.Wake(Topic) // its files go
	return nil
}

// with are the answers with others that win.
func (a Answers) with(b Answers) Answers {
	for _, f := range []struct {
		to   *string
		from string
	}{{&a.Contact, b.Contact}, {&a.Me, b.Me}, {&a.Them, b.Them}, {&a.Zone, b.Zone}} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if b.Order != "" {
		a.Order = b.Order
	}
	return a
}

// Undo begins to take an import back.
func (i *Importer) Undo(ctx context.Context, b wa.BusinessID, importID string) (Import, error) {
	im, err := i.Store.Import(ctx, b, importID)
	if err != nil {
		return Import{}, missing(err)
	}
	switch {
	case im.State == Undone, im.State == Undoing:
		return im, nil
	case im.State != Done:
		return im, closed("This import is %s, so there is nothing to undo.", im.State)
	case !clock.Now().Before(im.UndoUntil()):
		return im, closed("This import was finished more than %d hours ago.", int(Keep.Hours()))
	}
	if err := i.Store.StartUndo(ctx, clock.Now(), b, importID); err != nil {
		return Import{}, missing(err)
	}
	i.Store.Wake(Topic)
	return i.Store.Import(ctx, b, importID)
}

// Import returns one import; it has expired when its day is over.
func (i *Importer) Import(ctx context.Context, b wa.BusinessID, importID string) (Import, error) {
	im, err := i.Store.Import(ctx, b, importID)
	return aged(im), missing(err)
}

// Imports lists the imports of a Number, the newest first.
func (i *Importer) Imports(ctx context.Context, b wa.BusinessID, n wa.NumberID) ([]Import, error) {
	if _, err := i.Store.NumberOf(ctx, b, n); err != nil {
		return nil, missing(err)
	}
	const most = 100
	list, err := i.Store.Imports(ctx, b, n, most)
	for k := range list {
		list[k] = aged(list[k])
	}
	return list, err
}

func aged(im Import) Import {
	if im.State == Waiting && !clock.Now().Before(im.CreatedAt.Add(Keep)) {
		im.State = Expired
	}
	return im
}

// preview examines a file and counts what is there already, as far as that can be
// told.
func (i *Importer) preview(ctx context.Context, b wa.BusinessID, number wa.NumberID, f *chatexport.File, a Answers) (*draft, error) {
	n, err := i.Store.NumberOf(ctx, b, number)
	if err != nil {
		return nil, missing(err)
	}
	d, err := examine(f, n, a, clock.Now())
	if err != nil {
		return nil, unreadable(err)
	}
	known := 0
	settled := len(d.Questions) == 0
	err = inSlices(d, func(items []Item) error {
		d.Messages += len(items)
		if !settled {
			return nil
		}
		there, err := i.Store.There(ctx, b, number, d.Contact, SpanOf(items))
		if err != nil {
			return err
		}
		m := NewMinutes(there)
		for _, it := range items {
			if m.Has(it) {
				known++
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if settled {
		d.Known = &known
	}
	for _, p := range d.People {
		if p.Name != d.Me && p.Name != d.Them {
			d.Others += p.Messages
		}
	}
	return d, nil
}

func inSlices(d *draft, each func([]Item) error) error {
	var items []Item
	flush := func() error {
		err := each(items)
		items = items[:0]
		return err
	}
	err := d.items(func(it Item) error {
		if items = append(items, it); len(items) < slice {
			return nil
		}
		return flush()
	})
	if err != nil || len(items) == 0 {
		return err
	}
	return flush()
}

// pack is the text of a chat as it waits in the database.
func pack(f *chatexport.File) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := f.Text(z); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// reopen examines the text of an import anew.
func (i *Importer) reopen(ctx context.Context, im Import) (*draft, error) {
	f, err := i.unpack(ctx, im)
	if err != nil {
		return nil, err
	}
	return i.preview(ctx, im.Business, im.Number, f, im.Answers)
}

func (i *Importer) unpack(ctx context.Context, im Import) (*chatexport.File, error) {
	packed, err := i.Store.ImportText(ctx, im.Business, im.ID)
	if err != nil {
		return nil, missing(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack chat: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(z, chatexport.Usual.Text))
	if err != nil {
		return nil, fmt.Errorf("unpack chat: %w", err)
	}
	return chatexport.Open(bytes.NewReader(text), int64(len(text)), im.Name, chatexport.Usual)
}

// refusals say what is wrong with a file; their words name no content.
var refusals = []struct {
	err  error
	code fault.Code
	says string
}{
	{chatexport.ErrNotAnExport, fault.CodeExportUnreadable, "This is no exported chat"},
	{chatexport.ErrNoChat, fault.CodeExportUnreadable, "This is no exported chat"},
	{chatexport.ErrManyChats, fault.CodeExportUnreadable, "Which text is the chat cannot be told"},
	{chatexport.ErrTooLarge, fault.CodeExportTooLarge, "This is more than can be imported"},
	{chatexport.ErrBadName, fault.CodeExportZipRefused, "This zip is not read"},
	{chatexport.ErrDamaged, fault.CodeExportZipRefused, "This zip cannot be read"},
}

func unreadable(err error) error {
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			return fault.Of(r.code).Saying("%s: %s.", r.says, r.err).Because(err)
		}
	}
	return err
}

func missing(err error) error {
	switch {
	case errors.Is(err, ErrNotFound):
		return fault.Of(fault.CodeNotFound)
	case errors.Is(err, ErrMoved):
		return closed("Somebody else has gone on with this import.")
	}
	return err
}

func closed(sentence string, args ...any) error {
	return fault.Of(fault.CodeImportClosed).Saying(sentence, args...)
}

func list(qs []Question) string {
	var b bytes.Buffer
	for k, q := range qs {
		if k > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(q))
	}
	return b.String()
}
