package knock_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/clerkknock/clerkknock/knock"
	"github.com/clerkknock/clerkknock/knock/knocktest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func ExampleExecutor_Check() {
	server := httptest.NewServer(knocktest.New(knocktest.Config{APIKey: "sk_test_right"}))
	defer server.Close()
	for _, key := range []string{"sk_test_right", "sk_test_wrong"} {
		executor, _ := knock.New(knock.Config{APIKey: key, BaseURL: server.URL})
		health, err := executor.Check(context.Background())
		fmt.Println(health.Ahead.Truncate(time.Minute), err)
	}
	// Output:
	// 0s <nil>
	// 0s knock answered 401 authentication_required (request req_000002)
}

func TestCheckTellsWhoAnswersAndWhen(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
		date   string
		ahead  time.Duration
		ok     bool
	}{
		"there is none":  {404, `{"code":"resource_missing"}`, "", 0, true},
		"there is one":   {200, `{"id":"clerkknock-check"}`, "", 0, true},
		"another server": {404, `not found`, "", 0, false},
		"no permission":  {403, `{"code":"forbidden"}`, "", 0, false},
		"a slow clock":   {200, `{}`, time.Now().Add(time.Hour).UTC().Format(http.TimeFormat), -time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, "GET /v1/users/clerkknock-check", r.Method+" "+r.URL.Path)
				if test.date != "" {
					w.Header().Set("Date", test.date)
				}
				w.WriteHeader(test.status)
				fmt.Fprint(w, test.body)
			}))
			defer server.Close()
			e, err := knock.New(knock.Config{APIKey: "sk_test_x", BaseURL: server.URL})
			require.NoError(t, err)
			health, err := e.Check(t.Context())
			assert.Equal(t, test.ok, err == nil, err)
			if answered := (*knock.Error)(nil); !test.ok {
				assert.True(t, errors.As(err, &answered))
			}
			assert.True(t, health.Dated)
			assert.InDelta(t, test.ahead.Seconds(), health.Ahead.Seconds(), 2)
		})
	}
	e, err := knock.New(knock.Config{APIKey: "sk_test_x", BaseURL: "http://127.0.0.1:1"})
	require.NoError(t, err)
	_, err = e.Check(t.Context())
	require.ErrorContains(t, err, "no answer from knock")
}
