package cloudapi

import (
	"testing"

	"wasl/internal/outbox"
	"wasl/internal/platform"
)

// TestEveryCodeWithAVerdictHasWords: whatever the response table decides on, a
// person is told what it is, why, and what to do next. (In doubt needs none: the
// code says nothing there.)
func TestEveryCodeWithAVerdictHasWords(t *testing.T) {
	words := platform.KnownErrors()
	decided := 0
	for code := range 150_000 {
		if verdictOn(code).outcome == outbox.InDoubt || code >= 132000 && code <= 132999 {
			continue
		}
		decided++
		if _, ok := words.Of(code); !ok {
			t.Errorf("code %d stops or refuses a message and has no words", code)
		}
	}
	if decided < 120 {
		t.Errorf("%d codes have a verdict, want at least the 100 of 200 to 299 and the single ones", decided)
	}
}
