package platform

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Facts are what holds on one day. Made by [Book.On].
type Facts struct {
	on   Date
	held map[key]Fact
}

// Fact returns the fact of a name for the first of the scopes it is known for;
// scopes go from the narrowest to the widest.
func (f Facts) Fact(n Name, scopes ...string) (Fact, bool) {
	for _, s := range append(scopes, "") {
		if x, ok := f.held[key{n, s}]; ok {
			return x, true
		}
	}
	return Fact{}, false
}

func (f Facts) value(n Name, scopes ...string) int64 {
	x, _ := f.Fact(n, scopes...)
	return x.Value
}

// Span is a fact whose unit is ms, of the narrowest scope that is known.
func (f Facts) Span(n Name, scopes ...string) time.Duration { return f.span(n, scopes...) }

func (f Facts) span(n Name, scopes ...string) time.Duration {
	return time.Duration(f.value(n, scopes...)) * time.Millisecond
}

// Amount is a fact that is a plain number, of the narrowest scope that is known.
func (f Facts) Amount(n Name, scopes ...string) int64 { return f.value(n, scopes...) }

// List is a fact that is a list, of the narrowest scope that is known.
func (f Facts) List(n Name, scopes ...string) []string {
	x, _ := f.Fact(n, scopes...)
	return x.List
}

// Rate is how fast a Number may send, and why.
type Rate struct {
	MPS    int
	Source string
	From   Date // zero if it is the Number's own setting
}

// Rate returns the speed of a Number: its own setting if it has one (set is not
// 0), else the rule of its mode (coexistence, cloud) in its country (ISO 3166
// alpha-2, may be empty), else that of its mode.
func (f Facts) Rate(mode, country string, set int) Rate {
	if set > 0 {
		return Rate{MPS: set, Source: "set for this number"}
	}
	x, _ := f.Fact(Throughput, mode+"/"+country, mode)
	return Rate{MPS: max(1, int(x.Value)), Source: x.Source, From: x.From}
}

// Pair returns how often one Contact may be written to: burst at once, and one
// more each every.
func (f Facts) Pair() (every time.Duration, burst int) {
	return f.span(PairEvery), max(1, int(f.value(PairBurst, "ours")))
}

// PermitRest is how long a permit stays taken after the answer.
func (f Facts) PermitRest() time.Duration { return f.span(PermitRest) }

// Quarantine is how long a permit stays taken after the deadline of a request
// that was not answered: it may still be on the road.
func (f Facts) Quarantine() time.Duration { return f.span(Quarantine) }

// SendTimeout is how long one request may take.
func (f Facts) SendTimeout() time.Duration { return f.span(SendTimeout) }

// WindowMargin is how long before the window's end free-form messages stop, so
// that none is on the road when it shuts.
func (f Facts) WindowMargin() time.Duration { return f.span(WindowMargin) }

// WindowLength is how long the window stays open.
func (f Facts) WindowLength() time.Duration { return f.span(WindowLength) }

// ReceiptAge is how old a message may be that is marked read.
func (f Facts) ReceiptAge() time.Duration { return f.span(ReceiptAge) }

// Doubt is how long an unanswered message of a lane waits for proof before a
// person is asked.
func (f Facts) Doubt(lane string) time.Duration { return f.span(DoubtLength, lane) }

// CoolingLongest is the greatest X in Meta's "wait 4^X seconds".
func (f Facts) CoolingLongest() int { return int(f.value(CoolingLongest)) }

// Offered reports whether Coexistence is offered to numbers of a country, and
// the fact that says so.
func (f Facts) Offered(country string) (bool, Fact) {
	x, ok := f.Fact(Unsupported)
	return !ok || !slices.Contains(x.List, country), x
}

// MarketingLite reports whether the Marketing Messages API is open to Numbers
// of a mode.
func (f Facts) MarketingLite(mode string) bool { return f.value(MarketingLite, mode) != 0 }

// AppVersion is the oldest WhatsApp Business app that can be connected, such as
// 2.24.17, and the fact that says so.
func (f Facts) AppVersion() (string, Fact) {
	x, ok := f.Fact(AppVersion)
	if !ok || len(x.List) == 0 {
		return "", x
	}
	return x.List[0], x
}

// ActiveDays is for how many days the app should have been in use before it is
// connected, and the fact that says so.
func (f Facts) ActiveDays() (int, Fact) {
	x, _ := f.Fact(ActiveDays)
	return int(x.Value), x
}

// All is every fact that holds, by name and scope.
func (f Facts) All() []Fact {
	all := slices.Collect(maps.Values(f.held))
	slices.SortFunc(all, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Scope, b.Scope))
	})
	return all
}
