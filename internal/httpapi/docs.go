package httpapi

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/fault"
)

//go:embed docs
var docFiles embed.FS

var docPages = template.Must(template.New("").Funcs(template.FuncMap{
	"paragraphs": func(s string) []string { return strings.Split(s, "\n\n") },
}).ParseFS(docFiles, "docs/*.html"))

var eventType = reflect.TypeFor[Event]()

// registerDocs serves the document and pages that people can read. They hold no
// scripts, and come from nowhere else.
func (a *API) registerDocs() {
	page := func(path string, h http.HandlerFunc) {
		a.plain(auth.Anyone(), huma.Operation{Method: http.MethodGet, Path: path, Hidden: true}, h)
	}
	page("/openapi.json", func(w http.ResponseWriter, r *http.Request) {
		body, err := a.Document()
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(body) // whoever asked is gone
	})
	page("/docs", func(w http.ResponseWriter, r *http.Request) { a.docPage(w, r, "index.html", a.docIndex()) })
	page("/docs/codes", func(w http.ResponseWriter, r *http.Request) { a.docPage(w, r, "codes.html", docCodes()) })
	page("/docs/style.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, docFiles, "docs/style.css")
	})
}

// Document is the OpenAPI document as it is published and checked in.
func (a *API) Document() ([]byte, error) {
	raw, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func (a *API) docPage(w http.ResponseWriter, r *http.Request, name string, data any) {
	var b bytes.Buffer
	if err := docPages.ExecuteTemplate(&b, name, data); err != nil {
		a.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(b.Bytes()) // whoever asked is gone
}

type docGroup struct {
	Name       string
	Operations []docOperation
}

type docOperation struct {
	ID, Method, Path, Summary, Description string
	Parameters, Body, Answer               []docField
	AnswerName, Status                     string
}

type docField struct{ Name, Type, Doc string }

// docIndex is the document as the page shows it: operations by group.
func (a *API) docIndex() any {
	doc := a.huma.OpenAPI()
	groups := map[string]*docGroup{}
	var order []*docGroup
	for _, route := range a.routes {
		op := operationAt(doc, route)
		if op == nil || op.Hidden || len(op.Tags) == 0 {
			continue
		}
		g := groups[op.Tags[0]]
		if g == nil {
			g = &docGroup{Name: op.Tags[0]}
			groups[op.Tags[0]], order = g, append(order, g)
		}
		g.Operations = append(g.Operations, docOperationOf(doc, op, route))
	}
	return struct {
		Title, Description string
		Groups             []*docGroup
	}{doc.Info.Title, doc.Info.Description, order}
}

func operationAt(doc *huma.OpenAPI, route Route) *huma.Operation {
	item := doc.Paths[route.Path]
	if item == nil {
		return nil
	}
	switch route.Method {
	case http.MethodGet:
		return item.Get
	case http.MethodPost:
		return item.Post
	case http.MethodDelete:
		return item.Delete
	}
	return nil
}

func docOperationOf(doc *huma.OpenAPI, op *huma.Operation, route Route) docOperation {
	out := docOperation{ID: op.OperationID, Method: route.Method, Path: route.Path, Summary: op.Summary, Description: op.Description}
	for _, p := range op.Parameters {
		out.Parameters = append(out.Parameters, docField{Name: p.Name, Type: p.In + ", " + typeName(p.Schema), Doc: p.Description})
	}
	if op.RequestBody != nil {
		if m := op.RequestBody.Content["application/json"]; m != nil {
			out.Body = docFields(doc, m.Schema)
		}
	}
	for status, answer := range op.Responses {
		if !strings.HasPrefix(status, "2") {
			continue
		}
		out.Status = status
		for _, m := range answer.Content {
			out.AnswerName, out.Answer = typeName(m.Schema), docFields(doc, m.Schema)
		}
	}
	return out
}

func docFields(doc *huma.OpenAPI, s *huma.Schema) []docField {
	if s != nil && s.Type == "array" {
		s = s.Items
	}
	if s != nil && s.Ref != "" {
		s = doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	if s == nil {
		return nil
	}
	var out []docField
	for name, p := range s.Properties {
		out = append(out, docField{Name: name, Type: typeName(p), Doc: p.Description})
	}
	slices.SortFunc(out, func(a, b docField) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func typeName(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	case s.Type == "array":
		return "list of " + typeName(s.Items)
	case len(s.Enum) > 0:
		words := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			words[i], _ = v.(string)
		}
		return strings.Join(words, " | ")
	case s.Format != "":
		return s.Format
	case s.Type == "":
		return "any"
	}
	return s.Type
}

func docCodes() any {
	type code struct {
		Code   fault.Code
		Status int
		fault.Text
	}
	var codes []code
	for _, c := range fault.Codes() {
		t, _ := fault.Describe(c)
		codes = append(codes, code{Code: c, Status: statuses[t.Kind], Text: t})
	}
	return codes
}
