package metaemu

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"wasl/metaemu/tariff"
)

// Types that need a spelling of their own in a snapshot, or none.
var (
	timeType     = reflect.TypeFor[time.Time]()
	locationType = reflect.TypeFor[*time.Location]()
	diceType     = reflect.TypeFor[*rand.PCG]()
	// remade are made anew by the emulator that loads: they hold no state of the
	// world.
	remade = map[reflect.Type]bool{reflect.TypeFor[*rand.Rand](): true, reflect.TypeFor[*tariff.Tariff](): true, reflect.TypeFor[epoch](): true}
)

// graphWriter writes values of the world as JSON. Whatever a pointer leads to is
// written once, into a list of objects, and named by its place there; so the
// world may be as tangled as it is. It looks at the fields of structs by
// reflection: what a part of the emulator adds to its state is in the snapshot
// without a word.
type graphWriter struct {
	ids     map[graphKey]int
	objects []reflect.Value
	err     error
}

// graphKey tells an object from its first field, which has the same address.
type graphKey struct {
	at uintptr
	is reflect.Type
}

func (g *graphWriter) id(p reflect.Value) int {
	k := graphKey{p.Pointer(), p.Type()}
	n, ok := g.ids[k]
	if !ok {
		n = len(g.objects)
		g.ids[k] = n
		g.objects = append(g.objects, p.Elem())
	}
	return n
}

// write appends the JSON of a value that can be addressed.
func (g *graphWriter) write(b *bytes.Buffer, v reflect.Value) {
	switch {
	case v.Type() == timeType:
		b.WriteString(strconv.Quote(writeTime(v.Interface().(time.Time))))
		return
	case v.Type() == locationType:
		g.writeString(b, locationName(v.Interface().(*time.Location)))
		return
	case v.Type() == diceType:
		raw, err := v.Interface().(*rand.PCG).MarshalBinary()
		g.note(err)
		g.writeString(b, base64.StdEncoding.EncodeToString(raw))
		return
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 && !v.IsNil():
		g.writeString(b, writeBytes(v.Bytes()))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		fmt.Fprint(b, v.Bool())
	case reflect.String:
		g.writeString(b, v.String())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		b.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		b.WriteString(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		b.WriteString(strconv.FormatFloat(v.Float(), 'g', -1, 64))
	case reflect.Pointer:
		g.writePointer(b, v)
	case reflect.Slice, reflect.Array:
		g.writeList(b, v)
	case reflect.Map:
		g.writeMap(b, v)
	case reflect.Struct:
		g.writeStruct(b, v)
	default:
		if !v.IsZero() {
			g.note(fmt.Errorf("a value of type %v cannot be put into a snapshot", v.Type()))
		}
		b.WriteString("null")
	}
}

func (g *graphWriter) note(err error) {
	if g.err == nil {
		g.err = err
	}
}

func (g *graphWriter) writeString(b *bytes.Buffer, s string) {
	raw, err := json.Marshal(s)
	g.note(err)
	b.Write(raw)
}

// writePointer names an object, or writes what is no struct in brackets.
func (g *graphWriter) writePointer(b *bytes.Buffer, v reflect.Value) {
	switch {
	case v.IsNil():
		b.WriteString("null")
	case v.Type().Elem().Kind() == reflect.Struct:
		b.WriteString(strconv.Itoa(g.id(v)))
	default:
		b.WriteByte('[')
		g.write(b, v.Elem())
		b.WriteByte(']')
	}
}

func (g *graphWriter) writeList(b *bytes.Buffer, v reflect.Value) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		b.WriteString("null")
		return
	}
	b.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			b.WriteByte(',')
		}
		g.write(b, v.Index(i))
	}
	b.WriteByte(']')
}

// writeMap writes pairs, sorted by how the key is written, so that the same
// world gives the same bytes.
func (g *graphWriter) writeMap(b *bytes.Buffer, v reflect.Value) {
	if v.IsNil() {
		b.WriteString("null")
		return
	}
	type pair struct {
		key   []byte
		value reflect.Value
	}
	var pairs []pair
	for it := v.MapRange(); it.Next(); {
		var k bytes.Buffer
		g.write(&k, addressable(it.Key()))
		pairs = append(pairs, pair{k.Bytes(), it.Value()})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(string(a.key), string(b.key)) })
	b.WriteByte('[')
	for i, p := range pairs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('[')
		b.Write(p.key)
		b.WriteByte(',')
		g.write(b, addressable(p.value))
		b.WriteByte(']')
	}
	b.WriteByte(']')
}

// writeStruct leaves zero fields away.
func (g *graphWriter) writeStruct(b *bytes.Buffer, v reflect.Value) {
	b.WriteByte('{')
	first := true
	for i := range v.NumField() {
		f := v.Field(i)
		if remade[f.Type()] || f.IsZero() {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		g.writeString(b, v.Type().Field(i).Name)
		b.WriteByte(':')
		g.write(b, opened(f))
	}
	b.WriteByte('}')
}

// opened is a field that may be read and set although its name is not exported.
// Only the snapshot looks at the world like this.
func opened(f reflect.Value) reflect.Value {
	return reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem() // #nosec G103 -- the address is that of a live field of this type
}

func addressable(v reflect.Value) reflect.Value {
	p := reflect.New(v.Type()).Elem()
	p.Set(v)
	return p
}

func writeTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// writeBytes keeps what is text readable.
func writeBytes(raw []byte) string {
	if utf8.Valid(raw) {
		return "text:" + string(raw)
	}
	return "base64:" + base64.StdEncoding.EncodeToString(raw)
}

func locationName(l *time.Location) string {
	if l == nil {
		return ""
	}
	return l.String()
}
