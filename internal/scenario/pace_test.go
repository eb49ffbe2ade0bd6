package scenario

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/clock"
	"wasl/internal/cloudapi"
	"wasl/internal/memnet"
	"wasl/internal/outbox"
	"wasl/internal/platform"
	"wasl/internal/store"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
	"wasl/metaemu"
	"wasl/metaemu/witness"
)

// paceSends is how many messages a pace story sends.
const paceSends = 10_000

// paceContacts is to how many people: few enough that some are busy.
const paceContacts = 1_500

// TestI20Pace: the house sends ten thousand messages of one Number over a road
// on which each journey takes as long as it likes, crashes twice on the way and
// begins again with what is on disk. Meta's clock never sees more arrivals in a
// second than are allowed, nothing is sent twice, and the mean rate is at least
// 95 % of the best there can be.
func TestI20Pace(t *testing.T) {
	for _, mps := range []int{20, 5} {
		t.Run(fmt.Sprint(mps, " a second"), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { newPaceStory(t, mps).run() })
		})
	}
}

type paceStory struct {
	t        *testing.T
	mps      int
	emu      *metaemu.Emulator
	number   metaemu.Number
	net      *memnet.Net
	path     string
	business wa.BusinessID
	numberID wa.NumberID
	talks    []wa.ConversationID
	rng      *rand.Rand
	crashes  []time.Time
}

func newPaceStory(t *testing.T, mps int) *paceStory {
	time.Sleep(time.Until(storetest.Noon)) // a bubble begins in the year 2000
	road := rand.New(rand.NewPCG(1, uint64(mps)))
	s := &paceStory{
		t: t, mps: mps, path: filepath.Join(quickDir(t), "wasl.db"), rng: rand.New(rand.NewPCG(2, uint64(mps))),
		emu: metaemu.New(metaemu.Config{Seed: 7, Witness: witness.FromEnv()}),
		net: memnet.New(memnet.Delay(func() time.Duration { return paceJourney(road) })),
	}
	l, err := s.net.Listen("graph.test:80")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: s.emu.Handler()}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	s.plant()
	return s
}

// quickDir is a folder in memory where there is one: this story is about time,
// not about disks.
func quickDir(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "wasl-pace-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// paceJourney is 1 to 120 ms one way, and now and then 2 s more.
func paceJourney(r *rand.Rand) time.Duration {
	d := time.Millisecond + time.Duration(r.Int64N(int64(119*time.Millisecond)))
	if r.IntN(300) == 0 {
		d += 2 * time.Second
	}
	return d
}

// plant makes the Number and its customers on both sides. Each has just written,
// so that the window is open.
func (s *paceStory) plant() {
	var err error
	if s.number, err = s.emu.CreateNumber(metaemu.NumberSpec{MPS: s.mps}); err != nil {
		s.t.Fatal(err)
	}
	o := s.open()
	defer o.close()
	seed := storetest.Opened{DB: o.db, Raw: o.raw}.Plant(s.t, "Pace")
	s.business = seed.Business
	s.numberID, err = o.db.AddNumber(s.t.Context(), store.NewNumber{
		Business: s.business, PhoneNumberID: wa.PhoneNumberID(s.number.ID), WABAID: wa.WABAID(s.number.WABA),
		Display: s.number.Display, Name: "Pace", Mode: "coexistence", MPS: s.mps, Token: []byte(s.number.Token),
	}, clock.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	customers, err := s.emu.CreateCustomers(make([]metaemu.CustomerSpec, paceContacts))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range customers {
		if _, err := s.emu.CustomerSend(c.ID, s.number.ID, metaemu.Content{Text: "hello"}); err != nil {
			s.t.Fatal(err)
		}
		contact := seed.Contact(c.Name, c.Digits)
		talk := seed.Conversation(s.numberID, contact)
		seed.Exec("UPDATE conversation SET opened_at = $3 WHERE business_id = $1 AND id = $2", string(s.business), string(talk), clock.Now().UnixMicro())
		s.talks = append(s.talks, talk)
	}
	time.Sleep(2 * time.Second) // what they wrote is no longer in the second
}

// paceLife is one life of the platform on the database.
type paceLife struct {
	db   *store.DB
	raw  *sql.DB
	end  context.CancelFunc
	done chan struct{}
	box  *outbox.Box
}

func (s *paceStory) open() *paceLife {
	db, err := store.Open(context.Background(), store.Options{URL: s.path, Sealer: storetest.Sealer(), Readers: 2})
	if err != nil {
		s.t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", "file:"+s.path+"?_pragma=busy_timeout(5000)")
	if err != nil {
		s.t.Fatal(err)
	}
	raw.SetMaxOpenConns(1)
	return &paceLife{db: db, raw: raw}
}

func (h *paceLife) close() {
	_ = h.raw.Close()
	_ = h.db.Close()
}

// begin starts a life.
func (s *paceStory) begin() *paceLife {
	h := s.open()
	road := &http.Transport{DialContext: s.net.Dial, MaxIdleConnsPerHost: 100}
	api, err := cloudapi.New("http://graph.test", "v25.0", road)
	if err != nil {
		s.t.Fatal(err)
	}
	facts := platform.Known()
	sender := &outbox.Sender{Queue: h.db, API: api, Facts: facts}
	h.box = &outbox.Box{Intake: h.db, Facts: facts, Wake: sender.Wake}
	ctx, end := context.WithCancel(context.Background())
	h.end, h.done = end, make(chan struct{})
	go func() {
		defer close(h.done)
		if err := sender.Run(ctx); err != nil {
			s.t.Errorf("sender: %v", err)
		}
	}()
	s.t.Cleanup(func() {
		h.end()
		<-h.done
		h.close()
		road.CloseIdleConnections()
	})
	return h
}

// crash takes the database away from under a life and forgets the life. What is
// on the road stays on the road, and nobody hears the answers.
func (s *paceStory) crash(h *paceLife) {
	synctest.Wait()
	s.crashes = append(s.crashes, clock.Now())
	h.close()
	h.end()
}

func (s *paceStory) run() {
	h := s.begin()
	for i := range paceSends {
		if i == paceSends/4 || i == paceSends*6/10 {
			// In the middle of sending, not of queueing.
			time.Sleep(20*time.Second + time.Duration(s.rng.Int64N(int64(time.Second))))
			s.crash(h)
			h = s.begin()
		}
		s.submit(h, i)
	}
	for s.count(h, "SELECT COUNT(*) FROM outbox_item WHERE business_id = $1 AND state IN ('queued', 'sending')") > 0 {
		time.Sleep(5 * time.Second)
	}
	s.judge(h)
}

func (s *paceStory) submit(h *paceLife, i int) {
	_, err := h.box.Submit(s.t.Context(), wa.Draft{
		Business: s.business, Conversation: s.talks[s.rng.IntN(len(s.talks))], Kind: wa.SendMessage, Lane: wa.ServiceLane, Origin: wa.FromAPI,
		Content: wa.Content{JSON: fmt.Appendf(nil, `{"type":"text","text":{"body":"message %d"}}`, i)},
	})
	if err != nil {
		s.t.Fatalf("submit %d: %v", i, err)
	}
}

func (s *paceStory) count(h *paceLife, query string) int {
	var n int
	if err := h.raw.QueryRow(query, string(s.business)).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// tried is an attempt as it is on disk.
type tried struct {
	started, answered, free time.Time
	outcome, evidence, sum  string
}

func (s *paceStory) attempts(h *paceLife) map[string]tried {
	rows, err := h.raw.Query("SELECT id, started_at, answered_at, free_at, COALESCE(outcome, ''), evidence, body_sha256 FROM attempt WHERE business_id = $1", string(s.business))
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]tried{}
	for rows.Next() {
		var id string
		var started, answered, free int64
		var sum []byte
		var a tried
		if err := rows.Scan(&id, &started, &answered, &free, &a.outcome, &a.evidence, &sum); err != nil {
			s.t.Fatal(err)
		}
		a.started, a.answered, a.free = time.UnixMicro(started), time.UnixMicro(answered), time.UnixMicro(free)
		a.sum = hex.EncodeToString(sum)
		all[id] = a
	}
	return all
}

// judge holds the story to its promises, by the emulator's books.
func (s *paceStory) judge(h *paceLife) {
	arrivals := s.emu.Arrivals()
	for _, b := range s.emu.HardBreaches() {
		s.t.Errorf("breach at %v: %s: %s", b.At, b.Rule, b.Sentence)
	}
	s.judgeSeconds(arrivals)
	attempts := s.attempts(h)
	seen := map[string]bool{}
	for _, a := range arrivals {
		id := attemptOf(a.Opaque)
		x, known := attempts[id]
		switch {
		case !known:
			s.t.Errorf("I14: an arrival that is no attempt of ours: %s", a.Opaque)
		case seen[id]:
			s.t.Errorf("I14: attempt %s arrived twice", id)
		case a.At.Before(x.started):
			s.t.Errorf("I14: attempt %s arrived before it was begun", id)
		case a.SHA256 != x.sum:
			s.t.Errorf("I14: attempt %s arrived with another body", id)
		case a.Code != 0:
			s.t.Errorf("attempt %s was refused with code %d", id, a.Code)
		}
		seen[id] = true
	}
	s.judgeRate(arrivals, attempts)
	doubt := s.count(h, "SELECT COUNT(*) FROM outbox_item WHERE business_id = $1 AND state IN ('in_doubt', 'needs_person')")
	done := s.count(h, "SELECT COUNT(*) FROM message WHERE business_id = $1 AND direction = 'out' AND status = 'accepted'")
	if done+doubt != paceSends {
		s.t.Errorf("%d accepted and %d in doubt of %d: some are missing", done, doubt, paceSends)
	}
	if len(arrivals) != paceSends {
		s.t.Errorf("%d arrivals for %d messages", len(arrivals), paceSends)
	}
	if doubt == 0 {
		s.t.Error("nothing was in doubt: the crashes hit nothing on the road")
	}
}

func attemptOf(opaque string) string {
	_, rest, _ := strings.Cut(opaque, ".")
	id, _, _ := strings.Cut(rest, ".")
	return id
}

func (s *paceStory) judgeSeconds(arrivals []metaemu.Arrival) {
	most := 0
	for i, first := 0, 0; i < len(arrivals); i++ {
		for arrivals[i].At.Sub(arrivals[first].At) >= time.Second {
			first++
		}
		most = max(most, i-first+1)
	}
	if most > s.mps {
		s.t.Errorf("%d arrivals in one second, want at most %d", most, s.mps)
	}
	s.t.Logf("at most %d arrivals in one second", most)
}

// judgeRate compares the mean rate with the best there can be, L ÷ (1.010 s +
// mean round trip). Permits that a crash put into quarantine could not send:
// their time is left out.
func (s *paceStory) judgeRate(arrivals []metaemu.Arrival, attempts map[string]tried) {
	end := arrivals[len(arrivals)-1].At
	var trips, quarantined time.Duration
	answered := 0
	for _, a := range attempts {
		if a.evidence == "crash" {
			for _, at := range s.crashes {
				if at.After(a.started) && at.Sub(a.started) < 31*time.Second {
					quarantined += min(a.free.Sub(at), end.Sub(at))
				}
			}
			continue
		}
		trips += a.answered.Sub(a.started)
		answered++
	}
	trip := trips / time.Duration(answered)
	took := end.Sub(arrivals[0].At) - quarantined/time.Duration(s.mps)
	got := float64(len(arrivals)) / took.Seconds()
	best := float64(s.mps) / (1.010 + trip.Seconds())
	s.t.Logf("%.2f messages a second of the best possible %.2f (mean round trip %v); quarantine took %v of permits", got, best, trip, quarantined)
	if got < .95*best {
		s.t.Errorf("%.2f messages a second, want 95 %% of %.2f", got, best)
	}
}
