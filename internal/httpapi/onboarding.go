package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/fault"
	"wasl/internal/wa"
)

// Onboardings brings numbers in; see [coexist.Mover].
type Onboardings interface {
	Begin(ctx context.Context, b wa.BusinessID, by wa.PersonID, s coexist.Signup) (coexist.Onboarding, error)
	Choose(ctx context.Context, b wa.BusinessID, onboarding string, n wa.PhoneNumberID) (coexist.Onboarding, error)
	Retry(ctx context.Context, b wa.BusinessID, onboarding, pin string) (coexist.Onboarding, error)
	AskAgain(ctx context.Context, b wa.BusinessID, n wa.NumberID, k coexist.SyncKind) (coexist.Sync, error)
}

var _ Onboardings = (*coexist.Mover)(nil)

// Moves shows onboardings and syncs.
type Moves interface {
	Onboarding(ctx context.Context, b wa.BusinessID, id string) (coexist.Onboarding, error)
	Onboardings(ctx context.Context, b wa.BusinessID) ([]coexist.Onboarding, error)
	Syncs(ctx context.Context, b wa.BusinessID, n wa.NumberID) ([]coexist.Sync, error)
	HistoryTold(ctx context.Context, b wa.BusinessID, n wa.NumberID) (coexist.HistoryTold, error)
	OpenSyncs(ctx context.Context) ([]coexist.Sync, error)
}

// Signup is what the page needs to open Embedded Signup.
type Signup struct {
	Ready        bool     `json:"ready" doc:"whether everything it needs is set"`
	Missing      []string `json:"missing" doc:"settings that are not"`
	AppID        string   `json:"app_id"`
	ConfigID     string   `json:"config_id"`
	GraphVersion string   `json:"graph_version"`
	SDKURL       string   `json:"sdk_url" doc:"the script to load"`
	FeatureType  string   `json:"feature_type" doc:"goes into extras.featureType for coexistence"`
}

// Onboarding is a number on its way in.
type Onboarding struct {
	ID            string           `json:"id"`
	Mode          string           `json:"mode" enum:"coexistence,cloud"`
	Step          string           `json:"step" doc:"exchanging, finding, listing, choosing, subscribing, asserting, registering, admitting, done, failed"`
	Reason        string           `json:"reason" doc:"why it waits or has failed; empty while it goes on"`
	Code          int              `json:"code" doc:"Meta's error code, 0 if none"`
	Title         string           `json:"title" doc:"Meta's words for it"`
	BegunAt       time.Time        `json:"begun_at"`
	NextAt        *time.Time       `json:"next_at" nullable:"true" doc:"when it is tried again by itself"`
	WABAID        wa.WABAID        `json:"waba_id"`
	PhoneNumberID wa.PhoneNumberID `json:"phone_number_id"`
	NumberID      *string          `json:"number_id" nullable:"true"`
	Choices       []NumberChoice   `json:"choices" doc:"numbers to choose from, while step is choosing"`
	MissingFields []string         `json:"missing_fields" doc:"webhook fields that the app is not subscribed to"`
}

// NumberChoice is a number that may be meant.
type NumberChoice struct {
	PhoneNumberID wa.PhoneNumberID `json:"phone_number_id"`
	Display       string           `json:"display"`
	Name          string           `json:"name"`
	Here          bool             `json:"here" doc:"it is connected here already"`
}

// Sync is what the phone was asked for, and what has come of it.
type Sync struct {
	BusinessID wa.BusinessID `json:"business_id"`
	NumberID   wa.NumberID   `json:"number_id"`
	Kind       string        `json:"kind" enum:"contacts,history"`
	State      string        `json:"state" doc:"not_requested, requesting, accepted, arriving, quiet, complete, declined, already_used, too_late, silent, failed"`
	BegunAt    time.Time     `json:"begun_at" doc:"when the number was onboarded"`
	DeadlineAt time.Time     `json:"deadline_at" doc:"until when Meta takes the request"`
	AskedAt    *time.Time    `json:"asked_at" nullable:"true"`
	AcceptedAt *time.Time    `json:"accepted_at" nullable:"true"`
	HeardAt    *time.Time    `json:"heard_at" nullable:"true" doc:"when something of it last arrived"`
	NextAt     *time.Time    `json:"next_at" nullable:"true" doc:"when it is looked at again by itself"`
	RequestID  string        `json:"request_id" doc:"Meta's, for its support"`
	Tries      int           `json:"tries"`
	Phase      *int          `json:"phase" nullable:"true" doc:"0: the last day, 1: up to 90 days, 2: up to 180; the furthest that was told"`
	Progress   int           `json:"progress" doc:"percent, as Meta tells it; 100 alone is not the end"`
	Watch      int           `json:"watch" doc:"how long an accepted sync has been silent: 1, 2 or 3 for 1, 6 and 24 hours"`
	MayRetry   bool          `json:"may_retry"`
	Code       int           `json:"code"`
	Title      string        `json:"title"`
	Told       *Told         `json:"told" doc:"what of the history has arrived; null for contacts"`
}

// Told is what of a history has arrived, counted.
type Told struct {
	Chunks       int `json:"chunks"`
	Phases       int `json:"phases" doc:"in how many phases something came"`
	Threads      int `json:"threads" doc:"conversations with messages of the past"`
	Messages     int `json:"messages" doc:"messages of the past that are here"`
	Told         int `json:"told" doc:"messages that were told, with repetitions"`
	Waiting      int `json:"waiting" doc:"files whose placeholder is here and which may still come"`
	Lost         int `json:"lost" doc:"files too old to come ever"`
	Found        int `json:"found" doc:"files that came"`
	NotApplied   int `json:"not_applied" doc:"pieces that wait to be applied"`
	SetAside     int `json:"set_aside" doc:"pieces that could not be applied and are kept"`
	QuietMinutes int `json:"quiet_minutes" doc:"since something last arrived"`
}

type beginOnboarding struct {
	Body struct {
		Code          string           `json:"code" minLength:"1" maxLength:"4000" doc:"authResponse.code of FB.login; it lives 30 seconds"`
		Mode          string           `json:"mode" enum:"coexistence,cloud"`
		WABAID        wa.WABAID        `json:"waba_id,omitempty" maxLength:"40" doc:"of the event, if there was one"`
		PhoneNumberID wa.PhoneNumberID `json:"phone_number_id,omitempty" maxLength:"40" doc:"of the event, if it named one"`
		PIN           string           `json:"pin,omitempty" pattern:"^([0-9]{6})?$" doc:"cloud mode only: the two-step code"`
		Understood    bool             `json:"understood" doc:"the owner has ticked what changes on the phone"`
	}
}

type chooseNumber struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		PhoneNumberID wa.PhoneNumberID `json:"phone_number_id" minLength:"1" maxLength:"40"`
	}
}

type retryOnboarding struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		PIN string `json:"pin,omitempty" pattern:"^([0-9]{6})?$"`
	}
}

type retrySync struct {
	ID   string `path:"id" maxLength:"100"`
	Kind string `path:"kind" enum:"contacts,history"`
}

type (
	signupBody      struct{ Body Signup }
	onboardingBody  struct{ Body Onboarding }
	onboardingsBody struct{ Body Page[Onboarding] }
	syncBody        struct{ Body Sync }
	syncsBody       struct{ Body Page[Sync] }
)

func (a *API) registerOnboarding() {
	rule, tags := auth.May(auth.Admin, auth.ManageScope), []string{"Connecting"}
	operate(a, rule, huma.Operation{
		OperationID: "signup", Method: http.MethodGet, Path: "/v1/signup", Summary: "What Embedded Signup is opened with", Tags: tags,
	}, func(context.Context, *struct{}) (*signupBody, error) { return &signupBody{Body: a.signup()}, nil })
	operate(a, rule, huma.Operation{
		OperationID: "begin_onboarding", Method: http.MethodPost, Path: "/v1/onboardings", Summary: "Connect a number", Tags: tags,
		Description:   "With what Embedded Signup told the page. Everything but the code may be missing. It goes on by itself; look at the answer's step and reason.",
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusUnprocessableEntity},
	}, a.beginOnboarding)
	operate(a, rule, huma.Operation{
		OperationID: "onboardings", Method: http.MethodGet, Path: "/v1/onboardings", Summary: "Numbers on their way in", Tags: tags,
		Description: "The newest first, at most a hundred.",
	}, func(ctx context.Context, _ *struct{}) (*onboardingsBody, error) {
		list, err := a.Moves.Onboardings(ctx, callerOf(ctx).Business)
		if err != nil {
			return nil, err
		}
		return &onboardingsBody{Body: pageOf(list, len(list), onboardingOf, nil)}, nil
	})
	operate(a, rule, huma.Operation{
		OperationID: "onboarding", Method: http.MethodGet, Path: "/v1/onboardings/{id}", Summary: "One of them", Tags: tags,
		Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *oneID) (*onboardingBody, error) {
		return answerOnboarding(a.Moves.Onboarding(ctx, callerOf(ctx).Business, in.ID))
	})
	operate(a, rule, huma.Operation{
		OperationID: "choose_number", Method: http.MethodPost, Path: "/v1/onboardings/{id}/choose", Summary: "Say which number was meant", Tags: tags,
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *chooseNumber) (*onboardingBody, error) {
		return answerOnboarding(a.Onboardings.Choose(ctx, callerOf(ctx).Business, in.ID, in.Body.PhoneNumberID))
	})
	operate(a, rule, huma.Operation{
		OperationID: "retry_onboarding", Method: http.MethodPost, Path: "/v1/onboardings/{id}/retry", Summary: "Try an onboarding again", Tags: tags,
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *retryOnboarding) (*onboardingBody, error) {
		return answerOnboarding(a.Onboardings.Retry(ctx, callerOf(ctx).Business, in.ID, in.Body.PIN))
	})
	a.registerSyncs(tags)
}

func (a *API) registerSyncs(tags []string) {
	operate(a, auth.May(auth.Agent, auth.ReadScope), huma.Operation{
		OperationID: "syncs", Method: http.MethodGet, Path: "/v1/numbers/{id}/syncs", Summary: "What the phone was asked for, and what came", Tags: tags,
		Errors: []int{http.StatusNotFound},
	}, a.syncs)
	operate(a, auth.May(auth.Admin, auth.ManageScope), huma.Operation{
		OperationID: "retry_sync", Method: http.MethodPost, Path: "/v1/numbers/{id}/syncs/{kind}/retry", Summary: "Ask the phone again", Tags: tags,
		Description: "Only while Meta has neither accepted it nor refused it for good.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, in *retrySync) (*syncBody, error) {
		b := callerOf(ctx).Business
		if _, err := a.Desk.NumberByID(ctx, b, wa.NumberID(in.ID)); err != nil {
			return nil, err
		}
		s, err := a.Onboardings.AskAgain(ctx, b, wa.NumberID(in.ID), coexist.SyncKind(in.Kind))
		if errors.Is(err, coexist.ErrNoRetry) {
			return nil, fault.Of(fault.CodeSyncNotWaiting)
		}
		if err != nil {
			return nil, err
		}
		return &syncBody{Body: a.sync(s, clock.Now())}, nil
	})
	operate(a, auth.Operator(), huma.Operation{
		OperationID: "open_syncs", Method: http.MethodGet, Path: "/v1/syncs", Summary: "Syncs of all businesses that have not ended", Tags: tags,
		Description: "Those whose day ends soonest first.",
	}, func(ctx context.Context, _ *struct{}) (*syncsBody, error) {
		list, err := a.Moves.OpenSyncs(ctx)
		if err != nil {
			return nil, err
		}
		now := clock.Now()
		return &syncsBody{Body: pageOf(list, len(list), func(s coexist.Sync) Sync { return a.sync(s, now) }, nil)}, nil
	})
}

// featureType turns the coexistence branch of Embedded Signup on
// (coexistence-protocol §2.2).
const featureType = "whatsapp_business_app_onboarding"

func (a *API) signup() Signup {
	s := a.Signup
	s.Missing, s.FeatureType = []string{}, featureType
	for _, need := range []struct{ value, name string }{{s.AppID, "WASL_APP_ID"}, {s.ConfigID, "WASL_SIGNUP_CONFIG_ID"}} {
		if need.value == "" {
			s.Missing = append(s.Missing, need.name)
		}
	}
	if !a.SignupReady {
		s.Missing = append(s.Missing, "WASL_APP_SECRET")
	}
	s.Ready = len(s.Missing) == 0
	return s
}

func (a *API) beginOnboarding(ctx context.Context, in *beginOnboarding) (*onboardingBody, error) {
	if !a.signup().Ready {
		return nil, fault.Of(fault.CodeSignupNotConfigured)
	}
	if in.Body.Mode == coexist.ModeCoexistence && !in.Body.Understood {
		return nil, fault.Of(fault.CodeParameterInvalid).Saying("understood: the owner has to have seen what changes on the phone.")
	}
	c := callerOf(ctx)
	return answerOnboarding(a.Onboardings.Begin(ctx, c.Business, c.Person, coexist.Signup{
		Code: in.Body.Code, Mode: in.Body.Mode, WABAID: in.Body.WABAID, PhoneNumberID: in.Body.PhoneNumberID, PIN: in.Body.PIN,
	}))
}

func answerOnboarding(o coexist.Onboarding, err error) (*onboardingBody, error) {
	switch {
	case errors.Is(err, coexist.ErrNoChoice):
		return nil, fault.Of(fault.CodeParameterInvalid).Saying("phone_number_id: is none of the choices.")
	case errors.Is(err, coexist.ErrNoRetry), errors.Is(err, coexist.ErrMoved):
		return nil, fault.Of(fault.CodeOnboardingNotWaiting)
	case err != nil:
		return nil, err
	}
	return &onboardingBody{Body: onboardingOf(o)}, nil
}

func onboardingOf(o coexist.Onboarding) Onboarding {
	out := Onboarding{
		ID: o.ID, Mode: o.Mode, Step: string(o.Step), Reason: o.Reason, Code: o.Code, Title: o.Title, BegunAt: o.BegunAt, NextAt: moment(o.NextAt),
		WABAID: o.WABAID, PhoneNumberID: o.PhoneNumberID, NumberID: orNull(string(o.Number)), Choices: []NumberChoice{}, MissingFields: []string{},
	}
	if o.Step == coexist.Choosing {
		for _, c := range o.Among {
			out.Choices = append(out.Choices, NumberChoice{PhoneNumberID: c.ID, Display: c.Display, Name: c.Name, Here: c.Ours})
		}
	}
	if o.Reason == coexist.WaitsForFields {
		out.MissingFields = append(out.MissingFields, o.Missing...)
	}
	return out
}

func (a *API) syncs(ctx context.Context, in *oneID) (*syncsBody, error) {
	b, n, now := callerOf(ctx).Business, wa.NumberID(in.ID), clock.Now()
	if _, err := a.Desk.NumberByID(ctx, b, n); err != nil {
		return nil, err
	}
	list, err := a.Moves.Syncs(ctx, b, n)
	if err != nil {
		return nil, err
	}
	out := pageOf(list, len(list), func(s coexist.Sync) Sync { return a.sync(s, now) }, nil)
	for i := range out.Data {
		if list[i].Kind != coexist.History {
			continue
		}
		told, err := a.Moves.HistoryTold(ctx, b, n)
		if err != nil {
			return nil, err
		}
		out.Data[i].Told = toldOf(told, list[i], now)
	}
	return &syncsBody{Body: out}, nil
}

func toldOf(h coexist.HistoryTold, s coexist.Sync, now time.Time) *Told {
	t := &Told{
		Chunks: h.Chunks, Phases: h.Phases, Threads: h.Threads, Messages: h.Messages, Told: h.Told, Waiting: h.Waiting, Lost: h.Lost, Found: h.Found,
		NotApplied: h.NotApplied, SetAside: h.SetAside,
	}
	if !s.HeardAt.IsZero() {
		t.QuietMinutes = max(0, int(now.Sub(s.HeardAt)/time.Minute))
	}
	return t
}

func (a *API) sync(s coexist.Sync, now time.Time) Sync {
	rules := coexist.SyncRulesOn(a.Facts.On(now), s.Kind)
	_, again := s.Again(now, rules)
	out := Sync{
		BusinessID: s.Business, NumberID: s.Number, Kind: string(s.Kind), State: string(s.State), BegunAt: s.Began, DeadlineAt: s.Deadline(rules), AskedAt: moment(s.AskedAt),
		AcceptedAt: moment(s.AcceptedAt), HeardAt: moment(s.HeardAt), NextAt: moment(s.NextAt), RequestID: s.RequestID, Tries: s.Tries,
		Progress: s.Progress, Watch: s.Watch(now, rules), MayRetry: again, Code: s.Code, Title: s.Title,
	}
	if s.Phase >= 0 {
		out.Phase = &s.Phase
	}
	return out
}
