package metaemu_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
	"wasl/metaemu/sample"
)

// file is the content of a sample.
func file(name string) []byte {
	f, _ := sample.Find(name)
	return f.Bytes()
}

// raw makes one call and answers what came back. An address without a host is
// Graph's.
func (w *world) raw(method, at string, header map[string]string, body []byte) (status int, typ string, got []byte) {
	w.t.Helper()
	if strings.HasPrefix(at, "/") {
		at = "http://graph" + at
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, at, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := w.client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if got, err = io.ReadAll(res.Body); err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Content-Type"), got
}

// part is one of a body of several.
type part struct {
	name, typ string
	content   []byte
}

func product(v string) part { return part{"messaging_product", "", []byte(v)} }

// posted sends parts to a path.
func (w *world) posted(path, token string, list ...part) (int, map[string]any) {
	w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, p := range list {
		h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + p.name + `"`}}
		if p.name == "file" {
			h.Set("Content-Disposition", `form-data; name="file"; filename="a file"`)
		}
		if p.typ != "" {
			h.Set("Content-Type", p.typ)
		}
		pw, err := m.CreatePart(h)
		if err == nil {
			_, err = pw.Write(p.content)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		w.t.Fatal(err)
	}
	header := map[string]string{"Content-Type": m.FormDataContentType()}
	if token != "" {
		header["Authorization"] = "Bearer " + token
	}
	status, _, got := w.raw("POST", path, header, b.Bytes())
	var out map[string]any
	if err := json.Unmarshal(got, &out); err != nil {
		w.t.Fatalf("POST %s: %v: %.200s", path, err, got)
	}
	return status, out
}

// uploaded is the id of a sample that the number uploads.
func (w *world) uploaded(name string) string {
	w.t.Helper()
	f, _ := sample.Find(name)
	status, out := w.posted("/v25.0/"+w.number.ID+"/media", w.number.Token, product("whatsapp"), part{"file", f.MIME, f.Bytes()})
	if status != 200 {
		w.t.Fatalf("upload of %s: HTTP %d %v", name, status, out)
	}
	return out["id"].(string)
}

func (w *world) ask(id string) (int, map[string]any) {
	return w.graph("GET", "/v25.0/"+id, w.number.Token, nil)
}

func (w *world) load(url, token string) (int, string, []byte) {
	return w.raw("GET", url, map[string]string{"Authorization": "Bearer " + token}, nil)
}

// TestMediaTakesTwoHops: upload, then an address, then the bytes; and no more once
// it is deleted (§3).
func TestMediaTakesTwoHops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		id := w.uploaded("photo")
		status, node := w.ask(id)
		sum := sha256.Sum256(file("photo"))
		url, _ := node["url"].(string)
		if status != 200 || node["messaging_product"] != "whatsapp" || node["id"] != id || node["mime_type"] != "image/jpeg" ||
			node["sha256"] != hex.EncodeToString(sum[:]) || node["file_size"] != fmt.Sprint(len(file("photo"))) || !strings.HasPrefix(url, "http://graph/") {
			t.Fatalf("HTTP %d %v", status, node)
		}
		if status, typ, got := w.load(url, w.number.Token); status != 200 || typ != "image/jpeg" || !bytes.Equal(got, file("photo")) {
			t.Errorf("download: HTTP %d, %s, %d bytes", status, typ, len(got))
		}
		if _, again := w.ask(id); again["url"] == url {
			t.Error("the second address is the first")
		}
		if status, out := w.graph("DELETE", "/v25.0/"+id, w.number.Token, nil); status != 200 || out["success"] != true {
			t.Errorf("delete: HTTP %d %v", status, out)
		}
		if status, out := w.ask(id); status != 400 || code(out) != 100 {
			t.Errorf("a deleted id: HTTP %d %v", status, out)
		}
		if status, _, _ := w.load(url, w.number.Token); status != 404 {
			t.Errorf("the address of a deleted file: HTTP %d", status)
		}
	})
}

// TestMediaIsForItsNumber: other tokens, other numbers and other addresses get
// nothing, and a download needs a token and a User-Agent.
func TestMediaIsForItsNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		waba := must[metaemu.WABA](t)(w.e.CreateWABA(metaemu.WABASpec{}))
		other := must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: waba.ID}))
		sister := must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: w.number.WABA}))
		manager := must[string](t)(w.e.IssueToken(metaemu.TokenSpec{WABAs: []string{w.number.WABA}, Scopes: []string{"whatsapp_business_management"}}))
		second := must[string](t)(w.e.IssueToken(metaemu.TokenSpec{WABAs: []string{w.number.WABA}}))
		id := w.uploaded("photo")
		_, node := w.ask(id)
		url := node["url"].(string)
		for _, c := range []struct {
			name, query, token string
			status             int
		}{
			{"its number named", "?phone_number_id=" + w.number.ID, w.number.Token, 200},
			{"another number of the account named", "?phone_number_id=" + sister.ID, w.number.Token, 400},
			{"a token of another account", "", other.Token, 400},
			{"a token without the permission", "", manager, 403},
			{"another token of the account", "", second, 200},
			{"no token", "", "", 401},
		} {
			for _, method := range []string{"GET", "DELETE"} {
				if method == "DELETE" && c.status == 200 {
					continue
				}
				if status, out := w.graph(method, "/v25.0/"+id+c.query, c.token, nil); status != c.status {
					t.Errorf("%s by %s: HTTP %d %v, want %d", method, c.name, status, out, c.status)
				}
			}
		}
		for _, c := range []struct {
			name, url, token, agent string
			status                  int
		}{
			{"the token that asked", url, w.number.Token, "curl", 200},
			{"another token of the account", url, second, "curl", 200},
			{"a token of another account", url, other.Token, "curl", 404},
			{"a token without the permission", url, manager, "curl", 404},
			{"a token that is none", url, "nonsense", "curl", 401},
			{"no token", url, "", "curl", 401},
			{"no User-Agent", url, w.number.Token, "", 400},
			{"a later end", strings.Replace(url, "ext=", "ext=9", 1), w.number.Token, "curl", 404},
			{"no hash", url[:strings.Index(url, "&hash=")], w.number.Token, "curl", 404},
			{"another file", strings.Replace(url, "mid="+id, "mid="+w.uploaded("picture"), 1), w.number.Token, "curl", 404},
		} {
			header := map[string]string{"User-Agent": c.agent}
			if c.token != "" {
				header["Authorization"] = "Bearer " + c.token
			}
			if status, _, got := w.raw("GET", c.url, header, nil); status != c.status {
				t.Errorf("download with %s: HTTP %d %.200s, want %d", c.name, status, got, c.status)
			}
		}
	})
}

// TestAddressesAndIDsEnd: an address after five minutes, an uploaded id after 30
// days, one of a webhook after 7 — after 30 before 9 October 2025 (§3).
func TestAddressesAndIDsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		id := w.uploaded("photo")
		_, node := w.ask(id)
		url := node["url"].(string)
		time.Sleep(5*time.Minute - time.Second)
		if status, _, _ := w.load(url, w.number.Token); status != 200 {
			t.Errorf("before five minutes: HTTP %d", status)
		}
		time.Sleep(time.Second)
		if status, _, _ := w.load(url, w.number.Token); status != 404 {
			t.Errorf("after five minutes: HTTP %d", status)
		}
		if _, node := w.ask(id); node["url"] == url {
			t.Error("asked again, the address is the old one")
		}
	})
	told := func(t *testing.T, w *world) string {
		if _, err := w.e.CustomerSend(w.mona.ID, w.number.ID, metaemu.Content{Type: "image"}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		return w.hook.items(t, "messages", "messages")[0]["image"].(obj)["id"].(string)
	}
	for _, c := range []struct {
		name string
		day  string
		id   func(t *testing.T, w *world) string
		life time.Duration
	}{
		{"uploaded", "2026-11-26", func(_ *testing.T, w *world) string { return w.uploaded("photo") }, 30 * 24 * time.Hour},
		{"uploaded before", "2025-10-01", func(_ *testing.T, w *world) string { return w.uploaded("photo") }, 30 * 24 * time.Hour},
		{"told", "2026-11-26", told, 7 * 24 * time.Hour},
		{"told before", "2025-10-08", told, 30 * 24 * time.Hour},
		{"told since", "2025-10-09", told, 7 * 24 * time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{Coexistence: new(bool)})
			day, err := time.Parse(time.DateOnly, c.day)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Until(day))
			id := c.id(t, w)
			time.Sleep(c.life - 2*time.Second)
			if status, out := w.ask(id); status != 200 {
				t.Errorf("%s, at the end: HTTP %d %v", c.name, status, out)
			}
			time.Sleep(3 * time.Second)
			if status, out := w.ask(id); status != 400 || code(out) != 100 {
				t.Errorf("%s, after the end: HTTP %d %v", c.name, status, out)
			}
		})
	}
}

// TestUploadsAreChecked: what a body of parts must hold, in whatever order.
func TestUploadsAreChecked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		photo := part{"file", "image/jpeg", file("photo")}
		typed := func(typ string) part { return part{"type", "", []byte(typ)} }
		token := part{"access_token", "", []byte(w.number.Token)}
		large := append(bytes.Clone(file("photo")), make([]byte, 5<<20)...)
		for _, c := range []struct {
			name  string
			parts []part
			code  int
			says  string
		}{
			{"the file last", []part{product("whatsapp"), typed("image/jpeg"), photo}, 0, ""},
			{"the file first", []part{photo, typed("image/jpeg"), product("whatsapp")}, 0, ""},
			{"no type", []part{product("whatsapp"), photo}, 0, ""},
			{"a type for a file without", []part{product("whatsapp"), {"file", "", file("photo")}, typed("image/jpeg")}, 0, ""},
			{"a type instead of the file's", []part{product("whatsapp"), {"file", "application/octet-stream", file("photo")}, typed("image/jpeg")}, 0, ""},
			{"a film of several pieces", []part{product("whatsapp"), {"file", "video/mp4", append(file("video"), make([]byte, 8<<20)...)}}, 0, ""},

			{"no product", []part{photo}, 100, "messaging_product is required"},
			{"another product", []part{product("telegram"), photo}, 100, "messaging_product is required"},
			{"no file", []part{product("whatsapp")}, 100, "file is required"},
			{"no type at all", []part{product("whatsapp"), {"file", "", file("photo")}}, 100, "one of the following types: audio/aac"},
			{"a type that is not carried", []part{product("whatsapp"), {"file", "image/gif", []byte("GIF89a")}}, 100, "one of the following types"},
			{"another type", []part{product("whatsapp"), {"file", "image/png", file("photo")}}, 131053, "Media upload error"},
			{"nothing", []part{product("whatsapp"), {"file", "image/png", nil}}, 131053, "Media upload error"},
			{"too much", []part{product("whatsapp"), {"file", "image/jpeg", large}}, 131053, "Media upload error"},
		} {
			status, out := w.posted("/v25.0/"+w.number.ID+"/media", w.number.Token, c.parts...)
			if code(out) != c.code || (status == 200) != (c.code == 0) {
				t.Errorf("%s: HTTP %d %v, want code %d", c.name, status, out, c.code)
			}
			if er, _ := out["error"].(obj); c.says != "" && !strings.Contains(fmt.Sprint(er["message"]), c.says) {
				t.Errorf("%s: %v, want it to say %q", c.name, er["message"], c.says)
			}
		}
		if status, out := w.posted("/v25.0/"+w.number.ID+"/media", "", token, product("whatsapp"), photo); status != 200 {
			t.Errorf("the token as a part: HTTP %d %v", status, out)
		}
		if status, out := w.graph("POST", "/v25.0/"+w.number.ID+"/media", w.number.Token, obj{"messaging_product": "whatsapp", "file": "@a.jpg"}); status != 400 || code(out) != 100 {
			t.Errorf("JSON: HTTP %d %v", status, out)
		}
	})
}

// TestOnlyMediaIsLarge: 100 MB for files, and other calls as little as ever.
func TestOnlyMediaIsLarge(t *testing.T) {
	w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
	paper := func(size int) part {
		return part{"file", "application/pdf", append(bytes.Clone(file("document")), make([]byte, size-len(file("document")))...)}
	}
	path := "/v25.0/" + w.number.ID + "/media"
	if status, out := w.posted(path, w.number.Token, product("whatsapp"), paper(100<<20)); status != 200 {
		t.Errorf("100 MB: HTTP %d %v", status, out)
	}
	if status, out := w.posted(path, w.number.Token, product("whatsapp"), paper(100<<20+1)); status != 400 || code(out) != 131053 {
		t.Errorf("a byte more: HTTP %d %v", status, out)
	}
	body := `{"messaging_product":"whatsapp","to":"` + w.mona.Digits + `","type":"text","text":{"body":"` + strings.Repeat(" ", 2<<20) + `"}}`
	if _, out, err := w.try("POST", "/v25.0/"+w.number.ID+"/messages", w.number.Token, body); err == nil && out != nil {
		t.Errorf("a message of 2 MB was read: %v", out)
	}
	if len(w.e.Arrivals()) != 0 {
		t.Error("a message of 2 MB arrived")
	}
}

// TestMediaIsSpeltByHabits: the size as a number, the hash and the address in
// webhooks — and that address loads the file.
func TestMediaIsSpeltByHabits(t *testing.T) {
	alone(t, `{"numeric_size":true,"base64_sha":true,"media_url":true}`, func(t *testing.T, w *world) {
		if _, node := w.ask(w.uploaded("photo")); node["file_size"] != float64(len(file("photo"))) {
			t.Errorf("file_size = %v, want a number", node["file_size"])
		}
		if _, err := w.e.CustomerSend(w.mona.ID, w.number.ID, metaemu.Content{Type: "image", Text: `"sha256":"x","id":"1"`}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		m := w.hook.items(t, "messages", "messages")[0]["image"].(obj)
		sum := sha256.Sum256(file("image"))
		if m["sha256"] != base64.StdEncoding.EncodeToString(sum[:]) || m["caption"] != `"sha256":"x","id":"1"` {
			t.Errorf("image = %v", m)
		}
		url, _ := m["url"].(string)
		if status, _, got := w.load(url, w.number.Token); status != 200 || !bytes.Equal(got, file("image")) {
			t.Errorf("download from %s: HTTP %d", url, status)
		}
		time.Sleep(5 * time.Minute)
		if status, _, _ := w.load(url, w.number.Token); status != 404 {
			t.Errorf("five minutes later: HTTP %d", status)
		}
	})
}

// TestDownloadsHaveTrouble: what is switched on for media is met by downloads too.
func TestDownloadsHaveTrouble(t *testing.T) {
	alone(t, `{}`, func(t *testing.T, w *world) {
		_, node := w.ask(w.uploaded("photo"))
		w.turn(`{"error_before":1,"calls":"media"}`)
		if status, _, _ := w.load(node["url"].(string), w.number.Token); status != 500 {
			t.Errorf("HTTP %d, want the error that was asked for", status)
		}
	})
}
