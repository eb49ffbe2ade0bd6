package coexist_test

import (
	"testing"
	"time"

	"wasl/internal/coexist"
	"wasl/internal/platform"
)

// TestLife: days of silence against the dated rule, by what was last seen.
func TestLife(t *testing.T) {
	day := 24 * time.Hour
	f := platform.Known().On(noon)
	for _, tt := range []struct {
		name        string
		sure, came  time.Duration // ago; 0: never
		want        coexist.Condition
		left, level int
	}{
		{"seen an hour ago", time.Hour, 90 * day, coexist.Well, 12, 0},
		{"seen six days ago", 6*day + time.Hour, 90 * day, coexist.Well, 6, 0},
		{"a week of silence", 7 * day, 90 * day, coexist.Due, 6, 1},
		{"ten days", 10 * day, 90 * day, coexist.AtRisk, 3, 2},
		{"twelve days", 12 * day, 90 * day, coexist.AtRisk, 1, 3},
		{"thirteen days", 13 * day, 90 * day, coexist.Overdue, 0, 4},
		{"a month", 30 * day, 90 * day, coexist.Overdue, 0, 4},
		{"never seen, new", 0, time.Hour, coexist.Unclear, 12, 0},
		{"never seen, a week", 0, 8 * day, coexist.Due, 5, 1},
		{"never seen at all", 0, 20 * day, coexist.Overdue, 0, 4},
	} {
		s := coexist.Signs{Came: noon.Add(-tt.came)}
		if tt.sure > 0 {
			s.Sure = noon.Add(-tt.sure)
		}
		got := coexist.LifeOf(s, noon, f)
		if got.Condition != tt.want || got.DaysLeft != tt.left || got.Level != tt.level {
			t.Errorf("%s: %+v, want %s, %d days left, level %d", tt.name, got, tt.want, tt.left, tt.level)
		}
		if next := got.NextReminder(f); got.Level < 4 && !next.After(noon) || got.Level == 4 && !next.IsZero() {
			t.Errorf("%s: next reminder at %v", tt.name, next)
		}
		if got.Limit.Sub(got.Until) != day {
			t.Errorf("%s: we say %v, Meta %v: want a day between", tt.name, got.Until, got.Limit)
		}
	}
}
