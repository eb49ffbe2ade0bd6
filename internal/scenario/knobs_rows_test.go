package scenario

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/metaemu"
)

// knobRow is a knob, or several that belong together, and how it shows on Wasl.
type knobRow struct {
	knobs          string
	before, during func(*trial)
	shows          func(s *trial, calm map[string]int) bool
	none           string // why it cannot show
	alone          bool   // not to be drawn together with others
}

func (r knobRow) turned(t *testing.T) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(r.knobs), &m); err != nil {
		t.Fatalf("%s: %v", r.knobs, err)
	}
	return m
}

func (r knobRow) name() string {
	return strings.NewReplacer(`"`, "", "{", "", "}", "").Replace(r.knobs)
}

// The words in which most effects are told.
type shows = func(s *trial, calm map[string]int) bool

func more(name string) shows {
	return func(s *trial, calm map[string]int) bool { return s.n[name] > calm[name] }
}

func fewer(name string) shows {
	return func(s *trial, calm map[string]int) bool { return s.n[name] < calm[name] }
}

func same(names ...string) shows {
	return func(s *trial, calm map[string]int) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return s.n[n] != calm[n] })
	}
}

func exactly(name string, n int) shows {
	return func(s *trial, _ map[string]int) bool { return s.n[name] == n }
}

func holding(text string) shows {
	return func(s *trial, _ map[string]int) bool { return s.holding(text) > 0 }
}

func all(list ...shows) shows {
	return func(s *trial, calm map[string]int) bool {
		for _, f := range list {
			if !f(s, calm) {
				return false
			}
		}
		return true
	}
}

// sent is that every draft has reached Meta, once.
func sent(s *trial, _ map[string]int) bool {
	return len(s.drafts) == 6 && s.rows("SELECT COUNT(*) FROM outbox_item WHERE state IN ('queued', 'held', 'sending', 'in_doubt', 'needs_person')") == 0
}

var messagesSame = same("messages", "past", "contacts")

var knobRows = []knobRow{
	{knobs: `{"duplicates":1}`, shows: all(more("repeated"), messagesSame)},
	{knobs: `{"duplicates":1,"copies":3}`, shows: func(s *trial, calm map[string]int) bool { return s.n["kept"] > 3*calm["kept"] }},
	{knobs: `{"duplicates":1,"copies_within":"30m"}`, shows: func(s *trial, _ map[string]int) bool { return s.n["kept"] > s.n["mid_kept"]+10 }},
	{knobs: `{"reorder":1}`, shows: all(messagesSame, sent)},
	{knobs: `{"reorder":1,"reorder_within":"30m"}`, shows: all(fewer("mid_kept"), same("past", "contacts"))},
	{knobs: `{"delay":"10m"}`, shows: all(fewer("mid_kept"), messagesSame)},
	{knobs: `{"batch_size":1000}`, shows: all(fewer("kept"), messagesSame)},
	{knobs: `{"batch_size":1000,"batch_wait":"1m"}`, shows: all(fewer("kept"), messagesSame)},
	{knobs: `{"drop_statuses":1}`, shows: all(exactly("reports", 0), messagesSame)},
	{knobs: `{"late_statuses":1}`, shows: same("reports")},
	{knobs: `{"late_statuses":1,"late_by":"30m"}`, shows: all(fewer("mid_reports"), same("reports"))},
	{knobs: `{"early_statuses":1}`, shows: all(more("by_status"), sent)},
	{knobs: `{"skip_delivered":1}`, shows: fewer("delivered")},
	{knobs: `{"error_before":1}`, shows: all(more("doubtful"), fewer("reports"))},
	{knobs: `{"error_after":1}`, shows: all(more("by_status"), sent)},
	{knobs: `{"lost_answers":1}`, shows: all(more("by_status"), sent)},
	{knobs: `{"throttled":1}`, shows: all(more("again"), sent)},
	{knobs: `{"slow_answers":1}`, shows: all(more("slow"), sent)},
	{knobs: `{"slow_answers":1,"slow_by":"20s"}`, shows: all(more("slow"), sent)},
	{knobs: `{"hung_answers":1}`, shows: all(more("by_status"), sent)},
	{knobs: `{"hung_answers":1,"hung_for":"5s"}`, shows: all(more("by_status"), sent)},
	{knobs: `{"throttled":1,"throttle_code":131056}`, shows: all(more("pair_limit"), sent)},
	{knobs: `{"throttled":1,"throttle_http":400}`, shows: all(more("http_400"), sent)},
	{knobs: `{"throttle_next":2}`, shows: all(exactly("again", 2), sent), alone: true},
	{knobs: `{"throttle_until":"2026-11-22T12:10:00Z"}`, shows: all(more("again"), sent), alone: true},
	{knobs: `{"throttled":1,"calls":"smb_app_data"}`, shows: all(more("sync_tries"), same("again"), sent), alone: true},
	{knobs: `{"giant":1,"giant_bytes":400000}`, shows: func(s *trial, _ map[string]int) bool { return s.n["largest"] >= 400_000 }},
	{knobs: `{"malformed":1}`, shows: all(more("odd"), messagesSame)},
	{knobs: `{"wrong_signature":1}`, shows: all(more("bad_signature"), same("kept"), messagesSame)},
	{knobs: `{"empty_entries":1}`, shows: all(more("kept"), messagesSame)},
	{knobs: `{"unknown_field":1}`, shows: all(more("unknown"), messagesSame)},
	{knobs: `{"extra_fields":1}`, shows: all(holding("something_new"), messagesSame)},
	{knobs: `{"unknown_types":1}`, shows: more("strange")},
	{knobs: `{"clock_skew":"-5m"}`, shows: func(s *trial, _ map[string]int) bool { return s.skew() <= -4*time.Minute }, alone: true},
	{knobs: `{"milli_times":true}`, shows: all(holding(`"timestamp":"17953`), messagesSame, func(s *trial, _ map[string]int) bool { return s.skew() > -time.Minute })},
	{knobs: `{"number_times":true}`, shows: all(holding(`"timestamp":1`), messagesSame, func(s *trial, _ map[string]int) bool { return s.skew() > -time.Minute })},
	{knobs: `{"reset_webhooks":0.5}`, shows: all(more("tries"), messagesSame)},
	{knobs: `{"deaf_webhooks":0.5}`, shows: all(more("repeated"), messagesSame)},
	{knobs: `{"sync_window_error":2593108}`, shows: all(exactly("too_late", 2), exactly("past", 0)), alone: true},

	{knobs: `{"upper_status":true}`, shows: all(holding(`"status":"READ"`), same("past", "past_read"))},
	{knobs: `{"no_from_me":true}`, shows: func(s *trial, calm map[string]int) bool {
		return s.holding("from_me") == 0 && same("past", "past_out")(s, calm)
	}},
	{knobs: `{"overall_progress":true}`, shows: all(more("unfinished"), same("past"))},
	{knobs: `{"oldest_first":true}`, shows: all(same("past", "past_out"), func(s *trial, _ map[string]int) bool {
		return s.rows("SELECT COUNT(*) FROM delivery_body WHERE instr(CAST(body AS TEXT), 'before') > 0 AND instr(CAST(body AS TEXT), 'before') < instr(CAST(body AS TEXT), 'oldest')") > 0
	})},
	{knobs: `{"overlap":1}`, shows: all(more("told"), same("past"))},
	{knobs: `{"empty_threads":1}`, shows: all(holding(`"messages":[]`), same("past"))},
	{knobs: `{"history_errors":1}`, shows: all(more("past_errors"), same("past"))},
	{knobs: `{"misfiled_media":1}`, shows: all(same("past", "past_out", "files"), func(s *trial, calm map[string]int) bool { return s.echoes() > len(s.people) })},
	{knobs: `{"history_delay":"30m"}`, shows: all(exactly("mid_chunks", 0), same("past"))},
	{knobs: `{"silent_sync":true}`, shows: all(exactly("past", 0), exactly("silent", 1)), alone: true},
	{knobs: `{"contact_millis":true}`, shows: same("named", "contacts")},
	{knobs: `{"no_phone":1}`, shows: func(s *trial, calm map[string]int) bool {
		return s.holding(`"from":"`+s.people[0].Digits+`"`) == 0 && messagesSame(s, calm)
	}},
	{knobs: `{"other_ninth_digit":true}`, shows: all(holding(`"551187654321"`), messagesSame)},
	{knobs: `{"named_echoes":true}`, shows: func(s *trial, calm map[string]int) bool {
		return s.rows(`SELECT COUNT(*) FROM delivery_body WHERE instr(CAST(body AS TEXT), '"message_echoes"') > 0 AND instr(CAST(body AS TEXT), '"profile"') > 0`) > 0 && messagesSame(s, calm)
	}},
	{knobs: `{"phone_statuses":true}`, shows: all(more("reports"), messagesSame)},
	{knobs: `{"api_echoes":true}`, shows: all(messagesSame, func(s *trial, _ map[string]int) bool { return s.echoes() > 2*len(s.people) })},
	{knobs: `{"wide_override":true}`, during: (*trial).override, shows: func(s *trial, _ map[string]int) bool {
		return slices.ContainsFunc(s.emu.Deliveries(), func(d metaemu.Delivery) bool {
			return strings.HasSuffix(d.URL, "/override") && slices.Contains(d.Fields, "smb_message_echoes")
		})
	}},
	{knobs: `{"late_offboarded":true}`, during: (*trial).newDevice, shows: all(exactly("live_numbers", 1), sent)},
	{knobs: `{"removed_too":true}`, during: (*trial).newDevice, shows: all(holding("PARTNER_REMOVED"), exactly("live_numbers", 1))},
	{knobs: `{"no_disconnection_info":true}`, during: (*trial).disconnected, shows: func(s *trial, _ map[string]int) bool {
		return s.n["live_numbers"] == 0 && s.holding("PARTNER_REMOVED") > 0 && s.holding("disconnection_info") == 0
	}},
	{knobs: `{"user_id_field":true}`, during: (*trial).newNumber, shows: all(holding(`"user_id_update"`), same("contacts"))},
	{knobs: `{"base64_sha":true}`, shows: all(more("sums_base64"), same("files"))},
	{knobs: `{"media_url":true}`, shows: all(same("files"), func(s *trial, _ map[string]int) bool { return s.holding(`\/whatsapp_business\/`) > 0 })},
	{knobs: `{"numeric_size":true}`, shows: same("files")},
	{knobs: `{"any_handle":true}`, none: "Wasl makes no templates yet"},
	{knobs: `{"retry_same_app":true}`, before: (*trial).brokenNeighbour, shows: all(more("mid_tries"), same("mid_repeated"))},
	{knobs: `{"signup_qr":true}`, shows: messagesSame},
	{knobs: `{"signup_event_lost":true}`, shows: func(s *trial, _ map[string]int) bool {
		return s.signup.WABAID == "" && string(s.moved.WABAID) == s.number.WABA
	}},
	{knobs: `{"signup_extra_keys":true}`, shows: messagesSame},
	{knobs: `{"signup_plain_finish":true}`, shows: messagesSame},
	{knobs: `{"signup_code_first":true}`, shows: messagesSame},
	{knobs: `{"max_body":1500}`, shows: all(more("kept"), same("past"))},
}

// skew is how far from now the newest live message of a customer seems to be.
func (s *trial) skew() time.Duration {
	s.t.Helper()
	us := s.rows("SELECT COALESCE(MIN(at), 0) FROM message WHERE provenance = 'live' AND direction = 'in'")
	return time.UnixMicro(int64(us)).Sub(time.Date(2026, 11, 22, 12, 0, 20, 0, time.UTC))
}

// echoes counts webhooks that hold echoes.
func (s *trial) echoes() int { return s.holding(`"smb_message_echoes"`) }

// override sends the webhooks of the account to another address of ours.
func (s *trial) override() {
	s.t.Helper()
	q := url.Values{"override_callback_uri": {"http://wasl.test/override"}, "verify_token": {"v"}, "access_token": {s.number.Token}}
	for _, path := range []string{"?access_token=" + url.QueryEscape(s.number.Token), "?" + q.Encode()} {
		w := httptest.NewRecorder()
		s.emu.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "http://graph.test/v25.0/"+s.number.WABA+"/subscribed_apps"+path, nil))
		if w.Code != http.StatusOK {
			s.t.Fatalf("override: HTTP %d %s", w.Code, w.Body)
		}
	}
	must(s.emu.PhoneSend(s.number.ID, s.people[0].ID, metaemu.Content{Text: "to the other address"}))(s.t)
	s.pass(time.Minute)
}

func (s *trial) newDevice() {
	s.t.Helper()
	if err := s.emu.PhoneChangeDevice(s.number.ID, true); err != nil {
		s.t.Fatal(err)
	}
	s.pass(15 * time.Minute)
}

func (s *trial) disconnected() {
	s.t.Helper()
	if err := s.emu.PhoneDisconnect(s.number.ID, "USER_RE_REGISTERED"); err != nil {
		s.t.Fatal(err)
	}
	s.pass(time.Minute)
}

func (s *trial) newNumber() {
	s.t.Helper()
	if err := s.emu.CustomerChangeNumber(s.people[2].ID, "447700900182"); err != nil {
		s.t.Fatal(err)
	}
	s.pass(time.Minute)
}

// brokenNeighbour is another app on the account, whose callback never answers
// well.
func (s *trial) brokenNeighbour() {
	s.t.Helper()
	other := must(s.emu.CreateApp(metaemu.AppSpec{Secret: "o", VerifyToken: "v", Callback: "http://nobody.test/in"}))(s.t)
	must(s.emu.SubscribeApp(s.number.WABA, other.ID))(s.t)
}
