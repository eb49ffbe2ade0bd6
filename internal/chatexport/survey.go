package chatexport

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Layout is how a file writes the beginnings of its messages.
type Layout struct {
	Frame     string // brackets, as on iPhones; dash, as on Android; colon, as on old iPhones
	Separator string // between the numbers of a date
	TimeFirst bool
	Seconds   bool
	Twelve    bool // hours of AM and PM
	shape     shape
}

// Survey is what a first reading learns of a file.
type Survey struct {
	Layout Layout
	// Readings are the ways in which its dates can be read; one if that is settled.
	Readings []Reading
}

// Settled reports the one order of the dates.
func (s Survey) Settled() (Order, bool) {
	if len(s.Readings) == 1 {
		return s.Readings[0].Order, true
	}
	return "", false
}

// May reports whether an order is one of those the file can be read in.
func (s Survey) May(o Order) bool {
	return slices.ContainsFunc(s.Readings, func(r Reading) bool { return r.Order == o })
}

// found is what was counted of one shape.
type found struct {
	lines   int
	first   int // line on which it stood first
	tallies map[Order]*tally
}

// Survey reads the file once to learn how its lines begin. Nothing in it was said
// after latest, if that is not zero: a date beyond it is read wrongly.
func (f *File) Survey(latest time.Time) (Survey, error) {
	shapes := map[shape]*found{}
	err := f.lines(func(n int, line string) error {
		h, ok := parseHeader(line)
		if !ok {
			return nil
		}
		if shapes[h.shape] == nil {
			shapes[h.shape] = &found{first: n, tallies: map[Order]*tally{DMY: {}, MDY: {}, YMD: {}, YDM: {}}}
		}
		s := shapes[h.shape]
		s.lines++
		for o, t := range s.tallies {
			t.add(h, o, latest)
		}
		return nil
	})
	if err != nil {
		return Survey{}, err
	}
	if len(shapes) == 0 {
		return Survey{}, ErrNotAnExport
	}
	// Most lines begin in the file's own way; of two ways that are as frequent, the
	// one that came first.
	own := slices.MaxFunc(slices.Collect(maps.Keys(shapes)), func(a, b shape) int {
		return cmp.Or(cmp.Compare(shapes[a].lines, shapes[b].lines), cmp.Compare(shapes[b].first, shapes[a].first))
	})
	s := Survey{Layout: layoutOf(own), Readings: readings(shapes[own].tallies, own)}
	if len(s.Readings) == 0 {
		return Survey{}, ErrNotAnExport
	}
	return s, nil
}

func layoutOf(s shape) Layout {
	return Layout{
		Frame: string(s.frame), Separator: string(s.separator), TimeFirst: s.timeFirst, Seconds: s.seconds, Twelve: s.twelve, shape: s,
	}
}
