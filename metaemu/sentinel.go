package metaemu

import "strconv"

// Three sentinels that are no error codes of Meta's but fates of a request.
const (
	// SentinelLost ends a number whose message is accepted while its answer is
	// lost: the connection is closed without a byte.
	SentinelLost = 408
	// SentinelAccepted500 ends a number whose message is accepted and answered
	// with HTTP 500.
	SentinelAccepted500 = 500
	// SentinelRefused503 ends a number whose message is not accepted and
	// answered with HTTP 503.
	SentinelRefused503 = 503
)

// sentinelCodes are the error codes that can be asked for by the last six
// digits of a recipient. Codes below 100 are left out: too many honest numbers
// end in them.
var sentinelCodes = func() map[string]int {
	m := map[string]int{}
	for code := range known {
		if code >= 100 && code <= 999_999 {
			m[sixDigits(code)] = code
		}
	}
	for _, code := range []int{SentinelLost, SentinelAccepted500, SentinelRefused503} {
		m[sixDigits(code)] = code
	}
	return m
}()

func sixDigits(code int) string {
	s := strconv.Itoa(code)
	return "000000"[len(s):] + s
}

// Sentinel answers whether a recipient's number asks for trouble by its last
// six digits, and which. Use it to keep sample customers out of trouble.
func Sentinel(digits string) (code int, ok bool) {
	if len(digits) < 6 {
		return 0, false
	}
	code, ok = sentinelCodes[digits[len(digits)-6:]]
	return code, ok
}

// SentinelNumber is an ending of a phone number that asks for trouble.
type SentinelNumber struct {
	Digits string `json:"digits"`
	Code   int    `json:"code"`
	// HTTP is the status of the answer; 0 if none comes.
	HTTP int `json:"http"`
	// Sentence is Meta's own words for an error code; empty for the three fates
	// that are none.
	Sentence string `json:"sentence"`
	// Outcome is refused (in the answer), failed (accepted, then a status),
	// answer_lost or answer_500 (accepted, and delivered).
	Outcome string `json:"outcome"`
	En      string `json:"en"`
	Ar      string `json:"ar"`
	// Example is a number to write to that ends so.
	Example string `json:"example"`
}

// Sentinels lists the endings, by number.
func Sentinels() []SentinelNumber {
	list := []SentinelNumber{}
	for _, ending := range sortedKeys(sentinelCodes) {
		code := sentinelCodes[ending]
		s := SentinelNumber{Digits: ending, Code: code, Example: "201000" + ending}
		k, isCode := known[code]
		switch {
		case code == SentinelLost:
			s.Outcome = "answer_lost"
			s.En, s.Ar = "Accepted and delivered, but the connection closes without an answer.", "تُقبل الرسالة وتُسلَّم لكن الاتصال ينقطع بلا جواب."
		case code == SentinelAccepted500:
			s.Outcome, s.HTTP = "answer_500", 500
			s.En, s.Ar = "Accepted and delivered, but answered with HTTP 500.", "تُقبل الرسالة وتُسلَّم لكن الجواب خطأ 500."
		case code == SentinelRefused503:
			s.Outcome, s.HTTP = "refused", 503
			s.En, s.Ar = "Not accepted; answered with HTTP 503.", "لا تُقبل الرسالة، والجواب خطأ 503."
		case isCode && k.async:
			s.Outcome, s.HTTP, s.Sentence = "failed", 200, k.title
			s.En, s.Ar = "Accepted, then failed by a status with this code.", "تُقبل الرسالة ثم تفشل بحالة تحمل هذا الرمز."
		default:
			s.Outcome, s.HTTP, s.Sentence = "refused", k.http, k.title
			s.En, s.Ar = "Refused in the answer with this code.", "تُرفض الرسالة في الجواب بهذا الرمز."
		}
		list = append(list, s)
	}
	return list
}
