package scenario_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"wasl/internal/webhook"
)

// unknowns is how many things in the third-party payloads we have no word for:
// the number that must not creep up unseen.
//
// The one is template_components_update/element, which holds a whole second
// delivery under the member "all" that no page of Meta names.
const unknowns = 1

// A payload is one case of the third-party fixtures, with a WAMID of its own.
type payload struct {
	file, name string
	body       []byte
	wamid      string // of its message, "" if it has none
}

func (p payload) String() string { return p.file + "/" + p.name }

// payloads reads the third-party fixtures. Many of them share a WAMID, so each
// message and status gets one that is made from the name of its case; what they
// quote, edit or react to stays as it is.
func payloads(t testing.TB) []payload {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(sharedPath(t), "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	slices.Sort(files)
	var out []payload
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("read fixtures: %v", err)
		}
		var cases map[string]json.RawMessage
		if err := json.Unmarshal(raw, &cases); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		base := strings.TrimSuffix(filepath.Base(file), ".json")
		for _, name := range sorted(cases) {
			out = append(out, ownWAMID(t, base, name, cases[name]))
		}
	}
	return out
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ownWAMID rewrites the ids of the messages and statuses of a case.
func ownWAMID(t testing.TB, file, name string, body []byte) payload {
	t.Helper()
	p := payload{file: file, name: name, wamid: "wamid.fx." + file + "." + name}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", p, err)
	}
	found := 0
	for _, e := range list(v["entry"]) {
		for _, c := range list(e["changes"]) {
			value, _ := c["value"].(map[string]any)
			for _, m := range append(list(value["messages"]), list(value["statuses"])...) {
				found++
				m["id"] = p.wamid
				if found > 1 {
					m["id"] = fmt.Sprintf("%s.%d", p.wamid, found)
				}
			}
		}
	}
	if found == 0 {
		p.wamid = ""
	}
	var err error
	if p.body, err = json.Marshal(v); err != nil {
		t.Fatalf("%s: %v", p, err)
	}
	return p
}

func list(v any) []map[string]any {
	items, _ := v.([]any)
	var out []map[string]any
	for _, i := range items {
		if m, ok := i.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// expectations reads an archive of expectations: name of the case → text.
func expectations(t testing.TB, path string) map[string]string {
	t.Helper()
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatalf("read expectations: %v", err)
	}
	out := map[string]string{}
	for _, f := range a.Files {
		out[f.Name] = string(f.Data)
	}
	return out
}

// eventsOf writes what a body says.
func eventsOf(t testing.TB, body []byte) []string {
	t.Helper()
	n := webhook.Normalize(body)
	if n.Broken != "" {
		return []string{"broken " + quoted(n.Broken)}
	}
	var out []string
	for _, ev := range n.Events {
		out = append(out, event(ev)...)
	}
	return out
}

// became writes the events of bodies and the rows of the house that applied
// them, in the form of the expectations.
func (h *house) became(before int, bodies ...[]byte) string {
	h.t.Helper()
	var lines []string
	for _, body := range bodies {
		lines = append(lines, eventsOf(h.t, body)...)
	}
	lines = append(lines, "")
	lines = append(lines, h.rows()...)
	if j := h.journal(before); len(j) > 0 {
		lines = append(lines, "journal "+strings.Join(j, " "))
	}
	lines = append(lines, h.deliveries()...)
	return strings.Join(lines, "\n") + "\n"
}

// entries is how far the journal is.
func (h *house) entries() int {
	h.t.Helper()
	newest, _, err := h.db.Newest(h.t.Context(), h.business)
	if err != nil {
		h.t.Fatalf("read journal: %v", err)
	}
	return int(newest)
}

// TestThirdPartyPayloadsBecome: each payload that nobody of this project wrote,
// posted signed over HTTP, becomes what a person wrote down for it (L25, L26).
func TestThirdPartyPayloadsBecome(t *testing.T) {
	cases := payloads(t)
	dir := filepath.Join(root(t), "testdata", "fixtures")
	want := map[string]map[string]string{}
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		want[strings.TrimSuffix(filepath.Base(f), ".txtar")] = expectations(t, f)
	}
	odd := 0
	for _, c := range cases {
		odd += len(webhook.Normalize(c.body).Odd)
		text, ok := want[c.file][c.name]
		if !ok {
			t.Errorf("%s: nobody wrote down what it must become", c)
			continue
		}
		delete(want[c.file], c.name)
		t.Run(c.String(), func(t *testing.T) {
			h := openHouse(t, quick)
			before := h.entries()
			h.post(c.body)
			h.settle()
			h.conserved()
			got := h.became(before, c.body)
			if c.wamid != "" {
				got = strings.ReplaceAll(got, c.wamid, "w")
			}
			if diff := cmp.Diff(text, got); diff != "" {
				t.Errorf("it became something else (-want +got):\n%s", diff)
			}
		})
	}
	for file, rest := range want {
		for name := range rest {
			t.Errorf("%s/%s is expected and not among the fixtures", file, name)
		}
	}
	if odd != unknowns {
		t.Errorf("things we have no word for = %d, want %d", odd, unknowns)
	}
	t.Logf("%d third-party payloads, %d things in them we have no word for", len(cases), odd)
}
