package chatimport

import (
	"crypto/sha256"
	"strings"
	"time"

	"wasl/internal/wa"
)

// There is a message that a conversation has.
type There struct {
	At        time.Time
	Direction wa.Direction
	Type      string
	Texts     []string // what it says, and said after each edit
}

// Span is a time from an instant to before another.
type Span struct{ From, To time.Time }

// SpanOf is the time in which items lie, in whole minutes.
func SpanOf(items []Item) (s Span) {
	for k, it := range items {
		at := it.At.Truncate(time.Minute)
		if k == 0 || at.Before(s.From) {
			s.From = at
		}
		if end := at.Add(time.Minute); end.After(s.To) {
			s.To = end
		}
	}
	return s
}

// minute is where messages are compared: a file may tell no seconds.
type minute struct {
	direction wa.Direction
	at        int64 // minutes since 1970
}

func minuteOf(d wa.Direction, at time.Time) minute { return minute{d, at.Unix() / 60} }

// Minutes are the messages of a conversation as an import sees them: how many of
// each there are in each minute and direction. Words are kept as digests.
type Minutes struct {
	equal map[digest]int
	files map[minute]int
}

type digest [12]byte

func digestOf(m minute, what string) digest {
	h := sha256.New()
	h.Write([]byte{byte(m.at >> 24), byte(m.at >> 16), byte(m.at >> 8), byte(m.at)})
	h.Write([]byte(m.direction))
	h.Write([]byte{0})
	h.Write([]byte(what))
	var d digest
	copy(d[:], h.Sum(nil))
	return d
}

// NewMinutes counts what is there.
func NewMinutes(there []There) *Minutes {
	m := &Minutes{equal: map[digest]int{}, files: map[minute]int{}}
	for _, t := range there {
		at := minuteOf(t.Direction, t.At)
		if kind, ok := fileKind(t.Type); ok {
			m.put(at, kind)
			continue
		}
		said := map[string]bool{}
		for _, text := range t.Texts {
			if w := words(text); !said[w] {
				said[w] = true
				m.put(at, w)
			}
		}
	}
	return m
}

func (m *Minutes) put(at minute, match string) {
	m.equal[digestOf(at, match)]++
	if strings.HasPrefix(match, fileMark) {
		m.files[at]++
	}
}

// number gives an item its place among those equal to it, and counts it.
func (m *Minutes) number(it *Item) {
	it.minute = minuteOf(it.Direction, it.At)
	it.match = words(it.Content.Text)
	if kind, ok := fileKind(it.Content.Type); ok {
		it.match = kind
	}
	m.put(it.minute, it.match)
	it.nth, it.nthFile = m.equal[digestOf(it.minute, it.match)], m.files[it.minute]
}

// Has reports whether an item is there: the conversation has as many of its like as
// the file has up to it. A file of which one side does not tell the kind is like
// any other; but together they must be as many too, so that none stands for two.
func (m *Minutes) Has(it Item) bool {
	alike := m.equal[digestOf(it.minute, it.match)]
	switch {
	case !strings.HasPrefix(it.match, fileMark):
		return alike >= it.nth
	case it.Content.Type == placeholder:
		return m.files[it.minute] >= it.nthFile
	}
	untold := m.equal[digestOf(it.minute, fileMark+placeholder)]
	return alike+untold >= it.nth && m.files[it.minute] >= it.nthFile
}

// Add counts an item that has just been added.
func (m *Minutes) Add(it Item) { m.put(it.minute, it.match) }

// These begin the match of what is compared by its kind: of a file, and of what is no
// file and yet says nothing in words. No words begin so: [words] trims them.
const (
	fileMark = "\n"
	kindMark = "\r"
)

// fileKind is how a message is compared of which an export tells the kind and not the
// content.
func fileKind(typ string) (string, bool) {
	switch typ {
	case "image", "video", "audio", "document", "sticker", placeholder:
		return fileMark + typ, true
	case "contacts", "location":
		return kindMark + typ, true
	case "voice", "ptt":
		return fileMark + "audio", true
	case "gif":
		return fileMark + "video", true
	}
	return "", false
}

// words are what is compared of a text: its letters, not its marks and spaces.
func words(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
			switch {
			case r == 0x200e, r == 0x200f, r == 0x061c, r == 0xfeff, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
				return -1
			}
			return r
		}, l)), " ")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
