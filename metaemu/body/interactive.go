package body

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// interactive is the object of an interactive message, with the members of
// every type.
type interactive struct {
	Type   string       `json:"type"`
	Header *header      `json:"header"`
	Body   *textObject  `json:"body"`
	Footer *textObject  `json:"footer"`
	Action *actionOfAny `json:"action"`
}

type textObject struct {
	Text string `json:"text"`
}

type header struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Image    *Media `json:"image"`
	Video    *Media `json:"video"`
	Document *Media `json:"document"`
}

// actionOfAny holds the members of every type's action.
type actionOfAny struct {
	Name       string          `json:"name"`
	Button     string          `json:"button"`
	Buttons    []button        `json:"buttons"`
	Sections   []section       `json:"sections"`
	Catalog    string          `json:"catalog_id"`
	Product    string          `json:"product_retailer_id"`
	Parameters json.RawMessage `json:"parameters"`
	Cards      []card          `json:"cards"`
}

type button struct {
	Type  string `json:"type"`
	Reply *struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	} `json:"reply"`
	// A quick reply of a carousel card may be written under this name.
	QuickReply *struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	} `json:"quick_reply"`
}

type section struct {
	Title    string `json:"title"`
	Rows     []row  `json:"rows"`
	Products []struct {
		ID string `json:"product_retailer_id"`
	} `json:"product_items"`
}

type row struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

// kind is what one interactive type allows and requires (§2.4).
type kind struct {
	// headers are the kinds of header it may have.
	headers string
	// headerNeeded and bodyNeeded make them compulsory; noFooter forbids one.
	headerNeeded, bodyNeeded, noFooter bool
	body                               Limit
	// name is what action['name'] must say, if anything.
	name  string
	check func(*actionOfAny) *Fault
}

const anyHeader = "text image video document"

func kinds() map[string]kind {
	return map[string]kind{
		"button":                   {headers: anyHeader, bodyNeeded: true, body: bodyText, check: checkButtons},
		"list":                     {headers: "text", bodyNeeded: true, body: listBody, check: checkList},
		"cta_url":                  {headers: anyHeader, bodyNeeded: true, body: bodyText, name: "cta_url", check: checkLinkButton},
		"flow":                     {headers: "text", bodyNeeded: true, body: bodyText, name: "flow", check: checkFlow},
		"product":                  {body: bodyText, check: checkProduct},
		"product_list":             {headers: "text", headerNeeded: true, bodyNeeded: true, body: bodyText, check: checkProducts},
		"catalog_message":          {bodyNeeded: true, body: bodyText, name: "catalog_message", check: checkCatalog},
		"location_request_message": {bodyNeeded: true, noFooter: true, body: bodyText, name: "send_location"},
		"address_message":          {headers: anyHeader, bodyNeeded: true, body: bodyText, name: "address_message", check: checkAddress},
		"call_permission_request":  {bodyNeeded: true, body: bodyText, name: "call_permission_request"},
		"request_contact_info":     {bodyNeeded: true, body: bodyText, name: "request_contact_info"},
		"carousel":                 {bodyNeeded: true, noFooter: true, body: bodyText, check: checkCards},
		"voice_call":               {headers: anyHeader, bodyNeeded: true, body: bodyText, name: "voice_call", check: checkVoiceCall},
	}
}

func kindOf(typ string) (kind, bool) {
	k, ok := kinds()[typ]
	return k, ok
}

// Interactives are the kinds of interactive messages, by name.
func Interactives() []string { return slices.Sorted(maps.Keys(kinds())) }

func checkInteractive(raw json.RawMessage) *Fault {
	if absent(raw) {
		return mandatory("interactive", "interactive")
	}
	var i interactive
	if err := json.Unmarshal(raw, &i); err != nil {
		return wrongType("interactive", err)
	}
	if i.Type == "" {
		return required("interactive['type']")
	}
	k, ok := kindOf(i.Type)
	switch {
	case !ok:
		return invalid("Param interactive['type'] \"" + i.Type + "\" is not a type of interactive message.")
	case i.Action == nil:
		return required("interactive['action']")
	case k.bodyNeeded && (i.Body == nil || i.Body.Text == ""):
		return required("interactive['body']['text']")
	case k.headerNeeded && i.Header == nil:
		return required("interactive['header']")
	case k.noFooter && i.Footer != nil:
		return invalid("Param interactive['footer'] is not allowed for interactive type " + i.Type + ".")
	}
	if f := firstFault(checkBody(k, i.Body), checkHeader(k, i.Type, i.Header), checkFooter(i.Footer)); f != nil {
		return f
	}
	if k.name != "" && i.Action.Name != k.name {
		if i.Action.Name == "" {
			return required("interactive['action']['name']")
		}
		return invalid("Param interactive['action']['name'] must be \"" + k.name + "\" for interactive type " + i.Type + ".")
	}
	if k.check == nil {
		return nil
	}
	return k.check(i.Action)
}

func checkBody(k kind, b *textObject) *Fault {
	if b == nil {
		return nil
	}
	return k.body.holdsAs(bodyText.Of, b.Text)
}

func checkFooter(b *textObject) *Fault {
	if b == nil {
		return nil
	}
	return within(131009, footerText, b.Text)
}

func checkHeader(k kind, typ string, h *header) *Fault {
	if h == nil {
		return nil
	}
	switch {
	case h.Type == "":
		return required("interactive['header']['type']")
	case !slices.Contains(strings.Fields(k.headers), h.Type):
		return invalid("Param interactive['header']['type'] \"" + h.Type + "\" is not allowed for interactive type " + typ + ".")
	case h.Type == "text":
		return within(131009, headerText, h.Text)
	}
	return headerMedia("interactive['header']", h)
}

// headerMedia wants the media object that the header's type names.
func headerMedia(name string, h *header) *Fault {
	o := map[string]*Media{"image": h.Image, "video": h.Video, "document": h.Document}[h.Type]
	if o == nil {
		return required(name + "['" + h.Type + "']")
	}
	return idOrLink(name+"['"+h.Type+"']", o.ID, o.Link)
}

func checkButtons(a *actionOfAny) *Fault {
	if a.Buttons == nil {
		return required("interactive['action']['buttons']")
	}
	if f := buttonCount.holds(131009, buttonCount.Of, len(a.Buttons)); f != nil {
		return f
	}
	return replies(a.Buttons)
}

// replies are buttons with ids and titles that occur once.
func replies(list []button) *Fault {
	ids, titles := map[string]bool{}, map[string]bool{}
	for _, b := range list {
		reply := b.Reply
		if reply == nil {
			reply = b.QuickReply
		}
		if reply == nil {
			return required("interactive['action']['buttons']['reply']")
		}
		if b.Type != "" && b.Type != "reply" && b.Type != "quick_reply" {
			return invalid("Param interactive['action']['buttons']['type'] must be one of {REPLY} - got \"" + b.Type + "\".")
		}
		if f := firstFault(within(131009, buttonID, reply.ID), within(131009, buttonTitle, reply.Title)); f != nil {
			return f
		}
		if ids[reply.ID] || titles[reply.Title] {
			return invalid("Param interactive['action']['buttons']: ids and titles must be unique.")
		}
		ids[reply.ID], titles[reply.Title] = true, true
	}
	return nil
}

func checkList(a *actionOfAny) *Fault {
	if a.Button == "" {
		return required(listButton.Of)
	}
	if a.Sections == nil {
		return required(sectionCount.Of)
	}
	if f := firstFault(within(131009, listButton, a.Button), sectionCount.holds(131009, sectionCount.Of, len(a.Sections))); f != nil {
		return f
	}
	rows, ids := 0, map[string]bool{}
	for _, s := range a.Sections {
		if f := checkSectionTitle(s.Title, len(a.Sections)); f != nil {
			return f
		}
		for _, r := range s.Rows {
			if f := firstFault(within(131009, rowID, r.ID), within(131009, rowTitle, r.Title), within(131009, rowDescription, r.Description)); f != nil {
				return f
			}
			if ids[r.ID] {
				return invalid("Param " + rowID.Of + ": the id \"" + r.ID + "\" occurs more than once.")
			}
			ids[r.ID] = true
			rows++
		}
		if len(s.Rows) == 0 {
			return required("interactive['action']['sections']['rows']")
		}
	}
	return rowCount.holds(131009, "interactive['action']['sections']['rows']", rows)
}

func checkSectionTitle(title string, sections int) *Fault {
	if title == "" && sections > 1 {
		return required(sectionTitle.Of)
	}
	return within(131009, sectionTitle, title)
}

// holdsAs is within under another name.
func (l Limit) holdsAs(name, s string) *Fault {
	l.Of = name
	return within(131009, l, s)
}
