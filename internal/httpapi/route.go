package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"wasl/internal/auth"
	"wasl/internal/fault"
)

// Route is one way in, and who may use it.
type Route struct {
	Method string // empty: every method
	Path   string
	Rule   auth.Rule
}

// Bounds of a request's body.
const (
	bodyLimit    = 256 << 10 // a message is at most a few kB; media come another way
	sessionLimit = 8 << 10   // before anybody is known
)

const ruleKey = "rule"

// operate registers a JSON operation. Without a rule it does not compile, and the
// zero rule lets nobody in.
func operate[I, O any](a *API, rule auth.Rule, op huma.Operation, h func(ctx context.Context, in *I) (*O, error)) {
	a.describe(&op, rule)
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

// plain registers a handler that speaks HTTP itself: a stream, a page, a file. The
// operation describes it; hidden ones are not documented.
func (a *API) plain(rule auth.Rule, op huma.Operation, h http.HandlerFunc) {
	a.describe(&op, rule)
	if !op.Hidden {
		a.huma.OpenAPI().AddOperation(&op)
	}
	a.handle(rule, op.Method, op.Path, bodyLimit, h)
}

// handle is the one way to the mux. A body beyond the usual limit is a file.
func (a *API) handle(rule auth.Rule, method, path string, limit int64, h http.Handler) {
	a.routes = append(a.routes, Route{Method: method, Path: path, Rule: rule})
	a.mux.Handle(strings.TrimSpace(method+" "+path), a.guarded(rule, limit, h))
}

// adapter lets huma register its operations by the way everything takes.
type adapter struct{ a *API }

func (ad adapter) Handle(op *huma.Operation, h func(huma.Context)) {
	rule, ok := op.Metadata[ruleKey].(auth.Rule)
	if !ok {
		panic("httpapi: " + op.Method + " " + op.Path + " was registered without a rule; use operate")
	}
	ad.a.handle(rule, op.Method, op.Path, op.MaxBodyBytes, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h(humago.NewContext(op, r, w))
	}))
}

func (ad adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { ad.a.mux.ServeHTTP(w, r) }

func newHuma(a *API) huma.API {
	// Lists are never null, and problems look like ours; huma keeps both for the
	// whole process.
	huma.DefaultArrayNullable = false
	huma.NewErrorWithContext = invalid
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return invalid(nil, status, msg, errs...)
	}
	config := huma.DefaultConfig("Wasl", "1")
	config.CreateHooks = nil // no $schema links
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.Info.Description = "WhatsApp for a business, on the Cloud API and the phone at once. " +
		"Ids are opaque strings, times RFC 3339 in UTC. Lists come in pages: pass `next` back as `after`. " +
		"Errors are problem documents with a stable `code`; /docs/codes lists them."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":     {Type: "http", Scheme: "bearer", Description: "an API key"},
		"session": {Type: "apiKey", In: "cookie", Name: cookieName, Description: "a signed-in browser"},
	}
	return huma.NewAPI(config, adapter{a})
}

// allowNull says of every field that is a pointer to an object, and always there, that
// it may be null; huma can say so of plain values only.
func allowNull(schemas huma.Registry) {
	for name, s := range schemas.Map() {
		t := schemas.TypeFromRef("#/components/schemas/" + name)
		for t != nil && t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for _, f := range reflect.VisibleFields(t) {
			key, more, _ := strings.Cut(f.Tag.Get("json"), ",")
			p := s.Properties[key]
			if p == nil || more != "" || f.Type.Kind() != reflect.Pointer || p.Ref == "" && p.Type != huma.TypeObject {
				continue
			}
			object := *p
			object.Description = ""
			s.Properties[key] = &huma.Schema{OneOf: []*huma.Schema{&object, {Type: "null"}}, Description: f.Tag.Get("doc")}
		}
	}
}

// describe adds to an operation what all have in common.
func (a *API) describe(op *huma.Operation, rule auth.Rule) {
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	op.Metadata[ruleKey] = rule
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = bodyLimit
	}
	if op.Hidden {
		return
	}
	op.Description = strings.TrimSpace(op.Description + "\n\nFor: " + rule.String() + ".")
	if !rule.Open() {
		op.Security = []map[string][]string{{"session": {}}, {"key": {}}}
		op.Errors = append([]int{http.StatusUnauthorized, http.StatusForbidden}, op.Errors...)
	}
	if op.Method == http.MethodPost && !rule.Open() {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: idempotencyHeader, In: "header", Schema: &huma.Schema{Type: "string"},
			Description: "a key of your own; repeating the request with it gives the first answer and does nothing twice",
		})
	}
	slices.Sort(op.Errors)
}

// guarded wraps a handler in who may use it, and how much it reads.
func (a *API) guarded(rule auth.Rule, most int64, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := caller{address: addressOf(r), token: a.cookieOf(r)}
		if !rule.Open() || r.Header.Get("Authorization") != "" {
			p, err := a.authenticate(r)
			if err == nil {
				err = rule.Check(p)
			}
			if err != nil {
				a.refuse(w, r, err)
				return
			}
			c.Principal = p
		}
		if unsafe(r.Method) {
			if err := checkBodyType(r, most > bodyLimit); err != nil {
				a.refuse(w, r, err)
				return
			}
			limit := most
			if !c.Known() {
				limit = sessionLimit
			}
			r.Body = http.MaxBytesReader(w, r.Body, limit)
			if most > bodyLimit {
				done, err := a.spool(w, r)
				if err != nil {
					a.refuse(w, r, err)
					return
				}
				defer done()
			}
		}
		r = r.WithContext(context.WithValue(r.Context(), callerKey{}, c))
		if r.Method == http.MethodPost && c.Known() && r.Header.Get(idempotencyHeader) != "" {
			a.once(w, r, c.Principal, h)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// caller is who asks, from where.
type caller struct {
	auth.Principal
	address string
	token   string // of the session the browser came with, if any
}

type callerKey struct{}

// callerOf returns who asks; the zero value is nobody.
func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

func unsafe(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}

// checkBodyType refuses the types of body that a form of another site's page can
// send: with a cookie, and in a browser that says nothing about where a request comes
// from, they would be its forged requests. The types of a file's body are none of
// those.
func checkBodyType(r *http.Request, file bool) error {
	t, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	t = strings.ToLower(strings.TrimSpace(t))
	if file {
		if t == "application/octet-stream" || t == "application/zip" {
			return nil
		}
		return fault.Of(fault.CodeBodyMalformed).Saying("The body must be the file itself, sent with Content-Type: application/octet-stream.")
	}
	if t == "application/json" || strings.HasSuffix(t, "+json") || t == "" && r.ContentLength <= 0 {
		return nil
	}
	return fault.Of(fault.CodeBodyMalformed).Saying("The body must be JSON, sent with Content-Type: application/json.")
}
