package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"wasl/internal/auth"
	"wasl/internal/clock"
	"wasl/internal/store"
	"wasl/internal/wa"
	"wasl/metaemu"
	"wasl/metaemu/witness"
)

type demoCommand struct {
	Listen         string `help:"Address of the platform." default:"127.0.0.1:8080" env:"WASL_LISTEN"`
	EmulatorListen string `help:"Address of the emulator. Default: the port after --listen."`
	Data           string `help:"Folder to keep everything in. Default: a temporary one that is removed at the end." type:"path"`
	Customers      int    `help:"How many customers the sample business has." default:"300"`
	Quiet          bool   `help:"No conversations that go on by themselves."`
	PrintJSON      bool   `help:"Print one line of JSON with addresses and sign-in when ready."`
	LogLevel       string `help:"debug, info, warn or error." default:"warn" enum:"debug,info,warn,error"`
}

// Sign-in of the demo.
const (
	demoSession  = 10 * 365 * 24 * time.Hour
	demoEmail    = "owner@palm.example"
	demoBusiness = "Palm Bakery · مخبز النخلة"
)

// demoClock makes the emulator live in Wasl's time, so that the one slider
// moves Meta, the phone and Wasl together (decision 23).
type demoClock struct{}

// Now implements metaemu.Clock.
func (demoClock) Now() time.Time { return clock.Now() }

// Sleep implements metaemu.Clock.
func (demoClock) Sleep(ctx context.Context, d time.Duration) error { return clock.Sleep(ctx, d) }

// Advance implements metaemu.Advancer.
func (demoClock) Advance(d time.Duration) { clock.Advance(d) }

// Run serves platform, emulator and a sample business until it is told to stop.
func (c *demoCommand) Run(ctx runContext) error {
	clock.Enable()
	data, cleanup, err := c.folder()
	if err != nil {
		return err
	}
	defer cleanup()
	ln, emuLn, err := c.listen()
	if err != nil {
		return err
	}
	emulatorURL, platformURL := "http://"+emuLn.Addr().String(), "http://"+ln.Addr().String()
	secret, verify := rand.Text(), rand.Text()
	settings := Settings{Data: data, LogLevel: c.LogLevel, LogFormat: "text"}
	serving := Serving{
		Listen: ln.Addr().String(), GraphURL: emulatorURL, GraphVersion: graphVersion, AppID: demoApp, AppSecret: secret, VerifyToken: verify,
		WebhookLimit: 8 << 20, SignupConfigID: "demo", SignupSDKURL: emulatorURL + "/en_US/sdk.js",
	}
	// Whoever moves the clock by two weeks stays signed in.
	h, err := build(ctx, settings, serving, emulatorURL, auth.Config{Idle: demoSession, Absolute: demoSession})
	if err != nil {
		return err
	}
	defer h.db.Close()
	e := metaemu.New(metaemu.Config{Clock: demoClock{}, Seed: 1, Log: settings.logger(ctx.stderr), Witness: witness.FromEnv()})
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return e.Run(gctx) })
	g.Go(func() error { return serveHTTP(gctx, emuLn, e.Handler(), h.log) })
	if err := h.start(gctx, g); err != nil {
		return err
	}
	g.Go(func() error { return serveHTTP(gctx, ln, h.handler, h.log) })
	password, err := c.seed(gctx, h, e, platformURL, secret, verify)
	if err != nil {
		return errors.Join(fmt.Errorf("seed the sample business: %w", err), ctx.Err())
	}
	c.greet(ctx, platformURL, emulatorURL, password)
	return g.Wait()
}

// folder is where the demo keeps everything, and how it is left.
func (c *demoCommand) folder() (string, func(), error) {
	if c.Data != "" {
		return c.Data, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "wasl-demo-")
	if err != nil {
		return "", nil, fmt.Errorf("make temporary folder: %w", err)
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil // a temporary folder that stays is harmless
}

func (c *demoCommand) listen() (platform, emulator net.Listener, err error) {
	if platform, err = net.Listen("tcp", c.Listen); err != nil {
		return nil, nil, fmt.Errorf("listen: %w (choose another with --listen, or make demo ADDR=host:port)", err)
	}
	address := c.EmulatorListen
	if address == "" {
		host, port, err := net.SplitHostPort(platform.Addr().String())
		if err != nil {
			return nil, nil, err
		}
		n, err := strconv.Atoi(port)
		if err != nil {
			return nil, nil, err
		}
		address = net.JoinHostPort(host, strconv.Itoa(n+1))
		if strings.HasSuffix(c.Listen, ":0") {
			address = net.JoinHostPort(host, "0")
		}
	}
	if emulator, err = net.Listen("tcp", address); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("listen for the emulator: %w (choose another address with --emulator-listen)", err), platform.Close())
	}
	return platform, emulator, nil
}

func (c *demoCommand) greet(ctx runContext, platform, emulator, password string) {
	if c.PrintJSON {
		out := map[string]string{"url": platform, "emulator_url": emulator, "email": demoEmail, "password": password}
		_ = json.NewEncoder(ctx.stdout).Encode(out) // nobody to tell if stdout is gone
		return
	}
	fmt.Fprintf(ctx.stdout, "\n  Wasl is running with a sample business.\n\n  Open      %s\n  Sign in   %s\n  Password  %s\n\n  The phone and its customers: %s\n  Stop with Ctrl-C.\n\n", platform, demoEmail, password, emulator)
}

// demoApp is the app of the demo at its emulated Meta.
const demoApp = "660000000000001"

// demoPassword is the demo's own: it is reachable from this machine only and
// says what it is.
const demoPassword = "palm-bakery-demo"

// seed makes the sample business on both sides. A data folder that has one
// already keeps its people and conversations; the emulator always starts new.
func (c *demoCommand) seed(ctx context.Context, h *house, e *metaemu.Emulator, platform, secret, verify string) (password string, err error) {
	talks, s, err := loadSample()
	if err != nil {
		return "", err
	}
	customers := people(talks, s, max(c.Customers, len(talks)))
	n, waba, app, err := c.seedEmulator(e, s, customers, secret, verify, len(talks))
	if err != nil {
		return "", err
	}
	if err := c.seedPlatform(ctx, h, n, waba); err != nil {
		return "", err
	}
	if err := e.SetCallback(app.ID, platform+"/webhooks/meta", verify); err != nil {
		return "", err
	}
	if c.Quiet {
		return demoPassword, nil
	}
	for i, t := range talks {
		start := time.Duration(i) * 150 * time.Millisecond
		if i >= 8 {
			start = time.Duration(i-7) * 20 * time.Second
		}
		if err := e.Play(t.script(n.ID, customers[i].Digits, start)); err != nil {
			return "", err
		}
	}
	return demoPassword, nil
}

func (c *demoCommand) seedEmulator(e *metaemu.Emulator, s sample, customers []metaemu.CustomerSpec, secret, verify string, talking int) (metaemu.Number, metaemu.WABA, metaemu.App, error) {
	fail := func(err error) (metaemu.Number, metaemu.WABA, metaemu.App, error) {
		return metaemu.Number{}, metaemu.WABA{}, metaemu.App{}, err
	}
	app, err := e.CreateApp(metaemu.AppSpec{ID: demoApp, Name: "Wasl demo", Secret: secret, VerifyToken: verify})
	if err != nil {
		return fail(err)
	}
	portfolio, err := e.CreatePortfolio(metaemu.Portfolio{})
	if err != nil {
		return fail(err)
	}
	waba, err := e.CreateWABA(metaemu.WABASpec{Name: "Palm Bakery", App: app.ID, Portfolio: portfolio.ID})
	if err != nil {
		return fail(err)
	}
	history, err := past(s, customers[talking:min(len(customers), talking+40)])
	if err != nil {
		return fail(err)
	}
	spec := metaemu.NumberSpec{Digits: "966550000077", Display: "+966 55 000 0077", VerifiedName: "Palm Bakery", Country: "SA", WABA: waba.ID, History: history}
	for _, p := range customers[:min(len(customers), 120)] {
		spec.Contacts = append(spec.Contacts, metaemu.ContactSpec{Digits: p.Digits, Name: p.Name})
	}
	if _, err := e.CreateCustomers(customers); err != nil {
		return fail(err)
	}
	n, err := e.CreateNumber(spec)
	if err != nil {
		return fail(err)
	}
	return n, waba, app, c.seedBranch(e, waba, customers)
}

// seedBranch is a second phone, which the owner has not connected yet.
func (c *demoCommand) seedBranch(e *metaemu.Emulator, waba metaemu.WABA, customers []metaemu.CustomerSpec) error {
	unlinked := false
	spec := metaemu.NumberSpec{
		Digits: "966550000088", Display: "+966 55 000 0088", VerifiedName: "Palm Bakery, Jeddah", Country: "SA", WABA: waba.ID,
		Linked: &unlinked, History: []byte("400"),
	}
	for _, p := range customers[:min(len(customers), 60)] {
		spec.Contacts = append(spec.Contacts, metaemu.ContactSpec{Digits: p.Digits, Name: p.Name})
	}
	_, err := e.CreateNumber(spec)
	return err
}

func (c *demoCommand) seedPlatform(ctx context.Context, h *house, n metaemu.Number, waba metaemu.WABA) error {
	b, ok, err := h.db.BusinessNamed(ctx, demoBusiness)
	if err != nil {
		return err
	}
	if !ok {
		if b, err = h.db.CreateBusiness(ctx, demoBusiness, clock.Now()); err != nil {
			return err
		}
		for _, m := range []auth.Member{
			{Business: b, Email: demoEmail, Name: "Sara · سارة", Role: auth.Owner, Operator: true, Password: demoPassword},
			{Business: b, Email: "agent@palm.example", Name: "Ali · علي", Role: auth.Agent, Password: demoPassword},
		} {
			if _, err := h.gate.AddPerson(ctx, m); err != nil {
				return err
			}
		}
	}
	now := clock.Now()
	number, err := h.db.AddNumber(ctx, store.NewNumber{
		Business: b, PhoneNumberID: wa.PhoneNumberID(n.ID), WABAID: wa.WABAID(waba.ID), Display: n.Display, Name: "Palm Bakery",
		Mode: "coexistence", Token: []byte(waba.Token), OnboardedAt: now,
	}, now)
	if err != nil {
		return err
	}
	return h.db.BeginSyncs(ctx, b, number, now)
}
