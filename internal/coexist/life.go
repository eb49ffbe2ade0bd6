package coexist

import (
	"strconv"
	"time"

	"wasl/internal/platform"
)

// Condition is how a Number's phone is doing, as far as can be told.
type Condition string

// The conditions. Unknown is not well: nothing that proves the phone's life has
// been seen since the Number came.
const (
	Well    Condition = "well"
	Due     Condition = "due"     // it is time to open the app
	AtRisk  Condition = "at_risk" // or Coexistence ends within days
	Overdue Condition = "overdue" // by the rule it may have ended
	Unclear Condition = "unknown"
)

// Life is what is known of a Number's phone at a time.
type Life struct {
	Condition Condition
	// Since is the last sign that cannot come from a linked computer, or when the
	// Number came if there is none.
	Since time.Time
	// Until is when we say that Coexistence may end, Limit when Meta does.
	Until time.Time
	Limit time.Time
	// DaysLeft are whole days until then, not below 0.
	DaysLeft int
	// Level is how many of the reminders are due: 0 to 4.
	Level int
}

// Signs are what a Number's life is read from.
type Signs struct {
	Sure time.Time // last strong or fair sign; zero if there was none
	Came time.Time // when the Number was onboarded or added
}

// LifeOf reads a phone's life. Weak signs are no part of it: an echo may come from
// WhatsApp Web while the phone sleeps, and Meta counts the phone's own days
// (decision 16).
func LifeOf(s Signs, now time.Time, f platform.Facts) Life {
	l := Life{Since: s.Sure}
	if l.Since.IsZero() {
		l.Since = s.Came
	}
	l.Until, l.Limit = l.Since.Add(f.Span(platform.PhoneSilence)), l.Since.Add(f.Span(platform.PhoneSilence, "meta"))
	l.DaysLeft = max(0, int(l.Until.Sub(now)/(24*time.Hour)))
	silent := now.Sub(l.Since)
	for l.Level < maxReminders && silent >= reminder(f, l.Level+1) {
		l.Level++
	}
	switch {
	case l.Level >= maxReminders:
		l.Condition = Overdue
	case l.Level >= 2:
		l.Condition = AtRisk
	case l.Level == 1:
		l.Condition = Due
	case s.Sure.IsZero():
		l.Condition = Unclear
	default:
		l.Condition = Well
	}
	return l
}

// maxReminders is how many reminders there are; their days are facts.
const maxReminders = 4

func reminder(f platform.Facts, level int) time.Duration {
	return f.Span(platform.PhoneReminder, strconv.Itoa(level))
}

// NextReminder is when the level will be higher; zero if it is the highest.
func (l Life) NextReminder(f platform.Facts) time.Time {
	if l.Level >= maxReminders {
		return time.Time{}
	}
	return l.Since.Add(reminder(f, l.Level+1))
}
