package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/platform"
)

// metaErrors are Meta's error codes in words.
var metaErrors = platform.KnownErrors()

// MetaTelling says one of Meta's error codes in English; empty for a code that is
// not known.
type MetaTelling struct {
	Sentence string `json:"sentence" doc:"what it is"`
	Cause    string `json:"cause" doc:"why it happens"`
	Fix      string `json:"fix" doc:"what to do next"`
}

// tellingOf finds the English words for a code.
func tellingOf(code int) MetaTelling {
	e, _ := metaErrors.Of(code)
	return MetaTelling(e.EN)
}

// MetaError is one of Meta's error codes, or a span of them, in words.
type MetaError struct {
	Code  int         `json:"code"`
	To    int         `json:"to" doc:"the last code of the span; the same as code where it is one"`
	Title string      `json:"title" doc:"Meta's, shortened; of spans and of checks of templates ours"`
	Class string      `json:"class" doc:"what kind of trouble it is, such as wait, template, sign_in"`
	EN    MetaTelling `json:"en"`
	AR    MetaTelling `json:"ar"`
}

type metaErrorsBody struct {
	Body struct {
		Read   string      `json:"read" doc:"the day the list was read at Meta"`
		Source string      `json:"source"`
		Data   []MetaError `json:"data"`
	}
}

func (a *API) registerMetaErrors() {
	operate(a, auth.May(auth.Agent, auth.ReadScope), huma.Operation{
		OperationID: "meta-errors", Method: http.MethodGet, Path: "/v1/platform/errors", Summary: "Meta's error codes in words",
		Tags:        []string{"Platform"},
		Description: "Every code with a sentence, a cause and a next step in English and Arabic. A code that is not here is shown with Meta's own title.",
	}, func(context.Context, *struct{}) (*metaErrorsBody, error) {
		out := &metaErrorsBody{}
		out.Body.Read, out.Body.Source = metaErrors.Read.String(), metaErrors.Source
		for _, e := range metaErrors.Errors {
			out.Body.Data = append(out.Body.Data, MetaError{
				Code: e.Code, To: max(e.Code, e.To), Title: e.Title, Class: e.Class, EN: MetaTelling(e.EN), AR: MetaTelling(e.AR),
			})
		}
		return out, nil
	})
}
