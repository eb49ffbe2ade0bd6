package metaemu_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/metaemu"
)

// outcome sends a message and answers the code of the call, or that of the status
// that comes later; 0 is a message that was delivered.
func (w *world) outcome(body obj) (status, code int) {
	w.t.Helper()
	http, out := w.send(body)
	if http != 200 {
		er, _ := out["error"].(obj)
		n, _ := er["code"].(float64)
		return http, int(n)
	}
	id := wamidOf(out)
	time.Sleep(time.Minute)
	for _, s := range w.hook.items(w.t, "messages", "statuses") {
		if s["id"] == id && s["status"] == "failed" {
			return http, int(s["errors"].([]any)[0].(obj)["code"].(float64))
		}
	}
	return http, 0
}

// TestSendsNameMediaThatIsThere: an id must be the number's, alive, and of the
// kind it is sent as; what is wrong comes as a status (§2.2, §6.2).
func TestSendsNameMediaThatIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{Coexistence: new(bool)})
		sister := must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: w.number.WABA}))
		ids := map[string]string{}
		for _, name := range []string{"photo", "film", "voice note", "paper", "sticker"} {
			ids[name] = w.uploaded(name)
		}
		mine := w.number
		w.number = sister
		ids["foreign"] = w.uploaded("photo")
		w.number = mine
		ids["old"] = w.uploaded("photo")
		time.Sleep(30 * 24 * time.Hour)
		for _, name := range []string{"photo", "film", "voice note", "paper", "sticker", "gone"} {
			ids[name] = w.uploaded(map[bool]string{true: "photo", false: name}[name == "gone"])
		}
		w.graph("DELETE", "/v25.0/"+ids["gone"], w.number.Token, nil)
		_, song := w.posted("/v25.0/"+w.number.ID+"/media", w.number.Token, product("whatsapp"), part{"file", "audio/mpeg", []byte("ID3\x03.....")})
		ids["song"], ids["unknown"] = song["id"].(string), "123456789012345"
		w.writes("open")
		theirs := must[string](t)(w.e.CustomerSend(w.mona.ID, w.number.ID, metaemu.Content{Type: "image"}))
		time.Sleep(time.Second)
		for _, m := range w.hook.items(t, "messages", "messages") {
			if m["id"] == theirs {
				ids["theirs"] = m["image"].(obj)["id"].(string)
			}
		}
		header := func(kind, name string) obj {
			return obj{"type": "interactive", "interactive": obj{
				"type": "button", "header": obj{"type": kind, kind: obj{"id": ids[name]}}, "body": obj{"text": "x"},
				"action": obj{"buttons": []any{obj{"type": "reply", "reply": obj{"id": "a", "title": "A"}}}},
			}}
		}
		for _, c := range []struct {
			name string
			body obj
			code int
		}{
			{"an image", obj{"type": "image", "image": obj{"id": ids["photo"]}}, 0},
			{"a video", obj{"type": "video", "video": obj{"id": ids["film"]}}, 0},
			{"a sound", obj{"type": "audio", "audio": obj{"id": ids["song"]}}, 0},
			{"a voice note", obj{"type": "audio", "audio": obj{"id": ids["voice note"], "voice": true}}, 0},
			{"a document", obj{"type": "document", "document": obj{"id": ids["paper"], "filename": "a.pdf"}}, 0},
			{"a sticker", obj{"type": "sticker", "sticker": obj{"id": ids["sticker"]}}, 0},
			{"an image of a customer", obj{"type": "image", "image": obj{"id": ids["theirs"]}}, 0},
			{"a header", header("image", "photo"), 0},

			{"an unknown id", obj{"type": "image", "image": obj{"id": ids["unknown"]}}, 131053},
			{"an id of another number", obj{"type": "image", "image": obj{"id": ids["foreign"]}}, 131053},
			{"an id of more than 30 days", obj{"type": "image", "image": obj{"id": ids["old"]}}, 131053},
			{"a deleted id", obj{"type": "image", "image": obj{"id": ids["gone"]}}, 131053},
			{"an image as a video", obj{"type": "video", "video": obj{"id": ids["photo"]}}, 131053},
			{"a sticker as an image", obj{"type": "image", "image": obj{"id": ids["sticker"]}}, 131053},
			{"a song as a voice note", obj{"type": "audio", "audio": obj{"id": ids["song"], "voice": true}}, 131053},
			{"a document as a header's image", header("image", "paper"), 131053},
			{"an unknown id in a header", header("document", "unknown"), 131053},

			{"a link", obj{"type": "image", "image": obj{"link": "https://pictures.example/one"}}, 0},
			{"a link that ends in .jpg", obj{"type": "image", "image": obj{"link": "https://pictures.example/one.jpg?size=2"}}, 0},
			{"a link to a GIF", obj{"type": "image", "image": obj{"link": "https://pictures.example/one.gif"}}, 131053},
			{"a link to a song as a voice note", obj{"type": "audio", "audio": obj{"link": "https://pictures.example/one.mp3", "voice": true}}, 131053},
		} {
			c.body["to"] = w.mona.Digits
			if status, code := w.outcome(c.body); status != 200 || code != c.code {
				t.Errorf("%s: HTTP %d, code %d; want 200 and %d", c.name, status, code, c.code)
			}
		}
	})
}

// TestTemplatesNameMediaThatIsThere: the header of a template, and of its cards.
func TestTemplatesNameMediaThatIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
		waba := must[metaemu.WABA](t)(w.e.CreateWABA(metaemu.WABASpec{Templates: []metaemu.Template{{Name: "sale", Language: "en", Category: "utility"}}}))
		w.number = must[metaemu.Number](t)(w.e.CreateNumber(metaemu.NumberSpec{WABA: waba.ID}))
		photo := w.uploaded("photo")
		with := func(kind, id string) obj {
			file := obj{"type": "header", "parameters": []any{obj{"type": kind, kind: obj{"id": id}}}}
			return obj{"name": "sale", "language": obj{"code": "en"}, "components": []any{file}}
		}
		cards := func(id string) obj {
			list := with("image", photo)
			card := obj{"card_index": 0, "components": with("image", id)["components"]}
			list["components"] = append(list["components"].([]any), obj{"type": "carousel", "cards": []any{card}})
			return list
		}
		for _, c := range []struct {
			name     string
			template obj
			code     int
		}{
			{"a picture", with("image", photo), 0},
			{"a card's picture", cards(photo), 0},
			{"a picture as a video", with("video", photo), 131053},
			{"an unknown id", with("image", "123456789012345"), 131053},
			{"an unknown id of a card", cards("123456789012345"), 131053},
		} {
			if status, code := w.outcome(obj{"to": w.mona.Digits, "type": "template", "template": c.template}); status != 200 || code != c.code {
				t.Errorf("%s: HTTP %d, code %d; want 200 and %d", c.name, status, code, c.code)
			}
		}
	})
}

// TestLinksAreLookedAtIfAsked: a file that is not there fails with 131052, one of
// another kind or size with 131053; what was found is kept for ten minutes unless
// its server forbids it (§2.2).
func TestLinksAreLookedAtIfAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := map[string]int{}
		net := &memnet{}
		pictures := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			asked[r.URL.Path]++
			switch r.URL.Path {
			case "/none":
				http.NotFound(rw, r)
				return
			case "/fresh":
				rw.Header().Set("Cache-Control", "no-store")
			}
			content, typ := file("photo"), "image/jpeg"
			switch r.URL.Path {
			case "/page":
				content, typ = []byte("<html>"), "text/html"
			case "/large":
				content = append(bytes.Clone(content), make([]byte, 5<<20)...)
			case "/lie":
				content = file("paper")
			case "/voice":
				content, typ = file("voice note"), "audio/ogg"
			case "/cut":
				rw.Header().Set("Content-Length", "5000")
			}
			rw.Header().Set("Content-Type", typ)
			_, _ = rw.Write(content)
		})}
		l := net.listen("pictures.example")
		go func() { _ = pictures.Serve(l) }()
		tr := &http.Transport{DialContext: net.dial}
		t.Cleanup(func() { _ = pictures.Shutdown(context.Background()); tr.CloseIdleConnections() })
		w := newWorld(t, metaemu.Config{Links: &http.Client{Transport: tr}}, metaemu.NumberSpec{})
		w.writes("open")
		to := func(typ, link string) obj {
			return obj{"to": w.mona.Digits, "type": typ, typ: obj{"link": link}}
		}
		voice := to("audio", "http://pictures.example/voice")
		voice["audio"].(obj)["voice"] = true
		for _, c := range []struct {
			name string
			body obj
			code int
		}{
			{"a photo", to("image", "http://pictures.example/photo"), 0},
			{"the photo again", to("image", "http://pictures.example/photo"), 0},
			{"a fresh one", to("image", "http://pictures.example/fresh"), 0},
			{"the fresh one again", to("image", "http://pictures.example/fresh"), 0},
			{"a voice note", voice, 0},
			{"nothing", to("image", "http://pictures.example/none"), 131052},
			{"nobody", to("image", "http://nobody.example/x"), 131052},
			{"half a photo", to("image", "http://pictures.example/cut"), 131052},
			{"a page", to("image", "http://pictures.example/page"), 131053},
			{"a photo of more than 5 MB", to("image", "http://pictures.example/large"), 131053},
			{"a paper that says it is a photo", to("image", "http://pictures.example/lie"), 131053},
			{"a photo as a video", to("video", "http://pictures.example/photo"), 131053},
		} {
			if status, code := w.outcome(c.body); status != 200 || code != c.code {
				t.Errorf("%s: HTTP %d, code %d; want 200 and %d", c.name, status, code, c.code)
			}
		}
		if asked["/photo"] != 2 || asked["/fresh"] != 2 {
			// Each outcome waits a minute: the video came after ten.
			t.Errorf("asked %v; want the photo again only after ten minutes, and the fresh one each time", asked)
		}
	})
}

// TestWhatPeopleSendCanBeLoaded: the ids of a customer's message, of an echo and of
// the history's media lead to a file with the hash that was told.
func TestWhatPeopleSendCanBeLoaded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{History: json.RawMessage(`[{"with":"201000000019","messages":[
			{"type":"image","text":"a","ago":"2h"},{"from_me":true,"type":"document","ago":"3h"}]}]`)})
		for _, typ := range []string{"image", "video", "audio", "document", "sticker"} {
			must[string](t)(w.e.CustomerSend(w.mona.ID, w.number.ID, metaemu.Content{Type: typ, Text: "words"}))
			must[string](t)(w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Type: typ}))
		}
		if status, out := w.sync("history"); status != 200 {
			t.Fatalf("sync: HTTP %d %v", status, out)
		}
		time.Sleep(time.Hour)
		seen := map[any]bool{}
		count := 0
		for _, key := range [][2]string{{"messages", "messages"}, {"smb_message_echoes", "message_echoes"}, {"history", "messages"}, {"history", "message_echoes"}} {
			for _, m := range w.hook.items(t, key[0], key[1]) {
				count++
				told := m[m["type"].(string)].(obj)
				status, node := w.ask(told["id"].(string))
				if status != 200 || node["sha256"] != told["sha256"] || node["mime_type"] != told["mime_type"] || seen[told["id"]] {
					t.Errorf("%s %s: HTTP %d %v, told %v", key[0], m["type"], status, node, told)
					continue
				}
				seen[told["id"]] = true
				if status, typ, got := w.load(node["url"].(string), w.number.Token); status != 200 || typ != told["mime_type"] || fmt.Sprint(len(got)) != node["file_size"] {
					t.Errorf("%s %s: HTTP %d, %s, %d bytes", key[0], m["type"], status, typ, len(got))
				}
			}
		}
		if count != 12 {
			t.Errorf("%d media were told, want 12", count)
		}
	})
}

// TestTooLargeForTheNumber: a customer's file of more than 100 MB is told as an
// error, without the file (§3).
func TestTooLargeForTheNumber(t *testing.T) {
	alone(t, `{}`, func(t *testing.T, w *world) {
		for _, size := range []int64{100 << 20, 100<<20 + 1} {
			must[string](t)(w.e.CustomerSend(w.mona.ID, w.number.ID, metaemu.Content{Type: "video", Bytes: size}))
		}
		time.Sleep(time.Minute)
		got := w.hook.items(t, "messages", "messages")
		if len(got) != 2 || got[0]["type"] != "video" || got[1]["type"] != "unsupported" {
			t.Fatalf("messages = %v", got)
		}
		er := got[1]["errors"].([]any)[0].(obj)
		if er["code"] != 131052.0 || er["title"] != "Media download error" || got[1]["video"] != nil {
			t.Errorf("message = %v", got[1])
		}
	})
}

// TestFilesOfOnesOwn: what a person gives is what the number gets, each time under
// an id of its own; what the app would not carry is refused.
func TestFilesOfOnesOwn(t *testing.T) {
	alone(t, `{}`, func(t *testing.T, w *world) {
		_, made := w.posted("/_emulator/media", "", part{"file", "image/png", file("picture")})
		id, _ := made["id"].(string)
		for range 2 {
			must[string](t)(w.e.CustomerSend(w.mona.ID, w.number.ID, metaemu.Content{Type: "image", Object: json.RawMessage(`{"id":"` + id + `","caption":"mine"}`)}))
		}
		time.Sleep(time.Minute)
		got := w.hook.items(t, "messages", "messages")
		one, two := got[0]["image"].(obj), got[1]["image"].(obj)
		if one["id"] != id || two["id"] == id || one["sha256"] != made["sha256"] || two["sha256"] != made["sha256"] || one["mime_type"] != "image/png" || one["caption"] != "mine" {
			t.Errorf("told %v and %v, made %v", one, two, made)
		}
		if status, typ, content := w.raw("GET", "/_emulator/media/"+id, nil, nil); status != 200 || typ != "image/png" || !bytes.Equal(content, file("picture")) {
			t.Errorf("its own side: HTTP %d, %s", status, typ)
		}
		_, err := w.e.CustomerSend(w.mona.ID, w.number.ID, metaemu.Content{Type: "video", Object: json.RawMessage(`{"id":"` + id + `"}`)})
		refused(t, "a picture as a video", err, "takes a file of type video/mp4")
		_, err = w.e.AddMedia("a.gif", "image/gif", []byte("GIF89a"))
		refused(t, "a GIF", err, "one of the following types")
		_, err = w.e.AddSample("nothing")
		refused(t, "an unknown sample", err, "media/samples")
		if status, _, _ := w.raw("GET", "/_emulator/media/1", nil, nil); status != 404 {
			t.Errorf("an unknown id: HTTP %d", status)
		}
	})
}

// TestScreensGetSamples: the three paths that the screen asks, in the form it
// expects.
func TestScreensGetSamples(t *testing.T) {
	w := newWorld(t, metaemu.Config{}, metaemu.NumberSpec{})
	_, _, raw := w.raw("GET", "/_emulator/media/samples", nil, nil)
	var list []struct{ Name, Type, Origin string }
	if err := json.Unmarshal(raw, &list); err != nil || len(list) < 5 {
		t.Fatalf("samples: %v %s", err, raw)
	}
	for _, s := range list {
		status, made := w.graph("POST", "/_emulator/media", "", obj{"sample": s.Name})
		id, _ := made["id"].(string)
		object, _ := json.Marshal(made)
		if status != 200 || id == "" || s.Origin == "" {
			t.Errorf("%s: HTTP %d %v", s.Name, status, made)
		}
		must[string](t)(w.e.PhoneSend(w.number.ID, w.mona.ID, metaemu.Content{Type: s.Type, Object: object}))
		if status, _, _ := w.raw("GET", "/_emulator/media/"+id, nil, nil); status != 200 {
			t.Errorf("%s: its bytes: HTTP %d", s.Name, status)
		}
	}
	if _, _, raw := w.raw("GET", "/_emulator/parts", nil, nil); !strings.Contains(string(raw), `"media"`) || !strings.Contains(string(raw), `"samples"`) {
		t.Errorf("parts = %s", raw)
	}
}
