package metaemu

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// tiers are Meta's messaging limits, the smallest first, and how many customers
// each allows outside their windows within 24 hours (cloud-api-protocol §6.1,
// DOC/messaging-limits, read September 2026); zero is no limit.
var (
	tiers     = []string{"TIER_250", "TIER_2K", "TIER_10K", "TIER_100K", "TIER_UNLIMITED"}
	tierUsers = map[string]int{"TIER_250": 250, "TIER_2K": 2_000, "TIER_10K": 10_000, "TIER_100K": 100_000, "TIER_UNLIMITED": 0}
)

// How limits grow (same source): from 250 by 2,000 customers in 30 days; above
// that by having used half of it in seven days, within six hours.
const (
	defaultTier    = "TIER_2K"
	limitWithin    = 24 * time.Hour
	growthUsers    = 2_000
	growthOver     = 30 * 24 * time.Hour
	growthHalfOver = 7 * 24 * time.Hour
	growthAfter    = 6 * time.Hour
)

// reach is whom a portfolio has begun to write to in the last 30 days, in order
// of time.
type reach struct {
	list    []reached
	last    map[string]time.Time
	growing bool
}

type reached struct {
	at       time.Time
	customer string
}

func (r *reach) since(t time.Time) []reached {
	i := sort.Search(len(r.list), func(i int) bool { return r.list[i].at.After(t) })
	return r.list[i:]
}

// add counts a customer, once in 24 hours.
func (r *reach) add(customer string, at time.Time) {
	r.last[customer] = at
	r.list = append(r.list, reached{at, customer})
	young := r.since(at.Add(-growthOver))
	if len(r.list) <= min(2*len(young)+1000, 2*keepReached) {
		return
	}
	r.list = slices.Clone(young[max(0, len(young)-keepReached):])
	maps.DeleteFunc(r.last, func(_ string, last time.Time) bool { return at.Sub(last) >= limitWithin })
}

// keepReached is how many customers a portfolio is remembered to have reached:
// twice the largest limit, so that no question about limits has another answer.
const keepReached = 200_000

func (r *reach) users(since time.Time) int {
	seen := map[string]bool{}
	for _, x := range r.since(since) {
		seen[x.customer] = true
	}
	return len(seen)
}

// tierOf is the messaging limit of a portfolio.
func (e *Emulator) tierOf(portfolio string) string {
	return or(e.sending.portfolios[portfolio].Limit, defaultTier)
}

// takeQuota counts a message that begins a talk outside the window against the
// portfolio's messaging limit, and refuses it above.
func (e *Emulator) takeQuota(m *message) *failure {
	n, at := m.chat.number, m.at
	if m.chat.open(at) {
		return nil
	}
	r := e.sending.reached[n.Portfolio]
	if r == nil {
		r = &reach{last: map[string]time.Time{}}
		e.sending.reached[n.Portfolio] = r
	}
	if last, ok := r.last[m.chat.customer.ID]; ok && at.Sub(last) < limitWithin {
		return nil
	}
	tier := e.tierOf(n.Portfolio)
	if most, used := tierUsers[tier], len(r.since(at.Add(-limitWithin))); most > 0 && used >= most {
		e.breach(Breach{
			At: at, Number: n.ID, Rule: "messaging_limit", Hard: true,
			Sentence: fmt.Sprintf("customer %d outside the window within 24 hours where %s allows %d (cloud-api-protocol §6.1)", used+1, tier, most),
		})
		return fail(131064, "The messaging limit of this business portfolio has been reached.")
	}
	r.add(m.chat.customer.ID, at)
	e.grow(n.Portfolio, r, at)
	return nil
}

// grow raises a limit that is well used, if limits grow.
func (e *Emulator) grow(portfolio string, r *reach, at time.Time) {
	tier := e.tierOf(portfolio)
	i := slices.Index(tiers, tier)
	if !e.sending.rules.LimitGrowth || r.growing || i == len(tiers)-1 {
		return
	}
	enough := false
	if tier == "TIER_250" {
		enough = r.users(at.Add(-growthOver)) >= growthUsers
	} else {
		enough = 2*r.users(at.Add(-growthHalfOver)) >= tierUsers[tier]
	}
	if !enough {
		return
	}
	r.growing = true
	e.plan(at, growthAfter, "quota.grow", growthDeed{r, portfolio, tier, tiers[i+1]})
}

type growthDeed struct {
	reached               *reach
	portfolio, tier, next string
}

type upgradeDeed struct{ number *number }

// quotaDeeds are those of limits that grow.
func quotaDeeds() []deed {
	return []deed{
		deedOf("quota.grow", func(e *Emulator, a growthDeed, at time.Time) {
			a.reached.growing = false
			p := e.sending.portfolios[a.portfolio]
			if e.tierOf(a.portfolio) != a.tier {
				return // Somebody has set it meanwhile.
			}
			p.Limit = a.next
			e.sending.portfolios[a.portfolio] = p
			e.tellTier(a.portfolio, at)
		}),
		deedOf("throughput.upgrade", func(e *Emulator, a upgradeDeed, at time.Time) { e.upgraded(a.number, at) }),
	}
}

// tellTier tells the accounts of a portfolio about its messaging limit (§5.7).
func (e *Emulator) tellTier(portfolio string, at time.Time) {
	told := map[string]bool{}
	for _, id := range e.order {
		n := e.numbers[id]
		if n.Portfolio != portfolio || told[n.waba.ID] {
			continue
		}
		told[n.waba.ID] = true
		var o wire.Object
		o.Str("max_daily_conversations_per_business", e.tierOf(portfolio))
		e.tell(n, update{entry: n.waba.ID, time: at, field: "business_capability_update", value: o.Bytes()}, at)
	}
}

// marketing answers whether a message is one by its category.
func (p *price) marketing() bool {
	return p != nil && strings.HasPrefix(p.category, "marketing")
}

// retryAfterCap is how long to leave a customer alone who was spared a marketing
// message (cloud-api-protocol §6.2, 131049).
const retryAfterCap = 24 * time.Hour

// marketingFate is why a customer does not get a marketing message.
func (e *Emulator) marketingFate(m *message) *failure {
	n, cu, rules := m.chat.number, m.chat.customer, e.sending.rules
	if e.sending.stopped[[2]string{n.ID, cu.ID}] {
		e.breach(Breach{
			At: m.at, Number: n.ID, Rule: "opt_out",
			Sentence: "marketing to a customer who has asked this number to stop it (cloud-api-protocol §5.7 user_preferences, §6.2 131050)",
		})
		return fail(131050, "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business.")
	}
	spare := fail(131049, "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.")
	if rules.NoMarketingToUS && strings.HasPrefix(cu.Digits, "1") {
		return spare
	}
	if rules.MarketingCap == 0 {
		return nil
	}
	within := time.Duration(rules.MarketingCapWithin)
	orDuration(&within, 24*time.Hour)
	list := slices.DeleteFunc(e.sending.offers[cu.ID], func(t time.Time) bool { return m.at.Sub(t) >= within })
	if e.sending.offers[cu.ID] = list; len(list) < rules.MarketingCap {
		e.sending.offers[cu.ID] = append(list, m.at)
		return nil
	}
	if last, ok := e.sending.capped[cu.ID]; ok && m.at.Sub(last) < retryAfterCap {
		e.breach(Breach{
			At: m.at, Number: n.ID, Rule: "marketing_retry",
			Sentence: "marketing again to a customer within 24 hours of 131049 (cloud-api-protocol §6.3)",
		})
	}
	e.sending.capped[cu.ID] = m.at
	return spare
}

// accountFate is why an accepted message fails for what its sender is, or whom
// it is for.
func (e *Emulator) accountFate(m *message, q *sendRequest) *failure {
	n, cu := m.chat.number, m.chat.customer
	switch {
	case e.sending.numbers[n.ID].Spam:
		return fail(131048, "Message failed to send because there are restrictions on how many messages can be sent from this phone number.")
	case e.sending.shut[[2]string{n.ID, cu.ID}]:
		return fail(131026, "Message undeliverable.")
	case q.IdentityHash != "" && q.IdentityHash != e.identityHash(cu):
		return fail(137000, "The identity key hash of the recipient does not match the one in the request.")
	case m.price.marketing():
		return e.marketingFate(m)
	}
	return nil
}

// unpaid is why a message that costs money is not delivered: nobody pays (§8.1:
// what is free is).
func (e *Emulator) unpaid(m *message) *failure {
	if m.price == nil || m.price.kind != regular || !e.sending.wabas[m.chat.number.waba.ID].NoPayment {
		return nil
	}
	return fail(131042, "Message failed to send because there were one or more errors related to your payment method.")
}

// upgradeTakes is how long a number is in maintenance for more throughput, and
// fastMPS what it then has (cloud-api-protocol §6.1, DOC/throughput).
const (
	upgradeTakes = time.Minute
	fastMPS      = 1000
)

// UpgradeThroughput gives a number without Coexistence 1,000 messages per second.
// For a minute it is in maintenance (131057).
func (e *Emulator) UpgradeThroughput(numberID string) error {
	e.enter()
	defer e.mu.Unlock()
	n := e.numberOf(numberID)
	switch {
	case n == nil:
		return fmt.Errorf("there is no number %q: GET /_emulator/numbers lists them", numberID)
	case n.Coexistence:
		return fmt.Errorf("a Coexistence number keeps its 20 messages per second: create one with coexistence false")
	case n.MPS >= fastMPS:
		return fmt.Errorf("this number has %d messages per second already", n.MPS)
	}
	now := e.clock.Now()
	e.sending.upkeep[n.ID] = now.Add(upgradeTakes)
	e.plan(now, upgradeTakes, "throughput.upgrade", upgradeDeed{n})
	return nil
}

// upgraded tells that a number is faster from now on.
func (e *Emulator) upgraded(n *number, at time.Time) {
	n.MPS = fastMPS
	var o wire.Object
	o.Str("display_phone_number", n.Digits).Str("event", "THROUGHPUT_UPGRADE").
		Str("current_limit", e.tierOf(n.Portfolio)).Str("max_daily_conversations_per_business", e.tierOf(n.Portfolio))
	e.tell(n, update{entry: n.waba.ID, time: at, field: "phone_number_quality_update", value: o.Bytes()}, at)
}
