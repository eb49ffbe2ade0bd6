package metaemu

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// sendWorld is what of sending Reset forgets.
type sendWorld struct {
	rules      SendRules
	portfolios map[string]PortfolioRules
	wabas      map[string]WABARules
	numbers    map[string]NumberRules
	versions   map[string]int // of an app's webhooks
	// reached are the customers each portfolio has begun to write to.
	reached map[string]*reach
	// stopped are numbers and customers who want no marketing of them, shut those
	// where the customer has blocked the number.
	stopped, shut map[[2]string]bool
	// offers are the times of marketing messages by customer, capped the last time
	// one was held back.
	offers map[string][]time.Time
	capped map[string]time.Time
	// met is the last time a portfolio and a customer used the phone number, known
	// whom the contact book of a portfolio holds.
	met    map[[2]string]time.Time
	known  map[[2]string]bool
	parent map[string]string    // parent user ids by customer and group of portfolios
	under  map[string]*customer // customers by parent user id
	// identity counts how often a customer's keys have changed, changedAt says when.
	identity  map[string]int
	changedAt map[string]time.Time
	// upkeep is until when a number is in maintenance.
	upkeep map[string]time.Time
}

func newSendWorld() sendWorld {
	return sendWorld{
		portfolios: map[string]PortfolioRules{}, wabas: map[string]WABARules{}, numbers: map[string]NumberRules{}, versions: map[string]int{},
		reached: map[string]*reach{}, stopped: map[[2]string]bool{}, shut: map[[2]string]bool{},
		offers: map[string][]time.Time{}, capped: map[string]time.Time{},
		met: map[[2]string]time.Time{}, known: map[[2]string]bool{}, parent: map[string]string{}, under: map[string]*customer{},
		identity: map[string]int{}, changedAt: map[string]time.Time{}, upkeep: map[string]time.Time{},
	}
}

// SendRules is how Meta treats sending where sources disagree or where Meta
// tells no number. The zero value is the emulator's best guess.
type SendRules struct {
	// MarketingAPI is whether marketing_messages works on a Coexistence number:
	// "yes" as Meta's page has it, "no" as some providers report, empty by date
	// (coexistence-protocol §6.7). Calling is the same for call permission
	// requests and call buttons (§6.4: no).
	MarketingAPI string `json:"marketing_api"`
	Calling      string `json:"calling"`
	// MarketingError is what every call of marketing_messages answers: 131055,
	// 134100, 134101, 134102 or 1752041 (cloud-api-protocol §2.9).
	MarketingError int `json:"marketing_error"`
	// MarketingCap is how many marketing messages one customer gets from everybody
	// within MarketingCapWithin (24 h if zero); what comes on top fails with
	// 131049. Meta tells no number; zero is no cap.
	MarketingCap       int  `json:"marketing_cap"`
	MarketingCapWithin Span `json:"marketing_cap_within"`
	// NoMarketingToUS fails marketing to numbers that begin with +1 with 131049.
	NoMarketingToUS bool `json:"no_marketing_to_us"`
	// LimitGrowth raises messaging limits by themselves (§6.1).
	LimitGrowth bool `json:"limit_growth"`
	// RewriteWaID tells Brazilian, Mexican and Argentine numbers as their other
	// spelling, in the answer and in webhooks (§2.1).
	RewriteWaID bool `json:"rewrite_wa_id"`
	// PrependCountry puts the business's calling code before a number without "+"
	// that does not begin with it (§2.1: "may").
	PrependCountry bool `json:"prepend_country"`
	// ParentKey is the key of the parent user id in statuses, which Meta's pages
	// call parent_recipient_user_id (if empty), recipient_parent_user_id and
	// parent_user_id.
	ParentKey string `json:"parent_key"`
	// AppFillsBook counts what the app sends as an interaction by phone number;
	// whether Meta does is not known (coexistence-protocol §5).
	AppFillsBook bool `json:"app_fills_book"`
	// SilentCompanions lets messages from a customer's unsupported companion cause
	// no webhook instead of one with 131060 (coexistence-protocol §9).
	SilentCompanions bool `json:"silent_companions"`
}

// PortfolioRules are those of one business portfolio.
type PortfolioRules struct {
	// Limit is how many customers it may write to outside their windows within 24
	// hours: TIER_250, TIER_2K (if empty), TIER_10K, TIER_100K or TIER_UNLIMITED.
	Limit string `json:"limit"`
	// NoContactBook switches the contact book off.
	NoContactBook bool `json:"no_contact_book"`
	// Linked names a group of portfolios that share parent user ids.
	Linked string `json:"linked"`
}

// WABARules are those of one WhatsApp Business Account.
type WABARules struct {
	// Locked answers every send with 131031.
	Locked bool `json:"locked"`
	// NoPayment fails what would cost money with 131042.
	NoPayment bool `json:"no_payment"`
	// ClosedCountries are countries it may not write to (130497), such as "EG".
	ClosedCountries []string `json:"closed_countries"`
	// NoMarketing makes /messages answer 131063 to marketing templates: the toggle
	// disable_marketing_messages_on_cloud_api. MaxPrice are templates with a
	// maximum price, which it answers 131061.
	NoMarketing bool     `json:"no_marketing_on_messages"`
	MaxPrice    []string `json:"max_price_templates"`
	// DirectSend allows texts with a category (§2.10).
	DirectSend bool `json:"direct_send"`
}

// NumberRules are those of one number.
type NumberRules struct {
	// Test makes it a test number: it reaches only those in Allowed, at most five
	// (131030).
	Test    bool     `json:"test"`
	Allowed []string `json:"allowed"`
	// Spam fails everything it sends with 131048.
	Spam bool `json:"spam"`
	// IdentityCheck tells the hash of a customer's keys, and when it changes.
	IdentityCheck bool `json:"identity_check"`
}

// testRecipients is how many recipients a test number has (cloud-api-protocol
// §6.1, dashboard, read September 2026).
const testRecipients = 5

// SendRules answers how sending is treated.
func (e *Emulator) SendRules() SendRules {
	e.enter()
	defer e.mu.Unlock()
	return e.sending.rules
}

// SetSendRules changes how sending is treated.
func (e *Emulator) SetSendRules(r SendRules) error {
	for name, v := range map[string]string{"marketing_api": r.MarketingAPI, "calling": r.Calling} {
		if v != "" && v != "yes" && v != "no" {
			return fmt.Errorf("%s is yes, no or empty for the rule of the day, not %q", name, v)
		}
	}
	switch r.ParentKey {
	case "", "parent_recipient_user_id", "recipient_parent_user_id", "parent_user_id":
	default:
		return fmt.Errorf("parent_key is parent_recipient_user_id, recipient_parent_user_id or parent_user_id, not %q", r.ParentKey)
	}
	switch r.MarketingError {
	case 0, 131055, 134100, 134101, 134102, 1752041:
	default:
		return fmt.Errorf("marketing_error is 131055, 134100, 134101, 134102, 1752041 or 0 for none, not %d", r.MarketingError)
	}
	if r.MarketingCap < 0 || r.MarketingCapWithin < 0 {
		return fmt.Errorf("marketing_cap and marketing_cap_within cannot be less than nothing")
	}
	e.enter()
	defer e.mu.Unlock()
	e.sending.rules = r
	return nil
}

// SetPortfolioRules changes the rules of a portfolio. A new limit is told to its
// numbers.
func (e *Emulator) SetPortfolioRules(id string, r PortfolioRules) error {
	if _, known := tierUsers[or(r.Limit, defaultTier)]; !known {
		return fmt.Errorf("limit %q is not known: write one of %s", r.Limit, strings.Join(tiers, ", "))
	}
	e.enter()
	defer e.mu.Unlock()
	if e.portfolios[id] == nil {
		return fmt.Errorf("there is no portfolio %q: GET /_emulator/portfolios lists them", id)
	}
	before := e.tierOf(id)
	e.sending.portfolios[id] = r
	if e.tierOf(id) != before {
		e.tellTier(id, e.clock.Now())
	}
	return nil
}

// SetWABARules changes the rules of a WhatsApp Business Account.
func (e *Emulator) SetWABARules(id string, r WABARules) error {
	e.enter()
	defer e.mu.Unlock()
	if e.wabas[id] == nil {
		return fmt.Errorf("there is no waba %q: GET /_emulator/wabas lists them", id)
	}
	for i, c := range r.ClosedCountries {
		if len(c) != 2 {
			return fmt.Errorf("closed_countries holds codes of two letters such as EG, not %q", c)
		}
		r.ClosedCountries[i] = strings.ToUpper(c)
	}
	e.sending.wabas[id] = r
	return nil
}

// SetNumberRules changes the rules of a number.
func (e *Emulator) SetNumberRules(id string, r NumberRules) error {
	e.enter()
	defer e.mu.Unlock()
	n := e.numberOf(id)
	if n == nil {
		return fmt.Errorf("there is no number %q: GET /_emulator/numbers lists them", id)
	}
	if len(r.Allowed) > testRecipients {
		return fmt.Errorf("a test number has at most %d recipients, not %d", testRecipients, len(r.Allowed))
	}
	for i, to := range r.Allowed {
		digits, ok := digitsOf(to)
		if !ok {
			return fmt.Errorf("allowed holds phone numbers, not %q", to)
		}
		r.Allowed[i] = digits
	}
	e.sending.numbers[n.ID] = r
	return nil
}

// SetWebhookVersion sets the Graph version in which an app gets its webhooks: up
// to 23 statuses tell a conversation (§5.6). Zero is the newest.
func (e *Emulator) SetWebhookVersion(appID string, version int) error {
	e.enter()
	defer e.mu.Unlock()
	if e.apps[appID] == nil {
		return fmt.Errorf("there is no app %q: GET /_emulator/apps lists them", appID)
	}
	if version != 0 && (version < oldestVersion || version > newestVersion) {
		return fmt.Errorf("version is %d to %d, or 0 for the newest, not %d", oldestVersion, newestVersion, version)
	}
	e.sending.versions[appID] = version
	return nil
}

// sendRoutes are the emulator's own paths about sending. What a body leaves away
// stays as it is.
func (e *Emulator) sendRoutes(mux *http.ServeMux) {
	get(mux, "sending", func(*http.Request) (any, error) { return e.SendRules(), nil })
	handle(mux, "PUT /_emulator/sending", func(_ *http.Request, raw *json.RawMessage) (any, error) {
		return patched(*raw, e.SendRules(), e.SetSendRules)
	})
	rulesRoute(mux, "portfolios", e, func() map[string]PortfolioRules { return e.sending.portfolios }, e.SetPortfolioRules)
	rulesRoute(mux, "wabas", e, func() map[string]WABARules { return e.sending.wabas }, e.SetWABARules)
	rulesRoute(mux, "numbers", e, func() map[string]NumberRules { return e.sending.numbers }, e.SetNumberRules)
	post(mux, "apps/{id}/webhook-version", func(r *http.Request, in *struct{ Version int }) (any, error) {
		return ok, e.SetWebhookVersion(r.PathValue("id"), in.Version)
	})
	post(mux, "numbers/{id}/upgrade-throughput", func(r *http.Request, _ *struct{}) (any, error) {
		return ok, e.UpgradeThroughput(r.PathValue("id"))
	})
	post(mux, "numbers/{id}/error", func(r *http.Request, in *struct {
		Code    int    `json:"code"`
		Details string `json:"details"`
	},
	) (any, error) {
		return ok, e.TellError(r.PathValue("id"), in.Code, in.Details)
	})
	post(mux, "messages/{wamid}/fail", func(r *http.Request, in *struct {
		Code int `json:"code"`
	},
	) (any, error) {
		return ok, e.FailMessage(r.PathValue("wamid"), in.Code)
	})
}

// rulesRoute serves GET and PUT of the rules of one kind of object.
func rulesRoute[T any](mux *http.ServeMux, kind string, e *Emulator, all func() map[string]T, set func(string, T) error) {
	get := func(id string) T {
		e.enter()
		defer e.mu.Unlock()
		return all()[id]
	}
	handle(mux, "GET /_emulator/"+kind+"/{id}/rules", func(r *http.Request, _ *struct{}) (any, error) { return get(r.PathValue("id")), nil })
	handle(mux, "PUT /_emulator/"+kind+"/{id}/rules", func(r *http.Request, raw *json.RawMessage) (any, error) {
		id := r.PathValue("id")
		return patched(*raw, get(id), func(v T) error { return set(id, v) })
	})
}

// patched changes the members that raw names and sets the whole.
func patched[T any](raw json.RawMessage, v T, set func(T) error) (any, error) {
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, err
	}
	return v, set(v)
}

// yes is a switch that overrides a rule of the day.
func (e *Emulator) allows(choice string, list []datedRule, at time.Time) bool {
	return choice == "yes" || choice == "" && e.rule(list, at)
}

// allowedRecipient answers whether a number may write to somebody at all.
func (e *Emulator) allowedRecipient(n *number, cu *customer) *failure {
	r := e.sending.numbers[n.ID]
	if r.Test && !slices.Contains(r.Allowed, cu.Digits) {
		e.breach(Breach{
			At: e.clock.Now(), Number: n.ID, Rule: "allow_list",
			Sentence: "a test number writes to somebody outside its list of recipients (cloud-api-protocol §6.1)",
		})
		return fail(131030, "Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again.")
	}
	_, country := countryOf(cu.Digits)
	if slices.Contains(e.sending.wabas[n.waba.ID].ClosedCountries, country) {
		return fail(130497, "Business account is restricted from messaging users in this country.")
	}
	return nil
}
