// Package auth says who asks, and what they may: people who sign in, their
// sessions, programs with API keys, and the rule that each route demands.
//
// A secret (session token, API key) is 260 random bits, shown once, kept as its
// SHA-256: whoever reads the database cannot use it, and a look-up by hash leaks
// nothing by its timing. Passwords are kept by argon2id. Signing in costs
// the same whether or not the e-mail is known, and is slowed down per account and
// per address ([Throttle]).
//
// A session is checked at every request: person disabled, signed out or expired
// means refused, at once. Signing in always makes a new session and ends the one the
// browser came with, so that a token planted before is worth nothing afterwards.
package auth
