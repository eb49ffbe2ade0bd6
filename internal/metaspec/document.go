// Package metaspec holds Graph calls and their answers to Meta's own OpenAPI
// document. It is for tests: what the client asks and what the emulator answers
// are judged by a party that knows neither. What the document has wrong, or does
// not have yet, is in exceptions.json, each with its reason.
//
// The document lies beside the repository (shared/spec), is of v23 and has
// mistakes of its own: cloud-api-protocol §11.
package metaspec

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// FileName is the document's name in the folder spec of what is shared.
const FileName = "meta-openapi-v23.yaml"

// Find is the path of the document: beside the repository at root, or where
// WASL_SHARED says. The error says in plain words that it is not there.
func Find(root string) (string, error) {
	dir := os.Getenv("WASL_SHARED")
	if dir == "" {
		dir = filepath.Join(root, "..", "shared")
	}
	path := filepath.Join(dir, "spec", FileName)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("no OpenAPI document of Meta's: %s is not there (set WASL_SHARED to the folder that holds spec/)", path)
	}
	return path, nil
}

// Document is an OpenAPI 3.1 document. Schemas are compiled when they are first
// asked for. Not safe for concurrent use.
type Document struct {
	endpoints []endpoint
	compiler  *jsonschema.Compiler
	compiled  map[string]*jsonschema.Schema
}

// resource is what the document is called among schemas.
const resource = "meta.json"

// Load reads the document at path.
func Load(path string) (*Document, error) {
	raw, err := os.ReadFile(path) // #nosec G304 -- a developer's file
	if err != nil {
		return nil, err
	}
	return Parse(raw)
}

// Parse reads a document.
func Parse(raw []byte) (*Document, error) {
	var tree any
	if err := yaml.Unmarshal(raw, &tree); err != nil {
		return nil, fmt.Errorf("read OpenAPI document: %w", err)
	}
	tree = plain(tree)
	root, _ := tree.(map[string]any)
	paths, _ := root["paths"].(map[string]any)
	if len(paths) == 0 {
		return nil, fmt.Errorf("read OpenAPI document: it has no paths")
	}
	d := &Document{compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	for _, template := range slices.Sorted(maps.Keys(paths)) {
		d.endpoints = append(d.endpoints, endpointsOf(root, template)...)
	}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(resource, intended(root, tree)); err != nil {
		return nil, fmt.Errorf("read OpenAPI document: %w", err)
	}
	return d, nil
}

// schema compiles what a JSON pointer names.
func (d *Document) schema(pointer string) (*jsonschema.Schema, error) {
	if s := d.compiled[pointer]; s != nil {
		return s, nil
	}
	s, err := d.compiler.Compile(resource + "#" + pointer)
	if err != nil {
		return nil, fmt.Errorf("compile schema %s: %w", pointer, err)
	}
	d.compiled[pointer] = s
	return s, nil
}

// plain turns what YAML has and JSON does not into JSON's kinds.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
		return v
	case map[any]any:
		m := make(map[string]any, len(v))
		for k, x := range v {
			m[fmt.Sprint(k)] = plain(x)
		}
		return m
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
		return v
	case time.Time:
		return v.Format(time.RFC3339)
	case int, int64, uint64, float64:
		return json.Number(fmt.Sprint(v))
	}
	return v
}

// intended rewrites the two idioms of the document that JSON Schema reads
// otherwise than they are meant.
//
// A discriminator chooses one branch of oneOf: as conditions it also says what
// is wrong in that branch, and not in ten others. And additionalProperties:false
// in one part of an allOf would forbid what the other parts describe: it is
// meant of the whole.
func intended(root map[string]any, v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = intended(root, v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = intended(root, v[k])
		}
		discriminate(v)
		closeWhole(root, v)
	}
	return v
}

func discriminate(schema map[string]any) {
	disc, _ := schema["discriminator"].(map[string]any)
	mapping, _ := disc["mapping"].(map[string]any)
	property, _ := disc["propertyName"].(string)
	if _, ok := schema["oneOf"].([]any); !ok || len(mapping) == 0 || property == "" {
		return
	}
	var names, conditions []any
	for _, name := range slices.Sorted(maps.Keys(mapping)) {
		names = append(names, name)
		conditions = append(conditions, map[string]any{
			"if": map[string]any{
				"properties": map[string]any{property: map[string]any{"const": name}},
				"required":   []any{property},
			},
			"then": map[string]any{"$ref": mapping[name]},
		})
	}
	delete(schema, "oneOf")
	schema["allOf"] = append(conditions, map[string]any{
		"type": "object", "required": []any{property},
		"properties": map[string]any{property: map[string]any{"enum": names}},
	})
}

// closeWhole names all properties of the parts. (unevaluatedProperties would
// say the same, but takes for unknown what is described by a part in which
// something else is wrong.)
func closeWhole(root, schema map[string]any) {
	closed := false
	parts, _ := schema["allOf"].([]any)
	for _, part := range parts {
		if p, _ := part.(map[string]any); p["additionalProperties"] == false {
			delete(p, "additionalProperties")
			closed = true
		}
	}
	if !closed {
		return
	}
	names := map[string]any{}
	described(root, schema, names)
	schema["properties"], schema["additionalProperties"] = names, false
}

// described gathers the names that a schema and its parts describe.
func described(root, schema, names map[string]any) {
	if ref, ok := schema["$ref"].(string); ok {
		schema = child(root, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, s := range properties {
		names[name] = true
		if _, whole := schema["allOf"]; whole {
			names[name] = s
		}
	}
	parts, _ := schema["allOf"].([]any)
	for _, part := range parts {
		p, _ := part.(map[string]any)
		described(root, p, names)
	}
}

// pointer joins the parts of a JSON pointer.
func pointer(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(p))
	}
	return b.String()
}

// CompileAll compiles every schema of every endpoint, and says which cannot be.
func (d *Document) CompileAll() error {
	var bad []error
	try := func(pointer string) {
		if pointer == "" {
			return
		}
		if _, err := d.schema(pointer); err != nil {
			bad = append(bad, err)
		}
	}
	for _, e := range d.endpoints {
		for _, p := range e.query {
			try(p.schema)
		}
		for _, s := range e.body {
			try(s)
		}
		for _, s := range e.answers {
			try(s)
		}
	}
	return errors.Join(bad...)
}
