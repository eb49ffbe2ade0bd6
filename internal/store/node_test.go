package store

import (
	"slices"
	"testing"
	"time"
)

// TestNodeCountsAsDead: a node is dead once its counter was seen not to move for
// a whole term, or when it has said that it stops.
func TestNodeCountsAsDead(t *testing.T) {
	type look struct {
		after time.Duration // since the test began
		beat  int64
		stop  int64
		dead  bool
		died  bool
	}
	const s = time.Second
	tests := map[string][]look{
		"one that beats lives": {
			{0, 1, 0, false, false},
			{4 * s, 2, 0, false, false},
			{8 * s, 3, 0, false, false},
			{12 * s, 4, 0, false, false},
			{16 * s, 5, 0, false, false},
		},
		"one that does not beat for a term is dead, and dies once": {
			{0, 1, 0, false, false},
			{4 * s, 1, 0, false, false},
			{8 * s, 1, 0, false, false},
			{10 * s, 1, 0, true, true},
			{12 * s, 1, 0, true, false},
		},
		"one that stops is dead at once": {
			{0, 1, 0, false, false},
			{2 * s, 1, 7, true, true},
		},
		"one that beats again lives again, and may die again": {
			{0, 1, 0, false, false},
			{4 * s, 1, 0, false, false},
			{8 * s, 1, 0, false, false},
			{12 * s, 1, 0, true, true},
			{14 * s, 2, 0, false, false},
			{18 * s, 2, 0, false, false},
			{22 * s, 2, 0, false, false},
			{26 * s, 2, 0, true, true},
		},
		"a time in which nobody could look does not count": {
			{0, 1, 0, false, false},
			{4 * s, 1, 0, false, false},
			{40 * s, 1, 0, false, false},
			{44 * s, 1, 0, false, false},
			{48 * s, 2, 0, false, false},
		},
		"and after it one that is dead is found dead": {
			{0, 1, 0, false, false},
			{40 * s, 1, 0, false, false},
			{44 * s, 1, 0, false, false},
			{48 * s, 1, 0, false, false},
			{50 * s, 1, 0, true, true},
		},
	}
	for name, looks := range tests {
		t.Run(name, func(t *testing.T) {
			var n nodes
			began := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
			for _, l := range looks {
				dead, died := n.see([]sighting{{"other", l.beat, l.stop}}, began.Add(l.after))
				if slices.Contains(dead, "other") != l.dead || n.isDead("other") != l.dead {
					t.Errorf("after %v: dead = %v, want %v", l.after, dead, l.dead)
				}
				if slices.Contains(died, "other") != l.died {
					t.Errorf("after %v: died = %v, want %v", l.after, died, l.died)
				}
			}
		})
	}
}
