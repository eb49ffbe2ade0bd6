package cloudapi

import (
	"encoding/json"
	"strings"

	"wasl/internal/outbox"
)

// graphError is the part of Graph's error object that says what happened. Its
// texts may quote what was sent and are not passed on, except the title.
type graphError struct {
	Code    int
	Subcode int
	Title   string
}

// parseError reads {"error":{…}}; false if that is not what it is.
func parseError(raw []byte) (graphError, bool) {
	var v struct {
		Error *struct {
			Message string `json:"message"`
			Code    *int   `json:"code"`
			Subcode int    `json:"error_subcode"`
		} `json:"error"`
	}
	if json.Unmarshal(raw, &v) != nil || v.Error == nil || v.Error.Code == nil {
		return graphError{}, false
	}
	return graphError{Code: *v.Error.Code, Subcode: v.Error.Subcode, Title: title(*v.Error.Code, v.Error.Message)}, true
}

// title is what of Graph's message may be kept: "(#131047) Re-engagement
// message" without the number. A message without the number in front is a
// sentence of another kind and may name anything.
func title(code int, message string) string {
	_, after, ok := strings.Cut(message, ") ")
	if !ok || !strings.HasPrefix(message, "(#") {
		return ""
	}
	const longest = 120
	if r := []rune(after); len(r) > longest {
		after = string(r[:longest])
	}
	return after
}

// verdict is what a code means for the message and beyond it.
type verdict struct {
	outcome outbox.Outcome
	effect  outbox.Effect
	stop    string
}

// Why a Number is stopped, as the API and the screens say it.
const (
	tokenRefused      = "token_refused"
	permissionMissing = "permission_missing"
	policyBlocked     = "policy_blocked"
	accountLocked     = "account_locked"
	notRegistered     = "not_registered"
	paymentMissing    = "payment_missing"
)

// verdictOn is the response table of reliability §2.4 for answers of the 4xx
// kind. A code that is not in it is in doubt: refusing or repeating would be a
// guess. Codes of which Meta says "try again" (1, 2, 131000, 131016, 131057)
// are left out on purpose, because nothing says that they mean "not accepted".
func verdictOn(code int) verdict {
	switch code {
	case 130429, 80007, 4:
		return verdict{outbox.Again, outbox.CoolNumber, ""}
	case 131056:
		return verdict{outbox.Again, outbox.CoolPair, ""}
	case 190, 104, 0:
		return verdict{outbox.Again, outbox.StopNumber, tokenRefused}
	case 10, 131005, 3:
		return verdict{outbox.Again, outbox.StopNumber, permissionMissing}
	case 368:
		return verdict{outbox.Again, outbox.StopNumber, policyBlocked}
	case 131031:
		return verdict{outbox.Again, outbox.StopNumber, accountLocked}
	case 131042:
		return verdict{outbox.Again, outbox.StopNumber, paymentMissing}
	case 133010, 131045:
		return verdict{outbox.Again, outbox.StopNumber, notRegistered}
	}
	if code >= 200 && code <= 299 {
		return verdict{outbox.Again, outbox.StopNumber, permissionMissing}
	}
	if permanent[code] || code >= 132000 && code <= 132999 {
		return verdict{outbox.Refused, outbox.NoEffect, ""}
	}
	return verdict{outbox.InDoubt, outbox.NoEffect, ""}
}

// permanent lists codes that refuse the message for good (cloud-api-protocol
// §6.2, read 2026-11-22).
var permanent = map[int]bool{
	33: true, 100: true,
	130403: true, 130472: true, 130497: true,
	131008: true, 131009: true, 131021: true, 131026: true, 131030: true, 131037: true,
	131047: true, 131048: true, 131049: true, 131050: true, 131051: true,
	131052: true, 131053: true, 131055: true, 131061: true, 131062: true, 131063: true, 131064: true,
	134011: true, 135000: true, 137000: true,
}
