package form

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Send is the template object of a message.
type Send struct {
	Name     string `json:"name"`
	Language struct {
		Code string `json:"code"`
	} `json:"language"`
	Components []Sent `json:"components"`
}

// Sent is what a send says about one component of its template.
type Sent struct {
	Type    string  `json:"type"`
	SubType string  `json:"sub_type"`
	Index   index   `json:"index"`
	Params  []Param `json:"parameters"`
	Cards   []struct {
		Index      *index `json:"card_index"`
		Components []Sent `json:"components"`
	} `json:"cards"`
}

// index is a small number that may come as a string.
type index int

func (x *index) UnmarshalJSON(raw []byte) error {
	n, err := strconv.Atoi(strings.Trim(string(raw), `"`))
	if err != nil {
		return fmt.Errorf("an index is a number from 0, not %s", raw)
	}
	*x = index(n)
	return nil
}

// Param is one parameter of a component.
type Param struct {
	Type     string          `json:"type"`
	Name     string          `json:"parameter_name"`
	Text     *string         `json:"text"`
	Payload  *string         `json:"payload"`
	Coupon   string          `json:"coupon_code"`
	Currency *fallback       `json:"currency"`
	Date     *fallback       `json:"date_time"`
	Image    *media          `json:"image"`
	Video    *media          `json:"video"`
	Document *media          `json:"document"`
	GIF      *media          `json:"gif"`
	Location json.RawMessage `json:"location"`
	Product  json.RawMessage `json:"product"`
	Action   json.RawMessage `json:"action"`
	Offer    *struct {
		Until int64 `json:"expiration_time_ms"`
	} `json:"limited_time_offer"`
}

type fallback struct {
	Value string `json:"fallback_value"`
}

type media struct {
	ID   string `json:"id"`
	Link string `json:"link"`
}

// ReadSend reads the template object of a message.
func ReadSend(raw []byte) (Send, *Fault) {
	var s Send
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, mismatch("The components are not those of a template: " + err.Error())
	}
	return s, nil
}

// The kinds of fault of a send (§6.2). Which of 132012 and 132018 Meta answers is
// known in part: here 132012 is a parameter of another kind than the template's,
// 132018 one whose value will not do.
func count(where string, got, want int) *Fault {
	return &Fault{Code: 132000, Message: fmt.Sprintf("%s: number of localizable_params (%d) does not match the expected number of params (%d)", where, got, want)}
}

func mismatch(details string) *Fault { return &Fault{Code: 132012, Message: details} }

func unfit(details string) *Fault { return &Fault{Code: 132018, Message: details} }

func lacking(details string) *Fault { return &Fault{Code: 131008, Message: details} }

// Fill puts the parameters of a send into the template and answers what the
// customer sees, or why it does not fit.
func (f *Form) Fill(s Send) (Filled, *Fault) {
	if f.Category == Authentication {
		return f.fillCode(s.Components)
	}
	out, bad := f.fillParts(f.Components, s.Components, "")
	if bad != nil {
		return Filled{}, bad
	}
	if bad := f.fillCards(&out, s.Components); bad != nil {
		return Filled{}, bad
	}
	return out, nil
}

// fillParts fills header, body, footer, offer and buttons of a template or a card.
func (f *Form) fillParts(parts []Component, sent []Sent, where string) (out Filled, bad *Fault) {
	for _, x := range sent {
		switch t := strings.ToLower(x.Type); t {
		case "header", "body", "button", "limited_time_offer", "carousel":
			if t != "button" && len(x.Params) > 0 && part(parts, strings.ToUpper(t)) == nil {
				return out, count(where+t, len(x.Params), 0)
			}
		default:
			return out, unfit(where + "component type " + x.Type + " takes no parameters")
		}
	}
	for i := range parts {
		c := &parts[i]
		switch c.Type {
		case "HEADER":
			bad = f.fillHeader(&out, c, only(sent, "header"), where)
		case "BODY":
			out.Body, bad = f.fillText(c.Text, only(sent, "body"), where+"body")
			if bad == nil && utf8.RuneCountInString(out.Body) > bodyText.Max {
				bad = &Fault{Code: 132005, Message: where + "body: the text with its parameters is longer than 1024 characters"}
			}
		case "FOOTER":
			out.Footer = c.Text
		case "LIMITED_TIME_OFFER":
			out.Offer = c.Offer.Text
			p := only(sent, "limited_time_offer")
			if c.Offer.Expiration && (len(p) != 1 || p[0].Offer == nil || p[0].Offer.Until <= 0) {
				bad = lacking(where + "limited_time_offer: the parameter expiration_time_ms is required")
			}
		case "BUTTONS":
			out.Buttons, bad = fillButtons(c.Buttons, sent, where)
		}
		if bad != nil {
			return out, bad
		}
	}
	if part(parts, "BUTTONS") == nil {
		_, bad = fillButtons(nil, sent, where)
	}
	return out, bad
}

// only is the parameters of the first component of a type.
func only(sent []Sent, typ string) []Param {
	for _, s := range sent {
		if strings.EqualFold(s.Type, typ) {
			return s.Params
		}
	}
	return nil
}

func (f *Form) fillHeader(out *Filled, c *Component, p []Param, where string) (bad *Fault) {
	if c.Format == "TEXT" {
		out.Header, bad = f.fillText(c.Text, p, where+"header")
		if bad == nil && !headerText.fits(out.Header) {
			bad = &Fault{Code: 132005, Message: where + "header: the text with its parameter is longer than 60 characters"}
		}
		return bad
	}
	out.HeaderKind = strings.ToLower(c.Format)
	received := "UNKNOWN"
	if len(p) > 0 {
		received = strings.ToUpper(p[0].Type)
	}
	if len(p) == 0 && c.Format == "PRODUCT" {
		return lacking(where + "header: the parameter product is required")
	}
	if len(p) != 1 || received != c.Format {
		return mismatch(fmt.Sprintf("%sheader: Format mismatch, expected %s, received %s", where, c.Format, received))
	}
	if !p[0].whole() {
		return unfit(where + "header: the parameter of type " + p[0].Type + " lacks its value")
	}
	return nil
}

// whole answers whether a parameter has the value its type names.
func (p *Param) whole() bool {
	file := func(m *media) bool { return m != nil && (m.ID == "") != (m.Link == "") }
	switch strings.ToLower(p.Type) {
	case "text":
		return p.Text != nil && *p.Text != ""
	case "currency":
		return p.Currency != nil && p.Currency.Value != ""
	case "date_time":
		return p.Date != nil && p.Date.Value != ""
	case "image":
		return file(p.Image)
	case "video":
		return file(p.Video)
	case "document":
		return file(p.Document)
	case "gif":
		return file(p.GIF)
	case "location":
		var l struct {
			Latitude, Longitude json.RawMessage
		}
		return json.Unmarshal(p.Location, &l) == nil && len(l.Latitude) > 0 && len(l.Longitude) > 0
	case "product":
		return len(p.Product) > 0
	}
	return false
}

// said is the text of a parameter.
func (p *Param) said() (string, bool) {
	switch strings.ToLower(p.Type) {
	case "text":
		return deref(p.Text), true
	case "currency":
		if p.Currency != nil {
			return p.Currency.Value, true
		}
	case "date_time":
		if p.Date != nil {
			return p.Date.Value, true
		}
	}
	return "", false
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// badCharacters are those that a text parameter may not hold: new lines, tabs and
// more than four blanks in a row (132007).
var badCharacters = regexp.MustCompile(`[\n\r\t]| {5}`)

func (f *Form) fillText(text string, p []Param, where string) (string, *Fault) {
	vars := Variables(text)
	if len(p) != len(vars) {
		return "", count(where, len(p), len(vars))
	}
	values := map[string]string{}
	for i := range p {
		said, ok := p[i].said()
		switch {
		case !ok:
			return "", mismatch(fmt.Sprintf("%s: parameter %d is of type %s where text is expected", where, i+1, p[i].Type))
		case said == "":
			return "", unfit(fmt.Sprintf("%s: parameter %d has no text", where, i+1))
		case badCharacters.MatchString(said):
			return "", &Fault{Code: 132007, Message: where + ": Param text cannot have new-line/tab characters or more than 4 consecutive spaces"}
		case f.Named():
			values[p[i].Name] = said
		default:
			values[strconv.Itoa(i+1)] = said
		}
	}
	for _, v := range vars {
		if _, ok := values[v]; !ok {
			return "", mismatch(where + ": Parameter name is missing or empty: " + v)
		}
	}
	return variable.ReplaceAllStringFunc(text, func(hit string) string {
		return values[variable.FindStringSubmatch(hit)[1]]
	}), nil
}

func (f *Form) fillCards(out *Filled, sent []Sent) *Fault {
	c := f.Part("CAROUSEL")
	if c == nil {
		return nil
	}
	var cards []Card
	byIndex := map[int][]Sent{}
	for _, s := range sent {
		if !strings.EqualFold(s.Type, "carousel") {
			continue
		}
		for i, card := range s.Cards {
			if card.Index != nil {
				i = int(*card.Index)
			}
			byIndex[i] = card.Components
		}
	}
	if cards = c.Cards; len(byIndex) != len(cards) {
		return mismatch(fmt.Sprintf("carousel: number of cards (%d) does not match the expected number of cards (%d)", len(byIndex), len(cards)))
	}
	for i, card := range cards {
		got, ok := byIndex[i]
		if !ok {
			return mismatch(fmt.Sprintf("carousel: card %d is missing", i))
		}
		filled, bad := f.fillParts(card.Components, got, fmt.Sprintf("carousel card %d ", i))
		if bad != nil {
			return bad
		}
		out.Cards = append(out.Cards, filled)
	}
	return nil
}
