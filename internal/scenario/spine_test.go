package scenario

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wasl/internal/clock"
	"wasl/internal/cloudapi"
	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/fault"
	"wasl/internal/ingest"
	"wasl/internal/journal"
	"wasl/internal/media"
	"wasl/internal/memnet"
	"wasl/internal/notify"
	"wasl/internal/outbox"
	"wasl/internal/platform"
	"wasl/internal/store"
	"wasl/internal/store/storetest"
	"wasl/internal/wa"
	"wasl/internal/webhook"
	"wasl/metaemu"
	"wasl/metaemu/witness"
)

// TestSpine: a customer writes, the owner answers from the phone, an agent from
// the inbox; the phone edits and takes back, the customer reacts. Everybody sees
// everything once, in order, with who said it and from where; the statuses come
// back; the window shuts a day after the customer's last word and not before.
func TestSpine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { newSpine(t).run() })
}

type spine struct {
	t        *testing.T
	emu      *metaemu.Emulator
	number   metaemu.Number
	customer metaemu.Customer
	db       *store.DB
	box      *outbox.Box
	business wa.BusinessID
	numberID wa.NumberID
	app      metaemu.App
	mover    *coexist.Mover
	vault    media.Disk
	door     *webhook.Handler
	path     string // of the database
	net      *memnet.Net
	calls    calls
}

// calls are the Graph calls that reached Meta, in their order.
type calls struct {
	mu   sync.Mutex
	list []metaemu.Exchange
}

func (c *calls) add(x metaemu.Exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, x)
}

// to are those of an edge, such as smb_app_data.
func (c *calls) to(edge string) (out []metaemu.Exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range c.list {
		if x.Edge == edge {
			out = append(out, x)
		}
	}
	return out
}

func newSpine(t *testing.T) *spine {
	s := newHouse(t, metaemu.NumberSpec{})
	s.numberID = must(s.db.AddNumber(t.Context(), store.NewNumber{
		Business: s.business, PhoneNumberID: wa.PhoneNumberID(s.number.ID), WABAID: wa.WABAID(s.number.WABA), Display: s.number.Display,
		Mode: "coexistence", Token: []byte(s.number.Token),
	}, clock.Now()))(t)
	return s
}

// emptyStore is a migrated SQLite database. It is made once, since that takes
// longer than most stories.
var emptyStore = sync.OnceValue(func() []byte {
	dir, err := os.MkdirTemp("", "wasl-empty-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "wasl.db")
	db, err := store.Open(context.Background(), store.Options{URL: path, Sealer: storetest.Sealer()})
	if err != nil {
		panic(err)
	}
	if err := db.Close(); err != nil {
		panic(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return raw
})

// newHouse is a house and a number at Meta that is not in it.
func newHouse(t *testing.T, spec metaemu.NumberSpec) *spine {
	time.Sleep(time.Until(storetest.Noon))
	s := &spine{t: t}
	net := memnet.New()
	s.net = net
	s.emu = metaemu.New(metaemu.Config{Seed: 3, HTTPClient: net.Client(), Witness: s.watched(witness.FromEnv())})
	s.app = must(s.emu.CreateApp(metaemu.AppSpec{Secret: "s3cret", VerifyToken: "v"}))(t)
	spec.WABA = must(s.emu.CreateWABA(metaemu.WABASpec{App: s.app.ID, Templates: []metaemu.Template{reminder}}))(t).ID
	s.number = must(s.emu.CreateNumber(spec))(t)
	s.customer = must(s.emu.CreateCustomer(metaemu.CustomerSpec{Name: "منى", ReadsAtOnce: true}))(t)

	s.path = filepath.Join(quickDir(t), "wasl.db")
	if err := os.WriteFile(s.path, emptyStore(), 0o600); err != nil {
		t.Fatal(err)
	}
	s.db = must(store.Open(t.Context(), store.Options{URL: s.path, Sealer: storetest.Sealer()}))(t)
	s.business = must(s.db.CreateBusiness(t.Context(), "Spine", clock.Now()))(t)
	s.serve(net)
	if err := s.emu.SetCallback(s.app.ID, "http://wasl.test/webhooks/meta", "v"); err != nil {
		t.Fatal(err)
	}
	return s
}

// watched notes calls beside the witness of the tests, if there is one.
func (s *spine) watched(also func(metaemu.Exchange)) func(metaemu.Exchange) {
	return func(x metaemu.Exchange) {
		s.calls.add(x)
		if also != nil {
			also(x)
		}
	}
}

// serve joins the rooms as cmd/wasl does, over the network in memory.
func (s *spine) serve(net *memnet.Net) {
	road := &http.Transport{DialContext: net.Dial}
	api := must(cloudapi.New("http://graph.test", "v25.0", road))(s.t)
	facts := platform.Known()
	sender := &outbox.Sender{Queue: s.db, API: api, Facts: facts}
	s.box = &outbox.Box{Intake: s.db, Facts: facts, Wake: sender.Wake}
	log := slog.New(slog.DiscardHandler)
	reader := &ingest.Reader{Store: s.db, Normalize: webhook.Normalize, Log: log}
	told := notify.Reaction{Post: s.db, Address: everywhere}
	feeder := &journal.Feeder{Store: s.db, Reactions: []journal.Reaction{coexist.Heartbeat{Heart: s.db}, coexist.Arrivals{Moves: s.db, Facts: facts}, told}, Log: log}
	graph := &cloudapi.App{Client: api, ID: s.app.ID, Secret: s.app.Secret}
	moves, deaf := s.db.Listen(store.TopicMove)
	s.t.Cleanup(deaf)
	s.mover = &coexist.Mover{Graph: graph, Moves: s.db, Facts: facts, Log: log, Wake: moves}
	s.vault = media.Disk{Root: quickDir(s.t)}
	fetcher := &media.Fetcher{API: api, Store: s.db, Vault: s.vault, Log: log, Wake: map[media.Lane]<-chan struct{}{}}
	for _, l := range []media.Lane{media.Live, media.History} {
		wanted, stop := s.db.Listen(store.TopicFiles(l))
		s.t.Cleanup(stop)
		fetcher.Wake[l] = wanted
	}
	fetch := func(l media.Lane) func(context.Context) error {
		return func(ctx context.Context) error { return fetcher.Run(ctx, l) }
	}
	keeper := &ingest.Keeper{Store: s.db}
	s.door = &webhook.Handler{
		Apps: []webhook.App{{Name: "app", Secret: "s3cret"}}, VerifyTokens: []string{"v"}, Keep: keeper.Keep,
		Kept: func() { s.db.Wake(ingest.TopicKept) }, Log: log,
	}
	ctx, end := context.WithCancel(context.Background())
	var stop []func()
	for addr, h := range map[string]http.Handler{"wasl.test:80": s.door, "graph.test:80": s.emu.Handler()} {
		l := must(net.Listen(addr))(s.t)
		srv := &http.Server{Handler: h}
		go func() { _ = srv.Serve(l) }() // ends with Close
		stop = append(stop, func() { _ = srv.Close() })
	}
	done := make(chan struct{}, 8)
	for _, run := range []func(context.Context) error{sender.Run, reader.Run, reader.RunHistory, feeder.Run, s.mover.Run, fetch(media.Live), fetch(media.History), s.emu.Run} {
		go func() {
			if err := run(ctx); err != nil {
				s.t.Errorf("run: %v", err)
			}
			done <- struct{}{}
		}()
	}
	s.t.Cleanup(func() {
		end()
		for range 8 {
			<-done
		}
		for _, f := range stop {
			f()
		}
		road.CloseIdleConnections()
		if err := s.db.Close(); err != nil {
			s.t.Error(err)
		}
	})
}

// must fails the test on an error: must(f())(t) reads as f().
func must[V any](v V, err error) func(*testing.T) V {
	return func(t *testing.T) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// pass lets virtual time go by; everything in between happens.
func (s *spine) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (s *spine) thread() (desk.Conversation, []desk.Message) {
	s.t.Helper()
	list, err := s.db.Conversations(s.t.Context(), s.business, desk.Filter{Limit: 10})
	if err != nil || len(list) != 1 {
		s.t.Fatalf("Conversations = %d, %v, want one", len(list), err)
	}
	page, _, err := s.db.Thread(s.t.Context(), s.business, list[0].ID, desk.Span{Limit: 50})
	if err != nil {
		s.t.Fatal(err)
	}
	return list[0], page
}

func (s *spine) run() {
	t := s.t
	hello := must(s.emu.CustomerSend(s.customer.ID, s.number.ID, metaemu.Content{Text: "هل عندكم كعك؟"}))(t)
	s.pass(3 * time.Second)
	echo := must(s.emu.PhoneSend(s.number.ID, s.customer.ID, metaemu.Content{Text: "Yes, frsh ones", ReplyTo: hello}))(t)
	s.pass(3 * time.Second)
	con, _ := s.thread()
	if by := con.HeldBy(clock.Now()); by != desk.ByPhone {
		t.Errorf("after the phone answered %s holds the conversation, want the phone", by)
	}
	receipt, err := s.box.Submit(t.Context(), wa.Draft{
		Business: s.business, Conversation: con.ID, Kind: wa.SendMessage, Lane: wa.PersonLane, Origin: wa.FromAgent, Author: "per_1", AuthorName: "Sara",
		Content: wa.Content{Type: "text", JSON: []byte(`{"type":"text","text":{"body":"Shall I keep one?"}}`), Text: "Shall I keep one?"},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.pass(40 * time.Second)
	for _, err := range []error{
		s.emu.PhoneEdit(s.number.ID, echo, "Yes, fresh ones"),
		s.emu.CustomerReact(s.customer.ID, echo, "❤️"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s.pass(3 * time.Second)
	s.judge(receipt.Message)
	s.shut(con)
}

// judge compares the thread with what was said.
func (s *spine) judge(answer wa.MessageID) {
	t := s.t
	con, messages := s.thread()
	want := []struct {
		origin wa.Origin
		typ    string
		text   string
		status wa.Status
	}{
		{wa.FromCustomer, "text", "هل عندكم كعك؟", wa.Arrived},
		{wa.FromPhone, "text", "Yes, fresh ones", wa.Sent},
		{wa.FromAgent, "text", "Shall I keep one?", wa.Read},
		{wa.FromCustomer, "reaction", "❤️", wa.Arrived},
	}
	if len(messages) != len(want) {
		t.Fatalf("the thread has %d messages, want %d: %+v", len(messages), len(want), messages)
	}
	for i, w := range want {
		m := messages[i]
		if m.Origin != w.origin || m.Type != w.typ || m.Content.Text != w.text || m.Status != w.status {
			t.Errorf("message %d = %s %s %q %s, want %+v", i, m.Origin, m.Type, m.Content.Text, m.Status, w)
		}
	}
	if m := messages[1]; len(m.Versions) != 2 || m.ReplyTo == nil || m.ReplyTo.Text != "هل عندكم كعك؟" || len(m.Reactions) != 1 {
		t.Errorf("the phone's answer has versions %d, quote %+v, reactions %d; want 2, the question, 1", len(m.Versions), m.ReplyTo, len(m.Reactions))
	}
	if messages[2].ID != answer {
		t.Errorf("the agent's message is %s, want %s", messages[2].ID, answer)
	}
	if !con.Window.Open(clock.Now(), 0) {
		t.Error("the window is shut, want open")
	}
	if b := s.emu.HardBreaches(); len(b) > 0 {
		t.Errorf("breaches: %+v", b)
	}
	n, err := s.db.NumberByID(t.Context(), s.business, s.numberID)
	if err != nil || n.AliveKind != "echo" || n.AliveGrade != "weak" {
		t.Errorf("heartbeat = %s %s, %v; want a weak sign of life by the echo", n.AliveGrade, n.AliveKind, err)
	}
}

// shut proves that the window shuts 24 h after the customer's message: neither
// the phone's answers nor the reaction moved it.
func (s *spine) shut(con desk.Conversation) {
	s.pass(24*time.Hour - 5*time.Minute)
	if _, err := s.box.Submit(s.t.Context(), s.draft(con)); err != nil {
		s.t.Errorf("inside the window: %v", err)
	}
	s.pass(5 * time.Minute)
	_, err := s.box.Submit(s.t.Context(), s.draft(con))
	if f, ok := fault.From(err); !ok || f.Code != fault.CodeWindowClosed {
		s.t.Errorf("a day later: %v, want %s", err, fault.CodeWindowClosed)
	}
}

func (s *spine) draft(con desk.Conversation) wa.Draft {
	return wa.Draft{
		Business: s.business, Conversation: con.ID, Kind: wa.SendMessage, Lane: wa.PersonLane, Origin: wa.FromAgent, Author: "per_1",
		Content: wa.Content{Type: "text", JSON: []byte(`{"type":"text","text":{"body":"hello"}}`), Text: "hello"},
	}
}
