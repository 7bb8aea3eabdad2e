package whatif_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/whatif"
	"github.com/stretchr/testify/require"
)

const created = `{"type":"user.created","data":{"id":"user_1","external_id":"e","first_name":"Ada","n":1}}`

type params = clerkknock.Params

var path = clerkknock.Path

// table is a Mapper with mappings of user.created.
func table(mappings ...clerkknock.Mapping) *clerkknock.Mapper {
	for i := range mappings {
		mappings[i].Event = "user.created"
	}
	return clerkknock.NewMapper(mappings...)
}

// identify is a mapping that identifies a user.
func identify(id string, p params) clerkknock.Mapping {
	if p["id"].Paths() == nil {
		p["id"] = path("data.id")
	}
	return clerkknock.Mapping{ID: id, Action: clerkknock.UsersIdentify, Params: p}
}

// on is a mapping made with On.
func on(fn func() ([]clerkknock.Action, error)) clerkknock.Mapping {
	m := clerkknock.On(clerk.UserCreated, func(context.Context, clerk.Event[clerk.User]) ([]clerkknock.Action, error) {
		return fn()
	})
	m.ID = "on"
	return m
}

func returns(actions ...clerkknock.Action) func() ([]clerkknock.Action, error) {
	return func() ([]clerkknock.Action, error) { return actions, nil }
}

func trigger(workflow string, recipients ...string) clerkknock.Action {
	return clerkknock.NewAction(clerkknock.WorkflowsTrigger, map[string]any{"key": workflow, "recipients": recipients})
}

func handler(id string) clerkknock.Mapping {
	m := clerkknock.Handle(clerk.UserCreated, func(context.Context, clerk.Event[clerk.User]) error {
		panic("a handler has run")
	})
	m.ID = id
	return m
}

func never(clerk.Envelope) bool { return false }

func when(m clerkknock.Mapping, holds func(clerk.Envelope) bool) clerkknock.Mapping {
	m.When = holds
	return m
}

func preprocess(m *clerkknock.Mapper, err error) *clerkknock.Mapper {
	return m.Preprocess(func(context.Context, clerk.Envelope) (map[string]any, error) { return nil, err })
}

func compare(t *testing.T, before, after *clerkknock.Mapper, bodies ...string) whatif.Result {
	t.Helper()
	result, err := whatif.Compare(t.Context(), whatif.Config{InForce: before, Changed: after}, deliveries(bodies...))
	require.NoError(t, err)
	return result
}

// changes lists what differs, a line each.
func changes(r whatif.Result) string {
	var lines []string
	for _, c := range r.Changes {
		lines = append(lines, strings.TrimPrefix(c.LogValue().String(), "user.created "))
	}
	return strings.Join(lines, "; ")
}

func TestWhatDiffers(t *testing.T) {
	t.Parallel()
	none := table()
	name, noName := identify("m", params{"name": path("data.first_name")}), identify("m", params{})
	fails := on(func() ([]clerkknock.Action, error) { return nil, errors.New("no") })
	panics := on(func() ([]clerkknock.Action, error) { panic("no") })
	skipped := clerkknock.Mapping{ID: "m", Action: clerkknock.UsersIdentify, Params: params{"id": path("data.none")}}
	byExternalID := identify("m", params{"id": path("data.external_id"), "name": path("data.first_name")})
	deletes := clerkknock.Mapping{ID: "m", Action: clerkknock.UsersDelete, Params: noName.Params}
	inCode := on(returns(clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{"id": "user_1"})))
	one, two := on(returns(trigger("a", "u"))), on(returns(trigger("a", "u"), trigger("b", "u")))
	nothing, second := on(returns()), on(returns(trigger("b", "u")))
	again, other := identify("n", name.Params), identify("n", params{})
	no := errors.New("no")
	for row, c := range map[string]struct {
		before, after *clerkknock.Mapper
		want          string
	}{
		"the same":                    {table(name), table(name), ""},
		"a new mapping":               {none, table(name), "m added 1"},
		"a mapping that is gone":      {table(name), none, "m dropped 1"},
		"a condition that fails":      {table(name), table(when(name, never)), "m dropped 1"},
		"a parameter more":            {table(noName), table(name), "m changed 1: name"},
		"a parameter less":            {table(name), table(noName), "m changed 1: name"},
		"another reason to skip":      {table(skipped), table(when(skipped, never)), "m reason 1"},
		"a skipped mapping gone":      {table(skipped), none, ""},
		"another thing":               {table(name), table(byExternalID), "m added 1; m dropped 1"},
		"another action":              {table(noName), table(deletes), "m added 1; m dropped 1"},
		"a new ID":                    {table(name), table(again), ""},
		"a new ID and a new value":    {table(name), table(other), "n changed 1: name"},
		"written again as code":       {table(noName), table(inCode), ""},
		"the first of two gone":       {table(two), table(second), "on dropped 1"},
		"another recipient":           {table(one), table(on(returns(trigger("a", "v")))), "on changed 1: recipients"},
		"a function that fails":       {table(two), table(fails), "on fails 2"},
		"a function that panics":      {table(one), table(panics), "on fails 1"},
		"a function that is mended":   {table(fails), table(two), "on recovers 2"},
		"a function that fails still": {table(fails), table(panics), ""},
		"a new function that fails":   {none, table(fails), "on fails 1"},
		"a failing mapping gone":      {table(fails), none, "on recovers 1"},
		"nothing is decided any more": {table(two), table(nothing), "on dropped 2"},
		"something is decided now":    {table(nothing), table(two), "on added 2"},
		"a hook that fails":           {table(name, handler("h")), preprocess(table(name), no), "h fails 1; m fails 1"},
		"a hook of a new table fails": {none, preprocess(table(name), no), " fails 1"},
		"a hook that is mended":       {preprocess(table(name), no), preprocess(table(name), nil), "m recovers 1"},
		"a hook that fails still":     {preprocess(table(name), no), preprocess(table(noName), no), ""},
		"a handler stays":             {table(handler("h")), table(handler("h")), ""},
		"a handler is new":            {none, table(handler("h")), "h added 1"},
		"a handler has another ID":    {table(handler("h")), table(handler("i")), "h dropped 1; i added 1"},
		"a handler becomes a mapping": {table(handler("m")), table(name), "m added 1; m dropped 1"},
		"an order":                    {table(name, other), table(other, name), "n moved 1"},
		"an order of handlers":        {table(handler("h"), handler("i")), table(handler("i"), handler("h")), ""},
		"the same call twice, once":   {table(name, again), table(again), "m dropped 1"},
	} {
		t.Run(row, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, c.before.Err())
			require.NoError(t, c.after.Err())
			r := compare(t, c.before, c.after, created)
			require.Equal(t, c.want, changes(r))
			require.Equal(t, 1, r.Events)
			require.Equal(t, c.want == "", r.Unchanged == 1)
		})
	}
}

func TestParametersAreComparedAsJSON(t *testing.T) {
	t.Parallel()
	for row, c := range map[string]struct {
		before, after string
		same          bool
	}{
		"the order of members":      {`{"a":1,"b":[{"c":2,"d":3}]}`, `{ "b": [{"d":3, "c":2}], "a":1}`, true},
		"escapes":                   {`{"a":"é<"}`, `{"a":"\u00e9\u003c"}`, true},
		"a number beyond float64":   {`{"a":12345678901234567890}`, `{"a":12345678901234567891}`, false},
		"a number and its digits":   {`{"a":1}`, `{"a":"1"}`, false},
		"null and nothing":          {`{"a":null}`, `{}`, false},
		"the order of a list":       {`{"a":[1,2]}`, `{"a":[2,1]}`, false},
		"a member deep down":        {`{"a":{"b":{"c":1}}}`, `{"a":{"b":{"c":2}}}`, false},
		"the value of another name": {`{"a":1,"b":2}`, `{"a":2,"b":1}`, false},
	} {
		t.Run(row, func(t *testing.T) {
			t.Parallel()
			raw := func(s string) clerkknock.Mapping {
				return on(returns(clerkknock.Action{Type: clerkknock.UsersIdentify, Params: map[string]json.RawMessage{
					"id": []byte(`"user_1"`), "properties": []byte(s),
				}}))
			}
			r := compare(t, table(raw(c.before)), table(raw(c.after)), created)
			require.Equal(t, c.same, r.Unchanged == 1, r)
		})
	}
}
