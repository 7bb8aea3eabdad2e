package clerkknock_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

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

func TestServeHTTPAcceptsASecretInRotation(t *testing.T) {
	t.Parallel()
	h := serve(t, clerkknock.Config{SigningSecrets: []string{vectorSecret, secret}})
	require.Equal(t, 200, h.post(t, "msg_1", userCreated).status)
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
