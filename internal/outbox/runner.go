package outbox

import (
	"context"
	"errors"
	"sync"
	"time"

	"wasl/internal/clock"
	"wasl/internal/id"
	"wasl/internal/pacer"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

// runner sends for one Number while it has something to send. Its goroutine
// owns everything but the fields that say otherwise.
type runner struct {
	s *Sender
	place
	epoch int64
	wake  chan struct{}
	back  chan report

	pacer  *pacer.Pacer
	number Number
	today  platform.Facts
	ahead  lookahead
	busy   map[wa.ConversationID]bool // contacts with an open attempt
	flying int                        // workers that have not reported their conclusion
	unsent int                        // tries in a row that never left us
	askAt  time.Time                  // when to look for messages too long in doubt
	halted bool                       // nothing more is begun: stopped, not the owner, or storage trouble
	// slowing are answers that slow the Number down and are not concluded yet.
	// By how much stands in the conclusion, so until then nothing leaves.
	slowing map[pacer.Ticket]bool

	heardMu sync.Mutex // guards heard
	heard   []inbound
}

type inbound struct {
	at time.Time
	n  int
}

// report is what a worker tells its runner: first that the answer came, then
// that the conclusion is on disk.
type report struct {
	ticket    pacer.Ticket
	item      Item
	answer    Answer
	at        time.Time // of the answer, or the deadline
	concluded bool
	result    Concluded
	err       error // of a conclusion that could not be written before the end
}

const (
	// askEvery is how often a busy runner looks for old doubts.
	askEvery = 30 * time.Second
	// linger is how long a runner waits for its next work before it leaves.
	linger = 10 * time.Second
)

func newRunner(s *Sender, p place) *runner {
	return &runner{
		s: s, place: p, wake: make(chan struct{}, 1), back: make(chan report),
		busy: map[wa.ConversationID]bool{}, slowing: map[pacer.Ticket]bool{},
	}
}

func (r *runner) poke() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *runner) hear(at time.Time, n int) {
	r.heardMu.Lock()
	defer r.heardMu.Unlock()
	r.heard = append(r.heard, inbound{at, n})
}

// run works until there is nothing left to do soon, or ctx ends.
func (r *runner) run(ctx context.Context) {
	for tries := 0; ; tries++ {
		err := r.open(ctx)
		if err == nil {
			break
		}
		if ctx.Err() != nil || errors.Is(err, ErrNotOwner) {
			r.s.leave(r, true)
			return
		}
		r.s.log().Error("cannot take over a number", "number", r.place.number, "err", err)
		if clock.Sleep(ctx, pacer.Again(min(tries, 5), r.s.jitter())) != nil {
			r.s.leave(r, true)
			return
		}
	}
	for {
		pause := r.step(ctx)
		if pause < 0 { // nothing to do and nothing on the road
			if r.s.leave(r, ctx.Err() != nil || r.halted) {
				if len(r.wake) > 0 {
					r.s.Wake(r.business, r.place.number) // whatever halted this one may be over
				}
				return
			}
			pause = 0
		}
		r.listen(ctx, pause)
	}
}

// open takes the Number over: what an earlier owner left on the road is in
// doubt, and its permits are taken as long as they may be.
func (r *runner) open(ctx context.Context) error {
	epoch, err := r.s.claim(ctx, r.business)
	if err != nil {
		return err
	}
	r.epoch = epoch
	now := clock.Now()
	r.today = r.s.Facts.On(now)
	n, err := r.s.Queue.OpenNumber(ctx, Opening{
		Business: r.business, Number: r.place.number, Epoch: r.epoch, Now: now,
		AskAt: func(l wa.Lane, begun time.Time) time.Time { return begun.Add(r.today.Doubt(string(l))) },
	})
	if err != nil {
		return err
	}
	r.number = n
	r.pacer = pacer.New(r.limits())
	r.pacer.Restore(now, n.Permits, r.today.SendTimeout()+r.today.Quarantine())
	if n.CoolUntil.After(now) {
		r.pacer.CoolNumber(n.CoolUntil)
	}
	for c, until := range n.Pairs {
		r.pacer.CoolPair(c, until)
	}
	if n.Recovered > 0 {
		r.s.log().Warn("sends in doubt after a restart", "number", r.place.number, "attempts", n.Recovered)
	}
	r.halted = n.Idle
	return nil
}

func (r *runner) limits() pacer.Limits {
	every, burst := r.today.Pair()
	return pacer.Limits{
		Permits: r.today.Rate(r.number.Mode, r.number.Country, r.number.MPS).MPS,
		Rest:    r.today.PermitRest(), Quarantine: r.today.Quarantine(),
		Pair: pacer.Pair{Every: every, Burst: burst},
	}
}

// step does the next thing that can be done at once, and returns how long to
// listen before the next: 0 to go on, [pacer.UntilAnswer] if only an event can
// help, negative if there is nothing to do.
func (r *runner) step(ctx context.Context) time.Duration {
	now := clock.Now()
	r.takeHeard()
	if ctx.Err() != nil || r.halted {
		return r.finish(ctx, now)
	}
	if len(r.slowing) > 0 {
		return pacer.UntilAnswer
	}
	if !now.Before(r.askAt) {
		r.ask(ctx, now)
	}
	if wait := r.pacer.Wait(now); wait > 0 {
		return r.within(ctx, now, wait)
	}
	it, wait, err := r.choose(ctx, now)
	switch {
	case err != nil:
		r.s.log().Error("cannot read the outbox", "number", r.place.number, "err", err)
		return time.Second
	case it == nil && r.flying > 0:
		return wait
	case it == nil:
		return r.within(ctx, now, wait)
	}
	r.begin(ctx, now, *it)
	return 0
}

// within waits if it is worth it, and else leaves the rest to whoever is due.
func (r *runner) within(ctx context.Context, now time.Time, wait time.Duration) time.Duration {
	if r.flying > 0 || wait <= linger {
		return wait
	}
	notBefore := now
	if wait != pacer.UntilAnswer {
		notBefore = now.Add(wait)
	}
	next, err := r.s.Queue.RestNumber(ctx, r.business, r.place.number, now, notBefore)
	if err != nil {
		if ctx.Err() == nil {
			r.s.log().Error("cannot write down when a number is due", "number", r.place.number, "err", err)
		}
		return time.Second
	}
	if next.IsZero() || next.Sub(now) > linger {
		r.s.dueAt(next)
		return -1
	}
	r.ahead.stale = true
	return max(next.Sub(now), 20*time.Millisecond)
}

// finish waits for what is on the road and then leaves.
func (r *runner) finish(ctx context.Context, now time.Time) time.Duration {
	if r.flying > 0 {
		return pacer.UntilAnswer
	}
	if ctx.Err() == nil {
		next, err := r.s.Queue.RestNumber(ctx, r.business, r.place.number, now, now)
		if err != nil {
			r.s.log().Error("cannot write down when a number is due", "number", r.place.number, "err", err)
			return time.Second
		}
		r.s.dueAt(next)
	}
	return -1
}

func (r *runner) ask(ctx context.Context, now time.Time) {
	r.askAt, r.today = now.Add(askEvery), r.s.Facts.On(now)
	r.pacer.SetLimits(r.limits())
	n, err := r.s.Queue.AskPerson(ctx, r.business, r.place.number, now)
	if err != nil && ctx.Err() == nil {
		r.s.log().Error("cannot look for sends in doubt", "number", r.place.number, "err", err)
	}
	if n > 0 {
		r.s.log().Warn("sends need a person", "number", r.place.number, "messages", n)
	}
}

func (r *runner) takeHeard() {
	r.heardMu.Lock()
	defer r.heardMu.Unlock()
	for _, h := range r.heard {
		r.pacer.Received(h.at, h.n)
	}
	r.heard = nil
}

// listen waits for an event, at most for pause.
func (r *runner) listen(ctx context.Context, pause time.Duration) {
	if pause == 0 {
		select {
		case rep := <-r.back:
			r.hearBack(rep)
		case <-r.wake:
			r.ahead.stale = true
		default:
		}
		return
	}
	var timer <-chan time.Time
	if pause != pacer.UntilAnswer {
		t := clock.NewTimer(pause)
		defer t.Stop()
		timer = t.C
	}
	done := ctx.Done()
	if ctx.Err() != nil {
		done = nil // known already; what is on the road is what we wait for
	}
	select {
	case rep := <-r.back:
		r.hearBack(rep)
	case <-r.wake:
		r.ahead.stale = true
	case <-timer:
	case <-done:
	}
}

// begin takes a permit for an item, opens an attempt, and hands it to a worker.
func (r *runner) begin(ctx context.Context, now time.Time, it Item) {
	ticket := r.pacer.Start(now, it.Conversation)
	a := Beginning{
		Attempt: wa.AttemptID(id.Attempt()), Now: now, Deadline: now.Add(r.today.SendTimeout()),
		Epoch: r.epoch, Decide: decide(r.today), Body: r.s.API.Body,
	}
	a.Free = a.Deadline.Add(r.today.Quarantine())
	begun, err := r.s.Queue.Begin(ctx, it, a)
	r.ahead.drop(it)
	if begun.Open && begun.MPS != r.number.MPS {
		r.number.MPS = begun.MPS
		r.pacer.SetLimits(r.limits())
	}
	switch {
	case errors.Is(err, ErrNotOwner):
		r.pacer.Unused(ticket)
		r.halted = true
	case err != nil:
		r.beginFailed(ctx, ticket, it, a, err)
	case !begun.Open:
		r.pacer.Unused(ticket)
		r.ahead.stale = true
		// What stops one item of a Number stops them all: look at it anew.
		if begun.Verdict.Held() {
			r.halted = true
		}
	default:
		r.busy[it.Conversation] = true
		r.flying++
		w := worker{s: r.s, back: r.back, item: it, begin: a, today: r.today, ticket: ticket}
		go w.send(context.WithoutCancel(ctx), ctx, begun.Post)
	}
}

// beginFailed deals with an attempt of which nobody knows whether it is on disk.
// It was certainly not posted: that is written down, so that it does not become
// in doubt.
func (r *runner) beginFailed(ctx context.Context, ticket pacer.Ticket, it Item, a Beginning, err error) {
	r.pacer.Unused(ticket)
	if ctx.Err() == nil {
		r.s.log().Error("cannot open an attempt", "number", r.place.number, "err", err)
	}
	r.busy[it.Conversation] = true
	r.flying++
	w := worker{s: r.s, back: r.back, item: it, begin: a, today: r.today, ticket: ticket}
	go w.conclude(context.WithoutCancel(ctx), ctx, Answer{Outcome: Again, Answered: true, Unsent: true}, clock.Now())
}

// hearBack takes note of what a worker tells.
func (r *runner) hearBack(rep report) {
	if !rep.concluded {
		if rep.answer.Answered {
			r.pacer.Answered(rep.ticket, rep.at)
		} else {
			r.pacer.Lost(rep.ticket, rep.at)
		}
		if rep.answer.slows() {
			r.slowing[rep.ticket] = true
		}
		return
	}
	r.flying--
	delete(r.slowing, rep.ticket)
	delete(r.busy, rep.item.Conversation)
	// Later items of this contact may have been passed over when it was busy.
	r.ahead.stale = r.ahead.stale || r.ahead.past
	switch {
	case rep.err != nil:
		// What is on disk is an open attempt; whoever opens the Number next
		// finds it in doubt.
		r.halted = true
	case rep.answer.Outcome == Accepted:
		r.unsent = 0
		r.pacer.Warm()
	case rep.answer.Outcome == Again:
		r.again(rep)
	case rep.answer.Effect == StopNumber:
		r.halted = true
	}
}

// again slows down as the answer says. The item is back in the queue.
func (r *runner) again(rep report) {
	r.ahead.stale = true
	switch rep.answer.Effect {
	case CoolNumber:
		r.pacer.CoolNumber(rep.result.CoolUntil)
	case CoolPair:
		r.pacer.CoolPair(rep.item.Conversation, rep.result.CoolUntil)
	case StopNumber:
		r.halted = true
	case NoEffect:
		// Nothing of it left us, so nothing of the next would either.
		r.pacer.CoolNumber(rep.at.Add(pacer.Again(r.unsent, r.s.jitter())))
		r.unsent++
	}
}
