package form

import (
	"fmt"
	"strings"
)

// Filled is a template as its receiver sees it.
type Filled struct {
	Header string `json:"header,omitempty"`
	// HeaderKind is image, video, document, gif, location or product if the header
	// is no text.
	HeaderKind string         `json:"header_kind,omitempty"`
	Offer      string         `json:"offer,omitempty"`
	Body       string         `json:"body"`
	Footer     string         `json:"footer,omitempty"`
	Buttons    []FilledButton `json:"buttons,omitempty"`
	Cards      []Filled       `json:"cards,omitempty"`
}

// FilledButton is a button as its receiver sees it. Payload is what a tap on
// a quick reply tells the business.
type FilledButton struct {
	Type    string `json:"type"`
	Text    string `json:"text"`
	URL     string `json:"url,omitempty"`
	Phone   string `json:"phone_number,omitempty"`
	Payload string `json:"payload,omitempty"`
	Code    string `json:"code,omitempty"`
}

// Text is the whole in lines, for a screen that shows only text.
func (f Filled) Text() string {
	var lines []string
	add := func(s string) {
		if s != "" {
			lines = append(lines, s)
		}
	}
	if f.HeaderKind != "" {
		add("[" + f.HeaderKind + "]")
	}
	add(f.Header)
	add(f.Offer)
	add(f.Body)
	add(f.Footer)
	for _, b := range f.Buttons {
		if b.Text != "" {
			add("[" + b.Text + "]")
		}
	}
	for _, c := range f.Cards {
		add("— " + strings.ReplaceAll(c.Text(), "\n", " "))
	}
	return strings.Join(lines, "\n")
}

// Wording is an authentication template in the words of its language, with the
// code still a variable.
func (f *Form) Wording() Filled {
	lang, _, _ := strings.Cut(f.Language, "_")
	words, known := codeWords[lang]
	if !known {
		words = codeWords["en"]
	}
	out := Filled{Body: words.body}
	if b := f.Part("BODY"); b != nil && b.Security {
		out.Body += " " + words.security
	}
	if c := f.Part("FOOTER"); c != nil && c.Expiration != nil {
		out.Footer = fmt.Sprintf(words.footer, *c.Expiration)
	}
	if c := f.Part("BUTTONS"); c != nil {
		for _, b := range c.Buttons {
			text := b.Text
			if text == "" {
				text = words.label
			}
			out.Buttons = append(out.Buttons, FilledButton{Type: b.Type, Text: text})
		}
	}
	return out
}

// Autofill is the label of a button that fills a code in, by language.
func Autofill(language string) string {
	lang, _, _ := strings.Cut(language, "_")
	if w, ok := codeWords[lang]; ok {
		return w.autofill
	}
	return codeWords["en"].autofill
}

// Known answers whether a language exists.
func Known(language string) bool { return languages[language] }

// Adjacent answers whether two variables of the body stand side by side, for which
// a review rejects a template.
func (f *Form) Adjacent() bool {
	b := f.Part("BODY")
	if b == nil {
		return false
	}
	at := variable.FindAllStringIndex(b.Text, -1)
	for i := 1; i < len(at); i++ {
		if strings.TrimSpace(b.Text[at[i-1][1]:at[i][0]]) == "" {
			return true
		}
	}
	return false
}

// Words are the texts of all parameters of a send, in order.
func (s Send) Words() (list []string) {
	for _, c := range s.Components {
		for i := range c.Params {
			if said, ok := c.Params[i].said(); ok && said != "" {
				list = append(list, said)
			}
		}
	}
	return list
}

// Replies are the quick replies of a filled template and of its cards.
func (f Filled) Replies() (list []FilledButton) {
	for _, b := range f.Buttons {
		if b.Type == "QUICK_REPLY" {
			list = append(list, b)
		}
	}
	for _, c := range f.Cards {
		list = append(list, c.Replies()...)
	}
	return list
}
