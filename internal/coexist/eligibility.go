package coexist

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"wasl/internal/platform"
)

// Result is what a check came to.
type Result string

// The results. Unknown is not "fine": it is what nobody outside can see.
const (
	Pass    Result = "pass"
	Warn    Result = "warn"
	Fail    Result = "fail"
	Unknown Result = "unknown"
)

// The kinds of app a number may live in.
const (
	BusinessApp = "business"
	ConsumerApp = "consumer"
	NoApp       = "none"
)

// Prospect is what is known of a number before Embedded Signup is opened. What
// the owner was not asked is nil or empty.
type Prospect struct {
	Number       string
	App          string // business, consumer, none
	AppVersion   string // such as 2.24.17.3
	ActiveDays   *int
	OtherPartner *bool // another provider has it on the Cloud API
	CreditLine   *bool // an earlier provider's credit line is still shared
	MetaVerified *bool // a Meta Verified subscription bought in the app
	Payment      *bool // a payment method is on the account
}

// Finding is one check: what came of it, and what to do. Code names the
// sentence, so that screens can say it in their language.
type Finding struct {
	Check  string
	Result Result
	Code   string
	What   string
	Do     string // empty if nothing has to be done
	// Source and From say where a rule stands and since when it holds.
	Source string
	From   platform.Date
}

// Eligibility is whether a number may be onboarded to Coexistence, on a day.
type Eligibility struct {
	Number  string // E.164 as far as it could be read, else as it came
	Country string // the territory, ISO 3166-1 alpha-2
	On      platform.Date
	// Offered is whether Coexistence is offered where the number belongs.
	Offered bool
	Reason  string
	Source  string
	From    platform.Date
	// Overall is the worst of the findings; one that cannot be known does not
	// count against a number.
	Overall  Result
	Findings []Finding
	// Instead is what to do where Coexistence is not offered: cloud (the API
	// alone) or app (the phone alone); empty if it is offered.
	Instead []string
}

// Check answers whether a number may be onboarded on the day of t, by the facts
// of that day.
func Check(book platform.Book, p Prospect, t time.Time) Eligibility {
	facts := book.On(t)
	e := Eligibility{Number: strings.TrimSpace(p.Number), On: platform.Day(t)}
	e.add(e.where(facts, p.Number)...)
	e.add(app(p), version(facts, p), activity(facts, p), partner(p), creditLine(p), verified(p), payment(p))
	e.Overall = Pass
	for _, f := range e.Findings {
		switch {
		case f.Result == Fail:
			e.Overall = Fail
		case f.Result == Warn && e.Overall != Fail:
			e.Overall = Warn
		}
	}
	if !e.Offered {
		e.Instead = []string{"cloud", "app"}
	}
	return e
}

func (e *Eligibility) add(fs ...Finding) { e.Findings = append(e.Findings, fs...) }

// where reads the number and asks whether Coexistence is offered there.
func (e *Eligibility) where(facts platform.Facts, number string) []Finding {
	t, ok := TerritoryOf(number)
	if !ok {
		e.Reason = "The number could not be read."
		return []Finding{{
			Check: "number", Result: Fail, Code: "number_unreadable", What: e.Reason,
			Do: "Write it with its country code, such as +966 51 234 5678.",
		}}
	}
	e.Number, e.Country = t.Number, t.Code
	read := Finding{Check: "number", Result: Pass, Code: "number_read", What: "The number belongs to " + t.Code + "."}
	if !t.Sure {
		read.Result, read.Code = Warn, "number_unsure"
		read.What = "No numbering plan knows this number; by its country code it belongs to " + t.Code + "."
		read.Do = "Check the digits. If customers reach you under it, go on."
	}
	offered, rule := facts.Offered(t.Code)
	e.Offered, e.Source, e.From = offered, rule.Source, rule.From
	there := Finding{Check: "country", Result: Pass, Code: "country_offered", Source: rule.Source, From: rule.From}
	if offered {
		there.What = "Coexistence is offered there."
	} else {
		there.Result, there.Code = Fail, "country_not_offered"
		there.What = "Meta does not offer Coexistence for numbers of " + t.Code + " on this day."
		there.Do = "Use the app alone, or the Cloud API alone, and look here again later: the list of countries has grown twice."
	}
	e.Reason = there.What
	return []Finding{read, there}
}

func app(p Prospect) Finding {
	f := Finding{Check: "app"}
	switch p.App {
	case BusinessApp:
		f.Result, f.Code, f.What = Pass, "app_business", "The number lives in the WhatsApp Business app."
	case ConsumerApp:
		f.Result, f.Code, f.What = Fail, "app_consumer", "The number lives in the consumer app, which cannot be connected."
		f.Do = "Install WhatsApp Business on the same phone and move the number there; chats come along."
	case NoApp:
		f.Result, f.Code, f.What = Fail, "app_none", "The number is in no WhatsApp app, so there is nothing to share with the API."
		f.Do = "Register it in the WhatsApp Business app and use it for a week, or use the Cloud API alone."
	default:
		f.Result, f.Code, f.What = Unknown, "app_unknown", "Nobody outside the phone can see which app the number is in."
		f.Do = "Look at the phone: it has to be WhatsApp Business."
	}
	return f
}

func version(facts platform.Facts, p Prospect) Finding {
	oldest, rule := facts.AppVersion()
	f := Finding{Check: "app_version", Source: rule.Source, From: rule.From}
	switch {
	case strings.TrimSpace(p.AppVersion) == "":
		f.Result, f.Code, f.What = Unknown, "version_unknown", "The version of the app is only seen on the phone."
		f.Do = "In the app: Settings, Help, App info. It has to be " + oldest + " or newer."
	case olderThan(p.AppVersion, oldest):
		f.Result, f.Code, f.What = Fail, "version_old", "The app is older than "+oldest+"."
		f.Do = "Update WhatsApp Business in the phone's app store."
	default:
		f.Result, f.Code, f.What = Pass, "version_fine", "The app is new enough."
	}
	return f
}

// olderThan compares versions part by part; a part that is missing is 0 and one
// that is no number counts as 0.
func olderThan(v, than string) bool {
	a, b := strings.Split(strings.TrimSpace(v), "."), strings.Split(than, ".")
	for i := range max(len(a), len(b)) {
		if c := cmp.Compare(part(a, i), part(b, i)); c != 0 {
			return c < 0
		}
	}
	return false
}

func part(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	n, err := strconv.Atoi(westernDigits(parts[i]))
	if err != nil {
		return 0
	}
	return n
}

func activity(facts platform.Facts, p Prospect) Finding {
	days, rule := facts.ActiveDays()
	f := Finding{Check: "activity", Source: rule.Source, From: rule.From}
	switch {
	case p.ActiveDays == nil:
		f.Result, f.Code, f.What = Unknown, "activity_unknown", "How much use Meta asks for is not published."
		f.Do = fmt.Sprintf("Use the app with real customers for at least %d days before you connect it.", days)
	case *p.ActiveDays < days:
		f.Result, f.Code = Warn, "activity_short"
		f.What = fmt.Sprintf("The app has been in use for %d days; others were refused before %d.", *p.ActiveDays, days)
		f.Do = "Wait a little, and go on chatting in the app, or try: a refusal does no harm."
	default:
		f.Result, f.Code, f.What = Pass, "activity_fine", "The app has been in use long enough."
	}
	return f
}

func partner(p Prospect) Finding {
	f := Finding{Check: "other_partner"}
	switch {
	case p.OtherPartner == nil:
		f.Result, f.Code, f.What = Unknown, "partner_unknown", "Whether another provider has the number is seen in the app only."
		f.Do = "In the app: Settings, Account, Business Platform. If somebody is connected, disconnect first."
	case *p.OtherPartner:
		f.Result, f.Code, f.What = Fail, "partner_other", "Another provider has this number on the Cloud API."
		f.Do = "Disconnect it first, in the app under Settings, Account, Business Platform; with an API-only number, with that provider."
	default:
		f.Result, f.Code, f.What = Pass, "partner_none", "No other provider has the number."
	}
	return f
}

func creditLine(p Prospect) Finding {
	f := Finding{Check: "credit_line"}
	switch {
	case p.CreditLine == nil:
		f.Result, f.Code, f.What = Unknown, "credit_unknown", "Whether an earlier provider still shares its credit line cannot be seen from here."
		f.Do = "If you had a provider before, ask them whether they have taken theirs back."
	case *p.CreditLine:
		f.Result, f.Code, f.What = Fail, "credit_shared", "An earlier provider's credit line is still shared with the account."
		f.Do = "Back up your chats, disconnect in the app, connect the app anew, then begin here."
	default:
		f.Result, f.Code, f.What = Pass, "credit_none", "No earlier credit line is in the way."
	}
	return f
}

func verified(p Prospect) Finding {
	f := Finding{Check: "meta_verified"}
	switch {
	case p.MetaVerified == nil:
		f.Result, f.Code, f.What = Unknown, "verified_unknown", "Whether the app has a Meta Verified subscription is seen on the phone."
		f.Do = "If it has one, expect to lose the badge: conflicts have been reported."
	case *p.MetaVerified:
		f.Result, f.Code, f.What = Warn, "verified_active", "The app has a Meta Verified subscription; conflicts with Coexistence have been reported."
		f.Do = "End the subscription first, or accept that its badge may go and that buying it again may disconnect the number."
	default:
		f.Result, f.Code, f.What = Pass, "verified_none", "No Meta Verified subscription is in the way."
	}
	return f
}

func payment(p Prospect) Finding {
	f := Finding{Check: "payment"}
	switch {
	case p.Payment == nil:
		f.Result, f.Code, f.What = Unknown, "payment_unknown", "Whether the account has a payment method is seen after connecting."
		f.Do = "Have one ready in WhatsApp Manager: templates and what goes beyond the free tier are not delivered without."
	case !*p.Payment:
		f.Result, f.Code, f.What = Warn, "payment_missing", "Without a payment method only free messages are delivered."
		f.Do = "Add one in WhatsApp Manager after connecting; answers from the phone stay free."
	default:
		f.Result, f.Code, f.What = Pass, "payment_there", "A payment method is there."
	}
	return f
}
