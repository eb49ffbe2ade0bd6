package metaemu

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"wasl/metaemu/media"
	"wasl/metaemu/wire"
)

// parts is a body of several parts: fields, and at most one file.
type parts struct {
	fields   map[string]string
	file     []byte
	hasFile  bool
	fileType string
	fileName string
}

// readForm takes a body of several parts apart, in whatever order they come; nil
// if it is none.
func readForm(contentType string, body []byte) *parts {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" {
		return nil
	}
	f := &parts{fields: map[string]string{}}
	reader := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		p, err := reader.NextRawPart()
		if err != nil {
			return f // The end, or a body that breaks off: what is missing will be missed.
		}
		content, err := io.ReadAll(p)
		switch {
		case err != nil:
			return f
		case p.FormName() == "file":
			f.file, f.hasFile, f.fileType, f.fileName = content, true, p.Header.Get("Content-Type"), p.FileName()
		default:
			f.fields[p.FormName()] = string(content)
		}
	}
}

// roomFor is how large the body of a call may be: those that carry files have
// a limit of their own.
func roomFor(method, rest string) int64 {
	if carriesFile(method, rest) {
		return media.MaxUpload + maxRequest
	}
	return maxRequest
}

func carriesFile(method, rest string) bool {
	if method != http.MethodPost {
		return false
	}
	node, edge, _ := strings.Cut(strings.Trim(rest, "/"), "/")
	return edge == "media" || strings.HasPrefix(node, uploadPrefix)
}

// cutShort is what becomes of a call whose body was not read to its end: a file
// that is too large is refused, and what has arrived of a resumable upload is kept.
func (e *Emulator) cutShort(w http.ResponseWriter, r *http.Request, version int, rest string, body []byte, tooLarge bool) {
	switch {
	case !carriesFile(r.Method, rest):
	case tooLarge:
		e.mu.Lock()
		a := e.refuse(fail(131053, "The file is larger than 100 MB, the most that can be uploaded."))
		e.mu.Unlock()
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		w.WriteHeader(a.http)
		_, _ = w.Write(a.body) // A caller that has hung up hears nothing.
	case strings.HasPrefix(rest, uploadPrefix):
		e.call(r.Context(), r, version, rest, body)
	}
}

// uploadMedia is POST /{number}/media.
func (e *Emulator) uploadMedia(c *call, n *number) answer {
	if c.query("messaging_product") != "whatsapp" {
		return e.refuse(badParameter("The parameter messaging_product is required."))
	}
	if c.form == nil || !c.form.hasFile {
		return e.refuse(badParameter("The parameter file is required."))
	}
	typ := or(c.form.fields["type"], c.form.fileType)
	if bad := media.Check(typ, c.form.file); bad != nil {
		return e.refuse(mediaFailure(bad))
	}
	m := e.addMedium(typ, c.form.fileName, c.form.file)
	m.number, m.uploaded = n.ID, true
	var o wire.Object
	return answer{http: http.StatusOK, body: o.Str("id", m.id).Bytes()}
}

// mediaFailure is a fault of a file as the Graph API answers it.
func mediaFailure(bad *media.Fault) *failure {
	if bad.Code == 100 {
		return badParameter(bad.Sentence)
	}
	return fail(bad.Code, bad.Sentence)
}
