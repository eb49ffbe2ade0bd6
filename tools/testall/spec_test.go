package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestSpec: without Meta's document nothing is judged and nothing fails; with it
// a run whose exchanges are not in order does.
func TestSpec(t *testing.T) {
	t.Setenv(witnessVariable, "")
	shared := t.TempDir()
	t.Setenv("WASL_SHARED", shared)
	s, err := openSpec()
	if err != nil {
		t.Fatal(err)
	}
	check(t, s.judge(true), tally{})
	if dir := os.Getenv(witnessVariable); dir != "" {
		t.Errorf("witnesses write to %q although nobody judges", dir)
	}

	if err := os.MkdirAll(filepath.Join(shared, "spec"), 0o700); err != nil {
		t.Fatal(err)
	}
	const document = "paths: {'/{Version}/{WABA-ID}': {get: {responses: {'200': {content: {application/json: {schema: {type: object}}}}}}}}"
	if err := os.WriteFile(filepath.Join(shared, "spec", "meta-openapi-v23.yaml"), []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	for answer, want := range map[string]tally{"e30=": {passed: 1}, "Nw==": {failed: 1}} { // {} and 7
		s, err := openSpec()
		if err != nil {
			t.Fatal(err)
		}
		line := `{"method":"GET","path":"/v25.0/1","kind":"waba","status":200,"response":"` + answer + "\"}\n"
		if err := os.WriteFile(filepath.Join(os.Getenv(witnessVariable), "a-1.jsonl"), []byte(line), 0o600); err != nil {
			t.Fatal(err)
		}
		check(t, s.judge(false), want)
	}
}
