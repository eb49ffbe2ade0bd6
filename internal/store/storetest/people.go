package storetest

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"wasl/internal/auth"
	"wasl/internal/fault"
	"wasl/internal/wa"
)

var _ = add("people", people)

func people(t *testing.T, open Open) {
	t.Run("an e-mail signs in once", func(t *testing.T) {
		s := open(t).Plant(t, "one")
		s.Person("sara@example.test", auth.Owner)
		other := s.Plant(t, "two")
		_, err := s.DB.CreatePerson(t.Context(), auth.NewPerson{Business: other.Business, Email: "sara@example.test", Role: auth.Agent}, Noon)
		if !errors.Is(err, fault.Of(fault.CodeConflictEmailTaken)) {
			t.Errorf("CreatePerson with a taken e-mail = %v, want conflict_email_taken", err)
		}
	})
	t.Run("the last owner stays", lastOwner(open))
	t.Run("whoever is disabled is out", disabled(open))
	t.Run("a session ends when it is closed or replaced", sessionEnds(open))
	t.Run("keys", keys(open))
}

func lastOwner(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		s.Person("agent@example.test", auth.Agent)
		owners := []wa.PersonID{s.Person("a@example.test", auth.Owner), s.Person("b@example.test", auth.Owner)}
		var wg sync.WaitGroup
		errs := make([]error, len(owners))
		for i, o := range owners {
			wg.Go(func() { errs[i] = s.DB.DisablePerson(t.Context(), s.Business, o, Noon) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("two owners disabled at once: %v and %v, want one of them refused", errs[0], errs[1])
		}
		if err := errors.Join(errs...); !errors.Is(err, fault.Of(fault.CodeLastOwner)) {
			t.Errorf("disable the last owner: %v, want last_owner", err)
		}
		left, err := s.DB.People(t.Context(), s.Business)
		if err != nil || len(left) != 2 {
			t.Errorf("People = %v, %v, want the agent and one owner", left, err)
		}
	}
}

func disabled(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		other := s.Plant(t, "two")
		s.Person("owner@example.test", auth.Owner)
		p := s.Person("sara@example.test", auth.Agent)
		hash := []byte("hash of a token, 32 bytes long..")
		if err := s.DB.OpenSession(t.Context(), session(s, p, hash), nil); err != nil {
			t.Fatal(err)
		}
		if err := s.DB.DisablePerson(t.Context(), other.Business, p, Noon); !errors.Is(err, auth.ErrUnknown) {
			t.Errorf("disabled by another business: %v, want ErrUnknown", err)
		}
		if got, err := s.DB.Session(t.Context(), hash); err != nil || got.Principal.Person != p || got.Principal.BusinessName != "one" {
			t.Fatalf("Session = %+v, %v, want that of %s", got, err, p)
		}
		if err := s.DB.DisablePerson(t.Context(), s.Business, p, Noon); err != nil {
			t.Fatal(err)
		}
		if _, err := s.DB.Session(t.Context(), hash); !errors.Is(err, auth.ErrUnknown) {
			t.Errorf("session of a disabled person: %v, want ErrUnknown", err)
		}
		if _, err := s.DB.Credentials(t.Context(), "sara@example.test"); !errors.Is(err, auth.ErrUnknown) {
			t.Errorf("credentials of a disabled person: %v, want ErrUnknown", err)
		}
		s.Person("sara@example.test", auth.Admin) // the e-mail is free again
	}
}

func session(s Seed, p wa.PersonID, hash []byte) auth.NewSession {
	return auth.NewSession{Hash: hash, Business: s.Business, Person: p, CreatedAt: Noon, ExpiresAt: Noon.Add(12 * time.Hour)}
}

func sessionEnds(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		p := s.Person("sara@example.test", auth.Agent)
		first, second := []byte("first"), []byte("second")
		for _, err := range []error{
			s.DB.OpenSession(t.Context(), session(s, p, first), nil),
			s.DB.SeeSession(t.Context(), first, Noon.Add(time.Hour)),
			s.DB.SeeSession(t.Context(), first, Noon), // the past changes nothing
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if got, err := s.DB.Session(t.Context(), first); err != nil || !got.SeenAt.Equal(Noon.Add(time.Hour)) || !got.ExpiresAt.Equal(Noon.Add(12*time.Hour)) {
			t.Errorf("Session = %+v, %v, want it seen at 13:00 and expiring at midnight", got, err)
		}
		if err := s.DB.OpenSession(t.Context(), session(s, p, second), first); err != nil {
			t.Fatal(err)
		}
		if _, err := s.DB.Session(t.Context(), first); !errors.Is(err, auth.ErrUnknown) {
			t.Errorf("replaced session: %v, want ErrUnknown", err)
		}
		for range 2 {
			if err := s.DB.CloseSession(t.Context(), second); err != nil {
				t.Fatalf("CloseSession: %v", err)
			}
		}
		if _, err := s.DB.Session(t.Context(), second); !errors.Is(err, auth.ErrUnknown) {
			t.Errorf("closed session: %v, want ErrUnknown", err)
		}
	}
}

func keys(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		other := s.Plant(t, "two")
		hash := []byte("hash")
		k := auth.NewKey{Hash: hash, Business: s.Business, Key: auth.Key{
			ID: "key_1", Name: "till", Scopes: []auth.Scope{auth.ReadScope, auth.SendScope}, CreatedAt: Noon,
		}}
		if err := s.DB.CreateKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
		if err := s.DB.SeeKey(t.Context(), hash, Noon.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		p, used, err := s.DB.KeyHolder(t.Context(), hash)
		if err != nil || p.Business != s.Business || p.Key != "key_1" || !slices.Equal(p.Scopes, k.Scopes) || !used.Equal(Noon.Add(time.Minute)) {
			t.Errorf("KeyHolder = %+v, %v, %v", p, used, err)
		}
		if list, err := s.DB.Keys(t.Context(), other.Business); err != nil || len(list) != 0 {
			t.Errorf("keys of another business = %v, %v, want none", list, err)
		}
		if err := s.DB.RevokeKey(t.Context(), other.Business, "key_1", Noon); !errors.Is(err, auth.ErrUnknown) {
			t.Errorf("revoked by another business: %v, want ErrUnknown", err)
		}
		if err := s.DB.RevokeKey(t.Context(), s.Business, "key_1", Noon); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.DB.KeyHolder(t.Context(), hash); !errors.Is(err, auth.ErrUnknown) {
			t.Errorf("revoked key: %v, want ErrUnknown", err)
		}
	}
}
