package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/internal/auth"
	"wasl/internal/desk"
	"wasl/internal/wa"
)

var _ = add("desk", deskPart)

func deskPart(t *testing.T, open Open) {
	t.Run("filters", filters(open))
	t.Run("search", search(open))
	t.Run("unread", unread(open))
	t.Run("the list while things move", listMoves(open))
	t.Run("the thread while things are said", threadMoves(open))
	t.Run("messages of one second", oneSecond(open))
	t.Run("details of a message", messageDetails(open))
	t.Run("nothing of another business", foreignDesk(open))
	t.Run("contacts", contactPages(open))
}

// one plants a Business with a Number and a conversation.
func one(t *testing.T, open Open) (s Seed, said Said) {
	s = open(t).Plant(t, "one")
	n := s.Number("riyadh")
	c := s.Contact("Ana", "966501112222")
	return s, Said{In: s.Conversation(n, c), Number: n, Contact: c, At: Noon}
}

func idsOf(list []desk.Conversation) []wa.ConversationID {
	ids := []wa.ConversationID{}
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	return ids
}

func filters(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		first, second := s.Number("riyadh"), s.Number("jeddah")
		sara := s.Person("sara@example.test", auth.Agent)
		held := func(handler string, until time.Time, number wa.NumberID, assignee wa.PersonID) wa.ConversationID {
			k := s.Contact("x", fmt.Sprint(rand.Int64()))
			c := s.Conversation(number, k)
			s.Exec("UPDATE conversation SET handler = $3, handler_until = $4, assignee = $5, last_at = created_at WHERE business_id = $1 AND id = $2",
				string(s.Business), string(c), handler, until.UnixMicro(), string(assignee))
			return c
		}
		free := held("", time.Time{}.Add(time.Hour), first, "")
		over := held("phone", Noon, first, "")
		phone := held("phone", Noon.Add(time.Minute), second, "")
		person := held("person", desk.ForGood, second, sara)
		for name, tt := range map[string]struct {
			f    desk.Filter
			want []wa.ConversationID
		}{
			"all":             {desk.Filter{}, []wa.ConversationID{free, over, phone, person}},
			"number":          {desk.Filter{Number: second}, []wa.ConversationID{phone, person}},
			"held by nobody":  {desk.Filter{Handler: "nobody"}, []wa.ConversationID{free, over}},
			"held by phone":   {desk.Filter{Handler: "phone"}, []wa.ConversationID{phone}},
			"held by person":  {desk.Filter{Handler: "person"}, []wa.ConversationID{person}},
			"assigned":        {desk.Filter{Assignee: sara}, []wa.ConversationID{person}},
			"assigned to one": {desk.Filter{Nobodys: true}, []wa.ConversationID{free, over, phone}},
			"open":            {desk.Filter{State: "open"}, []wa.ConversationID{free, over, phone, person}},
			"resolved":        {desk.Filter{State: "resolved"}, []wa.ConversationID{}},
			"unread":          {desk.Filter{Unread: true}, []wa.ConversationID{}},
		} {
			tt.f.Limit, tt.f.Now = 10, Noon
			list, err := s.DB.Conversations(t.Context(), s.Business, tt.f)
			got, want := idsOf(list), tt.want
			slices.Sort(got)
			slices.Sort(want)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %v, %v, want %v", name, got, err, want)
			}
		}
		c, err := s.DB.Conversation(t.Context(), s.Business, person)
		if err != nil || c.AssigneeName != "sara@example.test" || c.HeldBy(Noon) != "person" {
			t.Errorf("Conversation = %+v, %v", c, err)
		}
	}
}

func search(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		n := s.Number("riyadh")
		names := map[string]wa.ConversationID{}
		for name, phone := range map[string]string{
			"عبد الله الأحمدي": "966501112222", "Müller 100%": "4915112345678", "فاطمة": "966509998877", "under_score": "15550001111",
		} {
			names[name] = s.Conversation(n, s.Contact(name, phone))
		}
		for question, want := range map[string]string{
			"عبدالله": "عبد الله الأحمدي", "الاحمدى": "عبد الله الأحمدي", "٠٥٠١١١٢٢٢٢": "عبد الله الأحمدي", "+966 50 999": "فاطمة",
			"فاطمه": "فاطمة", "MULLER": "Müller 100%", "100%": "Müller 100%", "under_s": "under_score", "r_s": "under_score",
		} {
			list, err := s.DB.Conversations(t.Context(), s.Business, desk.Filter{Question: question, Limit: 10, Now: Noon})
			if got := idsOf(list); err != nil || !slices.Equal(got, []wa.ConversationID{names[want]}) {
				t.Errorf("search for %q found %d, %v, want %s", question, len(got), err, want)
			}
		}
		for _, question := range []string{"عمر", "%%", "a_c", "' OR 1=1 --", `\`} {
			list, err := s.DB.Conversations(t.Context(), s.Business, desk.Filter{Question: question, Limit: 10, Now: Noon})
			if err != nil || len(list) != 0 {
				t.Errorf("search for %q found %d, %v, want none", question, len(list), err)
			}
		}
	}
}

func unread(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s, said := one(t, open)
		ctx := t.Context()
		say := func(m Said) { t.Helper(); s.Say(m) }
		old := said
		old.From, old.At = wa.History, Noon.Add(time.Hour)
		say(old)
		for i := range 3 {
			said.At, said.WAMID = Noon.Add(time.Duration(i)*time.Minute), wa.WAMID(fmt.Sprint("wamid.", i))
			say(said)
		}
		echo := said
		echo.At, echo.Direction, echo.Origin, echo.Status, echo.WAMID = Noon.Add(5*time.Minute), wa.Out, wa.FromPhone, wa.Sent, "wamid.echo"
		say(echo)
		count := func(want int) {
			t.Helper()
			c, err := s.DB.Conversation(ctx, s.Business, said.In)
			if err != nil || c.Unread != want {
				t.Errorf("unread = %d, %v, want %d", c.Unread, err, want)
			}
			list, err := s.DB.Conversations(ctx, s.Business, desk.Filter{Unread: true, Limit: 5, Now: Noon})
			if err != nil || len(list) != min(want, 1) {
				t.Errorf("listed as unread: %d, %v, with %d unread", len(list), err, want)
			}
		}
		count(3)
		newest, ok, err := s.DB.MarkSeen(ctx, s.Business, said.In, "per_1", Noon.Add(time.Hour))
		if err != nil || !ok || newest != "wamid.2" {
			t.Errorf("MarkSeen = %q, %v, %v, want wamid.2", newest, ok, err)
		}
		count(0)
		if _, ok, err := s.DB.MarkSeen(ctx, s.Business, said.In, "per_1", Noon.Add(time.Hour)); ok || err != nil {
			t.Errorf("MarkSeen again = %v, %v, want nothing unread", ok, err)
		}
		said.At, said.WAMID = Noon.Add(3*time.Minute), "wamid.3"
		say(said)
		count(1)
		entries, err := s.DB.Entries(ctx, s.Business, 1, 10)
		if err != nil || len(entries) != 1 || entries[0].Kind != wa.ConversationRead || entries[0].Facts.By != "per_1" || entries[0].Conversation != said.In {
			t.Errorf("journal = %+v, %v, want conversation.read once", entries, err)
		}
	}
}

// listMoves pages through a list while conversations move up at random: none is seen
// twice, and none that stayed where it was is missed.
func listMoves(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		n := s.Number("riyadh")
		random := rand.New(rand.NewPCG(1, 2))
		var said []Said
		for i := range 40 {
			k := s.Contact("x", fmt.Sprint(966500000000+i))
			m := Said{In: s.Conversation(n, k), Number: n, Contact: k, At: Noon.Add(time.Duration(random.IntN(8)) * time.Second)}
			if i%10 != 0 { // some have nothing said in them
				s.Say(m)
			}
			said = append(said, m)
		}
		moved := map[wa.ConversationID]bool{}
		seen := map[wa.ConversationID]bool{}
		f := desk.Filter{Limit: 7, Now: Noon}
		for range 20 {
			page, err := s.DB.Conversations(t.Context(), s.Business, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range page {
				if seen[c.ID] {
					t.Errorf("%s is seen twice", c.ID)
				}
				seen[c.ID] = true
			}
			if len(page) < f.Limit {
				break
			}
			last := page[len(page)-1]
			f.After = desk.Mark{At: last.LastAt, ID: string(last.ID)}
			m := said[random.IntN(len(said))]
			m.At = Noon.Add(time.Hour)
			s.Say(m)
			moved[m.In] = true
		}
		for _, m := range said {
			if !seen[m.In] && !moved[m.In] {
				t.Errorf("%s is missed", m.In)
			}
		}
	}
}

// threadMoves pages through a thread, both ways, while messages are inserted at
// random: none is seen twice, none that was there at the start is missed, and
// pages are in order.
func threadMoves(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s, said := one(t, open)
		random := rand.New(rand.NewPCG(3, 4))
		count := 0
		say := func() wa.MessageID {
			m := said
			m.At = Noon.Add(time.Duration(random.IntN(10)) * time.Second)
			count++
			if m.WAMID = wa.WAMID(fmt.Sprintf("wamid.%c%d", 'a'+rune(random.IntN(26)), count)); random.IntN(2) == 0 {
				m.Direction, m.Origin, m.Status = wa.Out, wa.FromAgent, wa.Sent
				if random.IntN(3) == 0 {
					m.WAMID = ""
				}
			}
			return s.Say(m)
		}
		var before []wa.MessageID
		for range 60 {
			before = append(before, say())
		}
		for _, forward := range []bool{false, true} {
			seen := map[wa.MessageID]bool{}
			span := desk.Span{Limit: 7}
			if forward {
				span.After = desk.Mark{At: Noon.Add(-time.Hour), ID: "-"}
			}
			for more := true; more; {
				var page []desk.Message
				var err error
				if page, more, err = s.DB.Thread(t.Context(), s.Business, said.In, span); err != nil {
					t.Fatal(err)
				}
				if !slices.IsSortedFunc(page, byMark) {
					t.Errorf("a page is out of order")
				}
				for _, m := range page {
					if seen[m.ID] {
						t.Errorf("%s is seen twice", m.ID)
					}
					seen[m.ID] = true
				}
				if len(page) > 0 && forward {
					span.After = page[len(page)-1].Mark()
				} else if len(page) > 0 {
					span.Before = page[0].Mark()
				}
				say()
			}
			for _, id := range before {
				if !seen[id] {
					t.Errorf("forward %v: %s is missed", forward, id)
				}
			}
		}
	}
}

func byMark(a, b desk.Message) int {
	x, y := a.Mark(), b.Mark()
	if c := x.At.Compare(y.At); c != 0 {
		return c
	}
	if x.Dir != y.Dir {
		if x.Dir == wa.In {
			return -1
		}
		return 1
	}
	return cmpString(x.ID, y.ID)
}

func cmpString(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func oneSecond(open Open) func(*testing.T) {
	return func(t *testing.T) {
		out := func(m Said) Said {
			m.Direction, m.Origin, m.Status = wa.Out, wa.FromPhone, wa.Sent
			return m
		}
		for range 3 {
			s, said := one(t, open)
			b, a, c := said, said, said
			b.WAMID, a.WAMID, c.WAMID = "wamid.B", "wamid.A", "wamid.A2"
			all := []Said{b, a, out(c)}
			rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			for _, m := range all {
				s.Say(m)
			}
			page, _, err := s.DB.Thread(t.Context(), s.Business, said.In, desk.Span{Limit: 10})
			var got []wa.WAMID
			for _, m := range page {
				got = append(got, m.WAMID)
			}
			if want := []wa.WAMID{"wamid.A", "wamid.B", "wamid.A2"}; err != nil || !slices.Equal(got, want) {
				t.Errorf("order %v, %v, want %v", got, err, want)
			}
		}
	}
}

func messageDetails(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s, said := one(t, open)
		said.WAMID, said.Text = "wamid.1", "helo"
		original := s.Say(said)
		answer := said
		answer.WAMID, answer.Text, answer.ReplyTo, answer.At = "wamid.2", "yes", "wamid.1", Noon.Add(time.Minute)
		answer.Direction, answer.Origin, answer.Status = wa.Out, wa.FromAgent, wa.Sent
		second := s.Say(answer)
		version := func(edit, text string, minutes int) {
			s.Exec("INSERT INTO message_version (business_id, number_id, wamid, edit_wamid, at, side, content, text) VALUES ($1, $2, 'wamid.1', $3, $4, 'customer', $5, $6)",
				string(s.Business), string(said.Number), edit, Noon.Add(time.Duration(minutes)*time.Minute).UnixMicro(), `{"n":"`+text+`"}`, text)
		}
		version("wamid.e2", "hello!", 2)
		version("wamid.e1", "hello", 1)
		react := func(wamid, side, emoji string, minutes int) {
			s.Exec("INSERT INTO reaction (business_id, number_id, target, reaction_wamid, contact_id, side, at, emoji) VALUES ($1, $2, 'wamid.2', $3, $4, $5, $6, $7)",
				string(s.Business), string(said.Number), wamid, string(said.Contact), side, Noon.Add(time.Duration(minutes)*time.Minute).UnixMicro(), emoji)
		}
		react("wamid.r0", "customer", "❤️", 3)
		react("wamid.r1", "customer", "👍", 1)
		react("wamid.r2", "business", "😀", 2)
		react("wamid.r4", "business", "", 4)
		for n, outcome := range []any{"again", nil} {
			s.Exec(`INSERT INTO attempt (business_id, id, item_id, number_id, conversation_id, contact_id, n, epoch, started_at, deadline_at, free_at, outcome, body_sha256)
				VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, 0, 0, $9, $10)`,
				string(s.Business), fmt.Sprint("attempt", n), string(second), string(said.Number), string(said.In), string(said.Contact), n+1, Noon.UnixMicro(), outcome, []byte{1})
		}
		s.Exec("UPDATE message SET revoked_at = $3, code = 131026, code_title = 'undeliverable', note = 'why' WHERE business_id = $1 AND id = $2",
			string(s.Business), string(second), Noon.UnixMicro())

		got, err := s.DB.Message(t.Context(), s.Business, original)
		text := func(json, s string) wa.Content { return wa.Content{Type: "text", JSON: []byte(json), Text: s} }
		wantVersions := []desk.Version{
			{At: Noon, Content: text(`{"type":"text","text":{"body":"helo"}}`, "helo")},
			{At: Noon.Add(time.Minute), Content: text(`{"n":"hello"}`, "hello")},
			{At: Noon.Add(2 * time.Minute), Content: text(`{"n":"hello!"}`, "hello!")},
		}
		if diff := cmp.Diff(wantVersions, got.Versions); err != nil || diff != "" {
			t.Errorf("versions, %v: (-want +got)\n%s", err, diff)
		}
		if got.Content.Text != "hello!" || got.Seq != 1 {
			t.Errorf("reads %q at seq %d, want hello! at 1", got.Content.Text, got.Seq)
		}
		list, err := s.DB.MessagesByWAMID(t.Context(), s.Business, "wamid.2")
		if err != nil || len(list) != 1 {
			t.Fatalf("MessagesByWAMID = %v, %v", list, err)
		}
		want := desk.Message{
			ID: second, WAMID: "wamid.2", Conversation: said.In, Number: said.Number, Contact: said.Contact, Direction: wa.Out, Origin: wa.FromAgent,
			Provenance: wa.Live, Type: "text", Content: text(`{"type":"text","text":{"body":"yes"}}`, "yes"), Status: wa.Sent, At: Noon.Add(time.Minute),
			RevokedAt: Noon, Code: 131026, CodeTitle: "undeliverable", Note: "why", ReplyTo: &desk.Quote{WAMID: "wamid.1", ID: original, Text: "hello!"},
			Reactions: []desk.Reaction{{Emoji: "❤️", Side: wa.Customer, At: Noon.Add(3 * time.Minute)}}, Attempt: &desk.Attempt{N: 2, StartedAt: Noon}, Seq: 1,
		}
		if diff := cmp.Diff(want, list[0]); diff != "" {
			t.Errorf("message (-want +got)\n%s", diff)
		}
		c, err := s.DB.Conversation(t.Context(), s.Business, said.In)
		if err != nil || c.Last == nil || c.Last.ID != second || !c.Last.Revoked || c.Last.Text != "yes" {
			t.Errorf("last message = %+v, %v", c.Last, err)
		}
	}
}

func foreignDesk(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s, said := one(t, open)
		said.WAMID = "wamid.1"
		message := s.Say(said)
		other := s.Plant(t, "two")
		ctx, b := t.Context(), other.Business
		errs := map[string]error{}
		_, errs["Conversation"] = s.DB.Conversation(ctx, b, said.In)
		_, _, errs["Thread"] = s.DB.Thread(ctx, b, said.In, desk.Span{Limit: 1})
		_, errs["Message"] = s.DB.Message(ctx, b, message)
		_, errs["Contact"] = s.DB.Contact(ctx, b, said.Contact)
		errs["TakeOver"] = s.DB.TakeOver(ctx, desk.Takeover{Business: b, Conversation: said.In, By: "x", At: Noon})
		errs["HandBack"] = s.DB.HandBack(ctx, desk.Handback{Business: b, Conversation: said.In, By: "x", At: Noon})
		_, _, errs["MarkSeen"] = s.DB.MarkSeen(ctx, b, said.In, "x", Noon)
		for name, err := range errs {
			if !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("%s by another business = %v, want ErrNotFound", name, err)
			}
		}
		list, err := s.DB.Conversations(ctx, b, desk.Filter{Limit: 10, Now: Noon})
		found, err2 := s.DB.MessagesByWAMID(ctx, b, "wamid.1")
		people, err3 := s.DB.Contacts(ctx, b, "", "", 10)
		if len(list)+len(found)+len(people) != 0 || errors.Join(err, err2, err3) != nil {
			t.Errorf("another business sees %d, %d, %d (%v %v %v), want nothing", len(list), len(found), len(people), err, err2, err3)
		}
	}
}

func contactPages(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		want := map[wa.ContactID]bool{}
		for i := range 7 {
			want[s.Contact(fmt.Sprint("person ", i), fmt.Sprint(966500000000+i))] = true
		}
		var after wa.ContactID
		for range 4 {
			page, err := s.DB.Contacts(t.Context(), s.Business, "person", after, 3)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page {
				if !want[p.ID] || len(p.Identities) != 1 || p.Identities[0].Kind != "phone" {
					t.Errorf("contact %+v was not expected, or not again", p)
				}
				delete(want, p.ID)
				after = p.ID
			}
		}
		if len(want) != 0 {
			t.Errorf("%d contacts are missed", len(want))
		}
	}
}
