package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/desk"
	"wasl/internal/fault"
	"wasl/internal/wa"
)

// Delivery is one webhook request of Meta's, as received.
type Delivery struct {
	ID         wa.DeliveryID `json:"id"`
	ReceivedAt time.Time     `json:"received_at"`
	Bytes      int           `json:"bytes"`
	State      string        `json:"state" enum:"kept,split,unknown,parked" doc:"kept: not yet applied; split: all applied"`
	Signature  string        `json:"signature" doc:"whose secret signed it"`
	Items      int           `json:"items"`
	Unknown    int           `json:"unknown" doc:"items we have no word for"`
	Reason     string        `json:"reason"`
	Fragments  []Fragment    `json:"fragments" doc:"the items that were not simply applied"`
	Body       string        `json:"body,omitempty" doc:"the raw JSON; only when one delivery is asked for"`
}

// Fragment is an item of a delivery that was not simply applied.
type Fragment struct {
	BusinessID *string `json:"business_id" nullable:"true" doc:"null: nobody's we know"`
	Field      string  `json:"field"`
	Kind       string  `json:"kind"`
	State      string  `json:"state" doc:"parked, conflict, noted, pending"`
	Reason     string  `json:"reason"`
}

// Lag is how far a reaction has read one business's journal.
type Lag struct {
	Reaction   string        `json:"reaction"`
	BusinessID wa.BusinessID `json:"business_id"`
	Seq        string        `json:"seq"`
	Behind     int64         `json:"behind"`
	Parked     []ParkedEntry `json:"parked"`
}

// ParkedEntry is an entry a reaction could not digest.
type ParkedEntry struct {
	Seq    string    `json:"seq"`
	Reason string    `json:"reason"`
	Tries  int       `json:"tries"`
	At     time.Time `json:"at"`
}

type deliveriesQuery struct {
	State string `query:"state" enum:"kept,split,parked,unknown"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	After string `query:"after" maxLength:"100"`
}

type (
	deliveriesBody struct{ Body Page[Delivery] }
	deliveryBody   struct{ Body Delivery }
	lagsBody       struct{ Body []Lag }
)

type retry struct {
	Name string `path:"name" maxLength:"100"`
	Body struct {
		Seq        string `json:"seq" pattern:"^[0-9]{1,18}$"`
		BusinessID string `json:"business_id,omitempty" maxLength:"100" doc:"by default your own"`
	}
}

func (a *API) registerOperations() {
	tags := []string{"Operation"}
	operate(a, auth.Operator(), huma.Operation{
		OperationID: "deliveries", Method: http.MethodGet, Path: "/v1/deliveries", Summary: "List Meta's deliveries", Tags: tags,
		Description: "The newest first.",
	}, func(ctx context.Context, in *deliveriesQuery) (*deliveriesBody, error) {
		list, err := a.Desk.Deliveries(ctx, in.State, wa.DeliveryID(in.After), in.Limit+1)
		if err != nil {
			return nil, err
		}
		return &deliveriesBody{Body: pageOf(list, in.Limit, deliveryOf, func(d desk.Delivery) string { return string(d.ID) })}, nil
	})
	operate(a, auth.Operator(), huma.Operation{
		OperationID: "delivery", Method: http.MethodGet, Path: "/v1/deliveries/{id}", Summary: "One delivery, with its body", Tags: tags,
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *oneID) (*deliveryBody, error) {
		d, err := a.Desk.Delivery(ctx, wa.DeliveryID(in.ID))
		if err != nil {
			return nil, err
		}
		return &deliveryBody{Body: deliveryOf(d)}, nil
	})
	operate(a, auth.Operator(), huma.Operation{
		OperationID: "reactions", Method: http.MethodGet, Path: "/v1/reactions", Summary: "How far each reaction has read", Tags: tags,
	}, func(ctx context.Context, _ *struct{}) (*lagsBody, error) {
		list, err := a.Desk.Lags(ctx)
		if err != nil {
			return nil, err
		}
		return &lagsBody{Body: pageOf(list, len(list), lagOf, nil).Data}, nil
	})
	operate(a, auth.Operator(), huma.Operation{
		OperationID: "retry", Method: http.MethodPost, Path: "/v1/reactions/{name}/retry", Summary: "Give a parked entry back", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound},
	}, a.retry)
}

func (a *API) retry(ctx context.Context, in *retry) (*struct{}, error) {
	seq, err := strconv.ParseInt(in.Body.Seq, 10, 64)
	if err != nil {
		return nil, fault.Of(fault.CodeParameterInvalid).Saying("seq: must be the place of an entry.")
	}
	if a.Retry == nil {
		return nil, desk.ErrNotFound
	}
	b := wa.BusinessID(in.Body.BusinessID)
	if b == "" {
		b = callerOf(ctx).Business
	}
	return nil, a.Retry(ctx, b, in.Name, wa.Seq(seq))
}

func deliveryOf(d desk.Delivery) Delivery {
	out := Delivery{
		ID: d.ID, ReceivedAt: d.ReceivedAt, Bytes: d.Bytes, State: d.State, Signature: d.App, Items: d.Items, Unknown: d.Unknown,
		Reason: d.Reason, Fragments: make([]Fragment, 0, len(d.Fragments)), Body: string(d.Body),
	}
	for _, f := range d.Fragments {
		out.Fragments = append(out.Fragments, Fragment{
			BusinessID: orNull(string(f.Business)), Field: f.Field, Kind: f.Kind, State: f.State, Reason: f.Reason,
		})
	}
	return out
}

func lagOf(l desk.Lag) Lag {
	out := Lag{
		Reaction: l.Reaction, BusinessID: l.Business, Seq: strconv.FormatInt(int64(l.Seq), 10), Behind: l.Behind,
		Parked: make([]ParkedEntry, 0, len(l.Parked)),
	}
	for _, p := range l.Parked {
		out.Parked = append(out.Parked, ParkedEntry{Seq: strconv.FormatInt(int64(p.Seq), 10), Reason: p.Reason, Tries: p.Tries, At: p.At})
	}
	return out
}
