package whatif_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/whatif"
	"github.com/stretchr/testify/require"
)

func TestWhatIsNoEventIsCountedWithTheReason(t *testing.T) {
	t.Parallel()
	r := compare(t, table(), table(), "", "no JSON", `{"data":{}}`, "", created)
	require.Equal(t, map[string]int{
		"the body is missing": 2, "clerk: body is not a JSON object": 1, "clerk: event has no type": 1,
	}, r.Unreadable)
	require.Equal(t, []int{1, 1, 1, 0}, []int{r.Events, r.Unchanged, r.Unmapped, len(r.Changes)})
}

func TestCompareNeedsTwoTablesWithoutMistakesAndAnExecutorThatCanTell(t *testing.T) {
	t.Parallel()
	good, bad := table(), table(identify("m", params{"nme": path("data.id")}))
	for row, c := range map[string]struct {
		config whatif.Config
		want   string
	}{
		"no table in force":     {whatif.Config{Changed: good}, "Config.InForce and Config.Changed are required"},
		"no changed table":      {whatif.Config{InForce: good}, "Config.InForce and Config.Changed are required"},
		"a mistake in force":    {whatif.Config{InForce: bad, Changed: good}, `Config.InForce: mapping "m": parameter "nme"`},
		"a mistake in changing": {whatif.Config{InForce: good, Changed: bad}, `Config.Changed: mapping "m": parameter "nme"`},
		"an Executor that cannot tell": {whatif.Config{InForce: good, Changed: good, Executor: clerkknock.DryRun(nil)},
			"Config.Executor: clerkknock.ExecutorFunc cannot rehearse"},
	} {
		t.Run(row, func(t *testing.T) {
			t.Parallel()
			_, err := whatif.Compare(t.Context(), c.config, deliveries(created))
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestAnErrorOfTheDeliveriesEndsItAndTellsWhatCameBefore(t *testing.T) {
	t.Parallel()
	gone := errors.New("database gone")
	past := func(yield func(clerkknock.Delivery, error) bool) {
		_ = yield(clerkknock.Delivery{Body: []byte(created)}, nil) && yield(clerkknock.Delivery{}, gone) &&
			yield(clerkknock.Delivery{Body: []byte(created)}, nil)
	}
	r, err := whatif.Compare(t.Context(), whatif.Config{InForce: table(), Changed: table(handler("h"))}, past)
	require.ErrorIs(t, err, gone)
	require.ErrorContains(t, err, "after 1 events")
	require.Equal(t, 1, r.Count(whatif.Added))
}

func TestTheEndOfTheContextEndsIt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	ends := on(func() ([]clerkknock.Action, error) {
		if n++; n == 3 {
			cancel()
			return nil, ctx.Err()
		}
		return nil, nil
	})
	r, err := whatif.Compare(ctx, whatif.Config{InForce: table(), Changed: table(ends)}, endless())
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 2, r.Events, "the event that it ended within is not counted as failing")
	require.Zero(t, r.Count())
}

// endless are deliveries without an end, each in the memory of the one before.
func endless() iter.Seq2[clerkknock.Delivery, error] {
	return func(yield func(clerkknock.Delivery, error) bool) {
		body := []byte(created)
		for i := 0; ; i++ {
			copy(body, strings.Replace(created, "Ada", fmt.Sprintf("%03d", i%1000), 1))
			if !yield(clerkknock.Delivery{ID: fmt.Sprint(i), Body: body}, nil) {
				return
			}
		}
	}
}

func TestExamplesAreBoundedAndKeepNothingOfTheDelivery(t *testing.T) {
	t.Parallel()
	past := func(yield func(clerkknock.Delivery, error) bool) {
		for d := range endless() {
			if d.ID == "2000" || !yield(d, nil) {
				return
			}
		}
	}
	after := table(identify("m", params{"name": path("data.first_name")}))
	for row, c := range map[string]struct{ config, kept int }{
		"as many as asked": {2, 2}, "three by default": {0, 3}, "none": {-1, 0},
	} {
		t.Run(row, func(t *testing.T) {
			t.Parallel()
			r, err := whatif.Compare(t.Context(), whatif.Config{InForce: table(), Changed: after, Examples: c.config}, past)
			require.NoError(t, err)
			require.Len(t, r.Changes, 1)
			require.Equal(t, 2000, r.Changes[0].Count)
			require.Len(t, r.Changes[0].Examples, c.kept)
			for i, e := range r.Changes[0].Examples {
				require.Equal(t, fmt.Sprint(i), e.Delivery)
				require.Nil(t, e.Before)
				require.JSONEq(t, fmt.Sprintf(`"%03d"`, i), string(e.After.Params["name"]))
			}
		})
	}
}

func TestLongValuesAreLeftOutOfExamples(t *testing.T) {
	t.Parallel()
	executor, err := knock.New(knock.Config{APIKey: "sk_test"})
	require.NoError(t, err)
	people := make([]string, 4500)
	for i := range people {
		people[i] = fmt.Sprint("user_", i)
	}
	r, err := whatif.Compare(t.Context(), whatif.Config{
		InForce: table(), Changed: table(on(returns(trigger("w", people...)))), Executor: executor,
	}, deliveries(created))
	require.NoError(t, err)
	after := r.Changes[0].Examples[0].After
	require.Equal(t, `"(52891 bytes)"`, string(after.Params["recipients"]))
	require.Len(t, after.Requests, 3)
	require.Equal(t, 2, after.MoreRequests)
	require.Less(t, len(after.Requests[0].Body), 20)
	require.Equal(t, "/v1/workflows/w/trigger", after.Requests[0].Path)
}

func TestWhatTheExecutorRefusesFails(t *testing.T) {
	t.Parallel()
	executor, err := knock.New(knock.Config{APIKey: "sk_test"})
	require.NoError(t, err)
	for row, c := range map[string]struct {
		executor clerkknock.Executor
		want     string
	}{
		"the one of package knock": {executor, "m fails 1"},
		"one that panics":          {panicking{}, ""},
		"one that is silent":       {silent{}, "m changed 1: created_at"},
	} {
		t.Run(row, func(t *testing.T) {
			t.Parallel()
			r, err := whatif.Compare(t.Context(), whatif.Config{
				InForce:  table(identify("m", params{})),
				Changed:  table(identify("m", params{"created_at": clerkknock.Literal(5)})),
				Executor: c.executor,
			}, deliveries(created))
			require.NoError(t, err)
			require.Equal(t, c.want, changes(r))
		})
	}
}

type silent struct{ clerkknock.Executor }

func (silent) Rehearse(context.Context, clerkknock.Invocation) ([]slog.Attr, error) { return nil, nil }

type panicking struct{ clerkknock.Executor }

func (panicking) Rehearse(context.Context, clerkknock.Invocation) ([]slog.Attr, error) {
	panic("private")
}

func TestTheSameDeliveriesGiveTheSameResult(t *testing.T) {
	t.Parallel()
	mappings := []clerkknock.Mapping{}
	for i := range 20 {
		mappings = append(mappings, identify(fmt.Sprint("m", i), params{"name": clerkknock.Literal(i)}))
	}
	var first string
	for range 10 {
		r := compare(t, table(mappings[:10]...), table(mappings[5:]...), created, created)
		raw, err := json.Marshal(r)
		require.NoError(t, err)
		if first == "" {
			first = string(raw)
		}
		require.Equal(t, first, string(raw))
	}
}

func TestATableDoesNotDifferFromItself(t *testing.T) {
	t.Parallel()
	var bodies []string
	for _, eventType := range clerktest.Types() {
		bodies = append(bodies, string(clerktest.Event(eventType)))
	}
	m := clerkknock.DefaultMapper()
	for _, mapping := range m.Mappings() {
		if mapping.ID != "user.deleted:workflows_trigger" { // which lacks recipients
			m = m.Enable(mapping.ID)
		}
	}
	executor, err := knock.New(knock.Config{APIKey: "sk_test"})
	require.NoError(t, err)
	r, err := whatif.Compare(t.Context(), whatif.Config{InForce: m, Changed: m, Executor: executor}, deliveries(bodies...))
	require.NoError(t, err)
	require.Equal(t, len(bodies), r.Unchanged)
	require.Zero(t, r.Count())
	require.Less(t, r.Unmapped, r.Unchanged)
}
