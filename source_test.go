package clerkknock_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/ledger"
	"github.com/stretchr/testify/require"
	svix "github.com/svix/svix-webhooks/go"
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

func TestServeHTTPAnswersWhatHasBeenDone(t *testing.T) {
	t.Parallel()
	h := serve(t, clerkknock.Config{})
	a := h.post(t, "msg_1", userCreated)
	require.Equal(t, 200, a.status)
	require.Equal(t, "application/json", a.header.Get("Content-Type"))
	require.JSONEq(t, `{"id":"msg_1","type":"user.created","outcome":"succeeded","steps":[{
		"id":"user.created:users_identify","action":"users_identify","status":"succeeded",`+userCreatedLeftOut+`}]}`, a.body)

	inv := h.executor.got[0]
	require.Equal(t, `"jane@example.com"`, string(inv.Action.Params["email"]),
		"the primary address, which is not the first")
	require.Equal(t, `null`, string(inv.Action.Params["phone_number"]), "no phone is sent as null")
	require.Equal(t, "msg_1", inv.Event.ID)
	for name, raw := range inv.Action.Params {
		require.NotContains(t, string(raw), "do-not-forward", name)
	}
	for _, private := range []string{"jane", "Jane", "do-not-forward", "whsec", "v1,"} {
		require.NotContains(t, h.log.String(), private)
		require.NotContains(t, a.body, private)
	}

	require.Len(t, h.executor.got, 1)

	for body, outcome := range map[string]clerkknock.Outcome{
		`{"type":"something.new","data":{"id":"x"}}`:     clerkknock.OutcomeIgnored,
		`{"type":"user.deleted","data":{"id":"user_9"}}`: clerkknock.OutcomeIgnored,
		`{"type":"user.created","data":null}`:            clerkknock.OutcomeSkipped,
		`{"type":"user.created"}`:                        clerkknock.OutcomeSkipped,
		`{"type":"user.created","data":"odd"}`:           clerkknock.OutcomeSkipped,
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			h := serve(t, clerkknock.Config{})
			a := h.post(t, "msg_"+body, body)
			require.Equal(t, 200, a.status)
			require.Equal(t, outcome, a.report.Outcome)
			require.Empty(t, h.executor.got)
		})
	}
}

// A misspelt path is no mistake that New could find: somebody has to be told.
func TestAParameterThatResolvesToNothingIsLoggedAsAWarning(t *testing.T) {
	t.Parallel()
	h := serve(t, clerkknock.Config{
		Mapper: clerkknock.DefaultMapper().Set("user.created:users_identify", clerkknock.Params{
			"id": clerkknock.Path("data.idd"),
		}),
	})
	require.Equal(t, 200, h.post(t, "msg_1", userCreated).status)
	require.Contains(t, h.log.String(), "level=WARN")
	require.Contains(t, h.log.String(), `parameter \"id\" resolves to nothing`)
}

func TestServeHTTPRefuses(t *testing.T) {
	t.Parallel()
	const id = "msg_1"
	now := time.Now().Unix()
	resign := func(id string, at int64, body string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header = headers(id, strconv.FormatInt(at, 10), sign(secret, id, at, body))
		}
	}
	big := `{"type":"user.created","pad":"` + strings.Repeat("a", 2<<20) + `"}`
	for name, c := range map[string]struct {
		body   string
		edit   func(*http.Request)
		status int
		word   string
	}{
		"no headers":   {userCreated, func(r *http.Request) { r.Header = http.Header{} }, 400, "malformed"},
		"no signature": {userCreated, func(r *http.Request) { r.Header.Del("svix-signature") }, 400, "malformed"},
		"another secret": {
			userCreated,
			func(r *http.Request) { r.Header.Set("svix-signature", sign(vectorSecret, id, now, userCreated)) },
			401, "unauthorized",
		},
		"tampered body": {
			strings.Replace(userCreated, "user_1", "user_2", 1),
			func(r *http.Request) { r.Header.Set("svix-signature", sign(secret, id, now, userCreated)) },
			401, "unauthorized",
		},
		"stale":                {userCreated, resign(id, now-400, userCreated), 401, "unauthorized"},
		"future":               {userCreated, resign(id, now+400, userCreated), 401, "unauthorized"},
		"too large":            {big, nil, 413, "oversized"},
		"too large, no length": {big, func(r *http.Request) { r.ContentLength = -1 }, 413, "oversized"},
		"truncated JSON":       {userCreated[:100], nil, 400, "malformed"},
		"deeply nested":        {strings.Repeat("[", 500_000), nil, 400, "malformed"},
		"deeply nested in data": {
			`{"type":"user.created","data":` + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + `}`,
			nil, 400, "malformed",
		},
		"a list":                 {`[{"type":"user.created"}]`, nil, 400, "malformed"},
		"a string":               {`"user.created"`, nil, 400, "malformed"},
		"nothing":                {``, nil, 400, "malformed"},
		"null":                   {`null`, nil, 400, "malformed"},
		"no type":                {`{"data":{}}`, nil, 400, "malformed"},
		"type is a number":       {`{"type":5}`, nil, 400, "malformed"},
		"GET":                    {userCreated, func(r *http.Request) { r.Method = http.MethodGet }, 405, "unsupported"},
		"PUT":                    {userCreated, func(r *http.Request) { r.Method = http.MethodPut }, 405, "unsupported"},
		"another Clerk instance": {strings.Replace(userCreated, "ins_1", "ins_2", 1), nil, 403, "forbidden"},
		"no Clerk instance":      {`{"type":"user.created","data":{}}`, nil, 403, "forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := serve(t, clerkknock.Config{InstanceIDs: []string{"ins_1"}})
			edit := c.edit
			if edit == nil {
				edit = func(*http.Request) {}
			}
			a := h.post(t, id, c.body, edit)
			require.Equal(t, c.status, a.status)
			require.Equal(t, c.word+"\n", a.body)
			require.Empty(t, h.executor.got)
			for _, private := range []string{"jane", "user_1", "whsec", "v1,", id} {
				require.NotContains(t, h.log.String(), private)
			}
			require.Contains(t, h.log.String(), "request refused")
		})
	}
}

func TestServeHTTPAcceptsASecretInRotation(t *testing.T) {
	t.Parallel()
	h := serve(t, clerkknock.Config{SigningSecrets: []string{vectorSecret, secret}})
	require.Equal(t, 200, h.post(t, "msg_1", userCreated).status)
	h.source = nil
	a := h.post(t, "msg_2", userCreated, func(r *http.Request) {
		now := time.Now().Unix()
		r.Header.Set("svix-signature", sign(vectorSecret, "msg_2", now, userCreated))
		r.Header.Set("svix-timestamp", strconv.FormatInt(now, 10))
	})
	require.Equal(t, 200, a.status)
}

func TestServeHTTPAnswersFailures(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		fail       func(context.Context, clerkknock.Invocation) error
		abort      bool
		status     int
		retryAfter string
		header     string
		logged     string
	}{
		"for now": {func(context.Context, clerkknock.Invocation) error { return boom }, false, 503, "5", "", "boom"},
		"for now, with pause": {func(context.Context, clerkknock.Invocation) error {
			return clerkknock.RetryAfter(boom, 1500*time.Millisecond)
		}, true, 503, "2", "", "boom"},
		"for now, for ages": {
			func(context.Context, clerkknock.Invocation) error { return clerkknock.RetryAfter(boom, 1000*time.Hour) },
			false, 503, "3600", "", "boom",
		},
		"for good": {
			func(context.Context, clerkknock.Invocation) error { return clerkknock.Permanent(boom) },
			false, 422, "", "", "boom",
		},
		"for good, and abort": {
			func(context.Context, clerkknock.Invocation) error { return clerkknock.Permanent(boom) },
			true, 422, "", "abort-message", "boom",
		},
		"panic": {
			func(context.Context, clerkknock.Invocation) error { panic("jane@example.com") },
			false, 503, "5", "", "source_test.go",
		},
		"panic of the runtime": {
			func(_ context.Context, inv clerkknock.Invocation) error { _ = []int{}[len(inv.MappingID)]; return nil },
			false, 503, "5", "", "index out of range",
		},
		"hangs": {
			func(ctx context.Context, _ clerkknock.Invocation) error { <-ctx.Done(); return ctx.Err() },
			false, 503, "5", "", "deadline exceeded",
		},
		"calls its own time-out permanent": {func(ctx context.Context, _ clerkknock.Invocation) error {
			<-ctx.Done()
			return clerkknock.Permanent(ctx.Err())
		}, false, 503, "5", "", "deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := serve(t, clerkknock.Config{AbortOnFailure: c.abort, Budget: 200 * time.Millisecond})
			h.executor.fail = c.fail
			a := h.post(t, "msg_1", userCreated)
			require.Equal(t, c.status, a.status)
			require.Equal(t, c.retryAfter, a.header.Get("Retry-After"))
			require.Equal(t, c.header, a.header.Get("Webhook-Delivery"))
			require.Contains(t, h.log.String(), c.logged)
			require.NotContains(t, h.log.String(), "jane")
			require.NotContains(t, a.body, "boom")
			require.Len(t, a.report.Steps, 1)
		})
	}
}

func TestServeHTTPDoesNotWaitForASlowClient(t *testing.T) {
	t.Parallel()
	h := serve(t, clerkknock.Config{Budget: 100 * time.Millisecond})
	conn, err := net.Dial("tcp", h.Listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "POST /webhooks/clerk HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
	require.NoError(t, err)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	head := make([]byte, 12)
	_, err = io.ReadFull(conn, head)
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 400", string(head))
}

func TestServeHTTPSaysWhenMiddlewareHasEatenTheBody(t *testing.T) {
	t.Parallel()
	h := serve(t, clerkknock.Config{})
	eater := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		h.source.ServeHTTP(w, r)
	}))
	defer eater.Close()
	now := time.Now().Unix()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, eater.URL, strings.NewReader(userCreated))
	require.NoError(t, err)
	req.Header = headers("msg_1", strconv.FormatInt(now, 10), sign(secret, "msg_1", now, userCreated))
	resp, err := eater.Client().Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, 400, resp.StatusCode)
	require.Contains(t, h.log.String(), "already consumed")
}

// A sender that hangs up must not leave an event half done.
func TestServeHTTPFinishesWhatTheSenderAbandons(t *testing.T) {
	t.Parallel()
	h := serve(t, clerkknock.Config{})
	started, done := make(chan struct{}), make(chan error, 1)
	h.executor.fail = func(ctx context.Context, _ clerkknock.Invocation) error {
		close(started)
		select {
		case <-ctx.Done():
			done <- ctx.Err()
		case <-time.After(200 * time.Millisecond):
			done <- nil
		}
		return nil
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-started; cancel() }()
	now := time.Now().Unix()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL+"/webhooks/clerk", strings.NewReader(userCreated))
	require.NoError(t, err)
	req.Header = headers("msg_1", strconv.FormatInt(now, 10), sign(secret, "msg_1", now, userCreated))
	_, err = h.Client().Do(req)
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, <-done)
}

// Svix stops waiting after 15 seconds and answers are kept: nothing of a
// stranger's size goes into them.
func TestReportsClipWhatTheSenderWrote(t *testing.T) {
	t.Parallel()
	h := serve(t, clerkknock.Config{})
	long := strings.Repeat("é", 50_000)
	a := h.post(t, "msg_1", `{"type":"`+long+`","data":{}}`)
	require.Equal(t, 200, a.status)
	require.Less(t, len(a.body), 1000)
	require.Less(t, len(h.log.String()), 2000)
}

func TestRehearseExecutesNothing(t *testing.T) {
	t.Parallel()
	h := serve(t, clerkknock.Config{})
	steps, err := h.source.Rehearse(t.Context(), clerkknock.Delivery{Body: []byte(userCreated)})
	require.NoError(t, err)
	shown, err := json.Marshal(steps)
	require.NoError(t, err)
	require.JSONEq(t, `[{"id":"user.created:users_identify","action":"users_identify",
		"params":{"id":"user_1","name":"Jane Doe","email":"jane@example.com","phone_number":null,"properties":{}},
		`+userCreatedLeftOut+`}]`, string(shown))

	steps, err = h.source.Rehearse(t.Context(), clerkknock.Delivery{Body: []byte(`{"type":"user.created"}`)})
	require.NoError(t, err)
	require.Equal(t, `parameter "id" resolves to nothing`, steps[0].Skip)

	_, err = h.source.Rehearse(t.Context(), clerkknock.Delivery{Body: []byte(`{`)})
	require.ErrorContains(t, err, "not a Clerk event")
	require.Empty(t, h.executor.got)
	require.Equal(t, clerkknock.OutcomeSucceeded, h.post(t, "msg_1", userCreated).report.Outcome,
		"a rehearsal is not remembered")
}

func TestSetMapperSwapsOrKeepsTheOld(t *testing.T) {
	t.Parallel()
	h := serve(t, clerkknock.Config{})
	require.Error(t, h.source.SetMapper(nil))
	require.Error(t, h.source.SetMapper(clerkknock.DefaultMapper().Enable("nope")))
	require.Equal(t, clerkknock.OutcomeSucceeded, h.post(t, "msg_1", userCreated).report.Outcome)
	require.NoError(t, h.source.SetMapper(clerkknock.NewMapper()))
	require.Equal(t, clerkknock.OutcomeIgnored, h.post(t, "msg_2", userCreated).report.Outcome)
}

func TestNewFailsClosed(t *testing.T) {
	t.Parallel()
	ok := clerkknock.DryRun(nil)
	for says, c := range map[string]clerkknock.Config{
		"Config.Executor is required":             {SigningSecrets: []string{secret}},
		"Config.SigningSecrets: unusable":         {Executor: ok},
		"Config.SigningSecrets: unusable signing": {Executor: ok, SigningSecrets: []string{secret, "whsec_"}},
		"exclude each other": {
			Executor: ok, SigningSecrets: []string{secret}, Verifier: verifier(t, 0, secret),
		},
		"Config.Executor: Tee has no executor": {SigningSecrets: []string{secret}, Executor: clerkknock.Tee()},
		"Config.Executor is required; knock.New makes": {
			SigningSecrets: []string{secret}, Executor: clerkknock.ExecutorFunc(nil),
		},
		"Config.Verifier is a nil pointer":     {Executor: ok, Verifier: (*clerkknock.SignatureVerifier)(nil)},
		"signed with an empty key":             {Executor: ok, Verifier: unset(t)},
		"Config.Tolerance is negative":         {Executor: ok, SigningSecrets: []string{secret}, Tolerance: -1},
		"Config.Budget is negative":            {Executor: ok, SigningSecrets: []string{secret}, Budget: -1},
		"Config.MaxBodyBytes is negative":      {Executor: ok, SigningSecrets: []string{secret}, MaxBodyBytes: -1},
		"Config.InstanceIDs holds an empty ID": {Executor: ok, SigningSecrets: []string{secret}, InstanceIDs: []string{""}},
		`Config.Mapper: mapping "x": there is none`: {
			Executor: ok, SigningSecrets: []string{secret}, Mapper: clerkknock.DefaultMapper().Enable("x"),
		},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			_, err := clerkknock.New(c)
			require.ErrorContains(t, err, says)
		})
	}
}

// unset is what svix makes of an environment variable that nobody has set.
func unset(t *testing.T) *svix.Webhook {
	t.Helper()
	w, err := svix.NewWebhook("")
	require.NoError(t, err)
	return w
}

func TestASourceDoesNotPrintItsSecrets(t *testing.T) {
	t.Parallel()
	s, err := clerkknock.New(clerkknock.Config{SigningSecrets: []string{secret}, Executor: clerkknock.DryRun(nil)})
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", s, s, s), "whsec_")
}

func TestAForeignVerifierWorksAsItIs(t *testing.T) {
	t.Parallel()
	w, err := svix.NewWebhook(secret)
	require.NoError(t, err)
	h := serve(t, clerkknock.Config{Verifier: w})
	require.Equal(t, 200, h.post(t, "msg_1", userCreated).status)
	require.Equal(t, 401, h.post(t, "msg_1", userCreated, func(r *http.Request) {
		r.Header.Set("svix-signature", "v1,x")
	}).status)
}

// inbox is an Inbox that keeps or refuses.
type inbox struct {
	got []clerkknock.Delivery
	err error
}

func (i *inbox) Put(_ context.Context, d clerkknock.Delivery) error {
	if i.err == nil {
		i.got = append(i.got, d)
	}
	return i.err
}

func TestAnInboxStoresInsteadOfExecuting(t *testing.T) {
	t.Parallel()
	box := &inbox{}
	h := serve(t, clerkknock.Config{Inbox: box})
	a := h.post(t, "msg_1", userCreated, func(r *http.Request) {
		r.Header.Set("Authorization", "Basic x")
		r.Header.Set("Cookie", "session=x")
	})
	require.Equal(t, 202, a.status)
	require.Empty(t, h.executor.got)
	require.Len(t, box.got, 1)
	require.Equal(t, "msg_1", box.got[0].ID)
	require.Equal(t, userCreated, string(box.got[0].Body))
	for _, name := range []string{"Authorization", "Cookie", "Svix-Signature", "Svix-Timestamp"} {
		require.NotContains(t, box.got[0].Header, name)
	}
	report, err := h.source.Process(t.Context(), box.got[0])
	require.NoError(t, err)
	require.Equal(t, clerkknock.OutcomeSucceeded, report.Outcome)

	box.err = errors.New("disk is gone")
	a = h.post(t, "msg_2", userCreated)
	require.Equal(t, 503, a.status)
	require.Equal(t, "5", a.header.Get("Retry-After"))
	require.Equal(t, 401, h.post(t, "msg_3", userCreated, func(r *http.Request) {
		r.Header.Set("svix-signature", "v1,x")
	}).status)
}

// remembering is an inbox with a ledger.
type remembering struct {
	inbox
	ledger ledger.Ledger
}

func (i *remembering) Ledger() ledger.Ledger { return i.ledger }

func TestAnInboxBringsItsLedger(t *testing.T) {
	t.Parallel()
	box := &remembering{ledger: &ledger.Memory{}}
	done := func(c clerkknock.Config) clerkknock.Outcome {
		c.Inbox = box
		report, err := serve(t, c).source.Process(t.Context(), clerkknock.Delivery{ID: "msg_1", Body: []byte(userCreated)})
		require.NoError(t, err)
		return report.Outcome
	}
	require.Equal(t, clerkknock.OutcomeSucceeded, done(clerkknock.Config{}))
	require.Equal(t, clerkknock.OutcomeDuplicate, done(clerkknock.Config{}), "another process on the same inbox")
	own := clerkknock.Config{Ledger: &ledger.Memory{}}
	require.Equal(t, clerkknock.OutcomeSucceeded, done(own), "unless told otherwise")
}

func TestProcessSaysWhetherARetryCanHelp(t *testing.T) {
	t.Parallel()
	h := serve(t, clerkknock.Config{})
	boom := errors.New("boom")
	h.executor.fail = func(context.Context, clerkknock.Invocation) error { return boom }
	_, err := h.source.Process(t.Context(), clerkknock.Delivery{ID: "msg_1", Body: []byte(userCreated)})
	require.ErrorIs(t, err, boom)
	require.EqualError(t, err, "step user.created:users_identify: boom")
	require.False(t, clerkknock.IsPermanent(err))
	h.executor.fail = func(context.Context, clerkknock.Invocation) error { return clerkknock.Permanent(boom) }
	_, err = h.source.Process(t.Context(), clerkknock.Delivery{ID: "msg_1", Body: []byte(userCreated)})
	require.True(t, clerkknock.IsPermanent(err))
	report, err := h.source.Process(t.Context(), clerkknock.Delivery{ID: "msg_1", Body: []byte(`{`)})
	require.True(t, clerkknock.IsPermanent(err))
	require.Equal(t, clerkknock.OutcomeFailed, report.Outcome)
}
