package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/wa"
)

// Session says who is signed in, where, and from which entry to follow the stream.
type Session struct {
	Person   PersonHere   `json:"person"`
	Business BusinessHere `json:"business"`
	Demo     *Demo        `json:"demo" doc:"set in the demo only"`
	Seq      string       `json:"seq" doc:"the newest entry of the journal: follow the stream after it"`
	Now      time.Time    `json:"now" doc:"the server's time, which in the demo may run ahead"`
}

// PersonHere is the one who is signed in.
type PersonHere struct {
	ID       wa.PersonID `json:"id"`
	Name     string      `json:"name"`
	Email    string      `json:"email"`
	Role     auth.Role   `json:"role" enum:"owner,admin,agent"`
	Operator bool        `json:"operator"`
}

// BusinessHere is the Business they work for.
type BusinessHere struct {
	ID   wa.BusinessID `json:"id"`
	Name string        `json:"name"`
}

// Demo is where the demo's phone is.
type Demo struct {
	EmulatorURL string `json:"emulator_url"`
}

type signIn struct {
	Body struct {
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password" maxLength:"1024"`
	}
}

type sessionOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Session
}

type sessionBody struct{ Body Session }

type signedOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (a *API) registerSession() {
	operate(a, auth.Anyone(), huma.Operation{
		OperationID: "sign-in", Method: http.MethodPost, Path: "/v1/session", Summary: "Sign in", Tags: []string{"Session"},
		Description: "Opens a session for a browser, which gets it as a cookie. A session that the browser came with ends. " +
			"Programs use an API key instead.",
		DefaultStatus: http.StatusOK, Errors: []int{http.StatusUnauthorized, http.StatusTooManyRequests},
	}, a.signIn)
	operate(a, auth.SignedIn(), huma.Operation{
		OperationID: "session", Method: http.MethodGet, Path: "/v1/session", Summary: "Who is signed in", Tags: []string{"Session"},
	}, func(ctx context.Context, _ *struct{}) (*sessionBody, error) {
		s, err := a.session(ctx, callerOf(ctx).Principal)
		return &sessionBody{Body: s}, err
	})
	operate(a, auth.Anyone(), huma.Operation{
		OperationID: "sign-out", Method: http.MethodDelete, Path: "/v1/session", Summary: "Sign out", Tags: []string{"Session"},
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, _ *struct{}) (*signedOut, error) {
		if token := callerOf(ctx).token; token != "" {
			if err := a.Gate.SignOut(ctx, token); err != nil {
				return nil, err
			}
		}
		return &signedOut{SetCookie: a.cookie("")}, nil
	})
}

func (a *API) signIn(ctx context.Context, in *signIn) (*sessionOut, error) {
	c := callerOf(ctx)
	token, p, err := a.Gate.SignIn(ctx, in.Body.Email, in.Body.Password, c.address, c.token)
	if err != nil {
		return nil, err
	}
	s, err := a.session(ctx, p)
	if err != nil {
		return nil, err
	}
	return &sessionOut{SetCookie: a.cookie(token), Body: s}, nil
}

func (a *API) session(ctx context.Context, p auth.Principal) (Session, error) {
	newest, _, err := a.Journal.Newest(ctx, p.Business)
	if err != nil {
		return Session{}, err
	}
	s := Session{
		Person:   PersonHere{ID: p.Person, Name: p.Name, Email: p.Email, Role: p.Role, Operator: p.Operator},
		Business: BusinessHere{ID: p.Business, Name: p.BusinessName},
		Seq:      strconv.FormatInt(int64(newest), 10), Now: clock.Now(),
	}
	if a.EmulatorURL != "" {
		s.Demo = &Demo{EmulatorURL: a.EmulatorURL}
	}
	return s, nil
}
