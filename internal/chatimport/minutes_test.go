package chatimport

import (
	"strings"
	"testing"
	"time"

	"wasl/internal/wa"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// shelf is messages as words: "in:hello", "out:[image]", "@1 in:hello" a minute later.
func shelf(text string) []There {
	var out []There
	for part := range strings.SplitSeq(text, ";") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		t := There{At: noon.Add(30 * time.Second), Type: "text"}
		if rest, ok := strings.CutPrefix(part, "@1 "); ok {
			t.At, part = t.At.Add(time.Minute), rest
		}
		dir, said, _ := strings.Cut(part, ":")
		t.Direction = wa.Direction(dir)
		if kind, ok := strings.CutPrefix(said, "["); ok {
			t.Type, said = strings.TrimSuffix(kind, "]"), ""
		}
		t.Texts = strings.Split(said, "|")
		out = append(out, t)
	}
	return out
}

// TestHas: what of a file is there already, one to one.
func TestHas(t *testing.T) {
	for _, tt := range []struct {
		name, there, file string
		want              int // known
	}{
		{"nothing is there", "", "in:a; in:b", 0},
		{"the same words", "in:a", "in:a", 1},
		{"the other direction", "out:a", "in:a", 0},
		{"another minute", "@1 in:a", "in:a", 0},
		{"two equal ones, one is there", "in:a", "in:a; in:a", 1},
		{"one of two that are there", "in:a; in:a", "in:a", 1},
		{"three of four", "in:a; in:a; in:a", "in:a; in:a; in:a; in:a", 3},
		{"marks and spaces do not count", "in:a  b", "in:\u200ea b ", 1},
		{"case counts", "in:A", "in:a", 0},
		{"what an edit made of it", "in:a|b", "in:b", 1},
		{"a file of the same kind", "in:[image]", "in:[image]", 1},
		{"a file of another kind", "in:[image]", "in:[video]", 0},
		{"a voice note is audio", "in:[voice]", "in:[audio]", 1},
		{"the file does not tell the kind", "in:[image]; in:[video]", "in:[media_placeholder]; in:[media_placeholder]; in:[media_placeholder]", 2},
		{"the conversation does not tell the kind", "in:[media_placeholder]", "in:[image]; in:[video]", 1},
		{"a kind told stands for itself first", "in:[image]", "in:[video]; in:[image]", 1},
		{"none stands for two", "in:[image]", "in:[media_placeholder]; in:[image]", 1},
		{"a place is no file", "in:[location]", "in:[media_placeholder]", 0},
		{"a place is a place", "in:[location]", "in:[location]", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := NewMinutes(shelf(tt.there))
			items := itemsOf(tt.file)
			if got := bring(m, items); got != tt.want {
				t.Errorf("%d are known, want %d", got, tt.want)
			}
			if got := bring(m, items); got != len(items) {
				t.Errorf("brought again, %d of %d are known", got, len(items))
			}
		})
	}
}

func itemsOf(file string) []Item {
	seen := NewMinutes(nil)
	var items []Item
	for _, s := range shelf(file) {
		it := Item{At: s.At, Direction: s.Direction, Content: wa.Content{Type: s.Type, Text: s.Texts[0]}}
		seen.number(&it)
		items = append(items, it)
	}
	return items
}

// bring adds what is not there, and returns how many were.
func bring(m *Minutes, items []Item) (known int) {
	for _, it := range items {
		if m.Has(it) {
			known++
			continue
		}
		m.Add(it)
	}
	return known
}
