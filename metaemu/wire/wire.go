// Package wire writes JSON the way Meta's webhooks carry it: keys in a chosen
// order, everything outside ASCII as \uXXXX escapes with lower-case digits and
// surrogate pairs, and "/" as "\/". A receiver that verifies anything but the
// raw bytes it was sent will notice at once.
//
// Source: Graph API webhooks page ("generated using an escaped unicode version
// of the payload, with lower case hex digits"), read 2026-11-22.
package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Object is a JSON object under construction. Its zero value is an empty
// object. It is not safe for concurrent use.
type Object struct {
	b []byte
}

func (o *Object) key(k string) {
	if len(o.b) == 0 {
		o.b = append(o.b, '{')
	} else {
		o.b = append(o.b, ',')
	}
	o.b = append(o.b, '"')
	o.b = append(o.b, k...)
	o.b = append(o.b, '"', ':')
}

// Str adds a string.
func (o *Object) Str(k, v string) *Object {
	o.key(k)
	o.b = AppendString(o.b, v)
	return o
}

// Opt adds a string unless it is empty: Meta omits what it may not tell, it
// does not send empty strings.
func (o *Object) Opt(k, v string) *Object {
	if v == "" {
		return o
	}
	return o.Str(k, v)
}

// Int adds a whole number.
func (o *Object) Int(k string, v int64) *Object {
	o.key(k)
	o.b = strconv.AppendInt(o.b, v, 10)
	return o
}

// Float adds a number.
func (o *Object) Float(k string, v float64) *Object {
	o.key(k)
	o.b = strconv.AppendFloat(o.b, v, 'f', -1, 64)
	return o
}

// Bool adds true or false.
func (o *Object) Bool(k string, v bool) *Object {
	o.key(k)
	o.b = strconv.AppendBool(o.b, v)
	return o
}

// Raw adds a value that is JSON in wire form already.
func (o *Object) Raw(k string, v []byte) *Object {
	o.key(k)
	o.b = append(o.b, v...)
	return o
}

// Obj adds another object.
func (o *Object) Obj(k string, v *Object) *Object { return o.Raw(k, v.Bytes()) }

// List adds an array of values that are JSON already.
func (o *Object) List(k string, items ...[]byte) *Object {
	o.key(k)
	o.b = append(o.b, '[')
	for i, it := range items {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = append(o.b, it...)
	}
	o.b = append(o.b, ']')
	return o
}

// Bytes is the finished object. It may be called more than once.
func (o *Object) Bytes() []byte {
	if len(o.b) == 0 {
		return []byte("{}")
	}
	return append(o.b[:len(o.b):len(o.b)], '}')
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a quoted JSON string in wire form. Invalid UTF-8
// becomes U+FFFD.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			b = appendASCII(b, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		b = appendRune(b, r)
		i += n
	}
	return append(b, '"')
}

func appendASCII(b []byte, c byte) []byte {
	switch c {
	case '"', '\\', '/':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	if c < 0x20 {
		return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
	return append(b, c)
}

func appendRune(b []byte, r rune) []byte {
	if r > 0xffff {
		hi, lo := utf16.EncodeRune(r)
		return appendRune(appendRune(b, hi), lo)
	}
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// Compact brings JSON written by somebody else into wire form: no blanks, and
// every character outside ASCII escaped. It answers an error if raw is not
// JSON.
func Compact(raw []byte) ([]byte, error) {
	var buf bytes.Buffer
	if err := json.Compact(&buf, raw); err != nil {
		return nil, err
	}
	src := buf.Bytes()
	out := make([]byte, 0, len(src)+16)
	for i := 0; i < len(src); {
		c := src[i]
		switch {
		case c == '\\':
			// An escape that is there already, "\/" among them, stays as it is.
			out = append(out, c, src[i+1])
			i += 2
		case c == '/':
			out = append(out, '\\', '/')
			i++
		case c < utf8.RuneSelf:
			out = append(out, c)
			i++
		default:
			r, n := utf8.DecodeRune(src[i:])
			out = appendRune(out, r)
			i += n
		}
	}
	return out, nil
}

// Sign is the value of X-Hub-Signature-256 for these exact bytes: "sha256="
// and 64 lower-case hex digits of HMAC-SHA256 under the app secret.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}
