//go:build !noui

package web

import (
	"embed"
	"io/fs"
)

// The folder always exists in a checkout (dist/.gitkeep), so that the program
// builds before npm has run; what is inside it is written by `npm run build`.
//
//go:embed all:dist
var dist embed.FS

// Files returns the built web application, rooted where index.html lies. It
// answers false when the application was not built before the program was.
func Files() (fs.FS, bool) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, false
	}
	return built(files)
}
