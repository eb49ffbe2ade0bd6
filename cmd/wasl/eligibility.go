package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"wasl/internal/clock"
	"wasl/internal/coexist"
	"wasl/internal/platform"
)

// Dated are the settings of everything that asks what Meta allows.
type Dated struct {
	PlatformFacts string `help:"File of platform facts (JSON) that win over the shipped ones from their own date on." env:"WASL_PLATFORM_FACTS" type:"path"`
}

// book is the facts shipped with the program and the operator's.
func (d *Dated) book() (platform.Book, error) {
	book := platform.Known()
	if d.PlatformFacts == "" {
		return book, nil
	}
	raw, err := os.ReadFile(d.PlatformFacts)
	if err != nil {
		return book, fmt.Errorf("read platform facts: %w", err)
	}
	own, err := platform.Parse(raw)
	if err != nil {
		return book, fmt.Errorf("%s: %w", d.PlatformFacts, err)
	}
	return book.With(own...), nil
}

type eligibilityCommand struct {
	Settings
	Dated
	Number       string `arg:"" help:"Phone number with its country code, in any spelling."`
	On           string `help:"A day, such as 2026-04-15. Default: today."`
	App          string `help:"The app the number lives in." enum:"business,consumer,none,unknown" default:"unknown"`
	AppVersion   string `help:"Version of the app, such as 2.24.17."`
	ActiveDays   *int   `help:"For how many days the app has been in use."`
	OtherPartner *bool  `help:"Another provider has the number on the Cloud API." negatable:""`
	CreditLine   *bool  `help:"An earlier provider's credit line is still shared." negatable:""`
	MetaVerified *bool  `help:"A Meta Verified subscription is active in the app." negatable:""`
	Payment      *bool  `name:"payment-method" help:"The account has a payment method." negatable:""`
	Watch        bool   `help:"Where it is not offered: tell the business on the day it is. Needs --business."`
	Business     string `help:"Name of the business that is to be told."`
	JSON         bool   `help:"Print JSON."`
}

// eligibilityAnswer is what --json prints.
type eligibilityAnswer struct {
	Number   string          `json:"number"`
	Country  string          `json:"country"`
	On       string          `json:"on"`
	Offered  bool            `json:"offered"`
	Reason   string          `json:"reason"`
	Source   string          `json:"source"`
	From     string          `json:"from"`
	Overall  string          `json:"overall"`
	Findings []findingAnswer `json:"findings"`
	Instead  []string        `json:"instead"`
	Watch    string          `json:"watch,omitempty"` // id of what waits for the country
}

type findingAnswer struct {
	Check  string `json:"check"`
	Result string `json:"result"`
	Code   string `json:"code"`
	What   string `json:"what"`
	Do     string `json:"do"`
}

// Validate refuses what cannot be read, as wrong usage.
func (c *eligibilityCommand) Validate() error {
	if _, ok := coexist.TerritoryOf(c.Number); !ok {
		return fmt.Errorf("%q is no phone number: write it with its country code, such as +966512345678", c.Number)
	}
	if c.Watch != (c.Business != "") {
		return errors.New("--watch and --business belong together")
	}
	_, err := c.day()
	return err
}

func (c *eligibilityCommand) day() (time.Time, error) {
	if c.On == "" {
		return clock.Now(), nil
	}
	var d platform.Date
	if err := d.UnmarshalText([]byte(c.On)); err != nil {
		return time.Time{}, fmt.Errorf("--on: %w", err)
	}
	return d.Start(), nil
}

// Run checks a number. That it cannot be onboarded is an answer and no failure
// of the command.
func (c *eligibilityCommand) Run(ctx runContext) error {
	book, err := c.book()
	if err != nil {
		return err
	}
	on, err := c.day()
	if err != nil {
		return err
	}
	e := coexist.Check(book, coexist.Prospect{
		Number: c.Number, App: c.App, AppVersion: c.AppVersion, ActiveDays: c.ActiveDays, OtherPartner: c.OtherPartner,
		CreditLine: c.CreditLine, MetaVerified: c.MetaVerified, Payment: c.Payment,
	}, on)
	out := eligibilityAnswer{
		Number: e.Number, Country: e.Country, On: e.On.String(), Offered: e.Offered, Reason: e.Reason, Source: e.Source, From: e.From.String(),
		Overall: string(e.Overall), Findings: []findingAnswer{}, Instead: append([]string{}, e.Instead...),
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s, %s, on %s: %s\n(%s, since %s)\n", e.Number, e.Country, e.On, e.Reason, e.Source, e.From)
	for _, f := range e.Findings {
		out.Findings = append(out.Findings, findingAnswer{f.Check, string(f.Result), f.Code, f.What, f.Do})
		fmt.Fprintf(&text, "\n%-8s %s", f.Result, f.What)
		if f.Do != "" {
			fmt.Fprintf(&text, "\n         %s", f.Do)
		}
	}
	if c.Watch {
		if out.Watch, err = c.wait(ctx, book); err != nil {
			return err
		}
		fmt.Fprintf(&text, "\n\n%s is told on the day it is offered there.", c.Business)
	}
	return say(ctx.stdout, c.JSON, out, text.String())
}

// wait writes down that the business wants to be told, and returns the id of that.
func (c *eligibilityCommand) wait(ctx runContext, book platform.Book) (string, error) {
	db, _, err := c.open(ctx)
	if err != nil {
		return "", err
	}
	defer db.Close()
	b, err := business(ctx, db, c.Business, false)
	if err != nil {
		return "", err
	}
	o, err := (&coexist.Lookout{Openings: db, Facts: book}).Ask(ctx, b, "", c.Number)
	return o.ID, err
}
