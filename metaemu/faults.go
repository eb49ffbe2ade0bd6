package metaemu

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Span is a duration that reads and writes JSON as "2s" or "13d".
type Span time.Duration

// MarshalText writes the span, such as "1m30s".
func (s Span) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

// UnmarshalText reads the span.
func (s *Span) UnmarshalText(b []byte) error {
	d, err := parseSpan(string(b))
	*s = Span(d)
	return err
}

// Shift is a duration that may be negative: "2h" or "-13d".
type Shift time.Duration

// MarshalText writes the shift.
func (s Shift) MarshalText() ([]byte, error) { return Span(s).MarshalText() }

// UnmarshalText reads the shift.
func (s *Shift) UnmarshalText(b []byte) error {
	text, back := strings.CutPrefix(string(b), "-")
	d, err := parseSpan(text)
	if back {
		d = -d
	}
	*s = Shift(d)
	return err
}

// Faults is trouble that can be switched on. Shares are 0 (never) to 1
// (always). The zero value is no trouble.
type Faults struct {
	// Duplicates is the share of webhooks that come again: Copies times (once if
	// zero), within CopiesWithin (3 s if zero).
	Duplicates   float64 `json:"duplicates"`
	Copies       int     `json:"copies"`
	CopiesWithin Span    `json:"copies_within"`
	// Reorder is the share of webhooks held back by up to ReorderWithin (5 s if
	// zero), so that later ones overtake them.
	Reorder       float64 `json:"reorder"`
	ReorderWithin Span    `json:"reorder_within"`
	// Delay holds back every webhook.
	Delay Span `json:"delay"`
	// BatchSize joins up to so many updates in one webhook, waiting at most
	// BatchWait (250 ms if zero) for more. 0 and 1 mean no joining.
	BatchSize int  `json:"batch_size"`
	BatchWait Span `json:"batch_wait"`
	// DropStatuses is the share of statuses that are never reported.
	DropStatuses float64 `json:"drop_statuses"`
	// LateStatuses is the share of statuses that are told LateBy later (1 min if
	// zero); EarlyStatuses that of sends whose answer is held back until their
	// statuses are out.
	LateStatuses  float64 `json:"late_statuses"`
	LateBy        Span    `json:"late_by"`
	EarlyStatuses float64 `json:"early_statuses"`
	// SkipDelivered is the share of messages read so soon that "delivered" is
	// left out. It concerns customers who read at once.
	SkipDelivered float64 `json:"skip_delivered"`
	// ErrorBefore is the share of sends answered 500 and not accepted;
	// ErrorAfter those accepted and answered 500; LostAnswers those accepted
	// whose connection closes without an answer; Throttled those answered 429
	// with code 130429 for no reason of the sender's.
	ErrorBefore float64 `json:"error_before"`
	ErrorAfter  float64 `json:"error_after"`
	LostAnswers float64 `json:"lost_answers"`
	Throttled   float64 `json:"throttled"`
	// SlowAnswers is the share of sends that are answered SlowBy later (10 s if
	// zero).
	SlowAnswers float64 `json:"slow_answers"`
	SlowBy      Span    `json:"slow_by"`
	// HungAnswers is the share of calls that are carried out and never answered:
	// the connection closes after HungFor (2 min if zero).
	HungAnswers float64 `json:"hung_answers"`
	HungFor     Span    `json:"hung_for"`
	// A storm refuses with ThrottleCode (130429 if zero) and ThrottleHTTP (429 if
	// zero) a share of calls (Throttled), the next so many (ThrottleNext, which
	// counts down), or all until a time.
	ThrottleCode  int       `json:"throttle_code"`
	ThrottleHTTP  int       `json:"throttle_http"`
	ThrottleNext  int       `json:"throttle_next"`
	ThrottleUntil time.Time `json:"throttle_until,omitzero"`
	// Calls says which Graph calls have the trouble with answers above: words such
	// as messages, GET, media, number or *, separated by spaces. Empty means
	// messages, that is sends.
	Calls string `json:"calls"`

	WebhookFaults

	// SyncWindowError refuses smb_app_data with this code whatever the time:
	// 2593108, or 135000 as one implementer saw. Zero: by the clock.
	SyncWindowError int `json:"sync_window_error"`
}

// Faults answers the trouble that is on.
func (e *Emulator) Faults() Faults {
	e.enter()
	defer e.mu.Unlock()
	return e.faults
}

// SetFaults switches trouble on and off. It refuses shares outside 0 to 1.
func (e *Emulator) SetFaults(f Faults) error {
	if err := sharesHold(f); err != nil {
		return err
	}
	_, isCode := known[f.ThrottleCode]
	switch {
	case f.BatchSize < 0 || f.BatchSize > maxBatch:
		return errors.New("batch_size is a number of updates: write 0 to 1000, Meta's own limit")
	case f.Copies < 0 || f.Copies > maxCopies:
		return fmt.Errorf("copies is how often a webhook comes again: write 0 to %d", maxCopies)
	case f.ThrottleNext < 0:
		return errors.New("throttle_next is how many calls are refused: it cannot be less than none")
	case f.ThrottleCode != 0 && !isCode:
		return fmt.Errorf("throttle_code %d is none of Meta's codes: write one such as 130429, 131056 or 80007", f.ThrottleCode)
	case f.ThrottleHTTP != 0 && (f.ThrottleHTTP < 400 || f.ThrottleHTTP > 599):
		return errors.New("throttle_http is an HTTP status from 400 to 599")
	case f.GiantBytes < 0 || f.GiantBytes > maxGiant:
		return fmt.Errorf("giant_bytes is the size of a webhook: write 0 (Meta's limit of 3 MB) to %d", maxGiant)
	}
	e.enter()
	defer e.mu.Unlock()
	e.faults = f
	e.announce("faults")
	return nil
}

// patchFaults changes the fields that raw names and keeps the others.
func (e *Emulator) patchFaults(raw []byte) error {
	f := e.Faults()
	if err := json.Unmarshal(raw, &f); err != nil {
		return err
	}
	return e.SetFaults(f)
}

// maxCopies bounds how often one webhook comes again.
const maxCopies = 100

// sharesHold refuses a share outside 0 to 1, wherever it stands: every number
// with a fraction is one.
func sharesHold(v any) error {
	for _, f := range membersOf(v) {
		if f.value.Kind() == reflect.Float64 && (f.value.Float() < 0 || f.value.Float() > 1) {
			return fmt.Errorf("%s is a share: write a number from 0 (never) to 1 (always)", f.name)
		}
	}
	return nil
}

// troubles answers whether a call is one of those that Calls names.
func (e *Emulator) troubles(names ...string) bool {
	for _, word := range strings.Fields(or(e.faults.Calls, "messages")) {
		if word == "*" || slices.Contains(names, word) {
			return true
		}
	}
	return false
}

// sendNames are the words that mean a send.
var sendNames = []string{"messages", http.MethodPost, "number"}

// withTrouble carries a call out that is no send, with the trouble it is in.
func (e *Emulator) withTrouble(c *call) answer {
	if !e.troubles(c.edge, c.method, e.lookUp(c.node).kind) {
		return e.dispatch(c)
	}
	slow := e.slow()
	if f := e.refusal(); f != nil {
		return e.refuse(f)
	}
	a := e.dispatch(c)
	a.slow = slow
	if a.http == http.StatusOK {
		e.spoilAnswer(&a)
	}
	return a
}

// faultBefore refuses a send before it is looked at.
func (e *Emulator) faultBefore() *failure {
	if !e.troubles(sendNames...) {
		return nil
	}
	return e.refusal()
}

// refusal is why a call is not carried out, or nil.
func (e *Emulator) refusal() *failure {
	const sentence = "A fault switched on in the emulator; the call was not carried out."
	if e.chance(e.faults.ErrorBefore) {
		return fail(131016, sentence)
	}
	storm := e.clock.Now().Before(e.faults.ThrottleUntil)
	if !storm && e.faults.ThrottleNext > 0 {
		storm = true
		e.faults.ThrottleNext--
	}
	if !storm && !e.chance(e.faults.Throttled) {
		return nil
	}
	code, status := e.faults.ThrottleCode, e.faults.ThrottleHTTP
	orInt(&code, 130429)
	orInt(&status, http.StatusTooManyRequests)
	f := fail(code, sentence)
	f.http = status
	return f
}

// faultAfter spoils the answer to a send that was accepted.
func (e *Emulator) faultAfter(a *answer) {
	if e.chance(e.faults.EarlyStatuses) {
		a.slow += e.cfg.Status.Sent.Max + e.cfg.Status.Delivered.Max + time.Second
	}
	if e.troubles(sendNames...) {
		e.spoilAnswer(a)
	}
}

// spoilAnswer spoils the answer to a call that was carried out.
func (e *Emulator) spoilAnswer(a *answer) {
	if e.chance(e.faults.HungAnswers) {
		hung := time.Duration(e.faults.HungFor)
		orDuration(&hung, 2*time.Minute)
		a.slow, a.lost = a.slow+hung, true
		return
	}
	if e.chance(e.faults.ErrorAfter) {
		slow := a.slow
		*a = e.refuse(fail(131000, "A fault switched on in the emulator; the call was carried out."))
		a.slow = slow
		return
	}
	a.lost = e.chance(e.faults.LostAnswers)
}

func (e *Emulator) slowness() time.Duration {
	if !e.troubles(sendNames...) {
		return 0
	}
	return e.slow()
}

func (e *Emulator) slow() time.Duration {
	if !e.chance(e.faults.SlowAnswers) {
		return 0
	}
	d := time.Duration(e.faults.SlowBy)
	orDuration(&d, 10*time.Second)
	return d
}
