package httpapi_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/httpapi"
	"wasl/internal/platform"
)

// zipped is an export with one picture.
func zipped(t *testing.T, picture []byte) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range []struct {
		name string
		body []byte
	}{
		{"WhatsApp Chat with Huda.txt", []byte("25/03/2024, 10:00 - Huda: hello\n25/03/2024, 10:01 - Shop: IMG-1.jpg (file attached)\n")},
		{"IMG-1.jpg", picture},
	} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Store})
		if err == nil {
			_, err = w.Write(f.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestImportedFileIsServed: what the zip held is read where files of messages are,
// as safely, and is gone after undoing.
func TestImportedFileIsServed(t *testing.T) {
	w := newWorld(t)
	token := w.session("owner@example.test", auth.Owner)
	post := func(path, body string) response {
		return w.do(request{method: "POST", path: path, body: body, token: token})
	}
	// Its name says picture, its bytes say page: it must not run as one.
	page := []byte("<html><script>alert(1)</script>")
	up := importOf(t, w.do(request{method: "POST", path: "/v1/numbers/" + string(w.number) + "/imports", body: zipped(t, page), token: token, header: fileType}), 201)
	if up.Preview.FilesNamed != 1 || up.Preview.FilesFound != 1 {
		t.Fatalf("uploaded: %+v", up.Preview)
	}
	importOf(t, post("/v1/imports/"+up.ID+"/confirm", `{"contact":"+966502223333","zone":"Asia/Riyadh"}`), 202)
	w.rounds(t)
	if im := importOf(t, w.do(request{method: "GET", path: "/v1/imports/" + up.ID, token: token}), 200); im.Files != 1 || im.Added != 2 {
		t.Errorf("imported: %+v", im)
	}
	var id string
	if err := w.Raw.QueryRowContext(t.Context(), "SELECT message_id FROM message_file WHERE business_id = $1", string(w.Business)).Scan(&id); err != nil {
		t.Fatal(err)
	}
	get := request{method: "GET", path: "/v1/messages/" + id + "/file", token: token}
	r := w.do(get)
	if r.StatusCode != 200 || r.body != string(page) || r.Header.Get("Content-Type") != "application/octet-stream" ||
		!strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(r.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("file: %d %q %v", r.StatusCode, r.body, r.Header)
	}
	var m httpapi.Message
	one := w.do(request{method: "GET", path: "/v1/messages/" + id, token: token})
	if err := json.Unmarshal([]byte(one.body), &m); err != nil || m.File == nil || m.File.State != "stored" || m.File.URL == "" {
		t.Errorf("message: %s, %v", one.body, err)
	}
	importOf(t, post("/v1/imports/"+up.ID+"/undo", ""), 202)
	w.rounds(t)
	refused(t, w.do(get), 404, "not_found")
}

// TestUploadStaysOnTheDisk: a large upload is in no memory, and leaves nothing in the
// folder it came through.
func TestUploadStaysOnTheDisk(t *testing.T) {
	scratch := t.TempDir()
	w := newWorld(t, func(c *httpapi.Config) { c.Scratch = scratch })
	token := w.session("owner@example.test", auth.Owner)
	picture := make([]byte, 48<<20)
	for k := range picture[:1<<20] {
		picture[k] = byte(rand.Uint32())
	}
	body := zipped(t, picture)
	picture = nil
	for _, key := range []string{"", "once"} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/v1/numbers/"+string(w.number)+"/imports?name=chat.zip", io.NopCloser(strings.NewReader(body)))
		r.Header.Set("Content-Type", "application/zip")
		r.AddCookie(&http.Cookie{Name: "wasl_session", Value: token})
		if key != "" {
			r.Header.Set("Idempotency-Key", key)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		rec := httptest.NewRecorder()
		w.api.ServeHTTP(rec, r)
		runtime.ReadMemStats(&after)
		if rec.Code != 201 {
			t.Fatalf("status %d %s", rec.Code, rec.Body)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > uint64(len(body))/3 {
			t.Errorf("an upload of %d bytes took %d bytes of memory", len(body), took)
		}
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) != 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}

// TestUploadBounded: what is larger than the dated limit is refused, and no room on the
// disk is our trouble.
func TestUploadBounded(t *testing.T) {
	small := platform.Fact{Name: platform.ImportUpload, Value: 300 << 10, From: platform.Day(clock.Now()), Source: "test"}
	w := newWorld(t, func(c *httpapi.Config) { c.Facts = platform.Known().With(small) })
	token := w.session("owner@example.test", auth.Owner)
	upload := request{method: "POST", path: "/v1/numbers/" + string(w.number) + "/imports", token: token, header: fileType}
	upload.body = strings.Repeat("x", 301<<10)
	refused(t, w.do(upload), 413, "body_too_large")
	upload.body = chat
	importOf(t, w.do(upload), 201)
	full := newWorld(t, func(c *httpapi.Config) { c.Scratch = "/nowhere at all" })
	upload.path = "/v1/numbers/" + string(full.number) + "/imports"
	upload.token = full.session("owner@example.test", auth.Owner)
	refused(t, full.do(upload), 503, "storage_unavailable")
}
