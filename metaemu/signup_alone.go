package metaemu

import (
	"fmt"
	"strings"
	"time"
)

// byMessage is the challenge of a number without an app: a code that comes to it
// by SMS or call, and is typed into the popup.
const byMessage = "sms"

// alone finds or makes the number that is to be the platform's alone, and says
// why Meta would not take it. There is no branch for the app without its
// featureType, so a number that lives in one is refused (M-ESERR).
func (e *Emulator) alone(g *Signup, typed string) (n *number, why string) {
	digits, ok := digitsOf(typed)
	if !ok {
		return nil, "Your phone number doesn't appear to be valid."
	}
	n = e.numberOf(digits)
	if n == nil {
		return e.freshNumber(g, digits)
	}
	switch {
	case n.Coexistence || n.facts.Consumer:
		return nil, "This phone number is already registered to an existing WhatsApp account. Disconnect it from the existing account, or use another number."
	case n.Stage == StageLive:
		return nil, "This number is already connected to the WhatsApp Business Platform (3441041)."
	case n.Portfolio != g.Portfolio:
		return nil, "This number belongs to another business portfolio (2655093)."
	}
	return n, ""
}

// freshNumber is one that WhatsApp has not seen, in the first account of the
// portfolio.
func (e *Emulator) freshNumber(g *Signup, digits string) (*number, string) {
	w := e.firstWABA(g.Portfolio)
	if w == nil {
		made, err := e.newWABA(WABASpec{Portfolio: g.Portfolio, App: g.App})
		if err != nil {
			return nil, err.Error()
		}
		w = made
	}
	no := false
	n, err := e.newNumber(NumberSpec{Digits: digits, VerifiedName: e.portfolios[g.Portfolio].Name, WABA: w.ID, Coexistence: &no, Linked: &no})
	if err != nil {
		return nil, "This phone number is already registered to an existing WhatsApp account. Disconnect it from the existing account, or use another number."
	}
	n.Onboarded = time.Time{}
	e.setupOf(n).standing.CodeStatus = "NOT_VERIFIED"
	e.announce("numbers")
	return n, ""
}

func (e *Emulator) firstWABA(portfolio string) *waba {
	for _, id := range sortedKeys(e.wabas) {
		if e.wabas[id].Portfolio == portfolio {
			return e.wabas[id]
		}
	}
	return nil
}

// challengeAlone sends the code to the number.
func (e *Emulator) challengeAlone(g *Signup, n *number, at time.Time) {
	s := e.setupOf(n)
	s.code = oneTimeCode{code: fmt.Sprintf("%06d", e.mix("code")%1_000_000), expires: at.Add(codeWorks)}
	g.Kind, g.Challenge = byMessage, s.code.code
}

// SignupVerify types the code into the popup that came to a number without an
// app. What Meta would refuse stays at this step with an error.
func (e *Emulator) SignupVerify(id, code string) (Signup, error) {
	return e.onSignup(id, StepChallenge, func(g *Signup, at time.Time) error {
		n := e.numbers[g.Number]
		if g.Kind != byMessage {
			return fmt.Errorf("this number is confirmed on its phone, not in the popup")
		}
		s := e.setupOf(n)
		refuse := func(why string) error {
			g.Error = &SignupError{ID: e.nodeID("error")[:6], Message: why}
			return nil
		}
		switch {
		case at.Before(n.lockedUntil):
			return refuse("You have guessed too many times. Try again after " + n.lockedUntil.UTC().Format("2 Jan 15:04") + ".")
		case !at.Before(s.code.expires):
			return refuse("The code has expired. Ask for another one.")
		case strings.ReplaceAll(strings.TrimSpace(code), "-", "") != s.code.code:
			if n.wrong++; n.wrong >= guesses {
				n.wrong, n.lockedUntil = 0, at.Add(lockedOut)
			}
			return refuse("The code is not correct.")
		}
		n.wrong, s.code, s.standing.CodeStatus = 0, oneTimeCode{}, ""
		g.Step, g.Challenge = StepPermission, ""
		return nil
	})
}
