package clerkknock_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/stretchr/testify/require"
)

// observation is what an Observer was told.
type observation struct {
	delivery clerkknock.Delivery
	report   clerkknock.Report
}

// observe returns an Observer, and what it is told.
func observe() (clerkknock.Observer, *[]observation) {
	told := new([]observation)
	return clerkknock.ObserverFunc(func(_ context.Context, d clerkknock.Delivery, r clerkknock.Report) error {
		*told = append(*told, observation{d, r})
		return nil
	}), told
}

func TestObserversAreToldOfEveryRequest(t *testing.T) {
	t.Parallel()
	forge := func(r *http.Request) { r.Header.Set("svix-signature", "v1,x") }
	for name, test := range map[string]struct {
		config  clerkknock.Config
		body    string
		edit    []func(*http.Request)
		outcome clerkknock.Outcome
		answer  int
	}{
		"processed": {body: userCreated, outcome: clerkknock.OutcomeSucceeded, answer: 200},
		"ignored":   {body: `{"type":"unknown"}`, outcome: clerkknock.OutcomeIgnored, answer: 200},
		"stored": {
			config: clerkknock.Config{Inbox: &inbox{}}, body: userCreated,
			outcome: clerkknock.OutcomeStored, answer: 202,
		},
		"not stored": {
			config: clerkknock.Config{Inbox: &inbox{err: errors.New("inbox is full")}}, body: userCreated,
			outcome: clerkknock.OutcomeRetry, answer: 503,
		},
		"refused": {
			body: userCreated, edit: []func(*http.Request){forge},
			outcome: clerkknock.OutcomeRefused, answer: 401,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			observer, told := observe()
			test.config.Observers = []clerkknock.Observer{observer}
			h := serve(t, test.config)
			require.Equal(t, test.answer, h.post(t, "msg_1", test.body, test.edit...).status)
			require.Len(t, *told, 1)
			got := (*told)[0]
			require.Equal(t, "msg_1", got.delivery.ID)
			require.Equal(t, "msg_1", got.report.ID)
			require.Equal(t, test.outcome, got.report.Outcome)
			require.Equal(t, test.answer, got.report.Answer)
			require.WithinDuration(t, time.Now(), got.report.At, time.Minute)
			if test.outcome == clerkknock.OutcomeRefused {
				require.ErrorIs(t, got.report.Err, clerkknock.ErrNoMatch)
				require.Empty(t, got.delivery.Body, "what is not verified reaches nobody")
				require.Empty(t, got.delivery.Header)
				return
			}
			require.Equal(t, test.body, string(got.delivery.Body))
		})
	}
}

func TestAStrangersIDIsRepeatedOnlyIfItLooksLikeOne(t *testing.T) {
	t.Parallel()
	observer, told := observe()
	h := serve(t, clerkknock.Config{Observers: []clerkknock.Observer{observer}})
	h.post(t, "msg 1 é", userCreated, func(r *http.Request) { r.Header.Set("svix-signature", "v1,x") })
	require.Empty(t, (*told)[0].report.ID)
}

func TestAnObserverThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	last, told := observe()
	h := serve(t, clerkknock.Config{Observers: []clerkknock.Observer{
		clerkknock.ObserverFunc(func(context.Context, clerkknock.Delivery, clerkknock.Report) error { panic("oh") }),
		clerkknock.ObserverFunc(func(context.Context, clerkknock.Delivery, clerkknock.Report) error {
			return errors.New("disk full")
		}),
		last,
	}})
	require.Equal(t, 200, h.post(t, "msg_1", userCreated).status)
	require.Len(t, *told, 1)
	require.Contains(t, h.log.String(), "panic in host code")
	require.Contains(t, h.log.String(), "disk full")
}

func TestWhatAnExecutorNotesIsInTheReportAndTheLog(t *testing.T) {
	t.Parallel()
	observer, told := observe()
	late := make(chan clerkknock.Invocation, 1)
	h := serve(t, clerkknock.Config{Observers: []clerkknock.Observer{observer}})
	h.executor.fail = func(_ context.Context, inv clerkknock.Invocation) error {
		inv.Note(slog.Group("request", slog.String("path", "/v1/users/user_1"), slog.Int("status", 200)))
		late <- inv
		return nil
	}
	require.Equal(t, 200, h.post(t, "msg_1", userCreated).status)
	inv := <-late
	inv.Note(slog.String("too", "late"))
	step := (*told)[0].report.Steps[0]
	require.Len(t, step.Attrs, 1)
	require.Equal(t, "request=[path=/v1/users/user_1 status=200]", step.Attrs[0].String())
	require.False(t, step.At.IsZero())
	require.Contains(t, h.log.String(), "user.created:users_identify.request.status=200")
	require.NotContains(t, h.log.String(), "/v1/users", "a path names a person")
	clerkknock.Invocation{}.Note(slog.String("nobody", "listens"))
}
