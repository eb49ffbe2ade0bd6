package metaemu

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wasl/metaemu/wire"
)

// How many elements a list shows when nothing is said, and at most (OpenAPI
// document v23, parameter limit, Nov 2025).
const (
	pageDefault = 25
	pageMax     = 100
)

// A row is one element of a list. Its key does not change, so that a cursor
// still fits after rows before it have gone.
type row struct {
	key  string
	json []byte
	late func() []byte // makes json when the row is shown, where that is dear
}

// page answers a list by the parameters limit, after and before, with cursors
// and, where there is more, next and previous.
func (e *Emulator) page(c *call, rows []row) answer {
	o, f := pageOf(c, rows)
	if f != nil {
		return e.refuse(f)
	}
	return answer{http: http.StatusOK, body: o.Bytes()}
}

// pageOf is one page of a list, for who adds to it.
func pageOf(c *call, rows []row) (*wire.Object, *failure) {
	limit := pageDefault
	if v := c.query("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return nil, badParameter("Param limit must be a positive integer.")
		}
		limit = min(n, pageMax)
	}
	from, to := 0, min(limit, len(rows))
	switch after, before := c.query("after"), c.query("before"); {
	case after != "":
		i, ok := rowAt(rows, after)
		if !ok {
			return nil, badCursor()
		}
		from = min(i.next, len(rows))
		to = min(from+limit, len(rows))
	case before != "":
		i, ok := rowAt(rows, before)
		if !ok {
			return nil, badCursor()
		}
		to = min(i.at, len(rows))
		from = max(0, to-limit)
	}
	var o wire.Object
	data := make([][]byte, 0, to-from)
	for _, r := range rows[from:to] {
		if r.late != nil {
			r.json = r.late()
		}
		data = append(data, r.json)
	}
	o.List("data", data...)
	if len(data) == 0 {
		return &o, nil
	}
	first, last := cursorOf(from, rows[from].key), cursorOf(to-1, rows[to-1].key)
	var p, cursors wire.Object
	p.Obj("cursors", cursors.Str("before", first).Str("after", last))
	if to < len(rows) {
		p.Str("next", c.linkTo(limit, "after", last))
	}
	if from > 0 {
		p.Str("previous", c.linkTo(limit, "before", first))
	}
	return o.Obj("paging", &p), nil
}

func badCursor() *failure { return badParameter("Invalid cursors values") }

// cursorOf names a row by its key and, in case it goes, by its place.
func cursorOf(i int, key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(itoa(i) + ":" + key))
}

type place struct{ at, next int }

func rowAt(rows []row, cursor string) (place, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(cursor, "="))
	if err != nil {
		return place{}, false
	}
	at, key, ok := strings.Cut(string(raw), ":")
	n, err := strconv.Atoi(at)
	if !ok || err != nil || n < 0 {
		return place{}, false
	}
	if i := slices.IndexFunc(rows, func(r row) bool { return r.key == key }); i >= 0 {
		return place{i, i + 1}, true
	}
	return place{n, n}, true // the row has gone: what followed has moved up
}

// linkTo is the address of another page. It leads back to where the caller came
// from, with what it asked by the query and without its token.
func (c *call) linkTo(limit int, key, cursor string) string {
	q := url.Values{}
	for k, v := range c.asked {
		if k != "access_token" && k != "after" && k != "before" {
			q[k] = v
		}
	}
	q.Set("limit", itoa(limit))
	q.Set(key, cursor)
	return c.base + "/v" + itoa(c.version) + ".0/" + strings.Trim(c.node+"/"+c.edge, "/") + "?" + q.Encode()
}
