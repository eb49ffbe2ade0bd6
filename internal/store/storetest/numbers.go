package storetest

import (
	"bytes"
	"errors"
	"testing"

	"wasl/internal/desk"
	"wasl/internal/fault"
	"wasl/internal/store"
	"wasl/internal/wa"
)

var _ = add("numbers", numbers)

func numbers(t *testing.T, open Open) {
	t.Run("a token is sealed and comes back", func(t *testing.T) {
		s := open(t).Plant(t, "one")
		n := s.Number("riyadh")
		if got, err := s.DB.TokenOf(t.Context(), s.Business, n); err != nil || string(got) != "token-riyadh" {
			t.Errorf("TokenOf = %q, %v, want token-riyadh", got, err)
		}
		var sealed []byte
		if err := s.Raw.QueryRow("SELECT token_sealed FROM number WHERE business_id = $1 AND id = $2", string(s.Business), string(n)).Scan(&sealed); err != nil {
			t.Fatal(err)
		}
		if len(sealed) == 0 || bytes.Contains(sealed, []byte("riyadh")) {
			t.Errorf("the token lies in the database as %q", sealed)
		}
		other := s.Plant(t, "two")
		if _, err := s.DB.TokenOf(t.Context(), other.Business, n); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("TokenOf for another business: %v, want ErrNotFound", err)
		}
		if _, err := s.DB.NumberByID(t.Context(), other.Business, n); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("NumberByID for another business: %v, want ErrNotFound", err)
		}
	})
	t.Run("added again it keeps its id", addedAgain(open))
	t.Run("another business's is refused", foreignNumber(open))
}

func addedAgain(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		n := s.Number("riyadh")
		again, err := s.DB.AddNumber(t.Context(), store.NewNumber{
			Business: s.Business, PhoneNumberID: "pn-riyadh", WABAID: "waba-riyadh", Display: "+971 50 111 2222", Mode: "cloud", MPS: 80, Token: []byte("new"),
		}, Noon)
		if err != nil || again != n {
			t.Fatalf("AddNumber again = %s, %v, want %s", again, err, n)
		}
		got, err := s.DB.NumberByID(t.Context(), s.Business, n)
		want := desk.Number{
			Business: s.Business, ID: n, PhoneNumberID: "pn-riyadh", WABAID: "waba-riyadh", Display: "+971 50 111 2222",
			Digits: "971501112222", Country: "AE", Mode: "cloud", Stage: "live", StageAt: Noon, StageBy: "ONBOARDED", MPS: 80, CameAt: Noon, History: desk.History{State: "not_requested"},
		}
		if err != nil || got != want {
			t.Errorf("NumberByID = %+v, %v, want %+v", got, err, want)
		}
		if token, err := s.DB.TokenOf(t.Context(), s.Business, n); err != nil || string(token) != "new" {
			t.Errorf("TokenOf = %q, %v, want the new one", token, err)
		}
		entries, err := s.DB.Entries(t.Context(), s.Business, 0, 10)
		if err != nil || len(entries) != 2 || entries[1].Kind != wa.NumberChangedKind || entries[1].Seq != 2 {
			t.Errorf("journal = %+v, %v, want two entries number.changed", entries, err)
		}
	}
}

func foreignNumber(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		s.Number("riyadh")
		other := s.Plant(t, "two")
		for name, n := range map[string]store.NewNumber{
			"its phone number id": {PhoneNumberID: "pn-riyadh", WABAID: "waba-other"},
			"its WABA":            {PhoneNumberID: "pn-other", WABAID: "waba-riyadh"},
		} {
			n.Business, n.Display, n.Mode = other.Business, "+966 50 111 2222", "cloud"
			_, err := other.DB.AddNumber(t.Context(), n, Noon)
			if f, ok := fault.From(err); !ok || f.Code != fault.CodeNumberTaken || f.Kind != fault.Conflict {
				t.Errorf("AddNumber with %s = %v, want number_taken", name, err)
			}
		}
		if list, err := other.DB.Numbers(t.Context(), other.Business); err != nil || len(list) != 0 {
			t.Errorf("Numbers = %v, %v, want none", list, err)
		}
		if _, err := other.DB.AddNumber(t.Context(), store.NewNumber{
			Business: other.Business, PhoneNumberID: "pn-other", WABAID: "waba-other", Display: "+966 50 111 2222", Mode: "cloud",
		}, Noon); err != nil {
			t.Errorf("a refusal left something behind: %v", err)
		}
	}
}
