package browsertest_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/console"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/inbox"
	"github.com/clerkknock/clerkknock/inbox/sqlite"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

// host is a program with an inbox in a file, an emulated Knock and the console.
type host struct {
	t      *testing.T
	url    string // of the console
	server *httptest.Server
	source *clerkknock.Source
	box    *sqlite.Inbox
	knock  *knocktest.API
}

// newHost starts one. edit changes what its console shows.
func newHost(t *testing.T, mapper *clerkknock.Mapper, edit ...func(*console.Config)) *host {
	t.Helper()
	api := knocktest.New(knocktest.Config{})
	knocks := httptest.NewServer(api)
	t.Cleanup(knocks.Close)
	executor, err := knock.New(knock.Config{APIKey: "sk_test", BaseURL: knocks.URL})
	require.NoError(t, err)
	quiet := slog.New(slog.DiscardHandler)
	box, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "inbox.db"), inbox.Config{Logger: quiet})
	require.NoError(t, err)
	src, err := clerkknock.New(clerkknock.Config{
		SigningSecrets: []string{clerktest.Secret}, Executor: executor, Mapper: mapper, Inbox: box,
		Observers: []clerkknock.Observer{box.EventLog()}, Logger: quiet,
	})
	require.NoError(t, err)
	require.NoError(t, box.Start(context.WithoutCancel(t.Context()), src.Process))
	t.Cleanup(func() { require.NoError(t, box.Close()) })
	config := console.Config{
		Source: src, Log: box.EventLog(), Queue: box.Queue(), Authorize: console.Loopback, Limits: executor.Limits,
		Logger: quiet,
	}
	for _, e := range edit {
		e(&config)
	}
	page, err := console.Handler(config)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/clerk", src)
	mux.Handle("/admin/clerk/", page)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return &host{t, server.URL + "/admin/clerk/", server, src, box, api}
}

// post delivers an event as Clerk does, signed with the secret, and returns the status.
func (h *host) post(secret, id string, body []byte) int {
	h.t.Helper()
	req := clerktest.NewRequest(h.server.URL+"/webhooks/clerk", secret, id, time.Now(), body)
	req.RequestURI = ""
	resp, err := h.server.Client().Do(req)
	require.NoError(h.t, err)
	require.NoError(h.t, resp.Body.Close())
	return resp.StatusCode
}

// event delivers an event about a user and waits until it has the outcome.
func (h *host) event(id, eventType, user string, outcome clerkknock.Outcome, edits ...clerktest.Edit) {
	h.t.Helper()
	edits = append([]clerktest.Edit{clerktest.Set("data.id", user)}, edits...)
	require.Equal(h.t, http.StatusAccepted, h.post(clerktest.Secret, id, clerktest.Event(eventType, edits...)))
	h.settles(id, outcome)
}

// settles waits until a delivery has one of the outcomes.
func (h *host) settles(id string, outcomes ...clerkknock.Outcome) {
	h.t.Helper()
	var last error
	require.Eventually(h.t, func() bool {
		entries, err := h.box.EventLog().Entries(h.t.Context(), eventlog.Query{ID: id})
		if err != nil || len(entries) == 0 {
			last = errors.Join(errors.New("no entry"), err)
			return false
		}
		last = errors.New(string(entries[0].Outcome))
		return slices.Contains(outcomes, entries[0].Outcome)
	}, patience, 20*time.Millisecond, "%s is not %s: %v", id, outcomes, &last)
}
