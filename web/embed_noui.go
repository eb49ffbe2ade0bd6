//go:build noui

package web

import "io/fs"

// Files answers false: this program was built without its screens.
func Files() (fs.FS, bool) { return nil, false }
