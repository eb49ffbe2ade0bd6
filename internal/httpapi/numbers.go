package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

// Number is one business phone number.
type Number struct {
	ID            wa.NumberID      `json:"id"`
	PhoneNumberID wa.PhoneNumberID `json:"phone_number_id" doc:"Meta's id of it"`
	WABAID        wa.WABAID        `json:"waba_id"`
	Display       string           `json:"display" example:"+966 50 111 2222"`
	Name          string           `json:"name"`
	Mode          string           `json:"mode" enum:"coexistence,cloud"`
	Stage         string           `json:"stage" doc:"live, suspended, disconnected, …"`
	Away          *Away            `json:"away" doc:"why the number is away, and what brings it back; null while it is live"`
	Stopped       string           `json:"stopped" doc:"why nothing is sent until a person acts; empty if it sends"`
	Heartbeat     *Heartbeat       `json:"heartbeat" doc:"the last sign of life of the phone app; null for a number without one"`
	Pace          Pace             `json:"pace"`
	HistorySync   HistorySync      `json:"history_sync"`
}

// Away is why a Number is not live.
type Away struct {
	Reason string    `json:"reason" doc:"Meta's reason (PRIMARY_INACTIVITY, CHANGE_NUMBER, …), or the event if it gave none (PARTNER_REMOVED, ACCOUNT_OFFBOARDED, …)"`
	Who    string    `json:"who" enum:"owner,meta,phone_change,unknown"`
	Since  time.Time `json:"since"`
	Todo   string    `json:"todo" enum:"finish_on_phone,sign_up_again,return_to_business_app,sign_up_new_number,check_account_at_meta"`
}

// Heartbeat is the last proof that the phone app is alive.
type Heartbeat struct {
	LastAt   *time.Time `json:"last_at" nullable:"true"`
	Evidence *string    `json:"evidence" nullable:"true" enum:"strong,fair,weak"`
	Kind     *string    `json:"kind" nullable:"true" doc:"echo, contact_change, reconnect, owner_confirmed"`
	// What follows is reckoned from signs that cannot come from a linked computer.
	Condition string     `json:"condition" enum:"well,due,at_risk,overdue,unknown" doc:"unknown is not well: nothing proves that the phone lives"`
	SureAt    *time.Time `json:"sure_at" nullable:"true" doc:"the last sign that cannot come from a linked computer"`
	SureKind  *string    `json:"sure_kind" nullable:"true" doc:"onboarded, contact_change, reconnect, owner_confirmed"`
	Until     time.Time  `json:"until" doc:"by when the app has to be opened, a day before Meta's limit"`
	Limit     time.Time  `json:"limit" doc:"when Meta ends Coexistence, about"`
	DaysLeft  int        `json:"days_left"`
	Source    string     `json:"source" doc:"where Meta's limit is written"`
}

// HistorySync is how far the sync of the past has come.
type HistorySync struct {
	State    string `json:"state" doc:"not_requested, running, done"`
	Progress int    `json:"progress" doc:"percent"`
}

type oneID struct {
	ID string `path:"id" maxLength:"100"`
}

type (
	numbersBody struct{ Body Page[Number] }
	numberBody  struct{ Body Number }
)

func (a *API) registerNumbers() {
	rule := auth.May(auth.Agent, auth.ReadScope)
	operate(a, rule, huma.Operation{
		OperationID: "numbers", Method: http.MethodGet, Path: "/v1/numbers", Summary: "List numbers", Tags: []string{"Numbers"},
	}, func(ctx context.Context, _ *struct{}) (*numbersBody, error) {
		list, err := a.Desk.Numbers(ctx, callerOf(ctx).Business)
		if err != nil {
			return nil, err
		}
		return &numbersBody{Body: pageOf(list, len(list), a.number, nil)}, nil
	})
	operate(a, auth.May(auth.Agent, auth.ManageScope), huma.Operation{
		OperationID: "confirm_phone", Method: http.MethodPost, Path: "/v1/numbers/{id}/phone-seen", Summary: "Say that the app was opened on the phone",
		Description: "Whoever holds the phone says so with one tap. It counts as a strong sign of life.", Tags: []string{"Numbers"},
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *oneID) (*struct{}, error) {
		c := callerOf(ctx)
		return nil, a.Phones.Confirm(ctx, c.Business, wa.NumberID(in.ID), c.Person, clock.Now())
	})
	operate(a, rule, huma.Operation{
		OperationID: "number", Method: http.MethodGet, Path: "/v1/numbers/{id}", Summary: "One number", Tags: []string{"Numbers"},
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *oneID) (*numberBody, error) {
		n, err := a.Desk.NumberByID(ctx, callerOf(ctx).Business, wa.NumberID(in.ID))
		if err != nil {
			return nil, err
		}
		return &numberBody{Body: a.number(n)}, nil
	})
}

func (a *API) number(n desk.Number) Number {
	out := Number{
		ID: n.ID, PhoneNumberID: n.PhoneNumberID, WABAID: n.WABAID, Display: n.Display, Name: n.Name, Mode: n.Mode, Stage: n.Stage,
		Away: away(n), Stopped: n.Stopped, HistorySync: HistorySync{State: n.History.State, Progress: n.History.Progress},
	}
	if a.Pace != nil {
		out.Pace = a.Pace(n, clock.Now())
	}
	if n.Mode == "coexistence" {
		out.Heartbeat = a.heartbeat(n, clock.Now())
	}
	return out
}

func away(n desk.Number) *Away {
	s := coexist.Standing{Stage: coexist.Stage(n.Stage), At: n.StageAt, By: n.StageBy, Reason: n.StageReason, Agent: n.StageAgent}
	c := s.Cause()
	if c.Code == "" {
		return nil
	}
	return &Away{Reason: c.Code, Who: string(c.Agent), Since: s.At, Todo: string(c.Todo)}
}

// orNull is a text as it travels where empty means that there is none.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (a *API) heartbeat(n desk.Number, now time.Time) *Heartbeat {
	f := a.Facts.On(now)
	l := coexist.LifeOf(coexist.Signs{Sure: n.SureAt, Came: n.CameAt}, now, f)
	limit, _ := f.Fact(platform.PhoneSilence, "meta")
	return &Heartbeat{
		LastAt: moment(n.AliveAt), Evidence: orNull(n.AliveGrade), Kind: orNull(n.AliveKind), Condition: string(l.Condition), SureAt: moment(n.SureAt), SureKind: orNull(n.SureKind),
		Until: l.Until, Limit: l.Limit, DaysLeft: l.DaysLeft, Source: limit.Source,
	}
}
