// Package seal keeps secrets unreadable in the database: tokens and the like
// are sealed with a key derived, per Business, from a master key that lives
// outside it. A sealed value is bound to its place (table, row, column), so that
// one copied into another row or another Business does not open.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrBroken says that a sealed value was changed, moved, or sealed with another
// master key.
var ErrBroken = errors.New("sealed value does not open with this master key")

// KeySize is the length of a master key in bytes.
const KeySize = 32

// A Sealer seals and opens. It is safe for concurrent use.
type Sealer struct{ master []byte }

// New returns a Sealer for a master key of [KeySize] bytes.
func New(master []byte) (*Sealer, error) {
	if len(master) != KeySize {
		return nil, fmt.Errorf("master key has %d bytes, want %d", len(master), KeySize)
	}
	return &Sealer{master: append([]byte(nil), master...)}, nil
}

// Load reads the master key from path, and makes one there if there is none and
// create is true. It never falls back to plain text.
func Load(path string, create bool) (*Sealer, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && create {
		return make32(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read master key: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(raw)))
	if err != nil {
		return nil, fmt.Errorf("master key %s is not base64: %w", path, err)
	}
	return New(key)
}

func make32(path string) (*Sealer, error) {
	key := make([]byte, KeySize)
	rand.Read(key)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make folder of master key: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make master key: %w", err)
	}
	if _, err := f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n"); err != nil {
		return nil, errors.Join(fmt.Errorf("write master key: %w", err), f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("write master key: %w", err)
	}
	return New(key)
}

// Seal returns the secret, unreadable, for the place business‖place. Place says
// table, row and column, such as "number/num_1/token".
func (s *Sealer) Seal(business, place string, secret []byte) ([]byte, error) {
	a, err := s.aead(business)
	if err != nil {
		return nil, err
	}
	return a.Seal(nil, nil, secret, []byte(business+"\x00"+place)), nil
}

// Open returns the secret that was sealed for this place, or [ErrBroken].
func (s *Sealer) Open(business, place string, sealed []byte) ([]byte, error) {
	a, err := s.aead(business)
	if err != nil {
		return nil, err
	}
	secret, err := a.Open(nil, nil, sealed, []byte(business+"\x00"+place))
	if err != nil {
		return nil, ErrBroken
	}
	return secret, nil
}

// MAC is the first 8 bytes of an HMAC over msg, under a key of its own for
// purpose. It is what makes an opaque id ours.
func (s *Sealer) MAC(purpose, msg string) []byte {
	key, err := hkdf.Key(sha256.New, s.master, nil, "wasl mac "+purpose, 32)
	if err != nil {
		panic("seal: " + err.Error())
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte(msg))
	return h.Sum(nil)[:8]
}

func (s *Sealer) aead(business string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, s.master, nil, "wasl seal "+business, 32)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}
