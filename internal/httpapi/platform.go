package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/fault"
	"wasl/internal/platform"
)

// PlatformFact is one figure or list of Meta's, or of ours beside them.
type PlatformFact struct {
	Name   string   `json:"name" example:"throughput"`
	Scope  string   `json:"scope" doc:"what it is limited to, such as coexistence or coexistence/EG; empty for all"`
	Value  int64    `json:"value"`
	List   []string `json:"list" doc:"where the fact is a list, such as countries"`
	Unit   string   `json:"unit"`
	From   string   `json:"from" doc:"the day it holds from"`
	Source string   `json:"source"`
	Note   string   `json:"note"`
}

// PlatformDay is everything that holds on one day.
type PlatformDay struct {
	On   string         `json:"on" example:"2026-11-25"`
	Data []PlatformFact `json:"data"`
}

// Eligibility is whether a number may be onboarded to Coexistence.
type Eligibility struct {
	Number   string    `json:"number"`
	Country  string    `json:"country" doc:"the territory the number belongs to, ISO 3166-1 alpha-2; empty if it could not be read"`
	On       string    `json:"on"`
	Offered  bool      `json:"offered" doc:"whether Coexistence is offered there on this day"`
	Reason   string    `json:"reason"`
	Source   string    `json:"source"`
	From     string    `json:"from" doc:"the day the rule holds from"`
	Overall  string    `json:"overall" enum:"pass,warn,fail"`
	Findings []Finding `json:"findings"`
	Instead  []string  `json:"instead" doc:"what to do where it is not offered: cloud, app"`
}

// Finding is one check of an eligibility.
type Finding struct {
	Check  string `json:"check" doc:"number, country, app, app_version, activity, other_partner, credit_line, meta_verified, payment"`
	Result string `json:"result" enum:"pass,warn,fail,unknown"`
	Code   string `json:"code" doc:"names the sentence"`
	What   string `json:"what"`
	Do     string `json:"do"`
	Source string `json:"source"`
	From   string `json:"from"`
}

type onQuery struct {
	On string `query:"on" doc:"a day, such as 2026-11-25; today if absent"`
}

type prospectBody struct {
	Body struct {
		Number       string `json:"number" maxLength:"40" example:"+966 51 234 5678"`
		On           string `json:"on,omitempty" doc:"a day, such as 2026-11-25; today if absent"`
		App          string `json:"app,omitempty" enum:"business,consumer,none,unknown" doc:"the app the number lives in"`
		AppVersion   string `json:"app_version,omitempty" maxLength:"40" example:"2.24.17.3"`
		ActiveDays   *int   `json:"active_days,omitempty" minimum:"0" doc:"for how many days the app has been in use"`
		OtherPartner *bool  `json:"other_partner,omitempty" doc:"another provider has the number on the Cloud API"`
		CreditLine   *bool  `json:"credit_line,omitempty" doc:"an earlier provider's credit line is still shared"`
		MetaVerified *bool  `json:"meta_verified,omitempty" doc:"a Meta Verified subscription is active in the app"`
		Payment      *bool  `json:"payment_method,omitempty" doc:"the account has a payment method"`
	}
}

type (
	platformBody    struct{ Body PlatformDay }
	eligibilityBody struct{ Body Eligibility }
)

func (a *API) registerPlatform() {
	rule := auth.May(auth.Agent, auth.ReadScope)
	tags := []string{"Platform"}
	operate(a, rule, huma.Operation{
		OperationID: "platform", Method: http.MethodGet, Path: "/v1/platform", Summary: "What Meta's platform allows on a day", Tags: tags,
		Description: "Limits, deadlines, countries and support, each with the day it holds from and its source.", Errors: []int{http.StatusBadRequest},
	}, func(_ context.Context, in *onQuery) (*platformBody, error) {
		on, err := dayOf(in.On)
		if err != nil {
			return nil, err
		}
		out := PlatformDay{On: platform.Day(on).String(), Data: []PlatformFact{}}
		for _, f := range a.Facts.On(on).All() {
			out.Data = append(out.Data, PlatformFact{
				Name: string(f.Name), Scope: f.Scope, Value: f.Value, List: append([]string{}, f.List...), Unit: f.Unit,
				From: f.From.String(), Source: f.Source, Note: f.Note,
			})
		}
		return &platformBody{Body: out}, nil
	})
	operate(a, rule, huma.Operation{
		OperationID: "check-eligibility", Method: http.MethodPost, Path: "/v1/eligibility", Summary: "May this number be onboarded?", Tags: tags,
		Description:   "Checks a number before Embedded Signup is opened. Nothing is stored. What is left out cannot be known and is said to be so.",
		DefaultStatus: http.StatusOK, Errors: []int{http.StatusBadRequest},
	}, a.eligibility)
}

func (a *API) eligibility(_ context.Context, in *prospectBody) (*eligibilityBody, error) {
	on, err := dayOf(in.Body.On)
	if err != nil {
		return nil, err
	}
	b := in.Body
	e := coexist.Check(a.Facts, coexist.Prospect{
		Number: b.Number, App: b.App, AppVersion: b.AppVersion, ActiveDays: b.ActiveDays,
		OtherPartner: b.OtherPartner, CreditLine: b.CreditLine, MetaVerified: b.MetaVerified, Payment: b.Payment,
	}, on)
	out := Eligibility{
		Number: e.Number, Country: e.Country, On: e.On.String(), Offered: e.Offered, Reason: e.Reason, Source: e.Source, From: e.From.String(),
		Overall: string(e.Overall), Findings: []Finding{}, Instead: append([]string{}, e.Instead...),
	}
	for _, f := range e.Findings {
		out.Findings = append(out.Findings, Finding{
			Check: f.Check, Result: string(f.Result), Code: f.Code, What: f.What, Do: f.Do, Source: f.Source, From: f.From.String(),
		})
	}
	return &eligibilityBody{Body: out}, nil
}

// dayOf reads a day; none is today.
func dayOf(s string) (time.Time, error) {
	if s = strings.TrimSpace(s); s == "" {
		return clock.Now(), nil
	}
	var d platform.Date
	if err := d.UnmarshalText([]byte(s)); err != nil {
		return time.Time{}, fault.New(fault.Invalid, fault.CodeParameterInvalid, "on: "+err.Error()+".")
	}
	return d.Start(), nil
}
