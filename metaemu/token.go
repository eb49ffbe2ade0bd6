package metaemu

import (
	"crypto/hmac"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// The permissions a token may have (§1.1).
const (
	scopeManagement = "whatsapp_business_management"
	scopeMessaging  = "whatsapp_business_messaging"
	scopeBusiness   = "business_management"
)

// usualScopes are those of a token of which nothing is said. That of portfolios
// is among them, because a token of Embedded Signup may list what it was given.
var usualScopes = []string{scopeManagement, scopeMessaging, scopeBusiness}

// TokenSpec is what may be said about a new token.
type TokenSpec struct {
	// App is the app it belongs to, WABAs what it reaches, oldest first.
	App   string   `json:"app_id"`
	WABAs []string `json:"waba_ids"`
	// Scopes are its permissions; absent means those to manage, send and list.
	Scopes []string `json:"scopes"`
	// Life is how long it works: "60d", "24h"; empty means for ever.
	Life string `json:"life"`
}

// IssueToken makes a token, as somebody does who makes a system user's in Meta's
// settings.
func (e *Emulator) IssueToken(s TokenSpec) (value string, err error) {
	e.enter()
	defer e.mu.Unlock()
	return e.issueToken(s)
}

func (e *Emulator) issueToken(s TokenSpec) (value string, err error) {
	if s.App == "" {
		if a, ok := first(e.apps); ok {
			s.App = a.ID
		}
	}
	if e.apps[s.App] == nil {
		return "", fmt.Errorf("there is no app %q: create it with POST /_emulator/apps", s.App)
	}
	t := &token{value: "EAA" + e.hexID("token", 40), app: s.App, wabas: map[string]bool{}, issued: e.clock.Now(), scopes: s.Scopes}
	for _, id := range s.WABAs {
		if e.wabas[id] == nil {
			return "", fmt.Errorf("there is no waba %q: create it with POST /_emulator/wabas", id)
		}
		t.wabas[id] = true
		t.order = append(t.order, id)
	}
	for _, scope := range s.Scopes {
		if scope != "public_profile" && !slices.Contains(usualScopes, scope) {
			return "", fmt.Errorf("%q is no permission: write %s", scope, strings.Join(usualScopes, ", "))
		}
	}
	if s.Life != "" {
		d, err := parseSpan(s.Life)
		if err != nil {
			return "", fmt.Errorf("life: %w", err)
		}
		t.expires = t.issued.Add(d)
	}
	e.tokens[t.value] = t
	return t.value, nil
}

// RevokeToken makes a token invalid, as if its owner had taken the app's access
// away. ExpireToken lets it run out now.
func (e *Emulator) RevokeToken(value string) error {
	return e.onToken(value, func(t *token) { t.revoked = true })
}

// ExpireToken lets a token run out now.
func (e *Emulator) ExpireToken(value string) error {
	return e.onToken(value, func(t *token) { t.expires = e.clock.Now() })
}

func (e *Emulator) onToken(value string, do func(*token)) error {
	e.enter()
	defer e.mu.Unlock()
	t := e.tokens[value]
	if t == nil {
		return fmt.Errorf("there is no such token: the token of a waba is shown by GET /_emulator/wabas")
	}
	do(t)
	return nil
}

// may answers whether a token has a permission.
func (t *token) may(scope string) bool {
	if t.scopes == nil {
		return slices.Contains(usualScopes, scope)
	}
	return slices.Contains(t.scopes, scope)
}

// newestFirst are the WABAs a token reaches, in the order in which debug_token
// tells them (coexistence-protocol §2.5).
func (t *token) newestFirst() []string {
	list := slices.Clone(t.order)
	for _, id := range sortedKeys(t.wabas) {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	list = slices.DeleteFunc(list, func(id string) bool { return !t.wabas[id] })
	slices.Reverse(list)
	return list
}

// alive is why a token no longer works, or nil.
func (t *token) alive(now time.Time) *failure {
	switch {
	case t.revoked:
		return &failure{
			http: 401, code: 190, subcode: 467, plain: true,
			title: "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.",
		}
	case !t.expires.IsZero() && !now.Before(t.expires):
		return &failure{http: 401, code: 190, subcode: 463, plain: true, title: "Error validating access token: Session has expired."}
	}
	return nil
}

// userOf is the system user behind an app's tokens.
func userOf(app string) string { return "122" + app[:min(12, len(app))] }

// debugToken describes a token to its app.
func (e *Emulator) debugToken(c *call) answer {
	t, f := e.holder(c)
	if f != nil {
		return e.refuse(f)
	}
	value := c.query("input_token")
	if value == "" {
		return e.refuse(badParameter("The parameter input_token is required."))
	}
	var data, out wire.Object
	if id, secret, ok := strings.Cut(value, "|"); ok && id == t.app && hmac.Equal([]byte(secret), []byte(e.apps[id].Secret)) {
		data.Str("app_id", id).Str("type", "APP").Str("application", e.apps[id].Name).Bool("is_valid", true).List("scopes")
		return answer{http: http.StatusOK, body: out.Obj("data", &data).Bytes()}
	}
	asked := e.tokens[value]
	if asked == nil || asked.app != t.app {
		var er wire.Object
		er.Int("code", 190).Str("message", "Invalid OAuth access token.")
		data.Obj("error", &er).Bool("is_valid", false).List("scopes")
		return answer{http: http.StatusOK, body: out.Obj("data", &data).Bytes()}
	}
	expires := int64(0)
	if !asked.expires.IsZero() {
		expires = asked.expires.Unix()
	}
	data.Str("app_id", asked.app).Str("type", "SYSTEM_USER").Str("application", e.apps[asked.app].Name).
		Int("data_access_expires_at", 0).Int("expires_at", expires)
	dead := asked.alive(e.clock.Now())
	if dead != nil {
		var er wire.Object
		data.Obj("error", er.Int("code", int64(dead.code)).Str("message", dead.title).Int("subcode", int64(dead.subcode)))
	}
	scopes, granular := asked.described()
	data.Bool("is_valid", dead == nil).Int("issued_at", asked.issued.Unix()).
		List("scopes", scopes...).List("granular_scopes", granular...).Str("user_id", userOf(asked.app))
	return answer{http: http.StatusOK, body: out.Obj("data", &data).Bytes()}
}

// described are the permissions of a token, plainly and with what they reach.
func (t *token) described() (scopes, granular [][]byte) {
	var targets [][]byte
	for _, id := range t.newestFirst() {
		targets = append(targets, str(id))
	}
	list := t.scopes
	if list == nil {
		list = []string{scopeManagement, scopeMessaging}
	}
	for _, s := range list {
		scopes = append(scopes, str(s))
		if s == scopeManagement || s == scopeMessaging {
			var o wire.Object
			granular = append(granular, o.Str("scope", s).List("target_ids", targets...).Bytes())
		}
	}
	return scopes, granular
}

// exchangeCode turns a code of Embedded Signup into a token. A code lives 30 s
// and works once. With grant_type=client_credentials it answers the app's own.
func (e *Emulator) exchangeCode(c *call) answer {
	if f := e.oldVersion(c); f != nil {
		return e.refuse(f)
	}
	if c.query("client_id") == "" {
		return e.refuse(&failure{http: 400, code: 101, plain: true, title: "Missing client_id parameter."})
	}
	a := e.apps[c.query("client_id")]
	if a == nil {
		return e.refuse(&failure{http: 400, code: 101, plain: true, title: "Error validating application. Cannot get application info due to a system error."})
	}
	if !hmac.Equal([]byte(c.query("client_secret")), []byte(a.Secret)) {
		return e.refuse(&failure{http: 400, code: 1, plain: true, title: "Error validating client secret."})
	}
	var o wire.Object
	if c.query("grant_type") == "client_credentials" {
		return answer{http: http.StatusOK, body: o.Str("access_token", a.ID+"|"+a.Secret).Str("token_type", "bearer").Bytes()}
	}
	code := c.query("code")
	if code == "" {
		return e.refuse(&failure{http: 400, code: 1, plain: true, title: "Missing code parameter."})
	}
	g := e.codes[code]
	if g == nil || g.app != a.ID {
		return e.refuse(&failure{http: 400, code: 100, subcode: 36009, plain: true, title: "This authorization code has been used."})
	}
	delete(e.codes, code)
	if e.clock.Now().After(g.expires) {
		return e.refuse(&failure{http: 400, code: 100, subcode: 36007, plain: true, title: "This authorization code has expired."})
	}
	t := &token{value: "EAA" + e.hexID("token", 40), app: a.ID, wabas: map[string]bool{g.waba: true}, issued: e.clock.Now()}
	e.tokens[t.value] = t
	return answer{http: http.StatusOK, body: o.Str("access_token", t.value).Str("token_type", "bearer").Bytes()}
}
