package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"wasl/internal/fault"
)

// The cost of a password's hash: OWASP's argon2id with 19 MiB and two passes,
// about 70 ms of one core. Stored hashes carry their own, so these may grow.
const (
	hashMemoryKiB = 19 * 1024
	hashPasses    = 2
	hashLanes     = 1
	hashLength    = 32
	saltLength    = 16
)

// Bounds of a password: long enough not to be guessed within the throttle's
// limits, short enough not to be a way to keep the machine busy.
const (
	MinPassword = 10 // characters
	maxPassword = 1024
)

// hasher computes hashes, few at a time: a flood of sign-ins may neither fill the
// memory nor take both cores from the messages. Those who would have to wait
// behind too many others are refused. It is safe for concurrent use.
type hasher struct {
	slots chan struct{} // held while computing
	queue chan struct{} // held while waiting and computing
}

// mostWaiting is a queue of about 4 s at 2 hashes at once.
const mostWaiting = 100

func newHasher(atOnce int) *hasher {
	return &hasher{slots: make(chan struct{}, atOnce), queue: make(chan struct{}, mostWaiting)}
}

// hash returns the stored form of a password:
// "$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>".
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := checkPassword(password); err != nil {
		return "", err
	}
	salt := make([]byte, saltLength)
	rand.Read(salt)
	key, err := h.key(ctx, password, salt, hashPasses, hashMemoryKiB, hashLanes, hashLength)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemoryKiB, hashPasses, hashLanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// nobodysHash is what a password is compared with if nobody has the e-mail, so that the
// answer takes as long: the form of a real hash of nothing anybody knows.
var nobodysHash = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemoryKiB, hashPasses, hashLanes,
	base64.RawStdEncoding.EncodeToString(make([]byte, saltLength)), base64.RawStdEncoding.EncodeToString(make([]byte, hashLength)))

var errHash = errors.New("stored password hash cannot be read")

// matches reports whether password is the one whose stored form is given.
func (h *hasher) matches(ctx context.Context, password, stored string) (bool, error) {
	var version int
	var memory, passes uint32
	var lanes uint8
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errHash
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return false, errHash
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, errHash
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 {
		return false, errHash
	}
	if len(password) > maxPassword {
		password = password[:maxPassword]
	}
	got, err := h.key(ctx, password, salt, passes, memory, lanes, uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

func (h *hasher) key(ctx context.Context, password string, salt []byte, passes, memory uint32, lanes uint8, length uint32) ([]byte, error) {
	select {
	case h.queue <- struct{}{}:
	default:
		return nil, fault.Of(fault.CodeTooManyAttempts).Because(TooEarly{Wait: 5 * time.Second})
	}
	defer func() { <-h.queue }()
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), salt, passes, memory, lanes, length), nil
}

func checkPassword(password string) error {
	n := utf8.RuneCountInString(password)
	if n < MinPassword || len(password) > maxPassword || !utf8.ValidString(password) {
		return fault.Of(fault.CodeParameterInvalid).
			Saying("password: must have %d to %d characters.", MinPassword, maxPassword)
	}
	return nil
}
