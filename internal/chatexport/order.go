package chatexport

import "time"

// Order is the order in which a date's numbers are written.
type Order string

// The orders.
const (
	DMY Order = "dmy"
	MDY Order = "mdy"
	YMD Order = "ymd"
	YDM Order = "ydm"
)

// Orders lists all orders, the more common first.
var Orders = []Order{DMY, MDY, YMD, YDM}

// Earliest is the day before which nothing was said on WhatsApp: it appeared in
// January 2009 (en.wikipedia.org/wiki/WhatsApp, read 2026-11-26).
var Earliest = time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC)

// when is the local time a header means in an order. It reports false if there is
// no such day.
func (h header) when(o Order) (time.Time, bool) {
	d, m, y := 0, 1, 2
	switch o {
	case DMY:
	case MDY:
		d, m = 1, 0
	case YMD:
		y, m, d = 0, 1, 2
	case YDM:
		y, d, m = 0, 1, 2
	}
	if h.digits[d] > 2 || h.digits[m] > 2 || h.digits[y] == 1 {
		return time.Time{}, false
	}
	year := h.numbers[y]
	if h.digits[y] == 2 {
		year += 2000
	}
	t := time.Date(year, time.Month(h.numbers[m]), h.numbers[d], h.hour, h.minute, h.second, 0, time.UTC)
	exists := t.Month() == time.Month(h.numbers[m]) && t.Day() == h.numbers[d] && !t.Before(Earliest)
	return t, exists
}

// tally is how well one order fits the beginnings of one shape.
type tally struct {
	faults      int // days that do not exist, lie in the future, or go back by more than a day
	first, last time.Time
}

// add counts one beginning. Messages stand in the order they came, so a file read
// in the wrong order goes back and forth.
func (t *tally) add(h header, o Order, latest time.Time) {
	at, ok := h.when(o)
	if !ok || !latest.IsZero() && at.After(latest) {
		t.faults++
		return
	}
	if t.first.IsZero() {
		t.first = at
	}
	if at.Before(t.last.AddDate(0, 0, -1)) {
		t.faults++
	}
	t.last = at
}

// Reading is one way to read the dates of a file.
type Reading struct {
	Order       Order
	First, Last time.Time // local times
}

// readings are the orders that nothing in the file speaks against more than
// against others: one if it is settled, none if no order gives a day.
func readings(tallies map[Order]*tally, s shape) []Reading {
	best := -1
	for _, t := range tallies {
		if !t.first.IsZero() && (best < 0 || t.faults < best) {
			best = t.faults
		}
	}
	// An order with a few faults more may be the right one all the same: someone
	// pasted a line of another phone.
	fits := func(o Order) bool {
		t := tallies[o]
		return !t.first.IsZero() && (t.faults == best || t.faults < 2*best)
	}
	var out []Reading
	for _, o := range Orders {
		if fits(o) && !outdone(o, fits, s) {
			out = append(out, Reading{Order: o, First: tallies[o].first, Last: tallies[o].last})
		}
	}
	return out
}

// outdone reports whether an order that fits is too rare to be asked about beside
// another that fits as well: a year stands first where dashes are written, or where
// nothing else will do, and a day after it almost never.
func outdone(o Order, fits func(Order) bool, s shape) bool {
	switch o {
	case YMD:
		return s.separator != '-' && (fits(DMY) || fits(MDY))
	case YDM:
		return fits(DMY) || fits(MDY) || fits(YMD)
	case DMY, MDY:
	}
	return false
}
