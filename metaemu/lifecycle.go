package metaemu

import (
	"fmt"
	"slices"
	"time"

	"wasl/metaemu/wire"
)

// signOfLife notes that the phone app is alive, and makes sure somebody will
// look whether it still is in 14 days.
func (e *Emulator) signOfLife(n *number, at time.Time) {
	if at.After(n.phoneAlive) {
		n.phoneAlive = at
	}
	if n.watched || !n.Coexistence || n.Stage != StageLive {
		return
	}
	n.watched = true
	e.plan(n.phoneAlive, e.cfg.InactivityAfter, "phone.check", n)
}

// checkLife ends Coexistence if the phone has been silent for too long. What
// happened since the check was planned moves the check.
func (e *Emulator) checkLife(n *number, at time.Time) {
	n.watched = false
	if n.Stage != StageLive {
		return
	}
	if at.Sub(n.phoneAlive) < e.cfg.InactivityAfter {
		e.signOfLife(n, n.phoneAlive)
		return
	}
	e.partnerRemoved(n, "PRIMARY_INACTIVITY", "SYSTEM", at)
}

// partnerRemoved disconnects a number and says so. Without a reason there is no
// disconnection_info, as after the plain button in the app.
func (e *Emulator) partnerRemoved(n *number, reason, by string, at time.Time) {
	n.Stage, n.endedBy = StageDisconnected, or(reason, "button")
	e.emitAccount(n, n.Number.WABA, e.removal(n, reason, by), at)
	e.announce("numbers")
}

func (e *Emulator) removal(n *number, reason, by string) []byte {
	var v wire.Object
	v.Str("phone_number", n.Digits).Str("event", "PARTNER_REMOVED")
	if reason != "" && !e.habits.NoDisconnectionInfo {
		var info wire.Object
		v.Obj("disconnection_info", info.Str("reason", reason).Str("initiated_by", by))
	}
	return v.Bytes()
}

// PhoneDisconnect is the button in the app, with an empty reason; or one of
// Meta's other reasons: BUSINESS_DOWNGRADE, CHANGE_NUMBER, USER_RE_REGISTERED,
// ACCOUNT_DISCONNECTED, PRIMARY_INACTIVITY, COMPANION_INACTIVITY.
func (e *Emulator) PhoneDisconnect(numberID, reason string) error {
	e.enter()
	defer e.mu.Unlock()
	n, err := e.phoneOf(numberID)
	if err != nil {
		return err
	}
	by, ok := map[string]string{
		"": "", "BUSINESS_DOWNGRADE": "USER", "CHANGE_NUMBER": "USER", "USER_RE_REGISTERED": "USER", "ACCOUNT_DISCONNECTED": "USER",
		"PRIMARY_INACTIVITY": "SYSTEM", "COMPANION_INACTIVITY": "SYSTEM",
	}[reason]
	if !ok {
		return fmt.Errorf("reason %q is none of Meta's: leave it away or write one such as BUSINESS_DOWNGRADE or CHANGE_NUMBER", reason)
	}
	if n.Stage == StageDisconnected {
		return fmt.Errorf("this number is disconnected already: use link to onboard it again")
	}
	e.partnerRemoved(n, reason, by, e.clock.Now())
	return nil
}

// reconnectAfter is how long the way back takes once the owner leaves the
// opt-in ticked: "within minutes" (reconnect guide, May 2026).
var reconnectAfter = Delay{time.Minute, 5 * time.Minute}

// PhoneChangeDevice moves the app to another phone: ACCOUNT_OFFBOARDED at once
// and, if the owner keeps the opt-in, ACCOUNT_RECONNECTED one to five minutes
// later. What customers write in between reaches the phone only.
func (e *Emulator) PhoneChangeDevice(numberID string, keepOptIn bool) error {
	e.enter()
	defer e.mu.Unlock()
	n, err := e.phoneOf(numberID)
	if err != nil {
		return err
	}
	if n.Stage != StageLive {
		return fmt.Errorf("this number is %s: only a live one can change its device", n.Stage)
	}
	at := e.clock.Now()
	n.Stage = StageSuspended
	n.relink++
	var back time.Duration
	if keepOptIn {
		back = e.draw(reconnectAfter)
	}
	if e.habits.LateOffboarded && keepOptIn {
		// As in Meta's own samples: a second after what ends it (§4.8).
		e.plan(at, back+time.Second, "phone.event", eventDeed{n, "ACCOUNT_OFFBOARDED"})
	} else {
		e.accountEvent(n, "ACCOUNT_OFFBOARDED", at)
	}
	if e.habits.RemovedToo {
		e.emitAccount(n, n.Number.WABA, e.removal(n, "USER_RE_REGISTERED", "USER"), at)
	}
	if keepOptIn {
		e.plan(at, back, "phone.back", backDeed{n, n.relink})
	}
	return nil
}

// PhoneReconnect ends a suspension now.
func (e *Emulator) PhoneReconnect(numberID string) error {
	e.enter()
	defer e.mu.Unlock()
	n, err := e.phoneOf(numberID)
	if err != nil {
		return err
	}
	if n.Stage != StageSuspended {
		return fmt.Errorf("this number is %s: only a suspended one reconnects; use link after a disconnection", n.Stage)
	}
	e.reconnected(n, e.clock.Now())
	return nil
}

func (e *Emulator) reconnected(n *number, at time.Time) {
	n.Stage = StageLive
	e.accountEvent(n, "ACCOUNT_RECONNECTED", at)
	e.signOfLife(n, at)
}

// accountEvent is an account_update with nothing but its name: Meta does not
// say which number is meant.
func (e *Emulator) accountEvent(n *number, event string, at time.Time) {
	var v wire.Object
	e.emitAccount(n, n.Number.WABA, v.Str("event", event).Bytes(), at)
	e.announce("numbers")
}

// codeLife is how long a code of Embedded Signup lives.
const codeLife = 30 * time.Second

// PhoneLink onboards a number anew: a new 24-hour window for both syncs,
// PARTNER_ADDED, the app subscribed, and a code that can be exchanged for
// a token within 30 s. Windows that were open before are closed.
func (e *Emulator) PhoneLink(numberID string, shareHistory bool) (code string, err error) {
	e.enter()
	defer e.mu.Unlock()
	n, err := e.phoneOf(numberID)
	if err != nil {
		return "", err
	}
	return e.onboard(n, n.App, shareHistory, e.clock.Now()), nil
}

// onboard connects a number and grants the app a code.
func (e *Emulator) onboard(n *number, app string, shareHistory bool, at time.Time) (code string) {
	n.Stage, n.Onboarded, n.ShareHistory = StageLive, at, shareHistory
	n.synced = map[string]bool{}
	n.moveIn()
	for _, t := range n.chats {
		t.lastIn = time.Time{}
	}
	e.signOfLife(n, at)
	return e.addPartner(n, app, at)
}

// addPartner gives an app the account of a number: PARTNER_ADDED, and the code
// that is exchanged for a token.
func (e *Emulator) addPartner(n *number, app string, at time.Time) (code string) {
	var v, info wire.Object
	v.Str("event", "PARTNER_ADDED").Obj("waba_info", info.Str("waba_id", n.Number.WABA).Str("owner_business_id", n.Portfolio))
	u := update{entry: n.Portfolio, time: at, field: "account_update", value: v.Bytes()}
	if !slices.ContainsFunc(n.waba.subs, func(s subscription) bool { return s.app == app }) {
		e.tellApp(e.apps[app], u, at) // it hears of its own signup before it subscribes
	}
	e.tell(n, u, at)
	code = "AQ" + e.hexID("code", 24)
	e.codes[code] = &grant{app: app, waba: n.Number.WABA, expires: at.Add(codeLife)}
	e.announce("numbers")
	return code
}
