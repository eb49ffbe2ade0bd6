package metaemu

import "time"

// A rule that Meta changed: it holds from a day on (UTC), until a later one of
// the same name.
type datedRule struct {
	from  string
	holds bool
}

// Rules of the app and the webhooks by date, with where they are written.
var (
	// phoneEdits: whether the app lets the owner edit and delete for everyone.
	// M-ONB: its copies of 2025 say no longer supported, those since 4 Feb 2026
	// supported (coexistence-protocol §6.4).
	phoneEdits = []datedRule{{"2025-01-01", false}, {"2026-02-04", true}}
	// customerEdits: whether a customer's edit or deletion is told. Changelog of
	// 25 Nov 2025.
	customerEdits = []datedRule{{"2025-01-01", false}, {"2025-11-25", true}}
	// editEchoes: whether what the owner edits or deletes is echoed. Seen on
	// Meta's page by 21 May 2026 (§6.6).
	editEchoes = []datedRule{{"2025-01-01", false}, {"2026-05-21", true}}
)

// rule answers whether a rule holds now. A clock before the first date is that
// of a test that does not care, and gets today's rules.
func (e *Emulator) rule(list []datedRule, at time.Time) bool {
	day := at.UTC().Format(time.DateOnly)
	if day < list[0].from {
		return list[len(list)-1].holds
	}
	holds := false
	for _, r := range list {
		if day >= r.from {
			holds = r.holds
		}
	}
	return holds
}
