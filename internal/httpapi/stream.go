package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/fault"
	"wasl/internal/realtime"
	"wasl/internal/wa"
)

const (
	// streamBeat keeps proxies from closing a stream in which nothing happens.
	streamBeat = 15 * time.Second
	// streamCheck is how often it is asked whether the listener may still be here:
	// reliability T15 allows 5 s from signing out to the end of the stream.
	streamCheck = 3 * time.Second
	// streamWrite is how long one write may take; whoever is slower is cut off, and
	// resumes.
	streamWrite = 10 * time.Second
)

// Event is one entry of the stream: ids and facts, never text.
type Event struct {
	Seq            string    `json:"seq"`
	At             time.Time `json:"at"`
	Kind           wa.Kind   `json:"kind"`
	NumberID       *string   `json:"number_id" nullable:"true"`
	ConversationID *string   `json:"conversation_id" nullable:"true"`
	ContactID      *string   `json:"contact_id" nullable:"true"`
	MessageID      *string   `json:"message_id" nullable:"true"`
	Facts          wa.Facts  `json:"facts"`
}

func (a *API) registerStream() {
	rule := auth.May(auth.Agent, auth.ReadScope)
	text := &huma.Schema{Type: "string"}
	a.plain(rule, huma.Operation{
		OperationID: "stream", Method: http.MethodGet, Path: "/v1/stream", Summary: "Follow what happens", Tags: []string{"Live"},
		Description: "Server-sent events. Each has the entry's place in the journal as its id, its kind as its name, and an Event as data; " +
			"resume by the header Last-Event-ID or by `after`. Without either it begins now. The event `reload` means that the " +
			"position is not kept any more: fetch everything anew; the stream goes on from its `seq`.",
		Parameters: []*huma.Param{
			{Name: "after", In: "query", Schema: text, Description: "the last entry you have"},
			{Name: "Last-Event-ID", In: "header", Schema: text, Description: "the same; wins over `after`"},
		},
		Responses: map[string]*huma.Response{"200": {
			Description: "OK",
			Content: map[string]*huma.MediaType{"text/event-stream": {
				Schema: a.huma.OpenAPI().Components.Schemas.Schema(eventType, true, "Event"),
			}},
		}},
	}, func(w http.ResponseWriter, r *http.Request) { a.stream(w, r, rule) })
}

// stream sends entries until the browser leaves, is too slow, or may no longer be
// here.
func (a *API) stream(w http.ResponseWriter, r *http.Request, rule auth.Rule) {
	ctx := r.Context()
	s := &streaming{w: w, control: http.NewResponseController(w), who: callerOf(ctx).Principal}
	sub, lost, err := a.subscribe(ctx, s.who.Business, r)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	defer func() { sub.Close() }()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	s.printf("retry: 1000\n\n")
	if lost {
		s.reload(sub.At())
	}
	checked, beat := clock.Now(), clock.Now()
	for s.err == nil {
		switch err := s.drain(ctx, sub); {
		case errors.Is(err, realtime.ErrLost):
			next, err := a.newest(ctx, s.who.Business)
			if err != nil {
				return
			}
			sub.Close()
			sub = next
			s.reload(sub.At())
		case err != nil:
			return // the browser comes back, and is told why if it stays
		}
		if !wait(ctx, sub.Ready(), checked.Add(streamCheck)) {
			return
		}
		now := clock.Now()
		if now.Sub(checked) < streamCheck {
			continue
		}
		checked = now
		if s.who, err = a.Gate.Still(ctx, s.who); err != nil || rule.Check(s.who) != nil {
			return
		}
		if now.Sub(beat) >= streamBeat {
			beat = now
			s.printf(": here\n\n")
		}
	}
}

// wait returns when there may be news, and at the latest at a time; false if ctx has
// ended.
func wait(ctx context.Context, news <-chan struct{}, until time.Time) bool {
	timer := clock.NewTimer(until.Sub(clock.Now()))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-news:
	case <-timer.C:
	}
	return true
}

// subscribe opens the place the browser asks for, or the newest if it names none or
// one that is lost.
func (a *API) subscribe(ctx context.Context, b wa.BusinessID, r *http.Request) (sub *realtime.Subscription, lost bool, err error) {
	at := r.Header.Get("Last-Event-ID")
	if at == "" {
		at = r.URL.Query().Get("after")
	}
	if at == "" {
		sub, err = a.newest(ctx, b)
		return sub, false, err
	}
	seq, err := strconv.ParseInt(at, 10, 64)
	if err != nil || seq < 0 {
		return nil, false, fault.Of(fault.CodeParameterInvalid).Saying("after: must be the seq of an entry.")
	}
	sub, err = a.Hub.Subscribe(ctx, b, wa.Seq(seq))
	if errors.Is(err, realtime.ErrLost) {
		sub, err = a.newest(ctx, b)
		return sub, true, err
	}
	return sub, false, err
}

func (a *API) newest(ctx context.Context, b wa.BusinessID) (*realtime.Subscription, error) {
	newest, _, err := a.Journal.Newest(ctx, b)
	if err != nil {
		return nil, err
	}
	return a.Hub.Subscribe(ctx, b, newest)
}

// streaming writes to one browser; the first error ends it.
type streaming struct {
	w       http.ResponseWriter
	control *http.ResponseController
	who     auth.Principal
	err     error
}

// drain sends everything there is.
func (s *streaming) drain(ctx context.Context, sub *realtime.Subscription) error {
	for s.err == nil {
		entries, err := sub.Take(ctx)
		if err != nil || len(entries) == 0 {
			return err
		}
		for _, e := range entries {
			if shown(e.Kind, s.who) {
				s.event(e)
			}
		}
		s.flush()
	}
	return s.err
}

// notForAgents are kinds of entries about accounts and templates, and what nobody has
// a word for: agents are spared them.
var notForAgents = []wa.Kind{wa.AccountChangedKind, wa.TemplateChangedKind, wa.ErrorReported, wa.UnknownKept}

// shown reports whether somebody is told of a kind of entry.
func shown(k wa.Kind, p auth.Principal) bool {
	return p.Key != "" || p.Role.AtLeast(auth.Admin) || !slices.Contains(notForAgents, k)
}

func (s *streaming) event(e wa.Entry) {
	seq := strconv.FormatInt(int64(e.Seq), 10)
	data, err := json.Marshal(Event{
		Seq: seq, At: e.At, Kind: e.Kind, NumberID: orNull(string(e.Number)), ConversationID: orNull(string(e.Conversation)),
		ContactID: orNull(string(e.Contact)), MessageID: orNull(string(e.Message)), Facts: e.Facts,
	})
	if err != nil {
		s.err = err
		return
	}
	s.write("id: %s\nevent: %s\ndata: %s\n\n", seq, e.Kind, data)
}

// reload says that entries are missing and where the stream goes on. The event has
// no id; the one after it, which no listener sees, moves the place from which the
// browser resumes.
func (s *streaming) reload(at wa.Seq) {
	s.printf("event: reload\ndata: {\"seq\":\"%d\"}\n\nid: %d\n\n", at, at)
}

func (s *streaming) printf(format string, args ...any) {
	s.write(format, args...)
	s.flush()
}

func (s *streaming) write(format string, args ...any) {
	if s.err != nil {
		return
	}
	// Not every writer has deadlines; those of tests have none.
	if err := s.control.SetWriteDeadline(clock.Now().Add(streamWrite)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		s.err = err
		return
	}
	_, s.err = fmt.Fprintf(s.w, format, args...)
}

func (s *streaming) flush() {
	if s.err == nil {
		s.err = s.control.Flush()
	}
}
