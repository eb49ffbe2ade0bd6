package metaemu

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wasl/metaemu/wire"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

func formValue(body, key string) string {
	v, err := url.ParseQuery(body)
	if err != nil {
		return ""
	}
	return v.Get(key)
}

// numberEdges are those of /{phone-number-id}, except messages.
func numberEdges() []edge {
	return []edge{
		{on: "number", method: "GET", fields: allNumberFields, source: "cloud-api-protocol §7.1", do: ofNumber(func(e *Emulator, c *call, n *number) answer {
			return answer{http: http.StatusOK, body: e.numberNode(c, n, c.query("fields"))}
		})},
		{
			on: "number", method: "POST", fields: "pin search_visibility new_display_name webhook_configuration", codes: []int{100},
			source: "cloud-api-protocol §7.1", do: ofNumber((*Emulator).changeNumber),
		},
		{on: "number", method: "POST", name: "smb_app_data", fields: "messaging_product sync_type", codes: []int{100, 2593107, 2593108}, source: "coexistence-protocol §3", do: ofNumber((*Emulator).postSync)},
	}
}

// numberFields are asked for when a call names none.
const numberFields = "verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,throughput,webhook_configuration,last_onboarded_time"

// allNumberFields are those that a number can be asked for.
const allNumberFields = "id verified_name display_phone_number code_verification_status quality_rating platform_type throughput status name_status " +
	"account_mode is_on_biz_app is_official_business_account last_onboarded_time whatsapp_business_manager_messaging_limit messaging_limit_tier " +
	"webhook_configuration new_display_name new_name_status search_visibility username conversational_automation health_status"

// numberNode is the phone number node with the fields asked for, and its id.
// Unknown fields are left out.
func (e *Emulator) numberNode(c *call, n *number, fields string) []byte {
	return e.nodeOf(c, "number", n.ID, or(fields, numberFields), func(s selection) []byte { return e.numberField(c, n, s.name) })
}

func (e *Emulator) callbacksOf(n *number) *wire.Object {
	var o wire.Object
	o.Opt("phone_number", n.override)
	for _, s := range n.waba.subs {
		o.Opt("whatsapp_business_account", s.override)
		break
	}
	if a := e.apps[n.App]; a != nil {
		o.Opt("application", a.Callback)
	}
	return &o
}

// wabaEdges are those of /{waba-id}.
func wabaEdges() []edge {
	return []edge{
		{on: "waba", method: "GET", fields: wabaFields, source: "cloud-api-protocol §7.9", do: ofWABA((*Emulator).wabaNode)},
		{on: "waba", method: "GET", name: "phone_numbers", fields: allNumberFields + " sort limit after before", source: "cloud-api-protocol §7.1", do: ofWABA(func(e *Emulator, c *call, w *waba) answer {
			return e.phoneNumbers(c, w)
		})},
		{on: "waba", method: "GET", name: "subscribed_apps", fields: "whatsapp_business_api_data override_callback_uri", source: "cloud-api-protocol §5.3", do: ofWABA(func(e *Emulator, _ *call, w *waba) answer {
			return answer{http: http.StatusOK, body: e.subscribedApps(w)}
		})},
		{on: "waba", method: "POST", name: "subscribed_apps", fields: "override_callback_uri verify_token", codes: []int{100}, source: "cloud-api-protocol §5.3", do: ofWABA(func(_ *Emulator, c *call, w *waba) answer {
			// Without a body the app is subscribed and an override goes.
			w.unsubscribe(c.holder.app)
			w.subs = append(w.subs, subscription{app: c.holder.app})
			return success
		})},
		{on: "waba", method: "DELETE", name: "subscribed_apps", source: "cloud-api-protocol §5.3", do: ofWABA(func(_ *Emulator, c *call, w *waba) answer {
			w.unsubscribe(c.holder.app)
			return success
		})},
	}
}

func (w *waba) unsubscribe(app string) {
	w.subs = slices.DeleteFunc(w.subs, func(s subscription) bool { return s.app == app })
}

// wabaNode is the WABA with the fields asked for.
func (e *Emulator) wabaNode(c *call, w *waba) answer {
	fields := or(c.query("fields"), "name,currency,timezone_id,message_template_namespace")
	if f := e.miscounted(c, fields); f != nil {
		return e.refuse(f)
	}
	return answer{http: http.StatusOK, body: e.wabaBody(c, w, fields)}
}

func (e *Emulator) wabaBody(c *call, w *waba, fields string) []byte {
	return e.nodeOf(c, "waba", w.ID, fields, func(s selection) []byte {
		switch s.name {
		case "name":
			return str(w.Name)
		case "currency":
			return str(w.Currency)
		case "timezone_id":
			return str("1")
		case "message_template_namespace":
			return str("sample_" + w.ID)
		case "account_review_status":
			return str(or(e.setupOfWABA(w).review, "APPROVED"))
		case "business_verification_status":
			// Meta verifies before it gives more than the first limit, or for other
			// reasons (§6.1).
			return str(map[bool]string{true: "UNVERIFIED", false: "VERIFIED"}[e.tierOf(w.Portfolio) == tiers[0]])
		case "country", "primary_business_location":
			return optional(e.countryOfWABA(w))
		case "ownership_type":
			return str("SELF_OWNED")
		case "owner_business_info":
			var o wire.Object
			if p := e.portfolios[w.Portfolio]; p != nil {
				return o.Str("name", p.Name).Str("id", p.ID).Bytes()
			}
		case "health_status":
			return healthOf(e.accountHealth(w, c.holder.app)...)
		case "whatsapp_business_manager_messaging_limit":
			return str(e.tierOf(w.Portfolio))
		case "is_enabled_for_insights":
			return boolean(e.templates.insights[w.ID])
		}
		return nil
	})
}

// countryOfWABA is that of its first number.
func (e *Emulator) countryOfWABA(w *waba) string {
	for _, id := range e.order {
		if n := e.numbers[id]; n.waba == w {
			return n.Country
		}
	}
	return ""
}

func (e *Emulator) phoneNumbers(c *call, w *waba) answer {
	var list []*number
	for _, id := range e.order {
		if n := e.numbers[id]; n.waba == w {
			list = append(list, n)
		}
	}
	if f := sorted(list, c.query("sort")); f != nil {
		return e.refuse(f)
	}
	var rows []row
	for _, n := range list {
		rows = append(rows, row{key: n.ID, late: func() []byte { return e.numberNode(c, n, c.query("fields")) }})
	}
	return e.page(c, rows)
}

// sorted puts numbers in the order asked for: ['last_onboarded_time_ascending'] as
// the page has it (§7.1), or last_onboarded_time.asc as the OpenAPI document has.
func sorted(list []*number, by string) *failure {
	if strings.HasPrefix(by, "[") {
		words, ok := listOfWords(by)
		if !ok || len(words) != 1 {
			return badParameter("Param sort must hold one order, such as last_onboarded_time_ascending.")
		}
		by = words[0]
	}
	switch by {
	case "", "creation_time.asc":
	case "creation_time.desc":
		slices.Reverse(list)
	case "last_onboarded_time_ascending", "last_onboarded_time.asc":
		slices.SortStableFunc(list, func(a, b *number) int { return a.Onboarded.Compare(b.Onboarded) })
	case "last_onboarded_time_descending", "last_onboarded_time.desc":
		slices.SortStableFunc(list, func(a, b *number) int { return b.Onboarded.Compare(a.Onboarded) })
	default:
		return badParameter("Param sort must be one of {last_onboarded_time_ascending, last_onboarded_time_descending}")
	}
	return nil
}

func (e *Emulator) subscribedApps(w *waba) []byte {
	var list [][]byte
	for _, s := range w.subs {
		var data, item wire.Object
		data.Str("id", s.app).Str("link", "https://www.facebook.com/games/?app_id="+s.app).Str("name", e.apps[s.app].Name)
		item.Obj("whatsapp_business_api_data", &data).Opt("override_callback_uri", s.override)
		list = append(list, item.Bytes())
	}
	var o wire.Object
	return o.List("data", list...).Bytes()
}

// appEdges are those of /{app-id}; only the app itself may ask.
func appEdges() []edge {
	return []edge{
		{on: "app", method: "GET", name: "subscriptions", open: true, fields: "object callback_url active fields", source: "cloud-api-protocol §5.1", do: ofApp((*Emulator).subscriptions)},
		{on: "app", method: "DELETE", name: "subscriptions", open: true, codes: []int{100}, source: "cloud-api-protocol §5.1", do: ofApp((*Emulator).unsubscribe)},
	}
}

// itself refuses callers that are not the app they ask about.
func itself(c *call, a *app) *failure {
	if a.ID == c.holder.app && strings.Contains(c.token, "|") {
		return nil
	}
	return notFound(c.method, c.node)
}

func (e *Emulator) subscriptions(c *call, a *app) answer {
	if f := itself(c, a); f != nil {
		return e.refuse(f)
	}
	var fields [][]byte
	for _, f := range a.Fields {
		var o wire.Object
		fields = append(fields, o.Str("name", f).Str("version", "v"+itoa(newestVersion)+".0").Bytes())
	}
	var item, o wire.Object
	item.Str("object", "whatsapp_business_account").Str("callback_url", a.Callback).Bool("active", a.Callback != "").List("fields", fields...)
	return answer{http: http.StatusOK, body: o.List("data", item.Bytes()).Bytes()}
}

func (e *Emulator) unsubscribe(c *call, a *app) answer {
	if f := itself(c, a); f != nil {
		return e.refuse(f)
	}
	a.Callback, a.Fields, a.fields = "", nil, map[string]bool{}
	return success
}

// handshake is a configuration that Meta verifies with a live GET before it
// takes effect: an app's callback, or an override for a WABA or a number.
type handshake struct {
	edge, url, verify string
	fields            []string
}

// handshakeFor answers what has to be verified for this call, or nil.
func handshakeFor(c *call) *handshake {
	if c.method != http.MethodPost {
		return nil
	}
	switch c.edge {
	case "subscriptions":
		h := &handshake{edge: c.edge, url: c.query("callback_url"), verify: c.query("verify_token")}
		if f := c.query("fields"); f != "" {
			if strings.HasPrefix(f, "[") {
				_ = json.Unmarshal([]byte(f), &h.fields) // A list that cannot be read is no list.
			} else {
				h.fields = strings.Split(f, ",")
			}
		}
		return h
	case "subscribed_apps":
		if u := c.query("override_callback_uri"); u != "" {
			return &handshake{edge: c.edge, url: u, verify: c.query("verify_token")}
		}
	case "":
		var b struct {
			Config *struct {
				URL    string `json:"override_callback_uri"`
				Verify string `json:"verify_token"`
			} `json:"webhook_configuration"`
		}
		if json.Unmarshal(c.body, &b) == nil && b.Config != nil {
			return &handshake{url: b.Config.URL, verify: b.Config.Verify}
		}
	}
	return nil
}

// configure checks who asks, shakes hands outside the lock, and then lets the
// configuration take effect.
func (e *Emulator) configure(ctx context.Context, c *call, h *handshake) answer {
	e.enter()
	_, f := e.configTarget(c, h)
	challenge := itoa(int(e.mix("challenge") % 2_000_000_000))
	e.mu.Unlock()
	if f == nil && len(h.url) > 200 {
		f = badParameter("Param override_callback_uri must be at most 200 characters long.")
	}
	if f == nil && h.url != "" {
		if err := e.shake(ctx, h, challenge); err != nil {
			f = &failure{http: http.StatusUnprocessableEntity, code: 100, title: "Webhook callback URL is not reachable or invalid", details: err.Error()}
		}
	}
	e.enter()
	defer e.mu.Unlock()
	if f != nil {
		return e.refuse(f)
	}
	apply, f := e.configTarget(c, h)
	if f != nil {
		return e.refuse(f)
	}
	apply()
	return success
}

// configTarget finds what a configuration is about and how to let it take
// effect. It runs twice, because the world may change during the handshake.
func (e *Emulator) configTarget(c *call, h *handshake) (apply func(), f *failure) {
	t, f := e.holder(c)
	if f != nil {
		return nil, f
	}
	if a := e.apps[c.node]; h.edge == "subscriptions" && a != nil && a.ID == t.app && strings.Contains(c.token, "|") {
		if h.url == "" || h.verify == "" {
			return nil, badParameter("The parameters callback_url and verify_token are required.")
		}
		return func() {
			a.Callback, a.VerifyToken = h.url, h.verify
			if h.fields != nil {
				a.Fields, a.fields = h.fields, setOf(h.fields)
			}
		}, nil
	}
	if w := e.wabas[c.node]; h.edge == "subscribed_apps" && w != nil {
		if f := e.mayUse(t, w.ID); f != nil {
			return nil, f
		}
		i := slices.IndexFunc(w.subs, func(s subscription) bool { return s.app == t.app })
		if i < 0 {
			return nil, badParameter("Before override the current callback uri, your app must be subscribed to receive messages for WhatsApp Business Account.")
		}
		return func() { w.subs[i].override = h.url }, nil
	}
	if n := e.numbers[c.node]; h.edge == "" && n != nil {
		if f := e.mayUse(t, n.Number.WABA); f != nil {
			return nil, f
		}
		return func() { n.override = h.url }, nil
	}
	return nil, e.unknown(c)
}
