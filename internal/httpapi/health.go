package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"wasl/internal/auth"
	"wasl/internal/clock"
)

// readyWithin is how long all checks together may take.
const readyWithin = 5 * time.Second

func (a *API) registerHealth() {
	get := func(path, summary string) huma.Operation {
		return huma.Operation{OperationID: path[1:], Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"Operation"}}
	}
	a.plain(auth.Anyone(), get("/healthz", "Whether the process is alive"), func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	a.plain(auth.Anyone(), get("/readyz", "Whether it is able to serve"), a.ready)
	metrics := promhttp.HandlerFor(a.Metrics, promhttp.HandlerOpts{})
	a.plain(auth.Anyone(), get("/metrics", "Prometheus metrics"), metrics.ServeHTTP)
}

// ready tells which check fails, and no more: why is in the log.
func (a *API) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	checks := map[string]string{}
	status, word := http.StatusOK, "ok"
	for _, c := range a.Ready {
		checks[c.Name] = "ok"
		if err := c.Test(ctx); err != nil {
			a.Log.Error("not ready", "check", c.Name, "err", err)
			checks[c.Name], status, word = "failed", http.StatusServiceUnavailable, "failed"
		}
	}
	answer(w, status, map[string]any{"status": word, "checks": checks})
}

// DiskSpace checks that a folder has room for at least so many bytes.
func DiskSpace(folder string, least uint64) Check {
	return Check{Name: "disk", Test: func(context.Context) error {
		var s syscall.Statfs_t
		if err := syscall.Statfs(folder, &s); err != nil {
			return fmt.Errorf("look at %s: %w", folder, err)
		}
		if free := s.Bavail * uint64(s.Bsize); free < least {
			return fmt.Errorf("%s has %d bytes left, fewer than %d", folder, free, least)
		}
		return nil
	}}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // whoever asked is gone
}

// observed counts requests and how long they took, by route and not by path, so
// that ids make no series.
func (a *API) observed(next http.Handler) http.Handler {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "wasl_http_request_seconds", Help: "How long requests took, by route and status.",
		Buckets: []float64{0.002, 0.01, 0.05, 0.2, 1, 5, 30},
	}, []string{"route", "status"})
	a.Metrics.MustRegister(seconds)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := clock.Now()
		o := &observer{ResponseWriter: w, status: http.StatusOK}
		_, route := a.mux.Handler(r)
		next.ServeHTTP(o, r)
		if route != "GET /v1/stream" {
			seconds.WithLabelValues(route, strconv.Itoa(o.status)).Observe(clock.Now().Sub(began).Seconds())
		}
	})
}

// observer remembers the status of an answer.
type observer struct {
	http.ResponseWriter
	status int
	wrote  bool
}

func (o *observer) WriteHeader(status int) {
	if !o.wrote {
		o.status, o.wrote = status, true
	}
	o.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (o *observer) Unwrap() http.ResponseWriter { return o.ResponseWriter }
