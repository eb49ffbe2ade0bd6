package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"wasl/metaemu"
	"wasl/metaemu/witness"
)

type emulateCommand struct {
	Listen     string `help:"Address to serve on." default:"127.0.0.1:8081" env:"WASL_EMULATOR_LISTEN"`
	Seed       uint64 `help:"Seed of identifiers, delays and faults." default:"1"`
	Load       string `help:"Begin with the snapshot in this file." type:"existingfile"`
	Save       string `help:"Save a snapshot into this file at the end." type:"path"`
	FetchLinks bool   `help:"Load what a message names by link, as Meta does. Otherwise no address outside is asked." env:"WASL_EMULATOR_FETCH_LINKS"`
	LogLevel   string `help:"debug, info, warn or error." default:"info" enum:"debug,info,warn,error"`
	LogFormat  string `help:"text or json." default:"text" enum:"text,json"`
}

// Run serves the emulator until it is told to stop.
func (c *emulateCommand) Run(ctx runContext) error {
	s := Settings{LogLevel: c.LogLevel, LogFormat: c.LogFormat}
	log := s.logger(ctx.stderr)
	cfg := metaemu.Config{Seed: c.Seed, Log: log, Witness: witness.FromEnv()}
	if c.FetchLinks {
		cfg.Links = &http.Client{}
	}
	e := metaemu.New(cfg)
	if c.Load != "" {
		if err := load(e, c.Load); err != nil {
			return err
		}
	}
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return e.Run(gctx) })
	g.Go(func() error { return serveHTTP(gctx, ln, e.Handler(), log) })
	fmt.Fprintf(ctx.stdout, "Meta's side, emulated: http://%s\nGraph API: http://%s/%s/…   Its own controls: http://%s/_emulator/state\n", ln.Addr(), ln.Addr(), graphVersion, ln.Addr())
	err = g.Wait()
	if c.Save != "" {
		err = errors.Join(err, save(e, c.Save))
	}
	return err
}

func load(e *metaemu.Emulator, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("load snapshot: %w", err)
	}
	defer f.Close()
	return e.Load(f)
}

// save writes beside the file and then takes its place, so that a half written
// snapshot never replaces a whole one.
func save(e *metaemu.Emulator, path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("save snapshot: %w", err)
	}
	err = errors.Join(e.Save(f), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("save snapshot: %w", err), os.Remove(f.Name()))
	}
	return nil
}

// At the end, requests that are being answered may take grace before their
// contexts end, which ends streams, and drain in all.
const (
	grace = 2 * time.Second
	drain = 30 * time.Second
)

// serveHTTP serves h until ctx is done, then lets what is being answered finish.
func serveHTTP(ctx context.Context, ln net.Listener, h http.Handler, log *slog.Logger) error {
	base, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	srv := &http.Server{
		BaseContext:       func(net.Listener) context.Context { return base },
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	time.AfterFunc(grace, cut)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err := srv.Shutdown(end)
	if serr := <-done; !errors.Is(serr, http.ErrServerClosed) {
		err = errors.Join(err, serr)
	}
	return err
}
