package auth

import (
	"fmt"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// TestThrottleBoundsGuesses: 100,000 guesses at one account from 10,000 addresses
// within an hour: at most 100 are looked at (reliability T17).
func TestThrottleBoundsGuesses(t *testing.T) {
	var th Throttle
	looked := 0
	const guesses = 100_000
	for i := range guesses {
		at := noon.Add(time.Duration(i) * time.Hour / guesses)
		if _, _, ok := th.admit("sara@example.test", fmt.Sprintf("10.0.%d.%d", i%10_000/256, i%256), at); ok {
			looked++
		}
	}
	if looked > 100 || looked < 10 {
		t.Errorf("%d guesses looked at, want at most 100, and some", looked)
	}
}

// TestThrottleSpraying: one address trying many accounts is slowed down too.
func TestThrottleSpraying(t *testing.T) {
	var th Throttle
	looked := 0
	for i := range 10_000 {
		if _, _, ok := th.admit(fmt.Sprintf("p%d@example.test", i), "10.0.0.1", noon.Add(time.Duration(i)*360*time.Millisecond)); ok {
			looked++
		}
	}
	if looked > 60 || looked < 20 {
		t.Errorf("%d accounts tried from one address in an hour, want at most 60, and some", looked)
	}
}

// TestThrottleLetsTheOwnerIn: while others guess, the owner's own address is not
// made to wait.
func TestThrottleLetsTheOwnerIn(t *testing.T) {
	var th Throttle
	g, _, ok := th.admit("sara@example.test", "192.0.2.1", noon)
	if !ok {
		t.Fatal("the first sign-in is refused")
	}
	th.succeed(g, noon)
	for i := range 1000 {
		th.admit("sara@example.test", fmt.Sprintf("10.0.0.%d", i%256), noon.Add(time.Duration(i)*time.Second))
	}
	at := noon.Add(1000 * time.Second)
	if _, _, ok := th.admit("sara@example.test", "198.51.100.7", at); ok {
		t.Errorf("a stranger's address is let through amid the guessing")
	}
	if _, wait, ok := th.admit("sara@example.test", "192.0.2.1", at); !ok {
		t.Errorf("the owner has to wait %v", wait)
	}
}

// TestThrottleWait: five are free, then each failure doubles the wait, up to a
// minute; success and an hour's rest begin anew.
func TestThrottleWait(t *testing.T) {
	var th Throttle
	at := noon
	var waits []time.Duration
	for range 14 {
		if _, wait, ok := th.admit("a", "10.0.0.1", at); !ok {
			waits = append(waits, wait)
			at = at.Add(wait)
			th.admit("a", "10.0.0.1", at)
		}
	}
	got := fmt.Sprint(waits)
	if want := "[1s 2s 4s 8s 16s 32s 1m0s 1m0s]"; got != want {
		t.Errorf("waits %s, want %s", got, want)
	}
	if _, _, ok := th.admit("a", "10.0.0.1", at.Add(forgetFailures+2*time.Minute)); !ok {
		t.Errorf("still made to wait after an hour's rest")
	}
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "2001:db8:1:2::5": "2001:db8:1:2::/64", "pipe": "pipe",
	} {
		if got := network(address); got != want {
			t.Errorf("network(%s) = %s, want %s", address, got, want)
		}
	}
}
