package metaemu

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// metWithin is how long an interaction by phone number keeps the number in
// webhooks (coexistence-protocol §5, M-BSUID, read September 2026).
const metWithin = 30 * 24 * time.Hour

// hides answers whether a customer has adopted a username: then the phone number
// is told only where the rule of [Emulator.phoneFor] allows.
func (c *customer) hides() bool { return c.HidesPhone || c.Username != "" }

// phoneFor is the phone number of a customer as a business's webhooks may tell
// it: of a customer with a username only if the business is in their contacts,
// if the two used the number within 30 days, or if the contact book holds it.
func (e *Emulator) phoneFor(n *number, cu *customer, at time.Time) string {
	k := [2]string{n.Portfolio, cu.ID}
	last, met := e.sending.met[k]
	switch {
	case !cu.hides(), cu.KnowsBusiness, met && at.Sub(last) <= metWithin:
	case e.sending.known[k] && !e.sending.portfolios[n.Portfolio].NoContactBook && e.rule(contactBook, at):
	default:
		return ""
	}
	return e.spelling(cu.Digits)
}

// meet notes that a business and a customer have used the phone number.
func (e *Emulator) meet(n *number, cu *customer, at time.Time) {
	k := [2]string{n.Portfolio, cu.ID}
	e.sending.met[k] = at
	if !e.sending.portfolios[n.Portfolio].NoContactBook && e.rule(contactBook, at) {
		e.sending.known[k] = true
	}
}

// forget drops what businesses know of a number that the customer no longer has.
func (e *Emulator) forgetPhone(cu *customer) {
	for k := range e.sending.met {
		if k[1] == cu.ID {
			delete(e.sending.met, k)
		}
	}
	for k := range e.sending.known {
		if k[1] == cu.ID {
			delete(e.sending.known, k)
		}
	}
}

// spelling is the digits as Meta's answers and webhooks tell them.
func (e *Emulator) spelling(digits string) string {
	if e.sending.rules.RewriteWaID {
		return otherSpelling(digits)
	}
	return e.ninth(digits)
}

// otherSpelling is the other way to write a mobile number of Brazil (a ninth
// digit), Mexico (521 or 52) and Argentina (549 or 54); others have one.
func otherSpelling(d string) string {
	switch {
	case strings.HasPrefix(d, "55") && len(d) == 13 && d[4] == '9':
		return d[:4] + d[5:]
	case strings.HasPrefix(d, "55") && len(d) == 12:
		return d[:4] + "9" + d[4:]
	case strings.HasPrefix(d, "521") && len(d) == 13, strings.HasPrefix(d, "549") && len(d) == 13:
		return d[:2] + d[3:]
	case strings.HasPrefix(d, "52") && len(d) == 12:
		return "521" + d[2:]
	case strings.HasPrefix(d, "54") && len(d) == 12:
		return "549" + d[2:]
	}
	return d
}

// dialled is whom "to" means: digits, perhaps behind the business's own calling
// code, perhaps in the other spelling of a customer who exists.
func (e *Emulator) dialled(n *number, to string) (string, bool) {
	digits, ok := digitsOf(to)
	if !ok {
		return "", false
	}
	if own := codeOf(n.Country); e.sending.rules.PrependCountry && !strings.HasPrefix(to, "+") && !strings.HasPrefix(digits, own) {
		digits = own + digits
	}
	if other := otherSpelling(digits); e.byDigits[digits] == nil && e.byDigits[other] != nil {
		digits = other
	}
	return digits, len(digits) <= 15
}

// parentOf is the parent user id of a customer towards linked portfolios, empty
// if this one is not linked.
func (e *Emulator) parentOf(cu *customer, portfolio string) string {
	group := e.sending.portfolios[portfolio].Linked
	if group == "" {
		return ""
	}
	k := cu.ID + " " + group
	id := e.sending.parent[k]
	if id == "" {
		country, digits, _ := strings.Cut(e.userID(cu.Digits), ".")
		id = country + ".ENT." + digits
		e.sending.parent[k], e.sending.under[id] = id, cu
	}
	return id
}

// dropParents forgets the parent user ids of a customer and answers the one
// towards each portfolio before.
func (e *Emulator) dropParents(cu *customer) map[string]string {
	old := map[string]string{}
	for id := range e.portfolios {
		k := cu.ID + " " + e.sending.portfolios[id].Linked
		if p := e.sending.parent[k]; p != "" {
			old[id] = p
		}
	}
	for k, id := range e.sending.parent {
		if strings.HasPrefix(k, cu.ID+" ") {
			delete(e.sending.parent, k)
			delete(e.sending.under, id)
		}
	}
	return old
}

// byRecipient finds a customer by a BSUID of a portfolio or a parent user id of
// its group.
func (e *Emulator) byRecipient(n *number, id string) *customer {
	if !userIDShape.MatchString(id) {
		return nil
	}
	if cu := e.byUserID[id]; cu != nil && cu.userIDs[n.Portfolio] == id {
		return cu
	}
	if cu := e.sending.under[id]; cu != nil && e.parentOf(cu, n.Portfolio) == id {
		return cu
	}
	return nil
}

// identityHash is the hash of a customer's keys as they are now.
func (e *Emulator) identityHash(cu *customer) string {
	sum := sha256.Sum256([]byte(cu.ID + " " + strconv.Itoa(e.sending.identity[cu.ID])))
	return base64.StdEncoding.EncodeToString(sum[:8])
}

// identityObject is what a message tells of its sender's keys (§5.5).
func (e *Emulator) identityObject(cu *customer, at time.Time) *wire.Object {
	if changed, ok := e.sending.changedAt[cu.ID]; ok {
		at = changed
	}
	var o wire.Object
	return o.Bool("acknowledged", true).Str("created_timestamp", unix(at)).Str("hash", e.identityHash(cu))
}
