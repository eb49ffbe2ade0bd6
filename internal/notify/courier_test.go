package notify_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/coexist"
	"wasl/internal/fault"
	"wasl/internal/notify"
	"wasl/internal/outbox"
	"wasl/internal/wa"
)

// shelf is a Post with the letters of one channel of one Business. The store's own
// tests hold the real one to the same.
type shelf struct {
	mu      sync.Mutex
	letters map[string]*notify.Letter // by recipient
	next    map[string]time.Time
	lost    bool // what comes of an attempt is not written down, as after a crash
}

func newShelf(list ...notify.Letter) *shelf {
	s := &shelf{letters: map[string]*notify.Letter{}, next: map[string]time.Time{}}
	for _, l := range list {
		s.letters[l.Recipient], s.next[l.Recipient] = &l, time.Now()
	}
	return s
}

func (s *shelf) Audience(context.Context, wa.BusinessID) ([]notify.Recipient, notify.Settings, error) {
	return nil, notify.Settings{}, nil
}

func (s *shelf) Tell(context.Context, notify.Notice, []notify.Delivery, time.Time) error { return nil }

func (s *shelf) Called(context.Context, wa.BusinessID, notify.Channel) error { return nil }

func (s *shelf) Calling(_ context.Context, _ notify.Channel, now time.Time) (due []wa.BusinessID, next time.Time, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for to, l := range s.letters {
		switch at := s.next[to]; {
		case l.State != notify.Due:
		case !at.After(now):
			due = []wa.BusinessID{"biz_1"}
		case next.IsZero() || at.Before(next):
			next = at
		}
	}
	return due, next, nil
}

func (s *shelf) Letters(_ context.Context, _ wa.BusinessID, _ notify.Channel, now time.Time) (out []notify.Letter, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for to, l := range s.letters {
		if l.State == notify.Due && !s.next[to].After(now) {
			out = append(out, *l)
		}
	}
	return out, nil
}

func (s *shelf) Attempt(_ context.Context, l notify.Letter, again time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.letters[l.Recipient]
	if x.State != notify.Due || x.Attempts != l.Attempts {
		return false, nil
	}
	x.Attempts++
	x.Unanswered++
	s.next[l.Recipient] = again
	return true, nil
}

func (s *shelf) Settle(_ context.Context, l notify.Letter, o notify.Outcome, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.letters[l.Recipient]
	if s.lost && o.State == notify.Sent || x.State != notify.Due || x.Attempts != l.Attempts {
		return nil
	}
	x.State, x.Unanswered, x.Delivery.Reason, x.Message = o.State, l.Unanswered, o.Reason, o.Message
	s.next[l.Recipient] = o.Next
	return nil
}

func (s *shelf) end(to string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.letters[to]
	return strings.TrimSpace(fmt.Sprint(x.State, " ", x.Delivery.Reason))
}

// road is a Carrier that answers what it is told, and keeps when it was asked.
type road struct {
	mu     sync.Mutex
	begun  time.Time
	asked  []time.Duration
	answer func(try int, l notify.Letter) error
}

func (r *road) Carry(_ context.Context, l notify.Letter) (wa.MessageID, error) {
	r.mu.Lock()
	r.asked = append(r.asked, time.Since(r.begun))
	try := len(r.asked)
	r.mu.Unlock()
	return "msg_1", r.answer(try, l)
}

func due(c notify.Channel, to string) notify.Letter {
	return notify.Letter{
		Notice:   notify.Notice{Business: "biz_1", ID: "ntc_7", Kind: notify.Disconnected},
		Delivery: notify.Delivery{Channel: c, Recipient: to, State: notify.Due},
		Place:    notify.Place{Stage: coexist.Disconnected},
		Private:  notify.Private{Phone: to, Template: "phone_silent", Language: "ar", Sender: "num_2"},
	}
}

// carry runs a courier for a while of virtual time.
func carry(t *testing.T, s *shelf, c notify.Channel, carrier notify.Carrier, d time.Duration, log *strings.Builder) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	courier := &notify.Courier{Channel: c, Post: s, Carrier: carrier, Log: slog.New(slog.NewTextHandler(log, nil))}
	go func() { done <- courier.Run(ctx) }()
	time.Sleep(d)
	synctest.Wait()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestPausesOfACourier: a channel that is down is tried for three days, with the
// pauses of reliability §7, and given up with the reason.
func TestPausesOfACourier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, log := newShelf(due(notify.Hook, "https://x.test/secret")), &strings.Builder{}
		r := &road{begun: time.Now(), answer: func(int, notify.Letter) error { return &notify.Trouble{Reason: "hook_answered_500"} }}
		carry(t, s, notify.Hook, r, 10*24*time.Hour, log)
		var want []time.Duration
		at := time.Duration(0)
		for _, p := range []string{"0s", "5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"} {
			d, _ := time.ParseDuration(p)
			at += d
			want = append(want, at)
		}
		if !slices.Equal(r.asked, want) {
			t.Errorf("asked at %v, want %v", r.asked, want)
		}
		if got := s.end("https://x.test/secret"); got != "gave_up hook_answered_500" {
			t.Errorf("ended as %s", got)
		}
		if strings.Contains(log.String(), "x.test") {
			t.Errorf("the log has the address: %s", log)
		}
	})
}

// TestEndsOfALetter: what a carrier says, and what becomes of the letter.
func TestEndsOfALetter(t *testing.T) {
	later := func(reason string, tries int) func(int, notify.Letter) error {
		return func(try int, _ notify.Letter) error {
			if try <= tries {
				return &notify.Trouble{Reason: reason}
			}
			return nil
		}
	}
	for name, tt := range map[string]struct {
		channel notify.Channel
		change  func(*notify.Letter)
		answer  func(int, notify.Letter) error
		want    string
		asked   int
	}{
		"it arrives":       {notify.Mail, nil, later("", 0), "sent", 1},
		"at the third try": {notify.Mail, nil, later("mail_not_taken", 2), "sent", 3},
		"trouble that says nothing": {notify.Mail, nil, func(try int, _ notify.Letter) error {
			if try == 1 {
				return errors.New("owner@x.test: no")
			}
			return nil
		}, "sent", 2},
		"it never will":           {notify.Mail, nil, func(int, notify.Letter) error { return &notify.Trouble{Reason: "mail_refused", Final: true} }, "failed mail_refused", 1},
		"it is not true any more": {notify.Mail, func(l *notify.Letter) { l.Place.Stage = coexist.Live }, later("", 0), "withdrawn not_true_any_more", 0},
		"nothing is known of one attempt: a mail goes once more": {
			notify.Mail, func(l *notify.Letter) { l.Attempts, l.Unanswered = 1, 1 }, later("", 0), "sent", 1,
		},
		"nothing is known of two": {notify.Mail, func(l *notify.Letter) { l.Attempts, l.Unanswered = 2, 2 }, later("", 0), "failed unanswered", 0},
		"nothing is known of a template: it is not repeated": {
			notify.Template, func(l *notify.Letter) { l.Attempts, l.Unanswered = 1, 1 }, later("", 0), "failed unanswered", 0,
		},
		"the private number was taken away": {notify.Template, func(l *notify.Letter) { l.Private = notify.Private{} }, later("", 0), "withdrawn not_wanted", 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := due(tt.channel, "to")
				if tt.change != nil {
					tt.change(&l)
				}
				s, log := newShelf(l), &strings.Builder{}
				r := &road{begun: time.Now(), answer: tt.answer}
				carry(t, s, tt.channel, r, time.Hour, log)
				if got := s.end("to"); got != tt.want || len(r.asked) != tt.asked {
					t.Errorf("ended as %q after %d attempts, want %q after %d", got, len(r.asked), tt.want, tt.asked)
				}
				if strings.Contains(log.String(), "owner@") {
					t.Errorf("the log has an address: %s", log)
				}
			})
		})
	}
}

// TestCrashRepeatsAMailOnce: the process dies each time between sending and writing
// that down. A mail goes twice, a template once; more is nobody's gain.
func TestCrashRepeatsAMailOnce(t *testing.T) {
	for channel, want := range map[notify.Channel]int{notify.Mail: 2, notify.Hook: 2, notify.Template: 1} {
		t.Run(string(channel), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShelf(due(channel, "to"))
				s.lost = true
				r := &road{begun: time.Now(), answer: func(int, notify.Letter) error { return nil }}
				carry(t, s, channel, r, 24*time.Hour, &strings.Builder{})
				if len(r.asked) != want || s.end("to") != "failed unanswered" {
					t.Errorf("went %d times and ended as %q, want %d and in doubt", len(r.asked), s.end("to"), want)
				}
			})
		})
	}
}

// TestSlowRecipientHoldsUpNobody: one that does not answer leaves the others their way.
func TestSlowRecipientHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShelf(due(notify.Hook, "slow"), due(notify.Hook, "quick"))
		r := &road{begun: time.Now(), answer: func(_ int, l notify.Letter) error {
			if l.Recipient == "slow" {
				time.Sleep(2 * time.Minute)
			}
			return nil
		}}
		carry(t, s, notify.Hook, r, time.Minute, &strings.Builder{})
		if got := s.end("quick"); got != "sent" {
			t.Errorf("the quick one is %s", got)
		}
	})
}

type box struct {
	draft wa.Draft
	err   error
}

func (b *box) Submit(_ context.Context, d wa.Draft) (outbox.Receipt, error) {
	b.draft = d
	return outbox.Receipt{Message: "msg_9"}, b.err
}

// TestTemplateGoesThroughTheOutbox: as every message does, and what the policy refuses
// is refused for good.
func TestTemplateGoesThroughTheOutbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := due(notify.Template, "966500000009")
		l.Kind, l.Number, l.Until, l.Locale = notify.PhoneSilent, "num_1", time.Now().Add(3*24*time.Hour), notify.Arabic
		l.Place = notify.Place{Zone: "UTC", Number: "+966 50 111 2222"}
		b := &box{}
		m, err := notify.Templates{Outbox: b}.Carry(t.Context(), l)
		const want = `{"type":"template","template":{"name":"phone_silent","language":{"code":"ar"},"components":[{"type":"body","parameters":[` +
			`{"type":"text","text":"+966 50 111 2222"},{"type":"text","text":"3"},{"type":"text","text":"4 يناير 2000"}]}]}}`
		if err != nil || m != "msg_9" || string(b.draft.Content.JSON) != want {
			t.Errorf("drafted %s, %v, %v\nwant %s", b.draft.Content.JSON, m, err, want)
		}
		if d := b.draft; d.To != "966500000009" || d.Number != "num_2" || d.Lane != wa.ServiceLane || d.Origin != wa.FromAPI || d.Business != "biz_1" {
			t.Errorf("draft = %+v", d)
		}
		for name, tt := range map[string]struct {
			err  error
			want string
		}{
			"the owner asked for no more":    {fault.Of(fault.CodeOptedOut), "opted_out"},
			"our own storage did not answer": {errors.New("commit: connection lost"), "unanswered"},
		} {
			b.err = tt.err
			_, err := notify.Templates{Outbox: b}.Carry(t.Context(), l)
			if got, ok := errors.AsType[*notify.Trouble](err); !ok || got.Reason != tt.want || !got.Final {
				t.Errorf("%s: %v, want %s, for good", name, err, tt.want)
			}
		}
	})
}
