package metaemu

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
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

// Faults is trouble that can be switched on. Shares are 0 (never) to 1
// (always). The zero value is no trouble.
type Faults struct {
	// Duplicates is the share of webhooks that are delivered twice.
	Duplicates float64 `json:"duplicates"`
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
	for name, share := range map[string]float64{
		"duplicates": f.Duplicates, "reorder": f.Reorder, "drop_statuses": f.DropStatuses, "skip_delivered": f.SkipDelivered,
		"error_before": f.ErrorBefore, "error_after": f.ErrorAfter, "lost_answers": f.LostAnswers, "throttled": f.Throttled, "slow_answers": f.SlowAnswers,
	} {
		if share < 0 || share > 1 {
			return fmt.Errorf("%s is a share: write a number from 0 (never) to 1 (always)", name)
		}
	}
	if f.BatchSize < 0 || f.BatchSize > maxBatch {
		return errors.New("batch_size is a number of updates: write 0 to 1000, Meta's own limit")
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

// faultBefore refuses a send before it is looked at.
func (e *Emulator) faultBefore() *failure {
	if e.chance(e.faults.ErrorBefore) {
		return fail(131016, "A fault switched on in the emulator; the message was not accepted.")
	}
	if e.chance(e.faults.Throttled) {
		f := fail(130429, "A fault switched on in the emulator; the message was not accepted.")
		f.http = http.StatusTooManyRequests
		return f
	}
	return nil
}

// faultAfter spoils the answer to a send that was accepted.
func (e *Emulator) faultAfter(a *answer) {
	if e.chance(e.faults.ErrorAfter) {
		slow := a.slow
		*a = e.refuse(fail(131000, "A fault switched on in the emulator; the message was accepted."))
		a.slow = slow
		return
	}
	a.lost = e.chance(e.faults.LostAnswers)
}

func (e *Emulator) slowness() time.Duration {
	if !e.chance(e.faults.SlowAnswers) {
		return 0
	}
	d := time.Duration(e.faults.SlowBy)
	orDuration(&d, 10*time.Second)
	return d
}
