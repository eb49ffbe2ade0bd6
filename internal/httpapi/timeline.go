package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wasl/internal/auth"
	"wasl/internal/desk"
	"wasl/internal/fault"
	"wasl/internal/wa"
)

// Happening is one thing that happened to a Number.
type Happening struct {
	Seq     string     `json:"seq" doc:"its place in the journal"`
	Kind    wa.Kind    `json:"kind" doc:"number.changed, account.changed, history.declined, error.reported"`
	At      time.Time  `json:"at" doc:"when it happened, by Meta's clock if it was there"`
	KnownAt time.Time  `json:"known_at" doc:"when it became known here"`
	Field   string     `json:"field" doc:"what it is about: stage, onboarding, sync_history, sync_contacts, heartbeat, echo_gap, or the webhook field; may be empty"`
	Event   string     `json:"event" doc:"what happened to it"`
	Reason  string     `json:"reason" doc:"why, or the new value; may be empty"`
	Code    int        `json:"code" doc:"Meta's error code, 0 if none"`
	Count   int        `json:"count" doc:"how many, or which reminder it was; 0 if that says nothing"`
	By      string     `json:"by" doc:"a person's id, USER or SYSTEM; empty if nobody is named"`
	ByName  string     `json:"by_name" doc:"the person's name"`
	Until   *time.Time `json:"until" nullable:"true" doc:"by when something has to be done"`
}

type (
	timelineInput struct {
		ID    string `path:"id" maxLength:"100"`
		After string `query:"after" maxLength:"20" doc:"the cursor that the page before gave"`
		Limit int    `query:"limit" minimum:"1" maximum:"200" default:"30"`
	}
	timelineBody struct{ Body Page[Happening] }
)

func (a *API) registerTimeline() {
	operate(a, auth.May(auth.Agent, auth.ReadScope), huma.Operation{
		OperationID: "number_timeline", Method: http.MethodGet, Path: "/v1/numbers/{id}/timeline", Summary: "What happened to a number, the latest first",
		Description: "Onboarding, syncs, stages, what Meta said of quality and limits, restrictions, stops, reminders to open the app, echoes that are missing. No messages.",
		Tags:        []string{"Numbers"}, Errors: []int{http.StatusNotFound},
	}, a.timeline)
}

func (a *API) timeline(ctx context.Context, in *timelineInput) (*timelineBody, error) {
	before := int64(0)
	if in.After != "" {
		seq, err := strconv.ParseInt(in.After, 10, 64)
		if err != nil || seq < 1 {
			return nil, fault.Of(fault.CodeParameterInvalid).Saying("after: must be a cursor that an earlier page gave.")
		}
		before = seq
	}
	c := callerOf(ctx)
	list, err := a.Desk.Timeline(ctx, c.Business, wa.NumberID(in.ID), wa.Seq(before), in.Limit+1)
	if err != nil {
		return nil, err
	}
	page := pageOf(list, in.Limit, happening, func(h desk.Happening) string { return strconv.FormatInt(int64(h.Seq), 10) })
	return &timelineBody{Body: page}, nil
}

func happening(h desk.Happening) Happening {
	at := h.Facts.HappenedAt
	if at.IsZero() {
		at = h.At
	}
	return Happening{
		Seq: strconv.FormatInt(int64(h.Seq), 10), Kind: h.Kind, At: at.UTC(), KnownAt: h.At.UTC(), Field: h.Facts.Field, Event: h.Facts.Event,
		Reason: h.Facts.Reason, Code: h.Facts.Code, Count: h.Facts.Count, By: h.Facts.By, ByName: h.ByName, Until: moment(h.Facts.Until),
	}
}
