package knock_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/clerkknock/clerkknock"
	"github.com/clerkknock/clerkknock/knock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheKeyIsReplacedForTheNextRequest(t *testing.T) {
	t.Parallel()
	var keys []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys = append(keys, r.Header.Get("Authorization"))
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{}`))
	}))
	defer server.Close()
	e, err := knock.New(knock.Config{APIKey: "sk_old", BaseURL: server.URL})
	require.NoError(t, err)
	inv := clerkknock.Invocation{
		Action: clerkknock.NewAction(clerkknock.UsersIdentify, map[string]any{"id": "user_1"}),
	}
	require.NoError(t, e.Execute(t.Context(), inv))
	require.NoError(t, e.SetAPIKey(" sk_new\n"))
	for _, wrong := range []string{"", "pk_public", "sk_two words"} {
		err := e.SetAPIKey(wrong)
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "words")
	}
	require.NoError(t, e.Execute(t.Context(), inv))
	assert.Equal(t, []string{"Bearer sk_old", "Bearer sk_new"}, keys)
}
