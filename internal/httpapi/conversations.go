package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/desk"
	"wasl/internal/fault"
	"wasl/internal/wa"
)

// Conversation is everything between one number and one contact.
type Conversation struct {
	ID            wa.ConversationID `json:"id"`
	NumberID      wa.NumberID       `json:"number_id"`
	Contact       ContactBrief      `json:"contact"`
	Window        Window            `json:"window"`
	Handler       string            `json:"handler" enum:"nobody,bot,person,phone" doc:"who holds it"`
	HandlerUntil  *time.Time        `json:"handler_until" nullable:"true" doc:"null: until handed back, or held by nobody"`
	HandlerReason string            `json:"handler_reason"`
	State         string            `json:"state" doc:"open"`
	Assignee      *Named            `json:"assignee"`
	Unread        int               `json:"unread" doc:"messages of the customer that nobody has read"`
	LastMessage   *MessageSummary   `json:"last_message"`
	LastAt        *time.Time        `json:"last_at" nullable:"true" doc:"of the newest activity, by which the list is ordered"`
}

// ContactBrief is a contact as a list shows them.
type ContactBrief struct {
	ID       wa.ContactID `json:"id"`
	Name     string       `json:"name" doc:"may be empty"`
	Phone    string       `json:"phone" doc:"with +; empty if WhatsApp does not tell it"`
	Username string       `json:"username" doc:"without @; may be empty"`
}

// Window is the 24 hours in which free-form messages may be sent.
type Window struct {
	Open     bool       `json:"open"`
	OpenedAt *time.Time `json:"opened_at" nullable:"true" doc:"the customer's last message"`
	ClosesAt *time.Time `json:"closes_at" nullable:"true"`
}

// Named is somebody or something with a name.
type Named struct {
	ID   string `json:"id" doc:"empty if only the name is known"`
	Name string `json:"name"`
}

// MessageSummary is a message as a list shows it.
type MessageSummary struct {
	ID        wa.MessageID `json:"id"`
	Type      string       `json:"type"`
	Text      string       `json:"text" doc:"at most 300 characters"`
	Direction wa.Direction `json:"direction" enum:"in,out"`
	Origin    wa.Origin    `json:"origin"`
	Status    wa.Status    `json:"status"`
	At        time.Time    `json:"at"`
	Revoked   bool         `json:"revoked"`
}

type conversationsQuery struct {
	Number   string `query:"number" maxLength:"100" doc:"only of this number"`
	Contact  string `query:"contact" maxLength:"100" doc:"only with this contact"`
	Handler  string `query:"handler" enum:"nobody,bot,person,phone" doc:"only held by"`
	State    string `query:"state" enum:"open,pending,snoozed,resolved"`
	Assignee string `query:"assignee" maxLength:"100" doc:"a person's id, me, or none"`
	Q        string `query:"q" maxLength:"200" doc:"names, phone numbers and user names, in any spelling and either set of digits"`
	Unread   bool   `query:"unread" doc:"only with messages nobody has read"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	After    string `query:"after" maxLength:"500"`
}

type (
	conversationsBody struct{ Body Page[Conversation] }
	conversationBody  struct{ Body Conversation }
)

func (a *API) registerConversations() {
	read, act := auth.May(auth.Agent, auth.ReadScope), auth.May(auth.Agent, auth.SendScope)
	tags := []string{"Conversations"}
	operate(a, read, huma.Operation{
		OperationID: "conversations", Method: http.MethodGet, Path: "/v1/conversations", Summary: "List conversations", Tags: tags,
		Description: "The newest activity first.", Errors: []int{http.StatusBadRequest},
	}, a.conversations)
	operate(a, read, huma.Operation{
		OperationID: "conversation", Method: http.MethodGet, Path: "/v1/conversations/{id}", Summary: "One conversation", Tags: tags,
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *oneID) (*conversationBody, error) {
		return a.conversation(ctx, wa.ConversationID(in.ID))
	})
	operate(a, act, huma.Operation{
		OperationID: "read", Method: http.MethodPost, Path: "/v1/conversations/{id}/read", Summary: "Mark as read", Tags: tags,
		Description:   "Nothing in it is unread any more, and the customer sees that their messages were read.",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound},
	}, a.read)
	operate(a, act, huma.Operation{
		OperationID: "take-over", Method: http.MethodPost, Path: "/v1/conversations/{id}/takeover", Summary: "Take over from the bot", Tags: tags,
		Errors: []int{http.StatusBadRequest, http.StatusNotFound}, DefaultStatus: http.StatusOK,
	}, a.takeOver)
	operate(a, act, huma.Operation{
		OperationID: "hand-back", Method: http.MethodPost, Path: "/v1/conversations/{id}/handback", Summary: "Hand back to the bot", Tags: tags,
		Errors: []int{http.StatusNotFound}, DefaultStatus: http.StatusOK,
	}, a.handBack)
}

func (a *API) conversations(ctx context.Context, in *conversationsQuery) (*conversationsBody, error) {
	after, err := markOf("after", in.After)
	if err != nil {
		return nil, err
	}
	c := callerOf(ctx)
	now := clock.Now()
	f := desk.Filter{
		Number: wa.NumberID(in.Number), Contact: wa.ContactID(in.Contact), Handler: in.Handler, State: in.State,
		Question: in.Q, Unread: in.Unread, After: after, Limit: in.Limit + 1, Now: now,
	}
	switch in.Assignee {
	case "none":
		f.Nobodys = true
	case "me":
		if c.Person == "" {
			return nil, fault.Of(fault.CodeParameterInvalid).Saying("assignee: a program has no conversations of its own; name a person.")
		}
		f.Assignee = c.Person
	default:
		f.Assignee = wa.PersonID(in.Assignee)
	}
	list, err := a.Desk.Conversations(ctx, c.Business, f)
	if err != nil {
		return nil, err
	}
	shape := func(c desk.Conversation) Conversation { return conversationOf(c, now) }
	return &conversationsBody{Body: pageOf(list, in.Limit, shape, func(c desk.Conversation) string {
		return cursor(desk.Mark{At: c.LastAt, ID: string(c.ID)})
	})}, nil
}

func (a *API) conversation(ctx context.Context, id wa.ConversationID) (*conversationBody, error) {
	c, err := a.Desk.Conversation(ctx, callerOf(ctx).Business, id)
	if err != nil {
		return nil, err
	}
	return &conversationBody{Body: conversationOf(c, clock.Now())}, nil
}

// read marks the receipt first: if either fails the request is repeated, and both
// do nothing a second time.
func (a *API) read(ctx context.Context, in *oneID) (*struct{}, error) {
	c := callerOf(ctx)
	id := wa.ConversationID(in.ID)
	if _, err := a.Desk.Conversation(ctx, c.Business, id); err != nil {
		return nil, err
	}
	if err := a.Outbox.MarkRead(ctx, c.Business, id, c.Person); err != nil {
		return nil, err
	}
	_, _, err := a.Desk.MarkSeen(ctx, c.Business, id, c.Is(), clock.Now())
	return nil, err
}

type takeOver struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Until  *time.Time `json:"until,omitempty" nullable:"true" doc:"null: until handed back"`
		Reason string     `json:"reason,omitempty" maxLength:"300"`
	}
}

func (a *API) takeOver(ctx context.Context, in *takeOver) (*conversationBody, error) {
	c := callerOf(ctx)
	o := desk.Takeover{
		Business: c.Business, Conversation: wa.ConversationID(in.ID), By: c.Is(), Assignee: c.Person,
		Reason: in.Body.Reason, At: clock.Now(),
	}
	if in.Body.Until != nil {
		o.Until = in.Body.Until.UTC()
		if !o.Until.After(o.At) {
			return nil, fault.Of(fault.CodeParameterInvalid).Saying("until: must lie in the future.")
		}
	}
	if err := a.Desk.TakeOver(ctx, o); err != nil {
		return nil, err
	}
	return a.conversation(ctx, o.Conversation)
}

type handBack struct {
	ID   string    `path:"id" maxLength:"100"`
	Body *struct{} `required:"false"`
}

func (a *API) handBack(ctx context.Context, in *handBack) (*conversationBody, error) {
	c := callerOf(ctx)
	o := desk.Handback{Business: c.Business, Conversation: wa.ConversationID(in.ID), By: c.Is(), At: clock.Now()}
	if err := a.Desk.HandBack(ctx, o); err != nil {
		return nil, err
	}
	return a.conversation(ctx, o.Conversation)
}

func conversationOf(c desk.Conversation, now time.Time) Conversation {
	out := Conversation{
		ID: c.ID, NumberID: c.Number, Contact: contactBrief(c.Contact), State: desk.Open, Unread: c.Unread,
		Window:  Window{Open: c.Window.Open(now, 0), OpenedAt: moment(c.Window.OpenedAt), ClosesAt: moment(c.Window.ClosesAt())},
		Handler: c.HeldBy(now), LastAt: moment(c.LastAt),
	}
	if out.Handler != desk.Nobody {
		out.HandlerReason = c.HandlerReason
		if c.HandlerUntil.Before(desk.ForGood) {
			out.HandlerUntil = moment(c.HandlerUntil)
		}
	}
	if c.Assignee != "" {
		out.Assignee = &Named{ID: string(c.Assignee), Name: c.AssigneeName}
	}
	if s := c.Last; s != nil {
		out.LastMessage = &MessageSummary{
			ID: s.ID, Type: s.Type, Text: cut(s.Text, 300), Direction: s.Direction, Origin: s.Origin, Status: s.Status, At: s.At, Revoked: s.Revoked,
		}
	}
	return out
}

func contactBrief(c desk.Contact) ContactBrief {
	return ContactBrief{ID: c.ID, Name: c.Name, Phone: plus(c.Phone), Username: c.Username}
}

// plus is a phone number as people write it.
func plus(digits string) string {
	if digits == "" {
		return ""
	}
	return "+" + digits
}

// cut is at most n characters of s.
func cut(s string, n int) string {
	i := 0
	for at := range s {
		if i == n {
			return s[:at]
		}
		i++
	}
	return s
}
