package scenario

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	_ "modernc.org/sqlite" // the rows are counted beside the store

	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/wa"
	"wasl/metaemu"
)

// trial is a small business that moves in, talks for some minutes while knobs of
// the emulator are turned, and goes on in peace afterwards.
type trial struct {
	*spine
	raw    *sql.DB
	people []metaemu.Customer
	signup coexist.Signup
	moved  coexist.Onboarding
	said   map[string]bool // WAMIDs of what customers and the phone said live
	drafts []wa.MessageID
	n      map[string]int // what is counted, by name
}

const trialPast = `[{"with":"966500000077","messages":[{"ago":"101d","text":"before"},{"ago":"100d","text":"oldest"},{"ago":"40d","text":"older","from_me":true},
	{"ago":"3d","text":"old"},{"ago":"2d","type":"image","from_me":true}]},{"with":"966500000078","messages":[{"ago":"5d","text":"and"},{"ago":"20h","text":"yesterday"}]}]`

// tryOut runs the trial with knobs turned, and counts what it came to.
func tryOut(t *testing.T, knobs string, before, during func(*trial)) *trial {
	s := &trial{
		spine: moving(t, metaemu.NumberSpec{
			History: []byte(trialPast), Contacts: []metaemu.ContactSpec{{Digits: "966500000077", Name: "ندى"}, {Digits: "5511987654321", Name: "Ana"}},
		}),
		said: map[string]bool{}, n: map[string]int{},
	}
	s.raw = must(sql.Open("sqlite", "file:"+s.path+"?mode=ro"))(t)
	t.Cleanup(func() { _ = s.raw.Close() }) // read only
	for _, c := range []metaemu.CustomerSpec{
		{Name: "Hoda", Digits: "966500000031", ReadsAtOnce: true}, {Name: "Ana", Digits: "5511987654321"}, {Name: "Sam", Digits: "447700900181"},
	} {
		s.people = append(s.people, must(s.emu.CreateCustomer(c))(t))
	}
	if before != nil {
		before(s)
	}
	s.knobs(knobs)
	s.signup = s.popup(true)
	s.moved = s.begin(s.signup)
	s.pass(20 * time.Second)
	s.talk()
	if during != nil {
		during(s)
	}
	s.count("mid_")
	s.calm(knobs)
	s.pass(90 * time.Minute)
	s.count("")
	s.holds(t)
	return s
}

// talk is what goes on while the knobs are turned.
func (s *trial) talk() {
	hear := func(wamid string, err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
		s.said[wamid] = true
	}
	for i, c := range s.people {
		hear(s.emu.CustomerSend(c.ID, s.number.ID, metaemu.Content{Text: fmt.Sprint("question ", i)}))
		s.pass(time.Second)
		hear(s.emu.CustomerSend(c.ID, s.number.ID, metaemu.Content{Type: "image"}))
		hear(s.emu.PhoneSend(s.number.ID, c.ID, metaemu.Content{Text: fmt.Sprint("answer ", i)}))
		s.pass(time.Second)
	}
	if err := s.emu.PhoneContact(s.number.ID, metaemu.ContactSpec{Digits: s.people[0].Digits, Name: "Hoda the baker"}, false); err != nil {
		s.t.Fatal(err)
	}
	// The agent's answers; where the customers are not known yet, a little later.
	for range 40 {
		if len(s.live()) >= len(s.people) {
			break
		}
		s.pass(15 * time.Second)
	}
	for _, c := range s.live() {
		for range 2 {
			if r, err := s.box.Submit(s.t.Context(), s.draft(c)); err == nil {
				s.drafts = append(s.drafts, r.Message)
			}
		}
	}
	s.pass(3 * time.Minute)
}

// live are the conversations whose window is open.
func (s *trial) live() (open []desk.Conversation) {
	for _, c := range must(s.db.Conversations(s.t.Context(), s.business, desk.Filter{Limit: 100, Now: time.Now()}))(s.t) {
		if c.Window.Open(time.Now(), time.Hour) {
			open = append(open, c)
		}
	}
	return open
}

// calm turns the knobs back.
func (s *trial) calm(knobs string) {
	var turned map[string]json.RawMessage
	if err := json.Unmarshal([]byte(knobs), &turned); err != nil {
		s.t.Fatal(err)
	}
	for _, k := range s.emu.Knobs() {
		if _, ok := turned[k.Name]; ok {
			turned[k.Name] = k.Default
		}
	}
	if err := s.emu.TurnKnobs(turned); err != nil {
		s.t.Fatal(err)
	}
}

func (s *trial) rows(query string, args ...any) (n int) {
	s.t.Helper()
	if err := s.raw.QueryRow(query, args...).Scan(&n); err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// holding counts deliveries that hold a text, as Meta sent them.
func (s *trial) holding(text string) int {
	return s.rows("SELECT COUNT(*) FROM delivery_body WHERE instr(CAST(body AS TEXT), ?) > 0", text)
}

// counted are the figures that are taken of every trial.
var counted = map[string]string{
	"kept":         "SELECT COUNT(*) FROM delivery",
	"largest":      "SELECT COALESCE(MAX(size), 0) FROM delivery",
	"empty":        "SELECT COUNT(*) FROM delivery WHERE items = 0 AND state = 'split'",
	"odd":          "SELECT COUNT(*) FROM delivery WHERE state IN ('unknown', 'parked')",
	"repeated":     "SELECT COALESCE(SUM(duplicates), 0) FROM delivery",
	"unknown":      "SELECT COALESCE(SUM(unknown), 0) FROM delivery",
	"messages":     "SELECT COUNT(*) FROM message",
	"past":         "SELECT COUNT(*) FROM message WHERE provenance = 'history'",
	"past_out":     "SELECT COUNT(*) FROM message WHERE provenance = 'history' AND direction = 'out'",
	"past_errors":  "SELECT COUNT(*) FROM message WHERE provenance = 'history' AND type IN ('errors', 'unsupported')",
	"past_read":    "SELECT COUNT(*) FROM message WHERE provenance = 'history' AND direction = 'out' AND status = 'read'",
	"chunks":       "SELECT COUNT(*) FROM history_chunk",
	"told":         "SELECT COALESCE(SUM(messages), 0) FROM history_chunk",
	"unfinished":   "SELECT COUNT(*) FROM history_chunk WHERE progress < 100",
	"strange":      "SELECT COUNT(*) FROM message WHERE provenance = 'live' AND direction = 'in' AND type NOT IN ('text', 'image')",
	"attempts":     "SELECT COUNT(*) FROM attempt",
	"again":        "SELECT COUNT(*) FROM attempt WHERE outcome = 'again'",
	"by_status":    "SELECT COUNT(*) FROM attempt WHERE evidence = 'status'",
	"slow":         "SELECT COUNT(*) FROM attempt WHERE answered_at - started_at > 9000000",
	"unanswered":   "SELECT COUNT(*) FROM attempt WHERE answered_at = 0 AND outcome IS NOT NULL",
	"pair_limit":   "SELECT COUNT(*) FROM attempt WHERE code = 131056",
	"http_400":     "SELECT COUNT(*) FROM attempt WHERE http = 400",
	"delivered":    "SELECT COUNT(*) FROM status_report WHERE wire = 'delivered'",
	"reports":      "SELECT COUNT(*) FROM status_report",
	"contacts":     "SELECT COUNT(*) FROM contact",
	"no_phone":     "SELECT COUNT(*) FROM contact WHERE phone = ''",
	"named":        "SELECT COUNT(*) FROM contact WHERE book_name = 'Hoda the baker'",
	"doubtful":     "SELECT COUNT(*) FROM outbox_item WHERE state IN ('in_doubt', 'needs_person')",
	"files":        "SELECT COUNT(*) FROM message_file WHERE state = 'stored'",
	"sums_base64":  "SELECT COUNT(*) FROM message_file WHERE length(told_sum) = 44",
	"sync_tries":   "SELECT COALESCE(MAX(tries), 0) FROM phone_sync",
	"too_late":     "SELECT COUNT(*) FROM phone_sync WHERE state = 'too_late'",
	"silent":       "SELECT COUNT(*) FROM phone_sync WHERE state = 'silent'",
	"complete":     "SELECT COUNT(*) FROM phone_sync WHERE state IN ('complete', 'quiet', 'arriving')",
	"notices":      "SELECT COUNT(*) FROM notice WHERE kind = 'system_noticed'",
	"live_numbers": "SELECT COUNT(*) FROM number WHERE stage = 'live'",
}

func (s *trial) count(prefix string) {
	for name, query := range counted {
		s.n[prefix+name] = s.rows(query)
	}
	s.n[prefix+"bad_signature"] = int(s.door.Counts.BadSignature.Load())
	for _, d := range s.emu.Deliveries() {
		s.n[prefix+"tries"] += len(d.Tries)
	}
	s.n[prefix+"asked"] = len(s.calls.to("smb_app_data"))
}

// holds are the promises that no knob may break.
func (s *trial) holds(t *testing.T) {
	t.Helper()
	for wamid := range s.said {
		if n := s.rows("SELECT COUNT(*) FROM message WHERE wamid = ?", wamid); n != 1 {
			t.Errorf("%s stands %d times, want once", wamid, n)
		}
	}
	taken := map[string]int{}
	for _, a := range s.emu.Arrivals() {
		if a.WAMID != "" {
			taken[a.Opaque]++
		}
	}
	for opaque, n := range taken {
		if n > 1 {
			t.Errorf("%s was sent %d times", opaque, n)
		}
	}
	if b := s.emu.HardBreaches(); len(b) > 0 {
		t.Errorf("breaches: %+v", b)
	}
	if n := s.rows(`SELECT COUNT(*) FROM attempt a JOIN attempt b ON b.business_id = a.business_id AND b.item_id = a.item_id AND b.n > a.n
		WHERE a.outcome IN ('in_doubt', 'accepted')`); n > 0 {
		t.Errorf("%d sends were made again that were in doubt or accepted", n)
	}
	if n := s.rows(`SELECT COUNT(*) FROM conversation c WHERE c.opened_at > 0 AND NOT EXISTS
		(SELECT 1 FROM message m WHERE m.conversation_id = c.id AND m.provenance = 'live' AND m.direction = 'in')`); n > 0 {
		t.Errorf("the past opened %d windows", n)
	}
	if gap := s.rows("SELECT COALESCE(MAX(seq), 0) - COUNT(*) FROM journal"); gap != 0 {
		t.Errorf("the journal has %d gaps", gap)
	}
	if o := must(s.db.Onboarding(t.Context(), s.business, s.moved.ID))(t); o.Step != coexist.Onboard {
		t.Errorf("onboarding = %+v", o)
	}
	if n := s.asked(); n["history"] > 1 && s.n["sync_tries"] < 2 {
		t.Errorf("syncs were asked for %v times without need", n)
	}
}

// TestEveryKnobOnWasl turns each knob of the emulator with Wasl attached: its
// effect shows, and nothing that Wasl promises breaks. A knob that is new needs a
// row.
func TestEveryKnobOnWasl(t *testing.T) {
	var calm map[string]int
	synctest.Test(t, func(t *testing.T) { calm = tryOut(t, `{}`, nil, nil).n })
	known := map[string]bool{}
	for _, r := range knobRows {
		for name := range r.turned(t) {
			known[name] = true
		}
		t.Run(r.name(), func(t *testing.T) {
			if r.none != "" {
				t.Log("no effect on Wasl: " + r.none)
				return
			}
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := tryOut(t, r.knobs, r.before, r.during)
				if !r.shows(s, calm) {
					t.Errorf("it does not show; differences from a calm day: %v", differences(calm, s.n))
				}
			})
		})
	}
	for _, k := range metaemu.New(metaemu.Config{}).Knobs() {
		if !known[k.Name] {
			t.Errorf("the knob %s has no row", k.Name)
		}
	}
}

func differences(calm, got map[string]int) (list []string) {
	for _, k := range slices.Sorted(maps.Keys(got)) {
		if got[k] != calm[k] {
			list = append(list, fmt.Sprintf("%s %d→%d", k, calm[k], got[k]))
		}
	}
	return list
}

// TestKnobsTogetherOnWasl turns several at once, drawn by a seed: what Wasl
// promises holds under all of them.
func TestKnobsTogetherOnWasl(t *testing.T) {
	seeds, from := 12, uint64(1)
	if v, err := strconv.ParseUint(os.Getenv("WASL_SEED"), 10, 64); err == nil {
		from = v
	}
	for i := range seeds {
		seed := from + uint64(i)
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			knobs := drawn(t, seed)
			t.Log(knobs)
			synctest.Test(t, func(t *testing.T) { tryOut(t, knobs, nil, nil) })
		})
	}
}

// TestPresetsOnWasl: under each preset Wasl keeps its promises, and when it is
// calm again nothing is left undone.
func TestPresetsOnWasl(t *testing.T) {
	for _, p := range metaemu.Presets() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			knobs, err := json.Marshal(p.Knobs)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				s := tryOut(t, string(knobs), nil, nil)
				if n := s.rows("SELECT COUNT(*) FROM outbox_item WHERE state IN ('queued', 'sending')"); n > 0 {
					t.Errorf("%d sends are still waiting", n)
				}
			})
		})
	}
}

// drawn are some of the rows' knobs, together.
func drawn(t *testing.T, seed uint64) string {
	mix := map[string]json.RawMessage{}
	x := seed*2654435761 + 1
	for range 5 {
		x = x*6364136223846793005 + 1442695040888963407
		r := knobRows[int(x>>33)%len(knobRows)]
		if r.before != nil || r.during != nil || r.none != "" || r.alone {
			continue
		}
		maps.Copy(mix, r.turned(t))
	}
	raw, err := json.Marshal(mix)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(raw))
}
