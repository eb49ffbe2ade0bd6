package webhook

import (
	"strings"

	"wasl/internal/wa"
)

// known lists the message types we have words for (cloud-api-protocol §5.5).
var known = map[string]bool{
	"text": true, "image": true, "video": true, "audio": true, "document": true, "sticker": true,
	"location": true, "contacts": true, "interactive": true, "button": true, "order": true,
	"reaction": true, "system": true, "unsupported": true, "errors": true, "edit": true, "revoke": true,
	"template": true, "media_placeholder": true,
}

// contentOf is what a message says, in the shape it came in.
func contentOf(m *message, raw []byte) wa.Content {
	return wa.Content{Type: m.Type, JSON: raw, Text: textOf(m)}
}

// textOf is what of a message a person can read in one line or more.
func textOf(m *message) string {
	switch m.Type {
	case "text":
		if m.Text != nil {
			return m.Text.Body
		}
	case "image":
		return captionOf(m.Image)
	case "video":
		return captionOf(m.Video)
	case "document":
		return documentText(m)
	case "reaction":
		if m.Reaction != nil {
			return m.Reaction.Emoji
		}
	case "location":
		return locationText(m)
	case "contacts":
		return cardsText(m)
	case "interactive":
		return interactiveText(m)
	case "button":
		return buttonText(m)
	case "order":
		return orderText(m)
	case "system":
		if m.System != nil {
			return m.System.Body
		}
	}
	return ""
}

func captionOf(raw []byte) string {
	var v struct {
		Caption string `json:"caption"`
	}
	if len(raw) == 0 || read(raw, &v) != nil {
		return ""
	}
	return v.Caption
}

func documentText(m *message) string {
	var v struct {
		Caption  string `json:"caption"`
		Filename string `json:"filename"`
	}
	if len(m.Document) == 0 || read(m.Document, &v) != nil {
		return ""
	}
	if v.Caption != "" {
		return v.Caption
	}
	return v.Filename
}

func locationText(m *message) string {
	var v struct {
		Name    string `json:"name"`
		Address string `json:"address"`
	}
	if len(m.Location) == 0 || read(m.Location, &v) != nil {
		return ""
	}
	return join(v.Name, v.Address)
}

func cardsText(m *message) string {
	var cards []struct {
		Name struct {
			Formatted string `json:"formatted_name"`
		} `json:"name"`
	}
	if len(m.Cards) == 0 || read(m.Cards, &cards) != nil {
		return ""
	}
	names := make([]string, 0, len(cards))
	for _, c := range cards {
		names = append(names, c.Name.Formatted)
	}
	return join(names...)
}

func interactiveText(m *message) string {
	type reply struct {
		Title string `json:"title"`
	}
	var v struct {
		Button reply `json:"button_reply"`
		List   reply `json:"list_reply"`
		Form   struct {
			Body string `json:"body"`
		} `json:"nfm_reply"`
		Call struct {
			Response string `json:"response"`
		} `json:"call_permission_reply"`
		Body struct {
			Text string `json:"text"`
		} `json:"body"`
	}
	if len(m.Interactive) == 0 || read(m.Interactive, &v) != nil {
		return ""
	}
	return join(v.Button.Title, v.List.Title, v.Form.Body, v.Call.Response, v.Body.Text)
}

func buttonText(m *message) string {
	var v struct {
		Text string `json:"text"`
	}
	if len(m.Button) == 0 || read(m.Button, &v) != nil {
		return ""
	}
	return v.Text
}

func orderText(m *message) string {
	var v struct {
		Text string `json:"text"`
	}
	if len(m.Order) == 0 || read(m.Order, &v) != nil {
		return ""
	}
	return v.Text
}

func join(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}
