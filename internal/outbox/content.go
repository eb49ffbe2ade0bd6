package outbox

import (
	"wasl/internal/content"
	"wasl/internal/fault"
	"wasl/internal/platform"
	"wasl/internal/wa"
)

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
	if d.Content.Type == "template" {
		return nil // made by [content.Template]: what a client wrote has no type before it is read
	}
	m, f := content.Read(d.Content.JSON, today)
	if f != nil {
		return f
	}
	d.Kind, d.Content = wa.SendMessage, wa.Content{Type: m.Type, JSON: m.JSON, Text: m.Text}
	switch {
	case m.Target != "":
		d.Kind, d.ReplyTo = wa.SendReaction, m.Target
	case d.ReplyTo == "":
		d.ReplyTo = m.ReplyTo
	}
	return nil
}
