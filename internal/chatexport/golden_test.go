package chatexport_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wasl/internal/chatexport"
)

var update = flag.Bool("update", false, "write the golden files anew")

// latest is when the files of testdata were exported.
var latest = time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)

// TestFiles reads every file of testdata; what is understood of it stands beside
// it. `go test ./internal/chatexport -run TestFiles -update` writes that anew.
func TestFiles(t *testing.T) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, name := range names {
		if ext := filepath.Ext(name); ext != ".txt" && ext != ".zip" {
			continue
		}
		read++
		t.Run(filepath.Base(name), func(t *testing.T) {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := told(t, raw, filepath.Base(name))
			golden := name + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
	if read < 20 {
		t.Errorf("only %d files were read", read)
	}
}

// told is what is understood of a file, in every order its dates can be read in.
func told(t *testing.T, raw []byte, name string) string {
	t.Helper()
	f, err := chatexport.Open(bytes.NewReader(raw), int64(len(raw)), name, chatexport.Usual)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Survey(latest)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	l := s.Layout
	fmt.Fprintf(&b, "layout %s %q time-first=%v seconds=%v twelve=%v media=%q\n", l.Frame, l.Separator, l.TimeFirst, l.Seconds, l.Twelve, f.Media)
	for _, r := range s.Readings {
		fmt.Fprintf(&b, "reading %s from %s to %s\n", r.Order, r.First.Format(time.DateTime), r.Last.Format(time.DateTime))
	}
	err = f.Read(l, s.Readings[0].Order, func(m chatexport.Message) error {
		at := strings.Repeat("-", 19)
		if !m.At.IsZero() {
			at = m.At.Format(time.DateTime)
		}
		fmt.Fprintf(&b, "%3d %s %-14s %q", m.Line, at, m.Kind, m.Sender)
		if m.File != "" {
			fmt.Fprintf(&b, " file=%q", m.File)
		}
		if m.Edited {
			fmt.Fprint(&b, " edited")
		}
		fmt.Fprintf(&b, " %q\n", m.Text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
