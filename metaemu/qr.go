package metaemu

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"wasl/metaemu/wire"
)

// A shortLink leads to a chat with a number, with a text that is written already.
type shortLink struct{ code, text, number string }

// How many links a number has and how long their text is (cloud-api-protocol
// §6.1, DOC/qr-codes, read September 2026; OpenAPI document v23, Nov 2025), and
// how many a page shows.
const (
	linksMost   = 2_000
	linkText    = 140
	linkLetters = 14
	linkBase    = "https://wa.me/message/"
)

const linkFields = "code prefilled_message deep_link_url qr_image_url"

func linkEdges() []edge {
	const source = "cloud-api-protocol §7.6"
	return []edge{
		{on: "number", method: "GET", name: "message_qrdls", fields: linkFields + " limit after before", source: source, do: ofNumber((*Emulator).shortLinks)},
		{
			on: "number", method: "POST", name: "message_qrdls", fields: "prefilled_message generate_qr_image code", codes: []int{100},
			source: source, do: ofNumber((*Emulator).setLink),
		},
		{on: "number", method: "GET", name: "message_qrdls/{code}", fields: linkFields, codes: []int{100}, source: source, do: ofNumber((*Emulator).oneLink)},
		// A client of others changes a link so; the notes have the code as a parameter.
		{
			on: "number", method: "POST", name: "message_qrdls/{code}", fields: "prefilled_message generate_qr_image", codes: []int{100},
			source: source, do: ofNumber((*Emulator).setLink),
		},
		{on: "number", method: "DELETE", name: "message_qrdls/{code}", codes: []int{100}, source: source, do: ofNumber((*Emulator).dropLink)},
		{
			on: "number", method: "POST", name: "conversational_automation", fields: "prompts commands", codes: []int{100},
			source: "cloud-api-protocol §7.7", do: ofNumber((*Emulator).setAutomation),
		},
	}
}

// linkOf is a number's link by its code.
func (e *Emulator) linkOf(n *number, code string) *shortLink {
	if l := e.account.links[code]; l != nil && l.number == n.ID {
		return l
	}
	return nil
}

// json is a link with the fields that are always there, and its image in a format
// if one is asked for.
func (l *shortLink) json(c *call, format string) []byte {
	var o wire.Object
	o.Str("code", l.code).Str("prefilled_message", l.text).Str("deep_link_url", linkBase+l.code)
	if format != "" {
		o.Str("qr_image_url", c.base+"/_emulator/links/"+l.code+"."+strings.ToLower(format))
	}
	return o.Bytes()
}

// imageFormat is the format in which fields ask for the image:
// qr_image_url.format(SVG).
func imageFormat(fields string) (format string, f *failure) {
	for _, s := range selections(fields) {
		if s.name != "qr_image_url" {
			continue
		}
		if format = or(s.args["format"], "SVG"); format != "SVG" && format != "PNG" {
			return "", badParameter("Invalid fields parameter. Check field names and format specifications")
		}
	}
	return format, nil
}

// shortLinks lists a number's links, the newest first.
func (e *Emulator) shortLinks(c *call, n *number) answer {
	format, f := imageFormat(c.query("fields"))
	if f != nil {
		return e.refuse(f)
	}
	var rows []row
	for _, l := range slices.Backward(e.setupOf(n).links) {
		if only := c.query("code"); only == "" || only == l.code {
			rows = append(rows, row{key: l.code, json: l.json(c, format)})
		}
	}
	o, f := pageOf(c, rows)
	if f != nil {
		return e.refuse(f)
	}
	return answer{http: http.StatusOK, body: o.Bytes()}
}

func (e *Emulator) oneLink(c *call, n *number) answer {
	l := e.linkOf(n, path.Base(c.edge))
	if l == nil {
		return e.refuse(noLink())
	}
	format, f := imageFormat(c.query("fields"))
	if f != nil {
		return e.refuse(f)
	}
	var o wire.Object
	return answer{http: http.StatusOK, body: o.List("data", l.json(c, format)).Bytes()}
}

// noLink is how a code is refused that a number does not have.
func noLink() *failure { return badParameter("QR code not found") }

// setLink makes a link, or changes the text of one.
func (e *Emulator) setLink(c *call, n *number) answer {
	s, text, format := e.setupOf(n), c.query("prefilled_message"), strings.ToUpper(c.query("generate_qr_image"))
	switch {
	case text == "":
		return e.refuse(badParameter("The parameter prefilled_message is required."))
	case utf8.RuneCountInString(text) > linkText:
		return e.refuse(badParameter("Invalid prefilled_message length. Maximum " + itoa(linkText) + " characters allowed"))
	case format != "" && format != "SVG" && format != "PNG":
		return e.refuse(badParameter("Param generate_qr_image must be one of {SVG, PNG}"))
	}
	l := (*shortLink)(nil)
	code := c.query("code")
	if _, named, ok := strings.Cut(c.edge, "/"); ok {
		code = named
	}
	if code != "" {
		if l = e.linkOf(n, code); l == nil {
			return e.refuse(noLink())
		}
		l.text = text
	} else {
		if len(s.links) >= linksMost {
			return e.refuse(badParameter("A phone number has at most " + itoa(linksMost) + " QR codes."))
		}
		l = &shortLink{code: e.linkCode(), text: text, number: n.ID}
		s.links, e.account.links[l.code] = append(s.links, l), l
	}
	return answer{http: http.StatusOK, body: l.json(c, format)}
}

// linkCode is 14 letters of the OpenAPI document's alphabet, A to Z and 2 to 7.
func (e *Emulator) linkCode() string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	var b []byte
	for x := uint64(0); len(b) < linkLetters; x /= 32 {
		if x == 0 {
			x = e.mix("link")
		}
		b = append(b, alphabet[x%32])
	}
	return string(b)
}

func (e *Emulator) dropLink(c *call, n *number) answer {
	l := e.linkOf(n, path.Base(c.edge))
	if l == nil {
		return e.refuse(noLink())
	}
	s := e.setupOf(n)
	s.links = slices.DeleteFunc(s.links, func(x *shortLink) bool { return x == l })
	delete(e.account.links, l.code)
	return success
}

// CustomerScan lets a customer scan a code, or tap its link, and send the text
// that stands there. Link is the code or the address of the link.
func (e *Emulator) CustomerScan(customerID, link string) (string, error) {
	e.enter()
	defer e.mu.Unlock()
	l := e.account.links[path.Base(link)]
	if l == nil {
		return "", fmt.Errorf("nothing is behind the link %q: POST /{phone-number-id}/message_qrdls makes one", link)
	}
	t, err := e.talkWith(customerID, l.number)
	if err != nil {
		return "", err
	}
	m, err := e.customerSend(t, Content{Text: l.text}, e.clock.Now())
	if err != nil {
		return "", err
	}
	return m.wamid, nil
}

// serveLink is the image of a link. It is no code that a camera reads: an SVG
// shows the link as text, a PNG an empty frame.
func (e *Emulator) serveLink(w http.ResponseWriter, r *http.Request) {
	code, format, _ := strings.Cut(r.PathValue("file"), ".")
	e.enter()
	l := e.account.links[code]
	e.mu.Unlock()
	h := w.Header()
	switch {
	case l == nil:
		writeError(w, http.StatusNotFound, fmt.Errorf("there is no link %q", code))
	case format == "svg":
		h.Set("Content-Type", "image/svg+xml")
		_, _ = fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320"><rect width="320" height="320" fill="#fff" stroke="#000"/>`+
			`<text x="160" y="165" text-anchor="middle" font-family="monospace" font-size="12">%s</text></svg>`, linkBase+code)
	case format == "png":
		h.Set("Content-Type", "image/png")
		_, _ = w.Write(framePNG())
	default:
		writeError(w, http.StatusNotFound, fmt.Errorf("a link has an image in svg and png, not in %q", format))
	}
}

// framePNG is a white square with a black frame.
func framePNG() []byte {
	const side, frame = 160, 4
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			if min(x, y) >= frame && max(x, y) < side-frame {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // Writing to memory does not fail.
	return b.Bytes()
}
