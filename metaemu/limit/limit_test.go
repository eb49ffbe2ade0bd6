package limit_test

import (
	"testing"
	"time"

	"wasl/metaemu/limit"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func TestSecondSlides(t *testing.T) {
	var s limit.Second
	for i := range 20 {
		s.Add(start.Add(time.Duration(i) * 10 * time.Millisecond))
	}
	rows := []struct {
		after time.Duration
		want  int
	}{
		{190 * time.Millisecond, 20},
		{999_999_999, 20},
		{time.Second, 19}, // the first is now exactly a second old
		{1100 * time.Millisecond, 9},
		{1190 * time.Millisecond, 0},
	}
	for _, r := range rows {
		if got := s.Count(start.Add(r.after)); got != r.want {
			t.Errorf("Count(+%v) = %d, want %d", r.after, got, r.want)
		}
	}
}

func TestSecondForgets(t *testing.T) {
	var s limit.Second
	for i := range 10_000 {
		s.Add(start.Add(time.Duration(i) * 50 * time.Millisecond))
		if got := s.Count(start.Add(time.Duration(i) * 50 * time.Millisecond)); got > 20 {
			t.Fatalf("after %d arrivals 50 ms apart Count = %d, want at most 20", i+1, got)
		}
	}
}

func TestPairBorrowsAndPaysBack(t *testing.T) {
	const every, burst = 6 * time.Second, 45
	var p limit.Pair
	for i := range burst {
		if !p.Take(start, every, burst) {
			t.Fatalf("message %d of a burst of %d was refused", i+1, burst)
		}
	}
	if p.Take(start, every, burst) {
		t.Fatal("message 46 at once was allowed")
	}
	if got := p.Wait(start, every, burst); got != every {
		t.Errorf("Wait = %v, want %v", got, every)
	}
	if p.Take(start.Add(every-1), every, burst) {
		t.Error("allowed a nanosecond early")
	}
	if !p.Take(start.Add(every), every, burst) {
		t.Error("refused after six seconds")
	}
	later := start.Add(time.Hour)
	for i := range burst {
		if !p.Take(later, every, burst) {
			t.Fatalf("after an hour of rest message %d was refused", i+1)
		}
	}
}
