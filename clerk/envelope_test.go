package clerk_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clerkknock/clerkknock/clerk"
	"github.com/clerkknock/clerkknock/clerk/clerktest"
)

func TestParseReadsTheEnvelope(t *testing.T) {
	t.Parallel()
	body := []byte(` { "data" : { "id" : "user_1" } , "object":"event","type":"user.updated","timestamp":1748751899130,
		"instance_id":"ins_1","event_attributes":{"http_request":{"client_ip":"2001:db8::1","user_agent":"Ada\u0027s"}}} `)
	e, err := clerk.Parse(body)
	require.NoError(t, err)
	assert.Empty(t, e.ID)
	assert.Equal(t, "user.updated", e.Type)
	assert.Equal(t, "event", e.Object)
	assert.Equal(t, time.Date(2025, 6, 1, 4, 24, 59, 130e6, time.UTC), e.Timestamp)
	assert.Equal(t, "ins_1", e.InstanceID)
	assert.Equal(t, clerk.HTTPRequest{ClientIP: "2001:db8::1", UserAgent: "Ada's"}, e.Attributes.HTTPRequest)
	assert.Equal(t, `{ "id" : "user_1" }`, string(e.Data))
	assert.Same(t, &body[0], &e.Body[0], "the body is not copied")
	assert.Same(t, &body[bytes.LastIndexByte(body[:20], '{')], &e.Data[0], "the data is a part of the body")

	_ = append(e.Data, "!!!"...)
	assert.NotContains(t, string(body), "!", "the data cannot grow over the body")
}

// arrays is an array in an array and so on, to the given depth.
func arrays(depth int) string {
	return strings.Repeat("[", depth) + strings.Repeat("]", depth)
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const deep = 1 << 20
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"nothing":               {"", clerk.ErrNotJSON},
		"space":                 {" \n", clerk.ErrNotJSON},
		"text":                  {"hello", clerk.ErrNotJSON},
		"truncated":             {`{"type":"user.created","data":{"id":"us`, clerk.ErrNotJSON},
		"an array":              {`[{"type":"user.created"}]`, clerk.ErrNotJSON},
		"a string":              {`"user.created"`, clerk.ErrNotJSON},
		"a number":              {"1", clerk.ErrNotJSON},
		"null":                  {"null", clerk.ErrNotJSON},
		"trailing text":         {`{"type":"user.created"}x`, clerk.ErrNotJSON},
		"trailing object":       {`{"type":"user.created"}{}`, clerk.ErrNotJSON},
		"a trailing zero":       {"{\"type\":\"user.created\"}\x00", clerk.ErrNotJSON},
		"a byte order mark":     {"\ufeff" + `{"type":"user.created"}`, clerk.ErrNotJSON},
		"invalid UTF-8":         {"{\"type\":\"user.created\",\"data\":{\"id\":\"\xff\"}}", clerk.ErrNotJSON},
		"a comment":             {`{"type":"user.created"/**/}`, clerk.ErrNotJSON},
		"a bad number":          {`{"type":"user.created","timestamp":01}`, clerk.ErrNotJSON},
		"not a number":          {`{"type":"user.created","timestamp":NaN}`, clerk.ErrNotJSON},
		"deep arrays":           {strings.Repeat("[", deep), clerk.ErrNotJSON},
		"deep arrays in data":   {`{"type":"a","data":` + strings.Repeat("[", deep), clerk.ErrNotJSON},
		"deep, closed arrays":   {`{"type":"a","data":` + arrays(deep) + "}", clerk.ErrNotJSON},
		"deep, closed objects":  {strings.Repeat(`{"a":`, deep) + "1" + strings.Repeat("}", deep), clerk.ErrNotJSON},
		"no type":               {`{"data":{}}`, clerk.ErrNoType},
		"an empty object":       {`{}`, clerk.ErrNoType},
		"an empty type":         {`{"type":""}`, clerk.ErrNoType},
		"a null type":           {`{"type":null}`, clerk.ErrNoType},
		"a number as type":      {`{"type":1}`, clerk.ErrNoType},
		"an object as type":     {`{"type":{"type":"user.created"}}`, clerk.ErrNoType},
		"the type in the data":  {`{"data":{"type":"user.created"}}`, clerk.ErrNoType},
		"the type in capitals":  {`{"Type":"user.created"}`, clerk.ErrNoType},
		"a second, better type": {`{"type":1,"type":"user.created"}`, clerk.ErrNoType},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := clerk.Parse([]byte(test.body))
			assert.ErrorIs(t, err, test.want)
			assert.Equal(t, clerk.Envelope{}, e)
			assert.NotContains(t, err.Error(), "user")
		})
	}
}

func TestParseAcceptsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		data string
	}{
		"an unknown type and field": {
			`{"type":"user.locked","data":{"id":"user_1"},"new":[1,{"type":2}]}`, `{"id":"user_1"}`,
		},
		"no data":          {`{"type":"a"}`, ``},
		"null data":        {`{"type":"a","data":null}`, `null`},
		"a string as data": {`{"type":"a","data":"x"}`, `"x"`},
		"an array as data": {`{"type":"a","data":[1]}`, `[1]`},
		"optional fields gone wrong": {
			`{"type":"a","object":1,"instance_id":2,"timestamp":"x","event_attributes":"x"}`, ``,
		},
		"optional fields of null": {
			`{"type":"a","object":null,"instance_id":null,"timestamp":null,"event_attributes":null}`, ``,
		},
		"attributes gone wrong": {
			`{"type":"a","event_attributes":{"http_request":{"client_ip":1,"user_agent":["x"]}}}`, ``,
		},
		"huge numbers":   {`{"type":"a","timestamp":1e999,"data":-1e999}`, `-1e999`},
		"an escaped key": {`{"\u0074ype":"a","data":1}`, `1`},
		"a duplicate": {
			`{"type":"a","type":"b","data":1,"data":2,"instance_id":3,"instance_id":"ins_1"}`, `1`,
		},
		"data at the allowed depth": {`{"type":"a","data":` + arrays(9999) + "}", arrays(9999)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := clerk.Parse([]byte(test.body))
			require.NoError(t, err)
			assert.NotEmpty(t, e.Type)
			assert.NotEqual(t, "b", e.Type, "the first key counts")
			assert.Equal(t, test.data, string(e.Data))
			assert.Empty(t, e.Object+e.InstanceID)
			assert.Zero(t, e.Timestamp)
			assert.Zero(t, e.Attributes)
			assert.Empty(t, e.Entity()[min(len(e.Entity()), len("user/user_1")):])
			assert.Zero(t, e.ChangedAt())
		})
	}
}

func TestParseReadsEveryFixture(t *testing.T) {
	t.Parallel()
	for name, body := range fixtures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := clerk.Parse(body)
			require.NoError(t, err)
			assert.Contains(t, clerk.Types(), e.Type)
			assert.False(t, e.Timestamp.Before(time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)))
			assert.True(t, e.Timestamp.Before(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)))
			assert.True(t, strings.HasPrefix(e.InstanceID, "ins_"))
			assert.NotEmpty(t, e.Entity())
		})
	}
}

func TestEnvelopePrintsNothingOfItsPayload(t *testing.T) {
	t.Parallel()
	e, err := clerk.Parse(clerktest.Event("user.created"))
	require.NoError(t, err)
	e.ID = "msg_1"
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		assert.Equal(t, "user.created msg_1 ins_3AGvXbJpW5mKcQz7RdYtE2hNsLo 2026-03-02T08:00:00Z", fmt.Sprintf(verb, e), verb)
	}
	encoded, err := json.Marshal(e)
	require.NoError(t, err)
	assert.JSONEq(t, `{
		"id": "msg_1",
		"type": "user.created",
		"timestamp": "2026-03-02T08:00:00.025Z",
		"instance_id": "ins_3AGvXbJpW5mKcQz7RdYtE2hNsLo"
	}`, string(encoded))
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("", "event", e)
	assert.Contains(t, log.String(), "event.id=msg_1 event.type=user.created")
	assert.NotContains(t, log.String(), "ada")
}
