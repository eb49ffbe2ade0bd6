// Package realtime fans the journal out to browsers.
//
// A Business's journal is tailed once per process, and only while somebody looks
// ([Hub]). Each browser has a [Subscription]: a place in the journal, which only moves
// over what it was given. What the tailer reads is offered to all; whoever is too
// slow to take it loses the offer, not the entries: it reads on from the journal itself at
// its own pace. So nothing is lost or doubled, whatever comes between, and a slow
// browser costs no memory.
//
// A place that is older than what is kept, or that lies ahead of the newest entry (a
// backup was restored), is lost ([ErrLost]): the browser fetches everything anew.
package realtime
