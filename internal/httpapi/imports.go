package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/chatexport"
	"wasl/internal/chatimport"
	"wasl/internal/clock"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

// Chats imports exported chats; see [chatimport.Importer].
type Chats interface {
	Upload(ctx context.Context, s chatimport.Source) (chatimport.Import, error)
	Answer(ctx context.Context, b wa.BusinessID, id string, a chatimport.Answers) (chatimport.Import, error)
	Confirm(ctx context.Context, b wa.BusinessID, id string, a chatimport.Answers) (chatimport.Import, error)
	Discard(ctx context.Context, b wa.BusinessID, id string) error
	Undo(ctx context.Context, b wa.BusinessID, id string) (chatimport.Import, error)
	Import(ctx context.Context, b wa.BusinessID, id string) (chatimport.Import, error)
	Imports(ctx context.Context, b wa.BusinessID, n wa.NumberID) ([]chatimport.Import, error)
}

var _ Chats = (*chatimport.Importer)(nil)

// ChatImport is an exported chat on its way into a conversation.
type ChatImport struct {
	ID          string        `json:"id"`
	NumberID    wa.NumberID   `json:"number_id"`
	Name        string        `json:"name" doc:"of the file"`
	State       string        `json:"state" enum:"waiting,running,done,undoing,undone,expired"`
	CreatedAt   time.Time     `json:"created_at"`
	ConfirmedAt *time.Time    `json:"confirmed_at" nullable:"true"`
	FinishedAt  *time.Time    `json:"finished_at" nullable:"true"`
	ExpiresAt   *time.Time    `json:"expires_at" nullable:"true" doc:"when a waiting file is dropped"`
	UndoUntil   *time.Time    `json:"undo_until" nullable:"true"`
	Preview     ImportPreview `json:"preview"`
	Handled     int           `json:"handled" doc:"messages of the file looked at so far"`
	Added       int           `json:"added"`
	Known       int           `json:"known" doc:"messages that were there already"`
	Removed     int           `json:"removed" doc:"by undoing"`
	Files       int           `json:"files" doc:"messages added with their file"`
	Kept        int           `json:"kept" doc:"not removed by undoing, because something had become of them"`
}

// ImportPreview is what an import would do, and what must be answered first.
type ImportPreview struct {
	Questions     []string                `json:"questions" doc:"to be answered when confirming: order, me, them, contact, zone"`
	Frame         string                  `json:"frame" enum:"brackets,dash,colon" doc:"how lines begin: brackets as on iPhones, dash as on Android"`
	Order         string                  `json:"order" doc:"of day, month and year; empty if it is a question"`
	Readings      []ImportReading         `json:"readings" doc:"the ways in which the dates can be read"`
	Zone          string                  `json:"zone" doc:"the file's times are read as times of this zone"`
	People        []ImportPerson          `json:"people" doc:"who says something in the file"`
	Me            string                  `json:"me" doc:"the business's name in the file"`
	Them          string                  `json:"them" doc:"the customer's name in the file"`
	Contact       string                  `json:"contact" doc:"digits of the customer's number"`
	First         *time.Time              `json:"first" nullable:"true"`
	Last          *time.Time              `json:"last" nullable:"true"`
	Counts        map[chatexport.Kind]int `json:"counts" doc:"entries of the file by kind"`
	Messages      int                     `json:"messages" doc:"that can be imported"`
	Others        int                     `json:"others" doc:"of people who are neither side"`
	NotUnderstood int                     `json:"not_understood"`
	Lines         []int                   `json:"lines" doc:"where the first of those are"`
	FilesNamed    int                     `json:"files_named" doc:"files that messages name"`
	FilesFound    int                     `json:"files_found" doc:"of those, in the zip: they come along"`
	Known         *int                    `json:"known" nullable:"true" doc:"messages that are there already; null while questions are open"`
}

// ImportReading is one way to read the dates of a file.
type ImportReading struct {
	Order string `json:"order" enum:"dmy,mdy,ymd,ydm"`
	First string `json:"first" doc:"local time"`
	Last  string `json:"last" doc:"local time"`
}

// ImportPerson is somebody who says something in a file.
type ImportPerson struct {
	Name     string `json:"name"`
	Messages int    `json:"messages"`
}

// ImportAnswers are what the file does not say.
type ImportAnswers struct {
	Contact string `json:"contact,omitempty" maxLength:"30" doc:"the customer's number, with its country code"`
	Me      string `json:"me,omitempty" maxLength:"200" doc:"which of the people is the business"`
	Them    string `json:"them,omitempty" maxLength:"200" doc:"which of the people is the customer"`
	Order   string `json:"order,omitempty" enum:"dmy,mdy,ymd,ydm" doc:"of the dates"`
	Zone    string `json:"zone,omitempty" maxLength:"60" example:"Africa/Cairo" doc:"IANA name of the phone's time zone"`
}

type upload struct {
	ID   string `path:"id" maxLength:"100"`
	Name string `query:"name" maxLength:"200" doc:"of the file; it may tell who the customer is"`
	file spooled
}

// Resolve implements huma.Resolver: the file is on the disk already.
func (u *upload) Resolve(ctx huma.Context) []error {
	u.file, _ = ctx.BodyReader().(spooled)
	return nil
}

type confirmation struct {
	ID   string `path:"id" maxLength:"100"`
	Body ImportAnswers
}

func (c *confirmation) answers() chatimport.Answers {
	return chatimport.Answers{Contact: c.Body.Contact, Me: c.Body.Me, Them: c.Body.Them, Order: chatexport.Order(c.Body.Order), Zone: c.Body.Zone}
}

type (
	importBody  struct{ Body ChatImport }
	importsBody struct{ Body Page[ChatImport] }
)

func (a *API) registerImports() {
	rule, tags := auth.May(auth.Admin, auth.ManageScope), []string{"Imports"}
	operate(a, rule, huma.Operation{
		OperationID: "upload_import", Method: http.MethodPost, Path: "/v1/numbers/{id}/imports", Summary: "Bring an exported chat", Tags: tags,
		Description:   "The body is the .txt or .zip of WhatsApp's Export chat, with Content-Type application/octet-stream or application/zip. Nothing is imported yet: the answer is a preview, and the file waits 24 hours to be confirmed.",
		DefaultStatus: http.StatusCreated, MaxBodyBytes: a.Facts.On(clock.Now()).Amount(platform.ImportUpload),
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}},
		}},
		Errors: []int{http.StatusNotFound, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity},
	}, func(ctx context.Context, in *upload) (*importBody, error) {
		c := callerOf(ctx)
		im, err := a.Chats.Upload(ctx, chatimport.Source{
			Business: c.Business, Number: wa.NumberID(in.ID), Name: in.Name, By: c.Is(), Content: in.file, Size: in.file.size,
		})
		return importAnswer(im, err)
	})
	operate(a, rule, huma.Operation{
		OperationID: "imports", Method: http.MethodGet, Path: "/v1/numbers/{id}/imports", Summary: "List imports of exported chats", Tags: tags,
		Description: "The newest first, 100 at most.", Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *oneID) (*importsBody, error) {
		list, err := a.Chats.Imports(ctx, callerOf(ctx).Business, wa.NumberID(in.ID))
		if err != nil {
			return nil, err
		}
		return &importsBody{Body: pageOf(list, len(list), importOf, nil)}, nil
	})
	operate(a, rule, huma.Operation{
		OperationID: "import", Method: http.MethodGet, Path: "/v1/imports/{id}", Summary: "One import", Tags: tags, Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *oneID) (*importBody, error) {
		return importAnswer(a.Chats.Import(ctx, callerOf(ctx).Business, in.ID))
	})
	operate(a, rule, huma.Operation{
		OperationID: "answer_import", Method: http.MethodPost, Path: "/v1/imports/{id}/answers", Summary: "Answer and look again", Tags: tags,
		Description: "The answer is the new preview. Nothing is imported. Answers may come one at a time.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *confirmation) (*importBody, error) {
		return importAnswer(a.Chats.Answer(ctx, callerOf(ctx).Business, in.ID, in.answers()))
	})
	operate(a, rule, huma.Operation{
		OperationID: "confirm_import", Method: http.MethodPost, Path: "/v1/imports/{id}/confirm", Summary: "Answer and import", Tags: tags,
		Description:   "Answers may come one at a time: while questions are open the answer is export_question_open, and GET shows the new preview.",
		DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity},
	}, func(ctx context.Context, in *confirmation) (*importBody, error) {
		return importAnswer(a.Chats.Confirm(ctx, callerOf(ctx).Business, in.ID, in.answers()))
	})
	operate(a, rule, huma.Operation{
		OperationID: "discard_import", Method: http.MethodDelete, Path: "/v1/imports/{id}", Summary: "Forget a file that waits", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *oneID) (*struct{}, error) {
		return nil, a.Chats.Discard(ctx, callerOf(ctx).Business, in.ID)
	})
	operate(a, rule, huma.Operation{
		OperationID: "undo_import", Method: http.MethodPost, Path: "/v1/imports/{id}/undo", Summary: "Take an import back", Tags: tags,
		Description:   "Within 24 hours of its end. What it added goes, unless something has become of it since.",
		DefaultStatus: http.StatusAccepted, Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *oneID) (*importBody, error) {
		return importAnswer(a.Chats.Undo(ctx, callerOf(ctx).Business, in.ID))
	})
}

func importAnswer(im chatimport.Import, err error) (*importBody, error) {
	if err != nil {
		return nil, err
	}
	return &importBody{Body: importOf(im)}, nil
}

func importOf(im chatimport.Import) ChatImport {
	out := ChatImport{
		ID: im.ID, NumberID: im.Number, Name: im.Name, State: string(im.State), CreatedAt: im.CreatedAt, ConfirmedAt: moment(im.ConfirmedAt),
		FinishedAt: moment(im.FinishedAt), UndoUntil: moment(im.UndoUntil()), Preview: importPreviewOf(im.Preview),
		Handled: im.Handled, Added: im.Added, Known: im.Known, Files: im.Files, Removed: im.Removed, Kept: im.Kept,
	}
	if im.State == chatimport.Waiting {
		out.ExpiresAt = moment(im.CreatedAt.Add(chatimport.Keep))
	}
	return out
}

func importPreviewOf(p chatimport.Preview) ImportPreview {
	out := ImportPreview{
		Questions: make([]string, 0, len(p.Questions)), Frame: p.Layout.Frame, Order: string(p.Layout.Order), Readings: make([]ImportReading, 0, len(p.Readings)),
		Zone: p.Zone, People: make([]ImportPerson, 0, len(p.People)), Me: p.Me, Them: p.Them, Contact: p.Contact, First: moment(p.First), Last: moment(p.Last),
		Counts: p.Counts, Messages: p.Messages, Others: p.Others, NotUnderstood: p.NotUnderstood, Lines: p.Lines, FilesNamed: p.FilesNamed,
		FilesFound: p.FilesFound, Known: p.Known,
	}
	for _, q := range p.Questions {
		out.Questions = append(out.Questions, string(q))
	}
	for _, r := range p.Readings {
		out.Readings = append(out.Readings, ImportReading{string(r.Order), r.First, r.Last})
	}
	for _, who := range p.People {
		out.People = append(out.People, ImportPerson{who.Name, who.Messages})
	}
	return out
}
