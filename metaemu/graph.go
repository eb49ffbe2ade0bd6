package metaemu

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// oldestVersion and newestVersion bound the Graph versions that are served:
// v20.0 was removed on 24 Sep 2026, v26.0 is the newest seen (Graph changelog).
const (
	oldestVersion = 21
	newestVersion = 26
)

// maxRequest bounds the body of a Graph call, but for the file in it.
const maxRequest = 1 << 20

// call is one Graph request, read and authenticated.
type call struct {
	method, node, edge string
	token              string
	proof              string
	query              func(string) string
	asked              url.Values // the query alone
	body               []byte
	arrived            time.Time
	version            int
	base               string            // the address the caller knows Meta by
	form               *parts            // the body, if it is in several parts
	offset             string            // the header file_offset
	links              map[string]*found // what stands at the links of a send
	// holder and target are set once the caller and the object are known.
	holder *token
	target target
}

// answer is what goes back: a status and a body, or nothing at all.
type answer struct {
	http int
	body []byte
	lost bool
	slow time.Duration
	// header are headers besides the usual ones.
	header map[string]string
}

var success = answer{http: http.StatusOK, body: []byte(`{"success":true}`)}

func (e *Emulator) refuse(f *failure) answer {
	return answer{http: f.http, body: f.envelope(e.trace())}
}

// trace is an fbtrace_id.
func (e *Emulator) trace() string { return "A" + e.hexID("trace", 10) }

func itoa(n int) string { return strconv.Itoa(n) }

// Handler serves Meta's side (/v25.0/…, /oauth/…), the emulator's own side
// (/_emulator/…) and its screen (/).
func (e *Emulator) Handler() http.Handler {
	mux := http.NewServeMux()
	e.ownRoutes(mux)
	// A page of somebody else's in the same browser may not play Meta.
	own := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		version, rest, ok := graphPath(r.URL.Path)
		if !ok && (r.URL.Path != "/" || !r.URL.Query().Has("ids")) {
			own.ServeHTTP(w, r)
			return
		}
		e.serveGraph(w, r, version, rest)
	})
}

// graphPath splits "/v25.0/123/messages" into 25 and "123/messages". A path
// that begins with an id or with a name that Graph has instead of one belongs to
// Graph without a version, which is 0 here (§1.1).
func graphPath(path string) (version int, rest string, ok bool) {
	switch id, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/"); {
	case isID(id), id == "me", id == "oauth", id == "debug_token":
		return 0, path[1:], true
	}
	if strings.HasPrefix(path, "/"+uploadPrefix) {
		return 0, path[1:], true
	}
	if !strings.HasPrefix(path, "/v") {
		return 0, "", false
	}
	head, rest, _ := strings.Cut(path[2:], "/")
	major, minor, dot := strings.Cut(head, ".")
	n, err := strconv.Atoi(major)
	if err != nil || !dot || minor != "0" {
		return 0, "", false
	}
	return n, rest, true
}

// isID answers whether s can be the id of an object: digits only.
func isID(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func (e *Emulator) serveGraph(w http.ResponseWriter, r *http.Request, version int, rest string) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, roomFor(r.Method, rest)))
	if err != nil {
		var tooLarge *http.MaxBytesError
		e.cutShort(w, r, version, rest, body, errors.As(err, &tooLarge))
		return // The caller is gone, or sent a body that no call of this floor has.
	}
	ctx := r.Context()
	if e.clock.Sleep(ctx, e.leg(e.cfg.Latency.To)) != nil {
		return
	}
	if version == 0 {
		version = oldestServed(e.clock.Now())
	}
	tell := e.witness(r, rest, body)
	a := e.call(ctx, r, version, rest, body)
	tell(a)
	if e.clock.Sleep(ctx, e.leg(e.cfg.Latency.Back)+a.slow) != nil || a.lost {
		panic(http.ErrAbortHandler) // Close the connection without a byte.
	}
	h := w.Header()
	h["Content-Type"] = []string{"application/json; charset=UTF-8"}
	h["Facebook-Api-Version"] = []string{"v" + itoa(version) + ".0"}
	for k, v := range a.header {
		h.Set(k, v)
	}
	w.WriteHeader(a.http)
	_, _ = w.Write(a.body) // A caller that has hung up hears nothing.
}

// leg draws one leg of the road.
func (e *Emulator) leg(d Delay) time.Duration {
	if d.Max <= d.Min {
		return d.Min
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.draw(d)
}

func (e *Emulator) call(ctx context.Context, r *http.Request, version int, rest string, body []byte) answer {
	c := &call{
		method: r.Method, body: body, version: version, base: baseOf(r),
		form: readForm(r.Header.Get("Content-Type"), body), offset: r.Header.Get("file_offset"),
	}
	c.query = c.formReader(r, carriesFile(r.Method, rest))
	c.node, c.edge, _ = strings.Cut(strings.Trim(rest, "/"), "/")
	c.asked = r.URL.Query()
	c.token = or(bearer(r), c.query("access_token"))
	c.proof = c.query("appsecret_proof")
	if f := handshakeFor(c); f != nil {
		return e.configure(ctx, c, f)
	}
	if c.sends() {
		c.links = e.fetched(ctx, body)
	}
	e.enter()
	defer e.mu.Unlock()
	c.arrived, e.media.base = e.clock.Now(), c.base
	return e.counted(c)
}

// counted answers a call within the limits of calls, and says in its headers how
// much of them is used.
func (e *Emulator) counted(c *call) answer {
	t, f := e.holder(c)
	if f == nil && c.node == "me" {
		c.node = userOf(t.app)
	}
	if f != nil {
		return e.dispatchOrSend(c)
	}
	if e.surface.root[c.node] {
		a := e.dispatchOrSend(c)
		a.header = e.usage(t, target{}, c.arrived)
		return a
	}
	on := e.lookUp(c.node)
	if f := e.throttled(c, t, on); f != nil {
		a := e.refuse(f)
		a.header = e.usage(t, on, c.arrived)
		return a
	}
	var a answer
	if c.node == "" {
		a = e.severalNodes(c)
	} else {
		a = e.dispatchOrSend(c)
	}
	usage := e.usage(t, on, c.arrived)
	maps.Copy(usage, a.header)
	a.header = usage
	return a
}

func (e *Emulator) dispatchOrSend(c *call) answer {
	if c.sends() {
		return e.postMessage(c)
	}
	return e.withTrouble(c)
}

// baseOf is the scheme and host of a request, for addresses in answers.
func baseOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// multiGetUntil is when GET /?ids= ended for every version; v26.0 never had it
// (Graph changelog, §1.1).
var multiGetUntil = time.Date(2026, 10, 27, 0, 0, 0, 0, time.UTC)

// severalNodes is the old way to ask for several objects at once.
func (e *Emulator) severalNodes(c *call) answer {
	ids := c.query("ids")
	if c.method != http.MethodGet || ids == "" || c.version >= 26 || !c.arrived.Before(multiGetUntil) {
		return e.refuse(notFound(c.method, c.node))
	}
	var o wire.Object
	t, f := e.holder(c)
	if f != nil {
		return e.refuse(f)
	}
	for id := range strings.SplitSeq(ids, ",") {
		one := *c
		one.node = strings.TrimSpace(id)
		// Each object counts as a call of its own.
		if f := e.throttled(&one, t, e.lookUp(one.node)); f != nil {
			return e.refuse(f)
		}
		a := e.dispatch(&one)
		if a.http != http.StatusOK {
			return a
		}
		o.Raw(one.node, a.body)
	}
	return answer{http: http.StatusOK, body: o.Bytes()}
}

// formReader finds a flat parameter wherever Meta accepts it: in the query, in
// a form, or in a JSON body. The body of a file is not searched.
func (c *call) formReader(r *http.Request, file bool) func(string) string {
	body := c.body
	return func(key string) string {
		if v := r.URL.Query().Get(key); v != "" {
			return v
		}
		if c.form != nil {
			return c.form.fields[key]
		}
		if len(body) == 0 || file && body[0] != '{' {
			return ""
		}
		if body[0] == '{' {
			var m map[string]json.RawMessage
			if json.Unmarshal(body, &m) != nil {
				return ""
			}
			var s string
			if json.Unmarshal(m[key], &s) != nil {
				return string(m[key])
			}
			return s
		}
		return formValue(string(body), key)
	}
}

// removed is when a version ends (Graph changelog, read Sep 2026).
var removed = map[int]time.Time{
	21: time.Date(2027, 1, 21, 0, 0, 0, 0, time.UTC),
	22: time.Date(2027, 5, 20, 0, 0, 0, 0, time.UTC),
	23: time.Date(2027, 10, 8, 0, 0, 0, 0, time.UTC),
	24: time.Date(2028, 2, 18, 0, 0, 0, 0, time.UTC),
	25: time.Date(2028, 7, 29, 0, 0, 0, 0, time.UTC),
}

// served answers whether a version can be called at a time.
func served(version int, at time.Time) bool {
	end := removed[version]
	return version >= oldestVersion && version <= newestVersion && (end.IsZero() || at.Before(end))
}

// oldestServed is the version of a call that names none.
func oldestServed(at time.Time) int {
	for v := oldestVersion; v < newestVersion; v++ {
		if served(v, at) {
			return v
		}
	}
	return newestVersion
}

// oldVersion refuses a Graph version that is gone or has not come. The code is
// that of former years; whether it still holds was not verified (§10).
func (e *Emulator) oldVersion(c *call) *failure {
	if served(c.version, c.arrived) {
		return nil
	}
	return &failure{
		http: http.StatusBadRequest, code: e.account.rules.versionCode(),
		title: "You are calling a deprecated version of the Ads API. Please update to the latest version: v" + itoa(newestVersion) + ".0.",
	}
}

// holder finds who calls. Errors of access come before all others.
func (e *Emulator) holder(c *call) (*token, *failure) {
	if f := e.oldVersion(c); f != nil {
		return nil, f
	}
	if c.token == "" {
		return nil, &failure{http: 401, code: 104, plain: true, title: "An access token is required to request this resource."}
	}
	if id, secret, ok := strings.Cut(c.token, "|"); ok {
		if a := e.apps[id]; a != nil && hmac.Equal([]byte(secret), []byte(a.Secret)) {
			return &token{value: c.token, app: id}, nil
		}
		return nil, badToken()
	}
	t := e.tokens[c.token]
	if t == nil {
		return nil, badToken()
	}
	if f := t.alive(e.clock.Now()); f != nil {
		return nil, f
	}
	return t, e.proven(t, c.proof)
}

func badToken() *failure {
	return &failure{http: 401, code: 190, plain: true, title: "Invalid OAuth access token - Cannot parse access token"}
}

// proven checks appsecret_proof where the app requires it.
func (e *Emulator) proven(t *token, proof string) *failure {
	a := e.apps[t.app]
	if a == nil || !a.RequireProof {
		return nil
	}
	if proof == "" {
		return &failure{http: 400, code: 100, plain: true, title: "API calls from the server require an appsecret_proof argument"}
	}
	mac := hmac.New(sha256.New, []byte(a.Secret))
	mac.Write([]byte(t.value))
	if !hmac.Equal([]byte(proof), []byte(hex.EncodeToString(mac.Sum(nil)))) {
		return &failure{http: 400, code: 100, plain: true, title: "Invalid appsecret_proof provided in the API argument"}
	}
	return nil
}

// mayUse answers whether a token reaches a WABA.
func (e *Emulator) mayUse(t *token, wabaID string) *failure {
	if t.wabas[wabaID] {
		return nil
	}
	if e.account.rules.DeniedAs10 {
		return fail(10, "The access token does not reach this WhatsApp Business Account.")
	}
	return &failure{
		http: http.StatusForbidden, code: 200, subcode: 1349174,
		title: "You do not have the necessary permissions to send messages on behalf of this WhatsApp Business Account",
	}
}

// unknown is the answer for an id nobody has.
func (e *Emulator) unknown(c *call) *failure {
	if e.account.rules.UnknownAs803 {
		return unknownObject(c.node)
	}
	return notFound(c.method, c.node)
}

// rootEdges are asked without an object.
func rootEdges() []edge {
	return []edge{
		{method: "GET", name: "debug_token", fields: "input_token", codes: []int{190}, source: "cloud-api-protocol §1.1", do: (*Emulator).debugToken},
		{method: "GET", name: "oauth/access_token", fields: "client_id client_secret code grant_type redirect_uri", codes: []int{1, 100, 101}, source: "cloud-api-protocol §7.9", do: (*Emulator).exchangeCode},
		{method: "POST", name: "oauth/access_token", fields: "client_id client_secret code grant_type redirect_uri", codes: []int{1, 100, 101}, source: "cloud-api-protocol §7.9", do: (*Emulator).exchangeCode},
	}
}
