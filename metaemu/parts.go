package metaemu

import (
	"net/http"
	"net/url"
)

// laterParts are paths that an emulator may lack, by what the screen calls
// them: it asks once rather than run into answers of 404.
var laterParts = map[string]string{
	"knobs": "knobs", "media": "media/1", "presets": "presets", "samples": "media/samples", "snapshot": "snapshot",
}

func partsRoute(mux *http.ServeMux) {
	get(mux, "parts", func(*http.Request) (any, error) {
		there := []string{}
		for _, name := range sortedKeys(laterParts) {
			r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/_emulator/" + laterParts[name]}}
			if _, pattern := mux.Handler(r); pattern != "/_emulator/" {
				there = append(there, name)
			}
		}
		return there, nil
	})
}
