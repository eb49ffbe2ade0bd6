package metaemu

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Filter narrows a book. Its zero value is the whole of it; a book without what
// a member speaks of does not look at it.
type Filter struct {
	Number, To, Type, Rule, State, App, Field string
	Code, HTTP                                int // 0: any
	Hard                                      *bool
	// After and Before bound the time; AfterSeq is a running number of arrivals or
	// deliveries.
	After, Before time.Time
	AfterSeq      int64
	// Limit keeps the newest so many; zero keeps all.
	Limit int
}

// filterOf reads a filter from a query: number, to, type, rule, state, app,
// field, code, http, hard, after (a time or a running number), before, limit.
func filterOf(r *http.Request) (f Filter, err error) {
	f = Filter{
		Number: r.FormValue("number"), To: r.FormValue("to"), Type: r.FormValue("type"), Rule: r.FormValue("rule"),
		State: r.FormValue("state"), App: r.FormValue("app"), Field: r.FormValue("field"),
	}
	for name, at := range map[string]*int{"limit": &f.Limit, "code": &f.Code, "http": &f.HTTP} {
		if *at, err = intParam(r, name, 0); err != nil {
			return f, err
		}
	}
	if v := r.FormValue("hard"); v != "" {
		hard, err := strconv.ParseBool(v)
		if err != nil {
			return f, fmt.Errorf("hard is true or false, not %q", v)
		}
		f.Hard = &hard
	}
	if v := r.FormValue("before"); v != "" {
		if f.Before, err = time.Parse(time.RFC3339Nano, v); err != nil {
			return f, fmt.Errorf("before is a time such as 2026-11-22T10:00:00Z, not %q", v)
		}
	}
	v := r.FormValue("after")
	if v == "" {
		return f, nil
	}
	if f.AfterSeq, err = strconv.ParseInt(v, 10, 64); err == nil {
		return f, nil
	}
	if f.After, err = time.Parse(time.RFC3339Nano, v); err != nil {
		return f, fmt.Errorf("after is a time such as 2026-11-22T10:00:00Z or a running number, not %q", v)
	}
	return f, nil
}

// fits compares what is asked with what there is; an empty question fits.
func fits[T comparable](asked, is T) bool {
	var any T
	return asked == any || asked == is
}

func (f *Filter) during(at time.Time) bool {
	return at.After(f.After) && (f.Before.IsZero() || at.Before(f.Before))
}

func (f *Filter) arrival(a Arrival) bool {
	return fits(f.Number, a.Number) && fits(f.To, a.To) && fits(f.Type, a.Type) && fits(f.Code, a.Code) && fits(f.HTTP, a.HTTP) &&
		a.Seq > f.AfterSeq && f.during(a.At)
}

func (f *Filter) breach(b Breach) bool {
	return fits(f.Number, b.Number) && fits(f.Rule, b.Rule) && (f.Hard == nil || *f.Hard == b.Hard) && f.during(b.At)
}

func (f *Filter) delivery(d *delivery) bool {
	return fits(f.State, d.State) && fits(f.App, d.App) && (f.Field == "" || slices.Contains(d.Fields, f.Field)) && d.ID > f.AfterSeq && f.during(d.At)
}

// FindArrivals, FindBreaches and FindDeliveries are what of the books fits,
// oldest first.
func (e *Emulator) FindArrivals(f Filter) []Arrival {
	e.enter()
	defer e.mu.Unlock()
	return e.book.arrivals.where(f.Limit, f.arrival)
}

// FindBreaches is described at FindArrivals.
func (e *Emulator) FindBreaches(f Filter) []Breach {
	e.enter()
	defer e.mu.Unlock()
	return e.book.breaches.where(f.Limit, f.breach)
}

// FindDeliveries is described at FindArrivals.
func (e *Emulator) FindDeliveries(f Filter) []Delivery {
	e.enter()
	defer e.mu.Unlock()
	list := []Delivery{}
	for _, d := range e.book.deliveries.where(f.Limit, f.delivery) {
		list = append(list, d.copied())
	}
	return list
}

// FindInvoice is the lines of the invoice that fit, by number.
func (e *Emulator) FindInvoice(f Filter) []InvoiceLine {
	return slices.DeleteFunc(e.Invoice(), func(l InvoiceLine) bool { return !fits(f.Number, l.Number) })
}

// ledger is a book that can be asked for as JSON, as JSON lines and as CSV.
type ledger[T any] struct {
	name string
	find func(Filter) []T
	head string // names of the columns, separated by spaces
	rows func(T) [][]string
}

func (e *Emulator) bookRoutes(mux *http.ServeMux) {
	ledgerRoutes(mux, arrivalsLedger(e))
	ledgerRoutes(mux, breachesLedger(e))
	ledgerRoutes(mux, deliveriesLedger(e))
	ledgerFiles(mux, invoiceLedger(e))
	get(mux, "book", func(r *http.Request) (any, error) {
		f, err := filterOf(r)
		if err != nil {
			return nil, err
		}
		return e.Book(f), nil
	})
}

func arrivalsLedger(e *Emulator) ledger[Arrival] {
	return ledger[Arrival]{
		name: "arrivals", find: e.FindArrivals, head: "seq at number to type http code lost wamid biz_opaque_callback_data sha256",
		rows: func(a Arrival) [][]string {
			return [][]string{{itoa(int(a.Seq)), writeTime(a.At), a.Number, a.To, a.Type, itoa(a.HTTP), itoa(a.Code), strconv.FormatBool(a.Lost), a.WAMID, a.Opaque, a.SHA256}}
		},
	}
}

func breachesLedger(e *Emulator) ledger[Breach] {
	return ledger[Breach]{
		name: "breaches", find: e.FindBreaches, head: "at number rule hard source sentence",
		rows: func(b Breach) [][]string {
			return [][]string{{writeTime(b.At), b.Number, b.Rule, strconv.FormatBool(b.Hard), b.Source, b.Sentence}}
		},
	}
}

// deliveriesLedger has one row for every try, and one for a delivery that has
// none yet.
func deliveriesLedger(e *Emulator) ledger[Delivery] {
	return ledger[Delivery]{
		name: "deliveries", find: e.FindDeliveries, head: "id at app_id url fields bytes state spoilt retry_of next try try_at http millis error",
		rows: func(d Delivery) (rows [][]string) {
			common := []string{
				itoa(int(d.ID)), writeTime(d.At), d.App, d.URL, strings.Join(d.Fields, " "), itoa(len(d.Body)), d.State, d.Spoilt, itoa(int(d.RetryOf)), writeTime(d.Next),
			}
			for i, t := range d.Tries {
				rows = append(rows, append(slices.Clone(common), itoa(i+1), writeTime(t.At), itoa(t.HTTP), itoa(int(t.Millis)), t.Error))
			}
			if len(rows) == 0 {
				rows = append(rows, append(common, "", "", "", "", ""))
			}
			return rows
		},
	}
}

// invoiceLedger writes amounts in the currency, with six decimals; empty where
// no rate is known.
func invoiceLedger(e *Emulator) ledger[InvoiceLine] {
	return ledger[InvoiceLine]{
		name: "invoice", find: e.FindInvoice, head: "number month market country category type tier volume currency rate amount",
		rows: func(l InvoiceLine) [][]string {
			return [][]string{{l.Number, l.Month, l.Market, l.Country, l.Category, l.Type, l.Tier, itoa(l.Volume), l.Currency, money(l.Rate), money(l.Amount)}}
		},
	}
}

// ledgerRoutes serves a book at its name, as CSV and as JSON lines. ?bodies=no
// leaves the bodies of deliveries away.
func ledgerRoutes[T any](mux *http.ServeMux, l ledger[T]) {
	get(mux, l.name, func(r *http.Request) (any, error) { return l.asked(r) })
	ledgerFiles(mux, l)
}

func (l ledger[T]) asked(r *http.Request) ([]T, error) {
	f, err := filterOf(r)
	if err != nil {
		return nil, err
	}
	list := l.find(f)
	if ds, ok := any(list).([]Delivery); ok && r.FormValue("bodies") == "no" {
		for i := range ds {
			ds[i].Body = ""
		}
	}
	return list, nil
}

func ledgerFiles[T any](mux *http.ServeMux, l ledger[T]) {
	for ending, write := range map[string]func(io.Writer, []T) error{"csv": l.writeCSV, "jsonl": writeLines[T]} {
		kind := map[string]string{"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}[ending]
		mux.HandleFunc("GET /_emulator/"+l.name+"."+ending, func(w http.ResponseWriter, r *http.Request) {
			list, err := l.asked(r)
			if err != nil {
				writeError(w, http.StatusBadRequest, err)
				return
			}
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Content-Disposition", `attachment; filename="`+l.name+"."+ending+`"`)
			_ = write(w, list) // A caller that has hung up reads nothing.
		})
	}
}

func (l ledger[T]) writeCSV(w io.Writer, list []T) error {
	out := csv.NewWriter(w)
	rows := [][]string{strings.Fields(l.head)}
	for _, v := range list {
		rows = append(rows, l.rows(v)...)
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = harmless(cell)
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write %s: %w", l.name, err)
	}
	return nil
}

// harmless keeps a spreadsheet from taking what a caller wrote for a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func writeLines[T any](w io.Writer, list []T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, v := range list {
		if err := enc.Encode(v); err != nil {
			return fmt.Errorf("write line: %w", err)
		}
	}
	return nil
}

// WriteInvoice writes the invoice as CSV.
func (e *Emulator) WriteInvoice(w io.Writer) error {
	l := invoiceLedger(e)
	return l.writeCSV(w, l.find(Filter{}))
}

// Book is the sum of all books. The counters are of everything that ever
// happened; what is counted by kind is of what is still kept and fits the filter.
type Book struct {
	Counters Counters `json:"counters"`
	// Kept is how many entries are kept and fit.
	Kept             map[string]int   `json:"kept"`
	ArrivalsByCode   map[string]int   `json:"arrivals_by_code"`
	ArrivalsByType   map[string]int   `json:"arrivals_by_type"`
	BreachesByRule   map[string]int   `json:"breaches_by_rule"`
	DeliveriesState  map[string]int   `json:"deliveries_by_state"`
	UpdatesByField   map[string]int   `json:"updates_by_field"`
	TriesByHTTP      map[string]int   `json:"tries_by_http"`
	Invoiced         int              `json:"invoiced_messages"`
	AmountByCurrency map[string]int64 `json:"amount_micros_by_currency"`
}

// Book sums up.
func (e *Emulator) Book(f Filter) Book {
	f.Limit = 0
	b := Book{
		Counters: e.Counters(), Kept: map[string]int{}, ArrivalsByCode: map[string]int{}, ArrivalsByType: map[string]int{}, BreachesByRule: map[string]int{},
		DeliveriesState: map[string]int{}, UpdatesByField: map[string]int{}, TriesByHTTP: map[string]int{}, AmountByCurrency: map[string]int64{},
	}
	for _, l := range e.FindInvoice(f) {
		b.Invoiced += l.Volume
		if l.Amount != nil {
			b.AmountByCurrency[l.Currency] += *l.Amount
		}
	}
	e.enter()
	defer e.mu.Unlock()
	for a := range e.book.arrivals.all {
		if f.arrival(a) {
			b.Kept["arrivals"]++
			b.ArrivalsByCode[itoa(a.Code)]++
			b.ArrivalsByType[cmp.Or(a.Type, "unknown")]++
		}
	}
	for x := range e.book.breaches.all {
		if f.breach(x) {
			b.Kept["breaches"]++
			b.BreachesByRule[x.Rule]++
		}
	}
	for d := range e.book.deliveries.all {
		if !f.delivery(d) {
			continue
		}
		b.Kept["deliveries"]++
		b.DeliveriesState[d.State]++
		for _, field := range d.Fields {
			b.UpdatesByField[field]++
		}
		for _, t := range d.Tries {
			b.TriesByHTTP[itoa(t.HTTP)]++
		}
	}
	return b
}
