package scenario_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"wasl/internal/webhook"
)

// A story is one or more deliveries, and what they must become together.
type story struct {
	topic, name string
	bodies      [][]byte
	want        string
}

func (s story) String() string { return s.topic + "/" + s.name }

// stories reads the payloads made for this project in Meta's real shapes. In an
// archive, "name/1.json", "name/2.json", … are the deliveries of a story in the
// order they come, and "name/want" what a person wrote down for it.
func stories(t testing.TB) []story {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), "testdata", "payloads", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no payloads: %v", err)
	}
	var out []story
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatalf("read payloads: %v", err)
		}
		s := story{topic: strings.TrimSuffix(filepath.Base(file), ".txtar")}
		for _, f := range a.Files {
			name, part, _ := strings.Cut(f.Name, "/")
			if s.name != "" && s.name != name {
				t.Fatalf("%s: %s has no want", file, s.name)
			}
			s.name = name
			if part != "want" {
				s.bodies = append(s.bodies, f.Data)
				continue
			}
			s.want = string(f.Data)
			out = append(out, s)
			s = story{topic: s.topic}
		}
	}
	return out
}

// ownUnknowns is how many things in our own payloads we have no word for, all of
// them put in on purpose. A change of it is a change of what Wasl understands.
const ownUnknowns = 33

// TestPayloadsBecome: each story, posted signed over HTTP one delivery after the
// other, becomes what a person wrote down for it.
func TestPayloadsBecome(t *testing.T) {
	odd := 0
	for _, s := range stories(t) {
		for _, body := range s.bodies {
			odd += len(webhook.Normalize(body).Odd)
		}
		t.Run(s.String(), func(t *testing.T) {
			h := openHouse(t, quick)
			before := h.entries()
			for _, body := range s.bodies {
				h.post(body)
				h.settle()
			}
			h.conserved()
			if diff := cmp.Diff(strings.Split(s.want, "\n"), strings.Split(h.became(before, s.bodies...), "\n")); diff != "" {
				t.Errorf("it became something else (-want +got):\n%s", diff)
			}
		})
	}
	if odd != ownUnknowns {
		t.Errorf("things we have no word for = %d, want %d", odd, ownUnknowns)
	}
}

// inOrder are the stories whose end depends on what comes first, and why.
var inOrder = map[string]string{
	"messages/another content under the same id":                      "the first is kept, the other shown (decision 14)",
	"history/a file of ours that names nobody, after its placeholder": "a file that names nobody is kept as unknown if nothing is known of its message yet",
}

// TestI10PayloadsComeToTheSame: all our own payloads together, live and history,
// in whatever order, batch and number they come, on either database, say the
// same in the end and nothing is lost.
func TestI10PayloadsComeToTheSame(t *testing.T) {
	var bodies [][]byte
	left := len(inOrder)
	for _, s := range stories(t) {
		if inOrder[s.String()] != "" {
			left--
			continue
		}
		for _, b := range s.bodies {
			// What is no JSON cannot stand in a batch.
			if webhook.Normalize(b).Broken == "" {
				bodies = append(bodies, b)
			}
		}
	}
	if left != 0 {
		t.Errorf("%d stories are excepted that do not exist", left)
	}
	comesToTheSame(t, bodies)
}
