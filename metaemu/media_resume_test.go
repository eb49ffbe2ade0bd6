package metaemu_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

// begun starts a resumable upload and answers its path.
func (w *world) begun(length int, typ string) string {
	w.t.Helper()
	status, out := w.graph("POST", fmt.Sprintf("/v25.0/%s/uploads?file_name=a.jpg&file_length=%d&file_type=%s", w.number.App, length, typ), w.number.Token, nil)
	id, _ := out["id"].(string)
	if status != 200 || !strings.HasPrefix(id, "upload:") || !strings.Contains(id, "?sig=") {
		w.t.Fatalf("uploads: HTTP %d %v", status, out)
	}
	return "/v25.0/" + id
}

func (w *world) piece(path, offset string, content []byte) (int, map[string]any) {
	w.t.Helper()
	header := map[string]string{"Authorization": "OAuth " + w.number.Token, "Content-Type": "application/x-www-form-urlencoded"}
	if offset != "" {
		header["file_offset"] = offset
	}
	status, _, got := w.raw("POST", path, header, content)
	var out map[string]any
	if err := json.Unmarshal(got, &out); err != nil {
		w.t.Fatalf("%v: %s", err, got)
	}
	return status, out
}

// TestUploadsResume: at once, or in pieces with the offset asked for in between;
// with and without a version in the path (§3.1).
func TestUploadsResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		photo := file("photo")
		status, out := w.piece(w.begun(len(photo), "image/jpeg"), "0", photo)
		if h, _ := out["h"].(string); status != 200 || !strings.HasPrefix(h, "4::") || strings.Contains(h, "\n") {
			t.Errorf("at once: HTTP %d %v", status, out)
		}
		path := strings.TrimPrefix(w.begun(len(photo), "image/jpg"), "/v25.0")
		if status, out := w.piece(path, "0", photo[:1000]); status != 200 || out["file_offset"] != 1000.0 || out["h"] != nil {
			t.Errorf("a piece: HTTP %d %v", status, out)
		}
		if status, out := w.graph("GET", path, w.number.Token, nil); status != 200 || out["file_offset"] != 1000.0 || "/"+out["id"].(string) != path {
			t.Errorf("asked: HTTP %d %v", status, out)
		}
		status, out = w.piece(path, "1000", photo[1000:])
		if h, _ := out["h"].(string); status != 200 || strings.Count(h, "\n") != 1 {
			t.Errorf("the rest: HTTP %d %v", status, out)
		}
	})
}

// TestUploadsRefuse: what cannot be, in words that say what to do; and what is
// refused changes nothing.
func TestUploadsRefuse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		photo := file("photo")
		app := "/v25.0/" + w.number.App + "/uploads"
		for query, says := range map[string]string{
			"?file_name=a&file_type=image/jpeg":                        "file_length is required",
			"?file_name=a&file_length=10":                              "file_type is required",
			"?file_name=a&file_length=0&file_type=image/jpeg":          "between 1 and",
			"?file_name=a&file_length=999999999&file_type=image/jpeg":  "between 1 and",
			"?file_name=a&file_length=10&file_type=image/gif":          "must be one of {application/pdf, image/jpeg",
			"?file_name=a&file_length=ten&file_type=application%2Fpdf": "between 1 and",
		} {
			status, out := w.graph("POST", app+query, w.number.Token, nil)
			if er, _ := out["error"].(obj); status != 400 || code(out) != 100 || !strings.Contains(fmt.Sprint(er["message"]), says) {
				t.Errorf("%s: HTTP %d %v, want it to say %q", query, status, out, says)
			}
		}
		path := w.begun(len(photo), "image/jpeg")
		w.piece(path, "0", photo[:10])
		for _, c := range []struct {
			name, path, offset string
			content            []byte
			says               string
		}{
			{"no offset", path, "", photo[10:], "file_offset is required"},
			{"a wrong offset", path, "0", photo, "file_offset must be 10"},
			{"an offset that is none", path, "ten", photo[10:], "file_offset must be 10"},
			{"too many bytes", path, "10", photo, "are missing: file_length is"},
			{"a wrong signature", path + "x", "10", photo[10:], "does not exist"},
			{"an unknown upload", "/v25.0/upload:abc?sig=x", "0", photo, "does not exist"},
		} {
			status, out := w.piece(c.path, c.offset, c.content)
			if er, _ := out["error"].(obj); status != 400 || code(out) != 100 || !strings.Contains(fmt.Sprint(er["message"]), c.says) {
				t.Errorf("%s: HTTP %d %v, want it to say %q", c.name, status, out, c.says)
			}
		}
		if status, out := w.piece(path, "10", photo[10:]); status != 200 || out["h"] == nil {
			t.Errorf("after all that: HTTP %d %v", status, out)
		}
		if status, out := w.piece(path, fmt.Sprint(len(photo)), nil); status != 400 || code(out) != 100 {
			t.Errorf("more of a whole file: HTTP %d %v", status, out)
		}
		paper := w.begun(len(photo), "application/pdf")
		if status, out := w.piece(paper, "0", photo); status != 400 || code(out) != 100 {
			t.Errorf("a photo as a paper: HTTP %d %v", status, out)
		}
		if _, out := w.graph("GET", paper, w.number.Token, nil); out["file_offset"] != 0.0 {
			t.Errorf("after it: %v, want to begin anew", out)
		}
		other := must[metaemu.App](t)(w.e.CreateApp(metaemu.AppSpec{}))
		if status, out := w.graph("GET", paper, other.ID+"|"+other.Secret, nil); status != 400 || code(out) != 100 {
			t.Errorf("another app: HTTP %d %v", status, out)
		}
	})
}

// TestBrokenUploadsKeepWhatArrived: the connection ends in the middle, and the
// upload goes on from there. It needs real sockets.
func TestBrokenUploadsKeepWhatArrived(t *testing.T) {
	w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
	srv := httptest.NewServer(w.e.Handler())
	defer srv.Close()
	photo := file("photo")
	path := w.begun(len(photo), "image/jpeg")
	half, more := io.Pipe()
	ctx, cut := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL+path, half)
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = int64(len(photo))
	req.Header.Set("Authorization", "OAuth "+w.number.Token)
	req.Header.Set("file_offset", "0")
	done := make(chan struct{})
	go func() {
		defer close(done)
		if res, err := srv.Client().Do(req); err == nil {
			res.Body.Close()
			t.Error("a broken request was answered")
		}
	}()
	if _, err := more.Write(photo[:1500]); err != nil {
		t.Fatal(err)
	}
	_ = more.CloseWithError(io.ErrUnexpectedEOF)
	<-done
	cut()
	var out map[string]any
	for out["file_offset"] != 1500.0 { // The server notices when it notices; the test's own limit ends this.
		_, out = w.graph("GET", path, w.number.Token, nil)
	}
	if status, out := w.piece(path, "1500", photo[1500:]); status != 200 || out["h"] == nil {
		t.Errorf("the rest: HTTP %d %v", status, out)
	}
}

// TestTemplatesNeedUploadedSamples: the handle of a header is one that an upload
// answered, of a file of the header's format; unless a habit takes any.
func TestTemplatesNeedUploadedSamples(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		_, out := w.piece(w.begun(len(file("photo")), "image/jpeg"), "0", file("photo"))
		photo := out["h"].(string)
		make := func(name, format, handle string) (int, any) {
			status, out := w.graph("POST", "/v25.0/"+w.number.WABA+"/message_templates", w.number.Token, obj{
				"name": name, "language": "en", "category": "UTILITY", "components": []any{
					obj{"type": "HEADER", "format": format, "example": obj{"header_handle": []string{handle}}}, obj{"type": "BODY", "text": "Hello"},
				},
			})
			er, _ := out["error"].(obj)
			return status, er["error_subcode"]
		}
		if status, sub := make("one", "IMAGE", photo); status != 200 {
			t.Errorf("an uploaded picture: HTTP %d, %v", status, sub)
		}
		if status, sub := make("two", "VIDEO", photo); status != 400 || sub != 2388047.0 {
			t.Errorf("a picture as a video: HTTP %d, %v", status, sub)
		}
		if status, sub := make("three", "IMAGE", "4::aW1hZ2U="); status != 400 || sub != 2388047.0 {
			t.Errorf("an invented handle: HTTP %d, %v", status, sub)
		}
		w.turn(`{"any_handle":true}`)
		if status, sub := make("four", "IMAGE", "4::aW1hZ2U="); status != 200 {
			t.Errorf("an invented handle, if any is taken: HTTP %d, %v", status, sub)
		}
	})
}

// TestSnapshotsKeepMedia: ids, addresses, contents, uploads and handles go on in
// the world that was loaded.
func TestSnapshotsKeepMedia(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{Seed: 5}, metaemu.NumberSpec{})
		id := w.uploaded("photo")
		_, node := w.ask(id)
		half := w.begun(len(file("photo")), "image/jpeg")
		w.piece(half, "0", file("photo")[:100])
		var saved bytes.Buffer
		if err := w.e.Save(&saved); err != nil {
			t.Fatal(err)
		}
		other := newWorld(t, metaemu.Config{Seed: 9}, metaemu.NumberSpec{})
		if err := other.e.Load(&saved); err != nil {
			t.Fatal(err)
		}
		other.number = w.number
		if status, _, got := other.load(node["url"].(string), w.number.Token); status != 200 || !bytes.Equal(got, file("photo")) {
			t.Errorf("the old address: HTTP %d, %d bytes", status, len(got))
		}
		if status, out := other.piece(half, "100", file("photo")[100:]); status != 200 || out["h"] == nil {
			t.Errorf("the rest of the upload: HTTP %d %v", status, out)
		}
		time.Sleep(30 * 24 * time.Hour)
		if status, out := other.ask(id); status != 400 {
			t.Errorf("30 days later: HTTP %d %v", status, out)
		}
	})
}

// TestOldMediaIsForgotten: contents are kept once, and the oldest ids leave when
// there are too many or too large ones.
func TestOldMediaIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{KeepMedia: 2000, KeepMediaIDs: 3}, metaemu.NumberSpec{})
		there := func(ids ...string) (list string) {
			for _, id := range ids {
				status, _ := w.ask(id)
				list += fmt.Sprint(status == 200, " ")
			}
			return list
		}
		a, b := w.uploaded("paper"), w.uploaded("paper")
		c := w.uploaded("picture") // 598 and 1191 bytes: all fit, the paper once.
		if got := there(a, b, c); got != "true true true " {
			t.Errorf("of three %s", got)
		}
		d := w.uploaded("paper")
		if got := there(a, b, c, d); got != "false true true true " {
			t.Errorf("of four ids %s", got)
		}
		e := w.uploaded("photo") // Larger than all that may be kept: it alone is left.
		if got := there(b, c, d, e); got != "false false false true " {
			t.Errorf("of too many bytes %s", got)
		}
	})
}
