package platform

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
)

//go:embed meta_errors.json
var shippedErrors []byte

// Telling is what a person is told about one of Meta's error codes, in one
// language: what it is, why, and what to do next.
type Telling struct {
	Sentence string `json:"sentence"`
	Cause    string `json:"cause"`
	Fix      string `json:"fix"`
}

// MetaError is one of Meta's error codes, or a span of them, in words.
type MetaError struct {
	Code  int     `json:"code"`
	To    int     `json:"to,omitempty"` // the last code of a span; 0: one code
	Title string  `json:"title"`        // Meta's, shortened; of spans and of template checks ours
	Class string  `json:"class"`        // what kind of trouble it is, for filtering: wait, template, sign_in, …
	EN    Telling `json:"en"`
	AR    Telling `json:"ar"`
}

// MetaErrors are the codes in words, in the order of their numbers.
type MetaErrors struct {
	Read   Date        `json:"read"` // the day the list was read at Meta
	Source string      `json:"source"`
	Errors []MetaError `json:"errors"`
}

// KnownErrors returns the codes that ship with the program.
func KnownErrors() MetaErrors {
	m, err := ParseErrors(shippedErrors)
	if err != nil {
		panic("platform: meta_errors.json: " + err.Error())
	}
	return m
}

// ParseErrors reads a list of codes and refuses one with a gap in it: a missing
// word, a code twice, spans that overlap.
func ParseErrors(raw []byte) (MetaErrors, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	var m MetaErrors
	if err := dec.Decode(&m); err != nil {
		return m, err
	}
	if m.Read.IsZero() || m.Source == "" {
		return m, fmt.Errorf("it does not say when and where it was read")
	}
	last := -1
	for _, e := range m.Errors {
		if e.Code <= last {
			return m, fmt.Errorf("code %d is there twice, or not in its place", e.Code)
		}
		if e.To != 0 && e.To <= e.Code {
			return m, fmt.Errorf("code %d: its span ends at %d", e.Code, e.To)
		}
		last = max(e.Code, e.To)
		for lang, t := range map[string]Telling{"en": e.EN, "ar": e.AR} {
			if t.Sentence == "" || t.Cause == "" || t.Fix == "" {
				return m, fmt.Errorf("code %d: a sentence, cause or fix is missing in %s", e.Code, lang)
			}
		}
		if e.Title == "" || e.Class == "" {
			return m, fmt.Errorf("code %d: title or class is missing", e.Code)
		}
	}
	return m, nil
}

// Of finds the words for a code.
func (m MetaErrors) Of(code int) (MetaError, bool) {
	i, found := slices.BinarySearchFunc(m.Errors, code, func(e MetaError, c int) int {
		switch {
		case c < e.Code:
			return 1
		case c > max(e.Code, e.To):
			return -1
		}
		return 0
	})
	if !found {
		return MetaError{}, false
	}
	return m.Errors[i], true
}
