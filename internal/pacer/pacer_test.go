package pacer_test

import (
	"testing"
	"time"

	"wasl/internal/pacer"
)

func at(s float64) time.Time { return start.Add(time.Duration(s * float64(time.Second))) }

func sec(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func TestPermitReturnsASecondAfterTheAnswer(t *testing.T) {
	p := pacer.New(limits(1))
	ticket := p.Start(at(0), "ana")
	if got := p.Wait(at(5)); got != pacer.UntilAnswer {
		t.Errorf("on the road: Wait = %v, want UntilAnswer", got)
	}
	p.Answered(ticket, at(5))
	if got := p.Wait(at(5)); got != rest {
		t.Errorf("answered: Wait = %v, want %v", got, rest)
	}
	if got := p.Wait(at(6.01)); got != 0 {
		t.Errorf("rested: Wait = %v, want 0", got)
	}
}

func TestLostPermitIsQuarantined(t *testing.T) {
	p := pacer.New(limits(1))
	p.Lost(p.Start(at(0), "ana"), at(30))
	if got, want := p.Wait(at(30)), quarantine; got != want {
		t.Errorf("Wait = %v, want %v", got, want)
	}
}

func TestUnusedPermitLeavesNoTrace(t *testing.T) {
	p := pacer.New(limits(5))
	for range 20 {
		p.Unused(p.Start(at(0), "ana"))
	}
	if got := p.Wait(at(0)); got != 0 {
		t.Errorf("Wait = %v, want 0", got)
	}
	if got := p.WaitPair(at(0), "ana"); got != 0 {
		t.Errorf("WaitPair = %v, want 0", got)
	}
}

func TestAnEndedTicketEndsOnce(t *testing.T) {
	p := pacer.New(limits(2))
	a := p.Start(at(0), "ana")
	p.Answered(a, at(1))
	p.Answered(a, at(2))
	p.Unused(a)
	if got := p.Taken(at(1.5)); got != 1 {
		t.Errorf("Taken = %d, want 1", got)
	}
}

func TestSpacing(t *testing.T) {
	p := pacer.New(limits(20))
	p.Start(at(0), "ana")
	if got, want := p.Wait(at(0)), 50*time.Millisecond; got != want {
		t.Errorf("Wait = %v, want %v", got, want)
	}
}

func TestPair(t *testing.T) {
	p := pacer.New(limits(80))
	for i := range 5 {
		if got := p.WaitPair(at(0), "ana"); got != 0 {
			t.Fatalf("message %d: WaitPair = %v, want 0", i+1, got)
		}
		p.Start(at(0), "ana")
	}
	if got, want := p.WaitPair(at(0), "ana"), 6*time.Second; got != want {
		t.Errorf("after the burst: WaitPair = %v, want %v", got, want)
	}
	if got := p.WaitPair(at(0), "ben"); got != 0 {
		t.Errorf("another contact: WaitPair = %v, want 0", got)
	}
	if got := p.WaitPair(at(6), "ana"); got != 0 {
		t.Errorf("6 s later: WaitPair = %v, want 0", got)
	}
}

func TestReceivedLowersTheRate(t *testing.T) {
	p := pacer.New(limits(5))
	p.Received(at(0), 3)
	for range 2 {
		p.Start(at(0), "ana")
	}
	if got, want := p.Wait(at(.5)), rest-sec(.5); got != want {
		t.Errorf("two sent and three received of five: Wait = %v, want %v", got, want)
	}
	p = pacer.New(limits(5))
	p.Received(at(0), 50)
	if got := p.Wait(at(.5)); got != 0 {
		t.Errorf("in a flood of inbound: Wait = %v, want 0, since one permit is always left", got)
	}
	p.Start(at(.5), "ana")
	if got, want := p.Wait(at(.8)), rest-sec(.8); got != want {
		t.Errorf("with that one on the road: Wait = %v, want %v", got, want)
	}
}

func TestCoolingSendsOneAtATimeUntilAccepted(t *testing.T) {
	p := pacer.New(limits(20))
	p.CoolNumber(at(4))
	if got := p.Wait(at(1)); got != sec(3) {
		t.Errorf("Wait = %v, want 3s", got)
	}
	probe := p.Start(at(4), "ana")
	if got := p.Wait(at(5)); got != pacer.UntilAnswer {
		t.Errorf("a probe on the road: Wait = %v, want UntilAnswer", got)
	}
	p.Answered(probe, at(5))
	p.Warm()
	p.Start(at(5), "ana")
	if got := p.Wait(at(5.05)); got != 0 {
		t.Errorf("accepted: Wait = %v, want 0", got)
	}
}

func TestCoolPairHoldsOnlyThePair(t *testing.T) {
	p := pacer.New(limits(20))
	p.CoolPair("ana", at(16))
	if got := p.WaitPair(at(0), "ana"); got != sec(16) {
		t.Errorf("WaitPair = %v, want 16s", got)
	}
	if got := p.Wait(at(0)); got != 0 {
		t.Errorf("Wait = %v, want 0", got)
	}
}

func TestRestoreKeepsEachBound(t *testing.T) {
	p := pacer.New(limits(3))
	p.Restore(at(10), []pacer.Permit{
		{Pair: "ana", Started: at(9.5), Free: at(10.7)},
		{Pair: "ben", Started: at(9.9), Free: at(9.9).Add(91 * time.Second)}, // on the road when the house crashed
		{Pair: "cid", Started: at(5), Free: at(6)},
		{Pair: "dia", Started: at(9), Free: at(5000)}, // the clock was set back
	}, 91*time.Second)
	if got, want := p.Taken(at(10)), 3; got != want {
		t.Errorf("Taken = %d, want %d", got, want)
	}
	if got, want := p.Wait(at(10)), sec(.7); got != want {
		t.Errorf("Wait = %v, want %v", got, want)
	}
	if got, want := p.Taken(at(11)), 2; got != want {
		t.Errorf("Taken a second later = %d, want %d", got, want)
	}
	if got, want := p.Taken(at(101.5)), 0; got != want {
		t.Errorf("Taken after the longest bound = %d, want %d", got, want)
	}
}

func TestBackoff(t *testing.T) {
	for _, tt := range []struct {
		name      string
		got, want time.Duration
	}{
		{"first cooling", pacer.Cooling(0, 5, 0), sec(1)},
		{"third cooling", pacer.Cooling(2, 5, 0), sec(16)},
		{"cooling has an end", pacer.Cooling(50, 5, 0), sec(1024)},
		{"jitter only adds", pacer.Cooling(1, 5, 1), sec(4.4)},
		{"first again", pacer.Again(0, 0), sec(1)},
		{"fourth again", pacer.Again(3, 0), sec(8)},
		{"again has an end", pacer.Again(1000, 0), 5 * time.Minute},
	} {
		if tt.got != tt.want {
			t.Errorf("%s = %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}
