// Package vaulttest says what a vault must do, as one suite that the folder and the
// bucket both pass.
package vaulttest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"testing"

	"wasl/internal/media"
	"wasl/internal/wa"
)

// Run holds a vault to its word. open makes an empty one.
func Run(t *testing.T, open func(t *testing.T) media.Vault) {
	for name, test := range map[string]func(*testing.T, media.Vault){
		"what is kept can be opened, sought and read":      kept,
		"nothing is there before it is kept":               nothingBefore,
		"the same is kept once, however often":             once,
		"tenants never see each other":                     apart,
		"what is not there is said so, and removed gladly": absent,
		"a file of many megabytes":                         large,
		"an empty file":                                    empty,
		"many at once":                                     atOnce,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

const biz = wa.BusinessID("biz_a")

// Sum is the name of content.
func Sum(content []byte) []byte {
	s := sha256.Sum256(content)
	return s[:]
}

// Put keeps content.
func Put(v media.Vault, b wa.BusinessID, content []byte) error {
	d, err := v.Create(b)
	if err != nil {
		return err
	}
	if _, err := d.Write(content); err != nil {
		d.Drop()
		return err
	}
	return d.Keep(Sum(content))
}

func read(t *testing.T, v media.Vault, b wa.BusinessID, sum []byte) []byte {
	t.Helper()
	f, err := v.Open(b, sum)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func kept(t *testing.T, v media.Vault) {
	content := []byte("0123456789")
	if err := Put(v, biz, content); err != nil {
		t.Fatal(err)
	}
	if got := read(t, v, biz, Sum(content)); !bytes.Equal(got, content) {
		t.Errorf("got %q, want %q", got, content)
	}
	// As it is served: the beginning for its type, the end for its size, then a part.
	f, err := v.Open(biz, Sum(content))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	head := make([]byte, 4)
	if _, err := io.ReadFull(f, head); err != nil || string(head) != "0123" {
		t.Fatalf("beginning %q, %v", head, err)
	}
	if n, err := f.Seek(0, io.SeekEnd); err != nil || n != 10 {
		t.Fatalf("size %d, %v", n, err)
	}
	if _, err := f.Seek(6, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(f); err != nil || string(rest) != "6789" {
		t.Errorf("part %q, %v", rest, err)
	}
}

func nothingBefore(t *testing.T, v media.Vault) {
	content := []byte("half")
	for _, end := range []func(media.Draft){media.Draft.Drop, func(media.Draft) {}} {
		d, err := v.Create(biz)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Write(content); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Open(biz, Sum(content)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a draft can be opened: %v", err)
		}
		end(d)
	}
}

func once(t *testing.T, v media.Vault) {
	content := []byte("same")
	for range 3 {
		if err := Put(v, biz, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Remove(biz, Sum(content)); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Open(biz, Sum(content)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removed, and yet there: %v", err)
	}
	if err := Put(v, biz, content); err != nil {
		t.Fatal(err)
	}
	if got := read(t, v, biz, Sum(content)); !bytes.Equal(got, content) {
		t.Errorf("kept again it is %q", got)
	}
}

func apart(t *testing.T, v media.Vault) {
	content := []byte("secret")
	if err := Put(v, biz, content); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Open("biz_b", Sum(content)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another business opens it: %v", err)
	}
	if err := v.Remove("biz_b", Sum(content)); err != nil {
		t.Fatal(err)
	}
	if got := read(t, v, biz, Sum(content)); !bytes.Equal(got, content) {
		t.Error("another business removed it")
	}
	for _, b := range []wa.BusinessID{"", "..", "a/b", `a\b`} {
		if err := Put(v, b, content); err == nil {
			t.Errorf("business %q was given a place", b)
		}
		if _, err := v.Open(b, Sum(content)); err == nil {
			t.Errorf("business %q opens something", b)
		}
	}
}

func absent(t *testing.T, v media.Vault) {
	_, err := v.Open(biz, Sum([]byte("never")))
	if !errors.Is(err, fs.ErrNotExist) || errors.Is(err, media.ErrUnavailable) {
		t.Errorf("got %v, want that it is not there", err)
	}
	for range 2 {
		if err := v.Remove(biz, Sum([]byte("never"))); err != nil {
			t.Errorf("removing what is not there: %v", err)
		}
	}
}

func large(t *testing.T, v media.Vault) {
	content := bytes.Repeat([]byte("sixteen bytes. \n"), 20<<16)
	if err := Put(v, biz, content); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, v, biz, Sum(content)), content) {
		t.Error("it came back as something else")
	}
}

func empty(t *testing.T, v media.Vault) {
	if err := Put(v, biz, nil); err != nil {
		t.Fatal(err)
	}
	if got := read(t, v, biz, Sum(nil)); len(got) != 0 {
		t.Errorf("got %d bytes", len(got))
	}
}

func atOnce(t *testing.T, v media.Vault) {
	var wait sync.WaitGroup
	for k := range 24 {
		wait.Go(func() {
			content := fmt.Appendf(nil, "file %d", k%6)
			if err := Put(v, biz, content); err != nil {
				t.Error(err)
			}
			f, err := v.Open(biz, Sum(content))
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, content) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	wait.Wait()
}
