package metaemu

import (
	"slices"
	"time"
)

// Grains of a cell of the tally.
const (
	halfHour = iota
	aDay
	aMonth
)

// tally are the sums that analytics tell, by half hour of the WABA's time zone.
// They are kept apart from the messages, so that forgetting those changes nothing.
//
// When there are more cells than Config.KeepAnalytics, the half hours of the days
// before become days, and if that is not enough, the days of the months before
// months, and then the half hours of today a day: each sum stays right, and
// questions finer than what is kept are refused. What is older than Meta's look-back
// goes first. Only if all that is not enough the oldest cells go.
type tally struct {
	cells map[cell]*sum
	// halfSince and daySince are since when half hours and days are kept, in Unix
	// seconds.
	halfSince, daySince int64
}

// cell is what messages have in common that are counted together. The cells of
// prices have a kind, those of sent and delivered messages a product.
type cell struct {
	waba, number, country string
	tier, kind, category  string
	product               string
	start                 int64
	grain                 int
}

type sum struct {
	sent, delivered int64
	volume, micros  int64 // charged or free, when delivered
}

// lookBack is how far analytics reach into the past (§8.7, read 2026-09).
const lookBack = 366 * 24 * time.Hour

// halfHourOf is the beginning of the half hour of the day at a place.
func halfHourOf(at time.Time, zone *time.Location) int64 {
	day := dayOf(at, zone).Unix()
	return day + (at.Unix()-day)/1800*1800
}

func dayOf(at time.Time, zone *time.Location) time.Time {
	y, m, d := at.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

func monthOf(at time.Time, zone *time.Location) time.Time {
	y, m, _ := at.In(zone).Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, zone)
}

// count is the sum of a cell at a time.
func (e *Emulator) count(k cell, at time.Time) *sum {
	y := &e.purse.tally
	k.start = halfHourOf(at, e.zoneOf(k.waba))
	if s := y.cells[k]; s != nil {
		return s
	}
	if len(y.cells) >= e.cfg.KeepAnalytics {
		e.foldTally(at)
	}
	s := &sum{}
	y.cells[k] = s
	return s
}

func (e *Emulator) zoneOf(wabaID string) *time.Location {
	if w := e.wabas[wabaID]; w != nil {
		return w.zone()
	}
	return time.UTC
}

// foldTally makes room, until a tenth is free.
func (e *Emulator) foldTally(now time.Time) {
	y, room := &e.purse.tally, e.cfg.KeepAnalytics*9/10
	y.drop(now.Add(-lookBack).Unix())
	if len(y.cells) > room {
		y.fold(halfHour, e.zoneOf, func(zone *time.Location) int64 { return dayOf(now, zone).Unix() })
		y.halfSince = max(y.halfSince, now.Add(-24*time.Hour).Unix())
	}
	if len(y.cells) > room {
		y.fold(aDay, e.zoneOf, func(zone *time.Location) int64 { return monthOf(now, zone).Unix() })
		y.daySince = max(y.daySince, now.AddDate(0, -1, 0).Unix())
	}
	if len(y.cells) > room {
		y.fold(halfHour, e.zoneOf, func(zone *time.Location) int64 { return halfHourOf(now, zone) })
		y.halfSince = now.Unix()
	}
	if len(y.cells) > room {
		starts := make([]int64, 0, len(y.cells))
		for k := range y.cells {
			starts = append(starts, k.start)
		}
		slices.Sort(starts)
		y.drop(starts[len(starts)-room])
	}
}

// fold makes the cells of a grain that begin before a time at their place into
// cells of the next.
func (y *tally) fold(grain int, zoneOf func(string) *time.Location, before func(*time.Location) int64) {
	for k, s := range y.cells {
		zone := zoneOf(k.waba)
		if k.grain != grain || k.start >= before(zone) {
			continue
		}
		delete(y.cells, k)
		if k.grain++; k.grain == aDay {
			k.start = dayOf(time.Unix(k.start, 0), zone).Unix()
		} else {
			k.start = monthOf(time.Unix(k.start, 0), zone).Unix()
		}
		if into := y.cells[k]; into != nil {
			into.add(s)
			continue
		}
		y.cells[k] = s
	}
}

func (s *sum) add(o *sum) {
	s.sent += o.sent
	s.delivered += o.delivered
	s.volume += o.volume
	s.micros += o.micros
}

func (y *tally) drop(before int64) {
	for k := range y.cells {
		if k.start < before {
			delete(y.cells, k)
		}
	}
}

// Products of messaging analytics: what a business begins with a template, and
// what it answers.
const (
	notification = "0"
	support      = "2"
)

// countMessage notes that a message was sent or reached its customer.
func (e *Emulator) countMessage(m *message, delivered bool, at time.Time) {
	if m.origin != "api" {
		return // What the phone sends is no business of the platform's.
	}
	n := m.chat.number
	_, country := e.purse.tariff.Market(m.chat.customer.Digits, at.In(n.waba.zone()))
	k := cell{waba: n.waba.ID, number: n.ID, country: country, product: support}
	if m.typ == "template" {
		k.product = notification
	}
	s := e.count(k, at)
	if delivered {
		s.delivered++
	} else {
		s.sent++
	}
}
