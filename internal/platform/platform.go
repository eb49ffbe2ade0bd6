// Package platform is what Meta's platform allows, and since when: limits,
// deadlines, countries, support. Meta changes them monthly, so they are data
// with a date and a source (facts.json), shipped with the program, overridable
// by the operator, and shown with the date they hold from. No such figure is a
// constant anywhere else.
//
// A [Book] is a value that is passed to whoever needs it. It reads no file and
// no clock: overrides are loaded at the edge ([Parse], [Book.With]) and the
// date is an argument ([Book.On]).
package platform

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

//go:embed facts.json
var shipped []byte

// Name says what a fact is about.
type Name string

// The facts there are. The unit of each stands with it in facts.json.
const (
	Throughput     Name = "throughput"         // messages/s of a Number, both ways; scope: mode, or mode/country
	PairEvery      Name = "pair_every"         // ms between messages of a Number to one Contact
	PairBurst      Name = "pair_burst"         // messages at once to one Contact; scope: ours, meta
	PermitRest     Name = "permit_rest"        // ms a permit stays taken after the answer
	Quarantine     Name = "quarantine"         // ms a permit stays taken after the deadline of an unanswered request
	SendTimeout    Name = "send_timeout"       // ms one request may take
	WindowLength   Name = "window_length"      // ms after the Contact's last message
	WindowMargin   Name = "window_margin"      // ms before its end at which we stop
	ReceiptAge     Name = "receipt_age"        // ms after which a message cannot be marked read
	ContentLength  Name = "content_length"     // characters of a member of a message; scope: its path, or kind:path
	ContentCount   Name = "content_count"      // members of a list in a message; scope: its path
	DoubtLength    Name = "doubt_length"       // ms in doubt until a person is asked; scope: lane, or empty
	Unsupported    Name = "unsupported"        // countries Coexistence is not offered in
	MarketingLite  Name = "marketing_lite"     // whether the Marketing Messages API is open; scope: mode
	CoolingLongest Name = "cooling_longest"    // the greatest X of Meta's 4^X seconds
	AppVersion     Name = "signup_app_version" // the oldest app that can be connected, as a list of one
	ActiveDays     Name = "signup_active_days" // days the app should have been in use

	AddressCountries Name = "address_countries" // countries whose customers can be asked for an address
)

// The facts of moving in.
const (
	SyncWindow    Name = "sync_window"     // ms after onboarding in which a sync may be asked for
	SyncDoubt     Name = "sync_doubt"      // ms after an unanswered request until it is made again
	SyncPatience  Name = "sync_patience"   // ms without anything after which an accepted sync is silent; scope: first, second, third
	SyncQuiet     Name = "sync_quiet"      // ms without anything until a sync is quiet; scope: kind
	SyncEnd       Name = "sync_end"        // ms without anything until it counts as complete; scope: kind
	SyncLongest   Name = "sync_longest"    // ms after which none goes on
	PhoneSilence  Name = "phone_silence"   // ms without a sign of life until Coexistence ends; scope: meta, or empty for when we say so
	PhoneReminder Name = "phone_reminder"  // ms of silence at which the owner is reminded; scope: 1, 2, …
	MediaIDAge    Name = "media_id_age"    // ms an id of a file lives that came by webhook
	WebhookFields Name = "webhook_fields"  // fields an app must be subscribed to; scope: mode
	SignupCodeAge Name = "signup_code_age" // ms a code of Embedded Signup can be exchanged
)

// The facts of exported chats.
const (
	ImportUpload Name = "import_upload" // bytes of a file that is uploaded
	ImportFile   Name = "import_file"   // bytes of a file in a zip, unpacked
	ImportFiles  Name = "import_files"  // bytes of all files in a zip, unpacked
	ImportRatio  Name = "import_ratio"  // how many times smaller a file in a zip may be
)

// Fact is one figure, or one list, and where it comes from.
type Fact struct {
	Name   Name     `json:"name"`
	Scope  string   `json:"scope,omitempty"` // what it is limited to, empty for all
	Value  int64    `json:"value"`
	List   []string `json:"list,omitempty"`
	Unit   string   `json:"unit,omitempty"`
	From   Date     `json:"from"` // the day it holds from
	Source string   `json:"source"`
	Note   string   `json:"note,omitempty"`
}

// Date is a day, written 2025-11-21.
type Date struct{ start time.Time }

// Day returns the day a time falls on, in UTC.
func Day(t time.Time) Date {
	return Date{t.UTC().Truncate(24 * time.Hour)}
}

// IsZero reports whether no day is named.
func (d Date) IsZero() bool { return d.start.IsZero() }

// Start is the first moment of the day, in UTC.
func (d Date) Start() time.Time { return d.start }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.start.After(e.start) }

// String writes the day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.start.Format(time.DateOnly)
}

// MarshalText writes the day.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a day.
func (d *Date) UnmarshalText(b []byte) error {
	t, err := time.Parse(time.DateOnly, string(b))
	if err != nil {
		return fmt.Errorf("%q is no date: write it as 2025-11-21", b)
	}
	d.start = t
	return nil
}

// A Book is every fact of every date. Its zero value is empty; take [Known].
type Book struct{ facts []Fact }

// Known returns the facts that ship with the program.
func Known() Book {
	facts, err := Parse(shipped)
	if err != nil {
		panic("platform: facts.json: " + err.Error())
	}
	return Book{facts: facts}
}

// Parse reads facts from JSON: a list of them. It refuses one without a name, a
// date or a source, because a figure nobody can check is worse than none.
func Parse(raw []byte) ([]Fact, error) {
	var facts []Fact
	if err := json.Unmarshal(raw, &facts); err != nil {
		return nil, fmt.Errorf("read platform facts: %w", err)
	}
	for i, f := range facts {
		if f.Name == "" || f.From.IsZero() || f.Source == "" {
			return nil, fmt.Errorf("platform fact %d (%s): name, from and source are needed", i+1, f.Name)
		}
	}
	return facts, nil
}

// With returns a book in which the overrides win over every fact of the same
// name and scope from their own date on.
func (b Book) With(overrides ...Fact) Book {
	return Book{facts: append(slices.Clip(b.facts), overrides...)}
}

// On returns what holds on the day of t. On a day before the first that a
// figure is known for, its first value stands in: a clock that is wrong must not
// make a limit 0. A list is empty before its first day.
func (b Book) On(t time.Time) Facts {
	f := Facts{on: Day(t), held: map[key]Fact{}}
	for _, x := range b.facts {
		k := key{x.Name, x.Scope}
		held, ok := f.held[k]
		switch future := x.From.After(f.on); {
		case future && (ok || x.List != nil):
		// Later in the book wins on the same day: overrides come last, and hold
		// against a shipped fact of any earlier or equal date.
		case !ok, held.From.After(f.on), !held.From.After(x.From):
			f.held[k] = x
		}
	}
	return f
}

type key struct {
	name  Name
	scope string
}
