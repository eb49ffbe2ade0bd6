package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"wasl/internal/auth"
	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/ingest"
	"wasl/internal/wa"
)

var _ = add("timeline", timelinePart)

func timelinePart(t *testing.T, open Open) {
	t.Run("tells what happened to one number, the latest first", timelineTells(open))
	t.Run("comes in pages", timelinePages(open))
	t.Run("another business's is not found", func(t *testing.T) {
		s := open(t).Plant(t, "one")
		n := s.Number("riyadh")
		other := s.Plant(t, "two")
		if _, err := other.DB.Timeline(t.Context(), other.Business, n, 0, 10); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("Timeline for another business: %v, want ErrNotFound", err)
		}
	})
}

// Tell applies events as if a delivery had brought them.
func (s Seed) Tell(at time.Time, events ...wa.Event) {
	s.t.Helper()
	s.told[0]++
	d := ingest.Delivery{ID: wa.DeliveryID(fmt.Sprintf("dlv_%s_%d", s.Business, s.told[0])), ReceivedAt: at, Body: []byte("{}")}
	if err := s.DB.Keep(s.t.Context(), []ingest.Delivery{d}); err != nil {
		s.t.Fatalf("keep: %v", err)
	}
	if _, err := s.DB.Apply(s.t.Context(), at, []ingest.Parsed{{Delivery: d, Normalized: ingest.Normalized{Events: events}}}); err != nil {
		s.t.Fatalf("apply: %v", err)
	}
}

// Place is where events about a Number that was planted say they happened.
func Place(name string) wa.Place {
	return wa.Place{PhoneNumberID: wa.PhoneNumberID("pn-" + name), WABAID: wa.WABAID("waba-" + name)}
}

func timelineTells(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		n, other := s.Number("riyadh"), s.Number("jeddah")
		owner := s.Person("owner@example.test", auth.Owner)
		place := Place("riyadh")
		s.Tell(
			Noon,
			wa.Received{Place: place, From: wa.Party{Phone: "966500000002"}, WAMID: "w1", At: Noon, Content: wa.Content{Type: "text", JSON: []byte(`{}`), Text: "a secret"}},
			wa.NumberChanged{Place: place, Field: "phone_number_quality_update", Event: "DOWNGRADE", Limit: "TIER_250", At: Noon.Add(time.Minute), Raw: []byte(`{"a":1}`)},
			wa.AccountChanged{Place: place, Event: "ACCOUNT_RESTRICTION", Reason: "RESTRICTED_BIZ_INITIATED_MESSAGING", At: Noon.Add(2 * time.Minute), Raw: []byte(`{"b":1}`)},
			wa.AccountChanged{Place: Place("jeddah"), Event: "ACCOUNT_OFFBOARDED", At: Noon.Add(3 * time.Minute), Raw: []byte(`{"c":1}`)},
		)
		if err := s.DB.Confirm(t.Context(), s.Business, n, owner, Noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		list, err := s.DB.Timeline(t.Context(), s.Business, n, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range list {
			got = append(got, fmt.Sprint(h.Kind, " ", h.Facts.Field, " ", h.Facts.Event, " ", h.Facts.Reason, " ", h.ByName))
		}
		want := []string{
			"number.changed heartbeat " + coexist.OwnerConfirmed + "  owner@example.test",
			"account.changed  ACCOUNT_RESTRICTION RESTRICTED_BIZ_INITIATED_MESSAGING ",
			"number.changed phone_number_quality_update DOWNGRADE TIER_250 ",
			"number.changed  added  ",
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("Timeline =\n%q, want\n%q", got, want)
		}
		list, err = s.DB.Timeline(t.Context(), s.Business, other, 0, 10)
		if err != nil || len(list) != 3 || list[0].Facts.Event != "suspended" || list[1].Facts.Event != "ACCOUNT_OFFBOARDED" {
			t.Errorf("Timeline of the other = %+v, %v, want its stage, what Meta said, and that it was added", list, err)
		}
	}
}

func timelinePages(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		n := s.Number("riyadh")
		for i := range 5 {
			at := Noon.Add(time.Duration(i) * time.Minute)
			s.Tell(at, wa.NumberChanged{Place: Place("riyadh"), Field: "account_alerts", Event: fmt.Sprint("E", i), At: at, Raw: fmt.Append(nil, i)})
		}
		var got []string
		for before := wa.Seq(0); ; {
			page, err := s.DB.Timeline(t.Context(), s.Business, n, before, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range page {
				got = append(got, h.Facts.Event)
				before = h.Seq
			}
			if len(page) < 2 {
				break
			}
		}
		if want := "[E4 E3 E2 E1 E0 added]"; fmt.Sprint(got) != want {
			t.Errorf("pages of two = %v, want %s", got, want)
		}
	}
}
