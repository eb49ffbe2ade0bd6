package store

import (
	"bytes"
	"strings"
	"testing"

	"wasl/internal/id"
	"wasl/internal/seal"
	"wasl/internal/wa"
)

func sealedWith(t *testing.T, b byte) *DB {
	t.Helper()
	s, err := seal.New(bytes.Repeat([]byte{b}, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return &DB{sealer: s}
}

func TestOpaqueID(t *testing.T) {
	db, other := sealedWith(t, 1), sealedWith(t, 2)
	for range 100 {
		a := wa.AttemptID(id.Attempt())
		o := db.opaque(a)
		if len(o) > 64 {
			t.Fatalf("%d characters, want at most 64", len(o))
		}
		if got, ok := db.parseOpaque(o); !ok || got != a {
			t.Fatalf("parseOpaque(opaque(%s)) = %s, %v", a, got, ok)
		}
		if _, ok := other.parseOpaque(o); ok {
			t.Fatal("an opaque id of another master key was taken for ours")
		}
	}
}

// TestT28ForgedOpaqueID: another app on the same WABA may write what it likes.
func TestT28ForgedOpaqueID(t *testing.T) {
	db := sealedWith(t, 1)
	a := wa.AttemptID(id.Attempt())
	o := db.opaque(a)
	for i := range len(o) {
		for _, c := range []byte("A0f.z") {
			forged := o[:i] + string(c) + o[i+1:]
			// Hexadecimal digits are the same in either case.
			if strings.EqualFold(forged, o) {
				continue
			}
			if _, ok := db.parseOpaque(forged); ok {
				t.Fatalf("%s was taken for ours", forged)
			}
		}
	}
	for _, s := range []string{"", "v1.", "v1." + string(a), "v1." + string(a) + ".", o + "0", o[:len(o)-1], "v2" + o[2:], strings.Repeat("x", 512)} {
		if _, ok := db.parseOpaque(s); ok {
			t.Errorf("%q was taken for ours", s)
		}
	}
}
