// Package outbox takes drafts in and sends them, each at most once.
//
// # In
//
// [Box.Submit] is the one way in. It asks the policy and either refuses, with a
// fault whose code is the reason, or queues the draft: message, item and journal
// entry in one transaction.
//
// # Out
//
// [Sender] is the one way out. Meta's send call has no idempotency key: after a
// lost answer, a 5xx or a crash nobody can know from the call whether the
// message went. Hence the order, which no shortcut may change:
//
//  1. Choose an item, people's lane first, passing over contacts who must wait.
//  2. Take a permit ([pacer.Pacer]).
//  3. [Queue.Begin]: one transaction gathers the facts, asks the policy again
//     and puts an attempt on disk before the first byte leaves. If it refuses,
//     the permit goes back unused.
//  4. POST, at once and once.
//  5. [Queue.Conclude]: what became of the attempt, written only if nothing is
//     known yet, because a status webhook may have settled it first.
//
// What is not known is in doubt, and nothing in doubt is sent again by itself.
// A status that bears the attempt's opaque id settles it, or after a while a
// person does ([Box.Resolve]). An attempt that an earlier process left open is
// in doubt too.
//
// # Ownership
//
// A Number that has something to send has one goroutine, its runner, which
// alone touches the Number's pacer; a Number that has nothing has none. The
// runner hands each request to a worker and hears from it twice: when the
// answer came, and when the conclusion is on disk. Until the second, nothing
// else goes to the same contact, so that two messages never overtake each other.
package outbox
