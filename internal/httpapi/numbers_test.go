package httpapi_test

import (
	"net/http"
	"testing"
	"time"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/httpapi"
)

// TestPhoneSeen: what proves the phone's life is told with what it is worth, and
// whoever holds the phone can say that it was opened.
func TestPhoneSeen(t *testing.T) {
	w := newWorld(t)
	agent := w.session("agent@example.test", auth.Agent)
	path := "/v1/numbers/" + string(w.number)
	look := func() httpapi.Heartbeat {
		t.Helper()
		n := want[httpapi.Number](t, w.do(request{method: "GET", path: path, token: agent}), http.StatusOK)
		if n.Heartbeat == nil {
			t.Fatal("a number on a phone has no heartbeat")
		}
		return *n.Heartbeat
	}
	set := func(sure, came time.Duration) {
		ago := func(d time.Duration) int64 {
			if d == 0 {
				return 0
			}
			return clock.Micros(clock.Now().Add(-d))
		}
		w.Exec("UPDATE number SET sure_at = $3, onboarded_at = $4 WHERE business_id = $1 AND id = $2", string(w.Business), string(w.number), ago(sure), ago(came))
	}
	day := 24 * time.Hour
	for _, tt := range []struct {
		sure, came time.Duration
		want       string
		left       int
	}{
		{0, time.Hour, "unknown", 12}, {time.Hour, 90 * day, "well", 12}, {8 * day, 90 * day, "due", 4}, {11 * day, 90 * day, "at_risk", 1}, {20 * day, 90 * day, "overdue", 0},
	} {
		set(tt.sure, tt.came)
		if h := look(); h.Condition != tt.want || h.DaysLeft != tt.left || h.Source == "" || h.Limit.Sub(h.Until) != day {
			t.Errorf("seen %v ago: %+v, want %s with %d days left", tt.sure, h, tt.want, tt.left)
		}
	}
	if r := w.do(request{method: "POST", path: path + "/phone-seen", token: agent}); r.StatusCode != http.StatusNoContent {
		t.Fatalf("say that it was opened: %d %s", r.StatusCode, r.body)
	}
	if h := look(); h.Condition != "well" || h.Kind == nil || *h.Kind != "owner_confirmed" || h.SureAt == nil || h.SureKind == nil || *h.SureKind != "owner_confirmed" {
		t.Errorf("afterwards %+v", h)
	}
	refused(t, w.do(request{method: "POST", path: "/v1/numbers/num_none/phone-seen", token: agent}), http.StatusNotFound, "not_found")
	w.Exec("UPDATE number SET mode = 'cloud' WHERE business_id = $1 AND id = $2", string(w.Business), string(w.number))
	refused(t, w.do(request{method: "POST", path: path + "/phone-seen", token: agent}), http.StatusNotFound, "not_found")
}
