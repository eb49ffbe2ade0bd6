package takeover_test

import (
	"testing"
	"time"

	"wasl/internal/takeover"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

func TestHolds(t *testing.T) {
	type acts func(takeover.Holder) takeover.Holder
	tests := []struct {
		name  string
		acts  acts
		until int // minutes after noon; the bot speaks from then on
		by    takeover.By
	}{
		{"an echo holds for an hour", func(h takeover.Holder) takeover.Holder { return h.Echo(at(0)) }, 60, takeover.Phone},
		{"echoes slide", func(h takeover.Holder) takeover.Holder { return h.Echo(at(0)).Echo(at(10)) }, 70, takeover.Phone},
		{"echoes out of order", func(h takeover.Holder) takeover.Holder { return h.Echo(at(10)).Echo(at(0)) }, 70, takeover.Phone},
		{"a reply holds for half an hour", func(h takeover.Holder) takeover.Holder { return h.Reply(at(0)) }, 30, takeover.Person},
		{"a reply does not shorten the phone's hold", func(h takeover.Holder) takeover.Holder { return h.Echo(at(0)).Reply(at(5)) }, 60, takeover.Phone},
		{"nor if it is told first", func(h takeover.Holder) takeover.Holder { return h.Reply(at(5)).Echo(at(0)) }, 60, takeover.Phone},
		{"an echo lengthens a reply's hold", func(h takeover.Holder) takeover.Holder { return h.Reply(at(0)).Echo(at(5)) }, 65, takeover.Phone},
		{"the button may shorten", func(h takeover.Holder) takeover.Holder { return h.Echo(at(0)).Take(at(5), at(10), "") }, 10, takeover.Person},
		{"a reply within a longer take", func(h takeover.Holder) takeover.Holder { return h.Take(at(0), at(120), "").Reply(at(5)) }, 120, takeover.Person},
		{"handed back, the bot speaks at once", func(h takeover.Holder) takeover.Holder { return h.Echo(at(0)).HandBack(at(5)) }, 5, takeover.Nobody},
		{"an echo from before the handback takes nothing", func(h takeover.Holder) takeover.Holder { return h.HandBack(at(5)).Echo(at(4)) }, 5, takeover.Nobody},
		{"an echo after the handback takes over", func(h takeover.Holder) takeover.Holder { return h.HandBack(at(5)).Echo(at(6)) }, 66, takeover.Phone},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := tt.acts(takeover.Holder{})
			if h.By != tt.by {
				t.Errorf("held by %q, want %q", h.By, tt.by)
			}
			if h.Holds(at(tt.until)) {
				t.Errorf("held at minute %d, want the bot free", tt.until)
			}
			if tt.by != takeover.Nobody && !h.Holds(at(tt.until).Add(-time.Microsecond)) {
				t.Errorf("not held just before minute %d", tt.until)
			}
		})
	}
}

func TestTakeWithoutEndHoldsUntilHandedBack(t *testing.T) {
	h := takeover.Holder{}.Take(at(0), time.Time{}, "on the phone with her")
	if !h.Holds(noon.AddDate(10, 0, 0)) {
		t.Error("a take without an end ended by itself")
	}
	if h.HandBack(at(1)).Holds(at(1)) {
		t.Error("held after the handback")
	}
}

// TestEveryActRaisesTheEpoch: also one that changes nothing else, because the
// bot may have made its answer without knowing of it.
func TestEveryActRaisesTheEpoch(t *testing.T) {
	h := takeover.Holder{}
	for i, act := range []func(takeover.Holder) takeover.Holder{
		func(h takeover.Holder) takeover.Holder { return h.Echo(at(10)) },
		func(h takeover.Holder) takeover.Holder { return h.Echo(at(0)) },
		func(h takeover.Holder) takeover.Holder { return h.Reply(at(11)) },
		func(h takeover.Holder) takeover.Holder { return h.Take(at(12), at(13), "") },
		func(h takeover.Holder) takeover.Holder { return h.HandBack(at(14)) },
	} {
		h = act(h)
		if h.Epoch != int64(i+1) {
			t.Errorf("after act %d the epoch is %d, want %d", i, h.Epoch, i+1)
		}
	}
}
