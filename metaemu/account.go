package metaemu

import (
	"encoding/json"
	"net/http"
)

// accountWorld is what of accounts Reset forgets.
type accountWorld struct {
	rules GraphRules
	// meters count calls: of an app, and of an app about one WABA.
	meters map[string]*meter
}

func newAccountWorld() accountWorld {
	return accountWorld{rules: defaultRules(), meters: map[string]*meter{}}
}

// accountEdges are those of numbers and accounts beyond sending: profile,
// settings, blocked users, links, users, registration.
func accountEdges() []edge {
	return []edge{
		{on: "user", method: "GET", fields: "id name", source: "cloud-api-protocol §1.1", open: true, do: (*Emulator).userNode},
	}
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
}

// blocked is why a number may not send to a customer it has blocked, or nil.
func (e *Emulator) blocked(*number, *customer) *failure { return nil }
