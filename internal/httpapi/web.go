package httpapi

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"wasl/internal/auth"
	"wasl/internal/fault"
)

// forEver is how long a file may be cached whose name is made from its content.
const forEver = "public, max-age=31536000, immutable"

func (a *API) registerWeb() {
	// What begins like the API and is none of it is no page either.
	a.handle(auth.Anyone(), "", "/v1/", bodyLimit, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.refuse(w, r, fault.Of(fault.CodeNotFound))
	}))
	a.handle(auth.Anyone(), "", "/", bodyLimit, http.HandlerFunc(a.web))
}

// web serves the application: its files as they are, and its first page for every
// path that is no file, because those are the application's own.
func (a *API) web(w http.ResponseWriter, r *http.Request) {
	if unsafe(r.Method) {
		a.refuse(w, r, fault.Of(fault.CodeNotFound))
		return
	}
	if a.Web == nil {
		a.refuse(w, r, fault.Of(fault.CodeNotFound).Saying("This program was built without its screens.").
			Fixed("Build it with `make build`, or read /docs for the API."))
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	asset := strings.HasPrefix(name, "assets/")
	if name == "" || !asset && path.Ext(name) == "" {
		name = "index.html"
	}
	body, err := fs.ReadFile(a.Web, name)
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
		a.refuse(w, r, fault.Of(fault.CodeNotFound))
		return
	default:
		a.refuse(w, r, err)
		return
	}
	cache := "no-cache"
	if asset {
		cache = forEver
	}
	w.Header().Set("Cache-Control", cache)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
}
