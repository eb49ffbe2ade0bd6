package coexist_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"wasl/internal/coexist"
	"wasl/internal/platform"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func rulesOf(k coexist.SyncKind) coexist.SyncRules {
	return coexist.SyncRulesOn(platform.Known().On(noon), k)
}

// act is one thing that happens to a sync, at a time after its onboarding.
type act struct {
	at     time.Duration
	answer *coexist.SyncAnswer
	heard  *coexist.Arrival
}

func ask(at time.Duration) act { return act{at: at} }
func answer(at time.Duration, a coexist.SyncAnswer) act {
	return act{at: at, answer: &a}
}

func chunk(at time.Duration, phase, progress int) act {
	return act{at: at, heard: &coexist.Arrival{Phase: phase, Progress: progress}}
}

// live is the sync after the acts. What is asked for on the way is asked.
func live(k coexist.SyncKind, acts ...act) coexist.Sync {
	s, r := coexist.NewSync("biz", "num", k, noon), rulesOf(k)
	for _, a := range acts {
		now := noon.Add(a.at)
		switch {
		case a.answer != nil:
			s = s.Answered(*a.answer, now, r)
		case a.heard != nil:
			h := *a.heard
			h.At = now
			s = s.Heard(h, r)
		default:
			s = s.Elapsed(now, r)
			s, _ = s.Ask(now, r)
		}
	}
	return s
}

// TestSync is the life of a sync, by the rules of coexistence-protocol §3 and §4.
func TestSync(t *testing.T) {
	const min, hour = time.Minute, time.Hour
	taken := coexist.SyncAnswer{RequestID: "r-1"}
	unsaid := coexist.SyncAnswer{Unsaid: true}
	code := func(c int) coexist.SyncAnswer { return coexist.SyncAnswer{Code: c} }
	for _, tt := range []struct {
		name string
		acts []act
		want coexist.SyncState
		next time.Duration // after onboarding; 0: not by itself
	}{
		{"asked at once", []act{ask(0)}, coexist.Requesting, 10 * min},
		{"taken", []act{ask(0), answer(0, taken)}, coexist.Accepted, hour},
		{"L4: taken, and nothing for an hour", []act{ask(0), answer(0, taken), ask(hour)}, coexist.Silent, 6 * hour},
		{"nothing for six hours", []act{ask(0), answer(0, taken), ask(hour), ask(6 * hour)}, coexist.Silent, 24 * hour},
		{"nothing for a week", []act{ask(0), answer(0, taken), ask(hour), ask(7 * 24 * hour)}, coexist.Failed, 0},
		{"silent, then something comes", []act{ask(0), answer(0, taken), ask(2 * hour), chunk(3*hour, 0, 10)}, coexist.Arriving, 3*hour + 10*min},
		{"the first 100 % is no end", []act{ask(0), answer(0, taken), chunk(min, 0, 100), ask(12 * min)}, coexist.Quiet, 6*hour + min},
		{"the last phase's 100 % and quiet is one", []act{ask(0), answer(0, taken), chunk(min, 2, 100), ask(12 * min)}, coexist.Complete, 0},
		{"quiet, then more", []act{ask(0), answer(0, taken), chunk(min, 0, 100), ask(12 * min), chunk(20*min, 1, 50)}, coexist.Arriving, 30 * min},
		{"quiet for six hours", []act{ask(0), answer(0, taken), chunk(min, 0, 100), ask(12 * min), ask(6*hour + min)}, coexist.Complete, 0},
		{"a late piece changes nothing", []act{ask(0), answer(0, taken), chunk(min, 2, 100), ask(12 * min), chunk(hour, 1, 100)}, coexist.Complete, 0},
		{"what comes before the answer counts", []act{ask(0), chunk(1, 0, 5), answer(2, taken)}, coexist.Arriving, 1 + 10*min},
		{"declined", []act{ask(0), answer(0, taken), {at: min, heard: &coexist.Arrival{Declined: true, Code: 2593109}}}, coexist.Declined, 0},
		{"used by somebody else", []act{ask(0), answer(0, code(2593107))}, coexist.AlreadyUsed, 0},
		{"used, but something comes", []act{ask(0), answer(0, code(2593107)), chunk(min, 0, 5)}, coexist.Arriving, 11 * min},
		{"too late", []act{ask(0), answer(0, code(2593108))}, coexist.TooLate, 0},
		{"too late, in another spelling", []act{ask(0), answer(0, code(135000))}, coexist.TooLate, 0},
		{"L5: the day is over before it was asked", []act{ask(24 * hour)}, coexist.TooLate, 0},
		{"Meta says to try later", []act{ask(0), answer(0, coexist.SyncAnswer{Code: 2, Transient: true})}, coexist.NotRequested, 30 * time.Second},
		{"and again", []act{
			ask(0), answer(0, coexist.SyncAnswer{Code: 2, Transient: true}),
			ask(30 * time.Second), answer(30*time.Second, coexist.SyncAnswer{Code: 131016, Transient: true}),
		}, coexist.NotRequested, 90 * time.Second},
		{"until the day is over", []act{ask(24*hour - time.Second), answer(24*hour-time.Second, coexist.SyncAnswer{Code: 2, Transient: true})}, coexist.Failed, 0},
		{"a person has to act", []act{ask(0), answer(0, coexist.SyncAnswer{Code: 190, Hold: true})}, coexist.NotRequested, 0},
		{"refused for good", []act{ask(0), answer(0, code(131000+9))}, coexist.Failed, 0},
		{"no answer: in doubt, and not asked again at once", []act{ask(0), answer(0, unsaid), ask(9 * min)}, coexist.Requesting, 10 * min},
		{"asked again when nothing came of it", []act{ask(0), answer(0, unsaid), ask(10 * min)}, coexist.Requesting, 20 * min},
		{"the lost answer was a yes", []act{ask(0), answer(0, unsaid), ask(10 * min), answer(10*min, code(2593107))}, coexist.Accepted, 70 * min},
		{"something came of it", []act{ask(0), answer(0, unsaid), chunk(5*min, 0, 1), ask(11 * min)}, coexist.Arriving, 15 * min},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := live(coexist.History, tt.acts...)
			var next time.Duration
			if !s.NextAt.IsZero() {
				next = s.NextAt.Sub(noon)
			}
			if s.State != tt.want || next != tt.next {
				t.Errorf("state %s, looked at after %v; want %s, %v", s.State, next, tt.want, tt.next)
			}
			if s.Ended() && next != 0 {
				t.Error("it has ended and is looked at again")
			}
		})
	}
	s := live(coexist.History, ask(0), answer(0, taken))
	if s.RequestID != "r-1" {
		t.Errorf("request id = %q: it is kept for Meta's support", s.RequestID)
	}
}

// TestSyncContactsEnd: contacts have no phases; ten quiet minutes are their end.
func TestSyncContactsEnd(t *testing.T) {
	s := live(coexist.Contacts, ask(0), answer(0, coexist.SyncAnswer{}), chunk(time.Minute, -1, 0), ask(12*time.Minute))
	if s.State != coexist.Complete {
		t.Errorf("state = %s, want complete", s.State)
	}
}

// TestL3SyncIsNeverAskedForAfterAcceptance draws lives at random: a request after
// Meta took one would be the blind retry that has thrown out phones (L3).
func TestL3SyncIsNeverAskedForAfterAcceptance(t *testing.T) {
	answers := []coexist.SyncAnswer{
		{RequestID: "r"}, {Unsaid: true}, {Code: 2, Transient: true}, {Code: 190, Hold: true}, {Code: 2593107}, {Code: 2593108}, {Code: 100},
	}
	asked := 0
	for seed := range uint64(2000) {
		rng := rand.New(rand.NewPCG(seed, 4))
		k := coexist.SyncKinds[rng.IntN(2)]
		r := rulesOf(k)
		s, now := coexist.NewSync("biz", "num", k, noon), noon
		var last time.Time
		taken := false
		for range 60 {
			now = now.Add(time.Duration(rng.Int64N(int64(40 * time.Minute))))
			switch rng.IntN(5) {
			case 0:
				if s.State != coexist.NotRequested {
					s = s.Heard(coexist.Arrival{At: now, Phase: rng.IntN(3), Progress: rng.IntN(101), Declined: rng.IntN(20) == 0}, r)
				}
			case 1:
				if next, ok := s.Again(now, r); ok {
					s = next
				}
			default:
				next, ok := s.Elapsed(now, r).Ask(now, r)
				s = next
				if !ok {
					continue
				}
				asked++
				if taken {
					t.Fatalf("seed %d: asked again after acceptance", seed)
				}
				if !last.IsZero() && now.Sub(last) < 30*time.Second || !now.Before(s.Deadline(r)) {
					t.Fatalf("seed %d: asked %v after the last time, %v after onboarding", seed, now.Sub(last), now.Sub(noon))
				}
				last = now
				a := answers[rng.IntN(len(answers))]
				s = s.Answered(a, now, r)
				taken = !a.Unsaid && a.Code == 0
			}
		}
	}
	if asked < 2000 {
		t.Errorf("only %d requests were made in 2,000 lives", asked)
	}
}
