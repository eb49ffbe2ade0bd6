package main

import (
	"fmt"
	"os"

	"wasl/internal/metaspec"
)

// witnessVariable tells whoever starts an emulator in a test where to write what
// was asked and answered (metaemu/witness).
const witnessVariable = "METAEMU_WITNESS"

// spec holds the Graph calls of all parts to Meta's own OpenAPI document, after
// they have run.
type spec struct {
	doc *metaspec.Document
	dir string
}

// openSpec makes the folder for the witnesses. Without the document nothing is
// judged, which is said and is no skipped test: the document is not ours to have.
func openSpec() (*spec, error) {
	path, err := metaspec.Find(".")
	if err != nil {
		fmt.Println("Graph calls are not held to Meta's document:", err)
		return nil, nil
	}
	s := &spec{}
	if s.doc, err = metaspec.Load(path); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "witness"); err != nil {
		return nil, err
	}
	return s, os.Setenv(witnessVariable, s.dir)
}

// judge counts one test: that there is nothing to complain of. everything says
// that all parts ran, and so every exception must have been needed.
func (s *spec) judge(everything bool) tally {
	if s == nil {
		return tally{}
	}
	defer os.RemoveAll(s.dir)
	fmt.Print("\n== Meta's document\n")
	exceptions, err := metaspec.Exceptions()
	if err != nil {
		return broken("metaspec", err)
	}
	l := metaspec.NewLedger(s.doc, exceptions)
	if err := l.ReadFolder(s.dir); err != nil {
		return broken("metaspec", err)
	}
	if l.Report(os.Stdout, everything) > 0 {
		return tally{failed: 1}
	}
	return tally{passed: 1}
}
