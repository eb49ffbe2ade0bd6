package cloudapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"wasl/internal/outbox"
	"wasl/internal/wa"
)

// Body renders what is posted to /{phone-number-id}/messages
// (cloud-api-protocol §2.1, §2.6). A user id goes into "recipient": in "to" it
// is dropped without a word (L29).
func (c *Client) Body(e outbox.Envelope) ([]byte, error) {
	if e.Kind == wa.SendRead {
		if e.Target == "" {
			return nil, errors.New("a receipt for no message")
		}
		return json.Marshal(map[string]any{
			"messaging_product": "whatsapp", "status": "read", "message_id": e.Target,
		})
	}
	var content map[string]json.RawMessage
	if err := json.Unmarshal(e.Content, &content); err != nil {
		return nil, fmt.Errorf("content is no object: %w", err)
	}
	body := make(map[string]any, len(content)+6)
	for k, v := range maps.All(content) {
		body[k] = v
	}
	body["messaging_product"] = "whatsapp"
	body["recipient_type"] = "individual"
	body["biz_opaque_callback_data"] = e.Opaque
	delete(body, "to")
	delete(body, "recipient")
	delete(body, "context")
	switch {
	case e.Phone != "":
		// Without the + Meta may take it for a number of the business's own country.
		body["to"] = "+" + strings.TrimPrefix(e.Phone, "+")
	case e.BSUID != "":
		body["recipient"] = e.BSUID
	default:
		return nil, errors.New("a message to nobody")
	}
	if e.ReplyTo != "" {
		body["context"] = map[string]any{"message_id": e.ReplyTo}
	}
	return json.Marshal(body)
}
