package metaemu

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"wasl/metaemu/screen"
)

// ownRoutes are the emulator's own side: its books, its controls, its screen.
func (e *Emulator) ownRoutes(mux *http.ServeMux) {
	mux.Handle("/", screen.Handler())
	mux.HandleFunc("/_emulator/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, http.StatusNotFound, fmt.Errorf("%s %s is nothing here: the paths are state, reset, apps, portfolios, wabas, numbers, "+
			"customers, clock, faults, habits, knobs, presets, sentinels, sending, snapshot, media, book, arrivals, breaches, deliveries, invoice and stream", r.Method, r.URL.Path))
	})
	mux.HandleFunc("GET /_emulator/stream", e.serveStream)
	get(mux, "state", func(*http.Request) (any, error) { return e.State(), nil })
	post(mux, "reset", func(*http.Request, *struct{}) (any, error) { e.Reset(); return ok, nil })

	get(mux, "apps", func(*http.Request) (any, error) { return e.State().Apps, nil })
	get(mux, "portfolios", func(*http.Request) (any, error) { return e.State().Portfolios, nil })
	get(mux, "wabas", func(*http.Request) (any, error) { return e.State().WABAs, nil })
	get(mux, "numbers", func(*http.Request) (any, error) { return e.State().Numbers, nil })
	post(mux, "apps", func(_ *http.Request, s *AppSpec) (any, error) { return made(e.CreateApp(*s)) })
	post(mux, "apps/{id}", func(r *http.Request, s *AppSpec) (any, error) {
		return ok, e.SetCallback(r.PathValue("id"), s.Callback, s.VerifyToken)
	})
	post(mux, "portfolios", func(_ *http.Request, s *Portfolio) (any, error) { return made(e.CreatePortfolio(*s)) })
	post(mux, "wabas", func(_ *http.Request, s *WABASpec) (any, error) { return made(e.CreateWABA(*s)) })
	post(mux, "numbers", func(_ *http.Request, s *NumberSpec) (any, error) { return made(e.CreateNumber(*s)) })
	post(mux, "customers", e.createCustomers)

	get(mux, "numbers/{id}/phone", func(r *http.Request) (any, error) {
		n, err := intParam(r, "messages", 50)
		if err != nil {
			return nil, err
		}
		return made(e.Phone(r.PathValue("id"), r.FormValue("customer"), n))
	})
	post(mux, "numbers/{id}/phone/{action}", e.phoneAction)
	get(mux, "customers", e.listCustomers)
	get(mux, "customers/{id}", func(r *http.Request) (any, error) {
		n, err := intParam(r, "messages", 100)
		if err != nil {
			return nil, err
		}
		return made(e.Customer(r.PathValue("id"), n))
	})
	post(mux, "customers/{id}/{action}", e.customerAction)

	post(mux, "signups", func(_ *http.Request, s *SignupSpec) (any, error) { return made(e.StartSignup(*s)) })
	get(mux, "signups/{id}", func(r *http.Request) (any, error) { return made(e.SignupState(r.PathValue("id"))) })
	post(mux, "signups/{id}/{action}", e.signupAction)
	get(mux, "clock", func(*http.Request) (any, error) { return e.clockView(), nil })
	post(mux, "clock", e.advanceClock)
	get(mux, "faults", func(*http.Request) (any, error) { return e.Faults(), nil })
	handle(mux, "PUT /_emulator/faults", func(_ *http.Request, raw *json.RawMessage) (any, error) {
		if err := e.patchFaults(*raw); err != nil {
			return nil, fmt.Errorf("faults: %w", err)
		}
		return e.Faults(), nil
	})
	get(mux, "habits", func(*http.Request) (any, error) { return e.Habits(), nil })
	handle(mux, "PUT /_emulator/habits", func(_ *http.Request, raw *json.RawMessage) (any, error) {
		if err := e.patchHabits(*raw); err != nil {
			return nil, fmt.Errorf("habits: %w", err)
		}
		return e.Habits(), nil
	})
	e.screenRoutes(mux)
	e.snapshotRoutes(mux)
	e.knobRoutes(mux)
	e.sendRoutes(mux)
	e.mediaRoutes(mux)
	e.templateRoutes(mux)
	e.accountRoutes(mux)
	e.bookRoutes(mux)
	get(mux, "invoice", func(*http.Request) (any, error) {
		return map[string]any{
			"lines": e.Invoice(),
			"note":  "Delivered messages by month, market, category, type and tier, from the emulator's own books and rate cards. Amounts are micros; null where no rate is known.",
		}, nil
	})
}

// ok is the answer of an action that has nothing to tell.
var ok = map[string]bool{"ok": true}

func made[T any](v T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}

func get(mux *http.ServeMux, path string, do func(*http.Request) (any, error)) {
	handle(mux, "GET /_emulator/"+path, func(r *http.Request, _ *struct{}) (any, error) { return do(r) })
}

func post[T any](mux *http.ServeMux, path string, do func(*http.Request, *T) (any, error)) {
	handle(mux, "POST /_emulator/"+path, do)
}

// errNoSuchAction marks an action that does not exist: 404 rather than 400.
var errNoSuchAction = errors.New("no such action")

// handle reads a JSON body, if there is one, and answers JSON. What is wrong
// with the input is a 400 with a sentence.
func handle[T any](mux *http.ServeMux, pattern string, do func(*http.Request, *T) (any, error)) {
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		var in T
		if r.Method != http.MethodGet {
			body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 32<<20))
			if err != nil {
				writeError(w, http.StatusRequestEntityTooLarge, errors.New("the body is larger than 32 MiB: send it in parts"))
				return
			}
			if body = bytes.TrimSpace(body); len(body) == 0 {
				body = []byte("{}")
			}
			if err := json.Unmarshal(body, &in); err != nil {
				writeError(w, http.StatusBadRequest, fmt.Errorf("the body is not the JSON expected here: %w", err))
				return
			}
		}
		out, err := do(r, &in)
		switch {
		case errors.Is(err, errNoSuchAction):
			writeError(w, http.StatusNotFound, err)
		case err != nil:
			writeError(w, http.StatusBadRequest, err)
		default:
			writeJSON(w, http.StatusOK, out)
		}
	})
}

func writeError(w http.ResponseWriter, status int, err error) {
	writeJSON(w, status, map[string]string{"error": err.Error()})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		http.Error(w, `{"error":"the answer could not be written"}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // A caller that has hung up hears nothing.
}

func intParam(r *http.Request, name string, def int) (int, error) {
	v := r.FormValue(name)
	if v == "" {
		return def, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s is a whole number, not %q", name, v)
	}
	return n, nil
}

// createCustomers makes one customer from an object, or many from a list.
func (e *Emulator) createCustomers(_ *http.Request, raw *json.RawMessage) (any, error) {
	if (*raw)[0] == '[' {
		var specs []CustomerSpec
		if err := json.Unmarshal(*raw, &specs); err != nil {
			return nil, err
		}
		return made(e.CreateCustomers(specs))
	}
	var s CustomerSpec
	if err := json.Unmarshal(*raw, &s); err != nil {
		return nil, err
	}
	return made(e.CreateCustomer(s))
}

func (e *Emulator) listCustomers(r *http.Request) (any, error) {
	limit, err := intParam(r, "limit", 0)
	if err != nil {
		return nil, err
	}
	messages, err := intParam(r, "messages", 20)
	if err != nil {
		return nil, err
	}
	return e.Customers(r.FormValue("q"), limit, messages), nil
}

func (e *Emulator) clockView() map[string]any {
	_, can := e.clock.(Advancer)
	return map[string]any{"now": e.clock.Now(), "advanceable": can}
}

// clockOrder is the body of a move of the clock: {"advance":"13d"}.
type clockOrder struct {
	Advance string `json:"advance"`
}

func (e *Emulator) advanceClock(_ *http.Request, in *clockOrder) (any, error) {
	d, err := parseSpan(in.Advance)
	if err != nil {
		return nil, fmt.Errorf("advance: %w", err)
	}
	if err := e.Advance(d); err != nil {
		return nil, err
	}
	return e.clockView(), nil
}
