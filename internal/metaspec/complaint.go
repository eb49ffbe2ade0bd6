package metaspec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// complaints are the leaves of an error: of alternatives, those of the one that
// comes closest.
func complaints(bad *jsonschema.ValidationError) []Complaint {
	switch k := bad.ErrorKind.(type) {
	case *kind.OneOf:
		if len(k.Subschemas) > 0 {
			return []Complaint{{Place: place(bad.InstanceLocation), Kind: "oneOf", What: "several fit"}}
		}
		return closest(bad)
	case *kind.AnyOf:
		return closest(bad)
	}
	if len(bad.Causes) == 0 {
		return leaf(bad)
	}
	var out []Complaint
	for _, cause := range bad.Causes {
		out = append(out, complaints(cause)...)
	}
	return out
}

// closest is the alternative with the least wrong. A difference in the object
// itself (a name that is missing or too many) says that another one was meant,
// and counts ten times.
func closest(bad *jsonschema.ValidationError) []Complaint {
	here := place(bad.InstanceLocation)
	var best []Complaint
	least := -1
	for _, cause := range bad.Causes {
		list := complaints(cause)
		score := 0
		for _, c := range list {
			score++
			if c.Place == here {
				score += 9
			}
		}
		if least < 0 || score < least {
			best, least = list, score
		}
	}
	return best
}

func leaf(bad *jsonschema.ValidationError) []Complaint {
	at := bad.InstanceLocation
	word := "schema"
	if path := bad.ErrorKind.KeywordPath(); len(path) > 0 {
		word = path[len(path)-1]
	}
	each := func(names []string) []Complaint {
		out := make([]Complaint, len(names))
		for i, name := range names {
			out[i] = Complaint{Place: place(at), Kind: word, What: name}
		}
		return out
	}
	switch k := bad.ErrorKind.(type) {
	case *kind.Required:
		return each(k.Missing)
	case *kind.AdditionalProperties:
		word = "unknown"
		return each(k.Properties)
	case *kind.FalseSchema:
		// A name that no part of the whole describes.
		word = "unknown"
		name := ""
		if len(at) > 0 {
			at, name = at[:len(at)-1], at[len(at)-1]
		}
		return each([]string{name})
	case *kind.Enum:
		return each([]string{fmt.Sprint(k.Got)})
	case *kind.Const:
		return each([]string{fmt.Sprint(k.Got)})
	case *kind.Type:
		return each([]string{k.Got + ", not " + strings.Join(k.Want, " or ")})
	case *kind.Pattern:
		return each([]string{k.Want})
	case *kind.Format:
		return each([]string{k.Want})
	}
	return each([]string{""})
}

// place writes a location with * for each index, so that it does not depend on
// how many there are.
func place(at []string) string {
	parts := slices.Clone(at)
	for i, p := range parts {
		if _, err := strconv.Atoi(p); err == nil {
			parts[i] = "*"
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "/" + strings.Join(parts, "/")
}
