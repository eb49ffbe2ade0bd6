package scenario

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/chatimport"
	"wasl/internal/clock"
	"wasl/internal/desk"
	"wasl/internal/wa"
	"wasl/metaemu"
)

// TestExportedChat: a customer and the owner spoke before the number was connected.
// The owner exports the chat from the phone and brings it: the thread is whole, what
// had come live stands once, and nobody notices but by reading. Then it is taken
// back, and all is as before.
func TestExportedChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpine(t)
		must(s.emu.CustomerSend(s.customer.ID, s.number.ID, metaemu.Content{Text: "are you open?"}))(t)
		s.pass(3 * time.Second)
		must(s.emu.PhoneSend(s.number.ID, s.customer.ID, metaemu.Content{Text: "we are"}))(t)
		s.pass(3 * time.Second)
		before, live := s.thread()
		i := &chatimport.Importer{Store: s.db, Log: slog.New(slog.DiscardHandler)}
		im := s.bringChat(t, i)
		if im.Added != 2 || im.Known != 2 {
			t.Errorf("added %d, known %d; want 2 and 2", im.Added, im.Known)
		}
		con, messages := s.thread()
		want := []string{"import phone opening on Sunday", "import customer good to know", "live customer are you open?", "live phone we are"}
		if got := told(messages); !slices.Equal(got, want) {
			t.Errorf("the thread is %q, want %q", got, want)
		}
		s.unmoved(t, before, con)
		calls := len(s.calls.to("messages"))
		must(i.Undo(t.Context(), s.business, im.ID))(t)
		must(i.Finish(t.Context(), s.business, im.ID))(t)
		after, messages := s.thread()
		if !slices.Equal(told(messages), told(live)) {
			t.Errorf("taken back, the thread is %q, want %q", told(messages), told(live))
		}
		s.unmoved(t, before, after)
		s.pass(time.Minute)
		if n := len(s.calls.to("messages")); n != calls || len(s.emu.HardBreaches()) != 0 {
			t.Errorf("an import sent %d messages; breaches %v", n-calls, s.emu.HardBreaches())
		}
	})
}

// bringChat imports what the phone would export at this minute.
func (s *spine) bringChat(t *testing.T, i *chatimport.Importer) chatimport.Import {
	t.Helper()
	now := clock.Now().In(must(time.LoadLocation("Asia/Riyadh"))(t))
	line := func(at time.Time, who, what string) string {
		return fmt.Sprintf("\u200f%s - %s: %s\n", strings.NewReplacer(",", "،").Replace(at.Format("2/1/2006, 15:04")), who, what)
	}
	text := line(now.AddDate(0, 0, -3), "المتجر", "opening on Sunday") + line(now.AddDate(0, 0, -3), "منى", "good to know") +
		line(now, "منى", "are you open?") + line(now, "المتجر", "we are")
	im := must(i.Upload(t.Context(), chatimport.Source{
		Business: s.business, Number: s.numberID, Name: "محادثة واتساب مع منى.txt", Content: strings.NewReader(text), Size: int64(len(text)),
	}))(t)
	must(i.Confirm(t.Context(), s.business, im.ID, chatimport.Answers{Contact: s.customer.Digits, Zone: "Asia/Riyadh", Order: "dmy"}))(t)
	return must(i.Finish(t.Context(), s.business, im.ID))(t)
}

func told(messages []desk.Message) []string {
	var out []string
	for _, m := range messages {
		out = append(out, fmt.Sprintf("%s %s %s", m.Provenance, m.Origin, m.Content.Text))
	}
	return out
}

// unmoved fails if an import moved anything that people and programs act on.
func (s *spine) unmoved(t *testing.T, before, now desk.Conversation) {
	t.Helper()
	if now.Window != before.Window || now.Unread != before.Unread || now.HeldBy(clock.Now()) != before.HeldBy(clock.Now()) {
		t.Errorf("the conversation moved from %+v to %+v", before, now)
	}
	entries, err := s.db.Entries(t.Context(), s.business, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	received := 0
	for _, e := range entries {
		if e.Kind == wa.MessageReceived {
			received++
		}
	}
	if received != 1 {
		t.Errorf("%d entries of messages received, want that of the live one", received)
	}
}
