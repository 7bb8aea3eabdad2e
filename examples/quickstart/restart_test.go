package main_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/stretchr/testify/require"
)

// What was accepted while Knock was down, by a process that has been killed
// since, reaches Knock when both are back.
func TestTheBacklogSurvivesARestartAndDrains(t *testing.T) {
	t.Parallel()
	const events = 20
	// A port on which nobody listens yet.
	reserved, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := reserved.Addr().String()
	require.NoError(t, reserved.Close())

	env := []string{
		"QUICKSTART_DB=" + filepath.Join(t.TempDir(), "restart.db"),
		"CLERK_WEBHOOK_SIGNING_SECRET=" + clerktest.Secret,
		"KNOCK_BASE_URL=http://" + address,
	}
	host := start(t, env)
	for i := range events {
		host.post(fmt.Sprint("msg_", i), fmt.Sprint("user_", i))
	}
	host.kill()

	arrived := make(chan string, 10*events)
	knock := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- r.Method + " " + r.URL.Path
		w.WriteHeader(http.StatusOK)
	}))
	knock.Listener, err = net.Listen("tcp", address)
	require.NoError(t, err)
	knock.Start()
	defer knock.Close()
	defer start(t, env).kill()

	seen := map[string]bool{}
	deadline := time.After(50 * time.Second)
	for len(seen) < events {
		select {
		case request := <-arrived:
			require.True(t, strings.HasPrefix(request, "PUT /v1/users/user_"), request)
			seen[request] = true
		case <-deadline:
			t.Fatalf("%d of %d events have arrived", len(seen), events)
		}
	}
}
