package httpapi_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"wasl/internal/auth"
	"wasl/internal/httpapi"
)

const chat = `03/04/2024, 10:00 - Huda: one
03/04/2024, 10:01 - Shop: two
03/04/2024, 10:02 - Huda: three
`

var fileType = map[string]string{"Content-Type": "application/octet-stream"}

func importOf(t *testing.T, r response, status int) httpapi.ChatImport {
	t.Helper()
	var im httpapi.ChatImport
	if r.StatusCode != status {
		t.Fatalf("status %d %s, want %d", r.StatusCode, r.body, status)
	}
	if err := json.Unmarshal([]byte(r.body), &im); err != nil {
		t.Fatal(err)
	}
	return im
}

// TestImport walks a chat from the upload to its undoing.
func TestImport(t *testing.T) {
	w := newWorld(t)
	token := w.session("owner@example.test", auth.Owner)
	post := func(path, body string) response {
		return w.do(request{method: "POST", path: path, body: body, token: token})
	}
	uploads := "/v1/numbers/" + string(w.number) + "/imports"
	up := importOf(t, w.do(request{method: "POST", path: uploads + "?name=WhatsApp+Chat+with+Huda.txt", body: chat, token: token, header: fileType}), 201)
	if got := strings.Join(up.Preview.Questions, " "); up.State != "waiting" || got != "order zone contact" || up.Preview.Me != "Shop" || up.Preview.Known != nil || up.ExpiresAt == nil {
		t.Errorf("uploaded: %+v", up)
	}
	path := "/v1/imports/" + up.ID
	refused(t, post(path+"/undo", ""), 409, "import_closed")
	if im := importOf(t, post(path+"/answers", `{"zone":"Asia/Riyadh"}`), 200); im.State != "waiting" || strings.Join(im.Preview.Questions, " ") != "order contact" {
		t.Errorf("answered: %+v", im)
	}
	refused(t, post(path+"/confirm", `{"order":"mdy","zone":"Asia/Riyadh"}`), 422, "export_question_open")
	refused(t, post(path+"/confirm", `{"order":"backwards"}`), 400, "parameter_invalid")
	if im := importOf(t, post(path+"/confirm", `{"contact":"+966 50 222 3333"}`), 202); im.State != "running" || im.Preview.Order != "mdy" || *im.Preview.Known != 0 {
		t.Errorf("confirmed: %+v", im)
	}
	refused(t, post(path+"/confirm", `{}`), 409, "import_closed")
	w.rounds(t)
	get := request{method: "GET", path: path, token: token}
	if im := importOf(t, w.do(get), 200); im.State != "done" || im.Added != 3 || im.UndoUntil == nil {
		t.Errorf("imported: %+v", im)
	}
	if im := importOf(t, post(path+"/undo", ""), 202); im.State != "undoing" {
		t.Errorf("undoing: %+v", im)
	}
	w.rounds(t)
	if im := importOf(t, w.do(get), 200); im.State != "undone" || im.Removed != 3 {
		t.Errorf("undone: %+v", im)
	}
	if r := w.do(request{method: "GET", path: uploads, token: token}); r.StatusCode != 200 || strings.Count(r.body, up.ID) != 1 {
		t.Errorf("list: %d %s", r.StatusCode, r.body)
	}
	for _, word := range []string{"three", "Huda", "966502223333"} {
		if strings.Contains(w.log.String(), word) {
			t.Errorf("the log says %q", word)
		}
	}
}

func (w *world) rounds(t *testing.T) {
	t.Helper()
	if err := w.chats(slog.New(slog.DiscardHandler)).Round(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestImportDiscarded: a file that was brought by mistake is forgotten, with its text.
func TestImportDiscarded(t *testing.T) {
	w := newWorld(t)
	token := w.session("owner@example.test", auth.Owner)
	up := importOf(t, w.do(request{method: "POST", path: "/v1/numbers/" + string(w.number) + "/imports", body: chat, token: token, header: fileType}), 201)
	one := request{method: "DELETE", path: "/v1/imports/" + up.ID, token: token}
	for range 2 {
		if r := w.do(one); r.StatusCode != 204 {
			t.Fatalf("discarded: %d %s", r.StatusCode, r.body)
		}
	}
	one.method = "GET"
	if im := importOf(t, w.do(one), 200); im.State != "expired" {
		t.Errorf("after it was discarded it is %s", im.State)
	}
	one.path += "/answers"
	one.method, one.body = "POST", `{"zone":"Asia/Riyadh"}`
	refused(t, w.do(one), 409, "import_closed")
	if _, err := w.DB.ImportText(t.Context(), w.Business, up.ID); err == nil {
		t.Error("the text is still there")
	}
}

// TestUploadRefused: what is no file of an export, and who may not bring one.
func TestUploadRefused(t *testing.T) {
	w := newWorld(t)
	owner, agent := w.session("owner@example.test", auth.Owner), w.session("agent@example.test", auth.Agent)
	for _, tt := range []struct {
		name, body, token string
		header            map[string]string
		status            int
		code              string
	}{
		{"a letter", "Dear all,", owner, fileType, 422, "export_unreadable"},
		{"a broken zip", "PK\x03\x04 nothing", owner, map[string]string{"Content-Type": "application/zip"}, 422, "export_zip_refused"},
		{"a type that a form can send", chat, owner, map[string]string{"Content-Type": "text/plain"}, 400, "body_malformed"},
		{"JSON", `{"a":1}`, owner, nil, 400, "body_malformed"},
		{"an agent", chat, agent, fileType, 403, "forbidden_role"},
		{"nobody", chat, "", fileType, 401, "not_signed_in"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			refused(t, w.do(request{method: "POST", path: "/v1/numbers/" + string(w.number) + "/imports", body: tt.body, token: tt.token, header: tt.header}), tt.status, tt.code)
		})
	}
}
