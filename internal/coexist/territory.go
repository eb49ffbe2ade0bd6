package coexist

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Territory is where a phone number belongs: ISO 3166-1 alpha-2, the territory
// rather than the country whose code it shares. Guernsey is GG and Kazakhstan KZ.
type Territory struct {
	Code   string // empty if nothing can be said
	Number string // E.164, as far as it could be read
	// Sure is whether the numbering plan knows the number. If not, the code alone
	// was read: WhatsApp's spelling of a Brazilian or Mexican number, say, or a
	// number that no operator has.
	Sure bool
}

// TerritoryOf reads a phone number, in any spelling and with any digits, with its
// country code. ok is false if there is no country code that anybody has.
func TerritoryOf(number string) (Territory, bool) {
	number = strings.TrimSpace(number)
	if number != "" && !strings.ContainsAny(number[:1], "+＋") {
		number = "+" + strings.TrimPrefix(westernDigits(number), "00")
	}
	n, err := phonenumbers.Parse(number, "")
	if err != nil {
		return Territory{}, false
	}
	t := Territory{Number: phonenumbers.Format(n, phonenumbers.E164), Code: phonenumbers.GetRegionCodeForNumber(n)}
	if t.Code != "" {
		t.Sure = phonenumbers.IsValidNumber(n)
		return t, true
	}
	if !phonenumbers.IsPossibleNumber(n) && len(t.Number) < 8 {
		return Territory{}, false
	}
	t.Code = byCode(t.Number)
	return t, t.Code != ""
}

// byCode is the territory of a number that the plan does not know: the main one
// of its code. +7 6 and +7 7 are Kazakhstan's by the plan of the ITU.
func byCode(e164 string) string {
	if strings.HasPrefix(e164, "+76") || strings.HasPrefix(e164, "+77") {
		return "KZ"
	}
	n, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return ""
	}
	code := phonenumbers.GetRegionCodeForCountryCode(int(n.GetCountryCode()))
	if code == "ZZ" || code == "001" {
		return ""
	}
	return code
}

// westernDigits writes Arabic and Persian digits as 0 to 9.
func westernDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		}
		return r
	}, s)
}
