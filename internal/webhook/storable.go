package webhook

import (
	"bytes"
	"unicode/utf8"
)

// storable returns the body such that every string in it can be stored as text
// everywhere: bytes that are no UTF-8, and escaped NULs, become U+FFFD. The
// delivery itself keeps the bytes as they came.
func storable(body []byte) []byte {
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	nul := []byte(`\u0000`)
	if !bytes.Contains(body, nul) {
		return body
	}
	out := bytes.Clone(body)
	for i := 0; i+len(nul) <= len(out); i++ {
		if out[i] != '\\' {
			continue
		}
		if bytes.HasPrefix(out[i:], nul) {
			copy(out[i:], `\ufffd`)
		}
		i++ // what follows a backslash is escaped by it
	}
	return out
}
