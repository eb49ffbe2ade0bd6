package metaemu

import (
	"slices"
	"strings"
)

// An edge is one thing that can be asked of the Graph API: a method and a name
// below a kind of object. The table of edges is what the emulator can do; the
// page docs/emulator-surface.md is printed from it.
type edge struct {
	on     string // kind of object it belongs to, see [target]
	method string
	name   string // what follows the id; empty is the object itself
	fields string // fields it answers or parameters it takes, separated by spaces
	codes  []int  // errors it may answer beyond those of every call
	source string // where it is described: a section of the protocol notes
	do     func(e *Emulator, c *call) answer
	// open lets callers in whose token does not reach the WABA: an app that asks
	// about itself, or a call that checks by itself.
	open bool
	// refused is what the Graph API answers where this cannot be had on
	// a Coexistence number. Where do is nil it is answered to every number.
	refused string
}

// A target is what the first part of a path names.
type target struct {
	kind string // number, waba, app, portfolio, …; empty if there is no such object
	waba string // the WABA a token must reach, if one
	// this is the object, of the type that belongs to kind.
	this any
}

// finders look an id up, each in its own part of the world.
func finders() []func(e *Emulator, id string) target {
	return slices.Concat(
		nodeFinders(),
		mediaFinders(),
		templateFinders(),
		accountFinders(),
	)
}

// nodeFinders know the numbers, WABAs and apps.
func nodeFinders() []func(e *Emulator, id string) target {
	return []func(e *Emulator, id string) target{
		func(e *Emulator, id string) target {
			if n := e.numbers[id]; n != nil {
				return target{kind: "number", waba: n.Number.WABA, this: n}
			}
			return target{}
		},
		func(e *Emulator, id string) target {
			if w := e.wabas[id]; w != nil {
				return target{kind: "waba", waba: w.ID, this: w}
			}
			return target{}
		},
		func(e *Emulator, id string) target {
			if a := e.apps[id]; a != nil {
				return target{kind: "app", this: a}
			}
			return target{}
		},
	}
}

// edges is the whole table. Each part of the emulator brings its own.
func edges() []edge {
	return slices.Concat(
		numberEdges(),
		wabaEdges(),
		appEdges(),
		sendEdges(),
		mediaEdges(),
		templateEdges(),
		accountEdges(),
		analyticsEdges(),
		rootEdges(),
	)
}

// surface is the table by kind, method and name.
type surface struct {
	find []func(e *Emulator, id string) target
	by   map[string]edge
	// root are names that take the place of an id: debug_token, oauth/access_token.
	// names are those that may follow an id.
	root, names map[string]bool
}

func newSurface() surface {
	s := surface{find: finders(), by: map[string]edge{}, root: map[string]bool{}, names: map[string]bool{}}
	for _, ed := range edges() {
		s.by[ed.on+" "+ed.method+" "+ed.name] = ed
		head, _, _ := strings.Cut(ed.name, "/")
		s.names[head] = true
		if ed.on == "" {
			s.root[head] = true
		}
	}
	return s
}

// of is the edge of a call; its name may end in a code: message_qrdls/{code}.
func (s surface) of(c *call) (edge, bool) {
	ed, ok := s.by[c.target.kind+" "+c.method+" "+c.edge]
	if head, _, deep := strings.Cut(c.edge, "/"); !ok && deep {
		ed, ok = s.by[c.target.kind+" "+c.method+" "+head+"/{code}"]
	}
	return ed, ok
}

// dispatch answers every call but a send and a handshake.
func (e *Emulator) dispatch(c *call) answer {
	if e.surface.root[c.node] {
		name := strings.Trim(c.node+"/"+c.edge, "/")
		ed, ok := e.surface.by[" "+c.method+" "+name]
		if !ok {
			return e.refuse(notEmulated(c.method, "/"+name))
		}
		return ed.do(e, c)
	}
	t, f := e.holder(c)
	if f != nil {
		return e.refuse(f)
	}
	c.holder = t
	c.target = e.lookUp(c.node)
	if c.target.kind == "" {
		if head, _, _ := strings.Cut(c.edge, "/"); c.edge != "" && !e.surface.names[head] {
			return e.refuse(notEmulated(c.method, "/"+c.node+"/"+c.edge))
		}
		return e.refuse(e.unknown(c))
	}
	ed, ok := e.surface.of(c)
	if !ed.open {
		if f := e.mayUse(t, c.target.waba); f != nil && c.target.waba != "" {
			return e.refuse(f)
		}
		if f := e.scoped(t, ed); ok && f != nil {
			return e.refuse(f)
		}
	}
	switch {
	case !ok:
		return e.refuse(notEmulated(c.method, "/"+c.node+"/"+c.edge))
	case ed.do == nil:
		return e.refuse(badParameter(ed.refused))
	}
	return ed.do(e, c)
}

func (e *Emulator) lookUp(id string) target {
	for _, find := range e.surface.find {
		if t := find(e, id); t.kind != "" {
			return t
		}
	}
	return target{}
}

// ofNumber, ofWABA and ofApp make the answer of an object's edge from a method
// of its own.
func ofNumber(do func(e *Emulator, c *call, n *number) answer) func(*Emulator, *call) answer {
	return func(e *Emulator, c *call) answer { return do(e, c, c.target.this.(*number)) }
}

func ofWABA(do func(e *Emulator, c *call, w *waba) answer) func(*Emulator, *call) answer {
	return func(e *Emulator, c *call) answer { return do(e, c, c.target.this.(*waba)) }
}

func ofApp(do func(e *Emulator, c *call, a *app) answer) func(*Emulator, *call) answer {
	return func(e *Emulator, c *call) answer { return do(e, c, c.target.this.(*app)) }
}
