package auth

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"wasl/internal/clock"
	"wasl/internal/fault"
	"wasl/internal/id"
	"wasl/internal/wa"
)

// Member is a person to be added, as somebody asks for them.
type Member struct {
	Business wa.BusinessID
	Email    string
	Name     string
	Role     Role
	Operator bool
	Password string
}

// AddPerson makes somebody a member of a Business. Faults: parameter_invalid,
// conflict_email_taken.
func (g *Gate) AddPerson(ctx context.Context, m Member) (Person, error) {
	email, err := checkEmail(m.Email)
	if err != nil {
		return Person{}, err
	}
	name := strings.TrimSpace(m.Name)
	if name == "" || len(name) > 200 || strings.ContainsFunc(name, unicode.IsControl) {
		return Person{}, invalid("name: must have 1 to 200 characters.")
	}
	if !m.Role.Known() {
		return Person{}, invalid("role: must be owner, admin or agent.")
	}
	hash, err := g.hasher.hash(ctx, m.Password)
	if err != nil {
		return Person{}, err
	}
	now := clock.Now()
	p := NewPerson{Business: m.Business, Email: email, Name: name, Role: m.Role, Operator: m.Operator, PasswordHash: hash}
	person, err := g.store.CreatePerson(ctx, p, now)
	if err != nil {
		return Person{}, fmt.Errorf("create person: %w", err)
	}
	return Person{ID: person, Email: email, Name: name, Role: m.Role, Operator: m.Operator, CreatedAt: now}, nil
}

// AddKey makes an API key for a program. The secret is returned this once and
// kept nowhere. Fault: parameter_invalid.
func (g *Gate) AddKey(ctx context.Context, b wa.BusinessID, name string, scopes []Scope) (secret string, k Key, err error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 200 || strings.ContainsFunc(name, unicode.IsControl) {
		return "", Key{}, invalid("name: must have 1 to 200 characters.")
	}
	if len(scopes) == 0 {
		return "", Key{}, invalid("scopes: name at least one of read, send, manage, operator.")
	}
	for _, s := range scopes {
		if !s.Known() {
			return "", Key{}, invalid("scopes: must be of read, send, manage, operator.")
		}
	}
	secret = id.Secret("wasl")
	k = Key{ID: id.New("key"), Name: name, Scopes: scopes, CreatedAt: clock.Now()}
	if err := g.store.CreateKey(ctx, NewKey{Hash: proofOf(secret), Business: b, Key: k}); err != nil {
		return "", Key{}, fmt.Errorf("create key: %w", err)
	}
	return secret, k, nil
}

func checkEmail(s string) (string, error) {
	e := foldEmail(s)
	at := strings.LastIndexByte(e, '@')
	odd := strings.ContainsFunc(e, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	if at < 1 || at == len(e)-1 || len(e) > 254 || odd {
		return "", invalid("email: must be an e-mail address.")
	}
	return e, nil
}

func invalid(sentence string) error {
	return fault.New(fault.Invalid, fault.CodeParameterInvalid, sentence)
}
