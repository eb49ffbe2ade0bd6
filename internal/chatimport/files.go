package chatimport

import (
	"context"
	"crypto/sha256"
	"hash"
	"maps"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"

	"wasl/internal/chatexport"
	"wasl/internal/media"
)

// together is how many files are written down, and let go of, at once.
const together = 16

// keepFiles puts the files that messages name into the vault, one after the other as
// they are unpacked. Each is written down before its bytes have a name, so that what
// a crash leaves behind is found and removed.
func (i *Importer) keepFiles(ctx context.Context, im Import, d *draft) error {
	if len(d.found) == 0 {
		return nil
	}
	i.files.RLock()
	defer i.files.RUnlock()
	for names := range slices.Chunk(slices.Sorted(maps.Keys(d.found)), together) {
		if err := i.keepSome(ctx, im, d.file, names); err != nil {
			return err
		}
	}
	return i.Store.FilesKept(ctx, im)
}

func (i *Importer) keepSome(ctx context.Context, im Import, f *chatexport.File, names []string) (err error) {
	var drafts []media.Draft
	defer func() {
		if err != nil {
			for _, d := range drafts {
				d.Drop()
			}
		}
	}()
	var held []Held
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		d, err := i.Vault.Create(im.Business)
		if err != nil {
			return err
		}
		drafts = append(drafts, d)
		m := &measured{to: d, sum: sha256.New()}
		if err := f.Unpack(name, m); err != nil {
			return err
		}
		held = append(held, Held{Name: name, Type: typeOf(name, m.head), SHA256: m.sum.Sum(nil), Size: m.size})
	}
	if err := i.Store.HoldFiles(ctx, im, held); err != nil {
		return err
	}
	for k := range held {
		if err := drafts[0].Keep(held[k].SHA256); err != nil {
			return err
		}
		drafts = drafts[1:]
	}
	return nil
}

// measured counts and hashes what is written through it, and remembers how it begins.
type measured struct {
	to   media.Draft
	sum  hash.Hash
	size int64
	head []byte
}

// sniffed is how many bytes tell a type.
const sniffed = 512

func (m *measured) Write(p []byte) (int, error) {
	n, err := m.to.Write(p)
	m.size += int64(n)
	_, _ = m.sum.Write(p[:n]) // never fails
	if room := sniffed - len(m.head); room > 0 {
		m.head = append(m.head, p[:min(room, n)]...)
	}
	return n, err
}

// types are those of the files that phones make, whatever the machine knows.
var types = map[string]string{
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp", ".gif": "image/gif",
	".mp4": "video/mp4", ".3gp": "video/3gpp", ".mov": "video/quicktime",
	".opus": "audio/ogg", ".ogg": "audio/ogg", ".m4a": "audio/mp4", ".aac": "audio/aac", ".amr": "audio/amr", ".mp3": "audio/mpeg",
	".pdf": "application/pdf",
}

// typeOf is a file's media type: what its name says, unless its bytes are a picture,
// a video or a sound of another kind.
func typeOf(name string, head []byte) string {
	told := types[strings.ToLower(path.Ext(name))]
	seen, _, _ := mime.ParseMediaType(http.DetectContentType(head)) // always one
	kind, _, _ := strings.Cut(seen, "/")
	said, _, _ := strings.Cut(told, "/")
	switch {
	case told == "":
		return seen
	case (kind == "image" || kind == "video" || kind == "audio") && kind != said:
		return seen
	}
	return told
}

// letGo removes the files that an import still holds and nothing else does.
func (i *Importer) letGo(ctx context.Context, im Import) error {
	i.files.Lock()
	defer i.files.Unlock()
	for ctx.Err() == nil {
		held, err := i.Store.HeldFiles(ctx, im.Business, im.ID, together)
		if err != nil || len(held) == 0 {
			return err
		}
		for _, h := range held {
			// The bytes first: a row that stays after a crash is tried again.
			if err := i.Vault.Remove(im.Business, h.SHA256); err != nil {
				return err
			}
			if err := i.Store.LetGo(ctx, im.Business, im.ID, h.Name); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}
