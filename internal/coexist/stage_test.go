package coexist_test

import (
	"testing"
	"time"

	"wasl/internal/coexist"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func TestStandingAfter(t *testing.T) {
	news := func(event string, after time.Duration) coexist.News {
		return coexist.News{Event: event, At: start.Add(after)}
	}
	tests := []struct {
		name string
		news []coexist.News
		want coexist.Stage
	}{
		{"nothing told", nil, coexist.Live},
		{"suspended", []coexist.News{news(coexist.Offboarded, time.Hour)}, coexist.Suspended},
		{"and reconnected later", []coexist.News{news(coexist.Offboarded, time.Hour), news(coexist.Reconnected, 2*time.Hour)}, coexist.Live},
		{"reconnected one second before the suspension (L12)", []coexist.News{news(coexist.Reconnected, time.Hour), news(coexist.Offboarded, time.Hour+time.Second)}, coexist.Live},
		{"disconnected by the owner", []coexist.News{news(coexist.Removed, time.Hour)}, coexist.Disconnected},
		{"device change told both ways at once", []coexist.News{news(coexist.Offboarded, time.Hour), news(coexist.Removed, time.Hour)}, coexist.Disconnected},
		{"suspended seconds after the onboarding", []coexist.News{news(coexist.Offboarded, 4*time.Second)}, coexist.Suspended},
		{"news from before the onboarding comes late", []coexist.News{news(coexist.Removed, -30*time.Second)}, coexist.Live},
		{"removed, reconnected and suspended within two minutes", []coexist.News{news(coexist.Removed, 0), news(coexist.Reconnected, 55*time.Second), news(coexist.Offboarded, 100*time.Second)}, coexist.Live},
		{"suspended well after a reconnect", []coexist.News{news(coexist.Reconnected, time.Hour), news(coexist.Offboarded, time.Hour+3*time.Minute)}, coexist.Suspended},
		{"a warning changes nothing", []coexist.News{news("ACCOUNT_VIOLATION", time.Hour)}, coexist.Live},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, order := range permutations(tt.news) {
				s := coexist.Standing{Stage: coexist.Live, At: start, By: coexist.Onboarded}
				for _, n := range order {
					s = s.After(n)
				}
				if s.Stage != tt.want {
					t.Errorf("told as %v: stage = %s, want %s", order, s.Stage, tt.want)
				}
			}
		})
	}
}

func permutations(in []coexist.News) [][]coexist.News {
	if len(in) < 2 {
		return [][]coexist.News{in}
	}
	var out [][]coexist.News
	for i := range in {
		rest := append(append([]coexist.News(nil), in[:i]...), in[i+1:]...)
		for _, p := range permutations(rest) {
			out = append(out, append([]coexist.News{in[i]}, p...))
		}
	}
	return out
}
