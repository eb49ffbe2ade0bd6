package form

import "unicode/utf8"

// Limit is one bound of a template.
type Limit struct {
	Of       string
	Min, Max int
	// Unit is characters, elements, seconds or minutes.
	Unit string
	// Read is when the source said so; Source is a section of the protocol notes.
	Read, Source string
}

// Limits of §4.2 and §4.4.
var (
	nameLength   = Limit{"name", 1, 512, "characters", "2026-09", "§4.4"}
	headerText   = Limit{"header", 1, 60, "characters", "2026-09", "§4.2"}
	bodyText     = Limit{"body", 1, 1024, "characters", "2026-09", "§4.2"}
	offerBody    = Limit{"body of a limited-time offer", 1, 600, "characters", "2026-09", "§4.2"}
	cardBody     = Limit{"body of a card", 1, 160, "characters", "2026-09", "§4.2"}
	footerText   = Limit{"footer", 1, 60, "characters", "2026-09", "§4.2"}
	offerText    = Limit{"limited_time_offer text", 1, 16, "characters", "2026-09", "§4.2"}
	label        = Limit{"button text", 1, 25, "characters", "2026-09", "§4.2"}
	buttonURL    = Limit{"button url", 1, 2000, "characters", "2026-09", "§4.2"}
	buttonCount  = Limit{"buttons", 1, 10, "elements", "2026-09", "§4.2"}
	cardCount    = Limit{"cards", 2, 10, "elements", "2026-09", "§4.2"}
	codeMinutes  = Limit{"code_expiration_minutes", 1, 90, "minutes", "2026-09", "§4.2"}
	codeLength   = Limit{"one-time code", 1, 15, "characters", "2026-09", "§2.5"}
	couponLength = Limit{"coupon_code", 1, 20, "characters", "2026-09", "§2.5"} // 15 by the older page
)

// ofType is how many buttons of a type a template may have (§4.2); a type that is
// not named here is none.
var ofType = map[string]int{
	"URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "FLOW": 1, "CATALOG": 1, "MPM": 1, "SPM": 1, "VOICE_CALL": 1,
	"QUICK_REPLY": 10, "OTP": 1, "REQUEST_CONTACT_INFO": 1, "ORDER_DETAILS": 1,
}

// Lifetime is how long a message of a category may be told to wait (§4.4).
type Lifetime struct {
	Min, Max, Default int // seconds
	// Month allows -1, which is 30 days.
	Month bool
}

const month = 30 * 24 * 3600

// lifetimes by category; read 2026-09.
var lifetimes = map[string]Lifetime{
	Authentication: {30, 900, 600, true},
	Utility:        {30, 43_200, month, true},
	Marketing:      {43_200, 2_592_000, month, false},
}

// Lives is how many seconds an undelivered message of the template may wait.
func (f *Form) Lives() int {
	switch {
	case f.TTL == nil:
		return lifetimes[f.Category].Default
	case *f.TTL < 0:
		return month
	}
	return *f.TTL
}

func (l Limit) holds(n int) bool { return n >= l.Min && n <= l.Max }

func (l Limit) fits(s string) bool { return l.holds(utf8.RuneCountInString(s)) }
