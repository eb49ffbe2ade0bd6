package body

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

func itoa(n int) string { return strconv.Itoa(n) }

// mediaTypes are those whose object is a [Media].
var mediaTypes = map[string]bool{"image": true, "audio": true, "video": true, "document": true, "sticker": true}

// Types are the types of messages that can be sent (§2.1).
func Types() []string {
	return []string{"text", "image", "video", "audio", "document", "sticker", "location", "contacts", "reaction", "interactive", "template"}
}

// Media is the object of a media type, or nil.
func (m *Message) Media() *Media {
	switch m.Type {
	case "image":
		return m.Image
	case "audio":
		return m.Audio
	case "video":
		return m.Video
	case "document":
		return m.Document
	case "sticker":
		return m.Sticker
	}
	return nil
}

// Check finds the first thing wrong with a send or a read receipt. It sets Type
// to "text" where none is given, as Meta always did. Its error is a *Fault.
func (m *Message) Check() error {
	if f := m.check(); f != nil {
		return f
	}
	return nil
}

func (m *Message) check() *Fault {
	if m.Product != "whatsapp" {
		return required("messaging_product")
	}
	if m.Status != "" {
		return m.checkRead()
	}
	switch m.Kind {
	case "", "individual", "group":
	default:
		return &Fault{100, `Param recipient_type must be one of {INDIVIDUAL, GROUP} - got "` + m.Kind + `".`}
	}
	if m.To == "" && m.Recipient == "" {
		return required("to")
	}
	if f := within(100, opaque, m.Opaque); f != nil {
		return f
	}
	if m.Type == "" {
		m.Type = "text"
	}
	if m.Context != nil && m.Context.MessageID == "" {
		return &Fault{131008, "Parameter 'message_id' is mandatory for 'context'."}
	}
	if m.Context != nil && m.Type == "reaction" {
		return invalid("Parameter 'context' is not allowed for type 'reaction'.")
	}
	if f := m.checkCategory(); f != nil {
		return f
	}
	return m.checkContent()
}

// checkCategory is about Direct Send (§2.10): which categories and which types.
// Whether an account may is not a question of form.
func (m *Message) checkCategory() *Fault {
	switch m.Category {
	case "":
		return nil
	case "utility", "authentication":
	default:
		return &Fault{100, `Param category must be one of {UTILITY, AUTHENTICATION} - got "` + m.Category + `".`}
	}
	if m.Type == "text" || m.Type == "interactive" && directSend[m.InteractiveType()] {
		return nil
	}
	return &Fault{100, "Param category is only for text messages and interactive messages of type button or cta_url."}
}

var directSend = map[string]bool{"button": true, "cta_url": true}

// InteractiveType is the type within the object of an interactive message.
func (m *Message) InteractiveType() string {
	var i struct {
		Type string `json:"type"`
	}
	if absent(m.Interactive) || json.Unmarshal(m.Interactive, &i) != nil {
		return ""
	}
	return i.Type
}

// CheckMarketing finds the first thing wrong with what is posted to
// /{phone-number-id}/marketing_messages: a send of a template, with a policy
// (§2.9). Its error is a *Fault.
func (m *Message) CheckMarketing() error {
	if f := m.checkMarketing(); f != nil {
		return f
	}
	return nil
}

func (m *Message) checkMarketing() *Fault {
	switch {
	case m.Product != "whatsapp":
		return required("messaging_product")
	case m.Type != "template" || m.Status != "":
		return &Fault{100, "Message must be a template message."}
	case m.ProductPolicy != "" && m.ProductPolicy != "CLOUD_API_FALLBACK" && m.ProductPolicy != "STRICT":
		return &Fault{100, `Param product_policy must be one of {CLOUD_API_FALLBACK, STRICT} - got "` + m.ProductPolicy + `".`}
	}
	return m.check()
}

func (m *Message) checkRead() *Fault {
	if m.Status != "read" {
		return &Fault{100, `Param status must be one of {READ} - got "` + m.Status + `".`}
	}
	if m.MessageID == "" {
		return required("message_id")
	}
	if absent(m.Typing) {
		return nil
	}
	var t struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(m.Typing, &t) != nil || t.Type != "text" {
		return &Fault{100, "Param typing_indicator['type'] must be one of {TEXT}."}
	}
	return nil
}

func absent(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

func (m *Message) checkContent() *Fault {
	switch {
	case m.Type == "text":
		return m.checkText()
	case m.Type == "reaction":
		return m.checkReaction()
	case mediaTypes[m.Type]:
		return m.checkMedia()
	case m.Type == "location":
		return checkLocation("location", m.Location)
	case m.Type == "contacts":
		return checkContacts(m.Contacts)
	case m.Type == "interactive":
		return checkInteractive(m.Interactive)
	case m.Type == "template":
		return checkTemplate(m.Template)
	}
	return &Fault{131051, "Message type \"" + m.Type + "\" is not supported."}
}

func (m *Message) checkText() *Fault {
	switch {
	case m.Text == nil:
		return mandatory("text", "text")
	case m.Text.Body == nil || *m.Text.Body == "":
		return required("text['body']")
	}
	return within(100, textBody, *m.Text.Body)
}

func (m *Message) checkReaction() *Fault {
	switch {
	case m.Reaction == nil:
		return mandatory("reaction", "reaction")
	case m.Reaction.MessageID == "":
		return required("reaction['message_id']")
	case m.Reaction.Emoji == nil:
		return required("reaction['emoji']")
	}
	return nil
}

func (m *Message) checkMedia() *Fault {
	o := m.Media()
	if o == nil {
		return mandatory(m.Type, m.Type)
	}
	if f := idOrLink(m.Type, o.ID, o.Link); f != nil {
		return f
	}
	if o.Caption != "" && (m.Type == "audio" || m.Type == "sticker") {
		return &Fault{100, "Param " + m.Type + "['caption'] is not allowed."}
	}
	return caption.holds(100, m.Type+"['caption']", utf8.RuneCountInString(o.Caption))
}

// idOrLink wants exactly one of the two.
func idOrLink(name, id, link string) *Fault {
	switch {
	case id == "" && link == "":
		return &Fault{131008, "Parameter '" + name + "' needs one of 'id' and 'link'."}
	case id != "" && link != "":
		return &Fault{100, "Param " + name + " takes one of id and link, not both."}
	case link != "" && !webAddress(link):
		return &Fault{100, "Param " + member(name+".link") + " is not a valid URL."}
	}
	return nil
}

func webAddress(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	return ok && rest != "" && !strings.ContainsAny(rest, " \n\t")
}

func checkLocation(name string, raw json.RawMessage) *Fault {
	if absent(raw) {
		return mandatory("location", name)
	}
	var l struct {
		Latitude  json.RawMessage `json:"latitude"`
		Longitude json.RawMessage `json:"longitude"`
		Name      string          `json:"name"`
		Address   string          `json:"address"`
	}
	if err := json.Unmarshal(raw, &l); err != nil {
		return wrongType(name, err)
	}
	return firstFault(coordinate(name, "latitude", l.Latitude, 90), coordinate(name, "longitude", l.Longitude, 180))
}

// coordinate is a number or a string that holds one.
func coordinate(below, name string, v json.RawMessage, most float64) *Fault {
	if absent(v) {
		return required(below + "['" + name + "']")
	}
	n, err := strconv.ParseFloat(strings.Trim(string(v), `"`), 64)
	if err != nil || n < -most || n > most {
		return invalid("Param " + below + "['" + name + "'] must be a number between -" + itoa(int(most)) + " and " + itoa(int(most)) + ".")
	}
	return nil
}

// contact is one card, with all members of §2.2.
type contact struct {
	Name *struct {
		Formatted string `json:"formatted_name"`
		First     string `json:"first_name"`
		Last      string `json:"last_name"`
		Middle    string `json:"middle_name"`
		Suffix    string `json:"suffix"`
		Prefix    string `json:"prefix"`
	} `json:"name"`
	Birthday  string `json:"birthday"`
	Addresses []struct {
		Street, City, State, Zip, Country, Type string
		CountryCode                             string `json:"country_code"`
	} `json:"addresses"`
	Emails []struct{ Email, Type string } `json:"emails"`
	Org    *struct {
		Company, Department, Title string
	} `json:"org"`
	Phones []struct {
		Phone, Type string
		WaID        string `json:"wa_id"`
	} `json:"phones"`
	URLs []struct{ URL, Type string } `json:"urls"`
}

func checkContacts(raw json.RawMessage) *Fault {
	if absent(raw) {
		return mandatory("contacts", "contacts")
	}
	var list []contact
	if err := json.Unmarshal(raw, &list); err != nil {
		return wrongType("contacts", err)
	}
	if len(list) == 0 {
		return mandatory("contacts", "contacts")
	}
	if f := contactCount.holds(131009, "contacts", len(list)); f != nil {
		return f
	}
	for _, c := range list {
		if c.Name == nil || c.Name.Formatted == "" {
			return required("contacts['name']['formatted_name']")
		}
		if _, err := time.Parse(time.DateOnly, c.Birthday); c.Birthday != "" && err != nil {
			return invalid("Param contacts['birthday'] must be a date in the form YYYY-MM-DD.")
		}
	}
	return nil
}

// TemplateHead is the envelope of a template send; what the components hold is
// compared with the template by others.
type TemplateHead struct {
	Name     string `json:"name"`
	Language *struct {
		Code string `json:"code"`
	} `json:"language"`
	Components []json.RawMessage `json:"components"`
}

func checkTemplate(raw json.RawMessage) *Fault {
	if absent(raw) {
		return mandatory("template", "template")
	}
	var t TemplateHead
	if err := json.Unmarshal(raw, &t); err != nil {
		return wrongType("template", err)
	}
	switch {
	case t.Name == "":
		return required("template['name']")
	case t.Language == nil:
		return required("template['language']")
	case t.Language.Code == "":
		return required("template['language']['code']")
	}
	// A language that does not exist is a template that does not exist (§4.4), and
	// what the components hold is compared with the template: both by others.
	return within(131009, templateName, t.Name)
}
