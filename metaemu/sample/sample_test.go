package sample

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
	"image/png"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// TestSamplesAreWhatTheySay: the Go library recognises each, and they are the
// same each time.
func TestSamplesAreWhatTheySay(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Files() {
		seen[f.Type] = true
		is, want := http.DetectContentType(f.Bytes()), f.MIME
		if f.Type == "audio" {
			want = "application/ogg"
		}
		if is != want {
			t.Errorf("%s is taken for %s, want %s", f.Name, is, want)
		}
		if g, ok := Find(f.Name); !ok || !bytes.Equal(g.Bytes(), f.Bytes()) || g.MIME != f.MIME {
			t.Errorf("%s is another the second time", f.Name)
		}
		if f.Origin == "" {
			t.Errorf("%s does not say where it comes from", f.Name)
		}
	}
	for _, typ := range []string{"image", "video", "audio", "document", "sticker"} {
		if f, ok := Find(typ); !ok || f.Type != typ || !seen[typ] {
			t.Errorf("no sample of type %s", typ)
		}
	}
	if _, ok := Find("nothing"); ok {
		t.Error("a sample was found that is none")
	}
}

// TestPicturesDecode: they have their size.
func TestPicturesDecode(t *testing.T) {
	p, err := png.Decode(bytes.NewReader(picture()))
	if err != nil || p.Bounds().Dx() != 240 {
		t.Errorf("png: %v", err)
	}
	j, err := jpeg.Decode(bytes.NewReader(photo()))
	if err != nil || j.Bounds().Dx() != 320 {
		t.Errorf("jpeg: %v", err)
	}
	// The first bits of lossless WebP are its size, less one.
	if s := sticker(); binary.LittleEndian.Uint32(s[21:])&0x3fff != stickerSide-1 || int(binary.LittleEndian.Uint32(s[4:]))+8 != len(s) {
		t.Error("the sticker has another size than it says")
	}
}

// TestFilmHasItsFrameWhereItSays: the table of places leads to the length of the
// one frame, which fills the rest of the file; and nothing in it needs an escape.
func TestFilmHasItsFrameWhereItSays(t *testing.T) {
	f := film()
	i := bytes.Index(f, []byte("stco"))
	at := int(binary.BigEndian.Uint32(f[i+12:]))
	if size := int(binary.BigEndian.Uint32(f[at:])); at+4+size != len(f) || f[at+4] != 0x65 {
		t.Errorf("the frame begins at %d and has %d bytes, in a file of %d", at, size, len(f))
	}
	if bytes.Contains(f[at+4:], []byte{0, 0}) {
		t.Error("two zero bytes in a row need an escape")
	}
}

// TestPaperFindsItsObjects: the table of a PDF leads to each object.
func TestPaperFindsItsObjects(t *testing.T) {
	p := string(paper())
	_, table, _ := strings.Cut(p, "0000000000 65535 f \n")
	for i := 1; i <= 5; i++ {
		at, err := strconv.Atoi(table[(i-1)*20 : (i-1)*20+10])
		if err != nil || !strings.HasPrefix(p[at:], strconv.Itoa(i)+" 0 obj") {
			t.Errorf("object %d is not at %d", i, at)
		}
	}
}

// TestVoiceNoteHasPagesThatAddUp: the checksum of a page with its own checksum
// taken out is the one it holds, by a known value of the polynomial.
func TestVoiceNoteHasPagesThatAddUp(t *testing.T) {
	// CRC-32 of "123456789" with this polynomial, not mirrored, from zero.
	if got := oggSum([]byte("123456789")); got != 0x89a1897f {
		t.Errorf("checksum = %#x, want 0x89a1897f", got)
	}
	if n := bytes.Count(voiceNote(), []byte("OggS")); n != 3 {
		t.Errorf("%d pages, want 3", n)
	}
}
