package metaemu

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"wasl/metaemu/screen"
)

// ownRoutes are the emulator's own side: its books, its controls, its screen.
func (e *Emulator) ownRoutes(mux *http.ServeMux) {
	mux.Handle("/", screen.Handler())
	mux.HandleFunc("/_emulator/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, http.StatusNotFound, fmt.Errorf("%s %s is nothing here: the paths are state, reset, apps, portfolios, wabas, numbers, "+
			"customers, clock, faults, arrivals, breaches, deliveries, invoice and stream", r.Method, r.URL.Path))
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
	get(mux, "arrivals", e.listArrivals)
	get(mux, "breaches", e.listBreaches)
	get(mux, "deliveries", e.listDeliveries)
	mux.HandleFunc("GET /_emulator/invoice.csv", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		_ = e.WriteInvoice(w) // A caller that has hung up reads nothing.
	})
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

// filter is what may be asked of the books: ?number=, ?after= (a time or a
// running number) and ?limit= (the newest so many).
type filter struct {
	number string
	at     time.Time
	seq    int64
	limit  int
}

func bookFilter(r *http.Request) (f filter, err error) {
	f.number = r.FormValue("number")
	if f.limit, err = intParam(r, "limit", 0); err != nil {
		return f, err
	}
	v := r.FormValue("after")
	if v == "" {
		return f, nil
	}
	if f.seq, err = strconv.ParseInt(v, 10, 64); err == nil {
		return f, nil
	}
	if f.at, err = time.Parse(time.RFC3339Nano, v); err != nil {
		return f, fmt.Errorf("after is a time such as 2026-11-22T10:00:00Z or a running number, not %q", v)
	}
	return f, nil
}

func (e *Emulator) listArrivals(r *http.Request) (any, error) {
	f, err := bookFilter(r)
	if err != nil {
		return nil, err
	}
	e.enter()
	defer e.mu.Unlock()
	return e.book.arrivals.where(f.limit, func(a Arrival) bool {
		return (f.number == "" || a.Number == f.number) && a.Seq > f.seq && a.At.After(f.at)
	}), nil
}

func (e *Emulator) listBreaches(r *http.Request) (any, error) {
	f, err := bookFilter(r)
	if err != nil {
		return nil, err
	}
	rule := r.FormValue("rule")
	e.enter()
	defer e.mu.Unlock()
	return e.book.breaches.where(f.limit, func(b Breach) bool {
		return (f.number == "" || b.Number == f.number) && (rule == "" || b.Rule == rule) && b.At.After(f.at)
	}), nil
}

// listDeliveries leaves bodies away with ?bodies=no.
func (e *Emulator) listDeliveries(r *http.Request) (any, error) {
	f, err := bookFilter(r)
	if err != nil {
		return nil, err
	}
	state, bodies := r.FormValue("state"), r.FormValue("bodies") != "no"
	e.enter()
	defer e.mu.Unlock()
	list := []Delivery{}
	for _, d := range e.book.deliveries.where(f.limit, func(d *delivery) bool {
		return (state == "" || d.State == state) && d.ID > f.seq && d.At.After(f.at)
	}) {
		c := d.copied()
		if !bodies {
			c.Body = ""
		}
		list = append(list, c)
	}
	return list, nil
}
