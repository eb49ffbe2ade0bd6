package platform_test

import (
	"strings"
	"testing"

	"wasl/internal/platform"
)

func TestEveryMetaErrorHasItsWords(t *testing.T) {
	m := platform.KnownErrors()
	for code, title := range map[int]string{
		0: "AuthException", 131047: "Re-engagement", 190: "Access token", 200: "API Permission", 250: "API Permission", 299: "API Permission",
		139102: "Blocking", 2593109: "History", 2388299: "Variable",
	} {
		e, ok := m.Of(code)
		if !ok || !strings.HasPrefix(e.Title, title) {
			t.Errorf("code %d = %q, %v; want %q", code, e.Title, ok, title)
		}
	}
	for _, code := range []int{-1, 5, 199, 300, 131046, 999999999} {
		if e, ok := m.Of(code); ok {
			t.Errorf("code %d is told as %q, want nothing said of a code nobody knows", code, e.Title)
		}
	}
}

func TestErrorsRefuseGaps(t *testing.T) {
	const one = `{"code":4,"title":"T","class":"c","en":{"sentence":"s","cause":"c","fix":"f"},"ar":{"sentence":"س","cause":"ج","fix":"ح"}}`
	list := func(entries string) []byte {
		return []byte(`{"read":"2026-11-22","source":"x","errors":[` + entries + `]}`)
	}
	if _, err := platform.ParseErrors(list(one)); err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{
		"a code twice":          list(one + "," + one),
		"no cause":              list(strings.Replace(one, `"cause":"c"`, `"cause":""`, 1)),
		"no Arabic fix":         list(strings.Replace(one, "ح", "", 1)),
		"no title":              list(strings.Replace(one, `"T"`, `""`, 1)),
		"a span that runs back": list(strings.Replace(one, `"code":4`, `"code":4,"to":3`, 1)),
		"a code inside a span":  list(strings.Replace(one, `"code":4`, `"code":2,"to":5`, 1) + "," + one),
		"an unknown field":      list(strings.Replace(one, `"class"`, `"klass"`, 1)),
		"no day":                []byte(strings.Replace(string(list(one)), "2026-11-22", "", 1)),
	} {
		if _, err := platform.ParseErrors(raw); err == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
}
