package storetest

import (
	"bytes"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wasl/internal/fault"
)

var _ = add("requests", requests)

func requests(t *testing.T, open Open) {
	t.Run("one of many is the first", func(t *testing.T) {
		s := open(t).Plant(t, "one")
		var wg sync.WaitGroup
		var firsts atomic.Int32
		for range 8 {
			wg.Go(func() {
				_, _, first, err := s.DB.BeginRequest(t.Context(), s.Business, "k", []byte("same"), Noon)
				if err != nil {
					t.Error(err)
				}
				if first {
					firsts.Add(1)
				}
			})
		}
		wg.Wait()
		if n := firsts.Load(); n != 1 {
			t.Errorf("%d were first, want 1", n)
		}
	})
	t.Run("the answer is kept, sealed", answerKept(open))
	t.Run("forgotten and expired", answerForgotten(open))
}

func answerKept(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		other := s.Plant(t, "two")
		begin := func(s Seed, print string) (int, []byte, bool, error) {
			return s.DB.BeginRequest(t.Context(), s.Business, "k", []byte(print), Noon)
		}
		if _, _, first, err := begin(s, "a"); !first || err != nil {
			t.Fatalf("first = %v, %v", first, err)
		}
		if status, _, first, err := begin(s, "a"); first || status != 0 || err != nil {
			t.Errorf("while it is answered: %d, %v, %v, want 0", status, first, err)
		}
		secret := []byte(`{"key":"wasl_secret"}`)
		if err := s.DB.EndRequest(t.Context(), s.Business, "k", 201, secret); err != nil {
			t.Fatal(err)
		}
		if status, answer, first, err := begin(s, "a"); first || status != 201 || !bytes.Equal(answer, secret) || err != nil {
			t.Errorf("again: %d %s %v, %v, want the first answer", status, answer, first, err)
		}
		if _, _, _, err := begin(s, "b"); !errors.Is(err, fault.Of(fault.CodeIdempotencyKeyReused)) {
			t.Errorf("with another request: %v, want idempotency_key_reused", err)
		}
		if _, _, first, err := begin(other, "a"); !first || err != nil {
			t.Errorf("the same key of another business: %v, %v, want first", first, err)
		}
		var kept []byte
		if err := s.Raw.QueryRow("SELECT body FROM idempotency WHERE business_id = $1", string(s.Business)).Scan(&kept); err != nil {
			t.Fatal(err)
		}
		if len(kept) == 0 || bytes.Contains(kept, []byte("secret")) {
			t.Errorf("the answer lies in the database as %q", kept)
		}
	}
}

func answerForgotten(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		begin := func(at time.Time) bool {
			t.Helper()
			_, _, first, err := s.DB.BeginRequest(t.Context(), s.Business, "k", []byte("a"), at)
			if err != nil {
				t.Fatal(err)
			}
			return first
		}
		begin(Noon)
		if err := s.DB.ForgetRequest(t.Context(), s.Business, "k"); err != nil {
			t.Fatal(err)
		}
		if !begin(Noon) {
			t.Errorf("forgotten, but not first again")
		}
		if err := s.DB.EndRequest(t.Context(), s.Business, "k", 200, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.DB.ForgetRequest(t.Context(), s.Business, "k"); err != nil {
			t.Fatal(err)
		}
		if begin(Noon.Add(24 * time.Hour)) {
			t.Errorf("an answer was forgotten within a day")
		}
		if !begin(Noon.Add(24*time.Hour + time.Microsecond)) {
			t.Errorf("an answer is kept for more than a day")
		}
	}
}
