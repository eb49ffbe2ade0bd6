package metaemu

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// GraphRules are the limits of calls that manage, and the answers where sources
// disagree. They are data: a test may set limits it can reach.
type GraphRules struct {
	// IdlePerHour and ActivePerHour are how many calls one app may make about one
	// WABA in a rolling hour, without and with a registered number; above them is
	// 80007 (§6.1, DOC/about-the-platform, Sep 2026).
	IdlePerHour   int `json:"idle_per_hour"`
	ActivePerHour int `json:"active_per_hour"`
	// AppPerHour is how many calls an app may make in all; above them is 4. Meta
	// counts users for it, whom nobody has here: zero means no limit.
	AppPerHour int `json:"app_per_hour"`
	// UnknownAs803 answers unknown objects with HTTP 404 and 803, as the OpenAPI
	// document does, and not with 100 and subcode 33.
	UnknownAs803 bool `json:"unknown_as_803"`
	// DeniedAs10 answers a missing permission with 10 and not with 200.
	DeniedAs10 bool `json:"denied_as_10"`
	// VersionError is the code for a Graph version that is gone; zero is 2635.
	VersionError int `json:"version_error"`
	// ReservedUsernames answers a new username as reserved until a test approves
	// it; otherwise it is approved at once.
	ReservedUsernames bool `json:"reserved_usernames"`
}

func (r GraphRules) versionCode() int {
	if r.VersionError != 0 {
		return r.VersionError
	}
	return 2635
}

// callsAtMost bounds what the limits can be set to: a meter keeps one time for
// each call of the last hour, of an app and of an app about a WABA.
const callsAtMost = 100_000

func defaultRules() GraphRules { return GraphRules{IdlePerHour: 200, ActivePerHour: 5000} }

// GraphRules answers the limits that are in force.
func (e *Emulator) GraphRules() GraphRules {
	e.enter()
	defer e.mu.Unlock()
	return e.account.rules
}

// SetGraphRules sets them.
func (e *Emulator) SetGraphRules(r GraphRules) error {
	if min(r.IdlePerHour, r.ActivePerHour) < 1 || r.AppPerHour < 0 {
		return fmt.Errorf("idle_per_hour and active_per_hour are at least 1, app_per_hour at least 0")
	}
	if max(r.IdlePerHour, r.ActivePerHour, r.AppPerHour) > callsAtMost {
		return fmt.Errorf("a limit of calls is at most %d an hour", callsAtMost)
	}
	if r.VersionError < 0 {
		return fmt.Errorf("version_error is a code, or 0 for 2635")
	}
	e.enter()
	defer e.mu.Unlock()
	e.account.rules = r
	return nil
}

// meter counts the calls of the last hour. It keeps no more of them than the
// limit, because what is refused is not counted.
type meter struct{ calls []time.Time }

func (m *meter) count(now time.Time) int {
	old := 0
	for old < len(m.calls) && now.Sub(m.calls[old]) >= time.Hour {
		old++
	}
	m.calls = slices.Delete(m.calls, 0, old)
	return len(m.calls)
}

// regain is the minutes until the oldest call is forgotten.
func (m *meter) regain(now time.Time) int64 {
	if len(m.calls) == 0 {
		return 0
	}
	return int64((m.calls[0].Add(time.Hour).Sub(now) + time.Minute - 1) / time.Minute)
}

func (e *Emulator) meterOf(key string) *meter {
	m := e.account.meters[key]
	if m == nil {
		m = &meter{}
		e.account.meters[key] = m
	}
	return m
}

// metered answers whether a call counts as management: sending and media have
// limits of their own.
func metered(c *call, t target) bool {
	switch c.edge {
	case "messages", "marketing_messages", "media":
		return false
	}
	return t.waba != "" && t.kind != "media"
}

// throttled counts a call and refuses it above the limits. What is refused does
// not count.
func (e *Emulator) throttled(c *call, t *token, on target) *failure {
	r := e.account.rules
	all := e.meterOf(t.app)
	if r.AppPerHour > 0 {
		if all.count(c.arrived) >= r.AppPerHour {
			return &failure{http: e.cfg.ThrottleHTTP, code: 4, title: "Application request limit reached", transient: true}
		}
		all.calls = append(all.calls, c.arrived)
	}
	if !metered(c, on) {
		return nil
	}
	m := e.meterOf(t.app + " " + on.waba)
	if m.count(c.arrived) >= e.perHour(on.waba) {
		f := fail(80007, "Too many calls to this WhatsApp Business account within an hour.")
		f.http, f.transient = e.cfg.ThrottleHTTP, true
		return f
	}
	m.calls = append(m.calls, c.arrived)
	return nil
}

// perHour is more once a number of the WABA is registered.
func (e *Emulator) perHour(wabaID string) int {
	for _, id := range e.order {
		if n := e.numbers[id]; n.Number.WABA == wabaID && n.Stage == StageLive {
			return e.account.rules.ActivePerHour
		}
	}
	return e.account.rules.IdlePerHour
}

// usage are the headers that tell how much of the limits is used, in percent.
// Processor time is not emulated and stays at zero.
func (e *Emulator) usage(t *token, on target, now time.Time) map[string]string {
	app := 0
	if limit := e.account.rules.AppPerHour; limit > 0 {
		app = e.meterOf(t.app).count(now) * 100 / limit
	}
	h := map[string]string{"X-App-Usage": string(usageObject(app).Bytes())}
	w := e.wabas[on.waba]
	if w == nil {
		return h
	}
	m := e.meterOf(t.app + " " + on.waba)
	used := m.count(now) * 100 / e.perHour(on.waba)
	regain := int64(0)
	if used >= 100 {
		regain = m.regain(now)
	}
	var item, o wire.Object
	item.Str("type", "whatsapp_business_management").Int("call_count", int64(used)).Int("total_cputime", 0).Int("total_time", 0).
		Int("estimated_time_to_regain_access", regain)
	h["X-Business-Use-Case-Usage"] = string(o.List(w.Portfolio, item.Bytes()).Bytes())
	return h
}

func usageObject(percent int) *wire.Object {
	var o wire.Object
	return o.Int("call_count", int64(percent)).Int("total_cputime", 0).Int("total_time", 0)
}

// scoped refuses a token that lacks the permission an edge needs (§1.1): what
// sends, registers and shows the profile needs messaging, portfolios need
// business_management, the rest management.
func (e *Emulator) scoped(t *token, ed edge) *failure {
	scope := scopeOf(ed)
	if ed.open || scope == "" || t == nil || t.may(scope) {
		return nil
	}
	f := &failure{
		http: http.StatusForbidden, code: 200, title: "API Permission not granted",
		details: "The access token lacks the permission " + scope + ".",
	}
	if e.account.rules.DeniedAs10 {
		f.code, f.title = 10, known[10].title
	}
	return f
}

// messagingEdges are the edges of a number for which the permission to send is
// the one that is needed.
var messagingEdges = strings.Fields("messages marketing_messages media register deregister request_code verify_code whatsapp_business_profile block_users")

func scopeOf(ed edge) string {
	switch {
	case ed.on == "portfolio":
		return scopeBusiness
	case ed.on == "media", ed.on == "number" && slices.Contains(messagingEdges, ed.name):
		return scopeMessaging
	case ed.on == "user" || ed.on == "":
		return ""
	}
	return scopeManagement
}
