package media

import (
	"bytes"
	"regexp"
	"slices"
	"testing"

	"wasl/metaemu/sample"
)

// as is a file of a kind, grown to a size.
func as(kind string, size int) []byte {
	f, _ := sample.Find(kind)
	return append(slices.Clone(f.Bytes()), make([]byte, max(0, size-len(f.Bytes())))...)
}

func TestFilesAreChecked(t *testing.T) {
	animated := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00"), make([]byte, 300*KB)...)
	stereo := bytes.Replace(as("audio", 0), []byte("OpusHead\x01\x01"), []byte("OpusHead\x01\x02"), 1)
	grey := as("picture", 0)
	grey[25] = 0
	hevc := bytes.Replace(as("video", 0), []byte("avc1\x00"), []byte("hvc1\x00"), 1)
	vorbis := bytes.Replace(as("audio", 0), []byte("OpusHead"), []byte("\x01vorbis_"), 1)
	film := as("video", 0)
	twice := bytes.Replace(film, []byte("film\x00"), []byte("soun\x00"), 1)
	twice = bytes.Replace(twice, []byte("vide"), []byte("soun"), 1)
	for _, c := range []struct {
		name, typ string
		content   []byte
		code      int
	}{
		{"a photo", "image/jpeg", as("photo", 0), 0},
		{"a picture", "image/png", as("picture", 0), 0},
		{"a film", "video/mp4", film, 0},
		{"a film of a phone", "video/3gpp", film, 0},
		{"sound in the container of films", "audio/mp4", film, 0},
		{"a voice note", "audio/ogg; codecs=opus", as("audio", 0), 0},
		{"a paper", "application/pdf", as("document", 0), 0},
		{"a sticker", "image/webp", as("sticker", 0), 0},
		{"a text", "text/plain", []byte("سلام"), 0},
		{"an old document", "application/msword", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..."), 0},
		{"a new document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", []byte("PK\x03\x04..."), 0},
		{"a song", "audio/mpeg", []byte("ID3\x03..."), 0},
		{"a song without a title", "audio/mpeg", []byte("\xff\xfb\x90\x00"), 0},
		{"sound of AAC", "audio/aac", []byte("\xff\xf1\x50\x80"), 0},
		{"sound of AMR", "audio/amr", []byte("#!AMR\n..."), 0},
		{"an animated sticker of 300 KB", "image/webp", animated, 0},

		{"a GIF", "image/gif", []byte("GIF89a"), 100},
		{"no type", "", as("photo", 0), 100},
		{"bytes", "application/octet-stream", as("photo", 0), 100},
		{"nothing", "image/jpeg", nil, 131053},
		{"a photo as PNG", "image/png", as("photo", 0), 131053},
		{"a paper as a photo", "image/jpeg", as("document", 0), 131053},
		{"a photo as text", "text/plain", as("photo", 0), 131053},
		{"words as a photo", "image/jpeg", []byte("hello"), 131053},
		{"an old document as a new one", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..."), 131053},
		{"a grey PNG", "image/png", grey, 131053},
		{"a voice in stereo", "audio/ogg", stereo, 131053},
		{"Vorbis", "audio/ogg", vorbis, 131053},
		{"HEVC", "video/mp4", hevc, 131053},
		{"two sounds", "video/mp4", twice, 131053},
		{"half a film", "video/mp4", film[:40], 131053},

		{"a photo of 5 MB", "image/jpeg", as("photo", 5*MB), 0},
		{"a photo of more", "image/jpeg", as("photo", 5*MB+1), 131053},
		{"sound of 16 MB", "audio/ogg", as("audio", 16*MB), 0},
		{"sound of more", "audio/ogg", as("audio", 16*MB+1), 131053},
		{"a sticker of 100 KB", "image/webp", as("sticker", 100*KB), 0},
		{"a sticker of more", "image/webp", as("sticker", 100*KB+1), 131053},
		{"an animated sticker of more", "image/webp", append(animated, make([]byte, 200*KB)...), 131053},
		{"a paper of 17 MB", "application/pdf", as("document", 17*MB), 0},
	} {
		code := 0
		f := Check(c.typ, c.content)
		if f != nil {
			code = f.Code
		}
		if code != c.code {
			t.Errorf("%s: %v, want code %d", c.name, f, c.code)
		}
	}
}

// TestEveryLimitHasASource, and every kind one.
func TestEveryLimitHasASource(t *testing.T) {
	kinds := map[string]bool{}
	for _, l := range Limits() {
		kinds[l.Kind] = true
		if l.Max <= 0 || len(l.MIME) == 0 || !regexp.MustCompile(`^20\d\d-\d\d$`).MatchString(l.Read) || l.Source == "" {
			t.Errorf("%+v", l)
		}
	}
	if len(kinds) != 5 {
		t.Errorf("kinds = %v", kinds)
	}
}

func TestAddressesTellTypes(t *testing.T) {
	for path, want := range map[string]string{
		"/a.JPG": "image/jpeg", "/a.b/c": "", "/x.gif": "image/gif", "/a.unknown": "", "": "", "/v.mp4": "video/mp4",
	} {
		if got := ByExtension(path); got != want {
			t.Errorf("%q tells %q, want %q", path, got, want)
		}
	}
}
