package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/store"
	"wasl/internal/wa"
)

// business finds a Business by its id or its name, and makes it if create.
func business(ctx context.Context, db *store.DB, name string, create bool) (wa.BusinessID, error) {
	b, ok, err := db.BusinessNamed(ctx, name)
	switch {
	case err != nil:
		return "", err
	case ok:
		return b, nil
	case create:
		return db.CreateBusiness(ctx, name, clock.Now())
	}
	return "", fmt.Errorf("there is no business %q; make one with: wasl admin create --email … --business %q", name, name)
}

// line reads one line of standard input, such as a token that should not stand
// on a command line.
func line(r io.Reader) (string, error) {
	s, err := bufio.NewReader(r).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read standard input: %w", err)
	}
	return strings.TrimSpace(s), nil
}

// say prints v as JSON, or the sentence.
func say(w io.Writer, asJSON bool, v any, sentence string) error {
	if !asJSON {
		_, err := fmt.Fprintln(w, sentence)
		return err
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

type adminCommand struct {
	Create adminCreate `cmd:"" help:"Make an owner, and the business if there is none of that name. They may operate the installation too."`
}

type adminCreate struct {
	Settings
	Email    string `required:"" help:"E-mail address to sign in with."`
	Business string `required:"" help:"Name of the business."`
	Name     string `help:"How others see them. Default: the part of the address before the @."`
	Role     string `help:"owner, admin or agent." default:"owner" enum:"owner,admin,agent"`
	Stdin    bool   `help:"Read the password from standard input. Otherwise one is made and printed once."`
	JSON     bool   `help:"Print JSON."`
}

// Run makes the person.
func (c *adminCreate) Run(ctx runContext) error {
	password := rand.Text()
	if c.Stdin {
		var err error
		if password, err = line(ctx.stdin); err != nil {
			return err
		}
	}
	db, _, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	b, err := business(ctx, db, c.Business, true)
	if err != nil {
		return err
	}
	name := c.Name
	if name == "" {
		name, _, _ = strings.Cut(c.Email, "@")
	}
	p, err := auth.New(db, auth.Config{}).AddPerson(ctx, auth.Member{Business: b, Email: c.Email, Name: name, Role: auth.Role(c.Role), Operator: c.Role == "owner", Password: password})
	if err != nil {
		return err
	}
	out := map[string]string{"id": string(p.ID), "email": p.Email, "business_id": string(b), "role": c.Role}
	sentence := fmt.Sprintf("%s may sign in as %s of %s.", p.Email, c.Role, c.Business)
	if !c.Stdin {
		out["password"] = password
		sentence += "\nPassword (shown this once): " + password
	}
	return say(ctx.stdout, c.JSON, out, sentence)
}

type keyCommand struct {
	Create keyCreate `cmd:"" help:"Make an API key. It is printed this once."`
}

type keyCreate struct {
	Settings
	Business string   `required:"" help:"Name of the business."`
	Name     string   `required:"" help:"What the key is for."`
	Scopes   []string `required:"" help:"Of read, send, manage, operator; separated by commas."`
	JSON     bool     `help:"Print JSON."`
}

// Run makes the key.
func (c *keyCreate) Run(ctx runContext) error {
	db, _, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	b, err := business(ctx, db, c.Business, false)
	if err != nil {
		return err
	}
	scopes := make([]auth.Scope, len(c.Scopes))
	for i, s := range c.Scopes {
		scopes[i] = auth.Scope(s)
	}
	secret, k, err := auth.New(db, auth.Config{}).AddKey(ctx, b, c.Name, scopes)
	if err != nil {
		return err
	}
	return say(ctx.stdout, c.JSON, map[string]any{"id": k.ID, "key": secret, "scopes": c.Scopes}, secret)
}

type numberCommand struct {
	Add numberAdd `cmd:"" help:"Add a number whose token you have already; the token is read from standard input."`
}

type numberAdd struct {
	Settings
	Business      string `required:"" help:"Name of the business."`
	PhoneNumberID string `required:"" help:"Meta's id of the number."`
	WABAID        string `required:"" name:"waba-id" help:"Meta's id of its WhatsApp Business Account."`
	Display       string `required:"" help:"The number as people write it, with its country code."`
	Mode          string `help:"coexistence or cloud." default:"coexistence" enum:"coexistence,cloud"`
	Name          string `help:"Its name in the inbox."`
	MPS           int    `name:"mps" help:"Messages per second, if another speed than its country's rule was agreed."`
	JSON          bool   `help:"Print JSON."`
}

// Run adds the number, or renews its token.
func (c *numberAdd) Run(ctx runContext) error {
	token, err := line(ctx.stdin)
	if err != nil {
		return err
	}
	if token == "" {
		return errors.New("no token on standard input; try: echo $TOKEN | wasl number add …")
	}
	db, _, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	b, err := business(ctx, db, c.Business, false)
	if err != nil {
		return err
	}
	n, err := db.AddNumber(ctx, store.NewNumber{
		Business: b, PhoneNumberID: wa.PhoneNumberID(c.PhoneNumberID), WABAID: wa.WABAID(c.WABAID), Display: c.Display,
		Name: c.Name, Mode: c.Mode, MPS: c.MPS, Token: []byte(token),
	}, clock.Now())
	if err != nil {
		return err
	}
	return say(ctx.stdout, c.JSON, map[string]string{"id": string(n)}, string(n))
}
