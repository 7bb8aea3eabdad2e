// Command observability is a host whose deliveries Prometheus watches, with the alerts and
// the dashboard for it.
//
//	export CLERK_WEBHOOK_SIGNING_SECRET=whsec_…
//	go run ./examples/observability
//	curl 127.0.0.1:8080/metrics
//
// alerts.yml goes into the rule_files of Prometheus, dashboard.json is imported into Grafana.
//
// Settings come from the environment:
//
//	ADDR                          where to listen, 127.0.0.1:8080 unless set
//	CLERK_WEBHOOK_SIGNING_SECRET  of the Clerk endpoint; required
//	DATABASE                      file of the inbox, clerk.db unless set
//	KNOCK_API_KEY                 of the Knock environment to write to; unset: actions are only logged
//	KNOCK_BASE_URL                where Knock is, its own API unless set
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/clerkknock/clerkknock/knock"
	otelclerkknock "github.com/clerkknock/clerkknock/otel"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(ctx, os.Getenv, logger, func(net.Addr) {}); err != nil {
		fmt.Fprintln(os.Stderr, "observability:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done. It calls listening once it does.
func run(ctx context.Context, getenv func(string) string, logger *slog.Logger, listening func(net.Addr)) error {
	box, err := sqlite.Open(ctx, cmp.Or(getenv("DATABASE"), "clerk.db"), inbox.Config{Logger: logger})
	if err != nil {
		return err
	}
	defer box.Close()

	exporter, err := prometheus.New() // into the default registry, which promhttp serves
	if err != nil {
		return err
	}
	meters := metric.NewMeterProvider(metric.WithReader(exporter))
	watch := otelclerkknock.Config{
		MeterProvider: meters,
		Backlog: func(ctx context.Context) (otelclerkknock.Backlog, error) {
			stats, err := box.Stats(ctx)
			return otelclerkknock.Backlog(stats), err
		},
	}
	executor := clerkknock.DryRun(logger)
	if key := getenv("KNOCK_API_KEY"); key != "" {
		knock, err := knock.New(knock.Config{APIKey: key, BaseURL: getenv("KNOCK_BASE_URL")})
		if err != nil {
			return err
		}
		executor, watch.Limits = knock, knock.Limits
	}
	telemetry, err := otelclerkknock.New(watch)
	if err != nil {
		return err
	}
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{getenv("CLERK_WEBHOOK_SIGNING_SECRET")},
		Executor:       executor,
		Inbox:          box,
		Observers:      []clerkknock.Observer{telemetry, box.EventLog()},
		Logger:         logger,
	})
	if err != nil {
		return err
	}
	// The signal does not stop the inbox: serve does, when the requests are finished.
	if err := box.Start(context.WithoutCancel(ctx), src.Process); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/clerk", src)
	mux.Handle("GET /metrics", promhttp.Handler()) // in production, on an address of the host's own network

	listener, err := net.Listen("tcp", cmp.Or(getenv("ADDR"), "127.0.0.1:8080"))
	if err != nil {
		return fmt.Errorf("cannot listen: %w; set ADDR to another address", err)
	}
	fmt.Printf("Listening on http://%s\n", listener.Addr())
	listening(listener.Addr())
	return serve(ctx, listener, mux, box.Inbox, meters)
}

// serve serves until ctx is done. Then it takes no more requests, finishes those in
// flight, and stops the inbox. The metrics end before the inbox that they count.
func serve(
	ctx context.Context, listener net.Listener, handler http.Handler, box *inbox.Inbox, meters *metric.MeterProvider,
) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	return errors.Join(server.Shutdown(grace), box.Stop(grace), meters.Shutdown(grace))
}
