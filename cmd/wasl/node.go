package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"wasl/internal/id"
)

// node is this process's name among the nodes that share a database. It is kept
// in the data folder, so that a process that starts again is the same node and
// goes on at once with what it owned. Two processes need two data folders.
func (s *Settings) node() (string, error) {
	path := filepath.Join(s.Data, "node")
	raw, err := os.ReadFile(path)
	if err == nil && len(strings.TrimSpace(string(raw))) > 0 {
		return strings.TrimSpace(string(raw)), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read node name: %w", err)
	}
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return "", fmt.Errorf("make data folder: %w", err)
	}
	name := id.New("node")
	if err := os.WriteFile(path, []byte(name+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("write node name: %w", err)
	}
	return name, nil
}
