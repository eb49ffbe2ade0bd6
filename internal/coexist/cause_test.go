package coexist_test

import (
	"testing"
	"time"

	"wasl/internal/coexist"
)

func TestCauseOfStage(t *testing.T) {
	tests := []struct {
		name              string
		event, reason, by string
		want              coexist.Cause
	}{
		{"the phone was silent for too long", coexist.Removed, "PRIMARY_INACTIVITY", "SYSTEM", coexist.Cause{Code: "PRIMARY_INACTIVITY", Agent: coexist.ByMeta, Todo: coexist.SignUpAgain}},
		{"the companion was silent for too long", coexist.Removed, "COMPANION_INACTIVITY", "SYSTEM", coexist.Cause{Code: "COMPANION_INACTIVITY", Agent: coexist.ByMeta, Todo: coexist.SignUpAgain}},
		{"the owner went to the consumer app", coexist.Removed, "BUSINESS_DOWNGRADE", "USER", coexist.Cause{Code: "BUSINESS_DOWNGRADE", Agent: coexist.ByOwner, Todo: coexist.ReturnToApp}},
		{"the owner changed the number", coexist.Removed, "CHANGE_NUMBER", "USER", coexist.Cause{Code: "CHANGE_NUMBER", Agent: coexist.ByOwner, Todo: coexist.OtherNumber}},
		{"registered on a new phone", coexist.Removed, "USER_RE_REGISTERED", "USER", coexist.Cause{Code: "USER_RE_REGISTERED", Agent: coexist.ByPhone, Todo: coexist.SignUpAgain}},
		{"Meta enforced its rules", coexist.Removed, "ACCOUNT_DISCONNECTED", "SYSTEM", coexist.Cause{Code: "ACCOUNT_DISCONNECTED", Agent: coexist.ByMeta, Todo: coexist.AskMeta}},
		{"the owner deleted the account", coexist.Removed, "ACCOUNT_DISCONNECTED", "USER", coexist.Cause{Code: "ACCOUNT_DISCONNECTED", Agent: coexist.ByOwner, Todo: coexist.SignUpAgain}},
		{"a reason nobody has heard of", coexist.Removed, "NEW_REASON", "", coexist.Cause{Code: "NEW_REASON", Agent: coexist.ByUnknown, Todo: coexist.SignUpAgain}},
		{"removed without a reason", coexist.Removed, "", "", coexist.Cause{Code: coexist.Removed, Agent: coexist.ByUnknown, Todo: coexist.SignUpAgain}},
		{"our app was uninstalled", coexist.Uninstalled, "", "", coexist.Cause{Code: coexist.Uninstalled, Agent: coexist.ByUnknown, Todo: coexist.SignUpAgain}},
		{"the WABA was deleted", coexist.Deleted, "", "", coexist.Cause{Code: coexist.Deleted, Agent: coexist.ByUnknown, Todo: coexist.SignUpAgain}},
		{"a phone change waits for the phone", coexist.Offboarded, "", "", coexist.Cause{Code: coexist.Offboarded, Agent: coexist.ByPhone, Todo: coexist.FinishPhone}},
		{"a number that is back has no cause", coexist.Reconnected, "", "", coexist.Cause{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := coexist.Standing{Stage: coexist.Live, At: start, By: coexist.Onboarded}
			s = s.After(coexist.News{Event: tt.event, At: start.Add(time.Hour), Reason: tt.reason, Agent: tt.by})
			if got := s.Cause(); got != tt.want {
				t.Errorf("Cause() = %+v, want %+v", got, tt.want)
			}
		})
	}
}

// News of the same second and stage may differ in what it tells: which of it
// stands must not depend on what came first.
func TestCauseInEitherOrder(t *testing.T) {
	at := start.Add(time.Hour)
	news := []coexist.News{
		{Event: coexist.Removed, At: at},
		{Event: coexist.Removed, At: at, Reason: "CHANGE_NUMBER", Agent: "USER"},
		{Event: coexist.Uninstalled, At: at},
	}
	for _, order := range permutations(news) {
		s := coexist.Standing{Stage: coexist.Live, At: start, By: coexist.Onboarded}
		for _, n := range order {
			s = s.After(n)
		}
		if got := s.Cause(); got.Code != "CHANGE_NUMBER" || got.Agent != coexist.ByOwner {
			t.Errorf("told as %v: cause = %+v, want the reason that was given", order, got)
		}
	}
}
