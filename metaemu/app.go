package metaemu

import (
	"fmt"
	"slices"
	"time"
)

// What the WhatsApp Business app can do that the API never hears of, and what
// it can no longer do once its number is on the platform (§6.4).

// Group is a group chat on the phone. Nothing of it reaches the API.
type Group struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Messages []GroupRemark `json:"messages"`
}

// GroupRemark is something said in a group, by somebody or by the owner.
type GroupRemark struct {
	At   time.Time `json:"at"`
	From string    `json:"from"` // "business" or a name
	Text string    `json:"text"`
}

// Call is an entry of the phone's list of calls.
type Call struct {
	At       time.Time `json:"at"`
	Customer string    `json:"customer"`
	Incoming bool      `json:"incoming"`
	Video    bool      `json:"video"`
	Seconds  int       `json:"seconds"` // 0: missed
}

// BroadcastList is a list of the app's own. On the platform old ones can be read
// and no message goes to them.
type BroadcastList struct {
	Name    string   `json:"name"`
	Members []string `json:"members"` // digits
}

// AppSettings are the messaging tools of the app that answer by themselves.
type AppSettings struct {
	// Greeting is sent to who writes for the first time, or again after 14 days.
	Greeting string `json:"greeting"`
	// Away is sent to who writes while the owner is away.
	Away     string `json:"away"`
	AwayFrom bool   `json:"is_away"`
}

// greetAgain is how long a chat has been silent when the greeting comes again.
const greetAgain = 14 * 24 * time.Hour

// phoneApp is what is on a phone besides chats and contacts.
type phoneApp struct {
	devices    []*Device
	groups     []*Group
	calls      []Call
	broadcasts []BroadcastList
	settings   AppSettings
	facts      AppFacts
	// wrong counts wrong codes of Embedded Signup, lockedUntil is what they led to.
	wrong       int
	lockedUntil time.Time
	// busyUntil is when the app's own database has caught up with what it was
	// flooded with.
	busyUntil time.Time
}

// PhoneGroup says something in a group of the phone, which is made if there is
// none of that name. From empty is the owner.
func (e *Emulator) PhoneGroup(numberID, group, from, text string) error {
	return e.onPhone(numberID, func(n *number, at time.Time) error {
		if group == "" || text == "" {
			return fmt.Errorf("a group needs a name and what is said in it")
		}
		i := slices.IndexFunc(n.groups, func(g *Group) bool { return g.Name == group })
		if i < 0 {
			i = len(n.groups)
			n.groups = append(n.groups, &Group{ID: e.nodeID("group"), Name: group})
		}
		n.groups[i].Messages = append(n.groups[i].Messages, GroupRemark{At: at, From: or(from, "business"), Text: text})
		if from == "" {
			e.signOfLife(n, at)
		}
		return nil
	})
}

// PhoneCall notes a call with a customer.
func (e *Emulator) PhoneCall(numberID, customerID string, c Call) error {
	return e.onPhone(numberID, func(n *number, at time.Time) error {
		cu, err := e.customerOf(customerID)
		if err != nil {
			return err
		}
		c.At, c.Customer = at, cu.ID
		n.calls = append(n.calls, c)
		if !c.Incoming || c.Seconds > 0 {
			e.signOfLife(n, at)
		}
		return nil
	})
}

// PhoneBroadcast makes a list and says something to each of its members, one by
// one, or to a list there is. On the platform it is refused.
func (e *Emulator) PhoneBroadcast(numberID string, list BroadcastList, text string) error {
	return e.onPhone(numberID, func(n *number, at time.Time) error {
		if n.Stage == StageLive {
			return fmt.Errorf("broadcast lists are read-only while the number is connected to the Business Platform: send a template to an audience instead")
		}
		i := slices.IndexFunc(n.broadcasts, func(b BroadcastList) bool { return b.Name == list.Name })
		if len(list.Members) > 0 {
			if i < 0 {
				i = len(n.broadcasts)
				n.broadcasts = append(n.broadcasts, list)
			}
			n.broadcasts[i] = list
		}
		if i < 0 {
			return fmt.Errorf("there is no broadcast list %q: name its members to make it", list.Name)
		}
		for _, member := range n.broadcasts[i].Members {
			cu, err := e.customerOf(member)
			if err != nil {
				return err
			}
			if _, err := e.phoneSend(e.talk(n, cu), Content{Text: text}, at); err != nil {
				return err
			}
		}
		return nil
	})
}

// PhoneSettings changes the app's greeting and away message.
func (e *Emulator) PhoneSettings(numberID string, s AppSettings) error {
	return e.onPhone(numberID, func(n *number, at time.Time) error {
		n.settings = s
		e.signOfLife(n, at)
		return nil
	})
}

// PhoneDisappearing switches disappearing messages of a chat. On the platform
// they are off and stay off.
func (e *Emulator) PhoneDisappearing(numberID, customerID string, on bool) error {
	return e.onPhone(numberID, func(n *number, at time.Time) error {
		cu, err := e.customerOf(customerID)
		if err != nil {
			return err
		}
		if on && n.Stage == StageLive {
			return fmt.Errorf("disappearing messages cannot be switched on while the number is connected to the Business Platform")
		}
		e.talk(n, cu).disappearing = on
		e.signOfLife(n, at)
		return nil
	})
}

func (e *Emulator) onPhone(numberID string, do func(n *number, at time.Time) error) error {
	e.enter()
	defer e.mu.Unlock()
	n, err := e.phoneOf(numberID)
	if err != nil {
		return err
	}
	if err := do(n, e.clock.Now()); err != nil {
		return err
	}
	e.announce("numbers")
	return nil
}

// switchedOff refuses what the app no longer offers in chats on the platform.
func (n *number) switchedOff(c Content) error {
	switch {
	case n.Stage != StageLive:
		return nil
	case c.ViewOnce:
		return fmt.Errorf("view-once media is switched off while the number is connected to the Business Platform")
	case c.Live:
		return fmt.Errorf("live location is switched off while the number is connected to the Business Platform")
	}
	return nil
}

// moveIn is what onboarding does to the app: companions are unlinked and
// disappearing messages end.
func (n *number) moveIn() {
	n.devices = nil
	for _, t := range n.chats {
		t.disappearing = false
	}
}

// autoReply lets the app answer by itself. Whether such answers are echoed is
// not known; here they are, like everything the phone sends (§6.4).
func (e *Emulator) autoReply(t *chat, at time.Time, silentSince time.Time) {
	s := t.number.settings
	text := ""
	switch {
	case s.AwayFrom && s.Away != "":
		text = s.Away
	case s.Greeting != "" && (silentSince.IsZero() || at.Sub(silentSince) >= greetAgain):
		text = s.Greeting
	default:
		return
	}
	e.plan(at, e.draw(Delay{time.Second, 3 * time.Second}), "phone.autoreply", replyDeed{t, text})
}

// The phone's own database takes its time with what reaches it through the API
// and from customers. That it falls behind when flooded is why the speed of such
// numbers is capped (§6.1); how fast it is nobody says.
const (
	phoneTakes = 50 * time.Millisecond
	phoneKeeps = time.Second // so far behind nobody notices
)

// mirror lets the phone take in a message that was not written on it.
func (n *number) mirror(at time.Time) {
	if at.After(n.busyUntil) {
		n.busyUntil = at
	}
	n.busyUntil = n.busyUntil.Add(phoneTakes)
}

// behind is how late the phone is.
func (n *number) behind(now time.Time) time.Duration {
	if free := n.busyUntil.Add(-phoneKeeps); free.After(now) {
		return free.Sub(now)
	}
	return 0
}
