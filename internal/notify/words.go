package notify

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Locale is a language people are written to in.
type Locale string

// The languages.
const (
	English Locale = "en"
	Arabic  Locale = "ar"
)

// LocaleOf is the language of a tag such as ar_SA, English if we do not write it.
func LocaleOf(tag string) Locale {
	if strings.HasPrefix(strings.ToLower(tag), string(Arabic)) {
		return Arabic
	}
	return English
}

// Words are what a notice says: what it is about, what happened, what to do.
type Words struct {
	Title string
	Text  string
	Do    string // empty: nothing
}

// Write puts a notice into words. It says days and not spans: whoever reads it days
// later is told the same truth.
func Write(n Notice, p Place, l Locale) Words {
	s := subject{
		number: isolated(ltr, p.Number), business: isolated(first, p.Business), by: day(n.Until, p.Zone, l), code: n.Reason,
		history: n.About != "contacts",
	}
	w := english
	if l == Arabic {
		w = arabic
	}
	switch n.Kind {
	case PhoneSilent:
		return w.silent(s, n.Level)
	case Disconnected:
		return w.disconnected(s)
	case Suspended:
		return w.suspended(s)
	case Reconnected:
		return w.reconnected(s)
	case SyncDeclined:
		return w.declined(s)
	case SyncOverdue:
		return w.overdue(s)
	case SyncFailed:
		return w.failed(s)
	case Stopped:
		return w.stopped(s)
	case Test:
		return w.test(s)
	}
	return Words{Title: string(n.Kind)}
}

// subject is what sentences are made with.
type subject struct {
	number, business, by, code string
	history                    bool // of a sync: the past, not the address book
}

// language has a sentence for everything that is told.
type language struct {
	silent func(s subject, level int) Words
	disconnected, suspended, reconnected, declined, overdue, failed,
	stopped, test func(s subject) Words
}

// Marks that keep a number readable in a line of Arabic, and a name in one of
// English.
const (
	ltr   = "\u2066"
	first = "\u2068"
	end   = "\u2069"
)

func isolated(mark, s string) string {
	if s == "" {
		return ""
	}
	return mark + s + end
}

var arabicMonths = [...]string{
	"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
}

// day is a day in a time zone, in words.
func day(t time.Time, zone string, l Locale) string {
	if t.IsZero() {
		return ""
	}
	where, err := time.LoadLocation(zone)
	if err != nil {
		where = time.UTC // a zone nobody knows; the day is right to within one
	}
	t = t.In(where)
	if l == Arabic {
		return fmt.Sprintf("%d %s %d", t.Day(), arabicMonths[t.Month()-1], t.Year())
	}
	return t.Format("2 January 2006")
}

// Variables are what the body of the owner's template is filled with: the number,
// the days that are left, the day.
func Variables(n Notice, p Place, l Locale, now time.Time) []string {
	left := max(0, int((n.Until.Sub(now)+12*time.Hour)/(24*time.Hour)))
	by := day(n.Until, p.Zone, l)
	number := p.Number
	if n.Kind == Test {
		by = day(now, p.Zone, l)
	}
	if number == "" {
		number = p.Business
	}
	return []string{number, strconv.Itoa(left), by}
}
