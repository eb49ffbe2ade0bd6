package metaemu

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// SnapshotVersion is that of the snapshots this emulator writes. It grows when
// an older emulator could no longer go on from one.
const SnapshotVersion = 1

// savedWorld is the document of a snapshot.
type savedWorld struct {
	Version int             `json:"wasl_emulator_snapshot"`
	At      time.Time       `json:"at"`
	Seed    uint64          `json:"seed"`
	World   json.RawMessage `json:"world"`
	Events  []savedEvent    `json:"events"`
	Ready   json.RawMessage `json:"ready"`
	Objects []savedObject   `json:"objects"`
}

// savedEvent is a deed that is still to come.
type savedEvent struct {
	At   time.Time       `json:"at"`
	Deed string          `json:"deed"`
	Args json.RawMessage `json:"args"`
}

// Save writes the whole world, and what is still to come, as one JSON document.
func (e *Emulator) Save(w io.Writer) error {
	doc, err := e.snapshot()
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("save: %w", err)
	}
	if _, err = w.Write(append(raw, '\n')); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	return nil
}

func (e *Emulator) snapshot() (savedWorld, error) {
	e.enter()
	defer e.mu.Unlock()
	doc := savedWorld{Version: SnapshotVersion, At: e.clock.Now().UTC(), Seed: e.cfg.Seed, Events: []savedEvent{}}
	g := &graphWriter{ids: map[graphKey]int{}}
	written := func(v reflect.Value) json.RawMessage {
		var b bytes.Buffer
		g.write(&b, v)
		return b.Bytes()
	}
	doc.World = written(reflect.ValueOf(&e.world).Elem())
	coming := slices.Clone(e.queue)
	slices.SortFunc(coming, func(a, b event) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.seq, b.seq)) })
	for _, ev := range coming {
		switch {
		case ev.epoch != e.epoch:
		default:
			doc.Events = append(doc.Events, savedEvent{At: ev.at.UTC(), Deed: ev.deed, Args: written(addressable(reflect.ValueOf(ev.args)))})
		}
	}
	// What is on the road has no answer yet, so it will be on the road again.
	ready := make([]*delivery, 0, len(e.road)+len(e.ready))
	for d := range e.road {
		if d.epoch == e.epoch {
			ready = append(ready, d)
		}
	}
	slices.SortFunc(ready, func(a, b *delivery) int { return cmp.Compare(a.ID, b.ID) })
	ready = append(ready, e.ready...)
	doc.Ready = written(reflect.ValueOf(&ready).Elem())
	for i := 0; i < len(g.objects); i++ { // Writing one may find others.
		o := g.objects[i]
		doc.Objects = append(doc.Objects, savedObject{Is: o.Type().String(), Has: written(o)})
	}
	return doc, g.err
}

// Load replaces the world by one that Save wrote. The clock is moved forward to
// where it was; if it is further already, what has become due happens at once.
// After an error the world is as it was.
func (e *Emulator) Load(r io.Reader) error {
	var doc savedWorld
	if err := json.NewDecoder(r).Decode(&doc); err != nil {
		return fmt.Errorf("load: this is no snapshot of an emulator: %w", err)
	}
	switch {
	case doc.Version == 0:
		return errors.New("load: this is no snapshot of an emulator: it has no \"wasl_emulator_snapshot\"")
	case doc.Version > SnapshotVersion:
		return fmt.Errorf("load: this snapshot has version %d and this emulator reads up to %d: load it into a newer release", doc.Version, SnapshotVersion)
	}
	e.enter()
	defer e.mu.Unlock()
	if err := e.load(&doc); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	e.announce("reset")
	e.poke()
	return nil
}

func (e *Emulator) load(doc *savedWorld) error {
	g, err := readGraph(doc.Objects, e.savedTypes())
	if err != nil {
		return err
	}
	w := e.newWorld(0)
	if err := g.read(doc.World, reflect.ValueOf(&w).Elem()); err != nil {
		return err
	}
	var ready []*delivery
	if err := g.read(doc.Ready, reflect.ValueOf(&ready).Elem()); err != nil {
		return err
	}
	if w.media.by == nil { // It was saved before there was media.
		w.media = newMediaWorld()
	}
	events := make([]event, len(doc.Events))
	for i, s := range doc.Events {
		d, ok := e.deeds[s.Deed]
		if !ok {
			return fmt.Errorf("%q is to come at %v, which this emulator does not know", s.Deed, s.At)
		}
		args := reflect.New(d.args).Elem()
		if err := g.read(s.Args, args); err != nil {
			return fmt.Errorf("event %d, %s: %w", i, s.Deed, err)
		}
		events[i] = event{at: s.At, deed: s.Deed, args: args.Interface()}
	}
	if behind := doc.At.Sub(e.clock.Now()); behind > 0 {
		a, ok := e.clock.(Advancer)
		if !ok {
			return fmt.Errorf("it was saved at %v, and this emulator's clock is earlier and cannot be moved", doc.At)
		}
		a.Advance(behind)
	}
	e.settle(w, events, ready, g, doc.Seed)
	return nil
}

// settle puts a loaded world in the place of this one.
func (e *Emulator) settle(w world, events []event, ready []*delivery, g *graphReader, seed uint64) {
	turn := e.epoch + 1
	w.epoch = turn
	w.rng = rand.New(w.dice) // #nosec G404 -- chance for tests, not for secrets
	for _, o := range g.objects {
		if d, ok := o.Interface().(*delivery); ok {
			d.epoch = turn
		}
	}
	e.world, e.cfg.Seed = w, seed
	e.queue, e.ready = nil, nil
	for _, ev := range events {
		e.schedule(ev)
	}
	for _, d := range ready {
		e.makeReady(d)
	}
}

// savedTypes are the structs that a snapshot may hold, by name.
func (e *Emulator) savedTypes() map[string]reflect.Type {
	found := map[string]reflect.Type{}
	seen := map[reflect.Type]bool{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		if seen[t] || t == timeType || t == locationType || t == diceType || remade[t] {
			return
		}
		seen[t] = true
		switch kind := t.Kind(); {
		case kind == reflect.Pointer, kind == reflect.Slice, kind == reflect.Array:
			visit(t.Elem())
		case kind == reflect.Map:
			visit(t.Key())
			visit(t.Elem())
		case kind == reflect.Struct:
			found[t.String()] = t
			for i := range t.NumField() {
				visit(t.Field(i).Type)
			}
		}
	}
	visit(reflect.TypeFor[world]())
	visit(reflect.TypeFor[delivery]())
	for _, d := range e.deeds {
		visit(d.args)
	}
	return found
}

// maxSnapshot bounds a snapshot that comes over HTTP.
const maxSnapshot = 4 << 30

func (e *Emulator) snapshotRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /_emulator/snapshot", func(w http.ResponseWriter, _ *http.Request) {
		var b bytes.Buffer
		if err := e.Save(&b); err != nil {
			writeError(w, http.StatusInternalServerError, err)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="emulator-snapshot.json"`)
		w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
		_, _ = b.WriteTo(w) // A caller that has hung up reads nothing.
	})
	mux.HandleFunc("POST /_emulator/snapshot", func(w http.ResponseWriter, r *http.Request) {
		if err := e.Load(http.MaxBytesReader(w, r.Body, maxSnapshot)); err != nil {
			writeError(w, http.StatusBadRequest, err)
			return
		}
		writeJSON(w, http.StatusOK, ok)
	})
}
