package outbox_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/clock"
	"wasl/internal/fault"
	"wasl/internal/outbox"
	"wasl/internal/wa"
)

const (
	ms     = time.Millisecond
	second = time.Second
)

func TestSendsAtOnce(t *testing.T) {
	inWorld(t, 20, 100*ms, func(t *testing.T, w *world) {
		r := w.say(wa.FromAgent, "ana", "hello")
		w.wantArrivals("0s hello")
		w.wantStatus(r, wa.Sending)
		time.Sleep(100 * ms)
		w.wantStatus(r, wa.Accepted)
	})
}

// TestPeopleFirst: while the only permit is taken, drafts come in the unkindest
// order.
func TestPeopleFirst(t *testing.T) {
	inWorld(t, 1, 90*ms, func(t *testing.T, w *world) {
		w.say(wa.FromCampaign, "ana", "taken")
		synctest.Wait() // it is on the road
		w.say(wa.FromCampaign, "ben", "campaign")
		w.say(wa.FromAPI, "ben", "service")
		w.say(wa.FromBot, "cid", "bot")
		w.say(wa.FromAgent, "dia", "person")
		time.Sleep(10 * second)
		w.wantArrivals("0s taken", "1.1s person", "2.2s bot", "3.3s service", "4.4s campaign")
	})
}

// TestBusyContactHoldsUpNobody: Ana has a hundred messages waiting, Ben one.
func TestBusyContactHoldsUpNobody(t *testing.T) {
	inWorld(t, 20, 100*ms, func(t *testing.T, w *world) {
		for i := range 100 {
			w.say(wa.FromAPI, "ana", fmt.Sprint("ana ", i))
		}
		w.say(wa.FromAPI, "ben", "ben")
		time.Sleep(13 * second)
		// Ana: one at a time, five at once on the pair's account, then one per 6 s.
		w.wantArrivals("0s ana 0", "50ms ben", "100ms ana 1", "200ms ana 2", "300ms ana 3", "400ms ana 4", "6s ana 5", "12s ana 6")
	})
}

// TestNobodyOvertakes: the first message to Ana certainly did not leave; the
// second waits until it has.
func TestNobodyOvertakes(t *testing.T) {
	inWorld(t, 20, 100*ms, func(t *testing.T, w *world) {
		w.meta.answer = func(n int, _ outbox.Envelope) outbox.Answer {
			if n == 1 {
				return outbox.Answer{Outcome: outbox.Again, Answered: true, Unsent: true}
			}
			return outbox.Answer{Outcome: outbox.Accepted, Answered: true, WAMID: wa.WAMID(fmt.Sprint("wamid.", n))}
		}
		first := w.say(wa.FromAPI, "ana", "first")
		w.say(wa.FromAPI, "ana", "second")
		time.Sleep(5 * second)
		w.wantArrivals("0s first", "1.1s first", "1.2s second")
		w.wantStatus(first, wa.Accepted)
	})
}

// TestI12InDoubtIsNotSentAgain: no answer by the deadline. Nothing is sent again
// by itself; after a quarter of an hour a person is asked.
func TestI12InDoubtIsNotSentAgain(t *testing.T) {
	inWorld(t, 20, 100*ms, func(t *testing.T, w *world) {
		w.meta.answer = func(n int, _ outbox.Envelope) outbox.Answer {
			if n > 1 {
				return outbox.Answer{Outcome: outbox.Accepted, Answered: true, WAMID: wa.WAMID(fmt.Sprint("wamid.", n))}
			}
			return outbox.Answer{Outcome: outbox.InDoubt}
		}
		r := w.say(wa.FromAPI, "ana", "hello")
		time.Sleep(30*second - 1)
		w.wantStatus(r, wa.Sending)
		time.Sleep(time.Nanosecond)
		w.wantStatus(r, wa.InDoubt)
		time.Sleep(14*time.Minute + 30*second - 1)
		w.wantStatus(r, wa.InDoubt)
		time.Sleep(time.Nanosecond)
		w.wantStatus(r, wa.NeedsPerson)
		time.Sleep(3 * time.Hour)
		w.wantStatus(r, wa.NeedsPerson)
		w.wantArrivals("0s hello")

		w.hear()
		if err := w.box.Resolve(t.Context(), w.Business, r.Message, outbox.SendAgain, "per_1"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(second)
		w.wantArrivals("0s hello", "3h15m0s hello")
		w.wantStatus(r, wa.Accepted)
		if err := w.box.Resolve(t.Context(), w.Business, r.Message, outbox.TreatAsSent, "per_1"); !isFault(err, fault.CodeMessageNotInDoubt) {
			t.Errorf("resolved twice: %v", err)
		}
	})
}

func TestCampaignDoubtWaitsLonger(t *testing.T) {
	inWorld(t, 20, 0, func(t *testing.T, w *world) {
		w.meta.answer = func(int, outbox.Envelope) outbox.Answer {
			return outbox.Answer{Outcome: outbox.InDoubt, HTTP: 500, Answered: true}
		}
		r := w.say(wa.FromCampaign, "ana", "hello")
		time.Sleep(36*time.Hour - 1)
		w.wantStatus(r, wa.InDoubt)
		time.Sleep(time.Nanosecond)
		w.wantStatus(r, wa.NeedsPerson)
	})
}

func TestTreatAsSent(t *testing.T) {
	inWorld(t, 20, 0, func(t *testing.T, w *world) {
		w.meta.answer = func(int, outbox.Envelope) outbox.Answer {
			return outbox.Answer{Outcome: outbox.InDoubt, HTTP: 502, Answered: true}
		}
		r := w.say(wa.FromAgent, "ana", "hello")
		w.wantStatus(r, wa.InDoubt)
		if err := w.box.Resolve(t.Context(), w.Business, r.Message, outbox.TreatAsSent, "per_1"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		w.wantStatus(r, wa.Accepted)
		w.wantArrivals("0s hello")
	})
}

// TestI22Throttled: Meta says three times that the Number is too fast. 4^X
// seconds pass each time, then one probe goes, and all of them once one was
// accepted.
func TestI22Throttled(t *testing.T) {
	inWorld(t, 20, 100*ms, func(t *testing.T, w *world) {
		w.meta.answer = func(n int, _ outbox.Envelope) outbox.Answer {
			if n <= 3 {
				return outbox.Answer{Outcome: outbox.Again, Answered: true, HTTP: 400, Code: 130429, Effect: outbox.CoolNumber}
			}
			return outbox.Answer{Outcome: outbox.Accepted, Answered: true, WAMID: wa.WAMID(fmt.Sprint("wamid.", n))}
		}
		w.say(wa.FromAPI, "ana", "ana")
		time.Sleep(60 * ms)
		w.say(wa.FromAPI, "ben", "ben")
		time.Sleep(time.Minute)
		// Both first ones came before the first answer; they count as one.
		w.wantArrivals("0s ana", "60ms ben", "1.1s ana", "5.2s ana", "5.3s ben")
	})
}

func TestThrottledPairHoldsOnlyThePair(t *testing.T) {
	inWorld(t, 20, 100*ms, func(t *testing.T, w *world) {
		w.meta.answer = func(n int, e outbox.Envelope) outbox.Answer {
			if n == 1 {
				return outbox.Answer{Outcome: outbox.Again, Answered: true, HTTP: 400, Code: 131056, Effect: outbox.CoolPair}
			}
			return outbox.Answer{Outcome: outbox.Accepted, Answered: true, WAMID: wa.WAMID(fmt.Sprint("wamid.", n))}
		}
		w.say(wa.FromAPI, "ana", "ana")
		time.Sleep(200 * ms)
		w.say(wa.FromAgent, "ana", "ana, by a person") // faster lane, same pair
		time.Sleep(300 * ms)
		w.say(wa.FromAPI, "ben", "ben")
		time.Sleep(time.Minute)
		w.wantArrivals("0s ana", "500ms ben", "1.1s ana, by a person", "1.2s ana")
	})
}

// TestStoppedNumberHolds: the token is refused. Nothing fails that could wait;
// once a person has seen to it everything goes, in order.
func TestStoppedNumberHolds(t *testing.T) {
	inWorld(t, 20, 100*ms, func(t *testing.T, w *world) {
		dead := true
		w.meta.answer = func(n int, _ outbox.Envelope) outbox.Answer {
			if dead {
				return outbox.Answer{Outcome: outbox.Again, Answered: true, HTTP: 401, Code: 190, Effect: outbox.StopNumber, Stop: "token_refused"}
			}
			return outbox.Answer{Outcome: outbox.Accepted, Answered: true, WAMID: wa.WAMID(fmt.Sprint("wamid.", n))}
		}
		first := w.say(wa.FromAPI, "ana", "first")
		queued := w.say(wa.FromAPI, "ana", "second")
		time.Sleep(time.Minute)
		w.wantStatus(first, wa.Held)
		later := w.say(wa.FromAPI, "ana", "third")
		if later.Status != wa.Held || later.Verdict.Reason != "number_stopped" {
			t.Errorf("submitted to a stopped number: %+v", later)
		}
		time.Sleep(time.Minute)
		w.wantArrivals("0s first")
		w.wantStatus(queued, wa.Queued)

		dead = false
		if err := w.DB.ResumeNumber(t.Context(), w.Business, w.number, "per_1", clock.Now()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * second)
		w.wantArrivals("0s first", "2m0s first", "2m0.1s second", "2m0.2s third")
		w.wantStatus(later, wa.Accepted)
	})
}

// TestInboundTakesPermits: Meta counts both directions.
func TestInboundTakesPermits(t *testing.T) {
	inWorld(t, 2, 100*ms, func(t *testing.T, w *world) {
		w.say(wa.FromAPI, "ana", "first")
		time.Sleep(10 * ms)
		w.sender.Received(w.Business, w.number, 1)
		w.say(wa.FromAPI, "ben", "second")
		time.Sleep(5 * second)
		// Two a second: one sent, one received. What came in leaves the second first.
		w.wantArrivals("0s first", "1.02s second")
	})
}

// TestScheduled: a draft for later leaves then, also when nobody is awake.
func TestScheduled(t *testing.T) {
	inWorld(t, 20, 100*ms, func(t *testing.T, w *world) {
		_, err := w.box.Submit(t.Context(), wa.Draft{
			Business: w.Business, Conversation: w.talks["ana"], Kind: wa.SendMessage, Origin: wa.FromAPI, Lane: wa.ServiceLane,
			Content: wa.Content{JSON: []byte(`{"type":"text","text":{"body":"later"}}`)}, NotBefore: w.began.Add(90 * time.Minute),
		})
		if err != nil {
			t.Fatal(err)
		}
		w.say(wa.FromAPI, "ana", "now")
		time.Sleep(2 * time.Hour)
		w.wantArrivals("0s now", "1h30m0s later")
	})
}

// TestShutdownDrains: what is on the road when the program ends is heard out.
func TestShutdownDrains(t *testing.T) {
	inWorld(t, 20, 20*second, func(t *testing.T, w *world) {
		r := w.say(wa.FromAPI, "ana", "on the road")
		waits := w.say(wa.FromAPI, "ana", "waits")
		time.Sleep(second)
		w.stop()
		if got := clock.Now().Sub(w.began); got != 20*second {
			t.Errorf("Run ended after %v, want 20s", got)
		}
		w.wantStatus(r, wa.Accepted)
		w.wantStatus(waits, wa.Queued)
		w.wantArrivals("0s on the road")
	})
}

// TestI14CrashLeavesDoubt: the sender dies with a message on the road. Its next
// life finds it in doubt, does not send it again, and sends what waited.
func TestI14CrashLeavesDoubt(t *testing.T) {
	inWorld(t, 1, 20*second, func(t *testing.T, w *world) {
		r := w.say(wa.FromAPI, "ana", "on the road")
		waits := w.say(wa.FromAPI, "ben", "waits")
		w.crash()
		w.meta = &meta{trip: 100 * ms}
		w.live()
		time.Sleep(second)
		w.wantStatus(r, wa.InDoubt)
		// One permit, and it may be on the road until its deadline and quarantine.
		time.Sleep(90 * second)
		w.wantArrivals("1m31s waits")
		time.Sleep(second)
		w.wantStatus(waits, wa.Accepted)
	})
}

// TestL13TakeoverDropsTheBotsAnswer: it waits for its turn when a person acts.
func TestL13TakeoverDropsTheBotsAnswer(t *testing.T) {
	inWorld(t, 1, 100*ms, func(t *testing.T, w *world) {
		w.say(wa.FromAgent, "ben", "taken")
		bot := w.say(wa.FromBot, "ana", "the bot's answer")
		w.say(wa.FromAgent, "ana", "a person's answer")
		time.Sleep(10 * second)
		w.wantArrivals("0s taken", "1.11s a person's answer")
		w.wantStatus(bot, wa.Cancelled)
		if _, err := w.try(wa.FromBot, "ana", "another"); !isFault(err, fault.CodeTakenOver) {
			t.Errorf("the bot speaks while a person holds: %v", err)
		}
		time.Sleep(30 * time.Minute)
		w.hear()
		w.say(wa.FromBot, "ana", "the bot is back")
	})
}

// TestI27ClosedWhileWaiting: the window shuts while a message waits.
func TestI27ClosedWhileWaiting(t *testing.T) {
	inWorld(t, 1, 10*second, func(t *testing.T, w *world) {
		time.Sleep(24*time.Hour - time.Minute - 5*second)
		w.say(wa.FromAPI, "ben", "in time")
		late := w.say(wa.FromAPI, "ana", "too late")
		time.Sleep(time.Minute)
		w.wantArrivals("23h58m55s in time")
		w.wantStatus(late, wa.Failed)
		if _, err := w.try(wa.FromAgent, "ana", "too late"); !isFault(err, fault.CodeWindowClosed) {
			t.Errorf("submitted after the window: %v", err)
		}
	})
}

// TestReceipts: a receipt replaces one that waits, is not repeated, and needs no
// window.
func TestReceipts(t *testing.T) {
	inWorld(t, 1, 100*ms, func(t *testing.T, w *world) {
		read := func() {
			if err := w.box.MarkRead(context.Background(), w.Business, w.talks["ana"], ""); err != nil {
				t.Fatal(err)
			}
		}
		read() // she wrote nothing: no error, no receipt
		w.write("ana", "wamid.IN1")
		w.say(wa.FromAgent, "ben", "taken")
		read()
		time.Sleep(200 * ms)
		w.write("ana", "wamid.IN2")
		read()
		read()
		time.Sleep(10 * second)
		read()
		time.Sleep(10 * second)
		w.wantArrivals("0s taken", "1.11s read wamid.IN2")
	})
}

func isFault(err error, code fault.Code) bool {
	f, ok := fault.From(err)
	return ok && f.Code == code
}
