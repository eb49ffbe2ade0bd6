package metaemu

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// graphReader makes values from what [graphWriter] wrote.
type graphReader struct {
	objects []reflect.Value // pointers, in the order of the list
}

// savedObject is one element of the list.
type savedObject struct {
	Is  string          `json:"is"`
	Has json.RawMessage `json:"has"`
}

// readGraph makes all objects first and fills them then, so that they may name
// each other.
func readGraph(saved []savedObject, types map[string]reflect.Type) (*graphReader, error) {
	g := &graphReader{objects: make([]reflect.Value, len(saved))}
	for i, s := range saved {
		t, ok := types[s.Is]
		if !ok {
			return nil, fmt.Errorf("object %d is a %q, which this emulator does not know", i, s.Is)
		}
		g.objects[i] = reflect.New(t)
	}
	for i, s := range saved {
		if err := g.read(s.Has, g.objects[i].Elem()); err != nil {
			return nil, fmt.Errorf("object %d, a %s: %w", i, s.Is, err)
		}
	}
	return g, nil
}

// read sets v, which can be addressed.
func (g *graphReader) read(raw json.RawMessage, v reflect.Value) error {
	switch {
	case v.Type() == timeType, v.Type() == locationType, v.Type() == diceType:
		return readSpecial(raw, v)
	case string(raw) == "null":
		v.SetZero()
		return nil
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return readBytes(raw, v)
	}
	switch v.Kind() {
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return readPlain(raw, v)
	case reflect.Pointer:
		return g.readPointer(raw, v)
	case reflect.Slice, reflect.Array:
		return g.readList(raw, v)
	case reflect.Map:
		return g.readMap(raw, v)
	case reflect.Struct:
		return g.readStruct(raw, v)
	case reflect.Invalid, reflect.Interface, reflect.Func, reflect.Chan,
		reflect.UnsafePointer, reflect.Uintptr, reflect.Complex64, reflect.Complex128:
		return fmt.Errorf("a value of type %v cannot come from a snapshot", v.Type())
	}
	panic("a kind that Go does not have: " + v.Kind().String())
}

// readPlain reads by the kind, not by the type: a type may have a spelling of
// its own for people.
func readPlain(raw json.RawMessage, v reflect.Value) (err error) {
	text := string(raw)
	switch v.Kind() {
	case reflect.String:
		var s string
		err = json.Unmarshal(raw, &s)
		v.SetString(s)
	case reflect.Bool:
		var b bool
		b, err = strconv.ParseBool(text)
		v.SetBool(b)
	case reflect.Float32, reflect.Float64:
		var f float64
		f, err = strconv.ParseFloat(text, 64)
		v.SetFloat(f)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		var n int64
		n, err = strconv.ParseInt(text, 10, v.Type().Bits())
		v.SetInt(n)
	default:
		var n uint64
		n, err = strconv.ParseUint(text, 10, v.Type().Bits())
		v.SetUint(n)
	}
	return err
}

func readSpecial(raw json.RawMessage, v reflect.Value) error {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	var made any
	switch {
	case s == "":
		v.SetZero()
		return nil
	case v.Type() == timeType:
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return err
		}
		made = t
	case v.Type() == locationType:
		l, err := time.LoadLocation(s)
		if err != nil {
			return err
		}
		made = l
	default:
		raw, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return err
		}
		dice := &rand.PCG{}
		if err := dice.UnmarshalBinary(raw); err != nil {
			return err
		}
		made = dice
	}
	v.Set(reflect.ValueOf(made))
	return nil
}

func readBytes(raw json.RawMessage, v reflect.Value) error {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	kind, rest, _ := strings.Cut(s, ":")
	b := []byte(rest)
	if kind == "base64" {
		var err error
		if b, err = base64.StdEncoding.DecodeString(rest); err != nil {
			return err
		}
	}
	v.Set(reflect.ValueOf(b).Convert(v.Type()))
	return nil
}

func (g *graphReader) readPointer(raw json.RawMessage, v reflect.Value) error {
	if v.Type().Elem().Kind() != reflect.Struct {
		var one []json.RawMessage
		if err := json.Unmarshal(raw, &one); err != nil || len(one) != 1 {
			return fmt.Errorf("%s is not one value in brackets", raw)
		}
		p := reflect.New(v.Type().Elem())
		v.Set(p)
		return g.read(one[0], p.Elem())
	}
	i, err := strconv.Atoi(string(raw))
	if err != nil || i < 0 || i >= len(g.objects) || g.objects[i].Type() != v.Type() {
		return fmt.Errorf("%s is not the place of a %v", raw, v.Type().Elem())
	}
	v.Set(g.objects[i])
	return nil
}

func (g *graphReader) readList(raw json.RawMessage, v reflect.Value) error {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
	} else if v.Len() != len(list) {
		return fmt.Errorf("a list of %d has to have %d", len(list), v.Len())
	}
	for i, item := range list {
		if err := g.read(item, v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (g *graphReader) readMap(raw json.RawMessage, v reflect.Value) error {
	var pairs [][2]json.RawMessage
	if err := json.Unmarshal(raw, &pairs); err != nil {
		return err
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(pairs)))
	for _, p := range pairs {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if err := g.read(p[0], key); err != nil {
			return err
		}
		if err := g.read(p[1], value); err != nil {
			return err
		}
		v.SetMapIndex(key, value)
	}
	return nil
}

// readStruct sets what is absent to zero, except what is made anew, and refuses
// what it does not know: state must not be lost in silence.
func (g *graphReader) readStruct(raw json.RawMessage, v reflect.Value) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return err
	}
	for i := range v.NumField() {
		f := opened(v.Field(i))
		if remade[f.Type()] {
			continue
		}
		name := v.Type().Field(i).Name
		saved, ok := fields[name]
		if !ok {
			f.SetZero()
			continue
		}
		delete(fields, name)
		if err := g.read(saved, f); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, name := range sortedKeys(fields) {
		return fmt.Errorf("it has a %q, which this emulator does not know: load it into the release that saved it", name)
	}
	return nil
}
