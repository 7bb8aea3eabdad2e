package clerkknock_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

const secret = "whsec_dGVzdF9zaWduaW5nX3NlY3JldF8zMl9jaGFyc19sb25n"

const userCreated = `{"type":"user.created","object":"event","timestamp":1748751926443,"instance_id":"ins_1",` +
	`"data":{"id":"user_1","first_name":"Jane","last_name":"Doe","primary_email_address_id":"idn_2",` +
	`"email_addresses":[{"id":"idn_1","email_address":"other@example.com"},` +
	`{"id":"idn_2","email_address":"jane@example.com"}],"primary_phone_number_id":null,"phone_numbers":[],` +
	`"private_metadata":{"marker":"do-not-forward"},"updated_at":1748751926000}}`

// userCreatedLeftOut is what the default mapping finds nothing for in userCreated.
const userCreatedLeftOut = `"left_out":["avatar: body.data.image_url is missing",
	"created_at: body.data.created_at is missing","locale: body.data.locale is missing",
	"properties.external_id: body.data.external_id is missing",
	"properties.public_metadata: body.data.public_metadata is missing",
	"properties.username: body.data.username is missing"]`

// recorder is an Executor that keeps what it is asked to do and answers with
// what fail says.
type recorder struct {
	mu   sync.Mutex
	got  []clerkknock.Invocation
	fail func(ctx context.Context, inv clerkknock.Invocation) error
}

func (r *recorder) Execute(ctx context.Context, inv clerkknock.Invocation) error {
	r.mu.Lock()
	r.got = append(r.got, clerkknock.Invocation{ // without what it is connected to
		Action: inv.Action, Event: inv.Event, MappingID: inv.MappingID, IdempotencyKey: inv.IdempotencyKey,
	})
	r.mu.Unlock()
	if r.fail == nil {
		return nil
	}
	return r.fail(ctx, inv)
}

func (r *recorder) mappings() (all []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, inv := range r.got {
		all = append(all, inv.MappingID)
	}
	return all
}

// host is a Source mounted in a real server, with its log.
type host struct {
	*httptest.Server
	source   *clerkknock.Source
	executor *recorder
	log      *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func serve(t *testing.T, c clerkknock.Config) *host {
	t.Helper()
	h := &host{executor: &recorder{}, log: &lockedBuffer{}}
	if c.SigningSecrets == nil && c.Verifier == nil {
		c.SigningSecrets = []string{secret}
	}
	if c.Executor == nil {
		c.Executor = h.executor
	}
	c.Logger = slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	h.source, err = clerkknock.New(c)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/webhooks/clerk", h.source)
	h.Server = httptest.NewServer(mux)
	t.Cleanup(h.Close)
	return h
}

type answer struct {
	status int
	body   string
	header http.Header
	report clerkknock.Report
}

// post delivers a body, signed for now unless edit says otherwise.
func (h *host) post(t *testing.T, id, body string, edit ...func(*http.Request)) answer {
	t.Helper()
	now := time.Now().Unix()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL+"/webhooks/clerk", strings.NewReader(body))
	require.NoError(t, err)
	req.Header = headers(id, strconv.FormatInt(now, 10), sign(secret, id, now, body))
	for _, e := range edit {
		e(req)
	}
	return h.do(t, req)
}

func (h *host) do(t *testing.T, req *http.Request) answer {
	t.Helper()
	resp, err := h.Client().Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	a := answer{status: resp.StatusCode, body: string(raw), header: resp.Header}
	_ = json.Unmarshal(raw, &a.report)
	return a
}
