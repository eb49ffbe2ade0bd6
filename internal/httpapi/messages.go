package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/desk"
	"wasl/internal/fault"
	"wasl/internal/media"
	"wasl/internal/wa"
)

// Message is one WhatsApp message, with everything known of it.
type Message struct {
	ID             wa.MessageID      `json:"id"`
	WAMID          *string           `json:"wamid" nullable:"true" doc:"Meta's id; null until Meta accepts it"`
	ConversationID wa.ConversationID `json:"conversation_id"`
	NumberID       wa.NumberID       `json:"number_id"`
	ContactID      wa.ContactID      `json:"contact_id"`
	Direction      wa.Direction      `json:"direction" enum:"in,out"`
	Origin         wa.Origin         `json:"origin" enum:"customer,phone,agent,bot,campaign,api,meta_agent"`
	Author         *Named            `json:"author"`
	Provenance     wa.Provenance     `json:"provenance" enum:"live,history,import"`
	Type           string            `json:"type"`
	Content        json.RawMessage   `json:"content" doc:"in the Cloud API's own shape, as it reads now; null if it is not known"`
	Text           string            `json:"text" doc:"what of it a person can read"`
	Status         wa.Status         `json:"status" enum:"received,queued,held,sending,in_doubt,needs_person,accepted,sent,delivered,read,failed,expired,cancelled"`
	At             time.Time         `json:"at"`
	ReplyTo        *ReplyTo          `json:"reply_to"`
	Reactions      []Reaction        `json:"reactions" doc:"what each side has on it now"`
	Edited         bool              `json:"edited"`
	Revoked        bool              `json:"revoked" doc:"deleted for everyone"`
	RevokedAt      *time.Time        `json:"revoked_at" nullable:"true"`
	Versions       []Version         `json:"versions" doc:"how it read at first and after each edit; empty if it was never edited"`
	Attempt        *Attempt          `json:"attempt" doc:"the latest try to send it"`
	File           *File             `json:"file" doc:"what came with it; null if nothing did"`
	Failure        *Failure          `json:"failure"`
	Note           string            `json:"note" doc:"why it is held or needs a person, as a reason's code; may be empty"`
	Cost           *struct{}         `json:"cost"`
	Seq            string            `json:"seq" doc:"the place the journal had reached when this was read; a later entry may have changed it"`
}

// ReplyTo is the message another one answers.
type ReplyTo struct {
	WAMID     wa.WAMID `json:"wamid"`
	MessageID *string  `json:"message_id" nullable:"true" doc:"null if we do not have it"`
	Text      string   `json:"text" doc:"at most 300 characters"`
}

// Reaction is an emoji one side has on a message.
type Reaction struct {
	Emoji string    `json:"emoji"`
	From  wa.Side   `json:"from" enum:"customer,business"`
	At    time.Time `json:"at"`
}

// Version is one way a message read.
type Version struct {
	N       int             `json:"n" doc:"1 is the original"`
	At      time.Time       `json:"at"`
	Text    string          `json:"text"`
	Content json.RawMessage `json:"content"`
}

// Attempt is one try to send.
type Attempt struct {
	N         int       `json:"n"`
	StartedAt time.Time `json:"started_at"`
	Outcome   *string   `json:"outcome" nullable:"true" doc:"accepted, refused, again, in_doubt; null while it is on the road"`
}

// Failure is why Meta did not deliver.
type Failure struct {
	Code  int    `json:"code" doc:"Meta's"`
	Title string `json:"title"`
	MetaTelling
}

type threadQuery struct {
	ID     string `path:"id" maxLength:"100"`
	Before string `query:"before" maxLength:"500"`
	After  string `query:"after" maxLength:"500"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type byWAMID struct {
	WAMID string `query:"wamid" required:"true" minLength:"1" maxLength:"500"`
}

type (
	messagesBody struct{ Body Page[Message] }
	messageBody  struct{ Body Message }
)

func (a *API) registerMessages() {
	read, send := auth.May(auth.Agent, auth.ReadScope), auth.May(auth.Agent, auth.SendScope)
	tags := []string{"Messages"}
	operate(a, read, huma.Operation{
		OperationID: "thread", Method: http.MethodGet, Path: "/v1/conversations/{id}/messages", Summary: "Messages of a conversation", Tags: tags,
		Description: "The newest last inside a page. Without `before` and `after` the newest page; `next` leads on to older ones (pass it as " +
			"`before`), or after `after` to newer ones (pass it as `after`). The order is by time, then direction (in first), then wamid.",
		Errors: []int{http.StatusBadRequest, http.StatusNotFound},
	}, a.thread)
	operate(a, read, huma.Operation{
		OperationID: "message", Method: http.MethodGet, Path: "/v1/messages/{id}", Summary: "One message", Tags: tags, Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *oneID) (*messageBody, error) {
		return a.message(ctx, wa.MessageID(in.ID))
	})
	operate(a, read, huma.Operation{
		OperationID: "messages-by-wamid", Method: http.MethodGet, Path: "/v1/messages", Summary: "Find a message by its wamid", Tags: tags,
		Errors: []int{http.StatusBadRequest},
	}, func(ctx context.Context, in *byWAMID) (*messagesBody, error) {
		list, err := a.Desk.MessagesByWAMID(ctx, callerOf(ctx).Business, wa.WAMID(in.WAMID))
		if err != nil {
			return nil, err
		}
		return &messagesBody{Body: pageOf(list, len(list), messageOf, nil)}, nil
	})
	a.registerSending(send, tags)
}

func (a *API) thread(ctx context.Context, in *threadQuery) (*messagesBody, error) {
	if in.Before != "" && in.After != "" {
		return nil, fault.Of(fault.CodeParameterInvalid).Saying("before, after: only one of them at a time.")
	}
	before, err := markOf("before", in.Before)
	if err != nil {
		return nil, err
	}
	after, err := markOf("after", in.After)
	if err != nil {
		return nil, err
	}
	list, more, err := a.Desk.Thread(ctx, callerOf(ctx).Business, wa.ConversationID(in.ID), desk.Span{Before: before, After: after, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	page := pageOf(list, len(list), messageOf, nil)
	if more {
		edge := list[0]
		if in.After != "" {
			edge = list[len(list)-1]
		}
		page.Next = new(cursor(edge.Mark()))
	}
	return &messagesBody{Body: page}, nil
}

func (a *API) message(ctx context.Context, id wa.MessageID) (*messageBody, error) {
	m, err := a.Desk.Message(ctx, callerOf(ctx).Business, id)
	if err != nil {
		return nil, err
	}
	return &messageBody{Body: messageOf(m)}, nil
}

func messageOf(m desk.Message) Message {
	out := Message{
		ID: m.ID, WAMID: orNull(string(m.WAMID)), ConversationID: m.Conversation, NumberID: m.Number, ContactID: m.Contact,
		Direction: m.Direction, Origin: m.Origin, Provenance: m.Provenance, Type: m.Type, Content: rawOf(m.Content.JSON), Text: m.Content.Text,
		Status: m.Status, At: m.At, Reactions: make([]Reaction, 0, len(m.Reactions)), Edited: len(m.Versions) > 0,
		Revoked: !m.RevokedAt.IsZero(), RevokedAt: moment(m.RevokedAt), Versions: make([]Version, 0, len(m.Versions)),
		Note: m.Note, Seq: strconv.FormatInt(int64(m.Seq), 10),
	}
	if m.AuthorID != "" || m.AuthorName != "" {
		out.Author = &Named{ID: m.AuthorID, Name: m.AuthorName}
	}
	if q := m.ReplyTo; q != nil {
		out.ReplyTo = &ReplyTo{WAMID: q.WAMID, MessageID: orNull(string(q.ID)), Text: cut(q.Text, 300)}
	}
	for _, r := range m.Reactions {
		out.Reactions = append(out.Reactions, Reaction{Emoji: r.Emoji, From: r.Side, At: r.At})
	}
	for i, v := range m.Versions {
		out.Versions = append(out.Versions, Version{N: i + 1, At: v.At, Text: v.Content.Text, Content: rawOf(v.Content.JSON)})
	}
	if t := m.Attempt; t != nil {
		out.Attempt = &Attempt{N: t.N, StartedAt: t.StartedAt, Outcome: orNull(t.Outcome)}
	}
	if f := m.File; f != nil {
		out.File = &File{State: f.State, Reason: f.Reason, Type: f.Type, Name: f.Name, Size: f.Size}
		if f.State == string(media.Stored) {
			out.File.URL = "/v1/messages/" + string(m.ID) + "/file"
		}
	}
	if m.Code != 0 || m.CodeTitle != "" {
		out.Failure = &Failure{Code: m.Code, Title: m.CodeTitle, MetaTelling: tellingOf(m.Code)}
	}
	return out
}

// rawOf is stored JSON as it travels; what is not JSON is null, so that one odd row
// cannot spoil a page.
func rawOf(b []byte) json.RawMessage {
	if !json.Valid(b) {
		return json.RawMessage("null")
	}
	return b
}
