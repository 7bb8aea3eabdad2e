package whatif_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/whatif"
	"github.com/stretchr/testify/require"
)

// private is a result full of what is nobody's business.
func private(t *testing.T, hide bool) whatif.Result {
	t.Helper()
	executor, err := knock.New(knock.Config{APIKey: "sk_test"})
	require.NoError(t, err)
	fails := on(func() ([]clerkknock.Action, error) { return nil, errors.New("no such user: Ada") })
	r, err := whatif.Compare(t.Context(), whatif.Config{
		InForce:  table(identify("m", params{"id": path("data.first_name")}), on(returns(trigger("w", "Ada")))),
		Changed:  table(identify("m", params{"id": path("data.first_name"), "name": path("data.first_name")}), fails),
		Executor: executor, HideValues: hide,
	}, deliveries(created))
	require.NoError(t, err)
	require.Equal(t, "m changed 1: name; on fails 1", changes(r))
	return r
}

func TestPrintsShowNoValues(t *testing.T) {
	t.Parallel()
	r := private(t, false)
	example := r.Changes[0].Examples[0]
	for name, v := range map[string]any{
		"Result": r, "*Result": &r, "Change": r.Changes[0], "Example": example, "*Example": &example,
		"Step": *example.After, "*Step": example.After, "Request": example.After.Requests[0],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var printed bytes.Buffer
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				fmt.Fprintf(&printed, verb+"\n", v)
				fmt.Fprintf(&printed, verb+"\n", []any{v})
			}
			slog.New(slog.NewTextHandler(&printed, nil)).Info("text", "v", v)
			slog.New(slog.NewJSONHandler(&printed, nil)).Info("json", "v", v)
			require.NotContains(t, printed.String(), "Ada")
			require.NotContains(t, printed.String(), fmt.Sprint([]byte("Ada")))
			require.NotContains(t, printed.String(), fmt.Sprintf("%x", "Ada"))
		})
	}
}

func TestJSONHasTheValuesUnlessTheyAreHidden(t *testing.T) {
	t.Parallel()
	shown, err := json.Marshal(private(t, false))
	require.NoError(t, err)
	for _, part := range []string{
		`"path":"/v1/users/Ada"`, `"name":"Ada"`, `"error":"no such user: Ada"`, `"differs":["name"]`,
	} {
		require.Contains(t, string(shown), part)
	}
	hidden, err := json.Marshal(private(t, true))
	require.NoError(t, err)
	require.NotContains(t, string(hidden), "Ada")
	require.JSONEq(t, `{"events":1,"unchanged":0,"unmapped":0,"changes":[
		{"event":"user.created","mapping":"m","kind":"changed","count":1,"differs":{"name":1},"examples":[
			{"delivery":"msg_1","differs":["name"],
				"before":{"id":"m","action":"users_identify"},"after":{"id":"m","action":"users_identify"}}]},
		{"event":"user.created","mapping":"on","kind":"fails","count":1,"examples":[
			{"delivery":"msg_1","before":{"id":"on#1","action":"workflows_trigger"},"after":{"id":"on"}}]}]}`, string(hidden))
	var read whatif.Result
	require.NoError(t, json.Unmarshal(shown, &read))
	require.Equal(t, private(t, false), read)
}

func TestTheTextIsATableOfCounts(t *testing.T) {
	t.Parallel()
	before := table(identify("m", params{"name": path("data.first_name"), "locale": clerkknock.Literal("de")}))
	after := preprocess(table(identify("m", params{})), nil)
	r := compare(t, before, after, created, strings.Replace(created, `"first_name":"Ada",`, "", 1), "")
	require.Equal(t, `2 events: 2 differ, 0 unchanged, 0 of them not mapped
1 unreadable: the body is missing

event         mapping  what     steps
user.created  m        changed  2: locale, name 1
`, r.String())
	require.Error(t, r.WriteText(full{}))
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }
