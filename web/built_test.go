//go:build !noui

package web

import (
	"testing"
	"testing/fstest"
)

func TestBuilt(t *testing.T) {
	tests := []struct {
		name  string
		files fstest.MapFS
		want  bool
	}{
		{"a checkout before npm has run", fstest.MapFS{".gitkeep": {}}, false},
		{"a built application", fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}}, true},
		{"a folder named like the page", fstest.MapFS{"index.html/x": {}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files, ok := built(tt.files)
			if ok != tt.want || (files != nil) != tt.want {
				t.Errorf("built() = %v, %v, want ok = %v", files, ok, tt.want)
			}
		})
	}
}
