package chatexport

import (
	"strings"
	"time"
)

// Kind says what an entry of a chat is.
type Kind string

// The kinds.
const (
	Text     Kind = "text"
	Image    Kind = "image"
	Video    Kind = "video"
	Audio    Kind = "audio"
	Document Kind = "document"
	Sticker  Kind = "sticker"
	Card     Kind = "contacts"
	Location Kind = "location"
	Poll     Kind = "poll"
	// Media is a file of which the chat does not tell what it was.
	Media Kind = "media"
	// ViewOnce is what could be looked at once; it is never exported.
	ViewOnce Kind = "view_once"
	Deleted  Kind = "deleted"
	Call     Kind = "call"
	// System is what WhatsApp itself says.
	System Kind = "system"
	// Empty is a message of which nothing was exported.
	Empty Kind = "empty"
	// NotUnderstood is what begins like a message, but not like one of this file, or
	// stands before the first one.
	NotUnderstood Kind = "not_understood"
)

// Message is one entry of a chat.
type Message struct {
	Line   int       // on which it begins, 1 the first
	At     time.Time // local, to be read without its zone; zero if not understood
	Sender string    // empty if nobody is named
	Kind   Kind
	Text   string // what was said, a caption, or the words of the system
	File   string // of a file that was exported
	Edited bool
}

// Read calls each for every entry in order. Dates are read in order o.
func (f *File) Read(l Layout, o Order, each func(Message) error) error {
	r := &reading{layout: l, order: o, each: each, limit: f.limit.Message}
	if err := f.lines(r.line); err != nil {
		return err
	}
	return r.end()
}

// reading gathers the lines of one entry after the other.
type reading struct {
	layout Layout
	order  Order
	each   func(Message) error
	limit  int
	open   bool
	entry  Message
	rest   string // of the first line
	more   strings.Builder
}

func (r *reading) line(n int, line string) error {
	h, ok := parseHeader(line)
	if !ok {
		if !r.open {
			if tidy(line) == "" {
				return nil
			}
			return r.begin(Message{Line: n, Kind: NotUnderstood}, line)
		}
		if r.more.Len()+len(line) > r.limit {
			return ErrTooLarge
		}
		r.more.WriteByte('\n')
		r.more.WriteString(strings.TrimRight(line, "\r"))
		return nil
	}
	at, exists := h.when(r.order)
	if h.shape != r.layout.shape || !exists {
		return r.begin(Message{Line: n, Kind: NotUnderstood}, line)
	}
	return r.begin(Message{Line: n, At: at}, h.rest)
}

func (r *reading) begin(m Message, rest string) error {
	if err := r.end(); err != nil {
		return err
	}
	r.open, r.entry, r.rest = true, m, rest
	return nil
}

func (r *reading) end() error {
	if !r.open {
		return nil
	}
	m := r.entry
	more := r.more.String()
	r.open = false
	r.more.Reset()
	if m.Kind == NotUnderstood {
		m.Text = strings.TrimSpace(r.rest + more)
		return r.each(m)
	}
	understand(&m, r.rest, more)
	return r.each(m)
}

// understand tells who said what. rest is the first line after its beginning, more
// the other lines.
func understand(m *Message, rest, more string) {
	sender, said, named := cutSender(rest)
	if !named {
		m.Kind, m.Text = System, tidy(rest+more)
		if call(m.Text) {
			m.Kind = Call
		}
		return
	}
	m.Sender = sender
	if trimmed, ok := cutEdited(said + more); ok {
		m.Edited = true
		said, more, _ = strings.Cut(trimmed, "\n")
		if more != "" {
			more = "\n" + more
		}
	}
	m.Kind, m.File, m.Text = classify(said, more)
}

// longestName is how long a name may be, in bytes. WhatsApp allows 25 characters;
// address books allow more.
const longestName = 200

// cutSender cuts a line into name and words. It reports false if nobody is named.
func cutSender(rest string) (sender, said string, named bool) {
	if announcement(rest) {
		return "", "", false
	}
	sender, said, named = strings.Cut(rest, ": ")
	if !named {
		// Nothing follows the name: the rest was not exported, or stands on other lines.
		if sender, named = strings.CutSuffix(strings.TrimRight(rest, " "), ":"); !named {
			return "", "", false
		}
	}
	sender = strings.TrimSpace(strings.TrimPrefix(tidy(sender), "~"))
	if sender == "" || len(sender) > longestName || act(sender) {
		return "", "", false
	}
	return sender, said, true
}

// tidy is a text without marks of direction, with ordinary spaces, trimmed.
func tidy(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case mark(r):
			return -1
		case r == 0x00a0, r == 0x202f, r == 0x2009:
			return ' '
		}
		return r
	}, s))
}
