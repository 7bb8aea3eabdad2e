package mapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock/mapi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func serve(t *testing.T, status int, body string) mapi.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "Bearer knock_st_test", r.Header.Get("Authorization"))
		w.Header().Set("X-Seen", r.URL.String())
		w.WriteHeader(status)
		fmt.Fprint(w, strings.ReplaceAll(body, "URL", r.URL.String()))
	}))
	t.Cleanup(server.Close)
	return mapi.Client{Token: " knock_st_test\n", BaseURL: server.URL + "/"}
}

func TestItAsksForWhatIsRead(t *testing.T) {
	t.Parallel()
	c := serve(t, 200, `{"key":"URL"}`)
	raw, err := c.Source(t.Context(), "clerk/../x", "production")
	require.NoError(t, err)
	assert.JSONEq(t, `{"key":"/v1/sources/clerk%2F..%2Fx?environment=production&include=environment_settings"}`,
		string(raw))
	raw, err = c.Provider(t.Context(), "clerk")
	require.NoError(t, err)
	assert.JSONEq(t, `{"key":"/v1/source_providers/clerk?include=default_action_mappings"}`, string(raw))
	w, err := c.Workflow(t.Context(), "welcome", "production")
	require.NoError(t, err)
	assert.Equal(t, "/v1/workflows/welcome?environment=production", w.Key)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", c, c, c), "knock_st_test")
}

func TestWhatGoesWrongIsToldWithoutTheToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		client mapi.Client
		say    string
	}{
		"no token":        {mapi.Client{}, "Token is empty"},
		"another's key":   {mapi.Client{Token: "sk_test_x"}, "service token"},
		"no URL":          {mapi.Client{Token: "knock_st_test", BaseURL: "http://\x00"}, "no URL"},
		"nobody":          {mapi.Client{Token: "knock_st_test", BaseURL: "http://127.0.0.1:1"}, "no answer"},
		"refused":         {serve(t, 401, `knock_st_test`), "is refused"},
		"not there":       {serve(t, 404, ``), mapi.ErrNotFound.Error()},
		"its own failure": {serve(t, 500, ``), "answered 500"},
		"no workflow":     {serve(t, 200, `[]`), "is no workflow"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := test.client.Workflow(t.Context(), "welcome", "production")
			require.ErrorContains(t, err, test.say)
			assert.NotContains(t, err.Error(), "knock_st_test")
		})
	}
	_, err := mapi.Client{Token: "knock_st_test"}.Source(t.Context(), "clerk", "")
	require.ErrorContains(t, err, "environment")
}

func ExampleMappings() {
	path := clerkknock.Path
	raw, err := mapi.Mappings([]clerkknock.Mapping{
		{Event: "user.deleted", Action: clerkknock.UsersDelete, Params: clerkknock.Params{"id": path("data.id")}},
		{Event: "user.created", Action: clerkknock.UsersIdentify, Params: clerkknock.Params{
			"id": path("data.id"), "name": clerkknock.First(path("data.first_name"), path("data.username")),
		}},
	})
	fmt.Print(string(raw))
	fmt.Println(err)
	// Output:
	// [
	//   {
	//     "event_type": "user.deleted",
	//     "action_type": "users_delete",
	//     "action_parameters": {
	//       "id": "body.data.id"
	//     },
	//     "active": true
	//   }
	// ]
	// mapping "user.created:users_identify": parameter "name": Knock has paths and objects of paths, and no such value
}
