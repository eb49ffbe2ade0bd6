package metaemu

import (
	"fmt"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// Signup is one run of Embedded Signup (coexistence-protocol §2): what the popup
// shows, and what the phone has to confirm.
type Signup struct {
	ID      string    `json:"id"`
	App     string    `json:"app_id"`
	AppName string    `json:"app_name"`
	Started time.Time `json:"started_at"`
	// Feature is the featureType of the call; only with
	// "whatsapp_business_app_onboarding" there is a branch for the app.
	Feature string `json:"feature_type"`
	// SessionInfo is whether the opener gets events (§2.2).
	SessionInfo bool `json:"session_info"`
	// Step is one of the steps below.
	Step      string `json:"step"`
	Portfolio string `json:"portfolio_id"`
	Number    string `json:"number_id"`
	Digits    string `json:"digits"`
	// Kind is code or qr; Challenge is what the owner enters or scans on the phone.
	// With kind sms it is what has come to the number, to be typed into the popup.
	Kind      string `json:"challenge_kind"`
	Challenge string `json:"challenge"`
	// Error is what the popup shows; the next step taken ends it.
	Error *SignupError `json:"error"`
	share bool
}

// SignupError is a refusal on the popup's screen.
type SignupError struct {
	ID      string `json:"error_id"`
	Message string `json:"error_message"`
}

// Steps of a signup, by the names that a cancellation tells (§2.4); the last two
// are ours.
const (
	StepAccount    = "BUSINESS_ACCOUNT_SELECTION"
	StepNumber     = "PHONE_NUMBER_SETUP"
	StepChallenge  = "PHONE_NUMBER_VERIFICATION"
	StepPermission = "PERMISSIONS"
	StepDone       = "DONE"
	StepCancelled  = "CANCELLED"
)

// onApp is the feature that connects the number of a WhatsApp Business app.
const onApp = "whatsapp_business_app_onboarding"

// SignupSpec is what FB.login was called with.
type SignupSpec struct {
	App         string `json:"app_id"`
	ConfigID    string `json:"config_id"`
	Feature     string `json:"feature_type"`
	SessionInfo string `json:"session_info_version"`
	Version     string `json:"version"` // of Embedded Signup: v2, v3, … empty if the configuration decides
}

// StartSignup opens the popup.
func (e *Emulator) StartSignup(s SignupSpec) (Signup, error) {
	e.enter()
	defer e.mu.Unlock()
	a := e.apps[s.App]
	switch {
	case a == nil:
		return Signup{}, fmt.Errorf("there is no app %q: FB.init needs the app_id of an app of this emulator", s.App)
	case s.ConfigID == "":
		return Signup{}, fmt.Errorf("config_id is missing: FB.login needs the id of a Facebook Login for Business configuration")
	case s.Feature == "coexistence":
		return Signup{}, fmt.Errorf("featureType coexistence is no longer accepted: write %s", onApp)
	}
	at := e.clock.Now()
	g := &Signup{
		ID: e.nodeID("signup"), App: a.ID, AppName: a.Name, Started: at, Feature: s.Feature, Step: StepAccount,
		SessionInfo: s.Version != "v2" && s.Version != "" || s.SessionInfo != "",
	}
	e.signups[g.ID] = g
	return *g, nil
}

// SignupState answers where a signup stands.
func (e *Emulator) SignupState(id string) (Signup, error) {
	return e.onSignup(id, "", func(*Signup, time.Time) error { return nil })
}

// onSignup takes a step of a signup that stands at one.
func (e *Emulator) onSignup(id, step string, do func(g *Signup, at time.Time) error) (Signup, error) {
	e.enter()
	defer e.mu.Unlock()
	g := e.signups[id]
	if g == nil {
		return Signup{}, fmt.Errorf("there is no signup %q: it was opened by FB.login", id)
	}
	if step != "" && g.Step != step {
		return Signup{}, fmt.Errorf("this signup is at %s, not at %s", g.Step, step)
	}
	if step != "" {
		g.Error = nil
	}
	if err := do(g, e.clock.Now()); err != nil {
		return Signup{}, err
	}
	return *g, nil
}

// SignupAccount chooses a portfolio.
func (e *Emulator) SignupAccount(id, portfolio string) (Signup, error) {
	return e.onSignup(id, StepAccount, func(g *Signup, _ time.Time) error {
		if e.portfolios[portfolio] == nil {
			return fmt.Errorf("there is no portfolio %q", portfolio)
		}
		g.Portfolio, g.Step = portfolio, StepNumber
		return nil
	})
}

// SignupNumber enters the phone number: of the WhatsApp Business app or, without
// the featureType for it, one that is to be the platform's alone. What Meta would
// refuse stays at this step with an error.
func (e *Emulator) SignupNumber(id, digits string) (Signup, error) {
	return e.onSignup(id, StepNumber, func(g *Signup, at time.Time) error {
		look := e.eligible
		if g.Feature != onApp {
			look = func(g *Signup, digits string, _ time.Time) (*number, string) { return e.alone(g, digits) }
		}
		n, why := look(g, digits, at)
		if why != "" {
			g.Error = &SignupError{ID: e.nodeID("error")[:6], Message: why}
			return nil
		}
		g.Number, g.Digits, g.Step = n.ID, n.Digits, StepChallenge
		if g.Feature != onApp {
			e.challengeAlone(g, n, at)
			return nil
		}
		g.Kind, g.Challenge = "code", strings.ToUpper(e.hexID("challenge", 4))
		if e.habits.SignupQR {
			g.Kind = "qr"
		}
		e.announce("numbers")
		return nil
	})
}

// guesses is how many wrong codes lock a number out, and for how long (§2.4:
// about 12 hours; the count is not published).
const (
	guesses   = 5
	lockedOut = 12 * time.Hour
)

// PhoneConfirmSignup is what the owner does on the phone: Connect, Confirm with
// the choice about the history, and the code or the QR picture.
func (e *Emulator) PhoneConfirmSignup(numberID, challenge string, shareHistory bool) error {
	return e.onPhone(numberID, func(n *number, at time.Time) error {
		g := e.signupOf(n)
		switch {
		case g == nil:
			return fmt.Errorf("nobody asks to connect this number: begin Embedded Signup first")
		case at.Before(n.lockedUntil):
			return fmt.Errorf("too many wrong codes: try again after %s", n.lockedUntil.UTC().Format("2 Jan 15:04"))
		case !strings.EqualFold(strings.TrimSpace(challenge), g.Challenge):
			n.wrong++
			if n.wrong >= guesses {
				n.wrong, n.lockedUntil = 0, at.Add(lockedOut)
			}
			return fmt.Errorf("this is not the code on the screen of Embedded Signup")
		}
		n.wrong = 0
		g.share, g.Step = shareHistory, StepPermission
		e.signOfLife(n, at)
		return nil
	})
}

// signupOf is the newest signup that waits for a phone.
func (e *Emulator) signupOf(n *number) (found *Signup) {
	for _, id := range sortedKeys(e.signups) {
		g := e.signups[id]
		if g.Number == n.ID && g.Step == StepChallenge && (found == nil || g.Started.After(found.Started)) {
			found = g
		}
	}
	return found
}

// SignupEnd is what the opener of the popup gets: messages, in the wire form of
// §2.4, and the code for the callback of FB.login, in an order that is not
// promised.
type SignupEnd struct {
	Code      string   `json:"code"`
	Messages  []string `json:"messages"`
	CodeFirst bool     `json:"code_first"`
}

// SignupFinish grants the permissions and onboards the number.
func (e *Emulator) SignupFinish(id string) (SignupEnd, error) {
	var end SignupEnd
	_, err := e.onSignup(id, StepPermission, func(g *Signup, at time.Time) error {
		n := e.numbers[g.Number]
		if n.Stage == StageLive {
			return fmt.Errorf("another signup has connected this number meanwhile")
		}
		if n.Coexistence {
			end.Code = e.onboard(n, g.App, g.share, at)
		} else {
			end.Code = e.addPartner(n, g.App, at) // It works once it is registered.
		}
		g.Step = StepDone
		if g.SessionInfo && !e.habits.SignupEventLost {
			end.Messages = append(end.Messages, string(e.finished(n)))
		}
		end.CodeFirst = e.habits.SignupCodeFirst
		return nil
	})
	return end, err
}

// finished is the event of success. Of a number in the app Meta documents the
// WABA alone; of another the number and the portfolio as well (§2.4).
func (e *Emulator) finished(n *number) []byte {
	var data, o wire.Object
	event := "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING"
	if e.habits.SignupExtraKeys || !n.Coexistence {
		data.Str("phone_number_id", n.ID).Str("business_id", n.Portfolio)
	}
	if e.habits.SignupExtraKeys {
		data.Str("waac_id", e.nodeID("waac"))
	}
	if !n.Coexistence {
		event = "FINISH"
	} else if e.habits.SignupPlainFinish {
		event = "FINISH"
		data.Bool("is_wa_login_user", true)
	}
	data.Str("waba_id", n.waba.ID)
	return o.Obj("data", &data).Str("type", "WA_EMBEDDED_SIGNUP").Str("event", event).Int("version", 3).Bytes()
}

// SignupCancel closes the popup before the end. With report the error on the
// screen is told to the opener, else the step.
func (e *Emulator) SignupCancel(id string, report bool) (SignupEnd, error) {
	var end SignupEnd
	_, err := e.onSignup(id, "", func(g *Signup, at time.Time) error {
		if g.Step == StepDone || g.Step == StepCancelled {
			return nil
		}
		var data, o wire.Object
		if report && g.Error != nil {
			data.Str("error_message", g.Error.Message).Str("error_id", g.Error.ID).Str("session_id", g.ID).Str("timestamp", unix(at))
		} else {
			data.Str("current_step", g.Step)
		}
		g.Step = StepCancelled
		o.Obj("data", &data).Str("type", "WA_EMBEDDED_SIGNUP").Str("event", "CANCEL").Int("version", 3)
		if g.SessionInfo && !e.habits.SignupEventLost {
			end.Messages = append(end.Messages, string(o.Bytes()))
		}
		return nil
	})
	return end, err
}
