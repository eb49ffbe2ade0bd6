// Package witness writes Graph calls and their answers to files, one JSON object
// per line, so that a program that runs afterwards can hold them to a
// description of Meta's. It is for tests: what it writes holds message texts and
// phone numbers, though no token.
package witness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"wasl/metaemu"
)

// Variable names the environment variable that holds the folder to write to.
const Variable = "METAEMU_WITNESS"

// FromEnv is a [metaemu.Config.Witness] that writes to a file of this process in
// the folder that [Variable] names; nil if it names none. Whoever asked for
// a witness must not go without one, so it panics if it cannot write.
func FromEnv() func(metaemu.Exchange) {
	dir := os.Getenv(Variable)
	if dir == "" {
		return nil
	}
	return func(x metaemu.Exchange) { write(dir, x) }
}

var (
	// mu guards files, and keeps lines whole.
	mu    sync.Mutex
	files = map[string]*os.File{}
)

func write(dir string, x metaemu.Exchange) {
	line, err := json.Marshal(x)
	if err != nil {
		panic(fmt.Errorf("witness: %w", err))
	}
	mu.Lock()
	defer mu.Unlock()
	f := files[dir]
	if f == nil {
		// The program's name says whose tests they were.
		f, err = os.CreateTemp(dir, strings.TrimSuffix(filepath.Base(os.Args[0]), ".test")+"-*.jsonl")
		if err != nil {
			panic(fmt.Errorf("witness: %w", err))
		}
		files[dir] = f
	}
	if _, err := f.Write(append(line, '\n')); err != nil {
		panic(fmt.Errorf("witness: %w", err))
	}
}

// Requests shows the witness the requests of a server that plays Meta, without
// its answers: it may say what Meta never would. kinds names what an id is.
func Requests(kinds map[string]string, next http.Handler) http.Handler {
	see := FromEnv()
	if see == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // The caller is gone.
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
		kind := ""
		if len(parts) > 1 {
			kind = kinds[parts[1]]
		}
		see(metaemu.NewExchange(r, kind, body))
		next.ServeHTTP(w, r)
	})
}
