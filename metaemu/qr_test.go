package metaemu_test

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/metaemu"
)

var codeShape = regexp.MustCompile(`^[A-Z2-7]{14}$`)

// TestLinks: create, read, list, change and delete (§7.6).
func TestLinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, cloudOnly())
		status, first := w.on("POST", "/message_qrdls", obj{"prefilled_message": "Show me the menu"})
		one, _ := first["code"].(string)
		want := obj{"code": one, "prefilled_message": "Show me the menu", "deep_link_url": "https://wa.me/message/" + one}
		if diff := cmp.Diff(want, first); status != 200 || diff != "" || !codeShape.MatchString(one) {
			t.Fatalf("created: HTTP %d (-want +got):\n%s", status, diff)
		}
		_, second := w.on("POST", "/message_qrdls", obj{"prefilled_message": "Book a table", "generate_qr_image": "PNG"})
		if s, _ := second["qr_image_url"].(string); !strings.HasSuffix(s, ".png") {
			t.Errorf("with an image: %v", second)
		}
		delete(second, "qr_image_url")
		_, list := w.on("GET", "/message_qrdls", nil)
		if diff := cmp.Diff([]any{second, first}, list["data"]); diff != "" {
			t.Errorf("the list, the newest first (-want +got):\n%s", diff)
		}
		_, page := w.on("GET", "/message_qrdls?limit=1", nil)
		if _, rest := w.graph("GET", pathOf(page["paging"].(obj)["next"]), w.number.Token, nil); !cmp.Equal([]any{first}, rest["data"]) {
			t.Errorf("the second page: %v", rest)
		}
		if _, only := w.on("GET", "/message_qrdls?code="+one, nil); !cmp.Equal([]any{first}, only["data"]) {
			t.Errorf("by code: %v", only)
		}
		if _, alone := w.on("GET", "/message_qrdls/"+one, nil); !cmp.Equal([]any{first}, alone["data"]) {
			t.Errorf("alone: %v", alone)
		}
		_, shown := w.on("GET", "/message_qrdls/"+one+"?fields=code,prefilled_message,qr_image_url.format(SVG)", nil)
		if s, _ := shown["data"].([]any)[0].(obj)["qr_image_url"].(string); !strings.HasSuffix(s, one+".svg") {
			t.Errorf("with an SVG: %v", shown)
		}
		if _, changed := w.on("POST", "/message_qrdls", obj{"code": one, "prefilled_message": "The menu, please"}); changed["code"] != one || changed["prefilled_message"] != "The menu, please" {
			t.Errorf("changed: %v", changed)
		}
		if _, changed := w.on("POST", "/message_qrdls/"+one+"?prefilled_message=Menu", nil); changed["code"] != one || changed["prefilled_message"] != "Menu" {
			t.Errorf("changed by its path: %v", changed)
		}
		if _, out := w.on("DELETE", "/message_qrdls/"+one, nil); out["success"] != true {
			t.Errorf("deleted: %v", out)
		}
		for method, path := range map[string]string{"GET": "/message_qrdls/" + one, "DELETE": "/message_qrdls/" + one, "POST": "/message_qrdls?prefilled_message=x&code=" + one} {
			if status, out := w.on(method, path, nil); status != 400 || code(out) != 100 {
				t.Errorf("%s of what was deleted: HTTP %d %v", method, status, out)
			}
		}
	})
}

// TestLinkLimits: 140 characters, SVG or PNG, 2,000 of a number, each its own.
func TestLinkLimits(t *testing.T) {
	w := newWorld(t, metaemu.Config{}, cloudOnly())
	w.rules(func(r *metaemu.GraphRules) { r.ActivePerHour = 10_000 })
	other := must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: w.number.WABA}))
	_, made := w.on("POST", "/message_qrdls", obj{"prefilled_message": strings.Repeat("س", 140)})
	for _, c := range []struct {
		name string
		body obj
	}{
		{"141 characters", obj{"prefilled_message": strings.Repeat("س", 141)}},
		{"no text", obj{"generate_qr_image": "SVG"}},
		{"a GIF", obj{"prefilled_message": "x", "generate_qr_image": "GIF"}},
	} {
		if status, out := w.on("POST", "/message_qrdls", c.body); status != 400 || code(out) != 100 {
			t.Errorf("%s: HTTP %d %v", c.name, status, out)
		}
	}
	if status, out := w.graph("GET", "/v25.0/"+other.ID+"/message_qrdls/"+made["code"].(string), w.number.Token, nil); status != 400 {
		t.Errorf("another number's: HTTP %d %v", status, out)
	}
	if status, out := w.on("GET", "/message_qrdls?fields=qr_image_url.format(GIF)", nil); status != 400 {
		t.Errorf("asked for as a GIF: HTTP %d %v", status, out)
	}
	for i := 2; i <= 2001; i++ {
		_, out := w.on("POST", "/message_qrdls", obj{"prefilled_message": "x"})
		if full := code(out) != 0; full != (i == 2001) {
			t.Fatalf("link %d: %v", i, out)
		}
	}
}

// TestScan: a customer who scans a code, or taps its link, writes its text, which
// opens a chat like any other.
func TestScan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		_, made := w.on("POST", "/message_qrdls", obj{"prefilled_message": "Book a table"})
		must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: w.number.WABA}))
		for _, link := range []any{made["code"], made["deep_link_url"]} {
			if status, out := w.graph("POST", "/_emulator/customers/"+w.mona.ID+"/scan", "", obj{"link": link}); status != 200 || out["wamid"] == nil {
				t.Errorf("%v: HTTP %d %v", link, status, out)
			}
		}
		if status, _ := w.graph("POST", "/_emulator/customers/"+w.mona.ID+"/scan", "", obj{"link": "AAAAAAAAAAAAAA"}); status != 400 {
			t.Errorf("what is no link: HTTP %d, want 400", status)
		}
		time.Sleep(time.Second)
		heard := w.hook.items(t, "messages", "messages")
		if len(heard) != 2 || heard[0]["text"].(obj)["body"] != "Book a table" {
			t.Errorf("heard %v, want the text twice", heard)
		}
		if status, out := w.text(w.mona.Digits, "for how many?"); status != 200 {
			t.Errorf("the answer: HTTP %d %v", status, out)
		}
	})
}

// TestImageOfALink: the address leads to an SVG that shows the link, or to a PNG.
func TestImageOfALink(t *testing.T) {
	w := newWorld(t, metaemu.Config{}, cloudOnly())
	fetch := func(url string) (int, string, []byte) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := w.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		raw, _ := io.ReadAll(res.Body)
		return res.StatusCode, res.Header.Get("Content-Type"), raw
	}
	address := func(format string) (url, link string) {
		_, made := w.on("POST", "/message_qrdls", obj{"prefilled_message": "x", "generate_qr_image": format})
		return made["qr_image_url"].(string), made["deep_link_url"].(string)
	}
	url, link := address("SVG")
	status, kind, raw := fetch(url)
	if err := xml.Unmarshal(raw, new(struct{})); status != 200 || kind != "image/svg+xml" || err != nil || !bytes.Contains(raw, []byte(link)) {
		t.Errorf("SVG: HTTP %d %s %v\n%s", status, kind, err, raw)
	}
	url, _ = address("PNG")
	status, kind, raw = fetch(url)
	if _, err := png.Decode(bytes.NewReader(raw)); status != 200 || kind != "image/png" || err != nil {
		t.Errorf("PNG: HTTP %d %s %v", status, kind, err)
	}
	for _, bad := range []string{strings.TrimSuffix(url, "png") + "gif", "http://graph/_emulator/links/AAAAAAAAAAAAAA.svg"} {
		if status, _, _ := fetch(bad); status != 404 {
			t.Errorf("%s: HTTP %d, want 404", bad, status)
		}
	}
}
