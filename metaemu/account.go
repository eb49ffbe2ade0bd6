package metaemu

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// accountWorld is what of accounts Reset forgets.
type accountWorld struct {
	rules GraphRules
	// meters count calls: of an app, and of an app about one WABA.
	meters  map[string]*meter
	numbers map[string]*setup
	wabas   map[string]*wabaSetup
	links   map[string]*shortLink // by code
	// entries are the messages that message_history has shown, by the id it gave
	// them; entryOrder is the order in which it did.
	entries    map[string]string
	entryOrder []string
}

func newAccountWorld() accountWorld {
	return accountWorld{
		rules: defaultRules(), meters: map[string]*meter{}, numbers: map[string]*setup{}, wabas: map[string]*wabaSetup{},
		links: map[string]*shortLink{}, entries: map[string]string{},
	}
}

// setup is what a business has set up on a number beside its messages.
type setup struct {
	standing   Standing
	pin        string
	visibility string
	name       nameReview
	code       oneTimeCode
	// registered are the times of the last registrations and deregistrations.
	registered []time.Time
	profile    profile
	storage    storage
	calling    []byte // as it was set
	// blocked are customers in the order in which they were.
	blocked    []string
	isBlocked  map[string]bool
	links      []*shortLink // oldest first
	automation automation
	username   username
	commerce   commerce
	publicKey  string
	compliance *compliance
}

// setupOf is the setup of a number, made when first needed.
func (e *Emulator) setupOf(n *number) *setup {
	s := e.account.numbers[n.ID]
	if s == nil {
		s = &setup{}
		e.account.numbers[n.ID] = s
	}
	return s
}

// accountEdges are those of numbers and accounts beyond sending: profile,
// settings, blocked users, links, users, registration.
func accountEdges() []edge {
	return slices.Concat(
		[]edge{{on: "user", method: "GET", fields: "id name", source: "cloud-api-protocol §1.1", open: true, do: (*Emulator).userNode}},
		registrationEdges(),
		profileEdges(),
		blockEdges(),
		linkEdges(),
		usernameEdges(),
		businessEdges(),
		portfolioEdges(),
		historyEdges(),
	)
}

// accountFinders know the system users behind tokens; me is the caller's.
func accountFinders() []func(e *Emulator, id string) target {
	return []func(e *Emulator, id string) target{
		func(e *Emulator, id string) target {
			for app := range e.apps {
				if userOf(app) == id {
					return target{kind: "user", this: e.apps[app]}
				}
			}
			return target{}
		},
		func(e *Emulator, id string) target {
			if p := e.portfolios[id]; p != nil {
				return target{kind: "portfolio", this: p}
			}
			return target{}
		},
		(*Emulator).historyEntry,
	}
}

// userNode is the system user behind a token, shown to its own app only. Its
// name is the app's.
func (e *Emulator) userNode(c *call) answer {
	a := c.target.this.(*app)
	if a.ID != c.holder.app {
		return e.refuse(notFound(c.method, c.node))
	}
	return answer{http: http.StatusOK, body: e.nodeOf(c, "user", c.node, or(c.query("fields"), "name"), func(s selection) []byte {
		if s.name == "name" {
			return str(a.Name)
		}
		return nil
	})}
}

// tokenOrder is the body of a path about one token.
type tokenOrder struct {
	Token string `json:"token"`
}

// accountRoutes are the emulator's own paths about accounts.
func (e *Emulator) accountRoutes(mux *http.ServeMux) {
	get(mux, "graph-rules", func(*http.Request) (any, error) { return e.GraphRules(), nil })
	handle(mux, "PUT /_emulator/graph-rules", func(_ *http.Request, raw *json.RawMessage) (any, error) {
		r := e.GraphRules()
		if err := json.Unmarshal(*raw, &r); err != nil {
			return nil, err
		}
		if err := e.SetGraphRules(r); err != nil {
			return nil, err
		}
		return e.GraphRules(), nil
	})
	post(mux, "tokens", func(_ *http.Request, s *TokenSpec) (any, error) {
		value, err := e.IssueToken(*s)
		return made(tokenOrder{value}, err)
	})
	post(mux, "tokens/revoke", func(_ *http.Request, o *tokenOrder) (any, error) { return ok, e.RevokeToken(o.Token) })
	post(mux, "tokens/expire", func(_ *http.Request, o *tokenOrder) (any, error) { return ok, e.ExpireToken(o.Token) })
	e.standingRoutes(mux)
	e.businessRoutes(mux)
	get(mux, "numbers/{id}/code", func(r *http.Request) (any, error) {
		code, err := e.VerificationCode(r.PathValue("id"))
		return made(map[string]string{"code": code}, err)
	})
	mux.HandleFunc("GET /_emulator/links/{file}", e.serveLink)
	mux.HandleFunc("GET /_emulator/numbers/{id}/picture", e.servePicture)
}
