// Package screen is the emulator's own web page: the phone of the business,
// its customers beside it, Meta's control room, and its clock on top. It is written by
// hand, needs no build and loads nothing from elsewhere.
package screen

import (
	"embed"
	"net/http"
	"strings"
)

// In app are the modules of the page, in words its two languages, in look its
// styles and letters (Vazirmatn, under the licence beside it).
//
//go:embed index.html signup.html signup.js sdk.js app words look
var files embed.FS

// Handler serves the page at "/" and its files beside it, the popup of Embedded
// Signup at /dialog/oauth, and the script that stands in for Meta's SDK at
// /en_US/sdk.js, whatever the language.
func Handler() http.Handler {
	pages := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-cache")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; media-src 'self'; img-src 'self' data:")
		switch {
		case r.URL.Path == "/dialog/oauth":
			http.ServeFileFS(w, r, files, "signup.html")
		case strings.HasSuffix(r.URL.Path, "/sdk.js"):
			// Other people's pages load it, with Meta's usual crossorigin="anonymous".
			h.Set("Cross-Origin-Resource-Policy", "cross-origin")
			h.Set("Access-Control-Allow-Origin", "*")
			http.ServeFileFS(w, r, files, "sdk.js")
		default:
			pages.ServeHTTP(w, r)
		}
	})
}
