package metaemu

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wasl/metaemu/form"
	"wasl/metaemu/media"
	"wasl/metaemu/wire"
)

// uploadPrefix begins the id of a resumable upload.
const uploadPrefix = "upload:"

// keepUploads is how many resumable uploads are kept; the oldest are forgotten,
// with their handles.
const keepUploads = 10_000

// upload is one resumable upload (§3.1).
type upload struct {
	id, sig   string
	app       string
	name, typ string
	length    int64
	data      []byte // what has arrived, while it is not whole
	pieces    int
	sha       string // of the whole
	handle    string
}

func (u *upload) arrived() int64 {
	if u.handle != "" {
		return u.length
	}
	return int64(len(u.data))
}

// startUpload is POST /{app-id}/uploads.
func (e *Emulator) startUpload(c *call, a *app) answer {
	if c.holder.app != a.ID {
		return e.refuse(notFound(c.method, c.node))
	}
	typ := c.query("file_type")
	length, err := strconv.ParseInt(c.query("file_length"), 10, 64)
	switch {
	case c.query("file_length") == "":
		return e.refuse(badParameter("The parameter file_length is required."))
	case err != nil || length <= 0 || length > media.MaxUpload:
		return e.refuse(badParameter("Param file_length must be a number of bytes between 1 and " + strconv.Itoa(media.MaxUpload) + "."))
	case typ == "":
		return e.refuse(badParameter("The parameter file_type is required."))
	case !slices.Contains(media.Samples(), typ):
		return e.refuse(badParameter("Param file_type must be one of {" + strings.Join(media.Samples(), ", ") + "} - got \"" + typ + "\"."))
	}
	raw, _ := hex.DecodeString(e.hexID("upload", 24))
	u := &upload{
		id: uploadPrefix + "MTphdHRhY2htZW50O" + base64.RawURLEncoding.EncodeToString(raw), sig: "ARZ" + e.hexID("sig", 12),
		app: a.ID, name: c.query("file_name"), typ: typ, length: length,
	}
	w := &e.media
	w.uploads[u.id] = u
	w.started = append(w.started, u.id)
	if len(w.started) > keepUploads {
		e.forgetUpload()
	}
	var o wire.Object
	return answer{http: http.StatusOK, body: o.Str("id", u.id+"?sig="+u.sig).Bytes()}
}

// forgetUpload forgets the oldest.
func (e *Emulator) forgetUpload() {
	u := e.media.uploads[e.media.started[0]]
	e.media.started = e.media.started[1:]
	delete(e.media.uploads, u.id)
	if u.handle != "" {
		delete(e.media.handles, u.handle)
		e.release(u.sha)
	}
}

// ofUpload refuses whoever is not the app that began an upload, or does not know
// its signature.
func ofUpload(do func(e *Emulator, c *call, u *upload) answer) func(*Emulator, *call) answer {
	return func(e *Emulator, c *call) answer {
		u := c.target.this.(*upload)
		if c.holder.app != u.app || c.query("sig") != u.sig {
			return e.refuse(notFound(c.method, c.node))
		}
		return do(e, c, u)
	}
}

// uploadNode is GET /upload:…: how much has arrived.
func (e *Emulator) uploadNode(_ *call, u *upload) answer {
	var o wire.Object
	return answer{http: http.StatusOK, body: o.Str("id", u.id+"?sig="+u.sig).Int("file_offset", u.arrived()).Bytes()}
}

// takeUpload is POST /upload:… with the next bytes. What is refused leaves the
// upload as it was; a whole file of another type than it was announced begins anew.
func (e *Emulator) takeUpload(c *call, u *upload) answer {
	at, err := strconv.ParseInt(c.offset, 10, 64)
	rest := u.length - u.arrived()
	switch {
	case c.offset == "":
		return e.refuse(badParameter("The header file_offset is required."))
	case u.handle != "":
		return e.refuse(badParameter("The file is complete: nothing more can be uploaded."))
	case err != nil || at != u.arrived():
		return e.refuse(badParameter("The header file_offset must be " + strconv.FormatInt(u.arrived(), 10) + ", the number of bytes that have arrived."))
	case int64(len(c.body)) > rest:
		return e.refuse(badParameter("The upload has " + strconv.Itoa(len(c.body)) + " bytes and " + strconv.FormatInt(rest, 10) + " are missing: file_length is " + strconv.FormatInt(u.length, 10) + "."))
	}
	u.data = append(u.data, c.body...)
	u.pieces++
	if u.arrived() < u.length {
		return e.uploadNode(c, u)
	}
	if bad := media.Check(strings.Replace(u.typ, "image/jpg", "image/jpeg", 1), u.data); bad != nil {
		u.data, u.pieces = nil, 0
		return e.refuse(badParameter(bad.Sentence))
	}
	e.finish(u)
	var o wire.Object
	return answer{http: http.StatusOK, body: o.Str("h", u.handle).Bytes()}
}

// finish gives a whole upload its handle, of a line for each piece.
func (e *Emulator) finish(u *upload) {
	sum := sha256.Sum256(u.data)
	u.sha = hex.EncodeToString(sum[:])
	e.hold(u.sha, u.data)
	e.makeRoom()
	u.data = nil
	var lines []string
	for range u.pieces {
		lines = append(lines, "4::"+base64.StdEncoding.EncodeToString([]byte(u.typ))+":AR"+e.hexID("handle", 20)+":e:"+u.app)
	}
	u.handle = strings.Join(lines, "\n")
	e.media.handles[u.handle] = u
}

// handle is the file behind what the last step of a resumable upload answered, for
// whoever is shown a header_handle or a profile_picture_handle by an app.
func (e *Emulator) handle(h string) (mimeType string, content []byte, ok bool) {
	u := e.media.handles[h]
	if u == nil {
		return "", nil, false
	}
	return u.typ, e.media.blobs[u.sha].content, true
}

// headerFormat is the subcode of a header that cannot be (cloud-api-protocol §4.4).
const headerFormat = 2388047

// samplesHold checks that the samples of a template's headers were uploaded, and
// that each is a file of the header's format.
func (e *Emulator) samplesHold(f *form.Form) *form.Fault {
	if e.habits.AnyHandle {
		return nil
	}
	list := slices.Clone(f.Components)
	for _, c := range f.Components {
		for _, card := range c.Cards {
			list = append(list, card.Components...)
		}
	}
	formats := map[string]string{"IMAGE": "image/", "VIDEO": "video/", "GIF": "video/", "DOCUMENT": "application/pdf"}
	for _, c := range list {
		want := formats[c.Format]
		if want == "" || c.Example == nil || len(c.Example.Handle) == 0 {
			continue
		}
		typ, _, ok := e.handle(c.Example.Handle[0])
		switch {
		case !ok:
			return form.Refusal(headerFormat, "example.header_handle is not a handle of an uploaded file.")
		case !strings.HasPrefix(typ, want):
			return form.Refusal(headerFormat, "The sample of a header of format "+c.Format+" cannot be a file of type "+typ+".")
		}
	}
	return nil
}
