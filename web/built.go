//go:build !noui

package web

import "io/fs"

// built answers false unless files holds an application: a folder without
// index.html is a checkout in which npm has not run.
func built(files fs.FS) (fs.FS, bool) {
	info, err := fs.Stat(files, "index.html")
	if err != nil || info.IsDir() {
		return nil, false
	}
	return files, true
}
