package main

import (
	"fmt"
	"net"

	"golang.org/x/sync/errgroup"

	"wasl/internal/auth"
)

type serveCommand struct {
	Settings
	Serving
}

// Run serves the platform until it is told to stop.
func (c *serveCommand) Run(ctx runContext) error {
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	c.Listen = ln.Addr().String()
	h, err := build(ctx, c.Settings, c.Serving, "", auth.Config{})
	if err != nil {
		return err
	}
	defer h.db.Close()
	for name, value := range map[string]string{"--app-secret": h.serving.AppSecret, "--verify-token": h.serving.VerifyToken} {
		if value == "" {
			h.log.Warn("a setting that receiving webhooks needs is missing", "setting", name)
		}
	}
	g, gctx := errgroup.WithContext(ctx)
	if err := h.start(gctx, g); err != nil {
		return err
	}
	g.Go(func() error { return serveHTTP(gctx, ln, h.handler, h.log) })
	h.log.Info("serving", "address", h.serving.publicURL())
	return g.Wait()
}
