package metaemu

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// allFields are the webhook fields a new app is subscribed to.
var allFields = []string{
	"messages", "history", "smb_message_echoes", "smb_app_state_sync", "account_update",
	"message_template_status_update", "message_template_quality_update", "message_template_components_update", "template_category_update", "phone_number_quality_update", "user_preferences", "user_id_update",
	"business_capability_update", "phone_number_name_update", "security", "account_review_update", "account_alerts", "account_settings_update",
	"business_username_update",
}

// AppSpec is what may be said about a new app. All of it is optional.
type AppSpec struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Secret       string   `json:"secret"`
	Callback     string   `json:"callback"`
	VerifyToken  string   `json:"verify_token"`
	Fields       []string `json:"fields"`
	RequireProof bool     `json:"require_proof"`
}

// WABASpec is what may be said about a new WhatsApp Business Account. Without an
// app or a portfolio the first ones are used, or made.
type WABASpec struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Portfolio string     `json:"portfolio_id"`
	App       string     `json:"app_id"`
	Token     string     `json:"token"`
	Templates []Template `json:"templates"`
	// Currency is USD if empty; there are rate cards for no other yet.
	Currency string `json:"currency"`
	// TimeZone is an IANA name such as Africa/Cairo; UTC if empty.
	TimeZone          string `json:"time_zone"`
	AuthInternational bool   `json:"auth_international"`
	// Subscribe is whether the app gets webhooks from the start; absent means yes.
	Subscribe *bool `json:"subscribe"`
}

// NumberSpec is what may be said about a new number. All of it is optional; what
// is absent is invented. The number is onboarded at once.
type NumberSpec struct {
	ID           string `json:"id"`
	Digits       string `json:"digits"`
	Display      string `json:"display_phone_number"`
	VerifiedName string `json:"verified_name"`
	Country      string `json:"country"`
	WABA         string `json:"waba_id"`
	// Coexistence: the number also lives on a phone; absent means yes.
	Coexistence *bool `json:"coexistence"`
	// MPS is messages per second; zero means 20 with Coexistence and 80 without.
	MPS int `json:"mps"`
	// ShareHistory is the owner's choice while connecting; absent means yes.
	ShareHistory *bool `json:"share_history"`
	// History is a number of messages to invent, or a list of PastThread.
	History json.RawMessage `json:"history"`
	// Contacts is the phone's address book.
	Contacts []ContactSpec `json:"contacts"`
	// Linked is whether the number is onboarded from the start; absent means yes.
	// If not, the phone lives alone until PhoneLink.
	Linked *bool `json:"linked"`
	// OnboardedAgo moves the onboarding into the past: "3d", "30h".
	OnboardedAgo string `json:"onboarded_ago"`
}

// CustomerSpec is what may be said about a new customer. All of it is optional.
type CustomerSpec struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Digits     string `json:"digits"`
	Phone      string `json:"phone"` // the same as Digits
	Country    string `json:"country"`
	Username   string `json:"username"`
	HidesPhone bool   `json:"hides_phone"`
	// KnowsBusiness: see Customer.
	KnowsBusiness bool `json:"knows_business"`
	ReadsAtOnce   bool `json:"reads_at_once"`
	Offline       bool `json:"offline"`
}

// CreateApp makes an app.
func (e *Emulator) CreateApp(s AppSpec) (App, error) {
	e.enter()
	defer e.mu.Unlock()
	a, err := e.newApp(s)
	if err != nil {
		return App{}, err
	}
	return a.App, nil
}

// CreatePortfolio makes a portfolio; an empty id is invented.
func (e *Emulator) CreatePortfolio(p Portfolio) (Portfolio, error) {
	e.enter()
	defer e.mu.Unlock()
	made, err := e.newPortfolio(p)
	if err != nil {
		return Portfolio{}, err
	}
	return made.Portfolio, nil
}

// CreateWABA makes a WhatsApp Business Account and a token for it.
func (e *Emulator) CreateWABA(s WABASpec) (WABA, error) {
	e.enter()
	defer e.mu.Unlock()
	w, err := e.newWABA(s)
	if err != nil {
		return WABA{}, err
	}
	return w.WABA, nil
}

// CreateNumber makes a number, and an app, a portfolio and a WABA if there are
// none.
func (e *Emulator) CreateNumber(s NumberSpec) (Number, error) {
	e.enter()
	defer e.mu.Unlock()
	n, err := e.newNumber(s)
	if err != nil {
		return Number{}, err
	}
	e.announce("numbers")
	return n.Number, nil
}

// CreateCustomer makes a customer.
func (e *Emulator) CreateCustomer(s CustomerSpec) (Customer, error) {
	e.enter()
	defer e.mu.Unlock()
	c, err := e.newCustomer(s)
	if err != nil {
		return Customer{}, err
	}
	e.announce("customers")
	return c.Customer, nil
}

// CreateCustomers makes many customers at once, all or none of them.
func (e *Emulator) CreateCustomers(specs []CustomerSpec) ([]Customer, error) {
	e.enter()
	defer e.mu.Unlock()
	var made []Customer
	for i, s := range specs {
		c, err := e.newCustomer(s)
		if err != nil {
			for _, m := range made {
				delete(e.byDigits, m.Digits)
				delete(e.customers, m.ID)
			}
			return nil, fmt.Errorf("customer %d of %d: %w", i+1, len(specs), err)
		}
		made = append(made, c.Customer)
	}
	e.announce("customers")
	return made, nil
}

// SetCallback gives an app its callback without the handshake, as somebody does
// who has clicked it together in Meta's dashboard. An empty verify token leaves
// the old one.
func (e *Emulator) SetCallback(appID, url, verifyToken string) error {
	e.enter()
	defer e.mu.Unlock()
	a := e.apps[appID]
	if a == nil {
		return fmt.Errorf("there is no app %q", appID)
	}
	a.Callback, a.VerifyToken = url, or(verifyToken, a.VerifyToken)
	return nil
}

func taken[T any](m map[string]T, kind, id string) error {
	if _, ok := m[id]; ok {
		return fmt.Errorf("there is a %s %s already: leave id away to have one invented", kind, id)
	}
	return nil
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

func (e *Emulator) newApp(s AppSpec) (*app, error) {
	s.ID = or(s.ID, e.nodeID("app"))
	if err := taken(e.apps, "app", s.ID); err != nil {
		return nil, err
	}
	if s.Fields == nil {
		s.Fields = slices.Clone(allFields)
	}
	a := &app{
		App: App{
			ID: s.ID, Name: or(s.Name, "Sample app"), Secret: or(s.Secret, e.hexID("secret", 16)), Callback: s.Callback,
			VerifyToken: or(s.VerifyToken, e.hexID("verify", 8)), Fields: s.Fields, RequireProof: s.RequireProof,
		},
		fields: setOf(s.Fields),
	}
	e.apps[a.ID] = a
	return a, nil
}

func setOf(list []string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, s := range list {
		set[s] = true
	}
	return set
}

func (e *Emulator) newPortfolio(p Portfolio) (*portfolio, error) {
	p.ID = or(p.ID, e.nodeID("portfolio"))
	if err := taken(e.portfolios, "portfolio", p.ID); err != nil {
		return nil, err
	}
	p.Name = or(p.Name, "Sample business")
	made := &portfolio{p}
	e.portfolios[p.ID] = made
	return made, nil
}

// first is the value with the smallest key, so that a default does not depend
// on the order of a map.
func first[T any](m map[string]T) (T, bool) {
	var best string
	for k := range m {
		if best == "" || k < best {
			best = k
		}
	}
	v, ok := m[best]
	return v, ok
}

func (e *Emulator) newWABA(s WABASpec) (*waba, error) {
	s.ID = or(s.ID, e.nodeID("waba"))
	if err := taken(e.wabas, "waba", s.ID); err != nil {
		return nil, err
	}
	if s.Token != "" {
		if err := taken(e.tokens, "token", s.Token); err != nil {
			return nil, fmt.Errorf("this token belongs to another waba: leave token away to have one invented")
		}
	}
	if s.App == "" {
		a, ok := first(e.apps)
		if !ok {
			a, _ = e.newApp(AppSpec{})
		}
		s.App = a.ID
	}
	if s.Portfolio == "" {
		p, ok := first(e.portfolios)
		if !ok {
			p, _ = e.newPortfolio(Portfolio{})
		}
		s.Portfolio = p.ID
	}
	if e.apps[s.App] == nil {
		return nil, fmt.Errorf("there is no app %q: create it with POST /_emulator/apps or leave app_id away", s.App)
	}
	if e.portfolios[s.Portfolio] == nil {
		return nil, fmt.Errorf("there is no portfolio %q: create it with POST /_emulator/portfolios or leave portfolio_id away", s.Portfolio)
	}
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("time_zone %q is not known: write a name such as Africa/Cairo, or leave it away for UTC", s.TimeZone)
	}
	w := &waba{location: zone, WABA: WABA{
		Currency: or(s.Currency, "USD"), TimeZone: zone.String(), AuthInternational: s.AuthInternational,
		ID: s.ID, Name: or(s.Name, "Sample account"), Portfolio: s.Portfolio, App: s.App,
		Token: or(s.Token, "EAA"+e.hexID("token", 40)), Templates: s.Templates,
	}}
	if s.Subscribe == nil || *s.Subscribe {
		w.subs = []subscription{{app: s.App}}
	}
	if err := e.adopt(w, s.Templates); err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	e.wabas[w.ID] = w
	e.tokens[w.Token] = &token{value: w.Token, app: s.App, wabas: map[string]bool{w.ID: true}, issued: e.clock.Now()}
	return w, nil
}

func (e *Emulator) newNumber(s NumberSpec) (*number, error) {
	s.ID = or(s.ID, e.nodeID("number"))
	if err := taken(e.numbers, "number", s.ID); err != nil {
		return nil, err
	}
	digits, err := e.freshDigits(or(s.Digits, s.Display), or(s.Country, "US"), "number")
	if err != nil {
		return nil, err
	}
	past, err := e.parseHistory(s.History)
	if err != nil {
		return nil, err
	}
	ago, err := parseSpan(or(s.OnboardedAgo, "0s"))
	if err != nil {
		return nil, fmt.Errorf("onboarded_ago: %w", err)
	}
	w, ok := e.wabas[s.WABA]
	if s.WABA == "" {
		if w, ok = first(e.wabas); !ok {
			w, err = e.newWABA(WABASpec{})
			ok = err == nil
		}
	}
	if !ok {
		return nil, fmt.Errorf("there is no waba %q: create it with POST /_emulator/wabas or leave waba_id away", s.WABA)
	}
	_, country := countryOf(digits)
	n := &number{
		Number: Number{
			ID: s.ID, Digits: digits, Display: or(s.Display, display(digits)), VerifiedName: or(s.VerifiedName, "Sample shop"),
			Country: or(s.Country, country), WABA: w.ID, Portfolio: w.Portfolio, App: w.App, AppSecret: e.apps[w.App].Secret,
			Token: w.Token, Coexistence: s.Coexistence == nil || *s.Coexistence, MPS: s.MPS,
			ShareHistory: s.ShareHistory == nil || *s.ShareHistory, Onboarded: e.clock.Now().Add(-ago), Stage: StageLive,
		},
		waba: w, history: past, synced: map[string]bool{}, freeUse: map[string]int{},
		invoice: map[invoiceKey]int{}, talks: map[string]*chat{},
	}
	if s.Linked != nil && !*s.Linked {
		n.Stage = StageDisconnected
	}
	if n.MPS == 0 {
		n.MPS = map[bool]int{true: 20, false: 80}[n.Coexistence]
	}
	for _, c := range s.Contacts {
		if err := e.putContact(n, c); err != nil {
			return nil, err
		}
	}
	e.numbers[n.ID] = n
	e.order = append(e.order, n.ID)
	e.signOfLife(n, e.clock.Now())
	return n, nil
}

// freshDigits is the given phone number if nobody has it, or an invented one.
func (e *Emulator) freshDigits(given, country, kind string) (string, error) {
	if given != "" {
		digits, ok := digitsOf(given)
		if !ok {
			return "", fmt.Errorf("%q is no phone number: write 7 to 15 digits with the country code, such as +201000000009", given)
		}
		if e.digitsTaken(digits) {
			return "", fmt.Errorf("%s has an owner already: choose another number", digits)
		}
		return digits, nil
	}
	for {
		digits := codeOf(country) + "55" + fmt.Sprintf("%07d", e.mix(kind)%10_000_000)
		if _, trouble := Sentinel(digits); !trouble && !e.digitsTaken(digits) {
			return digits, nil
		}
	}
}

func (e *Emulator) digitsTaken(digits string) bool {
	if e.byDigits[digits] != nil {
		return true
	}
	for _, id := range e.order {
		if e.numbers[id].Digits == digits {
			return true
		}
	}
	return false
}

func (e *Emulator) newCustomer(s CustomerSpec) (*customer, error) {
	s.ID = or(s.ID, e.nodeID("customer"))
	if err := taken(e.customers, "customer", s.ID); err != nil {
		return nil, err
	}
	digits, err := e.freshDigits(or(s.Digits, s.Phone), or(s.Country, "US"), "customer")
	if err != nil {
		return nil, err
	}
	c := &customer{
		Customer: Customer{
			ID: s.ID, Name: or(s.Name, "Customer "+digits[len(digits)-4:]), Digits: digits,
			Username: strings.TrimPrefix(s.Username, "@"), HidesPhone: s.HidesPhone, KnowsBusiness: s.KnowsBusiness, ReadsAtOnce: s.ReadsAtOnce, Offline: s.Offline,
		},
		userIDs: map[string]string{},
	}
	e.customers[c.ID] = c
	e.byDigits[digits] = c
	return c, nil
}

// userIDOf is the customer's BSUID towards one portfolio, minted when first
// needed.
func (e *Emulator) userIDOf(c *customer, portfolio string) string {
	id := c.userIDs[portfolio]
	if id == "" {
		id = e.userID(c.Digits)
		c.userIDs[portfolio] = id
		e.byUserID[id] = c
	}
	return id
}

// talk is the chat of a number and a customer, begun if there is none.
func (e *Emulator) talk(n *number, c *customer) *chat {
	t := n.talks[c.ID]
	if t == nil {
		t = &chat{number: n, customer: c}
		n.talks[c.ID] = t
		n.chats = append(n.chats, t)
	}
	return t
}

// keep adds a message to its chat and forgets the oldest beyond what is kept.
func (e *Emulator) keep(m *message) {
	t := m.chat
	if m.in && e.isBlocked(t.number, t.customer) {
		m.status, m.unseen = "sent", true
	} else if m.origin != "phone" {
		t.number.mirror(m.at)
	}
	t.lastAt = m.at
	e.remember(m)
	e.announceChat(t)
}

// parseSpan reads "13d", "2h", "90m", "10s" and sums of them such as "1d12h".
func parseSpan(s string) (time.Duration, error) {
	var total time.Duration
	rest := strings.TrimSpace(s)
	if days, after, ok := strings.Cut(rest, "d"); ok {
		var n float64
		if _, err := fmt.Sscanf(days, "%g", &n); err != nil {
			return 0, spanError(s)
		}
		total, rest = time.Duration(n*24*float64(time.Hour)), after
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil {
			return 0, spanError(s)
		}
		total += d
	} else if s == "" {
		return 0, spanError(s)
	}
	if total < 0 {
		return 0, spanError(s)
	}
	return total, nil
}

func spanError(s string) error {
	return fmt.Errorf("%q is no span of time: write days, hours, minutes and seconds such as 13d, 2h, 1d12h or 10s", s)
}
