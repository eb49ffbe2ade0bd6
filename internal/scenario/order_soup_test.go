package scenario_test

import (
	cmp2 "cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wasl/internal/desk"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
)

// A failure is told by its seed; no file is left behind.
func init() {
	// The same soups in every run, so that what fails is what was changed; others
	// with WASL_SEED.
	if err := flag.Set("rapid.seed", cmp2.Or(os.Getenv("WASL_SEED"), "20261122")); err != nil {
		panic(err)
	}
	if err := flag.Set("rapid.nofailfile", "true"); err != nil {
		panic(err)
	}
}

// A soup is what may happen to one Number, told in deliveries of one item each,
// with what it must come to whatever their order: a second opinion, reckoned
// without looking at the house.
type soup struct {
	t      *rapid.T
	bodies [][]byte
	n      int
	ours   []string          // WAMIDs of echoes
	all    []string          // WAMIDs of everything said
	opens  map[string]int    // person's key → newest live message of theirs
	same   map[string]string // union-find of keys
	status map[string]int    // WAMID of an echo → most believed rank
}

const soupStart = 1794872000

// belief ranks Meta's words: read over delivered over failed over sent.
var belief = map[string]int{"sent": 1, "failed": 2, "delivered": 3, "read": 4, "played": 4}

// person draws somebody of whom the house has to take note.
func (s *soup) person() (phone, bsuid string) {
	phone, bsuid = s.named()
	s.join(keysOf(phone, bsuid)...)
	return phone, bsuid
}

// named draws somebody, and how they are named this time. Two of the phones are
// one in Brazil's two spellings.
func (s *soup) named() (phone, bsuid string) {
	i := rapid.IntRange(0, 4).Draw(s.t, "person")
	phone = []string{"551187654321", "447700900001", "447700900002", "5511987654321", "447700900003"}[i]
	bsuid = fmt.Sprintf("GB.%d", i)
	if i == 3 {
		bsuid = "GB.0"
	}
	switch rapid.IntRange(0, 2).Draw(s.t, "named") {
	case 0:
		bsuid = ""
	case 1:
		phone = ""
	}
	return phone, bsuid
}

func keysOf(phone, bsuid string) []string {
	var keys []string
	if bsuid != "" {
		keys = append(keys, "bsuid:"+bsuid)
	}
	if phone != "" {
		keys = append(keys, "phone:"+wa.CanonicalPhone(phone))
	}
	return keys
}

func (s *soup) find(k string) string {
	for s.same[k] != "" && s.same[k] != k {
		k = s.same[k]
	}
	return k
}

func (s *soup) join(keys ...string) {
	for _, k := range keys {
		if s.same[k] == "" {
			s.same[k] = k
		}
		a, b := s.find(keys[0]), s.find(k)
		if a != b {
			s.same[max(a, b)] = min(a, b) // the smallest key survives
		}
	}
}

func (s *soup) wamid() string {
	s.n++
	w := fmt.Sprintf("wamid.%02d", rapid.IntRange(0, 99).Draw(s.t, "order")) + fmt.Sprint(".", s.n)
	s.all = append(s.all, w)
	return w
}

// at draws a second from few, so that many things happen in the same.
func (s *soup) at() int { return soupStart + rapid.IntRange(0, 12).Draw(s.t, "at") }

func (s *soup) tell(field, format string, args ...any) {
	s.bodies = append(s.bodies, fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"275590018334460","changes":[{"field":"%s","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550142077","phone_number_id":"308811472206915"},%s}}]}]}`,
		field, fmt.Sprintf(format, args...)))
}

// member writes a member unless its value is empty.
func member(name, value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf("%q:%q,", name, value)
}

// from writes the sender of what is no message: an edit or a revocation is about
// its original, so it makes nobody known.
func (s *soup) from() string {
	phone, bsuid := s.named()
	return member("from", phone) + member("from_user_id", bsuid)
}

// known draws a WAMID that was told, or will be told, or never is.
func (s *soup) known() string {
	if len(s.all) == 0 || rapid.IntRange(0, 9).Draw(s.t, "stranger") == 0 {
		return "wamid.never"
	}
	return rapid.SampledFrom(s.all).Draw(s.t, "of")
}

func (s *soup) received() {
	phone, bsuid := s.person()
	w, at := s.wamid(), s.at()
	contact := ""
	if rapid.Bool().Draw(s.t, "introduced") {
		contact = fmt.Sprintf(`"contacts":[{"profile":{"name":"%s"},%s"x":1}],`, rapid.SampledFrom([]string{"Ana", "Zoe", "منى"}).Draw(s.t, "name"),
			member("wa_id", phone)+member("user_id", bsuid))
	}
	key := keysOf(phone, bsuid)[0]
	s.opens[key] = max(s.opens[key], at)
	s.tell("messages", `%s"messages":[{%s%s"id":%q,"timestamp":"%d","type":"text","text":{"body":"text of %s"}}]`,
		contact, member("from", phone), member("from_user_id", bsuid), w, at, w)
}

func (s *soup) echoed() {
	phone, bsuid := s.person()
	w := s.wamid()
	s.ours = append(s.ours, w)
	s.status[w] = max(s.status[w], 1)
	s.tell("smb_message_echoes", `"message_echoes":[{"from":"15550142077",%s%s"id":%q,"timestamp":"%d","type":"text","text":{"body":"text of %s"}}]`,
		member("to", phone), member("to_user_id", bsuid), w, s.at(), w)
}

func (s *soup) edited() {
	w := s.wamid()
	s.tell("messages", `"messages":[{%s"id":%q,"timestamp":"%d","type":"edit","edit":{"original_message_id":%q,"message":{"type":"text","text":{"body":"edit %s"}}}}]`,
		s.from(), w, s.at(), s.known(), w)
}

func (s *soup) revoked() {
	s.tell("messages", `"messages":[{%s"id":%q,"timestamp":"%d","type":"revoke","revoke":{"original_message_id":%q}}]`, s.from(), s.wamid(), s.at(), s.known())
}

func (s *soup) reacted() {
	phone, bsuid := s.person()
	s.tell("messages", `"messages":[{%s%s"id":%q,"timestamp":"%d","type":"reaction","reaction":{"message_id":%q,"emoji":%q}}]`,
		member("from", phone), member("from_user_id", bsuid), s.wamid(), s.at(), s.known(), rapid.SampledFrom([]string{"👍", "", "😮"}).Draw(s.t, "emoji"))
}

func (s *soup) reported() {
	w := "wamid.never"
	if len(s.ours) > 0 {
		w = rapid.SampledFrom(s.ours).Draw(s.t, "of")
	}
	word := rapid.SampledFrom([]string{"sent", "delivered", "read", "failed", "played"}).Draw(s.t, "status")
	s.status[w] = max(s.status[w], belief[word])
	errs := ""
	if word == "failed" {
		errs = fmt.Sprintf(`,"errors":[{"code":%d,"title":"no"}]`, rapid.SampledFrom([]int{131026, 131049}).Draw(s.t, "code"))
	}
	// Of few seconds, so that two reports differ in nothing but what they add.
	at := soupStart + rapid.IntRange(0, 2).Draw(s.t, "reported at")
	if word != "failed" && rapid.Bool().Draw(s.t, "priced") {
		errs = `,"pricing":{"billable":true,"pricing_model":"PMP","category":"utility","type":"regular"}`
	}
	s.tell("messages", `"statuses":[{"id":%q,"status":%q,"timestamp":"%d"%s}]`, w, word, at, errs)
}

// renamed is a change of number. It may join two who were told apart so far.
func (s *soup) renamed() {
	phone, bsuid := s.person()
	next := rapid.SampledFrom([]string{"447700900001", "447700900002", "447700900009"}).Draw(s.t, "next")
	s.join(append(keysOf(phone, bsuid), "phone:"+next)...)
	s.tell("messages", `"messages":[{%s%s"id":%q,"timestamp":"%d","type":"system","system":{"type":"user_changed_number","body":"changed","wa_id":%q}}]`,
		member("from", phone), member("from_user_id", bsuid), s.wamid(), s.at(), next)
}

func (s *soup) booked() {
	phone, bsuid := s.person()
	action, name := "add", rapid.SampledFrom([]string{"Ana Book", "Zoe Book"}).Draw(s.t, "book")
	if rapid.Bool().Draw(s.t, "removed") {
		action, name = "remove", ""
	}
	s.tell("smb_app_state_sync", `"state_sync":[{"type":"contact","action":%q,"contact":{%s%s%s"y":1},"metadata":{"timestamp":"%d"}}]`,
		action, member("phone_number", phone), member("user_id", bsuid), member("full_name", name), s.at())
}

// past is a chunk of history, here and there with a placeholder and its file,
// which may tell another side and time than the thread.
func (s *soup) past() {
	phone, bsuid := s.person()
	w, at := s.wamid(), 1609000000+rapid.IntRange(0, 5).Draw(s.t, "at")
	ours := rapid.Bool().Draw(s.t, "ours")
	kind := `"type":"text","text":{"body":"old"}`
	placeholder := rapid.Bool().Draw(s.t, "placeholder")
	if placeholder {
		kind = `"type":"media_placeholder"`
	}
	word := rapid.SampledFrom([]string{"READ", "delivered", "PENDING"}).Draw(s.t, "status")
	s.tell("history", `"history":[{"metadata":{"phase":1,"chunk_order":%d,"progress":50},"threads":[{%s"context":{%s"z":1},"messages":[{"id":%q,"timestamp":"%d",%s,"history_context":{"status":%q,"from_me":%t}}]}]}]`,
		s.n, member("id", phone), member("user_id", bsuid), w, at, kind, word, ours)
	if bsuid != "" && phone != "" && rapid.Bool().Draw(s.t, "told twice") {
		s.tell("history", `"history":[{"metadata":{"phase":2,"chunk_order":%d,"progress":60},"threads":[{"id":%q,"messages":[{"id":%q,"timestamp":"%d",%s,"history_context":{"status":"SENT","from_me":%t}}]}]}]`,
			s.n, phone, w, at, kind, ours)
	}
	if placeholder {
		s.tell("history", `"messages":[{%s%s"id":%q,"timestamp":"%d","type":"image","image":{"id":"1","caption":"file of %s"}}]`,
			member("from", phone), member("from_user_id", bsuid), w, at+rapid.IntRange(-1, 1).Draw(s.t, "off"), w)
	}
	if !placeholder && !ours && rapid.Bool().Draw(s.t, "also live") {
		live := s.at()
		key := keysOf(phone, bsuid)[0]
		s.opens[key] = max(s.opens[key], live)
		s.tell("messages", `"messages":[{%s%s"id":%q,"timestamp":"%d","type":"text","text":{"body":"old"}}]`, member("from", phone), member("from_user_id", bsuid), w, live)
	}
}

func drawSoup(t *rapid.T) *soup {
	s := &soup{t: t, opens: map[string]int{}, same: map[string]string{}, status: map[string]int{}}
	kinds := []func(){s.received, s.received, s.received, s.echoed, s.echoed, s.edited, s.revoked, s.reacted, s.reported, s.reported, s.renamed, s.booked, s.past}
	for range rapid.IntRange(1, 25).Draw(t, "events") {
		kinds[rapid.IntRange(0, len(kinds)-1).Draw(t, "kind")]()
	}
	return s
}

// serve brings the soup in an order, in batches and with repetitions of its own.
func (s *soup) serve(h *house) {
	h.wipe()
	bodies := rapid.Permutation(s.bodies).Draw(s.t, "order")
	for range rapid.IntRange(0, len(bodies)).Draw(s.t, "repeated") {
		bodies = append(bodies, rapid.SampledFrom(s.bodies).Draw(s.t, "again"))
	}
	for len(bodies) > 0 {
		n := rapid.IntRange(1, len(bodies)).Draw(s.t, "batch")
		h.post(batch(h.t, bodies[:n]))
		bodies = bodies[n:]
		if rapid.Bool().Draw(s.t, "applied") {
			h.applyLive()
		}
		if rapid.Bool().Draw(s.t, "history applied") {
			h.settle()
		}
	}
	h.settle()
	h.conserved()
}

// wipe deletes what deliveries have come to.
func (h *house) wipe() {
	h.t.Helper()
	for _, table := range []string{
		"delivery", "delivery_body", "contact", "identity", "conversation", "message", "message_body", "message_version", "revocation", "reaction",
		"status_report", "notice", "history_chunk", "inbound", "due", "journal", "journal_counter",
	} {
		h.exec("DELETE FROM " + table)
	}
	h.posted = 0
}

// judge compares the house with the soup's own reckoning.
func (s *soup) judge(h *house) {
	groups, opens := map[string][]string{}, map[string]int{}
	for k := range s.same {
		root := s.find(k)
		groups[root] = append(groups[root], "identity "+k+" of "+root)
		opens[root] = max(opens[root], s.opens[k])
	}
	var want, got []string
	for _, lines := range groups {
		want = append(want, lines...)
	}
	for root, at := range opens {
		if at > 0 {
			want = append(want, fmt.Sprintf("window of %s opened=%d", root, at))
		}
	}
	for w, rank := range s.status {
		if w != "wamid.never" {
			want = append(want, fmt.Sprintf("belief of %s is %d", w, rank))
		}
	}
	for _, line := range h.rows() {
		f := strings.Fields(line)
		switch {
		case f[0] == "identity":
			got = append(got, line)
		case f[0] == "conversation" && strings.HasPrefix(f[2], "opened="):
			got = append(got, fmt.Sprintf("window of %s %s", f[1], f[2]))
		case f[0] == "message" && f[2] == "out" && f[4] == "live":
			got = append(got, fmt.Sprintf("belief of %s is %d", f[1], belief[f[6]]))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Fatalf("the house says otherwise (-reckoned +house):\n%s", diff)
	}
}

// threads is the order of messages as screens and programs are shown it.
func (h *house) threads(t *rapid.T) string {
	var out []string
	list, err := h.db.Conversations(h.t.Context(), h.business, desk.Filter{Limit: 100})
	if err != nil {
		t.Fatalf("list conversations: %v", err)
	}
	for _, c := range list {
		page, _, err := h.db.Thread(h.t.Context(), h.business, c.ID, desk.Span{Limit: 100})
		if err != nil {
			t.Fatalf("read thread: %v", err)
		}
		var keys, wamids []string
		for _, m := range page {
			keys = append(keys, fmt.Sprintf("%020d|%s|%s", m.At.UnixMicro(), m.Direction, m.WAMID))
			wamids = append(wamids, string(m.WAMID))
		}
		if !slices.IsSorted(keys) && !slices.IsSortedFunc(keys, func(a, b string) int { return strings.Compare(b, a) }) {
			t.Fatalf("a thread is in no order of (time, direction, WAMID): %q", keys)
		}
		out = append(out, strings.Join(wamids, " "))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// TestOrderOfDeliveriesDoesNotMatter: messages, echoes, edits, revocations,
// reactions, statuses, changes of number, address book and history, in any order,
// batch and repetition, come to the same rows and the same order of messages; and
// these are what a second reckoning says: only live messages of customers after
// the onboarding open a window, an echo never does, one person has one contact.
func TestOrderOfDeliveriesDoesNotMatter(t *testing.T) {
	both(t, func(t *testing.T, open storetest.Open) {
		h := openHouse(t, open)
		if checks := flag.Lookup("rapid.checks"); strings.Contains(t.Name(), "postgres") && checks.Value.String() == checks.DefValue {
			// The orders are drawn by one program; what may differ is the database.
			defer func() { _ = checks.Value.Set(checks.DefValue) }()
			if err := checks.Value.Set("15"); err != nil {
				t.Fatal(err)
			}
		}
		rapid.Check(t, func(rt *rapid.T) {
			s := drawSoup(rt)
			s.serve(h)
			s.judge(h)
			dump, threads := h.canonical(), h.threads(rt)
			for range 2 {
				s.serve(h)
				if diff := cmp.Diff(strings.Split(dump, "\n"), strings.Split(h.canonical(), "\n")); diff != "" {
					rt.Fatalf("another order says otherwise (-that +this):\n%s", diff)
				}
				if again := h.threads(rt); again != threads {
					rt.Fatalf("threads are in another order:\n%s\nnot:\n%s", again, threads)
				}
			}
		})
	})
}
