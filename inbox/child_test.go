//go:build unix

package inbox_test

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/postgres"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
)

// childEnv makes the test binary a host, whose Knock is at the URL that it holds.
const childEnv = "INBOX_TEST_KNOCK"

func TestMain(m *testing.M) {
	if knock := os.Getenv(childEnv); knock != "" {
		if err := host(knock); err != nil {
			fmt.Fprintln(os.Stderr, "host:", err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	// The long tests wait for most of their time: for a lease, a kill, a rescue.
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// host is a program with a Source and an inbox in it, until SIGTERM. The first
// line it prints is its address.
func host(knock string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	// A write beyond RLIMIT_FSIZE is then an error, like one on a full disk.
	signal.Ignore(syscall.SIGXFSZ)
	// An off clock, and a call that leaves late, for a test that wants them.
	var skew atomic.Int64
	set := func(by string) {
		d, _ := time.ParseDuration(by)
		skew.Store(int64(d))
	}
	set(os.Getenv("INBOX_TEST_SKEW"))
	executor, mapper, err := does(knock)
	if err != nil {
		return err
	}
	workers, _ := strconv.Atoi(os.Getenv("INBOX_TEST_WORKERS"))
	timeout, _ := time.ParseDuration(os.Getenv("INBOX_TEST_TIMEOUT"))
	b, err := openFromEnv(ctx, inbox.Config{
		Workers:    workers,
		JobTimeout: cmp.Or(timeout, 2*time.Second),
		Now:        func() time.Time { return time.Now().Add(time.Duration(skew.Load())) },
		Logger:     slog.New(slog.DiscardHandler),
		Schema:     os.Getenv("DATABASE_SCHEMA"),
	})
	if err != nil {
		return err
	}
	defer b.Close()
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret},
		Executor:       executor,
		Inbox:          b,
		Logger:         slog.New(slog.DiscardHandler),
		Mapper:         mapper,
	})
	if err != nil {
		return err
	}
	if err := b.Start(ctx, src.Process); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/clerk", src)
	mux.HandleFunc("GET /stats", func(w http.ResponseWriter, r *http.Request) {
		s, err := b.Stats(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(s)
	})
	mux.HandleFunc("POST /skew", func(_ http.ResponseWriter, r *http.Request) { set(r.FormValue("by")) })
	mux.HandleFunc("POST /limit", func(w http.ResponseWriter, r *http.Request) {
		if err := limitFiles(r.FormValue("bytes")); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case <-ctx.Done():
		return server.Shutdown(context.WithoutCancel(ctx))
	case err := <-served:
		return err
	}
}

func openFromEnv(ctx context.Context, c inbox.Config) (*inbox.Inbox, error) {
	if path := os.Getenv("SQLITE_PATH"); path != "" {
		b, err := sqlite.Open(ctx, path, c)
		if err != nil {
			return nil, err
		}
		return b.Inbox, nil
	}
	b, err := postgres.Open(ctx, os.Getenv("DATABASE_URL"), c)
	if err != nil {
		return nil, err
	}
	return b.Inbox, nil
}

// limitFiles lets no file grow beyond a size; 0 lifts the limit.
func limitFiles(bytes string) error {
	n, err := strconv.ParseUint(bytes, 10, 64)
	if err != nil {
		return err
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	limit.Cur = n
	if n == 0 {
		limit.Cur = limit.Max
	}
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
}
