package metaemu

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// sendRequest is the body of POST /{number}/messages, as far as this floor
// reads it.
type sendRequest struct {
	Product   string          `json:"messaging_product"`
	Kind      string          `json:"recipient_type"`
	To        string          `json:"to"`
	Recipient string          `json:"recipient"`
	Type      string          `json:"type"`
	Opaque    string          `json:"biz_opaque_callback_data"`
	Context   *quoted         `json:"context"`
	Status    string          `json:"status"`
	MessageID string          `json:"message_id"`
	Typing    json.RawMessage `json:"typing_indicator"`

	Text        *textBody       `json:"text"`
	Reaction    *reactionBody   `json:"reaction"`
	Image       *mediaBody      `json:"image"`
	Audio       *mediaBody      `json:"audio"`
	Video       *mediaBody      `json:"video"`
	Document    *mediaBody      `json:"document"`
	Sticker     *mediaBody      `json:"sticker"`
	Location    json.RawMessage `json:"location"`
	Contacts    json.RawMessage `json:"contacts"`
	Interactive json.RawMessage `json:"interactive"`
	Template    json.RawMessage `json:"template"`
}

type quoted struct {
	MessageID string `json:"message_id"`
}

type textBody struct {
	Body *string `json:"body"`
}

type reactionBody struct {
	MessageID string  `json:"message_id"`
	Emoji     *string `json:"emoji"`
}

type mediaBody struct {
	ID       string `json:"id"`
	Link     string `json:"link"`
	Caption  string `json:"caption"`
	Filename string `json:"filename"`
}

// Limits of §2.1 and §2.2, in characters.
const (
	maxText     = 4096
	maxCaption  = 1024
	maxOpaque   = 512
	maxContacts = 257
)

// validate finds the first thing wrong with a send. Missing envelope parameters
// answer 100, a missing object 131008, a bad value 131009 or 100, an unknown
// type 131051.
func (q *sendRequest) validate() *failure {
	if q.Product != "whatsapp" {
		return badParameter("The parameter messaging_product is required.")
	}
	if q.Status != "" {
		return q.validateRead()
	}
	if q.Kind != "" && q.Kind != "individual" {
		return fail(100, "recipient_type must be individual: groups are not available for this number.")
	}
	if q.To == "" && q.Recipient == "" {
		return badParameter("The parameter to is required.")
	}
	if utf8.RuneCountInString(q.Opaque) > maxOpaque {
		return badParameter("Param biz_opaque_callback_data must be at most 512 characters long.")
	}
	if q.Context != nil && q.Context.MessageID == "" {
		return fail(131008, "Parameter 'message_id' is mandatory for 'context'.")
	}
	if q.Type == "" {
		q.Type = "text"
	}
	return q.validateContent()
}

func (q *sendRequest) validateRead() *failure {
	if q.Status != "read" {
		return badParameter("Param status must be one of {READ} - got \"" + q.Status + "\".")
	}
	if q.MessageID == "" {
		return badParameter("The parameter message_id is required.")
	}
	if len(q.Typing) == 0 || string(q.Typing) == "null" {
		return nil
	}
	var t struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(q.Typing, &t) != nil || t.Type != "text" {
		return badParameter("Param typing_indicator['type'] must be one of {TEXT}.")
	}
	return nil
}

func (q *sendRequest) validateContent() *failure {
	switch q.Type {
	case "text":
		return q.validateText()
	case "reaction":
		if q.Reaction == nil {
			return missing("reaction")
		}
		if q.Reaction.MessageID == "" {
			return badParameter("The parameter reaction['message_id'] is required.")
		}
		if q.Reaction.Emoji == nil {
			return badParameter("The parameter reaction['emoji'] is required.")
		}
		return nil
	case "image", "audio", "video", "document", "sticker":
		return q.validateMedia()
	case "location":
		return validateLocation(q.Location)
	case "contacts":
		return validateContacts(q.Contacts)
	case "interactive":
		return validateInteractive(q.Interactive)
	case "template":
		if _, ok := q.template(); !ok {
			return missing("template")
		}
		return nil
	}
	return fail(131051, "Message type \""+q.Type+"\" is not supported.")
}

func missing(kind string) *failure {
	return fail(131008, "Parameter '"+kind+"' is mandatory for type '"+kind+"'.")
}

func (q *sendRequest) validateText() *failure {
	switch {
	case q.Text == nil:
		return missing("text")
	case q.Text.Body == nil || *q.Text.Body == "":
		return badParameter("The parameter text['body'] is required.")
	case utf8.RuneCountInString(*q.Text.Body) > maxText:
		return badParameter("Param text['body'] must be at most 4096 characters long.")
	}
	return nil
}

func (q *sendRequest) media() *mediaBody {
	return map[string]*mediaBody{
		"image": q.Image, "audio": q.Audio, "video": q.Video, "document": q.Document, "sticker": q.Sticker,
	}[q.Type]
}

func (q *sendRequest) validateMedia() *failure {
	m := q.media()
	switch {
	case m == nil:
		return missing(q.Type)
	case m.ID == "" && m.Link == "":
		return fail(131008, "Parameter '"+q.Type+"' needs one of 'id' and 'link'.")
	case m.ID != "" && m.Link != "":
		return fail(100, "Parameter '"+q.Type+"' takes one of 'id' and 'link', not both.")
	case utf8.RuneCountInString(m.Caption) > maxCaption:
		return badParameter("Param " + q.Type + "['caption'] must be at most 1024 characters long.")
	case m.Caption != "" && (q.Type == "audio" || q.Type == "sticker"):
		return fail(100, "Parameter 'caption' is not allowed for type '"+q.Type+"'.")
	}
	return nil
}

func validateLocation(raw json.RawMessage) *failure {
	var l struct {
		Latitude  json.RawMessage `json:"latitude"`
		Longitude json.RawMessage `json:"longitude"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &l) != nil {
		return missing("location")
	}
	if f := coordinate("latitude", l.Latitude); f != nil {
		return f
	}
	return coordinate("longitude", l.Longitude)
}

func coordinate(name string, v json.RawMessage) *failure {
	if len(v) == 0 {
		return badParameter("The parameter location['" + name + "'] is required.")
	}
	if _, err := strconv.ParseFloat(strings.Trim(string(v), `"`), 64); err != nil {
		return fail(131009, "location['"+name+"'] must be a number.")
	}
	return nil
}

func validateContacts(raw json.RawMessage) *failure {
	var list []struct {
		Name struct {
			Formatted string `json:"formatted_name"`
		} `json:"name"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &list) != nil || len(list) == 0 {
		return missing("contacts")
	}
	if len(list) > maxContacts {
		return fail(131009, "At most 257 contacts may be sent in one message.")
	}
	for _, c := range list {
		if c.Name.Formatted == "" {
			return badParameter("The parameter contacts['name']['formatted_name'] is required.")
		}
	}
	return nil
}

// interactiveTypes are those of §2.4.
var interactiveTypes = setOf([]string{
	"button", "list", "cta_url", "flow", "product", "product_list", "catalog_message", "location_request_message", "address_message",
	"call_permission_request", "request_contact_info", "carousel", "voice_call",
})

func validateInteractive(raw json.RawMessage) *failure {
	var i struct {
		Type   string          `json:"type"`
		Action json.RawMessage `json:"action"`
		Body   *struct {
			Text string `json:"text"`
		} `json:"body"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &i) != nil {
		return missing("interactive")
	}
	switch {
	case !interactiveTypes[i.Type]:
		return fail(131009, "interactive['type'] \""+i.Type+"\" is not known.")
	case len(i.Action) == 0:
		return badParameter("The parameter interactive['action'] is required.")
	case i.Body == nil && !strings.HasPrefix(i.Type, "product") && i.Type != "catalog_message":
		return badParameter("The parameter interactive['body'] is required.")
	case i.Type == "button":
		return validateButtons(i.Action)
	}
	return nil
}

func validateButtons(action json.RawMessage) *failure {
	var a struct {
		Buttons []struct {
			Reply struct {
				ID    string `json:"id"`
				Title string `json:"title"`
			} `json:"reply"`
		} `json:"buttons"`
	}
	if json.Unmarshal(action, &a) != nil || len(a.Buttons) < 1 || len(a.Buttons) > 3 {
		return fail(131009, "interactive['action']['buttons'] must hold 1 to 3 buttons.")
	}
	for _, b := range a.Buttons {
		if b.Reply.ID == "" || utf8.RuneCountInString(b.Reply.ID) > 256 || b.Reply.Title == "" || utf8.RuneCountInString(b.Reply.Title) > 20 {
			return fail(131009, "A button needs an id of at most 256 and a title of at most 20 characters.")
		}
	}
	return nil
}

// template reads the name and language of a template send.
func (q *sendRequest) template() (t struct {
	Name     string `json:"name"`
	Language struct {
		Code string `json:"code"`
	} `json:"language"`
}, ok bool,
) {
	if len(q.Template) == 0 || json.Unmarshal(q.Template, &t) != nil {
		return t, false
	}
	return t, t.Name != "" && t.Language.Code != ""
}

// userIDShape is a BSUID or a parent BSUID.
var userIDShape = regexp.MustCompile(`^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$`)
