package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"wasl/internal/auth"
	"wasl/internal/chatimport"
	"wasl/internal/cloudapi"
	"wasl/internal/coexist"
	"wasl/internal/desk"
	"wasl/internal/httpapi"
	"wasl/internal/ingest"
	"wasl/internal/journal"
	"wasl/internal/media"
	"wasl/internal/outbox"
	"wasl/internal/platform"
	"wasl/internal/realtime"
	"wasl/internal/store"
	"wasl/internal/wa"
	"wasl/internal/webhook"
	"wasl/web"
)

// house is the platform, joined: this file is the only place where the rooms
// meet.
type house struct {
	settings Settings
	serving  Serving
	log      *slog.Logger
	db       *store.DB
	facts    platform.Book
	gate     *auth.Gate
	sender   *outbox.Sender
	chats    *chatimport.Importer
	feeder   *journal.Feeder
	reader   *ingest.Reader
	mover    *coexist.Mover
	lookout  *coexist.Lookout
	fetcher  *media.Fetcher
	sweeper  *media.Sweeper
	door     *webhook.Handler
	handler  http.Handler
}

// build opens the database and joins the rooms. emulator is where the demo's
// phone is shown, otherwise empty; sessions says how long people stay signed in.
func build(ctx runContext, settings Settings, serving Serving, emulator string, sessions auth.Config) (*house, error) {
	if err := serving.secrets(); err != nil {
		return nil, err
	}
	facts, err := serving.book()
	if err != nil {
		return nil, err
	}
	settings.facts = &facts
	db, _, err := settings.open(ctx)
	if err != nil {
		return nil, err
	}
	h := &house{settings: settings, serving: serving, log: settings.logger(ctx.stderr), db: db, facts: facts, gate: auth.New(db, sessions)}
	if err := h.join(ctx, emulator); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return h, nil
}

func (h *house) join(ctx context.Context, emulator string) error {
	api, err := cloudapi.New(h.serving.GraphURL, h.serving.GraphVersion, nil)
	if err != nil {
		return err
	}
	due, _ := h.db.Listen(store.TopicSend)
	h.sender = &outbox.Sender{Queue: h.db, API: api, Facts: h.facts, Log: h.log, Claim: h.db.Claim, Wakes: due}
	h.feeder = &journal.Feeder{Store: h.db, Reactions: []journal.Reaction{
		coexist.Heartbeat{Heart: h.db}, coexist.Arrivals{Moves: h.db, Facts: h.facts},
	}, Log: h.log}
	moves, _ := h.db.Listen(store.TopicMove)
	secret, _, _ := strings.Cut(h.serving.AppSecret, ",")
	graph := &cloudapi.App{Client: api, ID: h.serving.AppID, Secret: strings.TrimSpace(secret)}
	h.mover = &coexist.Mover{Graph: graph, Moves: h.db, Facts: h.facts, Log: h.log, Wake: moves}
	h.lookout = &coexist.Lookout{Openings: h.db, Facts: h.facts, Log: h.log}
	h.reader = &ingest.Reader{Store: h.db, Normalize: webhook.Normalize, Heard: h.heard, Log: h.log}
	vault, err := h.settings.vault(ctx)
	if err != nil {
		return err
	}
	if d, ok := vault.(media.Disk); ok {
		if err := d.Sweep(); err != nil {
			return fmt.Errorf("tidy the folder of files: %w", err)
		}
	}
	wanted := map[media.Lane]<-chan struct{}{}
	for _, l := range []media.Lane{media.Live, media.History} {
		wanted[l], _ = h.db.Listen(store.TopicFiles(l))
	}
	h.fetcher = &media.Fetcher{API: api, Store: h.db, Vault: vault, Log: h.log, Wake: wanted}
	h.sweeper = &media.Sweeper{Store: h.db, Vault: vault, Keep: time.Duration(h.serving.MediaDays) * 24 * time.Hour, Log: h.log}
	keeper := &ingest.Keeper{Store: h.db}
	h.door = &webhook.Handler{
		Apps: h.apps(), VerifyTokens: strings.Split(h.serving.VerifyToken, ","), Limit: h.serving.WebhookLimit,
		Keep: keeper.Keep, Kept: func() { h.db.Wake(ingest.TopicKept) }, Log: h.log,
	}
	h.chats = &chatimport.Importer{Store: h.db, Vault: vault, Facts: h.facts, Log: h.log}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), h.counters())
	screens, _ := web.Files()
	pages := httpapi.New(httpapi.Config{
		Facts: h.facts, Gate: h.gate, Accounts: h.db, Desk: h.db, Chats: h.chats, Requests: h.db, Journal: h.db, Hub: realtime.NewHub(h.db, h.log),
		Outbox: &outbox.Box{Intake: h.db, Facts: h.facts, Wake: h.sender.Wake},
		Pace:   h.pace, Retry: h.feeder.Retry, Onboardings: h.mover, Moves: h.db, Openings: h.lookout, Phones: h.db, Files: h.db,
		Vault: vault, Scratch: h.settings.Data,
		Signup: httpapi.Signup{
			AppID: h.serving.AppID, ConfigID: h.serving.SignupConfigID, GraphVersion: h.serving.GraphVersion, SDKURL: h.serving.SignupSDKURL,
		},
		SignupReady: graph.ID != "" && graph.Secret != "",
		Unavailable: func(err error) bool { return errors.Is(err, store.ErrUnavailable) },
		Ready:       []httpapi.Check{{Name: "database", Test: h.db.Ping}, httpapi.DiskSpace(h.settings.Data, lowDisk)},
		Metrics:     metrics, Web: screens, EmulatorURL: emulator, PublicURL: h.serving.publicURL(), Version: version, Log: h.log,
	})
	mux := http.NewServeMux()
	mux.Handle("/webhooks/meta", h.door)
	mux.Handle("/", pages)
	h.handler = mux
	return nil
}

// apps are the secrets that may sign a delivery.
func (h *house) apps() []webhook.App {
	var out []webhook.App
	for i, s := range strings.Split(h.serving.AppSecret, ",") {
		name := h.serving.AppID
		if i > 0 {
			name = fmt.Sprintf("%s (secret %d)", name, i+1)
		}
		out = append(out, webhook.App{Name: name, Secret: strings.TrimSpace(s)})
	}
	return out
}

// heard tells the pacer of a Number what has just come in.
func (h *house) heard(id wa.PhoneNumberID, count int) {
	b, n, ok, err := h.db.FindNumber(context.Background(), id)
	if err == nil && ok {
		h.sender.Received(b, n, count)
	}
}

// pace is how fast a Number may send on a day, and why.
func (h *house) pace(n desk.Number, now time.Time) httpapi.Pace {
	r := h.facts.On(now).Rate(n.Mode, n.Country, n.MPS)
	from := ""
	if !r.From.IsZero() {
		from = r.From.String()
	}
	return httpapi.Pace{MPS: r.MPS, Source: r.Source, From: from}
}

// lowDisk is how many bytes must be free for the server to count as ready.
const lowDisk = 256 << 20

// counters shows what the door for webhooks has seen.
func (h *house) counters() prometheus.Collector {
	v := &doorMetrics{door: h.door, desc: prometheus.NewDesc("wasl_webhook_deliveries_total", "Webhook requests by what became of them.", []string{"result"}, nil)}
	return v
}

type doorMetrics struct {
	door *webhook.Handler
	desc *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (m *doorMetrics) Describe(c chan<- *prometheus.Desc) { c <- m.desc }

// Collect implements prometheus.Collector.
func (m *doorMetrics) Collect(c chan<- prometheus.Metric) {
	for _, r := range []struct {
		result string
		n      int64
	}{
		{"kept", m.door.Counts.Kept.Load()},
		{"bad_signature", m.door.Counts.BadSignature.Load()},
		{"too_large", m.door.Counts.TooLarge.Load()},
		{"not_stored", m.door.Counts.Unstored.Load()},
	} {
		c <- prometheus.MustNewConstMetric(m.desc, prometheus.CounterValue, float64(r.n), r.result)
	}
}

// start runs everything that lives as long as the process.
func (h *house) start(ctx context.Context, g *errgroup.Group) error {
	if err := h.db.Join(ctx); err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{
		h.reader.Run, h.reader.RunHistory, h.feeder.Run, h.sender.Run, h.mover.Run, h.chats.Run,
		func(ctx context.Context) error { return h.fetcher.Run(ctx, media.Live) },
		func(ctx context.Context) error { return h.fetcher.Run(ctx, media.History) },
		h.sweeper.Run, h.lookout.Run,
		(&coexist.Watch{Watched: h.db, Facts: h.facts, Log: h.log}).Run,
		func(ctx context.Context) error { return h.db.RunNode(ctx, h.log) },
		func(ctx context.Context) error { return h.db.RunWakes(ctx, h.log) },
	} {
		g.Go(func() error { return part(ctx) })
	}
	return nil
}
