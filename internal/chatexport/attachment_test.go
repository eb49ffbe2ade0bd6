package chatexport_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"wasl/internal/chatexport"
)

// bounds are limits small enough to be met.
var bounds = chatexport.Limits{Text: 1 << 20, Entries: 50, Line: 1 << 10, Message: 1 << 12, People: 10, File: 2 << 20, Files: 8 << 20, Ratio: 200}

type part struct {
	name   string
	body   []byte
	method uint16
}

func album(t *testing.T, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range append([]part{{"_chat.txt", []byte("25/03/2024, 10:00 - Huda: IMG-1.jpg (file attached)\n"), zip.Deflate}}, parts...) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: p.method})
		if err == nil {
			_, err = w.Write(p.body)
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

// counted counts how much of a file is read.
type counted struct {
	r    io.ReaderAt
	read int
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.read += n
	return n, err
}

// TestZipBombs: what unpacks to more than an export holds is refused before anything
// is unpacked, and without reading more than its directory.
func TestZipBombs(t *testing.T) {
	zeros := func(n int) []byte { return make([]byte, n) }
	many := make([]part, 60)
	for k := range many {
		many[k] = part{fmt.Sprintf("IMG-%d.jpg", k), []byte("x"), zip.Store}
	}
	crowd := make([]part, 40_000)
	for k := range crowd {
		crowd[k] = part{fmt.Sprintf("%d", k), nil, zip.Store}
	}
	for _, tt := range []struct {
		name string
		zip  []byte
		want error
	}{
		{"one file that is packed to nothing", album(t, part{"IMG-1.jpg", zeros(1900 << 10), zip.Deflate}), chatexport.ErrTooLarge},
		{"all files together", album(t, part{"1.jpg", zeros(5 << 20), zip.Store}, part{"2.jpg", zeros(5 << 20), zip.Store}), chatexport.ErrTooLarge},
		{"too many files", album(t, many...), chatexport.ErrTooLarge},
		{"a directory beyond memory", album(t, crowd...), chatexport.ErrTooLarge},
		{"a path upwards", album(t, part{"../IMG-1.jpg", []byte("x"), zip.Store}), chatexport.ErrBadName},
		{"a path from the root", album(t, part{"/etc/passwd", []byte("x"), zip.Store}), chatexport.ErrBadName},
		{"a path of Windows", album(t, part{`C:\IMG-1.jpg`, []byte("x"), zip.Store}), chatexport.ErrBadName},
		{"as it should be", album(t, part{"IMG-1.jpg", []byte("a picture"), zip.Store}), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &counted{r: bytes.NewReader(tt.zip)}
			_, err := chatexport.Open(c, int64(len(tt.zip)), "chat.zip", bounds)
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if c.read > 3<<19 {
				t.Errorf("%d bytes were read to find out", c.read)
			}
		})
	}
}

// TestUnpack: a file is found by the name the chat gives it, and no more of it comes
// out than may.
func TestUnpack(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<17+1) // a little over the limit of one file
	raw := album(t,
		part{"Media/IMG-1.jpg", []byte("a picture"), zip.Store}, part{"\u200eIMG-2.jpg", []byte("marked"), zip.Store},
		part{"large.mp4", large, zip.Store}, part{"a/twice.jpg", []byte("one"), zip.Store}, part{"b/twice.jpg", []byte("two"), zip.Store})
	f, err := chatexport.Open(bytes.NewReader(raw), int64(len(raw)), "chat.zip", bounds)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, want string }{
		{"IMG-1.jpg", "a picture"},
		{"IMG-2.jpg", "marked"},
		{"large.mp4", ""}, // larger than what is kept
		{"twice.jpg", ""}, // which of the two cannot be told
		{"IMG-9.jpg", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			err := f.Unpack(tt.name, &b)
			if f.Has(tt.name) != (tt.want != "") || b.String() != tt.want || (tt.want == "") != errors.Is(err, chatexport.ErrNoFile) {
				t.Errorf("has %v, got %q, %v", f.Has(tt.name), b.String(), err)
			}
		})
	}
}

// TestUnpackDamaged: bytes whose checksum is wrong are trouble with the zip, and a
// place that takes no bytes is not.
func TestUnpackDamaged(t *testing.T) {
	raw := album(t, part{"IMG-1.jpg", []byte("a picture"), zip.Store})
	full := errors.New("no room")
	f, err := chatexport.Open(bytes.NewReader(raw), int64(len(raw)), "chat.zip", bounds)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Unpack("IMG-1.jpg", nowhere{full}); !errors.Is(err, full) || errors.Is(err, chatexport.ErrDamaged) {
		t.Errorf("a full disk is told as %v", err)
	}
	raw[bytes.Index(raw, []byte("a picture"))] ^= 1
	f, err = chatexport.Open(bytes.NewReader(raw), int64(len(raw)), "chat.zip", bounds)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Unpack("IMG-1.jpg", io.Discard); !errors.Is(err, chatexport.ErrDamaged) {
		t.Errorf("damage is told as %v", err)
	}
}

type nowhere struct{ err error }

func (n nowhere) Write([]byte) (int, error) { return 0, n.err }
