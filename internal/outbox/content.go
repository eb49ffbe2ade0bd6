package outbox

import (
	"encoding/json"
	"unicode/utf8"

	"wasl/internal/fault"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

// content is what may be sent now, in the Cloud API's own shape. What a client
// adds beyond it is dropped: routing is ours to write.
type content struct {
	Type     string    `json:"type"`
	Text     *text     `json:"text,omitempty"`
	Reaction *reaction `json:"reaction,omitempty"`
}

type text struct {
	Body       string `json:"body"`
	PreviewURL bool   `json:"preview_url,omitempty"`
}

type reaction struct {
	MessageID wa.WAMID `json:"message_id"`
	Emoji     string   `json:"emoji"` // empty takes the reaction away
}

// check puts a draft into its own shape, and says what Meta would not accept.
func check(d *wa.Draft, today platform.Facts) *fault.Fault {
	if d.Kind == wa.SendRead {
		return nil
	}
	if d.Conversation == "" {
		if digits := wa.Digits(d.To); len(digits) < 7 || len(digits) > 15 {
			return fault.Of(fault.CodeRecipientInvalid)
		}
	}
	var c struct {
		content
		Context struct {
			MessageID wa.WAMID `json:"message_id"`
		} `json:"context"`
	}
	if err := json.Unmarshal(d.Content.JSON, &c); err != nil {
		return fault.Of(fault.CodeContentInvalid).Saying("content: not a message of the Cloud API.").Because(err)
	}
	if d.ReplyTo == "" {
		d.ReplyTo = c.Context.MessageID
	}
	if f := c.check(today); f != nil {
		return f
	}
	c.shape(d)
	return nil
}

func (c *content) check(today platform.Facts) *fault.Fault {
	invalid := fault.Of(fault.CodeContentInvalid)
	switch c.Type {
	case "text":
		if c.Text == nil {
			return invalid.Saying("text: the text is missing.")
		}
		if n := utf8.RuneCountInString(c.Text.Body); n == 0 || n > today.TextLength() {
			return invalid.Saying("text.body: 1 to %d characters, not %d.", today.TextLength(), n)
		}
	case "reaction":
		if c.Reaction == nil || c.Reaction.MessageID == "" {
			return invalid.Saying("reaction.message_id: the message to react to is missing.")
		}
	case "":
		return invalid.Saying("type: the type of the message is missing.")
	default:
		return fault.Of(fault.CodeContentTypeNotSupportedYet)
	}
	return nil
}

// shape writes the checked content into the draft.
func (c *content) shape(d *wa.Draft) {
	out := content{Type: c.Type}
	if c.Type == "reaction" {
		d.Kind, d.Content.Text, d.ReplyTo = wa.SendReaction, c.Reaction.Emoji, c.Reaction.MessageID
		out.Reaction = c.Reaction
	} else {
		d.Kind, d.Content.Text = wa.SendMessage, c.Text.Body
		out.Text = c.Text
	}
	raw, err := json.Marshal(out)
	if err != nil {
		panic("outbox: content does not marshal: " + err.Error())
	}
	d.Content.Type, d.Content.JSON = c.Type, raw
}
