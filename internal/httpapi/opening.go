package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/coexist"
	"wasl/internal/fault"
	"wasl/internal/wa"
)

// Openings takes and lists wishes to be told when a country opens.
type Openings interface {
	Ask(ctx context.Context, b wa.BusinessID, by wa.PersonID, number string) (coexist.Opening, error)
	List(ctx context.Context, b wa.BusinessID) ([]coexist.Opening, error)
	Drop(ctx context.Context, b wa.BusinessID, id string) error
}

// Opening is the wish to be told when Coexistence is offered where a number belongs.
type Opening struct {
	ID       string     `json:"id"`
	Number   string     `json:"number"`
	Country  string     `json:"country" doc:"ISO 3166-1 alpha-2"`
	AskedAt  time.Time  `json:"asked_at"`
	OpenedAt *time.Time `json:"opened_at" doc:"when it was found open; null before"`
	From     string     `json:"from" doc:"the day the rule holds from; empty before"`
	Source   string     `json:"source" doc:"where the rule stands; empty before"`
}

type openingBody struct{ Body Opening }

type openingsBody struct{ Body Page[Opening] }

type askOpening struct {
	Body struct {
		Number string `json:"number" maxLength:"40" example:"+234 800 000 0004"`
	}
}

func (a *API) registerOpenings() {
	rule, tags := auth.May(auth.Admin, auth.ManageScope), []string{"Platform"}
	operate(a, rule, huma.Operation{
		OperationID: "watch-eligibility", Method: http.MethodPost, Path: "/v1/eligibility/watch", Summary: "Tell me when my country opens", Tags: tags,
		Description:   "Looks every day whether Coexistence is offered where the number belongs, and says so once, as eligibility.opened in the stream. Asking twice is asking once.",
		DefaultStatus: http.StatusOK, Errors: []int{http.StatusBadRequest},
	}, func(ctx context.Context, in *askOpening) (*openingBody, error) {
		c := callerOf(ctx)
		o, err := a.Openings.Ask(ctx, c.Business, c.Person, in.Body.Number)
		switch {
		case errors.Is(err, coexist.ErrNoCountry):
			return nil, fault.Of(fault.CodeParameterInvalid).Saying("number: cannot be read; write it with its country code, such as +966 51 234 5678.")
		case errors.Is(err, coexist.ErrOpenAlready):
			return nil, fault.Of(fault.CodeParameterInvalid).Saying("number: Coexistence is offered there already; there is nothing to wait for.")
		case err != nil:
			return nil, err
		}
		return &openingBody{Body: openingOf(o)}, nil
	})
	operate(a, auth.May(auth.Agent, auth.ReadScope), huma.Operation{
		OperationID: "list-watched-eligibility", Method: http.MethodGet, Path: "/v1/eligibility/watch", Summary: "List the countries that are waited for", Tags: tags,
	}, func(ctx context.Context, _ *struct{}) (*openingsBody, error) {
		list, err := a.Openings.List(ctx, callerOf(ctx).Business)
		if err != nil {
			return nil, err
		}
		return &openingsBody{Body: pageOf(list, len(list), openingOf, nil)}, nil
	})
	operate(a, rule, huma.Operation{
		OperationID: "unwatch-eligibility", Method: http.MethodDelete, Path: "/v1/eligibility/watch/{id}", Summary: "Wait no more for a country", Tags: tags,
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *oneID) (*struct{}, error) {
		return nil, a.Openings.Drop(ctx, callerOf(ctx).Business, in.ID)
	})
}

func openingOf(o coexist.Opening) Opening {
	return Opening{
		ID: o.ID, Number: o.Number, Country: o.Country, AskedAt: o.AskedAt, OpenedAt: moment(o.OpenedAt), From: o.From.String(), Source: o.Source,
	}
}
