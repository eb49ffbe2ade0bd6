package wa

import "strings"

// Digits keeps the decimal digits of s, whatever script they are in, as ASCII.
// "+٩٦٦ 50-111 2222" and "966501112222" are the same digits.
func Digits(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= '٠' && r <= '٩':
			b.WriteRune('0' + r - '٠')
		case r >= '۰' && r <= '۹':
			b.WriteRune('0' + r - '۰')
		}
	}
	return b.String()
}

// CanonicalPhone is the one spelling under which a person's number is compared.
// Meta writes some countries' mobile numbers in two ways, and the two may
// differ between one webhook and the next (coexistence-protocol §5; L37):
// Brazil with or without the ninth digit, Mexico 521… and 52…, Argentina 549…
// and 54…. The longer spelling of Brazil and the shorter of the others is
// taken. The raw spelling is kept beside it and is what we send to.
func CanonicalPhone(s string) string {
	d := Digits(s)
	switch {
	case strings.HasPrefix(d, "55") && len(d) == 12 && d[4] >= '6':
		return d[:4] + "9" + d[4:]
	case strings.HasPrefix(d, "521") && len(d) == 13:
		return "52" + d[3:]
	case strings.HasPrefix(d, "549") && len(d) == 13:
		return "54" + d[3:]
	}
	return d
}
