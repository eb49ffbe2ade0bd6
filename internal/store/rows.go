package store

import (
	"context"
	"strings"
	"sync"
)

// rowChunks are how many rows one insert carries: a few sizes, so that few
// statements need preparing.
var rowChunks = []int{128, 16, 4, 1}

// insertRows inserts rows with as few statements as possible. head is
// "INSERT INTO t (a, b)", tail what follows the values, such as
// "ON CONFLICT DO NOTHING". It returns how many rows were written.
func (t *tx) insertRows(ctx context.Context, head, tail string, rows [][]any) (int64, error) {
	var written int64
	for len(rows) > 0 {
		n := 1
		for _, c := range rowChunks {
			if c <= len(rows) && c*len(rows[0]) <= t.d.maxParams() {
				n = c
				break
			}
		}
		w, err := t.exec(ctx, t.insertSQL(head, tail, n, len(rows[0])), flatten(rows[:n])...)
		if err != nil {
			return written, err
		}
		written += w
		rows = rows[n:]
	}
	return written, nil
}

// insertSQL returns the statement for so many rows. It is made once: SQLite's
// statements are found by their text.
func (t *tx) insertSQL(head, tail string, rows, cols int) string {
	k := insertKey{t.d.name(), head, tail, rows, cols}
	if s, ok := insertTexts.Load(k); ok {
		return s.(string)
	}
	s := t.composeInsert(head, tail, rows, cols)
	insertTexts.Store(k, s)
	return s
}

type insertKey struct {
	dialect, head, tail string
	rows, cols          int
}

// insertTexts holds the few texts there are.
var insertTexts sync.Map

func (t *tx) composeInsert(head, tail string, rows, cols int) string {
	var b strings.Builder
	b.Grow(len(head) + len(tail) + rows*cols*6)
	b.WriteString(head)
	b.WriteString(" VALUES ")
	p := 1
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range cols {
			if c > 0 {
				b.WriteByte(',')
			}
			b.WriteString(t.d.placeholder(p))
			p++
		}
		b.WriteByte(')')
	}
	b.WriteByte(' ')
	b.WriteString(tail)
	return b.String()
}

func flatten(rows [][]any) []any {
	out := make([]any, 0, len(rows)*len(rows[0]))
	for _, r := range rows {
		out = append(out, r...)
	}
	return out
}
