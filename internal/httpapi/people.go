package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/fault"
	"wasl/internal/wa"
)

// Person is a member of the business.
type Person struct {
	ID        wa.PersonID `json:"id"`
	Email     string      `json:"email"`
	Name      string      `json:"name"`
	Role      auth.Role   `json:"role" enum:"owner,admin,agent"`
	Operator  bool        `json:"operator"`
	CreatedAt time.Time   `json:"created_at"`
}

// Key is an API key. The secret is there once, when it is made.
type Key struct {
	ID         string       `json:"id"`
	Name       string       `json:"name"`
	Scopes     []auth.Scope `json:"scopes"`
	CreatedAt  time.Time    `json:"created_at"`
	LastUsedAt *time.Time   `json:"last_used_at" nullable:"true"`
	Key        string       `json:"key,omitempty" doc:"the secret; shown this once and kept nowhere"`
}

type addPerson struct {
	Body struct {
		Email    string    `json:"email" maxLength:"254"`
		Name     string    `json:"name" maxLength:"200"`
		Role     auth.Role `json:"role" enum:"owner,admin,agent"`
		Password string    `json:"password" maxLength:"1024" doc:"at least 10 characters"`
	}
}

type addKey struct {
	Body struct {
		Name   string       `json:"name" maxLength:"200"`
		Scopes []auth.Scope `json:"scopes" minItems:"1" maxItems:"10" doc:"read, send, manage, operator"`
	}
}

type (
	peopleBody struct{ Body Page[Person] }
	personBody struct{ Body Person }
	keysBody   struct{ Body Page[Key] }
	keyBody    struct{ Body Key }
)

func (a *API) registerPeople() {
	rule := auth.May(auth.Admin, auth.ManageScope)
	tags := []string{"People"}
	operate(a, rule, huma.Operation{
		OperationID: "people", Method: http.MethodGet, Path: "/v1/people", Summary: "List people", Tags: tags,
	}, func(ctx context.Context, _ *struct{}) (*peopleBody, error) {
		list, err := a.Accounts.People(ctx, callerOf(ctx).Business)
		if err != nil {
			return nil, err
		}
		return &peopleBody{Body: pageOf(list, len(list), personOf, nil)}, nil
	})
	operate(a, rule, huma.Operation{
		OperationID: "add-person", Method: http.MethodPost, Path: "/v1/people", Summary: "Add a person", Tags: tags,
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusBadRequest, http.StatusConflict},
	}, a.addPerson)
	operate(a, rule, huma.Operation{
		OperationID: "remove-person", Method: http.MethodDelete, Path: "/v1/people/{id}", Summary: "Remove a person", Tags: tags,
		Description:   "They are signed out at once, everywhere. What they wrote stays.",
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, a.removePerson)
}

// outranks refuses what would give or take a role above one's own. A program
// counts as an admin: a key is not an owner.
func outranks(c caller, role auth.Role) error {
	own := c.Role
	if c.Key != "" {
		own = auth.Admin
	}
	if role.Known() && !own.AtLeast(role) {
		return fault.Of(fault.CodeForbiddenRole)
	}
	return nil
}

func (a *API) addPerson(ctx context.Context, in *addPerson) (*personBody, error) {
	c := callerOf(ctx)
	if err := outranks(c, in.Body.Role); err != nil {
		return nil, err
	}
	p, err := a.Gate.AddPerson(ctx, auth.Member{
		Business: c.Business, Email: in.Body.Email, Name: in.Body.Name, Role: in.Body.Role, Password: in.Body.Password,
	})
	if err != nil {
		return nil, err
	}
	return &personBody{Body: personOf(p)}, nil
}

func (a *API) removePerson(ctx context.Context, in *oneID) (*struct{}, error) {
	c := callerOf(ctx)
	people, err := a.Accounts.People(ctx, c.Business)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		if p.ID != wa.PersonID(in.ID) {
			continue
		}
		if err := outranks(c, p.Role); err != nil {
			return nil, err
		}
		return nil, a.Accounts.DisablePerson(ctx, c.Business, p.ID, clock.Now())
	}
	return nil, auth.ErrUnknown
}

func personOf(p auth.Person) Person {
	return Person{ID: p.ID, Email: p.Email, Name: p.Name, Role: p.Role, Operator: p.Operator, CreatedAt: p.CreatedAt}
}

func (a *API) registerKeys() {
	rule := auth.May(auth.Admin, auth.ManageScope)
	tags := []string{"Keys"}
	operate(a, rule, huma.Operation{
		OperationID: "keys", Method: http.MethodGet, Path: "/v1/keys", Summary: "List API keys", Tags: tags,
	}, func(ctx context.Context, _ *struct{}) (*keysBody, error) {
		list, err := a.Accounts.Keys(ctx, callerOf(ctx).Business)
		if err != nil {
			return nil, err
		}
		return &keysBody{Body: pageOf(list, len(list), keyOf, nil)}, nil
	})
	operate(a, rule, huma.Operation{
		OperationID: "add-key", Method: http.MethodPost, Path: "/v1/keys", Summary: "Make an API key", Tags: tags,
		DefaultStatus: http.StatusCreated, Errors: []int{http.StatusBadRequest},
	}, a.addKey)
	operate(a, rule, huma.Operation{
		OperationID: "revoke-key", Method: http.MethodDelete, Path: "/v1/keys/{id}", Summary: "Revoke an API key", Tags: tags,
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *oneID) (*struct{}, error) {
		return nil, a.Accounts.RevokeKey(ctx, callerOf(ctx).Business, in.ID, clock.Now())
	})
}

// addKey makes a key. Nobody hands on what they do not have: the operator's scope
// is an operator's to give, and a program gives only scopes of its own.
func (a *API) addKey(ctx context.Context, in *addKey) (*keyBody, error) {
	c := callerOf(ctx)
	for _, s := range in.Body.Scopes {
		if s == auth.OperatorScope && !c.Operates() || c.Key != "" && !c.Has(s) {
			return nil, fault.Of(fault.CodeForbiddenScope).Saying("You cannot give the scope %s, because you do not have it.", s)
		}
	}
	secret, k, err := a.Gate.AddKey(ctx, c.Business, in.Body.Name, in.Body.Scopes)
	if err != nil {
		return nil, err
	}
	out := keyOf(k)
	out.Key = secret
	return &keyBody{Body: out}, nil
}

func keyOf(k auth.Key) Key {
	return Key{ID: k.ID, Name: k.Name, Scopes: append([]auth.Scope{}, k.Scopes...), CreatedAt: k.CreatedAt, LastUsedAt: moment(k.LastUsedAt)}
}
