package screen_test

import (
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wasl/metaemu/screen"
)

func TestEveryFileIsServed(t *testing.T) {
	want := map[string]string{
		"/": "text/html", "/dialog/oauth": "text/html", "/signup.js": "text/javascript", "/en_US/sdk.js": "text/javascript", "/ar_AR/sdk.js": "text/javascript",
	}
	kinds := map[string]string{".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".txt": "text/plain"}
	for _, dir := range []string{"app", "look", "words"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range entries {
			want["/"+dir+"/"+f.Name()] = kinds[f.Name()[strings.LastIndex(f.Name(), "."):]]
		}
	}
	h := screen.Handler()
	for path, kind := range want {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if got := rec.Header().Get("Content-Type"); rec.Code != http.StatusOK || !strings.HasPrefix(got, kind) || rec.Body.Len() == 0 {
			t.Errorf("GET %s = %d %q with %d bytes, want 200 %s", path, rec.Code, got, rec.Body.Len(), kind)
		}
		if !strings.Contains(rec.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("GET %s has no policy that keeps strangers' scripts out", path)
		}
	}
}

var (
	entry    = regexp.MustCompile(`(?:^|[ {])(\w+): ("(?:[^"\\]|\\.)*"|\{ (?:\w+: "(?:[^"\\]|\\.)*",? ?)+\})`)
	comment  = regexp.MustCompile(`(?m)^\s*//.*$`)
	value    = regexp.MustCompile(`\{(\w+)\}`)
	asked    = regexp.MustCompile(`\bword\("(\w+)"`)
	chosen   = regexp.MustCompile(`\bword\([^()"]*\? "(\w+)" : "(\w+)"`)
	prefixed = regexp.MustCompile(`\bword\("(\w+_)" \+`)
	marked   = regexp.MustCompile(`data-(?:word|label)="(\w+)"`)
)

func dictionary(t *testing.T, lang string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("words/" + lang + ".js")
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]string{}
	for line := range strings.Lines(comment.ReplaceAllString(string(raw), "")) {
		for _, m := range entry.FindAllStringSubmatch(line, -1) {
			if _, twice := words[m[1]]; twice {
				t.Errorf("%s.js says %q twice", lang, m[1])
			}
			words[m[1]] = m[2]
		}
	}
	return words
}

func valuesOf(s string) []string {
	found := map[string]bool{}
	for _, m := range value.FindAllStringSubmatch(s, -1) {
		found[m[1]] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// A word that only one language has, or that asks for other values, would show
// a key or a hole to half of the readers.
func TestBothLanguagesSayTheSame(t *testing.T) {
	en, ar := dictionary(t, "en"), dictionary(t, "ar")
	if len(en) < 300 {
		t.Fatalf("en.js: %d words read, want more than 300", len(en))
	}
	if a, b := slices.Sorted(maps.Keys(en)), slices.Sorted(maps.Keys(ar)); !slices.Equal(a, b) {
		for _, k := range append(a, b...) {
			if en[k] == "" || ar[k] == "" {
				t.Errorf("%q stands in one language only", k)
			}
		}
	}
	for k, s := range en {
		if a, b := valuesOf(s), valuesOf(ar[k]); !slices.Equal(a, b) {
			t.Errorf("%q takes %v in English and %v in Arabic", k, a, b)
		}
		if ar[k] != "" && !regexp.MustCompile(`\p{Arabic}`).MatchString(strings.ReplaceAll(ar[k], "({reason})", "ا")) {
			t.Errorf("%q is not in Arabic: %s", k, ar[k])
		}
	}
}

func TestEveryWordThatIsAskedForIsThere(t *testing.T) {
	en := dictionary(t, "en")
	used := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, "words/") || !strings.HasSuffix(path, ".js") && !strings.HasSuffix(path, ".html") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range prefixed.FindAllStringSubmatch(string(raw), -1) {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(en)), func(k string) bool { return strings.HasPrefix(k, m[1]) }) {
				t.Errorf("%s asks for words that begin with %q: there is none", path, m[1])
			}
		}
		for _, re := range []*regexp.Regexp{asked, chosen, marked} {
			for _, m := range re.FindAllStringSubmatch(string(raw), -1) {
				for _, k := range m[1:] {
					used++
					if _, ok := en[k]; !ok && !strings.HasSuffix(k, "_") {
						t.Errorf("%s asks for the word %q: there is none", path, k)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if used < 200 {
		t.Errorf("%d words are asked for, want more than 200: the search is broken", used)
	}
}
