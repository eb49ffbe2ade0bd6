package form

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	nameShape  = regexp.MustCompile(`^[a-z0-9_]+$`)
	paramShape = regexp.MustCompile(`^[a-z0-9_]+$`)
	// handleShape is what the last step of a resumable upload answers (§3.1).
	handleShape = regexp.MustCompile(`^\d+:(?s:.+)$`)
)

// Check finds the first thing wrong with a template, or nil.
func Check(f *Form) *Fault {
	switch {
	case f.Name == "":
		return parameter("The parameter name is required.")
	case !nameShape.MatchString(f.Name):
		return parameter("The template name may hold lower-case letters, digits and underscores only.")
	case !nameLength.fits(f.Name):
		return exceeded(nameLength)
	case f.Language == "":
		return parameter("The parameter language is required.")
	case !languages[f.Language]:
		return parameter("Language " + f.Language + " is not supported.")
	}
	return Recheck(f)
}

// Recheck is Check for an edit: name and language stand already.
func Recheck(f *Form) *Fault {
	life, known := lifetimes[f.Category]
	switch {
	case !known:
		return parameter("Param category must be one of {MARKETING, UTILITY, AUTHENTICATION}.")
	case f.Format != "" && f.Format != "POSITIONAL" && f.Format != "NAMED":
		return parameter("Param parameter_format must be one of {positional, named}.")
	case f.TTL != nil && !(life.Month && *f.TTL == -1) && (*f.TTL < life.Min || *f.TTL > life.Max):
		return parameter(fmt.Sprintf("message_send_ttl_seconds must be between %d and %d for category %s.", life.Min, life.Max, f.Category))
	case len(f.Components) == 0:
		return parameter("The parameter components is required.")
	}
	seen := map[string]bool{}
	for _, c := range f.Components {
		if seen[c.Type] {
			return parameter("There is more than one component of type " + c.Type + ".")
		}
		seen[c.Type] = true
	}
	if !seen["BODY"] {
		return Refusal(bodyFormat, "A template needs a component of type BODY.")
	}
	if f.Category == Authentication {
		return f.checkCode()
	}
	for i := range f.Components {
		if bad := f.checkPart(&f.Components[i]); bad != nil {
			return bad
		}
	}
	return nil
}

func (f *Form) checkPart(c *Component) *Fault {
	switch c.Type {
	case "HEADER":
		return f.checkHeader(c)
	case "BODY":
		limit := bodyText
		if f.Part("LIMITED_TIME_OFFER") != nil {
			limit = offerBody
		}
		return f.checkBody(c, limit)
	case "FOOTER":
		return checkFooter(c)
	case "BUTTONS":
		return checkButtons(c.Buttons)
	case "LIMITED_TIME_OFFER":
		switch {
		case c.Offer == nil:
			return parameter("The parameter limited_time_offer is required.")
		case !offerText.fits(c.Offer.Text):
			return exceeded(offerText)
		}
		return nil
	case "CAROUSEL":
		return f.checkCards(c.Cards)
	}
	return parameter("Component type " + c.Type + " is not supported.")
}

func exceeded(l Limit) *Fault {
	return Refusal(tooLong, fmt.Sprintf("The %s must be %d to %d %s long.", l.Of, l.Min, l.Max, l.Unit))
}

func (f *Form) checkHeader(c *Component) *Fault {
	switch c.Format {
	case "TEXT":
		return f.checkHeaderText(c)
	case "IMAGE", "VIDEO", "DOCUMENT", "GIF":
		if c.Format == "GIF" && f.Category != Marketing {
			return Refusal(headerFormat, "A GIF header is for marketing templates only.")
		}
		if c.Example == nil || len(c.Example.Handle) == 0 {
			return Refusal(headerFormat, "A header of format "+c.Format+" needs a sample: example.header_handle.")
		}
		if !handleShape.MatchString(c.Example.Handle[0]) {
			return Refusal(headerFormat, "example.header_handle is not a handle of an uploaded file.")
		}
		return nil
	case "LOCATION", "PRODUCT":
		return nil
	}
	return Refusal(headerFormat, "Header format "+c.Format+" is not supported.")
}

func (f *Form) checkHeaderText(c *Component) *Fault {
	if !headerText.fits(c.Text) {
		return exceeded(headerText)
	}
	vars := Variables(c.Text)
	if len(vars) > 1 {
		return Refusal(headerFormat, "A text header may hold one variable at most.")
	}
	if why := f.misnamed(vars); why != "" {
		return Refusal(headerFormat, why)
	}
	if len(vars) == 0 {
		return nil
	}
	if c.Example == nil || f.Named() && len(c.Example.HeaderNamed) != 1 || !f.Named() && len(c.Example.HeaderText) != 1 {
		return Refusal(headerFormat, "The variable of the header needs a sample: example.header_text.")
	}
	return nil
}

func (f *Form) checkBody(c *Component, limit Limit) *Fault {
	text := strings.TrimSpace(c.Text)
	if text == "" {
		return Refusal(bodyFormat, "The body needs a text.")
	}
	if !limit.fits(c.Text) {
		return exceeded(limit)
	}
	vars := Variables(text)
	if why := f.misnamed(vars); why != "" {
		return Refusal(bodyFormat, why)
	}
	if len(vars) == 0 {
		return nil
	}
	at := variable.FindAllStringIndex(text, -1)
	if at[0][0] == 0 || at[len(at)-1][1] == len(text) {
		return Refusal(edgeVariable, "A body may not begin or end with a variable.")
	}
	// How many words a variable needs is not published; this is the mildest rule
	// that there is.
	if words := strings.Fields(variable.ReplaceAllString(text, " ")); len(words) < len(vars) {
		return Refusal(tooManyVars, "The body has too many variables for its length.")
	}
	if !f.sampled(c.Example, vars) {
		return Refusal(bodyFormat, "Every variable of the body needs a sample: example.body_text or example.body_text_named_params.")
	}
	return nil
}

// sampled answers whether each variable of a body has its sample.
func (f *Form) sampled(x *Example, vars []string) bool {
	if x == nil {
		return false
	}
	if !f.Named() {
		return len(x.BodyText) > 0 && len(x.BodyText[0]) == len(vars)
	}
	for _, v := range vars {
		if !slices.ContainsFunc(x.BodyNamed, func(n Named) bool { return n.Name == v && n.Example != "" }) {
			return false
		}
	}
	return true
}

// misnamed is what is wrong with the names of variables: positional ones count
// from 1 without a gap, the others are lower-case.
func (f *Form) misnamed(vars []string) string {
	for i, v := range vars {
		if f.Named() && (!paramShape.MatchString(v) || isNumber(v)) {
			return "Variable {{" + v + "}} is not a name of lower-case letters, digits and underscores."
		}
		if !f.Named() && !slices.Contains(vars, strconv.Itoa(i+1)) {
			return "Variables must be {{1}}, {{2}} and so on without a gap; for names set parameter_format to named."
		}
	}
	return ""
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

func checkFooter(c *Component) *Fault {
	switch {
	case !footerText.fits(c.Text):
		return exceeded(footerText)
	case len(Variables(c.Text)) > 0:
		return Refusal(footerFormat, "A footer may not hold variables.")
	}
	return nil
}

func (f *Form) checkCards(cards []Card) *Fault {
	if !cardCount.holds(len(cards)) {
		return parameter("A carousel has 2 to 10 cards.")
	}
	for i, card := range cards {
		if shape(card) != shape(cards[0]) {
			return parameter("All cards of a carousel must have the same components and buttons; card " + strconv.Itoa(i) + " differs from the first.")
		}
		for j := range card.Components {
			c := &card.Components[j]
			var bad *Fault
			switch c.Type {
			case "HEADER":
				bad = f.checkHeader(c)
			case "BODY":
				bad = f.checkBody(c, cardBody)
			case "BUTTONS":
				bad = checkButtons(c.Buttons)
			default:
				bad = parameter("A card holds HEADER, BODY and BUTTONS, not " + c.Type + ".")
			}
			if bad != nil {
				return bad
			}
		}
	}
	return nil
}

// shape is what the cards of a carousel must have in common.
func shape(card Card) string {
	var b strings.Builder
	for _, c := range card.Components {
		b.WriteString(c.Type + "/" + c.Format)
		for _, x := range c.Buttons {
			b.WriteString("+" + x.Type)
		}
		b.WriteByte(' ')
	}
	return b.String()
}
