// Package takeover says who holds a conversation, the bot or a person, and until
// when.
//
// A person takes over by acting: an echo of the phone, an answer from the
// screen, or the button. The bot is silent until the hold ends. A hold slides:
// each act begins it anew, counted from when the act happened and not from when
// we heard of it (decision 16), and no act shortens what a later one gave.
// Every act raises the epoch, so that an answer the bot was making when
// somebody acted is not sent (L13).
package takeover

import "time"

// By says who holds a conversation. Nobody means the bot may speak.
type By string

// The holders, as they stand in SQL and JSON.
const (
	Nobody By = ""
	Phone  By = "phone"  // the owner answered from the app
	Person By = "person" // a member of the Business answered or took over
)

// How long an act holds a conversation.
const (
	AfterEcho  = 60 * time.Minute
	AfterReply = 30 * time.Minute
)

// Forever is the end of a hold that only a handback ends.
var Forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// A Holder is who holds a conversation. Its zero value is nobody.
type Holder struct {
	By     By
	At     time.Time // when the act that set it happened
	Until  time.Time
	Reason string // why, in words of the one who took over; may be empty
	Epoch  int64  // grows with every act
}

// Holds reports whether the bot has to be silent at now.
func (h Holder) Holds(now time.Time) bool { return h.By != Nobody && now.Before(h.Until) }

// Echo is the holder after the phone sent a message at the given time. An old
// echo, told late, may hold nothing any more; it counts as an act all the same.
func (h Holder) Echo(at time.Time) Holder {
	return h.act(Phone, at, at.Add(AfterEcho), "")
}

// Reply is the holder after a person answered from the screen.
func (h Holder) Reply(at time.Time) Holder {
	return h.act(Person, at, at.Add(AfterReply), "")
}

// Take is the holder after a person took over in so many words, until a time or,
// if it is zero, until they hand back. It replaces whatever held before.
func (h Holder) Take(at, until time.Time, reason string) Holder {
	if until.IsZero() {
		until = Forever
	}
	return Holder{By: Person, At: at, Until: until, Reason: reason, Epoch: h.Epoch + 1}
}

// HandBack is the holder after the conversation was given back to the bot. An
// echo told later, but sent earlier, takes nothing back.
func (h Holder) HandBack(at time.Time) Holder {
	return Holder{By: Nobody, At: at, Epoch: h.Epoch + 1}
}

// act lets an act hold the conversation unless a hold that reaches further
// stands, or the conversation was handed back after it. So the order in which
// acts are told does not matter. The epoch grows in any case.
func (h Holder) act(by By, at, until time.Time, reason string) Holder {
	h.Epoch++
	if h.By == Nobody && at.Before(h.At) || h.By != Nobody && !until.After(h.Until) {
		return h
	}
	return Holder{By: by, At: at, Until: until, Reason: reason, Epoch: h.Epoch}
}
