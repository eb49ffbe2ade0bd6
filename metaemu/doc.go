// Package metaemu plays Meta: the part of the Graph API that a WhatsApp client
// talks to, the webhooks that come back, the business phone of a Coexistence
// number, and the customers. It is a judge rather than a mirror. It keeps its
// own books of everything that reached it, says which of Meta's rules were
// broken and where the rule is written, and shares no code with the clients it
// judges: a misunderstanding must not be made twice. It needs the standard
// library only.
//
//	e := metaemu.New(metaemu.Config{Seed: 1})
//	go e.Run(ctx)                                  // webhooks, statuses, traffic
//	srv := httptest.NewServer(e.Handler())         // Graph, /_emulator/, a screen at /
//	e.CreateApp(metaemu.AppSpec{Callback: "http://127.0.0.1:8080/webhooks/meta"})
//	n, err := e.CreateNumber(metaemu.NumberSpec{}) // n.Token, n.ID, n.AppSecret, …
//	c, err := e.CreateCustomer(metaemu.CustomerSpec{Name: "Mona"})
//	e.CustomerSend(c.ID, n.ID, metaemu.Content{Text: "hello"})
//
// Everything that can be done by a method can be done over HTTP below
// /_emulator/, and the other way round; the page at / uses nothing else.
//
// Section signs (§) below and in the code are those of the protocol notes
// "cloud-api-protocol" and "coexistence-protocol", which name Meta's pages and
// the dates they were read. What the emulator does not do, or does by guess, is
// listed in docs/divergences.md.
//
// # One world, one lock, one queue
//
// All state is one world under one lock that is never held while sleeping or
// during input or output. That is why the package is larger than the others of
// its repository: phones, customers, numbers, webhooks and books are one state
// machine, and cutting it up would mean either several locks or an interface
// around every noun. What is pure has moved out: wire (JSON as Meta writes it),
// limit (rates), media (what files are carried), sample (files), screen (the page).
//
// Whatever is to happen later — a status, a retry, a line of a script, the end
// of a phone's patience — is an event in one queue ordered by time. An event
// runs with the time it was meant for, so that a clock that jumps over thirteen
// days leaves the same timestamps as one that walked. Before anybody acts or
// asks from outside, what is due happens first; so the order of things at one
// moment does not depend on which goroutine woke up. The same seed and the same
// requests in the same order give the same identifiers, delays and faults.
//
// Webhooks leave through a bounded number of workers and may overtake each
// other, as Meta's do. Config.DeliveryWorkers = 1 puts them in order.
//
// # Time
//
// The emulator reads one Clock. The default, WallClock, is the machine's time
// plus an offset that Advance moves, waking every sleeper. Inside a
// testing/synctest bubble the same clock is the bubble's, and 14 days pass in
// milliseconds; make the emulator inside the bubble and give it an HTTPClient
// whose network is in memory. No goroutine is left when the context of Run has
// ended and the servers are closed. Timeouts
// of webhooks are real time, because the other side lives in it.
//
// # What is judged
//
//   - Throughput (Breach rule "outbound", hard): more than MPS sends of one
//     number within any sliding second. Every arrival counts, also one that is
//     refused. Answered 130429. Read receipts are no messages.
//   - Throughput both ways (rule "combined"): sends and customers' messages
//     together above MPS. Answered 130429 and counted; it is not hard, because
//     nobody can pace their customers.
//   - Pair rate (rule "pair", hard): one message per 6 s from a number to
//     a customer, 45 at once borrowed from the future. Answered 131056.
//   - Window (rule "window"): free-form messages outside 24 hours of the
//     customer's last live message to the onboarded number. Accepted and then
//     failed with 131047, or refused at once if so configured. Messages from the
//     phone, reactions, edits, and what came before onboarding open nothing.
//
// Calls are checked in this order: version, token, object, rates, faults, form,
// stage of the number (133010), sentinel, pair rate, template or window.
//
// # Sentinels
//
// The last six digits of a recipient can ask for trouble, in a test, over HTTP
// or by a person. The customer's window must be open for those that are
// accepted.
//
//	…131026  accepted, then failed with 131026; likewise the other codes that
//	         normally come by a status: 130472 131042 131047 131048 131049
//	         131050 131052 131053 137000
//	…131030  refused at once with that code; likewise every other code of
//	         Meta's table from 100 up: …000100 …000190 …000368 …080007 …130429
//	         …131000 …131008 …131009 …131016 …131021 …131031 …131045 …131051
//	         …131056 …131057 …131064 …132015 …133010 …
//
// GET /_emulator/sentinels lists them with what each does.
//
//	…000408  accepted, and the connection closes without an answer
//	…000500  accepted, and answered with HTTP 500 (131000)
//	…000503  not accepted, answered with HTTP 503 (code 2)
//
// Ordinary numbers can end so too: Sentinel tells, and invented numbers avoid
// it. Shares of trouble for everybody are in Faults.
//
// # Webhooks
//
// Signed over the exact bytes with the app's secret; text outside ASCII escaped
// as \uXXXX and "/" as "\/". Only HTTP 200 counts. Otherwise the same bytes are
// tried again after 10 s, 1 min, 5 min, 30 min, 2 h and then every 6 h, for
// seven days, to all apps that were told the same, as Meta's page says; what the
// others answer changes nothing. After a jump of the clock the next try follows
// at once and the schedule goes on from there. Messages go to the override of
// the number, else of the WABA, else to the app's callback; all other fields to
// the app's callback.
//
// # Media
//
// Uploads are checked by type, size and first bytes. GET /{media-id} answers an
// address of the emulator itself, which needs a token of the number's WABA and
// ends after five minutes; ids end after 30 days if uploaded and after 7 if told
// by a webhook. What people say without a file of their own holds a built-in
// sample (package sample), so that every id that is told can be loaded. What is
// wrong with a file that is sent comes as a status: 131053, or 131052 if a link
// leads to nothing. Links are fetched only with Config.Links.
//
// # Money
//
// Package tariff reads Meta's rate cards from files of its own and shares nothing
// with whoever checks the invoice. A message is priced when it is sent (category
// and type, told in its statuses) and charged when it is delivered (market, tier
// and amount, on the invoice only).
//
// # Embedded Signup
//
// A page loads /en_US/sdk.js instead of Meta's script and calls FB.init and
// FB.login as always; the popup is served at /dialog/oauth. The owner confirms on
// the phone's screen, or a test with PhoneConfirmSignup.
//
// # Habits
//
// Where sources disagree on how Meta behaves the emulator has one answer and,
// as a switch in Habits, the others. Together with Faults they are the knobs of
// GET /_emulator/knobs, each with its kind, its default and a sentence; presets
// turn several at once.
//
// # What is forgotten
//
// The books keep the newest 200,000 arrivals, 50,000 deliveries, 10,000
// breaches, 64 MiB of delivery bodies, 1,000 messages of a chat and 500,000 of
// all chats together (Config changes each). At most 200,000 webhooks wait, with
// 512 MiB of bodies; what comes on top is dropped and counted. The counters go
// on. A recipient whom nobody created becomes a customer; 100,000 of those are
// kept, and then the oldest who have never written are forgotten with their
// chats. Of the prices that analytics tell 100,000 half hours are kept, the
// newest; the invoice is sums by month. Media is kept once by content, up to
// KeepMedia bytes and KeepMediaIDs ids; the oldest ids then end early, and after
// them the oldest resumable uploads. What a person or a test has created —
// apps, numbers, customers, groups, tokens — stays until Reset.
//
// # Snapshots
//
// Save (GET /_emulator/snapshot) writes the world as one JSON document with
// a version, Load (POST) replaces the world by it: every app, number, customer,
// chat, book and knob, the chance still to be drawn, and everything that is
// planned — statuses, retries, batches, lines of scripts, checks of a phone's
// silence. The loaded world goes on as the saved one would have.
//
// A part of the emulator takes part by keeping its state below world, in plain
// values, maps, slices and pointers to structs (a test refuses functions,
// channels and interfaces there), and by planning what is to come as a deed, by
// name with plain arguments: add a function to deeds. Nothing else is needed;
// the document is written by reflection. A field that is renamed or taken away
// makes older snapshots unreadable, which raises SnapshotVersion.
//
// A snapshot does not hold the Config (but for the seed), open screens, Graph
// calls that wait for an answer, or the answer of a webhook that is on the road:
// such a webhook goes out again. The clock is moved forward to where it was,
// never back; if it is further, what has become due happens at once.
package metaemu
