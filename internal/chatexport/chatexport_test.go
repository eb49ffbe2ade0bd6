package chatexport_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wasl/internal/chatexport"
)

type packed struct{ name, text string }

func zipOf(t testing.TB, files ...packed) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(raw []byte, limit chatexport.Limits) (*chatexport.File, error) {
	return chatexport.Open(bytes.NewReader(raw), int64(len(raw)), "chat.txt", limit)
}

const hello = "25/03/2024, 14:05 - Huda: hello\n"

// TestRefused: what is no export, or is meant to do harm, is refused with a reason.
func TestRefused(t *testing.T) {
	small := chatexport.Usual
	small.Text, small.Entries, small.Line, small.Message = 2000, 3, 500, 800
	for _, tt := range []struct {
		name string
		raw  []byte
		want error
	}{
		{"a text that is no chat", []byte("Dear all,\nsee you at 5.\n"), chatexport.ErrNotAnExport},
		{"nothing", nil, chatexport.ErrNotAnExport},
		{"days that never were", []byte("41/41/2024, 14:05 - Huda: hello\n"), chatexport.ErrNotAnExport},
		{"a text beyond the limit", []byte(strings.Repeat(hello, 100)), chatexport.ErrTooLarge},
		{"a bomb: a small zip of a large text", zipOf(t, packed{"_chat.txt", strings.Repeat(hello, 10_000)}), chatexport.ErrTooLarge},
		{"a line without an end", []byte(hello + strings.Repeat("x", 600)), chatexport.ErrTooLarge},
		{"a message without an end", []byte(hello + strings.Repeat(strings.Repeat("x", 99)+"\n", 9)), chatexport.ErrTooLarge},
		{"a zip with too many files", zipOf(t, packed{"a", ""}, packed{"b", ""}, packed{"c", ""}, packed{"_chat.txt", hello}), chatexport.ErrTooLarge},
		{"a zip without a chat", zipOf(t, packed{"a.jpg", ""}), chatexport.ErrNoChat},
		{"a zip with two chats", zipOf(t, packed{"WhatsApp Chat with A.txt", hello}, packed{"WhatsApp Chat with B.txt", hello}), chatexport.ErrManyChats},
		{"a zip that climbs out", zipOf(t, packed{"../_chat.txt", hello}), chatexport.ErrBadName},
		{"a zip with a path of Windows", zipOf(t, packed{`..\_chat.txt`, hello}), chatexport.ErrBadName},
		{"a zip with an absolute path", zipOf(t, packed{"/etc/_chat.txt", hello}), chatexport.ErrBadName},
		{"a zip that was cut", zipOf(t, packed{"_chat.txt", hello})[:60], chatexport.ErrDamaged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := readAll(tt.raw, small); !errors.Is(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func readAll(raw []byte, limit chatexport.Limits) error {
	f, err := open(raw, limit)
	if err != nil {
		return err
	}
	s, err := f.Survey(latest)
	if err != nil {
		return err
	}
	return f.Read(s.Layout, s.Readings[0].Order, func(chatexport.Message) error { return nil })
}

// TestTextsInAZip: of several texts the one called as WhatsApp calls a chat is it.
func TestTextsInAZip(t *testing.T) {
	f, err := open(zipOf(t, packed{"notes.txt", "x"}, packed{"WhatsApp Chat with Huda.txt", hello}, packed{"__MACOSX/._a.txt", ""}), chatexport.Usual)
	if err != nil {
		t.Fatal(err)
	}
	if f.Partner() != "Huda" || len(f.Media) != 1 || f.Media[0] != "notes.txt" {
		t.Errorf("partner %q, media %q", f.Partner(), f.Media)
	}
}

// TestDates: what settles the order of a date, and what leaves it a question.
func TestDates(t *testing.T) {
	for _, tt := range []struct {
		name  string
		dates string
		want  string
	}{
		{"a day above 12 stands first", "13/4/24 14/4/24", "dmy"},
		{"a day above 12 stands second", "4/13/24 4/14/24", "mdy"},
		{"the year stands first", "2024/4/3 2024/4/4", "ymd"},
		{"year, day, month", "2024/13/4 2024/14/4", "ydm"},
		{"nothing settles it", "3/4/24 4/4/24 5/4/24", "dmy mdy"},
		{"only one order runs forward", "3/4/24 11/4/24 2/5/24", "dmy"},
		{"one order ends in the future", "2/12/26 3/12/26", "mdy"},
		{"a clock set back by some hours decides nothing", "3/4/24 3/4/24", "dmy mdy"},
		{"one pasted line does not outweigh the rest", "13/4/24 14/4/24 4/25/24 15/4/24 16/4/24 17/4/24", "dmy"},
		{"two digits of a year first, where dashes are", "24-03-25 24-03-26", "dmy ymd"},
		{"two digits of a year first, and nothing else will do", "24/13/01 24/14/02", "ydm"},
		{"before there was WhatsApp", "9-10-08 10-11-08", "ymd"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var text strings.Builder
			for _, d := range strings.Fields(tt.dates) {
				fmt.Fprintf(&text, "%s, 10:00 - Huda: x\n", d)
			}
			f, err := open([]byte(text.String()), chatexport.Usual)
			if err != nil {
				t.Fatal(err)
			}
			s, err := f.Survey(latest)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range s.Readings {
				got = append(got, string(r.Order))
			}
			if g := strings.Join(got, " "); g != tt.want {
				t.Errorf("got %s, want %s", g, tt.want)
			}
		})
	}
}

// TestLargeFile: 40,000 messages are read one at a time, each once and in order.
func TestLargeFile(t *testing.T) {
	var text strings.Builder
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 40_000 {
		fmt.Fprintf(&text, "%s - Huda: message %d\nsecond line\n", at.Add(time.Duration(i)*time.Minute).Format("02/01/2006, 15:04"), i)
	}
	f, err := open([]byte(text.String()), chatexport.Usual)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Survey(latest)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = f.Read(s.Layout, s.Readings[0].Order, func(m chatexport.Message) error {
		if want := fmt.Sprintf("message %d\nsecond line", n); m.Text != want || !m.At.Equal(at.Add(time.Duration(n)*time.Minute)) {
			return fmt.Errorf("message %d is %q at %s", n, m.Text, m.At)
		}
		n++
		return nil
	})
	if err != nil || n != 40_000 {
		t.Errorf("read %d messages: %v", n, err)
	}
}

// FuzzRead: whatever a file holds, it is read without harm and nothing of it is
// lost: every line that is not blank is in an entry, or the first of one.
func FuzzRead(f *testing.F) {
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte("[1/2/24, 1:2:3 "))
	f.Add([]byte("1.2.24 1.02.03 AM: \xff\x00: \u200e"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := open(raw, chatexport.Usual)
		if err != nil {
			return
		}
		s, err := file.Survey(latest)
		if err != nil {
			return
		}
		if len(s.Readings) == 0 {
			t.Fatal("an export of which no date can be read is none")
		}
		line := 0
		for _, r := range s.Readings {
			line = 0
			err := file.Read(s.Layout, r.Order, func(m chatexport.Message) error {
				if m.Line <= line {
					t.Errorf("line %d comes after line %d", m.Line, line)
				}
				line = m.Line
				if (m.Kind == chatexport.NotUnderstood) != m.At.IsZero() {
					t.Errorf("line %d is %s at %s", m.Line, m.Kind, m.At)
				}
				if strings.ContainsAny(m.File, `/\`) {
					t.Errorf("a file's name leads elsewhere: %q", m.File)
				}
				return nil
			})
			if err != nil && !errors.Is(err, chatexport.ErrTooLarge) {
				t.Error(err)
			}
		}
		if line == 0 {
			t.Error("a file with beginnings gave no entry")
		}
	})
}
