package httpapi

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"wasl/internal/clock"
	"wasl/internal/desk"
	"wasl/internal/fault"
	"wasl/internal/wa"
)

// Page is one page of a list.
type Page[T any] struct {
	Data []T     `json:"data"`
	Next *string `json:"next" nullable:"true" doc:"pass it back to get the next page; null at the end"`
}

// pageOf cuts a list, asked for with one more than the limit, to the limit, and says
// where the next page begins.
func pageOf[S, T any](list []S, limit int, shape func(S) T, next func(last S) string) Page[T] {
	p := Page[T]{Data: make([]T, 0, len(list))}
	if len(list) > limit {
		list = list[:limit]
		p.Next = new(next(list[limit-1]))
	}
	for _, x := range list {
		p.Data = append(p.Data, shape(x))
	}
	return p
}

// cursor is a mark as it travels: opaque to everybody else.
func cursor(m desk.Mark) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d|%s|%s", clock.Micros(m.At), m.Dir, m.ID))
}

// markOf reads a cursor; an empty one is the beginning.
func markOf(name, s string) (desk.Mark, error) {
	if s == "" {
		return desk.Mark{}, nil
	}
	bad := fault.Of(fault.CodeParameterInvalid).Saying("%s: must be a cursor that an earlier page gave.", name)
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return desk.Mark{}, bad
	}
	parts := strings.SplitN(string(raw), "|", 3)
	if len(parts) != 3 || parts[2] == "" {
		return desk.Mark{}, bad
	}
	us, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || us < 0 || strings.ContainsRune(parts[1]+parts[2], 0) {
		return desk.Mark{}, bad
	}
	return desk.Mark{At: clock.FromMicros(us), Dir: wa.Direction(parts[1]), ID: parts[2]}, nil
}

// moment is a time as it travels: null if there is none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC())
}
