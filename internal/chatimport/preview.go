package chatimport

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"wasl/internal/chatexport"
	"wasl/internal/wa"
)

// Preview is what an import would do, and what must be answered first.
type Preview struct {
	Layout        Layout                  `json:"layout"`
	Zone          string                  `json:"zone"` // the times of the file are read as times of this zone
	Readings      []Reading               `json:"readings"`
	People        []Person                `json:"people"`
	Me            string                  `json:"me"`
	Them          string                  `json:"them"`
	Contact       string                  `json:"contact"` // digits; empty if not known yet
	First         time.Time               `json:"first,omitzero"`
	Last          time.Time               `json:"last,omitzero"`
	Counts        map[chatexport.Kind]int `json:"counts"`
	Messages      int                     `json:"messages"` // of the two, that can be imported
	Others        int                     `json:"others"`   // of other people
	NotUnderstood int                     `json:"not_understood"`
	Lines         []int                   `json:"lines"` // where the first of those are
	FilesNamed    int                     `json:"files_named"`
	FilesFound    int                     `json:"files_found"` // of those named, in the zip
	Known         *int                    `json:"known"`       // there already; nil while that cannot be told
	Questions     []Question              `json:"questions"`
}

// Layout is how the file writes its lines.
type Layout struct {
	Frame   string           `json:"frame"`
	Order   chatexport.Order `json:"order"` // empty if it is a question
	Seconds bool             `json:"seconds"`
	Twelve  bool             `json:"twelve_hours"`
}

// Reading is one way to read the dates.
type Reading struct {
	Order chatexport.Order `json:"order"`
	First string           `json:"first"` // local
	Last  string           `json:"last"`
}

// Person is somebody who said something in the file.
type Person struct {
	Name     string `json:"name"`
	Messages int    `json:"messages"`
}

// Question is something only a person knows.
type Question string

// The questions.
const (
	AskOrder   Question = "order"   // which of the readings is right?
	AskMe      Question = "me"      // which of the people is the business?
	AskThem    Question = "them"    // with which of the people is the conversation?
	AskContact Question = "contact" // what is the customer's number?
	AskZone    Question = "zone"    // which zone is the phone in?
)

// mostLines is how many lines that were not understood are named.
const mostLines = 20

// draft is a preview in the making.
type draft struct {
	Preview
	file   *chatexport.File
	survey chatexport.Survey
	found  map[string]bool // names of files that messages name and the zip holds
	zone   *time.Location
}

// examine reads a file twice and tells what is in it, without asking the store.
func examine(f *chatexport.File, n Number, a Answers, latest time.Time) (*draft, error) {
	// A phone ahead of UTC writes the times of tomorrow.
	s, err := f.Survey(latest.Add(Keep))
	if err != nil {
		return nil, err
	}
	d := &draft{file: f, survey: s, Preview: Preview{People: []Person{}, Lines: []int{}, Questions: []Question{}}}
	d.Layout = Layout{Frame: s.Layout.Frame, Seconds: s.Layout.Seconds, Twelve: s.Layout.Twelve}
	for _, r := range s.Readings {
		d.Readings = append(d.Readings, Reading{r.Order, r.First.Format(time.DateTime), r.Last.Format(time.DateTime)})
	}
	d.order(a)
	d.timeZone(n, a)
	if err := d.count(); err != nil {
		return nil, err
	}
	d.sides(n, a)
	return d, nil
}

// order settles the order of the dates: what was answered stands, if the file can
// be read so.
func (d *draft) order(a Answers) {
	d.Layout.Order, _ = d.survey.Settled()
	if a.Order != "" && d.survey.May(a.Order) {
		d.Layout.Order = a.Order
	}
	if d.Layout.Order == "" {
		d.ask(AskOrder)
	}
}

// reading is the order to read in, settled or not.
func (d *draft) reading() chatexport.Order {
	return cmp.Or(d.Layout.Order, d.survey.Readings[0].Order)
}

func (d *draft) timeZone(n Number, a Answers) {
	d.Zone = cmp.Or(a.Zone, n.Zone)
	zone, err := time.LoadLocation(d.Zone)
	if err != nil || d.Zone == "" || d.Zone == "Local" {
		zone, d.Zone = time.UTC, "UTC"
	}
	// UTC is what a Business has that never said where it is. A wrong zone would make
	// every message a second one, hours away.
	if d.Zone == "UTC" && a.Zone != "UTC" {
		d.ask(AskZone)
	}
	d.zone = zone
}

func (d *draft) ask(q Question) { d.Questions = append(d.Questions, q) }

// count reads the entries for who said how much of what, and when.
func (d *draft) count() error {
	d.Counts = map[chatexport.Kind]int{}
	people := map[string]int{}
	d.found = map[string]bool{}
	err := d.file.Read(d.survey.Layout, d.reading(), func(m chatexport.Message) error {
		d.Counts[m.Kind]++
		if m.Kind == chatexport.NotUnderstood {
			if d.NotUnderstood++; len(d.Lines) < mostLines {
				d.Lines = append(d.Lines, m.Line)
			}
			return nil
		}
		if m.File != "" && hasFile(m.Kind) {
			d.FilesNamed++
			if d.file.Has(m.File) {
				d.FilesFound++
				d.found[m.File] = true
			}
		}
		at := wall(m.At, d.zone)
		if d.First.IsZero() || at.Before(d.First) {
			d.First = at
		}
		if at.After(d.Last) {
			d.Last = at
		}
		if m.Sender != "" && m.Kind != chatexport.System && m.Kind != chatexport.Call {
			if people[m.Sender]++; len(people) > chatexport.Usual.People {
				return chatexport.ErrTooLarge
			}
		}
		return nil
	})
	for name, n := range people {
		d.People = append(d.People, Person{name, n})
	}
	slices.SortFunc(d.People, func(a, b Person) int {
		return cmp.Or(cmp.Compare(b.Messages, a.Messages), cmp.Compare(a.Name, b.Name))
	})
	return err
}

// wall is the instant at which clocks of a zone showed a local time.
func wall(local time.Time, zone *time.Location) time.Time {
	y, mo, day := local.Date()
	h, mi, s := local.Clock()
	return time.Date(y, mo, day, h, mi, s, 0, zone).UTC()
}

// sides finds out who is the business and who the customer.
func (d *draft) sides(n Number, a Answers) {
	d.Me, d.Them = d.known(a.Me), d.known(a.Them)
	if d.Me == "" {
		d.Me = d.business(n)
	}
	partner := d.known(d.file.Partner())
	if d.Them == "" && partner != d.Me {
		d.Them = partner
	}
	if d.Me != "" && d.Them == "" {
		d.Them = d.other(d.Me)
	}
	if d.Them != "" && d.Me == "" {
		d.Me = d.other(d.Them)
	}
	// One of the two may have said nothing.
	if d.Me == "" && (d.Them == "" || len(d.People) > 1) || d.Me != "" && d.Me == d.Them {
		d.Me = ""
		d.ask(AskMe)
	}
	if d.Them == "" && len(d.People) > 1 {
		d.ask(AskThem)
	}
	d.Contact = wa.Digits(a.Contact)
	if d.Contact == "" {
		d.Contact = phone(cmp.Or(d.Them, d.file.Partner()))
	}
	if len(d.Contact) < 7 || d.Contact == n.Digits {
		d.Contact = ""
		d.ask(AskContact)
	}
}

// known is a name of the file, as the file writes it.
func (d *draft) known(name string) string {
	for _, p := range d.People {
		if name != "" && strings.EqualFold(words(p.Name), words(name)) {
			return p.Name
		}
	}
	return ""
}

// business is the one who is called or dialled as the Number is.
func (d *draft) business(n Number) string {
	if name := d.known(n.Name); name != "" {
		return name
	}
	for _, p := range d.People {
		if n.Digits != "" && phone(p.Name) == n.Digits {
			return p.Name
		}
	}
	return ""
}

// other is the second of two people.
func (d *draft) other(than string) string {
	if len(d.People) != 2 {
		return ""
	}
	if d.People[0].Name == than {
		return d.People[1].Name
	}
	return d.People[0].Name
}

// phone is a name that is a telephone number, as digits.
func phone(name string) string {
	digits := wa.Digits(name)
	letters := strings.ContainsFunc(name, func(r rune) bool {
		return !strings.ContainsRune("+-() .\u00a0", r) && wa.Digits(string(r)) == "" && r < 0x2000
	})
	if letters || len(digits) < 7 {
		return ""
	}
	return digits
}

// items calls each for what is to be imported, in order. What bears the same time
// is set microseconds apart, so that it keeps its order in the thread.
func (d *draft) items(each func(Item) error) error {
	seen := NewMinutes(nil)
	var last time.Time
	apart := time.Duration(0)
	return d.file.Read(d.survey.Layout, d.reading(), func(m chatexport.Message) error {
		if !imported(m.Kind) || m.Sender != d.Me && m.Sender != d.Them {
			return nil
		}
		it := Item{At: wall(m.At, d.zone), Direction: wa.In, Content: contentOf(m)}
		if hasFile(m.Kind) {
			it.File = m.File
		}
		if m.Sender == d.Me {
			it.Direction = wa.Out
		}
		if !it.At.Equal(last) {
			last, apart = it.At, 0
		}
		it.At = it.At.Add(apart)
		apart = min(apart+time.Microsecond, time.Second-time.Microsecond)
		seen.number(&it)
		return each(it)
	})
}
