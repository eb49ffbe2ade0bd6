package metaemu

import (
	"encoding/json"
	"net/url"
	"slices"

	"wasl/metaemu/media"
)

// named is a file that a send names: by id, or by link.
type named struct {
	kind, id, link string
	voice          bool
}

// files are those that a send names: in its own object, in the header of an
// interactive message or a card, in the parameters of a template.
func (q *sendRequest) files() (list []named) {
	if m := q.media(); m != nil {
		return []named{{kind: q.Type, id: m.ID, link: m.Link, voice: q.Type == "audio" && m.Voice != nil && *m.Voice}}
	}
	raw := q.Interactive
	if q.Type == "template" {
		raw = q.Template
	}
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	return filesIn(v, nil)
}

// filesIn walks through objects whose type names the member that holds a file.
func filesIn(v any, list []named) []named {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			list = filesIn(item, list)
		}
	case map[string]any:
		kind, _ := v["type"].(string)
		if file, ok := v[kind].(map[string]any); ok && slices.Contains([]string{"image", "video", "document"}, kind) {
			id, _ := file["id"].(string)
			link, _ := file["link"].(string)
			if id != "" || link != "" {
				return append(list, named{kind: kind, id: id, link: link})
			}
		}
		for _, k := range sortedKeys(v) {
			list = filesIn(v[k], list)
		}
	}
	return list
}

// mediaFate is why the media that a send names cannot be sent, or nil. A failure
// at once refuses the call; Meta tells all of these later (§6.2: 131052 and 131053).
func (e *Emulator) mediaFate(c *call, n *number, q *sendRequest) (f *failure, atOnce bool) {
	for _, x := range q.files() {
		if x.id != "" {
			f = e.idFate(c, n, x)
		} else {
			f = c.linkFate(x)
		}
		if f != nil {
			return f, false
		}
	}
	return nil, false
}

// idFate is why a media id cannot be sent by a number.
func (e *Emulator) idFate(c *call, n *number, x named) *failure {
	m := e.media.by[x.id]
	switch {
	case m == nil || m.number == "":
		return fail(131053, "Media "+x.id+" does not exist.")
	case m.number != n.ID:
		return fail(131053, "Media "+x.id+" does not belong to this phone number.")
	case !e.mediumLives(m, c.arrived):
		return fail(131053, "Media "+x.id+" was deleted or has expired.")
	}
	bad := media.Fits(x.kind, m.mime)
	if bad == nil && x.voice {
		bad = media.Voice(m.mime)
	}
	if bad == nil {
		return nil
	}
	return mediaFailure(bad)
}

// linkFate is why a link cannot be sent: by what was found there, if links are
// fetched, else by what the address alone tells.
func (c *call) linkFate(x named) *failure {
	if found := c.links[x.link]; found != nil {
		return found.fate(x)
	}
	u, err := url.Parse(x.link)
	if err != nil || u.Host == "" {
		return fail(131052, "The link is no address.")
	}
	if typ := media.ByExtension(u.Path); typ != "" {
		return labelFate(x, typ)
	}
	return nil
}

// labelFate is why a file of a type cannot be sent as what it is sent as.
func labelFate(x named, typ string) *failure {
	bad := media.Fits(x.kind, typ)
	if bad == nil && x.voice {
		bad = media.Voice(typ)
	}
	if bad == nil {
		return nil
	}
	return fail(131053, bad.Sentence)
}
