package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/desk"
	"wasl/internal/wa"
)

// Contact is a person, as the Business knows them.
type Contact struct {
	ContactBrief
	Identities []Identity `json:"identities"`
	OptedOut   bool       `json:"opted_out" doc:"of marketing messages"`
	CreatedAt  time.Time  `json:"created_at"`
}

// Identity is one way WhatsApp names a contact.
type Identity struct {
	Kind  string `json:"kind" doc:"phone, bsuid, wa_id"`
	Value string `json:"value"`
}

type contactsQuery struct {
	Q     string `query:"q" maxLength:"200" doc:"names, phone numbers and user names, in any spelling and either set of digits"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	After string `query:"after" maxLength:"100"`
}

type (
	contactsBody struct{ Body Page[Contact] }
	contactBody  struct{ Body Contact }
)

func (a *API) registerContacts() {
	rule := auth.May(auth.Agent, auth.ReadScope)
	operate(a, rule, huma.Operation{
		OperationID: "contacts", Method: http.MethodGet, Path: "/v1/contacts", Summary: "List contacts", Tags: []string{"Contacts"},
		Description: "The newest acquaintance first.", Errors: []int{http.StatusBadRequest},
	}, func(ctx context.Context, in *contactsQuery) (*contactsBody, error) {
		list, err := a.Desk.Contacts(ctx, callerOf(ctx).Business, in.Q, wa.ContactID(in.After), in.Limit+1)
		if err != nil {
			return nil, err
		}
		return &contactsBody{Body: pageOf(list, in.Limit, contactOf, func(p desk.Person) string { return string(p.ID) })}, nil
	})
	operate(a, rule, huma.Operation{
		OperationID: "contact", Method: http.MethodGet, Path: "/v1/contacts/{id}", Summary: "One contact", Tags: []string{"Contacts"},
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *oneID) (*contactBody, error) {
		p, err := a.Desk.Contact(ctx, callerOf(ctx).Business, wa.ContactID(in.ID))
		if err != nil {
			return nil, err
		}
		return &contactBody{Body: contactOf(p)}, nil
	})
}

func contactOf(p desk.Person) Contact {
	c := Contact{ContactBrief: contactBrief(p.Contact), Identities: make([]Identity, 0, len(p.Identities)), OptedOut: p.OptedOut, CreatedAt: p.CreatedAt}
	for _, i := range p.Identities {
		c.Identities = append(c.Identities, Identity{Kind: i.Kind, Value: i.Value})
	}
	return c
}
