package auth

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"wasl/internal/fault"
)

func TestPassword(t *testing.T) {
	h := newHasher(2)
	ctx := t.Context()
	stored, err := h.hash(ctx, "كلمة سر طويلة")
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("hash = %q, %v", stored, err)
	}
	again, _ := h.hash(ctx, "كلمة سر طويلة")
	if again == stored {
		t.Errorf("the same password hashes to the same twice: no salt")
	}
	for password, want := range map[string]bool{"كلمة سر طويلة": true, "كلمة سر طويله": false, "": false} {
		if got, err := h.matches(ctx, password, stored); err != nil || got != want {
			t.Errorf("matches(%q) = %v, %v, want %v", password, got, err, want)
		}
	}
	for _, bad := range []string{"", "-", "$argon2id$v=19$m=1$x$y", "$2a$10$abcdefghijklmnopqrstuv"} {
		if ok, err := h.matches(ctx, "x", bad); ok || err == nil {
			t.Errorf("matches against %q = %v, %v, want an error", bad, ok, err)
		}
	}
	if ok, err := h.matches(ctx, "", nobodysHash); ok || err != nil {
		t.Errorf("nobody's hash matches: %v, %v", ok, err)
	}
}

func TestPasswordBounds(t *testing.T) {
	h := newHasher(1)
	for _, bad := range []string{"", "ninechars", strings.Repeat("x", 1025), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"} {
		if _, err := h.hash(t.Context(), bad); !errors.Is(err, fault.Of(fault.CodeParameterInvalid)) {
			t.Errorf("hash of %d bytes = %v, want parameter_invalid", len(bad), err)
		}
	}
}

// TestHashingIsBounded: those who would wait too long are refused, and a place is
// given back when somebody gives up.
func TestHashingIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHasher(1)
		h.slots <- struct{}{} // somebody is computing, for ever
		ctx, cancel := context.WithCancel(t.Context())
		results := make(chan error, mostWaiting)
		for range mostWaiting {
			go func() {
				_, err := h.matches(ctx, "x", nobodysHash)
				results <- err
			}()
		}
		synctest.Wait()
		if _, err := h.matches(ctx, "x", nobodysHash); !errors.Is(err, fault.Of(fault.CodeTooManyAttempts)) {
			t.Errorf("one more = %v, want too_many_attempts", err)
		}
		cancel()
		for range mostWaiting {
			if err := <-results; !errors.Is(err, context.Canceled) {
				t.Errorf("given up = %v, want canceled", err)
			}
		}
		<-h.slots
		if _, err := h.matches(t.Context(), "x", nobodysHash); err != nil {
			t.Errorf("afterwards = %v, want it computed", err)
		}
	})
}
