package metaemu

import (
	"net/http"

	"wasl/metaemu/wire"
)

// failure is a Graph error, or the reason of a status "failed".
type failure struct {
	http    int
	code    int
	subcode int
	title   string // without the "(#code) " in front
	details string
	// plain leaves "(#code) " away, as Meta does for errors of access.
	plain bool
	typ   string // OAuthException if empty
	// userTitle and userMessage are for people; transient says that it may pass.
	userTitle, userMessage string
	transient              bool
}

// known is Meta's table: HTTP status and title by code. Source: the error-codes
// page as of 19 Nov 2025 (statuses) and Sep 2026 (codes); coexistence codes from
// its English copy of Dec 2025.
var known = map[int]struct {
	http  int
	title string
	async bool // normally comes as a status "failed", not in the answer
}{
	0:       {401, "AuthException", false},
	3:       {500, "API Method", false},
	10:      {403, "Permission Denied", false},
	33:      {400, "Parameter value is not valid", false},
	100:     {400, "Invalid parameter", false},
	190:     {401, "Access token has expired", false},
	368:     {403, "Temporarily blocked for policies violations", false},
	80007:   {400, "Rate limit issues", false},
	130403:  {400, "The business has blocked this user", false},
	130429:  {400, "Rate limit hit", false},
	130472:  {400, "User's number is part of an experiment", true},
	130497:  {403, "Business account is restricted from messaging users in this country.", false},
	131000:  {500, "Something went wrong", false},
	131005:  {403, "Access denied", false},
	131008:  {400, "Required parameter is missing", false},
	131009:  {400, "Parameter value is not valid", false},
	131016:  {500, "Service unavailable", false},
	131021:  {400, "Recipient cannot be sender", false},
	131026:  {400, "Message undeliverable", true},
	131030:  {400, "Recipient phone number not in allowed list", false},
	131031:  {403, "Account has been locked", false},
	131037:  {400, "WhatsApp provided number needs display name approval before message can be sent", false},
	131042:  {400, "Business eligibility payment issue", true},
	131045:  {500, "Incorrect certificate", false},
	131047:  {400, "Re-engagement message", true},
	131048:  {400, "Spam rate limit hit", true},
	131049:  {400, "This message was not delivered to maintain healthy ecosystem engagement.", true},
	131050:  {400, "User has stopped receipt of marketing messages", true},
	131051:  {400, "Unsupported message type", false},
	131052:  {400, "Media download error", true},
	131053:  {400, "Media upload error", true},
	131056:  {400, "(Business Account, Consumer Account) pair rate limit hit", false},
	131057:  {500, "Account in maintenance mode", false},
	131055:  {400, "Method not allowed", false},
	131061:  {400, "Max-price templates cannot be sent with this endpoint", false},
	131062:  {400, "Business-scoped User ID (BSUID) recipients are not supported for this message.", false},
	131063:  {400, "Marketing templates are disabled on Cloud API", false},
	131064:  {400, "Messaging limit reached", false},
	132000:  {400, "Template Param Count Mismatch", false},
	132001:  {404, "Template does not exist", false},
	132005:  {400, "Template Hydrated Text Too Long", false},
	132007:  {400, "Template Format Character Policy Violated", false},
	132008:  {400, "Template parameter value is invalid", false},
	132012:  {400, "Template Parameter Format Mismatch", false},
	132015:  {400, "Template is Paused", false},
	132016:  {400, "Template is Disabled", false},
	132018:  {400, "Template parameter is invalid", false},
	133005:  {400, "Two step verification PIN Mismatch", false},
	133006:  {400, "Phone number re-verification needed", false},
	132068:  {400, "Flow is blocked", false},
	132069:  {400, "Flow is throttled", false},
	133010:  {400, "Phone number not registered", false},
	133016:  {400, "Too many registrations and deregistrations", false},
	134100:  {400, "Only marketing messages are supported", false},
	134101:  {400, "Template sync in progress", false},
	134102:  {500, "Template unavailable for use", false},
	135000:  {400, "Generic user error", false},
	137000:  {400, "Recipient identity key hash mismatch", true},
	139100:  {400, "Failed to block or unblock some users", false},
	139101:  {400, "The list of blocked users is full", false},
	147001:  {400, "This username is not available", false},
	147002:  {400, "This username is not valid", false},
	200006:  {400, "Template insights cannot be disabled", false},
	200007:  {400, "Template insights are not enabled", false},
	1752041: {400, "Marketing Messages API request failed", false},
	2593107: {400, "Synchronization Request limit exceeded", false},
	2593108: {400, "Synchronization Request made outside of allowed time window", false},
}

// fail is the failure of a known code.
func fail(code int, details string) *failure {
	k, ok := known[code]
	if !ok {
		k.http, k.title = http.StatusBadRequest, "Unknown error"
	}
	return &failure{http: k.http, code: code, title: k.title, details: details}
}

// badParameter is code 100 with its sentence in the message itself.
func badParameter(sentence string) *failure {
	return &failure{http: http.StatusBadRequest, code: 100, title: sentence}
}

// notFound is Meta's answer for an id it does not know or does not show.
func notFound(method, id string) *failure {
	verb := map[string]string{http.MethodGet: "get", http.MethodDelete: "delete"}[method]
	return &failure{
		http: http.StatusBadRequest, code: 100, subcode: 33, plain: true, typ: "GraphMethodException",
		title: "Unsupported " + or(verb, "post") + " request. Object with ID '" + id +
			"' does not exist, cannot be loaded due to missing permissions, or does not support this operation.",
	}
}

// unknownObject is how the OpenAPI document answers for an id nobody has.
func unknownObject(id string) *failure {
	return &failure{
		http: http.StatusNotFound, code: 803, typ: "GraphMethodException",
		title: "Some of the aliases you requested do not exist: " + id,
	}
}

// notEmulated says clearly that it is the emulator that lacks something.
func notEmulated(method, path string) *failure {
	f := notFound(method, path)
	f.title = "Unsupported request: " + method + " " + path + " is not emulated on this floor (see docs/divergences.md)."
	return f
}

// envelope is the error in the shape of §1.2: message, type, code, error_data,
// error_subcode, fbtrace_id.
func (f *failure) envelope(trace string) []byte {
	var out wire.Object
	return out.Obj("error", f.object(trace)).Bytes()
}

// object is what stands under "error".
func (f *failure) object(trace string) *wire.Object {
	msg := f.title
	if !f.plain {
		msg = "(#" + itoa(f.code) + ") " + msg
	}
	var er wire.Object
	er.Str("message", msg).Str("type", or(f.typ, "OAuthException")).Int("code", int64(f.code))
	if f.details != "" {
		var data wire.Object
		data.Str("messaging_product", "whatsapp").Str("details", f.details)
		er.Obj("error_data", &data)
	}
	if f.subcode != 0 {
		er.Int("error_subcode", int64(f.subcode))
	}
	if f.userMessage != "" || f.transient {
		er.Bool("is_transient", f.transient).Opt("error_user_title", f.userTitle).Opt("error_user_msg", f.userMessage)
	}
	return er.Str("fbtrace_id", trace)
}

// inStatus is the same failure as an element of statuses[].errors.
func (f *failure) inStatus() []byte {
	var data, o wire.Object
	data.Str("details", or(f.details, f.title))
	return o.Int("code", int64(f.code)).Str("title", f.title).Str("message", f.title).Obj("error_data", &data).
		Str("href", "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/").Bytes()
}
