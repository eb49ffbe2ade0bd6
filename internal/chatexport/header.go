package chatexport

import (
	"strings"
	"unicode/utf8"
)

// header is how a line begins that begins a message: three numbers of a date in
// the order they stand in, and a time of day.
type header struct {
	shape   shape
	numbers [3]int
	digits  [3]int // how many digits each number was written with
	hour    int    // 0 to 23
	minute  int
	second  int
	rest    string // of the line, after the beginning
}

// shape is what all beginnings of one file have in common.
type shape struct {
	frame     frame
	separator rune // between the numbers of the date
	timeFirst bool
	seconds   bool
	twelve    bool // AM or PM
}

// frame is what stands around date and time.
type frame string

const (
	brackets frame = "brackets" // [date, time] name: …
	dash     frame = "dash"     // date, time - name: …
	colon    frame = "colon"    // date time: name: …, of old iPhones
)

// mark reports whether r is written for the direction of a text and means nothing
// else: WhatsApp strews them over lines of every language.
func mark(r rune) bool {
	switch {
	case r == 0x200e, r == 0x200f, r == 0x061c, r == 0xfeff, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

// plain is a rune as it counts in a beginning: digits and commas of Arabic and
// Persian are those of ASCII, and a space is a space however narrow.
func plain(r rune) rune {
	switch {
	case r >= '٠' && r <= '٩':
		return '0' + r - '٠'
	case r >= '۰' && r <= '۹':
		return '0' + r - '۰'
	case r == '،':
		return ','
	case r == 0x00a0, r == 0x202f, r == 0x2009, r == '\t':
		return ' '
	case r == '–', r == '—', r == '‐', r == '‑':
		return '-'
	}
	return r
}

// scanner walks over the beginning of a line, rune by rune, marks left out.
type scanner struct {
	line string
	at   int
}

// peek returns the next rune as it counts; 0 at the end.
func (s *scanner) peek() rune {
	for s.at < len(s.line) {
		r, n := utf8.DecodeRuneInString(s.line[s.at:])
		if !mark(r) {
			return plain(r)
		}
		s.at += n
	}
	return 0
}

func (s *scanner) next() rune {
	r := s.peek()
	if r != 0 {
		_, n := utf8.DecodeRuneInString(s.line[s.at:])
		s.at += n
	}
	return r
}

// skip passes over r and reports whether it was there.
func (s *scanner) skip(r rune) bool {
	if s.peek() != r {
		return false
	}
	s.next()
	return true
}

func (s *scanner) spaces() {
	for s.skip(' ') {
	}
}

// number reads up to most digits.
func (s *scanner) number(most int) (value, digits int) {
	for digits < most && s.peek() >= '0' && s.peek() <= '9' {
		value = value*10 + int(s.next()-'0')
		digits++
	}
	return value, digits
}

// parseHeader reads how a line begins.
func parseHeader(line string) (header, bool) {
	var h header
	s := &scanner{line: line}
	s.spaces()
	h.shape.frame = dash
	if s.skip('[') {
		h.shape.frame = brackets
	}
	start := s.at
	if !h.dateThenTime(s) {
		*s = scanner{line: line, at: start}
		h = header{shape: shape{frame: h.shape.frame, timeFirst: true}}
		if !h.timeThenDate(s) {
			return header{}, false
		}
	}
	return h, h.closes(s)
}

func (h *header) dateThenTime(s *scanner) bool {
	if !h.date(s) {
		return false
	}
	s.skip('.')
	if !s.skip(',') && s.peek() != ' ' {
		return false
	}
	s.spaces()
	s.word()
	return h.time(s)
}

func (h *header) timeThenDate(s *scanner) bool {
	if !h.time(s) || !s.skip(',') {
		return false
	}
	s.spaces()
	return h.date(s)
}

// word passes over the short word that some languages write before a time: klo,
// kl., um, à.
func (s *scanner) word() {
	start := s.at
	for range 5 {
		r := s.peek()
		if r == 0 || r >= '0' && r <= '9' || r == ']' || r == ':' || r == '-' {
			break
		}
		if s.next(); r == ' ' {
			return
		}
	}
	if r := s.peek(); r < '0' || r > '9' {
		s.at = start
	}
}

func (h *header) date(s *scanner) bool {
	for i := range h.numbers {
		var r rune
		if i > 0 {
			r = s.next()
			if r != '/' && r != '.' && r != '-' || i == 2 && r != h.shape.separator {
				return false
			}
			h.shape.separator = r
			s.spaces()
		}
		if h.numbers[i], h.digits[i] = s.number(4); h.digits[i] == 0 || h.digits[i] == 3 {
			return false
		}
	}
	return true
}

func (h *header) time(s *scanner) bool {
	var n int
	if h.hour, n = s.number(2); n == 0 {
		return false
	}
	sep := s.next()
	if sep != ':' && sep != '.' {
		return false
	}
	if h.minute, n = s.number(2); n != 2 {
		return false
	}
	before := s.at
	if s.skip(sep) {
		h.second, n = s.number(2)
		if h.shape.seconds = n == 2; !h.shape.seconds {
			if s.at, h.second = before, 0; n != 0 {
				return false
			}
		}
	}
	return h.half(s) && h.hour < 24 && h.minute < 60 && h.second < 60
}

// halves are the words for before and after noon.
var halves = []struct {
	word string
	pm   bool
}{
	{"a.m.", false},
	{"p.m.", true},
	{"a. m.", false},
	{"p. m.", true},
	{"a.m", false},
	{"p.m", true},
	{"am", false},
	{"pm", true},
	{"صباحًا", false},
	{"مساءً", true},
	{"صباحا", false},
	{"مساء", true},
	{"ص", false},
	{"م", true},
	{"قبل\u200cازظهر", false},
	{"بعدازظهر", true},
	{"ق.ظ.", false},
	{"ب.ظ.", true},
	{"ق.ظ", false},
	{"ب.ظ", true},
}

// half reads AM or PM, if it is there, and turns the hour into one of 24.
func (h *header) half(s *scanner) bool {
	start := s.at
	s.spaces()
	for _, w := range halves {
		at := s.at
		if s.reads(w.word) {
			h.shape.twelve = true
			if h.hour < 1 || h.hour > 12 {
				return false
			}
			if h.hour %= 12; w.pm {
				h.hour += 12
			}
			return true
		}
		s.at = at
	}
	s.at = start
	return true
}

// reads passes over a word, whatever its case, that no letter follows.
func (s *scanner) reads(word string) bool {
	for _, want := range word {
		got := s.next()
		if got >= 'A' && got <= 'Z' {
			got += 'a' - 'A'
		}
		if got != plain(want) {
			return false
		}
	}
	r := s.peek()
	return r == 0 || r == ' ' || r == ']' || r == ',' || r == ':' || r == '-'
}

// closes reads what stands between the time and the name.
func (h *header) closes(s *scanner) bool {
	switch {
	case h.shape.frame == brackets:
		if s.spaces(); !s.skip(']') {
			return false
		}
		s.skip(' ')
	case s.skip(':'):
		h.shape.frame = colon
		if !s.skip(' ') {
			return false
		}
	default:
		if s.spaces(); !s.skip('-') || !s.skip(' ') && s.peek() != 0 {
			return false
		}
	}
	h.rest = strings.TrimRight(s.line[s.at:], "\r")
	return true
}
