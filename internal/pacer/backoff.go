package pacer

import "time"

// Cooling is how long to let a Number or a pair rest after Meta's answer that
// it is too fast, for the tries-th time in a row, 0 first: 4^tries seconds, as
// Meta advises (cloud-api-protocol §6.1), and up to a tenth more by jitter,
// which is between 0 and 1. Tries above longest count as longest.
func Cooling(tries, longest int, jitter float64) time.Duration {
	d := time.Second
	for range min(tries, longest) {
		d *= 4
	}
	return d + time.Duration(float64(d)*jitter/10)
}

// Again is how long to wait before a message that certainly never left is tried
// again: a second, doubled with each try up to five minutes, and up to a fifth
// more by jitter.
func Again(tries int, jitter float64) time.Duration {
	d := time.Second
	for i := 0; i < tries && d < 5*time.Minute; i++ {
		d *= 2
	}
	d = min(d, 5*time.Minute)
	return d + time.Duration(float64(d)*jitter/5)
}
