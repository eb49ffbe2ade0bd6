package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/fault"
	"wasl/internal/outbox"
	"wasl/internal/wa"
)

type sendIn struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Content json.RawMessage `json:"content" doc:"in the Cloud API's own message shape; its context.message_id quotes a message"`
		Lane    string          `json:"lane,omitempty" enum:"person,bot,service,campaign" doc:"people first; by default person for people, service for programs"`
	}
}

type sendTo struct {
	Body struct {
		To       string          `json:"to" maxLength:"40" doc:"a phone number with its country code"`
		NumberID string          `json:"number_id,omitempty" maxLength:"100" doc:"which of your numbers sends; needed if there are several"`
		Content  json.RawMessage `json:"content" doc:"in the Cloud API's own message shape"`
		Lane     string          `json:"lane,omitempty" enum:"person,bot,service,campaign" doc:"people first; by default person for people, service for programs"`
	}
}

type resolve struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Verdict string `json:"verdict" enum:"treat_as_sent,send_again" doc:"sent again, it may arrive twice"`
	}
}

func (a *API) registerSending(rule auth.Rule, tags []string) {
	errs := []int{http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity}
	operate(a, rule, huma.Operation{
		OperationID: "send", Method: http.MethodPost, Path: "/v1/conversations/{id}/messages", Summary: "Send in a conversation", Tags: tags,
		Description:   "The message is queued and goes out by its lane and the number's pace; its status tells how far it has got.",
		DefaultStatus: http.StatusAccepted, Errors: errs,
	}, func(ctx context.Context, in *sendIn) (*messageBody, error) {
		d := draftOf(ctx, in.Body.Content, in.Body.Lane)
		d.Conversation = wa.ConversationID(in.ID)
		return a.submit(ctx, d)
	})
	operate(a, rule, huma.Operation{
		OperationID: "send-to", Method: http.MethodPost, Path: "/v1/messages", Summary: "Send to a phone number", Tags: tags,
		DefaultStatus: http.StatusAccepted, Errors: errs,
	}, func(ctx context.Context, in *sendTo) (*messageBody, error) {
		d := draftOf(ctx, in.Body.Content, in.Body.Lane)
		d.To, d.Number = wa.Digits(in.Body.To), wa.NumberID(in.Body.NumberID)
		return a.submit(ctx, d)
	})
	operate(a, rule, huma.Operation{
		OperationID: "resolve", Method: http.MethodPost, Path: "/v1/messages/{id}/resolve", Summary: "Decide about a message in doubt", Tags: tags,
		Description: "Meta's answer to this message was lost, and it tells nobody whether it was sent. Only a person can decide.",
		Errors:      errs, DefaultStatus: http.StatusOK,
	}, func(ctx context.Context, in *resolve) (*messageBody, error) {
		c := callerOf(ctx)
		id := wa.MessageID(in.ID)
		if err := a.Outbox.Resolve(ctx, c.Business, id, outbox.Resolution(in.Body.Verdict), c.Person); err != nil {
			return nil, err
		}
		return a.message(ctx, id)
	})
}

// draftOf is what somebody wants sent: people speak as agents in their own lane,
// programs as themselves.
func draftOf(ctx context.Context, content json.RawMessage, lane string) wa.Draft {
	c := callerOf(ctx)
	d := wa.Draft{
		Business: c.Business, Kind: wa.SendMessage, Content: wa.Content{JSON: content}, Lane: wa.Lane(lane),
		Origin: wa.FromAgent, Author: c.Person, AuthorName: c.Name,
	}
	if c.Person == "" {
		d.Origin = wa.FromAPI
	}
	switch {
	case d.Lane != "":
	case c.Person != "":
		d.Lane = wa.PersonLane
	default:
		d.Lane = wa.ServiceLane
	}
	return d
}

// submit gives a draft to the outbox and answers with the message it became.
func (a *API) submit(ctx context.Context, d wa.Draft) (*messageBody, error) {
	if len(d.Content.JSON) == 0 {
		return nil, fault.Of(fault.CodeContentInvalid).Saying("content: is missing.")
	}
	receipt, err := a.Outbox.Submit(ctx, d)
	if err != nil {
		return nil, err
	}
	return a.message(ctx, receipt.Message)
}
