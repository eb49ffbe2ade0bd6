package content

import (
	"encoding/json"
	"strings"

	"wasl/internal/wa"
)

// Template is a message made from an approved template whose body has variables,
// and nothing else to fill (cloud-api-protocol §2.5). It is for messages of the
// house itself; what clients write is read by [Read], which takes no templates yet.
func Template(name, language string, values []string) wa.Content {
	type parameter struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	type component struct {
		Type       string      `json:"type"`
		Parameters []parameter `json:"parameters"`
	}
	var m struct {
		Type     string `json:"type"`
		Template struct {
			Name     string `json:"name"`
			Language struct {
				Code string `json:"code"`
			} `json:"language"`
			Components []component `json:"components,omitempty"`
		} `json:"template"`
	}
	m.Type, m.Template.Name, m.Template.Language.Code = "template", name, language
	if len(values) > 0 {
		body := component{Type: "body"}
		for _, v := range values {
			body.Parameters = append(body.Parameters, parameter{"text", v})
		}
		m.Template.Components = []component{body}
	}
	raw, err := json.Marshal(m)
	if err != nil {
		panic("content: a template does not marshal: " + err.Error())
	}
	return wa.Content{Type: m.Type, JSON: raw, Text: strings.Join(append([]string{name}, values...), " · ")}
}
