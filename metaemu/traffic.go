package metaemu

import (
	"errors"
	"fmt"
	"time"
)

// Script is a conversation that goes on by itself.
type Script struct {
	Number   string // id of the number
	Customer string // id or digits of the customer
	// Start is how long until the first line.
	Start time.Duration
	Lines []Line
	// Again, if positive, begins from the first line so long after the last.
	Again time.Duration
	// CatchUp says every line at its own time however far the clock jumps.
	// Otherwise a script goes on from where the clock has jumped to.
	CatchUp bool
}

// Line is one message of a script: After is the pause before it. Phone means the
// owner says it, from the phone; otherwise the customer does.
type Line struct {
	Phone   bool
	After   time.Duration
	Content Content
}

// Play lets a script run. It needs no goroutine: every line is an event of the
// emulator's clock. A line that cannot be said (the customer is gone, the number
// was reset) ends the script quietly.
func (e *Emulator) Play(s Script) error {
	e.enter()
	defer e.mu.Unlock()
	t, err := e.talkOf(s.Number, s.Customer)
	if err != nil {
		return err
	}
	if len(s.Lines) == 0 {
		return errors.New("a script needs at least one line")
	}
	for i, l := range s.Lines {
		if _, _, err := e.contentOf(l.Content); err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	e.plan(e.clock.Now(), s.Start+s.Lines[0].After, "script.line", lineDeed{t, s, 0})
	return nil
}

func (e *Emulator) say(t *chat, s Script, i int, at time.Time) {
	say := e.customerSend
	if s.Lines[i].Phone {
		say = e.phoneSend
	}
	if _, err := say(t, s.Lines[i].Content, at); err != nil {
		return // Play has checked every line; nothing can be said about it now.
	}
	pause := s.Again
	if i++; i < len(s.Lines) {
		pause = 0
	} else if i = 0; s.Again <= 0 {
		return
	}
	// After a jump of the clock a script goes on from now and does not catch up
	// on days of chatter.
	from := at
	if now := e.clock.Now(); !s.CatchUp && now.Sub(at) > time.Minute {
		from = now
	}
	e.plan(from, pause+s.Lines[i].After, "script.line", lineDeed{t, s, i})
}
