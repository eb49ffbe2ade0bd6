// Package id mints identifiers: a prefix that says what is named, and a UUIDv7
// without dashes, so that rows made one after another lie side by side.
package id

import (
	"crypto/rand"
	"encoding/hex"

	"github.com/google/uuid"
)

// New returns prefix_ and 32 hexadecimal digits.
func New(prefix string) string {
	u, err := uuid.NewV7()
	if err != nil {
		panic("id: the system has no randomness: " + err.Error())
	}
	return prefix + "_" + hex.EncodeToString(u[:])
}

// Secret returns 260 random bits as 52 characters of base32 after prefix_,
// fit for a session token or an API key.
func Secret(prefix string) string { return prefix + "_" + rand.Text() + rand.Text() }

// Attempt returns 128 random bits as 26 characters of base32: short enough to
// travel in Meta's opaque data, random enough never to meet another.
func Attempt() string { return rand.Text() }
