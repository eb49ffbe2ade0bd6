package metaemu

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Knob is one thing that can be switched, turned or written, as a screen needs
// it. All knobs are the members of [Faults] and [Habits].
type Knob struct {
	Name string `json:"name"`
	// Of is faults or habits: trouble, or a way Meta may be.
	Of string `json:"of"`
	// Kind is share (0 to 1), switch (true or false), number, span ("2s"), shift
	// (a span that may be negative), time (RFC 3339) or text.
	Kind    string          `json:"kind"`
	Default json.RawMessage `json:"default"`
	Now     json.RawMessage `json:"now"`
	// En and Ar say what it does, in one sentence.
	En string `json:"en"`
	Ar string `json:"ar"`
	// Source is where it is described.
	Source string `json:"source"`
}

// member is a member of Faults or Habits by its JSON name.
type member struct {
	name  string
	value reflect.Value
}

// membersOf lists the members of a struct, those of embedded ones too.
func membersOf(v any) (list []member) {
	s := reflect.ValueOf(v)
	for i := range s.NumField() {
		f := s.Type().Field(i)
		if f.Anonymous {
			list = append(list, membersOf(s.Field(i).Interface())...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		list = append(list, member{name, s.Field(i)})
	}
	return list
}

// kindOf is the kind of a knob by its type.
func kindOf(v reflect.Value) string {
	switch v.Interface().(type) {
	case Span:
		return "span"
	case Shift:
		return "shift"
	case time.Time:
		return "time"
	case bool:
		return "switch"
	case float64:
		return "share"
	case int:
		return "number"
	}
	return "text"
}

// Knobs lists every knob and where it stands, in the order of the members.
func (e *Emulator) Knobs() []Knob {
	e.enter()
	defer e.mu.Unlock()
	words := knobWords()
	list := []Knob{}
	add := func(of string, now, zero any) {
		zeros := membersOf(zero)
		for i, m := range membersOf(now) {
			w := words[m.name]
			list = append(list, Knob{
				Name: m.name, Of: of, Kind: kindOf(m.value), Default: written(zeros[i].value), Now: written(m.value), En: w.en, Ar: w.ar, Source: w.source,
			})
		}
	}
	add("faults", e.faults, Faults{})
	add("habits", e.habits, Habits{})
	return list
}

// written is a member in JSON; a time that is not set is null.
func written(v reflect.Value) json.RawMessage {
	if t, isTime := v.Interface().(time.Time); isTime && t.IsZero() {
		return json.RawMessage("null")
	}
	raw, err := json.Marshal(v.Interface())
	if err != nil {
		return json.RawMessage("null") // Members are numbers, switches, spans, times and text.
	}
	return raw
}

// TurnKnobs changes the knobs that are named and leaves the others. All of them
// turn, or none does; null is the default.
func (e *Emulator) TurnKnobs(knobs map[string]json.RawMessage) error {
	faults, habits := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	list := e.Knobs()
	for name, value := range knobs {
		i := slices.IndexFunc(list, func(k Knob) bool { return k.Name == name })
		if i < 0 {
			return fmt.Errorf("there is no knob %q: GET /_emulator/knobs lists them", name)
		}
		if string(value) == "null" {
			value = list[i].Default
		}
		if string(value) == "null" {
			value = json.RawMessage(`"0001-01-01T00:00:00Z"`) // A time that is not set.
		}
		if list[i].Of == "faults" {
			faults[name] = value
		} else {
			habits[name] = value
		}
	}
	was := e.Faults()
	if err := patchedBy(faults, e.patchFaults); err != nil {
		return err
	}
	if err := patchedBy(habits, e.patchHabits); err != nil {
		_ = e.SetFaults(was) // It was accepted before.
		return err
	}
	return nil
}

func patchedBy(values map[string]json.RawMessage, patch func([]byte) error) error {
	if len(values) == 0 {
		return nil
	}
	raw, err := json.Marshal(values)
	if err != nil {
		return err
	}
	return patch(raw)
}

// Preset is several knobs at once. Taking one first sets all knobs of trouble to
// their defaults; habits stay.
type Preset struct {
	Name  string                     `json:"name"`
	En    string                     `json:"en"`
	Ar    string                     `json:"ar"`
	Knobs map[string]json.RawMessage `json:"knobs"`
}

// Presets lists them.
func Presets() []Preset {
	set := func(name, en, ar string, pairs ...string) Preset {
		p := Preset{Name: name, En: en, Ar: ar, Knobs: map[string]json.RawMessage{}}
		for i := 0; i < len(pairs); i += 2 {
			p.Knobs[pairs[i]] = json.RawMessage(pairs[i+1])
		}
		return p
	}
	return []Preset{
		set("calm", "No trouble at all.", "بلا أي متاعب."),
		set("bad_day", "A bad day: some of everything goes wrong, nothing is lost for good.", "يوم سيئ: شيء من كل عطل، ولا يضيع شيء نهائيًا.",
			"duplicates", "0.1", "reorder", "0.2", "error_before", "0.05", "error_after", "0.02", "lost_answers", "0.05", "throttled", "0.05",
			"slow_answers", "0.1", "late_statuses", "0.1", "deaf_webhooks", "0.05", "reset_webhooks", "0.05"),
		set("storm", "Every send is refused as too fast until it is switched off.", "يُرفض كل إرسال بحجة السرعة حتى يُطفأ هذا الوضع.", "throttled", "1"),
		set("lossy_road", "Calls are carried out while many of their answers are lost or late.", "تُنفَّذ الطلبات لكن كثيرًا من أجوبتها يضيع أو يتأخر.",
			"lost_answers", "0.3", "hung_answers", "0.1", "error_after", "0.1", "calls", `"*"`),
		set("flood", "Webhooks come twice or more, late, in other orders and in large batches.", "تصل الإشعارات مكررة ومتأخرة وبترتيب آخر وفي دفعات كبيرة.",
			"duplicates", "0.5", "copies", "3", "reorder", "0.5", "reorder_within", `"1m"`, "batch_size", "1000", "batch_wait", `"5s"`),
		set("strange_meta", "Meta sends what no page describes: unknown fields, types and members, odd clocks, broken copies.",
			"ترسل ميتا ما لا تصفه أي صفحة: حقول وأنواع مجهولة وأوقات غريبة ونسخ معطوبة.",
			"extra_fields", "0.5", "unknown_field", "0.2", "unknown_types", "0.1", "empty_entries", "0.1", "malformed", "0.1", "wrong_signature", "0.1",
			"clock_skew", `"-5m"`, "number_times", "true"),
	}
}

// UsePreset takes a preset by its name.
func (e *Emulator) UsePreset(name string) error {
	for _, p := range Presets() {
		if p.Name != name {
			continue
		}
		if err := e.SetFaults(Faults{}); err != nil {
			return err
		}
		return e.TurnKnobs(p.Knobs)
	}
	return fmt.Errorf("there is no preset %q: GET /_emulator/presets lists them", name)
}

func (e *Emulator) knobRoutes(mux *http.ServeMux) {
	get(mux, "knobs", func(*http.Request) (any, error) { return e.Knobs(), nil })
	handle(mux, "PUT /_emulator/knobs", func(_ *http.Request, in *map[string]json.RawMessage) (any, error) {
		if err := e.TurnKnobs(*in); err != nil {
			return nil, fmt.Errorf("knobs: %w", err)
		}
		return e.Knobs(), nil
	})
	post(mux, "wabas/{id}/apps", func(r *http.Request, in *struct {
		App string `json:"app_id"`
	},
	) (any, error) {
		token, err := e.SubscribeApp(r.PathValue("id"), in.App)
		return map[string]string{"token": token}, err
	})
	get(mux, "presets", func(*http.Request) (any, error) { return Presets(), nil })
	post(mux, "presets/{name}", func(r *http.Request, _ *struct{}) (any, error) {
		if err := e.UsePreset(r.PathValue("name")); err != nil {
			return nil, err
		}
		return e.Knobs(), nil
	})
}
