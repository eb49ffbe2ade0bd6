// Package media holds what WhatsApp carries: which types of file, how large, and
// how a file shows that it is what its label says. It knows nothing of calls.
package media

import (
	"mime"
	"slices"
	"strings"
)

// Limit is one row of the table of what is carried.
type Limit struct {
	// Kind is the type of message; Only narrows it: an animated sticker.
	Kind, Only string
	// MIME are the types of file, Max the most bytes.
	MIME []string
	Max  int64
	// Read is when the source said so, year and month; Source is a section of
	// the protocol notes, which name the page.
	Read, Source string
}

const (
	read   = "2026-09"
	source = "cloud-api-protocol §3"
	// KB and MB are Meta's units.
	KB = 1 << 10
	MB = 1 << 20
)

// MaxUpload is the largest file that the upload takes, of whatever kind, and the
// largest that comes from a customer (§3).
const MaxUpload = 100 * MB

var limits = []Limit{
	{Kind: "audio", MIME: []string{"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}, Max: 16 * MB, Read: read, Source: source},
	{Kind: "document", MIME: []string{
		"text/plain", "application/pdf", "application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"application/vnd.ms-powerpoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	}, Max: MaxUpload, Read: read, Source: source},
	{Kind: "image", MIME: []string{"image/jpeg", "image/png"}, Max: 5 * MB, Read: read, Source: source},
	{Kind: "sticker", MIME: []string{"image/webp"}, Max: 100 * KB, Read: read, Source: source},
	{Kind: "sticker", Only: "animated", MIME: []string{"image/webp"}, Max: 500 * KB, Read: read, Source: source},
	{Kind: "video", MIME: []string{"video/mp4", "video/3gpp"}, Max: 16 * MB, Read: read, Source: source},
}

// Limits is the table of all of them.
func Limits() []Limit { return slices.Clone(limits) }

// Samples are the types that a resumable upload takes (§3.1).
func Samples() []string {
	return []string{"application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4"}
}

// MaxVoice is up to which size a voice note shows its play icon and transcript
// (§2.2). Larger ones are sent all the same.
const MaxVoice = 512 * KB

// Bare is a type without its parameters: audio/ogg of "audio/ogg; codecs=opus".
func Bare(typ string) string {
	bare, _, err := mime.ParseMediaType(typ)
	if err != nil {
		bare, _, _ = strings.Cut(strings.ToLower(typ), ";")
	}
	return strings.TrimSpace(bare)
}

// KindOf is the type of message that carries a type of file; empty if none does.
func KindOf(typ string) string {
	for _, l := range limits {
		if slices.Contains(l.MIME, Bare(typ)) {
			return l.Kind
		}
	}
	return ""
}

// Allowed are the types of file of a type of message, or all of them, in order.
func Allowed(kind string) (list []string) {
	for _, l := range limits {
		if (kind == "" || l.Kind == kind) && l.Only == "" {
			list = append(list, l.MIME...)
		}
	}
	return list
}

// MaxOf is the most bytes of a kind.
func MaxOf(kind string, animated bool) (most int64) {
	for _, l := range limits {
		if l.Kind == kind && (l.Only == "" || animated) {
			most = l.Max
		}
	}
	return most
}

// extensions are the endings of addresses that tell a type of file. It holds also
// what is not carried, for that can be seen from an address alone.
var extensions = map[string]string{
	"aac": "audio/aac", "amr": "audio/amr", "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "opus": "audio/ogg", "wav": "audio/wav",
	"txt": "text/plain", "pdf": "application/pdf", "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"jpg":  "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif", "bmp": "image/bmp", "svg": "image/svg+xml",
	"mp4": "video/mp4", "3gp": "video/3gpp", "avi": "video/x-msvideo", "mov": "video/quicktime", "mkv": "video/x-matroska",
}

// ByExtension is the type that the end of a path tells; empty if it tells none.
func ByExtension(path string) string {
	i := strings.LastIndexAny(path, "./")
	if i < 0 || path[i] == '/' {
		return ""
	}
	return extensions[strings.ToLower(path[i+1:])]
}
