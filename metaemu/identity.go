package metaemu

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// mix is a hash of the seed, a kind and a running number: identifiers differ
// between kinds, never repeat, and are the same for the same seed.
func (e *Emulator) mix(kind string) uint64 {
	e.idSeq++
	x := e.cfg.Seed*0x9e3779b97f4a7c15 + e.idSeq
	for _, c := range []byte(kind) {
		x = (x ^ uint64(c)) * 0x100000001b3
	}
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// nodeID is a Graph id of 15 digits.
func (e *Emulator) nodeID(kind string) string {
	return strconv.FormatUint(100_000_000_000_000+e.mix(kind)%900_000_000_000_000, 10)
}

func (e *Emulator) hexID(kind string, bytes int) string {
	var b []byte
	for len(b) < bytes {
		x := e.mix(kind)
		for range 8 {
			b = append(b, byte(x))
			x >>= 8
		}
	}
	return hex.EncodeToString(b[:bytes])
}

// wamid is a message id in the shape of real ones: base64 of a frame that holds
// the peer's digits, the direction (0x11 from the business, 0x12 to it) and
// a random part. Clients must not parse it; spec/reliability.md §0.3 shows the
// frame, decoded from public examples.
func (e *Emulator) wamid(peer string, fromBusiness bool) string {
	random, dir := "3A"+strings.ToUpper(e.hexID("wamid", 9)), byte(0x12)
	if fromBusiness {
		random, dir = strings.ToUpper(e.hexID("wamid", 9)), 0x11
	}
	b := make([]byte, 0, 64)
	b = append(b, 0x1c, 0x18, byte(len(peer)))
	b = append(b, peer...)
	b = append(b, 0x15, 0x02, 0x00, dir, 0x18, byte(len(random)))
	b = append(b, random...)
	b = append(b, 0x00)
	return "wamid." + base64.StdEncoding.EncodeToString(b)
}

// userID mints a business-scoped user id: country, dot, digits.
func (e *Emulator) userID(digits string) string {
	_, country := countryOf(digits)
	return country + "." + strconv.FormatUint(1_000_000_000_000_000+e.mix("bsuid")%9_000_000_000_000_000, 10)
}

// digitsOf strips what Meta tolerates in "to" (+, blanks, hyphens, brackets) and
// reports whether what is left can be a phone number: 7 to 15 digits.
func digitsOf(s string) (string, bool) {
	b := make([]byte, 0, 16)
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			b = append(b, c)
		case c == '+' && i == 0, c == ' ', c == '-', c == '(', c == ')':
		default:
			return "", false
		}
	}
	return string(b), len(b) >= 7 && len(b) <= 15
}

// callingCodes is enough of the world's prefixes to print numbers and to give
// a BSUID its country: digits and country. Longer prefixes come first.
var callingCodes = func() (list []callingCode) {
	const all = `
		966SA 971AE 974QA 965KW 968OM 973BH 962JO 961LB 964IQ 963SY 967YE 970PS 972IL 212MA 213DZ 216TN 218LY 249SD
		234NG 254KE 233GH 351PT 353IE 358FI 20EG 27ZA 30GR 31NL 32BE 33FR 34ES 39IT 40RO 41CH 43AT 44GB 45DK 46SE 47NO
		48PL 49DE 51PE 52MX 54AR 55BR 56CL 57CO 60MY 61AU 62ID 63PH 65SG 66TH 81JP 82KR 84VN 86CN 90TR 91IN 92PK 98IR
		7RU 1US`
	for f := range strings.FieldsSeq(all) {
		list = append(list, callingCode{code: f[:len(f)-2], country: f[len(f)-2:]})
	}
	return list
}()

type callingCode struct{ code, country string }

func countryOf(digits string) (code, country string) {
	for _, c := range callingCodes {
		if strings.HasPrefix(digits, c.code) {
			return c.code, c.country
		}
	}
	return "", "US"
}

// codeOf is the calling code of a country, or that of the United States.
func codeOf(country string) string {
	for _, c := range callingCodes {
		if c.country == strings.ToUpper(country) {
			return c.code
		}
	}
	return "1"
}

// display prints digits the way the Graph API does: "+1 555-014-2077",
// "+20 100 000 0009".
func display(digits string) string {
	code, _ := countryOf(digits)
	rest := digits[len(code):]
	if code == "1" && len(rest) == 10 {
		return fmt.Sprintf("+1 %s-%s-%s", rest[:3], rest[3:6], rest[6:])
	}
	parts := []string{"+" + code}
	for len(rest) > 4 {
		parts = append(parts, rest[:3])
		rest = rest[3:]
	}
	return strings.Join(append(parts, rest), " ")
}
