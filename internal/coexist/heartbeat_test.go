package coexist_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/internal/coexist"
	"wasl/internal/wa"
)

// heart notes the pulses it is given.
type heart struct {
	numbers []wa.NumberID
	beats   map[wa.NumberID]coexist.Pulse
	err     error
}

func (h *heart) Beat(_ context.Context, _ wa.BusinessID, n wa.NumberID, p coexist.Pulse) error {
	h.beats[n] = p
	return h.err
}

func (h *heart) NumbersOf(context.Context, wa.BusinessID) ([]wa.NumberID, error) {
	return h.numbers, h.err
}

func TestHeartbeat(t *testing.T) {
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	entry := func(k wa.Kind, n wa.NumberID, evidence string) wa.Entry {
		return wa.Entry{Business: "b", Number: n, Kind: k, Facts: wa.Facts{HappenedAt: at, Evidence: evidence}}
	}
	tests := []struct {
		name  string
		entry wa.Entry
		want  map[wa.NumberID]coexist.Pulse
	}{
		{"an echo is a weak sign", entry(wa.MessageEchoed, "n1", "weak"), map[wa.NumberID]coexist.Pulse{"n1": {At: at, Grade: "weak", Kind: "echo"}}},
		{"so is a reaction from the phone", entry(wa.MessageReacted, "n1", "weak"), map[wa.NumberID]coexist.Pulse{"n1": {At: at, Grade: "weak", Kind: "echo"}}},
		{"a change of the address book is a fair one", entry(wa.ContactChangedKind, "n1", "fair"), map[wa.NumberID]coexist.Pulse{"n1": {At: at, Grade: "fair", Kind: "contact_change"}}},
		{
			"a reconnect is a strong one, for every number of the account", entry(wa.AccountChangedKind, "", "strong"),
			map[wa.NumberID]coexist.Pulse{"n1": {At: at, Grade: "strong", Kind: "reconnect"}, "n2": {At: at, Grade: "strong", Kind: "reconnect"}},
		},
		{"what a customer writes says nothing of the phone", entry(wa.MessageReceived, "n1", ""), map[wa.NumberID]coexist.Pulse{}},
		{"a sign without a time is none", wa.Entry{Business: "b", Number: "n1", Kind: wa.MessageEchoed, Facts: wa.Facts{Evidence: "weak"}}, map[wa.NumberID]coexist.Pulse{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := &heart{numbers: []wa.NumberID{"n1", "n2"}, beats: map[wa.NumberID]coexist.Pulse{}}
			if err := (coexist.Heartbeat{Heart: h}).React(t.Context(), tt.entry); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, h.beats); diff != "" {
				t.Errorf("beats (-want +got):\n%s", diff)
			}
		})
	}
}

// TestHeartbeatSaysWhatFailed: an error of the store is the reaction's, so that
// the entry is told again.
func TestHeartbeatSaysWhatFailed(t *testing.T) {
	away := errors.New("away")
	for _, n := range []wa.NumberID{"n1", ""} {
		h := &heart{numbers: []wa.NumberID{"n1"}, beats: map[wa.NumberID]coexist.Pulse{}, err: away}
		e := wa.Entry{Business: "b", Number: n, Kind: wa.AccountChangedKind, Facts: wa.Facts{HappenedAt: time.Now(), Evidence: "strong"}}
		if err := (coexist.Heartbeat{Heart: h}).React(t.Context(), e); !errors.Is(err, away) {
			t.Errorf("React = %v, want %v", err, away)
		}
	}
}

func TestWeight(t *testing.T) {
	order := []string{"", "weak", "fair", "strong"}
	for i := 1; i < len(order); i++ {
		if coexist.Weight(order[i-1]) >= coexist.Weight(order[i]) {
			t.Errorf("Weight(%q) = %d, not less than Weight(%q) = %d", order[i-1], coexist.Weight(order[i-1]), order[i], coexist.Weight(order[i]))
		}
	}
}
