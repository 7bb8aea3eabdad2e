package clerkknock_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/clerk"
	"github.com/stretchr/testify/require"
)

// missing is how the tables write a value that is left out.
const missing = ""

// resolve returns the JSON that a value resolves to, or missing.
func resolve(t *testing.T, v clerkknock.Value, body string) string {
	t.Helper()
	mapper := clerkknock.NewMapper(clerkknock.Mapping{
		Event: "test.event", Action: clerkknock.UsersIdentify,
		Params: clerkknock.Params{"id": clerkknock.Literal("user_1"), "name": v},
	}).Preprocess(func(context.Context, clerk.Envelope) (map[string]any, error) {
		return map[string]any{"plan": "pro", "nested": map[string]any{"seats": 3}}, nil
	})
	steps, err := mapper.Rehearse(t.Context(), clerkknock.Delivery{
		ID: "msg_1", Body: []byte(body), Header: http.Header{"Svix-Id": {"msg_1"}, "X-Odd": {`a"b`}},
	})
	require.NoError(t, err)
	require.Len(t, steps, 1)
	require.NoError(t, steps[0].Err)
	return string(steps[0].Action.Params["name"])
}

const valueBody = `{"type":"test.event","headers":"top","data":{
	"name":"Ada","empty":"","none":null,"n":1.50,"big":12345678901234567890,"yes":true,"list":[10,[20],{"id":"x"}],
	"meta":{"a.b":1,"c[0]":2,"#":3,"*":4,"d?":5,"e|f":6,"@this":7,"":8,"quo\"te":9,"\u00e9":10,"ALL":11,"0":12},
	"emails":[{"id":"e1","email":"first@example.com"},{"id":"e2","email":"primary@example.com"},
		{"id":null,"email":"null@example.com"}],
	"primary":"e2","dangling":"e9","numbers":[{"id":1,"v":"one"},{"id":2,"v":"two"}],"two":2,
	"at":1654012591514,"seconds":1654012591
}}`

func TestPathResolves(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]string{
		"data.name":                               `"Ada"`,
		"body.data.name":                          `"Ada"`,
		"body.headers":                            `"top"`,
		"data.n":                                  `1.50`,
		"data.big":                                `12345678901234567890`,
		"data.none":                               `null`,
		"data.empty":                              `""`,
		"data.absent":                             missing,
		"data.none.deeper":                        missing,
		"data.name.deeper":                        missing,
		"data.Name":                               missing,
		"data.list[0]":                            `10`,
		"data.list[1][0]":                         `20`,
		"data.list[2].id":                         `"x"`,
		"data.list[3]":                            missing,
		"data.list.0":                             missing,
		"data.name[0]":                            missing,
		"data.meta[0]":                            missing,
		"data.meta.0":                             `12`,
		`data.meta["a.b"]`:                        `1`,
		`data["meta"]["c[0]"]`:                    `2`,
		"data.meta.#":                             `3`,
		"data.meta.*":                             `4`,
		"data.meta.d?":                            `5`,
		"data.meta.e|f":                           `6`,
		"data.meta.@this":                         `7`,
		`data.meta[""]`:                           `8`,
		`data.meta["quo\"te"]`:                    `9`,
		"data.meta.é":                             `10`,
		"data.meta.A*":                            missing,
		"data.list.#":                             missing,
		"data.@reverse":                           missing,
		"headers.svix-id":                         `"msg_1"`,
		"headers.x-odd":                           `"a\"b"`,
		"headers.absent":                          missing,
		"preprocess.plan":                         `"pro"`,
		"preprocess.nested.seats":                 `3`,
		"preprocess.absent":                       missing,
		"data.emails[id=data.primary].email":      `"primary@example.com"`,
		"data.emails[id=data.none].email":         `null`,
		"data.emails[id=data.none]":               `null`,
		"data.emails[id=data.absent].email":       missing,
		"data.emails[id=data.dangling].email":     missing,
		"data.absent[id=data.none]":               `null`,
		"data.name[id=data.primary]":              missing,
		"data.numbers[id=data.two].v":             `"two"`,
		"data.emails[id=data.emails[1].id].email": `"primary@example.com"`,
		`data.emails[id=data["primary"]].email`:   `"primary@example.com"`,
	} {
		t.Run(expr, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, resolve(t, clerkknock.Path(expr), valueBody))
		})
	}
	require.JSONEq(t, valueBody, resolve(t, clerkknock.Path("body"), valueBody))
}

func TestPathRefusesWhatItCannotMean(t *testing.T) {
	t.Parallel()
	for expr, says := range map[string]string{
		"":                          "a key is empty",
		"data.":                     "a key is empty",
		".data":                     "a key is empty",
		"data..x":                   "a key is empty",
		"data.x[":                   "neither an index",
		"data.x[]":                  "neither an index",
		"data.x[-1]":                "neither an index",
		"data.x[1":                  "not closed",
		"data.x[99999999999]":       "neither an index",
		`data.x["a]`:                "not closed",
		`data.x["a"`:                "not closed",
		"data.x]":                   "unexpected",
		"data.x[0]y":                "unexpected",
		"data.x=1":                  "unexpected",
		"data.x[=data.y]":           "before its =",
		"data.x[id=]":               "a key is empty",
		"data.x[id=data.y":          "not closed",
		"headers":                   "exactly one header",
		"headers.a.b":               "exactly one header",
		"headers.Svix-Id":           "lower case",
		"headers.svix-timestamp":    "changes with every attempt",
		"headers.webhook-signature": "changes with every attempt",
		strings.Repeat("a[a=", 20):  "nested too deeply",
	} {
		t.Run(strconv.Quote(expr), func(t *testing.T) {
			t.Parallel()
			err := clerkknock.NewMapper(clerkknock.Mapping{
				Event: "user.created", Action: clerkknock.UsersIdentify,
				Params: clerkknock.Params{"id": clerkknock.Path("data.id"), "name": clerkknock.Path(expr)},
			}).Err()
			require.ErrorContains(t, err, says)
			require.ErrorContains(t, err, `mapping "user.created:users_identify": parameter "name"`)
		})
	}
}

func TestValuesCombine(t *testing.T) {
	t.Parallel()
	path := clerkknock.Path
	for name, c := range map[string]struct {
		value clerkknock.Value
		want  string
	}{
		"literal":                   {clerkknock.Literal(map[string]any{"b": 1, "a": "<&>"}), `{"a":"<&>","b":1}`},
		"literal null":              {clerkknock.Literal(nil), `null`},
		"first present":             {clerkknock.First(path("data.none"), path("data.empty"), path("data.name")), `"Ada"`},
		"first of null and missing": {clerkknock.First(path("data.none"), path("data.absent")), `null`},
		"first of missing":          {clerkknock.First(path("data.absent")), missing},
		"first of empty":            {clerkknock.First(path("data.empty")), missing},
		"join": {
			clerkknock.Join(" ", path("data.name"), path("data.none"), path("data.n"), path("data.list")),
			`"Ada 1.50"`,
		},
		"join of null and missing": {clerkknock.Join(" ", path("data.none"), path("data.absent")), `null`},
		"join of nothing":          {clerkknock.Join(" ", path("data.absent"), path("data.empty")), missing},
		"time in milliseconds":     {clerkknock.Time("data.at"), `"2022-05-31T15:56:31.514Z"`},
		"time in seconds":          {clerkknock.Time("data.seconds"), `"2022-05-31T15:56:31Z"`},
		"time null":                {clerkknock.Time("data.none"), `null`},
		"time missing":             {clerkknock.Time("data.absent"), missing},
		"time that is a word":      {clerkknock.Time("data.name"), missing},
		"time beyond the calendar": {clerkknock.Time("data.big"), missing},
		"object": {clerkknock.Object(clerkknock.Params{
			"z": path("data.name"), "a": path("data.none"), "m": path("data.absent"),
		}), `{"a":null,"z":"Ada"}`},
		"object of nothing": {clerkknock.Object(clerkknock.Params{"m": path("data.absent")}), `{}`},
		"func": {clerkknock.Func("type", func(_ context.Context, e clerk.Envelope) (any, error) {
			return []string{e.Type, e.ID}, nil
		}), `["test.event","msg_1"]`},
		"func nil": {clerkknock.Func("nil", func(_ context.Context, _ clerk.Envelope) (any, error) {
			return nil, nil
		}), `null`},
		"func missing": {
			clerkknock.Func("missing", func(_ context.Context, _ clerk.Envelope) (any, error) {
				return 1, clerkknock.ErrMissing
			}),
			missing,
		},
		"first falls through a lookup": {
			clerkknock.First(path("data.emails[id=data.dangling].email"), path("data.name")),
			`"Ada"`,
		},
		"join is trimmed and not nulled": {
			clerkknock.Join("-", clerkknock.Literal(" a "), clerkknock.Literal(nil), clerkknock.Literal("b")),
			`"a-b"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, resolve(t, c.value, valueBody))
		})
	}
}

func TestValuesMadeWronglyAreReported(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		value clerkknock.Value
		says  string
	}{
		"empty":            {clerkknock.Value{}, "empty Value"},
		"literal":          {clerkknock.Literal(make(chan int)), "unsupported type"},
		"first of nothing": {clerkknock.First(), "at least one"},
		"join of a wrong":  {clerkknock.Join(" ", clerkknock.Path("a[")), "neither an index"},
		"time":             {clerkknock.Time("a["), "neither an index"},
		"object":           {clerkknock.Object(clerkknock.Params{"x": {}}), `member "x": is an empty`},
		"func":             {clerkknock.Func("", nil), "needs a name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := clerkknock.NewMapper(clerkknock.Mapping{
				Event: "user.created", Action: clerkknock.UsersIdentify,
				Params: clerkknock.Params{"id": clerkknock.Path("data.id"), "name": c.value},
			}).Err()
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, `parameter "name"`)
		})
	}
}

func TestFuncFailuresBelongToTheirStep(t *testing.T) {
	t.Parallel()
	plan := func(fn func(context.Context, clerk.Envelope) (any, error)) clerkknock.Step {
		steps, err := clerkknock.NewMapper(clerkknock.Mapping{
			Event: "user.created", Action: clerkknock.UsersDelete,
			Params: clerkknock.Params{"id": clerkknock.Func("id", fn)},
		}).Rehearse(t.Context(), clerkknock.Delivery{Body: []byte(`{"type":"user.created"}`)})
		require.NoError(t, err)
		require.Len(t, steps, 1)
		return steps[0]
	}
	boom := errors.New("boom")
	require.ErrorIs(t, plan(func(context.Context, clerk.Envelope) (any, error) { return nil, boom }).Err, boom)
	require.True(t, clerkknock.IsPermanent(plan(func(context.Context, clerk.Envelope) (any, error) {
		return nil, clerkknock.Permanent(boom)
	}).Err))
	require.True(t, clerkknock.IsPermanent(plan(func(context.Context, clerk.Envelope) (any, error) {
		return make(chan int), nil
	}).Err))
	panicked := plan(func(context.Context, clerk.Envelope) (any, error) { panic("jane@example.com") }).Err
	require.ErrorContains(t, panicked, "panic in host code")
	require.NotContains(t, panicked.Error(), "jane")

	shown, err := json.Marshal(plan(func(context.Context, clerk.Envelope) (any, error) { return nil, boom }))
	require.NoError(t, err)
	require.JSONEq(t, `{"id":"user.created:users_delete","error":"parameter \"id\": func \"id\": boom"}`, string(shown))
}

func TestAValueSaysWhereItComesFrom(t *testing.T) {
	t.Parallel()
	one := func(context.Context, clerk.Envelope) (any, error) { return 1, nil }
	shown, err := json.Marshal(clerkknock.Params{
		"path":  clerkknock.Path("data.emails[id=data.primary].email"),
		"const": clerkknock.Literal([]string{"<a>"}),
		"first": clerkknock.First(clerkknock.Join(" ", clerkknock.Path("data.a")), clerkknock.Func("one", one)),
		"whole": clerkknock.Object(clerkknock.Params{"at": clerkknock.Time("data.at")}),
	})
	require.NoError(t, err)
	require.JSONEq(t, `{"path":"body.data.emails[id=data.primary].email","const":{"literal":["<a>"]},
		"first":{"first":[{"join":[" ","body.data.a"]},{"func":"one"}]},
		"whole":{"object":{"at":{"time":"body.data.at"}}}}`, string(shown))

	_, err = json.Marshal(clerkknock.Path("data["))
	require.ErrorContains(t, err, "data[")
}
