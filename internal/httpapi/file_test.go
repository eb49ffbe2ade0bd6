package httpapi_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/httpapi"
	"wasl/internal/media"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

// filed plants a message with a file and, unless it is nil, its bytes.
func (w *world) filed(kind, told, name string, state media.State, body []byte) wa.MessageID {
	w.t.Helper()
	m := w.Say(storetest.Said{In: w.conv, Number: w.number, Contact: w.contact, At: clock.Now(), WAMID: wa.WAMID("wamid." + told + name + string(state) + string(body)), Text: ""})
	sum := sha256.Sum256(body)
	w.Exec("UPDATE message SET type = $3 WHERE business_id = $1 AND id = $2", string(w.Business), string(m), kind)
	w.Exec(`INSERT INTO message_file (business_id, message_id, number_id, media_id, kind, mime, name, told_sum, lane, state, expires_at, sha256, size, stored_at)
		VALUES ($1, $2, $3, 'm', $4, $5, $6, '', 'live', $7, 0, $8, $9, $10)`,
		string(w.Business), string(m), string(w.number), kind, told, name, string(state), sum[:], len(body), clock.Micros(clock.Now()))
	if body != nil {
		d, err := w.vault.Create(w.Business)
		if err == nil {
			_, err = d.Write(body)
		}
		if err == nil {
			err = d.Keep(sum[:])
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return m
}

const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

// TestFileDoor: a file is served with the type of its bytes, and never as a page.
func TestFileDoor(t *testing.T) {
	w := newWorld(t)
	agent := w.session("agent@example.test", auth.Agent)
	for name, tt := range map[string]struct {
		told, file string
		body       string
		want       string
		saved      string
	}{
		"a picture":                    {"image/png", "", png, "image/png", ".png"},
		"a picture told otherwise":     {"text/html", "", png, "image/png", ""},
		"a page told as a picture":     {"image/png", "", "<html><script>alert(1)</script>", "application/octet-stream", ""},
		"a drawing that can run":       {"image/svg+xml", "", `<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`, "application/octet-stream", ""},
		"a document":                   {"application/pdf", "price list.pdf", "%PDF-1.7", "application/octet-stream", "price list.pdf"},
		"a document with a path":       {"application/pdf", `..\..\etc/x.pdf`, "%PDF-1.7 x", "application/octet-stream", "x.pdf"},
		"a name in Arabic":             {"application/pdf", "قائمة.pdf", "%PDF-1.7 y", "application/octet-stream", "%D9%82"},
		"a voice note":                 {"audio/ogg; codecs=opus", "", "OggS\x00\x02", "audio/ogg", ""},
		"sound that bytes do not tell": {"audio/amr", "", "#!AMR\n\x00\x01\x02", "audio/amr", ""},
	} {
		m := w.filed("document", tt.told, tt.file, media.Stored, []byte(tt.body))
		r := w.do(request{method: "GET", path: "/v1/messages/" + string(m) + "/file", token: agent})
		h := r.Header
		if r.StatusCode != http.StatusOK || r.body != tt.body || h.Get("Content-Type") != tt.want {
			t.Errorf("%s: HTTP %d, %s, want %s", name, r.StatusCode, h.Get("Content-Type"), tt.want)
		}
		if !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || !strings.Contains(h.Get("Content-Disposition"), tt.saved) {
			t.Errorf("%s: disposition %s", name, h.Get("Content-Disposition"))
		}
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", name, h)
		}
		got := want[httpapi.Message](t, w.do(request{method: "GET", path: "/v1/messages/" + string(m), token: agent}), http.StatusOK)
		if got.File == nil || got.File.State != "stored" || got.File.URL != "/v1/messages/"+string(m)+"/file" || got.File.Size != int64(len(tt.body)) {
			t.Errorf("%s: message says %+v", name, got.File)
		}
	}
	part := w.filed("image", "image/png", "part", media.Stored, []byte(png))
	r := w.do(request{method: "GET", path: "/v1/messages/" + string(part) + "/file", token: agent, header: map[string]string{"Range": "bytes=1-3"}})
	if r.StatusCode != http.StatusPartialContent || r.body != "PNG" {
		t.Errorf("a part: HTTP %d %q", r.StatusCode, r.body)
	}
}

// TestFileThatIsNotHere: it says so, and a message says why.
func TestFileThatIsNotHere(t *testing.T) {
	w := newWorld(t)
	agent := w.session("agent@example.test", auth.Agent)
	for _, state := range []media.State{media.Wanted, media.Gone, media.Refused, media.Removed} {
		m := w.filed("image", "image/png", "", state, nil)
		refused(t, w.do(request{method: "GET", path: "/v1/messages/" + string(m) + "/file", token: agent}), http.StatusNotFound, "not_found")
		got := want[httpapi.Message](t, w.do(request{method: "GET", path: "/v1/messages/" + string(m), token: agent}), http.StatusOK)
		if got.File == nil || got.File.State != string(state) || got.File.URL != "" {
			t.Errorf("%s: %+v", state, got.File)
		}
	}
	m := w.filed("image", "image/png", "lost", media.Stored, nil)
	refused(t, w.do(request{method: "GET", path: "/v1/messages/" + string(m) + "/file", token: agent}), http.StatusNotFound, "not_found")
	if !strings.Contains(w.log.String(), "not in its place") {
		t.Error("a file that was lost is not in the log")
	}
	text := w.wrote("hello", time.Minute, "wamid.text")
	if got := want[httpapi.Message](t, w.do(request{method: "GET", path: "/v1/messages/" + string(text), token: agent}), http.StatusOK); got.File != nil {
		t.Errorf("a text has a file: %+v", got.File)
	}
}

// troubled is a store of files that does not answer, or loses its voice while it reads.
type troubled struct {
	media.Vault
	mute bool
}

func (v troubled) Open(wa.BusinessID, []byte) (io.ReadSeekCloser, error) {
	if v.mute {
		return nil, fmt.Errorf("open file: %w", media.ErrUnavailable)
	}
	return broken{}, nil
}

type broken struct{}

func (broken) Read([]byte) (int, error)       { return 0, errors.New("connection reset") }
func (broken) Seek(int64, int) (int64, error) { return 0, nil }
func (broken) Close() error                   { return nil }

// TestFileTrouble: a store of files that does not answer is trouble of ours for now,
// and no file that is gone.
func TestFileTrouble(t *testing.T) {
	for name, mute := range map[string]bool{"it does not answer": true, "it breaks off": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(c *httpapi.Config) { c.Vault = troubled{c.Vault, mute} })
			m := w.filed("image", "image/png", "", media.Stored, []byte(png))
			refused(t, w.do(request{method: "GET", path: "/v1/messages/" + string(m) + "/file", token: w.session("agent@example.test", auth.Agent)}), 503, "storage_unavailable")
		})
	}
}
