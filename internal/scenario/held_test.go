package scenario

import (
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/wa"
	"wasl/metaemu"
)

// TestHeldUntilReconnected: the owner changes phones. Meta suspends the number
// and gives it back a few minutes later; what an agent wrote in between is held,
// not failed, and goes out by itself (M4.2).
func TestHeldUntilReconnected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSpine(t)
		must(s.emu.CustomerSend(s.customer.ID, s.number.ID, metaemu.Content{Text: "hello"}))(t)
		s.pass(3 * time.Second)
		if err := s.emu.PhoneChangeDevice(s.number.ID, true); err != nil {
			t.Fatal(err)
		}
		s.pass(5 * time.Second)
		con, _ := s.thread()
		receipt := must(s.box.Submit(t.Context(), s.draft(con)))(t)
		s.pass(10 * time.Second)
		if m := must(s.db.Message(t.Context(), s.business, receipt.Message))(t); m.Status != wa.Held {
			t.Errorf("while the number is suspended the message is %s, want held", m.Status)
		}
		if n := len(s.emu.Arrivals()); n != 0 {
			t.Errorf("%d requests reached Meta while the number was suspended, want none", n)
		}
		s.pass(6 * time.Minute)
		if m := must(s.db.Message(t.Context(), s.business, receipt.Message))(t); m.Status != wa.Read {
			t.Errorf("after the reconnect the message is %s, want read", m.Status)
		}
	})
}
