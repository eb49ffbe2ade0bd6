package metaemu

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"wasl/metaemu/media"
	"wasl/metaemu/sample"
	"wasl/metaemu/wire"
)

// Media is a file of the emulator's own side, in the shape in which a message
// holds it: say it as the object of a message of its type.
type Media struct {
	ID       string `json:"id"`
	MIME     string `json:"mime_type"`
	SHA256   string `json:"sha256"`
	Filename string `json:"filename,omitempty"`
	Voice    bool   `json:"voice,omitempty"`
}

// AddMedia keeps a file that a customer or the owner is going to send. What the
// app would not carry is refused.
func (e *Emulator) AddMedia(filename, mimeType string, content []byte) (Media, error) {
	if bad := media.Check(mimeType, content); bad != nil {
		return Media{}, errors.New(bad.Sentence)
	}
	e.enter()
	defer e.mu.Unlock()
	return e.addMedium(mimeType, filename, content).shown(), nil
}

// AddSample keeps a built-in file, by its name or by a type of message.
func (e *Emulator) AddSample(name string) (Media, error) {
	f, ok := sample.Find(name)
	if !ok {
		return Media{}, fmt.Errorf("there is no sample %q: GET /_emulator/media/samples lists them", name)
	}
	e.enter()
	defer e.mu.Unlock()
	return e.addMedium(f.MIME, f.Filename, f.Bytes()).shown(), nil
}

// MediaContent is the content of a media id, whoever made it and however old it
// is, while the emulator keeps it.
func (e *Emulator) MediaContent(id string) (content []byte, mimeType, filename string, err error) {
	e.enter()
	defer e.mu.Unlock()
	m := e.media.by[id]
	if m == nil {
		return nil, "", "", fmt.Errorf("there is no media %q, or it has been forgotten", id)
	}
	return e.bytesOf(m), m.mime, m.name, nil
}

func (m *medium) shown() Media {
	v := Media{ID: m.id, MIME: m.mime, SHA256: m.sha, Voice: media.Bare(m.mime) == "audio/ogg"}
	if media.KindOf(m.mime) == "document" {
		v.Filename = m.name
	}
	return v
}

// inventMedia is the object of a message with a built-in file.
func (e *Emulator) inventMedia(typ, caption string) []byte {
	f, _ := sample.Find(typ)
	return e.addMedium(f.MIME, f.Filename, f.Bytes()).object(typ, caption, "", media.Bare(f.MIME) == "audio/ogg")
}

// object is a medium as a message of a type holds it (§5.5).
func (m *medium) object(typ, caption, filename string, voice bool) []byte {
	var o wire.Object
	if typ != "audio" && typ != "sticker" {
		o.Opt("caption", caption)
	}
	if typ == "document" {
		o.Str("filename", or(or(filename, m.name), "document"))
	}
	o.Str("mime_type", m.mime).Str("sha256", m.sha).Str("id", m.id)
	switch typ {
	case "audio":
		o.Bool("voice", voice)
	case "sticker":
		o.Bool("animated", m.animated)
	}
	return o.Bytes()
}

// completed is a media object that a person or a test wrote, with what is known
// of its id. An id that the emulator does not hold stays as it is.
func (e *Emulator) completed(typ string, content []byte) ([]byte, error) {
	var in struct {
		ID, Caption, Filename string
		Voice                 *bool
	}
	if !isMedia(typ) || json.Unmarshal(content, &in) != nil {
		return content, nil
	}
	m := e.media.by[in.ID]
	if m == nil {
		return content, nil
	}
	if bad := media.Fits(typ, m.mime); bad != nil {
		return nil, errors.New(bad.Sentence)
	}
	if m.number != "" {
		m = e.again(m)
	}
	voice := media.Bare(m.mime) == "audio/ogg"
	if in.Voice != nil {
		voice = *in.Voice
	}
	return m.object(typ, in.Caption, in.Filename, voice), nil
}

// oversized is what a customer sent that is too large to be passed on: the number
// is told so (§3).
func (e *Emulator) oversized(t *chat, typ string, at time.Time) *message {
	const details = "The file is larger than 100 MB and cannot be downloaded."
	var kind wire.Object
	m := &message{
		chat: t, wamid: e.wamid(t.customer.Digits, false), in: true, origin: "customer", at: at, typ: "unsupported",
		content: kind.Str("type", typ).Bytes(), text: "[" + typ + "]", status: "delivered",
	}
	e.keep(m)
	t.unreadPhone++
	e.hear(t, said{wamid: m.wamid, typ: m.typ, content: m.content, errors: [][]byte{fail(131052, details).inStatus()}, at: at})
	return m
}

// mediaRoutes are the emulator's own paths about media, and the one that files are
// loaded from.
func (e *Emulator) mediaRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+attachments, e.serveAttachment)
	get(mux, "media/samples", func(*http.Request) (any, error) { return samples(), nil })
	mux.HandleFunc("POST /_emulator/media", e.postMedia)
	mux.HandleFunc("GET /_emulator/media/{id}", func(w http.ResponseWriter, r *http.Request) {
		content, typ, _, err := e.MediaContent(r.PathValue("id"))
		if err != nil {
			writeError(w, http.StatusNotFound, err)
			return
		}
		h := w.Header()
		h.Set("Content-Type", typ)
		h.Set("Content-Length", strconv.Itoa(len(content)))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "private, max-age=3600")
		_, _ = w.Write(content) // A caller that has hung up reads nothing.
	})
}

func samples() []map[string]any {
	list := []map[string]any{}
	for _, f := range sample.Files() {
		list = append(list, map[string]any{
			"name": f.Name, "type": f.Type, "title": f.Filename, "mime_type": f.MIME, "bytes": len(f.Bytes()), "origin": f.Origin,
		})
	}
	return list
}

// postMedia takes a file in parts, or the name of a sample in JSON.
func (e *Emulator) postMedia(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, media.MaxUpload+maxRequest))
	if err != nil {
		writeError(w, http.StatusRequestEntityTooLarge, errors.New("the file is larger than 100 MB, the most that WhatsApp carries: for a customer's message that is too large, say \"bytes\""))
		return
	}
	var in struct{ Sample string }
	var made Media
	switch f := readForm(r.Header.Get("Content-Type"), body); {
	case f != nil && f.hasFile:
		made, err = e.AddMedia(f.fileName, or(f.fields["type"], f.fileType), f.file)
	case f != nil:
		made, err = e.AddSample(f.fields["sample"])
	case json.Unmarshal(body, &in) != nil:
		err = errors.New(`send a file as multipart/form-data under the name "file", or {"sample":"photo"}`)
	default:
		made, err = e.AddSample(in.Sample)
	}
	if err != nil {
		writeError(w, http.StatusBadRequest, err)
		return
	}
	writeJSON(w, http.StatusOK, made)
}
