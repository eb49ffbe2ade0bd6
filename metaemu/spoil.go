package metaemu

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strconv"
	"time"

	"wasl/metaemu/wire"
)

// WebhookFaults is trouble with what a webhook says and how it comes. A receiver
// must live through all of it without losing or doubling anything.
type WebhookFaults struct {
	// Giant is the share of webhooks that are blown up by blanks to GiantBytes
	// (Meta's 3 MB if zero). Above 3 MB they are what Meta never sends.
	Giant      float64 `json:"giant"`
	GiantBytes int     `json:"giant_bytes"`
	// Malformed is the share of webhooks before which a copy comes that breaks off
	// in the middle, properly signed; WrongSignature that of those before which
	// a copy comes whose signature belongs to another body. Both are tried once.
	Malformed      float64 `json:"malformed"`
	WrongSignature float64 `json:"wrong_signature"`
	// EmptyEntries is the share of webhooks before which one without any entry
	// comes; UnknownField that of those with a change of an unknown field beside.
	EmptyEntries float64 `json:"empty_entries"`
	UnknownField float64 `json:"unknown_field"`
	// ExtraFields is the share of updates with members nobody has documented;
	// UnknownTypes that of customers' messages told with an unknown type.
	ExtraFields  float64 `json:"extra_fields"`
	UnknownTypes float64 `json:"unknown_types"`
	// ClockSkew moves the timestamps in webhooks into the future, or the past if
	// it is negative; MilliTimes tells them in milliseconds, NumberTimes as
	// numbers and not in quotes.
	ClockSkew   Shift `json:"clock_skew"`
	MilliTimes  bool  `json:"milli_times"`
	NumberTimes bool  `json:"number_times"`
	// ResetWebhooks is the share of tries whose connection is reset in the middle
	// of the body; DeafWebhooks that of tries whose answer Meta does not hear, so
	// that what was taken comes again.
	ResetWebhooks float64 `json:"reset_webhooks"`
	DeafWebhooks  float64 `json:"deaf_webhooks"`
}

// maxGiant bounds a giant.
const maxGiant = 64 << 20

// grown blows a webhook up, if it is to be a giant. Blanks after the first
// bracket change nothing of what it says.
func (e *Emulator) grown(body []byte) []byte {
	if !e.chance(e.faults.Giant) {
		return body
	}
	size := e.faults.GiantBytes
	orInt(&size, maxBatchSize)
	if size <= len(body) {
		return body
	}
	big := make([]byte, 0, size)
	big = append(big, body[0])
	big = append(big, bytes.Repeat([]byte{' '}, size-len(body))...)
	return append(big, body[1:]...)
}

// badCopies sends what a receiver must refuse, or make nothing of, ahead of
// a webhook.
func (e *Emulator) badCopies(k batchKey, updates []update, body []byte, at time.Time, hold time.Duration) {
	if e.chance(e.faults.Malformed) {
		d := e.deliveryOf(k, updates, body[:len(body)/2], at)
		d.Spoilt = "malformed"
		e.sendOff(d, at, hold)
	}
	if e.chance(e.faults.WrongSignature) {
		d := e.deliveryOf(k, updates, body, at)
		d.Spoilt, d.signature = "signature", wire.Sign(d.secret, body[1:])
		e.sendOff(d, at, hold)
	}
	if e.chance(e.faults.EmptyEntries) {
		e.send(k, nil, []byte(`{"object":"whatsapp_business_account","entry":[]}`), at, hold)
	}
}

// What is respelled in a value by its written form. A quotation mark inside
// a text is written \" and cannot be mistaken for one of these.
var (
	timestamps = regexp.MustCompile(`"timestamp":"(\d+)"`)
	hexSHA     = regexp.MustCompile(`"sha256":"([0-9a-f]{64})"`)
	mediaEnd   = regexp.MustCompile(`"sha256":"[^"]+","id":"(\d+)"`)
)

// respelled is an update as the habits and faults that are on write it.
func (e *Emulator) respelled(u update) update {
	f, h := &e.faults, &e.habits
	if f.ClockSkew != 0 || f.MilliTimes || f.NumberTimes {
		u.value = timestamps.ReplaceAllFunc(u.value, e.respellTime)
		if !u.time.IsZero() {
			u.time = u.time.Add(time.Duration(f.ClockSkew))
		}
	}
	if h.MediaURL && !bytes.Contains(u.value, []byte(`"url":`)) {
		u.value = mediaEnd.ReplaceAllFunc(u.value, func(found []byte) []byte {
			id := string(mediaEnd.FindSubmatch(found)[1])
			return wire.AppendString(append(found[:len(found):len(found)], `,"url":`...), e.mediaURL(e.mediaBase(), id, e.clock.Now()))
		})
	}
	if h.Base64SHA {
		u.value = hexSHA.ReplaceAllFunc(u.value, inBase64)
	}
	if e.chance(f.ExtraFields) {
		u.value = append([]byte(`{"something_new":{"list":[1,null,"two"]},`), u.value[1:]...)
	}
	return u
}

// mediaURLLife is how long an address of media can be used (§3).
const mediaURLLife = 5 * time.Minute

func (e *Emulator) respellTime(found []byte) []byte {
	n, err := strconv.ParseInt(string(timestamps.FindSubmatch(found)[1]), 10, 64)
	if err != nil {
		return found
	}
	n += int64(time.Duration(e.faults.ClockSkew) / time.Second)
	if e.faults.MilliTimes {
		n *= 1000
	}
	quote := `"`
	if e.faults.NumberTimes {
		quote = ""
	}
	return []byte(`"timestamp":` + quote + strconv.FormatInt(n, 10) + quote)
}

func inBase64(found []byte) []byte {
	raw, err := hex.DecodeString(string(hexSHA.FindSubmatch(found)[1]))
	if err != nil {
		return found
	}
	return []byte(`"sha256":` + string(wire.AppendString(nil, base64.StdEncoding.EncodeToString(raw))))
}

// enqueueSometime puts an update on its way, statuses perhaps late.
func (e *Emulator) enqueueSometime(k batchKey, u update, at time.Time) {
	if u.field == "messages" && bytes.Contains(u.value, []byte(`,"statuses":[`)) && e.chance(e.faults.LateStatuses) {
		late := time.Duration(e.faults.LateBy)
		orDuration(&late, time.Minute)
		e.plan(at, late, "update.late", lateUpdate{k, u})
		return
	}
	e.enqueue(k, u, at)
}

// odd is what a customer said, or the same under a type that nobody knows yet.
func (e *Emulator) odd(s said) said {
	if s.content != nil && s.opensWindow() && e.chance(e.faults.UnknownTypes) {
		s.typ = "hologram"
	}
	return s
}
