package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/internal/desk"
	"wasl/internal/wa"
)

var _ = add("operations", operations)

func operations(t *testing.T, open Open) {
	t.Run("deliveries", deliveries(open))
	t.Run("lags", lags(open))
}

func deliveries(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		for i, state := range []string{"split", "parked", "unknown", "split", "parked"} {
			body := []byte(`{"é":1}`)
			s.Exec("INSERT INTO delivery_body (delivery_id, body) VALUES ($1, $2)", fmt.Sprint("dlv_", i), body)
			s.Exec(`INSERT INTO delivery (id, node, received_at, app, sha256, size, state, items, unknown, reason, exceptions)
				VALUES ($1, 'n', $2, 'app', $3, $4, $5, 3, 1, 'r', $6)`,
				fmt.Sprint("dlv_", i), Noon.UnixMicro(), []byte{1}, len(body), state,
				`[{"item":0,"field":"messages","kind":"received","state":"parked","reason":"x","business_id":"biz_1"},{"item":1,"kind":"k","state":"noted","reason":"y"}]`)
		}
		ids := func(state string, after wa.DeliveryID, limit int) (out []wa.DeliveryID) {
			list, err := s.DB.Deliveries(t.Context(), state, after, limit)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range list {
				out = append(out, d.ID)
			}
			return out
		}
		for _, tt := range []struct {
			name, state string
			after       wa.DeliveryID
			limit       int
			want        []wa.DeliveryID
		}{
			{"all, newest first", "", "", 10, []wa.DeliveryID{"dlv_4", "dlv_3", "dlv_2", "dlv_1", "dlv_0"}},
			{"a page", "", "dlv_3", 2, []wa.DeliveryID{"dlv_2", "dlv_1"}},
			{"of a state", "parked", "", 10, []wa.DeliveryID{"dlv_4", "dlv_1"}},
			{"of a state, a page", "parked", "dlv_4", 10, []wa.DeliveryID{"dlv_1"}},
		} {
			if diff := cmp.Diff(tt.want, ids(tt.state, tt.after, tt.limit)); diff != "" {
				t.Errorf("%s: (-want +got)\n%s", tt.name, diff)
			}
		}
		got, err := s.DB.Delivery(t.Context(), "dlv_2")
		want := desk.Delivery{
			ID: "dlv_2", ReceivedAt: Noon, Bytes: 8, State: "unknown", App: "app", Items: 3, Unknown: 1, Reason: "r", Body: []byte(`{"é":1}`),
			Fragments: []desk.Fragment{
				{Business: "biz_1", Field: "messages", Kind: "received", State: "parked", Reason: "x"},
				{Kind: "k", State: "noted", Reason: "y"},
			},
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("delivery, %v: (-want +got)\n%s", err, diff)
		}
		if _, err := s.DB.Delivery(t.Context(), "dlv_9"); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("unknown delivery: %v, want ErrNotFound", err)
		}
	}
}

func lags(open Open) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t).Plant(t, "one")
		ctx := t.Context()
		for range 3 {
			s.Number("riyadh") // three entries
		}
		other := s.Plant(t, "two")
		for _, err := range []error{
			s.DB.Advance(ctx, s.Business, "bot", 1, 0),
			s.DB.Advance(ctx, s.Business, "ledger", 3, 0),
			s.DB.Park(ctx, s.Business, "bot", 1, "why", 5, Noon),
			s.DB.Park(ctx, other.Business, "crm", 7, "gone", 1, Noon.Add(time.Second)),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.DB.Lags(ctx)
		want := []desk.Lag{
			{Reaction: "bot", Business: s.Business, Seq: 1, Behind: 2, Parked: []desk.Parked{{Seq: 1, Reason: "why", Tries: 5, At: Noon}}},
			{Reaction: "ledger", Business: s.Business, Seq: 3},
			{Reaction: "crm", Business: other.Business, Parked: []desk.Parked{{Seq: 7, Reason: "gone", Tries: 1, At: Noon.Add(time.Second)}}},
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("lags, %v: (-want +got)\n%s", err, diff)
		}
	}
}
