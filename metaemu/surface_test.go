package metaemu_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wasl/metaemu"
)

var section = regexp.MustCompile(`^(cloud-api|coexistence)-protocol §\d+(\.\d+)?$`)

// takesNothing are calls that have neither parameters nor errors of their own.
var takesNothing = []string{"DELETE /{waba-id}/subscribed_apps"}

// TestEveryEndpointIsDescribed: each says where it is written, and either what it
// takes and answers or why it is not emulated.
func TestEveryEndpointIsDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range metaemu.Surface() {
		call := p.Method + " " + p.Path
		if seen[call] {
			t.Errorf("%s stands twice: what is emulated is not missing any more", call)
		}
		seen[call] = true
		if !section.MatchString(p.Source) {
			t.Errorf("%s: source %q, want a section of the protocol notes", call, p.Source)
		}
		if p.Missing == "" && len(p.Fields) == 0 && len(p.Codes) == 0 && p.Refused == "" && !slices.Contains(takesNothing, call) {
			t.Errorf("%s says neither its fields nor its codes", call)
		}
		if p.Missing != "" && (len(p.Fields) > 0 || len(p.Codes) > 0 || p.Refused != "") {
			t.Errorf("%s is missing and described", call)
		}
		for _, f := range p.Fields {
			if strings.Contains(f, ",") {
				t.Errorf("%s: fields are separated by spaces, not %q", call, f)
			}
		}
	}
}

// TestNothingOfTheNotesIsForgotten: every endpoint of sections 2 to 7 is emulated,
// or says why not.
func TestNothingOfTheNotesIsForgotten(t *testing.T) {
	raw, err := os.ReadFile("testdata/endpoints.txt")
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, p := range metaemu.Surface() {
		has[p.Method+" "+p.Path] = true
	}
	lines := 0
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		part := strings.Fields(line)
		if len(part) != 3 {
			t.Fatalf("endpoints.txt: %q is not section, methods and path", line)
		}
		lines++
		for method := range strings.SplitSeq(part[1], ",") {
			if !has[method+" "+part[2]] {
				t.Errorf("%s %s (%s) is neither an edge nor in missing.go with a reason", method, part[2], part[0])
			}
		}
	}
	if lines < 40 {
		t.Errorf("endpoints.txt has %d lines, and lost some", lines)
	}
}

// TestMissingIsSaidSo: a call that is listed as missing is refused in the words
// that say so, wherever its path has an object.
func TestMissingIsSaidSo(t *testing.T) {
	w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
	ids := strings.NewReplacer("{phone-number-id}", w.number.ID, "{waba-id}", w.number.WABA, "{code}", "ABCDEFGHIJKLMN")
	for _, p := range metaemu.Surface() {
		path := ids.Replace(p.Path)
		if p.Missing == "" || strings.Contains(path, "{") || p.Path == "/message_template_library" {
			continue
		}
		status, out := w.graph(p.Method, "/v25.0"+path, w.number.Token, nil)
		if e, _ := out["error"].(obj); status != 400 || !strings.Contains(e["message"].(string), "is not emulated") {
			t.Errorf("%s %s: HTTP %d %v, want it said that it is not emulated", p.Method, p.Path, status, out)
		}
	}
}

var (
	toldByName  = regexp.MustCompile(`\.emit\([^,()]+, "(\w+)"`)
	toldByKind  = regexp.MustCompile(`\.tellTemplate\([^,()]+, "(\w+)"`)
	toldByField = regexp.MustCompile(`\bfield: +"(\w+)"`)
)

// TestWebhooksAreListed: every field that the code tells is in the list, and the
// other way round.
func TestWebhooksAreListed(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, re := range []*regexp.Regexp{toldByName, toldByKind, toldByField} {
			for _, m := range re.FindAllStringSubmatch(string(raw), -1) {
				told[m[1]] = true
			}
		}
	}
	listed := map[string]bool{}
	for _, wh := range metaemu.Webhooks() {
		listed[wh.Field] = true
		if !told[wh.Field] {
			t.Errorf("%s is listed, and no code tells it", wh.Field)
		}
		if !section.MatchString(wh.Source) {
			t.Errorf("%s: source %q", wh.Field, wh.Source)
		}
	}
	for field := range told {
		if !listed[field] {
			t.Errorf("%s is told, and not listed", field)
		}
	}
}
