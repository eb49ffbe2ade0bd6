package webhook

import (
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"wasl/internal/wa"
)

// The shapes of Meta's webhooks (coexistence-protocol §4, cloud-api-protocol
// §5, both read 2026-11-22). They are open: what they do not name lands in
// Extra, is noted as odd, and stays in the raw bytes.

type envelope struct {
	Object text           `json:"object"`
	Entry  []entry        `json:"entry"`
	Extra  jsontext.Value `json:",embed"`
}

// loose is an envelope of which some entry does not have its shape: the others
// are read one by one.
type loose struct {
	Object jsontext.Value   `json:"object"`
	Entry  []jsontext.Value `json:"entry"`
}

type entry struct {
	ID      text     `json:"id"` // WABA, or a portfolio for PARTNER_* events
	Time    num      `json:"time"`
	Changes []change `json:"changes"`
	// Some of Meta's samples put these one level too high.
	Field text           `json:"field"`
	Value jsontext.Value `json:"value"`
	Extra jsontext.Value `json:",embed"`
}

// looseEntry is an entry of which some change does not have its shape.
type looseEntry struct {
	ID      text             `json:"id"`
	Time    num              `json:"time"`
	Changes []jsontext.Value `json:"changes"`
}

type change struct {
	Field text           `json:"field"`
	Value jsontext.Value `json:"value"`
	Extra jsontext.Value `json:",embed"`
}

type metadata struct {
	Display       text `json:"display_phone_number"`
	PhoneNumberID text `json:"phone_number_id"`
}

type value struct {
	Product     jsontext.Value   `json:"messaging_product"`
	Metadata    metadata         `json:"metadata"`
	Contacts    []contact        `json:"contacts"`
	Messages    []jsontext.Value `json:"messages"`
	Echoes      []jsontext.Value `json:"message_echoes"`
	Statuses    []jsontext.Value `json:"statuses"`
	Errors      []jsontext.Value `json:"errors"`
	StateSync   []jsontext.Value `json:"state_sync"`
	History     []jsontext.Value `json:"history"`
	Preferences []jsontext.Value `json:"user_preferences"`
	UserIDs     []jsontext.Value `json:"user_id_update"`
	Extra       jsontext.Value   `json:",embed"`
}

type contact struct {
	Profile struct {
		Name     string `json:"name"`
		Username string `json:"username"`
	} `json:"profile"`
	WaID     text   `json:"wa_id"`
	UserID   text   `json:"user_id"`
	Parent   text   `json:"parent_user_id"`
	Username string `json:"username"`
}

func (c contact) party() wa.Party {
	name := c.Profile.Username
	if name == "" {
		name = c.Username
	}
	return wa.Party{
		Phone: wa.Digits(string(c.WaID)), WaID: wa.Digits(string(c.WaID)), BSUID: string(c.UserID), Parent: string(c.Parent),
		Username: strings.TrimPrefix(name, "@"), Name: c.Profile.Name,
	}
}

type message struct {
	ID         text   `json:"id"`
	From       text   `json:"from"`
	FromUser   text   `json:"from_user_id"`
	FromParent text   `json:"from_parent_user_id"`
	To         text   `json:"to"`
	ToUser     text   `json:"to_user_id"`
	ToParent   text   `json:"to_parent_user_id"`
	Timestamp  num    `json:"timestamp"`
	Type       string `json:"type"`
	Context    struct {
		ID text `json:"id"`
	} `json:"context"`
	Errors         []wireError      `json:"errors"`
	Text           *textBody        `json:"text"`
	Reaction       *reactionBody    `json:"reaction"`
	Edit           *editBody        `json:"edit"`
	Revoke         *revokeBody      `json:"revoke"`
	System         *systemBody      `json:"system"`
	Unsupported    *unsupportedBody `json:"unsupported"`
	HistoryContext *struct {
		Status string `json:"status"`
		FromMe *bool  `json:"from_me"`
	} `json:"history_context"`
	Image       jsontext.Value `json:"image"`
	Video       jsontext.Value `json:"video"`
	Audio       jsontext.Value `json:"audio"`
	Document    jsontext.Value `json:"document"`
	Sticker     jsontext.Value `json:"sticker"`
	Location    jsontext.Value `json:"location"`
	Cards       jsontext.Value `json:"contacts"`
	Interactive jsontext.Value `json:"interactive"`
	Button      jsontext.Value `json:"button"`
	Order       jsontext.Value `json:"order"`
	Template    jsontext.Value `json:"template"`
	Referral    jsontext.Value `json:"referral"`
	Identity    jsontext.Value `json:"identity"`
	CardsOrigin jsontext.Value `json:"origin"`
	Extra       jsontext.Value `json:",embed"`
}

type textBody struct {
	Body string `json:"body"`
}

type reactionBody struct {
	MessageID text   `json:"message_id"`
	Emoji     string `json:"emoji"`
}

type editBody struct {
	Original text           `json:"original_message_id"`
	Message  jsontext.Value `json:"message"`
}

type revokeBody struct {
	Original text `json:"original_message_id"`
}

type systemBody struct {
	Body       string `json:"body"`
	WaID       text   `json:"wa_id"`
	NewWaID    text   `json:"new_wa_id"` // the older name
	UserID     text   `json:"user_id"`
	Parent     text   `json:"parent_user_id"`
	PrevUserID text   `json:"previous_user_id"`
	Type       string `json:"type"`
}

type unsupportedBody struct {
	Type    string `json:"type"`
	RawType string `json:"raw_type"`
}

type wireError struct {
	Code    num    `json:"code"`
	Title   string `json:"title"`
	Message string `json:"message"`
}

type status struct {
	ID            text           `json:"id"`
	Status        string         `json:"status"`
	Timestamp     num            `json:"timestamp"`
	Recipient     text           `json:"recipient_id"`
	RecipientUser text           `json:"recipient_user_id"`
	Opaque        text           `json:"biz_opaque_callback_data"`
	Errors        []wireError    `json:"errors"`
	Extra         jsontext.Value `json:",embed"`
}

// statusMembers are the members of a status that have words of their own and
// are read from its raw form by whoever needs them (cloud-api-protocol §5.6).
var statusMembers = []string{
	"type", "conversation", "pricing", "recipient_type", "recipient_identity_key_hash", "parent_recipient_user_id",
	"recipient_parent_user_id", "recipient_participant_id", "recipient_participant_user_id", "recipient_participant_parent_user_id",
}

// text reads a JSON string, or anything else as its raw form: ids have come as
// numbers in samples.
type text string

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (t *text) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	v, err := d.ReadValue()
	if err != nil {
		return err
	}
	switch v.Kind() {
	case '"':
		b, err := jsontext.AppendUnquote(nil, v)
		if err != nil {
			return err
		}
		*t = text(b)
	case 'n':
		*t = ""
	default:
		*t = text(v)
	}
	return nil
}

// num reads a whole number that may be quoted; what is none reads as 0.
type num int64

// UnmarshalJSONFrom implements json.UnmarshalerFrom.
func (n *num) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	v, err := d.ReadValue()
	if err != nil {
		return err
	}
	s := strings.Trim(string(v), `"`)
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		*n = num(i)
	} else if f, err := strconv.ParseFloat(s, 64); err == nil {
		*n = num(f)
	}
	return nil
}

// lastMoment is the last of the year 9999 in microseconds; what lies beyond is
// no time, and JSON could not write it.
const lastMoment = 253402300799999999

// time reads seconds, or milliseconds, which one implementer observed in the
// contact sync (coexistence-protocol §4.5).
func (n num) time() time.Time {
	switch {
	case n <= 0, n > lastMoment:
		return time.Time{}
	case n > 1e14:
		return time.UnixMicro(int64(n)).UTC()
	case n > 1e11:
		return time.UnixMilli(int64(n)).UTC()
	}
	return time.Unix(int64(n), 0).UTC()
}

// lenient accepts what Meta may send and a strict reader would not. Duplicate
// names stay forbidden: two readers must not understand two things.
var lenient = json.JoinOptions(jsontext.AllowInvalidUTF8(true))

func read(raw []byte, into any) error { return json.Unmarshal(raw, into, lenient) }
