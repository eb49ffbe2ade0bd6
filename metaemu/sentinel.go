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
