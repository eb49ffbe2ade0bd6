package metaemu

import (
	"encoding/json"
	"errors"
	"regexp"

	"wasl/metaemu/body"
)

// sendRequest is the body of POST /{number}/messages and of marketing_messages.
type sendRequest struct {
	body.Message
}

type mediaBody = body.Media

// readRequest takes a body apart.
func readRequest(raw []byte) (*sendRequest, error) {
	m, err := body.Read(raw)
	return &sendRequest{m}, err
}

// formOf is what is wrong with the form of a send, by the way it goes.
func (q *sendRequest) formOf(c *call) *failure {
	if c.edge == "marketing_messages" {
		return faultOf(q.CheckMarketing())
	}
	return faultOf(q.Check())
}

// faultOf is a fault of form as the Graph API answers it: code 100 tells its
// sentence in the message, the others in the details.
func faultOf(err error) *failure {
	var f *body.Fault
	if !errors.As(err, &f) {
		return nil
	}
	if f.Code == 100 {
		return badParameter(f.Sentence)
	}
	return fail(f.Code, f.Sentence)
}

func (q *sendRequest) media() *mediaBody { return q.Media() }

// group answers whether a send is for a group.
func (q *sendRequest) group() bool { return q.Kind == "group" }

// template reads the name and language of a template send.
func (q *sendRequest) template() (t struct {
	Name     string `json:"name"`
	Language struct {
		Code string `json:"code"`
	} `json:"language"`
}, ok bool,
) {
	if len(q.Template) == 0 || json.Unmarshal(q.Template, &t) != nil {
		return t, false
	}
	return t, t.Name != "" && t.Language.Code != ""
}

// userIDShape is a BSUID or a parent BSUID.
var userIDShape = regexp.MustCompile(`^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$`)
