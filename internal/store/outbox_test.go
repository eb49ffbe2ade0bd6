package store_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/internal/outbox"
	"wasl/internal/policy"
	"wasl/internal/store"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

// outboxSuite is what the outbox's side of a store must do.
var outboxSuite = map[string]func(*shop){
	"a draft becomes message, body, item and entry": func(s *shop) {
		d := s.draft()
		d.Origin, d.Lane, d.Author, d.AuthorName, d.ReplyTo = wa.FromAgent, wa.PersonLane, "per_1", "Mona", "wamid.Q"
		r := s.submit(d)
		s.want(r, wa.Queued)
		got := s.value(`SELECT m.author_name || '|' || m.reply_to || '|' || b.text || '|' || i.state || '|' || c.last_message || '|' || c.handler
			FROM message m JOIN message_body b ON b.business_id = m.business_id AND b.message_id = m.id
			JOIN outbox_item i ON i.business_id = m.business_id AND i.id = m.id
			JOIN conversation c ON c.business_id = m.business_id AND c.id = m.conversation_id WHERE m.business_id = $1`)
		if want := "Mona|wamid.Q|hello|queued|" + string(r.Message) + "|person"; got != want {
			s.t.Errorf("rows say %s, want %s", got, want)
		}
		if diff := cmp.Diff([]string{"message.queued queued"}, s.journal()); diff != "" {
			s.t.Error(diff)
		}
	},
	"a denied draft leaves nothing behind": func(s *shop) {
		d := s.draft()
		d.Conversation, d.To = "", "+966 50 999 9999" // never wrote: no window
		r := s.submit(d)
		if r.Verdict.Reason != policy.WindowClosed {
			s.t.Errorf("verdict %+v, want window_closed", r.Verdict)
		}
		if n := s.value("SELECT COUNT(*) FROM contact WHERE business_id = $1"); n != "1" {
			s.t.Errorf("%s contacts, want the one there was", n)
		}
	},
	"a draft to a phone number finds its person, however it is spelt": func(s *shop) {
		d := s.draft()
		d.Conversation, d.To = "", "+٩٦٦ 50-000 0001"
		if r := s.submit(d); r.Conversation != s.talk {
			s.t.Errorf("conversation %s, want %s", r.Conversation, s.talk)
		}
	},
	"unknown places": func(s *shop) {
		for name, tt := range map[string]struct {
			spoil func(*wa.Draft)
			want  error
		}{
			"conversation of nobody":  {func(d *wa.Draft) { d.Conversation = "con_x" }, outbox.ErrNotFound},
			"number of nobody":        {func(d *wa.Draft) { d.Conversation, d.To, d.Number = "", "966500000001", "num_x" }, outbox.ErrNumberUnknown},
			"number of another talk":  {func(d *wa.Draft) { d.Number = "num_x" }, outbox.ErrNumberUnknown},
			"business of nobody":      {func(d *wa.Draft) { d.Business = "biz_x" }, outbox.ErrNotFound},
			"nothing to mark as read": {func(d *wa.Draft) { d.Kind, d.Lane, d.Origin = wa.SendRead, wa.PersonLane, wa.FromAgent }, outbox.ErrNothingToRead},
		} {
			d := s.draft()
			tt.spoil(&d)
			if _, err := s.DB.Submit(s.t.Context(), d, s.now, policy.Decide); !errors.Is(err, tt.want) {
				s.t.Errorf("%s: %v, want %v", name, err, tt.want)
			}
		}
		s.Seed.Number("second")
		d := s.draft()
		d.Conversation, d.To = "", "966500000001"
		if _, err := s.DB.Submit(s.t.Context(), d, s.now, policy.Decide); !errors.Is(err, outbox.ErrNumberUnknown) {
			s.t.Errorf("two numbers and none named: %v", err)
		}
	},
	"I14: the attempt is on disk with the hash of what is posted": func(s *shop) {
		r := s.submit(s.draft())
		a := s.beginning()
		b, err := s.DB.Begin(s.t.Context(), s.item(r), a)
		s.must(err)
		sum := sha256.Sum256(b.Post.Body)
		var got []byte
		s.must(s.Raw.QueryRow("SELECT body_sha256 FROM attempt WHERE business_id = $1 AND id = $2 AND outcome IS NULL", string(s.Business), string(a.Attempt)).Scan(&got))
		if !slices.Equal(got, sum[:]) {
			s.t.Error("another hash")
		}
		if b.Post.PhoneNumberID != "pn-shop" || b.Post.Token != "token-shop" {
			s.t.Errorf("posted as %s", b.Post.PhoneNumberID)
		}
		s.want(r, wa.Sending)
		if n := len(s.journal()); n != 1 {
			s.t.Errorf("%d entries: beginning is no news", n)
		}
	},
	"I13: one open attempt for an item, and for a conversation": func(s *shop) {
		first, second := s.submit(s.draft()), s.submit(s.draft())
		a, _ := s.begin(first)
		for name, r := range map[string]outbox.Receipt{"the same item": first, "another to the same contact": second} {
			b, err := s.DB.Begin(s.t.Context(), s.item(r), s.beginning())
			s.must(err)
			if b.Open {
				s.t.Errorf("%s: a second attempt is open", name)
			}
		}
		s.conclude(first, a, outbox.Answer{Outcome: outbox.Accepted, WAMID: "wamid.1"})
		s.begin(second)
	},
	"I24: nothing is begun or opened under an old epoch": func(s *shop) {
		r := s.submit(s.draft())
		s.Exec("INSERT INTO assignment (business_id, node, epoch) VALUES ($1, 'other', 7)", string(s.Business))
		a := s.beginning()
		a.Epoch = 6
		if _, err := s.DB.Begin(s.t.Context(), s.item(r), a); !errors.Is(err, outbox.ErrNotOwner) {
			s.t.Errorf("Begin: %v, want ErrNotOwner", err)
		}
		if _, err := s.DB.OpenNumber(s.t.Context(), outbox.Opening{Business: s.Business, Number: s.number, Epoch: 6, Now: s.now}); !errors.Is(err, outbox.ErrNotOwner) {
			s.t.Errorf("OpenNumber: %v, want ErrNotOwner", err)
		}
	},
	"I25: a bot's draft from before a person's act does not begin": func(s *shop) {
		d := s.draft()
		d.Origin, d.Lane = wa.FromBot, wa.BotLane
		r := s.submit(d)
		s.apply(wa.Echoed{
			Place: wa.Place{PhoneNumberID: "pn-shop"}, To: wa.Party{WaID: "966500000001"}, WAMID: "wamid.E", At: s.now,
			Content: wa.Content{Type: "text", JSON: []byte(`{"type":"text"}`), Text: "I am here"},
		})
		s.now = s.now.Add(2 * time.Hour) // the hold is over; the answer is stale all the same
		b, err := s.DB.Begin(s.t.Context(), s.item(r), s.beginning())
		s.must(err)
		if b.Open || b.Verdict.Reason != policy.TakenOver {
			s.t.Errorf("%+v, want refused because taken over", b.Verdict)
		}
		s.want(r, wa.Cancelled)
	},
	"I26: nothing begins after an opt-out": func(s *shop) {
		d := s.draft()
		d.Origin, d.Lane = wa.FromCampaign, wa.CampaignLane
		r := s.submit(d)
		s.apply(wa.PreferenceChanged{
			Place: wa.Place{PhoneNumberID: "pn-shop"}, Party: wa.Party{WaID: "966500000001"}, Category: "marketing_messages", Value: "stop", At: s.now, Raw: []byte("{}"),
		})
		b, err := s.DB.Begin(s.t.Context(), s.item(r), s.beginning())
		s.must(err)
		if b.Open {
			s.t.Error("a campaign began after the opt-out")
		}
		s.want(r, wa.Cancelled)
	},
	"accepted": func(s *shop) {
		r := s.submit(s.draft())
		a, _ := s.begin(r)
		s.conclude(r, a, outbox.Answer{Outcome: outbox.Accepted, HTTP: 200, WAMID: "wamid.1"})
		s.want(r, wa.Accepted)
		s.report("wamid.1", "delivered", "", 0)
		s.want(r, wa.Delivered)
		if diff := cmp.Diff([]string{"message.queued queued", "message.status accepted", "message.status delivered"}, s.journal()); diff != "" {
			s.t.Error(diff)
		}
	},
	"refused": func(s *shop) {
		r := s.submit(s.draft())
		a, _ := s.begin(r)
		s.conclude(r, a, outbox.Answer{Outcome: outbox.Refused, HTTP: 400, Code: 131026, Title: "Message Undeliverable"})
		if got := s.value("SELECT status || code || code_title FROM message WHERE business_id = $1"); got != "failed131026Message Undeliverable" {
			s.t.Error(got)
		}
	},
	"I15: a status that comes before the answer has the last word": func(s *shop) {
		for _, late := range []outbox.Outcome{outbox.InDoubt, outbox.Refused, outbox.Again, outbox.Accepted} {
			r := s.submit(s.draft())
			a, e := s.begin(r)
			wamid := wa.WAMID("wamid." + string(late))
			s.report(wamid, "delivered", e.Opaque, 0)
			if out := s.conclude(r, a, outbox.Answer{Outcome: late, HTTP: 500, WAMID: wamid}); !out.Settled {
				s.t.Errorf("%s: not told that it was settled", late)
			}
			s.want(r, wa.Delivered)
			if got := s.value("SELECT outcome || evidence || http FROM attempt WHERE business_id = $1 AND id = $2", string(a.Attempt)); got != "acceptedstatus500" {
				s.t.Errorf("%s: the attempt says %s", late, got)
			}
		}
	},
	"a status settles what was in doubt, refused, or waits to be tried again": func(s *shop) {
		for _, early := range []outbox.Outcome{outbox.InDoubt, outbox.Refused, outbox.Again} {
			r := s.submit(s.draft())
			a, e := s.begin(r)
			s.conclude(r, a, outbox.Answer{Outcome: early, HTTP: 400, Code: 100})
			s.report(wa.WAMID("wamid."+string(early)), "sent", e.Opaque, 0)
			s.want(r, wa.Sent)
			b, err := s.DB.Begin(s.t.Context(), s.item(r), s.beginning())
			s.must(err)
			if b.Open {
				s.t.Errorf("%s: sent again after the proof", early)
			}
		}
	},
	"T28: a forged opaque id moves nothing": func(s *shop) {
		r := s.submit(s.draft())
		a, e := s.begin(r)
		s.conclude(r, a, outbox.Answer{Outcome: outbox.InDoubt, HTTP: 500})
		s.report("wamid.F", "sent", e.Opaque[:len(e.Opaque)-1]+"x", 0)
		s.want(r, wa.InDoubt)
	},
	"reports that come before the WAMID is known count": func(s *shop) {
		r := s.submit(s.draft())
		a, _ := s.begin(r)
		s.report("wamid.1", "read", "", 0) // without our id: nothing is settled
		s.want(r, wa.Sending)
		s.conclude(r, a, outbox.Answer{Outcome: outbox.Accepted, WAMID: "wamid.1"})
		s.want(r, wa.Read)
	},
	"another row with the WAMID gives way": func(s *shop) {
		r := s.submit(s.draft())
		a, _ := s.begin(r)
		s.Say(storetest.Said{
			In: r.Conversation, Number: s.number, Contact: r.Contact, At: s.now, WAMID: "wamid.1",
			Direction: wa.Out, Origin: wa.FromPhone, From: wa.History, Status: wa.Read, Text: "hello",
		})
		s.conclude(r, a, outbox.Answer{Outcome: outbox.Accepted, WAMID: "wamid.1"})
		if got := s.value("SELECT COUNT(*) || MAX(id) || MAX(status) FROM message WHERE business_id = $1"); got != "1"+string(r.Message)+"read" {
			s.t.Errorf("rows say %s", got)
		}
	},
	"a reaction of ours stands with the others": func(s *shop) {
		d := s.draft()
		d.Kind, d.ReplyTo = wa.SendReaction, "wamid.T"
		d.Content = wa.Content{Type: "reaction", JSON: []byte(`{"type":"reaction","reaction":{"message_id":"wamid.T","emoji":"👍"}}`), Text: "👍"}
		r := s.submit(d)
		a, e := s.begin(r)
		if e.ReplyTo != "" {
			s.t.Error("a reaction quotes nothing")
		}
		s.conclude(r, a, outbox.Answer{Outcome: outbox.Accepted, WAMID: "wamid.R"})
		if got := s.value("SELECT target || side || emoji FROM reaction WHERE business_id = $1 AND reaction_wamid = 'wamid.R'"); got != "wamid.Tbusiness👍" {
			s.t.Error(got)
		}
	},
	"recovery leaves doubt and never queues": func(s *shop) {
		r, waits := s.submit(s.draft()), s.submit(s.draft())
		a, _ := s.begin(r)
		n := s.openNumber()
		if n.Recovered != 1 || len(n.Permits) != 1 || !n.Permits[0].Free.Equal(a.Free) {
			s.t.Errorf("%+v, want one attempt recovered, its permit taken until %v", n, a.Free)
		}
		s.want(r, wa.InDoubt)
		s.want(waits, wa.Queued)
		s.now = s.now.Add(time.Hour)
		if items := s.waiting(nil); len(items) != 1 || items[0].ID != string(waits.Message) {
			s.t.Errorf("%d items wait, want only the one that never left", len(items))
		}
		if again := s.openNumber(); again.Recovered != 0 {
			s.t.Error("recovered twice")
		}
		// The answer comes after all: as good a proof as any.
		s.conclude(r, a, outbox.Answer{Outcome: outbox.Accepted, WAMID: "wamid.1"})
		s.want(r, wa.Accepted)
	},
	"a person is asked when it is time, and decides once": func(s *shop) {
		r := s.submit(s.draft())
		a, _ := s.begin(r)
		s.conclude(r, a, outbox.Answer{Outcome: outbox.InDoubt})
		ask := func() int {
			n, err := s.DB.AskPerson(s.t.Context(), s.Business, s.number, s.now)
			s.must(err)
			return n
		}
		s.now = s.now.Add(15*time.Minute - 1000)
		if n := ask(); n != 0 {
			s.t.Errorf("asked about %d too early", n)
		}
		s.now = s.now.Add(1000)
		if n := ask(); n != 1 {
			s.t.Errorf("asked about %d, want 1", n)
		}
		s.want(r, wa.NeedsPerson)
		_, err := s.DB.Resolve(s.t.Context(), s.Business, r.Message, outbox.SendAgain, "per_1", s.now)
		s.must(err)
		s.want(r, wa.Queued)
		if _, err := s.DB.Resolve(s.t.Context(), s.Business, r.Message, outbox.TreatAsSent, "per_1", s.now); !errors.Is(err, outbox.ErrNotInDoubt) {
			s.t.Errorf("decided twice: %v", err)
		}
		if _, err := s.DB.Resolve(s.t.Context(), "biz_other", r.Message, outbox.SendAgain, "per_1", s.now); !errors.Is(err, outbox.ErrNotFound) {
			s.t.Errorf("decided by a stranger: %v", err)
		}
	},
	"cancel": func(s *shop) {
		r := s.submit(s.draft())
		s.must(s.DB.Cancel(s.t.Context(), s.Business, r.Message, "per_1", s.now))
		s.want(r, wa.Cancelled)
		onRoad := s.submit(s.draft())
		s.begin(onRoad)
		if err := s.DB.Cancel(s.t.Context(), s.Business, onRoad.Message, "per_1", s.now); !errors.Is(err, outbox.ErrNotWaiting) {
			s.t.Errorf("cancelled on the road: %v", err)
		}
	},
	"a suspended number holds, and lets go when it is back": func(s *shop) {
		early := s.submit(s.draft())
		s.Exec("UPDATE number SET stage = 'suspended' WHERE business_id = $1", string(s.Business))
		if r := s.submit(s.draft()); r.Status != wa.Held {
			s.t.Errorf("submitted: %s, want held", r.Status)
		}
		b, err := s.DB.Begin(s.t.Context(), s.item(early), s.beginning())
		s.must(err)
		if b.Open || !b.Verdict.Held() {
			s.t.Errorf("%+v, want held", b)
		}
		s.want(early, wa.Held)
		if next := s.rest(); !next.IsZero() {
			s.t.Errorf("a suspended number is due at %v", next)
		}
		s.Exec("UPDATE number SET stage = 'live' WHERE business_id = $1", string(s.Business))
		if next := s.rest(); next.IsZero() {
			s.t.Error("back, and nothing is due")
		}
		s.openNumber()
		s.want(early, wa.Queued)
		if n := len(s.waiting(nil)); n != 2 {
			s.t.Errorf("%d items wait, want 2", n)
		}
	},
	"a number without a token stops and says so": func(s *shop) {
		s.Exec("UPDATE number SET token_sealed = NULL WHERE business_id = $1", string(s.Business))
		r := s.submit(s.draft())
		b, err := s.DB.Begin(s.t.Context(), s.item(r), s.beginning())
		s.must(err)
		if b.Open || !b.Verdict.Held() {
			s.t.Errorf("%+v, want held", b)
		}
		s.want(r, wa.Held)
		if got := s.value("SELECT stopped FROM number WHERE business_id = $1"); got != "token_missing" {
			s.t.Error(got)
		}
	},
	"who has work": func(s *shop) {
		due := func() ([]outbox.Work, time.Time) {
			list, next, err := s.DB.DueNumbers(s.t.Context(), s.now, outbox.Work{}, 10)
			s.must(err)
			return list, next
		}
		if list, next := due(); len(list) != 0 || !next.IsZero() {
			s.t.Errorf("an idle number has work: %v, %v", list, next)
		}
		d := s.draft()
		d.NotBefore = s.now.Add(time.Hour)
		s.submit(d)
		if list, next := due(); len(list) != 0 || !next.Equal(d.NotBefore) {
			s.t.Errorf("due %v, next %v; want %v", list, next, d.NotBefore)
		}
		s.submit(s.draft())
		if list, _ := due(); len(list) != 1 || list[0].Number != s.number || list[0].Business != s.Business {
			s.t.Errorf("due %v, want the number", list)
		}
		if list, _, err := s.DB.DueNumbers(s.t.Context(), s.now, outbox.Work{Business: s.Business, Number: s.number}, 10); err != nil || len(list) != 0 {
			s.t.Errorf("after the last one: %v, %v", list, err)
		}
		s.must(s.DB.Cancel(s.t.Context(), s.Business, wa.MessageID(s.waiting(nil)[0].ID), "", s.now))
		if next := s.rest(); !next.Equal(d.NotBefore) {
			s.t.Errorf("rests until %v, want %v", next, d.NotBefore)
		}
		if _, next := due(); !next.Equal(d.NotBefore) {
			s.t.Errorf("next %v, want %v", next, d.NotBefore)
		}
	},
	"waiting, in order and past those who must": func(s *shop) {
		var want []string
		for i := range 3 {
			s.now = s.now.Add(time.Second)
			want = append(want, string(s.submit(s.draft()).Message))
			other := s.draft()
			other.Conversation = s.Conversation(s.number, s.Contact("Ben", fmt.Sprint("96650000001", i)))
			s.Exec("UPDATE conversation SET opened_at = $2 WHERE business_id = $1", string(s.Business), s.now.UnixMicro())
			want = append(want, string(s.submit(other).Message))
		}
		ids := func(skip ...wa.ConversationID) (out []string) {
			for _, it := range s.waiting(skip) {
				out = append(out, it.ID)
			}
			return out
		}
		if diff := cmp.Diff(want, ids()); diff != "" {
			s.t.Errorf("order:\n%s", diff)
		}
		if diff := cmp.Diff([]string{want[1], want[3], want[5]}, ids(s.talk)); diff != "" {
			s.t.Errorf("without Ana:\n%s", diff)
		}
	},
	"cooling counts tries, not answers": func(s *shop) {
		throttled := outbox.Answer{Outcome: outbox.Again, HTTP: 400, Code: 130429, Effect: outbox.CoolNumber}
		other := s.draft()
		other.Conversation = s.Conversation(s.number, s.Contact("Ben", "966500000002"))
		s.Exec("UPDATE conversation SET opened_at = $2 WHERE business_id = $1", string(s.Business), s.now.UnixMicro())
		r1, r2 := s.submit(s.draft()), s.submit(other)
		a1, _ := s.begin(r1)
		a2, _ := s.begin(r2)
		first := s.conclude(r1, a1, throttled).CoolUntil
		if second := s.conclude(r2, a2, throttled).CoolUntil; !second.Equal(first) || !first.Equal(s.now.Add(time.Minute)) {
			s.t.Errorf("cooled until %v and %v, want %v for both", first, second, s.now.Add(time.Minute))
		}
		b, err := s.DB.Begin(s.t.Context(), s.item(r1), s.beginning())
		s.must(err)
		if b.Open {
			s.t.Error("begun while cooling")
		}
		s.now = s.now.Add(time.Minute)
		a1, _ = s.begin(r1)
		if again := s.conclude(r1, a1, throttled).CoolUntil; !again.Equal(s.now.Add(2 * time.Minute)) {
			s.t.Errorf("cooled until %v, want %v", again, s.now.Add(2*time.Minute))
		}
		s.now = s.now.Add(2 * time.Minute)
		a1, _ = s.begin(r1)
		s.conclude(r1, a1, outbox.Answer{Outcome: outbox.Accepted, WAMID: "wamid.1"})
		if got := s.value("SELECT cool_tries FROM number WHERE business_id = $1"); got != "0" {
			s.t.Errorf("cool_tries = %s after an acceptance", got)
		}
	},
	"a conclusion of an attempt that does not exist": func(s *shop) {
		r := s.submit(s.draft())
		s.conclude(r, s.beginning(), outbox.Answer{Outcome: outbox.Again, Unsent: true})
		s.want(r, wa.Queued)
	},
}

// TestOutbox holds the store to what outbox.Queue and outbox.Intake promise.
func TestOutbox(t *testing.T) {
	storetest.Both(t, func(t *testing.T, open storetest.Open) {
		for name, test := range outboxSuite {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(newShop(t, open))
			})
		}
	})
}

var _ outbox.Queue = (*store.DB)(nil)
