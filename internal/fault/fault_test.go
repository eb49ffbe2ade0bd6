package fault_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode"

	"wasl/internal/fault"
)

func TestFromFindsTheFaultInAChain(t *testing.T) {
	err := fmt.Errorf("submit draft: %w", fault.Of(fault.CodeWindowClosed).Because(io.ErrUnexpectedEOF))
	f, ok := fault.From(err)
	if !ok || f.Code != fault.CodeWindowClosed || f.Kind != fault.Unprocessable {
		t.Fatalf("From = %v, %t, want window_closed, unprocessable", f, ok)
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
	if !errors.Is(err, fault.Of(fault.CodeWindowClosed)) || errors.Is(err, fault.Of(fault.CodeOptedOut)) {
		t.Error("errors.Is does not go by the code")
	}
	if _, ok := fault.From(io.EOF); ok {
		t.Error("From(io.EOF) found a fault")
	}
}

func TestSentenceHidesTheCause(t *testing.T) {
	f := fault.Of(fault.CodeStorageUnavailable).Because(errors.New("dial tcp 10.0.0.7: refused"))
	if strings.Contains(f.Sentence+f.Fix, "10.0.0.7") {
		t.Errorf("the cause is in what a person reads: %q %q", f.Sentence, f.Fix)
	}
	if want := "dial tcp 10.0.0.7: refused"; !strings.HasSuffix(f.Error(), want) {
		t.Errorf("Error() = %q, want it to end with %q", f.Error(), want)
	}
}

func TestCopiesLeaveTheFaultAlone(t *testing.T) {
	f := fault.Of(fault.CodeParameterInvalid)
	g := f.Saying("limit: %d is more than %d", 900, 200).Fixed("Ask for fewer.").Because(io.EOF)
	if g.Sentence != "limit: 900 is more than 200" || g.Fix != "Ask for fewer." || g.Code != f.Code {
		t.Errorf("copy = %+v", g)
	}
	if *f != *fault.Of(fault.CodeParameterInvalid) {
		t.Errorf("original became %+v", f)
	}
	n := fault.New(fault.Invalid, fault.CodeParameterInvalid, "to: empty")
	if n.Fix != f.Fix {
		t.Errorf("New has fix %q, want the code's %q", n.Fix, f.Fix)
	}
}

func TestOfRefusesAnUnknownCode(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Of(unknown) did not panic")
		}
	}()
	fault.Of("no_such_code")
}

// TestEveryCodeSpeaksBothLanguages also catches a sentence pasted into the
// wrong language.
func TestEveryCodeSpeaksBothLanguages(t *testing.T) {
	if len(fault.Codes()) < 20 {
		t.Fatalf("%d codes, want all of api/codes.json", len(fault.Codes()))
	}
	for _, c := range fault.Codes() {
		text, ok := fault.Describe(c)
		if !ok {
			t.Errorf("%s has no text", c)
		}
		for _, s := range []string{text.Sentence, text.Fix} {
			if arabic(s) || !strings.HasSuffix(s, ".") {
				t.Errorf("%s: %q is not an English sentence", c, s)
			}
		}
		for _, s := range []string{text.SentenceAR, text.FixAR} {
			if !arabic(s) || !strings.HasSuffix(s, ".") {
				t.Errorf("%s: %q is not an Arabic sentence", c, s)
			}
		}
	}
}

func arabic(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Arabic, r) })
}
