package metaemu

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"wasl/metaemu/wire"
)

// Habits is how Meta writes and behaves where sources disagree or where it was
// seen to differ from its pages (coexistence-protocol §8.5). The zero value is
// the emulator's best guess; each member switches to the other report.
type Habits struct {
	// UpperStatus writes the status of imported messages in capitals.
	UpperStatus bool `json:"upper_status"`
	// NoFromMe leaves from_me away in the history, as Meta's pages do.
	NoFromMe bool `json:"no_from_me"`
	// OverallProgress counts the progress of the history over all phases.
	OverallProgress bool `json:"overall_progress"`
	// OldestFirst lists the messages of a thread in the order they were said.
	OldestFirst bool `json:"oldest_first"`
	// Overlap is the share of imported messages that come again in the next chunk,
	// be it of another phase.
	Overlap float64 `json:"overlap"`
	// EmptyThreads is the share of history chunks with a thread that holds no
	// messages, HistoryErrors that of imported customers' messages that come as
	// type "errors".
	EmptyThreads  float64 `json:"empty_threads"`
	HistoryErrors float64 `json:"history_errors"`
	// MisfiledMedia is the share of the business's own imported media that comes
	// as smb_message_echoes with its old time.
	MisfiledMedia float64 `json:"misfiled_media"`
	// HistoryDelay is how long after the request the history begins.
	HistoryDelay Span `json:"history_delay"`
	// SilentSync accepts smb_app_data and then sends nothing.
	SilentSync bool `json:"silent_sync"`
	// ContactMillis gives the times of address book changes in milliseconds.
	ContactMillis bool `json:"contact_millis"`
	// NoPhone is the share of customers' messages that are told without a phone
	// number, as if the customer hid it.
	NoPhone float64 `json:"no_phone"`
	// OtherNinthDigit tells Brazilian mobile numbers without their ninth digit, or
	// with one they were not created with.
	OtherNinthDigit bool `json:"other_ninth_digit"`
	// NamedEchoes puts the customer's name into echoes.
	NamedEchoes bool `json:"named_echoes"`
	// PhoneStatuses reports the statuses of what the phone sent, APIEchoes echoes
	// what the API sent.
	PhoneStatuses bool `json:"phone_statuses"`
	APIEchoes     bool `json:"api_echoes"`
	// WideOverride lets history and echoes follow the override of messages.
	WideOverride bool `json:"wide_override"`
	// LateOffboarded tells ACCOUNT_OFFBOARDED after ACCOUNT_RECONNECTED.
	LateOffboarded bool `json:"late_offboarded"`
	// RemovedToo tells PARTNER_REMOVED with USER_RE_REGISTERED beside
	// ACCOUNT_OFFBOARDED.
	RemovedToo bool `json:"removed_too"`
	// NoDisconnectionInfo leaves the reason of a disconnection away.
	NoDisconnectionInfo bool `json:"no_disconnection_info"`
	// UserIDField tells a customer's new identity by the field user_id_update too.
	UserIDField bool `json:"user_id_field"`
	// Base64SHA writes the hash of media in webhooks in base64 and not in
	// hexadecimal digits; MediaURL adds an address to load it from.
	Base64SHA bool `json:"base64_sha"`
	MediaURL  bool `json:"media_url"`
	// NumericSize gives the size of media as a number: Meta's page and its OpenAPI
	// document disagree (§3).
	NumericSize bool `json:"numeric_size"`
	// AnyHandle takes the header_handle of a template's sample, and a profile's
	// picture, although nobody has uploaded it.
	AnyHandle bool `json:"any_handle"`
	// RetrySameApp repeats a webhook that failed to the app that failed only, and
	// not to all that are subscribed.
	RetrySameApp bool `json:"retry_same_app"`
	// SignupQR asks for a picture to be scanned instead of a code;
	// SignupEventLost tells the opener nothing, SignupExtraKeys more than is
	// documented, SignupPlainFinish the event FINISH, and SignupCodeFirst calls
	// back with the code before the event (§2.3, §2.4).
	SignupQR          bool `json:"signup_qr"`
	SignupEventLost   bool `json:"signup_event_lost"`
	SignupExtraKeys   bool `json:"signup_extra_keys"`
	SignupPlainFinish bool `json:"signup_plain_finish"`
	SignupCodeFirst   bool `json:"signup_code_first"`
	// MaxBody splits history chunks and address books so that no webhook is
	// larger, in bytes; zero means Meta's 3 MB.
	MaxBody int `json:"max_body"`
}

// Habits answers the habits that are on.
func (e *Emulator) Habits() Habits {
	e.enter()
	defer e.mu.Unlock()
	return e.habits
}

// SetHabits switches habits. It refuses shares outside 0 to 1.
func (e *Emulator) SetHabits(h Habits) error {
	if err := sharesHold(h); err != nil {
		return err
	}
	if h.HistoryDelay < 0 || h.MaxBody < 0 {
		return fmt.Errorf("history_delay and max_body cannot be less than nothing")
	}
	e.enter()
	defer e.mu.Unlock()
	e.habits = h
	e.announce("habits")
	return nil
}

// patchHabits changes the members that raw names and keeps the others.
func (e *Emulator) patchHabits(raw []byte) error {
	h := e.Habits()
	if err := json.Unmarshal(raw, &h); err != nil {
		return err
	}
	return e.SetHabits(h)
}

// maxBody is how large a webhook may be.
func (e *Emulator) maxBody() int {
	if e.habits.MaxBody > 0 {
		return e.habits.MaxBody
	}
	return maxBatchSize
}

// ninth is the digits as webhooks tell them: those given, or the other spelling
// of a Brazilian mobile number (55, two digits of area, then 9 or not).
func (e *Emulator) ninth(digits string) string {
	if !e.habits.OtherNinthDigit || !strings.HasPrefix(digits, "55") {
		return digits
	}
	switch {
	case len(digits) == 13 && digits[4] == '9':
		return digits[:4] + digits[5:]
	case len(digits) == 12:
		return digits[:4] + "9" + digits[4:]
	}
	return digits
}

// bookTime is the time of an address book change as webhooks tell it.
func (e *Emulator) bookTime(at time.Time) string {
	if e.habits.ContactMillis {
		return itoa(int(at.UnixMilli()))
	}
	return unix(at)
}

// userIDUpdate is the value of the field user_id_update, which early drafts of
// 2026 describe (§4.7).
func (e *Emulator) userIDUpdate(n *number, cu *customer, newID, oldID string, at time.Time) []byte {
	var ids, o wire.Object
	ids.Opt("previous", oldID).Str("current", newID)
	o.Opt("wa_id", e.phoneFor(n, cu, at)).Str("detail", "User "+cu.Name+" changed their user id").Obj("user_id", &ids).Str("timestamp", unix(at))
	return valueOf(n).List("user_id_update", o.Bytes()).Bytes()
}
