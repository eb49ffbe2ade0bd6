package outbox

import (
	"context"
	"time"

	"wasl/internal/clock"
	"wasl/internal/pacer"
	"wasl/internal/platform"
)

// worker carries one attempt out.
type worker struct {
	s      *Sender
	back   chan<- report
	item   Item
	begin  Beginning
	today  platform.Facts
	ticket pacer.Ticket
}

// goodbye is how long after the end of the program a conclusion may take that
// the store does not accept.
const goodbye = 10 * time.Second

// send posts and concludes. ctx is never cancelled by the end of the program,
// only by the deadline; life is.
func (w worker) send(ctx, life context.Context, p Post) {
	p.Deadline = w.begin.Deadline
	answer := w.s.API.Post(ctx, p)
	at := clock.Now()
	permit := at
	if !answer.Answered {
		permit = w.begin.Deadline
	}
	w.back <- report{ticket: w.ticket, item: w.item, answer: answer, at: permit}
	if answer.Outcome == InDoubt {
		w.s.log().Warn("send in doubt", "message", w.item.ID, "attempt", w.begin.Attempt, "http", answer.HTTP, "code", answer.Code)
	}
	w.conclude(ctx, life, answer, at)
}

// conclude writes the conclusion, however long the store takes to be there
// again; after the end of the program not much longer.
func (w worker) conclude(ctx, life context.Context, answer Answer, at time.Time) {
	c := w.conclusion(answer, at)
	var end time.Time
	for tries := 0; ; tries++ {
		result, err := w.s.Queue.Conclude(ctx, c)
		if err == nil {
			w.back <- report{ticket: w.ticket, item: w.item, answer: answer, at: at, concluded: true, result: result}
			return
		}
		w.s.log().Error("cannot write down what became of a send", "attempt", w.begin.Attempt, "err", err)
		if life.Err() != nil && end.IsZero() {
			end = clock.Now().Add(goodbye)
		}
		if !end.IsZero() && !clock.Now().Before(end) {
			w.back <- report{ticket: w.ticket, item: w.item, answer: answer, at: at, concluded: true, err: err}
			return
		}
		// Woken by the end of the program, to note it and try once more.
		_ = clock.Sleep(life, pacer.Again(min(tries, 3), w.s.jitter()))
		if life.Err() != nil {
			_ = clock.Sleep(ctx, time.Second)
		}
	}
}

func (w worker) conclusion(answer Answer, at time.Time) Conclusion {
	c := Conclusion{Attempt: w.begin.Attempt, Item: w.item, Answer: answer, At: at}
	c.Free = at.Add(w.today.PermitRest())
	if !answer.Answered {
		c.Free = w.begin.Free
	}
	c.AskAt = w.begin.Now.Add(w.today.Doubt(string(w.item.Lane)))
	jitter := w.s.jitter()
	c.Cooling = func(tries int) time.Time { return at.Add(pacer.Cooling(tries, w.today.CoolingLongest(), jitter)) }
	c.Retry = at
	if answer.Effect == NoEffect {
		c.Retry = at.Add(pacer.Again(w.item.Attempts, jitter))
	}
	return c
}
