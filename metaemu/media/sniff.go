package media

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// Sniff is the type of a file by its first bytes; empty if they tell nothing.
// Files of an MPEG-4 container are told as video/mp4, or video/3gpp by their brand.
func Sniff(b []byte) string {
	for _, m := range []struct{ typ, from, then string }{
		{"image/jpeg", "\xff\xd8\xff", ""},
		{"image/png", "\x89PNG\r\n\x1a\n", ""},
		{"image/gif", "GIF8", ""},
		{"image/webp", "RIFF", "WEBP"},
		{"audio/ogg", "OggS", ""},
		{"audio/amr", "#!AMR", ""},
		{"audio/mpeg", "ID3", ""},
		{"application/pdf", "%PDF-", ""},
		{"application/zip", "PK\x03\x04", ""},
		{"application/x-ole", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ""},
	} {
		if bytes.HasPrefix(b, []byte(m.from)) && (m.then == "" || len(b) >= 12 && string(b[8:12]) == m.then) {
			return m.typ
		}
	}
	if len(b) >= 12 && string(b[4:8]) == "ftyp" {
		if strings.HasPrefix(string(b[8:12]), "3g") {
			return "video/3gpp"
		}
		return "video/mp4"
	}
	if len(b) >= 2 && b[0] == 0xff && b[1]&0xe0 == 0xe0 {
		if b[1]&0xf6 == 0xf0 { // ADTS has no layer.
			return "audio/aac"
		}
		return "audio/mpeg"
	}
	return ""
}

// containers are the types whose files look like another's from outside.
var containers = map[string][]string{
	"audio/mp4":          {"video/mp4", "video/3gpp"},
	"audio/aac":          {"audio/aac", "video/mp4"},
	"video/mp4":          {"video/mp4", "video/3gpp"},
	"video/3gpp":         {"video/mp4", "video/3gpp"},
	"application/msword": {"application/x-ole"}, "application/vnd.ms-excel": {"application/x-ole"}, "application/vnd.ms-powerpoint": {"application/x-ole"},
}

// differs is why a file is not of a type, or nothing.
func differs(typ string, b []byte) string {
	is, want := Sniff(b), containers[typ]
	if strings.HasPrefix(typ, "application/vnd.openxmlformats") {
		want = []string{"application/zip"}
	}
	if want == nil {
		want = []string{typ}
	}
	if typ == "text/plain" {
		if is == "" && !bytes.Contains(b, []byte{0}) {
			return ""
		}
		return "it is no text."
	}
	if !contains(want, is) {
		if is == "" {
			return "its content is of no known type."
		}
		return "its content is " + is + "."
	}
	switch typ {
	case "image/png":
		return pngDiffers(b)
	case "audio/ogg":
		return oggDiffers(b)
	case "video/mp4", "video/3gpp":
		return filmDiffers(b)
	}
	return ""
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// pngDiffers wants 8 bits of RGB or RGBA (§3).
func pngDiffers(b []byte) string {
	if len(b) < 26 {
		return "it breaks off."
	}
	if depth, colour := b[24], b[25]; depth != 8 || colour != 2 && colour != 6 {
		return "a picture must have 8 bits of RGB or RGBA."
	}
	return ""
}

// oggDiffers wants OPUS with one channel (§3).
func oggDiffers(b []byte) string {
	i := bytes.Index(b[:min(len(b), 512)], []byte("OpusHead"))
	switch {
	case i < 0:
		return "its codec is not OPUS."
	case len(b) < i+10 || b[i+9] != 1:
		return "it must have one channel."
	}
	return ""
}

// codecs of an MPEG-4 file that are not H.264, and where they stand.
var otherCodecs = []string{"hvc1", "hev1", "mp4v", "av01", "vp09", "vp08"}

// filmDiffers wants H.264, and one audio stream or none (§2.2). 3GPP may hold
// other codecs of its own.
func filmDiffers(b []byte) string {
	moov := within(b, "moov")
	if moov == nil {
		return "it has no description of its content."
	}
	for _, c := range otherCodecs {
		if bytes.Contains(moov, []byte(c)) {
			return "its codec is " + c + " and not H.264."
		}
	}
	if bytes.Count(moov, []byte("soun")) > 1 {
		return "it has more than one audio stream."
	}
	return ""
}

// within is the content of a box at the top of an MPEG-4 file.
func within(b []byte, name string) []byte {
	for len(b) >= 8 {
		size, head := uint64(binary.BigEndian.Uint32(b)), uint64(8)
		switch {
		case size == 1 && len(b) >= 16:
			size, head = binary.BigEndian.Uint64(b[8:]), 16
		case size == 0:
			size = uint64(len(b))
		}
		if size < head || size > uint64(len(b)) {
			return nil
		}
		if string(b[4:8]) == name {
			return b[head:size]
		}
		b = b[size:]
	}
	return nil
}

// Animated answers whether a file is an animated WebP.
func Animated(b []byte) bool {
	return Sniff(b) == "image/webp" && len(b) > 20 && string(b[12:16]) == "VP8X" && b[20]&2 != 0
}
