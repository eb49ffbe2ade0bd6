package media

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"wasl/internal/wa"
)

// Disk is a [Vault] in a folder: one folder per Business, in it one file per
// hash. It is safe for concurrent use.
type Disk struct{ Root string }

func (d Disk) folder(b wa.BusinessID) (string, error) {
	// The id is ours; a check costs nothing and the folder is a tenant's wall.
	if b == "" || strings.ContainsAny(string(b), `/\.`) {
		return "", fmt.Errorf("business %q has no folder", b)
	}
	return filepath.Join(d.Root, string(b)), nil
}

func (d Disk) path(b wa.BusinessID, sum []byte) (string, error) {
	dir, err := d.folder(b)
	if err != nil {
		return "", err
	}
	name := hex.EncodeToString(sum)
	if len(name) < 2 {
		return "", errors.New("no hash")
	}
	return filepath.Join(dir, name[:2], name), nil
}

// Create implements [Vault].
func (d Disk) Create(b wa.BusinessID) (Draft, error) {
	dir, err := d.folder(b)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of files: %w", err)
	}
	f, err := os.CreateTemp(dir, "part-*")
	if err != nil {
		return nil, fmt.Errorf("begin file: %w", err)
	}
	return &diskDraft{File: f, disk: d, business: b}, nil
}

type diskDraft struct {
	*os.File
	disk     Disk
	business wa.BusinessID
}

// Keep implements [Draft]. The bytes are on the disk before the name is, and the
// name before the database speaks of it.
func (f *diskDraft) Keep(sum []byte) error {
	path, err := f.disk.path(f.business, sum)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		f.Drop()
	}
	return err
}

// Drop implements [Draft].
func (f *diskDraft) Drop() {
	_ = f.Close()           // may be closed already
	_ = os.Remove(f.Name()) // may have been renamed; what stays is swept at the next start
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open implements [Vault].
func (d Disk) Open(b wa.BusinessID, sum []byte) (io.ReadSeekCloser, error) {
	path, err := d.path(b, sum)
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// Remove implements [Vault].
func (d Disk) Remove(b wa.BusinessID, sum []byte) error {
	path, err := d.path(b, sum)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Sweep removes what an earlier life was writing when it ended.
func (d Disk) Sweep() error {
	parts, err := filepath.Glob(filepath.Join(d.Root, "*", "part-*"))
	for _, p := range parts {
		err = errors.Join(err, os.Remove(p))
	}
	return err
}
