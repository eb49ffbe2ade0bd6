package metaemu_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var fenced = regexp.MustCompile("(?ms)^```(go|sh)\n(.*?)^```$")

// TestPageShowsTheExample: the Go of the page, in both languages, stands in the
// examples that are compiled and run, and both pages show the same commands.
func TestPageShowsTheExample(t *testing.T) {
	read := func(name string) string {
		t.Helper()
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	example := strings.ReplaceAll(read("example_test.go"), "\t", "")
	blocks := func(name string) (list []string) {
		for _, m := range fenced.FindAllStringSubmatch(read(name), -1) {
			if m[1] == "go" && !strings.Contains(example, strings.ReplaceAll(m[2], "\t", "")) {
				t.Errorf("%s shows Go that is not in example_test.go:\n%s", name, m[2])
			}
			list = append(list, m[2])
		}
		return list
	}
	english, arabic := blocks("../docs/emulator.md"), blocks("../docs/emulator.ar.md")
	if len(english) < 5 || !slices.Equal(english, arabic) {
		t.Errorf("the English page shows %d blocks, the Arabic one %d, and they are not the same", len(english), len(arabic))
	}
}
