package main

import (
	"strings"
	"testing"
)

func TestParseRefuses(t *testing.T) {
	const good = `{"code":"a_b","kind":"invalid","en":{"sentence":"S.","fix":"F."},"ar":{"sentence":"ج.","fix":"ح."}}`
	if _, err := parse([]byte("[" + good + "]")); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ json, want string }{
		"a code twice":       {"[" + good + "," + good + "]", "twice"},
		"an unknown kind":    {"[" + strings.Replace(good, "invalid", "strange", 1) + "]", "unknown kind"},
		"a missing fix":      {"[" + strings.Replace(good, "F.", "", 1) + "]", "missing"},
		"a missing Arabic":   {"[" + strings.Replace(good, "ج.", "", 1) + "]", "missing"},
		"a code in capitals": {"[" + strings.Replace(good, "a_b", "A_b", 1) + "]", "snake"},
		"a field too many":   {`[{"code":"a","nothing":1}]`, "unknown field"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parse([]byte(tt.json)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("parse = %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestRenderKeepsWordsWhole(t *testing.T) {
	out, err := render(tsTemplate, []code{{Code: "a_b", Kind: "invalid", EN: words{`say "no" <now>`, "f"}, AR: words{"قل «لا»", "ح"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"say \"no\" <now>"`, `"قل «لا»"`, "a_b: {"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("output lacks %s:\n%s", want, out)
		}
	}
}
