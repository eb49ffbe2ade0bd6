package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/desk"
	"wasl/internal/fault"
	"wasl/internal/media"
	"wasl/internal/wa"
)

// Files shows what has become of the files of messages.
type Files interface {
	FileOf(ctx context.Context, b wa.BusinessID, m wa.MessageID) (f media.File, ok bool, err error)
}

// File is what came with a message.
type File struct {
	State  string `json:"state" enum:"wanted,stored,gone,refused,removed" doc:"wanted: being fetched"`
	Reason string `json:"reason" doc:"why it is not here: expired, not_found, too_large, altered, no_access, trouble"`
	Type   string `json:"type" example:"image/jpeg"`
	Name   string `json:"name" doc:"of a document, as its sender named it"`
	Size   int64  `json:"size" doc:"bytes, 0 until it is stored"`
	URL    string `json:"url" doc:"where it can be read; empty until it is stored"`
}

func (a *API) registerFiles() {
	a.plain(auth.May(auth.Agent, auth.ReadScope), huma.Operation{
		OperationID: "file", Method: http.MethodGet, Path: "/v1/messages/{id}/file", Summary: "The file that came with a message", Tags: []string{"Messages"},
		Description: "The bytes, with their type as their content tells it. A part can be asked for with Range.",
		Parameters:  []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}}},
		Responses: map[string]*huma.Response{
			"200": {Description: "the file", Content: map[string]*huma.MediaType{"application/octet-stream": {}}},
			"404": {Description: "there is none, or it is not here"},
		},
	}, a.file)
}

// playable are the types that a browser may show inside a page. Everything else is
// bytes to be saved: a file that a stranger sent must not run as a page of ours.
var playable = []string{
	"image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4", "video/3gpp", "video/webm", "audio/aac", "audio/amr", "audio/mpeg",
	"audio/mp4", "audio/ogg", "application/ogg", "audio/wave",
}

func (a *API) file(w http.ResponseWriter, r *http.Request) {
	f, ok, err := media.File{}, false, error(nil)
	if a.Files != nil {
		f, ok, err = a.Files.FileOf(r.Context(), callerOf(r.Context()).Business, wa.MessageID(r.PathValue("id")))
	}
	if err == nil && (!ok || f.State != media.Stored) {
		err = desk.ErrNotFound
	}
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	bytes, err := a.Vault.Open(f.Business, f.SHA256)
	if errors.Is(err, fs.ErrNotExist) {
		a.Log.Error("a stored file is not in its place", "business", f.Business, "message", f.Message)
		a.refuse(w, r, fault.Of(fault.CodeNotFound).Saying("The file was stored and is not in its place any more."))
		return
	}
	if err != nil {
		a.refuse(w, r, a.unreachable(r, err))
		return
	}
	defer bytes.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(bytes, head)
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		_, err = bytes.Seek(0, io.SeekStart)
	} else {
		err = a.unreachable(r, fmt.Errorf("%w: %w", media.ErrUnavailable, err))
	}
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", safeType(http.DetectContentType(head[:n]), f.Type))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": nameOf(f)}))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cache-Control", "private, max-age=86400, immutable")
	http.ServeContent(w, r, "", f.StoredAt, bytes)
}

// unreachable says that a file could not be had now, where it is the store of files
// that does not answer.
func (a *API) unreachable(r *http.Request, err error) error {
	if !errors.Is(err, media.ErrUnavailable) {
		return err
	}
	a.Log.Error("the store of files does not answer", "request", requestID(r.Context()), "err", err)
	return fault.Of(fault.CodeStorageUnavailable).Because(err)
}

// safeType is the type a file is served with: what its bytes are, or what its
// sender said where bytes tell little, and in any case one that cannot run.
func safeType(sniffed, told string) string {
	sniffed, _, _ = strings.Cut(sniffed, ";")
	told, _, _ = strings.Cut(told, ";")
	told = strings.ToLower(strings.TrimSpace(told))
	if slices.Contains(playable, sniffed) {
		// An Ogg file and an MP4 file may hold sound or pictures: the sender knows.
		if slices.Contains(playable, told) && (sniffed == "application/ogg" || sniffed == "video/mp4") {
			return told
		}
		return sniffed
	}
	if sniffed == "application/octet-stream" && slices.Contains(playable, told) && !strings.HasPrefix(told, "image/") {
		return told // AAC, AMR and 3GP are not known by their bytes
	}
	return "application/octet-stream"
}

// nameOf is what the file is saved as: a document's own name, without folders, or
// its message's id.
func nameOf(f media.File) string {
	name := path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
	if f.Name == "" || name == "." || name == "/" {
		name = string(f.Message)
		if all, err := mime.ExtensionsByType(f.Type); err == nil && len(all) > 0 {
			name += all[0]
		}
	}
	return name
}
