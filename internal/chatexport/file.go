package chatexport

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// File is an exported chat, ready to be read as often as needed.
type File struct {
	Name  string   // of the text, as the zip calls it or as given
	Media []string // names of the other files in the zip
	limit Limits
	open  func() (io.ReadCloser, error)
	files map[string]*zip.File // by the name the chat may call them; nil: two bear it
}

// Open finds the chat in a file of size bytes, which is a text or a zip; its
// bytes say which. Nothing is unpacked but the text, as it is read.
func Open(r io.ReaderAt, size int64, name string, limit Limits) (*File, error) {
	var head [4]byte
	n, err := r.ReadAt(head[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read file: %w", err)
	}
	if bytes.Equal(head[:n], []byte("PK\x03\x04")) || bytes.Equal(head[:n], []byte("PK\x05\x06")) {
		return openZip(r, size, limit)
	}
	if size > limit.Text {
		return nil, ErrTooLarge
	}
	f := &File{Name: name, limit: limit}
	f.open = func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(r, 0, size)), nil }
	return f, nil
}

func openZip(r io.ReaderAt, size int64, limit Limits) (*File, error) {
	z, err := directory(r, size, limit)
	if err != nil {
		return nil, err
	}
	f := &File{limit: limit, files: map[string]*zip.File{}}
	var texts []*zip.File
	for _, e := range z.File {
		switch {
		case outside(e.Name):
			return nil, ErrBadName
		case strings.HasSuffix(e.Name, "/"), strings.HasPrefix(e.Name, "__MACOSX/"):
		case strings.EqualFold(path.Ext(e.Name), ".txt"):
			texts = append(texts, e)
		default:
			f.attach(e)
		}
	}
	chat, err := f.choose(texts)
	if err != nil {
		return nil, err
	}
	f.Name, f.open = path.Base(chat.Name), func() (io.ReadCloser, error) {
		rc, err := chat.Open()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		return rc, nil
	}
	return f, nil
}

// outside reports whether a name in a zip leads out of where it would be unpacked.
// Nothing is unpacked here; but such a zip is no work of WhatsApp's.
func outside(name string) bool {
	if strings.ContainsAny(name, "\\\x00") || strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':' {
		return true
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return true
		}
	}
	return false
}

// choose tells the chat from text files that were sent in it.
func (f *File) choose(texts []*zip.File) (*zip.File, error) {
	var named []*zip.File
	for _, t := range texts {
		if called(path.Base(t.Name)) {
			named = append(named, t)
		}
	}
	switch {
	case len(texts) == 0:
		return nil, ErrNoChat
	case len(texts) == 1:
		named = texts
	case len(named) != 1:
		return nil, ErrManyChats
	}
	for _, t := range texts {
		if t != named[0] {
			f.attach(t)
		}
	}
	return named[0], nil
}

// called reports whether a text bears a name that WhatsApp gives to chats.
func called(name string) bool {
	name = strings.ToLower(strings.Map(func(r rune) rune {
		if mark(r) {
			return -1
		}
		return plain(r)
	}, name))
	for _, begins := range []string{"_chat", "whatsapp chat", "محادثة واتساب", "دردشة واتساب"} {
		if strings.HasPrefix(name, begins) {
			return true
		}
	}
	return false
}

// Partner is the name of the other side as the file's own name tells it; empty if
// it tells none, as on iPhones.
func (f *File) Partner() string {
	name := tidy(strings.TrimSuffix(f.Name, path.Ext(f.Name)))
	for _, before := range []string{"WhatsApp Chat with ", "WhatsApp Chat - ", "محادثة واتساب مع ", "دردشة واتساب مع "} {
		if rest, ok := strings.CutPrefix(name, before); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// Text copies the chat's text to w, within the limit.
func (f *File) Text(w io.Writer) error {
	rc, err := f.open()
	if err != nil {
		return err
	}
	defer rc.Close()
	n, err := io.Copy(w, io.LimitReader(rc, f.limit.Text+1))
	switch {
	case n > f.limit.Text:
		return ErrTooLarge
	case err != nil:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}
