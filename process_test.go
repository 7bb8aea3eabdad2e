package clerkknock_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/stretchr/testify/require"
)

// source is a Source without HTTP around it.
func source(t *testing.T, c clerkknock.Config) *clerkknock.Source {
	t.Helper()
	c.SigningSecrets = []string{secret}
	c.Logger = slog.New(slog.DiscardHandler)
	s, err := clerkknock.New(c)
	require.NoError(t, err)
	return s
}

func delivery(id, body string) clerkknock.Delivery {
	return clerkknock.Delivery{ID: id, Body: []byte(body)}
}

func user(kind string, updated int64, name string) string {
	return fmt.Sprintf(`{"type":"user.%s","timestamp":%d,"data":{"id":"user_1","first_name":%q,"updated_at":%d}}`,
		kind, updated, name, updated)
}

const millis = int64(1_700_000_000_000)

func statuses(r clerkknock.Report) string {
	var all []string
	for _, s := range r.Steps {
		all = append(all, string(s.Status))
	}
	return strings.Join(all, " ")
}

// three is a mapper with three steps for one event.
func three() *clerkknock.Mapper {
	id := clerkknock.Path("data.id")
	return clerkknock.NewMapper(
		clerkknock.Mapping{
			ID: "one", Event: "user.updated", Action: clerkknock.UsersIdentify, Params: clerkknock.Params{"id": id},
		},
		clerkknock.Mapping{
			ID: "two", Event: "user.updated", Action: clerkknock.TenantsSet, Params: clerkknock.Params{"id": id},
		},
		clerkknock.Mapping{
			ID:     "three",
			Event:  "user.updated",
			Action: clerkknock.WorkflowsTrigger,
			Params: clerkknock.Params{"key": id, "recipients": id},
		},
	)
}

func TestARetryResumesAtTheFailedStep(t *testing.T) {
	t.Parallel()
	failing := "two"
	executor := &recorder{fail: func(_ context.Context, inv clerkknock.Invocation) error {
		if inv.MappingID == failing {
			return errors.New("boom")
		}
		return nil
	}}
	s := source(t, clerkknock.Config{Executor: executor, Mapper: three()})
	run := func() string {
		r, _ := s.Process(t.Context(), delivery("msg_1", user("updated", millis, "A")))
		return string(r.Outcome) + ": " + statuses(r)
	}
	require.Equal(t, "retry: succeeded retry pending", run())
	failing = "three"
	require.Equal(t, "retry: duplicate succeeded retry", run())
	failing = ""
	require.Equal(t, "succeeded: duplicate duplicate succeeded", run())
	require.Equal(t, "duplicate: duplicate duplicate duplicate", run())
	require.Equal(t, []string{"one", "two", "two", "three", "three"}, executor.mappings())
}

func TestAPermanentFailureDoesNotStopTheOtherSteps(t *testing.T) {
	t.Parallel()
	executor := &recorder{fail: func(_ context.Context, inv clerkknock.Invocation) error {
		if inv.MappingID == "one" {
			return clerkknock.Permanent(errors.New("boom"))
		}
		return nil
	}}
	s := source(t, clerkknock.Config{Executor: executor, Mapper: three()})
	r, err := s.Process(t.Context(), delivery("msg_1", user("updated", millis, "A")))
	require.True(t, clerkknock.IsPermanent(err))
	require.Equal(t, "failed succeeded succeeded", statuses(r))
	r, _ = s.Process(t.Context(), delivery("msg_1", user("updated", millis, "A")))
	require.Equal(t, "failed duplicate duplicate", statuses(r), "only the failed one is tried again")
}

// The end of our own budget says nothing about an action, whatever it is marked with.
func TestASpentBudgetIsNeverPermanent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		executor := &recorder{fail: func(ctx context.Context, _ clerkknock.Invocation) error {
			<-ctx.Done()
			return clerkknock.Permanent(ctx.Err())
		}}
		s := source(t, clerkknock.Config{Executor: executor, Mapper: three()})
		r, err := s.Process(t.Context(), delivery("msg_1", user("updated", millis, "A")))
		require.Equal(t, "retry pending pending", statuses(r))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.False(t, clerkknock.IsPermanent(err))
	})
}

func TestAnIDTooLongToRememberIsProcessedEachTime(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", strings.Repeat("m", 256)} {
		t.Run(fmt.Sprint(len(id), " bytes"), func(t *testing.T) {
			t.Parallel()
			executor := &recorder{}
			s := source(t, clerkknock.Config{Executor: executor, Mapper: three()})
			for range 2 {
				r, err := s.Process(t.Context(), delivery(id, user("updated", millis, "A")))
				require.NoError(t, err)
				require.Equal(t, clerkknock.OutcomeSucceeded, r.Outcome)
			}
			require.Len(t, executor.got, 6)
		})
	}
}

func TestAHundredConcurrentDeliveriesOfOneMessageExecuteOnce(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	h := serve(t, clerkknock.Config{})
	h.executor.fail = func(context.Context, clerkknock.Invocation) error { <-release; return nil }
	var done, busy atomic.Int32
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			a := h.post(t, "msg_1", userCreated)
			switch a.status {
			case 200:
				done.Add(1)
			case 503:
				if busy.Add(1) == 99 {
					close(release) // the first one ends when all the others have been sent away
				}
			default:
				t.Errorf("status %d", a.status)
			}
		})
	}
	all.Wait()
	require.Len(t, h.executor.got, 1)
	require.Equal(t, int32(1), done.Load())
	require.Equal(t, int32(99), busy.Load())
	require.Equal(t, clerkknock.OutcomeDuplicate, h.post(t, "msg_1", userCreated).report.Outcome)
}

func TestRenderingIsDeterministic(t *testing.T) {
	t.Parallel()
	executor := &recorder{}
	mapper := clerkknock.DefaultMapper().
		Preprocess(func(context.Context, clerk.Envelope) (map[string]any, error) {
			return map[string]any{"b": 1, "a": map[string]any{"z": 1, "y": 2}}, nil
		}).
		Set("user.created:users_identify", clerkknock.Params{
			"properties": clerkknock.Object(clerkknock.Params{"p": clerkknock.Path("preprocess")}),
		})
	for range 50 {
		s := source(t, clerkknock.Config{Executor: executor, Mapper: mapper}) // remembers nothing
		_, err := s.Process(t.Context(), clerkknock.Delivery{
			ID: "msg_1", Body: []byte(userCreated), Header: http.Header{"X-Other": {time.Now().String()}},
		})
		require.NoError(t, err)
	}
	for _, inv := range executor.got {
		inv.Event.Header = executor.got[0].Event.Header // what the request brought along
		require.Equal(t, executor.got[0], inv)
	}
}

func TestShutdownFinishesWhatIsInFlightAndLeavesNothingBehind(t *testing.T) {
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	started, finish := make(chan struct{}, 10), make(chan struct{})
	executor := &recorder{fail: func(context.Context, clerkknock.Invocation) error {
		started <- struct{}{}
		<-finish
		return nil
	}}
	h := serve(t, clerkknock.Config{Executor: executor})
	var all sync.WaitGroup
	var succeeded atomic.Int32
	for i := range 10 {
		all.Go(func() {
			body := strings.ReplaceAll(userCreated, "user_1", fmt.Sprint("user_", i))
			if h.post(t, fmt.Sprint("msg_", i), body).status == 200 {
				succeeded.Add(1)
			}
		})
	}
	for range 10 {
		<-started
	}
	stopped := make(chan error)
	go func() { stopped <- h.Config.Shutdown(t.Context()) }()
	close(finish)
	require.NoError(t, <-stopped)
	all.Wait()
	require.Equal(t, int32(10), succeeded.Load())
	h.Close()
	h.Client().CloseIdleConnections()
	require.Eventually(t, func() bool {
		return runtime.NumGoroutine() <= goroutines+1 && openFiles(t) <= files // one is Eventually's own
	}, 5*time.Second, 10*time.Millisecond)
}

// openFiles counts the descriptors of this process where the system shows them.
func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}
