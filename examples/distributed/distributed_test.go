package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/internal/logkey"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// executed is a log in which the dry run's lines are counted, by event.
type executed struct {
	slog.Handler
	mu     sync.Mutex
	events map[string]int
}

func (e *executed) Enabled(context.Context, slog.Level) bool { return true }

func (e *executed) Handle(_ context.Context, r slog.Record) error {
	if r.Message != "clerkknock: dry run" {
		return nil
	}
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == logkey.EventID {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.events[a.Value.String()]++
		}
		return true
	})
	return nil
}

func (e *executed) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.events)
}

func TestTwoProcessesExecuteEachEventOnce(t *testing.T) {
	url := os.Getenv("TEST_DATABASE_URL")
	if url == "" {
		url = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("PostgreSQL does not answer; set TEST_DATABASE_URL: %v", err)
	}
	require.NoError(t, err)
	env := map[string]string{
		"ADDR":                         "127.0.0.1:0",
		"CLERK_WEBHOOK_SIGNING_SECRET": clerktest.Secret,
		"DATABASE_URL":                 url,
		"DATABASE_SCHEMA":              "distributed_test_" + strings.ToLower(rand.Text()),
	}
	log := &executed{Handler: slog.DiscardHandler, events: map[string]int{}}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	t.Cleanup(func() {
		stop()
		running.Wait()
		_, err := conn.Exec(context.Background(), `DROP SCHEMA IF EXISTS `+env["DATABASE_SCHEMA"]+` CASCADE`)
		assert.NoError(t, err)
		assert.NoError(t, conn.Close(context.Background()))
	})
	addrs := make(chan net.Addr, 2)
	for range 2 {
		running.Go(func() {
			getenv := func(name string) string { return env[name] }
			assert.NoError(t, run(ctx, getenv, slog.New(log), func(a net.Addr) { addrs <- a }))
		})
	}
	hosts := []net.Addr{<-addrs, <-addrs}

	const events = 30
	for i := range events {
		for _, host := range hosts { // Svix delivers twice, to both
			body := clerktest.Event("user.created", clerktest.Set("data.id", fmt.Sprint("user_", i)))
			url := "http://" + host.String() + "/webhooks/clerk"
			request := clerktest.NewRequest(url, clerktest.Secret, fmt.Sprint("msg_", i), time.Now(), body)
			request.RequestURI = ""
			response, err := http.DefaultClient.Do(request)
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			require.Equal(t, http.StatusAccepted, response.StatusCode)
		}
	}
	require.Eventually(t, func() bool { return log.count() == events }, 30*time.Second, 10*time.Millisecond)
	stop()
	running.Wait()
	for event, n := range log.events {
		assert.Equal(t, 1, n, event)
	}
}
