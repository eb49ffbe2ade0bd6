package metaemu_test

import (
	"net/http"
	"testing"
	"testing/synctest"

	"wasl/metaemu"
)

// TestWithoutAVersion: a call that names none is answered in the oldest version
// there is, and a path that is no id's is not Graph's (§1.1).
func TestWithoutAVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		for path, want := range map[string]int{
			"/" + w.number.ID:                             200,
			"/" + w.number.ID + "?fields=id":              200,
			"/v21.0/" + w.number.ID:                       200,
			"/v25.0/" + w.number.ID + "/no_such_edge":     400,
			"/" + w.number.ID + "/no_such_edge":           400,
			"/v25/" + w.number.ID:                         404,
			"/" + w.number.ID + "x":                       404,
			"/_emulator/numbers/" + w.number.ID + "/none": 404,
		} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://graph"+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+w.number.Token)
			res, err := w.client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != want {
				t.Errorf("GET %s: HTTP %d, want %d", path, res.StatusCode, want)
			}
		}
	})
}
