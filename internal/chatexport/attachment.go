package chatexport

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
)

// directoryEach is how many bytes of a zip's directory there are for each file,
// generously: WhatsApp's names are short.
const directoryEach = 256

// directory reads what a zip says it holds, and refuses what no export is: more
// files than a chat has, or files that unpack to more than they can be.
func directory(r io.ReaderAt, size int64, limit Limits) (*zip.Reader, error) {
	// The directory is held in memory, so it is bounded before it is counted.
	b := &bounded{r: r, left: int64(limit.Entries+1)*directoryEach + 1<<20}
	z, err := zip.NewReader(b, size)
	switch {
	case b.left < 0:
		return nil, ErrTooLarge
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	case len(z.File) > limit.Entries:
		return nil, ErrTooLarge
	}
	b.free = true
	whole := int64(0)
	for _, e := range z.File {
		unpacked := int64(min(e.UncompressedSize64, 1<<62))
		whole += min(unpacked, 1<<62-whole)
		if limit.Files > 0 && whole > limit.Files || limit.bomb(unpacked, int64(min(e.CompressedSize64, 1<<62))) {
			return nil, ErrTooLarge
		}
	}
	return z, nil
}

// smallest is the size below which it does not matter how well a file is packed.
const smallest = 1 << 20

func (l Limits) bomb(unpacked, packed int64) bool {
	return l.Ratio > 0 && unpacked > smallest && unpacked/l.Ratio > packed
}

// bounded is a reader of which only so much is read until it is freed.
type bounded struct {
	r    io.ReaderAt
	left int64
	free bool
}

func (b *bounded) ReadAt(p []byte, off int64) (int, error) {
	if !b.free {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, ErrTooLarge
		}
	}
	return b.r.ReadAt(p, off)
}

// attach notes a file beside the chat. What two files are called tells neither.
func (f *File) attach(e *zip.File) {
	name := tidy(path.Base(e.Name))
	f.Media = append(f.Media, name)
	if _, twice := f.files[name]; twice {
		f.files[name] = nil
		return
	}
	f.files[name] = e
}

// Has reports whether a file that a message names is in the zip, and may be read.
func (f *File) Has(name string) bool {
	e := f.files[tidy(name)]
	return e != nil && e.UncompressedSize64 <= uint64(f.limit.File)
}

// Unpack copies a file that a message names to w as it is unpacked, and not more
// of it than the zip says and the limit allows.
func (f *File) Unpack(name string, w io.Writer) error {
	if !f.Has(name) {
		return ErrNoFile
	}
	rc, err := f.files[tidy(name)].Open()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer rc.Close()
	in := &damaged{rc: rc}
	n, err := io.Copy(w, io.LimitReader(in, f.limit.File+1))
	switch {
	case in.err != nil:
		return fmt.Errorf("%w: %w", ErrDamaged, in.err)
	case err != nil:
		return err
	case n > f.limit.File:
		return ErrTooLarge
	}
	return nil
}

// damaged tells trouble with the zip from trouble with where its files go.
type damaged struct {
	rc  io.Reader
	err error
}

func (d *damaged) Read(p []byte) (int, error) {
	n, err := d.rc.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		d.err = err
	}
	return n, err
}
