package metaemu

import "net/http"

// templateWorld is what of templates Reset forgets.
type templateWorld struct{}

func newTemplateWorld() templateWorld { return templateWorld{} }

// templateEdges are those of message templates.
func templateEdges() []edge { return nil }

func templateFinders() []func(e *Emulator, id string) target { return nil }

// templateRoutes are the emulator's own paths about templates.
func (e *Emulator) templateRoutes(*http.ServeMux) {}

// templateFate is why a template cannot be sent, or nil. A failure at once
// refuses the call; another one becomes the status of an accepted message.
func (e *Emulator) templateFate(n *number, q *sendRequest) (f *failure, atOnce bool) {
	t, _ := q.template()
	for _, known := range n.waba.Templates {
		if known.Name == t.Name && known.Language == t.Language.Code {
			return nil, false
		}
	}
	return fail(132001, "template name ("+t.Name+") does not exist in "+t.Language.Code), true
}
