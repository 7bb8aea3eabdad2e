package console_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/console"
	"github.com/clerkknock/clerkknock/eventlog"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/require"
)

// house is a host with a Source, an emulated Knock and a console in it.
type house struct {
	t      *testing.T
	source *clerkknock.Source
	events *eventlog.Memory
	knock  *knocktest.API
	host   *httptest.Server
	logged *strings.Builder
	now    time.Time
}

// open builds a house; edit changes the Configs before they are used.
func open(t *testing.T, edit ...func(*clerkknock.Config, *console.Config)) *house {
	t.Helper()
	h := &house{t: t, events: &eventlog.Memory{}, knock: knocktest.New(knocktest.Config{}), logged: &strings.Builder{}}
	h.now = time.Now().UTC()
	api := httptest.NewServer(h.knock)
	t.Cleanup(api.Close)
	executor, err := knock.New(knock.Config{APIKey: "sk_test", BaseURL: api.URL, MaxAttempts: 1})
	require.NoError(t, err)
	quiet := slog.New(slog.DiscardHandler)
	config := clerkknock.Config{SigningSecrets: []string{clerktest.Secret}, Executor: executor, Logger: quiet,
		Observers: []clerkknock.Observer{h.events}}
	look := console.Config{Log: h.events, Logger: slog.New(slog.NewTextHandler(h.logged, nil)),
		Authorize: func(*http.Request) (string, bool) { return "grace", true }}
	for _, edit := range edit {
		edit(&config, &look)
	}
	h.source, err = clerkknock.New(config)
	require.NoError(t, err)
	look.Source = h.source
	page, err := console.Handler(look)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/clerk", h.source)
	mux.Handle("/admin/clerk/", page)
	h.host = httptest.NewServer(mux)
	t.Cleanup(h.host.Close)
	return h
}

// send delivers a signed event over HTTP and returns the status.
func (h *house) send(id string, body []byte) int {
	h.t.Helper()
	return h.post(clerktest.NewRequest("/webhooks/clerk", clerktest.Secret, id, time.Now(), body))
}

func (h *house) post(r *http.Request) int {
	h.t.Helper()
	out, err := http.NewRequestWithContext(h.t.Context(), r.Method, h.host.URL+r.URL.Path, r.Body)
	require.NoError(h.t, err)
	out.Header = r.Header
	answer, err := h.host.Client().Do(out)
	require.NoError(h.t, err)
	defer answer.Body.Close()
	return answer.StatusCode
}

// observe puts an event into the log as if it had been processed.
func (h *house) observe(
	id string, at time.Time, body []byte, outcome clerkknock.Outcome, steps ...clerkknock.StepReport,
) {
	h.t.Helper()
	e, err := clerk.Parse(body)
	require.NoError(h.t, err)
	require.NoError(h.t, h.events.Observe(h.t.Context(), clerkknock.Delivery{ID: id, ReceivedAt: at, Body: body},
		clerkknock.Report{ID: id, Type: e.Type, Outcome: outcome, At: at, Steps: steps}))
}

// answer is what a browser gets.
type answer struct {
	status int
	header http.Header
	body   string
	url    string
}

// get loads a page below the console's root, and follows redirects as a browser does.
func (h *house) get(path string) answer { return h.do(http.MethodGet, path, "", nil) }

func (h *house) do(method, path, form string, header http.Header) answer {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, h.host.URL+"/admin/clerk/"+path, strings.NewReader(form))
	require.NoError(h.t, err)
	for name, values := range header {
		r.Header[name] = values
	}
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := h.host.Client().Do(r)
	require.NoError(h.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(h.t, err)
	return answer{response.StatusCode, response.Header, string(body), response.Request.URL.String()}
}

// words is a page as a reader sees it: without tags, with single spaces.
func (a answer) words() string {
	var text strings.Builder
	inTag := false
	for _, r := range a.body {
		switch {
		case r == '<':
			inTag = true
			text.WriteByte(' ')
		case r == '>':
			inTag = false
		case !inTag:
			text.WriteRune(r)
		}
	}
	unescaped := strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&", "&#43;", "+").
		Replace(text.String())
	return strings.Join(strings.Fields(unescaped), " ")
}
