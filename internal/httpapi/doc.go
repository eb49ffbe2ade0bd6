// Package httpapi is the door for people and programs: the REST API under /v1, the
// event stream, the documentation, and the web application. It authenticates and
// translates, and decides nothing.
//
// Nobody gets in by default. A route is registered by [operate] or [API.plain], which
// both demand an [auth.Rule]; there is no other way to the mux, and the zero rule
// lets nobody in. Every request then takes the same way: security headers, cross-origin
// check, who asks, the rule, body limit, idempotency key, handler.
//
// Every request sees the Business of whoever asks and no other: handlers take
// it from the principal, never from the request, and what belongs to another Business
// is answered like what does not exist.
//
// Errors are problem documents (RFC 9457) with a stable code; this package alone
// turns kinds of faults into HTTP statuses.
package httpapi
