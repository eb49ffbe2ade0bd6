package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wasl/metaemu"
)

// TestEmulateGoesOnFromAFile: what one emulator saved another begins with, and
// a file that is no snapshot is refused in words.
func TestEmulateGoesOnFromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "world.json")
	first, second := metaemu.New(metaemu.Config{}), metaemu.New(metaemu.Config{})
	if _, err := first.CreateCustomer(metaemu.CustomerSpec{Name: "Mona"}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // The second time it replaces the first.
		if err := save(first, path); err != nil {
			t.Fatal(err)
		}
	}
	if err := load(second, path); err != nil {
		t.Fatal(err)
	}
	if got := second.Customers("Mona", 0, 0); len(got) != 1 {
		t.Errorf("%d customers called Mona were loaded, want 1", len(got))
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("%d files beside the snapshot, %v, want none", len(left)-1, err)
	}
	if err := os.WriteFile(path, []byte("tea"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := load(second, path); err == nil || !strings.Contains(err.Error(), "no snapshot") {
		t.Errorf("load = %v, want that it is no snapshot", err)
	}
	if err := save(first, filepath.Join(path, "below", "a", "file")); err == nil {
		t.Error("a snapshot was saved into a folder that does not exist")
	}
}
