// Package screen is the emulator's own web page: the phone of the business on
// the left, its customers on the right, Meta's clock on top. It is written by
// hand, needs no build and loads nothing from elsewhere.
package screen

import (
	"embed"
	"net/http"
)

//go:embed index.html style.css words.js app.js
var files embed.FS

// Handler serves the page at "/" and its files beside it.
func Handler() http.Handler {
	pages := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-cache")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:")
		pages.ServeHTTP(w, r)
	})
}
